"""The report for systems: a table of sessions, and one object with everything. Both are stable: what comes is added at the end. No I/O.

CSV (RFC 4180, with plain newlines), a header and then one row for each session of the period, in the order of the log:

    line           of `opened`, from 1
    session        random id
    opened         time, UTC, as coarse as the log has it
    closed         time of the verified `ended`, or of `swept`; empty where there is neither
    outcome        transferred, discarded, withdrawn, expired, interrupted, failed: erased and verified, for this reason
                   swept · unverified: tried, not confirmed · open: neither
    cause          of `swept`, else empty
    failed         erasures tried that were not confirmed
    took_ms        from the end that was asked for to the verified erasure; empty where there is none
    level          of the last try: A, B or C; empty where there is none
    spool          true, false: whether there was a sealed copy on the disk
    resumed        how often another room went on from it
    informed, kiskriv, model, drafter       as in `opened`
    user, workstation                       as in the `started` before it; empty where there is none
    log_valid      true, false, the same in every row: false says that nothing here can be relied on

JSON, one object:

    schema         "kiskriv-ledger-report/1"
    valid          whether the log is as it was signed and goes together with every checkpoint given
    problems       [{fault, line}]                      codes of docs/deletion-log.md; line may be null
    log            {origin, key, entries, latest, epochs, revocations, pruned: null | {entries, opened, ended, swept}}
    period         {first, last}                        days, UTC; null: open
    counts         {opened, <each outcome as above>, unverified_tries, retried, spooled, resumed, outside}
    took_ms        {median, longest}                    null where nothing was erased
    levels         {A, B, C}                            of the verified erasures
    uses           [{what, value, first, last, sessions}]   what: kiskriv, program, model, drafter, user, workstation
    settings       [the entry `configured`]             in force when the period began, and since
    runs           {started, stopped, broken_off: [{line, time}], silences: [{line, since, until}], clock_steps: [{line, time}]}
    rotations      [{time, change}]
    window         {held, entries, since, present}      what came after the last checkpoint that somebody else holds
    kept           [{name, size, fault}]                the checkpoints given; fault null: the log continues it
    witnessed      [{witness, size, time}]              what each witness signed for last; by the log's own word alone, if not trusted
    sessions       [a row as in the CSV, without log_valid]   `took_ms` a number or null, empty texts null
    witnesses_trusted  whether their keys were given; else the window does not count them
    key_from_folder    whether the key is the one in the log's own folder
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import asdict
from io import StringIO
from statistics import median
from typing import Any

from kiskriv.ledger.entry import encode
from kiskriv.ledger.report.reconciliation import Reconciliation, Session
from kiskriv.ledger.terms import Level

SCHEMA = "kiskriv-ledger-report/1"


def as_csv(made: Reconciliation) -> str:
    """The sessions, a row each."""
    written = StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow([*_COLUMNS, "log_valid"])
    for session in made.sessions:
        cells = (*_row(session).values(), made.findings.valid)
        table.writerow(str(cell).lower() if isinstance(cell, bool) else cell for cell in cells)
    return written.getvalue()


def as_json(made: Reconciliation) -> str:
    """Everything that the text says, and the sessions."""
    return json.dumps(_report(made), indent=2, ensure_ascii=False)


def _row(session: Session) -> dict[str, str | int | bool | None]:
    opened, run = session.opened, session.run
    values = (
        *(session.line, opened.session, opened.time, session.closed or None, session.outcome.value),
        *(session.swept.cause.value if session.swept else None, session.failed),
        *(session.erasure.took if session.erasure else None, session.tries[-1].level.value if session.tries else None),
        *(opened.spool, session.resumed, opened.informed, opened.kiskriv, opened.model, opened.drafter),
        *((run.user, run.workstation) if run else (None, None)),
    )
    return dict(zip(_COLUMNS, values, strict=True))


_COLUMNS = (
    *("line", "session", "opened", "closed", "outcome", "cause", "failed", "took_ms", "level"),
    *("spool", "resumed", "informed", "kiskriv", "model", "drafter", "user", "workstation"),
)


def _report(made: Reconciliation) -> dict[str, Any]:
    found, sessions = made.findings, made.sessions
    took = [erasure.took for erasure in made.erasures]
    levels = Counter(erasure.level for erasure in made.erasures)
    return {
        "schema": SCHEMA,
        "valid": found.valid,
        "problems": [asdict(problem) for problem in found.problems],
        "log": {
            "origin": found.origin,
            "key": made.vkey,
            "entries": found.entries,
            "latest": found.latest,
            "epochs": found.epochs,
            "revocations": found.revocations,
            "pruned": found.pruned
            and {
                "entries": found.pruned.size,
                "opened": found.pruned.opened,
                "ended": found.pruned.ended,
                "swept": found.pruned.swept,
            },
        },
        "period": {"first": made.period.first and made.period.start, "last": made.period.last and made.period.end},
        "counts": {
            "opened": len(sessions),
            **{outcome.value: count for outcome, count in made.outcomes.items()},
            "unverified_tries": sum(session.failed for session in sessions),
            "retried": sum(bool(session.failed and session.erasure) for session in sessions),
            "spooled": sum(session.opened.spool for session in sessions),
            "resumed": sum(session.resumed for session in sessions),
            "outside": made.outside,
        },
        "took_ms": {"median": median(took) if took else None, "longest": max(took, default=None)},
        "levels": {level.value: levels[level] for level in Level},
        "uses": [asdict(use) for use in made.uses],
        "settings": [json.loads(encode(setting)) for setting in made.configured],
        "runs": {
            "started": made.started,
            "stopped": made.stopped,
            "broken_off": [asdict(moment) for moment in made.broken_off],
            "silences": [asdict(silence) for silence in made.silences],
            "clock_steps": [asdict(moment) for moment in made.clock_steps],
        },
        "rotations": [{"time": rotated.time, "change": rotated.change.value} for rotated in made.rotations],
        "window": asdict(made.window),
        "kept": [asdict(one) for one in made.kept],
        "witnessed": [{"witness": s.witness, "size": s.size, "time": s.time} for s in found.witnessed],
        "sessions": [_row(session) for session in sessions],
        "witnesses_trusted": found.trusted,
        "key_from_folder": made.key_from_folder,
    }

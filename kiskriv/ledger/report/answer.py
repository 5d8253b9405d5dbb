"""The auditor's report (R34): a log verified first, then reconciled for a period, then told. Reads files, writes none, prints nothing.

    audit ──> reconcile ──> text        for the practice's internal control file, to be signed
                       ├──> html        the same with figures, one file, for screen and paper
                       ├──> csv         a row for each session
                       └──> json        everything, for systems

Status as in `answers`: 0 valid, 1 not valid, which the report also says at its top, 2 could not be read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import files, wording
from kiskriv.ledger.answers import INVALID, NOTHING, UNREADABLE, VALID, Answer, Kept, no_log, read_key, unusable
from kiskriv.ledger.checkpoint import VerifierKey, claimed
from kiskriv.ledger.copies import Copy, copy_at
from kiskriv.ledger.report.page import as_page
from kiskriv.ledger.report.reconciliation import Earlier, Period, Reconciliation, reconcile
from kiskriv.ledger.report.sections import as_text
from kiskriv.ledger.report.tables import as_csv, as_json
from kiskriv.ledger.report.wording import say
from kiskriv.ledger.wording import Language

Form: TypeAlias = Literal["text", "html", "csv", "json"]

FORMS: Final[dict[Form, Callable[[Reconciliation, Language], str]]] = {
    "text": as_text,
    "html": as_page,
    "csv": lambda made, language: as_csv(made),
    "json": lambda made, language: as_json(made),
}

ALWAYS: Final = Period()


def report(  # noqa: PLR0913  (the flags of the command, one each)
    path: Path,
    key: str,
    *,
    period: Period = ALWAYS,
    kept: Kept = NOTHING,
    language: Language = "nb",
    form: Form = "text",
) -> Answer:
    """What a log (its folder or an export of it) says of a period, for this key: a file, or the line itself.

    `kept`: what the log must go together with. The key in a log's own folder will do for its owner, and the report says so.
    """
    own = Path(key) == path / files.PUBLIC_KEY
    if own and path.is_file():
        return Answer(say("key-needed", language), UNREADABLE)
    vkey = read_key(key)
    if vkey is None:
        return Answer(wording.say("bad-key", language), UNREADABLE)
    if period.start > period.end:
        return Answer(say("bad-period", language, first=period.start, last=period.end), UNREADABLE)
    try:
        copy = copy_at(path)
        if copy is None:
            return no_log(path, language)
        made = replace(reconciled(copy, vkey, period, kept), key_from_folder=own)
    except (OSError, ProofInvalid) as error:
        return unusable(error, language)
    return Answer(FORMS[form](made, language), VALID if made.findings.valid else INVALID)


def reconciled(copy: Copy, vkey: VerifierKey, period: Period = ALWAYS, kept: Kept = NOTHING) -> Reconciliation:
    """A copy audited and counted. Raises ProofInvalid, OSError."""
    while True:
        note = copy.checkpoint()
        findings = kept.audited(copy, vkey)
        earlier = [
            Earlier(path.name, _size(note), fault)
            for path, note, fault in zip(kept.since, kept.checkpoints(vkey), findings.earlier, strict=True)
        ]
        made = reconcile(copy.lines(), findings, str(vkey), period, earlier)
        if note == copy.checkpoint():  # no writer came between the audit and the counting
            return made


def _size(note: str) -> int:
    try:
        return claimed(note).size
    except ProofInvalid:
        return 0

"""What the commands of the log answer to systems (a SIEM, a script): JSON that is stable. Reads files, writes none, prints nothing.

`show_json`, a line for each line of the log, unchecked:

    {"entry":{…},"leaf":"9d…","line":2}       the entry as docs/deletion-log.md has it, and its leaf hash, SHA-256(0x00 ‖ entry)
    {"leaf":"b1…","line":3,"pruned":true}     only its hash is kept
    {"leaf":"e0…","line":4,"unreadable":true} not a line that kiskriv writes

`verify_json`, one object; what it says by which words, `answers` has for people, with the same exit status:

    schema      "kiskriv-ledger-verify/1"
    of          "log" | "receipt" | null
    valid       true | false | null: could not be read
    problems    [{fault, line}], codes of docs/deletion-log.md     of a receipt, or what cannot be read: [{problem}], a sentence
    line, origin, entry                                    of a receipt that is valid
    earlier, receipts   [{name, fault}]                    of a log: what was kept; fault null: goes together
    origin, entries, latest, opened, spooled, resumed, ended {reason: count}, failed, swept, open, unverified, epochs,
    revocations, witnessed [entry], witnesses_trusted,
    pruned entry | null, clock_steps [line], silences [{line, since, until}], broken_off [line]
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import wording
from kiskriv.ledger.answers import (
    INVALID,
    NOTHING,
    UNREADABLE,
    VALID,
    Answer,
    Kept,
    no_log,
    read_key,
    receipt_at,
    unusable,
)
from kiskriv.ledger.audit import Findings
from kiskriv.ledger.checkpoint import VerifierKey
from kiskriv.ledger.copies import Copy, converted, copy_at
from kiskriv.ledger.entry import Entry, decode, encode
from kiskriv.ledger.faults import Fault
from kiskriv.ledger.merkle import leaf_hash
from kiskriv.ledger.receipt import parse
from kiskriv.ledger.receipt import verify as genuine
from kiskriv.ledger.replay import HASHED

SCHEMA = "kiskriv-ledger-verify/1"


def show_json(copy: Copy) -> Iterator[str]:
    """The lines of a log, a JSON object each, without newlines. Raises OSError."""
    return (_written(_shown(line.removesuffix(b"\n")) | {"line": n}) for n, line in enumerate(copy.lines(), start=1))


def verify_json(path: Path, key: str, kept: Kept = NOTHING) -> Answer:
    """What `answers.verify` says, as one JSON object."""
    vkey = read_key(key)
    if vkey is None:
        return _unreadable(wording.say("bad-key", "en"))
    try:
        copy = copy_at(path)
        if copy is not None:
            findings = kept.audited(copy, vkey)
            return _answer(_log(findings, kept), VALID if findings.valid else INVALID)
        if kept or converted(path):
            return _unreadable(no_log(path, "en").text)
        return _receipt(receipt_at(path), vkey)
    except (OSError, ProofInvalid) as error:
        return _unreadable(unusable(error, "en").text)


def _shown(text: bytes) -> dict[str, Any]:
    if hashed := HASHED.fullmatch(text):
        return {"leaf": hashed[1].decode(), "pruned": True}
    leaf = {"leaf": leaf_hash(text).hex()}
    try:
        return leaf | {"entry": _entry(decode(text))}
    except ValueError:
        return leaf | {"unreadable": True}


def _entry(entry: Entry) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(encode(entry))
    return fields


def _log(found: Findings, kept: Kept) -> dict[str, Any]:
    return {
        "of": "log",
        "valid": found.valid,
        "problems": [asdict(problem) for problem in found.problems],
        "earlier": _faults(kept.since, found.earlier),
        "receipts": _faults(kept.receipts, found.receipts),
        "origin": found.origin,
        "entries": found.entries,
        "latest": found.latest,
        "opened": found.opened,
        "spooled": found.spooled,
        "resumed": found.resumed,
        "ended": {reason.value: count for reason, count in found.ended.items()},
        "failed": found.failed,
        "swept": found.swept,
        "open": found.open_sessions,
        "unverified": found.unverified,
        "epochs": found.epochs,
        "revocations": found.revocations,
        "witnessed": [_entry(seen) for seen in found.witnessed],
        "witnesses_trusted": found.trusted,
        "pruned": found.pruned and _entry(found.pruned),
        "clock_steps": found.clock_steps,
        "silences": [asdict(silence) for silence in found.silences],
        "broken_off": found.broken_off,
    }


def _faults(paths: Sequence[Path], faults: Sequence[Fault | None]) -> list[dict[str, str | None]]:
    return [{"name": path.name, "fault": fault} for path, fault in zip(paths, faults, strict=True)]


def _receipt(text: str, vkey: VerifierKey) -> Answer:
    try:
        shown = genuine(text, str(vkey))
    except ProofInvalid as error:
        return _answer({"of": "receipt", "valid": False, "problems": [{"problem": error.facts["problem"]}]}, INVALID)
    line = parse(text).index + 1
    said = {"valid": True, "problems": [], "origin": vkey.name, "line": line, "entry": _entry(shown)}
    return _answer({"of": "receipt"} | said, VALID)


def _unreadable(problem: str) -> Answer:
    return _answer({"of": None, "valid": None, "problems": [{"problem": problem}]}, UNREADABLE)


def _answer(said: dict[str, Any], status: int) -> Answer:
    return Answer(_written({"schema": SCHEMA} | said), status)


def _written(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

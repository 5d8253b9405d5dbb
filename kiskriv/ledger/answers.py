"""What the commands of the log answer: a text for people and an exit status. Reads files, writes none, prints nothing.

    verify_receipt(FILE, KEY)            is this receipt genuine?
    verify_log(FOLDER, KEY, CHECKPOINT)  is this log whole, and does it continue what was noted earlier?
    show(FOLDER)                         what does it say?

Status 0: valid. 1: not valid. 2: could not be read, so nothing is said about it. `python -m kiskriv.ledger` and the
`kiskriv` command both call these.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import files
from kiskriv.ledger.audit import Findings, audit
from kiskriv.ledger.checkpoint import MAX_NOTE, VerifierKey
from kiskriv.ledger.entry import Ended, Opened, Resumed, decode
from kiskriv.ledger.receipt import MAX_RECEIPT, parse, verify
from kiskriv.ledger.wording import Language, entry, problem, say

VALID, INVALID, UNREADABLE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Answer:
    """Lines for a person, without the last newline, and the exit status of the command."""

    text: str
    status: int


def verify_receipt(receipt: Path, key: str, language: Language = "nb") -> Answer:
    """Whether the log with this key (a file, or the line itself) signed for a receipt, and what its entry says."""
    vkey = _read_key(key)
    if vkey is None:
        return Answer(say("bad-key", language), UNREADABLE)
    try:
        text = files.read_text(receipt, MAX_RECEIPT)
    except OSError as error:
        return _unusable(receipt, error, language)
    except ValueError:
        text = ""  # no text at all is no receipt
    try:
        shown = verify(text, str(vkey))
    except ProofInvalid as error:
        return Answer(say("receipt-invalid", language, problem=str(error.facts["problem"])), INVALID)
    lines = [
        say("receipt-valid", language),
        entry(shown, language),
        say("place", language, line=parse(text).index + 1, origin=vkey.name),
    ]
    if isinstance(shown, Opened | Resumed):
        lines.append(say("receipt-opening", language))
    if isinstance(shown, Ended) and not shown.verified:
        lines.append(say("receipt-unverified", language))
    return Answer("\n".join(lines), VALID)


def verify_log(folder: Path, key: str, checkpoint: Path | None = None, language: Language = "nb") -> Answer:
    """Whether a log folder is as this key signed it, and continues the checkpoint in a file kept earlier."""
    vkey = _read_key(key)
    if vkey is None:
        return Answer(say("bad-key", language), UNREADABLE)
    try:
        earlier = None if checkpoint is None else files.read_text(checkpoint, MAX_NOTE)
    except OSError as error:
        return _unusable(checkpoint, error, language)
    except ValueError:
        earlier = ""
    try:
        findings = audit(folder, str(vkey), earlier)
    except OSError as error:
        return _unusable(folder, error, language)
    return Answer("\n".join(_lines(findings, language)), VALID if findings.valid else INVALID)


def show(folder: Path, language: Language = "nb") -> Answer:
    """The entries of a log folder, a line each, unchecked."""
    lines, status = [], VALID
    try:
        for number, line in enumerate(files.read_lines(folder / files.ENTRIES), start=1):
            try:
                text = entry(decode(line.removesuffix(b"\n")), language)
            except ValueError:
                text, status = say("unreadable-line", language), INVALID
            lines.append(f"{number:>6}  {text}")
    except OSError as error:
        return _unusable(folder, error, language)
    lines.append(say("not-checked" if lines else "empty", language))
    return Answer("\n".join(lines), status)


def _lines(findings: Findings, language: Language) -> list[str]:
    lines = [say("log-valid" if findings.valid else "log-invalid", language)]
    lines += [f"  {problem(found, language)}" for found in findings.problems]
    if findings.consistent:
        lines.append(say("consistent", language))
    if findings.consistent is None and findings.valid:
        lines.append(say("no-earlier", language))
    ended = sum(findings.ended.values())
    lines.append(
        say(
            "counts",
            language,
            entries=findings.entries,
            opened=findings.opened,
            ended=ended,
            swept=findings.swept,
        )
    )
    if findings.spooled:
        lines.append(say("spooled", language, count=findings.spooled, resumed=findings.resumed))
    for name, sessions in (("open", findings.open_sessions), ("unverified", findings.unverified)):
        if sessions:
            lines.append(say(name, language, count=len(sessions), sessions=", ".join(sessions)))
    if findings.clock_steps:
        lines.append(say("clock", language, lines=", ".join(map(str, findings.clock_steps))))
    return lines


def _read_key(key: str) -> VerifierKey | None:
    """A public key from a file of that name, or from the line itself."""
    try:
        return VerifierKey.parse(key)
    except ProofInvalid:
        pass
    try:
        return VerifierKey.parse(files.read_text(Path(key), MAX_NOTE).removesuffix("\n"))
    except (ProofInvalid, OSError, ValueError):
        return None


def _unusable(path: Path | None, error: OSError, language: Language) -> Answer:
    reason = error.strerror or type(error).__name__
    return Answer(say("unusable", language, what=str(path), problem=reason), UNREADABLE)

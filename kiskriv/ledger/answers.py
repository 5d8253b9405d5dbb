"""What the commands of the log answer: a text for people and an exit status. Reads files, writes none, prints nothing.

    verify(RECEIPT, KEY)                    is this receipt genuine?
    verify(LOG, KEY, KEPT)                  is this log whole, and does it go together with what was kept earlier?
    show(LOG)                               what does it say?

Status 0: valid. 1: not valid. 2: could not be read, so nothing is said about it. `python -m kiskriv.ledger` and the
`kiskriv` command both call these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from kiskriv.errors import ProofInvalid
from kiskriv.ledger.audit import Findings, audit
from kiskriv.ledger.checkpoint import VerifierKey
from kiskriv.ledger.copies import Copy, converted, copy_at
from kiskriv.ledger.cosignature import WitnessKey
from kiskriv.ledger.enclosed import checkpoint_in, plain, receipt_in
from kiskriv.ledger.entry import Ended, Swept, decode, timestamp
from kiskriv.ledger.faults import Problem
from kiskriv.ledger.receipt import MAX_RECEIPT, parse
from kiskriv.ledger.receipt import verify as genuine
from kiskriv.ledger.replay import HASHED
from kiskriv.ledger.wording import Language, entry, problem, say

VALID, INVALID, UNREADABLE = 0, 1, 2

_MAX_FILE = 4 * MAX_RECEIPT  # octets: a page holds its receipt twice

Key = TypeVar("Key", bound=VerifierKey)


@dataclass(frozen=True, slots=True)
class Answer:
    """Lines for a person, without the last newline, and the exit status of the command."""

    text: str
    status: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What an auditor has besides a log and its key: files with checkpoints and receipts, and keys of witnesses (files or lines)."""

    since: Sequence[Path] = ()
    receipts: Sequence[Path] = ()
    witnesses: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.since or self.receipts or self.witnesses)

    def audited(self, copy: Copy, vkey: VerifierKey) -> Findings:
        """A copy audited with all this. Raises OSError, and ProofInvalid where some of it is not what it should be (see `unusable`)."""
        receipts = [receipt_at(path) for path in self.receipts]
        return audit(copy, str(vkey), self.checkpoints(vkey), receipts, [_witness(key) for key in self.witnesses])

    def checkpoints(self, vkey: VerifierKey) -> list[str]:
        """The checkpoint in each file of `since`. Raises OSError, and ProofInvalid where there is none."""
        return [_held(path, checkpoint_in(read_text(path), vkey.name), "no-checkpoint") for path in self.since]


NOTHING = Kept()


def verify(path: Path, key: str, kept: Kept = NOTHING, language: Language = "nb") -> Answer:
    """Whether a receipt, or a log (its folder or an export of it), is genuine for this key: a file, or the line itself.

    With `kept`, a log must go together with all of it.
    """
    vkey = read_key(key)
    if vkey is None:
        return Answer(say("bad-key", language), UNREADABLE)
    try:
        copy = copy_at(path)
        if copy is not None:
            findings = kept.audited(copy, vkey)
            return Answer("\n".join(_lines(findings, kept, language)), VALID if findings.valid else INVALID)
        if kept or converted(path):
            return no_log(path, language)
        return _receipt(receipt_at(path), vkey, language)
    except (OSError, ProofInvalid) as error:
        return unusable(error, language)


def show(path: Path, language: Language = "nb") -> Answer:
    """The entries of a log, a line each, unchecked."""
    try:
        copy = copy_at(path)
        if copy is None:
            return no_log(path, language)
        lines = [_shown(number, line, language) for number, line in enumerate(copy.lines(), start=1)]
    except OSError as error:
        return unusable(error, language)
    status = INVALID if any(line is None for line in lines) else VALID
    texts = [say("unreadable-line", language, line=f"{n:>6}") if t is None else t for n, t in enumerate(lines, start=1)]
    return Answer("\n".join([*texts, say("not-checked" if lines else "empty", language)]), status)


def _shown(number: int, line: bytes, language: Language) -> str | None:
    text = line.removesuffix(b"\n")
    if HASHED.fullmatch(text):
        return f"{number:>6}  {say('pruned-line', language)}"
    try:
        return f"{number:>6}  {entry(decode(text), language)}"
    except ValueError:
        return None


def _receipt(text: str, vkey: VerifierKey, language: Language) -> Answer:
    try:
        shown = genuine(text, str(vkey))
    except ProofInvalid as error:
        return Answer(say("receipt-invalid", language, problem=str(error.facts["problem"])), INVALID)
    lines = [
        say("receipt-valid", language),
        entry(shown, language),
        say("place", language, line=parse(text).index + 1, origin=vkey.name),
        say("receipt-alone", language),
    ]
    if isinstance(shown, Ended):
        lines += [] if shown.verified else [say("receipt-unverified", language)]
    elif not isinstance(shown, Swept):
        lines.append(say("receipt-no-erasure", language))
    return Answer("\n".join(lines), VALID)


def _lines(findings: Findings, kept: Kept, language: Language) -> Iterator[str]:
    yield say("log-valid" if findings.valid else "log-invalid", language)
    yield from (f"  {problem(found, language)}" for found in findings.problems)
    for path, fault in zip((*kept.since, *kept.receipts), (*findings.earlier, *findings.receipts), strict=True):
        yield f"  {path.name}: {problem(Problem(fault), language) if fault else say('goes-together', language)}"
    if not findings.earlier and findings.valid:
        yield say("no-earlier", language)
    yield say(
        "counts",
        language,
        entries=findings.entries,
        opened=findings.opened,
        ended=sum(findings.ended.values()) - findings.failed,
        swept=findings.swept,
    )
    if findings.pruned:
        yield say(
            "pruned-counts",
            language,
            entries=findings.pruned.size,
            opened=findings.pruned.opened,
            ended=findings.pruned.ended,
            swept=findings.pruned.swept,
        )
    if findings.spooled:
        yield say("spooled", language, count=findings.spooled, resumed=findings.resumed)
    for name, sessions in (("open", findings.open_sessions), ("unverified", findings.unverified)):
        if sessions:
            yield say(name, language, count=len(sessions), sessions=", ".join(sessions))
    yield say("epochs", language, count=findings.epochs, revocations=findings.revocations)
    if findings.revocations:
        yield say("key-now", language, key=findings.public_key)
    for seen in findings.witnessed:
        yield say("seen", language, witness=seen.witness, size=seen.size, time=_moment(seen.seconds))
    if findings.witnessed and not findings.trusted:
        yield say("made-up", language)
    if findings.clock_steps:
        yield say("clock", language, lines=", ".join(map(str, findings.clock_steps)))
    for silence in findings.silences:
        yield say("silence", language, line=silence.line, since=silence.since, until=silence.until)
    if findings.broken_off:
        yield say("broken-off", language, lines=", ".join(map(str, findings.broken_off)))
    yield say("latest", language, time=findings.latest)


def _moment(seconds: int) -> str:
    try:
        return timestamp(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def read_text(path: Path) -> str:
    """The plain lines of a small file that an auditor hands over: typed, scanned, mailed, saved from a page. Raises OSError."""
    with path.open("rb") as file:
        return plain(file.read(_MAX_FILE))


def receipt_at(path: Path) -> str:
    """The receipt in a file. Raises OSError, and ProofInvalid where there is none."""
    return _held(path, receipt_in(read_text(path)), "no-receipt")


def _held(path: Path, found: str, lacking: str) -> str:
    if not found:
        raise ProofInvalid(problem=lacking, what=str(path))
    return found


def read_key(key: str) -> VerifierKey | None:
    """A log's public key from a file of that name, or from the line itself; None where it is neither."""
    try:
        return _parsed(VerifierKey, key)
    except (ProofInvalid, OSError):
        return None


def _witness(key: str) -> str:
    try:
        return str(_parsed(WitnessKey, key))
    except ProofInvalid:
        raise ProofInvalid(problem="bad-witness-key") from None


def _parsed(kind: type[Key], key: str) -> Key:
    try:
        return kind.parse(key)
    except ProofInvalid:
        if "+" in key and not Path(key).exists():
            raise
    return kind.parse(read_text(Path(key)).removesuffix("\n"))


def no_log(path: Path, language: Language) -> Answer:
    """That a file, which can be read, is not what a log was expected in. Raises OSError."""
    return Answer(say("converted" if converted(path) else "no-log", language, what=str(path)), UNREADABLE)


def unusable(error: OSError | ProofInvalid, language: Language) -> Answer:
    """What could not be read, or is not what it was given for: then the error's `problem` names one of the texts in `wording`."""
    if isinstance(error, ProofInvalid):
        return Answer(say(str(error.facts["problem"]), language, what=str(error.facts.get("what", ""))), UNREADABLE)
    reason = error.strerror or type(error).__name__
    return Answer(say("unusable", language, what=str(error.filename or ""), problem=reason), UNREADABLE)

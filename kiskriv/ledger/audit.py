"""The audit: what can be said of a log from a copy of it, its public key, and a checkpoint that was kept earlier.

    copy ──────────────> replay ──> is every entry as it was signed? were the sessions opened and ended in good order?
    public key ────────> is the checkpoint signed by this log?
    earlier checkpoint > do the first n entries still hash to the root that was noted then?

Reads only, takes no lock, needs no private key. What nobody can find out without an earlier checkpoint: that
whoever holds the private key wrote a different log from some entry on, or that somebody put back an older copy.
Hence the third question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import files
from kiskriv.ledger.checkpoint import MAX_NOTE, Checkpoint, VerifierKey, open_checkpoint
from kiskriv.ledger.entry import Reason
from kiskriv.ledger.replay import Fault, Problem, Replay, replay


@dataclass(frozen=True, slots=True)
class Findings:
    """What an audit found. Counts are of the signed entries; line numbers start at 1."""

    origin: str  # which log
    entries: int
    opened: int
    spooled: int  # of those opened: with a sealed copy on the disk, a weakened setting
    resumed: int  # how often another room went on after a room had died
    ended: Mapping[Reason, int]
    swept: int
    open_sessions: tuple[str, ...]  # opened, neither ended nor swept
    unverified: tuple[str, ...]  # erased, but the search afterwards did not come out clean, and not made good since
    clock_steps: tuple[int, ...]  # lines whose time is earlier than the line before: for a person to explain
    problems: tuple[Problem, ...]
    consistent: bool | None  # whether it was shown to continue the earlier checkpoint; None when none was given

    @property
    def valid(self) -> bool:
        """Whether the log is as it was signed and, where one was given, continues the earlier checkpoint."""
        return not self.problems and self.consistent is not False


def audit(folder: Path, vkey: str, earlier: str | None = None, *, checkpoint: Path | None = None) -> Findings:
    """Audit a folder with `entries.jsonl` and `checkpoint`, or an entries file with its checkpoint file.

    `vkey` is the public key in one line, `earlier` the text of a checkpoint kept elsewhere. Raises ProofInvalid
    when the key is no key, OSError when the entries cannot be read; all else is a finding. Takes about two seconds
    for 100,000 entries.
    """
    key = VerifierKey.parse(vkey)
    entries = folder / files.ENTRIES if checkpoint is None else folder
    signed, read = _read(entries, checkpoint or folder / files.CHECKPOINT, key)
    problems = list(read.problems)
    if read.tail:
        problems.append(Problem(Fault.UNSIGNED_TAIL, signed.size + 1 if signed else 1))
    if signed is None:
        problems = [Problem(Fault.BAD_CHECKPOINT)]
    fault = _compare(read, earlier, key) if signed and earlier is not None else None
    if fault:
        problems.append(Problem(fault))
    accounts = read.accounts
    return Findings(
        origin=key.name,
        entries=read.tree.size,
        opened=accounts.opened,
        spooled=accounts.spooled,
        resumed=accounts.resumed,
        ended=MappingProxyType({r: accounts.ended[r] for r in Reason if accounts.ended[r]}),
        swept=accounts.swept,
        open_sessions=accounts.open,
        unverified=accounts.unverified,
        clock_steps=tuple(accounts.clock_steps),
        problems=tuple(problems),
        consistent=None if earlier is None else signed is not None and fault is None,
    )


def _read(entries: Path, checkpoint: Path, key: VerifierKey) -> tuple[Checkpoint | None, Replay]:
    """The signed checkpoint and the entries under it; again, if a writer put a newer one in place in between."""
    while True:
        note = _read_note(checkpoint)
        try:
            signed = open_checkpoint(note, key)
        except ProofInvalid:
            signed = None
        read = replay(files.read_lines(entries), signed or Checkpoint(key.name, 0, b""))
        if note == _read_note(checkpoint):
            return signed, read


def _read_note(path: Path) -> str:
    try:
        return files.read_text(path, MAX_NOTE)
    except (FileNotFoundError, ValueError):
        return ""  # no note at all: not signed by anybody


def _compare(read: Replay, earlier: str, key: VerifierKey) -> Fault | None:
    try:
        before = open_checkpoint(earlier, key)
    except ProofInvalid:
        return Fault.BAD_EARLIER
    if before.size > read.tree.size:
        return Fault.SHORTER_THAN_EARLIER
    return None if read.tree.root(before.size) == before.root else Fault.DIFFERS_FROM_EARLIER

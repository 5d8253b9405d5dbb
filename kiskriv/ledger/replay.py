"""Reading a log from its first line: the rules that every reader of it shares. No I/O.

    lines ──decode──> entries ──> Sessions, Epochs, Runs      which are open, which keys are in force, when it was silent
      └────hash─────> Tree ──root──> as signed?               nothing changed, removed or reordered

    the first `size` lines      must be whole, canonical, in their right order, and hash to the signed root
    what follows them           was never acknowledged by a writer: the writer's business, a fault to an auditor

The log and the audit read through `replay`, so what one accepts the other accepts.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import lt

from kiskriv.errors import ProofInvalid
from kiskriv.ledger.checkpoint import Checkpoint
from kiskriv.ledger.cosignature import verify
from kiskriv.ledger.entry import (
    Configured,
    Created,
    Ended,
    Entry,
    Opened,
    Pruned,
    Resumed,
    Rotated,
    Swept,
    Witnessed,
    decode,
)
from kiskriv.ledger.epochs import Epochs
from kiskriv.ledger.faults import Fault, Problem
from kiskriv.ledger.merkle import Tree, leaf_hash
from kiskriv.ledger.runs import Runs
from kiskriv.ledger.sessions import Counts, Sessions

HASHED = re.compile(rb'"([0-9a-f]{64})"')
"""A line that stands for a pruned entry: its leaf hash, as a JSON string."""

LASTING = (Created, Rotated, Pruned)
"""Kinds of entry that are never pruned: without them nobody could tell the keys."""


class Entries:
    """Entries in their order, and all that follows from them."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.tree = Tree()
        self.ends = array("Q")  # where each line ends, in octets from the start
        self.sessions = Sessions()
        self.epochs = Epochs(origin)
        self.runs = Runs()
        self.configured: Configured | None = None
        self.witnessed: dict[str, Witnessed] = {}  # witness -> what it saw last
        self.prunings: list[Pruned] = []
        self.hashes = 0
        """Lines up to and with the last one that is a hash."""
        self._lasting: set[int] = set()  # the places of entries that cannot be pruned
        self._passing = False  # whether an entry that can be pruned was read

    @property
    def size(self) -> int:
        """How many there are."""
        return self.tree.size

    def signed_for(self, size: int | None = None) -> Checkpoint:
        """What a checkpoint of the first `size` entries says (of all, if not given)."""
        size = self.size if size is None else size
        return Checkpoint(self.origin, size, self.tree.root(size))

    @property
    def pruning(self) -> Pruned | None:
        """What accounts for the entries that are hashes; None where there are none, or nothing does."""
        return next((pruning for pruning in self.prunings if pruning.size == self.hashes), None)

    def objection(self, entry: Entry) -> Fault | None:
        """Why this entry may not come next, or None."""
        if not self.size and not isinstance(entry, Created):
            return Fault.NO_KEYS
        match entry:
            case Opened() | Resumed() | Ended() | Swept():
                return self.sessions.objection(entry)
            case Created() | Rotated():
                return self.epochs.objection(entry, self.signed_for())
            case Witnessed():
                return None if self._was_witnessed(entry) else Fault.BAD_WITNESS
            case Pruned():
                return None if self._accounts_for(entry) else Fault.BAD_PRUNING
        return None

    def add(self, entry: Entry | None, leaf: bytes, octets: int) -> None:
        """Take an entry into account to which there is no objection, or None for one that cannot be read."""
        self.tree.append(leaf)
        self.ends.append((self.ends[-1] if self.ends else 0) + octets)
        if entry is None:
            return
        if isinstance(entry, LASTING):
            self._lasting.add(self.size - 1)
        else:
            self._passing = True
        self.runs.book(entry, self.size)
        match entry:
            case Opened() | Resumed() | Ended() | Swept():
                self.sessions.book(entry, self.size - 1)
            case Created() | Rotated():
                self.epochs.book(entry, self.size)
            case Configured():
                self.configured = entry
            case Witnessed():
                self.witnessed[entry.witness] = entry
            case Pruned():
                self.prunings.append(entry)

    def read(self, line: bytes) -> Fault | None:
        """Take a line into account, whatever it is; what is wrong with it."""
        text = line.removesuffix(b"\n")
        if line[:1] == b'"' and (hashed := HASHED.fullmatch(text)) and text != line:
            self.add(None, bytes.fromhex(hashed[1].decode()), len(line))
            self.hashes = self.size
            return Fault.BAD_PRUNING if self._passing or self.size == 1 else None
        entry: Entry | None = None
        try:
            entry = decode(text if text != line else b"")
            fault = self.objection(entry)
        except ValueError:
            fault = Fault.UNREADABLE_ENTRY
        self.add(entry if fault is None else None, leaf_hash(text), len(line))
        return fault

    def counts(self, size: int) -> Counts | None:
        """What the first `size` entries add up to, those pruned earlier too; None where a session was open, or that cannot be known."""
        done, seen = self.pruning, self.sessions.settled.get(size)
        if seen is None or (self.hashes and done is None):
            return None
        opened, ended, swept = (done.opened, done.ended, done.swept) if done else (0, 0, 0)
        return opened + seen[0], ended + seen[1], swept + seen[2]

    def _accounts_for(self, entry: Pruned) -> bool:
        claimed = (entry.opened, entry.ended, entry.swept)
        if self.prunings:
            last = self.prunings[-1]
            if entry.size <= last.size or any(map(lt, claimed, (last.opened, last.ended, last.swept))):
                return False
        if entry.size > self.hashes:
            return self.counts(entry.size) == claimed
        return (
            entry.size - 1 not in self._lasting
        )  # it was pruned long ago: that a session closed there, the hash cannot tell

    def _was_witnessed(self, entry: Witnessed) -> bool:
        if not 0 < entry.size <= self.size:
            return False
        body = self.signed_for(entry.size).body()
        try:
            verify(body, entry.seconds, bytes.fromhex(entry.witness), bytes.fromhex(entry.signature))
        except ProofInvalid:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Replay:
    """A log as it was read: the signed part, the faults in it, and the octets that follow it."""

    entries: Entries = field(repr=False)
    problems: tuple[Problem, ...]
    tail: bytes = field(repr=False)  # one line at most, whole or torn, that no checkpoint signs


def replay(lines: Iterable[bytes], signed_for: Checkpoint) -> Replay:
    """Read lines (each with its newline, where it has one) against a checkpoint, whoever signed it."""
    entries, problems, tail = Entries(signed_for.origin), list[Problem](), b""
    for number, line in enumerate(lines, start=1):
        if number > signed_for.size + 1:
            problems.append(Problem(Fault.UNSIGNED_TAIL, number))
            break
        if number > signed_for.size:
            tail = line
            continue
        if fault := entries.read(line):
            problems.append(Problem(fault, number))
    if not signed_for.size:
        problems.append(Problem(Fault.NO_KEYS, 1))
    if entries.size < signed_for.size:
        problems.append(Problem(Fault.CUT_OFF, entries.size + 1))
    elif entries.tree.root() != signed_for.root:
        problems.append(Problem(Fault.ROOT_MISMATCH))
    if entries.hashes and entries.pruning is None:
        problems.append(Problem(Fault.BAD_PRUNING))
    return Replay(entries, tuple(problems), tail)

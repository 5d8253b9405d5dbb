"""Reading a log from its first line: the rules that every reader of it shares. No I/O.

    lines ──decode──> entries ──admit──> Accounts      which sessions are open, ended, swept
      └────hash─────> Tree ──root──> as signed?        nothing changed, removed or reordered

    the first `size` lines      must be whole, canonical, in their right order, and hash to the signed root
    what follows them           was never acknowledged by a writer: the writer's business, a fault to an auditor

The log and the audit read through `replay`, so what one accepts the other accepts.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kiskriv.ledger.checkpoint import Checkpoint
from kiskriv.ledger.entry import Ended, Entry, Opened, Reason, Resumed, decode
from kiskriv.ledger.merkle import Tree, leaf_hash


class Fault(StrEnum):
    """What can be wrong with a log; the code that a report, a test and a translation share."""

    UNREADABLE_ENTRY = "unreadable-entry"  # a line is not the canonical form of any entry
    OPENED_TWICE = "opened-twice"  # a session id came back
    NEVER_OPENED = "never-opened"  # ended or swept without `opened`
    ENDED_TWICE = "ended-twice"  # an entry after the last word on a session
    OTHER_KEY = "other-key"  # ended under another key than it was opened or resumed with
    NOT_SPOOLED = "not-spooled"  # resumed, and it was opened without a spool
    CUT_OFF = "cut-off"  # fewer entries than the checkpoint signs for
    ROOT_MISMATCH = "root-mismatch"  # the entries are not those that were signed
    UNSIGNED_TAIL = "unsigned-tail"  # something follows the signed entries
    BAD_CHECKPOINT = "bad-checkpoint"  # missing, malformed, or not signed by the key
    BAD_EARLIER = "bad-earlier"  # the same, of the earlier checkpoint
    SHORTER_THAN_EARLIER = "shorter-than-earlier"  # entries were removed since the earlier checkpoint
    DIFFERS_FROM_EARLIER = "differs-from-earlier"  # entries before the earlier checkpoint were changed


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault and where it is: the number of a line of the log, from 1, where one line is to blame."""

    fault: Fault
    line: int | None = None


class Accounts:
    """Which sessions were opened and what became of them.

             resumed ┌──┐
                     │  v
    absent ──opened──> open ──ended, not verified──> unverified ──ended, not verified──┐
                        │                             │   ^────────────────────────────┘
                        └──ended, verified, or swept──┴──> closed
    """

    def __init__(self) -> None:
        self.opened = 0
        self.spooled = 0
        self.resumed = 0
        self.ended: Counter[Reason] = Counter()
        self.swept = 0
        self.clock_steps: list[int] = []  # lines whose time is earlier than the line before
        self._open: dict[str, str] = {}  # session -> commitment
        self._spooled: set[str] = set()  # those that were opened with a spool
        self._unverified: dict[str, str] = {}
        self._closed: set[str] = set()
        self._lines = 0
        self._latest = ""

    @property
    def open(self) -> tuple[str, ...]:
        """Sessions opened and neither ended nor swept, oldest first."""
        return tuple(self._open)

    @property
    def unverified(self) -> tuple[str, ...]:
        """Sessions whose erasure was tried and not verified, and not yet made good, oldest first."""
        return tuple(self._unverified)

    def objection(self, entry: Entry) -> Fault | None:
        """Why this entry may not come next, or None."""
        session = entry.session
        commitment = self._open.get(session) or self._unverified.get(session)
        if isinstance(entry, Opened):
            return Fault.OPENED_TWICE if commitment or session in self._closed else None
        if commitment is None:
            return Fault.ENDED_TWICE if session in self._closed else Fault.NEVER_OPENED
        match entry:
            case Resumed() if session in self._unverified:
                return Fault.ENDED_TWICE
            case Resumed() if session not in self._spooled:
                return Fault.NOT_SPOOLED
            case Ended() if entry.commitment != commitment:
                return Fault.OTHER_KEY
        return None

    def admit(self, entry: Entry) -> Fault | None:
        """Take the entry into account, unless there is an objection, which is returned."""
        self._lines += 1
        if entry.time < self._latest:  # RFC 3339 in UTC and of one length: text order is time order
            self.clock_steps.append(self._lines)
        self._latest = entry.time
        fault = self.objection(entry)
        if fault is None:
            self._book(entry)
        return fault

    def _book(self, entry: Entry) -> None:
        session = entry.session
        if isinstance(entry, Opened):
            self.opened += 1
            self._open[session] = entry.commitment
            if entry.spool:
                self.spooled += 1
                self._spooled.add(session)
            return
        if isinstance(entry, Resumed):
            self.resumed += 1
            self._open[session] = entry.commitment
            return
        self._spooled.discard(session)
        commitment = self._open.pop(session, "") or self._unverified.pop(session)
        if isinstance(entry, Ended):
            self.ended[entry.reason] += 1
            if not entry.verified:
                self._unverified[session] = commitment
                return
        else:
            self.swept += 1
        self._closed.add(session)


@dataclass(frozen=True, slots=True)
class Replay:
    """A log as it was read: the signed part, the faults in it, and the octets that follow it."""

    tree: Tree
    accounts: Accounts
    ends: array[int]  # where each signed line ends, in octets from the start of the file
    problems: tuple[Problem, ...]
    tail: bytes  # one line at most, whole or torn, that no checkpoint signs


def replay(lines: Iterable[bytes], signed: Checkpoint) -> Replay:
    """Read lines (each with its newline, where it has one) against a verified checkpoint."""
    tree, accounts, ends, position, tail = Tree(), Accounts(), array("Q"), 0, b""
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        if number > signed.size + 1:
            problems.append(Problem(Fault.UNSIGNED_TAIL, number))
            break
        if number > signed.size:
            tail = line
            continue
        position += len(line)
        ends.append(position)
        tree.append(leaf_hash(line.removesuffix(b"\n")))
        fault = _admit(accounts, line)
        if fault:
            problems.append(Problem(fault, number))
    if tree.size < signed.size:
        problems.append(Problem(Fault.CUT_OFF, tree.size + 1))
    elif tree.root() != signed.root:
        problems.append(Problem(Fault.ROOT_MISMATCH))
    return Replay(tree, accounts, ends, tuple(problems), tail)


def _admit(accounts: Accounts, line: bytes) -> Fault | None:
    try:
        return accounts.admit(decode(line[:-1] if line.endswith(b"\n") else b""))
    except ValueError:
        return Fault.UNREADABLE_ENTRY

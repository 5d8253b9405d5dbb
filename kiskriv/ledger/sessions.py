"""Which sessions were opened and what became of them. No I/O."""

from __future__ import annotations

from collections import Counter
from typing import TypeAlias

from kiskriv.ledger.entry import Ended, OfSession, Opened, Resumed
from kiskriv.ledger.faults import Fault
from kiskriv.ledger.terms import Reason

Counts: TypeAlias = tuple[int, int, int]
"""Sessions opened, closed by a verified `ended`, closed by `swept`."""


class Sessions:
    """The sessions of a log, as far as its entries were read.

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
        self.ended: Counter[Reason] = Counter()  # every try counts
        self.erased = 0
        """Sessions closed by a verified `ended`."""
        self.failed = 0
        """Erasures that were not verified, each try once."""
        self.swept = 0
        self.settled: dict[int, Counts] = {}
        """How many entries there were whenever a session closed and none was left, and what they add up to."""
        self._open: dict[str, str] = {}  # session -> commitment
        self._spooled: set[str] = set()  # those that were opened with a spool
        self._unverified: dict[str, str] = {}
        self._places: dict[str, list[int]] = {}  # session -> where its entries stand

    @property
    def open(self) -> tuple[str, ...]:
        """Sessions opened and neither ended nor swept, oldest first."""
        return tuple(self._open)

    @property
    def unverified(self) -> tuple[str, ...]:
        """Sessions whose erasure was tried and not verified, and not yet made good, oldest first."""
        return tuple(self._unverified)

    def places(self, session: str) -> tuple[int, ...]:
        """Where the entries of a session stand, from 0, oldest first; none for one that is not known."""
        return tuple(self._places.get(session, ()))

    def objection(self, entry: OfSession) -> Fault | None:
        """Why this entry may not come next, or None."""
        session = entry.session
        commitment = self._open.get(session) or self._unverified.get(session)
        if isinstance(entry, Opened):
            return Fault.OPENED_TWICE if session in self._places else None
        if commitment is None:
            return Fault.ENDED_TWICE if session in self._places else Fault.NEVER_OPENED
        match entry:
            case Resumed() if session in self._unverified:
                return Fault.ENDED_TWICE
            case Resumed() if session not in self._spooled:
                return Fault.NOT_SPOOLED
            case Ended() if entry.commitment != commitment:
                return Fault.OTHER_KEY
        return None

    def book(self, entry: OfSession, place: int) -> None:
        """Take an entry into account to which there is no objection; it stands in this place, from 0."""
        session = entry.session
        self._places.setdefault(session, []).append(place)
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
                self.failed += 1
                self._unverified[session] = commitment
                return
            self.erased += 1
        else:
            self.swept += 1
        if not self._open and not self._unverified:
            self.settled[place + 1] = (self.opened, self.erased, self.swept)

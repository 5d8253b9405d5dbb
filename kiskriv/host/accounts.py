"""What the ledger is told of sessions that are over, and what it could not be told yet (R22)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime

from kiskriv.errors import ErasureFailed, LedgerError, RoomDied, SessionUnfinished
from kiskriv.ledger import Cause, Ended, Ledger, Opened, Resumed
from kiskriv.ledger.entry import OfSession
from kiskriv.wire.messages import Closed

SPOOL = "spool"
"""The fault of a session whose spool could not be removed: it stays open until that is done."""

LEDGER = "ledger"
"""The fault of a session whose last entry is not in the ledger yet."""


class Accounts:
    """Over one ledger. An entry that a full disk kept out is kept here until there is room for it."""

    def __init__(self, ledger: Ledger, grown: Callable[[], object] = lambda: None) -> None:
        """`grown` is told when the end of a session is written."""
        self._ledger = ledger
        self._grown = grown
        self._untold: dict[str, Ended | Cause] = {}
        self._began: dict[str, str] = {}  # session -> when, exactly

    def begun(self, entry: Opened | Resumed) -> None:
        """Writes that a session begins, or goes on in another room, unless a host before did. Raises LedgerError."""
        history = self._ledger.history(entry.session)
        if not history or _claim(history[-1][1]) != _claim(entry):
            self._ledger.append(entry)
        if isinstance(entry, Opened):
            self._began[entry.session] = entry.time

    def ended(self, entry: Ended, fault: str) -> Closed:
        """Writes it. What who waits for the end of the session is told."""
        try:
            receipt = self._ledger.receipt(self._ledger.append(entry))
        except LedgerError:
            self._untold[entry.session] = entry
            return self._not_yet(entry.session)
        self._grown()
        return Closed(entry.session, receipt, entry.verified, entry.residue, fault)

    def kept_open(self, session: str) -> Closed:
        """Writes nothing: its spool is still there. What who waits is told."""
        return Closed(session, None, False, 1, SPOOL)

    def swept(self, session: str, cause: Cause, fault: str) -> Closed:
        """Writes that nobody erased it and that it is gone. What who waits is told."""
        try:
            self._ledger.sweep((session,), cause)
        except LedgerError:
            self._untold[session] = cause
            return self._not_yet(session)
        self._grown()
        return Closed(session, None, True, 0, fault)

    def closed(self, session: str) -> Closed:
        """How a session ended, before this was asked or under another host. Raises RoomDied."""
        if session in self._untold:
            return self._not_yet(session)
        index, entry = next(iter(self._ledger.history(session)[::-1]), (0, None))
        if not isinstance(entry, Ended):
            raise RoomDied
        return Closed(session, self._ledger.receipt(index), entry.verified, entry.residue, "")

    def left(self, session: str, limit: float) -> float:
        """Seconds until the time limit of a session that is unfinished, by the clock on the wall. Raises LedgerError.

        Of one that a host before this one began, as far as the ledger's coarse times tell: never too late.
        """
        began = self._began.get(session) or self._ledger.history(session)[0][1].time
        gone = datetime.now(UTC) - datetime.fromisoformat(began)
        return max(0.0, limit - max(0.0, gone.total_seconds()))

    def catch_up(self) -> None:
        """Tries once more what could not be written. Raises LedgerError."""
        for session, told in list(self._untold.items()):
            if session in self._ledger.unaccounted():  # it can have come there with the very failure
                if isinstance(told, Ended):
                    self._ledger.append(told)
                else:
                    self._ledger.sweep((session,), told)
                self._grown()
            del self._untold[session]

    def resumptions(self, session: str) -> int:
        """How often it went on in another room. Raises LedgerError."""
        return sum(isinstance(entry, Resumed) for _, entry in self._ledger.history(session))

    def take_over(self, living: Collection[str]) -> int:
        """Sweeps what a crash left open, but for the sessions that live on; how many those were (R33). Raises LedgerError."""
        lost = tuple(session for session in self._ledger.unaccounted() if session not in living)
        return self._sweep(lost, Cause.FOUND_AT_START)

    def settled(self) -> None:
        """Nothing stands in the way of the next session. Raises LedgerError, ErasureFailed, SessionUnfinished."""
        self.catch_up()
        if unverified := self._ledger.unverified():
            raise ErasureFailed(residue=len(unverified))
        if self._ledger.unaccounted():
            raise SessionUnfinished

    def recover(self, kept: Collection[str]) -> None:
        """A person has seen to what was left: accounts for all of it but what is `kept` on the disk. Raises LedgerError."""
        self.catch_up()
        left = (*self._ledger.unaccounted(), *self._ledger.unverified())
        self._sweep(tuple(session for session in left if session not in kept), Cause.RECOVER)

    @property
    def public_key(self) -> str:
        """Of the ledger."""
        return self._ledger.public_key

    @property
    def fresh(self) -> bool:
        """No session was ever opened. Raises LedgerError."""
        return self._ledger.fresh

    @property
    def complete(self) -> bool:
        """All that is known is written."""
        return not self._untold

    def unfinished(self) -> tuple[str, ...]:
        """Sessions that have no last entry, and of which no end is known. Raises LedgerError."""
        return tuple(session for session in self._ledger.unaccounted() if session not in self._untold)

    def unverified(self) -> tuple[str, ...]:
        """Sessions whose erasure is not proven in the ledger. Raises LedgerError."""
        return (*self._ledger.unverified(), *self._untold)

    def _sweep(self, sessions: tuple[str, ...], cause: Cause) -> int:
        swept = self._ledger.sweep(sessions, cause)
        if swept:
            self._grown()
        return len(swept)

    def _not_yet(self, session: str) -> Closed:
        told = self._untold[session]
        return Closed(session, None, False, told.residue if isinstance(told, Ended) else 0, LEDGER)


def _claim(entry: OfSession) -> tuple[str, str, str]:
    """What an entry says, whatever the exactness of its time."""
    return entry.kind, entry.session, getattr(entry, "commitment", "")

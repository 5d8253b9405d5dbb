"""The ledger as a room sees it: entries go to the host, which answers when they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiskriv.errors import HostUnreachable
from kiskriv.ledger import Ended, Entry, Opened, Resumed, encode
from kiskriv.room.porter import Came, Left, Porter
from kiskriv.wire.answers import raised
from kiskriv.wire.messages import Failed, Log, Logged, Present

LAST_WORDS = 10.0
"""Seconds that an erased room waits for a host to tell; then it ends untold, and the next host sweeps."""


class HostLedger:
    """A `Register` at the other end of the host's line."""

    def __init__(self, porter: Porter, present: Callable[[], Present]) -> None:
        self._porter = porter
        self._present = present

    def opened(self, entry: Opened | Resumed) -> None:
        """Raises what the host's ledger raised, HostUnreachable where there is no host any more."""
        if not self._log(entry, LAST_WORDS):
            raise HostUnreachable(problem="it went away")

    def never_opened(self, session: str) -> None:
        """The host sees this room end, and sweeps if the entry is there."""

    def ended(self, entry: Ended) -> None:
        """Tells the host, and what holds of this process now; it writes the entry when it has seen this process end."""
        self._porter.report(replace(self._present(), open=True))
        self._log(entry, LAST_WORDS)

    def _log(self, entry: Entry, seconds: float) -> bool:
        """Whether a host took the entry. One that comes in the place of another is told again."""
        said = Log(encode(entry).decode())
        self._porter.report(said)
        for arrival in self._porter.apart(seconds):
            match arrival:
                case Logged():
                    return True
                case Failed():
                    raise raised(arrival)
                case Came():
                    self._porter.report(replace(self._present(), open=isinstance(entry, Ended)))
                    self._porter.report(said)
                case Left():
                    continue
        return False

"""When kiskriv ran, and when it was silent: what the times of the entries say. No I/O.

started ── heartbeat ── opened ── ended ── heartbeat ── stopped        a run: between two entries no long silence
started ── heartbeat ──                                 started        the run before broke off: a crash
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kiskriv.ledger.entry import Entry, Started, Stopped, coarse
from kiskriv.ledger.terms import Precision

_LENGTH = {
    Precision.SECOND: timedelta(seconds=1),
    Precision.MINUTE: timedelta(minutes=1),
    Precision.HOUR: timedelta(hours=1),
}


@dataclass(frozen=True, slots=True)
class Silence:
    """Two entries of one run that lie further apart than heartbeats allow: the machine slept, or its clock was set."""

    line: int  # of the second one
    since: str
    until: str


class Runs:
    """The runs of a log, as far as its entries were read. Lines count from 1."""

    def __init__(self) -> None:
        self.clock_steps: list[int] = []  # lines whose time is earlier than the line before
        self.silences: list[Silence] = []
        self.broken_off: list[int] = []  # lines where a run starts though the one before had not stopped
        self.latest = ""
        """The time of the last entry."""
        self._run: Started | None = None

    def book(self, entry: Entry, line: int) -> None:
        """Take an entry into account."""
        precision = self._run.precision if self._run else Precision.SECOND
        if isinstance(entry, Started):
            if self._run is not None:
                self.broken_off.append(line)
            precision = entry.precision
        elif self._run is not None and self._is_silence(self._run, entry):
            self.silences.append(Silence(line, self.latest, entry.time))
        if entry.time < self.latest and entry.time < coarse(
            self.latest, precision
        ):  # of one length: text order is time order
            self.clock_steps.append(line)
        self.latest = entry.time
        match entry:
            case Started():
                self._run = entry
            case Stopped():
                self._run = None

    def _is_silence(self, run: Started, entry: Entry) -> bool:
        if entry.time == self.latest:
            return False
        apart = datetime.fromisoformat(entry.time) - datetime.fromisoformat(self.latest)
        return apart > 2 * timedelta(minutes=run.heartbeat) + _LENGTH[run.precision]

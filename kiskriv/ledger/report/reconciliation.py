"""The reconciliation of a period (R34): every session that was opened in it, and what became of each. No I/O.

    sessions opened = erased, by reason + swept + erased but not confirmed + still open

A session counts in the period in which it was opened, wherever its end lies. Entries of which only the hashes are left
count nowhere; `Findings.pruned` accounts for them. What an invalid log says is counted as it stands: whoever shows
this says so first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from kiskriv.ledger.audit import Findings
from kiskriv.ledger.entry import (
    Configured,
    Created,
    Ended,
    Entry,
    Opened,
    Resumed,
    Rotated,
    Started,
    Stopped,
    Swept,
    decode,
)
from kiskriv.ledger.faults import Fault
from kiskriv.ledger.runs import Silence
from kiskriv.ledger.terms import Reason


class Otherwise(StrEnum):
    """What became of a session that no verified erasure closed."""

    SWEPT = "swept"
    UNVERIFIED = "unverified"  # tried, not confirmed, not made good
    OPEN = "open"


Outcome: TypeAlias = Reason | Otherwise
OUTCOMES: tuple[Outcome, ...] = (*Reason, *Otherwise)


class Used(StrEnum):
    """What a session or a run names as its own, besides times."""

    KISKRIV = "kiskriv"  # version
    PROGRAM = "program"  # SHA-256 of what is installed
    MODEL = "model"  # SHA-256 of the speech model's manifest
    DRAFTER = "drafter"  # SHA-256 of rules, or prompt, templates and model
    USER = "user"  # random id; the clinic knows whose
    WORKSTATION = "workstation"  # likewise


@dataclass(frozen=True, slots=True)
class Period:
    """Days in UTC, the first and the last included; None: from the beginning, to the end."""

    first: date | None = None
    last: date | None = None

    @property
    def start(self) -> str:
        """The first day as text; what is before every day where there is none."""
        return self.first.isoformat() if self.first else ""

    @property
    def end(self) -> str:
        """The last day as text; what is after every day where there is none."""
        return self.last.isoformat() if self.last else "9999-12-31"

    def __contains__(self, time: str) -> bool:
        return self.start <= time[:10] <= self.end  # RFC 3339 in UTC: text order is time order


@dataclass(frozen=True, slots=True)
class Session:
    """One session: the line that opened it, from 1, and all that the log says of it."""

    line: int
    opened: Opened
    run: Started | None  # in which it was opened
    resumed: int = 0
    tries: tuple[Ended, ...] = ()
    swept: Swept | None = None

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        if self.swept:
            return Otherwise.SWEPT
        if not self.tries:
            return Otherwise.OPEN
        return self.tries[-1].reason if self.tries[-1].verified else Otherwise.UNVERIFIED

    @property
    def erasure(self) -> Ended | None:
        """The verified `ended` that closed it."""
        return self.tries[-1] if isinstance(self.outcome, Reason) else None

    @property
    def failed(self) -> int:
        """How many erasures were tried and not confirmed."""
        return sum(not tried.verified for tried in self.tries)

    @property
    def closed(self) -> str:
        """The time of the last word on it; empty where it is still open."""
        last = self.swept or self.erasure
        return last.time if last else ""


@dataclass(frozen=True, slots=True)
class Use:
    """A version, a digest or a random id that sessions and runs of the period named, and when first and last."""

    what: Used
    value: str
    first: str
    last: str
    sessions: int


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the log, from 1, and its time."""

    line: int
    time: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """A checkpoint kept elsewhere: its name, how many entries it signs for, what is wrong with it."""

    name: str
    size: int
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class Window:
    """What came after the last checkpoint that somebody else holds, as far as this reader knows."""

    held: int  # entries up to there; 0: nobody holds any
    entries: int  # after that
    since: str  # the time of the first of them that can be read
    present: int  # how many of them follow the last change of keys: whoever has the present keys can write these anew


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A log, audited and counted."""

    vkey: str
    period: Period
    findings: Findings  # of the whole log
    kept: tuple[Earlier, ...]
    window: Window  # of the whole log
    sessions: tuple[Session, ...]  # opened in the period
    outside: int  # opened at another time, and still open or not confirmed
    uses: tuple[Use, ...]
    configured: tuple[Configured, ...]  # in force when the period began, and since
    started: int
    stopped: int
    broken_off: tuple[Moment, ...]  # runs that start though the one before did not stop
    silences: tuple[Silence, ...]
    clock_steps: tuple[Moment, ...]
    rotations: tuple[Rotated, ...]
    key_from_folder: bool = False  # whether the key was taken from the log's own folder, and so proves little

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """How many sessions came to what; the sum is how many were opened."""
        counted = Counter(session.outcome for session in self.sessions)
        return MappingProxyType({outcome: counted[outcome] for outcome in OUTCOMES})

    @property
    def erasures(self) -> tuple[Ended, ...]:
        """The verified ones, in the order in which their sessions were opened."""
        return tuple(session.erasure for session in self.sessions if session.erasure)


def reconcile(
    lines: Iterable[bytes], findings: Findings, vkey: str, period: Period, kept: Sequence[Earlier] = ()
) -> Reconciliation:
    """Count what these lines say of a period. `findings` is the audit of the same lines; more lines than it saw are left out."""
    book = _Book(period, {*findings.clock_steps, *findings.broken_off}, _held(findings, kept))
    for number, line in zip(range(1, findings.entries + 1), lines, strict=False):
        try:
            book.read(decode(line.removesuffix(b"\n")), number)
        except ValueError:  # pruned; or a problem that the findings name
            continue
    sessions = tuple(book.sessions.values())
    outside = sum(not session.closed and session.opened.time not in period for session in sessions)
    return Reconciliation(
        vkey=vkey,
        period=period,
        findings=findings,
        kept=tuple(kept),
        window=Window(
            book.held, findings.entries - book.held, book.since, findings.entries - max(book.held, book.keys_changed)
        ),
        sessions=tuple(session for session in sessions if session.opened.time in period),
        outside=outside,
        uses=tuple(sorted(book.uses.values(), key=lambda use: (list(Used).index(use.what), use.first))),
        configured=tuple(book.configured),
        started=book.started,
        stopped=book.stopped,
        broken_off=book.moments(findings.broken_off),
        silences=tuple(silence for silence in findings.silences if _overlaps(silence, period)),
        clock_steps=book.moments(findings.clock_steps),
        rotations=tuple(book.rotations),
    )


def _held(findings: Findings, kept: Sequence[Earlier]) -> int:
    witnessed = findings.witnessed if findings.trusted else ()  # whoever has the log's keys can make a witness up
    return max([one.size for one in kept if one.fault is None] + [seen.size for seen in witnessed], default=0)


def _overlaps(silence: Silence, period: Period) -> bool:
    return silence.since[:10] <= period.end and silence.until[:10] >= period.start


class _Book:
    """What the entries add up to, as far as they were read."""

    def __init__(self, period: Period, notable: set[int], held: int) -> None:
        self.held = held
        self.since = ""
        self.keys_changed = 0  # the last line that did
        self.sessions: dict[str, Session] = {}
        self.uses: dict[tuple[Used, str], Use] = {}
        self.configured: list[Configured] = []
        self.rotations: list[Rotated] = []
        self.started = self.stopped = 0
        self._period = period
        self._notable = notable
        self._times: dict[int, str] = {}
        self._run: Started | None = None

    def moments(self, lines: Iterable[int]) -> tuple[Moment, ...]:
        """Those of these lines that lie in the period."""
        return tuple(Moment(line, self._times[line]) for line in lines if line in self._times)

    def read(self, entry: Entry, line: int) -> None:
        """Take an entry into account."""
        within = entry.time in self._period
        if within and line in self._notable:
            self._times[line] = entry.time
        if line > self.held and not self.since:
            self.since = entry.time
        match entry:
            case Opened():
                self.sessions[entry.session] = Session(line, entry, self._run)
                if within:
                    self._use(entry, self._run)
            case Resumed() | Ended() | Swept() if session := self.sessions.get(entry.session):
                self.sessions[entry.session] = _after(session, entry)
            case Started():
                self._run = entry
                if within:
                    self.started += 1
                    self._use(entry)
            case Stopped():
                self._run = None
                self.stopped += within
            case Configured() if entry.time[:10] <= self._period.end:
                self.configured = [entry] if entry.time[:10] < self._period.start else [*self.configured, entry]
            case Created() | Rotated():
                self.keys_changed = line
                if within and isinstance(entry, Rotated):
                    self.rotations.append(entry)

    def _use(self, entry: Opened | Started, run: Started | None = None) -> None:
        named = {(what, getattr(by, what)) for by in (entry, run) for what in Used if hasattr(by, what)}
        for what, value in named:
            known = self.uses.get((what, value), Use(what, value, entry.time, entry.time, 0))
            sessions = known.sessions + isinstance(entry, Opened)
            self.uses[what, value] = replace(known, last=entry.time, sessions=sessions)


def _after(session: Session, entry: Resumed | Ended | Swept) -> Session:
    match entry:
        case Resumed():
            return replace(session, resumed=session.resumed + 1)
        case Ended():
            return replace(session, tries=(*session.tries, entry))
        case Swept():
            return replace(session, swept=entry)

"""The steps of one consultation, as a screen asks for them, taken by the one thread that owns the key.

    host: Begin or Resume
      ──> [ with session:  Record ──> Draft ──> (Assign, Revise, Approve, Release) ... ──> Transferred | Discard | Withdraw ]
                        │ the screen goes away: the session stays (unless it was tethered), and sound goes on if the microphone is here
                        │ the engine goes away: the window is decoded by the next one
                        │ the host goes away: the next one takes over
                        │ the room itself goes away: with a spool, another one goes on where it was (`room.spooled`)
                        └ the time limit passes: it ends

A step has one last answer: Done, Released or Failed. What ends the session in the middle of a step breaks the step off.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import NoReturn, Protocol

from kiskriv.errors import (
    ErasureFailed,
    KiskrivError,
    MicrophoneLost,
    MicrophoneMissing,
    NotApproved,
    SourceGone,
    fault_code,
)
from kiskriv.ledger import Reason
from kiskriv.room.porter import Arrival, Came, Heard, Left, Origin, Porter
from kiskriv.room.sound import Halted, MicrophoneLine, Speaker, Wired, uptime
from kiskriv.room.spooled import Replay, extended
from kiskriv.session import Event, Expiring, State, Unspooled, Writing
from kiskriv.session.session import Session
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed

WARNING = 600.0
"""Seconds before the time limit at which the screen is told."""

GLANCE = 15.0
"""Seconds between two looks at the clock: a wait stands still while the machine sleeps, and the time limit does not."""

SCREEN_COMES = 30.0
"""Seconds in which the screen that a tethered session belongs to comes; one that was killed before that never will."""

_ENDINGS = (say.Transferred, say.Discard, say.Withdraw, say.End)


class Abandonable(Protocol):
    """The recogniser, as far as the room must hurry it."""

    def abandon(self) -> None:
        """See `Transcriber`."""


class _Ending(Exception):
    """It is broken off by what ends the session."""


@dataclass(frozen=True)
class Begun:
    """A session to be entered, what it was asked to be, and what has to be made good first, where it began in another room."""

    session: Session
    order: say.Begin
    replay: Replay | None = None
    spool_wanted: bool = False
    remember: Callable[[say.Extend], object] = lambda message: None
    """Lets another room know of it, if this one dies."""


class Room:
    """Holds one session, then nothing. `opening` makes the session when the host begins it."""

    def __init__(
        self,
        porter: Porter,
        recogniser: Abandonable,
        present: say.Present,
        opening: Callable[[say.Begin | say.Resume], Begun],
    ) -> None:
        self.porter = porter
        self.microphone = MicrophoneLine(porter)
        self.loudspeaker = Speaker(self)
        self._recogniser = recogniser
        self._present = present
        self._opening = opening
        self._later: deque[Arrival] = deque()
        self._source: Wired | None = None
        """The newest recording's."""
        self._lost = self._greeted = self._warned = self._spooled = False

    def run(self) -> None:
        """Returns when the session has ended, or when the host went away before one began."""
        self.porter.report(self._present)
        message = self._ordered()
        if message is None:
            return
        begun = self._opening(message)
        self._began, self._remember = uptime(), begun.remember
        self._limit(begun.order)
        with suppress(KiskrivError), begun.session as self._session:  # what is raised here, the host knows already
            self._present = replace(self._present, open=True, tethered=self._order.tethered)
            self.porter.one_screen = self._order.tethered
            if begun.replay is not None:
                self._make_good(begun.replay)
            self._spooled = begun.spool_wanted or self._session.spooled
            while self._session.state is not State.ENDED:
                self._step(self._later.popleft() if self._later else self.take())

    def _make_good(self, replay: Replay) -> None:
        """What was done in another room, once more. A screen that comes meanwhile is greeted afterwards, and halts nothing."""
        with closing(replay.events(self._session)) as events, suppress(_Ending):
            for _ in events:
                while self._interrupted():
                    pass
        self._lost = replay.lost
        self._limit(replay.order)

    def _ordered(self) -> say.Begin | say.Resume | None:
        while True:
            match self.porter.take():
                case Heard(Origin.HOST, say.Begin() | say.Resume() as message, _):
                    return message
                case Left(Origin.HOST):
                    return None
                case Came(Origin.MICROPHONE) as arrival:
                    self.microphone.meet(arrival)
                case Came(Origin.SCREEN) as arrival:
                    self.put_off(arrival)

    # -- what arrives -----------------------------------------------------------------------------------------------------------------

    def take(self, seconds: float | None = None) -> Arrival | None:
        """The next arrival; the time limit, what may come in any step, and a host or microphone that comes or goes, are seen to here."""
        left = self._until - uptime()
        if 0 < left <= WARNING and not self._warned and self._greeted:
            self._tell_time()
        alarm = left - WARNING if left > WARNING else left
        if left <= 0:
            return None
        arrival = self.porter.take(min(alarm, GLANCE, seconds if seconds is not None else alarm))
        self.microphone.meet(arrival)
        match arrival:
            case Came(Origin.HOST):
                left = self._began + self._order.longest - uptime()
                self.porter.report(replace(self._present, seconds_left=max(0.0, left)))
            case Heard(Origin.SCREEN, say.Bookmark(), _):
                self._session.bookmark()
            case Heard(Origin.SCREEN, say.Extend(), _):
                self._extend()
        return arrival

    def put_off(self, arrival: Arrival) -> None:
        """It is seen to when the step that is under way is over."""
        self._later.append(arrival)

    def _extend(self) -> None:
        if self._extendable:
            self._limit(extended(self._order))
            self._remember(say.Extend())
        self._tell_time()

    def _limit(self, order: say.Begin) -> None:
        """This is what was asked for, by now."""
        self._order, self._until = order, self._began + order.seconds

    def _tell_time(self) -> None:
        left = self._until - uptime()
        self._warned = left <= WARNING
        self.porter.say(Expiring(left, self._extendable))

    @property
    def _extendable(self) -> bool:
        return self._order.seconds < self._order.longest

    @property
    def _expired(self) -> bool:
        return self._until <= uptime()

    def ends(self, arrival: Arrival | None) -> bool:
        """Whether this ends the session, whatever step is under way."""
        match arrival:
            case Heard(Origin.SCREEN, message, _):
                return isinstance(message, _ENDINGS)
            case Left(Origin.SCREEN):
                return self._order.tethered
            case _:
                return self._expired

    # -- the steps --------------------------------------------------------------------------------------------------------------------

    def _step(self, arrival: Arrival | None) -> None:
        if self._expired:
            self._session.end(Reason.EXPIRED)
            return
        if self._order.tethered and not self._greeted and uptime() > self._began + SCREEN_COMES and arrival is None:
            self._session.end(Reason.INTERRUPTED)
            return
        match arrival:
            case Came(Origin.SCREEN):
                self.greet()
            case Left(Origin.SCREEN) if self._order.tethered:
                self._session.end(Reason.INTERRUPTED)
            case Heard(Origin.SCREEN, message, octets):
                octets[:] = bytes(len(octets))
                try:
                    self._answer(message)
                except ErasureFailed:
                    raise
                except KiskrivError as error:
                    self.porter.say(failed(error))
                except _Ending:  # what ends it is taken next, and has an answer of its own
                    pass
                except (
                    Exception
                ) as error:  # a fault of ours costs the step, not the consultation; its text could hold what was said
                    self.porter.report(say.Fault(fault_code(error)))
                    self.porter.say(failed(KiskrivError()))
            case Heard(_, _, octets):
                octets[:] = bytes(len(octets))

    def _answer(self, message: say.Message) -> None:
        session = self._session
        match message:
            case say.Record() as order:
                self._record(order)
            case say.Draft(form, anew):
                self._walk(session.draft(form, anew=anew), lambda: True)
            case say.Assign(speaker, role):
                session.assign(speaker, role)
            case say.Correct(change):
                session.correct(change)
            case say.Play(start, end):
                self._walk(session.play(start, end), lambda: False)  # who plays looks
            case say.Revise(note):
                marks = session.revise(note)
                self._tell_of_spool()
                self.porter.say(say.Marked(marks))
                return
            case say.Approve(note):
                session.approve(note)
            case say.Release():
                if session.state is not State.APPROVED:
                    raise NotApproved
                self.porter.say(say.Released(session.note))
                return
            case say.Transferred() | say.Discard() | say.Withdraw() | say.End():
                self._end(message)
            case say.Bookmark() | say.Extend():  # seen to, and not answered
                return
            case say.Sound() | say.Stop() | say.Halt():  # too late: the step that they were meant for is over
                return
        self._tell_of_spool()
        self.porter.say(say.Done())

    def _end(self, message: say.Transferred | say.Discard | say.Withdraw | say.End) -> None:
        match message:
            case say.Transferred():
                self._session.transferred()
            case say.Discard():
                self._session.discard()
            case say.Withdraw():
                self._session.withdraw()
            case say.End(by_error):
                self._session.end(Reason.FAILED if by_error else Reason.INTERRUPTED)

    def _tell_of_spool(self) -> None:
        """Once, when it is gone before the session is."""
        if self._spooled and not self._session.spooled and self._session.state is not State.ENDED:
            self._spooled = False
            self.porter.say(Unspooled())

    def _record(self, order: say.Record) -> None:
        if order.channels != self._order.channels:
            raise MicrophoneMissing(problem=f"this consultation has {self._order.channels} channels")
        source = self._source = Wired(self, order)
        self._lost = False
        try:
            self._walk(self._session.record(source), lambda: source.over)
        except (MicrophoneLost, MicrophoneMissing, SourceGone):
            self._lost = True
            raise

    def _walk(self, events: Iterator[Event], may_look: Callable[[], bool]) -> None:
        """Tells the events until they end, or until something arrives that ends the session or halts the step.

        A screen that comes halts a language model: nobody should wait for a greeting as long as one may write, and there is a draft.
        """
        with closing(events), suppress(Halted):  # type: ignore[type-var]
            for event in events:
                self.porter.say(event)
                self._tell_of_spool()
                if may_look() and (self._interrupted() or (isinstance(event, Writing) and self._later)):
                    return

    def _interrupted(self) -> bool:
        """Whether the screen halts the step. A screen that comes now is greeted when the step is over."""
        while (arrival := self.take(0)) is not None:
            match arrival:
                case Heard(Origin.SCREEN, say.Halt(), _):
                    return True
                case _ if self.ends(arrival):
                    self.break_off(arrival)
                case Came(Origin.SCREEN):
                    self.put_off(arrival)
                case Heard(_, _, octets):
                    octets[:] = bytes(len(octets))
        if self._expired:
            self.break_off(None)
        return False

    def break_off(self, arrival: Arrival | None) -> NoReturn:
        """The session ends: nobody waits for the window at work any more."""
        if arrival is not None:
            self.put_off(arrival)
        self._recogniser.abandon()
        raise _Ending

    # -- where it stands --------------------------------------------------------------------------------------------------------------

    @property
    def seconds(self) -> float:
        """Recorded so far."""
        return self._session.seconds

    def pausing(self) -> None:
        """The sound that is stopped now is not over."""
        self._session.pausing()

    def greet(self) -> None:
        """A screen came: it is told where the consultation stands."""
        self.porter.say(self._standing())
        self._greeted = True

    def _standing(self) -> say.Standing:
        session, source = self._session, self._source
        transcript = session.transcript
        drafted = session.state in (State.DRAFTED, State.APPROVED)
        return say.Standing(
            session=session.id,
            room=self._present.pid,
            trace=self.porter.trace.hex(),
            state=session.state,
            recording=source is not None and source.recording,
            here=source is not None and source.here,
            interrupted=source is not None and source.interrupted,
            paused=session.paused,
            lost=self._lost,
            spooled=session.spooled,
            seconds=session.seconds,
            seconds_left=max(0.0, self._until - uptime()),
            extendable=self._extendable,
            heard=transcript.utterances,
            findings=session.findings,
            transcript=session.drafted_from if drafted else None,
            form=session.form,
            note=session.note if drafted else None,
            own=drafted and session.own,
            marks=session.marks,
            forms=session.forms,
            phrases=session.phrases,
            retold=drafted and transcript != session.drafted_from,
        )

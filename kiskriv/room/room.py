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

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import NoReturn, Protocol

import numpy as np

from kiskriv.errors import (
    ErasureFailed,
    KiskrivError,
    MicrophoneLost,
    MicrophoneMissing,
    NotApproved,
    SourceGone,
    StepOutOfOrder,
    fault_code,
)
from kiskriv.ledger import Reason
from kiskriv.room.porter import Arrival, Came, Heard, Left, Origin, Porter
from kiskriv.room.spooled import Replay
from kiskriv.session import Event, Expiring, State, Unspooled, Writing
from kiskriv.session.session import Session
from kiskriv.transcript import SAMPLE_RATE, Chunk
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed, raised

WARNING = 600.0
"""Seconds before the time limit at which the screen is told."""

GLANCE = 15.0
"""Seconds between two looks at the clock: a wait stands still while the machine sleeps, and the time limit does not."""

SCREEN_COMES = 30.0
"""Seconds in which the screen that a tethered session belongs to comes; one that was killed before that never will."""

MICROPHONE_ENDS = 5.0
"""Seconds in which a microphone that was stopped hands over what it still has."""

MICROPHONE_COMES = 15.0
"""Seconds that a line to a microphone may take."""

uptime = partial(time.clock_gettime, getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
"""Seconds that neither a suspended machine nor a changed clock can stop."""

_ENDINGS = (say.Transferred, say.Discard, say.Withdraw, say.End)


class Abandonable(Protocol):
    """The recogniser, as far as the room must hurry it."""

    def abandon(self) -> None:
        """See `Transcriber`."""


class _Halted(Exception):
    """The step that is under way is broken off, at the screen's wish."""


class _Ending(Exception):
    """It is broken off by what ends the session."""


@dataclass(frozen=True)
class Begun:
    """A session to be entered, what it was asked to be, and what has to be made good first, where it began in another room."""

    session: Session
    order: say.Begin
    replay: Replay | None = None
    spool_wanted: bool = False


class Room:
    """Holds one session, then nothing. `opening` makes the session when the host begins it."""

    def __init__(
        self,
        porter: Porter,
        recogniser: Abandonable,
        present: say.Present,
        opening: Callable[[say.Begin | say.Resume], Begun],
    ) -> None:
        self._porter = porter
        self._recogniser = recogniser
        self._present = present
        self._opening = opening
        self._later: deque[Arrival] = deque()
        self._listens = 0
        """How often the microphone was asked to listen and has not said that it is done: an answer to an earlier time is none to this."""
        self._recording = self._here = self._lost = self._microphone = self._greeted = self._warned = self._spooled = (
            False
        )

    def run(self) -> None:
        """Returns when the session has ended, or when the host went away before one began."""
        self._porter.report(self._present)
        message = self._ordered()
        if message is None:
            return
        begun = self._opening(message)
        self._order, self._began = begun.order, uptime()
        self._until = self._began + begun.order.seconds
        with suppress(KiskrivError), begun.session as self._session:  # what is raised here, the host knows already
            self._present = replace(self._present, open=True, tethered=self._order.tethered)
            self._porter.one_screen = self._order.tethered
            if begun.replay is not None:
                self._make_good(begun.replay)
            self._spooled = begun.spool_wanted or self._session.spooled
            while self._session.state is not State.ENDED:
                self._step(self._later.popleft() if self._later else self._take())

    def _make_good(self, replay: Replay) -> None:
        """What was done in another room, once more. A screen that comes meanwhile is greeted afterwards, and halts nothing."""
        with closing(replay.events(self._session)) as events, suppress(_Ending):
            for _ in events:
                while self._interrupted():
                    pass
        self._lost = replay.lost

    def _ordered(self) -> say.Begin | say.Resume | None:
        while True:
            match self._porter.take():
                case Heard(Origin.HOST, say.Begin() | say.Resume() as message, _):
                    return message
                case Left(Origin.HOST):
                    return None
                case Came(Origin.MICROPHONE):
                    self._microphone = True
                case Came(Origin.SCREEN) as arrival:
                    self._later.append(arrival)

    # -- what arrives -----------------------------------------------------------------------------------------------------------------

    def _take(self, seconds: float | None = None) -> Arrival | None:
        """The next arrival; the time limit, and a host or microphone that comes or goes, are seen to here."""
        left = self._until - uptime()
        if 0 < left <= WARNING and not self._warned and self._greeted:
            self._warned = True
            self._porter.say(Expiring(left))
        alarm = left - WARNING if left > WARNING else left
        if left <= 0:
            return None
        arrival = self._porter.take(min(alarm, GLANCE, seconds if seconds is not None else alarm))
        match arrival:
            case Came(Origin.HOST):
                self._porter.report(replace(self._present, seconds_left=max(0.0, self._until - uptime())))
            case Came(Origin.MICROPHONE):
                self._microphone = True
            case Left(Origin.MICROPHONE):
                self._microphone, self._listens = False, 0
            case Heard(Origin.MICROPHONE, say.Done() | say.Failed(), _):
                self._listens = max(0, self._listens - 1)
        return arrival

    @property
    def _expired(self) -> bool:
        return self._until <= uptime()

    def _ends(self, arrival: Arrival | None) -> bool:
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
                self._greet()
            case Left(Origin.SCREEN) if self._order.tethered:
                self._session.end(Reason.INTERRUPTED)
            case Heard(Origin.SCREEN, message, octets):
                octets[:] = bytes(len(octets))
                try:
                    self._answer(message)
                except ErasureFailed:
                    raise
                except KiskrivError as error:
                    self._porter.say(failed(error))
                except _Ending:  # what ends it is taken next, and has an answer of its own
                    pass
                except (
                    Exception
                ) as error:  # a fault of ours costs the step, not the consultation; its text could hold what was said
                    self._porter.report(say.Fault(fault_code(error)))
                    self._porter.say(failed(KiskrivError()))
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
            case say.Correct(correction):
                session.correct(correction)
            case say.Revise(note):
                marks = session.revise(note)
                self._tell_of_spool()
                self._porter.say(say.Marked(marks))
                return
            case say.Approve(note):
                session.approve(note)
            case say.Release():
                if session.state is not State.APPROVED:
                    raise NotApproved
                self._porter.say(say.Released(session.note))
                return
            case say.Transferred() | say.Discard() | say.Withdraw() | say.End():
                self._end(message)
            case say.Sound() | say.Stop() | say.Halt():  # too late: the step that they were meant for is over
                return
        self._tell_of_spool()
        self._porter.say(say.Done())

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
            self._porter.say(Unspooled())

    def _record(self, order: say.Record) -> None:
        if order.channels != self._order.channels:
            raise MicrophoneMissing(problem=f"this consultation has {self._order.channels} channels")
        source = _Wired(self, order)
        self._here, self._lost = order.here, False
        try:
            self._walk(self._session.record(source), lambda: source.over)
        except (MicrophoneLost, MicrophoneMissing, SourceGone):
            self._lost = True
            raise
        finally:
            self._recording = False

    def _walk(self, events: Iterator[Event], may_look: Callable[[], bool]) -> None:
        """Tells the events until they end, or until something arrives that ends the session or halts the step.

        A screen that comes halts a language model: nobody should wait for a greeting as long as one may write, and there is a draft.
        """
        with closing(events), suppress(_Halted):  # type: ignore[type-var]
            for event in events:
                self._porter.say(event)
                self._tell_of_spool()
                if may_look() and (self._interrupted() or (isinstance(event, Writing) and self._later)):
                    return

    def _interrupted(self) -> bool:
        """Whether the screen halts the step. A screen that comes now is greeted when the step is over."""
        while (arrival := self._take(0)) is not None:
            match arrival:
                case Heard(Origin.SCREEN, say.Halt(), _):
                    return True
                case _ if self._ends(arrival):
                    self._break_off(arrival)
                case Came(Origin.SCREEN):
                    self._later.append(arrival)
                case Heard(_, _, octets):
                    octets[:] = bytes(len(octets))
        if self._expired:
            self._break_off(None)
        return False

    def _break_off(self, arrival: Arrival | None) -> NoReturn:
        """The session ends: nobody waits for the window at work any more."""
        if arrival is not None:
            self._later.append(arrival)
        self._recogniser.abandon()
        raise _Ending

    # -- the sound --------------------------------------------------------------------------------------------------------------------

    def chunks(self, source: _Wired) -> Iterator[Chunk]:
        """What comes from the screen, or from the microphone that is here, until it is stopped. Raises CaptureError."""
        if source.here and not self._open_microphone(source):
            return
        self._recording = True
        at = 0
        while True:
            arrival = self._take(None if source.stopped is None else MICROPHONE_ENDS)
            match arrival:
                case Heard(_, say.Sound(channels, length), octets) if source.hears(arrival):
                    samples = np.frombuffer(octets, np.float32).reshape(channels, length)
                    try:
                        yield Chunk(at, samples)
                    finally:
                        samples.fill(0)
                    at += length
                case Heard(_, say.Sound(), octets):
                    octets[:] = bytes(len(octets))
                case Heard(Origin.SCREEN, message, _) if not self._ends(arrival):
                    if self._stopped_by_screen(source, message):
                        return
                case _ if self._over(source, arrival, at):
                    return

    def _stopped_by_screen(self, source: _Wired, message: say.Message) -> bool:
        """What a screen may say while it records; whether that was the last of the sound."""
        match message:
            case say.Stop() if source.here:
                source.stopped = uptime()
                self._porter.ask(say.Stop())
            case say.Stop():
                return True
            case say.Halt():
                raise _Halted
            case _:
                self._porter.say(failed(StepOutOfOrder(step=type(message).__name__, state="recording")))
        return False

    def _over(self, source: _Wired, arrival: Arrival | None, at: int) -> bool:
        """What else can happen while it records; whether that was the last of the sound. Raises CaptureError where it broke off."""
        match arrival:
            case _ if self._ends(arrival):
                self._break_off(arrival)
            case Came(Origin.SCREEN) if source.here:
                self._greet()
            case Came(Origin.SCREEN):
                self._later.append(arrival)
                raise SourceGone(seconds=at // SAMPLE_RATE)
            case Left(Origin.SCREEN) if not source.here:
                raise SourceGone(seconds=at // SAMPLE_RATE)
            case Heard(Origin.MICROPHONE, say.Done(), _) if source.here and not self._listens:
                return True
            case None | Left(Origin.MICROPHONE) if (
                source.stopped is not None
            ):  # it was stopped: what it still had is all there is
                return arrival is not None or uptime() > source.stopped + MICROPHONE_ENDS
            case Heard(Origin.MICROPHONE, say.Failed() as answer, _) if source.here:
                raise raised(answer)
            case Left(Origin.MICROPHONE) if source.here:  # its process died: another one goes on
                self._porter.report(say.Wants(say.Part.MICROPHONE))
                return not self._open_microphone(source, at)
        return False

    def _open_microphone(self, source: _Wired, at: int = 0) -> bool:
        """Waits for a line to it, then has it listen. False where the doctor stopped meanwhile. Raises MicrophoneLost."""
        until = uptime() + MICROPHONE_COMES
        while not self._microphone:
            arrival = self._take(max(0.0, until - uptime()))
            match arrival:
                case _ if self._ends(arrival):
                    self._break_off(arrival)
                case Came(Origin.SCREEN):
                    self._greet()
                case Heard(Origin.SCREEN, message, octets):
                    octets[:] = bytes(len(octets))
                    self._stopped_by_screen(source, message)
            if source.stopped is not None:
                return False
            if uptime() > until:
                raise MicrophoneLost(seconds=at // SAMPLE_RATE)
        self._listens += 1
        self._porter.ask(say.Listen())
        return True

    # -- where it stands --------------------------------------------------------------------------------------------------------------

    def _greet(self) -> None:
        self._porter.say(self._standing())
        self._greeted = True

    def _standing(self) -> say.Standing:
        session = self._session
        transcript = session.transcript
        drafted = session.state in (State.DRAFTED, State.APPROVED)
        return say.Standing(
            session=session.id,
            room=self._present.pid,
            trace=self._porter.trace.hex(),
            state=session.state,
            recording=self._recording,
            here=self._here,
            lost=self._lost,
            spooled=session.spooled,
            seconds=session.seconds,
            seconds_left=max(0.0, self._until - uptime()),
            heard=transcript.utterances,
            findings=session.findings,
            transcript=session.drafted_from if drafted else None,
            form=session.form,
            note=session.note if drafted else None,
            own=drafted and session.own,
            marks=session.marks,
            forms=session.forms,
            phrases=session.phrases,
        )


class _Wired:
    """The sound at the other end of a line (a `Source`)."""

    def __init__(self, room: Room, order: say.Record) -> None:
        self._room = room
        self.here, self.channels = order.here, order.channels
        self.over = False
        """No more sound comes."""
        self.stopped: float | None = None
        """When the doctor stopped it, by `uptime`; the microphone may have some sound left."""

    def hears(self, heard: Heard) -> bool:
        """Whether this is the sound that is meant."""
        wanted = Origin.MICROPHONE if self.here else Origin.SCREEN
        return (
            heard.origin is wanted and isinstance(heard.message, say.Sound) and heard.message.channels == self.channels
        )

    def chunks(self) -> Iterator[Chunk]:
        """See `Room.chunks`."""
        try:
            yield from self._room.chunks(self)
        finally:
            self.over = True
            self._room._recording = False
            if self.here:
                self._room._porter.ask(say.Stop())

    def stop(self) -> None:
        """It is stopped by a message."""

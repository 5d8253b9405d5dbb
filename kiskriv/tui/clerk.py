"""The one thread that takes the steps: choices go in through a queue, happenings come out through `tell`. It knows no screen.

    begin ──> [ with session:  record ──> draft ──> (revise, assign, approve, deliver) ... ──> transferred | discard | withdraw ] ──> Ended
    found ──>      │ where it stood      │ the sound broke off: (record | draft)
                   └── leave, or any fault: from anywhere; the session is detached, never ended (one in this process ends) ──> Parted

`choose` and `leave` may be called from any thread and from a signal handler (SimpleQueue.put is reentrant). `join` returns when the last
`with` block has been left. The thread is no daemon: the interpreter cannot end before it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

from kiskriv.errors import (
    CaptureError,
    EndedElsewhere,
    ErasureFailed,
    Expired,
    KiskrivError,
    LedgerError,
    MicrophoneLost,
    ProcessError,
    RecogniserFailed,
    RoomDied,
    SourceGone,
    StepOutOfOrder,
    fault_code,
)
from kiskriv.note import ANY, Form
from kiskriv.session import Captured, Drafted, Expiring, State
from kiskriv.tui.choices import (
    Approve,
    Assign,
    Begin,
    Choice,
    Correct,
    Deliver,
    Discard,
    Draft,
    Ending,
    Leave,
    Record,
    Revise,
    Stop,
    Transferred,
    Withdraw,
)
from kiskriv.tui.desk import InRoom
from kiskriv.tui.happenings import (
    Approved,
    Broke,
    Crashed,
    Delivered,
    Drafting,
    Ended,
    Entered,
    Found,
    Happening,
    Heard,
    Marked,
    Parted,
    Ready,
    Refused,
    SoundOff,
    SoundOn,
    Unready,
    Vacant,
)
from kiskriv.tui.overheard import Overheard
from kiskriv.wire.remote import HostMicrophone

if TYPE_CHECKING:
    from kiskriv.session import Consultation, Event, Source
    from kiskriv.tui.desk import Desk
    from kiskriv.wire.messages import Standing

LOOK: Final = 1.0
"""Seconds between two looks at a session while a choice is waited for."""

WARNING: Final = 600.0
"""Seconds before the time limit from which a screen that comes late is told of it."""

ATTEMPTS: Final = 3
"""Drafts that are asked for of a room that was still busy with an earlier step."""

_OVER: Final = (ErasureFailed, RoomDied, Expired, EndedElsewhere)
"""What says that a session in a room has ended."""


class Clerk:
    """Holds consultations at a desk, one after another, in a thread of its own."""

    def __init__(self, desk: Desk, source: Callable[[], Source], tell: Callable[[Happening], object]) -> None:
        self._desk = desk
        self._open_source = source
        self._tell = tell
        self._choices: SimpleQueue[Choice] = SimpleQueue()
        self._ahead: deque[Choice] = deque()
        self._leaving = threading.Event()
        self._room: Consultation | None = None
        self._source: Source | None = None
        self._listening = self._stopped = self._drafted = False
        self._form = ANY
        self._thread = threading.Thread(target=self._work, name="clerk")
        self.outcome: Ended | Parted | None = None
        """What became of the last session, until the screen has shown it: for the last words after the screen is gone."""

    @property
    def in_room(self) -> bool:
        """A session is open that goes on when this process does not; one that is being ended is not counted."""
        return self._room is not None

    def start(self) -> None:
        """Begins by looking for a consultation that a screen left."""
        self._thread.start()

    def choose(self, choice: Choice) -> None:
        """The doctor's choice; one that makes no sense where the session stands is passed over."""
        leaving, source, room = isinstance(choice, Leave), self._source, self._room
        if leaving:
            self._leaving.set()
        self._choices.put(choice)
        if leaving and room is not None:
            room.detach()  # first of all: what is said to the room from here on is not heard there
        stays = leaving and isinstance(source, HostMicrophone)
        if isinstance(choice, Stop | Discard | Withdraw | Leave) and source is not None and not stays:
            self._stop(source)

    def leave(self) -> None:
        """Leaves what is open where it is, then ends the thread."""
        self.choose(Leave())

    def join(self, timeout: float | None = None) -> bool:
        """Waits until the thread has ended; True when it has (or never began)."""
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _stop(self, source: Source) -> None:
        self._stopped = True
        source.stop()
        if self._listening:
            self._listening = False
            self._tell(SoundOff())

    # -- in the thread ----------------------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            if not self._resume():
                return
            self._desk.load()
            self._tell(Ready(self._desk.level))
            while not self._leaving.is_set():
                if isinstance(self._choices.get(), Begin) and not self._leaving.is_set() and not self._begin():
                    return
        except KiskrivError as error:
            self._tell(Unready(error.with_traceback(None)))
        except Exception as error:  # a fault becomes a code: its text could hold what was said
            self._tell(Crashed(fault_code(error)))

    def _resume(self) -> bool:
        """Goes on with what a screen left, before anything is loaded. Whether this process may hold another consultation."""
        session = self._desk.unfinished()
        if session is None:
            self._tell(Vacant())
            return True
        return self._hold(session, None)

    def _begin(self) -> bool:
        """A new consultation. Whether this process may hold another."""
        try:
            source = self._open_source()
            session = self._desk.consultation(source, informed=True)
        except KiskrivError as error:
            self._tell(Ended(False, error=error.with_traceback(None)))
            return True
        return self._hold(session, source)

    def _hold(self, session: Consultation, source: Source | None) -> bool:
        """A new one with its sound, or one that was found. Nothing but a choice ends it: any other way out detaches first."""
        opened, problem = False, None
        try:
            with session:
                opened = True
                try:
                    self._walk(session, source)
                except BaseException:
                    with suppress(StepOutOfOrder):  # it has ended already
                        session.detach()
                    raise
        except KiskrivError as error:
            problem = error.with_traceback(None)
        finally:
            self._room = self._source = None
            self.outcome = self._became(session, opened, problem)
        self._tell(self.outcome)
        return _standing(session) is None

    def _became(self, session: Consultation, opened: bool, problem: KiskrivError | None) -> Ended | Parted:
        standing, receipt = _standing(session), None
        with suppress(StepOutOfOrder):
            receipt = session.receipt
        if standing is None:
            return Ended(opened, "", receipt, problem)
        if receipt is not None or isinstance(problem, _OVER):
            return Ended(opened, standing.session, receipt, problem)
        return Parted(None if self._leaving.is_set() else problem, self._listening)

    # -- the road ---------------------------------------------------------------------------------------------------------------------

    def _walk(self, session: Consultation, source: Source | None) -> None:
        """From the first step to the choice that ends it."""
        standing = _standing(session)
        self._room = None if standing is None else session
        self._form = ANY if standing is None or standing.note is None else standing.form
        self._tell(Entered(session.forms, session.phrases))
        found = standing if source is None else None
        ending = self._go_on(session, found) if found else self._attempt(session, Record(), source)
        while ending is None or not self._end(session, ending):
            ending = self._attempt(session, self._next(session))

    def _go_on(self, session: Consultation, standing: Standing) -> Ending | None:
        """The step that was under way when the screen before this one went."""
        self._tell(Found(standing))
        if standing.seconds_left <= WARNING:
            self._tell(Heard(Expiring(standing.seconds_left)))
        recorded = standing.state is State.RECORDED
        if standing.recording and standing.here:
            self._listening = True
            self._tell(SoundOn())
            return self._attempt(session, Record(), HostMicrophone(1))  # it records already: this looks on
        if recorded and not standing.lost:
            return self._attempt(session, Draft())
        if recorded or standing.state is State.OPEN:
            gone = MicrophoneLost if standing.here else SourceGone
            self._tell(Broke(gone(seconds=int(standing.seconds)) if standing.seconds else None, recorded))
        return None

    def _attempt(self, session: Consultation, choice: Choice, source: Source | None = None) -> Ending | None:
        """A step that may fail without ending the session."""
        try:
            match choice:
                case Transferred() | Discard() | Withdraw() | Leave():
                    return choice
                case Record():
                    return self._record(session, source or self._open_source())
                case Draft(form):
                    return self._draft(session, form)
                case Assign(roles):
                    for speaker, role in roles:
                        session.assign(speaker, role)
                    return self._draft(session, anew=True)
                case Correct(correction):
                    session.correct(correction)
                    return self._draft(session, anew=True)
                case Revise(note):
                    self._tell(Marked(session.revise(note)))
                case Approve(note):
                    session.approve(note)
                    self._tell(Approved(note))
                case Deliver():
                    session.deliver(self._desk.outlet())
                    self._tell(Delivered())
        except CaptureError as error:  # what was heard before stands
            self._tell(Broke(error.with_traceback(None), True))
        except KiskrivError as error:
            self._go_on_after(error)
        return None

    def _record(self, session: Consultation, source: Source) -> Ending | None:
        """Sound until it ends, then the draft."""
        if self._leaving.is_set():
            return Leave()
        self._stopped = False
        if isinstance(source, HostMicrophone):
            self._source = source
            events = self._watched(session.record(source))
        else:
            self._source = Overheard(source, self._tell)
            events = session.record(self._source)
        try:
            ending = self._listen(events)
        finally:
            self._source = None
        return ending or self._draft(session)

    def _watched(self, events: Iterator[Event]) -> Iterator[Event]:
        """A microphone in another process is on from the first sound that came of it until it is stopped."""
        try:
            for event in events:
                if isinstance(event, Captured) and not (self._listening or self._stopped):
                    self._listening = True
                    self._tell(SoundOn())
                yield event
            self._listening = False
        except CaptureError:
            self._listening = False
            raise
        finally:
            if isinstance(events, Generator):
                events.close()
            self._tell(SoundOff())

    def _draft(self, session: Consultation, form: Form = ANY, *, anew: bool = False) -> Ending | None:
        """A draft, in the form of the one before where no other is asked for.

        It is asked for again where a room was still at a step of the screen before, and its answer was for that one.
        """
        self._drafted = False
        form = self._form if form == ANY else form
        for _ in range(ATTEMPTS):
            self._tell(Drafting())
            if (ending := self._listen(session.draft(form, anew=anew))) is not None or self._drafted:
                return ending
        return None

    def _go_on_after(self, error: KiskrivError) -> None:
        if isinstance(error, (*_OVER, LedgerError, ProcessError)) and not isinstance(error, RecogniserFailed):
            raise error
        self._tell(Refused(error.with_traceback(None)))

    def _end(self, session: Consultation, ending: Ending) -> bool:
        """Whether it has ended, or has been left."""
        room, self._room = self._room, None
        try:
            match ending:
                case Transferred():
                    session.transferred()
                case Discard():
                    session.discard()
                case Withdraw():
                    session.withdraw()
                case Leave():
                    session.detach()
        except KiskrivError as error:
            self._go_on_after(error)
            self._room = room
            return False
        return True

    # -- choices ----------------------------------------------------------------------------------------------------------------------

    def _next(self, session: Consultation) -> Choice:
        """The next choice, while what happens is told. Of several drafts of the doctor's the newest counts."""
        choice = self._taken(session)
        while isinstance(choice, Revise):
            try:
                later = self._choices.get_nowait()
            except Empty:
                break
            if not isinstance(later, Revise):
                self._ahead.append(later)
                break
            choice = later
        return choice

    def _taken(self, session: Consultation) -> Choice:
        while not self._ahead:
            try:
                return self._choices.get(timeout=LOOK)
            except Empty:
                pass
            try:
                for event in session.idle():
                    self._tell(Heard(event))
            except CaptureError as error:  # the sound that another screen gave
                self._tell(Broke(error.with_traceback(None), True))
        return self._ahead.popleft()

    def _listen(self, events: Iterator[Event]) -> Ending | None:
        """Tells the events until they end, or until a choice ends the session: then nothing works on it any more when this returns."""
        try:
            for event in events:
                if isinstance(event, Drafted):
                    self._drafted, self._form = True, event.form
                self._tell(Heard(event))
                if (ending := self._waiting()) is not None:
                    return ending
        finally:
            if isinstance(events, Generator):
                events.close()
        return self._waiting()

    def _waiting(self) -> Ending | None:
        """What was chosen meanwhile, if it ends the session; the rest has been answered by the source, or is passed over."""
        while True:
            try:
                choice = self._choices.get_nowait()
            except Empty:
                return None
            if isinstance(choice, Discard | Withdraw | Leave):
                return choice
            if isinstance(choice, Stop) and self._source is not None:
                self._stop(self._source)


def _standing(session: Consultation) -> Standing | None:
    """Where it stood when this screen came; None where it is not in a room, or was not entered."""
    return session.standing if isinstance(session, InRoom) else None

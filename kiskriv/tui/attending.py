"""One consultation, from its first step to the choice that ends it, in the clerk's thread.

record ──> draft ──> (revise, assign, correct, play, approve, deliver, record) ... ──> transferred | discard | withdraw ──> Ended
   │ paused, or the sound broke off: (record | draft)
   └── leave, or any fault: from anywhere; the session is detached, never ended (one in this process ends) ──> Parted
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
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
)
from kiskriv.note import ANY, Form
from kiskriv.preferences import Preferences
from kiskriv.session import Captured, Drafted, Expiring, State
from kiskriv.tui.choices import (
    Approve,
    Assign,
    Bookmark,
    Choice,
    Correct,
    Deliver,
    Discard,
    Draft,
    Ending,
    Extend,
    Hush,
    Leave,
    Pause,
    Play,
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
    Delivered,
    Drafting,
    Ended,
    Entered,
    Found,
    Happening,
    Heard,
    Marked,
    Parted,
    Paused,
    Played,
    Refused,
    SoundOff,
    SoundOn,
)
from kiskriv.tui.overheard import Overheard
from kiskriv.wire.remote import HostMicrophone

if TYPE_CHECKING:
    from kiskriv.session import Consultation, Event, Outlet, Source
    from kiskriv.wire.messages import Standing

LOOK: Final = 1.0
"""Seconds between two looks at a session while a choice is waited for."""

WARNING: Final = 600.0
"""Seconds before the time limit from which a screen that comes late is told of it."""

ATTEMPTS: Final = 3
"""Drafts that are asked for of a room that was still busy with an earlier step."""

OVER: Final = (ErasureFailed, RoomDied, Expired, EndedElsewhere)
"""What says that a session in a room has ended."""


class Attending:
    """Walks with `session`, whose sound comes from `source`, or is under way where that is None. `hurry` may be called from any thread."""

    def __init__(  # noqa: PLR0913  (what a consultation needs of its clerk)
        self,
        session: Consultation,
        source: Source | None,
        choices: SimpleQueue[Choice],
        tell: Callable[[Happening], object],
        *,
        open_source: Callable[[float], Source],
        open_outlet: Callable[[], Outlet],
        preferences: Preferences,
    ) -> None:
        self._session = session
        self._first = source
        self._choices = choices
        self._tell = tell
        self._open_source, self._open_outlet = open_source, open_outlet
        self._preferences = preferences
        self._ahead: deque[Choice] = deque()
        self._leaving = threading.Event()
        self._room: Consultation | None = None
        self._source: Source | None = None
        self._outlet: Outlet | None = None
        self._listening = self._stopped = self._pausing = self._paused = self._playing = self._hushed = (
            self._drafted
        ) = False
        self._seconds = 0.0
        self._form = ANY

    @property
    def in_room(self) -> bool:
        """It goes on when this process does not; one that is being ended is not counted."""
        return self._room is not None

    def hurry(self, choice: Choice) -> None:
        """What of a choice cannot wait until the step that is under way has ended."""
        leaving, source, room = isinstance(choice, Leave), self._source, self._room
        if leaving:
            self._leaving.set()
            if room is not None:
                room.detach()  # first of all: what is said to the room from here on is not heard there
        if room is not None:
            self._tell_room(room, choice)
        stays = leaving and isinstance(source, HostMicrophone)
        if source is None or stays:
            return
        if isinstance(choice, Pause) and not self._stopped:
            self._pausing = True
            self._session.pausing()
            self._stop(source)
            self._tell(Paused())  # at once, though what was said last may still be on its way to be written down
        elif isinstance(choice, Stop | Discard | Withdraw | Leave):
            self._pausing = False
            self._stop(source)

    @staticmethod
    def _tell_room(room: Consultation, choice: Choice) -> None:
        """What a room hears whatever step it is at, and while nothing comes of it: it waits for a microphone, perhaps."""
        with suppress(KiskrivError):
            match choice:
                case Bookmark():
                    room.bookmark()
                case Extend():
                    room.extend()

    def hold(self) -> Ended | Parted:
        """Nothing but a choice ends it: any other way out detaches first. What became of it."""
        opened, problem = False, None
        try:
            with self._session:
                opened = True
                try:
                    self._walk(self._first)
                except BaseException:
                    with suppress(StepOutOfOrder):  # it has ended already
                        self._session.detach()
                    raise
        except KiskrivError as error:
            problem = error.with_traceback(None)
        finally:
            self._room = self._source = None
        return self._became(opened, problem)

    def _became(self, opened: bool, problem: KiskrivError | None) -> Ended | Parted:
        standing, receipt = standing_of(self._session), None
        with suppress(StepOutOfOrder):
            receipt = self._session.receipt
        if standing is not None and receipt is None and not isinstance(problem, OVER):
            return Parted(None if self._leaving.is_set() else problem, self._listening)
        recalled = None if self._outlet is None else self._outlet.recall()
        return Ended(opened, "" if standing is None else standing.session, receipt, problem, recalled)

    def _stop(self, source: Source) -> None:
        self._stopped = True
        source.stop()
        if self._listening:
            self._listening = False
            self._tell(SoundOff())

    # -- the steps --------------------------------------------------------------------------------------------------------------------

    def _walk(self, source: Source | None) -> None:
        """From the first step to the choice that ends it."""
        standing = standing_of(self._session)
        self._room = None if standing is None else self._session
        self._form = _wanted(self._session.forms, self._preferences.note)
        if standing is not None:
            self._seconds = standing.seconds
            self._form = self._form if standing.note is None else standing.form
        self._tell(Entered(self._session.forms, self._session.phrases))
        found = standing if source is None else None
        ending = self._go_on(found) if found else self._attempt(Record(), source)
        while ending is None or not self._end(ending):
            ending = self._attempt(self._next())

    def _go_on(self, standing: Standing) -> Ending | None:
        """The step that was under way when the screen before this one went."""
        self._tell(Found(standing))
        if standing.seconds_left <= WARNING:
            self._tell(Heard(Expiring(standing.seconds_left, standing.extendable)))
        recorded = standing.state is State.RECORDED
        if standing.recording and standing.here:
            self._listening = True
            self._tell(SoundOn())
            return self._attempt(Record(), HostMicrophone(1))  # it records already: this looks on
        if recorded and standing.paused:
            self._pause()
            return None
        if (recorded and not standing.lost) or standing.retold:
            return self._attempt(Draft())
        if recorded or standing.state is State.OPEN:
            gone = MicrophoneLost if standing.here else SourceGone
            self._tell(Broke(gone(seconds=int(standing.seconds)) if standing.seconds else None, recorded))
        return None

    def _attempt(self, choice: Choice, source: Source | None = None) -> Ending | None:
        """A step that may fail without ending the session."""
        try:
            return self._step(choice, source)
        except CaptureError as error:  # what was heard before stands
            self._tell(Broke(error.with_traceback(None), True))
        except KiskrivError as error:
            self._go_on_after(error)
        return None

    def _step(self, choice: Choice, source: Source | None) -> Ending | None:
        match choice:
            case Transferred() | Discard() | Withdraw() | Leave():
                return choice
            case Record():
                return self._record(source or self._open_source(self._seconds))
            case Play(start, end):
                return self._play(start, end)
            case Draft() | Assign() | Correct():
                self._correct(choice)
                return self._draft(choice.form if isinstance(choice, Draft) else ANY)
            case Stop() if self._paused:
                return self._draft()
        self._write(choice)
        return None

    def _correct(self, choice: Draft | Assign | Correct) -> None:
        match choice:
            case Assign(roles):
                for speaker, role in roles:
                    self._session.assign(speaker, role)
            case Correct(change):
                self._session.correct(change)

    def _write(self, choice: Choice) -> None:
        """What is done with the note as it is, and with the time for it; nothing else."""
        match choice:
            case Revise(note):
                self._tell(Marked(self._session.revise(note)))
            case Approve(note):
                self._session.approve(note)
                self._tell(Approved(note, self._opened_outlet.place))
            case Deliver(section):
                self._deliver(section)
            case Extend() if self._room is None:
                self._session.extend()

    def _record(self, source: Source) -> Ending | None:
        """Sound until it ends, then the draft."""
        if self._leaving.is_set():
            return Leave()
        self._stopped = self._pausing = self._paused = False
        if isinstance(source, HostMicrophone):
            self._source = source
            events = self._watched(self._session.record(source))
        else:
            self._source = Overheard(source, self._tell)
            events = self._session.record(self._source)
        try:
            ending = self._listen(events)
        finally:
            self._source = None
        if ending is None and self._pausing:
            self._pause()
            return None
        return ending or self._draft()

    def _pause(self) -> None:
        self._paused = True
        self._tell(Paused())

    def _play(self, start: float, end: float) -> Ending | None:
        """Lets it be heard, until it is over, or has been heard enough."""
        self._playing = True
        try:
            return self._listen(self._session.play(start, end))
        finally:
            self._playing = False
            self._tell(Played())

    def _deliver(self, section: int | None) -> None:
        outlet = self._opened_outlet
        self._session.deliver(outlet, section)
        self._tell(Delivered(section, outlet.place))

    @property
    def _opened_outlet(self) -> Outlet:
        """One for all that is delivered: it knows what it lent to whom."""
        if self._outlet is None:
            self._outlet = self._open_outlet()
        return self._outlet

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

    def _draft(self, form: Form = ANY, *, anew: bool = False) -> Ending | None:
        """A draft, in the form of the one before where no other is asked for.

        It is asked for again where a room was still at a step of the screen before, and its answer was for that one.
        """
        self._drafted = self._paused = False
        form = self._form if form == ANY else form
        for _ in range(ATTEMPTS):
            self._tell(Drafting())
            if (ending := self._listen(self._session.draft(form, anew=anew))) is not None or self._drafted:
                return ending
        return None

    def _go_on_after(self, error: KiskrivError) -> None:
        if isinstance(error, (*OVER, LedgerError, ProcessError)) and not isinstance(error, RecogniserFailed):
            raise error
        self._tell(Refused(error.with_traceback(None)))

    def _end(self, ending: Ending) -> bool:
        """Whether it has ended, or has been left."""
        room, self._room = self._room, None
        try:
            match ending:
                case Transferred():
                    self._session.transferred()
                case Discard():
                    self._session.discard()
                case Withdraw():
                    self._session.withdraw()
                case Leave():
                    with suppress(KiskrivError):  # whatever it says: this screen goes
                        self._session.detach()
        except KiskrivError as error:
            self._go_on_after(error)
            self._room = room
            return False
        return True

    # -- choices ----------------------------------------------------------------------------------------------------------------------

    def _next(self) -> Choice:
        """The next choice, while what happens is told. Of several drafts of the doctor's the newest counts."""
        choice = self._taken()
        while isinstance(choice, Revise) and (later := self._soon()) is not None:
            if not isinstance(later, Revise):
                self._ahead.appendleft(later)
                break
            choice = later
        return choice

    def _soon(self) -> Choice | None:
        """The next choice, if it has been made by now."""
        if self._ahead:
            return self._ahead.popleft()
        with suppress(Empty):
            return self._choices.get_nowait()
        return None

    def _taken(self) -> Choice:
        while not self._ahead:
            try:
                return self._choices.get(timeout=LOOK)
            except Empty:
                pass
            try:
                for event in self._session.idle():
                    self._tell(Heard(event))
            except CaptureError as error:  # the sound that another screen gave
                self._tell(Broke(error.with_traceback(None), True))
        return self._ahead.popleft()

    def _listen(self, events: Iterator[Event]) -> Ending | None:
        """Tells the events until they end, or until a choice ends the session: then nothing works on it any more when this returns."""
        self._hushed = False
        try:
            for event in events:
                match event:
                    case Captured(seconds):
                        self._seconds = seconds
                    case Drafted(form=form):
                        self._drafted, self._form = True, form
                self._tell(Heard(event))
                if (ending := self._waiting()) is not None or self._hushed:
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
            match choice:
                case Discard() | Withdraw() | Leave():
                    return choice
                case Pause() | Stop() if self._source is not None:  # it was taken before it was hurried
                    self.hurry(choice)
                case Bookmark() if self._room is None:
                    self._session.bookmark()
                case Extend() if self._room is None:
                    self._session.extend()
                case Bookmark() | Extend():
                    pass
                case Hush():
                    self._hushed = True
                case Record() | Draft() if (
                    self._pausing
                ):  # what the page of a pause offers: it is taken when the step is over
                    self._ahead.append(choice)
                case _ if self._playing:  # it is not passed over: what is heard makes way for it
                    self._hushed = True
                    self._ahead.append(choice)


def _wanted(forms: Sequence[Form], language: str) -> Form:
    """What is drafted first, by the written language that the doctor has chosen."""
    return next((form for form in forms if form.language == language), ANY)


def standing_of(session: Consultation) -> Standing | None:
    """Where it stood when this screen came; None where it is not in a room, or was not entered."""
    return session.standing if isinstance(session, InRoom) else None

"""The one thread that takes the steps: choices go in through a queue, happenings come out through `tell`. It knows no screen.

    begin ──> [ with session:  record ──> draft ──> (assign, approve, deliver) ... ──> transferred | discard | withdraw ] ──> ended
                   │ leave: from anywhere; the block is left, and leaving it erases                                  │
                   └──────────────────────────────────────────────────────────────────────────────────────────────────┘

`choose` and `leave` may be called from any thread and from a signal handler (SimpleQueue.put is reentrant). `join` returns when the last
`with` block has been left. The thread is no daemon: the interpreter cannot end before it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from kiskriv.errors import CaptureError, ErasureFailed, KiskrivError, LedgerError, StepOutOfOrder, fault_code
from kiskriv.note import Note
from kiskriv.transcript import Chunk, Role

if TYPE_CHECKING:
    from kiskriv.session import Consultation, Event, Source
    from kiskriv.tui.desk import Desk

# -- what the doctor chooses ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Begin:
    """The patient is informed and not opposed (R9): open a session and record."""


@dataclass(frozen=True)
class Stop:
    """No more sound."""


@dataclass(frozen=True)
class Assign:
    """This voice has this role: draft again."""

    speaker: str
    role: Role


@dataclass(frozen=True)
class Approve:
    """The doctor stands by this text."""

    note: Note


@dataclass(frozen=True)
class Deliver:
    """Hand the approved note over."""


@dataclass(frozen=True)
class Transferred:
    """The note is in the journal: end."""


@dataclass(frozen=True)
class Discard:
    """No note after all: end."""


@dataclass(frozen=True)
class Withdraw:
    """The patient says no: end."""


@dataclass(frozen=True)
class Leave:
    """The screen goes away: end, and take no further consultation."""


Choice = Begin | Stop | Assign | Approve | Deliver | Transferred | Discard | Withdraw | Leave
Ending = Discard | Withdraw | Leave

# -- what happens --------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ready:
    """The model is loaded."""


@dataclass(frozen=True)
class SoundOn:
    """From now on sound is taken in."""


@dataclass(frozen=True)
class SoundOff:
    """No sound is taken in any more."""


@dataclass(frozen=True)
class Heard:
    """An event of the session."""

    event: Event


@dataclass(frozen=True)
class Approved:
    """The session holds this note as approved."""

    note: Note


@dataclass(frozen=True)
class Delivered:
    """The outlet took the note."""


@dataclass(frozen=True)
class Refused:
    """A step failed; the session goes on."""

    error: KiskrivError


@dataclass(frozen=True)
class Ended:
    """No session is open any more. `receipt` is None where the ledger holds no end; `error` says what ended it, if not a choice."""

    opened: bool
    receipt: str | None
    error: KiskrivError | None


@dataclass(frozen=True)
class Unready:
    """The model could not be loaded: no consultation can be held."""

    error: KiskrivError


@dataclass(frozen=True)
class Crashed:
    """A fault of our own; whatever was open has been left, and so erased."""

    code: str


Happening = Ready | SoundOn | SoundOff | Heard | Approved | Delivered | Refused | Ended | Unready | Crashed


class Clerk:
    """Holds consultations at a desk, one after another, in a thread of its own."""

    def __init__(self, desk: Desk, source: Callable[[], Source], tell: Callable[[Happening], object]) -> None:
        self._desk = desk
        self._open_source = source
        self._tell = tell
        self._choices: SimpleQueue[Choice] = SimpleQueue()
        self._leaving = threading.Event()
        self._source: Source | None = None
        self._thread = threading.Thread(target=self._work, name="clerk")
        self.ended: Ended | None = None
        """How the last session ended, until the screen has shown it: for the last word after the screen is gone."""

    def start(self) -> None:
        """Begins by loading the model."""
        self._thread.start()

    def choose(self, choice: Choice) -> None:
        """The doctor's choice; one that makes no sense where the session stands is passed over."""
        if isinstance(choice, Leave):
            self._leaving.set()
        self._choices.put(choice)
        if isinstance(choice, Stop | Discard | Withdraw | Leave) and (source := self._source) is not None:
            source.stop()

    def leave(self) -> None:
        """Ends what is open, then the thread."""
        self.choose(Leave())

    def join(self, timeout: float | None = None) -> bool:
        """Waits until the thread has ended; True when it has (or never began)."""
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    # -- in the thread ----------------------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            self._desk.load()
            self._tell(Ready())
        except KiskrivError as error:
            self._tell(Unready(error))
            return
        except Exception as error:  # a fault becomes a code: its text could hold what was said
            self._tell(Crashed(fault_code(error)))
            return
        while not self._leaving.is_set():
            if isinstance(self._choices.get(), Begin) and not self._leaving.is_set():
                self._hold()

    def _hold(self) -> None:
        """One consultation, from the first line in the ledger to the last."""
        session: Consultation | None = None
        opened, problem = False, None
        try:
            self._source = source = Overheard(self._open_source(), self._tell)
            session = self._desk.consultation(source.channels, informed=True)
            with session:
                opened = True
                self._walk(session, source)
        except KiskrivError as error:
            problem = error.with_traceback(None)
        except Exception as error:
            self.ended = Ended(opened, None, None)
            self._tell(Crashed(fault_code(error)))
            return
        finally:
            self._source = None
        self.ended = Ended(opened, None if session is None else _receipt(session), problem)
        self._tell(self.ended)

    def _walk(self, session: Consultation, source: Source) -> None:
        """The road; returning leaves the session's block."""
        try:
            ending = self._listen(session.record(source))
        except CaptureError as error:  # what was heard before stands
            self._tell(Refused(error.with_traceback(None)))
            ending = None
        ending = ending or self._attempt(session, None)
        while ending is None:
            choice = self._choices.get()
            if isinstance(choice, Discard | Withdraw | Leave):
                ending = choice
            elif isinstance(choice, Transferred):
                try:
                    return session.transferred()
                except KiskrivError as error:
                    self._go_on_after(error)
            else:
                ending = self._attempt(session, choice)
        _end(session, ending)

    def _attempt(self, session: Consultation, choice: Choice | None) -> Ending | None:
        """A step that may fail without ending the session. None as the choice drafts."""
        try:
            match choice:
                case Approve(note):
                    session.approve(note)
                    self._tell(Approved(note))
                case Deliver():
                    session.deliver(self._desk.outlet())
                    self._tell(Delivered())
                case Assign(speaker, role):
                    session.assign(speaker, role)
                    return self._listen(session.draft())
                case None:
                    return self._listen(session.draft())
        except KiskrivError as error:
            self._go_on_after(error)
        return None

    def _go_on_after(self, error: KiskrivError) -> None:
        if isinstance(error, ErasureFailed | LedgerError):
            raise error
        self._tell(Refused(error.with_traceback(None)))

    def _listen(self, events: Iterator[Event]) -> Ending | None:
        """Tells the events until they end, or until a choice ends the session: then nothing works on it any more when this returns."""
        try:
            for event in events:
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
                self._source.stop()


class Overheard:
    """A source that tells when sound begins to be taken in and when it is over."""

    def __init__(self, source: Source, tell: Callable[[Happening], object]) -> None:
        self._source = source
        self._tell = tell

    @property
    def channels(self) -> int:
        """1 or 2."""
        return self._source.channels

    def chunks(self) -> Iterator[Chunk]:
        """As the source gives them."""
        self._tell(SoundOn())
        try:
            yield from self._source.chunks()
        finally:
            self._source.stop()
            self._tell(SoundOff())

    def stop(self) -> None:
        """From any thread."""
        self._source.stop()


def _end(session: Consultation, ending: Ending) -> None:
    match ending:
        case Discard():
            session.discard()
        case Withdraw():
            session.withdraw()
        case Leave():
            pass  # leaving the block is the end


def _receipt(session: Consultation) -> str | None:
    try:
        return session.receipt
    except StepOutOfOrder:
        return None

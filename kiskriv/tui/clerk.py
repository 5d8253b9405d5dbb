"""The one thread that takes the steps: choices go in through a queue, happenings come out through `tell`. It knows no screen.

    begin ──> [ a consultation: `attending` ] ──> Ended
    found ──>            └── leave, or any fault ──> Parted

`choose` and `leave` may be called from any thread and from a signal handler (SimpleQueue.put is reentrant). `join` returns when the last
`with` block has been left. The thread is no daemon: the interpreter cannot end before it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from queue import SimpleQueue
from typing import TYPE_CHECKING

from kiskriv.errors import (
    CaptureError,
    ErasureFailed,
    KiskrivError,
    fault_code,
)
from kiskriv.preferences import Preferences
from kiskriv.tui.attending import Attending, standing_of
from kiskriv.tui.choices import Begin, Choice, Leave, Test
from kiskriv.tui.happenings import (
    Crashed,
    Ended,
    Happening,
    Parted,
    Ready,
    Tested,
    Testing,
    Unready,
    Vacant,
)

if TYPE_CHECKING:
    from kiskriv.session import Consultation, Source
    from kiskriv.tui.desk import Desk, OpenSource


class Clerk:
    """Holds consultations at a desk, one after another, in a thread of its own.

    `terminal` takes control sequences for the doctor's terminal, from any thread.
    """

    def __init__(
        self,
        desk: Desk,
        source: OpenSource,
        tell: Callable[[Happening], object],
        terminal: Callable[[str], object],
        preferences: Preferences,
    ) -> None:
        self._desk = desk
        self._source_from = source
        self._tell = tell
        self._terminal = terminal
        self.preferences = preferences
        """What the doctor has chosen by now: may be set from any thread."""
        self._choices: SimpleQueue[Choice] = SimpleQueue()
        self._leaving = threading.Event()
        self._attending: Attending | None = None
        self._thread = threading.Thread(target=self._work, name="clerk")
        self.outcome: Ended | Parted | None = None
        """What became of the last session, until the screen has shown it: for the last words after the screen is gone."""

    @property
    def in_room(self) -> bool:
        """A session is open that goes on when this process does not; one that is being ended is not counted."""
        attending = self._attending
        return attending is not None and attending.in_room

    def start(self) -> None:
        """Begins by looking for a consultation that a screen left."""
        self._thread.start()

    def choose(self, choice: Choice) -> None:
        """The doctor's choice; one that makes no sense where the session stands is passed over."""
        if isinstance(choice, Leave):
            self._leaving.set()
        attending = self._attending
        self._choices.put(choice)
        if attending is not None:
            attending.hurry(choice)

    def leave(self) -> None:
        """Leaves what is open where it is, then ends the thread."""
        self.choose(Leave())

    def join(self, timeout: float | None = None) -> bool:
        """Waits until the thread has ended; True when it has (or never began)."""
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    # -- in the thread ----------------------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            if not self._resume():
                return
            self._make_ready()
            while not self._leaving.is_set():
                match self._choices.get():
                    case Begin() if not self._leaving.is_set() and not self._begin():
                        return
                    case Test():
                        self._test()
        except KiskrivError as error:
            self._tell(Unready(error.with_traceback(None)))
        except Exception as error:  # a fault becomes a code: its text could hold what was said
            self._tell(Crashed(fault_code(error)))

    def _make_ready(self) -> None:
        """Loads what a consultation needs. An erasure that failed comes before anything else (R22)."""
        if self._desk.unverified:
            raise ErasureFailed(residue=self._desk.unverified)
        self._desk.load()
        self._tell(Ready(self._desk.level))

    def _test(self) -> None:
        """How the microphone hears, until it has been heard enough, or something else is wanted."""
        problem = None
        try:
            with closing(self._desk.test(self.preferences.microphone)) as heard:
                for peaks in heard:
                    self._tell(Testing(peaks))
                    if not self._choices.empty():
                        break
        except CaptureError as error:
            problem = error.with_traceback(None)
        self._tell(Tested(problem))

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
            source = self._open_source(0.0)
            session = self._desk.consultation(source, informed=True)
        except KiskrivError as error:
            self._tell(Ended(False, error=error.with_traceback(None)))
            return True
        return self._hold(session, source)

    def _hold(self, session: Consultation, source: Source | None) -> bool:
        """A new one with its sound, or one that was found. Whether this process may hold another."""
        self._attending = attending = Attending(
            session,
            source,
            self._choices,
            self._tell,
            open_source=self._open_source,
            open_outlet=lambda: self._desk.outlet(self._terminal),
            preferences=self.preferences,
        )
        if self._leaving.is_set():
            attending.hurry(Leave())
        try:
            self.outcome = attending.hold()
        finally:
            self._attending = None
        self._tell(self.outcome)
        return standing_of(session) is None

    def _open_source(self, start: float) -> Source:
        return self._source_from(start, self.preferences.microphone)

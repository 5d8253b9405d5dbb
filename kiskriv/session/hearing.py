"""Which window is decoded next: closed ones in their order; in idle time the open one, in case the recording stops in this pause.

    closed ──> at work ──> heard                     the words stand
    open   ──> at work ──> heard ahead ──closed so──> the words stand, and nothing is left to wait for
                              └──speech goes on──> thrown away

Where two microphones have a speaker of their own at once, the window is decoded three times: mixed, and as each of them heard it.
What was heard ahead is taken only for the very window that it was heard in, so it changes when words come, never which.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from kiskriv.errors import RecogniserFailed
from kiskriv.session.decoder import Decoder
from kiskriv.session.stages import Transcriber
from kiskriv.speech.windows import Clip, Span, Urgency, Window
from kiskriv.transcript import SAMPLE_RATE, Recognition
from kiskriv.vault import SealedSound

KEEPS_UP = 1
"""Closed windows that may be undecoded in a recording that is kept up with: the one at work."""


@dataclass(frozen=True)
class Heard:
    """A window and what was recognised in it: nothing where it could not be. `ahead`: it is still open. `seconds`: how long that took.

    `recognitions`: of all microphones mixed, then, where their speakers speak at once, of each alone.
    """

    window: Window
    recognitions: Sequence[Recognition]
    seconds: float
    ahead: bool = False


class Hearing:
    """Takes windows in, gives what was heard in them out. One thread drives it: a window's sound is opened when its turn has come.

    `overlaps`: the stretches in which two microphones have a speaker of their own at once.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        sound: SealedSound,
        windows: Iterable[Window] = (),
        overlaps: Callable[[Sequence[Span]], Sequence[Span]] = lambda spans: (),
    ) -> None:
        self._decoder = Decoder(transcriber)
        self._sound = sound
        self._overlaps = overlaps
        self._closed = deque(windows)
        self._foreseen: Heard | None = None

    def close(self) -> None:
        """Waits for the window at work, which is wiped then. Closing twice does no harm."""
        self._decoder.close()
        self._foreseen = None

    def leave(self) -> None:
        """The window at work is left: it is `undone`, and nobody waits for it."""
        self._decoder.cease()

    def add(self, windows: Iterable[Window]) -> None:
        """Windows that are closed: they will not change any more."""
        self._closed.extend(windows)

    @property
    def undone(self) -> list[Window]:
        """Closed windows that have not been heard yet, in order."""
        at_work = self._decoder.window
        return [*([] if at_work is None or self._is_ahead else [at_work]), *self._closed]

    @property
    def seconds_behind(self) -> float:
        """Seconds of speech that wait for their turn; 0 while recognition keeps up."""
        undone = self.undone
        return sum(w.length for w in undone) / SAMPLE_RATE if len(undone) > KEEPS_UP else 0.0

    def go_on(self, ahead: Window | None) -> Iterator[Heard]:
        """What is done by now; sets to work on the next. Never waits. `ahead`: the open window, if it would be closed as it is now."""
        while True:
            if self._decoder.window is not None:
                self._take_over(Urgency.CLOSED)
                if self._is_ahead and (self._closed or ahead not in (None, self._decoder.window)):
                    self._decoder.cease()
                if not self._decoder.done:
                    return
                yield from self._fetched()
            elif self._closed:
                yield from self._next(Urgency.CLOSED)
            elif ahead is not None and (self._foreseen is None or self._foreseen.window != ahead):
                self._start(ahead, Urgency.AHEAD)
            else:
                return

    def finish(self) -> Iterator[Heard]:
        """The sound has stopped: all that is left, as it is done."""
        while self._closed or self._decoder.window is not None:
            if self._decoder.window is None:
                yield from self._next(Urgency.TAIL)
                continue
            self._take_over(Urgency.TAIL)
            if self._is_ahead:
                self._decoder.cease()
            else:
                self._decoder.urge(Urgency.TAIL)
            yield from (heard for heard in self._fetched() if not heard.ahead)

    @property
    def _is_ahead(self) -> bool:
        return self._decoder.urgency is Urgency.AHEAD

    def _take_over(self, urgency: Urgency) -> None:
        """Where the window that was begun ahead is the one that was closed, it goes on as that."""
        if self._is_ahead and self._closed and self._closed[0] == self._decoder.window:
            self._closed.popleft()
            self._decoder.urge(urgency)

    def _next(self, urgency: Urgency) -> Iterator[Heard]:
        window, foreseen = self._closed[0], self._foreseen
        self._foreseen = None
        if foreseen is not None and foreseen.window == window and foreseen.recognitions:
            self._closed.popleft()
            yield Heard(window, foreseen.recognitions, foreseen.seconds)
        else:
            self._start(window, urgency)
            self._closed.popleft()

    def _start(self, window: Window, urgency: Urgency) -> None:
        lengths = tuple(end - start for start, end in window.spans)
        microphones = (None, 0, 1) if self._overlaps(window.spans) else (None,)
        clips = [Clip(self._sound.read(window.spans, microphone), lengths) for microphone in microphones]
        self._decoder.start(window, clips, urgency)

    def _fetched(self) -> Iterator[Heard]:
        """The window at work, once it is done. What was heard ahead is kept, even if only that it could not be."""
        window, ahead = self._decoder.window, self._is_ahead
        assert window is not None
        try:
            recognitions, seconds = self._decoder.result()
        except RecogniserFailed:
            if ahead:
                self._foreseen = Heard(window, (), 0.0, ahead=True)
            else:
                yield Heard(window, (), 0.0)
            return
        if recognitions:
            heard = Heard(window, recognitions, seconds, ahead)
            if ahead:
                self._foreseen = heard
            yield heard
        elif not ahead:  # it was left as if it were not wanted, and then it was closed
            self._closed.appendleft(window)

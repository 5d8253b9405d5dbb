"""One window at a time in a thread beside the recording, so that capture never waits for words."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic

from kiskriv.errors import RecogniserFailed
from kiskriv.machine import uninterrupted
from kiskriv.session.stages import Transcriber
from kiskriv.speech.windows import Clip, Urgency, Window
from kiskriv.transcript import Recognition


@dataclass(frozen=True, eq=False)
class _Work:
    window: Window
    clips: Sequence[Clip]
    answer: Future[tuple[list[Recognition], float]]

    def wipe(self) -> None:
        for clip in self.clips:
            clip.wipe()


class Decoder:
    """Holds at most one window's sound, and wipes it when its words are there, or are not wanted."""

    def __init__(self, transcriber: Transcriber) -> None:
        self._transcriber = transcriber
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="decode")
        self._work: _Work | None = None
        self.urgency = Urgency.CLOSED
        """Of the window at work."""

    def close(self) -> None:
        """Waits for the window at work, whose sound is then wiped. Closing twice does no harm."""
        with uninterrupted():
            if self.urgency is Urgency.AHEAD:
                self.cease()
            self._thread.shutdown(wait=True, cancel_futures=True)
            if self._work is not None:
                self._work.wipe()

    @property
    def window(self) -> Window | None:
        """The window at work, or done and not yet fetched."""
        return None if self._work is None else self._work.window

    @property
    def done(self) -> bool:
        """The window at work is done."""
        return self._work is not None and self._work.answer.done()

    def start(self, window: Window, clips: Sequence[Clip], urgency: Urgency) -> None:
        """Sets to work on a window, as one or several microphones heard it; only when there is none. Takes `clips` over and wipes them."""
        assert self._work is None
        self.urgency = urgency
        try:
            self._work = _Work(window, clips, self._thread.submit(self._transcribe, clips))
        except BaseException:
            for clip in clips:
                clip.wipe()
            raise

    def urge(self, urgency: Urgency) -> None:
        """The window at work is wanted sooner than was said."""
        if self._work is not None and self.urgency is not urgency:
            self.urgency = urgency
            if not self.done:
                self._transcriber.urge(urgency)

    def cease(self) -> None:
        """The window at work is not wanted any more, and soon done."""
        if self._work is not None and not self._work.answer.cancel() and not self.done:
            self._transcriber.cease()

    def result(self) -> tuple[list[Recognition], float]:
        """What was recognised in each clip, in the window's own time (nothing where it was not wanted), and the seconds it took.

        Waits for it. Raises what the transcriber raised.
        """
        assert self._work is not None
        work, self._work = self._work, None
        if work.answer.cancelled():
            work.wipe()
            return [], 0.0
        return work.answer.result()

    def _transcribe(self, clips: Sequence[Clip]) -> tuple[list[Recognition], float]:
        began = monotonic()
        heard: list[Recognition] = []
        try:
            for clip in clips:
                recognition = self._transcriber.transcribe(clip, self.urgency)
                if recognition is None:
                    return [], 0.0
                heard.append(recognition)
                clip.wipe()
            return heard, monotonic() - began
        except RecogniserFailed:
            if not heard:
                raise
            return heard[:1], monotonic() - began  # what each microphone heard alone is lost, what both heard is not
        finally:
            for clip in clips:
                clip.wipe()

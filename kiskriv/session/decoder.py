"""One window at a time in a thread beside the recording, so that capture never waits for words."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

from kiskriv.machine import uninterrupted
from kiskriv.session.stages import Transcriber
from kiskriv.speech.windows import Window
from kiskriv.transcript import Samples, Word


class Decoder:
    """Holds at most one window's sound, and wipes it when its words are there."""

    def __init__(self, transcriber: Transcriber) -> None:
        self._transcriber = transcriber
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="decode")
        self._at_work: tuple[Window, Future[tuple[list[Word], float]]] | None = None

    def close(self) -> None:
        """Waits for the window at work, whose sound is then wiped. Closing twice does no harm."""
        with uninterrupted():
            self._thread.shutdown(wait=True, cancel_futures=True)

    @property
    def busy(self) -> bool:
        """A window is at work, or done and not yet fetched."""
        return self._at_work is not None

    @property
    def window(self) -> Window:
        """The window at work; only when `busy`."""
        assert self._at_work is not None
        return self._at_work[0]

    @property
    def done(self) -> bool:
        """The window at work is done."""
        return self._at_work is not None and self._at_work[1].done()

    def start(self, window: Window, samples: Samples) -> None:
        """Sets to work on a window; only when not `busy`. Takes `samples` over and wipes them."""
        assert self._at_work is None
        try:
            self._at_work = window, self._thread.submit(self._transcribe, samples)
        except BaseException:
            samples.fill(0)
            raise

    def result(self) -> tuple[list[Word], float]:
        """The words in the window's own time, and the seconds they took; waits for them. Raises what the transcriber raised."""
        assert self._at_work is not None
        future = self._at_work[1]
        self._at_work = None
        return future.result()

    def _transcribe(self, samples: Samples) -> tuple[list[Word], float]:
        began = monotonic()
        try:
            (words,) = self._transcriber.transcribe([samples])
        finally:
            samples.fill(0)
        return words, monotonic() - began

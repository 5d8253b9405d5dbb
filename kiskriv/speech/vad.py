"""Where speech is: Silero's voice activity detector, frame by frame, and the rules that make spans of what it says.

`Silero` is the model as faster-whisper ships it (v6, MIT), loaded once and shared; `Stream` carries its memory along
one recording; `Speech` holds the rules, pure. One frame of 512 samples goes through the model at a time, so that no
cutting of the stream into chunks can change a bit of what comes out.

Source: faster_whisper/vad.py at 1.2.1 (after snakers4/silero-vad), rewritten so that a span is reported as soon as it
can no longer change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kiskriv.errors import ModelError
from kiskriv.machine import silence
from kiskriv.speech.windows import LONGEST_WINDOW, Span
from kiskriv.transcript import SAMPLE_RATE

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FRAME = 512
"""Samples in a frame: what Silero was trained on at 16 kHz."""

CONTEXT = 64
"""Samples of the frame before that the model wants in front of each frame."""

MEMORY = (1, 1, 128)
"""Shape of each of the two states of its LSTM."""

SHORT_PAUSE = SAMPLE_RATE * 98 // 1000
"""Samples of a pause in which speech that grows too long is cut."""


@dataclass(frozen=True)
class VadSettings:
    """When sound counts as speech. Lengths in samples at 16 kHz; the defaults are faster-whisper's for batches.

    For a quiet voice far from the microphone `threshold=0.3, pad=9_600` loses less (`notes/speech.md`, field reports).
    """

    threshold: float = 0.5
    """Probability from which on speech begins."""
    hysteresis: float = 0.15
    """Speech ends this far below the threshold."""
    min_silence: int = 2_560
    """A pause this long ends a span."""
    pad: int = 6_400
    """Sound kept around speech on both sides, or half of the pause between two spans if that is shorter."""
    longest: int = LONGEST_WINDOW
    """Longer speech is cut, at its last short pause where there is one."""

    @property
    def silence_threshold(self) -> float:
        """Probability below which speech ends."""
        return max(self.threshold - self.hysteresis, 0.01)


class Silero:
    """The model, without memory of its own: loaded once, shared between recordings and threads. Raises ModelError."""

    def __init__(self) -> None:
        silence()
        import onnxruntime
        from faster_whisper.utils import get_assets_path

        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        weights = Path(get_assets_path()) / "silero_vad_v6.onnx"
        if not weights.is_file():
            raise ModelError(problem="faster-whisper came without its voice detector")
        self._model: InferenceSession = onnxruntime.InferenceSession(
            str(weights), providers=["CPUExecutionProvider"], sess_options=options
        )

    def stream(self) -> Stream:
        """A fresh memory for one recording."""
        return Stream(self._model)


class Stream:
    """The model at work on one recording: holds two states of 128 numbers, the last frame and its context."""

    def __init__(self, model: InferenceSession) -> None:
        self._model = model
        self._h = np.zeros(MEMORY, np.float32)
        self._c = np.zeros(MEMORY, np.float32)
        self._sound = np.zeros((1, CONTEXT + FRAME), np.float32)
        self._filled = 0

    def __repr__(self) -> str:
        return f"<Stream, {self._filled} samples waiting>"

    def hear(self, samples: NDArray[np.float32]) -> Iterator[float]:
        """The speech probability of each frame that `samples`, shape (n,), complete."""
        taken = 0
        while taken < samples.size:
            fresh = samples[taken : taken + FRAME - self._filled]
            begin = CONTEXT + self._filled
            self._sound[0, begin : begin + fresh.size] = fresh
            self._filled += fresh.size
            taken += fresh.size
            if self._filled == FRAME:
                yield self._probability()

    def finish(self) -> float:
        """The probability of the last frame, filled up with silence; overwrites what is left of the sound."""
        self._sound[0, CONTEXT + self._filled :] = 0
        probability = self._probability()
        for array in (self._sound, self._h, self._c):
            array.fill(0)
        return probability

    def _probability(self) -> float:
        inputs = {"input": self._sound, "h": self._h, "c": self._c}
        probability, self._h, self._c = self._model.run(None, inputs)
        self._sound[0, :CONTEXT] = self._sound[0, -CONTEXT:]
        self._filled = 0
        return float(probability.item())


class Speech:
    """Turns probabilities into spans of speech, in order, never overlapping, each as soon as it is final (pure).

    Speech begins with a frame at the threshold, and ends where a pause of `min_silence` below the lower threshold
    begins. Around it comes the padding, which wants to know where speech begins next, or that this is more than twice
    the padding away.
    """

    def __init__(self, settings: VadSettings | None = None) -> None:
        self._settings = settings or VadSettings()
        self._longest = self._settings.longest - FRAME - 2 * self._settings.pad
        self._now = 0
        self._last_end: int | None = None
        """Where speech ended last, without padding."""
        self._ended_from: int | None = None
        """The padded beginning of speech that has ended and still wants its padding at the end."""
        self._start: int | None = None
        """Where the speech that goes on began, without padding."""
        self._from = 0
        """The same with its padding."""
        self._listen_anew()

    def _listen_anew(self) -> None:
        self._pause: int | None = None  # where the pause began that we are in
        self._cut: int | None = (
            None  # where the last pause of a tenth of a second began: here we cut, if it grows too long
        )
        self._resumed: int | None = None  # where speech went on after that pause

    def __repr__(self) -> str:
        return f"<Speech at {self._now / SAMPLE_RATE:.2f} s>"

    @property
    def quiet_until(self) -> int:
        """No span still to come begins before this sample."""
        if self._ended_from is not None:
            return self._ended_from
        return self._from if self._start is not None else max(0, self._now - self._settings.pad)

    @property
    def quiet(self) -> bool:
        """It is in a pause so long that all speech so far has been reported, with all of its padding."""
        return self._start is None and self._ended_from is None

    def step(self, probability: float) -> list[Span]:
        """Takes the next frame's probability; returns the spans that are now final."""
        at = self._now
        self._now += FRAME
        spans: list[Span] = []
        if self._start is None:
            if probability >= self._settings.threshold:
                spans += self._begin(at)
        else:
            spans += self._go_on(self._start, at, probability)
        return spans + self._settled()

    def finish(self, total: int) -> list[Span]:
        """The sound is `total` samples long: the last spans."""
        if self._start is not None and self._start < total:
            self._end(total)
        if self._ended_from is None or self._last_end is None:
            return []
        return [(self._ended_from, min(self._last_end + self._settings.pad, total))]

    def _go_on(self, start: int, at: int, probability: float) -> list[Span]:
        """A frame while speech that began at `start` goes on."""
        spans: list[Span] = []
        if probability >= self._settings.threshold and self._pause is not None:
            self._pause = None
            if self._cut is not None and self._resumed is None:
                self._resumed = at
        if at - start > self._longest:
            resumed = self._resumed
            uncut = self._cut is None
            self._end(at if self._cut is None else self._cut)
            if resumed is not None:
                spans += self._begin(resumed)
            if uncut or resumed is None:
                return spans
        if probability < self._settings.silence_threshold:
            self._pause = at if self._pause is None else self._pause
            if at - self._pause > SHORT_PAUSE:
                self._cut, self._resumed = self._pause, None
            if at - self._pause >= self._settings.min_silence:
                self._end(self._pause)
        return spans

    def _begin(self, start: int) -> list[Span]:
        """Speech begins; returns the span before it, if that waited for this."""
        pad = self._settings.pad
        if self._last_end is None:
            self._start, self._from = start, max(0, start - pad)
            return []
        half = min(pad, (start - self._last_end) // 2)
        self._start, self._from = start, start - half
        before, self._ended_from = self._ended_from, None
        return [] if before is None else [(before, self._last_end + half)]

    def _end(self, end: int) -> None:
        """Speech ends; its span waits for its padding."""
        self._last_end, self._ended_from, self._start = end, self._from, None
        self._listen_anew()

    def _settled(self) -> list[Span]:
        """The span that has had all of its padding, whatever comes."""
        if self._ended_from is None or self._last_end is None or self._now - self._last_end < 2 * self._settings.pad:
            return []
        span = (self._ended_from, self._last_end + self._settings.pad)
        self._ended_from = None
        return [span]

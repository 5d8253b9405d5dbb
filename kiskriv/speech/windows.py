"""What is decoded together: stretches of speech, joined into windows that Whisper takes in one go.

The one packer of live and offline runs (pure). Where a window ends depends on the spans alone, never on when they
were reported, so a live run cuts exactly where a run over the finished recording would. The rules:

1. spans are joined from left to right while they fit into `LONGEST_WINDOW`, the silence between them left out;
2. with `LONG_ENOUGH` open, the first pause closes the window: spans that touch have no pause between them, spans that
   do not are apart by all of the silence that the voice detector's padding left over;
3. a span longer than `LONGEST_WINDOW` is cut; no window is ever empty.

Source: faster-whisper's `collect_chunks`, less its empty windows. 28 s is what NB-Whisper's model card recommends;
Whisper ends at 30.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kiskriv.transcript import SAMPLE_RATE, Samples, Word

Span = tuple[int, int]
"""First sample and the one after the last, at 16 kHz from the start of the recording."""

WHISPER_LIMIT = 30 * SAMPLE_RATE
"""Samples that Whisper's encoder takes at most: a hard limit."""

LONGEST_WINDOW = 28 * SAMPLE_RATE
"""Samples in a window at most."""

LONG_ENOUGH = 20 * SAMPLE_RATE
"""Samples from which on a window is closed at the first pause, rather than waiting to be filled."""


@dataclass(frozen=True)
class Window:
    """Speech to decode in one go: one or more spans in order, joined without the silence between them."""

    spans: tuple[Span, ...]

    @property
    def length(self) -> int:
        """Samples of the joined sound."""
        return sum(end - start for start, end in self.spans)


class Urgency(StrEnum):
    """How soon the words of a window are wanted, most urgent first."""

    TAIL = "tail"
    """The recording has stopped: somebody waits."""
    CLOSED = "closed"
    """The window will not change any more."""
    AHEAD = "ahead"
    """It is still open, and this is done in case the recording stops here: in idle time only."""

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return list(Urgency).index(self)


@dataclass(frozen=True, repr=False, eq=False)
class Clip:
    """The sound of a window, to be decoded alone: `samples` (1, n) float32 at 16 kHz, n <= `WHISPER_LIMIT`.

    `lengths`, in samples, are those of the spans that were joined; they add up to n. Whoever decodes it last wipes it.
    """

    samples: Samples
    lengths: tuple[int, ...]

    def __repr__(self) -> str:
        return f"<Clip, {self.samples.shape[1] / SAMPLE_RATE:.2f} s in {len(self.lengths)} spans>"

    def wipe(self) -> None:
        """Overwrites the sound."""
        self.samples.fill(0)


class Packer:
    """Joins spans into windows. Holds the open window's spans, and no sound."""

    def __init__(self) -> None:
        self._open: list[Span] = []
        self._length = 0

    def __repr__(self) -> str:
        return f"<Packer, {self._length / SAMPLE_RATE:.2f} s open>"

    def add(self, span: Span) -> list[Window]:
        """Takes the next span, which begins no earlier than the last one ended; returns the windows that it closed."""
        start, end = span
        closed = self.quiet_until(start)
        for piece_start in range(start, end, LONGEST_WINDOW):
            piece = (piece_start, min(piece_start + LONGEST_WINDOW, end))
            length = piece[1] - piece[0]
            if self._length + length > LONGEST_WINDOW:
                closed += self.finish()
            self._open.append(piece)
            self._length += length
        return closed

    def quiet_until(self, sample: int) -> list[Window]:
        """Learns that no further span begins before `sample`: closes sooner what the next span would close anyway."""
        if self._length >= LONG_ENOUGH and sample > self._open[-1][1]:
            return self.finish()
        return []

    @property
    def open(self) -> Window | None:
        """What `finish` would return."""
        return Window(tuple(self._open)) if self._open else None

    def finish(self) -> list[Window]:
        """Closes the open window, if there is one."""
        if not self._open:
            return []
        window = Window(tuple(self._open))
        self._open, self._length = [], 0
        return [window]


def pack(spans: Iterable[Span]) -> list[Window]:
    """All windows of a recording whose spans are known: the offline run."""
    packer = Packer()
    windows = [window for span in spans for window in packer.add(span)]
    return windows + packer.finish()


def on_the_clock(words: Sequence[Word], window: Window) -> list[Word]:
    """The words, in the order of their starts, with their times moved from the window's joined sound to the recording.

    A word that straddles a join belongs to the span where most of it lies, and is cut to that span. Starts and ends
    never run backwards.
    """
    placed: list[Word] = []
    home, end = 0, 0.0
    for word in words:
        home, shift = _home(word, window, home)
        low, high = (edge / SAMPLE_RATE for edge in window.spans[home])
        start = min(max(word.start + shift / SAMPLE_RATE, low), high)
        end = max(end, min(max(word.end + shift / SAMPLE_RATE, low), high))
        placed.append(replace(word, start=start, end=end))
    return placed


def _home(word: Word, window: Window, first: int) -> tuple[int, int]:
    """Which span from the `first` on holds most of the word; and by how many samples the recording is later there."""
    start = min(round(word.start * SAMPLE_RATE), window.length - 1)
    end = min(max(round(word.end * SAMPLE_RATE), start + 1), window.length)
    shared, shifts, joined = [], [], 0
    for low, high in window.spans:
        shared.append(min(end, joined + high - low) - max(start, joined))
        shifts.append(low - joined)
        joined += high - low
    home = max(range(first, len(shared)), key=shared.__getitem__)
    return home, shifts[home]

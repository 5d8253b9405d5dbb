"""Who speaks, told from the channels: one microphone per person, and the louder one has the word.

`Channels` keeps how loud both channels were in frames of 10 ms, and nothing else. Two microphones rarely have the
same gain, so "louder" is measured from a balance point: the level differences of a conversation fall into two heaps,
one per speaker, and the balance is the middle between them. With one heap only, one person spoke or both were heard
alike: then the gains are taken to be the same.

Source: Otsu 1979, "A threshold selection method from gray-level histograms" (the split into heaps).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kiskriv.transcript import SAMPLE_RATE, Chunk, Word

FRAME = SAMPLE_RATE // 100
"""Samples in a frame: 10 ms."""

BLOCK = 6_000
"""Frames that room is made for at a time: one minute."""

FLOOR = 1e-9
"""Mean power under which a frame is silent: -90 dB of full scale."""

ABOVE_QUIET_DB = 12.0
"""Speech is this far above a channel's quiet, its tenth percentile ..."""

BELOW_LOUD_DB = 20.0
"""... and no further than this below its loudest, its 95th."""

FAR_APART_DB = 60
"""Level differences beyond this are as good as this."""

TWO_HEAPS = 0.8
"""Two heaps explain so much of the differences' variance; one heap cut in two explains 0.64 (bell) to 0.75 (flat)."""

HEAPS_APART_DB = 6.0
"""Heaps of two speakers are at least this far apart."""

SHORTEST_LOOK = 20
"""Frames that a word is judged on at least, around its middle."""

Levels = NDArray[np.float64]
"""Decibels of full scale, shape (2, frames)."""


class Channels:
    """Two channels, speakers "0" and "1" (a `Diarizer`). Knows how loud, not how it sounded: no voiceprint (R28)."""

    def __init__(self) -> None:
        self._blocks: list[NDArray[np.float32]] = []
        """Mean power, shape (2, BLOCK) each."""
        self._frames = 0
        self._rest = np.empty((2, 0), np.float32)
        """The sound of a frame that is not full yet."""

    def __repr__(self) -> str:
        return f"<Channels, {self._frames / 100:.2f} s>"

    def listen(self, chunk: Chunk) -> None:
        """Takes the next chunk, of two channels; chunks follow each other without gaps."""
        sound = np.concatenate([self._rest, chunk.samples], axis=1)
        self._rest.fill(0)
        whole = sound.shape[1] // FRAME * FRAME
        self._rest = sound[:, whole:].copy()
        self._keep(np.square(sound[:, :whole]).reshape(2, -1, FRAME).mean(axis=2))
        sound.fill(0)

    def attribute(self, words: Sequence[Word]) -> tuple[str, ...]:
        """The louder channel's label for each word, seen from the balance between the two so far."""
        if not self._frames:
            return ("0",) * len(words)
        power = np.concatenate(self._blocks, axis=1)[:, : self._frames].astype(np.float64) + FLOOR
        even = balance(10 * np.log10(power))
        return tuple("0" if _difference(power, word) >= even else "1" for word in words)

    def erase(self) -> int:
        """Overwrites all that was kept; returns how many octets that was."""
        kept = [*self._blocks, self._rest]
        for array in kept:
            array.fill(0)
        self._blocks, self._frames, self._rest = [], 0, np.empty((2, 0), np.float32)
        return sum(array.nbytes for array in kept)

    def _keep(self, power: NDArray[np.float32]) -> None:
        taken, frames = 0, power.shape[1]
        while taken < frames:
            used = self._frames % BLOCK
            if self._frames == BLOCK * len(self._blocks):
                self._blocks.append(np.zeros((2, BLOCK), np.float32))
            fits = min(BLOCK - used, frames - taken)
            self._blocks[-1][:, used : used + fits] = power[:, taken : taken + fits]
            self._frames += fits
            taken += fits


class OneVoice:
    """One microphone and no diarization: every word is said by "0" (a `Diarizer`)."""

    def listen(self, chunk: Chunk) -> None:
        """Keeps nothing."""

    def attribute(self, words: Sequence[Word]) -> tuple[str, ...]:
        """The same label for each word."""
        return ("0",) * len(words)

    def erase(self) -> int:
        """Nothing was kept."""
        return 0


def balance(levels: Levels) -> float:
    """The level difference, first channel over second in dB, at which both speakers are equally likely (pure)."""
    quiet, loud = np.percentile(levels, (10, 95), axis=1, keepdims=True)
    voiced = (levels > np.maximum(quiet + ABOVE_QUIET_DB, loud - BELOW_LOUD_DB)).any(axis=0)
    differences = (levels[0] - levels[1])[voiced].clip(-FAR_APART_DB, FAR_APART_DB)
    counts, edges = np.histogram(differences, bins=2 * FAR_APART_DB, range=(-FAR_APART_DB, FAR_APART_DB))
    centres = (edges[:-1] + edges[1:]) / 2
    below, above = counts.cumsum()[:-1], counts.sum() - counts.cumsum()[:-1]
    if not (below * above).any():
        return 0.0
    moments = (counts * centres).cumsum()
    low = moments[:-1] / np.maximum(below, 1)
    high = (moments[-1] - moments[:-1]) / np.maximum(above, 1)
    between = below * above * (high - low) ** 2 / counts.sum() ** 2
    best = int(between.argmax())
    variance = float(np.average((centres - np.average(centres, weights=counts)) ** 2, weights=counts))
    two = between[best] >= TWO_HEAPS * variance and high[best] - low[best] >= HEAPS_APART_DB
    return float(low[best] + high[best]) / 2 if two else 0.0


def _difference(power: NDArray[np.float64], word: Word) -> float:
    """How much louder the first channel was during the word, in dB."""
    frames = power.shape[1]
    first, beyond = int(word.start * 100), int(np.ceil(word.end * 100))
    missing = max(0, SHORTEST_LOOK - (beyond - first))
    first = max(0, min(first - missing // 2, frames - SHORTEST_LOOK))
    beyond = min(max(beyond + missing // 2, first + 1), frames)
    loud, soft = power[:, first:beyond].mean(axis=1)
    return float(10 * np.log10(loud / soft))

"""Who speaks when, told from one microphone: what a model for it must be able to do, and which stretches of the sound it is given.

    embedded = model.embed(sounds)                   each window alone, while it is recorded: who speaks when in it, and how they sound
    turns = model.cluster(embedded, step, length)    at stop, all windows together: which of these voices are the same

What `embed` returns only `cluster` understands. It is kept by the room of the consultation and ends with it: no voiceprint (R28).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from kiskriv.transcript import SAMPLE_RATE, Samples, Turn

WINDOW: Final = 10 * SAMPLE_RATE
"""Samples that are looked at together: what pyannote's segmentation was trained on."""

LONGEST: Final = 13 * 3600 * SAMPLE_RATE
"""Samples of a recording at most: a consultation ends within twelve hours."""

MOST_EMBEDDED: Final = 64 << 10
"""Octets that `embed` makes of a window at most."""

Octets = bytes | bytearray | memoryview
"""What `embed` made of a window: opaque, until it is clustered."""


class Diarization(Protocol):
    """A loaded model. Keeps nothing between calls, and is called from one thread at a time."""

    @property
    def batch(self) -> int:
        """Windows that are embedded together at most."""

    def embed(self, sounds: Sequence[Samples]) -> list[bytes]:
        """What is heard of voices in each window, shape (1, n) each, 0 < n <= WINDOW, each as if it were alone.

        At most `MOST_EMBEDDED` octets each, never none. Raises OutOfMemory.
        """

    def cluster(self, embedded: Sequence[Octets], step: int, length: int) -> tuple[Turn, ...]:
        """Who spoke when in a recording of `length` samples, from its windows in order, `step` samples from one to the next.

        Empty octets stand for a window that could not be looked at. Turns are in order, and do not overlap; speakers are numbered
        from "0" by their first turn. Takes a time that is bounded, whatever the length. Raises OutOfMemory.
        """


@dataclass(frozen=True, repr=False, eq=False)
class Clustering:
    """What is asked of `Diarization.cluster`."""

    embedded: Sequence[Octets]
    step: int
    length: int

    def wipe(self) -> None:
        """Overwrites what can be overwritten."""
        for octets in self.embedded:
            if isinstance(octets, bytearray | memoryview):
                octets[:] = bytes(len(octets))

    def __repr__(self) -> str:
        return f"<Clustering, {len(self.embedded)} windows>"


def count(length: int, step: int) -> int:
    """How many `windows` there are: known at once, whatever the length."""
    return 1 + max(0, -(-(length - WINDOW) // step)) if length > 0 else 0


def windows(length: int, step: int) -> list[tuple[int, int]]:
    """The stretches [start, end) of `length` samples that are looked at: whole windows, and what is left at the end.

    So does pyannote.audio 4 (`Inference.slide`).
    """
    return [(start, min(start + WINDOW, length)) for start in range(0, count(length, step) * step, step)]

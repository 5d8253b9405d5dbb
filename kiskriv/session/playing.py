"""Which pieces of the recording are played, one after the other, for the doctor to hear a stretch of it (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kiskriv.speech.windows import Span
from kiskriv.transcript import SAMPLE_RATE

PIECE: Final = SAMPLE_RATE // 4
"""Samples that are open at a time."""


def pieces(start: float, end: float, length: int, cuts: Sequence[tuple[float, float]]) -> list[Span]:
    """From `start` to `end`, in seconds, of a recording of so many samples; what was cut is skipped. In order, none longer than `PIECE`."""
    first, last = (min(max(0, round(seconds * SAMPLE_RATE)), length) for seconds in (start, end))
    left: list[Span] = []
    for gone_from, gone_to in cuts:
        left.append((first, min(last, int(gone_from * SAMPLE_RATE))))
        first = max(first, round(gone_to * SAMPLE_RATE))
    left.append((first, last))
    return [(at, min(at + PIECE, upper)) for lower, upper in left for at in range(lower, upper, PIECE)]

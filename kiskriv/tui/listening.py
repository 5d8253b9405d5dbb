"""What the loudness of the microphones says about them: while it records, and after a test. Pure.

Peaks are in [0, 1], of a chunk and a channel each; seconds are the recording's own, so that nobody's clock matters.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from math import log10
from typing import Final

FLOOR: Final = -60.0
"""dBFS: as low as it is told."""

ROOM: Final = -55.0
"""dBFS: somebody else's talk reaches any microphone of the room that works louder than this."""

SPEECH: Final = -45.0
"""dBFS: speech peaks above this at any microphone that is of use, and the noise of a quiet room below it."""

CLEAR: Final = -30.0
"""dBFS: speech that peaks below this loses words."""

CLIPS: Final = 0.99
OFTEN, LATELY = 3, 5.0
"""So many chunks that clip, in so many seconds, are no accident."""

SILENCE: Final = 8.0
"""Seconds in which nothing is heard before that is said: well within the ten that it may take."""

TALK: Final = 10.0
"""Seconds of talk that the other microphone hears, and this one does not."""


def decibels(peak: float) -> float:
    """dBFS, FLOOR at least."""
    return max(FLOOR, 20 * log10(peak)) if peak > 0 else FLOOR


class Verdict(StrEnum):
    """How a microphone heard, in a test."""

    NOTHING = auto()
    FAINT = auto()
    WELL = auto()
    LOUD = auto()


def verdict(peaks: Sequence[float]) -> Verdict:
    """Of one channel, by all the peaks of a test during which somebody spoke."""
    loudest = decibels(max(peaks, default=0.0))
    if sum(peak >= CLIPS for peak in peaks) >= OFTEN:
        return Verdict.LOUD
    return Verdict.NOTHING if loudest < SPEECH else Verdict.FAINT if loudest < CLEAR else Verdict.WELL


class Ailment(StrEnum):
    """What may be wrong with a microphone."""

    SILENT = auto()
    DEAD = auto()
    CLIPPED = auto()


@dataclass(frozen=True)
class Symptom:
    """`channel` has it; None: all have."""

    ailment: Ailment
    channel: int | None = None


class Watch:
    """Listens along with one stretch of recording; a new stretch needs a new one."""

    def __init__(self) -> None:
        self._now = self._heard = -1.0
        """Seconds: of the last chunk, and of the last in which anything was heard."""
        self._unheard: dict[int, float] = {}
        """By channel: seconds of others' talk since it was heard itself."""
        self._clipped: dict[int, deque[float]] = {}
        """By channel: when it clipped lately."""

    def hear(self, seconds: float, peaks: Sequence[float]) -> tuple[Symptom, ...]:
        """The next chunk, which ends at `seconds`; what is wrong by now, the gravest first."""
        lasted = seconds - self._now if self._now >= 0 else 0.0
        self._now = seconds
        loud = [decibels(peak) for peak in peaks]
        if max(loud, default=FLOOR) >= SPEECH or self._heard < 0:
            self._heard = seconds
        if seconds - self._heard >= SILENCE:
            return (Symptom(Ailment.SILENT),)
        return (*self._dead(loud, lasted), *self._clips(peaks))

    def _dead(self, loud: Sequence[float], lasted: float) -> list[Symptom]:
        talk = max(loud, default=FLOOR) >= SPEECH
        for channel, here in enumerate(loud):
            before = self._unheard.get(channel, 0.0)
            self._unheard[channel] = 0.0 if here >= ROOM else before + lasted * talk
        return [Symptom(Ailment.DEAD, channel) for channel, talked in self._unheard.items() if talked >= TALK]

    def _clips(self, peaks: Sequence[float]) -> list[Symptom]:
        for channel, peak in enumerate(peaks):
            lately = self._clipped.setdefault(channel, deque(maxlen=OFTEN))
            if peak >= CLIPS:
                lately.append(self._now)
        return [
            Symptom(Ailment.CLIPPED, channel)
            for channel, lately in self._clipped.items()
            if len(lately) == OFTEN and self._now - lately[0] <= LATELY
        ]

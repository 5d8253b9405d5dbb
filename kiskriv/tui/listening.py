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

SPEECH: Final = -45.0
"""dBFS: speech peaks above this at any microphone that is of use, and the noise of a quiet room below it."""

HISS: Final = -38.0
"""dBFS: what a fan or a bare input gives stays below this; what is louder is taken for speech, whatever it does."""

RISE: Final = 6.0
"""dB: so far apart lie the peaks of a microphone that hears somebody talk, if only from across the room. Those of hiss lie closer."""

CLEAR: Final = -30.0
"""dBFS: speech that peaks below this loses words."""

CLIPS: Final = 0.99
OFTEN, LATELY = 3, 5.0
"""So many chunks that clip, in so many seconds, are no accident."""

SILENCE: Final = 8.0
"""Seconds in which nothing is heard before that is said: well within the ten that it may take."""

TALK: Final = 8.0
"""Seconds of talk that the other microphone hears, and this one does not: within the ten that it may take to be told."""

BREATH: Final = 2.0
"""Seconds: a pause no longer than this belongs to the talk, so that it is the clock that counts and not the syllables."""


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


@dataclass(frozen=True)
class _Unheard:
    """What one channel gave since it heard anybody: seconds of others' talk, and the dBFS between which its peaks lay."""

    talk: float = 0.0
    low: float = 0.0
    high: float = FLOOR

    def then(self, loud: float, talked: float) -> _Unheard:
        """After a chunk so loud, of which so many seconds belong to talk. Peaks that are loud, or lie far apart, are of speech."""
        low, high = min(self.low, loud), max(self.high, loud)
        heard = high >= HISS or high - low >= RISE
        return _Unheard() if heard else _Unheard(self.talk + talked, low, high)


class Watch:
    """Listens along with one stretch of recording; a new stretch needs a new one."""

    def __init__(self) -> None:
        self._now = self._heard = -1.0
        """Seconds: of the last chunk, and of the last in which anything was heard."""
        self._talked = -BREATH
        """Second in which anybody talked last."""
        self._unheard: dict[int, _Unheard] = {}
        """By channel."""
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
        if max(loud, default=FLOOR) >= HISS:
            self._talked = self._now
        talked = lasted if self._now - self._talked < BREATH else 0.0
        for channel, here in enumerate(loud):
            self._unheard[channel] = self._unheard.get(channel, _Unheard()).then(here, talked)
        return [Symptom(Ailment.DEAD, channel) for channel, gave in self._unheard.items() if gave.talk >= TALK]

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

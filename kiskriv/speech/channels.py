"""Who speaks, told from the channels: one microphone per person, and the louder one has the word.

`Channels` keeps how loud both channels were every 10 ms, and nothing else. What it knows of the microphones it learns from the
recording itself:

- a channel's noise is the quietest that it was within a few seconds, before or after: a fan that starts is noise at once;
- two microphones rarely have the same gain, and each hears the other's speaker, too. The level differences of a conversation fall
  into two heaps, one per speaker, and where fewest lie between them is the balance point. With one heap only, one person spoke or
  both were heard alike: then nothing can be told apart;
- both speak at once where the levels differ by less than they do in either heap: one alone is not heard like that;
- a channel that heard the other's speaker, too, and no longer hears anything of a long speech, has died, and so has one that is
  digitally silent all that time and was not before. Who has no crosstalk and says nothing is only silent.

Source: Martin 2001, "Noise power spectral density estimation based on optimal smoothing and minimum statistics" (the noise);
Prewitt and Mendelsohn 1966, "The analysis of cell images" (the valley between two heaps).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kiskriv.speech.windows import Span
from kiskriv.transcript import SAMPLE_RATE, Chunk, Remark, Word

FRAME = SAMPLE_RATE // 100
"""Samples from one frame to the next: 10 ms. A frame looks at its own, and at those of the next."""

HANN = np.hanning(2 * FRAME + 1)[:-1].astype(np.float32)

VOICE = slice(5, 76)
"""Bins of 50 Hz that are listened to: 250 Hz, above hum and most of a fan, to 3750 Hz."""

BLOCK = 6_000
"""Frames that room is made for at a time: one minute."""

FLOOR = 1e-10
"""Mean power under which a frame is silent: -100 dB of full scale."""

PAUSE = 25
"""Frames of which the quietest counts: a quarter of a second."""

PAUSES = 16
"""So many in a row hold noise alone once: four seconds, in which everyone stops for a moment."""

SOUND = 5
"""Frames that a single sound fills: 50 ms."""

SYLLABLE = 15
"""Frames that are judged together within a word."""

BREATH = 25
"""Frames that are judged together where there are no words: a quarter of a second, in which sounds even out."""

VOICED = 3.0
"""Speech has more than so many times the power of the noise."""

BURIED = 0.3
"""What is left when the noise is taken away is not known better than to this part of the noise."""

LOUD_DB = 12.0
"""The balance is judged by what is no further below a channel's loudest, its 95th percentile: echoes are softer."""

SOFT_DB = 18.0
"""Who speaks at the same time as another is no further below the loudest on the own channel."""

FAR_APART_DB = 60
"""Level differences beyond this are as good as this."""

VALLEY = 1.3
"""The lesser of two heaps is so many times as high as what lies between."""

NEARLY = 0.6
"""A valley is as good as the deepest if it is this part as deep: then the fairest is taken."""

RARE = 2e-4
"""Part of the differences, in each half of a decibel, that is as good as none."""

LEAST = 20
"""Differences, one in 50 ms, in a heap that is believed: a second of speech."""

MARGIN_DB = 9.0
"""A speaker is heard in the own channel where the difference is this far inside the outer edge of the other's heap."""

LEAST_OVERLAP = 40
"""Frames in which both are heard, a breath at a time, where both speak for about 0.3 s."""

EDGE = BREATH // 2
"""Frames on either side of a stretch in which both already may speak, or still."""

AGAIN = 200
"""Frames, at the least, after which it is judged anew whether the channels tell: 2 s."""

ENOUGH = 1_000
"""Frames of speech from which on fault is found with a channel: 10 s."""

DEAD = 100
"""Frames: a channel with less speech gives none, and less clipping is none: a second."""

EARLIER = 200
"""Frames, at the least, of the other's speech by which it is known how a channel hears it: 2 s."""

USED_TO_HEAR = 0.5
"""Part of the other's speech that a living channel heard, too, before it is called dead for hearing it no more."""

STILL_HEARS = 0.05
"""Part of the other's speech in which a dead channel may still crackle."""

ALIKE_DB = 6.0
"""A single heap this close to no difference is that of two microphones that hear everybody alike."""

FULL_SCALE = 0.999
"""Samples from here on are at full scale."""

CLIPPED = 0.001
"""Part of the frames that may have more than one such sample."""

Power = NDArray[np.float64]
"""Mean power, 1 at full scale, shape (2, frames)."""


@dataclass(frozen=True)
class Balance:
    """Level differences of a conversation, first channel over second, in dB."""

    apart: bool
    """There are two heaps: the channels tell who speaks."""
    even: float
    """At which both speakers are equally likely; with one heap, its median."""
    low: float = -inf
    """The lower heap's outer edge: what is heard of nobody but the second speaker is hardly ever below."""
    high: float = inf
    """The higher heap's, of the first speaker."""
    loud: tuple[float, float] = (inf, inf)
    """Power of each channel's loud speech."""


class Channels:
    """Two channels, speakers "0" and "1". Knows how loud, not how it sounded: no voiceprint (R28)."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._blocks: list[NDArray[np.float32]] = []
        """Mean power, shape (2, BLOCK) each."""
        self._frames = 0
        self._rest = np.empty((2, 0), np.float32)
        """The sound of a frame that is not full yet."""
        self._full = np.zeros(2, np.int64)
        """Frames at full scale in each channel."""
        self._judged = 0
        self._apart = False
        """What `reliable` said of the first `_judged` frames."""
        self._died = False
        """A channel has, by the frames that were judged."""

    def __repr__(self) -> str:
        return f"<Channels, {self._frames / 100:.2f} s>"

    def listen(self, chunk: Chunk) -> None:
        """Takes the next chunk, of two channels; chunks follow each other without gaps."""
        sound = np.concatenate([self._rest, chunk.samples], axis=1)
        np.clip(np.nan_to_num(sound, copy=False), -1, 1, out=sound)
        self._rest.fill(0)
        whole = max(0, sound.shape[1] // FRAME - 1) * FRAME
        self._rest = sound[:, whole:].copy()
        if whole:
            frames = sliding_window_view(sound[:, : whole + FRAME], 2 * FRAME, axis=1)[:, ::FRAME]
            self._full += (np.count_nonzero(np.abs(frames) >= FULL_SCALE, axis=2) > 1).sum(axis=1)
            windowed = frames * HANN
            spectrum = np.fft.rfft(windowed, axis=2)
            heard = np.square(np.abs(spectrum[:, :, VOICE])).sum(axis=2) / (FRAME * np.square(HANN).sum())
            self._keep(heard.astype(np.float32))
            windowed.fill(0)
            spectrum.fill(0)
        sound.fill(0)

    def attribute(self, words: Sequence[Word]) -> tuple[str, ...]:
        """Who was louder in each word, seen from the balance so far; a word that was taken from one channel is its speaker's.

        "" where the channels cannot tell. A word without speech goes with the word before.
        """
        balance, noise, power = self._judge(self._frames)
        louder = np.zeros(len(words))
        if balance.apart and words:
            voiced = (smoothed(power, SYLLABLE) > VOICED * noise).any(axis=0)
            # amplitudes: of powers, one loud sound would outweigh the word
            voices = np.sqrt(speech_of(power, noise, SYLLABLE)) * voiced
            more = np.concatenate([[0.0], np.cumsum(voices[0] - np.sqrt(decibels(balance.even)) * voices[1])])
            first, beyond = _frames_of(words, self._frames)
            louder = more[beyond] - more[first]
            told = np.flatnonzero(louder)
            if told.size:
                before = np.searchsorted(told, np.arange(len(words)), side="right") - 1
                louder = louder[told[np.maximum(before, 0)]]
        return tuple(
            str(word.channel) if word.channel is not None else ("", "0", "1")[first]
            for word, first in zip(words, np.sign(louder).astype(int).tolist(), strict=True)
        )

    def overlaps(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """Stretches of these spans, in samples, in which both speakers are heard at once. Depends on no later sound."""
        balance, noise, power = self._judge(self._whole(max((end for _, end in spans), default=0)))
        speech = speech_of(power, noise, BREATH)
        heard = (speech > np.maximum(VOICED * noise, np.array([balance.loud]).T * decibels(-SOFT_DB))).all(axis=0)
        differences = 10 * np.log10(speech[0] / speech[1])
        both = heard & (differences > balance.low + MARGIN_DB) & (differences < balance.high - MARGIN_DB)
        return tuple(
            (max(start, first), min(end, beyond))
            for first, beyond in stretches(both)
            for start, end in spans
            if max(start, first) < min(end, beyond)
        )

    def own(self, words: Sequence[Word], until: int) -> tuple[bool, ...]:
        """Whether each word, taken from one channel, is its speaker's own and not the other's as this channel hears it, too.

        Judged by the first `until` samples. Each word has a channel.
        """
        balance, noise, power = self._judge(self._whole(until))
        if not (balance.apart and words):
            return (True,) * len(words)
        speech = speech_of(power, noise, SOUND)
        sums = np.pad(np.cumsum(speech, axis=1), ((0, 0), (1, 0)))
        first, beyond = _frames_of(words, power.shape[1])
        differences = 10 * np.log10((sums[0, beyond] - sums[0, first]) / (sums[1, beyond] - sums[1, first]))
        own = differences > balance.low + MARGIN_DB, differences < balance.high - MARGIN_DB
        return tuple(bool(own[word.channel or 0][at]) for at, word in enumerate(words))

    @property
    def reliable(self) -> bool:
        """Whether the channels tell who speaks, by now. May be asked often: it is judged anew when a twentieth of the sound is new.

        Never again once a channel has died, whether or not it comes back: what was said meanwhile would be the other's.
        """
        mark = self._judged
        while (later := mark + max(AGAIN, mark // 20)) <= self._frames:
            mark = later
        if mark > self._judged:
            self._judge_reliable(mark)
        return self._apart

    def settle(self) -> None:
        """Judges anew, by all the sound so far, whether the channels are `reliable`: for when the recording has stopped."""
        self._judge_reliable(self._frames)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is wrong with the channels, by now."""
        balance, noise, power = self._judge(self._frames)
        least, most = spoken(power, noise)
        dead = (most > ENOUGH and least < DEAD) or self._died or died(power, noise)
        alike = most > ENOUGH and not dead and not balance.apart and abs(balance.even) < ALIKE_DB
        clipped = self._full.max() > max(DEAD, CLIPPED * self._frames)
        found = ((Remark.DEAD_CHANNEL, dead), (Remark.ALIKE, alike), (Remark.CLIPPED, clipped))
        return tuple(remark for remark, true in found if true)

    def erase(self) -> int:
        """Overwrites all that was kept; returns how many octets that was."""
        kept = [*self._blocks, self._rest]
        for array in kept:
            array.fill(0)
        self._begin()
        return sum(array.nbytes for array in kept)

    def _whole(self, until: int) -> int:
        """How many frames look at nothing from sample `until` on."""
        return min(self._frames, max(0, until // FRAME - 1))

    def _judge_reliable(self, frames: int) -> None:
        balance, noise, power = self._judge(frames)
        self._died = self._died or died(power, noise)
        self._judged, self._apart = frames, balance.apart and spoken(power, noise)[0] >= DEAD and not self._died

    def _judge(self, frames: int) -> tuple[Balance, Power, Power]:
        """The first frames: how they are balanced, the noise, and all power."""
        power = np.concatenate([*self._blocks, np.empty((2, 0))], axis=1)[:, :frames] + FLOOR
        noise = noise_of(power)
        return balance_of(power, noise), noise, power

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


def _frames_of(words: Sequence[Word], frames: int) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """The first frame of each word and the one after its last, at least one of those there are."""
    times = np.array([(word.start, word.end) for word in words]).T * SAMPLE_RATE / FRAME
    first, last = np.nan_to_num(times).clip(0, frames - 1).astype(int)
    return first, np.maximum(first, last) + 1


def smoothed(power: Power, frames: int) -> Power:
    """The mean over so many frames around each (pure)."""
    if not power.shape[1]:
        return power
    wide = np.pad(power, ((0, 0), (frames // 2, frames - 1 - frames // 2)), mode="edge")
    return np.stack([np.convolve(channel, np.ones(frames) / frames, "valid") for channel in wide])


def noise_of(power: Power) -> Power:
    """What each channel hears when nobody speaks, for each frame (pure)."""
    frames = power.shape[1]
    if not frames:
        return power
    pauses = -(-frames // PAUSE)
    padded = np.pad(smoothed(power, SYLLABLE), ((0, 0), (0, pauses * PAUSE - frames)), mode="edge")
    quiet = padded.reshape(2, pauses, PAUSE).min(axis=2)
    around = np.pad(quiet, ((0, 0), (PAUSES - 1, PAUSES - 1)), mode="edge")
    quietest = sliding_window_view(around, PAUSES, axis=1).min(axis=2)
    before, after = quietest[:, :pauses], quietest[:, PAUSES - 1 :]
    noise: Power = np.maximum(before, after).repeat(PAUSE, axis=1)[:, :frames]
    return noise


def speech_of(power: Power, noise: Power, frames: int) -> Power:
    """Power without the noise, as a mean over so many frames around each (pure); never less than what the noise leaves unknown."""
    return np.maximum(smoothed(power, frames) - noise, BURIED * noise)


def balance_of(power: Power, noise: Power) -> Balance:
    """How the two speakers' levels differ (pure)."""
    differences, loud = _differences(power, noise, BREATH)
    if not differences.size:
        return Balance(apart=False, even=0.0)
    even, deep = valley_of(differences, 10 * float(np.log10(loud[0] / loud[1])))
    first = int((differences >= even).sum())
    if not deep or min(first, differences.size - first) < LEAST:
        return Balance(apart=False, even=float(np.median(differences)))
    single, _ = _differences(power, noise, SOUND)
    lowest, highest = np.percentile(single[single < even], 5), np.percentile(single[single >= even], 95)
    return Balance(True, even, float(lowest), float(highest), (float(loud[0]), float(loud[1])))


def _differences(power: Power, noise: Power, frames: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Level differences where somebody speaks aloud, over so many frames around every fifth; and what is loud, in each channel."""
    speech, noise = speech_of(power, noise, frames)[:, ::SOUND], noise[:, ::SOUND]
    speech = speech[:, (speech > VOICED * noise).any(axis=0)]
    if not speech.size:
        return np.empty(0), np.ones(2)
    loud = np.percentile(speech, 95, axis=1)
    first, second = 10 * np.log10(speech[:, (loud * decibels(-LOUD_DB) < speech.T).any(axis=1)])
    return (first - second).clip(-FAR_APART_DB, FAR_APART_DB), loud


def spoken(power: Power, noise: Power) -> tuple[int, int]:
    """Frames of speech in the channel that has less, and in the other (pure)."""
    least, most = sorted((speech_of(power, noise, BREATH) > VOICED * noise).sum(axis=1).tolist())
    return least, most


def died(power: Power, noise: Power) -> bool:
    """Whether a channel heard nothing of `ENOUGH` frames of the other's speech in a row, though before that it did (pure)."""
    speech = speech_of(power, noise, BREATH)
    voiced = speech > VOICED * noise
    if not voiced.any(axis=1).all():
        return False
    # not by the balance, which moves when a channel dies
    loud = [np.percentile(own[at], 95) for own, at in zip(speech, voiced, strict=True)]
    level = voiced * speech / np.array([loud]).T
    for own, other in ((0, 1), (1, 0)):
        others = voiced[other] & (level[other] > level[own])
        for heard in (voiced[own], power[own] > 2 * FLOOR):
            sums = np.cumsum(np.pad(heard[others], (1, 0)))
            before, after = sums[:-ENOUGH], sums[ENOUGH:]
            used_to = before >= USED_TO_HEAR * np.arange(before.size)
            ceased = after - before <= STILL_HEARS * ENOUGH
            if (used_to & ceased)[EARLIER:].any():
                return True
    return False


def valley_of(differences: NDArray[np.float64], loud: float) -> tuple[float, bool]:
    """Where fewest of the differences lie between two heaps, and whether there are two (pure).

    In a wide valley it is where the loud speech of both is even, or as near as there is: all in dB.
    """
    counts, edges = np.histogram(differences, bins=4 * FAR_APART_DB, range=(-FAR_APART_DB, FAR_APART_DB))
    middles = (edges[:-1] + edges[1:]) / 2
    bell = np.exp(-np.square(np.arange(-12, 13) / 3) / 2)
    density = np.convolve(counts / counts.sum(), bell / bell.sum(), "same")
    left, right = np.maximum.accumulate(density), np.maximum.accumulate(density[::-1])[::-1]
    depth = np.minimum(left, right) / (density + RARE)
    deepest = middles[depth >= NEARLY * depth.max()]
    return float(deepest[np.abs(deepest - loud).argmin()]), bool(depth.max() >= VALLEY)


def stretches(both: NDArray[np.bool_]) -> list[Span]:
    """Stretches, in samples, of frames in which both speak: none that is short, and those a moment apart joined (pure)."""
    edges = np.flatnonzero(np.diff(both, prepend=False, append=False)).tolist()
    joined = list[tuple[int, int]]()
    for first, beyond in zip(edges[::2], edges[1::2], strict=True):
        if joined and first - joined[-1][1] < BREATH:
            joined[-1] = (joined[-1][0], beyond)
        else:
            joined.append((first, beyond))
    return [
        (max(0, first - EDGE) * FRAME, (beyond + EDGE) * FRAME)
        for first, beyond in joined
        if beyond - first >= LEAST_OVERLAP
    ]


def decibels(level: float) -> float:
    """The ratio of powers that is so many decibels."""
    return 10 ** (level / 10)

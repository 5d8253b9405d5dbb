"""Rooms and microphones for a performance: how far apart, how noisy, how long the walls go on.

The reverberation is the simplest there is: noise that decays by 60 dB in RT60 seconds, as loud at every place of the room. How loud that is
beside the voice itself follows from the distance to the mouth and the room's volume (the critical distance of room acoustics).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.signal import fftconvolve

from kiskriv.transcript import SAMPLE_RATE, Samples

VOLUME = 40.0
"""Cubic metres: a doctor's office."""
NEAR = 0.3
"""Metres from a speaker's mouth to their own microphone."""
BETWEEN = 1.0
"""Metres from everybody's mouth to the one microphone."""
APART = 0.004
"""Seconds that sound takes to the other one's microphone."""
LOUD = 0.5
"""How loud a microphone hears its speaker; the sound is full scale at 1."""


@dataclass(frozen=True)
class Room:
    """`crosstalk` in dB: how much weaker a microphone hears the other speaker. `fainter` in dB: all but the first voice, or its microphone.

    `snr` in dB: white noise under the speech, mean power while somebody speaks; 60 is quiet. `rt60` in seconds; 0: no walls.
    """

    crosstalk: float = -14.0
    fainter: float = 0.0
    snr: float = 60.0
    rt60: float = 0.0


def two_microphones(speech: Samples, room: Room) -> Samples:
    """Speech of two voices as their two microphones hear it, shape (2, n)."""
    dice = np.random.default_rng(2)
    leak = 10 ** (room.crosstalk / 20)
    heard = np.stack(
        [
            _path(speech[own], room, NEAR, dice) + _path(_delayed(speech[1 - own]), room, NEAR, dice, direct=leak)
            for own in (0, 1)
        ]
    )
    heard += _noise(heard, room.snr, dice)
    heard[1] *= 10 ** (-room.fainter / 20)
    return _in_range(heard)


def one_microphone(speech: Samples, room: Room) -> Samples:
    """Any number of voices as one microphone between them hears them, shape (1, n)."""
    dice = np.random.default_rng(1)
    faint = 10 ** (-room.fainter / 20)
    voices = [_path(voice, room, BETWEEN, dice) * (faint if n else 1.0) for n, voice in enumerate(speech)]
    heard = np.sum(voices, axis=0, keepdims=True)
    return _in_range(heard + _noise(heard, room.snr, dice))


def _path(dry: Samples, room: Room, distance: float, dice: np.random.Generator, direct: float = 1.0) -> Samples:
    """Direct sound, and the walls' as loud as it is at this distance from the mouth when the direct sound there is 1."""
    if not room.rt60:
        return direct * dry
    critical = 0.057 * sqrt(VOLUME / room.rt60)  # metres; there both are as loud (Kuttruff, Room Acoustics)
    time = np.arange(round(room.rt60 * SAMPLE_RATE)) / SAMPLE_RATE
    tail = dice.standard_normal(time.size) * 10 ** (-3 * time / room.rt60)
    tail *= distance / critical / np.linalg.norm(tail)
    heard: Samples = (direct * dry + fftconvolve(dry, tail)[: dry.size]).astype(np.float32)
    return heard


def _delayed(sound: Samples) -> Samples:
    samples = round(APART * SAMPLE_RATE)
    return np.concatenate([np.zeros(samples, np.float32), sound[:-samples]])


def _noise(heard: Samples, snr: float, dice: np.random.Generator) -> Samples:
    """The same for each microphone; what is louder than 40 dB under the loudest is speech."""
    power = np.square(heard).mean(axis=0)
    spoken = power[power > 1e-4 * power.max()].mean()
    return dice.standard_normal(heard.shape).astype(np.float32) * np.float32(sqrt(spoken) * 10 ** (-snr / 20))


def _in_range(heard: Samples) -> Samples:
    """Nothing is cut off."""
    return (heard * LOUD / max(1.0, float(np.abs(heard).max()))).astype(np.float32)

"""What a voice sounds like, every 10 ms (pure): 15 mel cepstra, which follow the vocal tract, and the logarithm of its pitch.

Neither the cepstrum's first number, loudness, nor what is unvoiced is of use: both say more about distance and about what is said
than about who says it.

Source: Davis and Mermelstein 1980 (cepstra); Boersma 1993, "Accurate short-term analysis of the fundamental frequency" (pitch: the
highest peak of the autocorrelation, divided by that of the window).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kiskriv.transcript import SAMPLE_RATE

Sound = NDArray[np.float32]

HOP: Final = SAMPLE_RATE // 100
"""Samples from one frame to the next: 10 ms."""

CEPSTRA: Final = 15

FEATURES: Final = CEPSTRA + 1
"""Numbers in a frame: the cepstra, and the logarithm of the pitch in Hz."""

VOICED: Final = 0.5
"""The autocorrelation at one period, from which on a frame is voiced."""

_SPECTRUM: Final = 400  # samples that the cepstra are made from: 25 ms
_BINS: Final = 512
_BANDS: Final = 30
_LOWEST_BAND, _HIGHEST_BAND = 60.0, 7_800.0  # Hz
_FLOOR: Final = 1e-6  # energy of a band: that of digital silence with a little noise

_PERIODS: Final = 640  # samples that pitch is heard in: three periods of the deepest
_LAGS: Final = 2_048
_LONGEST_LAG, _SHORTEST_LAG = SAMPLE_RATE // 75, SAMPLE_RATE // 400
_FORMANTS_FROM: Final = 1_000 * _LAGS // SAMPLE_RATE  # bin from which on a spectrum tells little of pitch,
_FORMANTS: Final = 0.05  # and is made softer by this
_HUM_TO: Final = 70 * _LAGS // SAMPLE_RATE  # bin up to which there are the mains and the ventilation
_DEEPER: Final = 0.0008  # per sample of lag: twice the period is no better, when it is as good


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    return 2595 * np.log10(1 + hertz / 700)


def _filters() -> Sound:
    """Triangles that are evenly wide to the ear, shape (bands, bins)."""
    low, high = _mel(np.array([_LOWEST_BAND, _HIGHEST_BAND]))
    edges = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2595) - 1)
    bins = np.arange(_BINS // 2 + 1) * SAMPLE_RATE / _BINS
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    triangles: Sound = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    return triangles


def _cosines() -> Sound:
    """The cosine transform of the bands, less its first row, shape (cepstra, bands)."""
    rows = np.arange(1, CEPSTRA + 1)[:, None]
    cosines: Sound = (np.sqrt(2 / _BANDS) * np.cos(np.pi / _BANDS * (np.arange(_BANDS) + 0.5) * rows)).astype(
        np.float32
    )
    return cosines


_FILTERS: Final = _filters()
_COSINES: Final = _cosines()
_HAMMING: Final = np.hamming(_SPECTRUM).astype(np.float32)
_HANN: Final = np.hanning(_PERIODS).astype(np.float32)


def features(sound: Sound) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The features of each frame of `sound`, shape (n,), as (frames, FEATURES), and which frames are voiced.

    There are n / HOP frames, rounded up.
    """
    frequency, periodicity = _pitch(sound)
    return np.column_stack([_cepstra(sound), np.log(frequency)]), periodicity > VOICED


def _frames(sound: Sound, width: int) -> Sound:
    """The frames' surroundings, shape (frames, width), with silence around the sound."""
    count = -(-sound.size // HOP)
    before = (width - HOP) // 2
    padded = np.pad(sound, (before, count * HOP - sound.size + width - HOP - before))
    return sliding_window_view(padded, width)[::HOP]


def _cepstra(sound: Sound) -> Sound:
    sharper = np.append(sound[:1], sound[1:] - np.float32(0.97) * sound[:-1])
    power = np.abs(np.fft.rfft(_frames(sharper, _SPECTRUM) * _HAMMING, _BINS)) ** 2
    cepstra: Sound = np.log(power @ _FILTERS.T + np.float32(_FLOOR)) @ _COSINES.T
    return cepstra


def _pitch(sound: Sound) -> tuple[Sound, Sound]:
    """Hz, and how periodic the frame is at that, 0 to about 1."""
    frames = _frames(sound, _PERIODS)
    power = np.abs(np.fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * _HANN, _LAGS)) ** 2
    power[:, :_HUM_TO] = 0
    power[:, _FORMANTS_FROM:] *= np.float32(_FORMANTS)
    alike = np.fft.irfft(power)[:, : _LONGEST_LAG + 2]
    alike /= np.maximum(alike[:, :1], np.float32(1e-9))
    alike /= _WINDOW_ALIKE
    lags = slice(_SHORTEST_LAG, _LONGEST_LAG + 1)
    here, shorter, longer = alike[:, lags], alike[:, _SHORTEST_LAG - 1 : _LONGEST_LAG], alike[:, _SHORTEST_LAG + 1 :]
    peaks = (here > shorter) & (here >= longer)
    preferred = np.float32(1) - np.float32(_DEEPER) * np.arange(here.shape[1], dtype=np.float32)
    best = np.where(peaks, here * preferred, -1).argmax(axis=1)
    periodicity = np.where(peaks.any(axis=1), here[np.arange(best.size), best], 0)
    return (SAMPLE_RATE / (best + _SHORTEST_LAG)).astype(np.float32), periodicity.astype(np.float32)


def _window_alike() -> Sound:
    alike = np.fft.irfft(np.abs(np.fft.rfft(_HANN, _LAGS)) ** 2)[: _LONGEST_LAG + 2]
    normed: Sound = (alike / alike[0]).astype(np.float32)
    return normed


_WINDOW_ALIKE: Final = _window_alike()

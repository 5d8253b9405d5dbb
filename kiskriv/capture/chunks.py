"""Sound at 16 kHz, float32, of one channel or two, in chunks: what a file and a microphone have in common.

A chunk is a tenth of a second while time counts, a second where it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from kiskriv.transcript import SAMPLE_RATE, Chunk, Samples

if TYPE_CHECKING:
    from av import AudioFrame

LIVE_CHUNK = SAMPLE_RATE // 10
"""Samples in a chunk that comes in real time."""

FILE_CHUNK = SAMPLE_RATE
"""Samples in a chunk of a file that is read as fast as it goes."""

LAYOUTS = {1: "mono", 2: "stereo"}
"""FFmpeg's names for what we take."""


def cut(blocks: Iterable[Samples], size: int) -> Iterator[Chunk]:
    """The same sound in chunks of `size` samples, the last one shorter."""
    start, waiting, have = 0, list[Samples](), 0
    for block in blocks:
        waiting.append(block)
        have += block.shape[1]
        if have < size:
            continue
        sound = np.concatenate(waiting, axis=1)
        for at in range(0, have - size + 1, size):
            yield Chunk(start, sound[:, at : at + size].copy())
            start += size
        waiting, have = [sound[:, have // size * size :].copy()], have % size
    if have:
        yield Chunk(start, np.concatenate(waiting, axis=1))


def resampled(frames: Iterable[AudioFrame], channels: int, rate: int = SAMPLE_RATE) -> Iterator[Samples]:
    """The frames' sound at this rate, shape (channels, n); a stream may change its own rate or its channels on the way."""
    import av

    resampler, setup = None, None
    for frame in frames:
        frame.pts = None  # chunks follow each other without gaps, whatever the clock of the file says
        here = (frame.format.name, frame.layout.name, frame.sample_rate)
        if resampler is None or here != setup:
            if resampler is not None:
                yield from map(samples_of, resampler.resample(None))
            resampler, setup = av.AudioResampler("fltp", LAYOUTS[channels], rate), here
        yield from map(samples_of, resampler.resample(frame))
    if resampler is not None:
        yield from map(samples_of, resampler.resample(None))


def as_frames(blocks: Iterable[Samples], rate: int) -> Iterator[AudioFrame]:
    """Samples of shape (channels, n) as PyAV wants them."""
    import av

    for block in blocks:
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=LAYOUTS[block.shape[0]])
        frame.sample_rate = rate
        yield frame


def samples_of(frame: AudioFrame) -> Samples:
    """A frame as float32 in [-1, 1]; what is no number is silence."""
    samples = frame.to_ndarray().astype(np.float32, copy=True)
    return np.nan_to_num(samples, copy=False).clip(-1.0, 1.0, out=samples)

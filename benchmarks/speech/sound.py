"""The demo consultation, repeated and cut; and sound in memory as a `Source` that keeps the pace it was spoken at."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kiskriv.capture import FILE_CHUNK, LIVE_CHUNK, AudioFile
from kiskriv.transcript import SAMPLE_RATE, Chunk, Samples
from kiskriv.weights import demo_material

RECORDING = demo_material() / "consultation.flac"


def samples(path: Path = RECORDING) -> Samples:
    """A whole file, shape (1, n)."""
    return np.concatenate([chunk.samples for chunk in AudioFile(path).chunks()], axis=1)


def repeated(seconds: float) -> Samples:
    """The demo consultation again and again, shape (1, n)."""
    demo = samples()
    length = round(seconds * SAMPLE_RATE)
    return np.tile(demo, -(-length // demo.shape[1]))[:, :length]


def ends_of_utterances() -> list[int]:
    """In samples of the demo consultation."""
    said = json.loads((demo_material() / "consultation.json").read_text(encoding="utf-8"))
    return [round(utterance["end"] * SAMPLE_RATE) for utterance in said["utterances"]]


class Played:
    """A `Source`: the first `hurried` samples as fast as they are taken, the rest at the pace they were spoken. Use it once."""

    channels = 1

    def __init__(self, sound: Samples, hurried: int = 0) -> None:
        self._sound = sound
        self._hurried = hurried
        self.ended = 0.0
        """When the last sample was given out, by `time.monotonic`."""

    def chunks(self) -> Iterator[Chunk]:
        """See `Source`."""
        yield from self._cut(0, self._hurried, FILE_CHUNK)
        begun = time.monotonic()
        for chunk in self._cut(self._hurried, self._sound.shape[1], LIVE_CHUNK):
            spoken = chunk.start + chunk.samples.shape[1] - self._hurried
            time.sleep(max(0.0, begun + spoken / SAMPLE_RATE - time.monotonic()))
            self.ended = time.monotonic()
            yield chunk

    def stop(self) -> None:
        """It ends by itself."""

    def _cut(self, first: int, end: int, size: int) -> Iterator[Chunk]:
        for start in range(first, end, size):
            self.ended = time.monotonic()
            yield Chunk(start, self._sound[:, start : min(start + size, end)].copy())

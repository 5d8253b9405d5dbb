"""A sound file as a source of sound. Nothing is kept here but what waits to be taken."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from kiskriv.capture.chunks import FILE_CHUNK, LAYOUTS, LIVE_CHUNK, cut, resampled
from kiskriv.errors import AudioUnreadable
from kiskriv.machine import silence
from kiskriv.transcript import SAMPLE_RATE, Chunk, Samples

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer

BROKEN_IN_A_ROW = 1_000
"""Packets that may be broken one after the other before a file counts as ended."""


class AudioFile:
    """A sound file of any format that FFmpeg reads. One channel and two stay as they are, more are mixed into one.

    `speed` 1 gives the sound out in real time, as a microphone would; None as fast as it goes. `start` seconds at its beginning are left
    out; where it is not that long, there is no sound. Opening reads the beginning, so that a file
    without sound is refused before a session begins: AudioUnreadable. What is broken in the middle is left out.
    """

    def __init__(self, path: Path, *, speed: float | None = None, start: float = 0.0) -> None:
        self._path = path
        self._speed = speed
        self._skipped = round(start * SAMPLE_RATE)
        self._stopped = Event()
        with _reading(path) as frames:
            first = next(frames, None)
        if first is None:
            raise AudioUnreadable
        self._channels = first.layout.nb_channels if first.layout.nb_channels in LAYOUTS else 1

    def __repr__(self) -> str:
        return f"<AudioFile, {self._channels} channels>"

    @property
    def channels(self) -> int:
        """1 or 2."""
        return self._channels

    def chunks(self) -> Iterator[Chunk]:
        """The sound from `start` to its end, or to `stop`; samples count from `start`. Raises AudioUnreadable if the file goes away."""
        begun = None
        with _reading(self._path) as frames:
            sound = _without(self._skipped, resampled(frames, self._channels))
            for chunk in cut(sound, LIVE_CHUNK if self._speed else FILE_CHUNK):
                begun = begun or time.monotonic()
                if self._speed:
                    due = begun + (chunk.start + chunk.samples.shape[1]) / (SAMPLE_RATE * self._speed)
                    self._stopped.wait(max(0.0, due - time.monotonic()))
                if self._stopped.is_set():
                    return
                yield chunk

    def stop(self) -> None:
        """Ends `chunks`, at once even if it is waiting for its time."""
        self._stopped.set()


@contextmanager
def _reading(path: Path) -> Iterator[Iterator[AudioFrame]]:
    """The decoded frames of the file's first audio stream, while the block lasts. Raises AudioUnreadable.

    FFmpeg follows what playlists name, over the network too: the file is opened here, and FFmpeg is allowed no
    protocol at all (R26).
    """
    silence()
    import av

    try:
        file = path.open("rb")
    except (OSError, ValueError):  # ValueError: a name with a zero octet
        file = None
    if file is None:
        raise AudioUnreadable
    with file:
        try:
            container = av.open(file, "r", options={"protocol_whitelist": "none"}, metadata_errors="ignore")
        except (av.FFmpegError, OSError, ValueError):
            container = None
        if container is None:
            raise AudioUnreadable
        with container:
            yield _decoded(container)


def _decoded(container: InputContainer) -> Iterator[AudioFrame]:
    """Frame by frame; packets that do not decode are left out. Raises AudioUnreadable where reading fails."""
    import av

    if not container.streams.audio:
        return
    stream = container.streams.audio[0]
    packets, broken = container.demux(stream), 0
    while broken < BROKEN_IN_A_ROW:
        try:
            frames = next(packets).decode()
        except (StopIteration, av.EOFError):
            return
        except av.FFmpegError:
            packets, broken = container.demux(stream), broken + 1
            continue
        except OSError:  # the disk, the stick or the share that it lies on
            raise AudioUnreadable from None
        broken = 0
        yield from (frame for frame in frames if frame.samples)


def _without(skipped: int, blocks: Iterator[Samples]) -> Iterator[Samples]:
    """The blocks after so many samples."""
    for block in blocks:
        if skipped < block.shape[1]:
            yield block[:, skipped:]
        skipped = max(0, skipped - block.shape[1])

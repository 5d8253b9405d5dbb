"""Where sound comes from: a file or a microphone, in chunks of 16 kHz float32, of one channel or two.

A chunk is a tenth of a second while time counts, a second where it does not. Nothing is kept here but what waits to
be taken. PyAV and sounddevice are imported when they are needed: sounddevice fails at import where there is no
PortAudio.
"""

from __future__ import annotations

import atexit
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import numpy as np

from kiskriv.errors import AudioUnreadable, MicrophoneLost, MicrophoneMissing
from kiskriv.machine import silence
from kiskriv.transcript import SAMPLE_RATE, Chunk, Samples

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer

LIVE_CHUNK = SAMPLE_RATE // 10
"""Samples in a chunk that comes in real time."""

FILE_CHUNK = SAMPLE_RATE
"""Samples in a chunk of a file that is read as fast as it goes."""

BROKEN_IN_A_ROW = 1_000
"""Packets that may be broken one after the other before a file counts as ended."""

WAKING = 10.0
"""Seconds that a microphone may take until its first sample: some want to be found by radio."""

PATIENCE = 2.0
"""Seconds without a sample after which a microphone that gave some is gone."""

ANSWER = 3.0
"""Seconds that the sound system may take to stop or close a stream: one that has crashed may never do it."""

BACKLOG = 300.0
"""Seconds of sound that wait to be taken at most."""

LAYOUTS = {1: "mono", 2: "stereo"}


class AudioFile:
    """A sound file of any format that FFmpeg reads. One channel and two stay as they are, more are mixed into one.

    `speed` 1 gives the sound out in real time, as a microphone would; None as fast as it goes. Opening reads the beginning, so that a file
    without sound is refused before a session begins: AudioUnreadable. What is broken in the middle is left out.
    """

    def __init__(self, path: Path, *, speed: float | None = None) -> None:
        self._path = path
        self._speed = speed
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
        """The sound from its beginning to its end, or to `stop`. Raises AudioUnreadable if the file goes away."""
        begun = time.monotonic()
        with _reading(self._path) as frames:
            for chunk in _cut(_resampled(frames, self._channels), LIVE_CHUNK if self._speed else FILE_CHUNK):
                if self._speed:
                    due = begun + (chunk.start + chunk.samples.shape[1]) / (SAMPLE_RATE * self._speed)
                    self._stopped.wait(max(0.0, due - time.monotonic()))
                if self._stopped.is_set():
                    return
                yield chunk

    def stop(self) -> None:
        """Ends `chunks`, at once even if it is waiting for its time."""
        self._stopped.set()


class Microphone:
    """A microphone through PortAudio; `device` is part of its name, None the system's default; one channel or two.

    Making one looks whether it can be opened; nothing is heard before `chunks` (R8). Raises MicrophoneMissing.
    """

    def __init__(self, device: str | None = None, channels: int = 1) -> None:
        self._portaudio = _portaudio()
        self._device = device
        self._channels = channels
        self._rate = self._usable_rate()
        self._waiting: Queue[Samples] = Queue(maxsize=int(BACKLOG * SAMPLE_RATE / LIVE_CHUNK))
        self._stopped = Event()
        self._heard = 0
        self._lost = False
        self._hangs = False

    def __repr__(self) -> str:
        return f"<Microphone, {self._channels} channels at {self._rate} Hz>"

    @property
    def channels(self) -> int:
        """1 or 2."""
        return self._channels

    def chunks(self) -> Iterator[Chunk]:
        """Sound as it comes, until `stop`.

        Raises MicrophoneMissing if the device does not open, MicrophoneLost after all that was captured.
        """
        if self._stopped.is_set():
            return
        stream = self._open()
        try:
            for chunk in _cut(self._at_our_rate(self._blocks(stream)), LIVE_CHUNK):
                self._heard = chunk.start + chunk.samples.shape[1]
                yield chunk
        finally:
            self._ask(stream.close)
        if self._lost:
            raise MicrophoneLost(seconds=self._heard // SAMPLE_RATE)

    def stop(self) -> None:
        """Ends `chunks` after the sound captured so far."""
        self._stopped.set()

    def _usable_rate(self) -> int:
        """Ours if the device takes it, its own otherwise."""
        try:
            found = self._portaudio.query_devices(self._device, "input")
        except (ValueError, self._portaudio.PortAudioError):
            found = None
        if found is None:
            raise MicrophoneMissing(problem="none is connected" if self._device is None else "none has this name")
        if found["max_input_channels"] < self._channels:
            raise MicrophoneMissing(
                problem=f"{self._channels} channels are wanted, it has {found['max_input_channels']}"
            )
        for rate in (SAMPLE_RATE, int(found["default_samplerate"])):
            try:
                self._portaudio.check_input_settings(self._device, self._channels, "float32", samplerate=rate)
            except (ValueError, self._portaudio.PortAudioError):
                continue
            return rate
        raise MicrophoneMissing(problem="it cannot be opened; another program may hold it")

    def _open(self) -> Any:
        """A running stream whose callback puts blocks of a tenth of a second into the queue."""

        def take(block: Any, frames: int, times: Any, status: Any) -> None:
            try:
                self._waiting.put_nowait(block.T.copy())  # PortAudio uses the block again
            except Full:  # nobody has taken anything for minutes: better an end that is seen than a hole that is not
                raise self._portaudio.CallbackAbort from None

        try:
            stream = self._portaudio.InputStream(
                samplerate=self._rate,
                blocksize=self._rate // 10,
                device=self._device,
                channels=self._channels,
                dtype="float32",
                callback=take,
            )
            stream.start()
        except (ValueError, self._portaudio.PortAudioError):
            stream = None
        if stream is None:
            raise MicrophoneMissing(problem="it cannot be opened; another program may hold it")
        return stream

    def _blocks(self, stream: Any) -> Iterator[Samples]:
        """What the callback captured, shape (channels, n), until `stop` or until the device is gone."""
        alive, patience = time.monotonic(), WAKING
        while not self._stopped.is_set():
            try:
                block = self._waiting.get(timeout=LIVE_CHUNK / SAMPLE_RATE)
            except Empty:
                if not stream.active or time.monotonic() - alive > patience:
                    self._lost = True
                    return
                continue
            yield block
            alive, patience = time.monotonic(), PATIENCE
        self._ask(stream.stop)
        while not self._waiting.empty():
            yield self._waiting.get_nowait()

    def _ask(self, step: Callable[..., None]) -> None:
        """Takes a step of the sound system's, and leaves it behind where it does not come to an end."""
        if self._hangs:
            return
        asking = Thread(target=step, kwargs={"ignore_errors": True}, daemon=True)
        asking.start()
        asking.join(ANSWER)
        self._hangs = asking.is_alive()
        if (
            self._hangs
        ):  # what sounddevice does at exit would wait for the same stream, and this process could never end
            atexit.unregister(self._portaudio._exit_handler)

    def _at_our_rate(self, blocks: Iterator[Samples]) -> Iterator[Samples]:
        if self._rate == SAMPLE_RATE:
            return blocks
        return _resampled(_as_frames(blocks, self._rate), self._channels)


def microphones() -> tuple[str, ...]:
    """The names of all that can be recorded from. Raises MicrophoneMissing where there is nothing."""
    names = tuple(str(found["name"]) for found in _portaudio().query_devices() if found["max_input_channels"])
    if not names:
        raise MicrophoneMissing(problem="none is connected")
    return names


def _portaudio() -> Any:
    """The sounddevice module: imported late, since it fails where there is no PortAudio."""
    try:
        import sounddevice
    except (ImportError, OSError):
        sounddevice = None
    if sounddevice is None:
        raise MicrophoneMissing(problem="PortAudio is not installed")
    return sounddevice


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


def _resampled(frames: Iterable[AudioFrame], channels: int) -> Iterator[Samples]:
    """The frames' sound at 16 kHz, shape (channels, n); a stream may change its rate or its channels on the way."""
    import av

    resampler, setup = None, None
    for frame in frames:
        frame.pts = None  # chunks follow each other without gaps, whatever the clock of the file says
        here = (frame.format.name, frame.layout.name, frame.sample_rate)
        if resampler is None or here != setup:
            if resampler is not None:
                yield from map(_samples, resampler.resample(None))
            resampler, setup = av.AudioResampler("fltp", LAYOUTS[channels], SAMPLE_RATE), here
        yield from map(_samples, resampler.resample(frame))
    if resampler is not None:
        yield from map(_samples, resampler.resample(None))


def _samples(frame: AudioFrame) -> Samples:
    """A frame as float32 in [-1, 1]; what is no number is silence."""
    samples = frame.to_ndarray().astype(np.float32, copy=True)
    return np.nan_to_num(samples, copy=False).clip(-1.0, 1.0, out=samples)


def _as_frames(blocks: Iterable[Samples], rate: int) -> Iterator[AudioFrame]:
    """Samples of shape (channels, n) as PyAV wants them."""
    import av

    for block in blocks:
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=LAYOUTS[block.shape[0]])
        frame.sample_rate = rate
        yield frame


def _cut(blocks: Iterable[Samples], size: int) -> Iterator[Chunk]:
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

"""A microphone as a source of sound, through PortAudio. Nothing is kept here but what waits to be taken.

opened ── no sample any more ──> gone: told ── tried every half second ──> open again: told, with its name
   └──────────────────────────── stop ────────────────────────────────────────┘
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import groupby, product
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import Any

import numpy as np

from kiskriv.capture import soundserver
from kiskriv.capture.chunks import LIVE_CHUNK, as_frames, cut, resampled
from kiskriv.capture.devices import ANSWER, Input, leave_without_farewell, portaudio, streams, usable
from kiskriv.errors import MicrophoneLost, MicrophoneMissing
from kiskriv.transcript import SAMPLE_RATE, Chunk, Samples

WAKING = 8.0
"""Seconds that a microphone may take to open, and until its first sample: some want to be found by radio."""

PATIENCE = 2.0
"""Seconds without a sample after which a microphone that gave some is gone."""

STEP = LIVE_CHUNK / SAMPLE_RATE
"""Seconds of sound that PortAudio hands over at a time, and from one look at the microphone to the next."""

RETRY = 0.5
"""Seconds from one try to open a microphone that is gone to the next."""

LOOK = 2.0
"""Seconds from one look whether the sound server lets us hear another microphone to the next."""

LOYALTY = 3.0
"""Seconds in which a microphone that was asked for by name may come back, before any other will do."""

BACKLOG = 300.0
"""Seconds of sound that wait to be taken at most."""


@dataclass(frozen=True, repr=False)
class _Block:
    """What one call of PortAudio's brought, shape (channels, n)."""

    source: Input
    samples: Samples


class Microphone:
    """A microphone through PortAudio; `device` is part of its name, None the system's default; one channel or two.

    Making one looks whether it can be opened; nothing is heard before `chunks` (R8). Raises MicrophoneMissing. One that goes away while it
    records is waited for: `lost` is told how many seconds were recorded, `back` the name of the one that goes on, both in the thread that
    takes the chunks. Any other will do then, and one that has a single channel for both, too. `back` is told of another one that a sound
    server put in its place unasked, as well. `stuck` is told, in another thread, where the one that went away is not let go of: what is
    plugged in later can only be seen by another process then.
    """

    def __init__(
        self,
        device: str | None = None,
        channels: int = 1,
        *,
        lost: Callable[[float], object] = lambda seconds: None,
        back: Callable[[str], object] = lambda name: None,
        stuck: Callable[[], object] = lambda: None,
    ) -> None:
        self._device = device
        self._channels = channels
        self._lost, self._back, self._stuck = lost, back, stuck
        self._sound = portaudio()
        streams.look_again()
        self._first = usable(device, channels)
        self._missing: MicrophoneMissing | None = None
        self._room = int(BACKLOG / STEP)
        self._waiting: SimpleQueue[_Block | None] = SimpleQueue()
        self._stopped, self._left = Event(), Event()
        self._overflown = False
        self.hangs = False
        """The sound system does not let go of it: only the end of this process surely closes it."""
        self._due = math.inf
        """When the next sample must have come, by `monotonic`."""

    def __repr__(self) -> str:
        return f"<Microphone, {self._channels} channels at {self._first.rate} Hz>"

    def tell(self, *, lost: Callable[[float], object], back: Callable[[str], object]) -> None:
        """These are told from here on."""
        self._lost, self._back = lost, back

    @property
    def channels(self) -> int:
        """1 or 2."""
        return self._channels

    def chunks(self) -> Iterator[Chunk]:
        """Sound as it comes, without a gap in its numbers, until `stop`.

        Raises MicrophoneMissing if the device does not open at first; MicrophoneLost after all that was captured, where nobody has taken
        any for minutes.
        """
        if self._stopped.is_set():
            return
        capture = Thread(target=self._capture, daemon=True)
        capture.start()
        try:
            heard = 0
            for chunk in cut(self._at_our_rate(self._blocks(capture)), LIVE_CHUNK):
                heard = chunk.start + chunk.samples.shape[1]
                yield chunk
        finally:
            self._leave(capture)
        if self._missing is not None:
            raise self._missing
        if self._overflown:
            raise MicrophoneLost(seconds=heard // SAMPLE_RATE)

    def stop(self) -> None:
        """Ends `chunks` after the sound captured so far."""
        self._stopped.set()

    # -- in the thread that takes the chunks ------------------------------------------------------------------------------------------

    def _blocks(self, capture: Thread) -> Iterator[_Block]:
        """What was captured until `stop`, or until `capture` ends; tells when the microphone goes away, and when it is back or another."""
        seconds, gone, name, look = 0.0, False, "", -math.inf
        for block in self._taken(capture):
            if block is None:
                if not gone:
                    self._lost(seconds)
                gone = True
                continue
            if gone or monotonic() > look:
                before, name = name, soundserver.microphone() or ("" if gone else name) or block.source.name
                if gone or before not in ("", name):
                    self._back(name)
                gone, look = False, monotonic() + LOOK
            yield block
            seconds += block.samples.shape[1] / block.source.rate

    def _taken(self, capture: Thread) -> Iterator[_Block | None]:
        """None where the microphone went away, and as long as it does not even open."""
        while capture.is_alive() and not self._stopped.is_set():
            try:
                yield self._waiting.get(timeout=STEP)
            except Empty:
                if monotonic() > self._due:
                    yield None
        if self._stopped.is_set():
            capture.join(ANSWER + STEP)
        while not self._waiting.empty():
            yield self._waiting.get_nowait()

    def _at_our_rate(self, blocks: Iterator[_Block]) -> Iterator[Samples]:
        """The one that goes on may have another rate than the one that went away."""
        for rate, same in groupby(blocks, lambda block: block.source.rate):
            sound = (block.samples for block in same)
            yield from sound if rate == SAMPLE_RATE else resampled(as_frames(sound, rate), self._channels)

    def _leave(self, capture: Thread) -> None:
        self._stopped.set()
        capture.join(ANSWER + STEP)
        self._left.set()
        if capture.is_alive():
            self.hangs = True
            leave_without_farewell()
        with suppress(Empty):
            while True:
                if block := self._waiting.get_nowait():
                    block.samples.fill(0)

    # -- in a thread of its own: a sound system may take its time, or never answer -----------------------------------------------------

    def _capture(self) -> None:
        """Records until it is stopped, with whatever microphone there is, once the first was there."""
        try:
            stream = self._open(self._first)
        except MicrophoneMissing as missing:
            self._missing = missing
            return
        while stream is not None:
            if not streams.close(stream, finish=self._listened(stream)):
                self.hangs = True
                if not self._stopped.is_set():
                    self._stuck()
            stream = self._again()

    def _listened(self, stream: Any) -> bool:
        """Waits until it is stopped, or gives nothing any more: False."""
        with suppress(self._sound.PortAudioError):
            while stream.active and monotonic() < self._due:
                if self._stopped.wait(STEP):
                    return True
        self._waiting.put(None)
        return False

    def _again(self) -> Any:
        """The next stream, or None when it was stopped."""
        loyal_until = monotonic() + LOYALTY
        wanted = [(self._device, self._channels)]
        any_other = list(product((self._device, None), range(self._channels, 0, -1)))
        while not (self._overflown or self._stopped.wait(RETRY)):
            streams.look_again()
            for device, channels in wanted if monotonic() < loyal_until else any_other:
                with suppress(MicrophoneMissing):
                    return self._open(usable(device, channels))
        return None

    def _open(self, source: Input) -> Any:
        """A running stream whose callback lets blocks of a tenth of a second wait. Raises MicrophoneMissing."""

        def take(block: Any, frames: int, times: Any, status: Any) -> None:
            if self._left.is_set():  # it should be closed by now, and is not: nobody hears any more
                raise self._sound.CallbackAbort
            self._due = monotonic() + PATIENCE
            self._overflown = self._waiting.qsize() >= self._room
            if self._overflown:  # nobody has taken anything for minutes: an end that is seen, not a hole that is not
                raise self._sound.CallbackAbort
            copy = np.repeat(block.T, self._channels // source.channels, axis=0)  # PortAudio uses the block again
            self._waiting.put(_Block(source, copy))

        self._due = monotonic() + WAKING
        make = partial(
            self._sound.InputStream,
            samplerate=source.rate,
            blocksize=round(source.rate * STEP),
            device=source.index,
            channels=source.channels,
            dtype="float32",
            callback=take,
        )
        try:
            return streams.open(make)
        except (ValueError, self._sound.PortAudioError):
            pass
        raise MicrophoneMissing(problem="it cannot be opened; another program may hold it")

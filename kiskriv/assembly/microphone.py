"""The microphone's process: `python -m kiskriv.assembly.microphone LINE [--settings FILE]`.

It alone reaches the sound system. It hears only between Listen and Stop, plays what it is given until Stop, and keeps nothing. Every
Listen, every Try and every Sound has one answer: Done or Failed.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

import numpy as np

from kiskriv.config import Config, load
from kiskriv.errors import CaptureError, LoudspeakerMissing, Malformed, MicrophoneMissing, PeerGone
from kiskriv.machine import awake, harden, lock_memory, silence
from kiskriv.session import Continued, Interrupted
from kiskriv.transcript import SAMPLE_RATE, Samples
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed
from kiskriv.wire.channel import Channel

if TYPE_CHECKING:
    from kiskriv.capture import Microphone

NO_MORE: Final = 0.5
"""Seconds without another piece of sound after which the loudspeaker is given back."""


def main(arguments: list[str]) -> None:
    """Never returns."""
    silence()
    harden()
    lock_memory()
    config = load(Path(arguments[2]) if arguments[1:2] == ["--settings"] else None)
    with suppress(PeerGone, Malformed):
        _serve(Channel(socket.socket(fileno=int(arguments[0]))), config)
    gc.collect()
    os._exit(0)


def _serve(line: Channel, config: Config) -> None:
    """Until the room goes; this thread hears it, others hear the sound, and play it. Raises PeerGone, Malformed."""
    ears, mouth = _Ears(line, config), _Mouth(line)
    while True:
        message, octets = line.receive()
        if isinstance(message, say.Sound):
            mouth.play(np.frombuffer(octets, np.float32).reshape(message.channels, message.length))
            continue
        ears.stop()
        mouth.stop()
        match message:
            case say.Listen(device):
                ears.listen(device)
            case say.Try(device, seconds):
                ears.try_out(device, seconds)
            case say.Inputs():
                line.send(_named(config))


def _named(config: Config) -> say.Message:
    from kiskriv.assembly.parts import microphones

    try:
        return say.Named(microphones(config))
    except CaptureError as error:
        return failed(error)


class _Ears:
    """Hears by one microphone at a time."""

    def __init__(self, line: Channel, config: Config) -> None:
        self._line, self._settings = line, config.microphone
        self._microphone: Microphone | None = None

    def stop(self) -> None:
        """Hears no more; what was heard so far is still said."""
        if self._microphone is not None:
            self._microphone.stop()

    def listen(self, device: str) -> None:
        """Says what it hears from here to `stop`, and keeps the machine awake as long."""
        self._begin(
            self._listen,
            device,
            lost=lambda seconds: self._line.send(Interrupted(seconds)),
            back=lambda name: self._line.send(Continued(name)),
            stuck=_leave,
        )

    def try_out(self, device: str, seconds: float) -> None:
        """Says how loud it is, for so many seconds."""
        self._begin(partial(self._try_out, length=round(seconds * SAMPLE_RATE)), device, lost=lambda _: self.stop())

    def _begin(self, work: Callable[[Microphone], None], device: str, **told: Callable[..., object]) -> None:
        from kiskriv.capture import Microphone

        chosen = device or self._settings.device or None
        try:
            self._microphone = Microphone(chosen, self._settings.channels, **told)
        except CaptureError as error:
            self._line.send(failed(error))
        else:
            Thread(target=self._answered, args=(work, self._microphone), daemon=True).start()

    def _answered(self, work: Callable[[Microphone], None], microphone: Microphone) -> None:
        with suppress(PeerGone):
            try:
                work(microphone)
            except CaptureError as error:
                self._line.send(failed(error))
            else:
                self._line.send(say.Done())
        if microphone.hangs:
            _leave()

    def _listen(self, microphone: Microphone) -> None:
        with awake("a consultation is being recorded"):
            for chunk in microphone.chunks():
                sound = say.Sound(*chunk.samples.shape)
                self._line.send(sound, np.ascontiguousarray(chunk.samples).data.cast("B"))
                chunk.samples.fill(0)

    def _try_out(self, microphone: Microphone, length: int) -> None:
        heard = 0
        for chunk in microphone.chunks():
            if heard < length:
                self._line.send(say.Levels(tuple(np.abs(chunk.samples).max(axis=1).tolist())))
            else:
                microphone.stop()
            chunk.samples.fill(0)
            heard = chunk.start + chunk.samples.shape[1]
        if heard < length:
            raise MicrophoneMissing(problem="it gives no sound")


def _leave() -> None:
    """A sound system that does not answer may hold a microphone open for as long as there is this process. The room asks for another."""
    os._exit(0)


@dataclass(frozen=True, repr=False)
class _Piece:
    """Samples to be played, shape (1, n), unless `over` is set by then."""

    samples: Samples
    over: Event


class _Mouth:
    """Plays piece after piece, in a thread of its own."""

    def __init__(self, line: Channel) -> None:
        self._line = line
        self._waiting = SimpleQueue[_Piece]()
        self._over = Event()
        Thread(target=self._work, daemon=True).start()

    def play(self, samples: Samples) -> None:
        """After what it was given before; `samples` is wiped."""
        self._waiting.put(_Piece(samples, self._over))

    def stop(self) -> None:
        """Plays no more of what it was given so far."""
        self._over.set()
        self._over = Event()

    def _work(self) -> None:
        from kiskriv.capture import Loudspeaker

        with suppress(PeerGone):
            while True:
                first = self._waiting.get()
                if first.over.is_set():  # not worth a loudspeaker
                    self._be_done_with(first)
                    continue
                try:
                    for _ in Loudspeaker().play(self._pieces(first)):
                        pass
                except LoudspeakerMissing as error:  # the piece that was to be played has had no answer yet
                    first.samples.fill(0)
                    self._line.send(failed(error))

    def _pieces(self, piece: _Piece | None) -> Iterator[Samples]:
        """This one and those that come before the loudspeaker is given back; each is answered when it was played."""
        while piece is not None:
            if not piece.over.is_set():
                yield piece.samples
            self._be_done_with(piece)
            try:
                piece = self._waiting.get(timeout=NO_MORE)
            except Empty:
                piece = None

    def _be_done_with(self, piece: _Piece) -> None:
        piece.samples.fill(0)
        self._line.send(say.Done())


if __name__ == "__main__":
    main(sys.argv[1:])

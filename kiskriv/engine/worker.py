"""Decodes windows for rooms, one after another, each line in its turn.

    host ──Supply──> another room's line          room ──Window──> Words | Failed
         ──Forget──> Forgotten (searched)
         ──Retire──> everything is freed, and the process ends

Where the host goes away the rooms are served on; with the last of them the process ends too.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

import numpy as np

from kiskriv.errors import Malformed, PeerGone, RecogniserFailed
from kiskriv.machine import search_memory
from kiskriv.transcript import Samples, Word
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed
from kiskriv.wire.channel import Channel


class Model(Protocol):
    """What decodes."""

    def transcribe(self, windows: Sequence[Samples]) -> list[list[Word]]:
        """See `kiskriv.session.Transcriber`."""


class Worker:
    """Serves every line that the host supplies."""

    def __init__(self, control: Channel, model: Model) -> None:
        self._control: Channel | None = control
        self._model = model
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ, control)
        self._rooms = 0

    def serve(self) -> None:
        """Returns when it is retired, or when nobody is left to serve; every line has ended then."""
        try:
            self._serve()
        finally:
            for key in list(self._selector.get_map().values()):
                self._let_go(key.data)
            self._selector.close()

    def _serve(self) -> None:
        while self._control is not None or self._rooms:
            for key, _ in self._selector.select():
                line: Channel = key.data
                try:
                    message, octets = line.receive()
                    if line is self._control:
                        if isinstance(message, say.Retire):
                            return
                        self._obey(line, message)
                    else:
                        self._decode(line, message, octets)
                except (PeerGone, Malformed):
                    self._let_go(line)

    def _obey(self, control: Channel, message: say.Message) -> None:
        match message:
            case say.Supply():
                room = Channel(socket.socket(fileno=control.descriptor()))
                self._selector.register(room, selectors.EVENT_READ, room)
                self._rooms += 1
            case say.Forget(mask, masked):
                control.send(say.Forgotten(search_memory(bytes.fromhex(mask), bytes.fromhex(masked))))
            case _:
                raise Malformed

    def _decode(self, room: Channel, message: say.Message, octets: bytearray) -> None:
        if not isinstance(message, say.Window):
            octets[:] = bytes(len(octets))
            raise Malformed
        samples = np.frombuffer(octets, np.float32).reshape(1, -1)
        try:
            (words,) = self._model.transcribe([samples])
            answer: say.Message = say.Words(tuple(words))
        except Exception:  # what it says could hold what was said; the room tries again, and counts
            answer = failed(RecogniserFailed(attempts=1))
        finally:
            samples.fill(0)
        room.send(answer)

    def _let_go(self, line: Channel) -> None:
        for key in list(self._selector.get_map().values()):
            if key.data is line:
                self._selector.unregister(key.fileobj)
        with suppress(OSError):
            line.close()
        if line is self._control:
            self._control = None
        else:
            self._rooms -= 1

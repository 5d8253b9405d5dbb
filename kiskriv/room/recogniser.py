"""The engine on the other end of a line: a window goes out, its words come back, and an engine that dies is asked again."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue

import numpy as np

from kiskriv.errors import Malformed, PeerGone, RecogniserFailed
from kiskriv.transcript import Samples, Word
from kiskriv.wire.channel import Channel
from kiskriv.wire.messages import Failed, Window, Words

ATTEMPTS = 3
"""How often a window is tried: one that fails so often would take every engine down with it."""


class Recogniser:
    """A `Transcriber` for one session. Lines come from any thread; `transcribe` waits for one as long as there is none."""

    def __init__(self, trace: bytes) -> None:
        self._trace = trace
        self._lines: SimpleQueue[Channel | None] = SimpleQueue()
        self._line: Channel | None = None
        self._abandoned = False

    def supply(self, descriptor: int) -> None:
        """Another engine, on a connected socket."""
        line = Channel(socket.socket(fileno=descriptor))
        line.trace = self._trace
        self._lines.put(line)
        if self._abandoned:
            self.abandon()

    def transcribe(self, windows: Sequence[Samples]) -> list[list[Word]]:
        """See `Transcriber`. Raises RecogniserFailed."""
        return [self._words(np.ascontiguousarray(window)) for window in windows]

    def abandon(self) -> None:
        """Hangs up on every engine: a `transcribe` that waits is woken, and no other begins."""
        self._abandoned = True
        with suppress(Empty):
            while True:
                if (waiting := self._lines.get_nowait()) is not None:
                    waiting.close()
        self._lines.put(None)
        if (line := self._line) is not None:
            line.close()

    def _words(self, samples: Samples) -> list[Word]:
        for _ in range(ATTEMPTS):
            line = self._current()
            try:
                line.send(Window(samples.shape[1]), samples.data.cast("B"))
                answer, _octets = line.receive()
            except (PeerGone, Malformed):
                line.close()
                self._line = None
                continue
            match answer:
                case Words(words):
                    return list(words)
                case Failed():
                    continue
                case _:
                    line.close()
                    self._line = None
        raise RecogniserFailed(attempts=ATTEMPTS)

    def _current(self) -> Channel:
        """The newest line, once there is one; older ones lead to engines that are gone."""
        while not self._lines.empty() or self._line is None:
            line = None if self._abandoned else self._lines.get()
            if line is None:
                self._abandoned = True
                raise RecogniserFailed(attempts=0)
            if self._line is not None:
                self._line.close()
            self._line = line
        return self._line

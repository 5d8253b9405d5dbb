"""Lines to a language model's server, one for each answer: asked of the host, which has a way out where a room has none."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final

from kiskriv.errors import WriterUnreachable

COMING: Final = 10.0
"""Seconds in which a line comes, also one to a server that does not answer."""


class ServerLine:
    """`wants` asks the host for a line. Lines come from any thread; who asks waits for one."""

    def __init__(self, wants: Callable[[], object]) -> None:
        self._wants = wants
        self._lines: SimpleQueue[socket.socket | None] = SimpleQueue()
        self._abandoned = False

    def supply(self, descriptor: int) -> None:
        """A connected socket."""
        self._lines.put(socket.socket(fileno=descriptor))
        if self._abandoned:
            self.abandon()

    def connect(self) -> socket.socket:
        """A new line. Raises WriterUnreachable where none comes."""
        self._hang_up()  # one that came too late for who asked
        if self._abandoned:
            raise WriterUnreachable
        self._wants()
        line = None
        with suppress(Empty):
            line = self._lines.get(timeout=COMING)
        if line is None:
            raise WriterUnreachable
        return line

    def abandon(self) -> None:
        """Nobody wants any more: who waits is woken, and no line is taken. From any thread."""
        self._abandoned = True
        self._hang_up()
        self._lines.put(None)

    def _hang_up(self) -> None:
        with suppress(Empty):
            while True:
                if (line := self._lines.get_nowait()) is not None:
                    line.close()

"""Lines to a language model's server, one for each answer: asked of the host, which has a way out where a room has none."""

from __future__ import annotations

import socket
from collections.abc import Callable
from threading import Condition
from typing import Final

from kiskriv.errors import WriterUnreachable

COMING: Final = 10.0
"""Seconds in which a line comes, also one to a server that does not answer."""


class ServerLine:
    """`wants` asks the host for a line. Lines come from any thread; who asks waits for one, and where nobody waits it is hung up."""

    def __init__(self, wants: Callable[[], object]) -> None:
        self._wants = wants
        self._changed = Condition()
        self._line: socket.socket | None = None
        self._awaited = False

    def supply(self, descriptor: int) -> None:
        """A connected socket."""
        line = socket.socket(fileno=descriptor)
        with self._changed:
            if self._awaited and self._line is None:
                self._line = line
                self._changed.notify_all()
                return
        line.close()

    def connect(self) -> socket.socket:
        """A new line. Raises WriterUnreachable where none comes."""
        with self._changed:
            self._awaited = True
            self._wants()
            self._changed.wait_for(lambda: self._line is not None or not self._awaited, COMING)
            line, self._line, self._awaited = self._line, None, False
        if line is None:
            raise WriterUnreachable
        return line

    def cease(self) -> None:
        """Nobody waits any more: who does is woken. From any thread."""
        with self._changed:
            self._awaited = False
            self._changed.notify_all()

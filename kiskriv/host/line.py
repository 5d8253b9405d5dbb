"""One end of a line between two processes, for asyncio."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from kiskriv.errors import Malformed, PeerGone
from kiskriv.wire.frames import Reader, frame
from kiskriv.wire.messages import Message


class Line:
    """A connected stream socket. What a host says and hears is small and holds nothing of a consultation."""

    def __init__(self, line: socket.socket) -> None:
        line.setblocking(False)
        self._socket = line
        self._reader = Reader()
        self._sending = asyncio.Lock()
        self._users = 0
        self.closed = False

    def close(self) -> None:
        """Ends it, and wakes whoever waits on it. Closing twice does no harm."""
        if not self.closed:
            self.closed = True
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._let_go()

    async def send(self, message: Message, descriptor: int | None = None) -> None:
        """Sends a message, and a descriptor with it. Raises PeerGone."""
        framed = bytes(frame(message))
        with self._used():
            async with self._sending:
                if descriptor is not None:
                    sent = socket.send_fds(self._socket, [framed], [descriptor])
                    framed = framed[sent:]
                await asyncio.get_running_loop().sock_sendall(self._socket, framed)

    async def receive(self) -> Message:
        """The next message. Raises PeerGone; Malformed, also for sound, which has no business here."""
        loop = asyncio.get_running_loop()
        with self._used():
            while True:
                with self._reader.wanted as wanted:
                    count = await loop.sock_recv_into(self._socket, wanted)
                if count == 0:
                    raise PeerGone
                if (heard := self._reader.filled(count)) is not None:
                    message, octets = heard
                    if octets:
                        octets[:] = bytes(len(octets))
                        raise Malformed
                    return message

    @contextmanager
    def _used(self) -> Iterator[None]:
        """The descriptor stays open until nobody waits on it: the event loop would lose sight of who does."""
        if self.closed:
            raise PeerGone
        self._users += 1
        try:
            yield
        except OSError:
            raise PeerGone from None
        finally:
            self._users -= 1
            self._let_go()

    def _let_go(self) -> None:
        if self.closed and not self._users:
            self._socket.close()
            self._reader.wipe()

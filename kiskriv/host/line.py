"""One end of a line between two processes, for asyncio."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

from kiskriv.errors import Malformed, PeerGone
from kiskriv.wire.frames import Reader, frame
from kiskriv.wire.messages import Message


class Line:
    """A connected stream socket. What a host says and hears is small and holds nothing of a consultation."""

    def __init__(self, line: socket.socket) -> None:
        line.setblocking(False)
        self.socket = line
        self._reader = Reader()
        self._sending = asyncio.Lock()

    def close(self) -> None:
        """Ends it. Closing twice does no harm."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    async def send(self, message: Message, descriptor: int | None = None) -> None:
        """Sends a message, and a descriptor with it. Raises PeerGone."""
        framed = bytes(frame(message))
        try:
            async with self._sending:
                if descriptor is not None:
                    sent = socket.send_fds(self.socket, [framed], [descriptor])
                    framed = framed[sent:]
                await asyncio.get_running_loop().sock_sendall(self.socket, framed)
        except OSError:
            gone = True
        else:
            gone = False
        if gone:
            raise PeerGone

    async def receive(self) -> Message:
        """The next message. Raises PeerGone; Malformed, also for sound, which has no business here."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                with self._reader.wanted as wanted:
                    count = await loop.sock_recv_into(self.socket, wanted)
                if count == 0:
                    break
                if (heard := self._reader.filled(count)) is not None:
                    message, octets = heard
                    if octets:
                        octets[:] = bytes(len(octets))
                        raise Malformed
                    return message
        except OSError:
            pass
        raise PeerGone

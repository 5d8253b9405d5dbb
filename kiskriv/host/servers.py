"""A line to the clinic's language model for a room, which has no way out itself: the host calls, and never hears what is said there."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

from kiskriv.errors import PeerGone, WriterUnreachable
from kiskriv.host.line import Line
from kiskriv.wire import messages as say
from kiskriv.writer.address import Address, connect


async def supply_server(room: Line, where: Address) -> None:
    """A new line to it; where it does not answer, one that has ended, so that nobody waits in vain."""
    with suppress(OSError, PeerGone), await _called(where) as line:
        await room.send(say.Supply(say.Part.WRITER), line.fileno())


async def _called(where: Address) -> socket.socket:
    """Raises OSError."""
    with suppress(WriterUnreachable):
        return await asyncio.to_thread(connect, where)
    ours, theirs = socket.socketpair()
    theirs.close()
    return ours

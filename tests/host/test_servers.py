"""A room that asks gets a line to the clinic's language model, or learns at once that there is none."""

from __future__ import annotations

import socket
from contextlib import closing

from kiskriv.host.line import Line
from kiskriv.host.servers import supply_server
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel
from kiskriv.writer.address import Address


async def handed(where: Address) -> socket.socket:
    """What a room gets that wants a line there."""
    ours, theirs = socket.socketpair()
    room, line = Channel(theirs), Line(ours)
    await supply_server(line, where)
    try:
        assert room.receive()[0] == say.Supply(say.Part.WRITER)
        return socket.socket(fileno=room.descriptor())
    finally:
        line.close()
        room.close()


async def test_the_line_leads_to_the_server() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        closing(await handed(Address("127.0.0.1", server.getsockname()[1]))) as line,
    ):
        line.setblocking(True)
        line.sendall(b".")
        with server.accept()[0] as accepted:
            assert accepted.recv(1) == b"."
            line.close()
            assert accepted.recv(1) == b"", "the host held on to it"


async def test_where_nobody_answers_the_line_has_ended() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with closing(await handed(Address("127.0.0.1", nobody.getsockname()[1]))) as line:
            assert line.recv(1) == b""


async def test_a_room_that_is_gone_is_no_matter() -> None:
    ours, theirs = socket.socketpair()
    line = Line(ours)
    theirs.close()
    await supply_server(line, Address("127.0.0.1", 9))
    line.close()
    await supply_server(line, Address("127.0.0.1", 9))

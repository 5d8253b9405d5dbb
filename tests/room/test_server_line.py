"""A room writes through a line that it was handed: it has no way out of its own, and nobody else hears what it asks."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from kiskriv.errors import WriterUnreachable
from kiskriv.machine import launch_environment
from kiskriv.room import server_line
from kiskriv.room.server_line import ServerLine
from kiskriv.writer.address import connect
from tests.draft.consultations import reply
from tests.draft.model_server import certificate, says, serves, serving


def test_each_answer_has_a_line_of_its_own() -> None:
    others: list[socket.socket] = []

    def hand_over() -> None:
        ours, theirs = socket.socketpair()
        others.append(ours)
        lines.supply(theirs.detach())

    lines = ServerLine(hand_over)
    for number in range(2):
        with closing(lines.connect()) as line, closing(others[number]) as other:
            line.sendall(b".")
            assert other.recv(1) == b"."
    assert len(others) == 2


def test_a_line_that_came_too_late_is_not_taken_for_the_next() -> None:
    late, theirs = socket.socketpair()
    fresh, new = socket.socketpair()
    lines = ServerLine(lambda: lines.supply(new.detach()))
    with closing(late), closing(fresh):
        lines.supply(theirs.detach())
        with closing(lines.connect()) as line:
            line.sendall(b".")
            assert fresh.recv(1) == b"."
        assert late.recv(1) == b""


def test_where_none_comes_it_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_line, "COMING", 0.01)
    with pytest.raises(WriterUnreachable):
        ServerLine(lambda: None).connect()


def test_who_waits_is_let_go_and_later_lines_are_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_line, "COMING", None)  # for ever
    waits = Event()
    lines = ServerLine(waits.set)
    ceasing = Thread(target=lambda: waits.wait(30) and lines.cease())
    ceasing.start()
    with pytest.raises(WriterUnreachable):
        lines.connect()
    ceasing.join()
    ours, theirs = socket.socketpair()
    with closing(ours):
        lines.supply(theirs.detach())
        assert ours.recv(1) == b""


WALLED = """
import socket
from pathlib import Path
from kiskriv.draft.prompt import Message, Request
from kiskriv.machine import Walls, confine, harden, lock_memory
from kiskriv.writer.address import Address, connect, trust
from kiskriv.writer.endpoint import Endpoint, Service

service = Service(Address("127.0.0.1", {port}, tls={tls}), "m", 8192, {trusted})
harden(); lock_memory(); confine(Walls(), ({line},))
from kiskriv.room.server_line import ServerLine
lines = ServerLine(lambda: lines.supply({line}))
request = Request((Message("user", "hei"),), 99, 30.0, "", {{}})
print("".join(Endpoint(service, lines.connect, lines.cease).write(request)) == {answer!r})
try:
    connect(service.where)
except OSError as error:
    print(type(error).__name__)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="walls are built on Linux")
@pytest.mark.parametrize("tls", [False, True])
def test_inside_the_walls_a_line_that_was_handed_over_is_enough_and_none_can_be_made(tls: bool, tmp_path: Path) -> None:
    file = certificate(tmp_path / "server.pem", "127.0.0.1")
    with serving(says(reply()), serves(file) if tls else None) as server, connect(server.address) as line:
        trusted = f"trust(Path({str(file)!r}))" if tls else None
        program = WALLED.format(port=server.server_port, tls=tls, trusted=trusted, line=line.fileno(), answer=reply())
        walled = subprocess.run(
            [sys.executable, "-P", "-s", "-c", program],
            env=launch_environment(),
            pass_fds=(line.fileno(),),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert walled.stdout.split() == ["True", "PermissionError"], walled.stderr
    assert len(server.asked) == 1

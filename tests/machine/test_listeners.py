"""Who listens on this machine: what the kernel tells is read for the very address, and only people are strangers."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("Linux tells it", allow_module_level=True)

from kiskriv.machine.linux import listeners
from kiskriv.machine.linux.listeners import strangers_at

ROW = "  0: {at}:1F90 00000000:0000 {state} 00000000:00000000 00:00000000 00000000 {user:5}        0 1583 1 0 100 0 0 10 0\n"
HERE, EVERYWHERE, OTHER = "0100007F", "00000000", "0200007F"
HERE_6, EVERYWHERE_6, MAPPED = "0" * 24 + "01000000", "0" * 32, "0000000000000000FFFF0000" + HERE
LISTENS, CONNECTED = "0A", "01"
PERSON = 54321 if os.getuid() != 54321 else 54322


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(listeners, "_TABLES", (tmp_path / "tcp", tmp_path / "none"))
    return tmp_path / "tcp"


def written(table: Path, at: str, user: int, state: str = LISTENS) -> None:
    table.write_text("  sl  local_address ...\n" + ROW.format(at=at, user=user, state=state))


@pytest.mark.skipif(sys.byteorder == "big", reason="the rows are of a little-endian machine")
@pytest.mark.parametrize(
    ("at", "host", "heard"),
    [
        (HERE, "127.0.0.1", True),
        (EVERYWHERE, "127.0.0.1", True),
        (OTHER, "127.0.0.1", False),
        (HERE_6, "::1", True),
        (HERE_6, "127.0.0.1", False),
        (EVERYWHERE_6, "::1", True),
        (EVERYWHERE_6, "127.0.0.1", True),
        (EVERYWHERE, "::1", False),
        (MAPPED, "127.0.0.1", True),
    ],
)
def test_another_persons_program_is_a_stranger_where_it_can_be_reached(
    table: Path, at: str, host: str, heard: bool
) -> None:
    written(table, at, PERSON)
    assert strangers_at(host, 0x1F90) is heard
    assert not strangers_at(host, 0x1F91)


@pytest.mark.parametrize("user", [os.getuid(), 0, 998, 62000])
def test_our_own_program_and_the_systems_are_none(table: Path, user: int) -> None:
    written(table, EVERYWHERE, user)
    assert not strangers_at("127.0.0.1", 0x1F90)


def test_who_is_connected_does_not_listen(table: Path) -> None:
    written(table, HERE, PERSON, CONNECTED)
    assert not strangers_at("127.0.0.1", 0x1F90)


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_the_kernel_tells_of_a_true_socket(family: int, host: str) -> None:
    with socket.socket(family) as listening:
        try:
            listening.bind((host, 0))
        except OSError:
            pytest.skip("no such family here")
        listening.listen()
        assert list(listeners._users(host, listening.getsockname()[1])) == [os.getuid()]

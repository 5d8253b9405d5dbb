"""The machine does not go to sleep while it must not, and is let go of however the process ends: asked of a logind of the test's own."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from kiskriv.machine import awake

linux_awake = pytest.importorskip("kiskriv.machine.linux.awake", reason="logind is Linux's")
jeepney = pytest.importorskip("jeepney")
blocking = pytest.importorskip("jeepney.io.blocking")

RELEASED_WITHIN = 5.0
"""Seconds."""

BUS = """
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={path}</listen>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
  </policy>
</busconfig>
"""


class Logind:
    """Says yes, no or nothing to who wants to keep the machine awake; knows who does."""

    def __init__(self, address: str) -> None:
        self.answer = "yes"
        self.asked: list[tuple[str, ...]] = []
        self.locks: list[int] = []
        self._line = blocking.open_dbus_connection(address, enable_fds=True)
        self._line.send_and_get_reply(jeepney.message_bus.RequestName("org.freedesktop.login1"))
        self._serving = Thread(target=self._serve, daemon=True)
        self._serving.start()

    def close(self) -> None:
        """When the bus has ended."""
        self._serving.join()
        self._line.close()
        for lock in self.locks:
            os.close(lock)

    def _serve(self) -> None:
        with suppress(Exception):  # the bus ends with the test
            while True:
                self._hear(self._line.receive())

    def _hear(self, message: Any) -> None:
        if message.header.message_type is not jeepney.MessageType.method_call:
            return
        self.asked.append(message.body)
        if self.answer == "yes":
            lock, theirs = os.pipe()
            self.locks.append(lock)
            self._line.send(jeepney.new_method_return(message, "h", (theirs,)))
            os.close(theirs)
        elif self.answer == "no":
            self._line.send(jeepney.new_error(message, "org.freedesktop.DBus.Error.AccessDenied"))

    def held(self) -> bool:
        """Whether somebody holds the newest lock."""
        return not select.select([self.locks[-1]], [], [], 0)[0]

    def released(self) -> bool:
        """Whether it is let go of soon."""
        return bool(select.select([self.locks[-1]], [], [], RELEASED_WITHIN)[0])


@pytest.fixture
def logind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Logind]:
    if not (shutil.which("dbus-daemon") and shutil.which("systemd-inhibit")):
        pytest.skip("no logind can be played: needs dbus-daemon and systemd-inhibit")
    (tmp_path / "bus.conf").write_text(BUS.format(path=tmp_path / "bus"))
    command = ["dbus-daemon", "--nofork", "--nopidfile", "--print-address", f"--config-file={tmp_path / 'bus.conf'}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as bus:
        assert bus.stdout
        address = bus.stdout.readline().strip()
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        logind = Logind(address)
        yield logind
        bus.kill()
        logind.close()


def test_the_machine_stays_awake_while_the_block_lasts_and_no_longer(logind: Logind) -> None:
    with awake("a consultation is being recorded") as held:
        assert held
        assert logind.held()
    assert logind.released()
    assert logind.asked == [("idle:sleep:handle-lid-switch", "kiskriv", "a consultation is being recorded", "block")]


def test_a_block_that_fails_lets_the_machine_go(logind: Logind) -> None:
    with pytest.raises(ZeroDivisionError), awake("it is tried"):
        1 / 0  # noqa: B018
    assert logind.released()


def test_a_process_that_is_killed_lets_the_machine_go(logind: Logind) -> None:
    program = "import sys; from kiskriv.machine import awake\nwith awake('it is tried') as held: print(held, flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"True\n"
        assert logind.held()
        child.kill()
        assert logind.released()


@pytest.mark.parametrize("answer", ["no", "nothing"])
def test_a_system_that_does_not_say_yes_stops_nothing(
    logind: Logind, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linux_awake, "_PATIENCE", 0.1)
    logind.answer = answer
    done = False
    with awake("it is tried") as held:
        done = True
    assert (held, done) == (False, True)


def test_a_system_that_cannot_be_asked_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with awake("it is tried") as held:
        assert not held

"""Every way out of the screen goes past the erasure, and no way out says what was said (promises 2 and 5; T11 of the security notes)."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path

import pytest

from kiskriv.tui.asking import Ask
from kiskriv.tui.screens import Home, Informed, Recording
from kiskriv.tui.widgets import Levels
from tests.tui.conftest import consulting
from tests.tui.fakes import Scene
from tests.tui.on_a_terminal import TAG

PATIENCE = 60.0
NORMAL_SCREEN = b"\x1b[?1049l"


async def test_quitting_in_the_middle_asks_once_then_erases() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.begins()
        await doctor.press("ctrl+q")
        await doctor.at(Ask)
        await doctor.sees("Avslutte midt i en konsultasjon?")
        await doctor.press("ctrl+c", "n")  # asked once, not twice
        assert type(doctor.app.screen) is Recording and doctor.scene.open
        await doctor.press("ctrl+c", "j")
        await doctor.until(lambda: doctor.app.return_code is not None)
    assert doctor.scene.steps[-3:] == ["recorded", "ended interrupted", "left"]
    assert doctor.app.return_code == 0


async def test_quitting_from_home_needs_no_question() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.at(Home)
        await doctor.press("q")
        await doctor.until(lambda: doctor.app.return_code is not None)
    assert doctor.scene.steps == []


async def test_a_screen_that_ends_in_any_way_has_left_the_session_first() -> None:
    scene = Scene()
    async with consulting(scene) as doctor:
        await doctor.begins()
    assert scene.steps[-2:] == ["ended interrupted", "left"]  # by the time that the app is gone


async def test_a_crash_of_the_screen_leaves_the_session_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Levels, peaks: object) -> None:
        raise ZeroDivisionError(TAG)

    monkeypatch.setattr(Levels, "show", broken)
    scene = Scene()
    with pytest.raises(ZeroDivisionError):
        async with consulting(scene) as doctor:
            await doctor.at(Home)
            await doctor.press("enter")
            await doctor.at(Informed)
            await doctor.pilot.press("j")
            await doctor.until(lambda: "left" in scene.steps)
    assert scene.steps[-1] == "left" and doctor.app.return_code == 70


async def test_a_fault_in_a_step_leaves_the_session_and_becomes_a_code() -> None:
    scene = Scene(fails={"approve": ZeroDivisionError(TAG)})
    with pytest.raises(RuntimeError, match=r"^ZeroDivisionError-") as fallen:
        async with consulting(scene) as doctor:
            await doctor.reviews()
            await doctor.press("a")
            await doctor.pilot.press("j")
            await doctor.until(lambda: "left" in scene.steps)
            await doctor.until(lambda: False)
    assert TAG not in str(fallen.value)
    assert scene.steps[-2:] == ["ended failed", "left"]
    assert doctor.app.return_code == 70


class Terminal:
    """A program on a pseudo-terminal of 120 x 40, seen and typed at by the test."""

    def __init__(self, diary: Path, manner: str) -> None:
        self.seen = b""
        self._diary = diary
        self._master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        root = Path(__file__).parents[2]
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "PYTHONPATH": str(root),
            "TEXTUAL_LOG": str(diary.with_name("log")),
        }
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.tui.on_a_terminal", str(diary), manner],
            stdin=slave, stdout=slave, stderr=slave, cwd=root, env=environment, start_new_session=True,
        )  # fmt: skip
        os.close(slave)

    def until(self, words: bytes) -> None:
        """Reads on until the words were painted since the last call."""
        begun, deadline = len(self.seen), time.monotonic() + PATIENCE
        while words not in self.seen[begun:]:
            assert time.monotonic() < deadline, self.seen[begun:].decode(errors="replace")
            assert self._read(), self.seen[begun:].decode(errors="replace")

    def press(self, keys: bytes) -> None:
        """Types."""
        os.write(self._master, keys)

    def hang_up(self) -> None:
        """The terminal is gone, as when its window is closed."""
        os.close(self._master)
        self._master = -1

    def end(self) -> int:
        """Reads until the program has ended; its exit status."""
        deadline = time.monotonic() + PATIENCE
        while self._master >= 0 and self._read():
            assert time.monotonic() < deadline
        return self.program.wait(PATIENCE)

    @property
    def steps(self) -> list[str]:
        """What the program wrote down, at once, as it happened."""
        return self._diary.read_text().splitlines() if self._diary.exists() else []

    @property
    def normal_screen(self) -> bytes:
        """What was written after the alternate screen was left."""
        assert NORMAL_SCREEN in self.seen
        return self.seen.rpartition(NORMAL_SCREEN)[2]

    def close(self) -> None:
        """Leaves nothing running."""
        if self.program.poll() is None:
            self.program.kill()
            self.program.wait()
        if self._master >= 0:
            os.close(self._master)

    def _read(self) -> bool:
        if not select.select([self._master], [], [], 1.0)[0]:
            return self.program.poll() is None
        try:
            octets = os.read(self._master, 65_536)
        except OSError:  # EIO: nobody holds the other end
            return False
        self.seen += octets
        return bool(octets)


@contextmanager
def terminal(diary: Path, manner: str = "") -> Iterator[Terminal]:
    """A program in a recording, or about to crash in it."""
    shown = Terminal(diary, manner)
    try:
        shown.until(b"klar")
        shown.press(b"\r")
        shown.until(b"innvendinger")
        shown.press(b"j")
        if not manner.startswith("crash"):
            shown.until(b"halsen")
        yield shown
    finally:
        shown.close()


def test_a_crash_prints_a_code_and_no_local_variable(tmp_path: Path) -> None:
    with terminal(tmp_path / "diary", "crash") as shown:
        assert shown.end() == 70
    assert "left" in shown.steps
    assert "kiskriv stoppet på grunn av en feil i programmet. Kode: ZeroDivisionError-".encode() in shown.normal_screen
    assert TAG.encode() not in shown.normal_screen
    assert b"\x1b]52" not in shown.seen, "something was sent to the terminal's clipboard"
    assert not (tmp_path / "log").exists(), "Textual wrote its log"


def test_textual_itself_would_have_printed_them(tmp_path: Path) -> None:
    """The positive control of the test above."""
    with terminal(tmp_path / "diary", "crash-as-textual-does") as shown:
        shown.end()
    assert TAG.encode() in shown.normal_screen
    assert b"\x1b]52" in shown.seen


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_erases_without_asking(tmp_path: Path, number: signal.Signals) -> None:
    with terminal(tmp_path / "diary") as shown:
        shown.program.send_signal(number)
        assert shown.end() == 128 + number
    assert shown.steps[-2:] == ["ended interrupted", "left"]
    assert b"Konsultasjonen er avsluttet, og det som var tatt opp, er slettet." in shown.normal_screen
    assert b"halsen" not in shown.normal_screen


@pytest.mark.parametrize("manner", ["", "uncontrolled"], ids=["with SIGHUP", "without a signal"])
def test_a_terminal_that_is_gone_erases_without_asking(tmp_path: Path, manner: str) -> None:
    with terminal(tmp_path / "diary", manner) as shown:
        shown.hang_up()
        assert shown.end() in (70, 129)
    assert shown.steps[-2:] == ["ended interrupted", "left"]


def test_no_switch_of_textuals_survives_the_import(tmp_path: Path) -> None:
    program = "import os, kiskriv.tui; print(sorted(n for n in os.environ if n.startswith('TEXTUAL')))"
    switches = {
        "TEXTUAL": "devtools,debug",
        "TEXTUAL_LOG": str(tmp_path / "log"),
        "TEXTUAL_SCREENSHOT": "1",
        "TEXTUAL_ANIMATIONS": "none",
    }
    environment = {**os.environ, **switches, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['TEXTUAL_ANIMATIONS']"

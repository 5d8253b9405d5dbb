"""No way out of the screen ends a consultation in a room unasked, or leaves one without a room unerased, and none says what was said

(promises 2 and 5; T11 of the security notes).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiskriv.errors import HostUnreachable, KiskrivError, Malformed, PeerGone, TakenOver
from kiskriv.tui.asking import Ask, AskParting
from kiskriv.tui.happenings import Parted
from kiskriv.tui.home import Home, Informed
from kiskriv.tui.levels import Levels
from kiskriv.tui.recording import Recording
from tests.tui.conftest import consulting
from tests.tui.fakes import Scene
from tests.tui.on_a_terminal import TAG
from tests.tui.terminals import ROOT, Terminal


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
    assert doctor.scene.steps[-3:] == ["recorded", "ended discarded", "left"]
    assert doctor.app.return_code == 0


async def test_quitting_in_the_middle_asks_what_becomes_of_a_consultation_in_a_room() -> None:
    async with consulting(Scene(rooms=True, microphone=True)) as doctor:
        await doctor.begins()
        await doctor.press("ctrl+q")
        await doctor.at(AskParting)
        await doctor.sees("OPPTAKET FORTSETTER mens ingen ser på")
        await doctor.press("ctrl+c", "enter", "n")  # Enter is no answer
        assert type(doctor.app.screen) is Recording and "detached" not in doctor.scene.steps
        await doctor.press("ctrl+q", "l")
        await doctor.until(lambda: doctor.app.return_code is not None)
    assert "detached" in doctor.scene.steps and doctor.scene.open
    assert doctor.app.return_code == 0 and doctor.app.last is None


async def test_no_key_of_that_question_erases_and_it_says_which_does() -> None:
    async with consulting(Scene(rooms=True)) as doctor:
        await doctor.reviews()
        await doctor.press("ctrl+q")
        await doctor.at(AskParting)
        await doctor.sees("Ingenting blir tatt opp;")
        await doctor.sees("Skal den slettes: N, så F.")
        await doctor.press("s", "e", "j", "y", "f", "enter")
        assert type(doctor.app.screen) is AskParting and doctor.scene.open
        await doctor.press("n", "f")
        await doctor.at(Ask)
        await doctor.sees("Forkaste")
        await doctor.press("j")
        await doctor.until(lambda: doctor.app.return_code is not None)
    assert doctor.scene.steps[-2:] == ["ended discarded", "left"]


@pytest.mark.parametrize("microphone", [True, False], ids=["from the room", "from here"])
async def test_leaving_while_it_records_ends_no_sound_but_ones_own(microphone: bool) -> None:
    scene = Scene(rooms=True, microphone=microphone)
    async with consulting(scene) as doctor:
        await doctor.begins()
    assert "detached" in scene.steps and scene.open
    outcome = doctor.app._clerk.outcome
    assert isinstance(outcome, Parted) and outcome.recording is microphone


async def test_quitting_from_home_needs_no_question() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.at(Home)
        await doctor.press("q")
        await doctor.until(lambda: doctor.app.return_code is not None)
    assert doctor.scene.steps == []


async def test_a_screen_that_ends_in_any_way_has_ended_a_session_of_its_own_process_first() -> None:
    scene = Scene()
    async with consulting(scene) as doctor:
        await doctor.begins()
    assert scene.steps[-2:] == ["ended interrupted", "left"]  # by the time that the app is gone


async def test_a_crash_of_the_screen_ends_no_consultation_in_a_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Levels, peaks: object) -> None:
        raise ZeroDivisionError(TAG)

    monkeypatch.setattr(Levels, "show", broken)
    scene = Scene(rooms=True, microphone=True)
    with pytest.raises(ZeroDivisionError):
        async with consulting(scene) as doctor:
            await doctor.at(Home)
            await doctor.press("enter")
            await doctor.at(Informed)
            await doctor.pilot.press("j")
            await doctor.until(lambda: "left" in scene.steps)
    assert scene.steps[-1] == "left" and "detached" in scene.steps and scene.open
    assert doctor.app.return_code == 70


@pytest.mark.parametrize("rooms", [True, False], ids=["in a room", "here"])
async def test_a_fault_in_a_step_leaves_the_session_and_becomes_a_code(rooms: bool) -> None:
    scene = Scene(rooms=rooms, fails={"approve": ZeroDivisionError(TAG)})
    with pytest.raises(RuntimeError, match=r"^ZeroDivisionError-") as fallen:
        async with consulting(scene) as doctor:
            await doctor.reviews()
            await doctor.press("a")
            await doctor.pilot.press("j")
            await doctor.until(lambda: "left" in scene.steps)
            await doctor.until(lambda: False)
    assert TAG not in str(fallen.value)
    assert scene.steps[-2:] == ["detached" if rooms else "ended interrupted", "left"]
    assert doctor.app.return_code == 70


@pytest.mark.parametrize("error", [TakenOver(), PeerGone(), Malformed(), HostUnreachable(problem="it went away")])
async def test_a_line_that_breaks_off_ends_nothing(error: KiskrivError) -> None:
    scene = Scene(rooms=True)
    async with consulting(scene) as doctor:
        await doctor.reviews()
        scene.meanwhile.put(error)
        await doctor.until(lambda: doctor.app.return_code is not None)
    assert scene.steps[-2:] == ["detached", "left"] and scene.open
    outcome = doctor.app._clerk.outcome
    assert isinstance(outcome, Parted) and outcome.error is error
    assert doctor.app.return_code == error.exit_status


class Recorded(Terminal):
    """One whose program keeps a diary."""

    def __init__(self, command: list[str], environment: dict[str, str], diary: Path) -> None:
        super().__init__(command, environment)
        self._diary = diary

    @property
    def steps(self) -> list[str]:
        """What the program wrote down, at once, as it happened."""
        return self._diary.read_text().splitlines() if self._diary.exists() else []


@contextmanager
def terminal(diary: Path, manner: str = "") -> Iterator[Recorded]:
    """A program in a recording, or about to crash in it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TEXTUAL_LOG": str(diary.with_name("log"))}
    shown = Recorded([sys.executable, "-m", "tests.tui.on_a_terminal", str(diary), manner], environment, diary)
    try:
        shown.until("klar")
        shown.press(b"\r")
        shown.until("greit for pasienten")
        shown.press(b"j")
        if not manner.startswith("crash"):
            shown.until("halsen")
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
def test_a_signal_ends_no_consultation_in_a_room(tmp_path: Path, number: signal.Signals) -> None:
    with terminal(tmp_path / "diary", "microphone") as shown:
        shown.program.send_signal(number)
        assert shown.end() == 128 + number
    assert "detached" in shown.steps and not any(step.startswith("ended") for step in shown.steps)
    said = " ".join(shown.normal_screen.decode().split())
    assert "Konsultasjonen fortsetter. Start kiskriv igjen for å finne den der den var. Den tas fortsatt opp." in said
    assert "halsen" not in said


def test_without_rooms_a_signal_erases_without_asking(tmp_path: Path) -> None:
    with terminal(tmp_path / "diary", "lone") as shown:
        shown.program.send_signal(signal.SIGHUP)
        assert shown.end() == 128 + signal.SIGHUP
    assert shown.steps[-2:] == ["ended interrupted", "left"]
    assert b"Konsultasjonen er avsluttet, og det som var tatt opp, er slettet." in shown.normal_screen
    assert b"halsen" not in shown.normal_screen


@pytest.mark.parametrize("manner", ["", "uncontrolled"], ids=["with SIGHUP", "without a signal"])
def test_a_terminal_that_is_gone_ends_no_consultation_in_a_room(tmp_path: Path, manner: str) -> None:
    with terminal(tmp_path / "diary", manner) as shown:
        shown.hang_up()
        assert shown.end() in (70, 129)
    assert shown.steps[-1] == "left" and "detached" in shown.steps
    assert not any(step.startswith("ended") for step in shown.steps)


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

"""The real thing on a real terminal: what is killed is found again where it was, and a fresh process tells how it ended (promise 2)."""

from __future__ import annotations

import os
import signal
import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from kiskriv.assembly.desk import Desk
from kiskriv.capture import AudioFile
from kiskriv.machine import rooms_possible
from kiskriv.transcript import SAMPLE_RATE
from kiskriv.tui.app import KiskrivApp
from kiskriv.tui.happenings import Parted
from kiskriv.tui.home import Home, Informed
from kiskriv.tui.recording import Recording
from kiskriv.tui.review import Review
from kiskriv.weights import demo_material
from kiskriv.wire.remote import HostMicrophone
from tests.host.clinic import Clinic, opened
from tests.tui.conftest import Doctor
from tests.tui.fakes import Scene
from tests.tui.terminals import Terminal

pytestmark = pytest.mark.skipif(not rooms_possible(), reason="this system has no rooms")

WORD = "hoste"
"""Said by the patient in what is played."""


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Four seconds of the demo consultation, both channels."""
    whole = AudioFile(demo_material() / "consultation-stereo.flac").chunks()
    samples = np.concatenate([chunk.samples for chunk in whole], axis=1)[:, 13 * SAMPLE_RATE : 17 * SAMPLE_RATE]
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((samples.T * 32767).astype("<i2").tobytes())
    return path


@contextmanager
def rehearsal(home: Path, sound: Path) -> Iterator[Terminal]:
    """`kiskriv rehearse`, as a doctor starts it."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    shown = Terminal([sys.executable, "-m", "kiskriv", "rehearse", str(sound)], kept | {"HOME": str(home)})
    try:
        yield shown
    finally:
        shown.close()


def begin(shown: Terminal) -> None:
    """From home to the recording."""
    shown.until("– klar")
    shown.press(b"\r")
    shown.until("greit for pasienten")
    shown.press(b"j")


def discard(shown: Terminal) -> None:
    """To the receipt."""
    shown.press(b"f")
    shown.until("Forkaste")
    shown.press(b"j")
    shown.until("Legen forkastet konsultasjonen", "linje 5 i sletteloggen")


def test_a_screen_killed_in_review_is_found_again_with_the_edit_and_ends_in_a_fresh_process(
    tmp_path: Path, sound: Path
) -> None:
    with rehearsal(tmp_path, sound) as shown:
        begin(shown)
        shown.until("KI-UTKAST", WORD)
        shown.press(b"e")
        shown.until("Enter lagrer")
        shown.press(b" Merket.\r")
        shown.until("med dine endringer", "Merket.")
        shown.program.kill()
        shown.end()
    with rehearsal(tmp_path, sound) as shown:
        shown.until("slik du forlot det", WORD, "Merket.")
        number, started = shown.program.pid, memory_of(shown.program.pid)
        discard(shown)
        assert shown.program.pid == number and memory_of(number) != started, "the process that showed it lives on"
        shown.press(b"q")
        assert shown.end() == 0
        assert WORD.encode() not in shown.normal_screen


def test_a_terminal_closed_while_it_records_leaves_what_was_recorded(tmp_path: Path, sound: Path) -> None:
    with rehearsal(tmp_path, sound) as shown:
        begin(shown)
        shown.until("TAR OPP", "Lege")
        shown.program.send_signal(signal.SIGHUP)
        assert shown.end() == 128 + signal.SIGHUP
        assert b"Konsultasjonen fortsetter." in shown.normal_screen
    with rehearsal(tmp_path, sound) as shown:
        shown.until("AVBRUTT", "tatt opp og i behold")
        discard(shown)
        shown.press(b"q")
        assert shown.end() == 0


async def test_a_consultation_records_on_while_no_screen_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the microphone of the host: the screen goes, sound is taken in all the same, and the next screen looks on and stops it."""
    with opened(tmp_path, monkeypatch) as clinic, clinic.hosted("microphone"), discarded(clinic) as desk:
        first = KiskrivApp(desk, lambda start, device: HostMicrophone(1, device), rehearsal=False)
        async with first.run_test() as pilot:
            doctor = Doctor(first, pilot, Scene())
            await doctor.at(Home)
            await doctor.press("enter")
            await doctor.at(Informed)
            await doctor.press("j")
            await doctor.sees("TAR OPP")
        outcome = first._clerk.outcome
        assert isinstance(outcome, Parted) and outcome.recording
        again = KiskrivApp(desk, lambda start, device: HostMicrophone(1, device), rehearsal=False)
        async with again.run_test() as pilot:
            doctor = Doctor(again, pilot, Scene())
            await doctor.at(Recording)
            await doctor.sees("TAR OPP")
            await doctor.press("s")
            await doctor.at(Review)
            await doctor.press("f", "j")
            await doctor.until(lambda: again.last is not None)
        assert again.last is not None and desk.receipt(again.last.session).verified


@contextmanager
def discarded(clinic: Clinic) -> Iterator[Desk]:
    """A desk; what a failing test leaves open at it ends, so that the host does."""
    desk = clinic.desk()
    try:
        yield desk
    finally:
        desk.finish()
        desk.close()


def memory_of(process: int) -> str:
    """Where a process's memory lies: another place after each execve(2), where the kernel randomises it."""
    return Path(f"/proc/{process}/auxv").read_bytes().hex()

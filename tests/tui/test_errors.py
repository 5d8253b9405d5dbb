"""What goes wrong is explained in Norwegian, and never leads past the erasure (R16, R22)."""

from __future__ import annotations

import pytest

from kiskriv.errors import (
    AudioUnreadable,
    ErasureFailed,
    LedgerUnwritable,
    MicrophoneLost,
    MicrophoneMissing,
    ModelChanged,
    NothingToApprove,
)
from kiskriv.tui.asking import Ask, Notice
from kiskriv.tui.home import Home
from kiskriv.tui.over import Trouble
from kiskriv.tui.recording import Recording
from kiskriv.tui.review import Review
from tests.tui.conftest import consulting
from tests.tui.fakes import EMPTY, Scene


async def test_a_missing_microphone_is_explained_and_nothing_was_opened() -> None:
    async with consulting(Scene(fails={"source": MicrophoneMissing(problem="PortAudio is not installed")})) as doctor:
        await doctor.press("enter", "j")
        await doctor.at(Trouble)
        await doctor.sees("Ingen mikrofon kan brukes: PortAudio er ikke installert.")
        await doctor.sees("Ingenting er tatt opp.")
        await doctor.sees("Koble til en mikrofon")
        assert "TAR OPP" not in doctor.shown()
        await doctor.press("enter")
        await doctor.at(Home)
    assert doctor.scene.steps == []


async def test_a_log_that_cannot_be_written_lets_no_session_begin() -> None:
    async with consulting(Scene(fails={"opened": LedgerUnwritable(problem="No space left on device")})) as doctor:
        await doctor.press("enter", "j")
        await doctor.at(Trouble)
        await doctor.sees("Det går ikke an å skrive i sletteloggen: No space left on device.")
        await doctor.sees("Ingenting er tatt opp.")
    assert doctor.scene.steps == ["opened"]


async def test_a_changed_model_lets_no_consultation_begin() -> None:
    async with consulting(Scene(fails={"load": ModelChanged(file="model.bin")})) as doctor:
        await doctor.at(Trouble)
        await doctor.sees("Model.bin i modellmappen er ikke den som manifestet beskriver.")
        await doctor.press("enter")
        await doctor.at(Trouble)
        await doctor.press("q")
        await doctor.until(lambda: doctor.app.return_code == ModelChanged.exit_status)


async def test_a_microphone_that_is_lost_is_told_and_what_was_heard_is_drafted() -> None:
    async with consulting(Scene(endless=False, fails={"sound": MicrophoneLost(seconds=1)})) as doctor:
        await doctor.press("enter", "j")
        await doctor.sees("■ AVBRUTT")
        await doctor.sees("Mikrofonen ble borte etter 1 sekunder.")
        await doctor.sees("0:01 er tatt opp og i behold")
        assert "TAR OPP" not in doctor.shown() and "draft" not in doctor.scene.steps
        await doctor.press("s", "u")
        await doctor.at(Review)
        await doctor.sees("Vondt i halsen")
        assert doctor.scene.open


async def test_a_file_without_sound_is_told() -> None:
    async with consulting(Scene(fails={"source": AudioUnreadable()})) as doctor:
        await doctor.press("enter", "j")
        await doctor.at(Trouble)
        await doctor.sees("Filen inneholder ingen lyd som kan leses.")


async def test_an_empty_note_is_not_asked_about_and_the_session_goes_on() -> None:
    async with consulting(Scene(note=EMPTY)) as doctor:
        await doctor.reviews()
        await doctor.press("a")
        await doctor.at(Notice)
        await doctor.sees("Notatet er tomt: Det er ingenting å godkjenne.")
        await doctor.press("enter")
        await doctor.at(Review)
        assert doctor.scene.open and doctor.scene.approved == []


@pytest.mark.parametrize("where", ["review", "quitting"])
async def test_a_failed_erasure_is_an_alarm_and_lets_nothing_start(where: str) -> None:
    scene = Scene(fails={"ended discarded": ErasureFailed(residue=2), "ended interrupted": ErasureFailed(residue=2)})
    async with consulting(scene) as doctor:
        await doctor.reviews()
        await doctor.press(*{"review": ("f", "j"), "quitting": ("ctrl+q", "j")}[where])
        await doctor.at(Trouble)
        await doctor.sees("!! SLETTINGEN MISLYKTES !!")
        await doctor.sees("skriv en avviksmelding")
        await doctor.sees("Noe av konsultasjonen kan fortsatt ligge i minnet")
        assert "SLETTET" not in doctor.shown() and "Fortsett" not in doctor.shown()
        await doctor.press("enter")
        await doctor.at(Trouble)
        await doctor.press("q")
        await doctor.until(lambda: doctor.app.return_code == ErasureFailed.exit_status)
    assert scene.steps.count("opened") == 1


async def test_a_refusal_while_a_question_is_open_hides_nothing() -> None:
    async with consulting(Scene(fails={"draft": NothingToApprove()})) as doctor:
        await doctor.begins()
        await doctor.press("t", "n", "s")
        await doctor.at(Notice)
        await doctor.press("enter")
        assert type(doctor.app.screen) is Recording
        await doctor.press("f")
        await doctor.at(Ask)
        await doctor.press("j")
        await doctor.until(lambda: "ended discarded" in doctor.scene.steps)

"""Home: one thing to do, the microphone tried before the patient comes, and what the doctor prefers (issue 8, point 1; R8, R9)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiskriv.errors import MicrophoneMissing
from kiskriv.machine import Fact, Level, Promise
from kiskriv.preferences import Preferences
from kiskriv.tui.asking import Choose
from kiskriv.tui.checking import Check
from kiskriv.tui.home import Home, Informed, Start
from kiskriv.tui.page import Keys
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import Scene

HOLDS = (*(Promise(fact, True, "seen") for fact in Fact), Promise("disk-encryption", True, ""))


async def at_home(doctor: Doctor) -> Home:
    """The page, once the model is ready."""
    await doctor.at(Home)
    await doctor.sees("klar")
    page = doctor.app.screen
    assert isinstance(page, Home)
    return page


async def test_start_microphone_model_and_promise_are_seen_at_200_percent_without_scrolling() -> None:
    async with consulting(Scene(), size=(60, 18), findings=HOLDS) as doctor:
        await at_home(doctor)
        for words in (
            "Enter Ny konsultasjon",
            "Mikrofon: Bordmikrofon",
            "Talemodell: nb-whisper-small",
            "✓ Maskinen holder det den lover (C viser alt)",
        ):
            await doctor.sees(words)
        assert doctor.app.screen.query_one(Keys).size.height <= 3


async def test_start_can_be_clicked() -> None:
    async with consulting(Scene()) as doctor:
        await at_home(doctor)
        await doctor.pilot.click(Start)
        await doctor.at(Informed)


async def test_the_model_is_said_to_be_loading_until_it_is_ready() -> None:
    async with consulting(Scene()) as doctor:
        page = await at_home(doctor)
        page.ready(None)
        await doctor.sees("nb-whisper-small – lastes inn; du kan begynne imens")
        page.ready(Level.A)
        await doctor.sees("nb-whisper-small – klar")
        await doctor.sees("Nivå A")


@pytest.mark.parametrize(
    ("peaks", "verdict"),
    [
        ((0.02, 0.2, 0.3), "hører deg godt"),
        ((0.001, 0.02, 0.02), "hører deg svakt"),
        ((1.0, 1.0, 1.0), "for høyt"),
        ((0.0, 0.001, 0.0), "hører ingenting. Er den på, og er det den rette?"),
    ],
)
async def test_the_microphone_is_tried_and_the_verdict_is_in_words(peaks: tuple[float, ...], verdict: str) -> None:
    async with consulting(Scene(test=peaks)) as doctor:
        await at_home(doctor)
        await doctor.press("p")
        await doctor.sees(verdict)
        await doctor.until(lambda: "MIKROFONEN ER PÅ" not in doctor.shown() and "█" not in doctor.shown())
    assert "opened" not in doctor.scene.steps, "a test is no consultation"


async def test_the_microphone_is_said_to_be_on_exactly_while_it_is() -> None:
    async with consulting(Scene(), size=(60, 18)) as doctor:
        page = await at_home(doctor)
        assert "█" not in doctor.shown()  # no level, because the microphone is off (R8)
        page.testing((0.1,))
        await doctor.sees("● MIKROFONEN ER PÅ – bare en prøve, ingenting blir tatt opp")
        await doctor.sees("Mikrofon █")
        page.tested(None)
        await doctor.sees("✓ Mikrofon: hører deg godt")
        await doctor.until(lambda: "MIKROFONEN ER PÅ" not in doctor.shown() and "█" not in doctor.shown())


async def test_no_news_hides_that_the_microphone_is_on() -> None:
    async with consulting(Scene(), size=(60, 18), swept=1, alarmed=True, fresh=True) as doctor:
        await doctor.at(Home)
        page = doctor.app.screen
        assert isinstance(page, Home)
        page.testing((0.1,))
        await doctor.sees("● MIKROFONEN ER PÅ – bare en prøve, ingenting blir tatt opp")
        await doctor.sees("Mikrofon █")
        page.tested(None)
        await doctor.sees("✓ Mikrofon: hører deg")


async def test_a_test_that_cannot_be_made_says_what_to_do() -> None:
    async with consulting(Scene()) as doctor:
        page = await at_home(doctor)
        page.testing((0.1,))
        page.tested(MicrophoneMissing(problem="PortAudio is not installed"))
        await doctor.sees("Ingen mikrofon kan brukes: PortAudio er ikke installert. Koble til en mikrofon")
        page.tested(None)
        await doctor.sees("Mikrofonen ga ingen lyd i det hele tatt.")


async def test_another_microphone_can_be_chosen_and_stays() -> None:
    async with consulting(Scene()) as doctor:
        await at_home(doctor)
        await doctor.press("m")
        await doctor.at(Choose)
        await doctor.press("down", "down", "enter")
        await doctor.sees("Mikrofon: Headset")
    assert doctor.scene.kept == [Preferences(microphone="Headset")]


async def test_the_language_of_screen_and_note_is_chosen_one_after_the_other() -> None:
    async with consulting(Scene()) as doctor:
        await at_home(doctor)
        await doctor.press("s")
        await doctor.sees("Hvilket språk på skjermen?")
        await doctor.press("end", "enter")
        await doctor.sees("Hvilket språk i notatet?")
        await doctor.press("end", "enter")
        await doctor.sees("Good day. Ready for the next consultation?")
        await doctor.sees("Language: English. The note: nynorsk")
    assert doctor.scene.kept == [Preferences(screen="en", note="nn")]


async def test_turning_back_changes_nothing() -> None:
    async with consulting(Scene()) as doctor:
        await at_home(doctor)
        for keys in (("m", "escape"), ("k", "escape"), ("s", "escape"), ("s", "end", "enter", "escape")):
            await doctor.press(*keys)
        await doctor.at(Home)
    assert doctor.scene.kept == []


async def test_a_choice_begins_where_it_stands() -> None:
    async with consulting(Scene(), preferences=Preferences(microphone="Headset", contrast=True)) as doctor:
        await at_home(doctor)
        for key, at in (("m", 2), ("k", 1), ("s", 0)):
            await doctor.press(key)
            await doctor.at(Choose)
            assert doctor.app.screen.query_one("#choices").highlighted == at
            await doctor.press("escape")


async def test_contrast_and_stillness_are_preferences() -> None:
    async with consulting(Scene()) as doctor:
        await at_home(doctor)
        await doctor.press("k", "end", "enter")
        await doctor.until(lambda: doctor.app.has_class("contrast"))
        await doctor.at(Home)
    assert doctor.scene.kept == [Preferences(contrast=True, still=True)]


async def test_a_rehearsal_has_no_microphone_to_choose_or_to_try() -> None:
    async with consulting(Scene(), rehearsal=True) as doctor:
        await at_home(doctor)
        await doctor.sees("Lyd: fra en fil (øvelse)")
        keys = " ".join(doctor.shown().split())
        assert "P Prøv" not in keys and "M Mikrofon" not in keys
        await doctor.press("m", "p")
        assert doctor.app.screen.query_one("#trial").display is False
        await doctor.at(Home)


async def test_no_microphone_is_said_before_the_patient_comes() -> None:
    async with consulting(Scene()) as doctor:
        page = await at_home(doctor)
        await doctor.app.go(Home(replace(page._greeting, microphone="")))
        await doctor.sees("! Finner ingen mikrofon. Koble til en, og trykk M.")


async def test_what_is_promised_opens_in_full() -> None:
    async with consulting(Scene(), findings=(*HOLDS, Promise("clipboard-history", False, ""))) as doctor:
        await at_home(doctor)
        await doctor.sees("! 1 ting bør rettes: C")
        await doctor.press("c")
        await doctor.at(Check)
        await doctor.press("escape")
        await doctor.at(Home)


# -- is the patient informed? -------------------------------------------------------------------------------------------------------------


async def test_the_question_is_seen_while_the_notice_scrolls_and_its_version_is_told() -> None:
    async with consulting(Scene(), size=(60, 18)) as doctor:
        await doctor.press("enter")
        await doctor.at(Informed)
        await doctor.sees("«Jeg vil gjerne ta opp samtalen vår")
        for _ in range(12):
            await doctor.sees("Er pasienten informert, og er det greit for pasienten?")
            await doctor.sees("Ingenting blir tatt opp før du har svart ja.")
            await doctor.sees("J Ja: start opptaket")
            await doctor.press("down")
        await doctor.sees("Er det greit for deg?»")
        await doctor.sees("informasjon 1")


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_no_goes_back_and_records_nothing(key: str) -> None:
    async with consulting(Scene()) as doctor:
        await doctor.press("enter")
        await doctor.at(Informed)
        await doctor.press(key)
        await doctor.at(Home)
        await doctor.sees("Ingenting er tatt opp.")
    assert doctor.scene.steps == []

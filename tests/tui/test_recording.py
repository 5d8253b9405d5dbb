"""While it records: unmistakably so, or unmistakably not, and nothing wrong with the sound stays unsaid (issue 8, points 3 and 7; R8)."""

from __future__ import annotations

import pytest

from kiskriv.errors import MicrophoneLost
from kiskriv.session.events import Behind, Captured, Continued, Interrupted, Tentative
from kiskriv.tui.app import KiskrivApp
from kiskriv.tui.asking import Ask
from kiskriv.tui.choices import Bookmark, Choice, Draft, Extend, Pause, Record, Stop
from kiskriv.tui.page import Keys
from kiskriv.tui.recording import Recording
from kiskriv.tui.review import Review
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import Scene, utterances


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What rang."""
    rung: list[str] = []
    monkeypatch.setattr(KiskrivApp, "bell", lambda self: rung.append(type(self.screen).__name__))
    return rung


async def recording(doctor: Doctor) -> Recording:
    """The page, once all that is said in the scene was heard."""
    await doctor.begins()
    page = doctor.app.screen
    assert isinstance(page, Recording)
    await doctor.until(lambda: len(page.query_one("#heard").options) == len(doctor.scene.said))
    return page


def chosen(doctor: Doctor) -> list[Choice]:
    """What is chosen from now on."""
    choices: list[Choice] = []
    choose = doctor.app._clerk.choose

    def noted(choice: Choice) -> None:
        choices.append(choice)
        choose(choice)

    doctor.app._clerk.choose = noted  # type: ignore[method-assign]
    return choices


def keys(doctor: Doctor) -> str:
    """The keys that work here, as they are shown."""
    height = doctor.app.screen.query_one(Keys).size.height
    return " ".join(" ".join(doctor.shown().splitlines()[-height:]).split())


# -- pause --------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["p", "space"])
async def test_a_pause_is_unmistakable_and_ends_as_it_began(key: str) -> None:
    async with consulting(Scene()) as doctor:
        page = await recording(doctor)
        await doctor.press(key)
        await doctor.sees("‖ PAUSE – ingenting blir tatt opp")
        await doctor.until(lambda: "TAR OPP" not in doctor.shown() and "█" not in doctor.shown())
        assert not page.live
        assert page.has_class("paused") and not page.has_class("live")
        await doctor.sees("P Ta opp videre S Til utkastet")
        assert "sound off" in doctor.scene.steps and "draft" not in doctor.scene.steps
        await doctor.press(key)
        await doctor.sees("● TAR OPP")
        await doctor.until(lambda: "PAUSE –" not in doctor.shown())
        assert page.live
        await doctor.press("s")
        await doctor.at(Review)
    steps = doctor.scene.steps
    assert steps.count("record") == 2 and steps.count("pausing") == 1


async def test_a_pause_can_end_in_the_draft() -> None:
    async with consulting(Scene()) as doctor:
        await recording(doctor)
        await doctor.press("p")
        await doctor.sees("‖ PAUSE")
        await doctor.press("s")
        await doctor.at(Review)
    assert doctor.scene.steps.count("record") == 1


async def test_a_paused_consultation_can_be_withdrawn_from() -> None:
    async with consulting(Scene()) as doctor:
        await recording(doctor)
        await doctor.press("p")
        await doctor.sees("‖ PAUSE")
        await doctor.press("t")
        await doctor.at(Ask)
        await doctor.press("j")
        await doctor.sees("Pasienten trakk seg")


# -- the microphone goes, and comes back ------------------------------------------------------------------------------------------------


async def test_a_microphone_that_is_gone_is_said_with_a_bell_once_and_goes_on_by_itself(bells: list[str]) -> None:
    async with consulting(Scene()) as doctor:
        page = await recording(doctor)
        bells.clear()
        page.heard(Interrupted(192.0))
        page.heard(Interrupted(192.0))
        await doctor.sees("! MIKROFONEN ER BORTE – tar ikke opp nå")
        await doctor.sees("fortsetter av seg selv når den er tilbake. Det som er tatt opp, er trygt.")
        await doctor.until(lambda: "TAR OPP" not in doctor.shown() and "█" not in doctor.shown())
        assert bells == ["Recording"]
        assert page.live, "it records again without anybody's doing: who leaves has to know"
        page.sound_on()  # a room that was found recording: that the microphone is gone stands all the same
        await doctor.sees("! MIKROFONEN ER BORTE")
        page.heard(Continued("Headset"))
        await doctor.sees("● TAR OPP")
        await doctor.sees("Mikrofonen er tilbake: Headset")
        await doctor.until(lambda: "BORTE" not in doctor.shown())
        page.heard(Captured(193.0, (0.2, 0.2), 0))
        await doctor.sees("Mikrofonen er tilbake: Headset")
        page.heard(Captured(198.0, (0.2, 0.2), 0))
        await doctor.until(lambda: "tilbake" not in doctor.shown())
        await doctor.press("s")
        await doctor.at(Review)


async def test_a_consultation_without_a_microphone_can_be_stopped_or_paused() -> None:
    async with consulting(Scene()) as doctor:
        page = await recording(doctor)
        page.interrupted(12.0)
        await doctor.sees("S Stopp opptaket P Pause")
        assert "H Husk" not in keys(doctor)


async def test_what_became_of_the_sound_can_be_told_before_the_page_is_there() -> None:
    for tell, words in (
        (lambda page: page.interrupted(192.0), "! MIKROFONEN ER BORTE"),
        (lambda page: page.paused(), "‖ PAUSE"),
    ):
        async with consulting(Scene()) as doctor:
            await doctor.sees("God dag")
            page = Recording((), utterances(), 192.0)
            tell(page)
            await doctor.app.push_screen(page)
            await doctor.sees(words)
            await doctor.sees("Pasient: Jeg har hatt vondt i halsen")


async def test_a_break_that_does_not_mend_itself_waits_for_the_doctor() -> None:
    async with consulting(Scene(endless=False, fails={"sound": MicrophoneLost(seconds=1)})) as doctor:
        await doctor.press("enter", "j")
        await doctor.sees("■ AVBRUTT")
        await doctor.sees("P Ta opp videre S Til utkastet")
        assert "Stopp" not in keys(doctor) and "Pause" not in keys(doctor)
        await doctor.press("u")
        await doctor.at(Review)


# -- what is wrong with the sound ---------------------------------------------------------------------------------------------------------


def told(page: Recording, start: float, seconds: float, *peaks: float) -> None:
    """So much recording with this in it."""
    for chunk in range(round(seconds * 10)):
        page.heard(Captured(start + (chunk + 1) / 10, peaks, 0))


@pytest.mark.parametrize(
    ("peaks", "words"),
    [
        ((0.0, 0.0), "! HØRER INGENTING."),
        ((0.3, 0.0), "! Pasient: denne mikrofonen hører ingenting."),
        ((1.0, 0.1), "! Lege: for høyt, ord kan gå tapt."),
    ],
)
async def test_what_is_wrong_is_said_within_ten_seconds_and_goes(peaks: tuple[float, float], words: str) -> None:
    async with consulting(Scene(), size=(60, 18)) as doctor:
        page = await recording(doctor)
        told(page, 60, 11 if peaks == (0.3, 0.0) else 9, *peaks)
        await doctor.sees(words)
        told(page, 75, 6, 0.2, 0.1)
        await doctor.until(lambda: not page.query_one("#symptoms").display)


async def test_a_pause_is_no_silence() -> None:
    async with consulting(Scene()) as doctor:
        page = await recording(doctor)
        told(page, 60, 7, 0.0, 0.0)
        page.paused()
        page.sound_on()
        told(page, 67, 3, 0.0, 0.0)
        await doctor.pilot.pause()
        assert "HØRER INGENTING" not in doctor.shown()


async def test_falling_behind_is_said_and_so_is_that_nothing_is_lost() -> None:
    async with consulting(Scene()) as doctor:
        page = await recording(doctor)
        page.heard(Behind(65.0))
        await doctor.sees("1:05")
        await doctor.sees("Ingenting går tapt")
        page.heard(Behind(0.0))
        await doctor.until(lambda: not page.query_one("#backlog").display)


async def test_words_that_may_change_are_marked_not_only_dimmed() -> None:
    async with consulting(Scene()) as doctor:
        page = await recording(doctor)
        page.heard(Tentative(utterances((("1", "Kanskje noe mer"),))))
        await doctor.sees("… 0:00 Pasient: Kanskje noe mer")


# -- remember this ------------------------------------------------------------------------------------------------------------------------


async def test_a_moment_is_remembered_and_seen() -> None:
    async with consulting(Scene()) as doctor:
        page, choices = await recording(doctor), chosen(doctor)
        page.heard(Captured(192.0, (0.2, 0.2), 0))
        await doctor.press("h")
        await doctor.sees("★ Merket: 3:12")
        page.heard(Captured(245.0, (0.2, 0.2), 0))
        await doctor.press("h")
        await doctor.sees("★ Merket: 3:12 · 4:05")
        page.paused()
        await doctor.sees("‖ PAUSE")
        await doctor.press("h")  # nothing is said that could be remembered
        assert choices == [Bookmark(), Bookmark()]


# -- the time limit -----------------------------------------------------------------------------------------------------------------------


async def test_the_time_limit_is_told_and_put_off_only_where_it_can_be() -> None:
    async with consulting(Scene()) as doctor:
        page, choices = await recording(doctor), chosen(doctor)
        assert "G En halvtime til" not in keys(doctor)
        await doctor.press("g")
        page.expires(9, extendable=False)
        await doctor.sees("! 9 minutter igjen")
        assert "G En halvtime til" not in keys(doctor)
        await doctor.press("g")
        assert choices == []
        page.expires(9, extendable=True)
        await doctor.sees("G En halvtime til")
        await doctor.press("g")
        assert choices == [Extend()]
        page.expires(None)
        await doctor.until(lambda: "minutter igjen" not in doctor.shown() and "halvtime" not in doctor.shown())


# -- which key chooses what ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "means"),
    [
        ("sound_on", {"s": Stop(), "p": Pause(), "space": Pause()}),
        ("paused", {"s": Draft(), "u": Draft(), "p": Record(), "space": Record(), "o": Record()}),
    ],
)
async def test_each_key_chooses_one_thing(turn: str, means: dict[str, Choice]) -> None:
    for key, choice in means.items():
        async with consulting(Scene()) as doctor:
            page, choices = await recording(doctor), chosen(doctor)
            getattr(page, turn)()
            await doctor.press(key)
            assert choices == [choice], key


async def test_a_late_word_of_the_microphone_turns_no_page_that_was_stopped_or_paused() -> None:
    async with consulting(Scene()) as doctor:
        page = await recording(doctor)
        page.interrupted(3.0)
        for off, sign in ((page.sound_off, "■ STOPPET"), (page.paused, "‖ PAUSE –")):
            off()
            page.continued("Jabra")
            page.interrupted(4.0)
            await doctor.sees(sign)
            assert not page.live and "MIKROFONEN ER BORTE" not in doctor.shown() and "TAR OPP" not in doctor.shown()

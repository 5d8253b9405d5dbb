"""The sound of a line: heard inside the session, stopped at once, and always seen to be heard."""

from __future__ import annotations

import threading

import pytest

from kiskriv.errors import LoudspeakerMissing
from kiskriv.session import Missed
from kiskriv.tui.approved import Approved
from kiskriv.tui.asking import Notice
from kiskriv.tui.page import Keys
from kiskriv.tui.review import Review
from tests.tui.conftest import consulting
from tests.tui.fakes import Scene

WIDE = (140, 40)


async def test_a_line_is_heard_with_a_little_before_and_after_it_and_seen_to_be() -> None:
    scene = Scene(enough=threading.Event())
    async with consulting(scene, size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "home", "down", "down", "l")
        await doctor.until(lambda: scene.heard_again)
        await doctor.sees("♪ 0:08 Lege: Har du hatt feber?")
        assert "Stopp lyden" in str(doctor.app.screen.query_one(Keys).render())
        scene.enough.set()
        await doctor.until(lambda: "♪" not in doctor.shown())
        assert "Lytt" in str(doctor.app.screen.query_one(Keys).render())
    ((start, end),) = scene.heard_again
    assert (start, end) == (pytest.approx(8.0 - 0.2), pytest.approx(scene.said[2].end + 0.2))


async def test_from_the_note_the_first_that_a_statement_rests_on_is_heard() -> None:
    scene = Scene(enough=threading.Event())
    async with consulting(scene, size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("down", "l")
        await doctor.sees("♪▶0:08 Lege: Har du hatt feber?")
        await doctor.until(lambda: scene.heard_again)
        scene.enough.set()
    assert scene.heard_again[0][0] == pytest.approx(7.8)


@pytest.mark.parametrize("key", ["l", "escape"])
async def test_the_sound_stops_by_the_same_key_or_escape(key: str) -> None:
    scene = Scene(enough=threading.Event())
    async with consulting(scene, size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("l")
        await doctor.until(lambda: scene.heard_again)
        await doctor.press(key)
        await doctor.until(lambda: "♪" not in doctor.shown())
        assert "played" in scene.steps and type(doctor.app.screen) is Review
    assert not scene.enough.is_set() and len(scene.heard_again) == 1


async def test_what_is_heard_makes_way_for_every_other_choice() -> None:
    scene = Scene(enough=threading.Event())
    async with consulting(scene, size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("l")
        await doctor.until(lambda: scene.heard_again)
        await doctor.press("e", *" Mye.", "enter", "a", "j")
        await doctor.at(Approved)
    assert scene.approved[0].statements[0].text == "Vondt i halsen i fire dager. Mye."


async def test_what_nothing_was_said_about_cannot_be_heard() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("down", "down", "down")  # Vurdering: nobody spoke about it
        assert "Lytt" not in str(doctor.app.screen.query_one(Keys).render())
        await doctor.press("l")
    assert doctor.scene.heard_again == []


async def test_what_could_not_be_written_down_can_be_heard() -> None:
    scene = Scene(missed=(Missed(40.0, 65.0),))
    async with consulting(scene, size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "end", "l")
        await doctor.until(lambda: scene.heard_again)
    assert scene.heard_again == [(pytest.approx(39.8), pytest.approx(65.2))]


async def test_the_first_words_are_heard_from_the_beginning_not_from_before_it() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "home", "l")
        await doctor.until(lambda: doctor.scene.heard_again)
    assert doctor.scene.heard_again[0][0] == 0.0


async def test_a_missing_loudspeaker_is_explained_and_the_review_goes_on() -> None:
    scene = Scene(fails={"play": LoudspeakerMissing(problem="the sound system does not answer")})
    async with consulting(scene, size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("l")
        await doctor.at(Notice)
        await doctor.press("enter")
        await doctor.at(Review)
        assert "♪" not in doctor.shown()
        await doctor.press("a", "j")
        await doctor.at(Approved)

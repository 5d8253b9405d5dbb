"""What a consultation is asked for, and when: pauses, one more thing, a time limit that is put off, and what the doctor has chosen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from queue import SimpleQueue

import pytest

from kiskriv.errors import MicrophoneMissing
from kiskriv.note import Note, Section, Statement
from kiskriv.preferences import UNCHOSEN, Preferences
from kiskriv.session import Interrupted, State
from kiskriv.session.events import Playing, Unspooled
from kiskriv.tui.attending import Attending
from kiskriv.tui.choices import Approve, Bookmark, Choice, Discard, Extend, Pause, Play, Revise
from kiskriv.tui.happenings import Approved, Happening, Heard, Paused, SoundOn
from kiskriv.tui.home import Home
from kiskriv.tui.recording import Recording
from kiskriv.tui.review import Review
from tests.tui.conftest import consulting
from tests.tui.fakes import Drawer, Scene, Sound, Visit, standing


def left(scene: Scene, state: State, **where: object) -> Scene:
    """A screen left it there."""
    return replace(scene, rooms=True, left=standing(scene, state, **where))


async def test_a_pause_drafts_nothing_and_goes_on_from_the_same_second() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.begins()
        await doctor.until(lambda: len(doctor.app.screen.query_one("#heard").options) == len(doctor.scene.said))
        await doctor.press("p")
        await doctor.sees("PAUSE")
        assert doctor.scene.steps[-3:] == ["pausing", "sound off", "recorded"] and "draft" not in doctor.scene.steps
        await doctor.press("p")
        await doctor.sees("TAR OPP")
        assert doctor.scene.opened_from == [(0.0, ""), (1.0, "")]


async def test_one_that_was_paused_is_found_paused_and_waits_for_the_doctor() -> None:
    async with consulting(left(Scene(), State.RECORDED, paused=True)) as doctor:
        await doctor.at(Recording)
        await doctor.sees("PAUSE")
        assert doctor.scene.steps == ["opened"]
        await doctor.press("s")
        await doctor.at(Review)


async def test_one_whose_microphone_is_waited_for_says_so_to_a_screen_that_comes() -> None:
    async with consulting(
        left(Scene(microphone=True), State.OPEN, recording=True, here=True, interrupted=True)
    ) as doctor:
        await doctor.at(Recording)
        await doctor.sees("MIKROFONEN ER BORTE")


async def test_one_more_thing_is_recorded_from_the_review_and_drafted() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        await doctor.press("b")
        await doctor.at(Recording)
        await doctor.sees("TAR OPP")
        await doctor.sees("Pasient: Jeg har hatt vondt i halsen")  # what was said before is still there to be seen
        await doctor.press("s")
        await doctor.at(Review)
    assert [step for step in doctor.scene.steps if step in ("record", "draft")] == ["record", "draft"] * 2


async def test_one_more_thing_without_a_microphone_leads_back_to_the_note() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        doctor.scene.fails["source"] = MicrophoneMissing(problem="none is connected")
        await doctor.press("b")
        await doctor.at(Recording)
        await doctor.sees("AVBRUTT")
        await doctor.press("s")
        await doctor.at(Review)
        await doctor.sees("Vondt i halsen i fire dager.")


@pytest.mark.parametrize("choice", [Extend(), Bookmark()])
async def test_a_room_is_asked_for_more_time_or_a_bookmark_also_while_nothing_comes_of_it(choice: Choice) -> None:
    scene = Scene(rooms=True, heard=(Interrupted(1.0),))
    async with consulting(scene) as doctor:
        await doctor.at(Home)
        await doctor.press("enter", "j")
        await doctor.sees("MIKROFONEN ER BORTE")
        asked = threading.Event()
        visit = doctor.app._clerk._attending._session  # type: ignore[union-attr]
        visit.extend = visit.bookmark = asked.set  # type: ignore[method-assign]
        doctor.app._clerk.choose(choice)
        assert asked.is_set()


async def test_what_is_drafted_first_is_in_the_language_that_the_doctor_writes() -> None:
    async with consulting(Scene(), preferences=Preferences(note="nn")) as doctor:
        await doctor.reviews()
        assert doctor.scene.asked == [doctor.scene.forms[1]]


async def test_the_microphone_that_the_doctor_chose_is_the_one_that_records() -> None:
    async with consulting(Scene(), preferences=Preferences(microphone="Headset")) as doctor:
        await doctor.sees("Mikrofon: Headset")
        await doctor.begins()
        assert doctor.scene.opened_from == [(0.0, "Headset")]


async def test_a_screen_in_another_language_stays_so() -> None:
    async with consulting(Scene(), preferences=Preferences(screen="nn")) as doctor:
        await doctor.at(Home)
        await doctor.sees("Ny konsultasjon")
        await doctor.sees("Språk: Nynorsk")


async def test_a_choice_that_could_not_be_kept_holds_and_says_so() -> None:
    async with consulting(Scene(keeps=False)) as doctor:
        await doctor.at(Home)
        await doctor.press("k", "down", "enter")
        await doctor.sees("Valget gjelder til kiskriv lukkes")
        assert doctor.app.theme == "kiskriv-contrast"


# -- in which order choices are taken ----------------------------------------------------------------------------------------------------


def attended(scene: Scene, told: Callable[[Happening, SimpleQueue[Choice]], object]) -> None:
    """A consultation without a screen; `told` chooses as things happen."""
    choices: SimpleQueue[Choice] = SimpleQueue()
    Attending(
        Visit(scene),
        Sound(scene),
        choices,
        lambda happening: told(happening, choices),
        open_source=lambda seconds: Sound(scene),
        open_outlet=lambda: Drawer(scene),
        preferences=UNCHOSEN,
    ).hold()


def test_what_is_chosen_while_a_line_is_heard_is_taken_in_its_order() -> None:
    first, second = (Note((Section("Funn", (Statement(words, ()),)),)) for words in ("Rødt.", "Rødt, hovent."))

    def told(happening: Happening, choices: SimpleQueue[Choice]) -> None:
        match happening:
            case Heard(Unspooled()):  # drafted, and nothing is under way
                choices.put(Play(0.0, 1.0))
            case Heard(Playing()):
                for choice in (Revise(first), Approve(first), Revise(second), Approve(second)):
                    choices.put(choice)
            case Approved(note) if note == second:
                choices.put(Discard())

    scene = Scene(endless=False)
    scene.meanwhile.put(Unspooled())
    attended(scene, told)
    assert [step for step in scene.steps if step in ("play", "revise", "approve")] == [
        "play",
        *["revise", "approve"] * 2,
    ]
    assert scene.approved[-1] == second


def test_a_pause_that_the_clerk_takes_before_it_is_hurried_is_a_pause() -> None:
    happened: list[Happening] = []

    def told(happening: Happening, choices: SimpleQueue[Choice]) -> None:
        happened.append(happening)
        match happening:
            case SoundOn():
                choices.put(Pause())
            case Paused():
                choices.put(Discard())

    scene = Scene()
    attended(scene, told)
    assert Paused() in happened and "pausing" in scene.steps and "draft" not in scene.steps


async def test_one_whose_words_were_corrected_and_not_drafted_is_drafted_before_anything_else() -> None:
    async with consulting(left(Scene(), State.DRAFTED, retold=True)) as doctor:
        await doctor.at(Review)
        await doctor.until(lambda: "draft" in doctor.scene.steps)

"""A consultation that lives elsewhere: found where it was, kept as it is edited, told of as it nears its end, and then forgotten here."""

from __future__ import annotations

import pytest

from kiskriv.deliver import Recalled
from kiskriv.errors import (
    EndedElsewhere,
    ErasureFailed,
    Expired,
    KiskrivError,
    MicrophoneMissing,
    ModelMissing,
    RoomDied,
    SourceGone,
)
from kiskriv.machine import Level
from kiskriv.note import Note, Section, Statement
from kiskriv.session.events import Expiring, Missed, Unspooled
from kiskriv.session.stages import State
from kiskriv.tui.approved import Approved
from kiskriv.tui.asking import Notice
from kiskriv.tui.home import Home
from kiskriv.tui.over import Receipt, Trouble
from kiskriv.tui.recording import Recording
from kiskriv.tui.renewal import Last
from kiskriv.tui.review import Review
from tests.tui.conftest import consulting
from tests.tui.fakes import NOTE, Scene, standing

EDITED = Note((Section("Anamnese", (Statement("Skrevet av legen.", ()),)), *NOTE.sections[1:]))


def left(scene: Scene, state: State, **where: object) -> Scene:
    """The scene, with a consultation that a screen before this one left."""
    scene.rooms, scene.left = True, standing(scene, state, **where)
    return scene


# -- found where it was -------------------------------------------------------------------------------------------------------------------


async def test_one_that_records_is_looked_on_at() -> None:
    async with consulting(left(Scene(microphone=True), State.OPEN, recording=True)) as doctor:
        await doctor.sees("● TAR OPP")
        await doctor.sees("Pasient: Jeg har hatt vondt i halsen")
        await doctor.press("s")
        await doctor.at(Review)
    assert doctor.scene.steps[:2] == ["opened", "record"]


async def test_one_that_was_stopped_is_drafted() -> None:
    async with consulting(left(Scene(), State.RECORDED)) as doctor:
        await doctor.at(Review)
    assert "record" not in doctor.scene.steps


@pytest.mark.parametrize("state", [State.DRAFTED, State.APPROVED])
async def test_one_in_review_has_the_note_as_the_doctor_left_it(state: State) -> None:
    async with consulting(left(Scene(), state, note=EDITED)) as doctor:
        await doctor.at(Review)
        await doctor.sees("Skrevet av legen.")
        await doctor.sees("IKKE GODKJENT – slik du forlot det")
        await doctor.press("a", "j")
        await doctor.at(Approved)
    assert doctor.scene.approved == [EDITED] and "draft" not in doctor.scene.steps


@pytest.mark.parametrize(("microphone", "why"), [(True, "Mikrofonen ble borte"), (False, "Det som ga den, ble borte")])
async def test_one_whose_sound_broke_off_says_so_and_waits(microphone: bool, why: str) -> None:
    async with consulting(left(Scene(microphone=microphone), State.RECORDED, lost=True)) as doctor:
        await doctor.at(Recording)
        await doctor.sees("■ AVBRUTT")
        await doctor.sees("Ingenting blir tatt opp nå.")
        await doctor.sees(why)
        await doctor.sees("0:24 er tatt opp og i behold")
        await doctor.sees("Pasient: Jeg har hatt vondt i halsen")
        await doctor.sees("P Ta opp videre S Til utkastet F Forkast")
        assert doctor.scene.steps == ["opened"]
        await doctor.press("o")
        await doctor.sees("● TAR OPP")
        await doctor.press("s")
        await doctor.at(Review)
    assert doctor.scene.steps[1:3] == ["record", "sound on"]


@pytest.mark.parametrize("state", [State.OPEN, State.RECORDED])
async def test_one_that_never_recorded_offers_no_draft(state: State) -> None:
    async with consulting(left(Scene(said=()), state, seconds=0.0, lost=True)) as doctor:
        await doctor.sees("Ingenting er tatt opp.")
        assert doctor.shown().count("er tatt opp") == 1
        assert "Til utkastet" not in doctor.shown()
        await doctor.press("u", "s")
        await doctor.press("f", "j")
        await doctor.until(lambda: doctor.app.last is not None)
    assert "draft" not in doctor.scene.steps and "ended discarded" in doctor.scene.steps


async def test_one_whose_room_was_still_busy_waits_for_its_answer() -> None:
    """The room was at the recording that a killed screen had asked for, and fails it only now: that is no answer to the draft."""
    async with consulting(left(Scene(fails={"draft": SourceGone(seconds=24)}), State.RECORDED)) as doctor:
        await doctor.sees("■ AVBRUTT")
        doctor.scene.fails.clear()
        await doctor.press("u")
        await doctor.at(Review)


async def test_an_answer_without_a_draft_was_for_the_step_before() -> None:
    async with consulting(left(Scene(busy=1), State.RECORDED)) as doctor:
        await doctor.at(Review)
    assert doctor.scene.steps.count("draft") == 2


async def test_one_is_found_before_anything_is_loaded_and_with_no_microphone() -> None:
    missing = {"load": ModelMissing(file="model.bin"), "source": MicrophoneMissing(problem="none is connected")}
    async with consulting(left(Scene(fails=missing), State.RECORDED, lost=True)) as doctor:
        await doctor.sees("■ AVBRUTT")
        await doctor.press("o")
        await doctor.sees("Ingen mikrofon kan brukes: ingen er koblet til.")
        await doctor.press("u")
        await doctor.at(Review)


# -- while it goes on ---------------------------------------------------------------------------------------------------------------------


async def test_every_change_is_kept_in_the_room() -> None:
    async with consulting(Scene(rooms=True)) as doctor:
        await doctor.reviews()
        await doctor.press("e", *" Mye.", "enter")
        await doctor.until(lambda: doctor.scene.revised)
        assert doctor.scene.revised[-1].sections[0].statements[0].text == "Vondt i halsen i fire dager. Mye."
        await doctor.press("e", "enter")  # nothing was changed
        await doctor.press("n", *"Ny", "enter")
        await doctor.until(lambda: doctor.scene.revised[-1].sections[0].statements[1].text == "Ny")
    assert doctor.scene.steps.count("revise") == 2


async def test_the_time_limit_is_told_in_minutes_on_every_page() -> None:
    async with consulting(Scene(rooms=True)) as doctor:
        await doctor.reviews()
        assert "tidsfrist" not in doctor.shown()
        doctor.scene.meanwhile.put(Expiring(540.0, True))
        await doctor.sees("9 minutter igjen: Da blir alt slettet (klinikkens tidsfrist)")
        await doctor.press("a", "j")
        await doctor.at(Approved)
        await doctor.sees("9 minutter igjen")


async def test_a_screen_that_comes_late_is_told_of_the_time_limit_too() -> None:
    async with consulting(left(Scene(), State.DRAFTED, seconds_left=60.0)) as doctor:
        await doctor.sees("1 minutt igjen")


async def test_a_sealed_copy_that_could_not_be_kept_is_told_and_the_consultation_goes_on() -> None:
    async with consulting(Scene(rooms=True)) as doctor:
        await doctor.reviews()
        doctor.scene.meanwhile.put(Unspooled())
        await doctor.at(Notice)
        await doctor.sees("Den forseglede kopien på disken kunne ikke tas vare på, og er fjernet.")
        await doctor.sees("Konsultasjonen fortsetter uten den")
        await doctor.press("enter")
        await doctor.at(Review)


async def test_what_could_not_be_written_down_stands_in_its_place() -> None:
    async with consulting(Scene(rooms=True, missed=(Missed(8.0, 12.0), Missed(40.0, 65.0))), size=(140, 40)) as doctor:
        await doctor.reviews()
        await doctor.sees("[… ikke skrevet ned: 0:40–1:05]")
        shown = doctor.shown()
        assert shown.index("vondt i halsen i fire") < shown.index("0:08–0:12") < shown.index("Har du hatt feber?")
        await doctor.press("down")  # what a statement rests on is found behind a gap, too
        lit = [line for line in doctor.shown().splitlines() if "▶" in line]
        assert "Har du hatt feber?" in lit[0] and "Nei, ikke feber." in lit[1]


# -- how it ends --------------------------------------------------------------------------------------------------------------------------


async def test_the_process_that_showed_it_ends_with_it() -> None:
    async with consulting(Scene(rooms=True)) as doctor:
        await doctor.approves()
        await doctor.press("l")
        await doctor.sees("Notatet ligger på utklippstavlen")
        await doctor.press("s", "j")
        await doctor.until(lambda: doctor.app.return_code is not None)
    assert doctor.app.last == Last("ab" * 16, "", Recalled.CLEARED)
    assert doctor.app._clerk.outcome is None, "the fresh process says it, not the last words"


@pytest.mark.parametrize("error", [Expired(), EndedElsewhere(), RoomDied(), ErasureFailed(residue=1)])
async def test_an_end_that_nobody_chose_here_is_told_by_the_next_process(error: KiskrivError) -> None:
    async with consulting(Scene(rooms=True)) as doctor:
        await doctor.reviews()
        doctor.scene.meanwhile.put(error)
        await doctor.until(lambda: doctor.app.return_code is not None)
    assert doctor.app.last == Last("ab" * 16, type(error).__name__)
    assert not any(step.startswith("ended") for step in doctor.scene.steps)


async def test_a_fresh_process_shows_the_receipt_then_greets() -> None:
    async with consulting(Scene(rooms=True), last=Last("ab" * 16, recalled=Recalled.OTHER), swept=1) as doctor:
        await doctor.at(Receipt)
        await doctor.sees("Notatet er i journalen.")
        await doctor.sees("linje 42 i sletteloggen")
        await doctor.sees("der ligger det noe annet nå; notatet er borte derfra")
        await doctor.press("enter")
        await doctor.at(Home)
        await doctor.sees("Nivå B: Ingenting blir igjen på disken eller i et program som kjører.")
        assert "stående åpen" not in doctor.shown(), "that was told before the consultation"


@pytest.mark.parametrize(
    ("error", "words", "became"),
    [
        ("Expired", "Tidsfristen er ute", "Det som var tatt opp, er slettet."),
        ("EndedElsewhere", "avsluttet fra et annet skjermbilde", "Det som var tatt opp, er slettet."),
        (
            "RoomDied",
            "Prosessen som hadde konsultasjonen, stoppet",
            "Det som var tatt opp, er tapt og kan ikke leses av noen.",
        ),
    ],
)
async def test_a_fresh_process_says_what_happened(error: str, words: str, became: str) -> None:
    scene = Scene(rooms=True, fails={"receipt": RoomDied()} if error == "RoomDied" else {})
    async with consulting(scene, last=Last("ab" * 16, error)) as doctor:
        await doctor.at(Trouble)
        await doctor.sees(words)
        await doctor.sees(became)
        assert "avviksmelding" not in doctor.shown()
        await doctor.press("enter")
        await doctor.at(Home)


async def test_home_says_what_is_promised_here() -> None:
    async with consulting(Scene(), level=Level.A) as doctor:
        await doctor.sees("Nivå A: Ingenting blir igjen av en konsultasjon, uansett hvordan den ender.")
    async with consulting(Scene(), level=Level.C) as doctor:
        await doctor.sees("Nivå C: Noe kan bli igjen i minnet på denne maskinen etterpå.")

"""Who said what, on the screen: no name before it is known, what is uncertain says so, and the doctor knows better (R28)."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from kiskriv.session import State, Tentative
from kiskriv.transcript import Remark, Role, Utterance
from kiskriv.tui import voices, words
from kiskriv.tui.page import Keys
from kiskriv.tui.review import Review
from kiskriv.tui.widgets import LineEditor, TranscriptList
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import SAID, Scene, standing, utterances

WIDE = (140, 40)


def corrections(doctor: Doctor) -> list[str]:
    """What the session was told of who speaks."""
    return [step for step in doctor.scene.steps if step.startswith(("assign", "correct"))]


async def drafted(doctor: Doctor, times: int) -> None:
    """So many drafts were made, and the last one is on the screen."""
    await doctor.until(lambda: doctor.scene.steps.count("draft") == times)
    await doctor.until(lambda: "lager nytt" not in doctor.shown() and not doctor.app.screen._drafting)
    await doctor.pilot.pause()


def nameless(said: tuple[Utterance, ...]) -> tuple[Utterance, ...]:
    return tuple(replace(utterance, speaker="", role=Role.UNKNOWN) for utterance in said)


# -- before it is known ---------------------------------------------------------------------------------------------------------------


async def test_with_one_microphone_nobody_has_a_name_before_the_draft() -> None:
    tentative = Tentative(nameless(utterances((("0", "Da sees vi"),))))
    async with consulting(Scene(microphones=1, heard=(tentative,))) as doctor:
        await doctor.begins()
        await doctor.sees("0:04 Jeg har hatt vondt i halsen i fire dager.")
        await doctor.sees("… 0:00 Da sees vi")
        assert not any(name in doctor.shown() for name in ("Lege", "Pasient:", "Stemme", "Ukjent"))
        await doctor.press("s")
        await doctor.at(Review)
        await doctor.sees("0:04 Pasient: Jeg har hatt vondt")


async def test_while_it_is_found_out_who_said_what_the_screen_says_so() -> None:
    scene = Scene(microphones=1, attributed=threading.Event())
    async with consulting(scene) as doctor:
        await doctor.begins()
        assert "Finner ut" not in doctor.shown()
        await doctor.press("s")
        await doctor.sees("Finner ut hvem som sa hva …")
        await doctor.sees("■ STOPPET")
        scene.attributed.set()
        await doctor.at(Review)
        assert "Finner ut" not in doctor.shown()


# -- what is uncertain ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("remark", Remark)
async def test_what_is_uncertain_about_who_spoke_stands_above_the_note_with_what_to_do(remark: Remark) -> None:
    async with consulting(Scene(remarks=(remark,)), size=(80, 24)) as doctor:
        await doctor.reviews()
        label, said, *_ = doctor.shown().splitlines()[1:]
        assert "KI-UTKAST" in label
        assert said.strip() == words.remarks((remark,)).strip()
        assert said.startswith(" ! ") and said.count(".") + said.count(":") >= 2


async def test_several_remarks_stand_one_below_the_other_and_none_takes_no_room() -> None:
    several = (Remark.DEAD_CHANNEL, Remark.ONE_VOICE, Remark.CLIPPED)
    async with consulting(Scene(remarks=several), size=(80, 24)) as doctor:
        await doctor.reviews()
        assert [line.startswith(" ! ") for line in doctor.shown().splitlines()[1:6]] == [False, True, True, True, False]
        await doctor.sees("Vondt i halsen i fire dager.")
        doctor.scene.remarks = ()
        await doctor.press("tab", "o")
        await drafted(doctor, 2)
        assert not any(line.startswith(" ! ") for line in doctor.shown().splitlines())
        assert doctor.app.screen.query_one("#sides").region.y == 2


async def test_a_remark_is_known_to_the_next_screen_too() -> None:
    scene = Scene(rooms=True, remarks=(Remark.SWAPPED,))
    scene.left = standing(scene, State.DRAFTED)
    async with consulting(scene) as doctor:
        await doctor.at(Review)
        await doctor.sees("Mikrofonene kan være byttet om. O bytter lege og pasient.")


async def test_a_line_of_nobodys_has_no_name_and_gets_a_voice_first_and_then_a_role() -> None:
    scene = Scene(said=nameless(utterances()), remarks=(Remark.UNATTRIBUTED,))
    async with consulting(scene, size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.sees("0:00 Hva kan jeg hjelpe")
        assert "Stemme" not in doctor.shown()
        await doctor.press("tab", "home", "r")
        await drafted(doctor, 2)
        await doctor.sees("0:00 Stemme 11: Hva kan jeg")  # a number that no diarizer gives
        await doctor.press("down", "v")
        await drafted(doctor, 3)
        await doctor.press("v")
        await drafted(doctor, 4)
        await doctor.sees("0:04 Stemme 12: Jeg har hatt vondt")
        await doctor.sees("0:08 Har du hatt feber?")
        await doctor.press("r")
        await drafted(doctor, 5)
        await doctor.sees("0:04 Lege: Jeg har hatt vondt")
    assert corrections(doctor) == ["correct 0 10", "correct 1 10", "correct 1 11", "assign 11 practitioner"]


# -- the doctor knows better ----------------------------------------------------------------------------------------------------------


async def test_a_whole_voice_goes_through_all_roles_and_round_again() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "home")
        names = ["Pasient", "Pårørende", "Tolk", "Stemme 1", "Lege"]
        for times, name in enumerate(names, start=2):
            await doctor.press("r")
            await drafted(doctor, times)
            await doctor.sees(f"0:00 {name}: Hva kan jeg")
            await doctor.sees(f"0:08 {name}: Har du hatt feber?")
        await doctor.sees("0:04 Pasient: Jeg har hatt vondt")
    assert corrections(doctor) == [
        f"assign 0 {role}" for role in ("patient", "related-person", "interpreter", "unknown", "practitioner")
    ]


async def test_one_line_alone_goes_to_the_next_voice_then_to_a_new_one_and_round_again() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "home", "down", "down")
        said = doctor.app.screen.query_one(TranscriptList)
        for times, name in enumerate(("Pasient", "Stemme 11", "Lege"), start=2):
            await doctor.press("v")
            await drafted(doctor, times)
            await doctor.sees(f"0:08 {name}: Har du hatt feber?")
            assert said.has_focus and said.highlighted == 2
        await doctor.sees("0:00 Lege: Hva kan jeg")
        await doctor.sees("0:12 Pasient: Nei, ikke feber.")
    assert corrections(doctor) == ["correct 2 1", "correct 2 10", "correct 2 0"]


async def test_one_key_swaps_doctor_and_patient_all_through_with_one_new_draft() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "o")
        await drafted(doctor, 2)
        await doctor.sees("0:00 Pasient: Hva kan jeg")
        await doctor.sees("0:04 Lege: Jeg har hatt vondt")
    assert corrections(doctor) == ["assign 0 patient", "assign 1 practitioner"]
    assert doctor.scene.steps.count("draft") == 2


async def test_nobody_changes_places_where_there_are_not_both_and_the_key_is_not_named() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab")  # to where the first statement was said
        assert "Bytt lege og pasient" in str(doctor.app.screen.query_one(Keys).render())
        await doctor.press("r")  # the patient becomes a relative
        await drafted(doctor, 2)
        assert "Bytt lege og pasient" not in str(doctor.app.screen.query_one(Keys).render())
        await doctor.press("o")
        await doctor.press("o")
    assert corrections(doctor) == ["assign 1 related-person"]


@pytest.mark.parametrize("key", ["r", "v", "o"])
async def test_no_correction_is_made_over_a_line_that_is_being_written(key: str) -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        await doctor.press("e", "x")
        doctor.app.screen.query_one(TranscriptList).focus()
        await doctor.press(key, key)
        assert doctor.app.screen.query_one(LineEditor).display
        assert corrections(doctor) == [] and doctor.scene.steps.count("draft") == 1
        await doctor.press("tab")  # back to the line
        assert doctor.app.screen.query_one(LineEditor).has_focus


async def test_nothing_is_corrected_while_it_is_drafted() -> None:
    scene = Scene()
    async with consulting(scene, size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab")
        scene.attributed = threading.Event()
        await doctor.press("r", "r", "v", "o", "x", "e")
        await doctor.sees("det skrives …")
        scene.attributed.set()
        await drafted(doctor, 2)
    assert corrections(doctor) == ["assign 1 related-person"]


async def test_the_side_and_the_line_that_the_keys_are_for_are_seen_without_colour() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        assert "┏━ Journalnotat" in doctor.shown() and "╭─ Det som ble sagt" in doctor.shown()
        assert "▶ 0:04 Pasient" in doctor.shown() and "› 0:" not in doctor.shown()
        await doctor.press("tab", "home", "down")
        assert "╭─ Journalnotat" in doctor.shown() and "┏━ Det som ble sagt" in doctor.shown()
        assert "› 0:04 Pasient" in doctor.shown() and "›▶Vondt i halsen" in doctor.shown()
        await doctor.press("down")
        assert "  0:04 Pasient" in doctor.shown() and "› 0:08 Lege" in doctor.shown()
        await doctor.press("up", "tab")
        assert "▶ 0:04 Pasient" in doctor.shown() and "›▶" not in doctor.shown()


async def test_the_cursor_stays_on_the_same_words_when_the_new_draft_has_more_lines_before_them() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "home", "down", "down")
        first, *rest = doctor.scene.said
        halves = replace(first, words=first.words[:3]), replace(first, words=first.words[3:])
        doctor.scene.said = tuple(replace(said, id=number) for number, said in enumerate((*halves, *rest)))
        await doctor.press("r")
        await drafted(doctor, 2)
        chosen = doctor.app.screen.query_one(TranscriptList).chosen
        assert chosen.start == 8.0 and chosen.id == 3


# -- pure -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("speakers", "line", "follows"),
    [
        (("0", "1", "0", "1"), 0, "1"),
        (("0", "1", "0", "1"), 1, "10"),  # after the last voice a new one
        (("0", "1", "0", "2"), 3, "0"),  # alone in a voice, which is as good as new: round again
        (("0", "1", "0"), 1, "0"),
        (("2", "3", "2", "3"), 0, "3"),
        (("2", "3", "2", "3"), 1, "10"),
        (("2", "10", "2", "10"), 1, "11"),
        (("9", "10", "11", "9", "10"), 3, "10"),  # in the order of numbers
        (("", "", ""), 1, "10"),
        (("0", "", ""), 1, "0"),
        (("0", "1", "", "0"), 2, "0"),
        (("0",), 0, "10"),
        (("10",), 0, "10"),  # nobody else, and nothing else: it is what it is
        (("",), 0, "10"),
    ],
)
def test_which_voice_comes_next(speakers: tuple[str, ...], line: int, follows: str) -> None:
    words = utterances(SAID[:1])[0].words
    said = tuple(Utterance(number, Role.UNKNOWN, speaker, words) for number, speaker in enumerate(speakers))
    assert voices.next_voice(said[line], said) == follows


def test_every_line_comes_to_every_voice_and_back() -> None:
    words = utterances(SAID[:1])[0].words
    said = [Utterance(number, Role.UNKNOWN, speaker, words) for number, speaker in enumerate("01201")]
    seen = []
    for _ in range(8):
        said[0] = replace(said[0], speaker=voices.next_voice(said[0], said))
        seen.append(said[0].speaker)
    assert seen == ["1", "2", "10", "0", "1", "2", "10", "0"]


def test_all_doctors_and_patients_change_places_and_nobody_else() -> None:
    words = utterances(SAID[:1])[0].words
    roles = {"0": Role.PATIENT, "1": Role.PRACTITIONER, "2": Role.PATIENT, "3": Role.INTERPRETER, "": Role.UNKNOWN}
    said = [Utterance(number, role, label, words) for number, (label, role) in enumerate(roles.items())]
    assert dict(voices.swapped(said)) == {"0": Role.PRACTITIONER, "1": Role.PATIENT, "2": Role.PRACTITIONER}
    assert voices.swapped([one for one in said if one.role is not Role.PRACTITIONER]) == ()
    assert voices.swapped([]) == ()

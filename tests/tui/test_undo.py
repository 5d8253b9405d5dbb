"""No change to the note is for good: back, forth, and never past a new draft; a correction of what was said is taken back, too."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from kiskriv.note import Phrase, Statement
from kiskriv.transcript import Cut
from kiskriv.tui import edits
from kiskriv.tui.approved import Approved
from kiskriv.tui.choices import Correct
from kiskriv.tui.history import History
from kiskriv.tui.page import Keys
from kiskriv.tui.widgets import NoteList
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import NOTE, Scene, utterances

WIDE = (140, 40)


def keys(doctor: Doctor) -> str:
    return str(doctor.app.screen.query_one(Keys).render())


async def test_each_change_is_taken_back_and_done_again_and_kept_each_time() -> None:
    scene = Scene(phrases=(Phrase("Funn", "lunger", "Ingen fremmedlyder."),))
    async with consulting(scene, size=WIDE) as doctor:
        await doctor.reviews()
        assert "Angre" not in keys(doctor)
        await doctor.press("e", *" Mye.", "enter", "n", *"Ny", "enter", "p", "enter")
        await doctor.sees("Ingen fremmedlyder. [lege]")
        await doctor.until(lambda: scene.revised and scene.revised[-1].sections[1].statements[1:])
        await doctor.press("z")
        await doctor.until(lambda: "fremmedlyder" not in doctor.shown())
        assert "Ny [lege]" in doctor.shown()
        await doctor.press("ctrl+z", "z")
        await doctor.until(lambda: scene.revised[-1] == NOTE)
        assert "Mye." not in doctor.shown() and "med dine endringer" not in doctor.shown()
        assert "Angre" not in keys(doctor) and "Ctrl+Y" in keys(doctor)
        await doctor.press("z", "ctrl+y")
        await doctor.sees("fire dager. Mye.")
        await doctor.press("a", "j")
        await doctor.at(Approved)
    assert scene.approved == [edits.written(NOTE, edits.rows(NOTE)[1], "Vondt i halsen i fire dager. Mye.")]  # type: ignore[arg-type]


async def test_the_cursor_goes_to_what_was_taken_back() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        note = doctor.app.screen.query_one(NoteList)
        await doctor.press("end", "e", *" Ja.", "enter", "home", "z")
        assert note.highlighted == len(note.options) - 1


async def test_a_line_that_was_deleted_comes_back_with_its_evidence() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("e", "ctrl+a", "delete", "enter")
        await doctor.until(lambda: "Vondt i" not in doctor.shown())
        await doctor.press("z")
        await doctor.sees("› Vondt i halsen i fire dager.")
        assert "▶ 0:04 Pasient" in doctor.shown()


async def test_nothing_leads_back_over_a_new_draft() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("e", *" Mye.", "enter", "tab", "o")
        await doctor.until(lambda: doctor.scene.steps.count("draft") == 2 and not doctor.app.screen._drafting)
        await doctor.press("tab")
        revised = len(doctor.scene.revised)
        assert "Angre" not in keys(doctor)
        await doctor.press("z")
        assert len(doctor.scene.revised) == revised


# -- pure -------------------------------------------------------------------------------------------------------------------------------


def noted(*lines: str) -> History:
    history = History(NOTE)
    for line in lines:
        history = history.after(edits.added(history.note, 1, 0, line))
    return history


def test_back_and_forth_through_all_that_was() -> None:
    history = noted("a", "b", "c")
    back = [history]
    while back[-1].past:
        back.append(back[-1].undone())
    assert back[-1].note == NOTE and not back[-1].changed and len(back) == 4
    assert all(later.redone() == earlier for earlier, later in pairwise(back))
    assert back[-1].undone() == back[-1] and history.redone() == history


def test_a_change_after_going_back_is_the_only_way_on() -> None:
    history = noted("a", "b").undone().after(edits.added(NOTE, 2, 0, "d"))
    assert history.redone() == history and history.undone().note == noted("a").note


def test_the_same_note_is_no_change() -> None:
    assert noted("a").after(noted("a").note) == noted("a")
    there_and_back = History(NOTE).after(edits.added(NOTE, 1, 0, "a")).after(NOTE)
    assert not there_and_back.changed and there_and_back.past


def test_a_history_does_not_speak() -> None:
    history = noted("vondt i halsen")
    assert history.note.sections[1].statements[0] == Statement("vondt i halsen", ())
    assert "halsen" not in repr(history)


# -- what was said ------------------------------------------------------------------------------------------------------------------------


async def test_each_correction_of_what_was_said_is_taken_back_the_last_one_first() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "home", "down")
        assert "Angre" not in keys(doctor)
        drafts = 1
        for pressed in (("e", "ctrl+a", *"tull", "enter"), ("v",), ("r",), ("o",), ("x", "j"), *(5 * [("z",)])):
            await doctor.press(*pressed)
            drafts += 1
            await doctor.until(lambda drafts=drafts: doctor.scene.steps.count("draft") == drafts)
            await doctor.until(lambda: not doctor.app.screen._drafting)
        await doctor.until(lambda: "Angre" not in keys(doctor))
        await doctor.sees("0:04 Pasient: Jeg har hatt vondt i halsen i fire dager.")
        await doctor.press("z")
        assert doctor.scene.steps.count("draft") == drafts
    told = [step for step in doctor.scene.steps if step.split()[0] in ("assign", "correct", "rewording", "cut")]
    assert told == [
        "rewording 1", "correct 1 10", "assign 10 practitioner",
        "assign 0 patient", "assign 10 patient", "assign 1 practitioner", "cut 1",
        "cut 1", "assign 0 practitioner", "assign 10 practitioner", "assign 1 patient",
        "assign 10 unknown", "correct 1 1", "rewording 1",
    ]  # fmt: skip


async def test_a_line_that_had_no_voice_has_no_way_back_and_hides_none() -> None:
    async with consulting(Scene(microphones=1), size=WIDE) as doctor:
        await doctor.reviews()
        page = doctor.app.screen
        said = page._said
        said._transcript = replace(said._transcript, utterances=tuple(replace(u, speaker="") for u in utterances()))
        said.lines.show(said._transcript)
        said._backward.append(Correct(Cut(0.0, 1.0)))
        await doctor.press("tab", "home", "v")
        await doctor.until(lambda: doctor.scene.steps.count("draft") == 2 and not page._drafting)
        assert said._backward == []

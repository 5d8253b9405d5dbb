"""No change to the note is for good: back, forth, and never past a new draft."""

from __future__ import annotations

from itertools import pairwise

from kiskriv.note import Phrase, Statement
from kiskriv.tui import edits
from kiskriv.tui.approved import Approved
from kiskriv.tui.history import History
from kiskriv.tui.page import Keys
from kiskriv.tui.widgets import NoteList
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import NOTE, Scene

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

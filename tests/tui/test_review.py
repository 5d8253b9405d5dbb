"""The note beside what was said: evidence both ways, and corrections (R27, R29). Who said it: `test_voices`; marks: `test_marks`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiskriv.note import Note, Section, Statement
from kiskriv.transcript import Cut, Rewording
from kiskriv.tui.approved import Approved
from kiskriv.tui.asking import Ask
from kiskriv.tui.history import History
from kiskriv.tui.page import Keys
from kiskriv.tui.recording import Recording
from kiskriv.tui.review import Review
from kiskriv.tui.widgets import LineEditor, NoteList, TranscriptList
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import EMPTY, NOTE, SAID, Scene, utterances

WIDE = (140, 40)


def lit(doctor: Doctor) -> list[str]:
    """The lines of the screen that carry the mark of evidence, from the mark on."""
    return [line[line.index("▶") :] for line in doctor.shown().splitlines() if "▶" in line]


async def test_a_statement_lights_up_what_it_rests_on() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        assert [line.split("│")[0].strip(" ▶┃") for line in lit(doctor)] == [
            "0:04 Pasient: Jeg har hatt vondt i halsen i fire dager."
        ]
        await doctor.press("down")
        assert ["Har du hatt feber?" in lit(doctor)[0], "Nei, ikke feber." in lit(doctor)[1]] == [True, True]
        assert len(lit(doctor)) == 2
        await doctor.press("down", "down")  # Vurdering: nobody spoke about it
        assert lit(doctor) == []
        await doctor.press("down")
        assert "Dette er trolig en virusinfeksjon." in lit(doctor)[0]


async def test_evidence_is_marked_without_colour() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        strips = doctor.app.screen._compositor.render_strips()
        segments = [segment for strip in strips for segment in strip if "vondt i halsen i fire dager." in segment.text]
        assert any(segment.style and segment.style.reverse for segment in segments)
        assert sum("▶" in segment.text for strip in strips for segment in strip) == 1


async def test_evidence_out_of_sight_is_scrolled_to() -> None:
    said = utterances(SAID * 10)
    far = Section("Funn", (Statement("Langt nede.", (said[-1].id,)),))
    scene = Scene(said=said, note=replace(NOTE, sections=(NOTE.sections[0], far, *NOTE.sections[2:])), endless=False)
    async with consulting(scene, size=(80, 24)) as doctor:
        await doctor.press("enter", "j")
        await doctor.at(Review)
        assert lit(doctor)
        await doctor.press("down", "down")
        await doctor.until(lambda: "Dette er trolig" in "".join(lit(doctor)))
        assert doctor.app.screen.query_one(TranscriptList).scroll_offset.y > 0


async def test_what_was_said_lights_up_the_statements_that_rest_on_it() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "home")
        assert lit(doctor) == []
        await doctor.press("down", "down", "down")
        assert [line.split("│")[0].strip(" ▶") for line in lit(doctor)] == ["Ikke feber."]
        await doctor.press("down")
        assert [line.split("│")[0].strip(" ▶") for line in lit(doctor)] == ["Tonsillene er røde, uten belegg."]
        doctor.app.screen.query_one(NoteList).focus()  # as by a click: back at the note, where its own cursor stands
        await doctor.until(lambda: doctor.app.screen.query_one(TranscriptList).lit)
        assert "vondt i halsen i fire dager." in "".join(lit(doctor)) and len(lit(doctor)) == 1


async def test_from_the_note_the_other_side_begins_where_the_statement_was_said() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("down", "tab")
        assert "› 0:08 Lege: Har du hatt feber?" in doctor.shown()


async def test_only_the_keys_of_the_side_that_the_cursor_is_on_are_named_and_work() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        keys = doctor.app.screen.query_one(Keys)
        assert "Endre linje" in str(keys.render()) and "Hvem snakker" not in str(keys.render())
        await doctor.press("r", "v", "o", "x")
        assert type(doctor.app.screen) is Review and doctor.scene.steps.count("draft") == 1
        await doctor.press("tab")
        assert "Hvem snakker" in str(keys.render()) and "Ny linje" not in str(keys.render())
        await doctor.press("n", "p", "d")
        assert type(doctor.app.screen) is Review and not doctor.app.screen.query_one(LineEditor).display


async def test_a_key_of_a_side_can_be_clicked() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        row, line = next((y, line) for y, line in enumerate(doctor.shown().splitlines()) if " N  Ny linje" in line)
        await doctor.pilot.click(offset=(line.index(" N  Ny linje") + 6, row))
        await doctor.sees("Ny linje under Anamnese")


async def test_a_click_brings_the_cursor_and_only_a_second_one_opens_the_line() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        note = doctor.app.screen.query_one(NoteList)
        await doctor.pilot.click(NoteList, offset=(10, 3))
        await doctor.until(lambda: note.highlighted == 2)
        assert not doctor.app.screen.query_one(LineEditor).display
        await doctor.pilot.click(NoteList, offset=(10, 3))
        await doctor.until(lambda: doctor.app.screen.query_one(LineEditor).text == "Ikke feber.")


async def test_one_more_thing_at_the_door_is_recorded_on() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        await doctor.press("b")
        await doctor.at(Recording)
        await doctor.until(lambda: doctor.scene.steps.count("sound on") == 2)
        await doctor.press("s")
        await doctor.at(Review)
    assert doctor.scene.steps.count("draft") == 2


# -- the doctor's words -----------------------------------------------------------------------------------------------------------------


async def test_an_edit_is_kept_with_its_evidence_and_approved() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        await doctor.press("enter")
        await doctor.until(lambda: doctor.app.screen.query_one(LineEditor).has_focus)
        await doctor.press("home", *"Har ", "enter")
        await doctor.sees("Har Vondt i halsen i fire dager.")
        await doctor.sees("med dine endringer")
        await doctor.press("a", "j")
        await doctor.at(Approved)
        await doctor.sees("Har Vondt i halsen i fire dager.")
    (approved,) = doctor.scene.approved
    assert approved.sections[0].statements[0].text == "Har Vondt i halsen i fire dager."
    assert approved.sections[0].statements[0].evidence == (1,)
    assert approved.sections[1:] == doctor.scene.note.sections[1:]


async def test_keys_of_the_page_are_letters_in_the_editor() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        await doctor.press("n", *"aftrsn", "enter")
        await doctor.sees("aftrsn [lege]")
        assert type(doctor.app.screen) is Review


async def test_escape_leaves_a_line_as_it_was() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        await doctor.press("e", *"xyz", "escape", "a", "j")
        await doctor.at(Approved)
    assert doctor.scene.approved == [doctor.scene.note]


async def test_an_emptied_line_goes_and_a_new_one_stands_under_its_heading() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        await doctor.press("down", "e")
        await doctor.until(lambda: doctor.app.screen.query_one(LineEditor).has_focus)
        doctor.app.screen.query_one(LineEditor).clear()
        await doctor.press("enter", "down", "down")  # Funn, then the blank of Vurdering
        await doctor.press("enter", *"Viral", "enter")
        await doctor.sees("Viral [lege]")
        await doctor.press("a", "j")
        await doctor.at(Approved)
    (approved,) = doctor.scene.approved
    assert [statement.text for statement in approved.sections[0].statements] == ["Vondt i halsen i fire dager."]
    assert [(statement.text, statement.evidence) for statement in approved.sections[2].statements] == [("Viral", ())]


async def test_what_is_pasted_becomes_one_line_without_control_characters() -> None:
    async with consulting(Scene(note=EMPTY)) as doctor:
        await doctor.reviews()
        await doctor.press("n")
        doctor.app.screen.query_one(LineEditor).insert("a\n\x1b]52;c;aGVp\x07b\t" + "ord " * 2_500)
        await doctor.press("enter", "a", "j")
        await doctor.at(Approved)
    text = doctor.scene.approved[0].sections[0].statements[0].text
    assert text.startswith("a ]52;c;aGVpb ord ord") and len(text) > 9_000 and text.isprintable()


async def test_an_edit_stays_when_what_was_said_is_corrected_and_the_label_says_so() -> None:
    scene = Scene()
    async with consulting(scene) as doctor:
        await doctor.reviews()
        await doctor.press("e", *" Mye.", "enter")
        await doctor.until(lambda: scene.revised)
        scene.note, scene.own = scene.revised[-1], True  # a session merges it
        await doctor.press("tab", "r")
        await doctor.until(lambda: scene.steps.count("draft") == 2)
        await doctor.sees("med dine endringer")
        await doctor.sees("fire dager. Mye.")
        assert type(doctor.app.screen) is Review, "nothing is lost, so nothing is asked"


# -- what was said, corrected -----------------------------------------------------------------------------------------------------------


async def test_words_that_were_heard_wrong_are_corrected_and_drafted_anew() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "e")
        await doctor.sees("Det som ble sagt ved 0:04")
        editor = doctor.app.screen.focused
        assert isinstance(editor, LineEditor) and editor.text == "Jeg har hatt vondt i halsen i fire dager."
        editor.load_text("Jeg har hatt\n vondt i  magen.")
        await doctor.press("enter")
        await doctor.sees("0:04 Pasient: Jeg har hatt vondt i magen.")
        said = doctor.app.screen.query_one(TranscriptList)
        assert said.has_focus and said.chosen.start == 4.0
    assert doctor.scene.changes == [Rewording.of(doctor.scene.said[1], "Jeg har hatt vondt i magen.")]


@pytest.mark.parametrize(("words", "key"), [("Noe annet.", "escape"), (None, "enter"), (" \n ", "enter")])
async def test_words_that_are_left_as_they_were_or_emptied_are_no_correction(words: str | None, key: str) -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "enter")
        await doctor.until(lambda: isinstance(doctor.app.screen.focused, LineEditor))
        if words is not None:
            doctor.app.screen.focused.load_text(words)
        await doctor.press(key)
        await doctor.until(lambda: doctor.app.screen.query_one(TranscriptList).has_focus)
    assert doctor.scene.changes == [] and doctor.scene.steps.count("draft") == 1


async def test_what_does_not_belong_here_is_cut_after_a_question_and_taken_back_without() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "home", "down", "down", "x")
        await doctor.at(Ask)
        await doctor.sees("Klippe bort det som ble sagt 0:08–0:08?")
        await doctor.press("enter", "n")  # Enter is no answer, N goes back
        await doctor.at(Review)
        assert doctor.scene.changes == []
        keys = doctor.app.screen.query_one(Keys)
        assert "Klipp bort" in str(keys.render()) and "Ta tilbake klippet" not in str(keys.render())
        await doctor.press("x", "j")
        await doctor.sees("[klippet bort 0:08–0:08: hører ikke til her]")
        assert "Har du hatt feber?" not in doctor.shown()
        shown = doctor.shown()
        assert shown.index("fire dager.") < shown.index("[klippet bort") < shown.index("Nei, ikke feber.")
        assert "Ta tilbake klippet" in str(keys.render()) and "Klipp bort" not in str(keys.render())
        assert "Lytt" not in str(keys.render()), "there is nothing to hear"
        await doctor.press("e", "r", "v", "l", "x")  # the cursor stands on the cut: only X means anything
        await doctor.sees("0:08 Lege: Har du hatt feber?")
    cut = Cut(8.0, doctor.scene.said[2].end)
    assert doctor.scene.changes == [cut, replace(cut, undone=True)] and doctor.scene.heard_again == []


@pytest.mark.parametrize("size", [(60, 18), (80, 24)])
async def test_both_sides_are_usable_on_a_small_screen(size: tuple[int, int]) -> None:
    async with consulting(Scene(), size=size) as doctor:
        await doctor.reviews()
        await doctor.sees("KI-UTKAST, IKKE GODKJENT")
        for words in (
            "Vondt i halsen i fire dager.",
            "Tonsillene er røde, uten belegg.",
            "A Godkjenn",
            "Ctrl+Q Avslutt",
        ):
            await doctor.sees(words)
        await doctor.press("tab", "home")
        for words in (
            "0:00 Lege: Hva kan jeg hjelpe deg med",
            "0:16 Lege: Tonsillene",
            "X Klipp bort",
            "Ctrl+Q Avslutt",
        ):
            await doctor.sees(words)
        await doctor.press("e")
        await doctor.sees("Enter lagrer, Esc lar den stå")
        await doctor.press("escape", "tab")
        await doctor.sees("Vondt i halsen i fire dager.")


async def test_nothing_of_the_consultation_stays_on_a_page_that_is_left() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("n", *"feber", "enter", "slash", *"halsen")
        page = doctor.app.screen
        page.forget()
        await doctor.pilot.pause()
        assert not any(words in doctor.shown() for words in ("feber", "halsen", "Tonsillene"))
        kept = repr([vars(part) for part in (page, page._note, page._said)])
        assert page._note._history == History(Note(())) and page.transcript.utterances == () and "halsen" not in kept

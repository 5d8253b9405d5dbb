"""The note beside what was said: evidence and corrections (R27, R29). Who said it: `test_voices`."""

from __future__ import annotations

from kiskriv.tui.approved import Approved
from kiskriv.tui.asking import Ask
from kiskriv.tui.review import Review
from kiskriv.tui.widgets import LineEditor
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import EMPTY, Scene


def lit(doctor: Doctor) -> list[str]:
    """The lines of the screen that carry the mark of evidence, from the mark on."""
    return [line[line.index("▶") :] for line in doctor.shown().splitlines() if "▶" in line]


async def test_a_statement_lights_up_what_it_rests_on() -> None:
    async with consulting(Scene(), size=(140, 40)) as doctor:
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
    async with consulting(Scene(), size=(140, 40)) as doctor:
        await doctor.reviews()
        strips = doctor.app.screen._compositor.render_strips()
        segments = [segment for strip in strips for segment in strip if "vondt i halsen i fire dager." in segment.text]
        assert any(segment.style and segment.style.reverse for segment in segments)
        assert sum("▶" in segment.text for strip in strips for segment in strip) == 1


async def test_evidence_out_of_sight_is_scrolled_to() -> None:
    said = Scene().said
    many = tuple(
        type(utterance)(number, utterance.role, utterance.speaker, utterance.words)
        for number, utterance in enumerate(said[:1] * 60)
    )
    scene = Scene(said=(*said, *many[6:]))
    note = type(scene.note)(tuple(scene.note.sections))
    last = scene.said[-1].id
    section = note.sections[1]
    far = type(section)(section.heading, (type(section.statements[0])("Langt nede.", (last,)),))
    scene.note = type(note)((note.sections[0], far, *note.sections[2:]))
    scene.endless = False
    async with consulting(scene, size=(80, 24)) as doctor:
        await doctor.press("enter", "j")
        await doctor.at(Review)
        assert lit(doctor)
        await doctor.press("down", "down")
        await doctor.until(lambda: lit(doctor))
        said_list = doctor.app.screen.query_one("#said")
        assert said_list.lit == {len(scene.said) - 1} and said_list.scroll_offset.y > 0


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


async def test_the_doctors_words_are_never_thrown_away_without_asking() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        await doctor.press("e", *" Mye.", "enter", "r")
        await doctor.at(Ask)
        await doctor.sees("endringer går tapt")
        await doctor.press("n")
        await doctor.sees("fire dager. Mye.")
        assert doctor.scene.steps.count("draft") == 1
        await doctor.press("r", "j")
        await doctor.until(lambda: doctor.scene.steps.count("draft") == 2)
        await doctor.until(lambda: "Mye." not in doctor.shown())

"""Where the doctor should look twice, the clinic's own words, and other documents from the same consultation (R27, R30, R31)."""

from __future__ import annotations

from dataclasses import replace

from kiskriv.note import Concern, Form, Mark, Phrase, Statement
from kiskriv.session import Missed, Unwritten, Writing
from kiskriv.transcript import Doubt
from kiskriv.tui import words
from kiskriv.tui.asking import Ask, Choose
from kiskriv.tui.review import Review
from kiskriv.tui.widgets import NoteList, TranscriptList
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import EMPTY, NOTE, Scene, utterances

WIDE = (140, 40)
MARKS = (
    Mark(Concern.PARTLY, 0, written="Vondt i halsen i fire dager.", evidence=(1,)),
    Mark(Concern.CONTRADICTION, 2, "finding", "røde", "bleke", (4,)),
    Mark(Concern.OMITTED, None, "follow-up", said="kontroll om to uker", evidence=(5,)),
)


def chosen(doctor: Doctor) -> int | None:
    return doctor.app.screen.query_one(NoteList).highlighted


async def test_a_mark_is_told_in_words_and_walked_to_with_one_key() -> None:
    async with consulting(Scene(marks=MARKS), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.sees("1 motsigelse · 2 steder å sjekke")
        await doctor.sees("[? delvis sagt] Vondt i halsen")
        await doctor.sees("[! MOTSAGT] Tonsillene er røde")
        await doctor.sees("Ikke alt i «Vondt i halsen i fire dager.» ble sagt.")
        await doctor.press("m")
        await doctor.sees("Notatet sier «røde», men det som ble sagt, er «bleke».")
        assert "▶" in doctor.shown()  # where it was said
        await doctor.press("m")
        await doctor.sees("«kontroll om to uker» ble sagt, og står ikke i notatet.")
        await doctor.press("m")
        await doctor.sees("Ikke alt i «Vondt i halsen i fire dager.» ble sagt.")


async def test_what_was_left_out_is_listed_and_is_no_line_of_the_note() -> None:
    async with consulting(Scene(marks=MARKS), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.sees("[+ utelatt] kontroll om to uker")
        await doctor.press("end", "e")  # it cannot be edited: it is not in the note
        await doctor.press("a")
        await doctor.at(Ask)
        await doctor.sees("1 motsigelse · 2 steder å sjekke")  # approving names what is still marked
        await doctor.press("j")
        await doctor.until(lambda: doctor.scene.approved)
    assert doctor.scene.approved == [NOTE]


async def test_marks_come_anew_with_every_change_and_nothing_is_corrected_by_itself() -> None:
    scene = Scene(marks=MARKS)
    async with consulting(scene, size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("n")
        for key in "Ny":
            await doctor.press(key)
        await doctor.press("enter")
        await doctor.until(lambda: scene.revised)
        await doctor.until(lambda: "motsigelse" not in doctor.shown())
    ((first, *_), *_) = (section.statements for section in scene.revised[0].sections)
    assert first == NOTE.sections[0].statements[0]


async def test_no_mark_no_word_about_it() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        assert "Neste merke" not in doctor.shown() and "se etter" not in doctor.shown()


async def test_a_phrase_of_the_clinics_goes_in_by_a_key_as_the_doctors_own_line() -> None:
    scene = Scene(phrases=(Phrase("Funn", "lunger", "Ingen fremmedlyder."), Phrase("Status", "hals", "Reaksjonsløs.")))
    async with consulting(scene, size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("p")
        await doctor.at(Choose)
        await doctor.press("escape")
        await doctor.at(Review)
        assert scene.revised == []
        await doctor.press("p", "enter")
        await doctor.until(lambda: scene.revised)
        await doctor.sees("Ingen fremmedlyder. [lege]")
        await doctor.press("p", "down", "enter")  # no such heading here: where the cursor is, at the phrase before
        await doctor.until(lambda: len(scene.revised) == 2)
    assert scene.revised[0].sections[1].statements[-1] == Statement("Ingen fremmedlyder.", ())
    assert scene.revised[1].sections[1].statements[-1] == Statement("Reaksjonsløs.", ())


async def test_another_document_is_drafted_from_the_same_consultation() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.sees("Journalnotat (bokmål)")
        await doctor.press("d", "down", "down", "enter")
        await doctor.sees("Henvisning (bokmål)")
        await doctor.press("tab", "r")  # a correction drafts what is on the screen, not the first form
        await doctor.until(lambda: len(doctor.scene.asked) == 3 and not doctor.app.screen._drafting)
        await doctor.press("tab", "d", "enter")  # the same one again: nothing to do
        await doctor.at(Review)
    letter = Form("Henvisning", "nb")
    assert doctor.scene.asked[1:] == [letter, letter]


async def test_a_language_model_is_seen_writing_and_cannot_be_disturbed() -> None:
    scene = Scene(writing=(Writing(EMPTY), Writing(NOTE)))
    async with consulting(scene, size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.sees("KI-UTKAST, IKKE GODKJENT")
        await doctor.sees("Tonsillene er røde")
        page = doctor.app.screen
        assert isinstance(page, Review)
        page.writing(EMPTY)
        await doctor.press("a", "n", "p", "d")
        await doctor.sees("det skrives")
        assert type(doctor.app.screen) is Review and scene.approved == []


async def test_why_a_language_model_did_not_write_is_said() -> None:
    async with consulting(Scene(writing=(Writing(NOTE), Unwritten("WriterSlow"))), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.sees("Språkmodellen brukte for lang tid: dette utkastet er laget med regler.")


async def test_half_of_what_a_machine_wrote_never_stands_as_the_doctors() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        page = doctor.app.screen
        assert isinstance(page, Review)
        page.writing(EMPTY)
        await doctor.until(lambda: "· Tonsillene" not in doctor.shown())
        page.refused()  # the step failed on the way
        await doctor.sees("· Tonsillene er røde")
        await doctor.press("a", "j")
        await doctor.until(lambda: doctor.scene.approved)
    assert doctor.scene.approved == [NOTE]


async def test_a_note_that_the_doctor_has_changed_says_so() -> None:
    async with consulting(Scene(own=True), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.sees("KI-UTKAST, IKKE GODKJENT – med dine endringer")


async def test_a_note_that_could_not_be_checked_says_so_with_a_code() -> None:
    marks = (Mark(Concern.UNCHECKED, None, kind="ValueError-said-12"),)
    async with consulting(Scene(marks=marks), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.sees("[! IKKE KONTROLLERT]")
        await doctor.press("m")
        await doctor.sees("Kode: ValueError-said-12")


async def test_the_title_of_a_template_is_shown_as_it_is_written() -> None:
    async with consulting(Scene(forms=(Form("[red]Notat[/x]", "nb"),)), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.sees("[red]Notat[/x] (bokmål)")


# -- in what was said -------------------------------------------------------------------------------------------------------------------


def uncertain() -> Scene:
    """A word heard uncertainly, a phrase that was perhaps never said, a stretch not written down, and a moment to remember."""
    said = list(utterances())
    said[1] = replace(
        said[1], words=tuple(replace(w, probability=0.3 if w.text == "halsen" else 0.9) for w in said[1].words)
    )
    said[3] = replace(said[3], words=tuple(replace(word, doubt=Doubt.PHANTOM) for word in said[3].words))
    return Scene(said=tuple(said), missed=(Missed(40.0, 65.0),), bookmarks=[9.0])


async def test_what_was_heard_uncertainly_is_marked_in_the_text_without_colour() -> None:
    async with consulting(uncertain(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.sees("Jeg har hatt vondt i ~halsen i fire dager.")
        await doctor.sees("[kanskje aldri sagt] Nei, ikke feber.")
        strips = doctor.app.screen._compositor.render_strips()
        (segment,) = [part for strip in strips for part in strip if part.text == "~halsen"]
        assert segment.style.underline


async def test_the_marks_of_what_was_said_are_walked_with_the_same_key_and_explained() -> None:
    async with consulting(uncertain(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.sees("0:08 ★ Lege: Har du hatt feber?")
        await doctor.press("tab", "home")
        for why in (
            "Usikkert hørt: «halsen».",
            "Du merket dette mens du lyttet.",
            "Kanskje ble dette aldri sagt",
            "Noe som ble tatt opp her, kunne ikke skrives ned.",
            "Usikkert hørt: «halsen».",  # after the last comes the first
        ):
            await doctor.press("m")
            await doctor.sees(why)
            assert doctor.app.screen.query_one(TranscriptList).has_focus


async def test_the_lists_stand_still_while_the_cursor_walks_over_marks() -> None:
    async with consulting(uncertain(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "home")
        sides = doctor.app.screen.query_one("#sides")
        rows = {sides.region.y}
        for _ in range(6):
            await doctor.press("down")
            rows.add(sides.region.y)
        assert len(rows) == 1


def test_what_is_still_marked_is_named_the_gravest_first_and_counted_beyond_a_dozen() -> None:
    marks = (
        Mark(Concern.CHECK, 1, written="amril", said="Amaryl"),
        Mark(Concern.CONTRADICTION, 0, written="høyre", said="venstre"),
        *(Mark(Concern.UNSUPPORTED, n, written=f"ord {n}") for n in range(20)),
    )
    lines = words.named(marks).splitlines()
    assert lines[0] == "1 motsigelse · 21 steder å sjekke"
    assert "«høyre»" in lines[1] and "venstre" in lines[1]
    assert len(lines) == 2 + words.NAMED and lines[-1] == "og 10 til"

"""The approved note on its way into the journal: whole or by section, where it lies, and what has not been delivered (R2, R32)."""

from __future__ import annotations

import pytest

from kiskriv.config import Delivery
from kiskriv.deliver import Place
from kiskriv.errors import DeliveryError
from kiskriv.tui.approved import Approved, SectionList
from kiskriv.tui.asking import Ask, Notice
from kiskriv.tui.over import Receipt
from kiskriv.tui.review import Review
from tests.tui.conftest import consulting
from tests.tui.fakes import NOTE, Scene

ANAMNESE, FUNN, TILTAK = 0, 1, 3
"""Places in the note; nothing stands under Vurdering."""


async def test_the_right_patient_comes_before_anything_else_and_nothing_is_delivered_by_itself() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.approves()
        await doctor.sees("GODKJENT av legen")
        shown = doctor.shown()
        assert shown.index("Åpne riktig pasient i journalsystemet først.") < shown.index(
            "L legger notatet på utklippstavlen."
        )
        assert "✓" not in shown and "UTKAST" not in shown
    assert doctor.scene.delivered == []


async def test_one_section_goes_by_its_number_without_its_heading() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.approves()
        await doctor.sees("2 Funn")
        await doctor.sees("3 Tiltak")  # numbered as they are seen: the empty Vurdering has none
        await doctor.press("3")
        await doctor.sees("✓ «Tiltak» ligger på utklippstavlen: Lim inn i journalen.")
        await doctor.sees("3 Tiltak ✓ ligger på utklippstavlen")
        await doctor.press("2")
        await doctor.sees("2 Funn ✓ ligger på utklippstavlen")
        await doctor.sees("3 Tiltak ✓ levert")  # something else lies there now
    assert doctor.scene.sections == [TILTAK, FUNN]
    assert doctor.scene.delivered == [NOTE.text_of(TILTAK), NOTE.text_of(FUNN)]


async def test_enter_takes_the_section_under_the_cursor_and_a_number_without_a_section_nothing() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.approves()
        await doctor.press("4", "9", "down", "enter")
        await doctor.until(lambda: doctor.scene.delivered)
    assert doctor.scene.sections == [FUNN]


async def test_the_whole_note_marks_every_section_and_ends_with_one_question() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.approves()
        await doctor.press("l")
        await doctor.sees("✓ Notatet ligger på utklippstavlen")
        await doctor.sees("Utklippstavlen tømmes etter 60 s, hvis dette fortsatt ligger der.")
        assert doctor.shown().count("✓ levert") == 3
        await doctor.press("s")
        await doctor.sees("Er notatet i journalen?")
        await doctor.sees("i riktig pasients journal?")
        assert "levert herfra" not in doctor.shown() and doctor.scene.open
        await doctor.press("j")
        await doctor.at(Receipt)
    assert doctor.scene.delivered == [NOTE.text]


async def test_what_has_not_been_delivered_is_named_before_it_is_erased() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.approves()
        await doctor.press("2")
        await doctor.sees("«Funn» ligger")
        await doctor.press("s")
        await doctor.at(Ask)
        await doctor.sees("Ikke levert herfra: Anamnese, Tiltak.")
        await doctor.press("n", "1", "3")
        await doctor.until(lambda: len(doctor.scene.delivered) == 3)
        await doctor.sees("«Tiltak» ligger")
        await doctor.press("s", "j")
        await doctor.at(Receipt)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place.CLIPBOARD, ("på utklippstavlen.", "«Funn» ligger på utklippstavlen", "tømmes etter 90 s")),
        (Place.TERMINAL, ("maskinen du sitter ved.", "«Funn» er sendt til", "kan ikke tømmes herfra: Kopier noe annet")),
        (Place.FOLDER, ("L legger notatet i klinikkens mappe.", "«Funn» ligger i klinikkens mappe.", "2 Funn ✓ ligger i mappen")),
    ],
)  # fmt: skip
async def test_each_place_says_where_it_lies_and_what_becomes_of_it(place: Place, words: tuple[str, str, str]) -> None:
    before, after, later = words
    async with consulting(Scene(place=place), delivery=Delivery(clear=90)) as doctor:
        await doctor.approves()
        await doctor.sees(before)
        await doctor.press("2")
        await doctor.sees(after)
        await doctor.sees(later)
        assert ("tømmes" in doctor.shown()) == (place is not Place.FOLDER)


async def test_a_section_that_could_not_be_delivered_is_not_said_to_be() -> None:
    scene = Scene(fails={"outlet": DeliveryError(problem="no clipboard on this machine")})
    async with consulting(scene) as doctor:
        await doctor.approves()
        await doctor.press("1")
        await doctor.at(Notice)
        await doctor.press("enter")
        await doctor.at(Approved)
        assert "✓" not in doctor.shown()
        await doctor.press("s")
        await doctor.sees("Det er ikke levert herfra.")


async def test_back_to_the_note_and_nothing_counts_as_delivered() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.approves()
        await doctor.press("l")
        await doctor.sees("✓ Notatet")
        await doctor.press("b")  # in review that records
        assert type(doctor.app.screen) is Approved
        await doctor.press("escape")
        await doctor.at(Review)
        await doctor.sees("KI-UTKAST, IKKE GODKJENT")
        await doctor.press("a", "j")
        await doctor.at(Approved)
        assert "✓" not in doctor.shown()


async def test_a_key_that_is_held_down_approves_and_no_more() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        await doctor.press("a", *"jjjjjjjj")
        await doctor.at(Approved)
        await doctor.press("l", *"jjjj", "y")  # yes, the right patient is open
        assert type(doctor.app.screen) is Approved
    assert doctor.scene.delivered == [NOTE.text] and "ended transferred" not in doctor.scene.steps


async def test_what_the_clipboard_has_no_longer_is_not_said_to_lie_there() -> None:
    async with consulting(Scene(), delivery=Delivery(clear=5)) as doctor:
        await doctor.approves()
        await doctor.press("2")
        await doctor.sees("✓ ligger på utklippstavlen")
        page = doctor.app.screen
        assert isinstance(page, Approved) and page._lent is not None and page._lent._interval == 5
        page.emptied()
        await doctor.sees("Notatet skal nå være borte fra utklippstavlen.")
        await doctor.sees("2 Funn ✓ levert")
        assert "ligger på" not in doctor.shown()


@pytest.mark.parametrize("size", [(60, 18), (80, 24)])
async def test_delivery_fits_a_small_screen(size: tuple[int, int]) -> None:
    async with consulting(Scene(), size=size) as doctor:
        await doctor.approves()
        for words in (
            "GODKJENT av legen",
            "Åpne riktig pasient",
            "1 Anamnese",
            "2 Funn",
            "L Lever",
            "Ctrl+Q Avslutt",
        ):
            await doctor.sees(words)
        await doctor.press("3")
        await doctor.sees("Tiltak ✓ ligger på utklippstavlen")
        await doctor.sees("hvis dette fortsatt ligger der.")


async def test_the_note_is_gone_from_a_page_that_is_left() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.approves()
        page = doctor.app.screen
        assert "halsen" in doctor.shown()
        page.forget()
        assert not page.query_one(SectionList).options and page.query_one(SectionList).places == ()

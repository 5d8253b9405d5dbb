"""Whatever the words are: all of them can be read by keys, none is taken for markup, and where there are none the screen says why."""

from __future__ import annotations

import pytest

from kiskriv.note import Note, Section, Statement
from kiskriv.tui.asking import Notice
from kiskriv.tui.page import Keys
from kiskriv.tui.widgets import LineEditor
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import EMPTY, Scene, utterances

LONG = " ".join(f"ord{number}" for number in range(300))


def keys(doctor: Doctor) -> str:
    return str(doctor.app.screen.query_one(Keys).render())


@pytest.mark.parametrize("size", [(60, 18), (80, 24)])
@pytest.mark.parametrize("key", ["down", "pagedown"])
@pytest.mark.parametrize("side", ["note", "said"])
async def test_a_row_that_is_longer_than_its_side_is_read_to_its_end_by_keys(
    size: tuple[int, int], key: str, side: str
) -> None:
    statement = Statement(LONG if side == "note" else "Kort.", (0,))
    said = utterances((("0", LONG if side == "said" else "Ja."), ("1", "Nei.")))
    async with consulting(
        Scene(
            said=said,
            note=Note(
                (
                    Section(
                        "Funn",
                        (statement, Statement("Sist.", ())),
                    ),
                )
            ),
        ),
        size=size,
    ) as doctor:
        await doctor.reviews()
        await doctor.press(*(["tab"] if side == "said" else []), "home")
        rows, seen = doctor.app.screen._here.lines, set[str]()
        first = rows.highlighted
        for _ in range(60):
            seen.update(word for word in doctor.shown().split() if word.startswith("ord") and word[3:].isdigit())
            await doctor.press(key)
            if rows.highlighted != first:
                break
        assert len(seen) == 300 and rows.highlighted == first + 1
        await doctor.press("up")
        assert rows.highlighted == first


@pytest.mark.parametrize("heading", ["Funn [status]", "[b]Funn", "Funn [/]", "Plan [@click=app.leave]x"])
async def test_a_heading_with_brackets_is_a_heading(heading: str) -> None:
    async with consulting(Scene(note=Note((Section(heading, (Statement("Rød.", (4,)),)),)))) as doctor:
        await doctor.reviews()
        await doctor.press("n")
        await doctor.sees(f"Ny linje under {heading}")


async def test_where_all_is_cut_out_nobody_says_that_there_was_no_speech() -> None:
    async with consulting(Scene(said=utterances()[:1])) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "x", "j")
        await doctor.sees("ALT SOM BLE SAGT, ER KLIPPET BORT. Forkast (F), eller skriv notatet selv (N).")
        assert "INGEN TALE" not in doctor.shown()


async def test_a_note_without_sections_offers_nothing_that_cannot_be_done() -> None:
    async with consulting(Scene(said=(), note=Note(()))) as doctor:
        await doctor.reviews()
        await doctor.sees("FANT INGEN TALE i opptaket. Forkast (F).")
        assert "Ny linje" not in keys(doctor) and "Endre linje" not in keys(doctor)
        await doctor.press("a")
        await doctor.at(Notice)


async def test_an_empty_note_can_be_written_in() -> None:
    async with consulting(Scene(said=(), note=EMPTY)) as doctor:
        await doctor.reviews()
        await doctor.sees("FANT INGEN TALE i opptaket. Forkast (F), eller skriv notatet selv (N).")
        await doctor.press("n", *"Egne ord", "enter")
        await doctor.sees("Egne ord [lege]")


async def test_what_is_being_written_is_kept_when_the_doctor_is_asked_how_to_leave() -> None:
    scene = Scene(rooms=True)
    async with consulting(scene) as doctor:
        await doctor.reviews()
        await doctor.press("n", *"Viktig", "ctrl+q")
        await doctor.until(lambda: scene.revised)
        await doctor.press("n")
        await doctor.sees("Viktig [lege]")
        await doctor.press("tab", "home", "e", *" Sier jeg.")
        doctor.app.screen.keep()
        await doctor.until(lambda: "rewording 0" in scene.steps and "Sier jeg." in doctor.shown())
    assert scene.revised[0].sections[0].statements[1] == Statement("Viktig", ())


async def test_a_click_elsewhere_leaves_the_cursor_in_the_line_that_is_being_written() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        await doctor.press("e")
        await doctor.pilot.click("#said", offset=(5, 3))
        await doctor.pilot.pause()
        assert isinstance(doctor.app.focused, LineEditor)
        await doctor.press(*" f", "enter")
        await doctor.sees("fire dager. f")

"""Searching in what was said (R29)."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from kiskriv.preferences import Preferences
from kiskriv.tui import searching
from kiskriv.tui.review import Review
from kiskriv.tui.searching import SearchLine
from kiskriv.tui.widgets import NoteList, TranscriptList
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import SAID, Scene, utterances

WIDE = (140, 40)


def at(doctor: Doctor) -> int | None:
    return doctor.app.screen.query_one(TranscriptList).highlighted


async def test_words_are_found_while_they_are_typed_and_walked_both_ways_and_round() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("slash", *"FEBER")
        await doctor.sees("1 av 2")
        assert at(doctor) == 2
        assert "›▶0:08 Lege" in doctor.shown() and "▶ 0:12 Pasient" in doctor.shown()
        for key, place in (("enter", 3), ("enter", 2), ("up", 3), ("shift+tab", 2), ("down", 3)):
            await doctor.press(key)
            assert at(doctor) == place
        await doctor.sees("2 av 2")
        await doctor.press(*5 * ["backspace"], *"en")
        await doctor.sees("2 av 3")
        for key, place in (("up", 1), ("up", 5), ("up", 4), ("enter", 5), ("enter", 1)):
            await doctor.press(key)
            assert at(doctor) == place
        await doctor.press("x")
        await doctor.sees("ingen treff")
        assert at(doctor) == 1 and not doctor.app.screen.query_one(TranscriptList).lit


async def test_the_search_begins_where_the_cursor_is_and_leaves_it_where_it_was_found() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("tab", "end", "up", "slash", "i")
        await doctor.until(lambda: at(doctor) == 5 or at(doctor) == 4)
        found = at(doctor)
        await doctor.press("escape")
        said = doctor.app.screen.query_one(TranscriptList)
        assert said.has_focus and at(doctor) == found
        assert not doctor.app.screen.query_one(SearchLine).display and not said.lit
        await doctor.press("r")  # keys are keys again, for the line that was found
        await doctor.until(lambda: any(step.startswith("assign") for step in doctor.scene.steps))


async def test_letters_are_words_while_they_are_searched_for_and_no_other_key_is_named() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("slash", *"aftx")
        assert type(doctor.app.screen) is Review and doctor.app.screen.query_one(Input).value == "aftx"
        await doctor.sees("Enter Neste sted ↑ Forrige sted Esc Avslutt søket Ctrl+Q Avslutt")
        assert "Godkjenn" not in doctor.shown()


async def test_on_the_way_to_the_note_the_search_ends() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("slash", *"feber", "tab")
        assert doctor.app.screen.query_one(NoteList).has_focus
        assert not doctor.app.screen.query_one(SearchLine).display
        assert doctor.app.screen.query_one(TranscriptList).lit == {1}, "what the statement rests on, and nothing else"


async def test_a_new_search_begins_empty() -> None:
    async with consulting(Scene(), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("slash", *"feber", "escape", "slash")
        assert doctor.app.screen.query_one(Input).value == "" and "av 2" not in doctor.shown()
        await doctor.press("escape", "tab")
        assert doctor.app.screen.query_one(NoteList).has_focus


# -- pure -------------------------------------------------------------------------------------------------------------------------------


def test_capitals_the_letter_aa_and_blanks_make_no_difference() -> None:
    rows = [*utterances((("0", "Det er sår på  tåen."), ("1", "Ja."))), None]
    for sought in ("sår", "SAAR", "a\u030aen", "Så", "på tå", " på   TAA "):
        assert searching.found(sought, rows) == [0], sought
    assert searching.found("sar", rows) == [] == searching.found("", rows) == searching.found("  ", rows)


def test_the_nearest_place_is_the_first_from_here_on_then_the_first_of_all() -> None:
    assert [searching.nearest((2, 5), at) for at in (0, 2, 3, 5, 6)] == [0, 0, 1, 1, 0]
    assert searching.nearest((), 3) == 0


def test_every_word_that_was_said_is_found_in_its_line() -> None:
    rows = utterances()
    assert all(number in searching.found(word, rows) for number, (_, said) in enumerate(SAID) for word in said.split())


@pytest.mark.parametrize("still", [False, True])
async def test_where_nothing_is_to_move_the_cursor_does_not_blink(still: bool) -> None:
    async with consulting(Scene(), preferences=Preferences(still=still), size=WIDE) as doctor:
        await doctor.reviews()
        await doctor.press("slash")
        assert doctor.app.screen.query_one(Input).cursor_blink is not still

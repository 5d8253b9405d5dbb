"""A question is answered by keys that are seen, on every screen, and hides as little as it can of what it lies over."""

from __future__ import annotations

import pytest
from textual.strip import Strip

from kiskriv.note import Note, Section, Statement
from kiskriv.preferences import Preferences
from kiskriv.tui.approved import Approved
from kiskriv.tui.asking import Ask, AskParting, Choose
from kiskriv.tui.home import Home
from kiskriv.tui.widgets import SignedList
from tests.tui.conftest import consulting
from tests.tui.fakes import Scene


async def test_however_much_there_is_to_explain_the_answers_are_seen() -> None:
    sections = tuple(
        Section(f"En lang overskrift som klinikken har valgt, nummer {n}", (Statement("x", (1,)),)) for n in range(12)
    )
    async with consulting(Scene(note=Note(sections)), size=(60, 18)) as doctor:
        await doctor.approves()
        await doctor.press("1")
        await doctor.sees("ligger på utklippstavlen")
        await doctor.press("s")
        await doctor.at(Ask)
        for words in ("Er notatet i journalen?", "J Ja, det er i journalen", "N Nei, gå tilbake"):
            await doctor.sees(words)
        assert "nummer 11" not in doctor.shown()
        await doctor.press("end")
        await doctor.sees("nummer 11.")
        await doctor.press("enter", "escape")
        assert type(doctor.app.screen) is Approved


@pytest.mark.parametrize("key", ["f", "t", "ctrl+q"])
async def test_a_question_over_a_recording_hides_no_sign_of_it(key: str) -> None:
    async with consulting(Scene(rooms=True), size=(60, 18)) as doctor:
        await doctor.begins()
        await doctor.press(key)
        await doctor.until(lambda: type(doctor.app.screen) in (Ask, AskParting))
        await doctor.sees("● TAR OPP")
        await doctor.sees("N Nei, gå tilbake")


@pytest.mark.parametrize("keys", [("k",), ("s",)])
async def test_a_window_that_is_all_too_narrow_is_no_fault(keys: tuple[str, ...]) -> None:
    async with consulting(Scene()) as doctor:
        await doctor.sees("Ny konsultasjon")
        await doctor.press(*keys)
        await doctor.at(Choose)
        await doctor.pilot.resize_terminal(6, 5)
        await doctor.pilot.pause()
        await doctor.pilot.resize_terminal(60, 18)
        await doctor.press("escape")
        await doctor.sees("Ny konsultasjon")


@pytest.mark.parametrize("contrast", [False, True])
async def test_what_would_be_chosen_is_told_by_a_sign_and_a_reversal(contrast: bool) -> None:
    def reversed_(line: Strip) -> bool:
        return any(segment.style is not None and segment.style.reverse for segment in line if segment.text.strip())

    async with consulting(Scene(), size=(80, 24), preferences=Preferences(contrast=contrast)) as doctor:
        await doctor.press("k")
        await doctor.at(Choose)
        await doctor.press("end", "up")
        choices = doctor.app.screen.query_one(SignedList)
        lines = [choices.render_line(y) for y in range(len(choices.options))]
        chosen = [row == choices.highlighted for row in range(len(lines))]
        assert sum(chosen) == 1
        assert [line.text.startswith("› ") for line in lines] == chosen
        assert [reversed_(line) for line in lines] == chosen


async def test_a_window_without_room_for_a_row_is_paged_through_without_harm() -> None:
    async with consulting(Scene(), size=(20, 6)) as doctor:
        await doctor.at(Home)
        await doctor.press("k")
        await doctor.at(Choose)
        await doctor.press("pagedown", "pageup", "end", "home", "down")
        await doctor.press("escape")
        await doctor.at(Home)

"""Usable without colours, in high contrast, with nothing that moves, and at 200 % (issue 8, point 10)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from textual.color import Color

from kiskriv.errors import ErasureFailed
from kiskriv.preferences import Preferences
from kiskriv.tui import app
from kiskriv.tui.asking import Ask
from kiskriv.tui.home import Home, Informed
from kiskriv.tui.over import Receipt, Trouble
from kiskriv.tui.page import Keys
from kiskriv.tui.recording import Recording
from kiskriv.tui.themes import CONTRAST
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import Scene


def colours(doctor: Doctor) -> set[tuple[int, int, int]]:
    """All that are painted, before and behind the text."""
    styles = [
        segment.style for strip in doctor.app.screen._compositor.render_strips() for segment in strip if segment.style
    ]
    painted = [colour for style in styles for colour in (style.color, style.bgcolor) if colour and colour.triplet]
    return {tuple(colour.triplet) for colour in painted}


async def walked(doctor: Doctor) -> list[set[tuple[int, int, int]]]:
    """The colours of each page on the way from home to the receipt, in each state that the sound can be in; the words are there as well."""
    seen = []
    await doctor.at(Home)
    await doctor.sees("✓ Ingenting å rette" if doctor.app._findings else "… Ser etter")
    seen.append(colours(doctor))
    await doctor.press("enter")
    await doctor.at(Informed)
    seen.append(colours(doctor))
    await doctor.press("j")
    await doctor.at(Recording)
    page = doctor.app.screen
    assert isinstance(page, Recording)
    for turn, words in (
        (page.sound_on, "● TAR OPP"),
        (partial(page.interrupted, 12.0), "! MIKROFONEN ER BORTE – tar ikke opp nå"),
        (page.paused, "‖ PAUSE – ingenting blir tatt opp"),
    ):
        turn()
        await doctor.sees(words)
        await doctor.pilot.pause()
        seen.append(colours(doctor))
    await doctor.press("t")
    await doctor.at(Ask)
    await doctor.press("j")
    await doctor.at(Receipt)
    await doctor.sees("✓ SLETTET")
    seen.append(colours(doctor))
    return seen


@pytest.mark.parametrize("contrast", [False, True])
async def test_no_colour_means_none_and_every_state_has_its_word(
    contrast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with consulting(Scene(), preferences=Preferences(contrast=contrast)) as doctor:
        for page in await walked(doctor):
            assert all(red == green == blue for red, green, blue in page)


async def test_with_colours_there_are_some() -> None:
    async with consulting(Scene()) as doctor:
        assert any(len(set(colour)) > 1 for page in await walked(doctor) for colour in page)


async def test_the_alarm_is_told_by_words_where_there_are_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with consulting(Scene(fails={"ended discarded": ErasureFailed(residue=2)})) as doctor:
        await doctor.begins()
        await doctor.press("f", "j")
        await doctor.at(Trouble)
        await doctor.sees("!! SLETTINGEN MISLYKTES !!")


def test_the_colours_of_high_contrast_are_far_apart() -> None:
    for colour in (
        CONTRAST.primary,
        CONTRAST.warning,
        CONTRAST.error,
        CONTRAST.foreground,
        *CONTRAST.variables.values(),
    ):
        for ground in (CONTRAST.background, CONTRAST.surface, CONTRAST.panel):
            assert contrast(Color.parse(colour or ""), Color.parse(ground or "")) >= 7  # WCAG 2.2, 1.4.6


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of WCAG 2.2."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: Color) -> float:
    """The relative luminance of WCAG 2.2."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


async def test_high_contrast_is_black_white_yellow_and_what_lies_between() -> None:
    async with consulting(Scene(), preferences=Preferences(contrast=True)) as doctor:
        assert doctor.app.theme == CONTRAST.name
        for page in await walked(doctor):
            assert page and all(abs(red - green) <= 2 and blue <= green for red, green, blue in page)
            assert any(max(colour) > 240 for colour in page) and (0, 0, 0) in page


async def test_the_look_can_be_changed_back() -> None:
    async with consulting(Scene(), preferences=Preferences(contrast=True, still=True)) as doctor:
        await doctor.at(Home)
        assert (doctor.app.has_class("contrast"), doctor.app.animation_level) == (True, "none")
        await doctor.press("k", "home", "enter")
        await doctor.until(lambda: not doctor.app.has_class("contrast"))
        assert doctor.app.theme != CONTRAST.name and doctor.app.animation_level == "full"


def test_nothing_blinks() -> None:
    assert "blink" not in Path(app.__file__).with_name("kiskriv.tcss").read_text()


@pytest.mark.parametrize("size", [(60, 18), (80, 24)])
async def test_at_200_percent_nothing_is_cut_off_and_three_lines_are_enough_for_the_keys(size: tuple[int, int]) -> None:
    async with consulting(Scene(), size=size) as doctor:
        await doctor.at(Home)
        await whole(doctor, "Enter", "M", "P", "C", "S", "K", "Q")
        await doctor.press("enter")
        await doctor.at(Informed)
        await whole(doctor, "J", "N", "Ctrl+Q")
        await doctor.press("j")
        await doctor.sees("● TAR OPP")
        page = doctor.app.screen
        page.expires(9, extendable=True)
        await doctor.sees("G En halvtime til")
        await whole(doctor, "S", "P", "H", "F", "T", "G", "Ctrl+Q")
        page.interrupted(3700.0)
        await doctor.sees("! MIKROFONEN ER BORTE – tar ikke opp nå")
        await whole(doctor, "S", "P", "F", "T", "G", "Ctrl+Q")
        page.paused()
        await doctor.sees("‖ PAUSE – ingenting blir tatt opp")
        await whole(doctor, "P", "S", "F", "T", "G", "Ctrl+Q")
        page.broke_off("Mikrofonen ble borte.", may_draft=True)
        await doctor.sees("■ AVBRUTT")
        await whole(doctor, "P", "S", "F", "T", "G", "Ctrl+Q")


async def whole(doctor: Doctor, *keys: str) -> None:
    """The page is no larger than the screen, its keys take three lines at most, and each is there with its label."""
    await doctor.pilot.pause()  # what is seen already may still be laid out anew
    lines = doctor.shown().splitlines()
    width, height = doctor.app.size
    assert len(lines) == height and all(len(line) == width for line in lines)
    assert not doctor.app.screen.show_vertical_scrollbar
    below = doctor.app.screen.query_one(Keys)
    assert below.size.height <= 3
    shown = " ".join(lines[-below.size.height :])
    for key in keys:
        assert f" {key}  " in shown, f"{key} is not in {shown}"

"""80 x 24 is enough: each page shows what it is about and every key that works on it."""

from __future__ import annotations

import pytest

from kiskriv.note import Concern, Mark
from kiskriv.transcript import Findings, Remark
from kiskriv.tui.approved import Approved
from kiskriv.tui.home import Home, Informed
from kiskriv.tui.over import Receipt
from kiskriv.tui.page import Keys
from kiskriv.tui.recording import Recording
from kiskriv.tui.review import Review
from kiskriv.tui.widgets import LineEditor
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import Scene

SMALL = (80, 24)


def whole(doctor: Doctor, *keys: str) -> None:
    """All 24 lines are there, no wider than 80, and every key is named on it."""
    lines = doctor.shown().splitlines()
    assert len(lines) == 24 and all(len(line) == 80 for line in lines)
    below = " ".join(" ".join(lines[-doctor.app.screen.query_one(Keys).size.height :]).split())
    for key in keys:
        assert key in below, f"{key} is not in {below}"


async def test_every_page_fits_in_80_by_24() -> None:
    async with consulting(Scene(), size=SMALL, rehearsal=True, model="kiskriv-demo-no", swept=1) as doctor:
        await doctor.at(Home)
        await doctor.sees("DEMOMODELL")
        whole(doctor, "Enter Ny konsultasjon", "Q Avslutt")
        await doctor.press("enter")
        await doctor.at(Informed)
        await doctor.sees("greit for pasienten?")
        await doctor.sees("Er det greit for deg?»")
        whole(doctor, "J Ja: start opptaket", "N Nei: ikke ta opp noe")
        await doctor.press("j")
        await doctor.at(Recording)
        await doctor.sees("● TAR OPP")
        await doctor.sees("Lege ")
        await doctor.sees("Ta kontakt igjen ved forverring.")  # the last words heard are in sight
        whole(doctor, "S Stopp opptaket", "F Forkast", "T Pasienten trekker seg", "Ctrl+Q Avslutt")
        await doctor.press("s")
        await doctor.at(Review)
        await doctor.sees("Vondt i halsen i fire dager.")
        whole(
            doctor,
            "E Endre linje",
            "N Ny linje",
            "A Godkjenn",
            "F Forkast",
            "T Pasienten trekker seg",
        )
        await doctor.press("tab")
        whole(doctor, "E Rett ord", "R Hvem snakker", "V Bare denne linjen", "O Bytt lege og pasient", "X Klipp bort")
        await doctor.press("tab", "e")
        await doctor.sees("Enter lagrer, Esc lar den stå")
        await doctor.press("escape", "t")
        await doctor.sees("Ja, stopp og slett")
        await doctor.press("n", "a", "j")
        await doctor.at(Approved)
        await doctor.sees("Åpne riktig pasient i journalsystemet først.")
        whole(doctor, "L Lever notatet", "S Notatet er i journalen: avslutt og slett", "Esc Tilbake til notatet")
        await doctor.press("l", "s", "j")
        await doctor.at(Receipt)
        for words in (
            "✓ SLETTET",
            "lyden; teksten av det som ble sagt",
            "det ble lett etter spor i minnet som holdt det",
            "Nivå B: Ingenting blir igjen",
            "Mangler: frigitte minnesider",
            "linje 42",
        ):
            await doctor.sees(words)
        whole(doctor, "Enter Neste konsultasjon", "Q Avslutt")


async def test_keys_can_be_clicked() -> None:
    async with consulting(Scene(), size=SMALL) as doctor:
        await doctor.at(Home)
        await doctor.pilot.click(Keys, offset=(3, 0))
        await doctor.at(Informed)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_resize_keeps_the_words(size: tuple[int, int]) -> None:
    async with consulting(Scene(), size=(160, 50)) as doctor:
        await doctor.reviews()
        await doctor.pilot.resize_terminal(*size)
        await doctor.sees("Vondt i halsen i fire dager.")
        assert any("▶" in line for line in doctor.shown().splitlines())


@pytest.mark.parametrize("size", [(60, 18), (80, 18), (80, 24), (100, 24)])
async def test_however_much_there_is_to_remark_the_line_that_is_written_and_its_row_are_seen(
    size: tuple[int, int],
) -> None:
    marks = tuple(Mark(concern, 0, evidence=(1,), written="røde", said="bleke") for concern in Concern)
    scene = Scene(remarks=tuple(Remark), findings=Findings(9, foreign=1, phantoms=2, skipped=3, reduced=4), marks=marks)
    async with consulting(scene, size=size) as doctor:
        await doctor.reviews()
        remarks, why, note = (doctor.app.screen.query_one(f"#{name}") for name in ("remarks", "why", "note"))
        if size[1] < 22:
            assert 1 <= remarks.size.height <= 2 and 1 <= why.size.height <= 3
        await doctor.press("end", "e")
        await doctor.until(lambda: not remarks.size.height and not why.size.height)
        screen = doctor.app.screen.region
        for seen in (doctor.app.screen.query_one(LineEditor), note):
            assert seen.size.height > 1 and screen.contains_region(seen.region)
        await doctor.sees("› Ta kontakt igjen ved forverring.")
        await doctor.press("escape")
        await doctor.until(lambda: remarks.size.height and why.size.height)

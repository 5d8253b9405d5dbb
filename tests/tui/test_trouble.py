"""An erasure that is not confirmed: loud, in words, with the text for the deviation report, and no way on (issue 8, point 6; R22)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kiskriv.errors import ErasureFailed, MicrophoneMissing
from kiskriv.tui.app import KiskrivApp
from kiskriv.tui.deviation import failure, report
from kiskriv.tui.home import Home
from kiskriv.tui.over import Trouble
from tests.tui.conftest import consulting
from tests.tui.fakes import Scene

NOTICED = datetime(2026, 3, 3, 13, 7, tzinfo=UTC)
FAILURE = failure(NOTICED, session="ab" * 16, residue=2)


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """What rang."""
    rung: list[None] = []
    monkeypatch.setattr(KiskrivApp, "bell", lambda self: rung.append(None))
    return rung


def alarm() -> Trouble:
    """The page for an erasure that failed now."""
    return Trouble("a", "b", erased="c", alarm=True, final=False, failure=FAILURE)


@pytest.mark.parametrize("size", [(60, 18), (80, 24)])
async def test_the_whole_text_of_the_report_can_be_read_and_copied(size: tuple[int, int]) -> None:
    async with consulting(Scene(), size=size) as doctor:
        await doctor.at(Home)
        await doctor.app.go(alarm())
        await doctor.sees("!! SLETTINGEN MISLYKTES !!")
        await doctor.sees("K Kopier avviksteksten")
        read = doctor.shown()
        for _ in range(40):
            await doctor.press("down")
            read += doctor.shown()
        for line in report(FAILURE).splitlines():
            assert line[:25] in read, line
        await doctor.press("k")
        await doctor.sees("✓ ligger på utklippstavlen")
    assert doctor.scene.delivered == [report(FAILURE)]


async def test_it_is_told_by_words_and_a_bell_and_nothing_goes_on_from_it(bells: list[None]) -> None:
    async with consulting(Scene()) as doctor:
        await doctor.at(Home)
        bells.clear()
        await doctor.app.go(alarm())
        await doctor.sees("!! SLETTINGEN MISLYKTES !!")
        assert len(bells) == 1
        assert "Enter" not in doctor.shown()
        await doctor.press("enter", "escape", "j", "space")
        await doctor.at(Trouble)
        await doctor.press("q")
        await doctor.until(lambda: doctor.app._exit)
    assert doctor.scene.steps == []


async def test_a_consultation_whose_erasure_fails_ends_there() -> None:
    async with consulting(Scene(fails={"ended discarded": ErasureFailed(residue=2)})) as doctor:
        await doctor.begins()
        await doctor.press("f", "j")
        await doctor.at(Trouble)
        await doctor.sees("!! SLETTINGEN MISLYKTES !!")
        await doctor.sees("AVVIK: en sletting er ikke bekreftet")
        await doctor.press("enter")
        await doctor.at(Trouble)
        await doctor.press("q")
        await doctor.until(lambda: doctor.app.return_code == ErasureFailed.exit_status)


async def test_an_earlier_erasure_that_is_not_confirmed_blocks_the_start() -> None:
    async with consulting(Scene(), unverified=2) as doctor:
        await doctor.at(Trouble)
        await doctor.sees("Slettingen av 2 tidligere konsultasjoner er ikke bekreftet.")
        await doctor.sees("«kiskriv recover»")
        await doctor.sees("AVVIK:")
        await doctor.press("enter", "j")
        await doctor.at(Trouble)
    assert doctor.scene.steps == []


async def test_a_small_trouble_is_quiet_and_leads_home(bells: list[None]) -> None:
    async with consulting(Scene(fails={"source": MicrophoneMissing(problem="PortAudio is not installed")})) as doctor:
        await doctor.press("enter", "j")
        await doctor.at(Trouble)
        assert bells == [] and "AVVIK" not in doctor.shown() and "K Kopier" not in " ".join(doctor.shown().split())
        await doctor.press("k", "enter")
        await doctor.at(Home)

"""Helpers that drive the screen as a doctor would: by keys, looking at the cells that are shown."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from kiskriv.config import Delivery
from kiskriv.locale import set_language
from kiskriv.machine import Level, Promise
from kiskriv.preferences import UNCHOSEN, Preferences
from kiskriv.tui import attending
from kiskriv.tui.app import KiskrivApp
from kiskriv.tui.approved import Approved
from kiskriv.tui.home import Home, Informed
from kiskriv.tui.recording import Recording
from kiskriv.tui.renewal import Last, recalled
from kiskriv.tui.review import Review
from tests.tui.fakes import RoomDesk, Scene

PATIENCE = 15.0
FRAMES = dict.fromkeys(map(ord, "│┃║━─═╭╮╰╯┏┓┗┛╔╗╚╝▏"), " ")


@pytest.fixture(autouse=True)
def bokmaal() -> None:
    """The language that is the default."""
    set_language("nb")


@pytest.fixture(autouse=True)
def looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens while a choice is waited for is seen at once."""
    monkeypatch.setattr(attending, "LOOK", 0.02)


class Doctor:
    """Presses keys, waits for what should come, and reads what is on the screen."""

    def __init__(self, app: KiskrivApp, pilot: Pilot[int], scene: Scene) -> None:
        self.app, self.pilot, self.scene = app, pilot, scene

    async def until(self, condition: Callable[[], Any]) -> None:
        """Lets the screen work until the condition holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if self.app._exception is not None:
                raise self.app._exception
            assert time.monotonic() < deadline, f"waited in vain; steps: {self.scene.steps}; screen:\n{self.shown()}"
            await self.pilot.pause(0)

    async def press(self, *keys: str) -> None:
        """Keys, then whatever follows from them at once."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def at(self, page: type[Any]) -> None:
        """Waits until this page is on top."""
        await self.until(lambda: type(self.app.screen) is page)
        await self.pilot.pause()

    async def sees(self, words: str) -> None:
        """Waits until these words are on the screen (line breaks are blanks)."""
        await self.until(lambda: " ".join(words.split()) in " ".join(self.shown().translate(FRAMES).split()))

    def shown(self) -> str:
        """The cells of the screen, line by line."""
        return "\n".join(
            "".join(segment.text for segment in strip) for strip in self.app.screen._compositor.render_strips()
        )

    async def begins(self) -> None:
        """From home to the recording."""
        await self.at(Home)
        await self.press("enter")
        await self.at(Informed)
        await self.press("j")
        await self.at(Recording)
        await self.until(lambda: "sound on" in self.scene.steps)
        await self.sees("TAR OPP")

    async def reviews(self) -> None:
        """From home to the draft."""
        await self.begins()
        await self.until(lambda: len(self.app.screen.query_one("#heard").options) == len(self.scene.said))
        await self.press("s")
        await self.at(Review)

    async def approves(self) -> None:
        """From home to the approved note."""
        await self.reviews()
        await self.press("a", "j")
        await self.at(Approved)


@asynccontextmanager
async def consulting(
    scene: Scene,
    *,
    size: tuple[int, int] = (100, 30),
    rehearsal: bool = False,
    model: str = "nb-whisper-small",
    swept: int = 0,
    fresh: bool = False,
    alarmed: bool = False,
    delivery: Delivery | None = None,
    last: Last | None = None,
    level: Level = Level.B,
    preferences: Preferences = UNCHOSEN,
    unverified: int = 0,
    findings: Sequence[Promise] = (),
) -> AsyncIterator[Doctor]:
    """A doctor at a desk; afterwards the app has ended, and with it whatever was open."""
    desk = RoomDesk(
        scene,
        model=model,
        swept=swept,
        fresh=fresh,
        alarmed=alarmed,
        level=level,
        delivery=delivery,
        preferences=preferences,
        unverified=unverified,
    )
    ended = None if last is None else recalled(last, desk.receipt)
    app = KiskrivApp(desk, desk.source, rehearsal=rehearsal, ended=ended, examine=lambda: findings)
    async with app.run_test(size=size) as pilot:
        yield Doctor(app, pilot, scene)

"""`scripts/screenshots [FOLDER]`: a picture of every page, of the demo consultation, the same octets each time.

The screen is the real one; what was heard is what the demo says, and the note is what the rules write of that.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from kiskriv.draft import clinic
from kiskriv.draft.drafter import GroundedDrafter
from kiskriv.errors import ErasureFailed
from kiskriv.locale import set_language
from kiskriv.machine import Fact, Promise
from kiskriv.preferences import Preferences
from kiskriv.session.events import Captured, Tentative
from kiskriv.transcript import Role, Transcript, Utterance, Word
from kiskriv.tui.approved import Approved
from kiskriv.tui.checking import Check
from kiskriv.tui.home import Home, Informed
from kiskriv.tui.over import Receipt, Trouble
from kiskriv.tui.recording import Recording
from kiskriv.tui.review import Review
from kiskriv.tui.widgets import TranscriptList
from kiskriv.weights import demo_material
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import Scene

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
SNAPSHOTS = Path(__file__).with_name("snapshots")
SIZE = 100, 30
SNAPPED = (80, 24), (60, 18)
"""A terminal as it comes, and one at 200 %."""
HEARD = 9
"""Utterances on the page that records."""

KEYS = {"Esc": "escape", "/": "slash"}
"""How the screen names a key, and how Textual does where it is another name."""

KEPT = tuple(Promise(fact, fact is not Fact.FREED_PAGES_ZEROED, "") for fact in Fact)
MACHINE = (
    *KEPT,
    Promise("level", None, "B"),
    Promise("disk-encryption", True, ""),
    Promise("clipboard-history", True, ""),
)
"""A machine as most are once a clinic has set it up."""

_FETCHED = re.compile(r"\s*@font-face \{.*?\}|<!--.*?-->\n?", re.DOTALL)
"""What would be fetched from elsewhere by whoever looks at a picture (R26), and who says that it was."""

_NAMED_BY_CHANCE = re.compile(r"terminal-\d+")
_NOW = re.compile(rf"{datetime.now():%d.%m.%Y}&#160;\d\d:\d\d")
_THIS_MOMENT = re.compile(rf"{datetime.now():%d.%m.%Y} \d\d:\d\d")
THEN, AT_THE_TIME = "03.03.2026&#160;13:05", "03.03.2026 13:05"
"""When everything on the pictures happens."""


def said() -> tuple[Utterance, ...]:
    """The demo, its words laid evenly over each utterance."""
    told = json.loads((demo_material() / "consultation.json").read_text(encoding="utf-8"))["utterances"]
    return tuple(_utterance(number, **utterance) for number, utterance in enumerate(told))


def _utterance(number: int, *, role: str, start: float, end: float, text: str, **_: object) -> Utterance:
    words = text.split()
    step = (end - start) / len(words)
    speaker = "0" if role == Role.PRACTITIONER else "1"
    return Utterance(
        number,
        Role(role),
        speaker,
        tuple(Word(start + n * step, start + (n + 1) * step, word, 0.95) for n, word in enumerate(words)),
    )


def scene() -> Scene:
    """The demo while it records: so much is heard, and of the next utterance the first words."""
    talk = said()
    half = replace(talk[HEARD], words=talk[HEARD].words[:4])
    while_it_records = (Captured(half.words[-1].end, (0.03, 0.25), 0), Tentative((half,)))
    return Scene(said=talk[:HEARD], heard=while_it_records)


def drafted(of: Scene) -> None:
    """From now on all of it was heard, and the note is there."""
    of.said = said()
    rules = GroundedDrafter(clinic.load(None))
    transcript = Transcript("nb", of.said)
    of.forms = rules.forms
    of.note = rules.draft(transcript, rules.forms[0])
    of.marks = rules.marks(of.note, transcript)


class Photographer:
    """Walks with the doctor and keeps a picture of each page, and its cells, at this size."""

    def __init__(self, size: tuple[int, int] = SIZE) -> None:
        self._size = size
        self.pictures: dict[str, str] = {}
        self.cells: dict[str, str] = {}

    async def take(self, doctor: Doctor, name: str) -> None:
        """As it stands there now."""
        await doctor.pilot.pause()
        drawn = _FETCHED.sub("", doctor.app.export_screenshot(title="kiskriv"))
        self.cells[name] = "\n".join(map(str.rstrip, _THIS_MOMENT.sub(AT_THE_TIME, doctor.shown()).splitlines())) + "\n"
        self.pictures[name] = _NAMED_BY_CHANCE.sub(f"kiskriv-{name}", _NOW.sub(THEN, drawn))

    async def walk(self) -> None:
        """Every page once."""
        await self._through()
        await self._trouble()

    async def _through(self) -> None:
        of = scene()
        async with self._at_the_desk(of) as doctor:
            await doctor.sees("C viser alt")
            await self.take(doctor, "home")
            await choose(doctor, "Maskinen")
            await doctor.at(Check)
            await self.take(doctor, "check")
            await choose(doctor, "Tilbake")
            await doctor.at(Home)
            await choose(doctor, "Ny konsultasjon")
            await doctor.at(Informed)
            await self.take(doctor, "informed")
            await choose(doctor, "Ja: start opptaket")
            await doctor.at(Recording)
            await doctor.sees("… ")
            await self.take(doctor, "recording")
            await choose(doctor, "Pause")
            await doctor.sees("PAUSE")
            await self.take(doctor, "paused")
            drafted(of)
            await choose(doctor, "Til utkastet")
            await doctor.at(Review)
            await doctor.sees("KI-UTKAST")
            await doctor.until(lambda: doctor.app.screen.query_one(TranscriptList).lit)
            await self.take(doctor, "review")
            await choose(doctor, "Søk")
            await doctor.press(*"feber")
            await self.take(doctor, "search")
            await doctor.press("escape")
            await choose(doctor, "Bytt side")
            await choose(doctor, "Godkjenn")
            await self.take(doctor, "approve")
            await doctor.press("j")
            await doctor.at(Approved)
            await choose(doctor, "Lever ")
            await doctor.sees("✓")
            await self.take(doctor, "deliver")
            await choose(doctor, "Notatet er i journalen")
            await doctor.press("j")
            await doctor.at(Receipt)
            await self.take(doctor, "receipt")

    async def _trouble(self) -> None:
        of = scene()
        of.fails["ended discarded"] = ErasureFailed(residue=3)
        async with self._at_the_desk(of) as doctor:
            await doctor.begins()
            await choose(doctor, "Forkast")
            await self.take(doctor, "discard")
            await doctor.press("j")
            await doctor.at(Trouble)
            await self.take(doctor, "trouble")

    @asynccontextmanager
    async def _at_the_desk(self, of: Scene) -> AsyncIterator[Doctor]:
        async with consulting(of, size=self._size, findings=MACHINE, preferences=Preferences(still=True)) as doctor:
            yield doctor


async def choose(doctor: Doctor, label: str) -> None:
    """Presses the key that the screen names for this."""
    await doctor.sees(label)
    key = re.findall(rf"(\S+) +{re.escape(label)}", doctor.shown())[-1]
    await doctor.press(KEYS.get(key, key.lower()))


def pictures() -> dict[str, str]:
    """SVG, by the name of the page."""
    return photographed(SIZE).pictures


def photographed(size: tuple[int, int]) -> Photographer:
    """Every page at this size."""
    set_language("nb")
    photographer = Photographer(size)
    asyncio.run(photographer.walk())
    return photographer


def written(picture: str) -> str:
    """The text on it: what counts."""
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", picture, flags=re.DOTALL).split())


def write_snapshots() -> None:
    """The cells of every page at each of SNAPPED."""
    SNAPSHOTS.mkdir(exist_ok=True)
    for old in SNAPSHOTS.glob("*.txt"):
        old.unlink()
    for width, height in SNAPPED:
        for name, cells in photographed((width, height)).cells.items():
            (SNAPSHOTS / f"{name}-{width}x{height}.txt").write_text(cells, encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    """Writes the pictures, and takes away those that are none any more."""
    folder = Path(arguments[0]) if arguments else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    drawn = pictures()
    for old in folder.glob("*.svg"):
        if old.stem not in drawn:
            old.unlink()
    for name, picture in drawn.items():
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
    if not arguments:
        write_snapshots()
    sys.stdout.write(f"{len(drawn)} pictures in {folder}\n")


if __name__ == "__main__":
    main(sys.argv[1:])

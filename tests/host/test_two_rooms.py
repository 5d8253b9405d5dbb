"""Two consultations at once, and one engine: what one of them leaves there is seen to whatever the other needs."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

if sys.platform != "linux":
    pytest.skip("the host's processes are built for Linux", allow_module_level=True)

from kiskriv.config import settings_digest
from kiskriv.errors import PeerGone
from kiskriv.host import engines, rooms
from kiskriv.host.accounts import Accounts
from kiskriv.host.calling import folder_name
from kiskriv.host.child import Child
from kiskriv.host.doors import Doors
from kiskriv.host.house import House
from kiskriv.host.line import Line
from kiskriv.host.rooms import Rooms
from kiskriv.host.spools import Spools
from kiskriv.ledger import Ended, Ledger, Level, Method, Opened
from kiskriv.ledger.entry import encode
from kiskriv.machine import runtime_folder, spool_folder
from kiskriv.weights import bundled, described
from kiskriv.wire import messages as say
from kiskriv.writer.address import Address
from tests.host.clinic import Clinic
from tests.host.test_residue import ALL_BUT_ZEROED, ERASED

PATIENCE = 30.0


class Process:
    """A process that waits to be told to leave; the test speaks on its line."""

    def __init__(self, descriptors: tuple[int, ...]) -> None:
        self.line = Line(socket.socket(fileno=os.dup(descriptors[0])))
        end, self._rope = os.pipe()
        wait = f"import os; os.read({end}, 1)"
        self.child = Child.started([sys.executable, "-I", "-S", "-c", wait], dict(os.environ), (end,))
        os.close(end)
        self._leaving = asyncio.create_task(self._leave_with_it())

    async def _leave_with_it(self) -> None:
        await self.child.gone.wait()
        self.leave()

    def leave(self) -> None:
        self.line.close()
        if self._rope >= 0:
            os.close(self._rope)
            self._rope = -1


class RoomBeside(Process):
    """A room that says what a room says."""

    def __init__(self, descriptors: tuple[int, ...], session: str) -> None:
        super().__init__(descriptors)
        self.session = session
        self.given: list[say.Part] = []
        self._news = asyncio.Condition()
        self.hearing = asyncio.create_task(self._hear())

    async def _hear(self) -> None:
        trace = [secrets.token_bytes(16).hex() for _ in range(2)]
        await self.line.send(say.Present(self.session, self.child.pid, False, False, 0.0, ALL_BUT_ZEROED, *trace))
        with suppress(PeerGone):
            while True:
                match await self.line.receive():
                    case say.Begin():
                        await self.log(
                            Opened(self.session, ERASED.time, "0" * 64, "nb-1", "0.1.0", "0" * 64, "0" * 64, False)
                        )
                    case say.Supply(part):
                        async with self._news:
                            self.given.append(part)
                            self._news.notify_all()

    async def log(self, entry: Opened | Ended) -> None:
        await self.line.send(say.Log(encode(entry).decode()))

    async def has(self, *parts: say.Part) -> None:
        """It was given these since this was asked last."""
        async with self._news:
            await self._news.wait_for(lambda: all(part in self.given for part in parts))
            self.given.clear()

    async def writes(self) -> None:
        """It asks for a line to the language model, and gets one."""
        await self.line.send(say.Wants(say.Part.WRITER))
        await self.has(say.Part.WRITER)

    async def end(self) -> None:
        await self.log(replace(ERASED, session=self.session))
        self.leave()


class EngineBeside(Process):
    """An engine that finds nothing when it searches, and hangs when it should leave, if it is to."""

    def __init__(self, descriptors: tuple[int, ...]) -> None:
        super().__init__(descriptors)
        self.hangs = False
        self.searches = asyncio.Event()
        self.answers = asyncio.Event()
        """Not set, it searches on and on."""
        self.answers.set()
        self.told: list[type[say.Message]] = []
        self.hearing = asyncio.create_task(self._hear())

    async def _hear(self) -> None:
        await self.line.send(say.Loaded(described(bundled()).digest, ()))
        with suppress(PeerGone):
            while True:
                message = await self.line.receive()
                self.told.append(type(message))
                if isinstance(message, say.Forget):
                    self.searches.set()
                    if not self.answers.is_set():
                        continue
                    await self.line.send(say.Forgotten(0))
                elif isinstance(message, say.Retire) and not self.hangs:
                    self.leave()


class Beside:
    """The rooms of a house, and what was started for it."""

    def __init__(self, clinic: Clinic, ledger: Ledger, writer: Address | None) -> None:
        self.ledger = ledger
        self.engines: list[EngineBeside] = []
        self.started: dict[str, RoomBeside] = {}
        house = House(
            config=clinic.config,
            settings=settings_digest(clinic.config),
            model=described(bundled()),
            step=160_000,
            limit=3600,
            longest=3600,
            spools=Spools(spool_folder() / folder_name(clinic.config), wanted=False),
            open_folder=lambda: runtime_folder(folder_name(clinic.config)),
            writer=writer,
        )
        self.doors = Doors(house.open_folder)
        self.rooms = Rooms(house, Accounts(ledger), self.doors, self._start, lambda: False)

    def _start(self, name: str, descriptors: tuple[int, ...], *arguments: str) -> Child:
        if name == "engine":
            self.engines.append(EngineBeside(descriptors))
            return self.engines[-1].child
        self.started[arguments[0]] = room = RoomBeside(descriptors, arguments[0])
        return room.child

    async def begun(self) -> RoomBeside:
        room = await self.rooms.begin(say.Open(1, "nb-1", False, False))
        beside = self.started[room.session]
        await beside.has(say.Part.ENGINE, say.Part.SPEAKERS)
        return beside

    async def ended(self, room: RoomBeside) -> Ended:
        """How it ends, as the ledger has it."""
        kept = self.rooms.get(room.session)
        assert kept is not None
        await room.end()
        await asyncio.shield(kept.closed)
        *_, entry = (entry for entry in self.ledger.entries() if isinstance(entry, Ended))
        return entry

    async def close(self) -> None:
        for process in (*self.started.values(), *self.engines):
            process.leave()
            await process.hearing
        await self.rooms.leave()
        while self.rooms.open:
            await asyncio.wait([room.closed for room in self.rooms.open])
        self.doors.close()


@asynccontextmanager
async def house(clinic: Clinic, writer: Address | None = None) -> AsyncIterator[Beside]:
    with Ledger.open(clinic.config.ledger.folder) as ledger:
        beside = Beside(clinic, ledger, writer)
        try:
            async with asyncio.timeout(PATIENCE):
                yield beside
        finally:
            await beside.close()


async def test_an_engine_that_wrote_for_a_session_ends_with_it_and_the_next_serves_the_other(clinic: Clinic) -> None:
    async with house(clinic) as beside:
        wrote, other = await beside.begun(), await beside.begun()
        await wrote.writes()
        entry = await beside.ended(wrote)
        assert entry.verified
        assert Method.ENGINE_RECYCLED in entry.methods
        assert Method.ENGINE_OVERWRITTEN not in entry.methods
        assert entry.level is Level.B
        assert beside.engines[0].told[-1] is say.Retire
        await other.has(say.Part.ENGINE, say.Part.SPEAKERS)
        assert len(beside.engines) == 2
        assert not beside.engines[1].child.gone.is_set()


async def test_one_for_which_nothing_was_written_is_searched_for_where_the_other_needs_the_engine(
    clinic: Clinic,
) -> None:
    async with house(clinic) as beside:
        plain, other = await beside.begun(), await beside.begun()
        await other.writes()
        entry = await beside.ended(plain)
        assert entry.verified
        assert Method.ENGINE_OVERWRITTEN in entry.methods
        assert len(beside.engines) == 1
        assert Method.ENGINE_RECYCLED in (await beside.ended(other)).methods


async def test_a_note_that_is_still_written_is_not_waited_for_and_blocks_nothing(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "LEAVING", 0.05)
    async with house(clinic) as beside:
        wrote, _ = await beside.begun(), await beside.begun()
        await wrote.writes()
        beside.engines[0].hangs = True
        entry = await beside.ended(wrote)
        assert entry.verified
        assert Method.ENGINE_RECYCLED in entry.methods
        assert entry.level is Level.C


async def test_an_engine_is_not_ended_for_one_session_while_another_is_searched_for_in_it(clinic: Clinic) -> None:
    async with house(clinic) as beside:
        wrote, plain, _ = await beside.begun(), await beside.begun(), await beside.begun()
        await wrote.writes()
        (engine,) = beside.engines
        engine.answers.clear()
        searched = asyncio.create_task(beside.ended(plain))
        await engine.searches.wait()
        recycled = asyncio.create_task(beside.ended(wrote))
        await wrote.child.gone.wait()
        for _ in range(100):  # whatever can happen now does
            await asyncio.sleep(0)
        assert say.Retire not in engine.told
        await engine.line.send(say.Forgotten(0))
        assert (await searched).verified
        assert (await recycled).verified


async def test_a_room_that_asks_again_and_again_is_called_for_once(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that does not answer costs the host one descriptor and one thread for each room."""
    answers, calls = asyncio.Event(), list[Address]()

    async def supply(line: Line, where: Address) -> None:
        calls.append(where)
        await answers.wait()
        await line.send(say.Supply(say.Part.WRITER))

    monkeypatch.setattr(rooms, "supply_server", supply)
    async with house(clinic, Address("127.0.0.1", 9)) as beside:
        room = await beside.begun()
        for _ in range(100):
            await room.line.send(say.Wants(say.Part.WRITER))
        answers.set()
        await room.has(say.Part.WRITER)
        assert len(calls) == 1
        await room.writes()
        assert len(calls) == 2

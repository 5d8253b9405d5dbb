"""All rooms of a house and the engine that serves them: one waits, one is open; each is seen to its end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress

from kiskriv.errors import (
    KiskrivError,
    Malformed,
    PeerGone,
    RoomDied,
    RuntimeFolderUnsafe,
    VaultErased,
    VaultTampered,
)
from kiskriv.host.accounts import Accounts
from kiskriv.host.addresses import ROOM
from kiskriv.host.child import Child
from kiskriv.host.doors import Doors
from kiskriv.host.engines import Engine
from kiskriv.host.errands import Errands
from kiskriv.host.house import AGAIN, House, Start
from kiskriv.host.line import Line
from kiskriv.host.passages import PASSING, Passages
from kiskriv.host.residue import completed, looked_again, met_again, taken, with_method
from kiskriv.host.room import Room
from kiskriv.host.servers import supply_server
from kiskriv.ledger import Cause, Ended, Method, new_session_id
from kiskriv.machine import level
from kiskriv.wire import messages as say

MODULE = "kiskriv.assembly.room"

WARMING = 60.0
"""Seconds that a room may take to get ready, and to begin."""

ANSWERING = 3.0
"""Seconds in which a room that lives says so to a new host, and in which one that waits leaves."""

PARTING = 2.0
"""Seconds in which a microphone ends after its room."""

HOPELESS = {VaultErased.__name__, VaultTampered.__name__}
"""The faults of a room that could not go on where a spool will never be readable again."""


class Rooms:
    """`wanted` says whether anybody is there for whom a room and an engine should wait."""

    def __init__(
        self, house: House, accounts: Accounts, doors: Doors, start: Start, wanted: Callable[[], bool]
    ) -> None:
        self._house = house
        self._accounts = accounts
        self._doors = doors
        self._start = start
        self._wanted = wanted
        self._rooms: dict[str, Room] = {}
        self._warm: Room | None = None
        self.passages = Passages(house, accounts, self._succeed)
        """The sessions whose room died, until another one goes on."""
        self._engine = Engine(start, house.model, doors.house, self._supply_all)
        self._errands = Errands()

    def __iter__(self) -> Iterator[Room]:
        return iter(tuple(self._rooms.values()))

    def get(self, session: str) -> Room | None:
        """The room of this session."""
        return self._rooms.get(session)

    @property
    def open(self) -> list[Room]:
        """Those whose session stands in the ledger."""
        return [room for room in self if room.open]

    @property
    def busy(self) -> bool:
        """A session has a room, or is between two."""
        return bool([*self.passages, *self.open])

    @property
    def sessions(self) -> set[str]:
        """Those that have a room, or are between two."""
        return {*self._rooms, *self.passages}

    # -- a host comes, looks after them, and goes --------------------------------------------------------------------------------------

    async def take_over(self, unfinished: Collection[str]) -> None:
        """Rooms that outlived the host before: who answers goes on, who does not is kept in sight."""
        await self._engine.take_over()
        there = {name.removeprefix(ROOM) for name in self._doors.names() if name.startswith(ROOM)}
        for session in {*unfinished, *there}:
            await self._adopt(session, opened=session in unfinished)
        if answers := [asyncio.create_task(room.answered.wait()) for room in self]:
            self._errands.run(self._lend_engine())
            await asyncio.wait(answers, timeout=ANSWERING)
        for session in unfinished:
            if session not in self._rooms:
                with suppress(RoomDied):  # it is swept with all else that was found
                    if not await self.passages.attempt(session):
                        self.passages.begin(session, Cause.FOUND_AT_START)

    def expect(self) -> None:
        """Somebody is there, and will want a room soon: what has to be started is started meanwhile."""
        if not self.open:
            self._errands.run(self._get_ready())

    def watch(self) -> None:
        """What nobody calls about: an engine that is missing."""
        if self.open and not self._engine.kept:
            self._errands.run(self._lend_engine())

    async def settle(self, sessions: Collection[str]) -> None:
        """Waits, but not for long, until each of these has a room that answers, or none."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PASSING):
                for session in sessions:
                    while (room := self.get(session)) is None or not room.reachable:
                        if room is not None:
                            await (asyncio.wait([room.closed]) if room.answered.is_set() else room.answered.wait())
                        elif await self.passages.outcome(session) is None:
                            break

    def spools_left(self) -> tuple[str, ...]:
        """Sessions that have a spool and no room, and will have none."""
        return tuple(session for session in self._house.spools.found() if session not in self.sessions)

    def sweep_spools(self) -> tuple[str, ...]:
        """Removes those; the sessions whose spool cannot be removed."""
        return tuple(session for session in self.spools_left() if not self._house.spools.sweep(session))

    def hand_over(self, session: str, door: socket.socket) -> None:
        """A new door for this room."""
        self._errands.run(_hand_over(self._rooms[session].line, door))

    async def leave(self) -> None:
        """Ends what waits."""
        await asyncio.gather(self._dismiss_warm(), self._engine.recycle(wanted=False))

    async def finish(self) -> None:
        """A person has every session ended by force, also those between two rooms, and the engine with them."""
        passages = self.passages.give_up()
        for room in self:
            if room is not self._warm:
                room.cause = Cause.RECOVER
                room.child.kill()
        if ending := [*(room.closed for room in self.open), *passages]:
            await asyncio.wait(ending)
        self.passages.resume()
        await self._engine.recycle(wanted=self._wanted())

    async def _adopt(self, session: str, *, opened: bool) -> None:
        called: socket.socket | None = None
        with suppress(OSError, RuntimeFolderUnsafe):
            called = self._doors.call(ROOM + session)
        line, present = None if called is None else Line(called), None
        if line is not None:
            with suppress(PeerGone):
                await line.send(say.Hello(say.VERSION, say.Caller.HOST, ""))
        child = Child.found(MODULE, session)
        if child is None and line is not None:  # it lives, where this user may not see all of its processes
            present = await _introduction(line)
            child = None if present is None else Child.at(present.pid)
        if child is None or not opened:
            self._doors.remove(ROOM + session)
            if line is not None:
                line.close()
            if child is not None:  # it waited for a session to begin
                child.kill()
            return
        room = Room(session, child, line)
        if present is not None:
            room.meet(present)
        room.opened.set_result(None)
        self._move_in(room)
        self._errands.run(self._limit_by_its_clock(room, self._accounts.left(session, self._house.longest)))

    async def _lend_engine(self) -> None:
        with suppress(KiskrivError):
            await self._engine.ready()

    async def prepare(self) -> say.Ready:
        """A room that waits and an engine that is loaded, both started at once. Raises PeerGone where the room died meanwhile."""
        if self._warm is None or self._warm.line is None or self._warm.line.closed:
            self._warm = self._furnish()
        room, engine = self._warm, await self._engine.ready()
        with suppress(TimeoutError):
            async with asyncio.timeout(WARMING):
                await room.answered.wait()
        if not room.reachable or room.present is None:
            room.child.kill()
            if self._warm is room:
                self._warm = None
            raise PeerGone
        facts = tuple(fact for fact in room.present.facts if fact in engine.facts)
        return say.Ready(level(facts).value, facts)

    def _furnish(self, session: str = "") -> Room:
        """A new room: its process, its address, its lines. Raises OSError."""
        session = session or new_session_id()
        listener = self._doors.open(ROOM + session)
        try:
            with listener:
                ours, theirs = socket.socketpair()
                with theirs:
                    child = self._start(
                        "room", (theirs.fileno(), listener.fileno()), session, *self._house.spools.arguments
                    )
        except OSError:
            self._doors.remove(ROOM + session)
            raise
        room = Room(session, child, Line(ours))
        self._move_in(room)
        self._supply(room)
        return room

    def _move_in(self, room: Room) -> None:
        self._rooms[room.session] = room
        self._errands.run(self._keep(room))

    def _move_out(self, room: Room) -> None:
        if self._rooms.get(room.session) is room:
            del self._rooms[room.session]
            self._doors.remove(ROOM + room.session)

    async def _keep(self, room: Room) -> None:
        """From a room's first word until its session is accounted for."""
        try:
            await room.attend(self._accounts.begun, self._supply_wanted)
            if room.open:
                room.closed.set_result(await self._ended(room))
        except Exception:  # whatever it is: the ledger lacks an entry, so nothing begins before a person has looked
            room.child.kill()
        finally:
            if not room.closed.done():
                room.closed.cancel()
            self._move_out(room)
            if room is self._warm:
                self._warm = None
        if room.open and self._wanted() and self._warm is None:
            await self._get_ready()

    async def _get_ready(self) -> None:
        with suppress(KiskrivError, OSError):
            await self.prepare()

    def _supply(self, room: Room) -> None:
        if room.line is not None:
            self._errands.run(self._engine.supply(room.line))

    async def _supply_writer(self, room: Room, line: Line) -> None:
        """A line to the server that the house has, or else to the engine."""
        try:
            if (where := self._house.writer) is not None:
                await supply_server(line, where)
            else:
                room.wrote = True
                await self._engine.supply(line, (say.Part.WRITER,))
        finally:
            room.calls = False

    def _supply_all(self) -> None:
        for room in self:
            self._supply(room)

    async def _supply_wanted(self, room: Room, part: say.Part) -> None:
        match part:
            case say.Part.MICROPHONE:
                with suppress(OSError):  # the room waits for it only so long
                    await self._supply_microphone(room)
            case say.Part.ENGINE | say.Part.SPEAKERS:
                self._supply(room)
            case say.Part.WRITER if room.line is not None and not room.calls:
                room.calls = True  # at once: whoever asks a hundred times has asked once
                self._errands.run(self._supply_writer(room, room.line))

    async def _supply_microphone(self, room: Room) -> None:
        """Raises OSError, PeerGone."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            room.microphones.append(self._start("microphone", (theirs.fileno(),)))
            if room.line is not None:
                await room.line.send(say.Supply(say.Part.MICROPHONE), ours.fileno())

    async def begin(self, order: say.Open) -> Room:
        """In the room that waits. Raises PeerGone where it has died, LedgerError where `opened` could not be written."""
        await self.prepare()
        room, self._warm = self._warm, None
        if room is None or room.line is None:
            raise PeerGone
        room.tethered, room.engines_fallen = order.tethered, self._engine.fallen
        try:
            if order.here:
                await self._supply_microphone(room)
            await room.line.send(self._order(order))
            async with asyncio.timeout(WARMING):
                await asyncio.shield(room.opened)
        except BaseException:
            room.child.kill()
            raise
        self._errands.run(self._limit(room, self._house.longest))
        return room

    def _order(self, order: say.Open) -> say.Begin:
        house = self._house
        return say.Begin(
            channels=order.channels,
            roles=house.config.microphone.roles if order.channels > 1 else (),
            step=house.step,
            language=house.config.model.language,
            model=house.model.digest,
            notice=order.notice,
            seconds=house.limit,
            longest=house.longest,
            tethered=order.tethered,
            here=order.here,
        )

    async def _succeed(self, session: str, left: int) -> None:
        """Another room goes on where the one of this session died, from its spool (`passages.Succeed`)."""
        room: Room | None = None
        try:
            async with asyncio.timeout(WARMING):
                self._doors.remove(ROOM + session)
                room = self._furnish(session)
                await room.answered.wait()
                if room.line is not None:
                    await room.line.send(say.Resume(left))
                await asyncio.shield(room.opened)
        except (KiskrivError, OSError, TimeoutError):
            if room is not None:
                room.child.kill()
                await room.child.gone.wait()
                self._move_out(room)
                if room.fault.partition("-")[0] in HOPELESS:
                    raise RoomDied from None
            raise
        self._errands.run(self._limit(room, left))
        self._errands.run(self._lend_engine())

    async def _limit(self, room: Room, seconds: float) -> None:
        """A room ends itself when its time is up (R15); one that has not when it cannot be put off any more is ended."""
        if not await room.child.ends(seconds + self._house.grace):
            room.child.kill()

    async def _limit_by_its_clock(self, room: Room, left: float) -> None:
        """Of a room that another host began: what it says itself; `left`, by the clock on the wall, where it says nothing."""
        now = asyncio.get_running_loop().time
        by_the_wall = now() + left
        with suppress(TimeoutError):
            async with asyncio.timeout_at(by_the_wall + self._house.grace):
                await room.answered.wait()
        told = room.present
        await self._limit(room, told.seconds_left if told is not None and told.open else by_the_wall - now())

    async def _dismiss_warm(self) -> None:
        warm, self._warm = self._warm, None
        if warm is not None and warm.line is not None:
            warm.line.close()
            await warm.child.end(ANSWERING)

    # -- the end of a session -----------------------------------------------------------------------------------------------------------

    async def _ended(self, room: Room) -> say.Closed | say.Opened:
        """The room's process is gone. Engine recycled, looked again, written: then there is a receipt."""
        entry, present = room.entry, room.present
        if entry is None or present is None:
            return await self._died(room)
        entry = await self._see_to_engine(completed(entry, killed=room.killed), room, present)
        self._doors.remove(ROOM + room.session)
        entry = met_again(entry, 0 if self._house.spools.sweep(room.session) else 1)
        orderly = await self._parted(room) and room.engines_fallen == self._engine.fallen
        entry = looked_again(entry, present, await self._names(), orderly=orderly)
        entry = taken(entry, asyncio.get_running_loop().time() - room.told)
        return self._accounts.ended(entry, room.fault)

    async def _parted(self, room: Room) -> bool:
        """Whether its microphones ended by themselves; they have ended in any case."""
        for microphone in room.microphones:
            await microphone.end(PARTING)
        return all(microphone.orderly for microphone in room.microphones)

    async def _died(self, room: Room) -> say.Closed | say.Opened:
        """Before it had erased: another room goes on, now or later, or the session is swept, and its spool first."""
        await self._parted(room)
        await self._engine.recycle(wanted=self._wanted())
        if room.tethered or room.cause is not Cause.ROOM_DIED:
            return self.passages.lost(room.session, room.cause, room.fault)
        self.passages.begin(room.session, room.cause, room.fault)
        return await self.passages.outcome(room.session) or say.Opened(room.session)

    async def _names(self) -> list[str]:
        while True:
            try:
                return self._doors.names()
            except OSError:  # no descriptor is free
                await asyncio.sleep(AGAIN)

    async def _see_to_engine(self, entry: Ended, room: Room, present: say.Present) -> Ended:
        """Its process ends too, or, where other sessions need it and no note was written there, is searched for the trace of this one.

        Where others need it all the same, the next one is asked what this one had not answered yet.
        """
        needed = any(other is not room for other in self.open)
        if needed and not room.wrote:
            residue = await self._engine.search(present.trace_mask, present.trace_masked)
            return met_again(with_method(entry, Method.ENGINE_OVERWRITTEN), residue)
        await self._engine.recycle(wanted=needed or self._wanted())
        return with_method(entry, Method.ENGINE_RECYCLED)


async def _introduction(line: Line) -> say.Present | None:
    """What a room says to a host's hello, if it does."""
    with suppress(PeerGone, Malformed, TimeoutError):
        async with asyncio.timeout(ANSWERING):
            if isinstance(present := await line.receive(), say.Present):
                return present
    return None


async def _hand_over(line: Line | None, door: socket.socket) -> None:
    with door, suppress(PeerGone):
        if line is not None:
            await line.send(say.Supply(say.Part.LISTENER), door.fileno())

"""What the host does for the screens that call: begins and ends rooms, keeps engine and ledger, and accounts for everything.

Nothing of a consultation passes through here: a screen talks to its room at the room's own address. The host knows that a session is
there, since when, and how it ended.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace

from kiskriv import __version__
from kiskriv.config import Config
from kiskriv.errors import (
    ErasureFailed,
    KiskrivError,
    LedgerError,
    Malformed,
    NotInformed,
    PeerGone,
    ProcessError,
    RoomDied,
    RuntimeFolderUnsafe,
    SessionUnfinished,
)
from kiskriv.host.addresses import ADDRESS, ROOM
from kiskriv.host.child import Child
from kiskriv.host.engines import Engine, Start
from kiskriv.host.line import Line
from kiskriv.host.rooms import Ending, Room, completed
from kiskriv.ledger import Cause, Ended, Fact, Ledger, Level, Method, Place, new_session_id
from kiskriv.machine import RuntimeFolder, level, search_memory
from kiskriv.weights import Model
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed

WARMING = 60.0
"""Seconds that a room may take to get ready."""

ANSWERING = 3.0
"""Seconds in which a room that lives says so to a new host."""

GRACE = 30.0
"""Seconds after its time limit at which a room that has not ended itself is killed."""

FIRST_CALL = 5.0
"""Seconds that a new host waits for whoever started it."""

WATCH = 1.0
"""Seconds between two looks at the runtime folder, and at whether anybody is left."""


@dataclass(frozen=True)
class House:
    """What a host is made of. `settings` is the digest of the configuration, `notice` the version of the patient's notice."""

    config: Config
    settings: str
    model: Model
    notice: str
    open_folder: Callable[[], RuntimeFolder]


class Host:
    """For one runtime folder and one ledger, both held by this process alone."""

    def __init__(self, house: House, ledger: Ledger, start: Start) -> None:
        self._house = house
        self._ledger = ledger
        self._folder = house.open_folder()
        self._start = start
        self._rooms: dict[str, Room] = {}
        self._warm: Room | None = None
        self._silent: dict[str, Child | None] = {}
        """Rooms whose process is there and does not answer."""
        self._engine = Engine(start, house.model.folder, self._supply_all)
        self._screens = 0
        self._callers = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._swept = 0
        self._unwritten: dict[str, Ended] = {}

    # -- its life -----------------------------------------------------------------------------------------------------------------------

    async def run(self, ready: Callable[[], object]) -> None:
        """Takes over what a host before left, answers callers, and returns when nobody is there and nothing is open."""
        await self._take_over()
        self._listener = self._listen()
        ready()
        accepting = asyncio.create_task(self._accept())
        await asyncio.sleep(FIRST_CALL)
        while self._callers or any(room.open for room in self._rooms.values()):
            await asyncio.sleep(WATCH)
            self._mend_folder()
            if not self._engine.kept and any(room.open for room in self._rooms.values()):
                self._spawn(self._lend_engine())
        accepting.cancel()
        self._listener.close()
        self._folder.remove(ADDRESS)
        await self._dismiss_warm()
        await self._engine.recycle(wanted=False)

    def _listen(self) -> socket.socket:
        listener = self._folder.listen(ADDRESS)
        listener.setblocking(False)
        return listener

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                line, _ = await loop.sock_accept(self._listener)
            except OSError:  # no descriptor is free, or the folder was just mended
                await asyncio.sleep(WATCH / 4)
                continue
            self._spawn(self._serve(line))

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take_over(self) -> None:
        """Rooms that outlived a host are found at their addresses; sessions without one are swept (R33)."""
        for name in self._folder.names():
            if name.startswith(ROOM):
                await self._adopt(name.removeprefix(ROOM))
        lost = tuple(s for s in self._ledger.unaccounted() if s not in self._rooms and s not in self._silent)
        self._swept = len(self._ledger.sweep(lost, Cause.FOUND_AT_START))

    async def _adopt(self, session: str) -> None:
        try:
            line = self._folder.connect(ROOM + session)
        except OSError:  # nobody listens there any more
            self._folder.remove(ROOM + session)
            return
        except RuntimeFolderUnsafe:
            self._silent[session] = None
            return
        room = Room(session, Child.found(self._folder.peer(line).pid), Line(line))
        await room.line.send(say.Hello(say.VERSION, say.Caller.HOST, ""))
        self._move_in(room)
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWERING):
                await room.warm.wait()
        if not room.warm.is_set():
            self._silent[session] = room.child
            return
        if room.open:
            self._spawn(self._lend_engine())
        elif session in self._rooms:  # it was waiting to begin
            room.child.kill()

    async def _lend_engine(self) -> None:
        with suppress(KiskrivError):
            await self._engine.ready()

    # -- rooms ----------------------------------------------------------------------------------------------------------------------------

    async def _prepare(self) -> say.Ready:
        """A room that waits and an engine that is loaded, both started at once."""
        if self._warm is None or self._warm.child.gone.is_set():
            self._warm = self._furnish()
        room, engine = self._warm, await self._engine.ready()
        async with asyncio.timeout(WARMING):
            await room.warm.wait()
        if room.present is None:
            self._warm = None
            raise ProcessError
        facts = tuple(fact for fact in room.present.facts if fact in engine.facts)
        return say.Ready(level(facts).value, facts)

    def _furnish(self) -> Room:
        """A new room: its process, its address, its lines."""
        session = new_session_id()
        listener = self._folder.listen(ROOM + session)
        ours, theirs = socket.socketpair()
        with listener, theirs:
            child = self._start("room", (theirs.fileno(), listener.fileno()), session)
        room = Room(session, child, Line(ours))
        self._move_in(room)
        self._spawn_supply(room)
        return room

    def _move_in(self, room: Room) -> None:
        self._rooms[room.session] = room
        self._spawn(self._keep(room))

    async def _keep(self, room: Room) -> None:
        await room.attend(self._ledger.append, self._want, self._ended)
        self._rooms.pop(room.session, None)
        self._silent.pop(room.session, None)
        self._folder.remove(ROOM + room.session)
        if not room.closed.done():
            room.closed.cancel()

    def _spawn_supply(self, room: Room) -> None:
        self._spawn(self._engine.supply(room.line))

    def _supply_all(self) -> None:
        for room in self._rooms.values():
            self._spawn_supply(room)

    async def _want(self, room: Room, part: say.Part) -> None:
        if part is say.Part.MICROPHONE:
            await self._supply_microphone(room)

    async def _supply_microphone(self, room: Room) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._start("microphone", (theirs.fileno(),))
            await room.line.send(say.Supply(say.Part.MICROPHONE), ours.fileno())

    async def _open(self, order: say.Open) -> say.Opened:
        """A consultation, if nothing stands in its way."""
        if not order.informed:
            raise NotInformed
        await self._write_what_is_left()
        if unverified := (*self._ledger.unverified(), *self._unwritten):
            raise ErasureFailed(residue=len(unverified))
        if self._ledger.unaccounted() or self._silent:
            raise SessionUnfinished
        await self._prepare()
        room, self._warm = self._warm, None
        assert room is not None
        room.tethered = order.tethered
        if order.here:
            await self._supply_microphone(room)
        house = self._house
        await room.line.send(
            say.Begin(
                channels=order.channels,
                roles=house.config.microphone.roles if order.channels > 1 else (),
                language=house.config.model.language,
                model=house.model.digest,
                notice=house.notice,
                seconds=house.config.session.limit * 60,
                tethered=order.tethered,
                here=order.here,
            )
        )
        await asyncio.shield(room.opened)
        self._spawn(self._limit(room))
        return say.Opened(room.session)

    async def _limit(self, room: Room) -> None:
        """A room ends itself when its time is up (R15); one that cannot is ended."""
        if not await room.child.ends(self._house.config.session.limit * 60 + GRACE):
            room.child.kill()

    async def _dismiss_warm(self) -> None:
        warm, self._warm = self._warm, None
        if warm is not None:
            warm.line.close()
            await warm.child.end(ANSWERING)

    # -- the end of a session ---------------------------------------------------------------------------------------------------------------

    async def _ended(self, room: Room, ending: Ending) -> None:
        """The room's process is gone. Engine recycled, looked again, written: then there is a receipt."""
        busy = [other for other in self._rooms.values() if other is not room and other.open]
        present, entry = room.present, ending.entry
        if entry is None or present is None:
            await self._engine.recycle(wanted=self._screens > 0)
            closed = self._sweep(room.session, ending.fault)
        else:
            entry = completed(entry, killed=ending.killed)
            entry = await self._see_to_engine(entry, present, shared=bool(busy))
            entry = self._look_again(entry, present)
            closed = self._write(entry, ending.fault)
        room.closed.set_result(closed)
        if self._screens and self._warm is None:
            self._spawn(self._get_ready())

    async def _see_to_engine(self, entry: Ended, present: say.Present, *, shared: bool) -> Ended:
        """Its process ends too, or, where other sessions need it, is searched for the trace of this one."""
        if not shared:
            await self._engine.recycle(wanted=self._screens > 0)
            return _with(entry, Method.ENGINE_RECYCLED)
        residue = await self._engine.search(present.trace_mask, present.trace_masked)
        entry = _with(entry, Method.ENGINE_OVERWRITTEN)
        return replace(entry, residue=entry.residue + (residue or 0), verified=entry.verified and residue == 0)

    def _look_again(self, entry: Ended, present: say.Present) -> Ended:
        """In this process's memory and in the runtime folder; and what this machine could promise meanwhile."""
        met = search_memory(bytes.fromhex(present.trace_mask), bytes.fromhex(present.trace_masked))
        self._folder.remove(ROOM + entry.session)
        left = sum(entry.session in name for name in self._folder.names())
        facts = tuple(fact for fact in Fact if fact in present.facts)
        if Method.ROOM_KILLED in entry.methods and Fact.FREED_PAGES_ZEROED not in facts:
            reached = Level.C
        else:
            reached = Level(level(facts).value)
        places = {*entry.looked, Place.RUNTIME_FOLDER, *(() if met is None else (Place.LIVING_MEMORY,))}
        residue = entry.residue + (met or 0) + left
        return replace(
            entry,
            level=reached,
            facts=facts,
            looked=tuple(place for place in Place if place in places),
            residue=residue,
            verified=entry.verified and residue == 0,
        )

    def _write(self, entry: Ended, fault: str) -> say.Closed:
        try:
            receipt = self._ledger.receipt(self._ledger.append(entry))
        except LedgerError:
            self._unwritten[entry.session] = entry
            return say.Closed(entry.session, None, False, entry.residue, fault or "ledger")
        return say.Closed(entry.session, receipt, entry.verified, entry.residue, fault)

    def _sweep(self, session: str, fault: str) -> say.Closed:
        with suppress(LedgerError):
            self._ledger.sweep((session,), Cause.ROOM_DIED)
        return say.Closed(session, None, True, 0, fault)

    async def _write_what_is_left(self) -> None:
        """Entries that a full disk kept out are tried again (R22)."""
        for session, entry in list(self._unwritten.items()):
            self._ledger.append(entry)
            del self._unwritten[session]

    async def _get_ready(self) -> None:
        with suppress(KiskrivError, TimeoutError):
            await self._prepare()

    # -- callers ----------------------------------------------------------------------------------------------------------------------------

    async def _serve(self, accepted: socket.socket) -> None:
        """One caller, until it goes. What it says wrong ends its line, and nothing else."""
        line, screen = Line(accepted), False
        self._callers += 1
        try:
            self._folder.peer(accepted)
            hello = await line.receive()
            if not isinstance(hello, say.Hello) or hello.version != say.VERSION:
                return
            await line.send(self._welcome())
            while True:
                message = await line.receive()
                if isinstance(message, say.Prepare) and not screen:
                    screen, self._screens = True, self._screens + 1
                await line.send(await self._answer(message))
        except (PeerGone, Malformed, RuntimeFolderUnsafe):
            pass
        finally:
            self._callers -= 1
            self._screens -= screen
            line.close()

    async def _answer(self, message: say.Message) -> say.Message:
        try:
            match message:
                case say.Prepare():
                    return await self._prepare()
                case say.Open():
                    return await self._open(message)
                case say.Await(session):
                    return await self._closing(session)
                case say.Look():
                    return self._found()
                case say.Finish():
                    await self._finish()
                    return self._found()
        except TimeoutError:
            return failed(ProcessError())
        except KiskrivError as error:
            return failed(error)
        raise Malformed

    async def _closing(self, session: str) -> say.Closed:
        if (room := self._rooms.get(session)) is not None:
            return await asyncio.shield(room.closed)
        for index in range(self._ledger.size - 1, -1, -1):  # it ended before this was asked, or under another host
            entry = self._ledger.entry(index)
            if isinstance(entry, Ended) and entry.session == session:
                return say.Closed(session, self._ledger.receipt(index), entry.verified, entry.residue, "")
            if entry.session == session:
                break
        raise RoomDied

    def _welcome(self) -> say.Welcome:
        return say.Welcome(
            version=say.VERSION,
            kiskriv=__version__,
            settings=self._house.settings,
            model=self._house.model.name,
            digest=self._house.model.digest,
            public_key=self._ledger.public_key,
            swept=self._swept,
            unfinished=self._unfinished(),
            unverified=len(self._ledger.unverified()),
        )

    def _unfinished(self) -> tuple[say.Unfinished, ...]:
        alive = {room.session for room in self._rooms.values() if room.open and room.session not in self._silent}
        sessions = dict.fromkeys((*self._ledger.unaccounted(), *self._silent))
        return tuple(say.Unfinished(session, session in alive) for session in sessions)

    # -- recover ----------------------------------------------------------------------------------------------------------------------------

    def _found(self) -> say.Found:
        return say.Found(self._unfinished(), (*self._ledger.unverified(), *self._unwritten), ())

    async def _finish(self) -> None:
        """Every room ends, by force if need be; what a failed erasure left ended with its process; the ledger says so."""
        rooms = [room for room in self._rooms.values() if room is not self._warm]
        for room in rooms:
            room.child.kill()
        for child in self._silent.values():
            if child is not None:
                child.kill()
        for room in rooms:
            await room.child.gone.wait()
            with suppress(asyncio.CancelledError):
                await asyncio.shield(room.closed)
        for session in list(self._silent):
            self._folder.remove(ROOM + session)
        self._silent.clear()
        await self._write_what_is_left()
        await self._engine.recycle(wanted=False)
        self._ledger.sweep((*self._ledger.unaccounted(), *self._ledger.unverified()), Cause.RECOVER)

    # -- the runtime folder -------------------------------------------------------------------------------------------------------------------

    def _mend_folder(self) -> None:
        """Where somebody removed the folder, or the sockets in it, they are made anew: a consultation must stay within reach."""
        if self._folder.intact() and {ADDRESS, *self._addresses()} <= set(self._folder.names()):
            return
        with suppress(OSError, RuntimeFolderUnsafe):
            folder, self._folder = self._folder, self._house.open_folder()
            folder.close()
            listener, self._listener = self._listener, self._listen()
            listener.close()
            for session, room in self._rooms.items():
                door = self._folder.listen(ROOM + session)
                self._spawn(_hand_over(room.line, door))

    def _addresses(self) -> set[str]:
        return {ROOM + session for session in self._rooms}


async def _hand_over(line: Line, door: socket.socket) -> None:
    with door, suppress(PeerGone):
        await line.send(say.Supply(say.Part.LISTENER), door.fileno())


def _with(entry: Ended, method: Method) -> Ended:
    return replace(entry, methods=tuple(m for m in Method if m in {*entry.methods, method}))

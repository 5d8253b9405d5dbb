"""What the host does for the screens that call: begins and ends rooms, keeps engine and ledger, and accounts for everything.

Nothing of a consultation passes through here: a screen talks to its room at the room's own address. The host knows that a session is
there, since when, and how it ended.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from kiskriv import __version__
from kiskriv.config import Config
from kiskriv.errors import (
    HostUnreachable,
    KiskrivError,
    Malformed,
    NotInformed,
    PeerGone,
    ProcessError,
    RuntimeFolderUnsafe,
    SessionUnfinished,
)
from kiskriv.host.accounts import Accounts
from kiskriv.host.addresses import ADDRESS, ROOM
from kiskriv.host.child import Child
from kiskriv.host.doors import Doors
from kiskriv.host.engines import Engine, Start
from kiskriv.host.line import Line
from kiskriv.host.residue import completed, looked_again, met_again, with_method
from kiskriv.host.rooms import Room
from kiskriv.ledger import Cause, Ended, Ledger, Method, Opened, new_session_id
from kiskriv.machine import RuntimeFolder, level
from kiskriv.weights import Model
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed

WARMING = 60.0
"""Seconds that a room may take to get ready, and to begin."""

ANSWERING = 3.0
"""Seconds in which a room that lives says so to a new host, and in which one that waits leaves."""

GRACE = 30.0
"""Seconds after its time limit at which a room that has not ended itself is killed."""

GREETING = 3.0
"""Seconds that a caller may take to say who it is."""

FIRST_CALL = 5.0
"""Seconds that a new host waits for whoever started it."""

WATCH = 1.0
"""Seconds between two looks at the runtime folder, and at whether anybody is left."""


@dataclass(frozen=True)
class House:
    """What a host is made of. `settings` is the digest of the configuration, `notice` the version of the patient's notice.

    `limit`: seconds that a session may last (R15).
    """

    config: Config
    settings: str
    model: Model
    notice: str
    limit: int
    open_folder: Callable[[], RuntimeFolder]
    grace: float = GRACE


class Host:
    """For one runtime folder and one ledger, both held by this process alone."""

    def __init__(self, house: House, ledger: Ledger, start: Start) -> None:
        self._house = house
        self._ledger = ledger
        self._accounts = Accounts(ledger)
        self._doors = Doors(house.open_folder)
        self._start = start
        self._rooms: dict[str, Room] = {}
        self._warm: Room | None = None
        self._engine = Engine(start, house.model.folder, self._supply_all)
        self._callers = self._screens = self._swept = 0
        self._opening = asyncio.Lock()
        self._called = False
        self._leaving = asyncio.Event()
        self._accepting: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    # -- its life -----------------------------------------------------------------------------------------------------------------------

    async def run(self, ready: Callable[[], object]) -> None:
        """Takes over what a host before left, answers callers, and returns when nobody is there and nothing is open."""
        await self._take_over()
        self._accept_at(self._doors.open(ADDRESS))
        ready()
        patience = asyncio.get_running_loop().time() + FIRST_CALL
        while not self._leaving.is_set() and (self._needed or not self._called):
            with suppress(TimeoutError):
                async with asyncio.timeout(WATCH):
                    await self._leaving.wait()
            self._watch()
            self._called = self._called or asyncio.get_running_loop().time() > patience
        if self._accepting is not None:
            self._accepting.cancel()
        self._doors.remove(ADDRESS)
        await asyncio.gather(self._dismiss_warm(), self._engine.recycle(wanted=False))
        self._doors.close()

    @property
    def _needed(self) -> bool:
        """Somebody is there, or something is open."""
        return bool(self._callers) or self._busy or not self._accounts.complete

    @property
    def _busy(self) -> bool:
        return any(room.open for room in self._rooms.values())

    def _watch(self) -> None:
        """What nobody calls about is seen to here: doors that were taken away, an engine that is missing, a disk that was full."""
        with suppress(KiskrivError, OSError):
            self._mend_doors()
        with suppress(KiskrivError):
            self._accounts.catch_up()
        if self._busy and not self._engine.kept:
            self._spawn(self._lend_engine())

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take_over(self) -> None:
        """Rooms that outlived a host go on with this one; sessions whose room is gone are swept (R33)."""
        unfinished = self._ledger.unaccounted()
        there = {name.removeprefix(ROOM) for name in self._doors.names() if name.startswith(ROOM)}
        for session in {*unfinished, *there}:
            await self._adopt(session, opened=session in unfinished)
        lost = tuple(session for session in unfinished if session not in self._rooms)
        self._swept = len(self._ledger.sweep(lost, Cause.FOUND_AT_START))
        if self._rooms:
            self._spawn(self._lend_engine())
            await asyncio.wait(
                [asyncio.ensure_future(room.answered.wait()) for room in self._rooms.values()], timeout=ANSWERING
            )

    async def _adopt(self, session: str, *, opened: bool) -> None:
        child = Child.found("kiskriv.assembly.room", session)
        if child is None or not opened:
            self._doors.remove(ROOM + session)
            if child is not None:  # it waited for a session to begin
                child.kill()
            return
        try:
            line = Line(self._doors.call(ROOM + session))
            await line.send(say.Hello(say.VERSION, say.Caller.HOST, ""))
        except (OSError, RuntimeFolderUnsafe, PeerGone):
            line = None
        room = Room(session, child, line)
        room.opened.set_result(None)
        self._move_in(room)
        self._spawn(self._limit(room, self._left(session)))

    def _left(self, session: str) -> float:
        """Seconds until the time limit of a session that another host opened, by the clock on the wall."""
        for index in range(self._ledger.size - 1, -1, -1):
            entry = self._ledger.entry(index)
            if isinstance(entry, Opened) and entry.session == session:
                gone = datetime.now(UTC) - datetime.fromisoformat(entry.time)
                return min(max(0.0, self._house.limit - gone.total_seconds()), self._house.limit)
        return 0.0

    async def _lend_engine(self) -> None:
        with suppress(KiskrivError):
            await self._engine.ready()

    # -- rooms --------------------------------------------------------------------------------------------------------------------------

    async def _prepare(self) -> say.Ready:
        """A room that waits and an engine that is loaded, both started at once."""
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
            raise ProcessError
        facts = tuple(fact for fact in room.present.facts if fact in engine.facts)
        return say.Ready(level(facts).value, facts)

    def _furnish(self) -> Room:
        """A new room: its process, its address, its lines. Raises OSError."""
        session = new_session_id()
        listener = self._doors.open(ROOM + session)
        try:
            with listener:
                ours, theirs = socket.socketpair()
                with theirs:
                    child = self._start("room", (theirs.fileno(), listener.fileno()), session)
        except OSError:
            self._doors.remove(ROOM + session)
            raise
        room = Room(session, child, Line(ours))
        self._move_in(room)
        self._supply(room)
        return room

    def _move_in(self, room: Room) -> None:
        self._rooms[room.session] = room
        self._spawn(self._keep(room))

    async def _keep(self, room: Room) -> None:
        """From a room's first word until its session is accounted for."""
        try:
            await room.attend(self._ledger.append, self._want)
            if room.open:
                room.closed.set_result(await self._ended(room))
        except Exception:  # whatever it is: the ledger lacks an entry, so nothing begins before a person has looked
            room.child.kill()
        finally:
            if not room.closed.done():
                room.closed.cancel()
            self._rooms.pop(room.session, None)
            self._doors.remove(ROOM + room.session)
            if room is self._warm:
                self._warm = None
        if self._screens and self._warm is None:
            await self._get_ready()

    async def _get_ready(self) -> None:
        with suppress(KiskrivError, OSError):
            await self._prepare()

    def _supply(self, room: Room) -> None:
        if room.line is not None:
            self._spawn(self._engine.supply(room.line))

    def _supply_all(self) -> None:
        for room in self._rooms.values():
            self._supply(room)

    async def _want(self, room: Room, part: say.Part) -> None:
        if part is say.Part.MICROPHONE:
            with suppress(OSError):  # the room waits for it only so long
                await self._supply_microphone(room)

    async def _supply_microphone(self, room: Room) -> None:
        """Raises OSError, PeerGone."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._start("microphone", (theirs.fileno(),))
            if room.line is not None:
                await room.line.send(say.Supply(say.Part.MICROPHONE), ours.fileno())

    async def _open(self, order: say.Open) -> Room:
        """A consultation, if nothing stands in its way."""
        if not order.informed:
            raise NotInformed
        async with self._opening:
            self._accounts.settled()
            if self._busy:
                raise SessionUnfinished
            for again in (True, False):
                try:
                    return await self._begin(order)
                except PeerGone:  # the room that waited has died meanwhile: another one
                    if not again:
                        break
            raise ProcessError

    async def _begin(self, order: say.Open) -> Room:
        """In the room that waits. Raises PeerGone where it has died, LedgerError where `opened` could not be written."""
        await self._prepare()
        room, self._warm = self._warm, None
        if room is None or room.line is None:
            raise PeerGone
        room.tethered = order.tethered
        try:
            if order.here:
                await self._supply_microphone(room)
            await room.line.send(self._order(order))
            async with asyncio.timeout(WARMING):
                await asyncio.shield(room.opened)
        except BaseException:
            room.child.kill()
            raise
        self._spawn(self._limit(room, self._house.limit))
        return room

    def _order(self, order: say.Open) -> say.Begin:
        house = self._house
        return say.Begin(
            channels=order.channels,
            roles=house.config.microphone.roles if order.channels > 1 else (),
            language=house.config.model.language,
            model=house.model.digest,
            notice=house.notice,
            seconds=house.limit,
            tethered=order.tethered,
            here=order.here,
        )

    async def _limit(self, room: Room, seconds: float) -> None:
        """A room ends itself when its time is up (R15); one that cannot is ended."""
        if not await room.child.ends(seconds + self._house.grace):
            room.child.kill()

    async def _dismiss_warm(self) -> None:
        warm, self._warm = self._warm, None
        if warm is not None and warm.line is not None:
            warm.line.close()
            await warm.child.end(ANSWERING)

    # -- the end of a session -----------------------------------------------------------------------------------------------------------

    async def _ended(self, room: Room) -> say.Closed:
        """The room's process is gone. Engine recycled, looked again, written: then there is a receipt."""
        entry, present = room.entry, room.present
        if entry is None or present is None:
            await self._engine.recycle(wanted=self._screens > 0)
            return self._accounts.swept(room.session, room.cause, room.fault)
        entry = await self._see_to_engine(completed(entry, killed=room.killed), room, present)
        self._doors.remove(ROOM + room.session)
        return self._accounts.ended(looked_again(entry, present, await self._names()), room.fault)

    async def _names(self) -> list[str]:
        while True:
            try:
                return self._doors.names()
            except OSError:  # no descriptor is free
                await asyncio.sleep(WATCH / 4)

    async def _see_to_engine(self, entry: Ended, room: Room, present: say.Present) -> Ended:
        """Its process ends too, or, where other sessions need it, is searched for the trace of this one."""
        if any(other.open for other in self._rooms.values() if other is not room):
            residue = await self._engine.search(present.trace_mask, present.trace_masked)
            return met_again(with_method(entry, Method.ENGINE_OVERWRITTEN), residue)
        await self._engine.recycle(wanted=self._screens > 0)
        return with_method(entry, Method.ENGINE_RECYCLED)

    # -- callers ------------------------------------------------------------------------------------------------------------------------

    def _accept_at(self, listener: socket.socket) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
        self._accepting = asyncio.create_task(self._accept(listener))

    async def _accept(self, listener: socket.socket) -> None:
        with listener:
            listener.setblocking(False)
            while True:
                try:
                    accepted, _ = await asyncio.get_running_loop().sock_accept(listener)
                except OSError:  # no descriptor is free: who waits at the door waits on
                    await asyncio.sleep(WATCH / 4)
                    continue
                self._spawn(self._receive(Line(accepted), accepted))

    async def _receive(self, line: Line, accepted: socket.socket) -> None:
        """One caller, until it goes. What it says wrong ends its line, and nothing else."""
        try:
            self._doors.folder.peer(accepted)
            async with asyncio.timeout(GREETING):
                hello = await line.receive()
            if isinstance(hello, say.Hello) and hello.version == say.VERSION:
                await self._serve(line, hello)
        except (PeerGone, Malformed, RuntimeFolderUnsafe, TimeoutError):
            pass
        finally:
            line.close()

    async def _serve(self, line: Line, hello: say.Hello) -> None:
        if hello.settings not in ("", self._house.settings) and not self._needed:
            self._leaving.set()  # the caller starts a host with its own settings
        if self._leaving.is_set():
            return
        self._callers, self._called = self._callers + 1, True
        prepared = False
        room: Room | None = None
        try:
            await line.send(self._welcome())
            while True:
                message = await line.receive()
                if isinstance(message, say.Prepare) and not prepared:
                    prepared, self._screens = True, self._screens + 1
                answer = await self._answer(message)
                if isinstance(answer, Room):
                    room, answer = answer if answer.tethered else None, say.Opened(answer.session)
                await line.send(answer)
        finally:
            self._callers -= 1
            self._screens -= prepared
            if room is not None and not room.child.gone.is_set():
                self._spawn(self._cut_loose(room))

    async def _answer(self, message: say.Message) -> say.Message | Room:
        """Raises Malformed for what is no question."""
        if not isinstance(message, say.Prepare | say.Open | say.Await | say.Look | say.Finish):
            raise Malformed
        try:
            return await self._done(message)
        except (PeerGone, Malformed, TimeoutError):
            return failed(ProcessError())
        except KiskrivError as error:
            return failed(error)
        except OSError as error:
            return failed(HostUnreachable(problem=error.strerror or "the system refuses"))

    async def _done(self, question: say.Prepare | say.Open | say.Await | say.Look | say.Finish) -> say.Message | Room:
        match question:
            case say.Prepare():
                return await self._prepare()
            case say.Open():
                return await self._open(question)
            case say.Await(session):
                return await self._closing(session)
            case say.Finish():
                await self._finish()
        return self._found()

    async def _cut_loose(self, room: Room) -> None:
        """The screen that a tethered session belongs to is gone, and perhaps it never came to the room: so it is seen to go there."""
        with suppress(OSError, RuntimeFolderUnsafe, PeerGone):
            line = Line(self._doors.call(ROOM + room.session))
            await line.send(say.Hello(say.VERSION, say.Caller.SCREEN, ""))
            line.close()

    async def _closing(self, session: str) -> say.Closed:
        if (room := self._rooms.get(session)) is not None:
            await asyncio.wait([room.closed])
            if not room.closed.cancelled():
                return room.closed.result()
        return self._accounts.closed(session)

    def _welcome(self) -> say.Message:
        try:
            return say.Welcome(
                version=say.VERSION,
                kiskriv=__version__,
                settings=self._house.settings,
                model=self._house.model.name,
                digest=self._house.model.digest,
                public_key=self._ledger.public_key,
                swept=self._swept,
                unfinished=self._unfinished(),
                unverified=len(self._accounts.unverified()),
            )
        except KiskrivError as error:
            return failed(error)

    def _unfinished(self) -> tuple[say.Unfinished, ...]:
        rooms = self._rooms
        return tuple(
            say.Unfinished(session, session in rooms and rooms[session].reachable)
            for session in self._accounts.unfinished()
        )

    # -- recover ------------------------------------------------------------------------------------------------------------------------

    def _found(self) -> say.Found:
        return say.Found(self._unfinished(), self._accounts.unverified(), ())

    async def _finish(self) -> None:
        """Every room ends, by force; what a failed erasure left ended with its process; the ledger says so."""
        async with self._opening:
            rooms = [room for room in self._rooms.values() if room.open]
            for room in rooms:
                room.cause = Cause.RECOVER
                room.child.kill()
            if rooms:
                await asyncio.wait([room.closed for room in rooms])
            await self._engine.recycle(wanted=self._screens > 0)
            self._accounts.recover()

    # -- the runtime folder -------------------------------------------------------------------------------------------------------------

    def _mend_doors(self) -> None:
        """Where somebody removed the folder, or a socket in it, it is made anew: a consultation must stay within reach."""
        for name in self._doors.lost():
            room = self._rooms.get(name.removeprefix(ROOM))
            if name == ADDRESS:
                self._accept_at(self._doors.open(name))
            elif room is not None and room.line is not None:
                self._spawn(_hand_over(room.line, self._doors.open(name)))


async def _hand_over(line: Line, door: socket.socket) -> None:
    with door, suppress(PeerGone):
        await line.send(say.Supply(say.Part.LISTENER), door.fileno())

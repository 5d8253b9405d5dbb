"""What the host does for the screens that call: begins and ends sessions, and accounts for everything.

Nothing of a consultation passes through here: a screen talks to its room at the room's own address. The host knows that a session is
there, since when, and how it ended.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from kiskriv import __version__
from kiskriv.errors import (
    HostUnreachable,
    KiskrivError,
    LedgerError,
    Malformed,
    NotInformed,
    PeerGone,
    ProcessError,
    RuntimeFolderUnsafe,
    SessionUnfinished,
)
from kiskriv.host.accounts import Accounts
from kiskriv.host.addresses import ADDRESS, ROOM
from kiskriv.host.callers import Caller, Callers
from kiskriv.host.cosigning import Cosigning, alarmed
from kiskriv.host.doors import Doors
from kiskriv.host.house import House, Start
from kiskriv.host.line import Line
from kiskriv.host.room import Room
from kiskriv.host.rooms import Rooms
from kiskriv.host.run import Run
from kiskriv.ledger import Ledger
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed

FIRST_CALL = 5.0
"""Seconds that a new host waits for whoever started it."""

LAST_CALL = 3.0
"""Seconds that a host which leaves gives a witness for what has not been signed yet."""

WATCH = 1.0
"""Seconds between two looks at the runtime folder, and at whether anybody is left."""

Question = say.Prepare | say.Open | say.Await | say.Look | say.Finish


NOTICE: Final = re.compile(r"(nb|nn|en)-[1-9][0-9]{0,3}")
"""A version of the notice to the patient, as the ledger takes it."""


class Host:
    """For one runtime folder and one ledger, both held by this process alone."""

    def __init__(self, house: House, ledger: Ledger, start: Start) -> None:
        self._house = house
        settings = house.config.ledger
        self._run = Run(house.config, ledger)
        self._cosigning = Cosigning(ledger, settings.witness, settings.witness_key, settings.checkpoints)
        self._accounts = Accounts(ledger, self._cosigning.request)
        self._doors = Doors(house.open_folder)
        self._callers = Callers(self._doors.peer, self._greet, self._serve)
        self._rooms = Rooms(house, self._accounts, self._doors, start, self._prepared)
        self._opening = asyncio.Lock()
        self._leaving = asyncio.Event()
        self._swept = 0

    # -- its life -----------------------------------------------------------------------------------------------------------------------

    async def run(self, ready: Callable[[], object]) -> None:
        """Takes over what a host before left, answers callers, and returns when nobody is there and nothing is open."""
        with suppress(LedgerError):
            self._run.tell()
        await self._rooms.take_over(self._accounts.unfinished())
        self._swept = self._accounts.take_over([*self._rooms.sessions, *self._rooms.sweep_spools()])
        self._callers.let_in(self._doors.open(ADDRESS))
        cosigning = asyncio.create_task(self._cosigning.attend())
        with suppress(LedgerError):
            self._cosigning.begin()
        ready()
        patience = asyncio.get_running_loop().time() + FIRST_CALL
        while not self._leaving.is_set() and (self._needed or self._expects(patience)):
            with suppress(TimeoutError):
                async with asyncio.timeout(WATCH):
                    await self._leaving.wait()
            self._watch()
        self._leaving.set()
        self._callers.shut_out()
        self._doors.remove(ADDRESS)
        await self._rooms.leave()
        cosigning.cancel()
        await self._cosigning.settle(LAST_CALL)
        with suppress(LedgerError):
            self._run.stop()
        self._doors.close()

    @property
    def _needed(self) -> bool:
        """Somebody is there, or something is open."""
        return bool(self._callers.there or self._rooms.busy) or not self._accounts.complete

    def _expects(self, patience: float) -> bool:
        """Whoever started this has not called yet."""
        return not self._callers.any_yet and asyncio.get_running_loop().time() < patience

    def _prepared(self) -> bool:
        return any(caller.prepared for caller in self._callers.there)

    def _watch(self) -> None:
        """What nobody calls about is seen to here: doors that were taken away, a disk that was full, an engine that is missing."""
        with suppress(KiskrivError, OSError):
            self._mend_doors()
        with suppress(KiskrivError):
            if self._run.begun:  # what is told late is older than any heartbeat
                self._accounts.catch_up()
            self._run.tell()
            self._accounts.catch_up()
        self._rooms.watch()

    def _mend_doors(self) -> None:
        """Where somebody removed the folder, or a socket in it, it is made anew: a consultation must stay within reach."""
        for name in self._doors.lost():
            session = name.removeprefix(ROOM)
            if name == ADDRESS:
                self._callers.let_in(self._doors.open(name))
            elif self._rooms.get(session) is not None:
                self._rooms.hand_over(session, self._doors.open(name))

    # -- callers ------------------------------------------------------------------------------------------------------------------------

    def _greet(self, hello: say.Hello) -> say.Message | None:
        """None where this host leaves, and one with the caller's settings may come."""
        if hello.settings not in ("", self._house.settings) and not self._needed:
            self._leaving.set()
        if self._leaving.is_set():
            return None
        try:
            return say.Welcome(
                version=say.VERSION,
                kiskriv=__version__,
                settings=self._house.settings,
                model=self._house.model.name,
                digest=self._house.model.digest,
                public_key=self._accounts.public_key,
                fresh=self._accounts.fresh,
                alarmed=alarmed(self._house.config.ledger.folder),
                swept=self._swept,
                unfinished=self._unfinished(),
                unverified=len(self._accounts.unverified()),
            )
        except KiskrivError as error:
            return failed(error)

    async def _serve(self, caller: Caller) -> None:
        """One question after another, until it goes."""
        tethered: Room | None = None
        self._rooms.expect()
        try:
            while True:
                question = await caller.line.receive()
                if not isinstance(question, Question):
                    raise Malformed
                caller.prepared = caller.prepared or isinstance(question, say.Prepare)
                answer = await self._answer(question, caller)
                if isinstance(answer, Room):
                    tethered, answer = answer if answer.tethered else None, say.Opened(answer.session)
                await caller.line.send(answer)
        finally:
            if tethered is not None and not tethered.child.gone.is_set():
                await self._cut_loose(tethered)

    async def _answer(self, question: Question, caller: Caller) -> say.Message | Room:
        try:
            return await self._done(question, caller)
        except (PeerGone, Malformed, TimeoutError):
            return failed(ProcessError())
        except KiskrivError as error:
            return failed(error)
        except OSError as error:
            return failed(HostUnreachable(problem=error.strerror or "the system refuses"))

    async def _done(self, question: Question, caller: Caller) -> say.Message | Room:
        match question:
            case say.Prepare():
                return await self._rooms.prepare()
            case say.Open():
                if caller.settings not in (
                    "",
                    self._house.settings,
                ):  # it shall not record under settings that it does not know
                    raise SessionUnfinished
                return await self._open(question)
            case say.Await(session, room):
                return await self._closed(session, room)
            case say.Finish():
                await self._finish()
            case say.Look():
                await self._rooms.settle(self._accounts.unfinished())
        return say.Found(self._unfinished(), self._accounts.unverified(), self._rooms.spools_left())

    async def _open(self, order: say.Open) -> Room:
        """A consultation, if nothing stands in its way."""
        if not NOTICE.fullmatch(order.notice):
            raise NotInformed
        async with self._opening:
            self._run.tell()
            self._accounts.settled()
            if self._rooms.busy:
                raise SessionUnfinished
            try:
                return await self._rooms.begin(order)
            except PeerGone:  # the room that waited had died meanwhile: another one
                return await self._rooms.begin(order)

    async def _closed(self, session: str, known: int) -> say.Closed | say.Opened:
        if (room := self._rooms.get(session)) is not None:
            if known and await room.goes_on_for(known):
                return say.Opened(session)
            await asyncio.wait([room.closed])
            if not room.closed.cancelled():
                return room.closed.result()
        if (told := await self._rooms.passages.outcome(session)) is not None:
            return told
        return self._accounts.closed(session)

    async def _cut_loose(self, room: Room) -> None:
        """The screen that a tethered session belongs to is gone, and perhaps it never came to the room: so it is seen to go there."""
        with suppress(OSError, RuntimeFolderUnsafe, PeerGone):
            line = Line(self._doors.call(ROOM + room.session))
            await line.send(say.Hello(say.VERSION, say.Caller.SCREEN, ""))
            line.close()

    async def _finish(self) -> None:
        """Every session ends, by force; what a failed erasure left ended with its process; the ledger says so."""
        async with self._opening:
            await self._rooms.finish()
            self._accounts.recover(self._rooms.sweep_spools())

    def _unfinished(self) -> tuple[say.Unfinished, ...]:
        """Sessions without an end, and whether a screen may attach to them."""
        rooms = {session: self._rooms.get(session) for session in self._accounts.unfinished()}
        return tuple(
            say.Unfinished(session, room is not None and room.reachable, room is not None and room.tethered)
            for session, room in rooms.items()
        )

"""One room as its host sees it: started ahead, begun, ended, accounted for.

    start ──Present──> warm ──Begin──> Log(opened) ──append──> open ──Log(ended)──> erased ──process gone──> engine recycled
                                                                │                             ──looked again──> `ended` ──> receipt
                                                                └──process gone──> `swept`, or another room: Resume ──> Log(resumed)

`ended` is written when the room's process is seen to be gone, never on its word alone. A host that dies in between leaves `opened`: the
next one finds the room, or finds it gone, and writes what is true then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from kiskriv.errors import LedgerError, Malformed, PeerGone, ProcessError
from kiskriv.host.child import Child
from kiskriv.host.line import Line
from kiskriv.ledger import Cause, Ended, Opened, Resumed, decode
from kiskriv.ledger.entry import OfSession
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed

Write = Callable[[Opened | Resumed], object]
"""Into the ledger; raises LedgerError."""

LEAVING = 3.0
"""Seconds that a room may take to end after it has erased."""


def _answer() -> asyncio.Future[None]:
    answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be waiting for it
    return answer


def _ending() -> asyncio.Future[say.Closed | say.Opened]:
    return asyncio.get_running_loop().create_future()


@dataclass(eq=False)
class Room:
    """A room's process and the line to it; `line` is None where the process was found and its door was not."""

    session: str
    child: Child
    line: Line | None
    present: say.Present | None = None
    """What it said of itself; None until it has answered."""
    opened: asyncio.Future[None] = field(default_factory=_answer)
    closed: asyncio.Future[say.Closed | say.Opened] = field(default_factory=_ending)
    """How its session ended, or that it goes on in another room."""
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    """It has said what it is, or never will."""
    tethered: bool = False
    """Its session ends with the screen that opened it."""
    microphones: list[Child] = field(default_factory=list)
    """The processes of those that it was given."""
    engines_fallen: int | None = None
    """How many engines had fallen when it began (`Engine.fallen`); None where a host before this one would have to tell."""
    calls: bool = False
    """A line to a language model is on its way to it: another one has to wait."""
    wrote: bool = False
    """It was given a line to the language model in the engine, where what is asked cannot be overwritten."""
    fault: str = ""
    entry: Ended | None = None
    """What it said of its erasure; None where it died before that."""
    told: float = 0.0
    """When it said so, on the loop's clock."""
    killed: bool = False
    """It had erased, and would not go by itself."""
    cause: Cause = Cause.ROOM_DIED
    """Why it was swept, if it was."""

    @property
    def open(self) -> bool:
        """Its session stands in the ledger."""
        return self.opened.done() and not self.opened.cancelled() and self.opened.exception() is None

    @property
    def reachable(self) -> bool:
        """It has answered, and its line is there."""
        return self.present is not None and self.line is not None and not self.line.closed

    async def goes_on_for(self, room: int) -> bool:
        """Whether its session was in another room, by the number of its process, and goes on here."""
        await self.answered.wait()
        if self.present is None or self.present.pid == room:
            return False
        await asyncio.wait([self.opened])
        return self.open

    def meet(self, present: say.Present) -> None:
        """It has said what it is."""
        self.present = present
        self.tethered = self.tethered or present.tethered
        self.answered.set()

    async def attend(self, write: Write, wants: Callable[[Room, say.Part], Awaitable[object]]) -> None:
        """Hears the room until its process is gone."""
        try:
            if self.line is not None:
                await self._listen(self.line, write, wants)
        except (PeerGone, Malformed):
            pass
        if self.line is not None:
            self.line.close()
        self.answered.set()
        if self.entry is None:  # it dies; or it lives on, and is found by the next host
            await self.child.gone.wait()
        else:
            self.killed = not await self.child.end(LEAVING)
        if not self.opened.done():
            self.opened.set_exception(ProcessError())

    async def _listen(self, line: Line, write: Write, wants: Callable[[Room, say.Part], Awaitable[object]]) -> None:
        while True:
            match await line.receive():
                case say.Present() as present if present.session == self.session:
                    self.meet(present)
                case say.Log(text):
                    await line.send(self._written(text, write))
                case say.Wants(part):
                    await wants(self, part)
                case say.Fault(code):
                    self.fault = code
                case _:
                    raise Malformed

    def _written(self, text: str, write: Write) -> say.Logged | say.Failed:
        """An entry of the room's: `opened` is written at once, `ended` when the room is gone. Raises Malformed."""
        try:
            entry = decode(text.encode("ascii"))
        except ValueError:
            raise Malformed from None
        if not isinstance(entry, OfSession) or entry.session != self.session or (self.opened.done() and not self.open):
            raise Malformed
        match entry:
            case Resumed():
                return self._begun(entry, write)
            case Opened() if self.open:  # a host before this one wrote it, and died over the answer
                pass
            case Opened():
                return self._begun(entry, write)
            case Ended() if self.open:
                self.entry, self.told = entry, asyncio.get_running_loop().time()
            case _:
                raise Malformed
        return say.Logged()

    def _begun(self, entry: Opened | Resumed, write: Write) -> say.Logged | say.Failed:
        try:
            write(entry)
        except LedgerError as error:
            if not self.opened.done():
                self.opened.set_exception(error.with_traceback(None))
            return failed(error)
        if not self.opened.done():
            self.opened.set_result(None)
        return say.Logged()

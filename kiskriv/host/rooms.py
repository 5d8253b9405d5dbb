"""One room as its host sees it: started ahead, begun, ended, accounted for.

    start ──Present──> warm ──Begin──> Log(opened) ──append──> open ──Log(ended)──> erased ──process gone──> engine recycled
                                                                │                             ──looked again──> `ended` ──> receipt
                                                                └──process gone──> `swept`

`ended` is written when the room's process is seen to be gone, never on its word alone. A host that dies in between leaves `opened`: the
next one finds the room at its address, or finds it gone, and writes what is true then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from kiskriv.errors import LedgerError, Malformed, PeerGone, ProcessError
from kiskriv.host.child import Child
from kiskriv.host.line import Line
from kiskriv.ledger import Ended, Method, Opened, decode
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed

LEAVING = 3.0
"""Seconds that a room may take to end after it has erased."""


@dataclass(frozen=True)
class Ending:
    """How a session ended. `entry` is what the room said of its erasure, None where it died; `killed`: it would not go by itself."""

    session: str
    entry: Ended | None
    killed: bool
    fault: str


@dataclass(eq=False)
class Room:
    """A room's process and the line to it."""

    session: str
    child: Child
    line: Line
    present: say.Present | None = None
    tethered: bool = False
    opened: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    closed: asyncio.Future[say.Closed] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    warm: asyncio.Event = field(default_factory=asyncio.Event)
    fault: str = ""
    entry: Ended | None = None

    @property
    def open(self) -> bool:
        """Its session stands in the ledger, and has not ended."""
        return self.opened.done() and not self.opened.cancelled() and self.opened.exception() is None

    async def attend(
        self,
        write: Callable[[Opened], object],
        wants: Callable[[Room, say.Part], Awaitable[object]],
        ended: Callable[[Room, Ending], Awaitable[object]],
    ) -> None:
        """Hears the room until its process is gone, then tells how it ended."""
        self.opened.add_done_callback(lambda future: future.cancelled() or future.exception())
        try:
            while True:
                match await self.line.receive():
                    case say.Present() as present if present.session == self.session:
                        self.present = present
                        self.warm.set()
                        if present.open and not self.opened.done():
                            self.opened.set_result(None)
                    case say.Log(text):
                        await self._log(text, write)
                    case say.Wants(part):
                        await wants(self, part)
                    case say.Fault(code):
                        self.fault = code
                    case _:
                        raise Malformed
        except (PeerGone, Malformed):
            pass
        self.line.close()
        by_itself = True
        if (
            self.entry is None
        ):  # it is dying; or it lives on, and takes its next line from a host that comes after this one
            await self.child.gone.wait()
        else:
            by_itself = await self.child.end(LEAVING)
        self.warm.set()
        if not self.opened.done():
            self.opened.set_exception(ProcessError())
        elif self.open:
            await ended(self, Ending(self.session, self.entry, not by_itself, self.fault))

    async def _log(self, text: str, write: Callable[[Opened], object]) -> None:
        """An entry of the room's: `opened` is written at once, `ended` when the room is gone."""
        try:
            entry = decode(text.encode("ascii"))
        except ValueError:
            entry = None
        if entry is None or entry.session != self.session:
            raise Malformed
        match entry:
            case Opened() if not self.opened.done():
                try:
                    write(entry)
                except LedgerError as error:
                    self.opened.set_exception(error.with_traceback(None))
                    await self.line.send(failed(error))
                    return
                self.opened.set_result(None)
            case Ended():
                self.entry = entry
            case _:
                raise Malformed
        await self.line.send(say.Logged())


def completed(entry: Ended, *, killed: bool) -> Ended:
    """The room's own entry with what became of its process."""
    method = Method.ROOM_KILLED if killed else Method.ROOM_ENDED
    methods = {*entry.methods, method}
    return replace(
        entry,
        methods=tuple(m for m in Method if m in methods),
        verified=entry.verified and not killed,
    )

"""The engine: one process with the weights, kept alive, replaced when it dies, recycled when a session has ended."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress

from kiskriv.errors import KiskrivError, Malformed, ModelChanged, PeerGone, ProcessError
from kiskriv.host.child import Child
from kiskriv.host.house import AGAIN, Start
from kiskriv.host.line import Line
from kiskriv.weights import MANIFEST, Model
from kiskriv.wire import messages as say
from kiskriv.wire.answers import raised

MODULE = "kiskriv.assembly.engine"

LEAVING = 5.0
"""Seconds that an engine may take to leave the window at work and free everything before it is killed."""

SEARCHING = 10.0
"""Seconds that it may take to search its memory."""

LOADING = 300.0
"""Seconds that the weights may take."""

DEATHS = 5
"""Engines in a row that may die while they load."""


class Engine:
    """`serves` is called with each engine that is new, so that every room gets a line to it; `house` tells its engines from others'."""

    def __init__(self, start: Start, model: Model, house: str, serves: Callable[[], object]) -> None:
        self._start = start
        self._model = model
        self._arguments = (str(model.folder), house)
        self._house = house
        self._serves = serves
        self._child: Child | None = None
        self._line: Line | None = None
        self._ready = _expected()
        self._forgotten: asyncio.Queue[say.Forgotten] = asyncio.Queue()
        self._watching: asyncio.Task[None] | None = None
        self._recycling = asyncio.Lock()
        self._searching = asyncio.Lock()
        self._retired = False
        self.fallen = 0
        """Engines that had served and did not end in good order: what was last heard of a session was not wiped in them."""

    def __repr__(self) -> str:
        return f"<Engine {self._child.pid if self._child else 'none'}>"

    @property
    def kept(self) -> bool:
        """One is there, or on its way."""
        return self._watching is not None and not self._watching.done()

    async def take_over(self) -> None:
        """Ends the engine that outlived the host before, so that none is forgotten that has heard something: the rooms get another."""
        while (left := Child.found(MODULE, self._house)) is not None:
            left.kill()
            await left.gone.wait()

    async def ready(self) -> say.Loaded:
        """The engine is there and its weights are loaded. Raises ModelError and the like, ProcessError."""
        while True:
            async with self._recycling:
                if not self.kept:
                    self._watch()
                ready = self._ready
            try:
                return await asyncio.shield(ready)
            except PeerGone:  # it was retired before it was ready: the next one
                continue

    async def supply(self, room: Line, parts: Iterable[say.Part] = (say.Part.ENGINE, say.Part.SPEAKERS)) -> None:
        """Lines between this room and the engine, unless one of them goes; an engine that still loads will be told by `serves`."""
        for part in parts:
            while (engine := self._line) is not None and self._ready.done() and not room.closed:
                try:
                    ours, theirs = socket.socketpair()
                except OSError:
                    await asyncio.sleep(AGAIN)
                    continue
                with ours, theirs, suppress(PeerGone):
                    await engine.send(say.Supply(part), ours.fileno())
                    await room.send(say.Supply(part), theirs.fileno())
                break

    async def recycle(self, *, wanted: bool) -> None:
        """Ends the process, by force if need be. A new one comes in its place if it is `wanted`."""
        async with self._recycling, self._searching:  # not while another session's trace is searched for in it
            self._retired = True
            if self._line is not None and self._child is not None:
                with suppress(PeerGone):
                    await self._line.send(say.Retire())
                if self._child is not None:
                    await self._child.end(LEAVING if self._ready.done() else 0)  # one that loads has heard nothing
            if self._watching is not None:
                await self._watching
            self._retired = False
            if wanted:
                self._watch()

    async def search(self, mask: str, masked: str) -> int | None:
        """How often a session's trace is met in the memory of an engine that lives on; None where it cannot be known."""
        async with self._searching:
            if self._line is None or not self._ready.done():  # one that loads has heard nothing
                return 0
            while not self._forgotten.empty():
                self._forgotten.get_nowait()  # an answer that came too late for who asked
            try:
                async with asyncio.timeout(SEARCHING):
                    await self._line.send(say.Forget(mask, masked))
                    return (await self._forgotten.get()).residue
            except (TimeoutError, PeerGone):
                return None

    def _watch(self) -> None:
        self._ready = _expected()
        self._watching = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        """One engine after another, until one is retired or cannot load."""
        deaths = 0
        error: KiskrivError | None = None
        while not self._retired and error is None and deaths < DEATHS:
            served = False
            try:
                served, error = await self._live()
            except OSError:
                await asyncio.sleep(AGAIN)
            if served:
                deaths, self._ready = 0, _expected()
            else:
                deaths += 1
        self._ready.set_exception(error or (PeerGone() if self._retired else ProcessError()))

    async def _live(self) -> tuple[bool, KiskrivError | None]:
        """One engine, from its start to its end. Whether it was ready, and what it said when it could not load. Raises OSError."""
        ours, theirs = socket.socketpair()
        self._line = line = Line(ours)
        try:
            with theirs:
                self._child = child = self._start("engine", (theirs.fileno(),), *self._arguments)
            error = await self._listen(line)
            line.close()
            await child.end(LEAVING)
            self.fallen += self._ready.done() and not child.orderly
        finally:
            line.close()
            self._line = self._child = None
        return self._ready.done(), error

    async def _listen(self, line: Line) -> KiskrivError | None:
        """Until the line ends; what the engine said when it could not load."""
        with suppress(PeerGone, Malformed, TimeoutError):
            async with asyncio.timeout(LOADING):
                match await line.receive():
                    case say.Loaded(model) as answer:
                        if model != self._model.digest:
                            return ModelChanged(file=MANIFEST)
                        self._ready.set_result(answer)
                        self._serves()
                    case say.Failed() as failure:
                        return raised(failure)
            while self._ready.done():
                match await line.receive():
                    case say.Forgotten() as found:
                        self._forgotten.put_nowait(found)
                    case _:
                        raise Malformed
        return None


def _expected() -> asyncio.Future[say.Loaded]:
    ready: asyncio.Future[say.Loaded] = asyncio.get_running_loop().create_future()
    ready.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be waiting for it
    return ready

"""The engine: one process with the weights, kept alive, replaced when it dies, recycled when a session has ended."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from kiskriv.errors import KiskrivError, Malformed, PeerGone, ProcessError
from kiskriv.host.child import Child
from kiskriv.host.line import Line
from kiskriv.wire import messages as say
from kiskriv.wire.answers import raised

LEAVING = 2.0
"""Seconds that an engine may take to free everything before it is killed."""

SEARCHING = 10.0
"""Seconds that it may take to search its memory."""

LOADING = 300.0
"""Seconds that the weights may take."""

DEATHS = 5
"""Engines in a row that may die while they load."""


class Start(Protocol):
    """Starts a process of ours."""

    def __call__(self, name: str, descriptors: tuple[int, ...], *arguments: str) -> Child:
        """`engine`, `room` or `microphone`, with the descriptors it keeps; their numbers come first among its arguments."""


class Engine:
    """`serves` is called with each engine that is new, so that every room gets a line to it."""

    def __init__(self, start: Start, model: Path, serves: Callable[[], object]) -> None:
        self._start = start
        self._model = model
        self._serves = serves
        self._child: Child | None = None
        self._line: Line | None = None
        self._ready = self._expected()
        self._forgotten: asyncio.Queue[say.Forgotten] = asyncio.Queue()
        self._watching: asyncio.Task[None] | None = None
        self._retired = False

    def __repr__(self) -> str:
        return f"<Engine {self._child.pid if self._child else 'none'}>"

    @property
    def kept(self) -> bool:
        """One is there, or on its way."""
        return self._watching is not None and not self._watching.done()

    async def ready(self) -> say.Ready:
        """The engine is there and its weights are loaded. Raises ModelError and the like, ProcessError."""
        if not self.kept:
            self._watch()
        return await asyncio.shield(self._ready)

    def _watch(self) -> None:
        self._ready = self._expected()
        self._watching = asyncio.create_task(self._keep())

    def _expected(self) -> asyncio.Future[say.Ready]:
        ready = asyncio.get_running_loop().create_future()
        ready.add_done_callback(lambda done: done.cancelled() or done.exception())
        return ready

    async def supply(self, room: Line) -> None:
        """A line between this room and the engine."""
        if self._line is None:
            return
        ours, theirs = socket.socketpair()
        with ours, theirs, suppress(PeerGone):
            await self._line.send(say.Supply(say.Part.ENGINE), ours.fileno())
            await room.send(say.Supply(say.Part.ENGINE), theirs.fileno())

    async def recycle(self, *, wanted: bool) -> bool:
        """Ends the process; whether it went by itself. A new one comes in its place if it is `wanted`."""
        child, line, watching = self._child, self._line, self._watching
        self._retired = True
        by_itself = True
        if child is not None and line is not None:
            with suppress(PeerGone):
                await line.send(say.Retire())
            by_itself = await child.end(LEAVING)
        if watching is not None:
            await watching
        self._retired = False
        if wanted:
            self._watch()
        return by_itself

    async def search(self, mask: str, masked: str) -> int | None:
        """How often a session's trace is met in the memory of an engine that lives on; None where it cannot be known."""
        if self._line is None:
            return 0
        try:
            async with asyncio.timeout(SEARCHING):
                await self._line.send(say.Forget(mask, masked))
                return (await self._forgotten.get()).residue
        except (TimeoutError, PeerGone):
            return None

    async def _keep(self) -> None:
        """One engine after another, until one is retired or cannot load."""
        deaths = 0
        while not self._retired and deaths < DEATHS:
            ours, theirs = socket.socketpair()
            with theirs:
                self._child = child = self._start("engine", (theirs.fileno(),), str(self._model))
            self._line = line = Line(ours)
            error = await self._listen(line)
            line.close()
            self._line = self._child = None
            await child.end(LEAVING)
            if not self._ready.done():
                deaths += 1
                if error is not None or deaths == DEATHS:
                    self._ready.set_exception(error or ProcessError())
                    return
            elif not self._retired:
                deaths, self._ready = 0, self._expected()

    async def _listen(self, line: Line) -> KiskrivError | None:
        """Until the line ends; what the engine said when it could not load."""
        with suppress(PeerGone, Malformed, TimeoutError):
            async with asyncio.timeout(LOADING):
                match await line.receive():
                    case say.Ready() as answer:
                        self._ready.set_result(answer)
                        self._serves()
                    case say.Failed() as failure:
                        return raised(failure)
            while self._ready.done():
                match await line.receive():
                    case say.Forgotten() as found:
                        self._forgotten.put_nowait(found)
        return None

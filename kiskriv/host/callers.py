"""Who is on a line to the host: let in, greeted, counted, and heard until it goes. What one says wrong ends its line, and nothing else."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kiskriv.errors import Malformed, PeerGone, RuntimeFolderUnsafe
from kiskriv.host.errands import Errands
from kiskriv.host.house import AGAIN
from kiskriv.host.line import Line
from kiskriv.wire import messages as say

GREETING = 3.0
"""Seconds that a caller may take to say who it is."""


@dataclass(eq=False)
class Caller:
    """One that has said who it is. `settings`: of its configuration. `prepared`: it wants a room and an engine to wait for it."""

    line: Line
    settings: str = ""
    prepared: bool = False


class Callers:
    """`vouch` raises where the other end is another user; `greet` answers a Hello, or sends the caller away; `serve` does the rest."""

    def __init__(
        self,
        vouch: Callable[[socket.socket], object],
        greet: Callable[[say.Hello], say.Message | None],
        serve: Callable[[Caller], Awaitable[None]],
    ) -> None:
        self._vouch = vouch
        self._greet = greet
        self._serve = serve
        self._accepting: asyncio.Task[None] | None = None
        self._errands = Errands()
        self.there: set[Caller] = set()
        self.any_yet = False

    def let_in(self, door: socket.socket) -> None:
        """Whoever calls at this door, and no more at the one before."""
        self.shut_out()
        self._accepting = self._errands.run(self._accept(door))

    def shut_out(self) -> None:
        """Nobody from here on; who is there stays."""
        if self._accepting is not None:
            self._accepting.cancel()

    async def _accept(self, door: socket.socket) -> None:
        with door:
            door.setblocking(False)
            while True:
                try:
                    accepted, _ = await asyncio.get_running_loop().sock_accept(door)
                except OSError:  # no descriptor is free: who waits at the door waits on
                    await asyncio.sleep(AGAIN)
                    continue
                self._errands.run(self._hear(accepted))

    async def _hear(self, accepted: socket.socket) -> None:
        line = Line(accepted)
        caller = Caller(line)
        try:
            self._vouch(accepted)
            async with asyncio.timeout(GREETING):
                hello = await line.receive()
            if (
                isinstance(hello, say.Hello)
                and hello.version == say.VERSION
                and (welcome := self._greet(hello)) is not None
            ):
                caller.settings = hello.settings
                self.there.add(caller)
                self.any_yet = True
                await line.send(welcome)
                await self._serve(caller)
        except (PeerGone, Malformed, RuntimeFolderUnsafe, TimeoutError):
            pass
        finally:
            self.there.discard(caller)
            line.close()

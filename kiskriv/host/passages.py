"""Sessions whose room died, between two rooms: tried again until another one goes on from the spool, or none ever will.

room dies ──> attempt ──Resume, Log(resumed)──> open in another room
                 │ ──a full disk, no memory, a slow start──> after a pause, once more
                 └ ──key gone, record changed, time up, too often──> spool removed ──> `swept`
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress

from kiskriv.errors import KiskrivError, RoomDied
from kiskriv.host.accounts import Accounts
from kiskriv.host.house import House
from kiskriv.ledger import Cause
from kiskriv.wire import messages as say

PASSING = 10.0
"""Seconds that who asks is let wait while a session passes from a room that died to the next."""

RESUMED_AT_MOST = 3
"""How often a session goes on in another room: what kills one so often may be in its sound."""

Succeed = Callable[[str, int], Awaitable[object]]
"""Has another room go on with a session for so many seconds, or less, where its spool says that the time limit comes sooner.

Raises RoomDied where its spool can never be read again, any other KiskrivError, OSError or TimeoutError where it may be tried again.
"""


class Passages:
    """Iterated, the sessions that are between two rooms."""

    def __init__(self, house: House, accounts: Accounts, succeed: Succeed) -> None:
        self._house = house
        self._accounts = accounts
        self._succeed = succeed
        self._under_way: dict[str, asyncio.Task[say.Closed | say.Opened]] = {}
        self._given_up = asyncio.Event()

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._under_way))

    def begin(self, session: str, cause: Cause, fault: str = "") -> None:
        """From here on it is tried. `cause`: why it was swept, if it comes to that."""
        self._under_way[session] = asyncio.create_task(self._through(session, cause, fault))

    async def outcome(self, session: str) -> say.Closed | say.Opened | None:
        """That another room goes on with it, or will, or how it ended; told after a while at the latest. None where it is in no passage."""
        if (passage := self._under_way.get(session)) is None:
            return None
        await asyncio.wait([passage], timeout=PASSING)
        return passage.result() if passage.done() else say.Opened(session)

    async def attempt(self, session: str) -> bool:
        """Whether another room goes on with it now. Raises RoomDied where none ever will."""
        try:
            await self._succeed(session, self._time_left(session))
        except RoomDied:
            raise
        except (KiskrivError, OSError, TimeoutError):
            return False
        return True

    def lost(self, session: str, cause: Cause, fault: str) -> say.Closed:
        """Nobody goes on with it: it is swept, and its spool first."""
        if not self._house.spools.sweep(session):
            return self._accounts.kept_open(session)
        return self._accounts.swept(session, cause, fault)

    def give_up(self) -> list[asyncio.Task[say.Closed | say.Opened]]:
        """A person finishes all of it: nothing is tried any more until `resume`. What is under way, to be waited for."""
        self._given_up.set()
        return list(self._under_way.values())

    def resume(self) -> None:
        """It may be tried again."""
        self._given_up.clear()

    def _time_left(self, session: str) -> int:
        """Seconds for which another room may go on with it, if its time limit was put off. Raises RoomDied where none may."""
        left = int(self._accounts.left(session, self._house.longest))
        if (
            self._given_up.is_set()
            or left < 1
            or not self._house.spools.can_resume(session)
            or self._accounts.resumptions(session) >= RESUMED_AT_MOST
        ):
            raise RoomDied
        return left

    async def _through(self, session: str, cause: Cause, fault: str) -> say.Closed | say.Opened:
        try:
            while not await self.attempt(session):
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._house.pause):
                        await self._given_up.wait()
            return say.Opened(session)
        except RoomDied:
            return self.lost(session, Cause.RECOVER if self._given_up.is_set() else cause, fault)
        finally:
            del self._under_way[session]

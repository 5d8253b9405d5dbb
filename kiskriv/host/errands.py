"""Work that goes on beside, kept from being forgotten by the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


class Errands:
    """Tasks that nobody waits for; each sees to its own errors."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, errand: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Begins it."""
        task = asyncio.create_task(errand)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

"""A process of ours, started here or found: watched through its pidfd, which no other process can be mistaken for."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import Self


class Child:
    """`gone` is set when the process has ended and, if it was our own, has been reaped."""

    def __init__(self, pid: int, pidfd: int) -> None:
        self.pid = pid
        self.gone = asyncio.Event()
        self._pidfd = pidfd
        asyncio.get_running_loop().add_reader(pidfd, self._ended)

    @classmethod
    def found(cls, pid: int) -> Self:
        """A running process. Raises ProcessLookupError."""
        return cls(pid, os.pidfd_open(pid))

    @classmethod
    def started(cls, command: list[str], environment: dict[str, str], keep: tuple[int, ...]) -> Self:
        """A new process in a session of its own, with nothing open but /dev/null and the descriptors to `keep`.

        Raises OSError.
        """
        null = os.open(os.devnull, os.O_RDWR)
        actions = [(os.POSIX_SPAWN_DUP2, null, stream) for stream in (0, 1, 2)]
        try:
            for descriptor in keep:
                os.set_inheritable(descriptor, True)
            pid = os.posix_spawn(
                command[0], command, environment, file_actions=actions, setsid=True, setsigmask=(), setsigdef=_DEFAULTS
            )
        finally:
            os.close(null)
            for descriptor in keep:
                os.set_inheritable(descriptor, False)
        return cls.found(pid)

    async def ends(self, seconds: float) -> bool:
        """Whether it ended within so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.gone.wait()
        return self.gone.is_set()

    async def end(self, seconds: float) -> bool:
        """Whether it ended by itself within so many seconds; it is killed otherwise, and has ended in any case."""
        by_itself = await self.ends(seconds)
        if not by_itself:
            self.kill()
            await self.gone.wait()
        return by_itself

    def kill(self) -> None:
        """SIGKILL."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def _ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pidfd)
        os.close(self._pidfd)
        with suppress(ChildProcessError):  # it was found, not started: somebody else reaps it
            os.waitpid(self.pid, 0)
        self.gone.set()


_DEFAULTS = tuple(
    number for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE") if (number := getattr(signal, name, None)) is not None
)

"""A process of ours, started here or found: watched through its pidfd, which no other process can be mistaken for."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Self

from kiskriv.host.spawn import spawn


class Child:
    """`gone` is set when the process has ended and, if it was our own, has been reaped.

    `orderly`: it was seen to end by itself and without an error, as one does that has wiped what it held; of one that somebody else
    reaps that cannot be known.
    """

    def __init__(self, pid: int, pidfd: int) -> None:
        self.pid = pid
        self.gone = asyncio.Event()
        self.orderly = False
        self._pidfd = pidfd
        asyncio.get_running_loop().add_reader(pidfd, self._ended)

    def __repr__(self) -> str:
        return f"<Child {self.pid}{', gone' if self.gone.is_set() else ''}>"

    @classmethod
    def started(cls, command: list[str], environment: dict[str, str], keep: tuple[int, ...]) -> Self:
        """A new process in a session of its own, with nothing open but /dev/null and the descriptors to `keep`.

        Raises OSError.
        """
        pid = spawn(command, environment, keep)
        try:
            return cls(pid, os.pidfd_open(pid))
        except OSError:  # no descriptor is free: nobody could watch it
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise

    @classmethod
    def found(cls, *words: str) -> Self | None:
        """The process of this user whose command has all these words, which some host before this one started; None where there is none."""
        for folder in Path("/proc").iterdir():
            if not folder.name.isdecimal():
                continue
            try:
                pidfd = os.pidfd_open(
                    int(folder.name)
                )  # before it is looked at: from here on it is this process or none
            except OSError:
                continue
            if _is_ours(folder, words) and not _has_ended(pidfd):
                return cls(int(folder.name), pidfd)
            os.close(pidfd)
        return None

    @classmethod
    def at(cls, pid: int) -> Self | None:
        """The process of this number, which it has just given itself; None where it has ended, or is not this user's."""
        try:
            pidfd = os.pidfd_open(pid)
        except (OSError, ValueError, OverflowError):
            return None
        if _is_ours(Path("/proc", str(pid)), ()) and not _has_ended(pidfd):
            return cls(pid, pidfd)
        os.close(pidfd)
        return None

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
        """SIGKILL, unless it has ended."""
        if not self.gone.is_set():
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def _ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pidfd)
        os.close(self._pidfd)
        with suppress(ChildProcessError):  # it was found, not started: somebody else reaps it
            _, status = os.waitpid(self.pid, 0)
            self.orderly = status == 0
        self.gone.set()


def _is_ours(folder: Path, words: tuple[str, ...]) -> bool:
    try:
        command = (folder / "cmdline").read_bytes()
        status = (folder / "status").read_text("ascii", "replace")
    except OSError:
        return False
    user = next(line.split()[1] for line in status.splitlines() if line.startswith("Uid:"))
    return user == str(os.getuid()) and set(words) <= set(command.decode("utf-8", "replace").split("\0"))


def _has_ended(pidfd: int) -> bool:
    try:
        signal.pidfd_send_signal(pidfd, 0)
    except OSError:
        return True
    return False

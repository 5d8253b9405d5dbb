"""A program on a real terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from fcntl import ioctl
from pathlib import Path

PATIENCE = 60.0
NORMAL_SCREEN = b"\x1b[?1049l"
ROOT = Path(__file__).parents[2]


class Terminal:
    """A program on a pseudo-terminal, seen and typed at by the test."""

    def __init__(self, command: list[str], environment: dict[str, str], lines: int = 40, columns: int = 120) -> None:
        self.seen = b""
        self._master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.program = subprocess.Popen(
            command,
            stdin=slave, stdout=slave, stderr=slave,
            cwd=ROOT, env=environment | {"TERM": "xterm-256color"}, start_new_session=True,
        )  # fmt: skip
        os.close(slave)

    def until(self, *words: str) -> None:
        """Reads on until all these words were painted since the last call."""
        begun, deadline = len(self.seen), time.monotonic() + PATIENCE
        while missing := [one for one in words if one.encode() not in self.seen[begun:]]:
            assert time.monotonic() < deadline and self._read(), f"{missing} not in {self._plain(begun)}"

    def press(self, keys: bytes) -> None:
        """Types."""
        os.write(self._master, keys)

    def hang_up(self) -> None:
        """The terminal is gone, as when its window is closed."""
        os.close(self._master)
        self._master = -1

    def end(self) -> int:
        """Reads until the program has ended; its exit status."""
        deadline = time.monotonic() + PATIENCE
        while self._master >= 0 and self._read():
            assert time.monotonic() < deadline
        return self.program.wait(PATIENCE)

    @property
    def normal_screen(self) -> bytes:
        """What was written after the alternate screen was left."""
        assert NORMAL_SCREEN in self.seen
        return self.seen.rpartition(NORMAL_SCREEN)[2]

    def close(self) -> None:
        """Leaves nothing running."""
        if self.program.poll() is None:
            self.program.kill()
            self.program.wait()
        if self._master >= 0:
            os.close(self._master)

    def _plain(self, begun: int) -> str:
        """What was painted since then, without how."""
        return re.sub(r"(?:\x1b\[[0-9;?]*[A-Za-z]|\s)+", " ", self.seen[begun:].decode(errors="replace"))

    def _read(self) -> bool:
        if not select.select([self._master], [], [], 1.0)[0]:
            return self.program.poll() is None
        try:
            octets = os.read(self._master, 65_536)
        except OSError:  # EIO: nobody holds the other end
            return False
        self.seen += octets
        return bool(octets)

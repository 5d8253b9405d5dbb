"""The sockets that a host and its rooms have in the runtime folder: each is put back where somebody took it away."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

from kiskriv.machine import RuntimeFolder

_Lying = tuple[int, ...]


class Doors:
    """Raises RuntimeFolderUnsafe and OSError as `RuntimeFolder` does."""

    def __init__(self, open_folder: Callable[[], RuntimeFolder]) -> None:
        self._open_folder = open_folder
        self.folder = open_folder()
        self._put: dict[str, _Lying | None] = {}

    def open(self, name: str) -> socket.socket:
        """A socket that listens under this name, in the place of whatever lay there."""
        with suppress(OSError):
            self.folder.remove(name)
        door = self.folder.listen(name)
        self._put[name] = self._lies(name)
        return door

    def call(self, name: str) -> socket.socket:
        """A line to who listens under this name; from here on the door is kept in its place."""
        line = self.folder.connect(name)
        self._put[name] = self._lies(name)
        return line

    def remove(self, name: str) -> None:
        """It is not needed any more."""
        self._put.pop(name, None)
        with suppress(OSError):
            self.folder.remove(name)

    def names(self) -> list[str]:
        """All that lies in the folder."""
        return self.folder.names()

    def lost(self) -> list[str]:
        """The doors that do not lie where they were put; where the folder itself is another, that is all of them."""
        if not self.folder.intact():
            before, self.folder = self.folder, self._open_folder()
            before.close()
            self._put = dict.fromkeys(self._put)
        return [name for name, put in self._put.items() if put is None or self._lies(name) != put]

    def close(self) -> None:
        """Lets go of the folder."""
        self.folder.close()

    def _lies(self, name: str) -> _Lying | None:
        """What tells this file from any other that is put in its place; the number of an inode is soon used again."""
        try:
            found = (self.folder.path / name).lstat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_mode, found.st_ctime_ns

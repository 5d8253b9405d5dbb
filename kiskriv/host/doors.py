"""The sockets that a host and its rooms have in the runtime folder: each is put back where somebody took it away."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

from kiskriv.errors import RuntimeFolderUnsafe
from kiskriv.machine import Peer, RuntimeFolder

_Lying = tuple[int, ...]


class Doors:
    """Raises RuntimeFolderUnsafe and OSError as `RuntimeFolder` does."""

    def __init__(self, open_folder: Callable[[], RuntimeFolder]) -> None:
        self._open_folder = open_folder
        self._folder = open_folder()
        self._put: dict[str, _Lying | None] = {}

    def open(self, name: str) -> socket.socket:
        """A socket that listens under this name, in the place of whatever lay there."""
        with suppress(OSError):
            self._folder.remove(name)
        door = self._folder.listen(name)
        self._put[name] = self._lies(name)
        return door

    def call(self, name: str) -> socket.socket:
        """A line to who listens under this name; from here on the door is kept in its place."""
        line = self._folder.connect(name)
        self._put[name] = self._lies(name)
        return line

    def peer(self, line: socket.socket) -> Peer:
        """Who is at the other end of a line. Raises RuntimeFolderUnsafe where that is another user."""
        return self._folder.peer(line)

    def remove(self, name: str) -> None:
        """It is not needed any more."""
        self._put.pop(name, None)
        with suppress(OSError):
            self._folder.remove(name)

    def names(self) -> list[str]:
        """All that lies in the folder."""
        return self._folder.names()

    @property
    def house(self) -> str:
        """The name of the folder, which no other house has."""
        return self._folder.path.name

    def lost(self) -> list[str]:
        """The doors that do not lie where they were put; where the folder itself is another, that is all of them.

        It is another when it was taken away, and when a screen that comes now would look elsewhere: the user's runtime folder goes with
        the last login and comes with the next (systemd-logind), and meanwhile the doors are in the state folder.
        """
        intact, wanted = self._folder.intact(), None
        try:
            wanted = self._open_folder()
        except RuntimeFolderUnsafe:
            if not intact:
                raise
        if wanted is not None and (not intact or wanted.path != self._folder.path):
            self._move(wanted)
        elif wanted is not None:
            wanted.close()
        return [name for name, put in self._put.items() if put is None or self._lies(name) != put]

    def _move(self, folder: RuntimeFolder) -> None:
        for name, put in self._put.items():
            if put is not None and self._lies(name) == put:
                with suppress(OSError):
                    self._folder.remove(name)
        self._folder.close()
        self._folder, self._put = folder, dict.fromkeys(self._put)

    def close(self) -> None:
        """Lets go of the folder."""
        self._folder.close()

    def _lies(self, name: str) -> _Lying | None:
        """What tells this file from any other that is put in its place; the number of an inode is soon used again."""
        try:
            found = (self._folder.path / name).lstat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_mode, found.st_ctime_ns

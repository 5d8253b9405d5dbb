"""The folder where processes of one user meet: ours alone, held open, so that nothing can be put in its place unseen."""

from __future__ import annotations

import os
import socket
import stat
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import platformdirs

from kiskriv.errors import RuntimeFolderUnsafe

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class Peer:
    """Who is at the other end of a socket, by the kernel's word at the time of connecting (SO_PEERCRED, unix(7))."""

    pid: int
    uid: int


def runtime_folder(name: str) -> RuntimeFolder:
    """The folder `name` in XDG_RUNTIME_DIR if that is this user's alone, else in the user's state folder; made if need be.

    Never in /tmp, where anyone may be first. Raises RuntimeFolderUnsafe.
    """
    given = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    base = given if given.is_absolute() and _is_ours(given) else _state()
    path = base / _plain(name)
    try:
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
        return RuntimeFolder(path)
    except OSError as error:
        raise RuntimeFolderUnsafe(problem=f"it cannot be made or opened ({error.strerror})") from None


class RuntimeFolder:
    """An open folder of sockets. Every file is reached through the descriptor, so no path is too long and none is followed elsewhere."""

    def __init__(self, path: Path) -> None:
        """Raises RuntimeFolderUnsafe when it is not this user's alone, OSError when it cannot be opened."""
        self.path = path
        self._descriptor = os.open(path, _OPEN)
        if not _alone(os.fstat(self._descriptor)):
            self.close()
            raise RuntimeFolderUnsafe(problem="it belongs to someone else, or others may enter it")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the folder; sockets that are open stay open."""
        os.close(self._descriptor)

    def intact(self) -> bool:
        """Whether what lies at the path is still the folder that is held, and still this user's alone."""
        try:
            there, held = self.path.lstat(), os.fstat(self._descriptor)
        except OSError:
            return False
        return (there.st_dev, there.st_ino) == (held.st_dev, held.st_ino) and _alone(held)

    def names(self) -> list[str]:
        """What lies in it, sorted."""
        return sorted(entry.name for entry in os.scandir(self._descriptor))

    def remove(self, file: str) -> None:
        """Takes a file away; nothing happens when it is not there."""
        with suppress(FileNotFoundError):
            os.unlink(_plain(file), dir_fd=self._descriptor)

    def listen(self, file: str) -> socket.socket:
        """A stream socket that listens under this name, in the place of an older one of ours: who calls this knows that none lives.

        Raises RuntimeFolderUnsafe when something else lies there.
        """
        with suppress(FileNotFoundError):
            self._must_be_our_socket(file)
        self.remove(file)
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            door.bind(self._through(file))
            Path(self._through(file)).chmod(0o600)
            door.listen()
        except BaseException:
            door.close()
            raise
        return door

    def connect(self, file: str) -> socket.socket:
        """A stream socket to whoever listens under this name.

        Raises RuntimeFolderUnsafe when it is not a socket of this user, FileNotFoundError or ConnectionRefusedError when nobody listens.
        """
        self._must_be_our_socket(file)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.connect(self._through(file))
            self.peer(line)
        except BaseException:
            line.close()
            raise
        return line

    def peer(self, line: socket.socket) -> Peer:
        """Who is at the other end. Raises RuntimeFolderUnsafe when it is another user."""
        pid, uid, _ = struct.unpack(
            "iII", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("iII"))
        )
        if uid != os.geteuid():
            raise RuntimeFolderUnsafe(problem="another user is at the other end of a socket")
        return Peer(pid, uid)

    def _must_be_our_socket(self, file: str) -> None:
        found = os.stat(_plain(file), dir_fd=self._descriptor, follow_symlinks=False)
        if not stat.S_ISSOCK(found.st_mode) or found.st_uid != os.geteuid():
            raise RuntimeFolderUnsafe(problem="something that is not a socket of this user lies in it")

    def _through(self, file: str) -> str:
        return (
            f"/proc/self/fd/{self._descriptor}/{_plain(file)}"  # a path of its own may pass the 108 octets of sun_path
        )


def _state() -> Path:
    base = Path(platformdirs.user_state_dir("kiskriv", appauthor=False)) / "run"
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise RuntimeFolderUnsafe(problem=f"it cannot be made ({error.strerror})") from None
    if not _is_ours(base):
        raise RuntimeFolderUnsafe(problem="the folder above it belongs to someone else, or others may enter it")
    return base


def _is_ours(path: Path) -> bool:
    try:
        return _alone(path.lstat())
    except OSError:
        return False


def _alone(found: os.stat_result) -> bool:
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.geteuid()
        and not found.st_mode & 0o077
        and found.st_nlink > 0
    )


def _plain(name: str) -> str:
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        raise ValueError("a name without a path")
    return name

"""What is built for Linux only, as the other systems have it: no walls, no search, no place to meet."""

from __future__ import annotations

from collections.abc import Collection

from kiskriv.errors import RuntimeFolderUnsafe
from kiskriv.machine.promise import Fact
from kiskriv.machine.walls import Walls


class Peer:
    """Never made here."""


class RuntimeFolder:
    """Never made here."""


def runtime_folder(name: str) -> RuntimeFolder:
    """Raises RuntimeFolderUnsafe: who is at the other end of a socket cannot be asked here yet."""
    raise RuntimeFolderUnsafe(problem="it is built for Linux only")


def confine(walls: Walls, keep: Collection[int] = ()) -> frozenset[Fact]:
    """No walls: neither no-sockets nor files-walled."""
    return frozenset()


def search_memory(mask: bytes, masked: bytes) -> int | None:
    """None: an erasure stays unsearched, and says so."""
    return None


def strangers_at(host: str, port: int) -> bool:
    """False: not known here."""
    return False


def free_memory() -> int | None:
    """None: not known here."""
    return None

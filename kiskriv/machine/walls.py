"""What a process that sees a consultation may still reach, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Walls:
    """Everything that is not named here is closed.

    `readable`, `writable`: files and folders besides those that Python and its libraries are made of. `listens`: may accept on a socket
    that it was given. `local_sockets`: may make unix sockets and connect them, as a sound system asks for; no-sockets does not hold
    then. `keyring`: may use the kernel's keys.
    """

    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    listens: bool = False
    local_sockets: bool = False
    keyring: bool = False

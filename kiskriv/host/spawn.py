"""How a process of ours is started: in a session of its own, with nothing open but /dev/null and what it is given."""

from __future__ import annotations

import os
import signal

_DEFAULTS = tuple(
    number for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE") if (number := getattr(signal, name, None)) is not None
)


def spawn(command: list[str], environment: dict[str, str], keep: tuple[int, ...]) -> int:
    """The process's number; the descriptors to `keep` have the same numbers there. Raises OSError."""
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, stream) for stream in (0, 1, 2)]
    try:
        for descriptor in keep:
            os.set_inheritable(descriptor, True)
        return os.posix_spawn(
            command[0], command, environment, file_actions=actions, setsid=True, setsigmask=(), setsigdef=_DEFAULTS
        )
    finally:
        os.close(null)
        for descriptor in keep:
            os.set_inheritable(descriptor, False)

"""A machine that does not go to sleep: logind's inhibitor locks (systemd.io/INHIBITOR_LOCKS), taken by systemd-inhibit(1)."""

from __future__ import annotations

import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

_COMMAND: Final = ("systemd-inhibit", "--what=idle:sleep:handle-lid-switch", "--who=kiskriv", "--mode=block")
_PATIENCE: Final = 1.0  # seconds


@contextmanager
def awake(why: str) -> Iterator[bool]:
    """Keeps the machine awake while the block lasts, or until this process ends, however it ends. Yields whether it does; never fails.

    A child holds the lock for as long as the cat(1) in it can read from a pipe of ours.
    """
    try:
        child = subprocess.Popen(
            [*_COMMAND, f"--why={why}", "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        child = None
    if child is None:
        yield False
        return
    try:
        yield _holds(child)
    finally:
        _end(child)


def _holds(child: subprocess.Popen[bytes]) -> bool:
    """Whether cat(1) is there by now to give back what it is sent: it is started when the lock is taken."""
    assert child.stdin
    assert child.stdout
    with suppress(OSError):
        child.stdin.write(b".")
        child.stdin.flush()
        return bool(select.select([child.stdout], [], [], _PATIENCE)[0] and child.stdout.read(1))
    return False


def _end(child: subprocess.Popen[bytes]) -> None:
    with suppress(OSError, subprocess.TimeoutExpired):
        child.communicate(timeout=_PATIENCE)
    if child.returncode is None:
        child.kill()
        child.communicate()

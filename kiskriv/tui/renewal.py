"""The process that shows a consultation, started as such a process must be, and replaced by a fresh one when the consultation is over.

    kiskriv ──> renewed: every freed block of memory is overwritten ──> shows one consultation ──> renewed: shows how it ended, greets

What Python cannot wipe (text) ends with the process. Nothing goes from one to the next but how the consultation ended: in the environment,
since a process's arguments can be read by every user of the machine.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn, Self

from kiskriv.deliver import Recalled
from kiskriv.errors import ErasureFailed, KiskrivError, named
from kiskriv.machine import launch_command, launch_environment

if TYPE_CHECKING:
    from kiskriv.tui.happenings import Ended
    from kiskriv.wire.messages import Closed

LAST: Final = "KISKRIV_LAST"
"""In the environment of a process that was renewed: how the consultation before it ended, or nothing."""

_KEPT: Final = (
    *("PATH", "TERM", "COLORTERM", "NO_COLOR", "TMUX", "TMUX_PANE", "STY", "WT_SESSION", "VTE_VERSION", "XAUTHORITY"),
    *("TERM_PROGRAM", "TERM_PROGRAM_VERSION", "DBUS_SESSION_BUS_ADDRESS", "ESCDELAY"),
)
_KEPT_KINDS: Final = ("SSH_", "WSL", "TEXTUAL_")
"""What a terminal and the programs of a clipboard need, beside what every process of ours gets."""

ESCAPE: Final = "25"
"""Milliseconds that Textual waits after an Escape, in case it begins a key's sequence; its own 100 are felt."""

_ENTER_ALTERNATE: Final = "\x1b[?1049h\x1b[2J\x1b[H\x1b[?25l"
_LEAVE_ALTERNATE: Final = "\x1b[?1049l\x1b[?25h"


@dataclass(frozen=True)
class Last:
    """How the consultation before this process ended. `error`: the class that says why, where no choice did; `recalled`: what became of
    what was delivered, where something was."""

    session: str
    error: str = ""
    recalled: Recalled | None = None

    def __str__(self) -> str:
        return f"{self.session}:{self.error}:{self.recalled or ''}"

    @classmethod
    def parsed(cls, written: str) -> Self | None:
        """What `str` wrote; None for anything else."""
        parts = re.fullmatch(rf"([0-9a-f]{{32}}):([A-Za-z]*):({'|'.join(Recalled)})?", written)
        return None if parts is None else cls(parts[1], parts[2], None if parts[3] is None else Recalled(parts[3]))


def last() -> Last | None:
    """What the process before this one left; it is taken out of the environment."""
    return Last.parsed(os.environ.pop(LAST, ""))


def due() -> bool:
    """Whether this process was not started as it must be, and not renewed either (a second time would not help)."""
    in_force = all(os.environ.get(name) == value for name, value in launch_environment().items())
    return LAST not in os.environ and not (in_force and sys.flags.safe_path and sys.flags.no_user_site)


def renew(arguments: Sequence[str], ended: Last | None = None) -> NoReturn:
    """This process becomes a fresh `kiskriv` with these arguments. Nothing of its memory is left in the new one (execve(2))."""
    if ended is not None:
        from kiskriv.tui import caches

        caches.drop()
        sys.stdout.write(_ENTER_ALTERNATE)  # so that the terminal does not show what it showed before, for a second
    sys.stdout.flush()
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # stays so until `main`: ctrl-c while Python starts would print a traceback
    command = launch_command("kiskriv", *arguments)
    os.execve(command[0], command, environment(ended))  # noqa: S606


def environment(ended: Last | None) -> dict[str, str]:
    """Of a process that shows a consultation."""
    kept = {n: v for n, v in os.environ.items() if n in _KEPT or n.startswith(_KEPT_KINDS)}
    return {"ESCDELAY": ESCAPE, **kept, **launch_environment(sound=True), LAST: "" if ended is None else str(ended)}


@contextmanager
def terminal_of(ended: Last | None) -> Iterator[None]:
    """Where the screen cannot be shown after all, what is said instead is to be seen: the terminal is given back."""
    try:
        yield
    except BaseException:
        if ended is not None:
            sys.stdout.write(_LEAVE_ALTERNATE)
            sys.stdout.flush()
        raise


def recalled(ended: Last, receipt: Callable[[str], Closed]) -> Ended:
    """The end of that consultation, as the host knows it (`receipt` asks)."""
    from kiskriv.tui.happenings import Ended

    proof, why = None, named(ended.error, {}) if ended.error else None
    try:
        closed = receipt(ended.session)
    except KiskrivError as error:
        why = error.with_traceback(None)
    else:
        proof = closed.receipt
        why = why if closed.verified else ErasureFailed(residue=closed.residue)
    return Ended(True, ended.session, proof, why, ended.recalled)

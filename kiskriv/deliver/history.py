"""Whether this desktop keeps a history of its clipboard that a note cannot be kept out of (R16, R32)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kiskriv.deliver.boards import boards

_HEED: Final = frozenset(("plasmashell", "klipper", "copyq"))
"""Processes that keep a history, but not of a text that is hinted to be secret (x-kde-passwordManagerHint)."""

_KEEP: Final = frozenset(
    (
        "clipcatd",
        "clipit",
        "clipman",
        "clipmenud",
        "clipse",
        "diodon",
        "gpaste-daemon",
        "greenclip",
        "parcellite",
        "xfce4-clipman",
    )
)
_MAY_KEEP: Final = frozenset(("gnome-shell", "cinnamon", "wl-paste"))
"""An extension of theirs may, or a program that `wl-paste --watch` tells."""

_HEEDING: Final = frozenset(("windows", "powershell"))
"""Boards whose history is the system's own, and documented to heed the hint."""


def history(processes: Path = Path("/proc")) -> bool | None:
    """True where one is kept, False where none is or it is told to leave the text out; None where that is unknown.

    Told by the names of this machine's processes (proc(5), `comm`, the first 15 characters of a name).
    """
    board = next(boards(), None)
    if board is None:
        return None
    if board.name in _HEEDING:
        return False
    running = {found for folder in processes.glob("[0-9]*") if (found := _name(folder))}
    if not running:
        return None
    if running & _KEEP or (running & _HEED and not board.hinted):
        return True
    return None if running & _MAY_KEEP else False


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text("utf-8", "replace").rstrip("\n")
    except OSError:  # it has ended
        return ""

"""The screen as a program of its own, for the tests that need a real terminal: `on_a_terminal DIARY MANNER`.

MANNER is empty, or one of these: "lone" (no rooms), "microphone" (not this process's), "uncontrolled" (no signal when the terminal
goes), "crash", "crash-as-textual-does".
"""

from __future__ import annotations

import fcntl
import sys
import termios
from collections.abc import Iterable, Sequence
from pathlib import Path

from kiskriv.tui.app import KiskrivApp
from kiskriv.tui.levels import Levels
from tests.tui.fakes import RoomDesk, Scene

TAG = "hemmelighetenomhalsen"
"""Stands for what was said: in a local variable, in an exception, and on its way to the clipboard."""


class Diary(list[str]):
    """A list that is on the disk with each step."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def append(self, step: str) -> None:
        super().append(step)
        with self._path.open("a") as file:
            file.write(f"{step}\n")

    def extend(self, steps: Iterable[str]) -> None:
        raise NotImplementedError


def breaks(self: Levels, peaks: Sequence[float]) -> None:
    """A fault in a widget, with what was said in reach."""
    said = TAG
    self.app.copy_to_clipboard(said)
    raise ZeroDivisionError(f"{said} cannot be shown")


def main(diary: str, manner: str = "") -> int:
    """Shows the screen; its exit status."""
    if manner != "uncontrolled":
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    if manner.startswith("crash"):
        Levels.show = breaks  # type: ignore[method-assign]
    if manner == "crash-as-textual-does":
        from textual.app import App

        KiskrivApp._handle_exception = App._handle_exception  # type: ignore[method-assign]
        KiskrivApp.copy_to_clipboard = App.copy_to_clipboard  # type: ignore[method-assign]
    scene = Scene(steps=Diary(Path(diary)), rooms=manner != "lone", microphone=manner == "microphone")
    desk = RoomDesk(scene)
    return KiskrivApp(desk, desk.source, rehearsal=False).run()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

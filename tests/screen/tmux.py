"""A terminal that is no test's own: tmux, with a server, a socket and settings that nobody else has."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.host.clinic import Process, until

PATIENCE = 60.0

SETTINGS = """
set -g default-terminal tmux-256color
set -g history-limit 50000
set -g remain-on-exit on
set -g status off
set -s escape-time 10
set -s set-clipboard off
"""


class Tmux:
    """One window of so many columns and lines, and one program in it at a time."""

    def __init__(self, folder: Path, columns: int = 80, lines: int = 24) -> None:
        """`folder` holds the socket; its path has to be short (unix(7))."""
        settings = folder / "tmux.conf"
        settings.write_text(SETTINGS)
        self._tmux = ("tmux", "-u", "-S", str(folder / "tmux"), "-f", str(settings))
        self.size = columns, lines
        self._told = folder / "status"
        self._server: Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- the program ------------------------------------------------------------------------------------------------------------------

    def start(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        """In a fresh window; what the one before showed is gone with it. Nothing of this process's environment goes along."""
        self.close()
        columns, lines = self.size
        given = [f"{name}={value}" for name, value in environment.items()]
        alone = f"trap : INT; env -i TERM=$TERM TMUX=$TMUX {shlex.join([*given, *command])}; echo $? > {shlex.quote(str(self._told))}"
        self._do("new-session", "-d", "-x", str(columns), "-y", str(lines), "-c", str(folder), alone)
        self._server = Process(int(self._ask("#{pid}")))

    def close(self) -> None:
        """The window is shut, as by a doctor who shuts it: the program is told (SIGHUP), and its terminal is gone."""
        if self._server is not None:
            self._do("kill-server")
            self._server.ends()
            self._server.close()
            self._server = None
        self._told.unlink(missing_ok=True)

    def end(self) -> int:
        """Waits until the program has ended; its exit status, as a shell tells it."""
        until(lambda: self.ended, PATIENCE)
        return self.status

    @property
    def open(self) -> bool:
        """There is a window."""
        return self._server is not None

    @property
    def ended(self) -> bool:
        """The program has; what it showed last still stands there."""
        return self._ask("#{pane_dead}") == "1"

    @property
    def status(self) -> int:
        """The exit status of what has ended."""
        return int(self._told.read_text())

    # -- what is done to it -----------------------------------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Keys by tmux's names: `Enter`, `Escape`, `C-q`, `a`."""
        self._do("send-keys", *keys)

    def type(self, text: str) -> None:
        """Letter by letter; control characters too."""
        self._do("send-keys", "-l", text)

    def paste(self, text: str) -> None:
        """At once, in brackets where the program has asked for them."""
        self._do("load-buffer", "-", given=text)
        self._do("paste-buffer", "-d", "-p")

    def send(self, octets: bytes) -> None:
        """As they are."""
        self._do("send-keys", "-H", *(f"{octet:02x}" for octet in octets))

    def resize(self, columns: int, lines: int) -> None:
        """The window becomes so large; the next one as well."""
        self.size = columns, lines
        if self.open:
            self._do("resize-window", "-x", str(columns), "-y", str(lines))

    # -- what it shows ----------------------------------------------------------------------------------------------------------------

    def lines(self) -> list[str]:
        """What is seen now, padded to the width."""
        columns, lines = self.size
        seen = self._do("capture-pane", "-p", "-N").split("\n")[:lines]
        return [line.ljust(columns) for line in seen]

    def painted(self) -> str:
        """What is seen now, with the sequences of its colours."""
        return self._do("capture-pane", "-p", "-e")

    def everything(self) -> str:
        """All that anybody could scroll back to: history, screen, and the screen behind it."""
        behind = self._do("capture-pane", "-p", "-a", "-q", "-J", "-S", "-")
        return self._do("capture-pane", "-p", "-J", "-S", "-") + behind

    def until(self, holds: Callable[[], object]) -> None:
        """Looks again and again; shows what was seen instead where it never holds, or the program ends."""
        try:
            until(lambda: holds() or self.ended, PATIENCE)
        except AssertionError:
            raise AssertionError("waited in vain at\n" + "\n".join(self.lines())) from None
        assert holds(), f"ended with {self.status} at\n" + "\n".join(self.lines())

    def _ask(self, what: str) -> str:
        return self._do("display-message", "-p", what).strip()

    def _do(self, *arguments: str, given: str | None = None) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments], input=given, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, f"tmux {arguments[0]}: {done.stderr}"
        return done.stdout

"""The desktop's clipboard, by whatever this desktop has for it: programs that get the text on their standard input, or Windows' own calls.

No program is asked to hold the text in a file: `wl-copy` writes what it reads to /tmp, where a disk may be, for as long as it serves
(wl-clipboard, src/util/files.c; its issue 34), so it runs where /tmp is memory of its own and goes with it (mount_namespaces(7)). `xsel`
is not asked at all: of 20 kB it showed nothing in a third of the tries (version 1.2.0 in Debian 12), and what is not seen is not cleared.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from kiskriv.deliver import scripts
from kiskriv.deliver.windows import Windows

PATIENCE: Final = 5.0
"""Seconds for a program to answer: one that waits for a desktop that is locked or gone does not."""

_BETWEEN: Final = 0.02
"""Seconds from one look at the clipboard to the next."""

_FAR_AWAY: Final = ("SSH_CONNECTION", "SSH_TTY")
_DESKTOP: Final = ("WAYLAND_DISPLAY", "DISPLAY")
_WSL: Final = ("WSL_INTEROP", "WSL_DISTRO_NAME")
LEADING: Final = (*_DESKTOP, *_WSL, *_FAR_AWAY, "XAUTHORITY", "PATH")
"""What leads a process to the clipboard, beside what every process of ours has in its environment."""


class Board(Protocol):
    """One way to the clipboard."""

    @property
    def name(self) -> str:
        """Of its own."""

    @property
    def hinted(self) -> bool:
        """Whether it says of a text that no history should keep it."""

    def copy(self, text: str) -> bool:
        """Whether the clipboard holds it now."""

    def held(self) -> str | None:
        """The text on the clipboard, "" where it holds none; None where it cannot be asked."""

    def clear(self) -> None:
        """Nothing lies on the clipboard any more, if it could be reached."""


@dataclass(frozen=True)
class Program:
    """A program, or a family of them. `leads`: variables of the environment, one of which must be set; `nothing`: what `paste` complains
    of where there is no text; `offers`: an option that `--help` must name."""

    name: str
    copying: tuple[str, ...]
    paste: tuple[str, ...]
    clearing: tuple[str, ...]
    needs: tuple[str, ...]
    leads: tuple[str, ...] = ()
    nothing: tuple[bytes, ...] = ()
    offers: str = ""
    hinted: bool = False

    def there(self, environment: Mapping[str, str]) -> bool:
        """Whether it is installed, and there is a desktop that it could reach."""
        led = not self.leads or any(environment.get(name) for name in self.leads)
        return led and all(map(shutil.which, self.needs)) and self._offered()

    def copy(self, text: str) -> bool:
        """See `Board`."""
        return _run(self.copying, text) and self._comes_to_hold(text)

    def held(self) -> str | None:
        """See `Board`."""
        try:
            done = subprocess.run(
                self.paste, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        if done.returncode == 0:
            return done.stdout.decode(errors="replace")
        return "" if any(words in done.stderr for words in self.nothing) else None

    def clear(self) -> None:
        """See `Board`."""
        if _run(self.clearing, ""):
            self._comes_to_hold("")

    def _comes_to_hold(self, text: str) -> bool:
        """xclip has left before the X server knows of it: its word is not enough."""
        deadline = time.monotonic() + PATIENCE
        while (held := self.held()) is None or plain(held) != plain(text):
            if time.monotonic() > deadline:
                return False
            time.sleep(_BETWEEN)
        return True

    def _offered(self) -> bool:
        if not self.offers:
            return True
        try:
            told = subprocess.run((self.needs[0], "--help"), capture_output=True, timeout=PATIENCE, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return False
        return self.offers.encode() in told.stdout + told.stderr


def plain(text: str) -> str:
    """The same for all that programs make of a text: they end lines as their system does, and some add an end, or take it."""
    return text.replace("\r", "").rstrip("\n")


def _run(command: tuple[str, ...], text: str) -> bool:
    """Whether it went well. What it leaves behind to serve the text is in a session of its own, and outlives the terminal."""
    try:
        subprocess.run(
            command,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            start_new_session=True,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


_IN_MEMORY: Final = ("unshare", "--map-root-user", "--mount", "sh", "-c")
_THEN: Final = 'unset TMPDIR; mount -t tmpfs -o mode=700 tmpfs /tmp && exec "$0" "$@"'


def _wayland(*options: str) -> Program:
    return Program(
        name=" ".join(("wl-copy", *options)),
        copying=(*_IN_MEMORY, _THEN, "wl-copy", "--type", "text/plain", *options),
        paste=("wl-paste", "--no-newline", "--type", "text"),
        clearing=("wl-copy", "--clear"),
        needs=("wl-copy", "wl-paste", "unshare", "mount"),
        leads=("WAYLAND_DISPLAY",),
        nothing=(b"No selection", b"Nothing is copied", b"No suitable type"),
        offers=next(iter(options), ""),
        hinted=bool(options),
    )


_PROGRAMS: Final = (
    Program(
        name="powershell",
        copying=(*scripts.POWERSHELL, scripts.POWERSHELL_COPY),
        paste=(*scripts.POWERSHELL, scripts.POWERSHELL_PASTE),
        clearing=(*scripts.POWERSHELL, scripts.POWERSHELL_CLEAR),
        needs=("powershell.exe",),
        leads=_WSL,
        hinted=True,
    ),
    _wayland("--sensitive"),  # x-kde-passwordManagerHint: from wl-clipboard 2.3 on
    _wayland(),
    Program(
        name="xclip",
        copying=("xclip", "-selection", "clipboard", "-in"),
        paste=("xclip", "-selection", "clipboard", "-out"),
        clearing=("xclip", "-selection", "clipboard", "-in"),
        needs=("xclip",),
        leads=("DISPLAY",),
        nothing=(b"not available",),
    ),
    Program(
        name="osascript",
        copying=(*scripts.OSASCRIPT, scripts.OSASCRIPT_COPY),
        paste=("pbpaste",),
        clearing=(*scripts.OSASCRIPT, scripts.OSASCRIPT_CLEAR),
        needs=("osascript", "pbpaste"),
        hinted=True,
    ),
    Program(
        name="pbcopy",
        copying=("env", "LC_CTYPE=UTF-8", "pbcopy"),
        paste=("env", "LC_CTYPE=UTF-8", "pbpaste"),
        clearing=("pbcopy",),
        needs=("pbcopy", "pbpaste"),
    ),
)


def boards(environment: Mapping[str, str] = os.environ) -> Iterator[Board]:
    """Those that are there, the best first; none where the desktop is not the one that the doctor sits at (ssh without a display)."""
    if any(environment.get(n) for n in _FAR_AWAY) and not any(environment.get(n) for n in _DESKTOP):
        return
    if (windows := Windows.here()) is not None:
        yield windows
    yield from (program for program in _PROGRAMS if program.there(environment))


def board(name: str) -> Board:
    """The one of this name. Raises StopIteration where there is none."""
    every: tuple[Board | None, ...] = (Windows.here(), *_PROGRAMS)
    return next(one for one in every if one is not None and one.name == name)

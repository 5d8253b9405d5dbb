"""`scripts/monkey [SECONDS] [SEED]`: any key, click, paste and size at a real `kiskriv rehearse`, which is started again when it ends.

What it does not forgive: a traceback or a fault's code on the screen, an exit status that says a fault, a screen that no longer answers, a
process, a socket or a word of what was said that stays behind, a consultation that the deletion log does not account for.
"""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from kiskriv.locale import set_language
from tests.road.conftest import Home
from tests.screen.conftest import clip
from tests.screen.doctor import NAMES, Doctor, Left, told
from tests.screen.tmux import Tmux

SECONDS = 300.0
NAMED = re.compile(r"(?<!\S)(Enter|Esc|Tab|Ctrl\+\w|[A-ZÆØÅ/])(?= {1,2}[A-ZÆØÅ])")
"""A key, as the screen's last lines name it."""

FAULT = re.compile(r"Traceback|(Code|Kode): \w|\w+Error: ")
"""Of Python, or of kiskriv's last words, in any of its languages."""

LETTERS = [*"abcdefghijklmnopqrstuvwxyzæøåABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/?!.,-+*'\"<>|§€😀"]
OTHERS = [
    *("Enter", "Escape", "Tab", "BTab", "Space", "BSpace", "DC", "IC", "Up", "Down", "Left", "Right"),
    *("Home", "End", "PPage", "NPage", *(f"F{number}" for number in range(1, 13))),
    *(f"C-{letter}" for letter in "abcdefghijklmnopqrtuvwxy"),
    *("C-Up", "C-Down", "C-Home", "C-End", "S-Up", "S-Down", "M-a", "M-f", "M-x", "M-Enter"),
]
"""Without Ctrl+S and Ctrl+Z, which stop a terminal and a program before the screen is there."""

SIZES = ((80, 24), (60, 18), (100, 30), (140, 40), (200, 60), (40, 12), (20, 6), (3, 2))
PASTED = ("fjtjaj\r", "hei ", "\x1b]52;c;aGVp\x07", "\x1b[31mrød", "\t\n", "漢字", "\x00\x7f", "[/b][red]", "æøå")
STOPPED_BY_KEYS = (0, 128 + signal.SIGINT)
"""Exit statuses: it was left, or Ctrl+C met it before the screen was there."""

REMEMBERED = 40
"""The last acts, told where something was found."""


class Monkey:
    """Whatever it does, it does again for the same seed, as far as the program's pace lets it."""

    def __init__(self, doctor: Doctor, seed: int) -> None:
        self._doctor, self._tmux = doctor, doctor.tmux
        self._chance = random.Random(seed)
        self._acts: tuple[tuple[int, Callable[[], str]], ...] = (
            (40, self._named),
            (20, self._any),
            (12, self._click),
            (3, self._paste),
            (3, self._resize),
            (2, self._wait),
        )
        self._last: deque[str] = deque(maxlen=REMEMBERED)
        self.done = self.starts = 0
        self.found: list[str] = []

    def play(self, seconds: float) -> None:
        """So long, or until something is found; then everything is looked through."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.found:
            self.starts += 1
            self._tmux.close()
            self._tmux.resize(80, 24)
            self._doctor.start()
            self._doctor.sees("kiskriv")
            while time.monotonic() < end and not self._tmux.ended and not self.found:
                self._act()
            self._look()
        self._leave()
        if self.found:
            self.found += [f"before it: {' · '.join(self._last)}"]

    def _act(self) -> None:
        weights, acts = zip(*self._acts, strict=True)
        (act,) = self._chance.choices(acts, weights)
        self._last.append(act())
        self.done += 1
        self._look_at_the_screen()

    # -- what it does -----------------------------------------------------------------------------------------------------------------

    def _named(self) -> str:
        """A key that the screen names."""
        keys = NAMED.findall("\n".join(self._tmux.lines()))
        if not keys:
            return self._any()
        key = self._chance.choice(keys)
        return self._press(NAMES.get(key, key if len(key) > 1 else key.lower()))

    def _any(self) -> str:
        """Some keys, whatever they are."""
        keys = [self._chance.choice(self._chance.choice((LETTERS, OTHERS))) for _ in range(self._chance.randint(1, 8))]
        return self._press(*keys)

    def _press(self, *keys: str) -> str:
        self._tmux.press(*keys)
        return " ".join(keys)

    def _click(self) -> str:
        """A button or the wheel, down and up (xterm's SGR mouse: `CSI < button ; column ; line M`)."""
        columns, lines = self._tmux.size
        button = self._chance.choice((0, 0, 0, 0, 1, 2, 64, 65))
        place = f"{button};{self._chance.randint(1, columns)};{self._chance.randint(1, lines)}"
        self._tmux.send(f"\x1b[<{place}M\x1b[<{place}m".encode())
        return f"click {place}"

    def _paste(self) -> str:
        """Anything, up to 10,000 characters of it."""
        some = self._chance.choice(PASTED)
        times = self._chance.choice((1, 3, 10_000 // len(some)))
        self._tmux.paste(some * times)
        return f"paste {times} x {some!r}"

    def _resize(self) -> str:
        """Small and large, back to a plain one more often than not."""
        columns, lines = self._chance.choice((*SIZES, *SIZES[:1] * 6))
        self._tmux.resize(columns, lines)
        return f"{columns} x {lines}"

    def _wait(self) -> str:
        """Looks on for a moment: some things come only to those who wait."""
        threading.Event().wait(self._chance.uniform(0.1, 1.5))
        return "wait"

    # -- what it looks at -------------------------------------------------------------------------------------------------------------

    def _look_at_the_screen(self) -> None:
        shown = self._doctor.shown()
        if FAULT.search(shown):
            self.found.append(f"on the screen: {shown}")

    def _look(self) -> None:
        """At what has ended, or has to answer."""
        if not self._tmux.ended:
            return
        self._look_at_the_screen()
        if self._tmux.status not in STOPPED_BY_KEYS:
            self.found.append(f"exit status {self._tmux.status}: {self._doctor.shown()}")
        if told(self._tmux.everything()):
            self.found.append("what was said can be scrolled back to")

    def _leave(self) -> None:
        """The screen still answers; then the window is shut, and what is under way is ended."""
        if self._tmux.open and not self._tmux.ended:
            self._tmux.resize(80, 24)
            self._tmux.press("Escape", "Escape", "C-q")
            try:
                self._tmux.until(
                    lambda: self._tmux.ended or "Ctrl+Q" in self._doctor.shown() or "N " in self._doctor.shown()
                )
            except AssertionError as silent:
                self.found.append(str(silent))
        self._tmux.close()
        self._doctor.takes_delivered()
        done = self._doctor.home.run("recover", "--finish")
        if done.returncode:
            self.found.append(f"kiskriv recover --finish: {done.returncode} {done.stdout}{done.stderr}")
        self.found += Left(self._doctor.home).search()


def main(arguments: Sequence[str]) -> int:
    """1 where something was found."""
    set_language("nb")
    seconds = float(arguments[0]) if arguments else SECONDS
    seed = int(arguments[1]) if len(arguments) > 1 else int.from_bytes(os.urandom(3))
    sys.stdout.write(f"seed {seed}, {seconds:.0f} s\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other, Tmux(Path(other)) as tmux:
        monkey = Monkey(Doctor(tmux, Home(Path(one)), clip(Path(other) / "sound.wav", 13, 21)), seed)
        monkey.play(seconds)
    found = "\n".join(monkey.found) or "nothing found"
    sys.stdout.write(f"{monkey.done} acts, {monkey.starts} starts\n{found}\n")
    return 1 if monkey.found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

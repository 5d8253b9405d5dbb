"""The real screen in a real terminal: `kiskriv rehearse` in tmux, ended in several ways, and what terminal and successor keep of it."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
import time
import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from proof import controls, places, said, scan
from proof.canary import Cells, Words
from proof.house import REPOSITORY, House
from proof.places import NotHere, Terminal
from proof.scan import Scanner
from proof.sessions import CONTROL, Consultation, found_in
from proof.subject import holding
from proof.table import Control, Row, Seen

SECONDS = 10
"""Of sound, at the speed of a consultation."""

PATIENCE = 60.0
"""Seconds until the screen shows what is waited for."""

PRINTED, TYPED = 500, 6
"""Words that the shell prints before, as the control; words that the doctor types into the note."""

_UTTERANCE = re.compile(r"\d:\d\d (?:Lege|Pasient|Ukjent): (.+?)\s*│")


def see(bench: controls.Bench, consultation: Consultation) -> Iterator[Seen]:
    """Discarded, asked to leave, killed: first watched, for the controls, then unwatched: tmux would keep what it was asked to show."""
    sound = bench.shop / "rehearsed.wav"
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(consultation.samples[:, : SECONDS * 16_000].T.tobytes())
    with Rehearsal(bench, sound, "watched") as watched:
        yield from watched.watch()
    for way in _WAYS:
        with Rehearsal(bench, sound, way) as rehearsal:
            yield from rehearsal.see(watched.texts)
    sound.unlink()


class Rehearsal:
    """A window, a house, and `kiskriv rehearse` in it as far as the review of the note."""

    def __init__(self, bench: controls.Bench, sound: Path, way: str) -> None:
        self._bench, self._sound, self._way = bench, sound, way
        self._printed = Words(f"{bench.start} {way} printed", PRINTED)
        self._typed = Words(f"{bench.start} {way} typed", TYPED)
        self._stack = ExitStack()
        self.texts: list[str] = []

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            memory = stack.enter_context(places.tmpfs(self._bench.shop))
            disk = memory / "disk"
            disk.mkdir()
            self._house = House.on([disk], memory)
            stack.callback(self._house.leave)
            self._window = stack.enter_context(places.terminal(self._bench.shop))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def watch(self) -> Iterator[Control]:
        """What the window shows is met in the scrollback, and in tmux's memory."""
        self._come_to_review()
        self.texts = _UTTERANCE.findall(self._window.shown())
        scanner = Scanner(said.words(self.texts), self._typed.canary)
        finding = scanner.search(scan.text(self._window.scrollback()))
        planted = sum(found.planted for found in finding.kinds.values())
        yield Control("terminal", "words while they are shown", planted * said.STRETCH, finding.scanned, finding.share)

    def see(self, texts: Sequence[str]) -> Iterator[Row]:
        """What is left of it when it has ended in its way. `texts`: what was said, known from before."""
        self._come_to_review()
        scanner = Scanner(said.words(texts), self._typed.canary, replace(self._printed.canary, kind="cells"))
        shown = scanner.search(scan.memory(self._window.pid)).kinds["text"].share
        _WAYS[self._way](self._window, self._house)
        row = found_in("terminal: tmux's memory", "review", self._way, scanner.search(scan.memory(self._window.pid)))
        seen = min(row.control.share or 0.0, shown)  # words in colours stand otherwise than printed ones
        yield replace(row, control=replace(row.control, left="shown, not asked for", share=seen))
        yield found_in(
            "terminal: scrollback", "review", self._way, scanner.search(scan.text(self._window.scrollback()))
        )
        with holding(f"{self._printed.seed} held", CONTROL) as holder:
            held = Cells(f"{self._printed.seed} held", CONTROL)
            control = Scanner(held.canary).search(scan.memory(holder.pid))
        for role in ("screen", "host", "engine", "room"):
            if role == "room" and self._way != "discarded":
                continue  # it lives on with the consultation, as it should
            for pid in self._house.of(role):
                yield found_in(f"memory: {role}", "review", self._way, scanner.search(scan.memory(pid)), control)

    def _come_to_review(self) -> None:
        """Once the consultation has begun, only the footer is looked at."""
        window = self._window
        given = {name: value for name, value in self._house.environment.items() if name not in ("TERM", "TMPDIR")}
        environment = shlex.join(f"{name}={value}" for name, value in given.items())
        window.type(f"cd {shlex.quote(str(REPOSITORY))} && clear")
        window.type(shlex.join((sys.executable, "-m", "proof.subject", "show", self._printed.seed, str(PRINTED))))
        places.until(lambda: self._printed.words[-1].encode() in window.scrollback(), "the window")
        window.type(
            f"env {environment} {shlex.quote(sys.executable)} -m kiskriv rehearse {shlex.quote(str(self._sound))}"
        )
        _shows(window, "– klar", first=0)
        window.press("Enter")
        _shows(window, "start opptaket")
        window.press("j")
        _shows(window, "Godkjenn")
        for word in self._typed.words:
            window.press("n")
            _shows(window, "Enter lagrer")
            for letter in word:
                window.press("-l", letter)
            window.press("Enter")
            _shows(window, "Godkjenn", but="Enter lagrer")


def _shows(window: Terminal, text: str, *, first: int = places.ROWS - 2, but: str = "\0") -> None:
    until = time.monotonic() + PATIENCE
    while text not in (shown := window.shown(first)) or but in shown:
        if time.monotonic() > until:
            raise NotHere(f"the screen did not come to show {text!r}")
        time.sleep(0.1)


def _discarded(window: Terminal, house: House) -> None:
    """By the doctor; the screen then shows how it ended, in a process of its own."""
    window.press("f")
    time.sleep(1)  # the question stands in the middle, among the words
    window.press("j")
    _shows(window, "Neste konsultasjon")
    window.press("Enter")
    _shows(window, "– klar", first=0)


def _killed(window: Terminal, house: House) -> None:
    for pid in house.of("screen"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    places.until(lambda: not house.of("screen"), "the screen")


def _asked(window: Terminal, house: House) -> None:
    for pid in house.of("screen"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    places.until(lambda: not house.of("screen"), "the screen")


_WAYS: Mapping[str, Callable[[Terminal, House], object]] = {
    "discarded": _discarded,
    "SIGTERM screen": _asked,
    "SIGKILL screen": _killed,
}

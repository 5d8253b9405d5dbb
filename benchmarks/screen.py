"""`scripts/bench screen [TABLE...]`: how soon the screen answers a key, and how soon it is there.

`recording` and `start` measure `kiskriv rehearse` as it is: every process, a home folder of its own, a pseudo-terminal of 80 x 24. `review`
and `live` measure the screen's own process with a consultation of 40 minutes in memory, on the same terminal. A key is answered when the
octets that it changes on the screen have been read from the terminal, all of them.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import pty
import random
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from benchmarks.machine import heading
from benchmarks.speech.table import p50, p95, table
from kiskriv.demo import material
from kiskriv.note import Concern, Mark, Note, Section, Statement
from kiskriv.session.events import Captured, Event, Recognised, Tentative
from kiskriv.speech.shapes import write
from kiskriv.transcript import Role, Utterance, Word

TABLES = ("start", "recording", "review", "live")
STARTS = 9
MEASURED = 45.0
"""Seconds of each trial in which keys are pressed."""

PATIENCE = 30.0
STILL = 0.15
"""Seconds without output after which an answer was whole, where nothing but a key paints."""

LINES, COLUMNS = 24, 80
UTTERANCES, WORDS = 500, 12
"""A talk of 40 minutes."""

MINUTES = 40


_PIECE = re.compile(
    r"\x1b\[(?P<place>[0-9;]*)H|\x1b\[[<-?]?[0-9;]*[ $]?[@-~]|\x1b\].*?(?:\x07|\x1b\\)|\x1b[^\[\]]|(?P<feed>[\r\n])|(?P<text>[^\x00-\x1f]+)"
)


class Cells:
    """What a terminal shows, as far as Textual's sequences go: the cursor is placed and text is written (ECMA-48, CUP)."""

    def __init__(self) -> None:
        self._lines = [[" "] * COLUMNS for _ in range(LINES)]
        self._row = self._column = 0
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def take(self, octets: bytes) -> None:
        """Writes them; half a sequence is kept until the other half comes."""
        written = self._rest + self._decoder.decode(octets)
        done = 0
        for found in _PIECE.finditer(written):
            done = found.end()
            if found["place"] is not None:
                row, _, column = found["place"].partition(";")
                self._row, self._column = int(row or 1) - 1, int(column or 1) - 1
            elif found["text"]:
                self._write(found["text"])
            elif found["feed"]:
                self._row, self._column = self._row + (found["feed"] == "\n"), 0
        self._rest = written[done:]

    def _write(self, text: str) -> None:
        if 0 <= self._row < LINES:
            room = max(0, COLUMNS - self._column)
            self._lines[self._row][self._column : self._column + len(text)] = text[:room]
        self._column += len(text)

    def __contains__(self, words: str) -> bool:
        return any(words in "".join(line) for line in self._lines)


class Glass:
    """A program on a pseudo-terminal, with a clock beside it."""

    def __init__(self, command: Sequence[str], home: Path) -> None:
        self._cells, self._moment = Cells(), 0.0
        self._here, there = pty.openpty()
        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self.begun = time.monotonic()
        self.program = subprocess.Popen(
            command, stdin=there, stdout=there, stderr=there, env=environment, start_new_session=True
        )
        os.close(there)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.program.terminate()
        while self._read(PATIENCE):
            pass
        self.program.wait()
        os.close(self._here)

    def shows(self, *words: str) -> float:
        """Waits until one of these stands there; the moment when it did."""
        return self._until(lambda: any(one in self._cells for one in words), words)

    def clears(self, *words: str) -> float:
        """Waits until none of these stands there; the moment when it did not."""
        return self._until(lambda: not any(one in self._cells for one in words), words)

    def _until(self, holds: Callable[[], bool], words: Sequence[str]) -> float:
        moment = time.monotonic()
        while not holds():
            if not self._read(PATIENCE):
                raise TimeoutError(f"waited {PATIENCE:.0f} s for {words}")
            moment = self._moment
        return moment

    def press(self, key: str) -> float:
        """The moment of it."""
        self.rest(0.02)
        pressed = time.monotonic()
        os.write(self._here, key.encode())
        return pressed

    def settles(self, key: str) -> tuple[float, float]:
        """Seconds from this key to the first that was painted, and to the last before it was still again."""
        pressed = self.press(key)
        self._read(PATIENCE)
        first = self._moment
        while self._read(STILL):
            pass
        return first - pressed, self._moment - pressed

    def rest(self, seconds: float) -> None:
        """Looks on."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    @property
    def cpu(self) -> float:
        """CPU seconds of this process so far (proc_pid_stat(5), utime and stime)."""
        fields = Path(f"/proc/{self.program.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _read(self, seconds: float) -> bool:
        if not select.select([self._here], [], [], seconds)[0]:
            return False
        try:
            octets = os.read(self._here, 1 << 16)
        except OSError:  # EIO: the program has ended
            return False
        self._moment = time.monotonic()
        self._cells.take(octets)
        return bool(octets)


# -- as it is -------------------------------------------------------------------------------------------------------------------------


@contextmanager
def rehearsal(home: Path, *settings: str) -> Iterator[Glass]:
    """`kiskriv rehearse` with the demo; what it had under way is erased afterwards."""
    command = [sys.executable, "-m", "kiskriv", *settings]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    try:
        with Glass([*command, "rehearse", str(material().recording)], home) as glass:
            yield glass
    finally:
        subprocess.run([*command, "recover", "--finish"], env=environment, capture_output=True, check=False)


HOME = "Ny konsultasjon", "New consultation"
READY = "– klar", "– ready"


def start() -> None:
    """From exec to home, and to the model."""
    painted, ready = [], []
    for _ in range(STARTS):
        with tempfile.TemporaryDirectory() as home, rehearsal(Path(home)) as glass:
            painted.append(glass.shows(*HOME) - glass.begun)
            ready.append(glass.shows(*READY) - glass.begun)
    rows = [(name, *seconds(found)) for name, found in (("home painted", painted), ("speech model ready", ready))]
    table(f"Start, {STARTS} times: nothing of kiskriv runs before", ("from exec to", "p50, s", "p95, s"), rows)


Trial = tuple[str, str, Callable[[Glass], float]]
"""Its name, the key, and the moment when that was answered."""

DIALOGUE: Sequence[Trial] = (
    ("a dialogue opens", "f", lambda glass: glass.shows("Forkaste denne", "Discard this")),
    ("a dialogue closes", "n", lambda glass: glass.clears("Forkaste denne", "Discard this")),
)
"""While the clock, the levels and the words paint as well."""


def recording() -> None:
    """Key to paint while it records and decodes: every process on the same cores."""
    with tempfile.TemporaryDirectory() as folder:
        base = write(Path(folder) / "base", "base")
        for name, model in (("the demo model", ""), ("the shape of Whisper base", f'[model]\nfolder = "{base}"\n')):
            home = Path(folder) / name.replace(" ", "-")
            home.mkdir()
            settings = home / "settings.toml"
            settings.write_text(f"{model}[microphone]\nchannels = 2\n")
            with rehearsal(home, "--config", str(settings)) as glass:
                begin(glass)
                glass.shows("Lege:", "Doctor:")
                found = pressed(glass, DIALOGUE)
            rows(f"Key to paint while it records and decodes: {name}", found)


# -- forty minutes --------------------------------------------------------------------------------------------------------------------


KEYS: Mapping[str, Sequence[str]] = {
    "another statement (down, up)": ("\x1b[B", "\x1b[B", "\x1b[B", "\x1b[A"),
    "the other side": ("\t",),
    "another line of the transcript": ("\x1b[B", "\x1b[B", "\x1b[A"),
    "a page of the transcript": ("\x1b[6~", "\x1b[6~", "\x1b[6~", "\x1b[5~"),
    "end and start of the transcript": ("\x1b[F", "\x1b[H"),
    "the other side, back": ("\t",),
    "the next mark": ("m",) * 3,
    "a search opens": ("/",),
    "a search, letter by letter": tuple("feber"),
    "the next place": ("\r",) * 3,
    "a search closes": ("\x1b",),
    "back from there": ("\t",),
}
"""In review nothing else paints."""


def review() -> None:
    """Key to paint in review of a long consultation."""
    with tempfile.TemporaryDirectory() as home, Glass(forty("review"), Path(home)) as glass:
        begin(glass)
        glass.shows("KI-UTKAST", "AI DRAFT")
        glass.rest(1.0)
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in KEYS}
        end = time.monotonic() + MEASURED
        while time.monotonic() < end:
            for name, keys in KEYS.items():
                found[name] += [glass.settles(key) for key in keys]
    for which, painted in enumerate(("the first paint", "all painted")):
        title = f"Key to paint in review: {UTTERANCES} utterances, {UTTERANCES * WORDS} words, {painted}"
        rows(title, {name: [one[which] for one in times] for name, times in found.items()})


def live() -> None:
    """Key to paint while words arrive, before and after 40 minutes of them, and what the screen's process costs."""
    costs = []
    for already in (0, UTTERANCES):
        with tempfile.TemporaryDirectory() as home, Glass(forty("live", str(already)), Path(home)) as glass:
            begin(glass)
            glass.shows(LAST)
            glass.rest(1.0)
            before, began = glass.cpu, time.monotonic()
            found = pressed(glass, DIALOGUE)
            costs.append((f"{already} utterances", f"{100 * (glass.cpu - before) / (time.monotonic() - began):.0f} %"))
            rows(f"Key to paint while words arrive at {already} utterances", found)
    table("What the screen costs while words arrive", ("behind", "of one core"), costs)


def begin(glass: Glass) -> None:
    """From home to the recording."""
    glass.shows(*HOME)
    glass.rest(0.5)
    glass.press("\r")
    glass.shows("greit for pasienten", "does not object")
    glass.press("j")


def forty(*arguments: str) -> list[str]:
    """The command that shows a consultation of 40 minutes."""
    return [sys.executable, "-m", "benchmarks.screen", "shown", *arguments]


def pressed(glass: Glass, trials: Sequence[Trial]) -> dict[str, list[float]]:
    """Seconds to the answer, by name, at moments that chance chose."""
    chance, end = random.Random(8), time.monotonic() + MEASURED  # noqa: S311  (no secret)
    found: dict[str, list[float]] = {name: [] for name, _, _ in trials}
    while time.monotonic() < end:
        for name, key, answered in trials:
            glass.rest(chance.uniform(0.1, 0.4))
            begun = glass.press(key)
            found[name].append(answered(glass) - begun)
    return found


def rows(title: str, found: Mapping[str, Sequence[float]]) -> None:
    """A table of milliseconds."""
    everything = list(itertools.chain(*found.values()))
    lines = [(name, len(one), *milliseconds(one)) for name, one in (*found.items(), ("**all**", everything))]
    table(title, ("key", "times", "p50, ms", "p95, ms"), lines)


def milliseconds(found: Sequence[float]) -> tuple[str, str]:
    """p50 and p95."""
    return f"{1000 * p50(found):.0f}", f"{1000 * p95(found):.0f}"


def seconds(found: Sequence[float]) -> tuple[str, str]:
    """p50 and p95."""
    return f"{p50(found):.2f}", f"{p95(found):.2f}"


# -- the screen's process -------------------------------------------------------------------------------------------------------------

LAST = "sisteordet"
"""Ends what was said before the words that arrive."""

TALK = "pasienten forteller om hoste og feber og tett bryst siden forrige uke".split()  # noqa: SIM905


def said(number: int, *, last: str = "") -> Utterance:
    """An utterance of 12 words, 4.8 s after the one before."""
    begun = number * 60 * MINUTES / UTTERANCES
    role, speaker = ((Role.PRACTITIONER, "0"), (Role.PATIENT, "1"))[number % 2]
    text = [*TALK[number % 12 :], *TALK[: number % 12]][: WORDS - bool(last)] + [last] * bool(last)
    return Utterance(
        number, role, speaker, tuple(Word(begun + n / 3, begun + n / 3 + 0.3, w, 0.9) for n, w in enumerate(text))
    )


class Arriving(tuple[Event, ...]):
    """Words that go on arriving: the level ten times a second, what may still change three times, an utterance every five seconds."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Event]:
        """At the pace of speech, for ever: the process is ended from outside."""
        yield from super().__iter__()
        number, begun = len(self), time.monotonic()
        for tick in itertools.count():
            time.sleep(max(0.0, begun + tick / 10 - time.monotonic()))
            yield Captured(number * 5.0, (0.2, 0.05), 0)
            if tick % 50 == 49:
                yield Recognised((said(number),), 0.1)
                number += 1
            elif tick % 3 == 0:
                whole = said(number)
                yield Tentative((replace(whole, words=whole.words[: 1 + tick % 50 // 5]),))


def shown(kind: str, already: str = str(UTTERANCES)) -> None:
    """The screen, with a consultation in memory."""
    from kiskriv.tui import renewal

    os.environ["ESCDELAY"] = renewal.ESCAPE  # as the product's own process has it, before Textual is imported
    from kiskriv.locale import set_language
    from kiskriv.tui.app import KiskrivApp
    from tests.tui.fakes import RoomDesk, Scene

    set_language("nb")
    talk = [said(number) for number in range(int(already))]
    statements = [Statement(" ".join(said(n).text.split()[:8]), (n, n + 1)) for n in range(0, len(talk) - 1, 12)]
    sections = tuple(
        Section(name, tuple(statements[n::4])) for n, name in enumerate(("Anamnese", "Funn", "Vurdering", "Tiltak"))
    )
    scene: Any
    if kind == "review":
        marks = tuple(
            Mark(Concern.CHECK, number, said="hoste", evidence=(number,)) for number in range(0, len(statements), 7)
        )
        scene = Scene(said=tuple(talk), note=Note(sections), marks=marks, endless=False)
    else:
        before = [Recognised((one,), 0.1) for one in (*talk[:-1], said(len(talk), last=LAST))]
        scene = Scene(said=(), heard=Arriving(before))
    desk = RoomDesk(scene)
    KiskrivApp(desk, desk.source, rehearsal=True).run()


def main(names: Sequence[str]) -> None:
    """Prints the tables that are named, or all. Exit status 2 for a name that is none."""
    if set(names) - set(TABLES):
        print(f"scripts/bench screen [{' | '.join(TABLES)}]", file=sys.stderr)
        sys.exit(2)
    print(heading())
    for name in names or TABLES:
        {"start": start, "recording": recording, "review": review, "live": live}[name]()


if __name__ == "__main__":
    if sys.argv[1:2] == ["shown"]:
        shown(*sys.argv[2:])
    else:
        main(sys.argv[1:])

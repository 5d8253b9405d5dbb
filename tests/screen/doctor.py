"""A doctor who knows nothing but what stands on the screen, and the room that is searched when the doctor has gone."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kiskriv.ledger import Ended, Opened, Swept, decode
from kiskriv.weights import demo_material
from tests.host.clinic import PATIENCE, Process
from tests.road.conftest import Home
from tests.screen.tmux import Tmux
from tests.tui.terminals import ROOT

FRAMES = dict.fromkeys(map(ord, "│┃║━─═╭╮╰╯┏┓┗┛╔╗╚╝▏▕▎▁▂▃▄▅▆▇█▌▐"), " ")
NAMES = {"Esc": "Escape", "Ctrl+Q": "C-q", "Mellomrom": "Space"}
"""How the screen names a key, and how tmux does where it is another name."""


class Doctor:
    """Reads the keys from the screen's last lines and presses those. Notes go to a folder of the clinic's."""

    def __init__(self, tmux: Tmux, home: Home, sound: Path) -> None:
        self.tmux, self.home = tmux, home
        self._folder = home.folder / "delivered"
        self._folder.mkdir()
        settings = sound.with_name("settings.toml")
        settings.write_text(f'[microphone]\nchannels = 2\n[delivery]\nfolder = "{self._folder}"\n')
        self._command = home.command("--config", settings, "rehearse", sound)

    def start(self, **environment: str) -> None:
        """`kiskriv rehearse`, in a window of its own."""
        self.tmux.start(self._command, self.home.environment | environment, ROOT)

    def runs(self, *command: str) -> None:
        """Something else, from the next start on."""
        self._command = [*command]

    def shown(self) -> str:
        """What is seen now, as one line without frames."""
        return " ".join("\n".join(self.tmux.lines()).translate(FRAMES).split())

    def sees(self, *words: str) -> None:
        """Waits until all of this is on the screen."""
        self.tmux.until(lambda: all(one in self.shown() for one in words))

    def misses(self, *words: str) -> None:
        """Waits until none of this is on the screen."""
        self.tmux.until(lambda: not any(one in self.shown() for one in words))

    def chooses(self, label: str) -> None:
        """Presses the key that the screen names for this."""
        self.sees(label)
        key = re.findall(rf"(\S+) +{re.escape(label)}", self.shown())[-1]
        self.tmux.press(NAMES.get(key, key if len(key) > 1 else key.lower()))

    def begins(self) -> None:
        """From home to the recording."""
        self.sees("– klar")
        self.chooses("Ny konsultasjon")
        self.chooses("Ja: start opptaket")

    def drafts(self) -> None:
        """From home to the draft of all that is played."""
        self.begins()
        self.sees("KI-UTKAST", "Godkjenn")

    def approves(self) -> None:
        """From the draft to its delivery."""
        self.chooses("Godkjenn")
        self.chooses("Ja, ")
        self.sees("Åpne riktig pasient")

    def discards(self) -> None:
        """To the receipt."""
        self.chooses("Forkast")
        self.chooses("Ja, forkast")
        self.sees("✓ SLETTET")

    def delivered(self) -> list[str]:
        """The notes in the clinic's folder."""
        return [path.read_text() for path in self._folder.iterdir()]

    def takes_delivered(self) -> None:
        """Into the journal, and off the disk."""
        for path in self._folder.iterdir():
            path.unlink()

    def quits(self) -> None:
        """From home or the receipt."""
        self.chooses("Avslutt")
        assert self.tmux.end() == 0


@cache
def words_of_the_demo() -> frozenset[str]:
    """Of five letters and more, those that no text of the screen has."""
    said = json.loads((demo_material() / "consultation.json").read_text())
    spoken = " ".join(utterance["text"] for utterance in said["utterances"])
    screen = "".join(path.read_text() for path in (ROOT / "kiskriv" / "locale").glob("*/LC_MESSAGES/*.po"))
    return frozenset(_long(spoken) - _long(screen))


def told(text: str) -> list[str]:
    """The words of the demo that stand in it."""
    return sorted(words_of_the_demo() & _long(text))


def _long(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) >= 5 and not word.isdigit()}


@dataclass(frozen=True)
class Left:
    """What a home folder and its processes hold once nobody is there."""

    home: Home

    def search(self) -> list[str]:
        """Each thing that should not be there, in words without what was said; none is what is wished for."""
        return [*self._processes(), *self._sessions(), *self._files(), *self._recovery()]

    def _processes(self) -> Iterator[str]:
        """Those of this home that do not end by themselves (the host takes a moment)."""
        for pid in _of_home(self.home.folder):
            try:
                process = Process(pid)
            except ProcessLookupError:
                continue
            if not process.gone(PATIENCE):
                yield f"process {pid} goes on"
                process.kill()
            process.close()

    def _sessions(self) -> Iterator[str]:
        """Those that the deletion log does not account for, or not as erased."""
        path = self.home.ledger / "entries.jsonl"
        entries = [decode(line) for line in path.read_bytes().splitlines()] if path.exists() else []
        opened = {entry.session for entry in entries if isinstance(entry, Opened)}
        ended = {entry.session: entry for entry in entries if isinstance(entry, Ended)}
        swept = {entry.session for entry in entries if isinstance(entry, Swept)}
        yield from (f"session {one} is not accounted for" for one in sorted(opened - ended.keys() - swept))
        yield from (f"the erasure of {one.session} is not verified" for one in ended.values() if not one.verified)

    def _files(self) -> Iterator[str]:
        """Sockets, and files with what was said."""
        for path in self.home.folder.rglob("*"):
            name = path.relative_to(self.home.folder)
            if path.is_socket() and name.name != "tmux":
                yield f"a socket: {name}"
            elif path.is_file() and told(path.read_bytes().decode(errors="replace")):
                yield f"words in {name}"

    def _recovery(self) -> Iterator[str]:
        done = self.home.run("recover")
        if done.returncode:
            yield f"kiskriv recover: {done.returncode}"


def _of_home(folder: Path) -> list[int]:
    """Every process with this home folder, but those of tmux."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            given = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if process.name.isdecimal() and f"HOME={folder}".encode() in given and int(process.name) != os.getpid():
            found.append(int(process.name))
    return found


def nothing_left(home: Home) -> None:
    """Nothing is."""
    assert Left(home).search() == []

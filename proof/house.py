"""The processes of kiskriv in a home of their own, as the proof sees them: started, found, and ended in every way that there is."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from proof.places import NotHere, run, tool, until

REPOSITORY = Path(__file__).parents[1]

HIDDEN = ("/tmp", "/dev/shm")  # noqa: S108
"""What a house lays folders of its own over."""

PROCESSES = ("screen", "room", "engine", "host")
"""Those that see a consultation or keep its ledger. A microphone is there where the sound is the house's own."""


@dataclass(frozen=True)
class House:
    """Folders for everything that a process of the user's may write to. `temporary` lies over /tmp, `shared` over /dev/shm."""

    home: Path
    configuration: Path
    data: Path
    state: Path
    cache: Path
    runtime: Path
    temporary: Path
    shared: Path

    @classmethod
    def on(cls, disks: Sequence[Path], memory: Path) -> House:
        """Home, settings, ledger and so on, one disk after the other in turn; what belongs into memory there."""
        folders = [
            disks[number % len(disks)] / part
            for number, part in enumerate(("home", "data", "temporary", "cache", "state", "config"))
        ]
        home, data, temporary, cache, state, configuration = folders
        house = cls(home, configuration, data, state, cache, memory / "run", temporary, memory / "shared")
        for folder in (*folders, house.runtime, house.shared):
            folder.mkdir(mode=0o700)
        return house

    @property
    def environment(self) -> dict[str, str]:
        """What a process of this house is started with; freed memory is overwritten, as in every process that shows a consultation."""
        from kiskriv.machine.launch import WIPING

        return {
            **WIPING,
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "TERM": "tmux-256color",
            "HOME": str(self.home),
            "TMPDIR": HIDDEN[0],
            "XDG_CONFIG_HOME": str(self.configuration),
            "XDG_DATA_HOME": str(self.data),
            "XDG_STATE_HOME": str(self.state),
            "XDG_CACHE_HOME": str(self.cache),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    @property
    def ledger(self) -> Path:
        """Where the settings put it when they say nothing."""
        return self.data / "kiskriv" / "ledger"

    def command(self, *command: str) -> list[str]:
        """Runs a command in a name space where this house's folders are the system's; it ends with its last process.

        Raises NotHere where the house itself lies in what would be hidden.
        """
        if any(self.home.is_relative_to(hidden) for hidden in HIDDEN):
            raise NotHere(f"the proof's own folder lies in {HIDDEN[0]}: set TMPDIR to another")
        script = f'mount --bind {self.temporary} {HIDDEN[0]} && mount --bind {self.shared} {HIDDEN[1]} && exec "$@"'
        return [tool("unshare"), "--mount", "/bin/sh", "-c", script, "sh", *command]

    def family(self) -> dict[int, str]:
        """The living processes of this house by number, with what each is."""
        mark = f"HOME={self.home}".encode()
        found = {}
        for entry in os.scandir("/proc"):
            if entry.name.isdigit():
                with suppress(OSError):
                    if mark in Path(entry.path, "environ").read_bytes().split(b"\0"):
                        found[int(entry.name)] = _role(Path(entry.path, "cmdline").read_bytes().split(b"\0"))
        return found

    def of(self, role: str) -> list[int]:
        """The living processes that are this; all of them for `all`."""
        return [pid for pid, name in self.family().items() if role in (name, "all")]

    def leave(self) -> None:
        """Kills whoever is left, and waits until nobody is."""

        def gone() -> bool:
            for pid in self.family():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return not self.family()

        until(gone, "the house's processes have not ended")


def _role(command: Sequence[bytes]) -> str:
    for word in command:
        module = word.decode(errors="replace")
        if module.startswith("kiskriv.assembly."):
            return module.removeprefix("kiskriv.assembly.")
        if module in ("proof.screen", "kiskriv"):
            return "screen"
    return "other"


SILENCE = 60.0
"""Seconds after which a screen that says nothing counts as hanging."""


@dataclass
class Screen:
    """A `proof.screen` of a house. `at` is the last line that it said."""

    house: House
    process: subprocess.Popen[str]
    at: Mapping[str, Any] = field(default_factory=dict)
    _lines: SimpleQueue[str] = field(default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")

    @property
    def pid(self) -> int:
        """Of the process itself: what starts it becomes it."""
        return self.process.pid

    def hear(self) -> str:
        """The next moment; `gone` where the process is. Raises NotHere where it hangs."""
        try:
            line = self._lines.get(timeout=SILENCE)
        except Empty:
            raise NotHere(f"the screen hangs after {self.at.get('at')}") from None
        self.at = json.loads(line) if line.startswith("{") else {"at": "here" if line else "gone"}
        return str(self.at["at"])

    def say(self, answer: str) -> None:
        """Goes on as told; nothing where it is gone."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(f"{answer}\n")
            self.process.stdin.flush()

    def go_on(self, answer: str = "on") -> str:
        """Answers and hears the next moment."""
        self.say(answer)
        return self.hear()

    def until(self, moment: str) -> None:
        """Goes on until then. Raises NotHere where it comes to another end."""
        seen: list[str] = []
        while self.at.get("at") != moment:
            if self.at.get("at") in ("left", "failed", "gone"):
                raise NotHere(
                    f"the consultation did not come to {moment}: {self.at.get('fault', self.at.get('at'))} after {seen}"
                )
            seen.append(self.go_on())


@contextmanager
def screen(house: House, *arguments: str, alone: bool = True) -> Iterator[Screen]:
    """A screen that has said HERE; killed at the end of the block if it still lives. `alone`: a name space of its own."""
    command = [sys.executable, "-m", "proof.screen", *arguments]
    process = subprocess.Popen(
        house.command(*command) if alone else command,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=house.environment, cwd=REPOSITORY, start_new_session=True,
    )  # fmt: skip
    try:
        started = Screen(house, process)
        if started.hear() != "here":
            raise NotHere("no screen could be started")
        yield started
    finally:
        process.kill()
        process.wait()


def end(house: House, way: str) -> None:
    """`SIGKILL room`, `SIGSEGV engine`, `SIGKILL all`: returns when they are gone. `no memory engine`: whatever it asks for is refused."""
    name, role = way.rsplit(" ", 1)
    pids = house.of(role)
    if not pids:
        raise NotHere(f"there is no {role} then")
    for pid in pids:
        if name == "no memory":
            resource.prlimit(pid, resource.RLIMIT_AS, (1 << 20, 1 << 20))
        else:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.Signals[name])
    if name != "no memory":
        until(lambda: not any(_lives(pid) for pid in pids), f"{way} did not end it")


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def audited(house: House) -> str:
    """What the auditor's command says against the ledger: empty where every line holds and every session is accounted for."""
    try:
        run(sys.executable, "-m", "kiskriv", "ledger", "verify", house.ledger, "--key", house.ledger / "public-key")
    except NotHere as reason:
        return str(reason)
    return ""


def last_entries(house: House) -> list[dict[str, Any]]:
    """The ledger's lines."""
    file = house.ledger / "entries.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

"""A home folder of its own, the real processes that live in it, and hands that may stop, kill and wait for them."""

from __future__ import annotations

import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from kiskriv.assembly.desk import Desk
from kiskriv.capture import AudioFile
from kiskriv.config import Config, LedgerSettings, settings_digest
from kiskriv.errors import KiskrivError
from kiskriv.host.addresses import ADDRESS
from kiskriv.host.calling import Calling, folder_name
from kiskriv.ledger import decode as read_entry
from kiskriv.ledger.entry import OfSession
from kiskriv.machine import runtime_folder
from kiskriv.session import Captured, Event, Missed, Recognised
from kiskriv.transcript import SAMPLE_RATE, Chunk, Samples
from kiskriv.weights import demo_material
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel

PATIENCE = 60.0
"""Seconds after which a test gives up on what it waits for."""


def until(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Looks at it again and again, until it holds."""
    end, never = time.monotonic() + seconds, threading.Event()
    while not holds():
        assert time.monotonic() < end, "what was waited for did not happen"
        never.wait(0.01)


class Process:
    """Any process, by its pidfd: no other one is ever meant."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._pidfd = os.pidfd_open(pid)

    def __repr__(self) -> str:
        return f"<Process {self.pid}>"

    def send(self, number: signal.Signals) -> None:
        signal.pidfd_send_signal(self._pidfd, number)

    def stop(self) -> None:
        self.send(signal.SIGSTOP)
        until(lambda: self.status("State")[:1] in ("T", "t"))

    def go_on(self) -> None:
        self.send(signal.SIGCONT)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.send(signal.SIGKILL)
        self.ends()

    def ends(self, seconds: float = PATIENCE) -> None:
        assert self.gone(seconds), f"process {self.pid} is still there"

    def gone(self, seconds: float = 0.0) -> bool:
        return bool(select.select([self._pidfd], [], [], seconds)[0])

    def status(self, name: str) -> str:
        text = Path(f"/proc/{self.pid}/status").read_text()
        return next(line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith(f"{name}:"))

    def close(self) -> None:
        os.close(self._pidfd)


def commands() -> Iterator[tuple[int, list[str]]]:
    """Every process that can be seen, and its command."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                yield int(folder.name), (folder / "cmdline").read_text("utf-8", "replace").split("\0")[:-1]


def parent_of(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return 0


def fill_disk(host: Process, *, full: bool) -> None:
    """No file of the host may grow any more; or it may again."""
    _, hard = resource.prlimit(host.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(host.pid, resource.RLIMIT_FSIZE, (0 if full else hard, hard))


@dataclass
class Clinic:
    """`config` names a ledger in the home folder; its host, rooms and engines are the ones meant."""

    config: Config
    desks: list[Desk] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)

    def desk(self) -> Desk:
        self.desks.append(Desk(self.config))
        return self.desks[-1]

    def prepared(self) -> Desk:
        desk = self.desk()
        desk.load()
        return desk

    @property
    def calling(self) -> Calling:
        return Calling(self.config, None, settings_digest(self.config))

    @property
    def host(self) -> Process:
        with runtime_folder(folder_name(self.config)) as folder, folder.connect(ADDRESS) as line:
            return self.hold(folder.peer(line).pid)

    def hold(self, pid: int) -> Process:
        self.processes.append(Process(pid))
        return self.processes[-1]

    def line(self) -> socket.socket:
        """To the host's door, with nothing said yet."""
        with runtime_folder(folder_name(self.config)) as folder:
            return folder.connect(ADDRESS)

    def call(self) -> Channel:
        """A line on which a screen has said hello."""
        line = Channel(self.line())
        line.send(say.Hello(say.VERSION, say.Caller.SCREEN, ""))
        return line

    @property
    def reachable(self) -> bool:
        with suppress(OSError, KiskrivError), self.call() as line:
            return isinstance(line.receive()[0], say.Welcome)
        return False

    def children(self, host: Process, module: str) -> list[Process]:
        wanted = f"kiskriv.assembly.{module}"
        return [self.hold(pid) for pid, words in commands() if wanted in words and parent_of(pid) == host.pid]

    def child(self, host: Process, module: str) -> Process:
        """The only one."""
        (only,) = self.children(host, module)
        return only

    def other(self, name: str) -> Process:
        """The only one that a host of `hosted` started in the place of a real one."""
        (pid,) = [pid for pid, words in commands() if ["tests.host.other_host", name] == words[2:4]]
        return self.hold(pid)

    def room(self, session: str) -> Process:
        return self.hold(
            next(pid for pid, words in commands() if "kiskriv.assembly.room" in words and session in words)
        )

    @property
    def folder(self) -> Path:
        with runtime_folder(folder_name(self.config)) as folder:
            return folder.path

    @property
    def entries(self) -> list[OfSession]:
        """Of sessions: what is written of kiskriv's runs and of keys stands apart."""
        path = self.config.ledger.folder / "entries.jsonl"
        lines = path.read_bytes().splitlines() if path.exists() else []
        return [entry for entry in map(read_entry, lines) if isinstance(entry, OfSession)]

    @property
    def last(self) -> OfSession:
        return self.entries[-1]

    @contextmanager
    def hosted(self, *other: str, limit: int = 3600, longest: int = 0, grace: float = 1.0) -> Iterator[None]:
        """A host with other limits than the settings allow, with engines that die of every window, with a microphone that is not there."""
        command = [
            sys.executable,
            "-m",
            "tests.host.other_host",
            str(self.config.ledger.folder),
            str(limit),
            str(max(limit, longest)),
            str(grace),
        ]
        with subprocess.Popen(
            [*command, *other],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
        ) as host:
            assert host.stdout is not None
            assert host.stdout.readline() == b"ready\n"
            yield
            for desk in self.desks:
                desk.close()
            assert host.wait(PATIENCE) == 0

    def close(self) -> None:
        """Every desk hangs up; then all that is left ends by itself, or the test is told what did not."""
        for desk in self.desks:
            desk.close()
        host = None
        with suppress(OSError):
            host = self.host
        if host is not None and not host.gone(PATIENCE):
            self.raze()
        for process in self.processes:
            process.close()

    def raze(self) -> None:
        for pid, words in commands():
            if str(self.config.ledger.folder) in words:
                os.kill(pid, signal.SIGKILL)
                raise AssertionError("the host did not end by itself")


@contextmanager
def opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    """A clinic in this home folder, which this process and all that it starts take for the user's."""
    for name in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    one = Clinic(Config(ledger=LedgerSettings(folder=home / "ledger")))
    yield one
    one.close()


class Clip:
    """So many seconds of the demo, as a microphone in this process; `meanwhile` is done after so many seconds of it."""

    channels = 1

    def __init__(
        self, seconds: float, meanwhile: Callable[[], object] = lambda: None, at: float = 0.0, start: float = 0.0
    ) -> None:
        self._samples = spoken()[:, int(start * SAMPLE_RATE) : int((start + seconds) * SAMPLE_RATE)]
        self._meanwhile, self._at = meanwhile, at

    def chunks(self) -> Iterator[Chunk]:
        length, done = SAMPLE_RATE // 2, False
        for begin in range(0, self._samples.shape[1], length):
            if not done and begin >= self._at * SAMPLE_RATE:
                done = True
                self._meanwhile()
            yield Chunk(begin, self._samples[:, begin : begin + length].copy())
        if not done:
            self._meanwhile()

    def stop(self) -> None:
        """It ends by itself."""


_SPOKEN: list[Samples] = []


def spoken() -> Samples:
    """The demo consultation, shape (1, n)."""
    if not _SPOKEN:
        chunks = [chunk.samples for chunk in AudioFile(demo_material() / "consultation.flac").chunks()]
        _SPOKEN.append(np.concatenate(chunks, axis=1))
    return _SPOKEN[0]


def heard(events: list[Event]) -> list[str]:
    """What was recognised, in its order."""
    return [u.text for event in events if isinstance(event, Recognised) for u in event.utterances]


def missed(events: list[Event]) -> int:
    return sum(isinstance(event, Missed) for event in events)


def seconds(events: list[Event]) -> float:
    return max((event.seconds for event in events if isinstance(event, Captured)), default=0.0)

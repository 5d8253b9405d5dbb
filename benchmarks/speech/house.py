"""A whole kiskriv for measuring: host, rooms and engine with a ledger of their own, and what all of their processes take.

Whoever measures adopts the processes that the house starts (`PR_SET_CHILD_SUBREAPER`), so that none of them can be overlooked; those that
have ended stay to be counted.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.speech.sound import Played
from kiskriv.assembly.desk import Desk
from kiskriv.config import load
from kiskriv.errors import RecogniserFailed
from kiskriv.session import Consultation
from kiskriv.session.events import Missed, Recognised
from kiskriv.weights import bundled

PR_SET_CHILD_SUBREAPER = 36
"""prctl(2)."""

TICK = os.sysconf("SC_CLK_TCK")
LEAVING = 30.0
"""Seconds that the processes of a house may take to end."""


@dataclass(frozen=True)
class Process:
    """One process as /proc shows it: `cpu` in seconds, with that of the children it has waited for."""

    pid: int
    parent: int
    ended: bool
    cpu: float

    @property
    def role(self) -> str:
        """`host`, `room`, `engine` ...; empty for what is none of ours."""
        with suppress(OSError):
            for word in Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0"):
                if word.startswith(b"kiskriv.assembly."):
                    return word.decode().removeprefix("kiskriv.assembly.")
        return ""


def memory(pid: int) -> float:
    """MiB that are resident."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def family() -> list[Process]:
    """All processes that this one started, and theirs."""
    found = {process.pid: process for process in _all()}
    return [process for process in found.values() if _descends(process, found)]


def cpu() -> float:
    """Seconds that this process and its family have computed for so far."""
    return sum(cpu_by_process().values())


def cpu_by_process() -> dict[int, float]:
    """The same, by number."""
    return {os.getpid(): time.process_time(), **{process.pid: process.cpu for process in family()}}


def cpu_since(before: dict[int, float]) -> dict[str, float]:
    """Seconds by role since then; this process is the `feeder`."""
    spent = dict.fromkeys(("engine", "room", "host"), 0.0) | {"feeder": time.process_time() - before[os.getpid()]}
    for process in family():
        if process.role in spent:
            spent[process.role] += process.cpu - before.get(process.pid, 0.0)
    return spent


@contextmanager
def house(model: Path | None = None, settings: str = "") -> Iterator[Desk]:
    """A desk in front of a host of its own, ready; when the block is left its processes have ended. `settings`: more lines for [model]."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kiskriv.toml"
        file.write_text(
            f'[model]\nfolder = "{model or bundled()}"\n{settings}\n[ledger]\nfolder = "{folder}/ledger"\nkeys = "file"\n',
            encoding="utf-8",
        )
        before = {process.pid for process in family()}
        desk = Desk(load(file), file)
        try:
            desk.load()
            yield desk
        finally:
            desk.close()
            until = time.monotonic() + LEAVING
            while any(not p.ended and p.pid not in before for p in family()) and time.monotonic() < until:
                time.sleep(0.05)


@contextmanager
def consultation(desk: Desk) -> Iterator[Consultation]:
    """A consultation with one channel, that ends without a note."""
    channel = Played(np.zeros((1, 0), np.float32))
    with desk.consultation(channel, informed=True, tethered=True) as session:
        yield session
        session.discard()


def tail(session: Consultation, source: Played) -> float:
    """Records to the end of `source`; seconds from its last sample until the last word is there."""
    windows_of(session, source)
    return time.monotonic() - source.ended


def windows_of(session: Consultation, source: Played) -> list[Recognised]:
    """Records to the end of `source`. Raises RecogniserFailed where a window was missed: no figure would be worth anything."""
    events = list(session.record(source))
    if any(isinstance(event, Missed) for event in events):
        raise RecogniserFailed(attempts=1)
    return [event for event in events if isinstance(event, Recognised)]


def _all() -> Iterator[Process]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                # proc_pid_stat(5): the name, in brackets, may hold anything; after it come state, parent and, as 14th to 17th, the times
                fields = (folder / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
                times = sum(map(int, fields[11:15])) / TICK
                yield Process(int(folder.name), int(fields[1]), fields[0] in "ZX", times)


def _descends(process: Process, found: dict[int, Process]) -> bool:
    while process.parent in found:
        if process.parent == os.getpid():
            return True
        process = found[process.parent]
    return False

"""What this machine can promise, and how a process of ours is made to keep it. The only place that asks which system this is.

A process that sees a consultation is started by `launch_command` in `launch_environment`, and begins with `harden`, `lock_memory` and
`confine`. `secret_page` holds a key, `search_memory` looks for what should be gone, `uninterrupted` lets an erasure finish,
`awake` keeps the machine from going to sleep.
`promises` says what holds here and now, `promises_of_a_room` what would hold in a room, and `level` what it adds up to.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import platformdirs

from kiskriv.machine.launch import launch_command, launch_environment, promises_of_a_room, silence
from kiskriv.machine.page import SecretPage
from kiskriv.machine.promise import Fact, Level, PageKind, Promise, kept, level, missing
from kiskriv.machine.walls import Walls

if sys.platform == "linux":
    from kiskriv.machine.linux import (
        Peer,
        RuntimeFolder,
        awake,
        confine,
        disk_encryption,
        free_memory,
        harden,
        lock_memory,
        promises,
        protected_page,
        runtime_folder,
        search_memory,
        strangers_at,
    )
elif sys.platform == "darwin":
    from kiskriv.machine.macos import (
        Peer,
        RuntimeFolder,
        awake,
        confine,
        disk_encryption,
        free_memory,
        harden,
        lock_memory,
        promises,
        protected_page,
        runtime_folder,
        search_memory,
        strangers_at,
    )
else:
    from kiskriv.machine.windows import (
        Peer,
        RuntimeFolder,
        awake,
        confine,
        disk_encryption,
        free_memory,
        harden,
        lock_memory,
        promises,
        protected_page,
        runtime_folder,
        search_memory,
        strangers_at,
    )

__all__ = [
    "Fact",
    "Level",
    "PageKind",
    "Peer",
    "Promise",
    "RuntimeFolder",
    "SecretPage",
    "Walls",
    "awake",
    "config_file",
    "confine",
    "disk_encryption",
    "free_memory",
    "give_way",
    "harden",
    "kept",
    "launch_command",
    "launch_environment",
    "ledger_folder",
    "level",
    "lock_memory",
    "missing",
    "promises",
    "promises_of_a_room",
    "rooms_possible",
    "runtime_folder",
    "search_memory",
    "secret_page",
    "silence",
    "spool_folder",
    "strangers_at",
    "uninterrupted",
]


BEHIND: Final = 10
"""Niceness of a thread that gives way: a tenth of the processor where others want all of it."""


def secret_page() -> SecretPage:
    """A page for one key, of the best kind that this machine has."""
    return SecretPage(*protected_page())


def rooms_possible() -> bool:
    """Whether a consultation can have a process of its own here: pidfds, passed descriptors, peers that are known (Linux)."""
    return sys.platform == "linux"


def give_way() -> None:
    """Other threads go before this one and those that it starts, where the system has priorities of threads (Linux: setpriority(2))."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, BEHIND)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Holds back ctrl-c, SIGTERM and SIGHUP until the block is done, then lets the first through, unless the block failed."""
    if threading.current_thread() is not threading.main_thread():  # signals reach the main thread only
        yield
        return
    arrived: list[int] = []
    wanted = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {}
    try:
        for number in wanted:
            before[number] = signal.signal(number, lambda n, _: arrived.append(n))
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if arrived:  # not reached by an error of the block's own: that one is heard
        signal.raise_signal(arrived[0])


def config_file() -> Path:
    """Where the clinic's settings are looked for."""
    return Path(platformdirs.user_config_dir("kiskriv", appauthor=False)) / "kiskriv.toml"


def ledger_folder() -> Path:
    """Where the deletion log is kept unless the configuration says otherwise."""
    return Path(platformdirs.user_data_dir("kiskriv", appauthor=False)) / "ledger"


def spool_folder() -> Path:
    """Where sealed copies of consultations are kept, if the clinic wants any."""
    return Path(platformdirs.user_data_dir("kiskriv", appauthor=False)) / "spool"

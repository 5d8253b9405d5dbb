"""macOS: mlock(2), ptrace(2), and a system that encrypts its swap by itself. Written from the documents; not run where this was built."""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from kiskriv.machine.elsewhere import (
    Peer,
    RuntimeFolder,
    confine,
    free_memory,
    runtime_folder,
    search_memory,
    strangers_at,
)
from kiskriv.machine.promise import Fact, PageKind, Promise

__all__ = [
    "Peer",
    "RuntimeFolder",
    "awake",
    "confine",
    "disk_encryption",
    "free_memory",
    "harden",
    "lock_memory",
    "promises",
    "protected_page",
    "runtime_folder",
    "search_memory",
    "strangers_at",
]

_libc = ctypes.CDLL(None, use_errno=True)
PATIENCE = 5.0  # seconds
_PT_DENY_ATTACH = 31  # sys/ptrace.h


def harden() -> None:
    """No core file, and no debugger without another process's help (PT_DENY_ATTACH)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _libc.ptrace(_PT_DENY_ATTACH, 0, None, 0)


def lock_memory() -> bool:
    """False: mlockall(2) is not implemented here; swap is encrypted."""
    return False


def _keep_out_of_swap(page: mmap.mmap) -> bool:
    """mlock(2) for one page."""
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return int(_libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(len(page)))) == 0


def protected_page() -> tuple[mmap.mmap, PageKind]:
    """A page of this process alone, locked if that is allowed."""
    page = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANON)
    return page, PageKind.LOCKED if _keep_out_of_swap(page) else PageKind.PLAIN


@contextmanager
def awake(why: str) -> Iterator[bool]:
    """Keeps the machine awake while the block lasts, or until this process ends (caffeinate(8)). Yields whether it does; never fails."""
    try:
        child = subprocess.Popen(["/usr/bin/caffeinate", "-i", "-w", str(os.getpid())])
    except OSError:
        child = None
    try:
        yield child is not None
    finally:
        if child is not None:
            child.kill()
            child.wait()


def disk_encryption() -> tuple[bool | None, str]:
    """What fdesetup(8) says of FileVault, None where that is neither on nor off; and its words."""
    try:
        said = subprocess.run(
            ["/usr/bin/fdesetup", "status"], capture_output=True, text=True, timeout=PATIENCE, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        said = ""
    on, off = "FileVault is On" in said, "FileVault is Off" in said
    return on if on is not off else None, said.partition("\n")[0]


def promises() -> list[Promise]:
    """Never level A: what is not known is None."""
    core = resource.getrlimit(resource.RLIMIT_CORE)[0]
    known = {
        Fact.NO_CORE_FILES: Promise(Fact.NO_CORE_FILES, core == 0, f"RLIMIT_CORE = {core}"),
        Fact.SWAP_SAFE: Promise(Fact.SWAP_SAFE, None, "macOS encrypts its swap by default; that was not looked at"),
    }
    return [known.get(fact, Promise(fact, None, "not built for macOS")) for fact in Fact]

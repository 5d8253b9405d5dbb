"""The kernel by number: the calls that Python and glibc have no name for, on x86-64 and aarch64."""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path
from typing import Final

libc: Final = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = (
    ctypes.c_void_p,
    ctypes.c_size_t,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_long,
)
libc.syscall.restype = ctypes.c_long

MACHINE: Final = platform.machine()

PR_GET_DUMPABLE, PR_SET_DUMPABLE = 3, 4
PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 38, 39
PR_SET_THP_DISABLE, PR_GET_THP_DISABLE = 41, 42

SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
MEMFD_SECRET: Final = 447
"""From 424 on every architecture has the same numbers."""


def call(number: int, *arguments: int | ctypes.c_void_p | None) -> int:
    """syscall(2): what the kernel answered. Raises OSError."""
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    answer = int(libc.syscall(ctypes.c_long(number), *wide))
    if answer < 0:
        number_of_error = ctypes.get_errno()
        raise OSError(number_of_error, os.strerror(number_of_error))
    return answer


def prctl(option: int, value: int = 0) -> int:
    """prctl(2) with one argument; negative where the kernel does not know the option."""
    return int(libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)))


def lines(path: str | Path) -> list[str]:
    """What a file of the kernel's says; nothing where it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []

"""Which files may be opened: Landlock (Linux 5.13; documentation of the kernel, userspace-api/landlock)."""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from kiskriv.machine.linux import kernel

_VERSION, _PATH_BENEATH = 1, 1
_READ: Final = 1 << 2 | 1 << 3  # of files, of folders
_EVERYTHING: Final = ((1, 0x1FFF), (2, 1 << 13), (3, 1 << 14), (5, 1 << 15))  # by ABI: first 13, refer, truncate, ioctl
_OF_FILES: Final = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15  # what may be said of something that is no folder
_TCP: Final = 0b11  # bind, connect: ABI 4
_SCOPED: Final = 0b11  # abstract unix sockets and signals stay inside: ABI 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("access", ctypes.c_uint64), ("parent", ctypes.c_int32))


def abi() -> int:
    """The version that this kernel speaks; 0 where it has none, or has it switched off."""
    try:
        return kernel.call(kernel.LANDLOCK_CREATE_RULESET, None, 0, _VERSION)
    except OSError:
        return 0


def restrict(readable: Iterable[Path], writable: Iterable[Path], *, local_sockets: bool) -> bool:
    """Nothing but these may be opened from here on, by this thread and all that it starts; False where there is no Landlock.

    What does not exist is left out. Raises OSError where the kernel has Landlock and refuses the rules.
    """
    version = abi()
    if version == 0:
        return False
    everything = sum(bits for since, bits in _EVERYTHING if version >= since)
    rules = _Ruleset(everything, _TCP if version >= 4 else 0, 0 if local_sockets or version < 6 else _SCOPED)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = kernel.call(kernel.LANDLOCK_CREATE_RULESET, _address(rules), size, 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ)
        for path in writable:
            _allow(ruleset, path, everything)
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.call(kernel.LANDLOCK_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return True


def _allow(ruleset: int, path: Path, access: int) -> None:
    with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            of_a_folder = stat.S_ISDIR(os.fstat(parent).st_mode)
            rule = _PathBeneath(access if of_a_folder else access & _OF_FILES, parent)
            kernel.call(kernel.LANDLOCK_ADD_RULE, ruleset, _PATH_BENEATH, _address(rule), 0)
        finally:
            os.close(parent)


def _address(structure: ctypes.Structure) -> ctypes.c_void_p:
    return ctypes.c_void_p(ctypes.addressof(structure))

"""Windows: VirtualLock, no error report, children that end with their parent. Written from the documents; not run where this was built.

Sources: learn.microsoft.com, under the name of each function.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

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
    "CLIPBOARD_SECRECY",
    "Peer",
    "RuntimeFolder",
    "awake",
    "confine",
    "disk_encryption",
    "end_children_with_this",
    "free_memory",
    "harden",
    "lock_memory",
    "promises",
    "protected_page",
    "runtime_folder",
    "search_memory",
    "strangers_at",
]

CLIPBOARD_SECRECY: Final = {
    "ExcludeClipboardContentFromMonitorProcessing": b"",
    "CanIncludeInClipboardHistory": bytes(4),
    "CanUploadToCloudClipboard": bytes(4),
}
"""Formats (RegisterClipboardFormatW) and contents to set beside a text, so that neither history nor cloud keeps it."""

PATIENCE: Final = 5.0  # seconds
_SEM_FAILCRITICALERRORS, _SEM_NOGPFAULTERRORBOX = 0x0001, 0x0002
_PROCESS_EXTENSION_POINTS: Final = 6  # ProcessExtensionPointDisablePolicy
_ES_CONTINUOUS, _ES_SYSTEM_REQUIRED = 0x80000000, 0x00000001
_JOB_EXTENDED_LIMITS: Final = 9  # JobObjectExtendedLimitInformation
_JOB_KILL_ON_CLOSE: Final = 0x2000


class _JobLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION: basic limits, I/O counters, four sizes."""

    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("smallest_set", ctypes.c_size_t),
        ("largest_set", ctypes.c_size_t),
        ("processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
        ("counters", ctypes.c_uint64 * 6),
        ("sizes", ctypes.c_size_t * 4),
    )


def harden() -> None:
    """No error dialogue, no error report that would hold memory, no library of another's put into this process."""
    _kernel32().SetErrorMode(_SEM_FAILCRITICALERRORS | _SEM_NOGPFAULTERRORBOX)
    _library("wer").WerAddExcludedApplication(ctypes.c_wchar_p(sys.executable), False)
    without_extensions = ctypes.c_uint32(1)
    _kernel32().SetProcessMitigationPolicy(_PROCESS_EXTENSION_POINTS, ctypes.byref(without_extensions), 4)


def lock_memory() -> bool:
    """False: there is no lock for all of a process."""
    return False


def _keep_out_of_swap(page: mmap.mmap) -> bool:
    """VirtualLock for one page."""
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return bool(_kernel32().VirtualLock(ctypes.c_void_p(address), ctypes.c_size_t(len(page))))


def protected_page() -> tuple[mmap.mmap, PageKind]:
    """A page of this process alone, locked if that is allowed."""
    page = mmap.mmap(-1, mmap.PAGESIZE)
    return page, PageKind.LOCKED if _keep_out_of_swap(page) else PageKind.PLAIN


def end_children_with_this() -> int:
    """Puts this process in a job that is killed when its last handle goes; the handle, to be kept until the process ends."""
    kernel32 = _kernel32()
    kernel32.CreateJobObjectW.restype = kernel32.GetCurrentProcess.restype = ctypes.c_void_p
    job = kernel32.CreateJobObjectW(None, None)
    limits = _JobLimits(flags=_JOB_KILL_ON_CLOSE)
    kernel32.SetInformationJobObject(
        ctypes.c_void_p(job), _JOB_EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)
    )
    kernel32.AssignProcessToJobObject(ctypes.c_void_p(job), ctypes.c_void_p(kernel32.GetCurrentProcess()))
    return int(job)


@contextmanager
def awake(why: str) -> Iterator[bool]:
    """Keeps the machine awake while the block lasts, or until this thread ends (SetThreadExecutionState). Yields whether it does."""
    state = _kernel32().SetThreadExecutionState
    try:
        yield state(_ES_CONTINUOUS | _ES_SYSTEM_REQUIRED) != 0
    finally:
        state(_ES_CONTINUOUS)


def disk_encryption() -> tuple[bool | None, str]:
    """By the exit status of `manage-bde -status -protectionaserrorlevel`: 0 protected, 1 not; it may ask for rights that we lack: None."""
    drive = os.environ.get("SYSTEMDRIVE", "C:")
    command = ["manage-bde", "-status", drive, "-protectionaserrorlevel"]
    try:
        status = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        status = -1
    return {0: True, 1: False}.get(status), f"BitLocker on {drive}: manage-bde answers {status}"


def promises() -> list[Promise]:
    """Never level A: what is not known is None."""
    return [Promise(fact, None, "not built for Windows, or not looked at") for fact in Fact]


def _kernel32() -> Any:
    return _library("kernel32")


def _library(name: str) -> Any:
    return getattr(ctypes, "WinDLL")(name, use_last_error=True)  # noqa: B009 - known to mypy on Windows only

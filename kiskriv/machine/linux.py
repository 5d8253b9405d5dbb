"""Linux: prctl(2), mlock(2), process_vm_readv(2) and what /proc tells."""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
from collections.abc import Iterator
from pathlib import Path

from kiskriv.machine.promise import Promise

_libc = ctypes.CDLL(None, use_errno=True)
_PR_GET_DUMPABLE, _PR_SET_DUMPABLE, _PR_SET_THP_DISABLE = 3, 4, 41
_MEMFD_SECRET = 447
_STRIDE = 1 << 22


class _Iovec(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def harden() -> None:
    """No core file by any route, no debugger of the same user, no huge-page copies; children inherit an empty core limit."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    _libc.prctl(_PR_SET_THP_DISABLE, 1, 0, 0, 0)


def keep_out_of_swap(page: mmap.mmap) -> bool:
    """mlock(2); False where the limit (RLIMIT_MEMLOCK) forbids it."""
    return bool(_libc.mlock(ctypes.byref(ctypes.c_char.from_buffer(page)), ctypes.c_size_t(len(page))) == 0)


def search_memory(mask: bytes, masked: bytes) -> int | None:
    """How often a secret is met in this process's writable memory (0: it is not there); None where memory cannot be read.

    The secret comes as two halves, `mask` and `masked` = secret XOR mask, so that looking for it does not put it back: only
    its first four octets are ever whole. Read through process_vm_readv(2), which answers where a plain read would crash; a
    page that the kernel refuses (a guard page, a device) is passed over, and the search goes on behind it.
    """
    glass = bytearray(_STRIDE + len(mask) - 1)  # so that a secret across two strides is met too
    hits = octets_read = 0
    for start, end in _writable_ranges():
        address = start
        while address < end:
            wanted = min(len(glass), end - address)
            length = _read(address, wanted, glass)
            octets_read += length
            hits += _met(glass, length, mask, masked)
            address = (
                address + _STRIDE if length == wanted else ((address + length) // mmap.PAGESIZE + 1) * mmap.PAGESIZE
            )
    glass[:] = bytes(len(glass))
    return hits if octets_read else None


def _met(glass: bytearray, length: int, mask: bytes, masked: bytes) -> int:
    head = bytes(a ^ b for a, b in zip(mask[:4], masked[:4], strict=True))
    hits, at = 0, glass.find(head, 0, length)
    while at >= 0:
        there = glass[at : min(at + len(mask), length)]
        hits += len(there) == len(mask) and all(t ^ m == k for t, m, k in zip(there, mask, masked, strict=True))
        at = glass.find(head, at + 1, length)
    return hits


def _writable_ranges() -> Iterator[tuple[int, int]]:
    for line in _lines("/proc/self/maps"):
        place, rights, *_ = line.split(maxsplit=2)
        if rights.startswith("rw"):
            start, end = place.split("-")
            yield int(start, 16), int(end, 16)


def _read(address: int, length: int, buffer: bytearray) -> int:
    local = (ctypes.c_char * length).from_buffer(buffer)
    here, there = _Iovec(ctypes.addressof(local), length), _Iovec(address, length)
    return max(0, int(_libc.process_vm_readv(os.getpid(), ctypes.byref(here), 1, ctypes.byref(there), 1, 0)))


def promises() -> list[Promise]:
    """What holds on this machine now."""
    return [_swap(), _core_files(), _freed_pages(), _secret_memory(), _locked_memory()]


def _swap() -> Promise:
    areas = _lines("/proc/swaps")[1:]
    crypted = [area for area in areas if "/dm-" in area or "zram" in area]
    if not areas:
        return Promise("swap", True, "no swap area is in use")
    return Promise(
        "swap",
        len(crypted) == len(areas),
        f"{len(areas)} swap areas, {len(crypted)} on dm-crypt or zram by their names",
    )


def _core_files() -> Promise:
    dumpable = _libc.prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0)
    return Promise(
        "core-files",
        dumpable == 0,
        f"PR_GET_DUMPABLE = {dumpable}, RLIMIT_CORE = {resource.getrlimit(resource.RLIMIT_CORE)[0]}",
    )


def _freed_pages() -> Promise:
    wanted = "init_on_free=1" in (_lines("/proc/cmdline") or [""])[0].split()
    return Promise(
        "freed-pages-zeroed",
        wanted or None,
        "init_on_free=1 at boot" if wanted else "no init_on_free=1 at boot; the kernel's own default is not visible",
    )


def _secret_memory() -> Promise:
    descriptor = _libc.syscall(_MEMFD_SECRET, os.O_CLOEXEC)
    if descriptor >= 0:
        os.close(descriptor)
    answer = "memfd_secret(2) answers" if descriptor >= 0 else "no memfd_secret(2)"
    return Promise("secret-memory", descriptor >= 0 or None, f"{answer}; not used yet")


def _locked_memory() -> Promise:
    locked = keep_out_of_swap(mmap.mmap(-1, mmap.PAGESIZE))
    return Promise("locked-memory", locked, f"RLIMIT_MEMLOCK = {resource.getrlimit(resource.RLIMIT_MEMLOCK)[0]}")


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []

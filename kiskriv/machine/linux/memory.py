"""Memory: what is said about it to the kernel, one page that only this process can see, and a search through all of it."""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
from collections.abc import Iterator
from typing import Final

from kiskriv.machine.linux import kernel
from kiskriv.machine.promise import PageKind

_STRIDE: Final = 1 << 22
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4
_MADV_DONTFORK, _MADV_DONTDUMP = 10, 16
_MAP_FIXED: Final = 0x10


class _Iovec(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def harden() -> None:
    """No core file by any route, no debugger of the same user, no huge-page copies, no program that gains rights.

    Children inherit the empty core limit, the huge-page switch and the last of them, but not PR_SET_DUMPABLE: each process calls this.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_THP_DISABLE, 1)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)


def lock_memory() -> bool:
    """Keeps all memory of this process out of swap, what comes later too: mlockall(2). False where that is not allowed.

    With a limit (RLIMIT_MEMLOCK) an allocation beyond it would fail later on, so it is done only without one or with the right to
    ignore it (CAP_IPC_LOCK). Whether that right is held is tried under a limit of nothing, which only its holder passes.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    unlimited = hard == resource.RLIM_INFINITY
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (hard if unlimited else 0, hard))
    locked = int(kernel.libc.mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT)) == 0
    if not (unlimited and locked):
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (soft, hard))
    return locked


def keep_out_of_swap(page: mmap.mmap) -> bool:
    """mlock(2) for one page; False where the limit (RLIMIT_MEMLOCK) forbids it."""
    return int(kernel.libc.mlock(ctypes.c_void_p(_address(page)), ctypes.c_size_t(len(page)))) == 0


def protected_page() -> tuple[mmap.mmap, PageKind]:
    """A page in no core file and in no child, of the best kind to be had."""
    page = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    kind = PageKind.PLAIN
    if _make_secret(page):
        kind = PageKind.MEMFD_SECRET
    elif keep_out_of_swap(page):
        kind = PageKind.LOCKED
    for advice in (_MADV_DONTFORK, _MADV_DONTDUMP):
        kernel.libc.madvise(ctypes.c_void_p(_address(page)), ctypes.c_size_t(mmap.PAGESIZE), advice)
    return page, kind


def _make_secret(page: mmap.mmap) -> bool:
    """Lays secret memory over the page, which Python goes on to own; lays ordinary memory back where it cannot be touched."""
    try:
        descriptor = kernel.call(kernel.MEMFD_SECRET, os.O_CLOEXEC)
    except OSError:
        return False
    try:
        os.ftruncate(descriptor, mmap.PAGESIZE)
        if _overlay(page, mmap.MAP_SHARED, descriptor) and reachable(page):
            return True
    finally:
        os.close(descriptor)
    _overlay(page, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1)
    return False


def _overlay(page: mmap.mmap, flags: int, descriptor: int) -> bool:
    rights = mmap.PROT_READ | mmap.PROT_WRITE
    got = kernel.libc.mmap(_address(page), mmap.PAGESIZE, rights, flags | _MAP_FIXED, descriptor, 0)
    return bool(got == _address(page))


def reachable(page: mmap.mmap) -> bool:
    """Whether a page can be touched. The kernel is asked to write to it: it answers EFAULT where a write of ours would be SIGBUS.

    memfd_secret(2) can promise memory that it does not have: seen on Debian's 6.1 kernel under emulation.
    """
    reading, writing = os.pipe()
    try:
        os.write(writing, b"\0")
        return os.readv(reading, [page]) == 1
    except OSError:
        return False
    finally:
        os.close(reading)
        os.close(writing)


def search_memory(mask: bytes, masked: bytes) -> int | None:
    """How often a secret is met in this process's writable memory (0: it is not there); None where memory cannot be read.

    The secret comes as two halves, `mask` and `masked` = secret XOR mask, so that looking for it does not put it back: only
    its first four octets are ever whole. Read through process_vm_readv(2), which answers where a plain read would crash; a
    page that the kernel refuses (a guard page, a device, a SecretPage) is passed over, and the search goes on behind it.
    """
    glass = bytearray(_STRIDE + len(mask) - 1)  # so that a secret across two strides is met too
    hits = octets_read = 0
    for start, end in _writable_ranges():
        address = start
        while address < end:
            wanted = min(len(glass), end - address)
            length = read_own(address, memoryview(glass)[:wanted])
            octets_read += length
            hits += _met(glass, length, mask, masked)
            address = (
                address + _STRIDE if length == wanted else ((address + length) // mmap.PAGESIZE + 1) * mmap.PAGESIZE
            )
    glass[:] = bytes(len(glass))
    return hits if octets_read else None


def free_memory() -> int | None:
    """Octets that this machine can still give (proc(5), MemAvailable)."""
    said = [line for line in kernel.lines("/proc/meminfo") if line.startswith("MemAvailable:")]
    return int(said[0].split()[1]) * 1024 if said else None


def read_own(address: int, buffer: memoryview) -> int:
    """Copies octets of this process's memory into `buffer`; how many there were until the first that cannot be read."""
    local = (ctypes.c_char * len(buffer)).from_buffer(buffer)
    here, there = _Iovec(ctypes.addressof(local), len(buffer)), _Iovec(address, len(buffer))
    return max(0, int(kernel.libc.process_vm_readv(os.getpid(), ctypes.byref(here), 1, ctypes.byref(there), 1, 0)))


def _met(glass: bytearray, length: int, mask: bytes, masked: bytes) -> int:
    head = bytes(a ^ b for a, b in zip(mask[:4], masked[:4], strict=True))
    hits, at = 0, glass.find(head, 0, length)
    while at >= 0:
        there = glass[at : min(at + len(mask), length)]
        hits += len(there) == len(mask) and all(t ^ m == k for t, m, k in zip(there, mask, masked, strict=True))
        at = glass.find(head, at + 1, length)
    return hits


def _writable_ranges() -> Iterator[tuple[int, int]]:
    for line in kernel.lines("/proc/self/maps"):
        place, rights, *_ = line.split(maxsplit=2)
        if rights.startswith("rw"):
            start, end = place.split("-")
            yield int(start, 16), int(end, 16)


def _address(page: mmap.mmap) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(page))

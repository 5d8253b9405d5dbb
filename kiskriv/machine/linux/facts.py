"""What holds here and now: each fact tried or read, with what was seen."""

from __future__ import annotations

import ctypes
import errno
import gzip
import os
import resource
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kiskriv.machine.linux import kernel, landlock
from kiskriv.machine.linux.disk import device_is_safe
from kiskriv.machine.linux.memory import protected_page, read_own
from kiskriv.machine.promise import Fact, PageKind, Promise

KERNEL_CONFIGURATIONS: Final = (Path("/proc/config.gz"), Path(f"/boot/config-{os.uname().release}"))

_SMALL, _LARGE, _EDGES = 56, 600, 16  # octets
_WRITTEN: Final = b"K" * 16
_ZEROED_BY_DEFAULT: Final = "CONFIG_INIT_ON_FREE_DEFAULT_ON"

Finding = tuple[bool | None, str]


def promises() -> list[Promise]:
    """Every fact, for this process and machine as they are now."""
    asked: dict[Fact, Callable[[], Finding]] = {
        Fact.SECRET_MEMORY: _secret_memory,
        Fact.MEMORY_LOCKED: _memory_locked,
        Fact.SWAP_SAFE: _swap_safe,
        Fact.NO_CORE_FILES: _no_core_files,
        Fact.WIPED_ON_FREE: _wiped_on_free,
        Fact.NO_HUGE_PAGES: _no_huge_pages,
        Fact.FREED_PAGES_ZEROED: _freed_pages_zeroed,
        Fact.NO_SOCKETS: _no_sockets,
        Fact.FILES_WALLED: _files_walled,
    }
    return [Promise(fact, *ask()) for fact, ask in asked.items()]


def _secret_memory() -> Finding:
    _, kind = protected_page()
    return kind is PageKind.MEMFD_SECRET, f"the page of a key is {kind}"


def _memory_locked() -> Finding:
    if (without_swap := _without_swap()) is not None:
        return True, f"the control group {without_swap} has no swap (memory.swap.max = 0)"
    maps = [line for line in kernel.lines("/proc/self/smaps") if line.startswith("VmFlags:")]
    ours = [flags for line in maps if "wr" in (flags := line.split()[1:]) and not {"io", "pf"} & set(flags)]
    locked = sum("lo" in flags for flags in ours)
    limit = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
    said = "none" if limit == resource.RLIM_INFINITY else limit
    return 0 < len(ours) == locked, f"{locked} of {len(ours)} writable areas are locked; RLIMIT_MEMLOCK = {said}"


def _without_swap() -> str | None:
    """The control group (v2) of this process, or one above it, that may not swap. What v1 offers does not forbid it."""
    for line in kernel.lines("/proc/self/cgroup"):
        if line.startswith("0::"):
            group = Path(line.removeprefix("0::"))
            for place in (group, *group.parents):
                limit = Path("/sys/fs/cgroup", *place.parts[1:], "memory.swap.max")
                if kernel.lines(limit) == ["0"]:
                    return str(place)
    return None


def _swap_safe() -> Finding:
    if not (table := kernel.lines("/proc/swaps")):
        return None, "/proc/swaps cannot be read"
    areas = [line.split()[0] for line in table[1:]]
    unsafe = [area for area in areas if not _encrypted_or_memory(area)]
    if not areas:
        return True, "no swap area is in use"
    return not unsafe, f"{len(areas) - len(unsafe)} of {len(areas)} swap areas are encrypted or in memory"


def _encrypted_or_memory(area: str) -> bool:
    try:
        found = Path(area.replace("\\040", " ")).stat()
    except OSError:
        return False
    device = found.st_rdev if stat.S_ISBLK(found.st_mode) else found.st_dev
    return device_is_safe(Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}"))


def _no_core_files() -> Finding:
    dumpable = kernel.prctl(kernel.PR_GET_DUMPABLE)
    limit = resource.getrlimit(resource.RLIMIT_CORE)[0]
    return dumpable == 0, f"PR_GET_DUMPABLE = {dumpable}, RLIMIT_CORE = {limit}"


def _wiped_on_free() -> Finding:
    python = os.environ.get("PYTHONMALLOC") == "malloc" and not sys.flags.ignore_environment
    small, large = _wipes(_SMALL), _wipes(_LARGE)
    return (
        python and small and large,
        f"Python uses malloc: {_said(python)}; free overwrites small blocks: {_said(small)}, large: {_said(large)}",
    )


def _wipes(size: int) -> bool:
    """Fills blocks, sees them filled, frees them, and sees what is left, but for the edges, which malloc keeps for itself."""
    malloc, free = kernel.libc.malloc, kernel.libc.free
    malloc.restype, malloc.argtypes, free.argtypes = ctypes.c_void_p, (ctypes.c_size_t,), (ctypes.c_void_p,)
    blocks = [malloc(size) for _ in range(8)]  # more than one, as the next allocation may take one
    for block in blocks:
        ctypes.memset(block, _WRITTEN[0], size)
    filled = [_left(block, size - _EDGES) for block in blocks]
    for block in blocks:
        free(block)
    return all(filled) and not any(_left(block, size - _EDGES) for block in blocks)


def _left(block: int, size: int) -> bool:
    seen = bytearray(size)
    read_own(block, memoryview(seen))
    return _WRITTEN in seen


def _no_huge_pages() -> Finding:
    off = kernel.prctl(kernel.PR_GET_THP_DISABLE)
    everywhere = "".join(kernel.lines("/sys/kernel/mm/transparent_hugepage/enabled"))
    return (
        off == 1 or "[never]" in everywhere
    ), f"PR_GET_THP_DISABLE = {off}; the system says {everywhere or 'nothing'}"


def _freed_pages_zeroed() -> Finding:
    said = [
        word.partition("=")[2].lower()
        for word in "".join(kernel.lines("/proc/cmdline")).split()
        if word.startswith("init_on_free=")
    ]
    if said:
        return said[-1] in ("1", "y", "yes", "t", "true", "on"), f"init_on_free={said[-1]} at boot"
    for path in KERNEL_CONFIGURATIONS:
        if (configuration := _configuration(path)) is not None:
            wanted = f"{_ZEROED_BY_DEFAULT}=y" in configuration
            return wanted, f"no init_on_free at boot; {_ZEROED_BY_DEFAULT} is {'y' if wanted else 'not set'} in {path}"
    return None, "no init_on_free at boot; the kernel's own default is not to be seen"


def _configuration(path: Path) -> set[str] | None:
    try:
        octets = path.read_bytes()
        return set((gzip.decompress(octets) if path.suffix == ".gz" else octets).decode("ascii", "replace").split("\n"))
    except OSError:
        return None


def _no_sockets() -> Finding:
    made = [family.name for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX) if _can_make(family)]
    return not made, f"sockets that can be made: {', '.join(made) or 'none'}"


def _can_make(family: socket.AddressFamily) -> bool:
    try:
        socket.socket(family, socket.SOCK_DGRAM).close()
    except OSError as error:
        return error.errno != errno.EPERM
    return True


def _files_walled() -> Finding:
    try:
        os.close(os.open("/", os.O_RDONLY | os.O_DIRECTORY))
    except PermissionError:
        return True, "what is not named cannot be opened"
    return False, f"every file of this user can be opened; Landlock here: version {landlock.abi()}"


def _said(value: bool) -> str:
    return "yes" if value else "no"

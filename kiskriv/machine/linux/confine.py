"""The walls go up: inherited descriptors closed, files by Landlock, system calls by seccomp."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import kiskriv
from kiskriv.machine.linux import facts, landlock, seccomp
from kiskriv.machine.promise import Fact
from kiskriv.machine.walls import Walls

_LIBRARIES: Final = ("/usr", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/localtime")
_ABOUT_ITSELF: Final = ("/proc/self", "/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_ABOUT_THE_MACHINE: Final = (
    "/proc/cmdline",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/swaps",
    "/proc/sys/vm/overcommit_memory",
    "/sys/bus/pci/devices",
    "/sys/class/drm",
    "/sys/devices",
    "/sys/fs/cgroup",
    "/sys/kernel/mm/transparent_hugepage",
)


def confine(walls: Walls, keep: Collection[int] = ()) -> frozenset[Fact]:
    """Leaves this process what `walls` names and the descriptors 0, 1, 2 and `keep`, for good; returns the facts that hold by that.

    To be called first of all: what is imported later starts its threads inside. A kernel without Landlock or seccomp leaves the
    fact out. A kept socket has to be a connected stream or a listening one: a datagram socket could still name any peer.
    Raises RuntimeError when there is a second thread, which Landlock would leave outside.
    """
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        raise RuntimeError("walls go up around one thread, and there are more")
    _close_all_but({0, 1, 2, *keep})
    walled = landlock.restrict(
        (*_what_python_is_made_of(), *walls.readable),
        (Path(os.devnull), *walls.writable),
        local_sockets=walls.local_sockets,
    )
    refused = seccomp.refuse(walls)
    return frozenset(
        fact
        for fact, stands in {Fact.NO_SOCKETS: refused and not walls.local_sockets, Fact.FILES_WALLED: walled}.items()
        if stands
    )


def _close_all_but(kept: set[int]) -> None:
    for descriptor in {int(entry.name) for entry in Path("/proc/self/fd").iterdir()} - kept:
        with suppress(OSError):  # the listing's own
            os.close(descriptor)


def _what_python_is_made_of() -> Iterator[Path]:
    yield from map(Path, {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()})
    yield from map(Path, kiskriv.__path__)
    yield from map(Path, (*_LIBRARIES, *_ABOUT_ITSELF, *_ABOUT_THE_MACHINE))
    yield from facts.KERNEL_CONFIGURATIONS

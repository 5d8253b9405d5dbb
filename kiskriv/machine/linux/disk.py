"""Whether a disk under our files is encrypted, as far as the kernel tells: by dm-crypt, or because it is memory.

Sources: proc_pid_mountinfo(5); Documentation/ABI/testing/sysfs-block-dm for `dm/uuid`, which cryptsetup begins with CRYPT-.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kiskriv.machine.linux import kernel

DEVICES: Final = Path("/sys/dev/block")
_MEMORY: Final = frozenset({"tmpfs", "ramfs"})
_CANNOT_TELL: Final = frozenset({"zfs", "bcachefs", "overlay", "ecryptfs", "9p", "virtiofs", "nfs", "nfs4", "cifs"})
"""File systems that have encryption of their own, or no disk of this machine's below them."""


def disk_encryption(places: Sequence[Path] | None = None) -> tuple[bool | None, str]:
    """Of the disks under these folders: this user's own and the system's, unless others are named; and what was seen.

    None: it cannot be told.
    """
    told = {place: _encrypted(place) for place in places or (Path.home(), Path("/"))}
    said = "; ".join(f"{place}: {_SAID[found]}" for place, found in told.items())
    kept = False if False in told.values() else None if None in told.values() else True
    if kept is False and _is_virtual():
        return None, f"{said}; a virtual machine: what its host encrypts is not to be seen"
    return kept, said


def device_is_safe(device: Path) -> bool:
    """Whether what is written to this device (a folder of /sys) is encrypted or in memory: itself, or all that is below it."""
    if kernel.lines(device / "disksize") and kernel.lines(device / "backing_dev") in ([], ["none"]):
        return True  # zram, with nothing behind it
    if "".join(kernel.lines(device / "dm" / "uuid")).startswith("CRYPT-"):
        return True
    below = list((device / "slaves").glob("*"))
    return bool(below) and all(map(device_is_safe, below))


def _encrypted(place: Path) -> bool | None:
    """None where it cannot be told."""
    kind, source, number = _mount(place)
    if kind in _MEMORY:
        return True
    if kind in _CANNOT_TELL or not kind:
        return None
    if number.startswith("0:"):  # btrfs and its like: a number of no device, but the source is one
        try:
            found = Path(source).stat()
        except OSError:
            return None
        if not stat.S_ISBLK(found.st_mode):
            return None
        number = f"{os.major(found.st_rdev)}:{os.minor(found.st_rdev)}"
    return device_is_safe(DEVICES / number)


def _mount(place: Path) -> tuple[str, str, str]:
    """Type, source and number of the file system that holds this folder; empty where it is not to be seen."""
    found = ("", "", "")
    longest = -1
    for line in kernel.lines("/proc/self/mountinfo"):
        before, _, after = line.partition(" - ")
        number, at = before.split()[2], Path(before.split()[4].replace("\\040", " "))
        if place.is_relative_to(at) and len(at.parts) >= longest:  # a later one lies over an earlier one
            kind, source = after.split()[:2]
            found, longest = (kind, source, number), len(at.parts)
    return found


def _is_virtual() -> bool:
    return any("hypervisor" in line.split() for line in kernel.lines("/proc/cpuinfo") if line.startswith("flags"))


_SAID: Final = {True: "encrypted", False: "not encrypted by the system", None: "cannot be told"}

"""Whether the disk is encrypted is read off what the kernel says of it, and not claimed where it says nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("built and measured on Linux", allow_module_level=True)

from kiskriv.machine.linux import disk, kernel

HOME, ROOT = Path("/home/lege"), Path("/")
PLAIN, LUKS, LVM = "998:2", "999:0", "999:1"

Machine = Callable[..., None]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with these mounts (a line of mountinfo each), a plain partition, a LUKS volume, and a logical volume on that."""
    for number, uuid, below in ((PLAIN, "", ""), (LUKS, "CRYPT-LUKS2-0123-luks", "998:3"), (LVM, "LVM-abc", LUKS)):
        device = tmp_path / number
        (device / "slaves").mkdir(parents=True)
        if uuid:
            (device / "dm").mkdir()
            (device / "dm" / "uuid").write_text(f"{uuid}\n")
        if below:
            (device / "slaves" / "below").symlink_to(tmp_path / below)
    monkeypatch.setattr(disk, "DEVICES", tmp_path)
    read = kernel.lines

    def say(*mounts: str, flags: str = "fpu vme") -> None:
        said = {"/proc/self/mountinfo": list(mounts), "/proc/cpuinfo": [f"flags\t\t: {flags}"]}
        monkeypatch.setattr(kernel, "lines", lambda path: said[str(path)] if str(path) in said else read(path))

    return say


def mount(number: str, at: str, kind: str = "ext4", source: str = "/dev/x") -> str:
    """A line of mountinfo, with an optional field, as proc_pid_mountinfo(5) has it."""
    return f"36 35 {number} / {at} rw,noatime shared:1 - {kind} {source} rw"


def kept() -> bool | None:
    return disk.disk_encryption((HOME, ROOT))[0]


def test_both_must_be_encrypted(machine: Machine) -> None:
    machine(mount(LUKS, "/"))
    assert kept() is True
    machine(mount(LVM, "/"), mount(LUKS, "/home"))
    assert kept() is True
    machine(mount(LUKS, "/"), mount(PLAIN, "/home"))
    assert disk.disk_encryption((HOME, ROOT)) == (False, "/home/lege: not encrypted by the system; /: encrypted")
    machine(mount(PLAIN, "/"), mount(LUKS, "/home"))
    assert kept() is False


def test_the_innermost_mount_counts_and_of_two_in_one_place_the_later(machine: Machine) -> None:
    machine(mount(LUKS, "/"), mount(PLAIN, "/home"), mount(LUKS, "/home/lege"))
    assert kept() is True
    machine(mount(PLAIN, "/"), mount(LUKS, "/"))
    assert kept() is True
    machine(mount(LUKS, "/"), mount(PLAIN, "/home/legen"))  # another's
    assert kept() is True


def test_memory_is_no_disk(machine: Machine) -> None:
    machine(mount("0:27", "/", "tmpfs", "tmpfs"))
    assert kept() is True


@pytest.mark.parametrize(
    ("kind", "source"), [("zfs", "pool/root"), ("overlay", "overlay"), ("btrfs", "/nowhere"), ("btrfs", "/")]
)
def test_what_cannot_be_told_is_not_claimed(machine: Machine, kind: str, source: str) -> None:
    machine(mount("0:30", "/", kind, source))
    assert kept() is None
    machine()
    assert kept() is None


def test_a_file_system_without_a_device_number_is_asked_by_its_source(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = [path for path in Path("/dev").glob("*") if path.is_block_device()]
    if not blocks:
        pytest.skip("no block device is to be seen here")
    number = blocks[0].stat().st_rdev
    (tmp_path / f"{os.major(number)}:{os.minor(number)}").symlink_to(tmp_path / LUKS)
    machine(mount("0:30", "/", "btrfs", str(blocks[0])))
    assert kept() is True


def test_a_virtual_machine_does_not_know_what_its_host_encrypts(machine: Machine) -> None:
    machine(mount(PLAIN, "/"), flags="fpu hypervisor vme")
    found, seen = disk.disk_encryption((HOME, ROOT))
    assert found is None and "virtual machine" in seen
    machine(mount(LUKS, "/"), flags="fpu hypervisor vme")
    assert kept() is True


def test_this_machine_is_asked_without_failing() -> None:
    found, seen = disk.disk_encryption()
    assert found in (True, False, None) and str(Path.home()) in seen

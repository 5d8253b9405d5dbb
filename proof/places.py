"""Where a consultation could have stayed, each made for one proof and taken away again on every way out.

Linux and root. A place that cannot be had says why: `NotHere`. Mounts are made in a name space of the proof's own
(`scripts/prove-erasure`), so that they end with it whatever happens.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20

PATIENCE = 10.0
"""Seconds that the system may take for what it does by itself: letting a device go, writing a core."""

PACKAGES = {
    "mkfs.ext4": "e2fsprogs",
    "mkfs.btrfs": "btrfs-progs",
    "btrfs": "btrfs-progs",
    "mkfs.xfs": "xfsprogs",
    "mkswap": "util-linux",
    "swapon": "mount",
    "swapoff": "mount",
    "losetup": "mount",
    "setpriv": "util-linux",
    "mount": "mount",
    "umount": "mount",
    "logger": "bsdutils",
    "journalctl": "systemd",
    "shred": "coreutils",
    "cp": "coreutils",
    "tmux": "tmux",
    "ldd": "libc-bin",
    "cpio": "cpio",
    "busybox": "busybox-static",
    "qemu-system-x86_64": "qemu-system-x86",
}
"""Debian's package for each tool that is used."""


class NotHere(Exception):
    """This machine has no such place, or does not let us make one."""


def tool(name: str) -> str:
    """Where a tool is. Raises NotHere, with the package that has it."""
    found = shutil.which(name)
    if found is None:
        raise NotHere(f"{name} is missing (Debian: apt-get install {PACKAGES[name]})")
    return found


def run(*command: str | Path) -> str:
    """What a tool printed. Raises NotHere if it is missing or fails: here tools only make places."""
    name, *arguments = map(str, command)
    done = subprocess.run(
        [tool(name), *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        raise NotHere(f"{name}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
    return done.stdout


def until(done: Callable[[], bool], what: str) -> None:
    """Asks again and again. Raises NotHere after `PATIENCE` seconds."""
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise NotHere(f"{what}: not within {PATIENCE:.0f} s")
        time.sleep(0.01)


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder for images and cores, on a disk or in memory, for root alone."""
    with tempfile.TemporaryDirectory(prefix="kiskriv-proof-") as folder:
        yield Path(folder)


@contextmanager
def loop_device(image: Path, octets: int) -> Iterator[str]:
    """A block device over a new sparse file."""
    with image.open("xb") as made:
        made.truncate(octets)
    device = run("losetup", "--find", "--show", image).strip()
    try:
        yield device
    finally:
        run("losetup", "--detach", device)


FILE_SYSTEMS = {
    "ext4": ("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"),
    "btrfs": ("mkfs.btrfs", "-q", "-f"),
    "xfs": ("mkfs.xfs", "-q", "-f"),
}
"""How each is made, the device to be added."""


@dataclass(frozen=True)
class Disk:
    """A mounted image. `raw` is to be read when the block has ended and not before."""

    folder: Path
    raw: Path


@contextmanager
def disk(file_system: str, shop: Path, octets: int = 320 * MIB) -> Iterator[Disk]:
    """A file system on a loop device, mounted while the block lasts; afterwards `raw` holds all that reached the disk.

    xfs wants 300 MiB at least. No `discard`: what is freed stays, as on a disk without TRIM.
    """
    own = Path(tempfile.mkdtemp(prefix=f"{file_system}-", dir=shop))
    image, folder = own / "raw", own / "mounted"
    folder.mkdir()
    with loop_device(image, octets) as device:
        run(*FILE_SYSTEMS[file_system], device)
        with mounted(file_system, device, folder):
            yield Disk(folder, image)
            os.sync()


@contextmanager
def mounted(file_system: str, device: str, folder: Path, *options: str) -> Iterator[Path]:
    """A mount, ended even if a process still sits in it; a block device is let go by then, in every name space."""
    run("mount", "-t", file_system, *options, device, folder)
    try:
        yield folder
    finally:
        try:
            run("umount", folder)
        except NotHere:
            run("umount", "--lazy", folder)
        if device.startswith("/dev/"):
            until(lambda: _let_go(device), f"{device} is still in use")


def _let_go(device: str) -> bool:
    try:
        os.close(os.open(device, os.O_RDONLY | os.O_EXCL))  # a block device that is mounted is busy: open(2)
    except OSError:
        return False
    return True


@contextmanager
def tmpfs(shop: Path) -> Iterator[Path]:
    """Files in memory. To be read while the block lasts: nothing of it is left afterwards but in swap and in physical memory."""
    folder = Path(tempfile.mkdtemp(prefix="tmpfs-", dir=shop))
    with mounted("tmpfs", "kiskriv-proof", folder, "-o", "size=1g"):
        yield folder


@dataclass(frozen=True)
class Swap:
    """Swap on a device of its own, and a memory cgroup whose processes are pressed into it."""

    raw: Path
    _group: Path
    _limit: Path

    def take_in(self, pid: int) -> None:
        """Puts a process into the cgroup; what it allocated before is not pressed out."""
        (self._group / "cgroup.procs").write_text(str(pid))

    def squeeze(self) -> int:
        """Lowers the cgroup's limit step by step to 8 MiB, memory that refuses to go left alone; returns the octets of swap in use."""
        for limit in (120, 80, 48, 32, 16, 8):
            with suppress(OSError):
                self._limit.write_text(str(limit * MIB))
        return swap_used()

    def ease(self) -> None:
        """Takes the limit away again."""
        self._limit.write_text("max" if self._limit.name == "memory.max" else "-1")


def swap_used() -> int:
    """Octets of all swap in use."""
    rows = Path("/proc/swaps").read_text().splitlines()[1:]
    return sum(int(row.split()[3]) for row in rows) * 1024


@contextmanager
def swap(shop: Path, octets: int = 512 * MIB) -> Iterator[Swap]:
    """Swap that only the proof's processes are pressed into, off when the block has ended; then `raw` is what was swapped.

    zswap would keep pages compressed in memory instead: off for the time.
    """
    if Path("/proc/swaps").read_text().count("\n") > 1:
        raise NotHere("this machine has swap of its own, and its pages would be met too: swapoff -a")
    image = Path(tempfile.mkdtemp(prefix="swap-", dir=shop)) / "raw"
    with ExitStack() as stack:
        stack.enter_context(setting(Path("/sys/module/zswap/parameters/enabled"), "N"))
        group, limit = stack.enter_context(_memory_group())
        device = stack.enter_context(loop_device(image, octets))
        run("mkswap", device)
        run("swapon", device)
        stack.callback(run, "swapoff", device)
        yield Swap(image, group, limit)


@contextmanager
def _memory_group() -> Iterator[tuple[Path, Path]]:
    """A memory cgroup and its limit, by version 1 or 2."""
    first, second = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
    if (first / "memory.limit_in_bytes").exists():
        group, limit = first / "kiskriv-proof", "memory.limit_in_bytes"
    elif "memory" in _words(second / "cgroup.controllers"):
        group, limit = second / "kiskriv-proof", "memory.max"
        if "memory" not in _words(second / "cgroup.subtree_control"):
            raise NotHere("the memory cgroup is not handed down: echo +memory > /sys/fs/cgroup/cgroup.subtree_control")
    else:
        raise NotHere("no memory cgroup")
    try:
        group.mkdir(exist_ok=True)
    except OSError as problem:
        raise NotHere(f"no cgroup of our own: {problem.strerror}") from None
    try:
        with suppress(OSError):  # version 2 has none, and needs none
            (group / "memory.swappiness").write_text("100")
        yield group, group / limit
    finally:
        until(lambda: not _words(group / "cgroup.procs"), "the cgroup's processes have not ended")
        group.rmdir()


def _words(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


@contextmanager
def setting(knob: Path, value: str) -> Iterator[None]:
    """A kernel setting, put back afterwards; nothing where the kernel has none."""
    if not knob.exists():
        yield
        return
    before = knob.read_text()
    try:
        knob.write_text(value)
    except OSError as problem:
        raise NotHere(f"{knob} cannot be set: {problem.strerror}") from None
    try:
        yield
    finally:
        knob.write_text(before)


CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")


@contextmanager
def cores_in_files(shop: Path) -> Iterator[Path]:
    """The folder that every core of the machine is written to while the block lasts, as a file by process number."""
    folder = _core_folder(shop)
    with setting(CORE_PATTERN, f"{folder}/core.%p"):
        yield folder


@contextmanager
def cores_by_pipe(shop: Path) -> Iterator[Path]:
    """The same by a catcher that the kernel starts, as systemd-coredump and apport are: RLIMIT_CORE means nothing to it."""
    folder = _core_folder(shop)
    catcher = folder / "catcher"
    catcher.write_text(f'#!/bin/sh\ncat >"{folder}/coming.$1" && mv "{folder}/coming.$1" "{folder}/core.$1"\n')
    catcher.chmod(0o700)
    with setting(CORE_PATTERN, f"|{catcher} %p"):
        yield folder


def _core_folder(shop: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="cores-", dir=shop))
    if len(f"|{folder}/catcher %p") > 127:
        raise NotHere("the path of the temporary folder is too long for core_pattern")
    return folder


COLUMNS, ROWS = 200, 50
"""Of a terminal."""


class Terminal:
    """A tmux server of our own with one window and a long memory."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def type(self, command: str) -> None:
        """Has the shell in the window run a command; returns at once."""
        self._tmux("send-keys", "-t", "proof", command, "Enter")

    def press(self, *keys: str) -> None:
        """Keys by tmux's names, one after the other; a text goes through letter by letter."""
        self._tmux("send-keys", "-t", "proof", *keys)

    def shown(self, first: int = 0, last: int = ROWS - 1) -> str:
        """What the window shows now, in these rows. tmux keeps for a while what it was asked for."""
        return self._tmux("capture-pane", "-p", "-t", "proof", "-S", str(first), "-E", str(last))

    def scrollback(self) -> bytes:
        """All that the window shows and has scrolled out, normal screen and alternate one, a line broken by the width joined."""
        kept = self._tmux("capture-pane", "-p", "-J", "-S", "-", "-t", "proof")
        with suppress(NotHere):  # there is no other screen now
            kept += self._tmux("capture-pane", "-p", "-J", "-a", "-q", "-S", "-", "-t", "proof")
        return kept.encode()

    @property
    def pid(self) -> int:
        """The server, whose memory holds what its windows showed."""
        return int(self._tmux("display-message", "-p", "-t", "proof", "#{pid}"))

    def _tmux(self, *arguments: str) -> str:
        return run("tmux", "-S", self._socket, *arguments)


@contextmanager
def terminal(shop: Path) -> Iterator[Terminal]:
    """A window with a shell in it; the server is killed when the block has ended."""
    socket = Path(tempfile.mkdtemp(prefix="tmux-", dir=shop)) / "tmux"
    run(
        "tmux",
        "-S",
        socket,
        "-u",
        "-f",
        "/dev/null",
        "new-session",
        "-d",
        "-s",
        "proof",
        "-x",
        str(COLUMNS),
        "-y",
        str(ROWS),
        "/bin/sh",
    )
    try:
        run("tmux", "-S", socket, "set-option", "-g", "history-limit", "200000")
        run("tmux", "-S", socket, "new-window", "-k", "-t", "proof:0", "/bin/sh")
        yield Terminal(socket)
    finally:
        run("tmux", "-S", socket, "kill-server")


def journal(since: float) -> bytes:
    """What systemd's journal took in from then on, all fields. Raises NotHere where there is none."""
    kept = run("journalctl", "--since", f"@{since:.0f}", "--output", "export", "--no-pager", "--quiet")
    if not kept:
        raise NotHere("the journal takes nothing in")
    return kept.encode()


def kernel_log() -> bytes:
    """All that the kernel's log holds."""
    kept = []
    with open("/dev/kmsg", "rb", buffering=0, opener=lambda path, flags: os.open(path, flags | os.O_NONBLOCK)) as log:
        while True:
            try:
                kept.append(log.read(1 << 14) or b"")
            except BrokenPipeError:  # overtaken by the writers: the next read goes on
                continue
            if not kept[-1]:
                return b"".join(kept)


def log_files(since: float) -> list[Path]:
    """Files under /var/log and /run/log that were written from then on."""
    found = (path for root in ("/var/log", "/run/log") for path in Path(root).rglob("*"))
    return sorted(path for path in found if path.is_file() and path.stat().st_mtime >= since)

"""Canaries left everywhere on purpose, so that a search that finds none of a session's is worth something."""

from __future__ import annotations

import os
import shlex
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path

from proof import guest, places, scan
from proof.canary import Canary, Cells, Words
from proof.places import NotHere
from proof.scan import Finding, Scanner, Stretch
from proof.subject import Holder, holding
from proof.table import ENOUGH, ENOUGH_OF_SWAP, Control

REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True)
class Bench:
    """What every control is given: a folder to work in, the random start value, how many cells to leave, whether few ways will do,
    the kernel for a guest, and how many kills and power cuts to try."""

    shop: Path
    start: str
    cells: int
    short: bool
    kernel: Path
    kills: int = 0
    cuts: int = 0

    def seed(self, place: str, left: str) -> str:
        """No two controls look for the same canary."""
        return f"{self.start} {place} {left}"


def search(canary: Canary, *sources: Iterable[Stretch]) -> Finding:
    """Looks for one canary alone."""
    return Scanner(canary).search(*sources)


def met(place: str, left: str, canary: Canary, finding: Finding, least: float | None = ENOUGH) -> Control:
    """The row of a control whose place was searched."""
    return Control(place, left, canary.cells * canary.octets, finding.scanned, finding.share, least)


def plain(folder: Path, octets: bytes) -> Path:
    """An ordinary file that stays."""
    path = folder / "recording.wav"
    with path.open("wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    return path


def unlinked(folder: Path, octets: bytes) -> None:
    """A temporary file, deleted."""
    path = plain(folder, octets)
    os.sync()
    path.unlink()


def nameless(folder: Path, octets: bytes) -> None:
    """O_TMPFILE: a file that never had a name."""
    descriptor = os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(descriptor)


def database(folder: Path, octets: bytes) -> None:
    """Rows of an SQLite database, deleted as applications delete (Debian's default, secure_delete, switched off)."""
    with closing(sqlite3.connect(folder / "notes.db")) as notes:
        notes.execute("PRAGMA secure_delete = OFF")
        notes.execute("CREATE TABLE note (text BLOB)")
        notes.executemany(
            "INSERT INTO note VALUES (?)", ((octets[at : at + 1024],) for at in range(0, len(octets), 1024))
        )
        notes.commit()
        os.sync()
        notes.execute("DELETE FROM note")
        notes.commit()


def shredded(folder: Path, octets: bytes) -> None:
    """shred where it does what it says: a file written once, on a file system that writes in place."""
    path = plain(folder, octets)
    os.sync()
    _shred(path)


def saved_then_shredded(folder: Path, octets: bytes) -> None:
    """An editor's save, a new file renamed over the old one, before shred."""
    path = plain(folder, octets)
    os.sync()
    newer = folder / "newer"
    newer.mkdir()
    plain(newer, bytes(len(octets))).replace(path)
    os.sync()
    _shred(path)


def snapshot_then_shredded(folder: Path, octets: bytes) -> None:
    """A btrfs snapshot between writing and shred, deleted as well."""
    live, kept = folder / "live", folder / "kept"
    places.run("btrfs", "subvolume", "create", live)
    path = plain(live, octets)
    places.run("btrfs", "subvolume", "snapshot", live, kept)
    os.sync()
    _shred(path)
    places.run("btrfs", "subvolume", "delete", kept)


def cloned_then_shredded(folder: Path, octets: bytes) -> None:
    """A copy that shares its blocks (`cp --reflink`) before shred."""
    path = plain(folder, octets)
    places.run("cp", "--reflink=always", path, folder / "copy.wav")
    os.sync()
    _shred(path)


def _shred(path: Path) -> None:
    places.run("shred", "-u", "-n1", "-z", path)


Leave = Callable[[Path, bytes], object]

EVERYWHERE: Mapping[str, Leave] = {
    "plain file": plain,
    "unlinked file": unlinked,
    "O_TMPFILE": nameless,
    "deleted SQLite rows": database,
}

ON: Mapping[str, Mapping[str, Leave]] = {
    "ext4": {"shred, easy case": shredded, "save by rename, shred": saved_then_shredded},
    "btrfs": {"shred": shredded, "snapshot, shred": snapshot_then_shredded},
    "xfs": {"shred, easy case": shredded, "reflink copy, shred": cloned_then_shredded},
}

EASY = "shred, easy case"
"""The one way of erasing a file that works here, and 0 is expected. On an SSD it would not: a loop device has no flash below it."""


def disk(file_system: str) -> Callable[[Bench], Iterator[Control]]:
    """Everything that can be left on one file system, each on an image of its own that is searched raw after unmount."""

    def controls(bench: Bench) -> Iterator[Control]:
        ways = {"unlinked file": unlinked} if bench.short else {**EVERYWHERE, **ON[file_system]}
        for left, leave in ways.items():
            cells = Cells(bench.seed(file_system, left), bench.cells)
            with places.disk(file_system, bench.shop) as image:
                leave(image.folder, cells.octets)
            finding = search(cells.canary, scan.file(image.raw))
            image.raw.unlink()
            yield met(file_system, left, cells.canary, finding, None if left == EASY else ENOUGH)

    return controls


def tmpfs(bench: Bench) -> Iterator[Control]:
    """A file that stays in memory's file system."""
    cells = Cells(bench.seed("tmpfs", "plain file"), bench.cells)
    with places.tmpfs(bench.shop) as folder:
        plain(folder, cells.octets)
        yield met("tmpfs", "plain file", cells.canary, search(cells.canary, scan.files(folder.rglob("*"))))


def swap(bench: Bench) -> Iterator[Control]:
    """Ordinary memory pressed out, and a file in tmpfs that its owner has deleted since."""
    cells = Cells(bench.seed("swap", "memory"), 1 << 20)
    with places.swap(bench.shop) as pressed:
        _press(pressed, cells, None)
    yield met("swap", "ordinary memory", cells.canary, search(cells.canary, scan.file(pressed.raw)), ENOUGH_OF_SWAP)
    if bench.short:
        return
    cells = Cells(bench.seed("swap", "tmpfs"), 1 << 20)
    with places.swap(bench.shop) as pressed, places.tmpfs(bench.shop) as folder:
        _press(pressed, cells, folder / "recording.wav")
    yield met("swap", "file in tmpfs", cells.canary, search(cells.canary, scan.file(pressed.raw)), ENOUGH_OF_SWAP)


def _press(pressed: places.Swap, cells: Cells, file: Path | None) -> None:
    with Holder(cells.seed, cells.count, file) as holder:
        pressed.take_in(holder.pid)
        holder.hold()
        pressed.squeeze()
        holder.end("exit")


def cores(bench: Bench) -> Iterator[Control]:
    """What a crash of a process leaves that may be dumped."""
    ways: Mapping[str, Callable[[Path], AbstractContextManager[Path]]] = {
        "file": places.cores_in_files,
        "pipe": places.cores_by_pipe,
    }
    for name, catching in ways.items():
        left = f"crash, core by {name}"
        cells = Cells(bench.seed("cores", left), bench.cells)
        with catching(bench.shop) as folder, holding(cells.seed, cells.count) as holder:
            holder.end("SIGSEGV")
            core = folder / f"core.{holder.pid}"
            places.until(core.exists, "the core")
            yield met("cores", left, cells.canary, search(cells.canary, scan.file(core)))
            core.unlink()


def memory(bench: Bench) -> Iterator[Control]:
    """What a living process holds."""
    cells = Cells(bench.seed("memory", "held"), bench.cells)
    with holding(cells.seed, cells.count) as holder:
        yield met("memory", "held by a living process", cells.canary, search(cells.canary, scan.memory(holder.pid)))


def terminal(bench: Bench) -> Iterator[Control]:
    """Words printed in a tmux window, of which most have scrolled out."""
    words = Words(bench.seed("terminal", "printed"), 2000)
    with places.terminal(bench.shop) as window:
        command = (sys.executable, "-m", "proof.subject", "show", words.seed, str(words.count))
        window.type(f"cd {shlex.quote(str(REPOSITORY))} && {shlex.join(command)}")
        places.until(lambda: words.words[-1].encode() in window.scrollback(), "the window")
        yield met("terminal", "printed, scrollback", words.canary, search(words.canary, scan.text(window.scrollback())))
        yield met("terminal", "printed, tmux's memory", words.canary, search(words.canary, scan.memory(window.pid)))


def logs(bench: Bench) -> Iterator[Control]:
    """Words written to the kernel's log, to the journal, and to a file among the logs."""
    since = time.time()
    file = Path(f"/var/log/kiskriv-proof-{bench.start}.log")
    ways: Mapping[str, tuple[Callable[[str], object], Callable[[], Iterable[Stretch]]]] = {
        "kernel log": (_to_kernel_log, lambda: scan.text(places.kernel_log())),
        "journal": (lambda text: places.run("logger", text), lambda: scan.text(places.journal(since))),
        "log file": (file.write_text, lambda: scan.files(places.log_files(since))),
    }
    try:
        for left, (leave, read) in ways.items():
            words = Words(bench.seed("logs", left), 20)
            try:
                leave(words.text())
                yield met("logs", left, words.canary, search(words.canary, read()))
            except (NotHere, OSError) as reason:
                yield Control("logs", left, note=str(reason))
    finally:
        file.unlink(missing_ok=True)


def _to_kernel_log(text: str) -> None:
    for word in text.split():  # a line holds 1 KiB at most
        Path("/dev/kmsg").write_text(f"kiskriv proof, control: {word}\n")


def physical(bench: Bench) -> Iterator[Control]:
    """The memory of a whole machine: while a process holds its cells, after it has ended, and where the kernel clears what is freed."""
    if not bench.kernel.exists():
        raise NotHere(f"there is no kernel for a guest at {bench.kernel}: --kernel FILE")
    initramfs = guest.packed(bench.shop)
    for end, options, least in (("exit", "", ENOUGH), ("SIGKILL", "", ENOUGH), ("SIGKILL", "init_on_free=1", None)):
        left = f"{end} {options}".strip()
        cells = Cells(bench.seed("physical", left), bench.cells)
        scanner = Scanner(cells.canary)
        with guest.guest(bench.shop, bench.kernel, initramfs, options) as machine:
            machine.say(guest.python(shlex.join(("-m", "proof.subject", "hold", cells.seed, str(cells.count)))))
            machine.hear("HERE")
            machine.say("hold")
            machine.hear("READY")
            yield met("physical", f"held, before {left}", cells.canary, scanner.search(scan.file(machine.memory)))
            machine.say(end)
            machine.hear("ENDED")
            yield met("physical", f"after {left}", cells.canary, scanner.search(scan.file(machine.memory)), least)
    initramfs.unlink()


PLACES: Mapping[str, Callable[[Bench], Iterator[Control]]] = {
    **{file_system: disk(file_system) for file_system in places.FILE_SYSTEMS},
    "tmpfs": tmpfs,
    "swap": swap,
    "cores": cores,
    "memory": memory,
    "terminal": terminal,
    "logs": logs,
    "physical": physical,
}
"""By the name that `--only` takes."""

SHORT = ("ext4", "swap", "cores", "memory", "terminal")
"""What the short form looks at."""


def all_of(bench: Bench, names: Iterable[str]) -> Iterator[Control]:
    """The controls of some places, other names left aside. A place that cannot be had is a row that says why."""
    for name in (name for name in names if name in PLACES):
        try:
            yield from PLACES[name](bench)
        except NotHere as reason:
            yield Control(name, "-", note=str(reason))

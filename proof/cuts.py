"""Power cuts at random moments under the ledger and the spool.

The file system stops at once and forgets what it had not written (EXT4_IOC_SHUTDOWN without flushing the log), then everything dies. The
write cache of a real drive is not modelled. Keys in the kernel's keyring outlive this cut as they would not outlive a real one: so it
is seen both that what was on the disk can be read with the key, and that nothing can be read without.
"""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from proof import controls, places, scan
from proof.canary import Cells
from proof.house import REPOSITORY, House, last_entries, screen
from proof.places import MIB, NotHere
from proof.scan import Scanner
from proof.sessions import CONTROL, Consultation, Planted, found_in
from proof.table import Outlived, Seen
from proof.writing import said

LONGEST = 0.6
"""Seconds until a cut under the writer, after its first line."""

UNDER_ROOMS = 10
"""Of so many cuts one falls on a whole house."""

_EXT4_IOC_SHUTDOWN = 0x8004587D
_NOLOGFLUSH = 2


def cut(folder: Path) -> None:
    """The power of a mounted ext4 goes. Raises NotHere where its kernel cannot play that."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, _EXT4_IOC_SHUTDOWN, struct.pack("I", _NOLOGFLUSH))
    except OSError as problem:
        raise NotHere(f"power cuts cannot be played: {problem.strerror}") from None
    finally:
        os.close(descriptor)


@dataclass
class Told:
    """What the writer had been told is on the disk when the power went."""

    opened: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    sweeping: set[str] = field(default_factory=set)
    swept: set[str] = field(default_factory=set)
    kept: dict[str, int] = field(default_factory=dict)

    def take(self, line: str) -> None:
        """One line of the writer's."""
        match line.split():
            case ["opened", session]:
                self.opened.add(session)
            case ["ended", session]:
                self.ended.add(session)
            case ["sweeping", session]:
                self.sweeping.add(session)
            case ["swept", session]:
                self.swept.add(session)
            case ["kept", session, count]:
                self.kept[session] = int(count)


class Cuts:
    """On one disk, cut after cut, recovered each time."""

    def __init__(self, bench: controls.Bench, consultation: Consultation) -> None:
        self._bench = bench
        self._consultation = consultation
        self._random = Random(f"{bench.start} cuts")  # noqa: S311 - repeatable, not secret

    def see(self, wanted: int) -> Iterator[Seen]:
        """First under the ledger and the spool alone, then under whole houses."""
        yield from self._under_the_writer(wanted - wanted // UNDER_ROOMS)
        if wanted >= UNDER_ROOMS:
            yield from self._under_rooms(wanted // UNDER_ROOMS)

    # -- ledger and spool -------------------------------------------------------------------------------------------------------------

    def _under_the_writer(self, wanted: int) -> Iterator[Seen]:
        own = Path(tempfile.mkdtemp(prefix="cuts-", dir=self._bench.shop))
        image, folder = own / "raw", own / "mounted"
        folder.mkdir()
        seed, way = f"{self._bench.start} written", f"{wanted} power cuts"
        planted = Cells(f"{self._bench.start} cuts", CONTROL)
        lost: list[str] = []
        opened = accounted = 0
        with places.loop_device(image, 320 * MIB) as device:
            places.run(*places.FILE_SYSTEMS["ext4"], device)
            with places.mounted("ext4", device, folder):
                controls.plain(folder, planted.octets)  # what is unlinked would be written over by so many sessions
            for number in range(wanted):
                told = Told()
                with places.mounted("ext4", device, folder):
                    self._write_until_cut(folder, seed, told)
                with places.mounted("ext4", device, folder):
                    lost += [f"cut {number}: {what}" for what in _recovered(folder, told)]
            with places.mounted("ext4", device, folder):
                entries = _entries(folder)
                opened = len({entry["session"] for entry in entries if entry["kind"] == "opened"})
                accounted = len({entry["session"] for entry in entries if entry["kind"] in ("ended", "swept")})
        yield Outlived("writing", way, opened, accounted, 0, not lost, "; ".join(lost[:5]))
        yield found_in(
            "ext4", "writing", way, Scanner(said(seed).renamed("spool"), planted.canary).search(scan.file(image))
        )
        image.unlink()

    def _write_until_cut(self, folder: Path, seed: str, told: Told) -> None:
        writer = subprocess.Popen(
            [sys.executable, "-m", "proof.writing", str(folder), seed],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=REPOSITORY,
        )  # fmt: skip
        try:
            assert writer.stdout is not None
            told.take(writer.stdout.readline())
            time.sleep(self._random.random() * LONGEST)
            cut(folder)
        finally:
            writer.kill()
            for line in writer.stdout or ():
                told.take(line)
            writer.wait()

    # -- whole houses -----------------------------------------------------------------------------------------------------------------

    def _under_rooms(self, wanted: int) -> Iterator[Seen]:
        own = Path(tempfile.mkdtemp(prefix="cuts-", dir=self._bench.shop))
        image, folder = own / "raw", own / "mounted"
        folder.mkdir()
        way = f"{wanted} power cuts"
        planted = Planted(f"{self._bench.start} cuts under rooms")
        with ExitStack() as stack:
            memory = stack.enter_context(places.tmpfs(self._bench.shop))
            device = stack.enter_context(places.loop_device(image, 320 * MIB))
            places.run(*places.FILE_SYSTEMS["ext4"], device)
            with places.mounted("ext4", device, folder):
                controls.plain(folder, planted.octets)
                house = House.on([folder], memory)
            stack.callback(house.leave)
            scanner: Scanner | None = None
            for _ in range(wanted):
                with places.mounted("ext4", device, folder):
                    scanner = self._cut_a_consultation(house, folder, planted) or scanner
                with places.mounted("ext4", device, folder):
                    with screen(house, "find") as next_one:
                        next_one.say("")
                        next_one.hear()
                        next_one.until("left")
                    house.leave()
                    entries = last_entries(house)
            opened = {entry["session"] for entry in entries if entry["kind"] == "opened"}
            accounted = {entry["session"] for entry in entries if entry["kind"] in ("ended", "swept")}
            yield Outlived("random", way, len(opened), len(opened & accounted), 0)
        if scanner is not None:
            yield found_in("ext4", "random", way, scanner.search(scan.file(image)))
        image.unlink()

    def _cut_a_consultation(self, house: House, folder: Path, planted: Planted) -> Scanner | None:
        """The power goes in the middle of one."""
        with screen(house, *self._consultation.arguments) as held:
            held.say("")
            held.hear()
            scanner = None
            if held.at["at"] == "recording":
                for moment in ("recording", "review", "delivering", "ended")[: self._random.randint(1, 4)]:
                    held.until(moment)
                texts = (*held.at["heard"], *held.at["noted"])
                scanner = Scanner(*self._consultation.canaries(texts, held.at["words"]), *planted.canaries)
                held.say("on")
                time.sleep(self._random.random() * 0.1)
            cut(folder)
            house.leave()
        return scanner


def _entries(folder: Path) -> list[dict[str, str]]:
    import json

    return [json.loads(line) for line in (folder / "ledger" / "entries.jsonl").read_text().splitlines()]


def _recovered(folder: Path, told: Told) -> Iterator[str]:
    """What is not as it was told. Opens the ledger, reads and sweeps the spools, and accounts for every session, as a host does."""
    from kiskriv.errors import KiskrivError
    from kiskriv.ledger import Ledger
    from kiskriv.vault.spool import Spool

    spools = folder / "spools"
    try:
        with Ledger.open(folder / "ledger") as ledger:
            entries = list(ledger.entries())
            for kind, sessions in (("opened", told.opened), ("ended", told.ended)):
                if missing := sessions - {entry.session for entry in entries if entry.kind == kind}:
                    yield f"{len(missing)} `{kind}` are not there"
            found = Spool.found(spools) if spools.exists() else ()
            for session in found:
                if session in told.swept:
                    yield "a spool came back"
                    continue
                if session not in told.sweeping:  # its key goes first
                    records = sum(1 for _ in Spool.read(spools, session))
                    if records < told.kept.get(session, 0):
                        yield f"{told.kept[session]} records were kept, {records} are there"
            for session in {*found, *told.opened}:
                if not Spool.sweep(spools, session):
                    yield "a spool could not be swept"
            ledger.sweep()
    except KiskrivError as error:
        yield type(error).__name__

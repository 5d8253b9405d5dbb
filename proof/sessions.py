"""Real consultations in real rooms, ended at every moment in every way, and every place searched afterwards.

Each run has a house of its own on fresh file systems, and in every place that is searched lies a canary that nobody erased: what the same
search met of it is the control of that very cell.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proof import controls, places, said, scan
from proof.canary import Canary, Cells, Words
from proof.house import PROCESSES, House, Screen, end, last_entries, screen
from proof.places import NotHere
from proof.scan import Finding, Scanner, Stretch
from proof.screen import EDITED
from proof.subject import holding
from proof.table import Control, Outlived, Row, Seen

SECONDS = 40
"""Of the demo consultation: two windows, the first of them decoded while the second is recorded."""

Heard = tuple[str, ...]

MOMENTS = ("recording", "review", "delivering", "ended")

NORMAL: Mapping[str, str] = {"recording": "discard", "review": "discard", "delivering": "on", "ended": "on"}
"""What ends a consultation at each moment as it should be."""

KILLED = tuple(f"SIGKILL {process}" for process in (*PROCESSES, "all"))
CRASHED = tuple(f"{signal} {process}" for signal in ("SIGSEGV", "SIGABRT") for process in PROCESSES)
FAULTS = ("fault in screen", "no memory engine")

SURVIVED = ("SIGKILL screen", "SIGKILL engine", "SIGKILL host", "no memory engine")
"""Ends that a consultation outlives with all of its words."""

CONTROL = 1 << 11
"""Cells that are left in each place: 64 KiB."""


@dataclass(frozen=True)
class Planted:
    """What is left in every place on purpose: numbered cells, and sound that is looked for as a session's is."""

    seed: str

    @property
    def cells(self) -> Cells:
        """For what can only hold octets."""
        return Cells(self.seed, CONTROL)

    @cached_property
    def octets(self) -> bytes:
        """For a file: the cells, then one channel as capture and wire write it."""
        channel: NDArray[np.float32] = self._noise[0].astype(np.float32) / np.float32(32768)
        return self.cells.octets + channel.tobytes()

    @cached_property
    def canaries(self) -> tuple[Canary, Canary]:
        """What of it is looked for."""
        return self.cells.canary, replace(said.sound(self._noise), kind=NOISE)

    @property
    def _noise(self) -> NDArray[np.int16]:
        return said.noise(self.seed)


NOISE = "control sound"


@dataclass(frozen=True)
class Consultation:
    """The recording that all sessions hold."""

    file: Path
    start: str

    @property
    def arguments(self) -> tuple[str, ...]:
        """For `proof.screen`."""
        return "hold", str(self.file), str(SECONDS), self.start

    @cached_property
    def sound(self) -> Canary:
        """Its samples."""
        return said.sound(self.samples)

    @property
    def samples(self) -> NDArray[np.int16]:
        """Shape (2, n), 16 kHz."""
        from kiskriv.capture import AudioFile

        whole = np.concatenate([chunk.samples for chunk in AudioFile(self.file).chunks()], axis=1)
        samples: NDArray[np.int16] = np.rint(whole[:, : SECONDS * 16_000] * 32768).astype(np.int16)
        return samples

    def canaries(self, heard: Iterable[str], words: list[list[tuple[float, float, str, float]]]) -> list[Canary]:
        """The sound, what was recognised, and what the doctor wrote."""
        texts = [text for text in heard if len(text) >= said.STRETCH]
        spelt = [said.words(texts)] if texts else []
        timed = [found for found in (said.timed_words(words),) if found is not None]
        return [self.sound, *spelt, *timed, Words(self.start, EDITED).canary]


def demo(start: str) -> Consultation:
    """The shipped one."""
    from kiskriv.demo import material

    return Consultation(material().recording, start)


def everything(short: bool) -> list[tuple[str, str]]:
    """The moments and ends that are tried."""
    if short:
        return [("delivering", "normal"), ("review", "SIGKILL room")]
    return [
        *((moment, "normal") for moment in MOMENTS),
        *((moment, "fault in screen") for moment in MOMENTS[:3]),
        ("recording", "no memory engine"),
        *((moment, way) for moment in MOMENTS for way in KILLED),
        *((moment, way) for moment in ("recording", "delivering") for way in CRASHED),
        ("recording", "SIGKILL microphone"),
        ("paused", "normal"),
    ]


class Proof:
    """Holds consultations, one after the other, and searches."""

    def __init__(self, bench: controls.Bench, consultation: Consultation) -> None:
        self._bench = bench
        self._consultation = consultation
        self._file_systems = ("ext4",) if bench.short else tuple(places.FILE_SYSTEMS)
        self._turn = 0
        self._controlled: set[str] = set()

    def see(self, cells: Iterable[tuple[str, str]]) -> Iterator[Seen]:
        """All places after each end, and whether all of it was accounted for."""
        for moment, way in cells:
            try:
                yield from self._held(moment, way)
            except NotHere as reason:
                yield Row("-", moment, way, Control("-", "-"), note=str(reason))

    def _held(self, moment: str, way: str) -> Iterator[Seen]:
        started = time.time()
        planted = Planted(f"{self._bench.start} {moment} {way}")
        rows: list[Row] = []
        with ExitStack() as stack:
            cores = stack.enter_context(places.cores_by_pipe(self._bench.shop))
            memory = stack.enter_context(places.tmpfs(self._bench.shop))
            disks = [stack.enter_context(places.disk(name, self._bench.shop)) for name in self._turned()]
            for disk in disks:
                controls.plain(disk.folder, planted.octets)  # what is unlinked may be written over
            controls.plain(memory, planted.octets)
            house = House.on([disk.folder for disk in disks], memory)
            stack.callback(house.leave)
            with screen(house, *self._consultation.arguments) as held:
                scanner = self._come_to(held, moment, planted)
                yield from self._controls(held, moment, scanner)
                before, after = tuple(held.at["heard"]), _put_to_end(house, held, moment, way)
            with screen(house, "find") as successor:
                found = _accounted(successor)
                whole = set(before) <= set(found or after) if way in SURVIVED and moment != "ended" else None
                yield _outlived(house, moment, way, whole)
                rows += self._living(house, scanner, planted)
            level = _level(last_entries(house))
            house.leave()
            rows.append(_row("tmpfs", scanner.search(scan.files(memory.rglob("*")))))
            rows.append(self._cores(cores, scanner, planted))
            rows.append(self._logs(scanner, planted, started))
        for name, disk in zip(self._turned(), disks, strict=True):
            rows.append(_row(name, scanner.search(scan.file(disk.raw))))
            disk.raw.unlink()
        self._turn += 1
        yield from (replace(row, moment=moment, end=way, level=level) for row in rows)

    def _turned(self) -> tuple[str, ...]:
        """The file systems, another one first each time: each folder comes to lie on each of them."""
        by = self._turn % len(self._file_systems)
        return self._file_systems[by:] + self._file_systems[:by]

    # -- a consultation and its end ---------------------------------------------------------------------------------------------------

    def _come_to(self, held: Screen, moment: str, planted: Planted) -> Scanner:
        """Holds one until then; what is looked for."""
        if moment not in MOMENTS:
            raise NotHere(f"kiskriv knows no moment `{moment}` yet")
        held.say("")
        held.hear()
        held.until(moment)
        texts = (*held.at["heard"], *held.at["noted"])
        return Scanner(*self._consultation.canaries(texts, held.at["words"]), *planted.canaries)

    def _controls(self, held: Screen, moment: str, scanner: Scanner) -> Iterator[Control]:
        """For the forms, once for each moment: a screen that holds a consultation has all of its words."""
        if moment in self._controlled:
            return
        self._controlled.add(moment)
        finding = scanner.search(scan.memory(held.pid))
        if text := finding.kinds.get("text"):
            left = f"in a screen while it shows them, {moment}"
            yield Control("words", left, text.planted * said.STRETCH, finding.scanned, text.share)

    # -- where it could be ------------------------------------------------------------------------------------------------------------

    def _living(self, house: House, scanner: Scanner, planted: Planted) -> Iterator[Row]:
        """Host, new engine, new warm room: kept alive by the screen that came after."""
        with holding(planted.seed, CONTROL) as holder:
            control = scanner.search(scan.memory(holder.pid))
        for role in ("host", "engine", "room"):
            for pid in house.of(role):
                yield _row(f"memory: {role}", scanner.search(scan.memory(pid)), control)

    def _cores(self, folder: Path, scanner: Scanner, planted: Planted) -> Row:
        """Every core that was caught meanwhile, and one of a process that may be dumped."""
        with holding(planted.seed, CONTROL) as holder:
            holder.end("SIGSEGV")
            places.until((folder / f"core.{holder.pid}").exists, "the core")
        cores = list(folder.glob("core.*"))
        finding = scanner.search(scan.files(cores))
        row = _row("cores", finding, finding)
        return row if len(cores) == 1 else replace(row, note=f"{len(cores) - 1} of kiskriv's {row.note}".strip())

    def _logs(self, scanner: Scanner, planted: Planted, since: float) -> Row:
        """Kernel log, journal where there is one, and log files that were written to."""
        file = Path(f"/var/log/kiskriv-proof-{self._bench.start}.log")
        try:
            file.write_bytes(planted.octets)
            sources: list[Iterable[Stretch]] = [scan.files(places.log_files(since)), scan.text(places.kernel_log())]
            with suppress(NotHere):
                sources.append(scan.text(places.journal(since)))
            return _row("logs", scanner.search(*sources))
        finally:
            file.unlink(missing_ok=True)


def _put_to_end(house: House, held: Screen, moment: str, way: str) -> Heard:
    """Ends it; what the screen had heard in the end, if it lives."""
    match way:
        case "normal":
            held.go_on(NORMAL[moment])
        case "fault in screen":
            held.go_on("raise")
        case _:
            end(house, way)
            held.go_on()
    while held.at["at"] not in ("left", "failed", "gone"):
        held.go_on()
    return tuple(held.at.get("heard", ()))


def _accounted(successor: Screen) -> Heard:
    """Enters what was left, if anything was, and ends it; what it held."""
    successor.say("")
    kept = tuple(successor.at["heard"]) if successor.hear() == "found" else ()
    successor.until("left")
    return kept


def _outlived(house: House, moment: str, way: str, whole: bool | None) -> Outlived:
    entries = last_entries(house)
    opened = {entry["session"] for entry in entries if entry["kind"] == "opened"}
    closed = {entry["session"] for entry in entries if entry["kind"] in ("ended", "swept")}
    unverified = sum(not entry.get("verified", True) for entry in entries)
    return Outlived(moment, way, len(opened), len(opened & closed), unverified, whole)


def _level(entries: list[dict[str, Any]]) -> str:
    last = entries[-1] if entries else {"kind": "-"}
    return str(last.get("level", last["kind"]))


def found_in(place: str, moment: str, way: str, finding: Finding, control: Finding | None = None) -> Row:
    """What was met of the session, and what of that which was planted there (or, only cells, elsewhere for the same search)."""
    of_control = [
        (control or finding).kinds["cells"],
        *([finding.kinds[NOISE]] if control is None and NOISE in finding.kinds else []),
    ]
    met = [(kind, found) for kind, found in finding.kinds.items() if kind not in ("cells", NOISE) and found.cells]
    note = "; ".join(f"{kind} as {', '.join(sorted(found.forms))}" for kind, found in met)
    share = min(found.share for found in of_control)
    seen = Control(place, "in this very cell", of_control[0].planted * 32, finding.scanned, share)
    return Row(place, moment, way, seen, finding.scanned, sum(found.octets for _, found in met), note)


def _row(place: str, finding: Finding, control: Finding | None = None) -> Row:
    return found_in(place, "", "", finding, control)

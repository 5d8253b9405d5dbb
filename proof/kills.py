"""Kills at random moments, across all processes.

Every session is accounted for, nothing can be read, and nothing is lost that what survived could keep.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from proof import controls, places, scan
from proof.house import House, Screen, last_entries, screen
from proof.places import NotHere
from proof.scan import Scanner
from proof.sessions import CONTROL, Consultation, Planted, found_in
from proof.subject import holding
from proof.table import Outlived, Seen

BATCH = 25
"""Sessions on one disk."""

MOST = 3
"""Kills in one session."""

VICTIMS = ("screen", "room", "engine", "engine", "host", "host", "all")

MERCIFUL = {"engine", "host"}
"""Without them a screen comes to the end of its road, with every word."""


@dataclass
class Tally:
    """What a batch of sessions came to."""

    kills: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    hung: list[str] = field(default_factory=list)


class Kills:
    """`reference` is what an undisturbed consultation hears."""

    def __init__(self, bench: controls.Bench, consultation: Consultation) -> None:
        self._bench = bench
        self._consultation = consultation
        self._random = Random(f"{bench.start} kills")  # noqa: S311 - repeatable, not secret
        self._reference: dict[str, Any] = {}
        self._lasts = 0.0

    def see(self, wanted: int) -> Iterator[Seen]:
        """Batch after batch, until so many processes were killed."""
        done = 0
        while done < wanted:
            tally = Tally()
            try:
                yield from self._batch(tally, wanted - done)
            except NotHere as reason:
                yield Outlived("random", _named(tally), 0, 0, 0, note=f"broken off: {reason}")
            done += tally.kills.total()
            if not tally.kills:
                return

    def _batch(self, tally: Tally, wanted: int) -> Iterator[Seen]:
        planted = Planted(f"{self._bench.start} kills {self._random.random()}")
        with ExitStack() as stack:
            cores = stack.enter_context(places.cores_by_pipe(self._bench.shop))
            memory = stack.enter_context(places.tmpfs(self._bench.shop))
            disk = stack.enter_context(places.disk("ext4", self._bench.shop))
            controls.plain(disk.folder, planted.octets)
            controls.plain(memory, planted.octets)
            house = House.on([disk.folder], memory)
            stack.callback(house.leave)
            scanner = self._looked_for(house, planted)
            for _ in range(BATCH):
                if tally.kills.total() >= wanted:
                    break
                self._disturbed(house, tally)
            entries = last_entries(house)
            opened = {entry["session"] for entry in entries if entry["kind"] == "opened"}
            closed = {entry["session"] for entry in entries if entry["kind"] in ("ended", "swept")}
            unverified = sum(not entry.get("verified", True) for entry in entries)
            note = "; ".join((*tally.lost, *tally.hung))
            yield Outlived("random", _named(tally), len(opened), len(opened & closed), unverified, not tally.lost, note)
            with screen(house, "find") as last, holding(planted.seed, CONTROL) as holder:
                last.say("")
                last.hear()
                last.until("left")
                control = scanner.search(scan.memory(holder.pid))
                for role in ("host", "engine", "room"):
                    for pid in house.of(role):
                        yield found_in(
                            f"memory: {role}", "random", _named(tally), scanner.search(scan.memory(pid)), control
                        )
            house.leave()
            yield found_in("tmpfs", "random", _named(tally), scanner.search(scan.files(memory.rglob("*"))))
            caught = list(cores.glob("core.*"))
            if caught:
                yield found_in("cores", "random", _named(tally), scanner.search(scan.files(caught)))
        yield found_in("ext4", "random", _named(tally), scanner.search(scan.file(disk.raw)))
        disk.raw.unlink()

    def _looked_for(self, house: House, planted: Planted) -> Scanner:
        """One that nobody disturbs: what it heard, and how long it took."""
        with screen(house, *self._consultation.arguments) as whole:
            begun = time.monotonic()
            whole.say("")
            whole.hear()
            whole.until("left")
            self._lasts = time.monotonic() - begun
            self._reference = dict(whole.at)
        texts = (*self._reference["heard"], *self._reference["noted"])
        return Scanner(*self._consultation.canaries(texts, self._reference["words"]), *planted.canaries)

    def _disturbed(self, house: House, tally: Tally) -> None:
        """A consultation that goes its way while processes die."""
        killed: list[str] = []
        known = len(last_entries(house))
        with screen(house, *self._consultation.arguments) as held:
            for _ in range(len(_ROAD) + 1):
                held.say("on")
            for _ in range(self._random.randint(1, MOST)):
                time.sleep(self._random.random() * self._lasts / 2)
                killed += _kill(house, self._random.choice(VICTIMS))
                if set(killed) - MERCIFUL:
                    break
            tally.kills.update(killed)
            way = f"{'+'.join(killed) or 'none'}"
            try:
                before = _heard_to_the_end(held)
            except NotHere as hanging:
                tally.hung.append(f"{way}: {hanging}")
                before = ()
            last, fault = held.at.get("at"), held.at.get("fault", "")
        found, kept = self._found(house, way, tally)
        new = [entry for entry in last_entries(house)[known:] if entry["kind"] != "opened"]
        if not new:  # the process that was killed had not begun one
            return
        how = f"{new[-1]['kind']} {new[-1].get('reason', '')}".strip()
        survivors = set(killed) <= {*MERCIFUL, "screen"}
        lost = set(before) - (kept if found else set(held.at.get("heard", ())))
        if survivors and how not in ("ended transferred", "ended discarded"):
            tally.lost.append(f"{way}: {fault or last}, {how}, after {len(before)} utterances")
        elif survivors and found and lost:
            tally.lost.append(f"{way}: {len(lost)} utterances, {how}")
        elif set(killed) <= MERCIFUL and last == "left" and before != tuple(self._reference["heard"]):
            tally.lost.append(f"{way}: {len(before)} utterances for {len(self._reference['heard'])}, {how}")

    def _found(self, house: House, way: str, tally: Tally) -> tuple[bool, set[str]]:
        """Whether the next screen entered the consultation, and the words that it had."""
        try:
            with screen(house, "find") as successor:
                successor.say("")
                found, kept = successor.hear() == "found", set(successor.at["heard"])
                successor.until("left")
        except (NotHere, KeyError) as reason:
            tally.hung.append(f"{way}, next screen: {reason}")
            house.leave()
            return False, set()
        return found, kept


_ROAD = ("here", "recording", "review", "delivering", "ended")


def _heard_to_the_end(held: Screen) -> Sequence[str]:
    """The most that the screen had, when it ended or came to its end."""
    heard: tuple[str, ...] = ()
    while held.hear() not in ("left", "failed", "gone"):
        heard = tuple(held.at.get("heard", ()))
    return tuple(held.at.get("heard", heard))


def _kill(house: House, role: str) -> list[str]:
    """Whoever it is there; its name once, nothing where it is not."""
    pids = house.of(role)
    if role not in ("all", "screen") and pids:
        pids = pids[:1]
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return [role] if pids else []


def _named(tally: Tally) -> str:
    return f"{tally.kills.total()} SIGKILLs: " + ", ".join(
        f"{count} {role}" for role, count in sorted(tally.kills.items())
    )

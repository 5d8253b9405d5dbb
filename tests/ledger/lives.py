"""Logs as kiskriv writes them, after each of their entries: lives of a clinic made by chance."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from kiskriv.ledger import (
    Artefact,
    ArtefactName,
    Cause,
    Configured,
    Delivery,
    Ended,
    Fact,
    Heartbeat,
    Ledger,
    Level,
    Method,
    Opened,
    Place,
    Precision,
    Reason,
    Spoken,
    Stopped,
    export,
    rounded,
    weakened,
)

from .crimes import Case
from .material import Clock, cosign_it, ended, opened, resumed, started, swept

LOGS, ENTRIES = 25, 40  # 1,000 logs: each of these, as it was after each of its entries


@dataclass
class Grown:
    """A log after each of its entries, and what could have been kept of it."""

    exports: list[bytes] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)  # the public key at that time
    checkpoints: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)

    def case(self, draw: random.Random, place: int = -1) -> Case:
        """One of these moments, with some of what was kept before it."""
        place = draw.randrange(len(self.exports)) if place < 0 else place
        earlier = range(place + 1)
        since, receipts = (draw.sample(earlier, min(draw.randint(0, 2), place + 1)) for _ in range(2))
        return Case(
            self.exports[place],
            draw.choice(self.keys[: place + 1]),
            tuple(self.checkpoints[at] for at in since),
            tuple(self.receipts[at] for at in receipts),
        )


class Life:
    """Random days of a clinic, from a seed."""

    def __init__(self, ledger: Ledger, clock: Clock, draw: random.Random) -> None:
        self.ledger, self.clock, self.draw = ledger, clock, draw
        self.open: list[Opened] = []
        self.failed: list[Opened] = []

    def go_on(self) -> None:
        """Append one entry, or a few."""
        self.clock.go(minutes=self.draw.choice([0, 1, 10, 10, 90, 600]))
        step = self.draw.choices(
            [self.open_one, self.end_one, self.run, self.resume_one, self.witness, self.prune, self.revoke],
            [30, 40, 15, 8, 8, 4, 2],
        )[0]
        step()

    def open_one(self) -> None:
        start = opened(self.clock.time, spool=self.draw.random() < 0.4)
        self.open.append(start)
        self.ledger.append(start)

    def end_one(self) -> None:
        if not self.open + self.failed:
            return self.open_one()
        start = self.draw.choice(self.open + self.failed)
        (self.failed if start in self.failed else self.open).remove(start)
        match self.draw.choice(["ended", "ended", "ended", "failed", "swept"]):
            case "ended":
                self.ledger.append(self.some_end(start))
            case "failed":
                self.failed.append(start)
                self.ledger.append(ended(start, Reason.FAILED, verified=False, time=self.clock.time))
            case _:
                self.ledger.append(swept(start, self.draw.choice(list(Cause)), time=self.clock.time))

    def some_end(self, start: Opened) -> Ended:
        facts = tuple(fact for fact in Fact if self.draw.random() < 0.9)
        least = set(Fact) - {Fact.SECRET_MEMORY, Fact.MEMORY_LOCKED, Fact.FREED_PAGES_ZEROED}
        kept = {Fact.SECRET_MEMORY, Fact.MEMORY_LOCKED} & set(facts)
        level = Level.A if len(facts) == len(Fact) else Level.B if kept and least <= set(facts) else Level.C
        return replace(
            ended(start, self.draw.choice(list(Reason)), time=self.clock.time),
            artefacts=tuple(
                Artefact(name, rounded(self.draw.randrange(3000)), rounded(self.draw.randrange(2**40)))
                for name in ArtefactName
                if self.draw.random() < 0.8
            ),
            methods=tuple(
                method
                for method in Method
                if method is Method.KEY_DESTROYED or (method is not Method.ROOM_KILLED and self.draw.random() < 0.7)
            ),
            level=level,
            facts=facts,
            looked=tuple(place for place in Place if place is Place.OWN_MEMORY or self.draw.random() < 0.6),
            took=self.draw.randrange(10_000),
        )

    def resume_one(self) -> None:
        if spooled := [start for start in self.open if start.spool]:
            start = self.draw.choice(spooled)
            again = resumed(start, time=self.clock.time)
            self.open[self.open.index(start)] = replace(start, commitment=again.commitment)
            self.ledger.append(again)

    def run(self) -> None:
        time = self.clock.time
        precision, delivery = self.draw.choice(list(Precision)), self.draw.choice(list(Delivery))
        limit, spool = self.draw.choice([60, 180, 181]), self.draw.random() < 0.5
        weak = weakened(delivery, limit, precision, spool)
        spoken = self.draw.choice(list(Spoken))
        entries = (
            replace(started(time, self.draw.randint(1, 1440)), precision=precision),
            Configured(time, spoken, 5, 1, limit, spool, delivery, precision, self.draw.random() < 0.5, weak),
            Heartbeat(time),
            Stopped(time),
        )
        for entry in entries[: self.draw.randint(1, 4)]:
            self.ledger.append(entry)

    def witness(self) -> None:
        cosign_it(self.ledger, self.clock)

    def prune(self) -> None:
        self.ledger.prune(self.clock() - timedelta(minutes=self.draw.choice([0, 30, 600])))

    def revoke(self) -> None:
        self.ledger.revoke()


def grow(folder: Path, seed: int) -> Grown:
    draw, clock, grown = random.Random(seed), Clock(), Grown()
    with Ledger.open(folder, now=clock) as ledger:
        life = Life(ledger, clock, draw)
        while len(grown.exports) < ENTRIES:
            grown.exports.append(b"".join(export(folder)))
            grown.keys.append(ledger.public_key)
            grown.checkpoints.append(ledger.checkpoint)
            whole = [index for index in range(ledger.size) if ledger.entry(index)]
            grown.receipts.append(ledger.receipt(draw.choice(whole)))
            size = ledger.size
            while ledger.size == size:
                life.go_on()
    return grown

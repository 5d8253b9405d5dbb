"""What is tried with real processes of kiskriv's, by the names that `--only` takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from proof import controls, cuts, egress, keys, kills, rehearsal, sessions, swapped, whole_machine
from proof.controls import Bench
from proof.places import NotHere
from proof.table import Control, Row, Seen


def _sessions(bench: Bench) -> Iterator[Seen]:
    yield from sessions.Proof(bench, sessions.demo(bench.start)).see(sessions.everything(bench.short))


def _kills(bench: Bench) -> Iterator[Seen]:
    yield from kills.Kills(bench, sessions.demo(bench.start)).see(bench.kills)


def _cuts(bench: Bench) -> Iterator[Seen]:
    yield from cuts.Cuts(bench, sessions.demo(bench.start)).see(bench.cuts)


def _demo(see: Callable[[Bench, sessions.Consultation], Iterator[Seen]]) -> Callable[[Bench], Iterator[Seen]]:
    return lambda bench: see(bench, sessions.demo(bench.start))


ROADS: Mapping[str, Callable[[Bench], Iterator[Seen]]] = {
    "sessions": _sessions,
    "key": lambda bench: keys.see(sessions.demo(bench.start)),
    "swapped": _demo(swapped.see),
    "rehearsal": _demo(rehearsal.see),
    "egress": egress.see,
    "kills": _kills,
    "cuts": _cuts,
    "machine": _demo(whole_machine.see),
}

SHORT = ("sessions", "key", "egress")
"""What the short form tries."""


def all_of(bench: controls.Bench, names: Iterable[str]) -> Iterator[Seen]:
    """Some of them, other names left aside. What cannot be had is a row that says why."""
    for name in (name for name in names if name in ROADS):
        try:
            yield from ROADS[name](bench)
        except NotHere as reason:
            yield Row(name, "-", "-", Control(name, "-"), note=str(reason))

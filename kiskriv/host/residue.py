"""Looking once more from outside: what a room said of its erasure, with what became of its process and of its traces elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from kiskriv.ledger import Ended, Fact, Level, Method, Place
from kiskriv.machine import level, search_memory
from kiskriv.wire.messages import Present


def with_method(entry: Ended, method: Method) -> Ended:
    """The same entry, and this was done too."""
    return replace(entry, methods=tuple(m for m in Method if m in {*entry.methods, method}))


def completed(entry: Ended, *, killed: bool) -> Ended:
    """With what became of the room's process; nothing is verified of one that had to be killed."""
    entry = replace(entry, verified=entry.verified and not killed)  # first: no entry may say both
    return with_method(entry, Method.ROOM_KILLED if killed else Method.ROOM_ENDED)


def taken(entry: Ended, seconds: float) -> Ended:
    """With the time that all the rest took, after what the room itself took to erase."""
    return replace(entry, took=entry.took + round(seconds * 1000))


def met_again(entry: Ended, residue: int | None) -> Ended:
    """With what a search elsewhere met; one that could not be made verifies nothing."""
    return replace(entry, residue=entry.residue + (residue or 0), verified=entry.verified and residue == 0)


def looked_again(entry: Ended, present: Present, names: Collection[str], *, orderly: bool) -> Ended:
    """With what is met in this process's memory and among the `names` in the runtime folder, and the level that was reached.

    `orderly`: every process that had something of the session was seen to end by itself, and so has wiped what it held; where one did not,
    only a kernel that zeroes what is freed has done it in its place.
    """
    met = search_memory(bytes.fromhex(present.trace_mask), bytes.fromhex(present.trace_masked))
    left = sum(entry.session in name for name in names)
    places = {*entry.looked, Place.RUNTIME_FOLDER, *(() if met is None else (Place.LIVING_MEMORY,))}
    facts = tuple(fact for fact in Fact if fact in present.facts)
    orderly = orderly and Method.ROOM_KILLED not in entry.methods
    unclaimed = not orderly and Fact.FREED_PAGES_ZEROED not in facts
    return replace(
        met_again(entry, (met or 0) + left),
        level=Level.C if unclaimed else Level(level(facts).value),
        facts=facts,
        looked=tuple(place for place in Place if place in places),
    )

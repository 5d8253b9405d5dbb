"""Retention: entries that are old enough are kept as their hashes only, so that every proof stays whole.

    {"commitment":"62…","kind":"opened",…}      becomes      "b1946ac92492d2347c6235b4d2611184…"

An entry `pruned`, written before, accounts for the sessions among them. What is pruned ends with the end of a session
at a moment when none was open, and leaves alone the entries without which nobody could tell the keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kiskriv.ledger.entry import Ended, Opened, Pruned, Resumed, Swept, decode
from kiskriv.ledger.merkle import leaf_hash
from kiskriv.ledger.replay import HASHED, LASTING
from kiskriv.ledger.sessions import Sessions


def proposed(lines: Iterable[bytes], before: str, time: str, earlier: Pruned | None) -> Pruned | None:
    """What may be pruned of entries older than the time `before`; None where that is nothing. `earlier`: what is already."""
    found: Pruned | None = None
    sessions = Sessions()
    opened, ended, swept = (earlier.opened, earlier.ended, earlier.swept) if earlier else (0, 0, 0)
    for size, line in enumerate(lines, start=1):
        text = line.removesuffix(b"\n")
        if HASHED.fullmatch(text):
            continue
        entry = decode(text)
        if entry.time >= before:
            break
        if isinstance(entry, Opened | Resumed | Ended | Swept):
            sessions.book(entry, size - 1)
            if not sessions.open and not sessions.unverified:
                counts = (opened + sessions.opened, ended + sessions.erased, swept + sessions.swept)
                found = Pruned(time, size, *counts)
    return found


def pruned(lines: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same lines, and of the first `size` only the hashes where that is enough."""
    for number, line in enumerate(lines, start=1):
        text = line.removesuffix(b"\n")
        if number > size or HASHED.fullmatch(text) or isinstance(decode(text), LASTING):
            yield line
        else:
            yield b'"%s"\n' % leaf_hash(text).hex().encode()

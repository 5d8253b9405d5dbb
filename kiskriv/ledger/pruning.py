"""Retention: entries that are old enough are kept as their hashes only, so that every proof stays whole.

    {"commitment":"62…","kind":"opened",…}      becomes      "b1946ac92492d2347c6235b4d2611184…"

An entry `pruned`, written before, accounts for the sessions among them. What is pruned ends with the end of a session
at a moment when none was open, and leaves alone the entries without which nobody could tell the keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kiskriv.ledger.entry import decode
from kiskriv.ledger.merkle import leaf_hash
from kiskriv.ledger.replay import HASHED, LASTING


def pruned(lines: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same lines, and of the first `size` only the hashes where that is enough."""
    for number, line in enumerate(lines, start=1):
        text = line.removesuffix(b"\n")
        if number > size or HASHED.fullmatch(text) or isinstance(decode(text), LASTING):
            yield line
        else:
            yield b'"%s"\n' % leaf_hash(text).hex().encode()

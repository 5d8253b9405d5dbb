"""Numbers with their units, and how long something lasts: «fire hundre milligram», «halvannen uke», «138 over 82». Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiskriv.draft.fact import Quantity
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.reading import Token


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity met: tokens [start, end)."""

    quantity: Quantity
    start: int
    end: int


def amounts(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Amount, ...]:
    """Every number that has a unit after it (category `unit` of the lexicon: `mg: milligram, millegram`), from the left."""
    units = {hit.start: hit for hit in lexicon.find(tokens, "unit")}
    return tuple(
        Amount(Quantity(token.value, units[at + 1].term.nb, token.to), at, units[at + 1].end)
        for at, token in enumerate(tokens)
        if token.value is not None and at + 1 in units
    )

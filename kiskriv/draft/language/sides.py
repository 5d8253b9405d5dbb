"""Which side of the body is meant: «høyre kne», «kneet på venstre side», «begge hofter», «høgresidig». Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kiskriv.draft.fact import Side
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Hit, Lexicon

_NOT: Final = frozenset(("ikke", "ikkje", "nei"))
_HEARING: Final = frozenset(("å", "kan", "kunne", "vil", "skal", "lar", "lat"))
_WELL: Final = frozenset(("dårleg", "dårlegare", "godt", "bra", "ingenting", "frå"))
_JOINED: Final = frozenset(("og", "eller", "/", "både", ","))
_NEAR: Final = 4
"""Tokens within which a side belongs to a place."""


@dataclass(frozen=True, slots=True, repr=False)
class Sided:
    """A side said at tokens [start, end)."""

    side: Side
    start: int
    end: int


def sides(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Sided, ...]:
    """All that were said, from the left; «høyre og venstre» is both, «ikke venstre» none."""
    found: list[Sided] = []
    for hit in lexicon.find(tokens, "side"):
        said = Sided(Side(hit.term.nb), hit.start, hit.end)
        if hit.start and tokens[hit.start - 1].text in _NOT:
            continue
        if said.side is Side.RIGHT and _hears(tokens, hit):
            continue
        if found and found[-1].side is not said.side and _one(tokens, found[-1], said):
            said = Sided(Side.BOTH, found.pop().start, said.end)
        found.append(said)
    return tuple(found)


def _hears(tokens: Sequence[Token], hit: Hit) -> bool:
    """«å høyre», «høyre dårleg»: nynorsk for hearing."""
    before, after = tokens[max(0, hit.start - 1) : hit.start], tokens[hit.end : hit.end + 1]
    return any(token.text in _HEARING for token in before) or any(token.text in _WELL for token in after)


def only(said: Sequence[Sided]) -> Side | None:
    """The one side that all of these say."""
    different = {sided.side for sided in said}
    return different.pop() if len(different) == 1 else None


def side_of(start: int, end: int, said: Sequence[Sided], bodies: Sequence[Hit], others: Sequence[Hit]) -> Side | None:
    """The side of what stands at tokens [start, end): the nearest one that is nearer to it than to another place."""
    best = min(said, key=lambda sided: _distance(start, end, sided), default=None)
    if best is None or (best.end <= start and _distance(start, end, best) > 2 and best.side is not Side.BOTH):
        return None
    distance = _distance(start, end, best)
    if distance > _NEAR:
        return None
    rivals = (hit for hit in bodies if hit.start != start)
    if any(
        _distance(hit.start, hit.end, best) < distance or (_follows(hit, best) and hit.start > start) for hit in rivals
    ):
        return None
    crossed = any(_between(hit, start, end, best) for hit in others)
    return None if crossed else best.side


def _distance(start: int, end: int, sided: Sided) -> int:
    return start - sided.end if sided.end <= start else max(0, sided.start - end)


def _follows(hit: Hit, sided: Sided) -> bool:
    """«… venstre kne»: a side belongs to the place right after it."""
    return hit.start == sided.end


def _between(hit: Hit, start: int, end: int, sided: Sided) -> bool:
    low, high = (sided.end, start) if sided.end <= start else (end, sided.start)
    return low <= hit.start < high


def _one(tokens: Sequence[Token], one: Sided, other: Sided) -> bool:
    """«høyre og venstre», with nothing else between."""
    between = [token.text for token in tokens[one.end : other.start]]
    return (
        0 < len(between) <= 2
        and "eller" not in between
        and all(word in _JOINED for word in between)
        and "og" in between
    )

"""What is measured, where it is named, and when: the words around a measurement. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiskriv.draft.fact import Kind, Time
from kiskriv.draft.language.quantities import durations
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claims import Claim

DIPSTICK: Final = "urinstiks"
REACH: Final = 7
"""Tokens between a measure and its number, or what is said of it."""
BREAKS: Final = frozenset({"men", "fordi", "når", "som", "mens", "medan", ";"})
TURNS: Final = frozenset({",", ";", "men", "da", "då", "("})
"""What ends the words about a measurement."""
NEGATIONS: Final = frozenset({"ikke", "ikkje", "ingen", "inga", "uten", "utan"})
_KINDS: Final = (("vital", Kind.VITAL), ("lab", Kind.LAB))
_LATELY: Final = "i går"
"""The entry of `[measured-when]` that is of these days: what was measured then is so still."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure named at tokens [start, end)."""

    name: str
    kind: Kind
    start: int
    end: int
    weak: bool = False
    """It was not named but by what one does or has («feber», «veier»): it is meant only with a number."""


def named(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Measure, ...]:
    """The measures named, from the left."""
    met = [
        Measure(hit.term.nb, kind, hit.start, hit.end)
        for category, kind in _KINDS
        for hit in lexicon.find(tokens, category)
    ]
    strong = {measure.start for measure in met}
    met += [
        Measure(hit.term.nb, Kind.VITAL, hit.start, hit.end, True)
        for hit in lexicon.find(tokens, "measuring")
        if hit.start not in strong
    ]
    ordered = sorted(met, key=lambda measure: measure.start)
    return tuple(measure for measure in ordered if measure is ordered[0] or not _in_urine(tokens, measure))


def _in_urine(tokens: Sequence[Token], measure: Measure) -> bool:
    """«albumin i urinen»: no test of its own."""
    return measure.name == DIPSTICK and measure.start > 0 and tokens[measure.start - 1].text == "i"


@dataclass(frozen=True, slots=True)
class Dated:
    """When it was measured, said at tokens [start, end); `past`: not now, nor these days."""

    start: int
    end: int
    past: bool


def dated(claim: Claim, lexicon: Lexicon) -> list[Dated]:
    """«i fjor», «for to år siden»."""
    words = [token.text for token in claim.tokens]
    ago = [
        Dated(amount.start - 1, amount.end + 1, True)
        for amount in durations(claim.tokens, lexicon)
        if words[amount.end : amount.end + 1] in (["siden"], ["sidan"])
        and amount.start > 0
        and words[amount.start - 1] == "for"
    ]
    said = [Dated(hit.start, hit.end, hit.term.nb != _LATELY) for hit in lexicon.find(claim.tokens, "measured-when")]
    return sorted(ago + said, key=lambda date: date.start)


def time(claim: Claim, measure: Measure, start: int, end: int, lexicon: Lexicon) -> Time:
    """When what was found at tokens [start, end) is so, by the words about it alone: measures stand in rows, each with a time of its own.

    Those words begin after the number before it, or after the comma before its name, and end at the next turn.
    """
    tokens = claim.tokens
    named_at = min(measure.start, start) if measure.end <= start else start
    first = next((at + 1 for at in range(start - 1, -1, -1) if tokens[at].value is not None), 0)
    first = next((at + 1 for at in range(named_at - 1, first - 1, -1) if tokens[at].text == ","), first)
    turns = (at for at in range(end, len(tokens)) if tokens[at].text in TURNS or tokens[at].value is not None)
    own = replace(claim, tokens=tokens[first : next(turns, len(tokens))])
    return claims.time(own, start - first, end - first, lexicon)


def within(claim: Claim, start: int, end: int, categories: Sequence[str], lexicon: Lexicon) -> list[Hit]:
    """The terms met in tokens [start, end), counted through the claim, none within another, from the left."""
    span = claim.tokens[start:end]
    met = [
        Hit(hit.term, hit.start + start, hit.end + start)
        for category in categories
        for hit in lexicon.find(span, category)
    ]
    hits: list[Hit] = []
    for hit in sorted(met, key=lambda hit: (hit.start, -hit.end)):
        if not hits or hit.start >= hits[-1].end:
            hits.append(hit)
    return hits

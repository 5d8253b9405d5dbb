"""What is measured, and where it is named. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kiskriv.draft.fact import Kind
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk.claims import Claim

DIPSTICK: Final = "urinstiks"
REACH: Final = 7
"""Tokens between a measure and its number, or what is said of it."""
BREAKS: Final = frozenset({"men", "fordi", "når", "som", "mens", "medan", ";"})
NEGATIONS: Final = frozenset({"ikke", "ikkje", "ingen", "inga", "uten", "utan"})
_KINDS: Final = (("vital", Kind.VITAL), ("lab", Kind.LAB))


@dataclass(frozen=True, slots=True, repr=False)
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


def within(claim: Claim, start: int, end: int, categories: Sequence[str], lexicon: Lexicon) -> list[Hit]:
    """The terms met in tokens [start, end), counted through the claim, none within another, from the left."""
    span = claim.tokens[start:end]
    met = [Hit(hit.term, hit.start + start, hit.end + start) for hit in lexicon.find(span, *categories)]
    hits: list[Hit] = []
    for hit in sorted(met, key=lambda hit: (hit.start, -hit.end)):
        if not hits or hit.start >= hits[-1].end:
            hits.append(hit)
    return hits

"""What was said of a measure without a number: «CRP var fin», «streptesten var positiv», what a dipstick shows. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kiskriv.draft.fact import Fact, Kind, Polarity
from kiskriv.draft.kinds.measured import BREAKS, NEGATIONS, REACH, Measure, within
from kiskriv.draft.kinds.measuring_times import time_of
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claims import Claim
from kiskriv.draft.talk.quoting import quoted

_POSITIVE_NEGATIVE: Final = ("positiv", "negativ")
_DISEASED: Final = ("høy", "lav")
_DEGREES: Final = frozenset(
    (
        "litt", "noe", "noko", "ganske", "svært", "veldig", "helt", "heilt", "for", "lett", "fortsatt", "fremdeles", "framleis", "mye",
        "mykje", "nesten", "alt",
    )
)  # fmt: skip
"""Before what is said of it, and part of it."""


def rated(claim: Claim, measure: Measure, until: int, lexicon: Lexicon) -> Iterator[Fact]:
    """What was said of a measure without a number: «CRP var fin», «streptesten var positiv»."""
    span = claim.tokens[measure.end : min(until, measure.end + REACH)]
    stop = next((at for at, token in enumerate(span) if token.text in BREAKS or token.value is not None), len(span))
    hits = within(claim, measure.end, measure.end + stop, ("outcome", "rating"), lexicon)
    if not hits:
        yield from _foretold(claim, measure, lexicon)
    elif claim.answer is None or hits[0].term.category == "outcome":
        run = [hits[0]]
        for hit in hits[1:]:
            if [token.text for token in claim.tokens[run[-1].end : hit.start]] in ([], ["og"], [","]):
                run.append(hit)
        yield _without_number(claim, measure, run, lexicon)


def shown(claim: Claim, measure: Measure, until: int, lexicon: Lexicon) -> Iterator[Fact]:
    """What it shows, part by part: «positiv på leukocytter og nitritt, negativ på blod», «leukocytter to pluss, nitritt negativ»."""
    hits = within(claim, measure.end, until, ("outcome", "stick", "rating"), lexicon)
    if not hits:
        yield from _foretold(claim, measure, lexicon)
    for part in _parts(claim, hits):
        yield _without_number(claim, measure, part, lexicon)


def _parts(claim: Claim, hits: Sequence[Hit]) -> Iterator[list[Hit]]:
    """What belongs to one outcome: what follows it after «på», or else what stands before it."""
    part: list[Hit] = []
    for hit in hits:
        if hit.term.category != "outcome":
            part.append(hit)
        elif next((token.text for token in claim.tokens[hit.end :] if token.text != "."), "") in ("på", "for"):
            if part:
                yield part
            part = [hit]
        else:
            if len(part) > 1 and part[0].term.category == "outcome":
                yield part[:-1]
                part = part[-1:]
            yield [*part, hit]
            part = []
    if part:
        yield part


def _foretold(claim: Claim, measure: Measure, lexicon: Lexicon) -> Iterator[Fact]:
    """«Positiv streptest», «ingen utslag på stiksen», «fine blodprøver»; «høyt blodtrykk» is a disease."""
    hits = within(claim, max(0, measure.start - 3), measure.start, ("outcome", "rating"), lexicon)
    if measure.kind is not Kind.LAB or not hits or claim.answer is not None or hits[-1].term.nb in _DISEASED:
        return
    if [token.text for token in claim.tokens[hits[-1].end : measure.start]] in ([], ["på"]):
        yield _without_number(claim, measure, hits[-1:], lexicon)


def _without_number(claim: Claim, measure: Measure, hits: Sequence[Hit], lexicon: Lexicon) -> Fact:
    """From the first of what was said of it to the last. «Negativ» is told by the polarity alone."""
    first, start, end = hits[0], hits[0].start, hits[-1].end
    outcome = next((hit for hit in hits if hit.term.nb in _POSITIVE_NEGATIVE), None)
    denied = outcome is not None and outcome.term.nb == "negativ"
    if start > measure.end and claim.tokens[start - 1].text in NEGATIONS:
        denied = denied or first.term.category == "stick"
    if denied and first is outcome:
        start = first.end
    elif denied and hits[-1] is outcome:
        end = outcome.start
    while not denied and start and start != measure.end and claim.tokens[start - 1].text in _DEGREES | NEGATIONS:
        start -= 1
    hedged = claims.polarity(claim, first.start, first.end, lexicon) is Polarity.UNCERTAIN
    return Fact(
        kind=measure.kind,
        name=measure.name,
        evidence=claim.evidence,
        polarity=Polarity.DENIED if denied else Polarity.UNCERTAIN if hedged else Polarity.AFFIRMED,
        time=time_of(claim, measure, first.start, first.end, lexicon),
        about=claims.about(claim, first.start, first.end, lexicon),
        detail=quoted(claim, start, end).lower(),
    )

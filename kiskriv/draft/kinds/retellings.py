"""Whether two tellings are of one thing, and the one fact that they make; and whether a thing told is over. Pure.

A place or side that one telling leaves open is the other's; the later word on whether it is so holds, with the evidence of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kiskriv.draft.fact import Fact, Kind, Polarity
from kiskriv.draft.kinds.details import Detail
from kiskriv.draft.language.durations import Span
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.claims import Claim

IT: Final = frozenset(("dette", "det", "den", "de", "dei", "plagene", "plagane", "smertene"))
"""Words for what was last spoken of."""
_CORRECTS: Final = frozenset(("nei", "neida", "unnskyld", "sorry", "egentlig", "eigentleg", "forresten"))
_AROUND: Final = 3
_FAR: Final = 8
"""Tokens within which «nesten» weakens a word that it is over, and within which such a word is of what stands before it."""


def described(fact: Fact, when: Sequence[Span], like: Sequence[Detail], claim: Claim) -> Fact:
    """With these times and details; a time that is known stays, unless the claim corrects it."""
    corrected = any(token.text in _CORRECTS for token in claim.tokens[:2])
    duration = next((span.duration for span in when if span.duration is not None), None)
    onset = " ".join(span.onset for span in when if span.onset)
    detail = ", ".join(filter(None, (fact.detail, *(d.text for d in like if d.text not in fact.detail))))
    return replace(
        fact,
        duration=duration if duration is not None and (corrected or fact.duration is None) else fact.duration,
        onset=onset if onset and (corrected or not fact.onset) else fact.onset,
        detail=detail,
    )


def resolved(claim: Claim, start: int, lexicon: Lexicon) -> bool:
    """Whether the claim says after this token that it has passed: «feberen har gitt seg», «var kvalm, men det er borte nå»."""
    for hit in lexicon.find(claim.tokens[start:], "resolved"):
        first, last = start + hit.start, start + hit.end
        around = (*claim.tokens[max(start, first - _AROUND) : first], *claim.tokens[last : last + _AROUND])
        between = [token.text for token in claim.tokens[start:first]]
        turned = between.index("men") + 1 if "men" in between else 0
        it = not turned or any(word in IT for word in between[turned : turned + 2])
        if it and len(between) <= _FAR and not lexicon.has(around, "unresolved"):
            return True
    return False


def same(known: Fact, fact: Fact) -> bool:
    """Told of one thing: a place or side that one leaves open is the other's. Another word on whether it is so is on the very same."""
    if (known.kind, known.name, known.about, known.time) != (fact.kind, fact.name, fact.about, fact.time):
        return False
    if known.kind is Kind.FINDING:
        return (known.polarity, known.detail, known.body, known.side) == (
            fact.polarity,
            fact.detail,
            fact.body,
            fact.side,
        )
    if known.polarity is not fact.polarity:
        return fact.polarity is not Polarity.UNCERTAIN and (known.body, known.side) == (fact.body, fact.side)
    return _agree(known.body, fact.body) and _agree(known.side, fact.side)


def finer(known: Fact, fact: Fact) -> bool:
    """«Eksem», and then «atopisk eksem»: said of one thing, by a finer name."""
    alike = (known.kind, known.about, known.time, known.polarity) == (fact.kind, fact.about, fact.time, fact.polarity)
    return alike and fact.name.endswith(f" {known.name}") and bool(set(known.evidence) & set(fact.evidence))


def _agree(one: object, other: object) -> bool:
    return not one or not other or one == other


def less(fact: Fact, known: Fact) -> bool:
    """Less sure than what is known, or denied without the place where it was affirmed: nobody knows what was denied."""
    if (known.kind, known.name, known.about) != (fact.kind, fact.name, fact.about) or fact.kind is Kind.FINDING:
        return False
    if fact.polarity is Polarity.UNCERTAIN:
        return known.polarity is not Polarity.UNCERTAIN and known.time is fact.time
    placed = bool(known.body or known.side) and not (fact.body or fact.side)
    return placed and fact.polarity is Polarity.DENIED and known.polarity is Polarity.AFFIRMED


def merged(known: Fact, fact: Fact, claim: Claim) -> Fact:
    """The later word on whether it is so; of the rest, what was not known yet."""
    turned = known.polarity is not fact.polarity
    if finer(known, fact):
        known = replace(known, name=fact.name)
    base = replace(known, polarity=fact.polarity, detail="", duration=None, onset="") if turned else known
    when = [Span(0, 0, fact.duration), Span(0, 0, None, fact.onset)]
    like = [Detail(0, 0, fact.detail)] if fact.detail else []
    said = described(replace(base, side=base.side or fact.side, body=base.body or fact.body), when, like, claim)
    return replace(said, evidence=joined(known.evidence, fact.evidence))


def joined(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({*one, *other}))

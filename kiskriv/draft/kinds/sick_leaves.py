"""A sick leave as agreed: percent, how long, from when. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from kiskriv.draft.fact import Fact, Quantity
from kiskriv.draft.kinds.matters import Matter
from kiskriv.draft.kinds.percents import off_work
from kiskriv.draft.language.quantities import Amount
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.quoting import quoted


def sick_leaves(matter: Matter, base: Fact, lexicon: Lexicon) -> Iterator[Fact]:
    """One, or where several percents follow each other («100 prosent i en uke, så 50 i to») several."""
    span = matter.claim.tokens[matter.first : matter.last]
    percents = [_moved(amount, matter.first) for amount in off_work(span, lexicon)]
    if len(percents) < 2:
        yield _one(matter, base, percents[0].quantity if percents else None, slice(matter.first, matter.last), lexicon)
        return
    starts = [matter.first, *(percent.start for percent in percents[1:]), matter.last]
    for percent, first, last in zip(percents, starts, starts[1:], strict=False):
        yield _one(matter, base, percent.quantity, slice(first, last), lexicon)


def _one(matter: Matter, base: Fact, percent: Quantity | None, part: slice, lexicon: Lexicon) -> Fact:
    first, span = part.start, matter.claim.tokens[part]
    own = [one for one in matter.occasions if first <= one.start < part.stop and not one.ahead]
    graded = lexicon.find(span, "graded")
    details = (
        [quoted(matter.claim, first + graded[0].start, first + graded[0].end)] if graded and percent is None else []
    )
    details += ["forlenget"] if lexicon.has(span, "extended") else []
    if percent is None and not graded and lexicon.has(span, "full"):
        percent = Quantity(Decimal(100), "%")
    return replace(
        base,
        value=percent if matter.name == "sykmelding" else None,
        duration=next((one.duration for one in own if one.duration is not None), None),
        onset=" ".join(one.onset for one in own if one.onset),
        detail=", ".join(filter(None, (*details, matter.proviso))),
    )


def _moved(amount: Amount, by: int) -> Amount:
    return Amount(amount.quantity, amount.start + by, amount.end + by)

"""When a number was measured: now, or before. By the words about it alone: measures stand in rows, each with a time of its own. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from kiskriv.draft.fact import Time
from kiskriv.draft.kinds.measured import Measure, within
from kiskriv.draft.kinds.readings import Reading
from kiskriv.draft.language.quantities import durations
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claims import Claim

NOW: Final = frozenset({"nå", "no", "dag"})
_TURNS: Final = frozenset({",", ";", "men", "da", "då", "("})
"""What ends the words about a measurement."""
LINKS: Final = frozenset(
    (
        "(", "tidl", ".", "og", "så", "nå", "no", "i", "går", "dag", "til", "mens", "medan", "men", "var", "er", "sist",
        "forrige", "førre", "gang", ",", "/", "mot", "deretter", "etterpå", "andre", "gangen", "måling", "ny", "på", "fra", "frå",
        "tilsvarer", "tilsvarende", "den", "det", "han", "hun", "ho", "du", "hadde", "låg", "lå", "ligg", "uke", "veke", "gong",
    )
)  # fmt: skip
"""What may stand between one number of a measure and the next."""
SMALL: Final = LINKS | frozenset(
    (
        "ja", "jo", "nei", "da", "då", "ok", "får", "hadde", "har", "ligger", "ligg", "lå", "måler", "målte", "målt", "viser", "ser", "vi",
        "eg", "jeg", "me", "ut", "her", "der", "akkurat", "bare", "berre", ".", "sånn", "kilo", "°", "%", "grader", "gradar", "prosent",
        "cirka", "ca", "rundt", "under", "over",
    )
)  # fmt: skip
"""What may stand around a number of what was named before."""
_SKIPPED: Final = frozenset(
    (".", "var", "va", "på", "målt", ":", "det", "den", "låg", "lå", "ligg", "du", "han", "hun", "ho", "er", "hadde", "viste", "dei",
     "uke", "veke", "gang", "gong", "måned", "månad", "time", "år")
)  # fmt: skip
_LATELY: Final = "i går"
"""The entry of `[measured-when]` that is of these days: what was measured then is so still."""


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


def time_of(claim: Claim, measure: Measure, start: int, end: int, lexicon: Lexicon) -> Time:
    """When what was found at tokens [start, end) is so, by the words about it alone.

    Those words begin after the number before it, or after the comma before its name, and end at the next turn.
    """
    tokens = claim.tokens
    named_at = min(measure.start, start) if measure.end <= start else start
    first = next((at + 1 for at in range(start - 1, -1, -1) if tokens[at].value is not None), 0)
    first = next((at + 1 for at in range(named_at - 1, first - 1, -1) if tokens[at].text == ","), first)
    turns = (at for at in range(end, len(tokens)) if tokens[at].text in _TURNS or tokens[at].value is not None)
    own = replace(claim, tokens=tokens[first : next(turns, len(tokens))])
    return claims.time(own, start - first, end - first, lexicon)


def measured_when(claim: Claim, measure: Measure, one: Reading, lexicon: Lexicon) -> Dated | None:
    """When it was measured, where that was not now: said right after the number, or between the measure and it."""
    dates = dated(claim, lexicon)
    after = [
        date
        for date in dates
        if date.start >= one.end and linked(claim, one.end, date.start, lexicon) and not _leads(claim, date)
    ]
    before = [
        date
        for date in dates
        if date.end <= one.start
        and all(token.text in SMALL - {","} for token in claim.tokens[date.end : min(measure.start, one.start)])
        and not any(token.value is not None or token.text in NOW for token in claim.tokens[date.end : one.start])
    ]
    return after[0] if after else before[-1] if before else None


def _leads(claim: Claim, date: Dated) -> bool:
    """«11,2 (sist 12,4)»: a number follows, and it is that which the date is of."""
    following = (token for token in claim.tokens[date.end :] if token.text not in _SKIPPED)
    return getattr(next(following, None), "value", None) is not None


def measured_time(claim: Claim, measure: Measure, one: Reading, when: Dated | None, lexicon: Lexicon) -> Time:
    """«fra 160 til 140», «16, mot 40», «10,4, men nå 11,2»: what it came from was, and so was what was measured long ago."""
    words = [token.text for token in claim.tokens]
    rest = words[one.end : one.end + 5]
    led = words[max(0, one.start - 2) : one.start]
    came_from = led[-1:] in (["fra"], ["frå"]) and ("til" in rest[:2] or led[0] in ("ned", "opp"))
    against = led[-1:] == ["mot"] and any(token.value is not None for token in claim.tokens[: one.start])
    outdated = (
        "men" in rest[:2]
        and not NOW.isdisjoint(rest)
        and any(token.value is not None for token in claim.tokens[one.end + 1 :])
    )
    if came_from or against or outdated or (when is not None and when.past):
        return Time.PAST
    return time_of(claim, measure, one.start, one.end, lexicon)


def linked(claim: Claim, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether only that stands there which may stand between one number of a measure and the next."""
    how = {
        at
        for hit in within(claim, start, end, ("measured-how", "measured-when"), lexicon)
        for at in range(hit.start, hit.end)
    }
    return all(at in how or claim.tokens[at].text in LINKS for at in range(start, end))

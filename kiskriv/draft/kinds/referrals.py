"""A referral, or an examination elsewhere: to whom or what, of which side and part of the body, how urgent. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from kiskriv.draft.fact import Fact, Polarity, Side, Time
from kiskriv.draft.kinds.matters import Matter
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.quoting import quoted

_SIDES: Final = frozenset({"venstre", "høyre", "høgre", "begge"})
_PASSIVES: Final = frozenset({"blir", "bli", "får", "vert", "deg"})
_REASONS: Final = frozenset({"for"})
_ENDS: Final = frozenset({",", ".", ";", "og", "så", "da", "då", "men", "innen"})
_EMPTY: Final = frozenset({"å", "det", "at", "sikkerhets", "en", "ei", "ein", "et"})


def referrals(matter: Matter, base: Fact, lexicon: Lexicon) -> Iterator[Fact]:
    """One, or one for each part of the body: «røntgen av bekken og venstre hofte»."""
    whole = referral(matter, base, lexicon)
    span = matter.claim.tokens[matter.end : matter.last]
    parts = lexicon.find(span, "body") if whole is not None and matter.category == "examination" else ()
    joined = [[t.text for t in span[one.end : other.start] if t.text not in _SIDES] for one, other in pairwise(parts)]
    if whole is None or len(parts) < 2 or joined != [["og"]]:
        yield from () if whole is None else (whole,)
        return
    for hit in parts:
        side = next(
            (Side(near.term.nb) for near in lexicon.find(span[max(0, hit.start - 1) : hit.start], "side")), None
        )
        yield replace(whole, name=f"{matter.name} {hit.term.nb}", body=hit.term.nb, side=side)


def referral(matter: Matter, base: Fact, lexicon: Lexicon) -> Fact | None:
    """Without a name where nobody was said."""
    place = matter.category in ("specialty", "examination", "test")
    span = matter.claim.tokens[matter.end : matter.last]
    around = matter.claim.tokens[matter.first : matter.last]
    part = next((hit.term.nb for hit in lexicon.find(span, "site", "body")), "") if place else ""
    side = next((Side(hit.term.nb) for hit in lexicon.find(around, "side")), None) if place else None
    urgent = [
        quoted(matter.claim, matter.first + hit.start, matter.first + hit.end) for hit in lexicon.find(around, "urgent")
    ]
    details = (*urgent, "" if part else _reason(matter), matter.proviso)
    return replace(
        base,
        name=(f"{matter.name} {part}" if matter.category == "examination" and part else matter.name) if place else "",
        time=Time.PAST if _before(matter, lexicon) else base.time,
        polarity=base.polarity if place else Polarity.AFFIRMED if base.polarity is Polarity.AFFIRMED else base.polarity,
        side=side,
        body=part,
        duration=next((one.duration for one in matter.occasions if one.ahead), None),
        onset=next((one.onset for one in matter.occasions if one.onset), ""),
        detail=", ".join(filter(None, details)),
    )


def _before(matter: Matter, lexicon: Lexicon) -> bool:
    """«er henvist», said, not written: it was done already; «blir henvist» is not."""
    if matter.claim.written:
        return False
    tokens = matter.claim.tokens
    return any(
        _PASSIVES.isdisjoint(token.text for token in tokens[max(0, hit.start - 3) : hit.start])
        for hit in lexicon.find(tokens, "referred")
    )


def _reason(matter: Matter) -> str:
    """«for fotografering av netthinnen»."""
    tokens = matter.claim.tokens
    if matter.end >= matter.last or tokens[matter.end].text not in _REASONS:
        return ""
    end = matter.end + 1
    while end < matter.last and tokens[end].text not in _ENDS and end - matter.end < 8:
        end += 1
    return (
        "" if end == matter.end + 1 or tokens[matter.end + 1].text in _EMPTY else quoted(matter.claim, matter.end, end)
    )

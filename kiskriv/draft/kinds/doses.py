"""Which parts of a regimen are one drug's: numbers without a unit, counts at times of day, what a dose is changed from. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from kiskriv.draft.fact import Action, Quantity, plain
from kiskriv.draft.kinds.deeds import Deed
from kiskriv.draft.kinds.drug_names import DrugName
from kiskriv.draft.kinds.regimen import STRENGTHS, Part, Regimen, regimen
from kiskriv.draft.language import numerals
from kiskriv.draft.language.reading import Token
from kiskriv.draft.language.reading import tokens as read
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.claim import Claim

_DAY: Final = ("morning", "noon", "evening", "night")
_EACH: Final = frozenset(("gangen", "gongen"))
_PARTED: Final = frozenset((",", "og", ".", ";"))
_JOINED: Final = frozenset((",", "på", "depot", "retard", "til", "krem", "mikstur"))
_MANY: Final = 8
"""Tablets at a time, at most: what is more is a strength («50 om morgenen»)."""
_NO_DOSE: Final = 2000
"""From here on a bare number is a year."""
_ASIDE: Final = re.compile(r"\(([^()]+)\)")


def own(claim: Claim, names: Sequence[DrugName], at: int, said: Sequence[Part]) -> list[Part]:
    """Of what is said, what is of the name at this place: behind it as far as the next, or straight before it («400 mg Ibux»)."""
    name = names[at]
    start = names[at - 1].end if at else 0
    last = at + 1 == len(names)
    end = len(claim.tokens) if last else names[at + 1].start
    behind = [p for p in said if name.end <= p.start and p.end <= end and (last or not _leads(claim, p, names[at + 1]))]
    before = [p for p in said if start <= p.start and p.end <= name.start and (not at or _leads(claim, p, name))]
    return [*before, *behind]


def taken(claim: Claim, name: DrugName, deed: Deed, said: Sequence[Part], lexicon: Lexicon) -> Regimen:
    """How this drug is taken, of these parts."""
    said = [part for part in said if part.start < deed.until]
    parts = [part for part in said if part.bare is None]
    strengths = (part.dose.unit for part in said if part.dose and part.dose.unit in STRENGTHS)
    its_unit = next(strengths, unit(name.name, lexicon))
    parts += [
        dose for part in said if part.bare is not None and (dose := _of_number(claim, name, part, deed, its_unit))
    ]
    parts += _single(claim, name, deed)
    old = _before_change(claim, parts) if deed.action is Action.CHANGED else ""
    if old:
        parts = [
            part
            for part in parts
            if part.dose is None or _text(claim.tokens, part.start - 1) not in ("fra", "frå", "med")
        ]
    if old.startswith("med"):  # «med 5 mg hver uke»: how often it changes
        parts = [part for part in parts if not part.frequency]
    how = regimen(at_times_of_day(claim, parts))
    aside = _ASIDE.search(claim.text) if claim.written else None
    later = claim.text[claim.tokens[deed.until].start :].rstrip(" .!") if deed.until < len(claim.tokens) else ""
    notes = (old, how.note, aside[1] if aside else "", later)
    return replace(how, note=", ".join(dict.fromkeys(filter(None, notes))))


def at_times_of_day(claim: Claim, said: Sequence[Part]) -> list[Part]:
    """«en om morgenen og to om kvelden»: a number straight before a time of day is a number of tablets; different ones are `1+0+2`."""
    found: list[Part] = []
    counts: dict[str, Decimal] = {}
    for part in sorted(said, key=lambda part: part.start):
        found.append(part)
        count = _count(claim.tokens, part.start - 1) if part.frequency in _DAY else None
        if count is not None and count <= _MANY:
            counts[part.frequency] = count
            as_said = claim.text[claim.tokens[part.start - 1].start : claim.tokens[part.end - 1].end]
            found.append(Part(part.start - 1, part.end, dose=Quantity(count, "tablet"), note=as_said))
    if len(set(counts.values())) < 2:
        return found
    plan = "+".join(plain(counts.get(time, Decimal(0))) for time in (_DAY if "night" in counts else _DAY[:3]))
    rest = [part for part in found if part.frequency not in counts and not (part.dose and part.dose.unit == "tablet")]
    return [*rest, Part(0, 1, frequency=plan)]


def unit(name: str, lexicon: Lexicon) -> str:
    """Of a strength that is said without one."""
    hits = lexicon.find(read(name), "strength-unit")
    return hits[0].term.nb if hits else "mg"


def _leads(claim: Claim, part: Part, name: DrugName) -> bool:
    """«400 milligram Ibux», «to Paracet»: it stands straight before the name, and nothing parts them."""
    between = claim.tokens[part.end : name.start]
    counted = part.dose is not None or (part.bare is not None and not between)
    return counted and 0 <= name.start - part.end <= 2 and not any(token.text in _PARTED for token in between)


def _of_number(claim: Claim, name: DrugName, part: Part, deed: Deed, unit: str) -> Part | None:
    """A number alone as a dose: straight behind the name, before it («to Paracet», «to om gangen»), or what it is changed to."""
    assert part.bare is not None
    tokens = claim.tokens
    after = _text(tokens, part.end)
    if (name.end and part.end == name.start) or (after in ("om", "av") and _text(tokens, part.end + 1) in _EACH):
        return replace(part, bare=None, dose=Quantity(part.bare, "tablet"), note=_said(claim, part))
    between = {token.text for token in tokens[name.end : part.start]}
    follows = bool(name.end) and 0 <= part.start - name.end <= 1 and not between - _JOINED
    target = deed.action is Action.CHANGED and _text(tokens, part.start - 1) in ("til", "på")
    if not (follows or target) or part.bare >= _NO_DOSE or after == "/":
        return None
    return replace(part, bare=None, dose=Quantity(part.bare, unit))


def _single(claim: Claim, name: DrugName, deed: Deed) -> Iterator[Part]:
    """«tok en Paracet»: one of them."""
    counted = deed.action is Action.CONTINUED and deed.explicit and not name.group and not claim.written
    if counted and _text(claim.tokens, name.start - 1) in numerals.ONE:
        yield Part(name.start - 1, name.start, dose=Quantity(Decimal(1), "tablet"))


def _before_change(claim: Claim, said: Sequence[Part]) -> str:
    """«fra 50 mg», «med 25 mg»: what is not the new dose, as it was said."""
    tokens = claim.tokens
    for at, token in enumerate(tokens[:-1]):
        if token.text in ("fra", "frå", "med") and tokens[at + 1].value is not None:
            dose = next((part for part in said if part.start == at + 1 and part.dose), None)
            if dose is not None or token.text != "med":
                return claim.text[token.start : tokens[dose.end - 1 if dose else at + 1].end]
    return ""


def _count(tokens: Sequence[Token], at: int) -> Decimal | None:
    if at < 0:
        return None
    return Decimal(1) if tokens[at].text in numerals.ONE else tokens[at].value


def _said(claim: Claim, part: Part) -> str:
    return claim.text[claim.tokens[part.start].start : claim.tokens[part.end - 1].end]


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""

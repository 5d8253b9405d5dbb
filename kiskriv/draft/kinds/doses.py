"""Which parts of a regimen are one drug's: numbers without a unit, counts at times of day, what a dose is changed from. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from kiskriv.draft.fact import Action, Quantity, plain
from kiskriv.draft.kinds.deeds import Deed
from kiskriv.draft.kinds.drug_names import DrugName
from kiskriv.draft.kinds.regimen import STRENGTHS, Part, Regimen, regimen
from kiskriv.draft.language import numerals
from kiskriv.draft.language.reading import Token
from kiskriv.draft.language.reading import tokens as read
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.claim import Claim, clause

_DAY: Final = ("morning", "noon", "evening", "night")
_EACH: Final = frozenset(("gangen", "gongen"))
_PARTED: Final = frozenset((",", "og", ".", ";"))
_JOINED: Final = frozenset(
    (",", "også", "òg", "fortsatt", "framleis", "på", "depot", "retard", "til", "krem", "mikstur")
)
MANY: Final = 8
"""Tablets at a time, at most: what is more is a strength («50 om morgenen»)."""
_A_DAY: Final = frozenset(("dag", "dagen", "døgn", "døgnet", "dose", "dosen"))
_NO_DOSE: Final = 2000
"""From here on a bare number is a year."""
_STRAIGHT: Final = 6
"""Words in which an ailment and how long it has lasted are told."""
_AGAINST: Final = frozenset(("mot", "for"))
_ASIDE: Final = re.compile(r"\(([^()]+)\)")


def own(claim: Claim, names: Sequence[DrugName], at: int, said: Sequence[Part], lexicon: Lexicon) -> list[Part]:
    """Of what is said, what is of the name at this place: behind it as far as the next, or straight before it («400 mg Ibux»)."""
    name = names[at]
    said = [part for part in said if not (part.duration and _of_ailment(claim, part, name, lexicon))]
    start = names[at - 1].end if at else 0
    last = at + 1 == len(names)
    end = len(claim.tokens) if last else names[at + 1].start
    behind = [p for p in said if name.end <= p.start and p.end <= end and (last or not _leads(claim, p, names[at + 1]))]
    before = [p for p in said if start <= p.start and p.end <= name.start and (not at or _leads(claim, p, name))]
    return [*before, *behind]


def _of_ailment(claim: Claim, part: Part, name: DrugName, lexicon: Lexicon) -> bool:
    """«feber i tre dager og tar Paracet»: what lasts is what stands straight before it, before the name or in another clause."""
    begin, _ = clause(claim.tokens, part.start)
    if name.end <= part.start and begin <= name.end:
        return False
    before = claim.tokens[max(begin, part.start - _STRAIGHT) : part.start]
    hits = lexicon.find(before, "symptom", "condition", "complaint")
    return any(_text(before, hit.start - 1) not in _AGAINST for hit in hits)


def taken(claim: Claim, name: DrugName, deed: Deed, said: Sequence[Part], lexicon: Lexicon) -> Regimen:
    """How this drug is taken, of these parts."""
    aside = _ASIDE.search(claim.text) if claim.written else None
    old = _before_change(claim, said) if deed.action is Action.CHANGED else ""
    said = [
        part
        for part in said
        if (deed.skipped < 0 or part.start < deed.skipped)
        and not (aside and aside.start() < claim.tokens[part.start].start < aside.end())
    ]
    said, later = _steps(claim, name, deed, said)
    if mixed := _by_turns(claim, said):
        return Regimen(note=mixed)
    parts = [part for part in said if part.bare is None]
    strengths = (part.dose.unit for part in said if part.dose and part.dose.unit in STRENGTHS)
    its_unit = next(strengths, unit(name.name, lexicon))
    parts += [
        dose for part in said if part.bare is not None and (dose := _of_number(claim, name, part, deed, its_unit))
    ]
    parts += _single(claim, name, deed)
    if old:
        parts = [
            part
            for part in parts
            if part.dose is None or _text(claim.tokens, part.start - 1) not in ("fra", "frå", "med")
        ]
    if old.startswith("med"):  # «med 5 mg hver uke»: how often it changes
        parts = [part for part in parts if not part.frequency]
    how = regimen(at_times_of_day(claim, parts, its_unit))
    notes = (old, how.note, aside[1] if aside else "", later)
    return replace(how, note=", ".join(dict.fromkeys(filter(None, notes))))


def _steps(claim: Claim, name: DrugName, deed: Deed, said: Sequence[Part]) -> tuple[list[Part], str]:
    """What is taken from the beginning, and what later, as it was said; after a first day how it goes on, and that first day."""
    now = [part for part in said if part.start < deed.until]
    if deed.until >= len(claim.tokens):
        return now, ""
    behind = [part for part in said if part.start >= deed.until]
    before = claim.tokens[name.end : deed.until]
    words = [token.text for token in before]
    if behind and any(a in ("første", "fyrste") and b in _A_DAY for a, b in pairwise(words)):
        return behind, claim.text[before[0].start : before[-1].end].strip(" ,").removesuffix(" og")
    return now, claim.text[claim.tokens[deed.until].start :].rstrip(" .!")


def at_times_of_day(claim: Claim, said: Sequence[Part], unit: str) -> list[Part]:
    """«en om morgenen og to om kvelden»: a number straight before a time of day is a number of tablets; different ones are `1+0+2`."""
    times = [part for part in sorted(said, key=lambda part: part.start) if part.frequency in _DAY]
    counted = {p: count for p in times if (count := _count(claim.tokens, p.start - 1)) is not None and count < _NO_DOSE}
    if len(set(counted.values())) > 1 and any(count > MANY for count in counted.values()):
        return _first_strength(claim, said, counted, unit)
    tablets = {part: count for part, count in counted.items() if count <= MANY}
    if len(set(tablets.values())) > 1:
        each = {part.frequency: plain(count) for part, count in tablets.items()}
        plan = "+".join(each.get(time, "0") for time in (_DAY if "night" in each else _DAY[:3]))
        rest = [p for p in said if p.frequency not in each and not (p.dose and p.dose.unit == "tablet")]
        return [*rest, Part(0, 1, frequency=plan)]
    found = list(said)
    for part, count in tablets.items():
        dose = Quantity(count, "tablet")
        found.append(Part(part.start - 1, part.end, dose=dose, note=_between(claim, part.start - 1, part.end)))
    return sorted(found, key=lambda part: part.start)


def _by_turns(claim: Claim, said: Sequence[Part]) -> str:
    """«75 og 100 annenhver dag»: two doses by turns, as it was said."""
    if not any(part.frequency == "0.5/day" for part in said):
        return ""
    strong = (p.dose.value if p.dose and p.dose.unit in STRENGTHS else p.bare for p in said)
    numbers = {value for value in strong if value is not None}
    other = [p.end for p in said if p.frequency == "0.5/day" or p.dose or p.bare is not None]
    rest = claim.tokens[max(other) :]
    end = max(other) + (3 if [t.text for t in rest[:2]] in (["de", "andre"], ["dei", "andre"]) and len(rest) > 2 else 0)
    return _between(claim, min(p.start for p in said), end) if len(numbers) > 1 else ""


def _first_strength(claim: Claim, said: Sequence[Part], counted: Mapping[Part, Decimal], unit: str) -> list[Part]:
    """«førti om morgenen og tjue midt på dagen»: the first is the dose, the others stay as they were said."""
    first, *others = counted
    rest = [part for part in said if part not in counted and part.dose is None]
    notes = [Part(part.start - 1, part.end, note=_between(claim, part.start - 1, part.end)) for part in others]
    return [*rest, first, Part(first.start - 1, first.start, dose=Quantity(counted[first], unit)), *notes]


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
    leads = bool(name.end) and part.end == name.start
    if (leads and part.bare <= MANY) or (after in ("om", "av") and _text(tokens, part.end + 1) in _EACH):
        return replace(part, bare=None, dose=Quantity(part.bare, "tablet"), note=_said(claim, part))
    between = {token.text for token in tokens[name.end : part.start]}
    follows = bool(name.end) and 0 <= part.start - name.end <= 2 and not between - _JOINED
    before = _text(tokens, part.start - 1)
    results = before == "blir" or (
        before in ("det", "han", "den") and _text(tokens, part.start - 2) in ("blir", "vert")
    )
    target = deed.action is Action.CHANGED and (before in ("til", "på") or results)
    if not (follows or target or leads) or part.bare >= _NO_DOSE or after == "/":
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
    return _between(claim, part.start, part.end)


def _between(claim: Claim, start: int, end: int) -> str:
    return claim.text[claim.tokens[start].start : claim.tokens[end - 1].end]


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""

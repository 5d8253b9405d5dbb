"""Vital signs and laboratory values: what was measured, with its number, or what was said of it without one. Pure.

A number belongs to the measure before it («pulsen er 72»), or after it with «i» between («39 i feber»); alone, to the one that was asked
for or named last. Two numbers with «over» between are a blood pressure. A goal, a limit («bør være under 140») and a difference («ned fem
kilo») measure nothing. Without a number, `detail` is what was said of it, as it was said, with its negation («ikke utslag»); then
`polarity` says the same for comparing. With one, `detail` holds `<`, `>`, `ca.`, and how it was measured. What was measured twice stands twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiskriv.draft import claims
from kiskriv.draft.claims import Claim
from kiskriv.draft.fact import Fact, Kind, Polarity, Quantity, Side, Time
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.quantities import durations
from kiskriv.draft.quoting import quoted
from kiskriv.draft.reading import Token
from kiskriv.draft.readings import FEVER, Reading, readings

_KINDS: Final = (("vital", Kind.VITAL), ("lab", Kind.LAB))
_DEGREES: Final = "temp"
_HEIGHT: Final = "høyde"
"""«172 cm høy»: only after its number; «høy» before one is something else."""
_DIPSTICK: Final = "urinstiks"
_OUTCOMES: Final = ("positiv", "negativ")
_REACH: Final = 7
"""Tokens between a measure and its number, or what is said of it."""
_CLOSE: Final = 4
"""The same, where a comma stands between them."""
_REMEMBERED: Final = 3
"""Claims for which a measure that was named waits for its number."""
_BREAKS: Final = frozenset({"men", "fordi", "når", "som", "mens", "medan", ";"})
_ENDS: Final = frozenset({",", ";", ".", "og", "men"})
_LINKS: Final = frozenset(
    "og så nå no i går dag til mens medan men var er sist forrige førre gang , / mot deretter etterpå andre gangen måling ny på fra frå "
    "tilsvarer tilsvarende den det han hun ho".split()
)
"""What may stand between one number of a measure and the next."""
_SMALL: Final = _LINKS | frozenset(
    "ja jo nei da då ok får hadde har ligger ligg lå måler målte målt viser ser vi eg jeg me ut her der akkurat bare berre . sånn kilo".split()
) | {"°", "%", "grader", "gradar", "prosent", "cirka", "ca", "rundt", "under", "over"}  # fmt: skip
"""What may stand around a number of what was named before."""
_NOW: Final = frozenset({"nå", "no", "dag"})
_COUNTED: Final = frozenset({"uke", "veke", "rom", "klokka", "klokken", "kl", "nummer", "nr", "type", "grad", "trinn", "stadium", "alder", "×", "x"})
"""Before a number that only counts."""
_WAS: Final = frozenset({"var", "lå", "låg", "va"})
_PRESSURE: Final = 60
_TAKEN_BACK: Final = frozenset({"nei", "unnskyld", "sorry", "beklager", "orsak", "mente", "meinte", "korreksjon"})
_NEGATIONS: Final = frozenset({"ikke", "ikkje", "ingen", "inga", "uten", "utan"})
_DEGREE_WORDS: Final = frozenset(
    "litt noe noko ganske svært veldig helt heilt for lett fortsatt fremdeles framleis mye mykje nesten alt".split()
)


@dataclass(frozen=True, slots=True)
class _Measure:
    """A measure named at tokens [start, end)."""

    name: str
    kind: Kind
    start: int
    end: int
    weak: bool = False
    """It was not named but by what one does or has («feber», «veier»): it is meant only with a number."""


def found(made: Sequence[Claim], lexicon: Lexicon) -> Iterator[Fact]:
    """The facts of this kind, in the order of the claims."""
    told: list[Fact] = []
    last: _Measure | None = None
    age, given = 0, False
    for claim in made:
        named = _named(claim, lexicon)
        facts = tuple(_facts(claim, named, _meant(claim, last, given, lexicon), lexicon))
        for fact in facts:
            _tell(told, fact, corrects=bool(claim.tokens) and claim.tokens[0].text in _TAKEN_BACK)
        if named:
            last, age, given = named[-1], 0, bool(facts)
        elif (age := age + 1) >= _REMEMBERED:
            last = None
        given = given or bool(facts)
    yield from told


def _meant(claim: Claim, last: _Measure | None, given: bool, lexicon: Lexicon) -> _Measure | None:
    """What a number alone would be of: what was asked for; or what was named last, where little but the number, or when, is said."""
    if claim.asked:
        asked = _named(replace(claim, tokens=claim.asked), lexicon)
        if asked:
            return None if lexicon.has(claim.asked, "difference") else asked[-1]
    if last is None:
        return None
    numbers = [at for at, token in enumerate(claim.tokens) if token.value is not None]
    if not numbers:
        return None
    if _WAS.isdisjoint(token.text for token in claim.tokens[: numbers[0]]) or not _dates(claim, lexicon):
        return None if given or any(token.value is None and token.text not in _SMALL for token in claim.tokens) else last
    return last if numbers[0] <= _REACH else None


def _named(claim: Claim, lexicon: Lexicon) -> tuple[_Measure, ...]:
    """The measures named, from the left."""
    named = [
        _Measure(hit.term.nb, kind, hit.start, hit.end)
        for category, kind in _KINDS
        for hit in lexicon.find(claim.tokens, category)
    ]
    strong = {measure.start for measure in named}
    named += [
        _Measure(hit.term.nb, Kind.VITAL, hit.start, hit.end, True)
        for hit in lexicon.find(claim.tokens, "measuring")
        if hit.start not in strong
    ]
    return tuple(sorted(named, key=lambda measure: measure.start))


def _facts(claim: Claim, named: Sequence[_Measure], meant: _Measure | None, lexicon: Lexicon) -> Iterator[Fact]:
    """Of one claim; `meant`: the measure that a number alone may belong to."""
    read = [one for one in readings(claim.tokens, lexicon) if not _only_talked_of(claim, one, lexicon)]
    left = list(read)
    for number, measure in enumerate(named):
        until = named[number + 1].start if number + 1 < len(named) else len(claim.tokens)
        values = _values(claim, measure, until, left, lexicon)
        for one, value in values:
            left.remove(one)
            yield _measured(claim, measure, one, value, lexicon)
        if measure.name == _DIPSTICK and measure.kind is Kind.LAB:
            yield from _dipstick(claim, measure, lexicon)
            return
        if not values and not measure.weak:
            yield from _said(claim, measure, until, lexicon)
    for one in left:
        owner = _owner(claim, one, read, named, meant)
        value = owner and one.of(owner.name, lexicon)
        if owner and value:
            yield _measured(claim, owner, one, value, lexicon)


def _owner(
    claim: Claim, one: Reading, read: Sequence[Reading], named: Sequence[_Measure], meant: _Measure | None
) -> _Measure | None:
    """Whose a number is that no measure stands at."""
    if one.pressure:
        return _Measure("BT", Kind.VITAL, one.start, one.end)
    degrees = FEVER[0] <= one.value <= FEVER[1]
    if one.unit == "°C" and degrees:
        return _Measure(_DEGREES, Kind.VITAL, one.start, one.end)
    if meant is None or one is not read[0] or any(not measure.weak for measure in named):
        return None
    if one.start > 0 and claim.tokens[one.start - 1].text in _COUNTED or (meant.name == _DEGREES and not degrees):
        return None
    return None if meant.name == "BT" and one.value < _PRESSURE else meant


def _values(
    claim: Claim, measure: _Measure, until: int, left: Sequence[Reading], lexicon: Lexicon
) -> list[tuple[Reading, Quantity]]:
    """The numbers that belong to a measure named in the claim."""
    for one in left:
        if [token.text for token in claim.tokens[one.end : measure.start]] in ([], ["i"]) and one.end <= measure.start:
            value = _fits(one, measure, lexicon)
            if value is not None:
                return [(one, value)]
    values: list[tuple[Reading, Quantity]] = []
    if measure.weak and measure.name == _HEIGHT:
        return []
    at = measure.end
    for one in (one for one in left if measure.end <= one.start < until):
        between = {token.text for token in claim.tokens[at : one.start]}
        near = one.start - at <= (_CLOSE if "," in between else _REACH) and _BREAKS.isdisjoint(between)
        another = any(token.value is not None for token in claim.tokens[at : one.start])
        if another or not (_links(claim, at, one.start, lexicon) if values else near):
            break
        value = _fits(one, measure, lexicon)
        if value is None:
            break
        values.append((one, value))
        at = one.end
    return values


def _links(claim: Claim, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether only that stands there which may stand between one number of a measure and the next."""
    how = {at for hit in _shifted(claim, start, end, ("measured-how", "measured-when"), lexicon) for at in range(hit.start, hit.end)}
    return all(at in how or claim.tokens[at].text in _LINKS for at in range(start, end))


def _fits(one: Reading, measure: _Measure, lexicon: Lexicon) -> Quantity | None:
    if measure.weak and measure.name == _DEGREES and not FEVER[0] <= one.value <= FEVER[1]:
        return None
    return one.of(measure.name, lexicon)


def _only_talked_of(claim: Claim, one: Reading, lexicon: Lexicon) -> bool:
    """A goal, a limit, a difference; or a question that was answered with no."""
    before = claim.tokens[: one.start]
    clause = [token.text for token in before]
    return (
        lexicon.has(before, "goal")
        or ("når" in clause and "," not in clause[clause.index("når") :])
        or lexicon.has(before[-_REACH:], "difference")
        or claims.polarity(claim, one.start, one.end, lexicon) is Polarity.DENIED
        or claims.time(claim, one.start, one.end, lexicon) is Time.PLANNED
    )


def _measured(claim: Claim, measure: _Measure, one: Reading, value: Quantity, lexicon: Lexicon) -> Fact:
    how = [
        quoted(claim, hit.start, hit.end)
        for start, end in ((min(measure.end, one.start), one.start), (one.end, _soon(claim, one)))
        for hit in _shifted(claim, start, end, ("measured-how",), lexicon)
    ]
    when = _when(claim, measure, one, lexicon)
    return Fact(
        kind=measure.kind,
        name=measure.name,
        evidence=claim.evidence,
        polarity=claims.polarity(claim, one.start, one.end, lexicon),
        time=_time(claim, one, when, lexicon),
        about=claims.about(claim, one.start, one.end, lexicon),
        side=_side(claim, measure, one, lexicon),
        value=value,
        onset=quoted(claim, when.start, when.end) if when else "",
        detail=" ".join((*_bounds(claim, one, lexicon), *how)),
    )


def _side(claim: Claim, measure: _Measure, one: Reading, lexicon: Lexicon) -> Side | None:
    """«i høyre arm»: of a blood pressure."""
    hits = _shifted(claim, measure.end, one.start, ("side",), lexicon) if measure.name == "BT" else []
    return Side(hits[0].term.nb) if hits else None


def _soon(claim: Claim, one: Reading) -> int:
    """Where the talk of how and when it was measured ends: at the next comma, or soon."""
    reach = [token.text for token in claim.tokens[one.end : one.end + 5]]
    if reach[:1] == [","]:
        return one.end + 2
    return one.end + next((at for at, word in enumerate(reach) if word in _ENDS), len(reach))


@dataclass(frozen=True, slots=True)
class _Date:
    """When it was measured, said at tokens [start, end); `past`: not now, nor these days."""

    start: int
    end: int
    past: bool


def _dates(claim: Claim, lexicon: Lexicon) -> list[_Date]:
    """«i fjor», «for to år siden»."""
    words = [token.text for token in claim.tokens]
    ago = [
        _Date(amount.start - 1, amount.end + 1, True)
        for amount in durations(claim.tokens, lexicon)
        if words[amount.end : amount.end + 1] in (["siden"], ["sidan"]) and amount.start > 0 and words[amount.start - 1] == "for"
    ]
    said = [_Date(hit.start, hit.end, hit.term.nb != "i går") for hit in lexicon.find(claim.tokens, "measured-when")]
    return sorted(ago + said, key=lambda date: date.start)


def _when(claim: Claim, measure: _Measure, one: Reading, lexicon: Lexicon) -> _Date | None:
    """When it was measured, where that was not now: said right after the number, or between the measure and it."""
    dates = _dates(claim, lexicon)
    after = [date for date in dates if date.start >= one.end and _links(claim, one.end, date.start, lexicon)]
    before = [date for date in dates if date.end <= one.start and (date.start >= measure.end or measure.start >= one.start)]
    return after[0] if after else before[-1] if before else None


def _time(claim: Claim, one: Reading, when: _Date | None, lexicon: Lexicon) -> Time:
    """«fra 160 til 140», «10,4, men nå 11,2»: the first of them was, and so was what was measured long ago."""
    words = [token.text for token in claim.tokens]
    came_from = one.start > 0 and words[one.start - 1] in ("fra", "frå") and "til" in words[one.end : one.end + 2]
    rest = words[one.end : one.end + 5]
    outdated = "men" in rest[:2] and not _NOW.isdisjoint(rest) and any(token.value is not None for token in claim.tokens[one.end + 1 :])
    return Time.PAST if came_from or outdated or (when is not None and when.past) else claims.time(claim, one.start, one.end, lexicon)


def _bounds(claim: Claim, one: Reading, lexicon: Lexicon) -> Iterator[str]:
    """`<`, `>`, `ca.` where that stands before the number."""
    for category, sign in (("below", "<"), ("above", ">"), ("roughly", "ca.")):
        if any(hit.end == one.start for hit in _shifted(claim, max(0, one.start - 3), one.start, (category,), lexicon)):
            yield sign


def _said(claim: Claim, measure: _Measure, until: int, lexicon: Lexicon) -> Iterator[Fact]:
    """What was said of a measure without a number: «CRP var fin», «streptesten var positiv»."""
    span = claim.tokens[measure.end : min(until, measure.end + _REACH)]
    stop = next((at for at, token in enumerate(span) if token.text in _BREAKS or token.value is not None), len(span))
    hits = _shifted(claim, measure.end, measure.end + stop, ("outcome", "rating"), lexicon)
    if not hits or (claim.answer is not None and hits[0].term.category == "rating"):
        return
    run = [hits[0]]
    for hit in hits[1:]:
        if [token.text for token in claim.tokens[run[-1].end : hit.start]] in ([], ["og"], [","]):
            run.append(hit)
    yield _without_number(claim, measure, run, lexicon)


def _dipstick(claim: Claim, measure: _Measure, lexicon: Lexicon) -> Iterator[Fact]:
    """What it shows: «positiv på leukocytter og nitritt, negativ på blod» are two."""
    parts: list[list[Hit]] = []
    for hit in _shifted(claim, measure.end, len(claim.tokens), ("outcome", "stick", "rating"), lexicon):
        turns = hit.term.nb in _OUTCOMES and parts and any(before.term.nb in _OUTCOMES for before in parts[-1])
        if turns or not parts:
            parts.append([hit])
        else:
            parts[-1].append(hit)
    for part in parts:
        yield _without_number(claim, measure, part, lexicon)


def _without_number(claim: Claim, measure: _Measure, hits: Sequence[Hit], lexicon: Lexicon) -> Fact:
    """From the first of what was said of it to the last. «Negativ» is told by the polarity alone."""
    first, start, end = hits[0], hits[0].start, hits[-1].end
    outcome = next((hit for hit in hits if hit.term.nb in _OUTCOMES), None)
    denied = outcome is not None and outcome.term.nb == "negativ"
    if start > measure.end and claim.tokens[start - 1].text in _NEGATIONS:
        denied = denied or first.term.category == "stick"
    if denied and first is outcome:
        start = first.end
    while not denied and start > measure.end and claim.tokens[start - 1].text in _DEGREE_WORDS | _NEGATIONS:
        start -= 1
    hedged = claims.polarity(claim, first.start, first.end, lexicon) is Polarity.UNCERTAIN
    return Fact(
        kind=measure.kind,
        name=measure.name,
        evidence=claim.evidence,
        polarity=Polarity.DENIED if denied else Polarity.UNCERTAIN if hedged else Polarity.AFFIRMED,
        time=claims.time(claim, first.start, first.end, lexicon),
        about=claims.about(claim, first.start, first.end, lexicon),
        detail=quoted(claim, start, end),
    )


def _shifted(claim: Claim, start: int, end: int, categories: Sequence[str], lexicon: Lexicon) -> list[Hit]:
    """The terms met in tokens [start, end), counted through the claim, none within another, from the left."""
    span = claim.tokens[start:end]
    met = [Hit(hit.term, hit.start + start, hit.end + start) for category in categories for hit in lexicon.find(span, category)]
    hits: list[Hit] = []
    for hit in sorted(met, key=lambda hit: (hit.start, -hit.end)):
        if not hits or hit.start >= hits[-1].end:
            hits.append(hit)
    return hits


def _tell(told: list[Fact], fact: Fact, corrects: bool) -> None:
    """Say it again, and it is the same with more evidence; take it back, and the new one stands."""
    for at, before in enumerate(told):
        same = (before.name, before.time, before.about) == (fact.name, fact.time, fact.about)
        if same and (before.value, before.polarity, before.detail) == (fact.value, fact.polarity, fact.detail):
            told[at] = replace(before, evidence=tuple(dict.fromkeys((*before.evidence, *fact.evidence))))
            return
    last = next((at for at in reversed(range(len(told))) if told[at].name == fact.name), None)
    if corrects and last is not None and fact.value is not None:
        told[last] = replace(fact, evidence=tuple(dict.fromkeys((*told[last].evidence, *fact.evidence))))
    else:
        told.append(fact)

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
_REMEMBERED: Final = 3
"""Claims for which a measure that was named waits for its number."""
_BREAKS: Final = frozenset({"men", "fordi", "når", "som", "mens", "medan", ";"})
_ENDS: Final = frozenset({",", ";", ".", "og", "men"})
_LINKS: Final = frozenset(
    "og så nå no i går dag til mens medan var er sist forrige førre gang , / mot deretter etterpå andre gangen måling ny på fra frå tilsvarer tilsvarende".split()
)
"""What may stand between one number of a measure and the next."""
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
    waiting: _Measure | None = None
    age = 0
    for claim in made:
        named = _named(claim, lexicon)
        asked = _named(replace(claim, tokens=claim.asked), lexicon) if claim.asked else ()
        facts = tuple(_facts(claim, named, (*asked[-1:], *((waiting,) if waiting else ())), lexicon))
        for fact in facts:
            _tell(told, fact, corrects=bool(claim.tokens) and claim.tokens[0].text in _TAKEN_BACK)
        if facts:
            waiting = None
        elif named:
            waiting, age = named[-1], 0
        elif (age := age + 1) >= _REMEMBERED:
            waiting = None
    yield from told


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


def _facts(claim: Claim, named: Sequence[_Measure], meant: Sequence[_Measure], lexicon: Lexicon) -> Iterator[Fact]:
    """Of one claim; `meant`: the measures that a number alone may belong to, the likeliest first."""
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
    claim: Claim, one: Reading, read: Sequence[Reading], named: Sequence[_Measure], meant: Sequence[_Measure]
) -> _Measure | None:
    """Whose a number is that no measure stands at."""
    if one.pressure:
        return _Measure("BT", Kind.VITAL, one.start, one.end)
    degrees = FEVER[0] <= one.value <= FEVER[1]
    if one.unit == "°C" and degrees:
        return _Measure(_DEGREES, Kind.VITAL, one.start, one.end)
    if any(not measure.weak for measure in named) or one is not read[0]:
        return None
    for measure in meant:
        alone = bool(claim.asked) or len(claim.tokens) <= _REACH
        if alone and (degrees or measure.name != _DEGREES) and not (measure.name == "BT" and one.to is None and one.value < 60):
            return measure
    return None


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
        between = claim.tokens[at : one.start]
        near = len(between) <= _REACH and _BREAKS.isdisjoint(token.text for token in between)
        if not near or (values and not all(token.text in _LINKS for token in between)):
            break
        value = _fits(one, measure, lexicon)
        if value is None:
            break
        values.append((one, value))
        at = one.end
    return values


def _fits(one: Reading, measure: _Measure, lexicon: Lexicon) -> Quantity | None:
    if measure.weak and measure.name == _DEGREES and not FEVER[0] <= one.value <= FEVER[1]:
        return None
    return one.of(measure.name, lexicon)


def _only_talked_of(claim: Claim, one: Reading, lexicon: Lexicon) -> bool:
    """A goal, a limit, a difference; or a question that was answered with no."""
    before = claim.tokens[: one.start]
    return (
        lexicon.has(before, "goal")
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
    when = _shifted(claim, max(0, one.start - _REACH), _soon(claim, one), ("measured-when",), lexicon)
    return Fact(
        kind=measure.kind,
        name=measure.name,
        evidence=claim.evidence,
        polarity=claims.polarity(claim, one.start, one.end, lexicon),
        time=_time(claim, one, lexicon),
        about=claims.about(claim, one.start, one.end, lexicon),
        side=_side(claim, measure, one, lexicon),
        value=value,
        onset=quoted(claim, when[0].start, when[0].end) if when else "",
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


def _time(claim: Claim, one: Reading, lexicon: Lexicon) -> Time:
    """«fra 160 til 140»: the first of them was."""
    words = [token.text for token in claim.tokens]
    came_from = one.start > 0 and words[one.start - 1] in ("fra", "frå") and "til" in words[one.end : one.end + 2]
    return Time.PAST if came_from else claims.time(claim, one.start, one.end, lexicon)


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

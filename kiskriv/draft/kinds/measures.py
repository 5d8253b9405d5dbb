"""Vital signs and laboratory values: what was measured, with its number, or what was said of it without one. Pure.

A number belongs to the measure before it («pulsen er 72»), or after it with «i» between («39 i feber»); alone, to the one that was asked
for or named last. Two numbers with «over» between are a blood pressure. A goal, a limit («bør være under 140») and a difference («ned fem
kilo») measure nothing. Without a number, `detail` is what was said of it («litt høyt», «positiv på leukocytter»); what was negative is
denied, and its `detail` is only what it was negative for («på blod»). With a number, `detail` holds `<`, `>`, `ca.`, and how it was
measured. What was measured twice stands twice; what was before, and what it has come from, is past.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from kiskriv.draft.fact import Fact, Kind, Polarity, Quantity, Time
from kiskriv.draft.kinds.measured import BREAKS, DIPSTICK, REACH, Measure, named, within
from kiskriv.draft.kinds.measuring_times import NOW, SMALL, dated, linked, measured_time, measured_when
from kiskriv.draft.kinds.outcomes import rated, shown
from kiskriv.draft.kinds.readings import Reading, feverish, readings, side_by_side, usual
from kiskriv.draft.language.quantities import durations
from kiskriv.draft.language.tokens import Token
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claims import Claim
from kiskriv.draft.talk.quoting import quoted
from kiskriv.transcript import Role

_DEGREES: Final = "temp"
_WEIGHT: Final = "vekt"
"""«57 kilo», says the doctor at the scales."""
_BREATHS: Final = "RF"
_BREATHING: Final = range(8, 90)
"""What «pusten er …» can tell in a minute."""
_HEIGHT: Final = "høyde"
"""«172 cm høy»: only after its number; «høy» before one is something else."""
_CLOSE: Final = 4
"""Tokens between a measure and its number where a comma stands between them."""
_HALVES: Final = ("overtrykk", "undertrykk")
"""The two numbers of a blood pressure, where they are named."""
_REMEMBERED: Final = 3
"""Claims for which a measure that was named waits for its number."""
_RECALLED: Final = 7
"""Claims for which it is known what «for to år siden var det 44» is of."""
_PRESSURE: Final = range(60, 300)
"""A single number outside it is no blood pressure."""
_ENDS: Final = frozenset({",", ";", ".", "og", "men"})
_FELT: Final = frozenset({"hadde", "målte", "målt"})
"""«hadde 39,2»: before tenths of a degree."""
_HOT: Final = _FELT | {"har", "målar", "måler", "feber", "tempen", "oppe", "oppi", "nådde", "vart", "ble"}
"""«var oppe i 40 grader»: before whole degrees; those of a joint are said without."""
_FEVER: Final = 38
_AFTER_FEVER: Final = frozenset({".", ",", "i", "og", "men", "da", "då"})
"""«hadde 39 i natt», and nothing is counted."""
_TELLING: Final = _FELT | {"over", "/", "på", "skråstrek", "grader", "gradar", "°", "kilo", "kg"}
"""With one of these a number may say by itself what it measures."""
_TIMES: Final = frozenset({"minute", "hour", "day", "week", "month", "year"})
_POSTURES: Final = frozenset({"sittende", "liggende", "stående"})
_COUNTED: Final = frozenset(
    (
        "uke", "veke", "rom", "klokka", "klokken", "kl", "nummer", "nr", "type", "grad", "trinn", "stadium", "alder",
        "×", "x",
    )
)  # fmt: skip
"""Before a number that only counts."""
_PASSES: Final = NOW | {"og", "så", "da", "då", "i", "her", "der"}
"""What may stand between a comma and the verb that tells the number of what was named before it."""
_RESUMES: Final = frozenset(
    {"den", "det", "han", "ho", "var", "er", "ligger", "ligg", "lå", "låg", "viste", "ble", "vart", "fra", "frå"}
)
_COMPARED: Final = frozenset(
    ("mindre", "mer", "meir", "lettere", "lettare", "tyngre", "høyere", "høgare", "lavere", "lågare", "ned", "opp")
)
"""After a difference: «tre kilo mindre enn sist»."""
_WAS: Final = frozenset({"var", "lå", "låg", "va"})
_TAKEN_BACK: Final = frozenset({"nei", "unnskyld", "sorry", "beklager", "orsak", "mente", "meinte", "korreksjon"})


def found(made: Sequence[Claim], lexicon: Lexicon) -> Iterator[Fact]:
    """The facts of this kind, in the order of the claims."""
    told: list[Fact] = []
    last: Measure | None = None
    age, given, posture = 0, False, ""
    for claim in made:
        here = _not_apposed(claim, named(claim.tokens, lexicon))
        facts = tuple(_halved(_facts(claim, here, _meant(claim, last, age, given, lexicon), lexicon)))
        for fact in facts:
            posed = replace(fact, detail=posture) if fact.name == "BT" and not fact.detail else fact
            _tell(told, posed, corrects=_takes_back(claim))
        posture = _posture(claim, lexicon) if not facts else ""
        if here:
            last, age, given = here[-1], 0, bool(facts)
        elif (age := age + 1) >= _RECALLED:
            last = None
        given = given or bool(facts)
    yield from told


def _posture(claim: Claim, lexicon: Lexicon) -> str:
    """«Og så stående.»: how the blood pressure is taken that is told next."""
    if claim.role is not Role.PRACTITIONER or claim.written:
        return ""
    hits = [hit for hit in lexicon.find(claim.tokens, "measured-how") if hit.term.nb in _POSTURES]
    return quoted(claim, hits[-1].start, hits[-1].end) if hits else ""


def _not_apposed(claim: Claim, here: Sequence[Measure]) -> list[Measure]:
    """«LDL, det lumske kolesterolet, er 3,9»: one measure, and what it is called besides."""
    words = [token.text for token in claim.tokens]
    apposed = {
        other
        for one, other in pairwise(here)
        if words[one.end : one.end + 2] in ([",", "det"], [",", "den"], [",", "altså"])
        and words[other.end : other.end + 1] == [","]
        and not any(token.value is not None for token in claim.tokens[one.end : other.start])
    }
    return [one for one in here if one not in apposed]


def _meant(claim: Claim, last: Measure | None, age: int, given: bool, lexicon: Lexicon) -> Measure | None:
    """What a number alone would be of: what was asked for; or what was named last, where little but the number, or when, is said."""
    spans = {at for amount in durations(claim.tokens, lexicon) for at in range(amount.start, amount.end)}
    number = next((at for at, token in enumerate(claim.tokens) if token.value is not None and at not in spans), None)
    if number is None:
        return None
    asked = named(claim.asked, lexicon)
    if asked:
        return None if lexicon.has(claim.asked, "difference") else replace(asked[-1], start=0, end=0)
    if last is None:
        return None
    last = replace(last, start=0, end=0)
    then = not _WAS.isdisjoint(token.text for token in claim.tokens[:number]) and dated(claim, lexicon)
    if then or _asked_of_before(claim, lexicon):
        return last if number <= (REACH if then else 1) else None
    if age >= _REMEMBERED:
        return None
    alone = all(token.value is not None or token.text in SMALL for token in claim.tokens)
    return last if alone and (not given or _takes_back(claim)) else None


def _asked_of_before(claim: Claim, lexicon: Lexicon) -> bool:
    """«Hva var det sist?»"""
    words = {token.text for token in claim.asked}
    return bool(words) and not _WAS.isdisjoint(words) and lexicon.has(claim.asked, "measured-when")


def _takes_back(claim: Claim) -> bool:
    return bool(claim.tokens) and claim.tokens[0].text in _TAKEN_BACK


def _facts(claim: Claim, here: Sequence[Measure], meant: Measure | None, lexicon: Lexicon) -> Iterator[Fact]:
    """Of one claim, `here` the measures it names; `meant`: the one that a number alone may belong to."""
    if not here and meant is None and _TELLING.isdisjoint(token.text for token in claim.tokens):
        return
    all_read = readings(claim.tokens, lexicon)
    if any(measure.name == "BT" for measure in (*here, *filter(None, (meant,)))):
        all_read = tuple(side_by_side(all_read, claim.tokens))
    read = [one for one in all_read if not _only_talked_of(claim, one, lexicon)]
    left = list(read)
    shows = frozenset(hit.start for hit in lexicon.find(claim.tokens, "stick"))
    shown_to = 0
    for number, measure in enumerate(here):
        if measure.start < shown_to:
            continue
        if measure.name == DIPSTICK:
            others = (other.start for other in here[number + 1 :] if other.start not in shows)
            shown_to = next(others, len(claim.tokens))
            yield from shown(claim, measure, shown_to, lexicon)
            continue
        until = here[number + 1].start if number + 1 < len(here) else len(claim.tokens)
        values = _values(claim, measure, until, left, lexicon)
        for one, value in values:
            left.remove(one)
            yield _measured(claim, measure, one, value, lexicon)
        if not values and not measure.weak:
            yield from rated(claim, measure, until, lexicon)
    if shown_to:
        return
    for one in left:
        owner = _owner(claim, one, read, here, meant)
        if owner is None:
            continue
        if owner in here and not (_goes_on(claim, one) or one.unit in usual(owner.name, lexicon)):
            continue
        quantity = one.of(owner.name, lexicon)
        if quantity is not None:
            yield _measured(claim, owner, one, quantity, lexicon)


def _goes_on(claim: Claim, one: Reading) -> bool:
    """«…, du er nå på 84»: little but «nå» before a number without a unit."""
    words = [token.text for token in claim.tokens[: one.start]]
    latest = max((at for at, word in enumerate(words) if word in NOW), default=len(words))
    return not one.unit and all(word in SMALL for word in words[latest:])


def _halved(facts: Iterator[Fact]) -> Iterator[Fact]:
    """«overtrykket er 145 og undertrykket 85» is one blood pressure; one half alone says which it is."""
    halves: dict[str, Fact] = {}
    for fact in facts:
        if fact.name not in _HALVES:
            yield fact
        elif fact.value is not None:
            halves[fact.name] = fact
    upper, lower = (halves.get(name) for name in _HALVES)
    if upper and upper.value and lower and lower.value:
        yield replace(upper, name="BT", value=Quantity(upper.value.value, "mmHg", lower.value.value))
    else:
        yield from (replace(half, name="BT", detail=half.name) for half in halves.values())


def _owner(
    claim: Claim, one: Reading, read: Sequence[Reading], here: Sequence[Measure], meant: Measure | None
) -> Measure | None:
    """Whose a number is that no measure stands at."""
    by_itself = _by_itself(claim, one, here)
    if by_itself:
        return Measure(by_itself, Kind.VITAL, one.start, one.end)
    named_before = [measure for measure in here if measure.end <= one.start]
    if named_before and not NOW.isdisjoint(token.text for token in claim.tokens[named_before[-1].end : one.start]):
        return named_before[-1]
    if meant is None or any(not measure.weak for measure in here):
        return None
    first = next((each for each in read if each.unit not in _TIMES), one)
    if one is not first and NOW.isdisjoint(token.text for token in claim.tokens[first.end : one.start]):
        return None
    counted = one.start > 0 and claim.tokens[one.start - 1].text in _COUNTED
    misfits = meant.name == _DEGREES and not feverish(one)
    low = meant.name == "BT" and not _may_be_pressure(one)
    return None if counted or misfits or low else meant


def _by_itself(claim: Claim, one: Reading, here: Sequence[Measure]) -> str:
    """The measure that a number tells by itself, empty where it tells none."""
    if one.pressure:
        return "BT"
    if _hot(claim, one):
        return _DEGREES
    first = one.start <= 1 or (claim.tokens[one.start - 1].text == "," and one.start < _CLOSE + 2)
    weighed = one.unit == "kg" and first and claim.role is Role.PRACTITIONER and not here
    return _WEIGHT if weighed else ""


def _hot(claim: Claim, one: Reading) -> bool:
    """Whether a number is a temperature though none is named: «hadde 39,2», «var oppe i 40 grader»."""
    if not feverish(one) or one.unit not in ("", "°C"):
        return False
    before = [token.text for token in claim.tokens[max(0, one.start - 4) : one.start]]
    tenths = one.value != one.value.to_integral_value()
    after = claim.tokens[one.end].text if one.end < len(claim.tokens) else "."
    if not _FELT.isdisjoint(before[-1:]) and one.value >= _FEVER and after in _AFTER_FEVER:
        return True
    return (tenths and (bool(one.unit) or not _FELT.isdisjoint(before[-1:]))) or (
        bool(one.unit) and not _HOT.isdisjoint(before)
    )


def _values(
    claim: Claim, measure: Measure, until: int, left: Sequence[Reading], lexicon: Lexicon
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
        near = one.start - at <= (REACH if _one_clause(claim, at, one.start) else _CLOSE) and BREAKS.isdisjoint(between)
        another = any(token.value is not None for token in claim.tokens[at : one.start])
        if another or not (linked(claim, at, one.start, lexicon) if values else near):
            break
        value = _fits(one, measure, lexicon)
        if value is None:
            break
        values.append((one, value))
        at = one.end
    return values


def _one_clause(claim: Claim, start: int, end: int) -> bool:
    """No comma stands there, or one before «den», which is the measure again: «og da var den»."""
    words = [token.text for token in claim.tokens[start:end]]
    after = words[words.index(",") + 1 :] if "," in words else ["den"]
    return next((word in _RESUMES for word in after if word not in _PASSES), False)


def _fits(one: Reading, measure: Measure, lexicon: Lexicon) -> Quantity | None:
    if measure.weak and measure.name == _DEGREES and not feverish(one):
        return None
    if measure.weak and measure.name == _BREATHS and not (_BREATHING.start <= one.value < _BREATHING.stop):
        return None
    if measure.name == "BT" and one.to is None and not _may_be_pressure(one):
        return None
    return one.of(measure.name, lexicon)


def _may_be_pressure(one: Reading) -> bool:
    return _PRESSURE.start <= one.value < _PRESSURE.stop


def _only_talked_of(claim: Claim, one: Reading, lexicon: Lexicon) -> bool:
    """A goal, a limit, a difference; or a question that was answered with no."""
    before = claim.tokens[: one.start]
    words = [token.text for token in before]
    after = [token.text for token in claim.tokens[one.end : one.end + 2]]
    compared = after[:1] != [] and after[0] in _COMPARED and after[1:] not in (["fra"], ["frå"])
    change = words[-1:] not in (["fra"], ["frå"], ["til"])
    when = "når" in words and "," not in words[words.index("når") :]
    return (
        when
        or compared
        or lexicon.has(before, "goal")
        or (change and (lexicon.has(before[-REACH:], "difference") or _of_change(before[-REACH:], lexicon)))
        or _denied(claim, one, lexicon)
        or claims.time(claim, one.start, one.end, lexicon) is Time.PLANNED
    )


def _of_change(before: Sequence[Token], lexicon: Lexicon) -> bool:
    """«Vekttap, tre kilo», and not «vekttap, vekt 56 kilo»."""
    hits = lexicon.find(before, "change")
    return bool(hits) and not lexicon.has(before[hits[-1].end :], "vital")


def _denied(claim: Claim, one: Reading, lexicon: Lexicon) -> bool:
    """By its own words: in a row of a note's measures, what is denied of one is not so of the next."""
    commas = (at + 1 for at in range(one.start - 1, -1, -1) if claim.written and claim.tokens[at].text == ",")
    first = next(commas, 0)
    own = replace(claim, tokens=claim.tokens[first:])
    return claims.polarity(own, one.start - first, one.end - first, lexicon) is Polarity.DENIED


def _measured(claim: Claim, measure: Measure, one: Reading, value: Quantity, lexicon: Lexicon) -> Fact:
    how = [
        quoted(claim, hit.start, hit.end)
        for start, end in ((min(measure.end, one.start), one.start), (one.end, _soon(claim, one)))
        for hit in _meant_last(claim, within(claim, start, end, ("measured-how",), lexicon))
    ]
    when = measured_when(claim, measure, one, lexicon)
    return Fact(
        kind=measure.kind,
        name=measure.name,
        evidence=claim.evidence,
        polarity=Polarity.AFFIRMED if claim.written else claims.polarity(claim, one.start, one.end, lexicon),
        time=Time.PAST
        if _asked_of_before(claim, lexicon) or _of_then(claim)
        else measured_time(claim, measure, one, when, lexicon),
        about=claims.about(claim, one.start, one.end, lexicon),
        value=value,
        onset=quoted(claim, when.start, when.end).lower() if when else "",
        detail=" ".join((*_bounds(claim, one, lexicon), *_limb(claim, measure, one, lexicon), *how)),
    )


def _of_then(claim: Claim) -> bool:
    """«Da var det 158 over 100», of what was told just before."""
    words = [token.text for token in claim.tokens[:3]]
    return words[:1] in (["da"], ["då"]) and words[1:2] != [] and words[1] in _WAS and not claim.written


def _limb(claim: Claim, measure: Measure, one: Reading, lexicon: Lexicon) -> Iterator[str]:
    """«høyre arm»: where a blood pressure was taken."""
    hits = within(claim, measure.end, one.start, ("side",), lexicon) if measure.name == "BT" else []
    yield from (quoted(claim, hit.start, hit.end + 1) for hit in hits[:1])


def _meant_last(claim: Claim, hits: Sequence[Hit]) -> Sequence[Hit]:
    """«uregelmessig, nei, regelmessig»: the one that was meant."""
    mended = any("nei" in [token.text for token in claim.tokens[a.end : b.start]] for a, b in pairwise(hits))
    return hits[-1:] if mended else hits


def _soon(claim: Claim, one: Reading) -> int:
    """Where the talk of how and when it was measured ends: at the next comma, or soon."""
    reach = [token.text for token in claim.tokens[one.end : one.end + 5]]
    if "nei" in reach[:3]:
        return one.end + len(reach)
    if reach[:1] in ([","], ["og"]):
        return one.end + 2
    return one.end + next((at for at, word in enumerate(reach) if word in _ENDS), len(reach))


def _bounds(claim: Claim, one: Reading, lexicon: Lexicon) -> Iterator[str]:
    """`<`, `>`, `ca.` where that stands before the number."""
    for category, sign in (("below", "<"), ("above", ">"), ("roughly", "ca.")):
        if any(hit.end == one.start for hit in within(claim, max(0, one.start - 3), one.start, (category,), lexicon)):
            yield sign


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

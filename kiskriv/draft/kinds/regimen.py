"""How a medication is taken: dose, how often, how long; spoken («to puff morgen og kveld»), and as in a journal («660 mg x 4 i 7 d»). Pure.

A frequency is written as `Fact.frequency` says. Every other day is `0.5/day`; what is rarer than once a month stays as it was said.
Words are those of `lexicon/regimens.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kiskriv.draft.fact import Quantity, plain
from kiskriv.draft.language import numerals
from kiskriv.draft.language.quantities import Amount, amounts
from kiskriv.draft.language.reading import Token
from kiskriv.draft.language.reading import tokens as read
from kiskriv.draft.lexicon import Hit, Lexicon

STRENGTHS: Final = frozenset(("mg", "g", "µg", "ml", "IE", "mmol", "mg/ml"))
PIECES: Final = frozenset(
    ("tablet", "capsule", "drop", "puff", "sachet", "suppository", "injection", "spoon", "patch", "dose")
)
SPANS: Final = frozenset(("day", "week", "month", "year"))

_TIMES: Final = frozenset(("gang", "ganger", "gong", "gonger", "gongar", "ganga", "ggr"))
_CROSS: Final = frozenset(("x", "×", "*"))
_PLUS: Final = frozenset(("+", "pluss"))
_EVERY: Final = frozenset(("hver", "hvert", "kvar", "kvart"))
_OTHER: Final = frozenset(("annenhver", "annahver", "annankvar", "annakvar", "annenkvar", "annethvert", "annakvart"))
_SECOND: Final = frozenset(("annen", "annan", "anna", "andre", "2"))
_LONG_SPANS: Final = frozenset(("halvår", "kvartal", "halvannet"))
_ORDINALS: Final = {
    "tredje": 3, "fjerde": 4, "femte": 5, "sjette": 6, "sjuende": 7, "sjuande": 7, "syvende": 7, "åttende": 8, "åttande": 8, "tolvte": 12,
}  # fmt: skip
_AT_A_TIME: Final = 8
"""Tablets, at most."""
_ILL: Final = frozenset(
    (
        "ille",
        "verst",
        "vondt",
        "galt",
        "trengs",
        "trengst",
        "gale",
        "trenger",
        "treng",
        "plaget",
        "plaga",
        "plager",
        "feber",
        "anfall",
        "hodepine",
        "hovudverk",
        "kvalm",
    )
)
_UP_TO: Final = frozenset(("inntil", "opptil", "til"))
_FIRST_OF: Final = frozenset(("første", "fyrste"))
_NOT: Final = frozenset(("ikke", "ikkje"))
_AT_MOST: Final = frozenset(("maks", "maksimum", "maksimalt", "høyst", "høgst", "totalt", "døgndose", "maksdose"))
_NO_SPAN: Final = frozenset(("om", "for", "hver", "kvar", "etter", "siste"))
_DAY: Final = ("morning", "noon", "evening", "night")
_ORDER: Final = ("as-needed", *_DAY, "meals", "once")
_PLAN: Final = re.compile(r"\d+(?:\+\d+){2,3}")
_CURE: Final = re.compile(r"([^\W\d_]+?|)-?(døgns|dagers|dagars|dages|ukers|vekers|ukes|vekes)(?:kur(?:en|a)?)?")
_CURE_UNITS: Final = {"d": "day", "u": "week", "v": "week"}


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """One thing said of how a medication is taken, at tokens [start, end); one of the fields is set.

    `bare`: a number without a unit, which may be a dose; `note`: what belongs to it and has no field, as it was said.
    """

    start: int
    end: int
    dose: Quantity | None = None
    frequency: str = ""
    duration: Quantity | None = None
    note: str = ""
    bare: Decimal | None = None

    def __repr__(self) -> str:
        return f"<Part at {self.start}>"


@dataclass(frozen=True, slots=True, repr=False)
class Regimen:
    """All that was said of how one medication is taken. Falsy where nothing was."""

    dose: Quantity | None = None
    frequency: str = ""
    duration: Quantity | None = None
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.dose or self.frequency or self.duration or self.note)

    def __repr__(self) -> str:
        return "<Regimen>"

    def over(self, before: Regimen) -> Regimen:
        """This, where it says something, and what was known before, where it does not."""
        dose = self.dose or before.dose
        if self.dose and before.dose and self.dose.unit in PIECES and before.dose.unit in STRENGTHS:
            dose = before.dose  # «50 mg» stays, and «en tablett» of them says no more
        return Regimen(
            dose, _later(self.frequency, before.frequency), self.duration or before.duration, self.note or before.note
        )


def _later(now: str, before: str) -> str:
    """«to ganger daglig» stays where «morgen og kveld» is said of it; «ved behov» stays where a new number is."""
    times = [word for word in now.split() if word in _DAY]
    if times and before.startswith(f"{len(times)}/day"):
        return _joined([before, now])
    kept = [word for word in before.split() if word in ("as-needed", "meals") and word not in now.split()]
    return _joined([now, *kept]) if now else before


def parts(tokens: Sequence[Token], lexicon: Lexicon, text: str = "") -> tuple[Part, ...]:
    """What is said of doses, frequencies and durations, from the left. `text`: what the tokens' places count through, for a note."""
    met = amounts(tokens, lexicon)
    often = tuple(_frequencies(tokens, lexicon))
    totals = [amount for amount in met if _total(tokens, amount, often)]
    often = tuple(part for part in often if not any(part.start == amount.end for amount in totals))
    met = tuple(amount for amount in met if amount not in totals)
    taken = {at for part in often for at in range(part.start, part.end)}
    found = [*often, *(part for amount in met if (part := _amount(tokens, amount, taken, text)))]
    found += (_most(tokens, amount, text) for amount in totals)
    found += _cures(tokens, taken)
    found += _first(tokens, lexicon, taken)
    taken |= {at for amount in (*met, *totals) for at in range(amount.start, amount.end)}
    found += [
        Part(at, at + 1, bare=token.value)
        for at, token in enumerate(tokens)
        if token.value is not None and at not in taken and token.to is None
    ]
    return tuple(sorted(found, key=lambda part: part.start))


def regimen(said: Sequence[Part]) -> Regimen:
    """These parts together; of two doses the later one, of a strength and a number of pieces the strength (the number in its note)."""
    doses = [part.dose for part in said if part.dose is not None]
    strengths = [dose for dose in doses if dose.unit in STRENGTHS]
    pieces = [part for part in said if part.dose is not None and part.dose.unit in PIECES]
    notes = [part.note for part in said if part.note and part.dose is None]
    often = _joined([part.frequency for part in said if part.frequency])
    if pieces and not often and _packed(pieces[-1]):
        return regimen([*(part for part in said if part not in pieces), Part(0, 0, note=pieces[-1].note)])
    if strengths and pieces and pieces[-1].dose is not None and (pieces[-1].dose.value != 1 or pieces[-1].dose.to):
        notes.append(pieces[-1].note)
    return Regimen(
        strengths[-1] if strengths else doses[-1] if doses else None,
        often,
        next((part.duration for part in reversed(said) if part.duration), None),
        ", ".join(dict.fromkeys(filter(None, notes))),
    )


def _packed(part: Part) -> bool:
    """«ti tabletter»: as many as are prescribed, not taken at a time."""
    return part.dose is not None and part.dose.unit in ("tablet", "capsule") and part.dose.value > _AT_A_TIME


def _joined(said: Sequence[str]) -> str:
    words = list(dict.fromkeys(word for frequency in said for word in frequency.split()))
    counts = [word for word in words if word not in _ORDER][-1:]
    return " ".join([*counts, *(word for word in _ORDER if word in words)])


def _amount(tokens: Sequence[Token], amount: Amount, taken: set[int], text: str) -> Part | None:
    if any(at in taken for at in range(amount.start, amount.end)):
        return None
    before = tokens[amount.start - 1].text if amount.start else ""
    unit = amount.quantity.unit
    as_said = text[tokens[amount.start].start : tokens[amount.end - 1].end] if text else ""
    if unit in STRENGTHS or unit in PIECES:
        if before in _AT_MOST or (before == "enn" and unit == "g"):
            return Part(amount.start, amount.end, note=f"{before} {as_said}" if as_said and before in _AT_MOST else "")
        return Part(amount.start, amount.end, dose=amount.quantity, note=as_said)
    after = tokens[amount.end].text if amount.end < len(tokens) else ""
    if unit in SPANS and before not in _NO_SPAN and after not in ("siden", "sidan"):
        return Part(amount.start, amount.end, duration=amount.quantity)
    return None


def _most(tokens: Sequence[Token], amount: Amount, text: str) -> Part:
    """«inntil fire gram i døgnet», as it was said."""
    end = min(amount.end + 2, len(tokens))
    end -= tokens[amount.end].text in ("daglig", "dagleg")
    return Part(amount.start, amount.end, note=text[tokens[amount.start - 1].start : tokens[end - 1].end])


def _total(tokens: Sequence[Token], amount: Amount, often: Sequence[Part]) -> bool:
    """«inntil fire gram i døgnet»: of a day, not at a time."""
    most = amount.start > 0 and amount.quantity.unit in STRENGTHS and tokens[amount.start - 1].text in _UP_TO
    return most and any(
        part.start == amount.end and part.frequency == "1/day" and part.end > part.start + 1 for part in often
    )


def _cures(tokens: Sequence[Token], taken: set[int]) -> Iterator[Part]:
    """«en tidagers kur», «ti dagers kur», «sjudagerskur»."""
    for at, token in enumerate(tokens):
        met = _CURE.fullmatch(token.text)
        if met is None:
            continue
        unit = _CURE_UNITS[met[2][0]]
        value = read(met[1])[0].value if met[1] else tokens[at - 1].value if at else None
        if value is not None:
            start = at if met[1] else at - 1
            taken.update(range(start, at + 1))
            yield Part(start, at + 1, duration=Quantity(value, unit))


def _first(tokens: Sequence[Token], lexicon: Lexicon, taken: set[int]) -> Iterator[Part]:
    """«de fire første ukene», «dei fyrste ti dagane»: how long."""
    for at, token in enumerate(tokens[:-1]):
        if token.text not in _FIRST_OF or at in taken:
            continue
        for number, unit in ((at - 1, at + 1), (at + 1, at + 2)):
            value = tokens[number].value if 0 <= number < len(tokens) else None
            hits = lexicon.find(tokens[unit : unit + 1], "unit") if value is not None and number not in taken else ()
            if value is not None and hits and hits[0].term.nb in SPANS:
                taken.update((number, at, unit))
                yield Part(min(number, at), unit + 1, duration=Quantity(value, hits[0].term.nb))
                break


def _frequencies(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Part]:
    per = {hit.start: hit for hit in lexicon.find(tokens, "frequency-per")}
    when = {hit.start: hit for hit in lexicon.find(tokens, "frequency-when")}
    at = 0
    while at < len(tokens):
        part = (
            _plan(tokens, at)
            or _interval(tokens, at)
            or _times(tokens, at, per)
            or _cross(tokens, at, per)
            or _when(tokens, at, when)
            or _abbreviated(tokens, at)
            or _when_needed(tokens, at)
        )
        if part is None and at in per and at and tokens[at - 1].text in _NOT:
            part = Part(at, per[at].end, note=" ".join(token.text for token in tokens[at - 1 : per[at].end]))
        if part is None and at in per and not (at and tokens[at - 1].text in _TIMES):
            part = Part(at, per[at].end, frequency=_rate(Decimal(1), per[at]))
        if part is None:
            at += 1
        else:
            if part.frequency or part.note:
                yield part
            at = part.end


def _plan(tokens: Sequence[Token], at: int) -> Part | None:
    """«1+0+1», «en pluss null pluss en»."""
    if _PLAN.fullmatch(tokens[at].text):
        return Part(at, at + 1, frequency=tokens[at].text)
    counts: list[Decimal] = []
    end = at
    while end < len(tokens):
        value = _count(tokens[end])
        if value is None:
            break
        counts.append(value)
        end += 1
        if end + 1 >= len(tokens) or tokens[end].text not in _PLUS:
            break
        end += 1
    return Part(at, end, frequency="+".join(map(plain, counts))) if len(counts) in (3, 4) else None


def _interval(tokens: Sequence[Token], at: int) -> Part | None:
    """«hver sjette time», «annenhver dag», «hver 8. time», «kvar tredje månad»."""
    words = [token.text for token in tokens[at : at + 4]] + [""] * 4
    if words[0] in _OTHER:
        number, unit, end = 2, words[1], at + 2
    elif words[0] in ("annen", "annan", "anna") and words[1] in _EVERY:
        number, unit, end = 2, words[2], at + 3
    elif words[0] in _EVERY:
        value = tokens[at + 1].value if at + 1 < len(tokens) else None
        number = _ORDINALS.get(words[1], 2 if words[1] in _SECOND else int(value) if value else 0)
        unit, end = (words[3], at + 4) if words[2] == "." else (words[2], at + 3)
    else:
        return None
    if not number:
        return Part(at, at + 2, note=" ".join(words[:2])) if words[0] in _EVERY and words[1] in _LONG_SPANS else None
    if unit.startswith("tim"):
        return Part(at, end, frequency=f"{24 // number}/day") if 24 % number == 0 else None
    if unit in ("dag", "døgn"):
        return Part(
            at, end, frequency="0.5/day" if number == 2 else "", note="" if number == 2 else " ".join(words[: end - at])
        )
    if unit in ("uke", "veke", "måned", "månad", "natt", "kveld", "morgen"):
        return Part(at, end, note=" ".join(words[: end - at]).replace(" .", "."))
    return None


def _times(tokens: Sequence[Token], at: int, per: dict[int, Hit]) -> Part | None:
    """«tre ganger daglig», «en til to ganger i uka»; without «daglig» only from two on: «to ganger»."""
    if tokens[at].text in ("mange", "flere", "fleire") and at + 2 in per and tokens[at + 1].text in _TIMES:
        return Part(at, per[at + 2].end, note=" ".join(token.text for token in tokens[at : per[at + 2].end]))
    value = _count(tokens[at])
    if value is None or at + 1 >= len(tokens) or tokens[at + 1].text not in _TIMES:
        return None
    hit = per.get(at + 2)
    if hit is not None:
        return Part(at, hit.end, frequency=_rate(value, hit, tokens[at].to))
    return Part(at, at + 2, frequency=_rate(value, None, tokens[at].to) if value >= 2 else "")


def _cross(tokens: Sequence[Token], at: int, per: dict[int, Hit]) -> Part | None:
    """«x 3», «x3», «x 2 i uka», «ganger fire»; the vesp. of «x 1 vesp» is found by itself."""
    crossed = tokens[at].text in _CROSS or (
        tokens[at].text in _TIMES and not (at and _count(tokens[at - 1]) is not None)
    )
    if not crossed or at + 1 >= len(tokens) or tokens[at + 1].value is None:
        return None
    value = tokens[at + 1].value
    hit = per.get(at + 2)
    assert value is not None
    return Part(at, at + 2 if hit is None else hit.end, frequency=_rate(value, hit, tokens[at + 1].to))


def _when(tokens: Sequence[Token], at: int, when: dict[int, Hit]) -> Part | None:
    hit = when.get(at)
    if hit is None:
        return None
    before = tokens[at - 1].text if at else ""
    if before in _NOT:  # «ikke hver kveld»
        return Part(at - 1, hit.end, note=" ".join(token.text for token in tokens[at - 1 : hit.end]))
    bare = hit.end == at + 1 and tokens[at].text in ("morgen", "morgon", "kveld", "natt", "dag")
    if bare and before in ("i", "god", "går", "fra", "til"):
        return Part(at, hit.end)
    return Part(at, hit.end, frequency=hit.term.nb)


def _abbreviated(tokens: Sequence[Token], at: int) -> Part | None:
    """«v.b.»"""
    words = [token.text for token in tokens[at : at + 3]]
    return Part(at, at + 3, frequency="as-needed") if words == ["v", ".", "b"] else None


def _when_needed(tokens: Sequence[Token], at: int) -> Part | None:
    """«når pollenet er ille», «hvis hodet er vondt»."""
    if tokens[at].text not in ("når", "hvis", "viss", "dersom") or not at:
        return None
    for end in range(at + 2, min(at + 6, len(tokens))):
        if tokens[end].text in ("ikke", "ikkje", ",", "."):
            break
        if tokens[end].text in _ILL:
            return Part(at, end + 1, frequency="as-needed")
    return None


def _count(token: Token) -> Decimal | None:
    return Decimal(1) if token.text in numerals.ONE else token.value


def _rate(value: Decimal, per: Hit | None, to: Decimal | None = None) -> str:
    """`3/day`, `3-4/day`; `2/week`. A year has no word: nothing."""
    unit = "day" if per is None else per.term.nb
    many = plain(value) if to is None else f"{plain(value)}-{plain(to)}"
    return "" if unit == "year" else f"{many}/{unit}"

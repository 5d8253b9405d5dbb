"""Whether two facts are of the same thing, and whether they say the same of it: with sense, not by letters. Pure.

A brand is its substance, 1 g is 1000 mg, 14 days are 2 weeks, 1+0+1 is twice a day. What only one of two facts says is no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from kiskriv.draft.fact import About, Action, Fact, Kind, Polarity, Quantity, Time
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.lexicon import Lexicon

_SCALES: Final[tuple[Mapping[str, Decimal], ...]] = tuple(
    {unit: Decimal(size) for unit, size in scale.items()}
    for scale in (
        {"µg": "0.001", "mg": "1", "g": "1000"},
        {"ml": "1", "dl": "100", "l": "1000"},
        {"minute": "1", "hour": "60", "day": "1440", "week": "10080", "month": "43800", "year": "525600"},
        {"cm": "1", "m": "100"},
    )
)
"""Units that measure the same, each in the scale's smallest. A month is a twelfth of a year."""

_PIECES: Final = frozenset(
    ("tablet", "capsule", "drop", "puff", "sachet", "suppository", "injection", "spoon", "patch", "dose")
)
"""What is counted: may stand beside a strength, «1 tablett» and «400 mg» are one dose."""

_ABOUT: Final = Decimal("0.09")
"""Two spans of which one is in months or years are alike within this part: 4 weeks are a month, 12 weeks are 3."""

_TIMES: Final = ("morning", "noon", "evening", "night")
_ONE_SUBJECT: Final = {Kind.FINDING: Kind.SYMPTOM, Kind.LAB: Kind.VITAL}
"""Kinds between which the border is soft: what is a symptom in a mouth is a finding in a hand."""

_TOLD: Final = ("symptom", "condition", "event", "habit", "complaint", "structure", "sign")
_CALLED: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.ALLERGY: ("allergen",),
    Kind.SYMPTOM: _TOLD,
    Kind.FINDING: _TOLD,
    Kind.VITAL: ("vital", "lab"),
    Kind.LAB: ("lab", "vital"),
    Kind.FOLLOW_UP: ("follow-up", "test", "lab"),
    Kind.REFERRAL: ("examination", "specialty"),
    Kind.SICK_LEAVE: ("sick-leave",),
}
"""Categories of the lexicon in which each kind has its names."""

_EVERY: Final = frozenset(
    (
        "",
        "allergi",
        "allergier",
        "kjente allergier",
        "medisin",
        "medisiner",
        "faste medisiner",
        "medikamenter",
        "legemidler",
    )
)
"""Names that stand for all there is of a kind: «ingen kjente allergier» is said of every allergen."""


class Subject(NamedTuple):
    """What a fact is of: two facts with the same subject can agree or contradict each other."""

    kind: Kind
    name: str

    @property
    def every(self) -> bool:
        """It stands for all there is of its kind."""
        return self.kind in (Kind.ALLERGY, Kind.MEDICATION) and self.name in _EVERY

    def __repr__(self) -> str:
        return f"<Subject, {self.kind}>"


def subject(fact: Fact, lexicon: Lexicon) -> Subject:
    """Drugs and allergens by their substance (category `substance`), everything else by what the lexicon calls it."""
    name = fact.name.lower()
    if fact.kind in (Kind.MEDICATION, Kind.ALLERGY):
        substances = lexicon.find(tokens(name), "substance")
        name = substances[0].term.nb.lower() if substances else _canonical(name, _CALLED.get(fact.kind, ()), lexicon)
    elif not any(lexicon.named(category, fact.name) for category in _CALLED[fact.kind]):
        name = _canonical(name, _CALLED[fact.kind], lexicon)
    return Subject(_ONE_SUBJECT.get(fact.kind, fact.kind), name)


def _canonical(name: str, categories: Iterable[str], lexicon: Lexicon) -> str:
    """What is one form of a term, is that term; what is more, stays itself."""
    words = tokens(name)
    whole = (hit for hit in lexicon.find(words, *categories) if hit.end - hit.start == len(words))
    return next((hit.term.nb.lower() for hit in whole), name)


def told(fact: Fact) -> bool:
    """Whether it is so, now, and of the patient."""
    return fact.about is About.PATIENT and fact.polarity is Polarity.AFFIRMED and fact.time is Time.PRESENT


def differences(written: Fact, said: Fact) -> tuple[str, ...]:
    """The fields in which two facts of the same subject contradict each other; empty where they can stand side by side."""
    return tuple(_differences(written, said))


def same(written: Quantity, said: Quantity) -> bool:
    """Of the same size, converted where the units are of one scale; or within the range that was said, not beyond what was said."""
    if written.unit == "mmHg" or (written.unit == said.unit and said.to is None):
        return written == said
    scale = {written.unit: Decimal(1)} if written.unit == said.unit else _scale(written.unit, said.unit)
    if scale is None:
        return False
    slack = _ABOUT if {written.unit, said.unit} & {"month", "year"} and written.unit != said.unit else Decimal(0)
    (low, high), (least, most) = (
        (q.value * scale[q.unit], (q.value if q.to is None else q.to) * scale[q.unit]) for q in (written, said)
    )
    return least <= low * (1 + slack) and high <= most * (1 + slack)


def comparable(a: Quantity, b: Quantity) -> bool:
    """Whether they would be the same if their sizes were: both strengths, both counts, both times."""
    return a.unit == b.unit or _scale(a.unit, b.unit) is not None or (a.unit in _PIECES and b.unit in _PIECES)


def daily(frequency: str) -> frozenset[Decimal]:
    """How often a day a frequency of `Fact` may mean: `1+0+1` is twice, `2+0+2` twice two or four; empty where it does not say."""
    return frozenset(_daily(frequency.split()))


def times(frequency: str) -> frozenset[str]:
    """The times of day of a frequency of `Fact`; what is taken in the evening and what is taken for the night are not told apart."""
    words = frequency.split()
    named = {word for word in words if word in _TIMES}
    for word in words:
        named.update(time for part, time in zip(word.split("+"), _TIMES, strict=False) if "+" in word and part != "0")
    return frozenset("evening" if time == "night" else time for time in named)


def _differences(written: Fact, said: Fact) -> Iterator[str]:
    if written.about is not said.about:
        yield "about"
    yield from _now(written, said)
    if written.side and said.side and written.side is not said.side:
        yield "side"
    for field in ("value", "duration"):
        a, b = getattr(written, field), getattr(said, field)
        if a and b and not same(a, b):
            yield field
    if written.dose and said.dose and _doses_differ(written.dose, said.dose):
        yield "dose"
    if _rhythms_differ(written.frequency, said.frequency):
        yield "frequency"


def _now(written: Fact, said: Fact) -> Iterator[str]:
    """Whether it is so now. What was and is no more agrees with what is denied; a value is wrong where it was said of then, not of now."""
    denied = [fact.polarity is Polarity.DENIED for fact in (written, said)]
    past = [fact.time is Time.PAST and fact.about is not About.RELATIVE for fact in (written, said)]  # «mor: migrene»
    stopped = [fact.action is Action.STOPPED for fact in (written, said)]
    if denied[0] is not denied[1]:
        no_more = all(is_denied is not was for is_denied, was in zip(denied, past, strict=True))
        if not no_more and Polarity.UNCERTAIN not in (written.polarity, said.polarity):
            yield "polarity"
    elif written.action and said.action and stopped[0] is not stopped[1]:
        yield "action"
    elif past[0] is not past[1] and not any(stopped) and not denied[0] and not (written.value and past[0]):
        yield "time"


def _doses_differ(a: Quantity, b: Quantity) -> bool:
    """A count and a strength stand side by side; tablets and capsules are one count; any two strengths must agree."""
    if (a.unit in _PIECES) is not (b.unit in _PIECES):
        return False
    if a.unit in _PIECES:
        return not same(a, Quantity(b.value, a.unit, b.to))
    return not same(a, b)


def _rhythms_differ(a: str, b: str) -> bool:
    often = daily(a), daily(b)
    if all(often):
        if often[0].isdisjoint(often[1]):
            return True
        if not any(len(sizes) == 1 for sizes in often):  # 2+0+2 and 1+0+1: the counts agree, the sums do not
            return often[0] != often[1]
    when = times(a), times(b)
    return all(when) and when[0].isdisjoint(when[1])


def _daily(words: list[str]) -> Iterator[Decimal]:
    for word in words:
        many, slash, span = word.partition("/")
        if slash:
            days = {"day": 1, "week": 7, "month": 30}.get(span)
            ends = [Decimal(n) for n in many.split("-") if n.replace(".", "", 1).isdigit()]
            if days and ends:
                yield from (end / days for end in ends)
        elif "+" in word:
            parts = [Decimal(part) for part in word.split("+") if part.replace(".", "", 1).isdigit()]
            yield Decimal(sum(part > 0 for part in parts))
            yield sum(parts, Decimal(0))
    if not any("/" in word or "+" in word for word in words):
        times = sum(word in _TIMES for word in words)
        if times:
            yield Decimal(times)


def _scale(a: str, b: str) -> Mapping[str, Decimal] | None:
    return next((scale for scale in _SCALES if a in scale and b in scale), None)

"""What a number says of what is measured: its unit, its other half. Pure.

A unit that was not said is the measure's own, where it has one (`[measured-in]` of the lexicon). Where two are usual, the size tells:
HbA1c from 20 up is mmol/mol, below that %; D-dimer from 50 up µg/l, below mg/l; height from 3 up cm, below m.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from kiskriv.draft.fact import Quantity
from kiskriv.draft.language.numerals import ONE
from kiskriv.draft.language.quantities import Amount, amounts
from kiskriv.draft.language.reading import Token, tokens
from kiskriv.draft.lexicon import Lexicon

_OVER: Final = frozenset({"over", "/", "skråstrek", "på"})
_LOWEST: Final = 20
_SYSTOLIC: Final = range(60, 281)
_DIASTOLIC: Final = range(25, 161)
_HEIGHT: Final = "høyde"
_OTHER_UNITS: Final = {"vekt": ("g",)}
"""Of a newborn."""
FEVER: Final = (Decimal(34), Decimal(43))
"""What is a temperature where only «feber» or degrees are said, in °C."""
_TENS: Final = 30
"""«en førti over nitti», «en åttito»: from here up, the hundred is said as «en»."""
_TWO_UNITS: Final = {
    "HbA1c": (Decimal(20), "%", "mmol/mol"),
    "D-dimer": (Decimal(50), "mg/l", "µg/l"),
    "høyde": (Decimal(3), "m", "cm"),
}
"""Where the unit changes: below it, from it up."""


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """A number met in tokens [start, end), with the unit that was said (empty: none)."""

    value: Decimal
    to: Decimal | None
    unit: str
    start: int
    end: int
    metre: bool = False
    """«en» stands before it: «en åttito» is 182, where it is a height."""

    @property
    def joined(self) -> bool:
        """Whether it is two whole numbers, the higher one first: a blood pressure, not a range."""
        return self.to is not None and _whole(self.value) and _whole(self.to) and _LOWEST <= self.to < self.value

    @property
    def pressure(self) -> bool:
        """Whether it is a blood pressure even where nobody says so."""
        return self.joined and self.value in _SYSTOLIC and self.to in _DIASTOLIC

    def of(self, name: str, lexicon: Lexicon) -> Quantity | None:
        """As a value of this measure; None where it can be none: its unit is another's («tre dager», «50 mg»)."""
        if name == _HEIGHT and self.metre:
            return Quantity(self.value + 100, "cm")
        low, *others = usual(name, lexicon)
        high = others[0] if others else low
        if self.to is not None and self.joined != (name == "BT"):
            return None
        if not self.unit:
            unit = low if not others or self.value < _TWO_UNITS[name][0] else high
            return Quantity(self.value, unit, self.to)
        units = (low, high, *_OTHER_UNITS.get(name, ()))
        said = next((unit for unit in units if unit and unit.startswith(self.unit)), None)
        return None if said is None else Quantity(self.value, said, self.to)


def readings(said: Sequence[Token], lexicon: Lexicon) -> tuple[Reading, ...]:
    """Every number, with what belongs to it."""
    if not any(token.value is not None for token in said):
        return ()
    return tuple(_readings(said, {amount.start: amount for amount in amounts(said, lexicon)}))


def feverish(one: Reading) -> bool:
    """Whether it can be a body's temperature, in °C."""
    return all(FEVER[0] <= end <= FEVER[1] for end in (one.value, one.to) if end is not None)


def side_by_side(read: Sequence[Reading], said: Sequence[Token]) -> Iterator[Reading]:
    """The same, two numbers in a row made one pressure: «blodtrykk 128 80», «128, 80»."""
    before: Reading | None = None
    for one in read:
        alone = before is not None and not before.unit and before.to is None and one.to is None
        if before is not None and alone and [token.text for token in said[before.end : one.start]] in ([], [","]):
            both = Reading(before.value, one.value, "", before.start, one.end)
            if both.pressure:
                before = both
                continue
        if before is not None:
            yield before
        before = one
    if before is not None:
        yield before


def usual(name: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The units that this measure is given in, one or two; an empty one where that is none of `fact.UNITS`, or not known."""
    if name in _TWO_UNITS:
        return _TWO_UNITS[name][1:]
    unit = next((hit.term.nb for hit in lexicon.find(_named(name), "measured-in")), "none")
    return ("" if unit == "none" else unit,)


@cache
def _named(name: str) -> tuple[Token, ...]:
    return tokens(name)


def _readings(said: Sequence[Token], known: Mapping[int, Amount]) -> Iterator[Reading]:
    at = 0
    while at < len(said):
        start, value, to = at, said[at].value, said[at].to
        at += 1
        if amount := known.get(start):
            quantity, at = _with_centimetres(said, amount)
            yield Reading(quantity.value, quantity.to, quantity.unit, start, at)
        elif value is not None:
            hundred = start > 0 and said[start - 1].text in ONE and _TENS <= value < 100
            if at + 1 < len(said) and said[at].text in _OVER:
                both = Reading(value + 100 * hundred, said[at + 1].value, "", start, at + 2)
                both = both if both.joined else Reading(value, said[at + 1].value, "", start, at + 2)
                value, to, at = (both.value, both.to, both.end) if both.joined else (value, to, at)
            if to is None and (tenths := _tenths(said, start)) is not None:
                value, at = value + tenths, at + 1
            yield Reading(value, to, "", start, at, metre=hundred and to is None)


def _with_centimetres(said: Sequence[Token], amount: Amount) -> tuple[Quantity, int]:
    """«en meter og åttito» is 182 cm; anything else is what it is. And where it ends."""
    after = amount.end + ([token.text for token in said[amount.end : amount.end + 1]] == ["og"])
    rest = said[after].value if amount.quantity.unit == "m" and after < len(said) else None
    if rest is None or not 0 < rest < 100:
        return amount.quantity, amount.end
    return Quantity(amount.quantity.value * 100 + rest, "cm"), after + 1


def _tenths(said: Sequence[Token], at: int) -> Decimal | None:
    """«tretti åtte fire»: the second number, where the first can be degrees and the second their tenths."""
    degrees, after = said[at].value, said[at + 1 : at + 3]
    if degrees is None or not after or not (_whole(degrees) and FEVER[0] <= degrees <= FEVER[1]):
        return None
    tenths = after[0].value
    if tenths is None and after[0].text in ONE and (len(after) == 1 or not after[1].text[0].isalpha()):
        tenths = Decimal(1)
    if tenths is None:
        return None
    return tenths / 10 if _whole(tenths) and 0 <= tenths < 10 else None


def _whole(value: Decimal) -> bool:
    return value == value.to_integral_value()

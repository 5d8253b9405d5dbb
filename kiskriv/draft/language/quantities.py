"""Numbers with their units, and how long something lasts: «fire hundre milligram», «halvannen uke», «138 over 82». Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kiskriv.draft.fact import Quantity
from kiskriv.draft.language.numerals import ONE
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Hit, Lexicon

SYSTOLIC: Final = (60, 300)
DIASTOLIC: Final = (30, 200)
"""mmHg: two numbers between which «over» or a stroke stands are a blood pressure only within these."""

_HALF: Final = frozenset(("halv", "halve", "halvt"))
_LONG: Final = frozenset(("minute", "hour", "day", "week", "month", "year"))


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity met: tokens [start, end)."""

    quantity: Quantity
    start: int
    end: int

    @property
    def lasts(self) -> bool:
        """It is a stretch of time."""
        return self.quantity.unit in _LONG


def amounts(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Amount, ...]:
    """Every number that has a unit after it (category `unit` of the lexicon), and every blood pressure, from the left, none overlapping.

    One is a number where a unit follows («en tablett», «et døgn»), and so is a half («halv tablett»).
    """
    if not any(token.value is not None or token.text in ONE or token.text in _HALF for token in tokens):
        return ()
    units = {hit.start: hit for hit in lexicon.find(tokens, "unit")}
    quarters = {hit.start: hit for hit in lexicon.find(tokens, "quarter")}
    found: list[Amount] = []
    for at in range(len(tokens)):
        if found and at < found[-1].end:
            continue
        met = _pressure(tokens, at, units) or _with_unit(tokens, at, units, quarters)
        if met is not None:
            found.append(met)
    return tuple(found)


def durations(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Amount]:
    """The amounts that are a stretch of time."""
    return (amount for amount in amounts(tokens, lexicon) if amount.lasts)


def _pressure(tokens: Sequence[Token], at: int, units: dict[int, Hit]) -> Amount | None:
    if at + 2 >= len(tokens) or tokens[at + 1].text not in ("over", "/", "på"):
        return None
    over, under = tokens[at].value, tokens[at + 2].value
    if (
        over is None
        or under is None
        or not (SYSTOLIC[0] <= over <= SYSTOLIC[1] and DIASTOLIC[0] <= under <= DIASTOLIC[1] and under < over)
    ):
        return None
    unit = units.get(at + 3)
    if unit is not None and unit.term.nb != "mmHg":
        return None
    return Amount(Quantity(over, "mmHg", under), at, unit.end if unit else at + 3)


def _with_unit(tokens: Sequence[Token], at: int, units: dict[int, Hit], quarters: dict[int, Hit]) -> Amount | None:
    token = tokens[at]
    value = token.value
    if value is None and token.text in ONE:
        value = Decimal(1)
    elif value is None and token.text in _HALF:
        value = Decimal("0.5")
    if value is None:
        return None
    place = at + 1
    while place < len(tokens) and (
        tokens[place].text in ("-", "hele", "heile", "store", "små", "siste")
        or (value == 1 and tokens[place].text == "hel")
    ):
        place += 1
    if hit := units.get(place):
        return Amount(Quantity(value, hit.term.nb, token.to), at, hit.end)
    if hit := quarters.get(place):
        return Amount(Quantity(value * 15, "minute", None if token.to is None else token.to * 15), at, hit.end)
    return None

"""How much of a sick leave: the percents off work, not those that are worked: «femti prosent», «gradert førti», «halv sykmelding». Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from kiskriv.draft.fact import Quantity
from kiskriv.draft.language.quantities import Amount, amounts
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Lexicon

_LEAST: Final = 5
_HALF: Final = Quantity(Decimal(50), "%")
_HALVES: Final = frozenset(("halv", "halvt", "halve"))
_TO: Final = frozenset(("til", "på"))
_STEPS: Final = frozenset(("ned", "opp", "trapper", "trappar", "reduserer", "øker", "aukar"))
_PENSIONED: Final = ("ufør", "arbeidsufør")
_COUNTED_BY_NOTHING: Final = frozenset(("", "da", "då", ",", ".", "holder", "held", "er", "går"))
_PLACED: Final = frozenset(("i", "på"))


def off_work(tokens: Sequence[Token], lexicon: Lexicon) -> list[Amount]:
    """From the left. «Jobber 60 %» and «100 % tilbake» are none."""
    if any(token.text.startswith(_PENSIONED) for token in tokens):
        return []
    said = [amount for amount in amounts(tokens, lexicon) if amount.quantity.unit == "%"]
    away = [amount for amount in said if not _worked(tokens, amount, lexicon)]
    return away or [*_graded(tokens, lexicon), *_halved(tokens, lexicon)][:1]


def stepped(tokens: Sequence[Token]) -> Amount | None:
    """«Da går vi ned til tjue»: a number alone, where the talk is of a sick leave."""
    if _STEPS.isdisjoint(token.text for token in tokens):
        return None
    return next(
        (_percent(tokens, at) for at in range(1, len(tokens)) if tokens[at - 1].text in _TO and _may(tokens[at])), None
    )


def alone(tokens: Sequence[Token]) -> Amount | None:
    """«Femti da, i tre uker»: a number that nothing is counted by, first in the claim, where the talk is of a sick leave."""
    at = next((at for at, token in enumerate(tokens[:3]) if token.value is not None), None)
    if at is None or not _may(tokens[at]):
        return None
    after = tokens[at + 1].text if at + 1 < len(tokens) else ""
    return _percent(tokens, at) if after in _COUNTED_BY_NOTHING else None


def _graded(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Amount]:
    for hit in lexicon.find(tokens, "graded"):
        if hit.end < len(tokens) and _may(tokens[hit.end]):
            yield _percent(tokens, hit.end)


def _halved(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Amount]:
    for hit in lexicon.find(tokens, "sick-leave"):
        if hit.start and tokens[hit.start - 1].text in _HALVES:
            yield Amount(_HALF, hit.start - 1, hit.start)


def _worked(tokens: Sequence[Token], amount: Amount, lexicon: Lexicon) -> bool:
    after = amount.end + (amount.end < len(tokens) and tokens[amount.end].text in _PLACED)
    return any(
        hit.start in (amount.end, after) or hit.end == amount.start or _near(tokens, hit.end, amount.start)
        for hit in lexicon.find(tokens, "working")
    )


def _near(tokens: Sequence[Token], end: int, start: int) -> bool:
    """«jobber bare femti prosent»"""
    return start == end + 1 and tokens[end].text != ","


def _may(token: Token) -> bool:
    """Whether a number alone may be a percent."""
    return token.value is not None and token.to is None and _LEAST <= token.value <= 100 and token.value % _LEAST == 0


def _percent(tokens: Sequence[Token], at: int) -> Amount:
    return Amount(Quantity(tokens[at].value or Decimal(0), "%"), at, at + 1)

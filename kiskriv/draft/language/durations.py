"""Since when and for how long something has been so: «i fire dager», «for tre uker siden», «siden i går», «plutselig i natt». Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kiskriv.draft.fact import Quantity
from kiskriv.draft.language.quantities import Amount, durations
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Hit, Lexicon

_LASTING: Final = frozenset((
    "i", "siste", "over", "på", "ca", "cirka", "omtrent", "nesten", "rundt", "kanskje", "har", "gått", "minst", "for",
    "gjennom", "snart", "så", "altså", "godt", "noe", "mellom", "vart", "vert",
))  # fmt: skip
_ELAPSED: Final = frozenset(("siden", "sidan"))
_TAIL: Final = frozenset(("siden", "sidan", "season", "tid", "tids", "nå", "no"))
_SINCE: Final = frozenset(("siden", "sidan", "fra", "frå", "etter", "allerede", "alt"))
_OTHER: Final = frozenset((
    "hver", "hvert", "kvar", "kvart", "hverandre", "per", "pr", "om", "annenhver", "annankvar", "innen", "innan",
    "innafor",
))  # fmt: skip
_AGE: Final = frozenset((
    "gammel", "gamal", "gamle", "gammelt", "år-gammel", "igjen", "att", "senere", "seinare",
))  # fmt: skip
_CHANGED: Final = frozenset((
    "verre", "verst", "bedre", "betre", "større", "flere", "fleire", "økt", "auka", "økende", "forverret", "forverra",
))  # fmt: skip
_GIVEN: Final = (
    "sykm", "sykem", "sjukm", "kur", "tablett", "resept", "milligram", "mg", "kontroll", "time", "antibio", "behandl", "ferie",
    "permisjon", "gravid",
)  # fmt: skip
"""Where one of these stands before it, it is they that last."""
_REACH: Final = 5
_EACH: Final = frozenset(("varer", "varar"))
"""«Det varer et halvt minutt»: each time, not since when."""
_YEARS: Final = (1930, 2100)
_ORDINALS: Final = (
    ("andre", "tredje", "fjerde", "femte", "sjette", "sjuende", "åttende", "niende", "tiende"),
    ("annen", "tredje", "fjerde", "femte", "sjette", "sjuande", "åttande", "niande", "tiande"),
)
"""From the second on: «fjerde dagen» has lasted four days."""
_PERIODS: Final = ("dag", "døgn", "uke", "uka", "vek", "måned", "månad")


@dataclass(frozen=True, slots=True, repr=False)
class Span:
    """Said at tokens [start, end): how long, or since when in words."""

    start: int
    end: int
    duration: Quantity | None = None
    onset: str = ""


def spans(tokens: Sequence[Token], text: str, lexicon: Lexicon, asked: bool = False) -> tuple[Span, ...]:
    """From the left. `asked`: the question was how long, so that an amount of time needs no word before it."""
    lasting = [Span(a.start, a.end, a.quantity) for a in durations(tokens, lexicon) if _lasts(tokens, a, asked)]
    lasting += _counted(tokens, lexicon, asked)
    return tuple(
        sorted((*lasting, *_onsets(tokens, text, lexicon, asked and not lasting)), key=lambda span: span.start)
    )


def _counted(tokens: Sequence[Token], lexicon: Lexicon, asked: bool) -> Iterator[Span]:
    """«Tredje dagen med feber», «det er fjerde dagen nå»."""
    for at, token in enumerate(tokens[:-1]):
        number = next((names.index(token.text) + 2 for names in _ORDINALS if token.text in names), 0)
        if not number or not tokens[at + 1].text.startswith(_PERIODS):
            continue
        after = tokens[at + 2].text if at + 2 < len(tokens) else ""
        unit = next(iter(lexicon.find(tokens[at + 1 : at + 2], "unit")), None)
        if unit is not None and (asked or after in ("med", "nå", "no", "på")):
            yield Span(at, at + 2, Quantity(Decimal(number), unit.term.nb))


def _lasts(tokens: Sequence[Token], amount: Amount, asked: bool) -> bool:
    before = [token.text for token in tokens[max(0, amount.start - _REACH) : amount.start]]
    after = [token.text for token in tokens[amount.end : amount.end + 2]]
    if (before and before[-1] in _OTHER) or (after and after[0] in _AGE):
        return False
    if (
        _EACH & set(before[-3:])
        or any(word in _CHANGED for word in before)
        or any(word.startswith(_GIVEN) for word in before)
    ):
        return False
    return asked or bool(before and before[-1] in _LASTING) or bool(after and after[0] in _TAIL)


def _onsets(tokens: Sequence[Token], text: str, lexicon: Lexicon, asked: bool) -> Iterator[Span]:
    for era in lexicon.find(tokens, "era"):
        yield Span(era.start, era.end, onset=_quoted(tokens, era.start, era.end, text))
    for at, token in enumerate(tokens[1:], 1):
        if token.value is not None and _YEARS[0] <= token.value <= _YEARS[1] and tokens[at - 1].text == "i":
            yield Span(at - 1, at + 1, onset=_quoted(tokens, at - 1, at + 1, text))
    starts = lexicon.find(tokens, "start")
    moments = [hit for hit in lexicon.find(tokens, "moment") if _begins(tokens, hit, lexicon, asked)]
    joined = {moment.start: start for start in starts for moment in moments if moment.start == start.end}
    for start in starts:
        if start not in joined.values():
            yield Span(start.start, start.end, onset=_quoted(tokens, start.start, start.end, text))
    for moment in moments:
        begin = joined[moment.start].start if moment.start in joined else moment.start
        since = begin > 0 and tokens[begin - 1].text in (*_SINCE, "på", "i", "sist")
        yield Span(begin - since, moment.end, onset=_quoted(tokens, begin - since, moment.end, text))


def _begins(tokens: Sequence[Token], moment: Hit, lexicon: Lexicon, asked: bool) -> bool:
    """A moment is when it began after «siden», or with a word for beginning in reach; another's («skal reise i sommer») is not."""
    before = tokens[max(0, moment.start - 2) : moment.start]
    if any(token.text in _CHANGED for token in before):
        return False
    if any(token.text in _SINCE for token in before):
        return moment.term.nb != "season" or tokens[moment.start - 1].text in _SINCE
    if moment.term.nb == "season":
        return False
    return asked or lexicon.has(tokens[max(0, moment.start - _REACH - 1) : moment.end + _REACH], "beginning")


def _quoted(tokens: Sequence[Token], start: int, end: int, text: str) -> str:
    return text[tokens[start].start : tokens[end - 1].end].lower()

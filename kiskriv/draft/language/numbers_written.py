"""Numbers, amounts and how often, as a note writes them: «38,4», «1-2 tabletter», «x 3», «i 2 uker»; bokmål and nynorsk. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from kiskriv.draft.fact import Quantity, plain

_NOUNS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "tablet": ("tablett", "tabletter", "tablett", "tablettar"),
    "capsule": ("kapsel", "kapsler", "kapsel", "kapslar"),
    "drop": ("dråpe", "dråper", "drope", "dropar"),
    "puff": ("puff", "puff", "puff", "puff"),
    "sachet": ("pose", "poser", "pose", "posar"),
    "suppository": ("stikkpille", "stikkpiller", "stikkpille", "stikkpiller"),
    "injection": ("injeksjon", "injeksjoner", "injeksjon", "injeksjonar"),
    "spoon": ("skje", "skjeer", "skei", "skeier"),
    "patch": ("plaster", "plastre", "plaster", "plaster"),
    "dose": ("dose", "doser", "dose", "dosar"),
    "minute": ("minutt", "minutter", "minutt", "minutt"),
    "hour": ("time", "timer", "time", "timar"),
    "day": ("dag", "dager", "dag", "dagar"),
    "week": ("uke", "uker", "veke", "veker"),
    "month": ("måned", "måneder", "månad", "månader"),
    "year": ("år", "år", "år", "år"),
}
"""One and several, bokmål and nynorsk, of the units that are words."""

_TIMES: Final[Mapping[str, tuple[str, str]]] = {
    "morning": ("morgen", "morgon"),
    "noon": ("midt på dagen", "midt på dagen"),
    "evening": ("kveld", "kveld"),
    "night": ("til natten", "til natta"),
    "meals": ("til måltid", "til måltid"),
    "once": ("én gang", "éin gong"),
    "as-needed": ("ved behov", "ved behov"),
}
_OF_THE_DAY: Final = ("morning", "evening")
_DEFINITE: Final = {"morgen": "morgenen", "morgon": "morgonen", "kveld": "kvelden"}
_PERIOD: Final[Mapping[str, tuple[str, str]]] = {
    "week": ("i uken", "i veka"),
    "month": ("i måneden", "i månaden"),
}


def number(value: Decimal) -> str:
    """With a comma: `38,4`."""
    return plain(value).replace(".", ",")


def amount(quantity: Quantity, language: str) -> str:
    """With its unit, a word where it is one: `400 mg`, `1 tablett`, `138/82`, `2-3 veker`."""
    join = "/" if quantity.unit == "mmHg" else "-"
    written = number(quantity.value) + ("" if quantity.to is None else join + number(quantity.to))
    return written if quantity.unit == "mmHg" else f"{written} {unit(quantity, language)}".strip()


def unit(quantity: Quantity, language: str) -> str:
    """Of this amount: singular up to one, plural above."""
    if quantity.unit not in _NOUNS:
        return quantity.unit
    several = (quantity.to or quantity.value) > 1
    return _NOUNS[quantity.unit][several + 2 * (language == "nn")]


def frequency(canonical: str, language: str) -> str:
    """`3/day` is `x 3`; `1/day evening` is `x 1 om kvelden`; `1+0+1` stays; what is no form of ours stays as it is."""
    return _spread(canonical, language, lambda count: f"x {count}")


def often(canonical: str, language: str) -> str:
    """The same in words: `4/day` is «4 ganger daglig», `2/week` is «2 ganger i uken»."""
    one, several = ("gong", "gonger") if language == "nn" else ("gang", "ganger")
    daily = "dagleg" if language == "nn" else "daglig"
    return _spread(canonical, language, lambda count: f"{count} {one if count == '1' else several}", daily)


def _spread(canonical: str, language: str, times: Callable[[str], str], daily: str = "") -> str:
    """Each word of a canonical form in its turn, the times of the day together."""
    of_the_day = [word for word in canonical.split() if word in _OF_THE_DAY]
    written = []
    for word in canonical.split():
        if word not in _OF_THE_DAY:
            written.append(_often(word, language, times, daily))
        elif word == of_the_day[0]:
            written.append(_when(of_the_day, language))
    return " ".join(written)


def _when(times: list[str], language: str) -> str:
    words = [_TIMES[word][language == "nn"] for word in times]
    return " og ".join(words) if len(words) > 1 else f"om {_DEFINITE[words[0]]}"


def _often(word: str, language: str, times: Callable[[str], str], daily: str) -> str:
    nynorsk = language == "nn"
    if word in _TIMES:
        return _TIMES[word][nynorsk]
    count, _, period = word.partition("/")
    if period == "day" and count in ("0.5", "1/2"):
        return "annankvar dag" if nynorsk else "annenhver dag"
    if period == "day" or period in _PERIOD:
        within = daily if period == "day" else _PERIOD[period][nynorsk]
        return f"{times(count.replace('.', ','))} {within}".strip()
    return word

"""Numbers as they are spoken or written, bokmål and nynorsk: «fire hundre», «femogførti», «to komma fem», «halvannen», «to-tre». Pure.

`en`, `ei`, `et` alone are articles, and no number here: `quantities` reads them as one where a unit follows. An ordinal («12. mars»,
«den femte») and a time of day («klokka åtte») have no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

ONE: Final = frozenset(("en", "én", "ein", "éin", "ei", "éi", "et", "ett", "étt", "eit", "eitt"))
"""One, or an article."""

_DIGITS: Final = {
    "null": 0, "to": 2, "tre": 3, "fire": 4, "fem": 5, "seks": 6, "sju": 7, "syv": 7, "åtte": 8, "ni": 9,
}  # fmt: skip
_TEENS: Final = {
    "ti": 10, "elleve": 11, "tolv": 12, "tretten": 13, "fjorten": 14, "femten": 15, "seksten": 16, "sytten": 17, "atten": 18, "nitten": 19,
}  # fmt: skip
_TENS: Final = {
    "tjue": 20, "tyve": 20, "tretti": 30, "tredve": 30, "tredive": 30, "førti": 40, "førr": 40, "femti": 50, "seksti": 60, "sytti": 70,
    "åtti": 80, "nitti": 90,
}  # fmt: skip
_SCALES: Final = {"hundre": 100, "tusen": 1000, "million": 10**6, "millioner": 10**6, "millionar": 10**6, "mill": 10**6}
_ARTICLES: Final = ("en", "ein", "ett")
_SMALL: Final = _DIGITS | _TEENS | _TENS
_KNOWN: Final = _SMALL | _SCALES
_HALVES: Final = {"halvannen": "1.5", "halvanna": "1.5", "halvannet": "1.5", "halvtanna": "1.5"}
_SIGNS: Final = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_FRACTIONS: Final = {("1", "2"): _SIGNS["½"], ("1", "4"): _SIGNS["¼"], ("3", "4"): _SIGNS["¾"]}
_HALF: Final = frozenset(("halv", "halvt", "halve"))
_QUARTER: Final = frozenset(("kvart", "fjerdedel", "fjerdedels"))
_CLOCK: Final = frozenset(("klokka", "klokken", "kl", "halv", "kvart"))
_TO: Final = frozenset(("til", "-", "–", "—", "eller"))
_HEADS: Final = frozenset(word[:2] for word in (*_KNOWN, *_HALVES, *ONE, "mellom"))
_PIECE: Final = re.compile("og|en|ein|ett|" + "|".join(sorted(_KNOWN, key=len, reverse=True)))
_WRITTEN: Final = re.compile(r"\d+(?:[.,]\d+)?$|\d{1,3}(?: \d{3})+$")


_LONGEST: Final = 12
"""Digits: a longer number is an identity or a telephone, and no amount."""


@dataclass(frozen=True, slots=True, repr=False)
class Number:
    """`value`, up to `to` where it is a range; of words [start, end) of what was read."""

    value: Decimal
    end: int
    to: Decimal | None = None


def begins(word: str) -> bool:
    """Whether a number may begin with this word: a quick look, before `number` reads on."""
    return word[0].isdigit() or word[:2] in _HEADS or word in _SIGNS


def number(words: Sequence[str], at: int) -> Number | None:
    """The number that begins at this word, as far as it goes; None: none does. `words` in lower case, marks are words."""
    if at and words[at - 1] in _CLOCK:
        return None
    if words[at] == "mellom" and at + 1 < len(words):
        return _between(words, at + 1)
    first = _alone(words, at)
    if first is None:
        return None
    return _ranged(words, at, first)


def written(text: str) -> Decimal | None:
    """The value of digits: `2,5`, `1 000`, `1.500` (thousands only where it ends in two noughts, `0.125` is a fraction)."""
    if text in _SIGNS:
        return _SIGNS[text]
    if len(text) > _LONGEST or not _WRITTEN.match(text):
        return None
    if re.fullmatch(r"[1-9]\d{0,2}\.\d00", text):
        text = text.replace(".", "")
    return Decimal(text.replace(" ", "").replace(",", "."))


def pieces(word: str) -> tuple[str, ...]:
    """A number that is written as one word, in its parts: «femogførti» is fem, og, førti. Empty where it is none."""
    if word in _KNOWN:
        return (word,)
    found: list[str] = []
    at = 0
    while at < len(word):
        met = _PIECE.match(word, at)
        if met is None:
            return ()
        found.append(met.group())
        at = met.end()
    return tuple(found) if any(piece in _KNOWN for piece in found) and found[-1] != "og" and found[0] != "og" else ()


def spoken(words: Sequence[str]) -> Decimal | None:
    """The value of these words, if they are one number and nothing else."""
    if not words:
        return None
    read = _cardinal(words, 0)
    return read.value if read is not None and read.end == len(words) else None


def _between(words: Sequence[str], at: int) -> Number | None:
    first = _alone(words, at)
    if first is None or first.end + 1 >= len(words) or words[first.end] not in ("og", "til"):
        return None
    second = _alone(words, first.end + 1)
    return None if second is None else Number(first.value, second.end, second.value)


def _ranged(words: Sequence[str], at: int, first: Number) -> Number:
    """With its other end, if it has one: «to til tre», «tre-fire», «to tre». Not after «fra», nor across a blood pressure."""
    if first.to is not None or (at and words[at - 1] in ("fra", "frå", "over", "/")):
        return first
    end = first.end
    if end < len(words) and words[end] in _TO:
        second = _alone(words, end + 1) if end + 1 < len(words) else None
        near = second is not None and (words[end] != "eller" or second.value - first.value <= 2)
        if second is not None and near and second.value > first.value and not _crosses(words, second.end):
            return Number(first.value, second.end, second.value)
    comma = end < len(words) and words[end] == ","
    second = _alone(words, end + comma) if end + comma < len(words) and words[at].isalpha() else None
    if second is not None and words[end + comma].isalpha() and second.value - first.value == 1 and first.value < 20:
        return Number(first.value, second.end, second.value)
    return first


def _crosses(words: Sequence[str], at: int) -> bool:
    return at < len(words) and words[at] in ("over", "/")


def _alone(words: Sequence[str], at: int) -> Number | None:
    """A number without a range."""
    word = words[at]
    if word in _HALVES:
        return Number(Decimal(_HALVES[word]), at + 1)
    if word in ONE:
        return _from_one(words, at)
    if "-" in word:
        return _hyphened(word, at)
    read = _digits(words, at) if word[0].isdigit() or word in _SIGNS else _cardinal(words, at)
    if read is None:
        return None
    return _with_half(words, _with_decimals(words, read))


def _from_one(words: Sequence[str], at: int) -> Number | None:
    """What «en» begins: «en halv», «en og en halv», «en komma fem», «et hundre», «et par»."""
    following, second = (*words[at + 1 : at + 3], "", "")[:2]
    one = Number(Decimal(1), at + 1)
    if following in _HALF:
        return None if second in _SMALL else Number(_SIGNS["½"], at + 2)
    if following in _QUARTER:
        return Number(_SIGNS["¼"], at + 2)
    if following == "par":
        return Number(Decimal(2), at + 2)
    if following in _TO and second in ("to", "2"):
        return Number(Decimal(1), at + 3, Decimal(2))
    more = _with_half(words, _with_decimals(words, one))
    return more if more.end > one.end else _cardinal(words, at)


def _hyphened(word: str, at: int) -> Number | None:
    """«tre-fire» is a range, «tretti-åtte» is not."""
    begin, _, rest = word.partition("-")
    first, second = (Decimal(1) if part in ONE else spoken(pieces(part)) for part in (begin, rest))
    if first is None or second is None:
        return None
    if first % 10 == 0 and 20 <= first <= 90 and second < 10:
        return Number(first + second, at + 1)
    return Number(first, at + 1, second) if second > first else None


def _digits(words: Sequence[str], at: int) -> Number | None:
    value = written(words[at])
    if value is None:
        return None
    end = at + 1
    if fraction := _fraction(words, at):
        return Number(fraction, at + 3)
    if end < len(words) and words[end] in _SIGNS and words[at] not in _SIGNS:
        return Number(value + _SIGNS[words[end]], end + 1)
    if end < len(words) and words[end].isdigit() and (fraction := _fraction(words, end)):
        return Number(value + fraction, end + 3)
    while end < len(words) and words[end] in _SCALES:
        value *= _SCALES[words[end]]
        end += 1
    return Number(value, end)


def _fraction(words: Sequence[str], at: int) -> Decimal | None:
    if at + 2 < len(words) and words[at + 1] == "/" and not (at + 3 < len(words) and words[at + 3] in ("/", "-")):
        return _FRACTIONS.get((words[at], words[at + 2]))
    return None


def _with_decimals(words: Sequence[str], whole: Number) -> Number:
    """«to komma fem», «null komma null fem», «seks komma tjuefem»."""
    at = whole.end
    if whole.value % 1 or at + 1 >= len(words) or words[at] not in ("komma", "punkt"):
        return whole
    text = ""
    at += 1
    while at < len(words) and (words[at] in _DIGITS or words[at] in ONE or (words[at].isdecimal() and not text)):
        text += words[at] if words[at].isdecimal() else str(_DIGITS.get(words[at], 1))
        at += 1
        if not text.endswith("0"):
            break
    if not text:
        read = _cardinal(words, at)
        if read is None:
            return whole
        text, at = str(read.value), read.end
    return Number(Decimal(f"{int(whole.value)}.{text}"), at)


def _with_half(words: Sequence[str], whole: Number) -> Number:
    """«to og en halv», «tre og et halvt», «tre kvart»."""
    at = whole.end
    if tuple(words[at : at + 1]) == ("og",) and at + 2 < len(words) and words[at + 1] in ONE and words[at + 2] in _HALF:
        return Number(whole.value + _SIGNS["½"], at + 3)
    if whole.value == 3 and tuple(words[at : at + 1]) in {("kvart",), ("fjerdedels",)}:
        return Number(_SIGNS["¾"], at + 1)
    return whole


def _cardinal(words: Sequence[str], at: int) -> Number | None:
    """«fire hundre og trettiåtte», in one word or several. A single digit joins a hundred only by «og»: «fire hundre tre ganger»."""
    total, part = 0, 0
    end = at
    seen: list[str] = []
    for place, fused in _runs(words, at):
        joined = seen[-1:] == ["og"]
        if not all(_fits(piece, (seen + list(fused))[: len(seen) + i], fused, i) for i, piece in enumerate(fused)):
            break
        goes_on = words[place + 1 : place + 2] == ["hundre"]
        if len(fused) == 1 and fused[0] in _DIGITS and seen and seen[-1] in _SCALES and not joined and not goes_on:
            break
        seen += fused
        end = place + 1
    while seen and seen[-1] == "og":
        seen.pop()
        end -= 1
    if not seen:
        return None
    for piece in seen:
        if piece in _SCALES:
            scale = _SCALES[piece]
            if scale == 100:
                part = (part or 1) * 100
            else:
                total, part = total + (part or 1) * scale, 0
        elif piece != "og":
            part += _SMALL.get(piece, 1)
    return Number(Decimal(total + part), end)


def _runs(words: Sequence[str], at: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The words from here that can belong to a number, each in its parts."""
    for place in range(at, len(words)):
        word = words[place]
        if word == "og":
            yield place, ("og",)
        elif word in ONE and _one_goes_on(words, place, at):
            yield place, ("en",)
        elif parts := pieces(word) if word not in ONE else ():
            yield place, parts
        else:
            return


def _one_goes_on(words: Sequence[str], at: int, first: int) -> bool:
    """«et hundre», and «hundre og en», but not the one of «hundre og en halv»."""
    after = words[at + 1] if at + 1 < len(words) else ""
    if after in _SCALES or "hundre" in after:
        return True
    return at > first and words[at - 1] == "og" and after not in _HALF


def _fits(piece: str, before: Sequence[str], fused: Sequence[str], i: int) -> bool:
    """Whether this part may follow those."""
    last = next((p for p in reversed(before) if p != "og"), None)
    joined = bool(before) and before[-1] == "og"
    unit = piece in _DIGITS or (piece in _ARTICLES and i > 0)
    if last is None:
        fits = piece != "og" and (piece != "null" or len(fused) == 1)
    elif "null" in (last, piece):
        fits = False
    elif piece == "og":
        fits = not joined and (last in _SCALES or last in _DIGITS or (last in _ARTICLES and i > 0))
    elif piece in _SCALES:
        fits = not joined and piece not in before and (last not in _SCALES or _SCALES[last] < _SCALES[piece])
    elif last in _SCALES:
        fits = True
    elif joined:  # «fem og førti»
        fits = piece in _TENS and (last in _DIGITS or last in _ARTICLES)
    else:
        fits = last in _TENS and unit
    return fits

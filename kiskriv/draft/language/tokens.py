"""Words, numbers and marks of a text, each with its place, spoken numbers read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kiskriv.draft.language import numerals
from kiskriv.draft.language.dialect import known

_TOKEN = re.compile(
    r"""[xX](?=\d) | [^\W\d_][^\W_]*(?:[-'’][^\W_]+)*                                # x 4, hba1c, selo-zok
    | \d+(?:[-x]\d){2,3}(?![\d-]) | [\d½]+(?:[.,]\d+)?(?:\+[\d½]+(?:[.,]\d+)?)+     # 1-0-1, 1+0+1
    | \d{1,2}\.(?=\s(?:jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des)[a-z.]*\b)   # 12. mars
    | \d{1,2}(?:[ ]\d{3})+(?![\d.,]) | \d{3}(?:[ ]000)+(?!\d) | \d+(?:[.,]\d+)?      # 1 000, 2,5
    | [^\s\w]""",
    re.VERBOSE,
)
_GLUED = re.compile(r"(.+?)-?((?:dag|uk|vek|tim|måned|månad|år|minutt)(?:ers|ars|s))$")
_SHORT = 5
"""Letters: no shorter word is «tidagers»."""
_SCHEME = re.compile(r"\d(?:[-x]\d){2,3}")


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A word, a number or a mark. `text` in lower case, a word of a dialect in the form that the rules know.

    `start`, `end`: characters of the sentence's text.

    `value`: where it is a number, spoken («fire hundre», «halvannen») or written, of one or several words; `to`: the other end of a range.
    A scheme of doses through the day, «en pluss null pluss en», is one token with the text `1+0+1` and no value.
    """

    text: str
    start: int
    end: int
    value: Decimal | None = None
    to: Decimal | None = None

    def __repr__(self) -> str:
        return f"<Token at {self.start}>"


def tokens(text: str) -> tuple[Token, ...]:
    """Words, numbers and marks of a text, spoken numbers as one token each. `text[token.start:token.end]` is what was said."""
    raw = tuple(_raw(text))
    words = known([token.text for token in raw])
    read: list[Token] = []
    at = 0
    while at < len(raw):
        number = numerals.number(words, at) if numerals.begins(words[at]) else None
        if number is None:
            read.append(raw[at] if words[at] == raw[at].text else replace(raw[at], text=words[at]))
            at += 1
        else:
            first, last = raw[at], raw[number.end - 1]
            read.append(Token(" ".join(words[at : number.end]), first.start, last.end, number.value, number.to))
            at = number.end
    return tuple(_schemes(read)) if any("plus" in word for word in words) else tuple(read)


def _raw(text: str) -> Iterator[Token]:
    for met in _TOKEN.finditer(text):
        word = met.group().lower()
        glued = _GLUED.match(word) if word.endswith("s") and len(word) > _SHORT else None
        if glued is not None and (value := numerals.spoken(numerals.pieces(glued[1]))) is not None:
            middle = met.start() + len(glued[1])
            yield Token(glued[1], met.start(), middle, value)
            yield Token(glued[2], met.end() - len(glued[2]), met.end())
        elif "komma" in word and (parts := _decimal(word)):
            at = met.start()
            for part in parts:
                yield Token(part, at, at + len(part))
                at += len(part)
        elif not word.isalpha() and ("+" in word[1:] or _SCHEME.fullmatch(word)):
            yield Token(re.sub(r"[-x]", "+", word), met.start(), met.end())
        else:
            yield Token(word, met.start(), met.end())


def _decimal(word: str) -> tuple[str, ...]:
    """«nullkommatjuefem» as the three words that it is; empty where it is none."""
    whole, comma, part = word.partition("komma")
    known = all(numerals.spoken(numerals.pieces(piece)) is not None for piece in (whole, part))
    return (whole, comma, part) if known else ()


def _schemes(read: Sequence[Token]) -> Iterator[Token]:
    """«en pluss null pluss en» as `1+0+1`."""
    at = 0
    while at < len(read):
        end = at
        while (
            end + 2 < len(read) and read[end + 1].text in ("pluss", "+") and _dose(read[end]) and _dose(read[end + 2])
        ):
            end += 2
        if end > at:
            yield Token("+".join(filter(None, map(_dose, read[at : end + 1 : 2]))), read[at].start, read[end].end)
        else:
            yield read[at]
        at = end + 1


def _dose(token: Token) -> str:
    if token.text in numerals.ONE:
        return "1"
    if token.text in ("ingen", "inga"):
        return "0"
    return "" if token.value is None or token.to is not None else f"{token.value.normalize():f}"

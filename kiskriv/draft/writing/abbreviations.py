"""A clinic's abbreviations: what is shortened in a note, where the clinic wants it. None are our own.

What stands for words must be those words with letters left out, of each the first kept: «undersøkelse: us.», «til kontroll: t.k.». So no
line can put one meaning in another's place. Nothing that a fact turns on is ever shortened: amounts, units, sides but for two signs that
all know, what says no, drugs, allergens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from kiskriv.draft.language.numerals import ONE
from kiskriv.draft.language.reading import Token, tokens
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.lines import Line

_SIDES: Final = {("høyre", "hø."), ("høgre", "hø."), ("venstre", "ve.")}
_CERTAIN: Final = (
    "unit", "quarter", "side", "negation", "negation-after", "no", "no-longer", "ended", "gone", "resolved", "medication",
    "medication-group", "substance", "allergen", "frequency-per", "frequency-when",
)  # fmt: skip
"""Categories of words that stand in a note as they were said."""
_NAMES: Final = (
    "symptom", "condition", "event", "habit", "complaint", "body", "site", "structure", "sign", "state", "vital", "lab", "specialty",
    "examination", "test", "follow-up", "sick-leave", "kin", "past", "hedge",
)  # fmt: skip
"""Categories of words that may be shortened, into nothing that is another of them."""
_MOST: Final = 500
_PLAIN: Final = re.compile(r"\w+(?:[-/. ]+\w+)*[./]?")
"""Without signs that say more: «f.?», «f. -»."""


@dataclass(frozen=True)
class Abbreviations:
    """Whole words, or several in a row, and what stands for them."""

    short: Mapping[str, str] = field(default_factory=dict)
    """The words, in lower case, and what is written for them."""

    @classmethod
    def of(cls, written: Sequence[Line], lexicon: Lexicon) -> Abbreviations:
        """Of lines `høyre: hø.`, in talk of which the lexicon knows the words. Raises ClinicFileInvalid."""
        if len(written) > _MOST:
            raise written[_MOST].invalid("there are 500 abbreviations at most")
        return cls(dict(_pair(line, lexicon) for line in written))

    def shortened(self, text: str) -> str:
        """The text with them; one that opens it begins with a capital as before."""
        return self._met.sub(self._for, text).replace("..", ".") if self.short else text

    @cached_property
    def _met(self) -> re.Pattern[str]:
        longest_first = sorted(self.short, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)

    def _for(self, met: re.Match[str]) -> str:
        short = self.short.get(met.group().lower(), met.group())  # «ſ» is met by «s», and is another letter
        return short[0].upper() + short[1:] if met.group()[0].isupper() else short


def _pair(line: Line, lexicon: Lexicon) -> tuple[str, str]:
    if not line.value:
        raise line.invalid("an abbreviation is written: the words: what stands for them")
    name, short = line.name.lower(), line.value
    if (name, short.lower()) in _SIDES:
        return name, short
    words, letters = tokens(name), tokens(short.lower().replace(".", ""))  # «t.k.» has no hour in it
    if any(_certain(each, lexicon) for each in (words, letters)):
        raise line.invalid("amounts, units, sides, drugs, allergens and what says no are never abbreviated")
    if not _shortens(short.lower(), name) or not _named(letters, lexicon) <= _named(words, lexicon):
        raise line.invalid(
            "an abbreviation is the words with letters left out, the first of each kept, and no other word"
        )
    return name, short


def _certain(words: Sequence[Token], lexicon: Lexicon) -> bool:
    counted = any(
        token.text in ONE or token.value is not None or any(map(str.isnumeric, token.text)) for token in words
    )
    return counted or lexicon.has(words, *_CERTAIN)


def _named(words: Sequence[Token], lexicon: Lexicon) -> set[tuple[str, str]]:
    return {(hit.term.category, hit.term.nb) for hit in lexicon.find(words, *_NAMES)}


def _shortens(short: str, name: str) -> bool:
    """Whether the letters of `short` are those of the name's words, in their order, with some left out but the first of none."""
    letters = [letter for letter in short if letter.isalnum()]
    reached = {0}
    for word in re.findall(r"\w+", name):
        reached = {at + 1 for at in reached if letters[at : at + 1] == [word[0]]}
        for letter in word[1:]:
            reached |= {at + 1 for at in reached if letters[at : at + 1] == [letter]}
    return len(letters) in reached and len(short) < len(name) and _PLAIN.fullmatch(short) is not None

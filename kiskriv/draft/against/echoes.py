"""The words of a text that say something, cut to what they share with their other forms: smertene, smerter, smerte. Pure.

Coarse on purpose: it tells whether a word of a note was said in some form, bokmål or nynorsk, not what it means. Nothing is kept: what
is cut here is a patient's, and goes with the session (so no cache).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Lexicon

SHARP: Final = ("side", "weekday", "calendar", "frequency-when")
"""Categories of the lexicon of which the wrong word is worse than none: a side, a day, a month, a time of day."""

_SILENT: Final = ("idle", "negation", "negation-after", *SHARP)

_ENDINGS: Final = (
    "ingene",
    "ingane",
    "ingen",
    "inger",
    "ingar",
    "inga",
    "ing",
    "ene",
    "ane",
    "en",
    "et",
    "er",
    "ar",
    "a",
    "e",
)
_NEUTER: Final = ("dt", "mt", "gt", "vt", "tt")
"""Where the last t is an ending: vondt, ømt, trygt, stivt, bløtt; not angst, saft."""

_FOLDS: Final = (
    ("kv", "hv"),
    ("au", "ø"),
    ("øy", "ø"),
    ("ei", "e"),
    ("sju", "sy"),
    ("kj", "k"),
    ("hj", "h"),
    ("æ", "e"),
)
"""How nynorsk and bokmål spell one sound: kvile, hvile; raud, rød; bein, ben; sjuk, syk."""

_SHORTEST: Final = 3
_FAMILY: Final = 4
"""Letters that two stems must share, from the beginning of one of them, to be of one family: pust-ebesvær, tung-pust."""


@dataclass(frozen=True, slots=True, repr=False)
class Echo:
    """A word that says something: token `at` of its text, and its stem."""

    at: int
    stem: str

    def __repr__(self) -> str:
        return f"<Echo at {self.at}>"


def echoes(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Echo]:
    """The words that say something, but numbers, sides, days and negations: those are compared for themselves."""
    silent = {at for hit in lexicon.find(tokens, *_SILENT) for at in range(hit.start, hit.end)}
    for at, token in enumerate(tokens):
        if at not in silent and token.value is None and len(token.text) > 1 and token.text[0].isalpha():
            yield Echo(at, stem(token.text))


def stem(word: str) -> str:
    """A word in lower case without its ending, nynorsk spelling made bokmål's: never a word to show."""
    if word.endswith(_ENDINGS):
        longest = len(word) - _SHORTEST
        word = next((word[: -len(e)] for e in _ENDINGS if len(e) <= longest and word.endswith(e)), word)
    if len(word) > _SHORTEST and word.endswith(_NEUTER):
        word = word[:-1]
    for nynorsk, bokmaal in _FOLDS:
        word = word.replace(nynorsk, bokmaal)
    return word[:-1] if len(word) > _SHORTEST and word[-1] == word[-2] else word


def kin(a: str, b: str) -> bool:
    """Whether two stems are of one family: one is in the other, or begins as it ends: brystsmert, smert; pustebesver, tungpust."""
    short, long = sorted((a, b), key=len)
    if len(short) < _FAMILY:
        return False
    return (
        short in long
        or short[: _FAMILY + 1] in long
        or short.endswith(long[:_FAMILY])
        or long.endswith(short[:_FAMILY])
    )

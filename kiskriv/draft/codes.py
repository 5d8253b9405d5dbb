"""A search for codes by the doctor's own words: off by default, and no part of a draft (R12). Pure.

No code is shipped: ICPC-2 is WONCA's, and licensed. A clinic that has it keeps it in a file of the one form, a line `R81: Lungebetennelse`
for each; what is found is a text that is like the words searched for, no diagnosis.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kiskriv.draft.lines import Line

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_BEST: Final = 5
_STEM: Final = 5
"""Letters that two words must share from the first on to be the same word in another form; a shorter one, all its letters."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code and its term."""

    code: str
    term: str


def of(written: Iterable[Line]) -> tuple[Code, ...]:
    """The codes of a file's lines. Raises ClinicFileInvalid."""
    found = []
    for line in written:
        if not line.value:
            raise line.invalid("a code is written: R81: its term")
        found.append(Code(line.name, line.value))
    return tuple(found)


def search(words: str, codes: Iterable[Code]) -> tuple[Code, ...]:
    """The five whose terms share most with these words, the closest first; none that shares nothing."""
    wanted = _words(words)
    ranked = [(*_likeness(wanted, _words(code.term)), code) for code in codes]
    met = sorted((one for one in ranked if one[0]), key=lambda one: (-one[0], one[1], one[2].code))
    return tuple(code for _, _, code in met[:_BEST])


def _words(text: str) -> Sequence[str]:
    return _WORD.findall(text.lower())


def _likeness(wanted: Sequence[str], term: Sequence[str]) -> tuple[int, int]:
    """How many of the words searched for stand in the term, and how many of the term's were not searched for."""
    shared = sum(any(_same(word, other) for other in term) for word in wanted)
    return shared, len(term) - shared


def _same(one: str, other: str) -> bool:
    length = min(_STEM, len(one), len(other))
    return one == other or (length >= 4 and one[:length] == other[:length])

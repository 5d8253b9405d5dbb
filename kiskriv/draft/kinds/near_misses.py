"""Words that a recogniser wrote for a medication's name and that are none: «metoprol femti milligram». Pure (R27).

A near miss is never corrected: it is told with the name that it is like, and with its own spelling, so that the doctor checks it. It counts
only where a medication would stand (`drug_names` sees to that), and only if it is no ordinary word (`[no-medication]` of the lexicon).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from weakref import ReferenceType, ref

from rapidfuzz.distance import DamerauLevenshtein

from kiskriv.draft.lexicon import ENDINGS, Lexicon

SHORTEST: Final = 5
"""Letters: a shorter word is like too much."""
LONG: Final = 7
"""Letters from which on two edits are few; below it is one."""

_SOUND_ALIKE: Final[Mapping[str, str]] = {
    letter: group[0] for group in ("cksz", "vw", "fp", "iyj", "gq", "xe", "åo", "æä", "øö") for letter in group
}
"""Letters at the beginning that a recogniser takes for one another."""


@dataclass(frozen=True)
class NearMisses:
    """The names that can be missed, by how they begin and how long they are. Make it once for a lexicon."""

    names: Mapping[tuple[str, int], tuple[tuple[str, str], ...]]
    """Forms in lower case with the names that they are forms of."""
    ordinary: frozenset[str]
    common: frozenset[str]

    @classmethod
    def of(cls, lexicon: Lexicon) -> NearMisses:
        """For the medications of this lexicon, made once; what is also an ordinary word is left out."""
        known = _MADE.get(id(lexicon))
        if known is None or known[0]() is not lexicon:
            known = _MADE[id(lexicon)] = ref(lexicon), cls._of(lexicon)
        return known[1]

    @classmethod
    def _of(cls, lexicon: Lexicon) -> NearMisses:
        drawers: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
        words = {term.nb for category in ("medicine", "medication-in-context") for term in lexicon.terms(category)}
        for term in lexicon.terms("medication"):
            form = term.nb.lower()
            if term.nb not in words and len(form) >= SHORTEST and " " not in form:
                drawers[_begins(form), len(form)].append((form, term.nb))
        common = frozenset(term.nb for term in lexicon.terms("substance"))
        ordinary = frozenset(term.nb for term in lexicon.terms("no-medication"))
        return cls({key: tuple(forms) for key, forms in drawers.items()}, ordinary, common)

    def name(self, word: str) -> str | None:
        """The name that this word, in lower case, is nearest to, of several a common one that begins alike; None: it is like none."""
        if len(word) < SHORTEST or self._is_ordinary(word):
            return None
        best = min(self._near(word), default=None)
        return None if best is None else best[-1]

    def _near(self, word: str) -> Iterator[tuple[int, bool, int, str]]:
        for form, name in self._candidates(word):
            edits = 2 if min(len(form), len(word)) >= LONG else 1
            distance = DamerauLevenshtein.distance(word, form, score_cutoff=edits)
            if 0 < distance <= edits:
                yield distance, name not in self.common, -_alike(word, form), name

    def _candidates(self, word: str) -> Iterator[tuple[str, str]]:
        for length in range(len(word) - 2, len(word) + 3):
            yield from self.names.get((_begins(word), length), ())

    def _is_ordinary(self, word: str) -> bool:
        return any(word.removesuffix(ending) in self.ordinary for ending in ENDINGS if word.endswith(ending))


_MADE: Final[dict[int, tuple[ReferenceType[Lexicon], NearMisses]]] = {}
"""By the lexicon's identity: it takes as long as ten minutes of talk."""


def _begins(word: str) -> str:
    return _SOUND_ALIKE.get(word[0], word[0])


def _alike(first: str, second: str) -> int:
    """Letters that both begin with."""
    return next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )

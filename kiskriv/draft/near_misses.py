"""Words that a recogniser wrote for a medication's name and that are none: «metoprol femti milligram». Pure (R27).

A near miss is never corrected: it is told with the name that it is like, and with its own spelling, so that the doctor checks it. It counts
only where a medication would stand (`drug_names` sees to that), and only if it is no ordinary word (`[no-medication]` of the lexicon).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

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

    @classmethod
    def of(cls, lexicon: Lexicon) -> NearMisses:
        """For the medications of this lexicon, groups and generic words left out: those are ordinary words."""
        drawers: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
        known = {
            term.nb
            for category in ("medication-group", "medicine", "medication-in-context")
            for term in lexicon.terms(category)
        }
        for term in lexicon.terms("medication"):
            form = term.nb.lower()
            if term.nb not in known and len(form) >= SHORTEST and " " not in form:
                drawers[_begins(form), len(form)].append((form, term.nb))
        ordinary = frozenset(term.nb for term in lexicon.terms("no-medication"))
        return cls({key: tuple(forms) for key, forms in drawers.items()}, ordinary)

    def name(self, word: str) -> str | None:
        """The name that this word, in lower case, is nearest to; None: it is like none, is an ordinary word, or is like two equally."""
        if len(word) < SHORTEST or self._is_ordinary(word):
            return None
        best: dict[str, int] = {}
        for form, name in self._candidates(word):
            edits = 2 if min(len(form), len(word)) >= LONG else 1
            distance = DamerauLevenshtein.distance(word, form, score_cutoff=edits)
            if 0 < distance <= edits:
                best[name] = min(distance, best.get(name, distance))
        if not best:
            return None
        nearest = min(best.values())
        names = [name for name, distance in best.items() if distance == nearest]
        return names[0] if len(names) == 1 else None

    def _candidates(self, word: str) -> Iterator[tuple[str, str]]:
        for length in range(len(word) - 2, len(word) + 3):
            yield from self.names.get((_begins(word), length), ())

    def _is_ordinary(self, word: str) -> bool:
        return any(word.removesuffix(ending) in self.ordinary for ending in ENDINGS if word.endswith(ending))


def _begins(word: str) -> str:
    return _SOUND_ALIKE.get(word[0], word[0])

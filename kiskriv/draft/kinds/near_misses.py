"""Words that a recogniser wrote for a medication's name and that are none: «metoprol femti milligram». Pure (R27).

A near miss is never corrected: it is told with the name that it is like, and with its own spelling, so that the doctor checks it. It counts
only where a medication would stand (`drug_names` sees to that), and only if it is no ordinary word (`[no-medication]` of the lexicon).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
_SPELT: Final = (
    ("x", "ks"), ("ph", "f"), ("th", "t"), ("qu", "kv"), ("ch", "k"), ("y", "i"), ("ce", "se"), ("ci", "si"), ("c", "k"),
)  # fmt: skip
"""How a substance is spelt abroad, and here: amoxicillin, amoksicillin."""

_NATIVE: Final = (
    "ene",
    "ane",
    "het",
    "lig",
    "leg",
    "ende",
    "ande",
    "ing",
    "inga",
    "ingen",
    "else",
    "elsen",
    "er",
    "ar",
)
"""What Norwegian words end in, and long names of drugs do not."""
_SOUNDS: Final = (("z", "s"), ("w", "v"), ("å", "o"), ("æ", "e"), *_SPELT)


@dataclass(frozen=True)
class NearMisses:
    """The names that can be missed, by how they begin and how long they are. It takes long to make: `lexicon.once(NearMisses.of)`."""

    names: Mapping[tuple[str, int], tuple[tuple[str, str], ...]]
    """Forms in lower case with the names that they are forms of."""
    ordinary: frozenset[str]
    common: frozenset[str]
    sounds: Mapping[str, Sequence[tuple[str, str]]]
    """How names sound, whole and without any one letter: with the whole sound and the name."""

    @classmethod
    def of(cls, lexicon: Lexicon) -> NearMisses:
        """For the medications of this lexicon; what is also an ordinary word is left out."""
        drawers: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
        words = {term.nb for category in ("medicine", "medication-in-context") for term in lexicon.terms(category)}
        for term in lexicon.terms("medication"):
            form = term.nb.lower()
            if term.nb not in words and len(form) >= SHORTEST and " " not in form:
                drawers[_begins(form), len(form)].append((form, term.nb))
        common = frozenset(term.nb for term in lexicon.terms("substance"))
        ordinary = frozenset(term.nb for term in lexicon.terms("no-medication"))
        sounds: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for form, name in (one for forms in drawers.values() for one in forms):
            sound = _sound(form)
            for heard in {sound, *_less(sound)}:
                sounds[heard].append((sound, name))
        return cls({key: tuple(forms) for key, forms in drawers.items()}, ordinary, common, dict(sounds))

    def name(self, word: str) -> str | None:
        """The name that this word, in lower case, is nearest to, of several a common one that begins alike; None: it is like none."""
        if len(word) < SHORTEST or self._is_ordinary(word):
            return None
        best = min(self._near(word), default=None) or min(self._sounding(word, SHORTEST + 1), default=None)
        return None if best is None else best[-1]

    def anywhere(self, word: str) -> str | None:
        """The long name that this word can only be, wherever it stands: it sounds the same but for a letter."""
        if len(word) < LONG or word.endswith(_NATIVE) or self._is_ordinary(word):
            return None
        best = min(self._sounding(word, LONG), default=None)
        return best[-1] if best is not None and _begins(word) == _begins(best[-1].lower()) else None

    def parted(self, first: str, second: str) -> str | None:
        """The name that two words make which sound like it together: «mare van», «para set»."""
        heard = _sound(first + second)
        return next((name for sound, name in self.sounds.get(heard, ()) if sound == heard), None)

    def _sounding(self, word: str, shortest: int) -> Iterator[tuple[int, bool, int, str]]:
        """By the sound, of which the first letter may be lost: the same, or of a name that sounds this long at least, but for one."""
        heard = _sound(word)
        for sound, name in {one for part in (heard, *_less(heard)) for one in self.sounds.get(part, ())}:
            distance = DamerauLevenshtein.distance(heard, sound, score_cutoff=1)
            if (not distance or len(sound) >= shortest) and distance <= 1 and word != name.lower():
                yield distance, name not in self.common, -_alike(word, name.lower()), name

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
        return any(word.removesuffix(ending) in self.ordinary for ending in ("", *ENDINGS) if word.endswith(ending))


def misspelt(written: str, name: str) -> bool:
    """Whether this is the name with a letter or two wrong: «Apocilin»; not with an ending, a hyphen, cut short, or spelt as abroad."""
    one, other = _folded(written), _folded(name)
    return (
        not (one.startswith(other) or other.startswith(one))
        and DamerauLevenshtein.distance(one, other, score_cutoff=2) <= 2
    )


def _folded(word: str) -> str:
    letters = "".join(filter(str.isalnum, word.lower()))
    for spelt, sound in _SPELT:
        letters = letters.replace(spelt, sound)
    return letters


def _sound(word: str) -> str:
    """As it sounds in Norwegian: «Zyrtec», «syrtek»; a letter heard twice is one."""
    for spelt, sound in _SOUNDS:
        word = word.replace(spelt, sound)
    return "".join(letter for at, letter in enumerate(word) if word[at - 1 : at] != letter)


def _less(sound: str) -> Iterator[str]:
    """Without any one letter."""
    return (sound[:at] + sound[at + 1 :] for at in range(len(sound)))


def _begins(word: str) -> str:
    return _SOUND_ALIKE.get(word[0], word[0])


def _alike(first: str, second: str) -> int:
    """Letters that both begin with."""
    return next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )

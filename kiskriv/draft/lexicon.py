"""The words that are known: read from files that a doctor can read, and a clinic can add to (`lexicon/*.txt`, `terms/*.txt`).

    [symptom]                                    the category
    hodepine | hovudverk: vondt i hodet, vondt i hovudet      bokmål | nynorsk: other forms

Every form, the names too, is met in spoken or written text word by word. A word of a form meets the same word with any ending of
`ENDINGS` (hodepine, hodepinen), and where it ends in `e`, `el`, `er` or `m` the forms that lose or double a letter (uka, skuldra, rommet);
one that is written with a full stop meets that word only; one with a star, every word that begins so. Marks within a form are words
(`mmol / l`, `mmol/l`), as in `reading`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from kiskriv.draft.lines import Line, lines

FOLDER: Final = Path(__file__).parent / "lexicon"

ENDINGS: Final = (
    "n", "en", "et", "a", "e", "er", "ene", "ane", "ar", "r", "t", "te", "ne", "s", "ens", "ets", "i", "anne", "ers", "ars", "as",
)  # fmt: skip
"""What a noun or an adjective may end in, bokmål and nynorsk."""

_WORD: Final = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*[.*]?|[^\s\w]\.?")
_ENDING: Final = frozenset(ENDINGS)
_LONGEST: Final = max(map(len, ENDINGS))
_HEAD: Final = 3
"""Letters by which a word is known not to be met: most are not, and this must be quick."""


class Word(Protocol):
    """What is looked at: a token of `reading`."""

    @property
    def text(self) -> str:
        """In lower case."""


@dataclass(frozen=True, slots=True)
class Term:
    """One entry: its category, and its name in each written language."""

    category: str
    nb: str
    nn: str

    def name(self, language: str) -> str:
        """In this written language."""
        return self.nn if language == "nn" else self.nb


@dataclass(frozen=True, slots=True, repr=False)
class Hit:
    """A term met: tokens [start, end)."""

    term: Term
    start: int
    end: int


@dataclass
class _Forms:
    """The forms of one category, by their first word: met as it is, or with an ending, or as a beginning."""

    whole: dict[str, list[tuple[tuple[str, ...], Term]]] = field(default_factory=lambda: defaultdict(list))
    inflected: dict[str, list[tuple[tuple[str, ...], Term]]] = field(default_factory=lambda: defaultdict(list))
    begun: dict[str, list[tuple[tuple[str, ...], Term]]] = field(default_factory=lambda: defaultdict(list))
    heads: set[str] = field(default_factory=set)
    """What a word that is met begins with, `_HEAD` letters of it, or all where it is shorter."""

    def add(self, words: tuple[str, ...], term: Term) -> None:
        first = words[0]
        if first.endswith("."):
            self._file(self.whole, first[:-1], words, term)
        elif first.endswith("*"):
            self._file(self.begun, first[:-1], words, term)
        else:
            self._file(self.whole, first, words, term)
            for stem in _stems(first):
                self._file(self.inflected, stem, words, term)
                self.heads.update((stem + ending)[:_HEAD] for ending in ENDINGS if len(stem) < _HEAD)

    def near(self, tokens: Sequence[Word]) -> list[int]:
        """Where a form may begin. Most words begin none, so this look is the quick one."""
        heads = self.heads
        return [at for at, token in enumerate(tokens) if token.text[:_HEAD] in heads]

    def longest(self, tokens: Sequence[Word], at: int) -> Hit | None:
        """The longest form met here."""
        best: Term | None = None
        reach = at
        following = tokens[at + 1].text[0] if at + 1 < len(tokens) else ""
        for words, term in self._candidates(tokens[at].text):
            end = at + len(words)
            if end <= reach or (len(words) > 1 and words[1][0] != following):
                continue
            if end <= len(tokens) and _stand(words, tokens, at):
                best, reach = term, end
        return None if best is None else Hit(best, at, reach)

    def _candidates(self, text: str) -> list[tuple[tuple[str, ...], Term]]:
        """The forms that a word may begin."""
        met = self.whole.get(text, [])
        for cut in range(1, min(_LONGEST, len(text) - 1) + 1):
            if text[-cut:] in _ENDING and (more := self.inflected.get(text[:-cut])):
                met = [*met, *more]
        if self.begun:
            for length in range(_HEAD, len(text) + 1):
                met = [*met, *self.begun.get(text[:length], ())]
        return met

    def _file(
        self, drawer: dict[str, list[tuple[tuple[str, ...], Term]]], key: str, words: tuple[str, ...], term: Term
    ) -> None:
        drawer[key].append((words, term))
        self.heads.add(key[:_HEAD])


@dataclass
class Lexicon:
    """Terms by category. Made once, read by all."""

    _forms: dict[str, _Forms] = field(default_factory=lambda: defaultdict(_Forms))
    _terms: dict[str, dict[str, Term]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def categories(self) -> Collection[str]:
        """Those in which it has a term."""
        return self._terms.keys()

    def terms(self, category: str) -> Iterator[Term]:
        """All of a category, in the order of the files."""
        yield from self._terms.get(category, {}).values()

    def named(self, category: str, name: str) -> Term | None:
        """The term with this bokmål name."""
        return self._terms.get(category, {}).get(name)

    def find(self, tokens: Sequence[Word], category: str) -> tuple[Hit, ...]:
        """The longest forms met, from the left, none overlapping another."""
        forms = self._forms.get(category)
        if forms is None or not (near := forms.near(tokens)):
            return ()
        hits: list[Hit] = []
        end = 0
        for at in near:
            if at >= end and (best := forms.longest(tokens, at)) is not None:
                hits.append(best)
                end = best.end
        return tuple(hits)

    def has(self, tokens: Sequence[Word], category: str) -> bool:
        """Whether any is met."""
        forms = self._forms.get(category)
        return forms is not None and any(forms.longest(tokens, at) for at in forms.near(tokens))

    def add(self, line: Line) -> None:
        """A line of a file. Raises ClinicFileInvalid. A name that is there already gets more forms."""
        if not line.section:
            raise line.invalid("a term stands below a [section] that says what kind of word it is")
        nb, bar, nn = (part.strip() for part in line.name.partition("|"))
        if not nb or (bar and not nn):
            raise line.invalid("a term is written: bokmål | nynorsk: other forms")
        name = _name(nb)
        term = self._terms[line.section].setdefault(name, Term(line.section, name, _name(nn or nb)))
        for words in forms(line):
            if words[0].endswith("*") and len(words[0]) <= _HEAD:
                raise line.invalid("before its star a word has three letters or more")
            self._forms[line.section].add(words, term)


def forms(line: Line) -> Iterator[tuple[str, ...]]:
    """Every form that a line gives its term, names first, in words."""
    for form in (*line.name.split("|"), *(line.value or "").split(",")):
        if words := tuple(_WORD.findall(form.lower())):
            yield words


def load() -> Lexicon:
    """The words that kiskriv brings itself, for a clinic to add to."""
    lexicon = Lexicon()
    for file in sorted(FOLDER.glob("*.txt")):
        for line in lines(file):
            lexicon.add(line)
    return lexicon


@cache
def shipped() -> Lexicon:
    """The same, made once, where nothing is added."""
    return load()


def _name(form: str) -> str:
    """As it is written: without the signs that say how it is met."""
    return " ".join(word.rstrip("*").removesuffix(".") for word in form.split())


def _stems(word: str) -> Iterator[str]:
    """What endings are put to: uke, uka(ne); skulder, skuldr(a); rom, romm(et)."""
    yield word
    if len(word) > 3 and word.endswith("e"):
        yield word[:-1]
    elif len(word) > 4 and word.endswith(("er", "el", "en")):
        yield word[:-2] + word[-1]
    elif len(word) > 2 and word.endswith("m"):
        yield word + "m"


def _stand(words: tuple[str, ...], tokens: Sequence[Word], at: int) -> bool:
    """Whether all words of a form but the first, which is known to, stand here."""
    return all(_meets(tokens[at + i].text, words[i]) for i in range(1, len(words)))


def _meets(text: str, word: str) -> bool:
    if text[0] != word[0]:
        return False
    if word.endswith("."):
        return text == word[:-1]
    if word.endswith("*"):
        return text.startswith(word[:-1])
    if text.startswith(word):
        return text == word or text[len(word) :] in _ENDING
    return any(text.startswith(stem) and text[len(stem) :] in _ENDING for stem in _stems(word))

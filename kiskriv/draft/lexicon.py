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
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple, Protocol, TypeAlias, TypeVar, cast

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
"""Letters that stand before a star at least."""

_T = TypeVar("_T")


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


_Form: TypeAlias = tuple[tuple[str, ...], Term]
"""The words of a form, and what it is a form of."""


class _Begun(NamedTuple):
    """Of one category, what a word may begin: what it is alone, and longer forms by the letter that must follow."""

    alone: Term | None
    longer: Mapping[str, Sequence[_Form]]

    def __repr__(self) -> str:
        return "<_Begun>"


_Begins: TypeAlias = Mapping[str, _Begun]
"""What a word may begin, by category."""

_NOTHING: Final[_Begins] = {}
_LONGEST_WORD: Final = 40
"""Letters: no form is longer, and a word may be."""
_MOST: Final = 16_384
"""Texts that are remembered at a time."""


@dataclass(repr=False)
class _Drawers:
    """The forms by their first word: met as it is, or with an ending, or as a beginning."""

    whole: dict[str, list[_Form]] = field(default_factory=lambda: defaultdict(list))
    inflected: dict[str, list[_Form]] = field(default_factory=lambda: defaultdict(list))
    begun: dict[str, list[_Form]] = field(default_factory=lambda: defaultdict(list))

    def __repr__(self) -> str:
        return f"<_Drawers of {len(self.whole)} words>"

    def add(self, words: tuple[str, ...], term: Term) -> None:
        first = words[0]
        if first.endswith("."):
            self.whole[first[:-1]].append((words, term))
        elif first.endswith("*"):
            self.begun[first[:-1]].append((words, term))
        else:
            self.whole[first].append((words, term))
            for stem in _stems(first):
                self.inflected[stem].append((words, term))

    def begins(self, text: str) -> _Begins:
        """What a word may begin."""
        met = [self.whole.get(text, ())]
        cuts = range(1, min(_LONGEST, len(text) - 1) + 1)
        met += (self.inflected.get(text[:-cut], ()) for cut in cuts if text[-cut:] in _ENDING)
        met += (self.begun.get(text[:length], ()) for length in range(_HEAD, min(len(text), _LONGEST_WORD) + 1))
        alone: dict[str, Term] = {}
        longer: dict[str, dict[str, list[_Form]]] = {}
        for words, term in chain.from_iterable(met):
            if len(words) == 1:
                alone.setdefault(term.category, term)
            else:
                longer.setdefault(term.category, {}).setdefault(words[1][0], []).append((words, term))
        if not (alone or longer):
            return _NOTHING
        return {category: _Begun(alone.get(category), longer.get(category, {})) for category in alone | longer}


class _Look(NamedTuple):
    """At some tokens: what each may begin, and the categories of all that."""

    tokens: Sequence[Word]
    begins: Sequence[_Begins]
    categories: frozenset[str]

    def __repr__(self) -> str:
        return f"<Look at {len(self.tokens)} tokens>"


class _Memory:
    """Of one talk: its words, and those of its texts that are asked about again and again."""

    def __init__(self, drawers: _Drawers) -> None:
        self._drawers = drawers
        self._words: dict[str, _Begins] = {}
        self._looks: dict[int, _Look | None] = {}

    def __repr__(self) -> str:
        return f"<_Memory of {len(self._words)} words>"

    def begins(self, tokens: Sequence[Word], categories: Sequence[str]) -> Sequence[_Begins]:
        """What each token may begin; empty where none may begin anything of these categories."""
        key = id(tokens)
        look = self._looks.get(key)
        if look is not None:
            return () if look.categories.isdisjoint(categories) else look.begins
        begins = self._begins(tokens)
        if type(tokens) is tuple:
            if key in self._looks:  # held from here on, so that nothing else can have its identity
                self._looks[key] = _Look(tokens, begins, frozenset().union(*begins))
            elif len(self._looks) < _MOST:  # most are asked about once
                self._looks[key] = None
            else:
                self._looks.clear()
        return begins

    def _begins(self, tokens: Sequence[Word]) -> Sequence[_Begins]:
        words = self._words
        try:
            return [words[token.text] for token in tokens]
        except KeyError:
            words |= {text: self._drawers.begins(text) for text in {token.text for token in tokens} - words.keys()}
            return [words[token.text] for token in tokens]


@dataclass(repr=False)
class Lexicon:
    """Terms by category. Made once, read by all; by whom it is read often, as `listening`."""

    _drawers: _Drawers = field(default_factory=_Drawers)
    _terms: dict[str, dict[str, Term]] = field(default_factory=lambda: defaultdict(dict))
    _made: dict[object, object] = field(default_factory=dict)
    _memory: _Memory | None = None

    def __repr__(self) -> str:
        return f"<Lexicon of {sum(map(len, self._terms.values()))} terms>"

    def listening(self) -> Lexicon:
        """The same words, to be asked about one talk: quicker, since it remembers what it saw, and so to be dropped with the talk."""
        return self if self._memory else Lexicon(self._drawers, self._terms, self._made, _Memory(self._drawers))

    def once(self, make: Callable[[Lexicon], _T]) -> _T:
        """What this function makes of the terms, made when it is first asked for. It sees nothing that was said."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast(_T, self._made[make])

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

    def find(self, tokens: Sequence[Word], *categories: str) -> tuple[Hit, ...]:
        """The longest forms met, category by category, from the left, none overlapping another of its category."""
        begins = self._begins(tokens, categories)
        if not begins:
            return ()
        hits: list[Hit] = []
        for category in categories:
            end = 0
            for at, met in enumerate(begins):
                if category in met and at >= end and (best := _longest(met[category], tokens, at)) is not None:
                    hits.append(best)
                    end = best.end
        return tuple(hits)

    def has(self, tokens: Sequence[Word], *categories: str) -> bool:
        """Whether any is met."""
        for at, met in enumerate(self._begins(tokens, categories)):
            if met:
                for category in categories:
                    if category in met and _longest(met[category], tokens, at) is not None:
                        return True
        return False

    def _begins(self, tokens: Sequence[Word], categories: Sequence[str]) -> Sequence[_Begins]:
        return (self._memory or _Memory(self._drawers)).begins(tokens, categories)

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
            self._drawers.add(words, term)
        self._made.clear()


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


def _longest(begun: _Begun, tokens: Sequence[Word], at: int) -> Hit | None:
    """The longest of the forms that stand here."""
    best, reach = begun.alone, at + 1
    if begun.longer and reach < len(tokens):
        for words, term in begun.longer.get(tokens[reach].text[0], ()):
            end = at + len(words)
            if end > reach and end <= len(tokens) and _stand(words, tokens, at):
                best, reach = term, end
    return None if best is None else Hit(best, at, reach)


def _stand(words: tuple[str, ...], tokens: Sequence[Word], at: int) -> bool:
    """Whether all words of a form but the first, which is known to, stand here."""
    for i in range(1, len(words)):  # noqa: SIM110 (quicker than a generator, and asked most of all)
        if not _meets(tokens[at + i].text, words[i]):
            return False
    return True


def _meets(text: str, word: str) -> bool:
    if text == word:
        return True
    if text[0] != word[0] or not text.startswith(word[:-2]):  # an ending changes the last two letters at most
        return False
    if word.endswith("."):
        return text == word[:-1]
    if word.endswith("*"):
        return text.startswith(word[:-1])
    if text.startswith(word):
        return text[len(word) :] in _ENDING
    return any(text.startswith(stem) and text[len(stem) :] in _ENDING for stem in _stems(word))

"""The words that are known: read from files that a doctor can read, and a clinic can add to (`lexicon/*.txt`, `terms/*.txt`).

    [symptom]                                    the category
    hodepine | hovudverk: vondt i hodet, vondt i hovudet      bokmål | nynorsk: other forms

Every form, the names too, is met in spoken or written text word by word. A word of a form meets the same word with any ending of
`ENDINGS` (hodepine, hodepinen); one that is written with a full stop meets that word only; one with a star, every word that begins so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from kiskriv.draft.lines import Line, lines

FOLDER: Final = Path(__file__).parent / "lexicon"

ENDINGS: Final = (
    "",
    "n",
    "en",
    "et",
    "a",
    "e",
    "er",
    "ene",
    "ane",
    "ar",
    "r",
    "t",
    "te",
    "ne",
    "s",
    "ens",
    "ets",
    "a",
    "i",
    "ene",
    "anne",
)
"""What a noun or an adjective may end in, bokmål and nynorsk."""  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class Hit:
    """A term met: tokens [start, end)."""

    term: Term
    start: int
    end: int


@dataclass
class Lexicon:
    """Terms by category. Made once, read by all."""

    _forms: dict[str, dict[str, list[tuple[tuple[str, ...], Term]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    _terms: dict[str, dict[str, Term]] = field(default_factory=lambda: defaultdict(dict))

    def terms(self, category: str) -> Iterator[Term]:
        """All of a category, in the order of the files."""
        yield from self._terms.get(category, {}).values()

    def named(self, category: str, name: str) -> Term | None:
        """The term with this bokmål name."""
        return self._terms.get(category, {}).get(name)

    def find(self, tokens: Sequence[Word], category: str) -> tuple[Hit, ...]:
        """The longest forms met, from the left, none overlapping another."""
        forms = self._forms.get(category)
        if not forms:
            return ()
        hits: list[Hit] = []
        at = 0
        while at < len(tokens):
            best = max(_met(forms, tokens, at), key=lambda hit: hit.end, default=None)
            if best is None:
                at += 1
            else:
                hits.append(best)
                at = best.end
        return tuple(hits)

    def has(self, tokens: Sequence[Word], category: str) -> bool:
        """Whether any is met."""
        return bool(self.find(tokens, category))

    def add(self, line: Line) -> None:
        """A line of a file. Raises ClinicFileInvalid. A name that is there already gets more forms."""
        if not line.section:
            raise line.invalid("a term stands below a [section] that says what kind of word it is")
        nb, bar, nn = (part.strip() for part in line.name.partition("|"))
        if not nb or (bar and not nn):
            raise line.invalid("a term is written: bokmål | nynorsk: other forms")
        clean = nb.replace(".", "").replace("*", "")
        term = self._terms[line.section].setdefault(
            clean, Term(line.section, clean, (nn or nb).replace(".", "").replace("*", ""))
        )
        for form in (nb, nn, *(line.value or "").split(",")):
            words = tuple(form.lower().split())
            if words:
                self._forms[line.section][_key(words[0])].append((words, term))


def load(folders: Iterable[Path] = ()) -> Lexicon:
    """The shipped words, and those of a clinic's `terms` folders. Raises ClinicFileInvalid."""
    lexicon = Lexicon()
    for folder in (FOLDER, *folders):
        for file in sorted(folder.glob("*.txt")):
            for line in lines(file):
                lexicon.add(line)
    return lexicon


@cache
def shipped() -> Lexicon:
    """The words that kiskriv brings itself."""
    return load()


_KEY = 3
"""Letters by which forms are filed: enough to make each drawer small, few enough for every ending to fall into the same one."""


def _key(word: str) -> str:
    return word.rstrip(".*")[:_KEY]


def _met(forms: dict[str, list[tuple[tuple[str, ...], Term]]], tokens: Sequence[Word], at: int) -> Iterator[Hit]:
    text = tokens[at].text
    for length in range(1, _KEY + 1):
        if length < _KEY and len(text) < length:
            break
        for words, term in forms.get(text[:length], ()) if length == _KEY or len(text) >= length else ():
            if len(_key(words[0])) != length:
                continue
            end = at + len(words)
            if end <= len(tokens) and all(map(_meets, (token.text for token in tokens[at:end]), words)):
                yield Hit(term, at, end)


_ENDINGS = frozenset(ENDINGS)


def _meets(text: str, word: str) -> bool:
    if word.endswith("."):
        return text == word[:-1]
    if word.endswith("*"):
        return text.startswith(word[:-1])
    return text.startswith(word) and text[len(word) :] in _ENDINGS

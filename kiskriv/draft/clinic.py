"""What a clinic writes itself: templates, phrases, abbreviations, words. All of it is read before the room's walls go up.

FOLDER/templates/*.txt      how a document is laid out (`draft.templates`)
FOLDER/phrases.txt          words that the doctor inserts by a key
FOLDER/abbreviations.txt    what is shortened in a note
FOLDER/codes.txt            codes to search in (`draft.codes`)
FOLDER/terms/*.txt          words to know besides those that kiskriv brings (`draft.lexicon`)

What is misspelt is told, never passed over: a file that nothing reads, a category that nothing knows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from kiskriv.draft import codes
from kiskriv.draft import lexicon as words
from kiskriv.draft.codes import Code
from kiskriv.draft.lexicon import ENDINGS, Lexicon, forms
from kiskriv.draft.lines import Line, lines
from kiskriv.draft.writing import templates
from kiskriv.draft.writing.abbreviations import Abbreviations
from kiskriv.draft.writing.templates import Template
from kiskriv.errors import ClinicFileInvalid, ConfigError
from kiskriv.fingerprint import fingerprint
from kiskriv.note import Phrase

_FILES: Final = ("abbreviations.txt", "codes.txt", "phrases.txt")
_FOLDERS: Final = ("templates", "terms")
_LINES: Final = 20_000
"""Of all the files together: they are read while a consultation waits to begin."""
_PHRASES: Final = 500
_LETTERS: Final = 500
"""Of a phrase: all of them together go to a screen in one message."""
_VERBATIM: Final = "own-"
"""How the categories begin that take whole sentences as they are said: an ordinary word may say which."""


@dataclass(frozen=True)
class Clinic:
    """What kiskriv brings, and what the clinic put in its place. `digest`: SHA-256, in hex, of all that a draft rests on (R24)."""

    templates: tuple[Template, ...]
    """The clinic's first, in the order of their files' names; never none."""
    phrases: tuple[Phrase, ...]
    abbreviations: Abbreviations
    lexicon: Lexicon
    codes: tuple[Code, ...]
    """To be searched with the doctor's own words; none unless the clinic has put them there. No draft uses them."""
    digest: str


def load(folder: Path | None = None) -> Clinic:
    """The clinic's files, where it has any.

    Raises ClinicFileInvalid with the file and its line; ConfigError where the folder is none; OSError where it cannot be read.
    """
    written = _written(folder) if folder is not None else {}
    own = [fingerprint(folder)] if folder is not None else []
    lexicon = _lexicon([line for name, file in written.items() if name.startswith("terms/") for line in file])
    return Clinic(
        tuple(_templates({name: file for name, file in written.items() if name.startswith("templates/")})),
        tuple(_phrases(written.get("phrases.txt", ()))),
        Abbreviations.of(written.get("abbreviations.txt", ()), lexicon),
        lexicon,
        codes.of(written.get("codes.txt", ())),
        hashlib.sha256(" ".join([fingerprint(Path(__file__).parent), *own]).encode()).hexdigest(),
    )


def _written(folder: Path) -> dict[str, Sequence[Line]]:
    """The lines of every file, by its path in the folder."""
    if not folder.is_dir():
        raise ConfigError(problem="[note] folder names no folder that is there")
    written: dict[str, Sequence[Line]] = {}
    for file in _files(folder):
        read = written[file.relative_to(folder).as_posix()] = tuple(lines(file))
        if sum(map(len, written.values())) > _LINES:
            raise read[-1].invalid("the clinic's files have more than 20,000 lines in all")
    return written


def _files(folder: Path) -> Iterator[Path]:
    """What there is to read; in the folder itself a clinic may keep other things too, but no lists or folders of lists."""
    for entry in _seen(folder):
        if entry.name in _FILES:
            yield entry
        elif entry.name in _FOLDERS:
            yield from _lists(entry)
        elif entry.suffix.lower() == ".txt" or (entry.is_dir() and any(entry.glob("*.txt"))):
            raise _unread(entry, (*_FILES, *_FOLDERS))


def _lists(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise ClinicFileInvalid(file=folder.name, line=0, problem="it is no folder")
    for entry in _seen(folder):
        if entry.suffix != ".txt":
            raise _unread(entry, [f"{entry.stem}.txt"])
        yield entry


def _seen(folder: Path) -> Iterator[Path]:
    """Not what an editor or a versioning program keeps beside it."""
    return (entry for entry in sorted(folder.iterdir()) if not entry.name.startswith(".") and entry.name[-1] != "~")


def _unread(entry: Path, known: Sequence[str]) -> ClinicFileInvalid:
    (near,) = get_close_matches(entry.name, known, n=1, cutoff=0.0)
    return ClinicFileInvalid(
        file=entry.name, line=0, problem=f"nothing reads what is called so; the nearest is {near!r}"
    )


def _lexicon(written: Sequence[Line]) -> Lexicon:
    """The shipped words, and the clinic's."""
    if not written:
        return words.shipped()
    lexicon = words.load()
    known = sorted(lexicon.categories)
    ordinary = frozenset(term.nb for term in lexicon.terms("ordinary"))
    stems = {word.removesuffix(ending) for word in ordinary for ending in ("", *ENDINGS)}
    for line in written:
        if line.section and line.section not in known:
            near = "], [".join(get_close_matches(line.section, known, n=3, cutoff=0.0))
            raise line.invalid(f"no words are of the kind [{line.section}]; the nearest are [{near}]")
        if not line.section.startswith(_VERBATIM) and any(_met_everywhere(form, stems) for form in forms(line)):
            raise line.invalid("this is an ordinary word, which would be met everywhere")
        lexicon.add(line)
    return lexicon


def _met_everywhere(form: Sequence[str], ordinary: Collection[str]) -> bool:
    """Whether all words of a form are ordinary, or of one letter: «ta», «du skal», «e»."""
    return all(len(word.rstrip("*.")) < 2 or _ordinary(word, ordinary) for word in form)


def _ordinary(word: str, ordinary: Collection[str]) -> bool:
    if word.endswith("*"):
        return any(other.startswith(word[:-1]) for other in ordinary)
    return word.removesuffix(".") in ordinary


def _templates(written: dict[str, Sequence[Line]]) -> Iterator[Template]:
    """A clinic's template takes the place of one that has its title and its language."""
    own = [templates.template(file, Path(name).name) for name, file in written.items()]
    taken = set()
    for template in (*own, *map(templates.read, sorted(templates.FOLDER.glob("*.txt")))):
        if template.form not in taken:
            taken.add(template.form)
            yield template


def _phrases(written: Sequence[Line]) -> Iterator[Phrase]:
    for place, line in enumerate(written, 1):
        if not line.section or not line.value:
            raise line.invalid("a phrase is written below the [heading] that it goes under: name: text")
        if max(map(len, (line.section, line.name, line.value))) > _LETTERS:
            raise line.invalid("a phrase has 500 letters at most")
        if place > _PHRASES:
            raise line.invalid("there are 500 phrases at most")
        yield Phrase(line.section, line.name, line.value)

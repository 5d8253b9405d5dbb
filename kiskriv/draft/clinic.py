"""What a clinic writes itself: templates, phrases, abbreviations, words. All of it is read before the room's walls go up.

FOLDER/templates/*.txt      how a document is laid out (`draft.templates`)
FOLDER/phrases.txt          words that the doctor inserts by a key
FOLDER/abbreviations.txt    what is shortened in a note
FOLDER/terms/*.txt          words to know besides those that kiskriv brings (`draft.lexicon`)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiskriv.draft import lexicon as words
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.lines import lines
from kiskriv.draft.writing import templates
from kiskriv.draft.writing.abbreviations import Abbreviations
from kiskriv.draft.writing.templates import Template
from kiskriv.fingerprint import fingerprint
from kiskriv.note import Phrase


@dataclass(frozen=True)
class Clinic:
    """What kiskriv brings, and what the clinic put in its place. `digest`: SHA-256, in hex, of all that a draft rests on (R24)."""

    templates: tuple[Template, ...]
    """The clinic's first, in the order of their files' names; never none."""
    phrases: tuple[Phrase, ...]
    abbreviations: Abbreviations
    lexicon: Lexicon
    digest: str


def load(folder: Path | None = None) -> Clinic:
    """The clinic's files, where it has any. Raises ClinicFileInvalid with the file and its line; OSError where a folder cannot be read."""
    own = [fingerprint(folder)] if folder is not None else []
    return Clinic(
        tuple(_templates(folder)),
        tuple(_phrases(folder / "phrases.txt")) if folder is not None else (),
        Abbreviations.read(folder / "abbreviations.txt") if folder is not None else Abbreviations(),
        words.load([folder / "terms"]) if folder is not None else words.shipped(),
        hashlib.sha256(" ".join([fingerprint(Path(__file__).parent), *own]).encode()).hexdigest(),
    )


def _templates(folder: Path | None) -> Iterator[Template]:
    """A clinic's template takes the place of one that has its title and its language."""
    taken = set()
    for place in (folder / "templates", templates.FOLDER) if folder is not None else (templates.FOLDER,):
        for file in sorted(place.glob("*.txt")):
            template = templates.read(file)
            if template.form not in taken:
                taken.add(template.form)
                yield template


def _phrases(file: Path) -> Iterator[Phrase]:
    for line in lines(file) if file.exists() else ():
        if not line.section or not line.value:
            raise line.invalid("a phrase is written below the [heading] that it goes under: name: text")
        yield Phrase(line.section, line.name, line.value)

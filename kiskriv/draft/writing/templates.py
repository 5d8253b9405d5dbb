"""What a document looks like: its headings, and what stands under each. Read from a file that a clinic can write.

title: Journalnotat
language: nb
document: note

[Anamnese]
history
medication
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from kiskriv.draft.lines import Line, lines
from kiskriv.draft.writing.topics import GROUPS, Topic
from kiskriv.note import Form

FOLDER: Final = Path(__file__).parents[1] / "templates"


class Document(StrEnum):
    """What it is for. A letter to the patient is written in plain words, in the second person."""

    NOTE = "note"
    REFERRAL = "referral"
    SICK_LEAVE = "sick-leave"
    LETTER = "letter"


@dataclass(frozen=True)
class Heading:
    """A heading, and the topics that stand under it, in their order."""

    text: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Template:
    """One file. `paragraph`: what stands under a heading is one paragraph, and one statement."""

    title: str
    language: str
    document: Document
    headings: tuple[Heading, ...]
    paragraph: bool = False

    @property
    def form(self) -> Form:
        """What it is asked for by."""
        return Form(self.title, self.language)


def read(file: Path) -> Template:
    """The template in this file. Raises ClinicFileInvalid."""
    return template(lines(file), file.name)


def template(content: Iterable[Line], file: str) -> Template:
    """The template of these lines. Raises ClinicFileInvalid: a word that is none of ours, a topic twice, no title, no heading."""
    settings: dict[str, Line] = {}
    headings: dict[str, list[Topic]] = {}
    taken: set[Topic] = set()
    line = Line(file, 0, "", "-", None)
    for line in content:
        if not line.section:
            _set(settings, line)
            continue
        topics = _topics(line)
        if taken.intersection(topics):
            raise line.invalid("this topic stands under a heading already")
        taken.update(topics)
        headings.setdefault(line.section, []).extend(topics)
    if "title" not in settings or not headings:
        raise line.invalid("a template has a title, and a [heading] with topics below it")
    value = {name: setting.value or "" for name, setting in settings.items()}
    return Template(
        value["title"],
        value.get("language", "nb"),
        Document(value.get("document", Document.NOTE)),
        tuple(Heading(text, tuple(topics)) for text, topics in headings.items()),
        paragraph=value.get("layout") == "paragraph",
    )


_SETTINGS: Final = {
    "title": (),
    "language": ("nb", "nn"),
    "document": tuple(Document),
    "layout": ("lines", "paragraph"),
}
"""What may stand above the first heading, and what may follow it; nothing: anything."""


def _set(settings: dict[str, Line], line: Line) -> None:
    if line.name not in _SETTINGS:
        raise line.invalid("above the first [heading] stand title, language, document and layout, and nothing else")
    allowed = _SETTINGS[line.name]
    if not line.value or (allowed and line.value not in allowed) or line.name in settings:
        raise line.invalid("this setting has a value that cannot be used, or stands here twice")
    settings[line.name] = line


def _topics(line: Line) -> tuple[Topic, ...]:
    if line.name in GROUPS and line.value is None:
        return GROUPS[line.name]
    if line.name in tuple(Topic) and line.value is None:
        return (Topic(line.name),)
    raise line.invalid("no topic is called that")

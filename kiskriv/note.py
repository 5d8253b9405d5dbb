"""The words for what is written: a note is always clinical, and every statement says where it was said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, repr=False)
class Statement:
    """A sentence of the note. `evidence` names the utterances (their ids) that it rests on; empty when the doctor wrote it."""

    text: str
    evidence: tuple[int, ...]

    def __repr__(self) -> str:
        return f"<Statement, {len(self.text)} characters, evidence {list(self.evidence)}>"


@dataclass(frozen=True, repr=False)
class Section:
    """A heading with its statements (FHIR Composition.section). Nothing said, nothing in it."""

    heading: str
    statements: tuple[Statement, ...] = ()

    def __repr__(self) -> str:
        return f"<Section {self.heading}, {len(self.statements)} statements>"


@dataclass(frozen=True)
class Note:
    """The sections in the order of the template, empty ones included."""

    sections: tuple[Section, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All of them, in the order in which they are read."""
        return tuple(statement for section in self.sections for statement in section.statements)

    @property
    def text(self) -> str:
        """The note as it goes into the journal: headings and statements, without the empty sections."""
        filled = (section for section in self.sections if section.statements)
        return "\n\n".join("\n".join((section.heading, *(s.text for s in section.statements))) for section in filled)

    def text_of(self, section: int) -> str:
        """The statements of the section at this place, without its heading: for a journal that has a field for each."""
        return "\n".join(s.text for s in self.sections[section].statements)

    @property
    def empty(self) -> bool:
        """True when no section holds a statement."""
        return not any(section.statements for section in self.sections)


class Concern(StrEnum):
    """Why a doctor should look twice. Nothing is corrected because of it (R27)."""

    CONTRADICTION = "contradiction"
    """The note says another drug, dose, unit, side, number or duration, or the opposite, of what was said."""
    UNSUPPORTED = "unsupported"
    """Nothing that was said says this."""
    PARTLY = "partly"
    """Some of it was said."""
    CHECK = "check"
    """Heard like something known, but not quite: a name near a drug's, a word of low probability."""
    OMITTED = "omitted"
    """A critical fact was said, and the note does not have it."""
    UNCHECKED = "unchecked"
    """A fault of ours kept the note from being written, or held against what was said: `kind` is its code."""


@dataclass(frozen=True, repr=False)
class Mark:
    """A concern about one statement, or, where `statement` is None, about the note. `statement` counts through `Note.statements`."""

    concern: Concern
    statement: int | None
    kind: str = ""
    """The kind of fact that it is about (`draft.fact.Kind`), where it is one."""
    written: str = ""
    """The words of the note that it is about."""
    said: str = ""
    """What was said instead, or was left out, in words."""
    evidence: tuple[int, ...] = ()
    """Ids of the utterances where it was said."""

    def __repr__(self) -> str:
        return f"<Mark {self.concern} at {self.statement}, evidence {list(self.evidence)}>"


@dataclass(frozen=True)
class Form:
    """What is to be written: by which template, and in which written language (`nb`, `nn`). Empty: the drafter's own choice."""

    template: str = ""
    language: str = ""


ANY = Form()
"""The form that the drafter chooses itself."""


@dataclass(frozen=True)
class Phrase:
    """Words of the clinic's own that a doctor puts under a heading with a key; nothing puts them there by itself."""

    heading: str
    name: str
    text: str

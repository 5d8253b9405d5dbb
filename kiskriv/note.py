"""The words for what is written: a note is always clinical, and every statement says where it was said."""

from __future__ import annotations

from dataclasses import dataclass


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
    def text(self) -> str:
        """The note as it goes into the journal: headings and statements, without the empty sections."""
        filled = (section for section in self.sections if section.statements)
        return "\n\n".join("\n".join((section.heading, *(s.text for s in section.statements))) for section in filled)

    @property
    def empty(self) -> bool:
        """True when no section holds a statement."""
        return not any(section.statements for section in self.sections)


@dataclass(frozen=True)
class Template:
    """The headings of a note, and which of the four kinds of content each one takes."""

    name: str
    anamnese: str = "Anamnese"
    funn: str = "Funn"
    vurdering: str = "Vurdering"
    tiltak: str = "Tiltak"

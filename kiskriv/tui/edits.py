"""A note as the rows that the cursor walks, and the doctor's changes to it. Pure: each change returns a new note."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from kiskriv.note import Mark, Note, Statement


@dataclass(frozen=True, repr=False)
class Heading:
    """A section's heading; the cursor passes over it."""

    text: str


@dataclass(frozen=True, repr=False)
class Line:
    """A statement at its place."""

    section: int
    at: int
    statement: Statement


@dataclass(frozen=True)
class Blank:
    """A section that nobody spoke about: it stays empty, and the doctor may write in it."""

    section: int


@dataclass(frozen=True)
class Omitted:
    """What was said, is critical, and does not stand in the note."""

    mark: Mark


Row = Heading | Line | Blank | Omitted
Statements = tuple[Statement, ...]


def rows(note: Note, marks: Sequence[Mark] = ()) -> list[Row]:
    """Every section with its statements, or with its blank; last, what was left out."""
    return [*_rows(note), *(Omitted(mark) for mark in marks if mark.statement is None)]


def number(note: Note, line: Line) -> int:
    """Which statement of the note this is, counted through all sections, as marks count."""
    return sum(len(section.statements) for section in note.sections[: line.section]) + line.at


def differs(before: Note, after: Note) -> int:
    """The first row of `after` that stands otherwise in `before`; its last where no row does."""
    old, new = rows(before), rows(after)
    return next((at for at, row in enumerate(new) if old[at : at + 1] != [row]), len(new) - 1)


def written(note: Note, line: Line, text: str) -> Note:
    """The note with other words on this line and the same evidence; without the line where no words are left."""
    clean = tidy(text)
    changed = (replace(line.statement, text=clean),) if clean else ()
    return _with(note, line.section, lambda s: (*s[: line.at], *changed, *s[line.at + 1 :]))


def added(note: Note, section: int, at: int, text: str) -> Note:
    """The note with a line of the doctor's own (no evidence) at this place in the section; the same note where there are no words."""
    clean = tidy(text)
    if not clean:
        return note
    return _with(note, section, lambda s: (*s[:at], Statement(clean, ()), *s[at:]))


def tidy(text: str) -> str:
    """One line: runs of white space become a blank, and what does not print (escape sequences, controls) is left out."""
    return " ".join("".join(c if c.isprintable() else " " if c.isspace() else "" for c in text).split())


def _with(note: Note, section: int, change: Callable[[Statements], Statements]) -> Note:
    old = note.sections[section]
    new = replace(old, statements=change(old.statements))
    return Note((*note.sections[:section], new, *note.sections[section + 1 :]))


def _rows(note: Note) -> Iterator[Row]:
    for number, section in enumerate(note.sections):
        yield Heading(section.heading)
        yield from (Line(number, at, statement) for at, statement in enumerate(section.statements))
        if not section.statements:
            yield Blank(number)

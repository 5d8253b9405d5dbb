"""A draft from a transcript, with all that it rests on, as a page or as JSON: for tests, and for a clinic's validation (R24, R27).

JSON: {"kiskriv", "drafter", "writer", "unwritten", "template", "language",
       "sections": [{"heading", "statements": [{"text", "evidence", "support", "marks"}]}],
       "facts": [{"kind", "name", ..., "evidence"}], "marks": [...], "omitted": [{"kind", "text", "evidence"}], "words", "seconds"}

`writer` is the digest of the language model that wrote the note, if one did; `unwritten` says why it did not, and the draft by rules
stands. A field of a fact that was not said is absent; quantities are canonical (`draft.fact`). Evidence counts the transcript's
utterances from 0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from time import perf_counter
from typing import TYPE_CHECKING, Any

from kiskriv import __version__
from kiskriv.draft.drafter import GroundedDrafter
from kiskriv.draft.fact import About, Fact, Polarity, Time
from kiskriv.errors import NoSuchForm, WriterError
from kiskriv.locale import text as _
from kiskriv.note import Concern, Form, Mark, Note, Section, Statement
from kiskriv.transcript import Transcript

if TYPE_CHECKING:
    from kiskriv.session.stages import Writer

_SUPPORT = {Concern.UNSUPPORTED: "unsupported", Concern.CONTRADICTION: "unsupported", Concern.PARTLY: "partly"}
_SILENT = (Polarity.AFFIRMED, Time.PRESENT, About.PATIENT)
"""What goes without saying."""


@dataclass(frozen=True)
class Drafting:
    """A note, drafted or given, beside what was said. `seconds`: what drafting and marking took.

    `writer`: digest of the language model that wrote it; empty: the rules, or who gave it. `unwritten`: the WriterError, where it failed.
    """

    form: Form
    drafter: str
    note: Note
    facts: tuple[Fact, ...]
    marks: tuple[Mark, ...]
    seconds: float
    writer: str = ""
    unwritten: str = ""


def drafted(
    drafter: GroundedDrafter,
    transcript: Transcript,
    form: Form,
    given: Note | None = None,
    writer: Writer | None = None,
) -> Drafting:
    """The draft in this form as a consultation would have it, or a note that was `given`, held against what was said."""
    started = perf_counter()
    note = drafter.draft(transcript, form) if given is None else given
    wrote = unwritten = ""
    if given is None and writer is not None:
        try:
            *_, note = writer.write(transcript, form, note)
            wrote = writer.digest
        except WriterError as error:
            unwritten = type(error).__name__
    marks = drafter.marks(note, transcript)
    seconds = perf_counter() - started
    return Drafting(form, drafter.digest, note, drafter.facts(transcript), marks, seconds, wrote, unwritten)


def chosen(drafter: GroundedDrafter, template: str, language: str) -> Form:
    """The form with this template and language, where they are named. Raises NoSuchForm."""
    for form in drafter.forms:
        if template in ("", form.template) and language in ("", form.language):
            return form
    raise NoSuchForm


def note_of(text: str, headings: Sequence[str]) -> Note:
    """A note as `Note.text` prints it: a line that is one of these headings begins a section."""
    sections: list[tuple[str, list[Statement]]] = []
    for line in (line.strip() for line in text.splitlines()):
        if line.rstrip(":") in headings:
            sections.append((line.rstrip(":"), []))
        elif line:
            if not sections:
                sections.append(("", []))
            sections[-1][1].append(Statement(line, ()))
    return Note(tuple(Section(heading, tuple(statements)) for heading, statements in sections))


def as_json(drafting: Drafting) -> str:
    """One object, as the module says."""
    return json.dumps(_as_json(drafting), ensure_ascii=False, indent=2)


def _as_json(drafting: Drafting) -> dict[str, Any]:
    place = 0
    sections = []
    for section in drafting.note.sections:
        statements = []
        for statement in section.statements:
            marks = [mark for mark in drafting.marks if mark.statement == place]
            statements.append(
                {
                    "text": statement.text,
                    "evidence": list(statement.evidence),
                    "support": min(
                        (_SUPPORT.get(mark.concern, "supported") for mark in marks),
                        key=_GRAVEST.index,
                        default="supported",
                    ),
                    "marks": [_mark(mark) for mark in marks],
                }
            )
            place += 1
        sections.append({"heading": section.heading, "statements": statements})
    omitted = [mark for mark in drafting.marks if mark.concern is Concern.OMITTED]
    return {
        "kiskriv": __version__,
        "drafter": drafting.drafter,
        "writer": drafting.writer,
        "unwritten": drafting.unwritten,
        "template": drafting.form.template,
        "language": drafting.form.language,
        "sections": sections,
        "facts": [fact_as_json(fact) for fact in drafting.facts],
        "marks": [{"statement": mark.statement, **_mark(mark)} for mark in drafting.marks],
        "omitted": [{"kind": mark.kind, "text": mark.said, "evidence": list(mark.evidence)} for mark in omitted],
        "words": words(drafting.note),
        "seconds": round(drafting.seconds, 4),
    }


_GRAVEST = ("unsupported", "partly", "supported")


def fact_as_json(fact: Fact) -> Mapping[str, Any]:
    """Its fields as canonical text, without those that were not said or go without saying."""
    said = {field.name: getattr(fact, field.name) for field in fields(fact) if field.name != "evidence"}
    told = {name: str(value) for name, value in said.items() if value not in (None, "", *_SILENT)}
    return {**told, "evidence": list(fact.evidence)}


def words(note: Note) -> int:
    """How long the note is, headings of sections with something in them included."""
    return len(note.text.split())


def as_text(drafting: Drafting) -> str:
    """For a person: each statement with its utterances, what is marked below it, and what was left out; in signs that can be seen.

    A transcript may hold others, from a file or a model, which a terminal would obey.
    """
    return "\n".join(_visible(line) for line in _lines(drafting))


def _visible(line: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in line)


def _lines(drafting: Drafting) -> Iterator[str]:
    from kiskriv.tui.words import concern, sign, unwritten

    if drafting.unwritten:
        yield unwritten(drafting.unwritten)
        yield ""
    place = 0
    for section in drafting.note.sections:
        yield section.heading
        if not section.statements:
            yield "  " + _("(nothing said)")
        for statement in section.statements:
            evidence = " ".join(map(str, statement.evidence))
            yield f"  {statement.text}" + (f"  [{evidence}]" if evidence else "")
            yield from (f"    {sign(m.concern)}: {concern(m)}" for m in drafting.marks if m.statement == place)
            place += 1
        yield ""
    yield from (f"{sign(m.concern)}: {concern(m)}" for m in drafting.marks if m.statement is None)


def _mark(mark: Mark) -> dict[str, Any]:
    return {
        "concern": mark.concern,
        "kind": mark.kind,
        "written": mark.written,
        "said": mark.said,
        "evidence": list(mark.evidence),
    }

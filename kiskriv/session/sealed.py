"""Words, notes and roles as octets for the vault, and back: the only place that knows how they are laid out there."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any, Final

from kiskriv.note import Form, Note, Section, Statement
from kiskriv.transcript import Change, Correction, Cut, Doubt, Rewording, Role, Word

STOP: Final = bytearray()
"""Sound of no length: here the recording was stopped, and the ear let go of what it had."""

PAUSE: Final = bytearray(1)
"""Half a sample, as no sound is: here it was paused."""

_CHANGES: Final = {kind.__name__: kind for kind in (Correction, Rewording, Cut)}

Told = list[Word] | Change | float
"""What a transcript is made of: words as they were heard, what the doctor changed of them, the second of a bookmark."""


def pack_told(told: Told) -> bytearray:
    """UTF-8 JSON; the caller wipes it."""
    match told:
        case list():
            return _packed([[w.start, w.end, w.text, w.probability, w.doubt, w.channel] for w in told])
        case float():
            return _packed(told)
        case _:
            return _packed([type(told).__name__, *(getattr(told, field.name) for field in fields(told))])


def unpack_told(octets: bytearray) -> Told:
    """What `pack_told` packed."""
    match json.loads(octets):
        case float(seconds):
            return seconds
        case [str(kind), *values]:
            change: Change = _CHANGES[kind](*values)
            return change
        case words:
            return [
                Word(start, end, text, probability, doubt and Doubt(doubt), channel)
                for start, end, text, probability, doubt, channel in words
            ]


@dataclass(frozen=True, repr=False)
class Kept:
    """A note with the form that it is written in; `base`: the machine's draft, where the doctor has changed it or stands by it."""

    note: Note
    form: Form
    base: Note | None = None


def pack_note(kept: Kept) -> bytearray:
    """UTF-8 JSON; the caller wipes it."""
    base = None if kept.base is None else _lines_of(kept.base)
    return _packed([kept.form.template, kept.form.language, _lines_of(kept.note), base])


def unpack_note(octets: bytearray) -> Kept:
    """What `pack_note` packed."""
    template, language, note, base = json.loads(octets)
    return Kept(_note_of(note), Form(template, language), None if base is None else _note_of(base))


def pack_role(speaker: str, role: Role) -> bytearray:
    """UTF-8 JSON: the doctor says who a voice is."""
    return _packed([speaker, role])


def unpack_role(octets: bytearray) -> tuple[str, Role]:
    """What `pack_role` packed."""
    speaker, role = json.loads(octets)
    return speaker, Role(role)


def _lines_of(note: Note) -> list[object]:
    return [[s.heading, [[t.text, t.evidence] for t in s.statements]] for s in note.sections]


def _note_of(lines: list[list[Any]]) -> Note:
    return Note(
        tuple(
            Section(heading, tuple(Statement(text, tuple(evidence)) for text, evidence in statements))
            for heading, statements in lines
        )
    )


def _packed(value: object) -> bytearray:
    return bytearray(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

"""Words, notes and roles as octets for the vault, and back: the only place that knows how they are laid out there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kiskriv.note import Form, Note, Section, Statement
from kiskriv.transcript import Correction, Doubt, Role, Word

STOP: Final = bytearray()
"""Sound of no length: here the recording was stopped, and the ear let go of what it had."""


def pack_words(words: Sequence[Word]) -> bytearray:
    """UTF-8 JSON; the caller wipes it."""
    return _packed([[w.start, w.end, w.text, w.probability, w.doubt, w.channel] for w in words])


def unpack_words(octets: bytearray) -> list[Word]:
    """The words that `pack_words` packed."""
    return [
        Word(start, end, text, probability, doubt and Doubt(doubt), channel)
        for start, end, text, probability, doubt, channel in json.loads(octets)
    ]


@dataclass(frozen=True, repr=False)
class Kept:
    """A note with the form that it is written in; `own`: the doctor has changed it, or stands by it."""

    note: Note
    form: Form
    own: bool


def pack_note(kept: Kept) -> bytearray:
    """UTF-8 JSON; the caller wipes it."""
    sections = [[s.heading, [[t.text, t.evidence] for t in s.statements]] for s in kept.note.sections]
    return _packed([kept.form.template, kept.form.language, kept.own, sections])


def unpack_note(octets: bytearray) -> Kept:
    """What `pack_note` packed."""
    template, language, own, sections = json.loads(octets)
    note = Note(
        tuple(
            Section(heading, tuple(Statement(text, tuple(evidence)) for text, evidence in statements))
            for heading, statements in sections
        )
    )
    return Kept(note, Form(template, language), own)


def pack_role(speaker: str, role: Role) -> bytearray:
    """UTF-8 JSON: the doctor says who a voice is."""
    return _packed([speaker, role])


def pack_correction(correction: Correction) -> bytearray:
    """UTF-8 JSON: the doctor says who spoke."""
    return _packed([correction.start, correction.end, correction.speaker, correction.channel])


def unpack_speaker(octets: bytearray) -> tuple[str, Role] | Correction:
    """What one of the two packed."""
    match json.loads(octets):
        case start, end, speaker, channel:
            return Correction(start, end, speaker, channel)
        case speaker, role:
            return speaker, Role(role)
    raise ValueError("neither a voice's role nor who spoke")


def _packed(value: object) -> bytearray:
    return bytearray(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

"""Small consultations and replies for the tests of what a language model is asked and answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kiskriv.draft.writing import templates
from kiskriv.note import Note, Section, Statement
from kiskriv.transcript import Doubt, Role, Transcript, Utterance, Word

DOCTOR, PATIENT = Role.PRACTITIONER, Role.PATIENT

HEADACHE = (
    (DOCTOR, "Hva kan jeg hjelpe deg med?"),
    (PATIENT, "Jeg har hatt hodepine i to uker."),
    (DOCTOR, "Har du hatt feber?"),
    (PATIENT, "Nei."),
    (DOCTOR, "Ta Paracet 1 g inntil fire ganger daglig."),
    (PATIENT, "Takk, det var fint vær i dag."),
)

NOTE = templates.read(templates.FOLDER / "note.txt")
FORM = NOTE.form

HEADINGS = ("Anamnese", "Funn", "Vurdering", "Tiltak")

DRAFT = Note(
    (
        Section("Anamnese", (Statement("Hodepine i 2 uker.", (1,)), Statement("Ikke feber.", (2, 3)))),
        Section("Funn"),
        Section("Vurdering"),
        Section("Tiltak", (Statement("Paracet 1 g inntil x 4.", (4,)),)),
    )
)

GOOD = (
    ("Anamnese", [1], "Hodepine siste 2 uker."),
    ("Anamnese", [2, 3], "Ingen feber."),
    ("Tiltak", [4], "Paracet 1 g inntil x 4."),
)


def utterance(id: int, role: Role, text: str, doubt: Doubt | None = None) -> Utterance:
    return Utterance(id, role, str(role), tuple(Word(id, id + 1, word, 1.0, doubt) for word in text.split(" ")))


def transcript(said: Sequence[tuple[Role, str]] = HEADACHE, language: str = "nb") -> Transcript:
    return Transcript(language, tuple(utterance(id, role, text) for id, (role, text) in enumerate(said)))


def reply(statements: Sequence[tuple[Any, Any, Any]] = GOOD) -> str:
    """As a model should write it."""
    listed = [{"section": heading, "evidence": evidence, "text": text} for heading, evidence, text in statements]
    return json.dumps({"statements": listed}, ensure_ascii=False)

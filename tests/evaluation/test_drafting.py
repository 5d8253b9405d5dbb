"""A draft from a transcript is told with all that it rests on; a note that was given is held against it."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiskriv.draft import clinic
from kiskriv.draft.drafter import GroundedDrafter
from kiskriv.errors import NoSuchForm, WriterError, WriterUnreachable
from kiskriv.evaluation import drafting, material
from kiskriv.locale import set_language
from kiskriv.note import Concern, Form, Mark, Note, Section, Statement
from kiskriv.transcript import Transcript
from tests.evaluation.files import written


@pytest.fixture(scope="module")
def drafter() -> GroundedDrafter:
    return GroundedDrafter(clinic.load())


def told(made: drafting.Drafting) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(drafting.as_json(made))
    return value


def test_the_object_has_what_the_documents_say(drafter: GroundedDrafter, tmp_path: Path) -> None:
    made = drafting.drafted(drafter, material.transcript(written(tmp_path)), drafting.chosen(drafter, "", "nb"))
    value = told(made)
    assert list(value) == [
        *(
            "kiskriv",
            "drafter",
            "writer",
            "unwritten",
            "template",
            "language",
            "sections",
            "facts",
            "marks",
            "omitted",
            "words",
            "seconds",
        ),
    ]
    assert value["drafter"] == drafter.digest
    assert value["words"] == len(made.note.text.split())
    statements = [one for section in value["sections"] for one in section["statements"]]
    assert all(one["evidence"] and one["support"] == "supported" and one["marks"] == [] for one in statements)
    drug = next(fact for fact in value["facts"] if fact["kind"] == "medication")
    assert (drug["name"], drug["dose"], drug["duration"], drug["evidence"]) == ("Apocillin", "660 mg", "7 day", [2])
    assert "side" not in drug
    fever = next(fact for fact in value["facts"] if fact["name"] == "feber")
    assert fever["polarity"] == "denied"
    assert "time" not in fever, "the present goes without saying"


def test_a_note_that_was_given_is_marked_where_it_is_wrong_and_where_it_is_silent(
    drafter: GroundedDrafter, tmp_path: Path
) -> None:
    transcript, form = material.transcript(written(tmp_path)), drafting.chosen(drafter, "", "nb")
    note = drafting.note_of("Anamnese\nFeber.\n\nFunn\nStiv nakke.\n", ["Anamnese", "Funn"])
    value = told(drafting.drafted(drafter, transcript, form, note))
    first, second = (section["statements"][0] for section in value["sections"])
    assert first["support"] == "unsupported"
    assert "contradiction" in [mark["concern"] for mark in first["marks"]]
    assert second["support"] == "unsupported"
    assert [one["kind"] for one in value["omitted"]] == ["medication"]
    assert value["omitted"][0]["evidence"] == [2]


def test_support_is_that_of_the_gravest_mark() -> None:
    note = Note((Section("Funn", (Statement("En.", (0,)), Statement("To.", (0,)), Statement("Tre.", (0,)))),))
    marks = (
        Mark(Concern.CHECK, 0),
        Mark(Concern.PARTLY, 1),
        Mark(Concern.PARTLY, 2),
        Mark(Concern.UNSUPPORTED, 2),
    )
    made = drafting.Drafting(Form("Notat", "nb"), "", note, (), marks, 0.0)
    (section,) = told(made)["sections"]
    assert [one["support"] for one in section["statements"]] == ["supported", "partly", "unsupported"]


def test_a_note_is_read_by_its_headings() -> None:
    note = drafting.note_of("uten\n\nFunn:\n en \nto\n\nTiltak\n", ["Funn", "Tiltak"])
    read = [(s.heading, [one.text for one in s.statements]) for s in note.sections]
    assert read == [("", ["uten"]), ("Funn", ["en", "to"]), ("Tiltak", [])]
    assert drafting.note_of("", ["Funn"]).empty


def test_what_a_note_prints_is_read_as_that_note(drafter: GroundedDrafter, tmp_path: Path) -> None:
    transcript = material.transcript(written(tmp_path))
    note = drafter.draft(transcript, Form())
    read = drafting.note_of(note.text, [section.heading for section in note.sections])
    assert read.text == note.text


def test_a_form_is_chosen_by_what_is_named(drafter: GroundedDrafter) -> None:
    assert drafting.chosen(drafter, "", "") == drafter.forms[0]
    assert drafting.chosen(drafter, "", "nn").language == "nn"
    last = drafter.forms[-1]
    assert drafting.chosen(drafter, last.template, last.language) == last
    with pytest.raises(NoSuchForm):
        drafting.chosen(drafter, "Epikrise", "")


def test_a_person_sees_where_each_statement_was_said_and_what_is_marked(
    drafter: GroundedDrafter, tmp_path: Path
) -> None:
    set_language("nb")
    transcript, form = material.transcript(written(tmp_path)), drafting.chosen(drafter, "", "nb")
    page = drafting.as_text(drafting.drafted(drafter, transcript, form))
    assert "Apocillin" in page
    assert "[2]" in page
    wrong = drafting.as_text(drafting.drafted(drafter, transcript, form, drafting.note_of("Funn\nFeber.", ["Funn"])))
    assert "! MOTSAGT" in wrong
    assert "+ utelatt" in wrong


class Rewriter:
    """A `Writer`: writes one line more each time; or fails after the first."""

    digest = "e" * 64

    def __init__(self, failing: WriterError | None = None) -> None:
        self._failing = failing

    def write(self, transcript: Transcript, form: Form, draft: Note) -> Generator[Note]:
        first, *others = draft.sections
        for text in ("Feber", "Feber."):
            yield Note((replace(first, statements=(Statement(text, (0, 1)),)), *others))
            if self._failing is not None:
                raise self._failing

    def abandon(self) -> None:
        pass


def test_a_language_model_writes_as_in_a_consultation_and_is_held_against_what_was_said(
    drafter: GroundedDrafter, tmp_path: Path
) -> None:
    transcript, form = material.transcript(written(tmp_path)), drafting.chosen(drafter, "", "nb")
    value = told(drafting.drafted(drafter, transcript, form, writer=Rewriter()))
    (statement,) = value["sections"][0]["statements"]
    assert (statement["text"], statement["support"]) == ("Feber.", "unsupported")
    assert (value["writer"], value["unwritten"]) == ("e" * 64, "")


def test_where_it_fails_the_draft_by_rules_stands_and_that_is_told(drafter: GroundedDrafter, tmp_path: Path) -> None:
    transcript, form = material.transcript(written(tmp_path)), drafting.chosen(drafter, "", "nb")
    made = drafting.drafted(drafter, transcript, form, writer=Rewriter(WriterUnreachable()))
    assert made.note == drafter.draft(transcript, form)
    assert (made.writer, made.unwritten) == ("", "WriterUnreachable")
    set_language("en")
    try:
        assert drafting.as_text(made).startswith("The language model did not answer: this draft is by rules.")
    finally:
        set_language("nb")


def test_a_terminal_is_shown_only_signs_that_can_be_seen() -> None:
    hostile = "Vondt \x1b[31mi\x07 hal\u202esen\x85"
    note = Note((Section("Funn\x1b]0;x", (Statement(hostile, (0,)),)),))
    marks = (Mark(Concern.UNSUPPORTED, 0, "", hostile), Mark(Concern.OMITTED, None, "", "", hostile))
    text = drafting.as_text(drafting.Drafting(Form("Notat", "nb"), "", note, (), marks, 0.0))
    assert "Vondt" in text
    assert all(line.isprintable() for line in text.split("\n"))

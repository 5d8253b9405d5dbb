"""A note is held against what a right one holds: what is there, what is missing, and what is dangerous."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kiskriv.draft.fact import Kind
from kiskriv.draft.lexicon import shipped
from kiskriv.evaluation import material
from kiskriv.evaluation.measures import Score, Stated, Tally, says, score, stands_in
from kiskriv.note import Concern, Mark, Note, Section, Statement
from tests.evaluation.files import FEVER, written

RIGHT = "Apocillin 660 mg x 4 i 7 d."


def scored(folder: Path, *statements: str, marks: tuple[Mark, ...] = (), **changed: Any) -> Score:
    note = Note((Section("Anamnese", tuple(Statement(text, ()) for text in statements)),))
    return score(material.reference(written(folder, **changed)), note, marks, shipped())


def test_a_right_note_holds_all_of_it(tmp_path: Path) -> None:
    found = scored(tmp_path, "Ikke feber.", RIGHT)
    assert found.critical == {Kind.MEDICATION: Tally(1, 1, 1, 0)}
    assert found.other == {Kind.SYMPTOM: Tally(1, 1, 1, 0)}
    assert (found.missed, found.contradictions, found.forbidden) == ((), (), ())
    assert (found.statements, found.words) == (2, 11)
    assert found.stated == {Kind.MEDICATION: Stated(1), Kind.SYMPTOM: Stated(1)}


def test_an_empty_note_misses_all_and_contradicts_nothing(tmp_path: Path) -> None:
    found = scored(tmp_path)
    assert found.critical == {Kind.MEDICATION: Tally(1)}
    assert [gold.fact.name for gold in found.missed] == ["feber", "Apocillin"]
    assert (found.contradictions, found.stated) == ((), {})


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ("Apocillin 6600 mg x 4 i 7 d.", Kind.MEDICATION),
        ("Apocillin 660 mg x 4 i 11 d.", Kind.MEDICATION),
        ("Feber.", Kind.SYMPTOM),
    ],
)
def test_what_says_otherwise_is_a_contradiction_and_not_found(tmp_path: Path, wrong: str, kind: Kind) -> None:
    found = scored(tmp_path, wrong)
    ((gold, against),) = found.contradictions
    assert gold.fact.kind is kind
    assert against.evidence == (0,)
    tally = {**found.critical, **found.other}[kind]
    assert (tally.typed, tally.contradicted) == (0, 1)
    assert found.stated == {kind: Stated(wrong=1)}


def test_what_another_fact_of_the_reference_says_is_no_contradiction(tmp_path: Path) -> None:
    before = {**FEVER, "polarity": "affirmed", "time": "planned", "words": ["feber"]}
    assert not scored(tmp_path, "Feber.", facts=[FEVER, before]).contradictions


def test_what_the_reference_does_not_know_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    assert scored(tmp_path, "Hodepine.").stated == {Kind.SYMPTOM: Stated(beyond=1)}


def test_the_words_must_stand_in_one_statement(tmp_path: Path) -> None:
    assert scored(tmp_path, "Apocillin.", "660 mg.").critical[Kind.MEDICATION].by_words == 0


def test_what_may_not_stand_there_counts_as_whole_words_only(tmp_path: Path) -> None:
    assert scored(tmp_path, "Halsbetennelse?").forbidden == ("halsbetennelse",)
    assert scored(tmp_path, "Halsbetennelsen.").forbidden == ()


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("apocillin 660 mg x 4", ("Apocillin", "x 4|4 ganger"), True),
        ("smerter i kneet", ("kne",), True),
        ("x 10", ("x 1",), False),
        ("12,4 mmol", ("2,4",), False),
        ("2,45", ("2,4",), False),
        ("ordet (ja)", ("(ja)",), True),
        ("hva som helst", (), False),
    ],
)
def test_a_number_is_not_part_of_a_longer_one(text: str, words: tuple[str, ...], found: bool) -> None:
    assert says(text, words) is found


def test_forbidden_signs_are_signs() -> None:
    assert stands_in("50 %", "sykmelding 50 % fra")
    assert not stands_in("5.", "51 uker")


def test_a_statement_counts_by_the_gravest_that_is_said_of_it(tmp_path: Path) -> None:
    marks = (
        Mark(Concern.CHECK, 0),
        Mark(Concern.CONTRADICTION, 0),
        Mark(Concern.PARTLY, 1),
        Mark(Concern.OMITTED, None),
        Mark(Concern.OMITTED, None),
    )
    found = scored(tmp_path, "Ikke feber.", RIGHT, marks=marks)
    assert found.marked == {Concern.CONTRADICTION: 1, Concern.PARTLY: 1}
    assert found.omitted == 2


def test_counts_add_up_and_nothing_said_shows_by_accident(tmp_path: Path) -> None:
    assert Tally(1, 1, 0, 0) + Tally(2, 1, 1, 1) == Tally(3, 2, 1, 1)
    assert Stated(1, 0, 2) + Stated(0, 1, 1) == Stated(1, 1, 3)
    assert "feber" not in repr(scored(tmp_path, "Feber."))

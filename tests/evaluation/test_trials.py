"""Consultations put to the test: from what was said and from what was heard; and figures, tables and page say the same of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kiskriv.assembly.unlogged import Recogniser, Recording
from kiskriv.config import Config, LedgerSettings
from kiskriv.draft import clinic
from kiskriv.draft.drafter import GroundedDrafter
from kiskriv.draft.fact import Kind
from kiskriv.evaluation import material, results
from kiskriv.evaluation.hearing import Heard
from kiskriv.evaluation.measures import Tally
from kiskriv.evaluation.page import UNSAID, as_page
from kiskriv.evaluation.tables import KINDS, Table, tables
from kiskriv.evaluation.trials import Origin, Trial, figures, middle, of_sound, of_transcript, p90, total
from kiskriv.fingerprint import fingerprint
from kiskriv.locale import set_language
from kiskriv.transcript import Role, Transcript
from kiskriv.weights import demo_material
from tests.evaluation.files import written

HASH = re.compile(r"[0-9a-f]{64}")


@pytest.fixture(scope="module")
def drafter() -> GroundedDrafter:
    return GroundedDrafter(clinic.load())


@pytest.fixture
def trials(drafter: GroundedDrafter, tmp_path: Path) -> list[Trial]:
    """One from what was said, one from what was heard: without the drug, and with a word put in."""
    reference = material.reference(written(tmp_path))
    turns = reference.transcript.utterances
    heard = Transcript("nb", turns[:2])
    return [of_transcript(reference, drafter), of_sound(reference, Recording(heard, 60.0, 3.0), drafter)]


def test_what_was_heard_is_held_against_what_was_said(trials: list[Trial]) -> None:
    said, heard = trials
    assert (said.origin, said.heard) == (Origin.TRANSCRIPT, {})
    assert heard.origin is Origin.SOUND
    assert heard.heard == {Role.PRACTITIONER: Heard(17, deleted=13), Role.PATIENT: Heard(1)}
    assert said.score.critical == {Kind.MEDICATION: Tally(1, 1, 1, 0)}
    assert heard.score.critical == {Kind.MEDICATION: Tally(1)}
    assert "Apocillin" not in repr(trials)


def test_figures_are_sums(trials: list[Trial]) -> None:
    made = figures(trials)
    assert made.trials == 2
    assert made.critical == {Kind.MEDICATION: Tally(2, 1, 1, 0)}
    assert total(made.other) == Tally(2, 2, 2, 0)
    assert (made.audio, made.decode) == (60.0, 3.0)
    assert made.statements == sum(trial.score.statements for trial in trials)
    assert figures([]).critical == {}


def test_a_middle_and_nine_of_ten() -> None:
    assert (middle([]), p90([])) == (0, 0)
    assert (middle([3, 1, 2]), p90([3, 1, 2])) == (2, 3)
    assert p90(range(1, 11)) == 9
    assert p90(range(1, 12)) == 10


def test_every_table_has_rows_as_long_as_its_columns(trials: list[Trial]) -> None:
    made = [*tables(trials)]
    assert len(made) == 1 + 4 + 4 + 1
    assert all(len(row) == len(table.columns) for table in made for row in table.rows)
    assert set(KINDS) == set(Kind)


def test_a_table_stands_in_columns() -> None:
    table = Table("T", ("", "a", "long"), (("one", "1", "2"), ("three", "10", "20")))
    assert table.as_text() == "T\n          a  long\n  one     1     2\n  three  10    20"


def test_the_text_says_what_to_look_at(trials: list[Trial]) -> None:
    set_language("en")
    try:
        text = results.as_text(trials)
    finally:
        set_language("nb")
    assert "hals (sound)\n  not found: Medication: Apocillin, said in 2" in text
    assert "hals (transcript)" not in text


def test_the_object_has_what_the_text_says(trials: list[Trial]) -> None:
    made = results.made(Config(), "d" * 64)
    value = json.loads(results.as_json(made, trials))
    assert list(value) == ["made", "origins", "consultations"]
    sound = value["origins"]["sound"]
    assert sound["critical"]["medication"] == {"facts": 1, "typed": 0, "by_words": 0, "contradicted": 0}
    assert sound["recognition"]["practitioner"]["error_rate"] == 0.7647
    said, heard = value["consultations"]
    assert said["missed"] == []
    assert [one["name"] for one in heard["missed"]] == ["Apocillin"]


def test_what_it_was_made_by_is_named_exactly(tmp_path: Path) -> None:
    made = results.made(Config(), "d" * 64)
    for digest in (made.program, made.templates, made.prompt, made.settings):
        assert HASH.fullmatch(digest)
    assert made.program == fingerprint(Path(results.__file__).parents[1])
    assert (made.model, made.clinic) == ("", "")


def test_the_page_stands_alone_names_its_versions_and_tells_nothing_that_was_said(trials: list[Trial]) -> None:
    made = results.made(Config(), "d" * 64)
    page = as_page(made, trials, "øvelse <1>")
    assert "øvelse &lt;1&gt;" in page
    for stands in (made.program, made.drafter, made.prompt, made.templates, made.settings, made.date):
        assert stands in page
    assert page.count("<table") == 1 + len([*tables(trials)])
    assert not re.search(r"<script|src=|href=|https?://", page)
    for said in ("Apocillin", "feber", "halsbetennelse"):
        assert said not in page
    assert page.count("<p>") >= len(UNSAID)
    assert "____" in page


def test_sound_is_recognised_by_the_true_stages_and_no_ledger_hears_of_it(tmp_path: Path) -> None:
    config = Config(ledger=LedgerSettings(folder=tmp_path / "ledger"))
    recogniser = Recogniser(config)
    recording = recogniser.recording(demo_material() / "consultation.flac")
    reference = material.transcript(demo_material() / "consultation.json")
    assert 120 < recording.audio < 140
    assert recording.decode > 0
    again = of_sound(material.Reference("demo", reference, (), ()), recording, GroundedDrafter(clinic.load()))
    everybody = sum(again.heard.values(), Heard())
    assert everybody.error_rate < 0.1
    assert everybody.speaker_error < 0.1
    assert recogniser.model.digest
    assert not (tmp_path / "ledger").exists()

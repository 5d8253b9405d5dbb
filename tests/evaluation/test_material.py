"""What a file says is read as it stands; what is wrong with it is said with its place, and nothing else happens."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kiskriv.draft.fact import Action, Fact, Kind, Polarity, Quantity, Side, Time
from kiskriv.errors import MaterialInvalid
from kiskriv.evaluation import material
from kiskriv.evaluation.drafting import fact_as_json
from kiskriv.locale import explain, set_language
from kiskriv.transcript import Role
from tests.evaluation.files import DRUG, FEVER, SAID, written

EXAMPLES = Path(__file__).parents[2] / "examples" / "evaluation"


def test_a_consultation_is_read_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    sound = tmp_path / "hals.flac"
    sound.touch()
    read = material.reference(written(tmp_path))
    assert read.name == "hals"
    assert read.sound == sound
    assert read.forbidden == ("halsbetennelse",)
    assert [u.role for u in read.transcript.utterances] == [Role.PRACTITIONER, Role.PATIENT, Role.PRACTITIONER]
    assert [u.id for u in read.transcript.utterances] == [0, 1, 2]
    fever, drug = read.facts
    assert fever.fact == Fact(Kind.SYMPTOM, "feber", (0, 1), Polarity.DENIED)
    assert (fever.words, fever.critical) == (("ikke", "feber"), False)
    assert drug.fact.dose == Quantity(Decimal(660), "mg")
    assert drug.critical


def test_a_transcript_needs_no_facts_and_keeps_its_times_where_it_has_them(tmp_path: Path) -> None:
    said = [{**SAID[0], "start": 3, "end": 5.5, "speaker": "A"}, SAID[1]]
    first, second = material.transcript(written(tmp_path, utterances=said, facts=None)).utterances
    assert (first.start, first.end, first.speaker) == (3.0, 5.5, "A")
    assert (second.start, second.speaker) == (5.5, "patient")


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("dose", "1-2 tablet", Quantity(Decimal(1), "tablet", Decimal(2))),
        ("value", "138/82 mmHg", Quantity(Decimal(138), "mmHg", Decimal(82))),
        ("value", "7.2 mmol/l", Quantity(Decimal("7.2"), "mmol/l")),
        ("value", "2.4", Quantity(Decimal("2.4"), "")),
        ("duration", "1.5 week", Quantity(Decimal("1.5"), "week")),
        ("side", "both", Side.BOTH),
        ("action", "stopped", Action.STOPPED),
        ("time", "planned", Time.PLANNED),
        ("frequency", "1+0+1", "1+0+1"),
    ],
)
def test_fields_are_read_in_their_canonical_form_and_written_back_alike(
    tmp_path: Path, field: str, text: str, value: object
) -> None:
    fact = material.reference(written(tmp_path, facts=[{**FEVER, field: text}])).facts[0].fact
    assert getattr(fact, field) == value
    assert str(fact_as_json(fact)[field]).strip() == text


def altered(**keys: object) -> dict[str, Any]:
    return {"facts": [{**FEVER, **keys}]}


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        ("language", {"language": "en"}),
        ("language", {"language": ["nb"]}),
        ("utterances", {"utterances": None}),
        ("utterances", {"utterances": "Nei."}),
        ("utterances", {"utterances": ["Nei."]}),
        ("utterances[1].role", {"utterances": [SAID[0], {"role": "nurse", "text": "Nei."}]}),
        ("utterances[0].role", {"utterances": [{"role": {}, "text": "Nei."}]}),
        ("utterances[0].text", {"utterances": [{"role": "patient", "text": " "}]}),
        ("utterances[0].text", {"utterances": [{"role": "patient", "text": 7}]}),
        ("utterances[0].speaker", {"utterances": [{**SAID[0], "speaker": 1}]}),
        ("utterances[0].start", {"utterances": [{**SAID[0], "start": float("nan")}]}),
        ("utterances[0].start", {"utterances": [{**SAID[0], "start": float("inf"), "end": float("inf")}]}),
        ("utterances[0].start", {"utterances": [{**SAID[0], "start": "now"}]}),
        ("utterances[0].start", {"utterances": [{**SAID[0], "start": 5, "end": 4}]}),
        ("utterances[0].start", {"utterances": [{**SAID[0], "start": True}]}),
        ("utterances[0].start", {"utterances": [{**SAID[0], "end": 10**400}]}),
        ("facts", {"facts": {}}),
        ("facts[0].kind", altered(kind="disease")),
        ("facts[0].kind", altered(kind=[])),
        ("facts[0].name", altered(name=None)),
        ("facts[0].kind", {"facts": [{"name": "feber"}]}),
        ("facts[1].dosis", {"facts": [FEVER, {**DRUG, "dosis": "1 g"}]}),
        ("facts[0].dose", altered(dose="1 spoonful")),
        ("facts[0].dose", altered(dose="")),
        ("facts[0].dose", altered(dose=5)),
        ("facts[0].value", altered(value="1e9 mg")),
        ("facts[0].polarity", altered(polarity="no")),
        ("facts[0].evidence", altered(evidence=[3])),
        ("facts[0].evidence", altered(evidence=[-1])),
        ("facts[0].evidence", altered(evidence=[True])),
        ("facts[0].evidence", altered(evidence="0")),
        ("facts[0].words", altered(words="feber")),
        ("facts[0].words", altered(words=["feber|"])),
        ("facts[0].words", altered(words=[""])),
        ("facts[0].critical", altered(critical="yes")),
        ("forbidden", {"forbidden": [1]}),
        ("forbidden", {"forbidden": [" "]}),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, place: str, changed: dict[str, Any]) -> None:
    with pytest.raises(MaterialInvalid) as caught:
        material.reference(written(tmp_path, **changed))
    assert caught.value.facts["file"] == f"hals.json, {place}"
    message, hint = explain(caught.value)
    assert place in message
    assert "docs/evaluation.md" in hint


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"hals"',
        b"\xff\xfe{}",
        '{"utterances": []}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"utterances": ' + b"[" * 100_000,
        b'{"utterances": [], "a": ' + b"9" * 10_000 + b"}",
        b'{"utterances": [{"role": "patient", "text": "\\ud800"}]}',
        b'{"title": "\\udfff", "utterances": []}',
        b" " * (material.LARGEST + 1),
    ],
    ids=range(13),
)
def test_what_is_no_such_file_at_all_is_said_too(tmp_path: Path, octets: bytes) -> None:
    file = tmp_path / "hals.json"
    file.write_bytes(octets)
    with pytest.raises(MaterialInvalid):
        material.transcript(file)


def test_a_file_that_is_not_there_or_is_a_folder_is_said(tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(MaterialInvalid):
            material.transcript(file)


def test_a_mark_for_the_order_of_octets_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "hals.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps({"utterances": SAID}).encode())
    assert len(material.transcript(file).utterances) == 3


def test_all_that_is_wrong_with_a_folder_is_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, "a", language="en")
    written(tmp_path, "b")
    written(tmp_path, "c", utterances=None)
    found, faults = material.references(tmp_path)
    assert [one.name for one in found] == ["b"]
    assert [fault.facts["file"] for fault in faults] == ["a.json, language", "c.json, utterances"]


def test_a_folder_without_consultations_is_a_fault(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        found, (fault,) = material.references(folder)
        assert not found
        assert fault.exit_status == 2


def test_nothing_said_shows_by_accident(tmp_path: Path) -> None:
    read = material.reference(written(tmp_path))
    assert "feber" not in repr(read) + repr(read.facts)
    with pytest.raises(MaterialInvalid) as caught:
        material.reference(written(tmp_path, facts=[{**FEVER, "dose": "Apocillin"}]))
    set_language("nb")
    assert "Apocillin" not in str(caught.value) + "".join(explain(caught.value))


def test_the_examples_that_are_shipped_can_be_used() -> None:
    found, faults = material.references(EXAMPLES)
    assert not faults
    assert {one.transcript.language for one in found} == {"nb", "nn"}
    assert all(one.facts and one.forbidden for one in found)

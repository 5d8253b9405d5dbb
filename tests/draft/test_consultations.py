"""The invented consultations are well formed, so that a figure measured on them means what it says."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from kiskriv.draft.fact import UNITS, About, Action, Fact, Kind, Polarity, Side, Time
from kiskriv.transcript import Role

FOLDER = Path(__file__).parents[1] / "consultations"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))

ENUMS = {"kind": Kind, "polarity": Polarity, "time": Time, "about": About, "side": Side, "action": Action}
BESIDE_THE_FACT = {"words", "critical"}
NUMBER = r"\d+(?:\.\d+)?"
UNIT = "|".join(re.escape(unit) for unit in UNITS)
QUANTITY = re.compile(rf"(?P<value>{NUMBER})(?:[-/](?P<to>{NUMBER}))?(?: (?:{UNIT}))?")
WITH_UNIT = re.compile(rf"{NUMBER}(?:-{NUMBER})? (?:{UNIT})")
FREQUENCY = re.compile(
    r"\d+/(?:day|week|month)|\d+(?:\+\d+){2,3}|as-needed|morning|noon|evening|night|meals|once",
)

Consultation = dict[str, Any]


def consultation(name: str) -> Consultation:
    loaded: Consultation = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def alternatives(fact: dict[str, Any]) -> list[str]:
    return [alternative for word in fact["words"] for alternative in word.split("|")]


def stands_in(forbidden: str, text: str) -> bool:
    """As whole words, without regard to case."""
    return re.search(rf"(?<!\w){re.escape(forbidden)}(?!\w)", text, re.IGNORECASE) is not None


def norwegian(number: str) -> str:
    return number.replace(".", ",")


def test_the_set_is_broad_enough_to_mean_something() -> None:
    every = [consultation(name) for name in NAMES]
    assert len(every) >= 24
    assert sum(c["language"] == "nb" for c in every) >= 14
    assert sum(c["language"] == "nn" for c in every) >= 7
    for language in ("nb", "nn"):
        critical = {
            fact["kind"] for c in every if c["language"] == language for fact in c["facts"] if "critical" in fact
        }
        assert critical >= set(Kind) - {Kind.FINDING}
    assert {u["role"] for c in every for u in c["utterances"]} == set(Role)
    assert any(not c["facts"] for c in every), "a talk in which nothing was said that a note needs"
    assert len({c["title"] for c in every}) == len(every)


@pytest.mark.parametrize("name", NAMES)
def test_a_consultation_has_its_keys_and_its_talk(name: str) -> None:
    whole = consultation(name)
    assert set(whole) == {"title", "language", "utterances", "facts", "forbidden"}
    assert whole["title"]
    assert whole["language"] in {"nb", "nn"}
    for utterance in whole["utterances"]:
        assert set(utterance) == {"role", "text"}
        assert utterance["role"] in set(Role)
        assert utterance["text"] == utterance["text"].strip() != ""


@pytest.mark.parametrize("name", NAMES)
def test_a_fact_is_canonical(name: str) -> None:
    known = {field.name for field in fields(Fact)} | BESIDE_THE_FACT
    for fact in consultation(name)["facts"]:
        assert set(fact) <= known, fact
        assert {"kind", "name", "evidence", "words"} <= set(fact), fact
        assert fact["name"], fact
        for field, enum in ENUMS.items():
            if field in fact:
                assert fact[field] in set(enum), fact
        if "value" in fact:
            assert QUANTITY.fullmatch(fact["value"]), fact
        for field in ("dose", "duration"):
            assert field not in fact or WITH_UNIT.fullmatch(fact[field]), fact
        assert all(FREQUENCY.fullmatch(word) for word in fact.get("frequency", "").split()), fact
        assert fact.get("critical", True) is True, fact
        assert fact.get("about") != About.OTHER, "what is somebody else's is forbidden, not gold"


@pytest.mark.parametrize("name", NAMES)
def test_a_fact_rests_on_what_was_said(name: str) -> None:
    whole = consultation(name)
    for fact in whole["facts"]:
        evidence = fact["evidence"]
        assert evidence, fact
        assert evidence == sorted(set(evidence)), fact
        assert all(0 <= index < len(whole["utterances"]) for index in evidence), fact


@pytest.mark.parametrize("name", NAMES)
def test_the_words_of_a_fact_are_its_own(name: str) -> None:
    """No alternative is empty, which every note would hold; a number is in them; one is the name, or was said where the fact rests."""
    whole = consultation(name)
    for fact in whole["facts"]:
        words = [alternative.casefold() for alternative in alternatives(fact)]
        assert words, fact
        assert all(word == word.strip() != "" for word in words), fact
        said = " ".join(whole["utterances"][index]["text"] for index in fact["evidence"]).casefold()
        own = f"{fact['name']} {fact.get('body', '')} {said}".casefold()
        if fact.get("polarity") != Polarity.DENIED:
            assert any(word in own for word in words), fact
        if "critical" in fact and (measured := QUANTITY.fullmatch(fact.get("value", ""))):
            number = "/".join(norwegian(part) for part in measured.groups() if part)
            assert any(number in word for word in words), fact
        if "critical" in fact and (dose := re.fullmatch(rf"({NUMBER}) (?:mg|g|µg|ml)", fact.get("dose", ""))):
            assert any(norwegian(dose[1]) in word for word in words), fact


@pytest.mark.parametrize("name", NAMES)
def test_what_is_forbidden_is_no_fact(name: str) -> None:
    whole = consultation(name)
    assert 3 <= len(whole["forbidden"]) <= 12
    for forbidden in whole["forbidden"]:
        assert forbidden == forbidden.strip() != ""
        for fact in whole["facts"]:
            for text in (fact["name"], fact.get("body", ""), fact.get("detail", ""), *alternatives(fact)):
                assert not stands_in(forbidden, text), (forbidden, fact)

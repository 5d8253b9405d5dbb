"""Short pieces of talk by authors who did not read the rules: what is surely said in them is found, and what is not so is not.

The rules were improved by reading them since: the bounds keep what was reached, and say nothing of talk that nobody wrote down here.
A piece is {"language", "utterances", "facts", "not"}: facts in the form of `tests/consultations/README.md`, without evidence.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kiskriv.draft import facts, lexicon
from kiskriv.draft.fact import About, Fact
from kiskriv.evaluation import material, measures
from kiskriv.evaluation.material import Gold

FOLDER = Path(__file__).parent / "probes"


@pytest.mark.parametrize(
    ("name", "found_at_least", "wrong_at_most"),
    [("sentences", 0.95, 5), ("medications", 0.80, 20), ("findings", 0.80, 10)],
)
def test_what_was_reached_stays_reached(name: str, found_at_least: float, wrong_at_most: int, tmp_path: Path) -> None:
    pieces = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    told = found = wrong = 0
    words = lexicon.shipped()
    for piece in pieces:
        reference = read(piece, tmp_path / "piece.json")
        met = facts.said(reference.transcript, words)
        golds = [gold.fact for gold in reference.facts]
        told += len(golds)
        found += sum(any(measures.states(fact, gold, words) for fact in met) for gold in golds)
        wrong += sum(
            any(fits(fact, ruled_out) and not any(measures.states(fact, gold, words) for gold in golds) for fact in met)
            for ruled_out in piece["not"]
        )
    assert told > 150
    assert found / told >= found_at_least
    assert wrong <= wrong_at_most


def read(piece: dict[str, Any], file: Path) -> material.Reference:
    golds = [{**{k: v for k, v in gold.items() if v}, "evidence": [0], "words": ["x"]} for gold in piece["facts"]]
    file.write_text(json.dumps({**piece, "title": "piece", "facts": golds, "forbidden": []}), encoding="utf-8")
    return material.reference(file)


def fits(fact: Fact, ruled_out: dict[str, str]) -> bool:
    """Whether the fact is the patient's (or of whom it says) and agrees in every field that is given."""
    about = ruled_out.get("about", About.PATIENT)
    rest = {key: value for key, value in ruled_out.items() if key not in ("about", "name", "evidence")}
    named = ruled_out.get("name", "*") in ("*",) or fact.name.lower() == ruled_out["name"].lower()
    return fact.about == about and named and all(str(getattr(fact, key) or "") == value for key, value in rest.items())


def test_a_probe_that_nothing_could_miss_would_be_none() -> None:
    gold = Gold(Fact(material.Kind.SYMPTOM, "feber", (0,)), ("feber",), True)
    assert not measures.states(Fact(material.Kind.SYMPTOM, "hoste", (0,)), gold.fact, lexicon.shipped())

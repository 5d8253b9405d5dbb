"""A clinic's words are met as they are written in its file, in the forms that Norwegian gives them, and quickly."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiskriv.draft.clinic import load
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.lines import read
from kiskriv.errors import ClinicFileInvalid


def lexicon(content: str) -> Lexicon:
    made = Lexicon()
    for line in read(content, "own.txt"):
        made.add(line)
    return made


def met(made: Lexicon, text: str, category: str = "symptom") -> list[str]:
    return [hit.term.nb for hit in made.find(tokens(text), category)]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("hodepine", "hodepinen"),
        ("hoste", "hosta"), ("uke", "ukene"), ("veke", "vekene"), ("skulder", "skuldra"), ("finger", "fingrene"),
        ("rom", "rommet"), ("tablett", "tablettane"), ("tett nese", "tette nesa"), ("allerg*", "allergisk"),
        ("mg.", "mg"), ("mmol / l", "mmol/l"), ("t.", "t"), ("år", "åra"), ("bry* seg", "bryr seg"),
    ],
)  # fmt: skip
def test_a_form_is_met_with_its_endings(form: str, text: str) -> None:
    assert met(lexicon(f"[symptom]\nx: {form}"), f"har {text} nå") == ["x"]


@pytest.mark.parametrize(
    ("form", "text"), [("mg.", "mge"), ("feber", "feberfri"), ("hoste", "hostesaft"), ("tett nese", "tett hals")]
)
def test_no_other_word_is_met(form: str, text: str) -> None:
    assert met(lexicon(f"[symptom]\nx: {form}"), text) == []


def test_the_longest_form_wins() -> None:
    assert met(lexicon("[symptom]\nfeber\nhøy feber"), "han har høy feber og feber") == ["høy feber", "feber"]
    for content in ("[symptom]\nsår\nsår hals", "[symptom]\nsår hals\nsår"):
        assert met(lexicon(content), "sår hals og sår") == ["sår hals", "sår"]


def test_both_written_languages_have_a_name() -> None:
    (term,) = lexicon("[symptom]\nhodepine | hovudverk: vondt i hovudet").terms("symptom")
    assert (term.name("nb"), term.name("nn")) == ("hodepine", "hovudverk")


def test_a_clinic_adds_forms_to_a_term_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "own.txt").write_text("[unit]\nmg: millisnus\n", "utf-8")
    assert met(load(tmp_path).lexicon, "5 millisnus", "unit") == ["mg"]


@pytest.mark.parametrize(("content", "line"), [("feber", 1), ("[symptom]\nfeber |", 2), ("[symptom]\nfe*", 2)])
def test_a_broken_line_is_named(content: str, line: int) -> None:
    with pytest.raises(ClinicFileInvalid, match=f"line {line}"):
        lexicon(content)

"""Words that a recogniser wrote for a medication's name: found where one would stand, told as they were heard."""

from __future__ import annotations

import pytest

from kiskriv.draft.kinds import allergies, medications
from kiskriv.draft.kinds.near_misses import NearMisses, misspelt
from kiskriv.draft.language.reading import sentences
from kiskriv.draft.lexicon import shipped
from kiskriv.draft.talk.claims import claims
from tests.draft.spoken import transcript

NEAR = NearMisses.of(shipped())


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("metoprol", "metoprolol"),
        ("apocilin", "Apocillin"),
        ("atorvastatim", "atorvastatin"),
        ("marevam", "Marevan"),
        ("xiprofloksacin", "ciprofloksacin"),
        ("syrtek", "Zyrtec"),
        ("entyl", "Centyl"),
        ("sommar", None),
        ("inntil", None),
    ],
)
def test_a_word_is_near_the_name_that_it_is_like(word: str, name: str | None) -> None:
    assert NEAR.name(word) == name


def test_a_short_word_is_near_with_one_edit_and_a_long_one_with_two() -> None:
    assert NEAR.name("sobrel") == "Sobril"
    assert NEAR.name("sobrxx") is None
    assert NEAR.name("losartxx") == "losartan"


@pytest.mark.parametrize(
    ("line", "name", "heard"),
    [
        ("P: Jeg bruker Metoprol femti milligram.", "metoprolol", "Metoprol"),
        ("P: Eg tek lipitol om kvelden.", "Lipitor", "lipitol"),
        ("L: Jeg skriver ut selexit 400 milligram tre ganger daglig.", "Selexid", "selexit"),
    ],
)
def test_a_near_miss_keeps_its_spelling(line: str, name: str, heard: str) -> None:
    made = claims(sentences(transcript(line)), shipped())
    (fact,) = medications.found(made, shipped())
    assert (fact.name, fact.spelling) == (name, heard)


@pytest.mark.parametrize(
    ("line", "name", "heard"),
    [
        ("P: Jeg går på mare van.", "Marevan", "mare van"),
        ("P: Jeg tar para set 500 milligram.", "Paracet", "para set"),
        ("L: Metformiin 500 milligram, to ganger daglig.", "metformin", "Metformiin"),
        ("P: Kvar dag simbicort, to puff.", "Symbicort", "simbicort"),
        ("L: Du får entyl 2,5 milligram om morgonen.", "Centyl", "entyl"),
    ],
)
def test_a_recogniser_slips_as_norwegian_sounds(line: str, name: str, heard: str) -> None:
    made = claims(sentences(transcript(line)), shipped())
    (fact,) = medications.found(made, shipped())
    assert (fact.name, fact.spelling) == (name, heard)


@pytest.mark.parametrize(
    ("word", "name"),
    [("simvastaatin", "simvastatin"), ("syndrom", None), ("tydelig", None), ("bronkitt", None), ("refleks", None)],
)
def test_a_long_name_is_known_wherever_it_stands(word: str, name: str | None) -> None:
    assert NEAR.anywhere(word) == name


def test_an_allergen_may_be_near_too() -> None:
    made = claims(sentences(transcript("P: Jeg er allergisk mot penicilin.")), shipped())
    (fact,) = allergies.found(made, shipped())
    assert (fact.name, fact.spelling) == ("penicillin", "penicilin")


@pytest.mark.parametrize(
    "line",
    [
        "P: Jeg tar bussen til jobben.",
        "P: Jeg bruker briller.",
        "P: Vi går på kino.",
        "L: Ta av deg skjorta.",
        "P: Jeg tar trappa hver dag.",
    ],
)
def test_an_ordinary_word_is_near_nothing(line: str) -> None:
    assert list(medications.found(claims(sentences(transcript(line)), shipped()), shipped())) == []


@pytest.mark.parametrize(
    ("written", "name"), [("Apocilin", "Apocillin"), ("Elikuis", "Eliquis"), ("Metroprolol", "metoprolol")]
)
def test_a_letter_wrong_is_misspelt(written: str, name: str) -> None:
    assert misspelt(written, name)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Paracet", "Paracet"), ("Paraceten", "Paracet"), ("selozok", "Selo-Zok"), ("Albyl", "Albyl-E"), ("amoxicillin", "amoksicillin"),
        ("quetiapin", "kvetiapin"), ("colchicin", "kolkisin"), ("ibuprofen", "Ibux"),
    ],
)  # fmt: skip
def test_an_ending_a_hyphen_or_anothers_spelling_is_not(written: str, name: str) -> None:
    assert not misspelt(written, name)

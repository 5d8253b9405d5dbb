"""What somebody is, or is not, allergic to, and what happens then."""

from __future__ import annotations

import pytest

from kiskriv.draft.fact import About, Fact, Kind, Polarity
from kiskriv.draft.kinds import allergies, medications
from kiskriv.draft.language.reading import sentences
from kiskriv.draft.lexicon import shipped
from kiskriv.draft.talk.claims import claims
from kiskriv.draft.talk.claims import written as stated
from kiskriv.draft.writing.wording import Journal, sentence
from tests.draft.spoken import transcript


def said(*lines: str) -> list[Fact]:
    return list(allergies.found(claims(sentences(transcript(*lines)), shipped()), shipped()))


def written(text: str) -> list[Fact]:
    return list(allergies.found(stated(text, 0, shipped()), shipped()))


def short(facts: list[Fact]) -> list[tuple[str, str, str]]:
    return [(fact.name, str(fact.polarity), fact.detail) for fact in facts]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("P: Jeg er allergisk mot penicillin.",), [("penicillin", "affirmed", "")]),
        (("P: Eg toler ikkje trimetoprim, eg fekk utslett.",), [("trimetoprim", "affirmed", "utslett")]),
        (("P: Jeg fikk elveblest av Bactrim.",), [("Bactrim", "affirmed", "elveblest")]),
        (("P: Han reagerer på egg med utslett.",), [("egg", "affirmed", "utslett")]),
        (("P: Jeg har pollenallergi.",), [("pollen", "affirmed", "")]),
        (("L: Er du allergisk mot noe?", "P: Nei."), [("allergi", "denied", "")]),
        (("L: Har du nokon allergiar?", "P: Ikkje som eg veit."), [("allergi", "denied", "")]),
        (("L: Er du allergisk mot noe?", "P: Ja, penicillin."), [("penicillin", "affirmed", "")]),
        (
            ("L: Er du allergisk mot noe?", "P: Ja, penicillin.", "L: Hva skjer da?", "P: Jeg får utslett."),
            [("penicillin", "affirmed", "utslett")],
        ),
        (("L: Tåler du penicillin?", "P: Ja."), [("penicillin", "denied", "")]),
        (("L: Tåler du penicillin?", "P: Nei."), [("penicillin", "affirmed", "")]),
        (("F: Apocillin har han fått, og det gikk fint.",), [("Apocillin", "denied", "")]),
        (
            ("L: Noen allergier?", "P: Nei.", "P: Jo, forresten, jeg er allergisk mot nøtter."),
            [("nøtter", "affirmed", "")],
        ),
    ],
)
def test_what_is_told_of_allergy(lines: tuple[str, ...], expected: list[tuple[str, str, str]]) -> None:
    assert short(said(*lines)) == expected


@pytest.mark.parametrize(
    "line",
    [
        "P: Jeg ble kvalm av Ibux.",
        "P: Jeg spiste egg og fisk.",
        "P: Jeg har utslett på armen.",
        "P: Han er frisk som en fisk.",
    ],
)
def test_what_is_no_allergy(line: str) -> None:
    assert said(line) == []


def test_a_relatives_allergy_is_the_relatives() -> None:
    (fact,) = said("P: Mora mi har nøtteallergi.")
    assert (fact.name, fact.about) == ("nøtter", About.RELATIVE)


def test_what_somebody_is_allergic_to_is_not_taken() -> None:
    made = claims(
        sentences(transcript("L: Er du allergisk mot noe?", "P: Ja, penicillin.", "L: Tåler du Ibux?", "P: Ja.")),
        shipped(),
    )
    assert list(medications.found(made, shipped())) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CAVE: penicillin (utslett).", [("penicillin", "affirmed", "utslett")]),
        ("Allergi: bjørkepollen, katt.", [("bjørkepollen", "affirmed", ""), ("katt", "affirmed", "")]),
        ("Ingen kjente allergier.", [("allergi", "denied", "")]),
        ("Ingen kjende allergiar.", [("allergi", "denied", "")]),
        ("Tåler ikke Naproxen.", [("naproksen", "affirmed", "")]),
    ],
)
def test_journal_style(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert short(written(text)) == expected


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize(
    "fact",
    [
        Fact(Kind.ALLERGY, "penicillin", (0,), detail="utslett"),
        Fact(Kind.ALLERGY, "nøtter", (0,)),
        Fact(Kind.ALLERGY, "Apocillin", (0,), polarity=Polarity.DENIED),
        Fact(Kind.ALLERGY, "allergi", (0,), polarity=Polarity.DENIED),
    ],
    ids=lambda fact: fact.name,
)
def test_what_the_note_says_of_a_fact_is_that_fact(fact: Fact, language: str) -> None:
    assert written(sentence(Journal(language).phrase(fact))) == [fact]

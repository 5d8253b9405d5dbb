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
    ("lines", "expected"),
    [
        (
            ("L: Tåler du plaster og lateks?", "P: Plaster går fint, men lateks klør jeg av."),
            [("plaster", "denied", ""), ("lateks", "affirmed", "klør")],
        ),
        (("L: Er det noe du ikke tåler?", "P: Penicillin, da blir jeg rød."), [("penicillin", "affirmed", "rød")]),
        (("L: Har du fått utslett av noko medisin?", "P: Av Bactrim ein gong."), [("Bactrim", "affirmed", "")]),
        (("P: Jeg trodde jeg var allergisk mot penicillin, men det var jeg ikke.",), [("penicillin", "denied", "")]),
        (("P: Jeg var allergisk mot egg, men det har jeg vokst av meg.",), [("egg", "denied", "")]),
        (("P: Jeg ble testet for nøtteallergi, men det var negativt.",), [("nøtter", "denied", "")]),
        (("P: jeg er ikke allergisk, men jeg tåler ikke lateks",), [("lateks", "affirmed", "")]),
        (("P: eg toler ikkje Selexid, eg vert så kvalm",), [("Selexid", "affirmed", "kvalm")]),
        (("P: Jeg får utslett hvis jeg bruker plaster.",), [("plaster", "affirmed", "utslett")]),
        (("P: Han fikk hovne lepper av Ery-Max.",), [("Ery-Max", "affirmed", "hovne lepper")]),
        (("P: Nei, ikke mot medisiner, men jeg er allergisk mot katt.",), [("katt", "affirmed", "")]),
    ],
)
def test_each_is_told_of_what_it_comes_of(lines: tuple[str, ...], expected: list[tuple[str, str, str]]) -> None:
    assert short(said(*lines)) == expected


@pytest.mark.parametrize(
    "line",
    [
        "P: Jeg får vondt i magen av Ibux, men allergisk er jeg ikke.",
        "L: Ibux får du ikke bruke mer, det tåler ikke nyrene dine.",
        "L: Noen ganger ser vi at folk reagerer på Bactrim med utslett, så si fra hvis det skjer.",
        "L: Hvis du får utslett av Apocillin, ringer du.",
        "L: Om du reagerer på Bactrim, ringer du.",
        "P: jeg fikk hevelse i beina av amlodipin",
        "P: jeg er tung i pusten når jeg ikke tar Ventoline",
        "P: jeg har kløe og eksem, smører med Locoid når det er ille",
        "P: kløen ble mindre av Zyrtec",
        "P: Jeg ble testet for penicillinallergi.",
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


@pytest.mark.parametrize("answer", ["Nei, det er feil.", "Det stemmer ikke."])
def test_what_the_chart_has_wrong_is_no_allergy(answer: str) -> None:
    facts = said("L: Jeg ser her at du ikke tåler Apocillin.", f"P: {answer}")
    assert all(fact.polarity is Polarity.DENIED for fact in facts)


def test_what_the_doctor_treats_is_no_reaction() -> None:
    (fact,) = said("L: Jeg skriver at du ikke tåler Bactrim.", "L: Mot kløen får du Aerius.")
    assert (fact.name, fact.detail) == ("Bactrim", "")


def test_each_allergy_of_a_line_is_read() -> None:
    assert [fact.name for fact in written("Allergi: egg (utslett), Bactrim (utslett).")] == ["egg", "Bactrim"]


def test_her_sister_does_not_tolerate_what_she_does() -> None:
    facts = said("P: det var systera mi som ikkje tolte penicillin, eg toler det")
    assert [(fact.about, fact.polarity) for fact in facts] == [
        (About.RELATIVE, Polarity.AFFIRMED),
        (About.PATIENT, Polarity.DENIED),
    ]


def test_no_reaction_to_medicines_is_not_that_none_are_taken() -> None:
    made = claims(sentences(transcript("L: Har du reagert på noe medisin før?", "P: Nei.")), shipped())
    assert list(medications.found(made, shipped())) == []


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


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("L: Penicillin går bra?", "P: Ja da, det har jeg fått mange ganger."), [("penicillin", "denied", "")]),
        (
            ("L: Latex, toler du det?", "P: Ja, det går bra.", "L: Og jod?", "P: Ja, det òg."),
            [("lateks", "denied", ""), ("jod", "denied", "")],
        ),
        (("P: Eg fekk eit anfall av Ibux.",), [("Ibux", "affirmed", "anfall")]),
        (("P: Jeg fikk Zinacef, og da kom utslettet.",), [("Zinacef", "affirmed", "utslettet")]),
        (("P: Eg toler ikkje Bactrim, eg vart raud som ein tomat.",), [("Bactrim", "affirmed", "raud")]),
        (("L: Det er plaster du ikke tåler?", "P: Ja."), [("plaster", "affirmed", "")]),
        (("P: Eg har tablettar mot allergien, Cetirizin.",), []),
        (("L: Er du allergisk mot noe?", "P: Peanøtter, ja. Jeg har EpiPen."), [("peanøtter", "affirmed", "")]),
        (("L: og antibiotika noko du reagerer på", "P: nei"), []),
        (
            ("L: reagerer du på noen medisiner", "P: ja apocillin da hovna jeg opp i hele ansiktet"),
            [("Apocillin", "affirmed", "hovna opp i hele ansiktet")],
        ),
        (("P: all medisin ja men kvefs det toler eg ikkje eg svimte av",), [("veps", "affirmed", "")]),
    ],
)
def test_as_it_emerges_in_talk(lines: tuple[str, ...], expected: list[tuple[str, str, str]]) -> None:
    assert short(said(*lines)) == expected


@pytest.mark.parametrize(
    "answer",
    [
        "Nei, jeg tåler penicillin godt.",
        "Nei, penicillin går fint.",
        "Nei, har brukt penicillin før uten problemer.",
        "Nei, ikke penicillin heller.",
        "Nei, eg toler penicillin godt.",
    ],
)
def test_a_drug_named_in_a_no_is_no_allergy(answer: str) -> None:
    found = said("L: Er du allergisk mot noen medisiner?", f"P: {answer}")
    assert not [fact for fact in found if fact.polarity is not Polarity.DENIED]

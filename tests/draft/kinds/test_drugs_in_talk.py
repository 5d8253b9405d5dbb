"""Medications as they emerge in talk: a list gone through, drugs only named before they are told of, what comes to nothing."""

from __future__ import annotations

import pytest

from kiskriv.draft.fact import About
from tests.draft.kinds.test_medications import said, short


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("L: Zyrtec. En tablett om dagen.",), ["Zyrtec planned started 1 tablet 1/day"]),
        (("L: Neste på lista er Burinex.", "P: Ja, en om morgenen."), ["Burinex continued 1 tablet morning"]),
        (
            ("L: Og Furix, den vanndrivende? Det står tjue milligram her.", "P: Jeg tar en om morgenen."),
            ["Furix continued 20 mg morning"],
        ),
        (
            ("L: Står du på Marevan?", "P: Nei, nå er det Eliquis. Fem milligram, morgen og kveld."),
            ["Eliquis continued 5 mg morning evening"],
        ),
        (
            ("L: Og Ventoline?", "P: To puff, men bare når det er tungt i bakken."),
            ["Ventoline continued 2 puff as-needed"],
        ),
        (("L: Har du tatt noe?", "P: Ibux. Fire hundre når det er verst."), ["Ibux continued 400 mg as-needed"]),
    ],
)
def test_what_is_told_after_a_drug_was_only_named_is_of_it(lines: tuple[str, ...], expected: list[str]) -> None:
    assert short(said(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("L: Og Metoprolol?", "P: Den tok hjertelegen bort i våres."), ["metoprolol past stopped"]),
        (("L: Og Digoxin?", "P: Den fekk eg slutte med i fjor."), ["digoksin past stopped"]),
        (("L: Og Zocor?", "P: Den fikk jeg aldri henta ut."), ["Zocor denied"]),
        (("L: Har du igjen Vival?", "P: Nei, det er lenge siden jeg brukte den."), ["Vival past"]),
        (("L: Du er ferdig med Selexid-kuren?", "P: Ja."), ["Selexid past stopped"]),
        (("L: Hva har du prøvd?", "P: Basiron."), ["Basiron past"]),
        (("P: Simvastatin har jeg prøvd. Jeg ble så støl.",), ["simvastatin past (ble så støl)"]),
    ],
)
def test_what_is_over_is_told_as_over(lines: tuple[str, ...], expected: list[str]) -> None:
    assert short(said(*lines)) == expected


@pytest.mark.parametrize(
    "lines",
    [
        ("L: Eg skriv ut Vagifem til deg.", "P: Det vil eg ikkje ha.", "L: Greitt, då let vi det vere."),
        ("L: Jeg skriver ut Paracet.", "P: Jeg tåler ikke Paracet."),
        ("L: Hvis du blir ordentlig syk, tar du pause med Metformin.",),
        ("L: Jeg tar en Vimovo når jeg har vært på ski.",),
        ("P: Jeg har Paralgin forte fra da jeg ble operert.", "L: Den lar du ligge."),
        ("L: Noen får hjelp av nye sprøyter, slik som Ozempic.",),
        ("P: Jeg lurer på om jeg kan doble Cipralex.",),
    ],
)
def test_what_comes_to_nothing_is_no_medication(lines: tuple[str, ...]) -> None:
    assert short(said(*lines)) == []


def test_one_drug_instead_of_another() -> None:
    lines = "L: Vi kan sette deg på Neurontin.", "P: Nei.", "L: Da prøver vi Sarotex i stedet, ti milligram til natta."
    assert short(said(*lines)) == ["Sarotex planned started 10 mg night"]


def test_a_doctor_who_prescribes_another_dose_of_what_is_used_changes_it() -> None:
    lines = "P: Jeg tar Paracet, ett gram tre ganger om dagen.", "L: Da tar du Paracet, ett gram fire ganger daglig."
    assert short(said(*lines)) == ["Paracet continued 1 g 3/day", "Paracet planned changed 1 g 4/day"]


def patients(*lines: str) -> list[str]:
    return short([fact for fact in said(*lines) if fact.about is About.PATIENT])


@pytest.mark.parametrize(
    "lines",
    [
        ("L: Jeg har et kne, jeg, det høyre. Går på Voltaren hver gang det er skirenn.",),
        ("P: Eg har ein elev som går på Ritalin.",),
        ("P: han spør om han kan ta mer Dolcontin.",),
        ("T: Hun er svimmel.", "T: Unnskyld, jeg har hatt det samme selv. Jeg brukte Nexium."),
        ("L: Betnovat og slikt to gonger dagleg i fjorten dagar er for sterkt.",),
        ("F: Sønnen min er dårlig.", "F: Storesøstera har mark, hun også. Hun fikk Vanquin på apoteket."),
    ],
)
def test_what_somebody_else_takes_is_not_the_patients(lines: tuple[str, ...]) -> None:
    assert patients(*lines) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            (
                "L: Vi bruker kolkisin. 500 mikrogram to ganger daglig i fem dager.",
                "L: Jeg har en pasient som tok ti tabletter på en dag.",
            ),
            ["kolkisin planned started 500 µg 2/day 5 day"],
        ),
        (
            ("L: Du går på Selo-Zok?", "P: Ja, femti.", "L: Hvor mye kaffe blir det?", "P: Ti kopper."),
            ["Selo-Zok continued 50 mg"],
        ),
        (
            ("P: Jeg tar Imovane hver kveld.", "L: Den er ikke bra når du slutter å puste."),
            ["Imovane continued evening"],
        ),
        (("L: Vi starter med allopurinol.", "L: Den senker urinsyren."), ["allopurinol planned started"]),
        (("P: Da brukt æ sertralin.",), ["sertralin past"]),
        (
            ("P: Jeg fikk Naproxen, 500 mg to ganger om dagen.", "L: Og de er du ferdig med?", "P: Lenge siden."),
            ["naproksen past stopped 500 mg 2/day"],
        ),
    ],
)
def test_what_is_said_of_something_else_is_not_of_the_drug(lines: tuple[str, ...], expected: list[str]) -> None:
    assert patients(*lines) == expected

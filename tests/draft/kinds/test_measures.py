"""What was measured: the number with its measure, whoever said it and however; a goal or a difference is none."""

from __future__ import annotations

import pytest

from kiskriv.draft.fact import Fact, Polarity, Time
from kiskriv.draft.kinds import measures
from kiskriv.draft.language.reading import sentences
from kiskriv.draft.lexicon import shipped
from kiskriv.draft.talk.claims import claims
from kiskriv.draft.talk.claims import written as stated
from kiskriv.transcript import Role
from tests.draft.spoken import between

D, P, R = Role.PRACTITIONER, Role.PATIENT, Role.RELATED_PERSON


def said(*lines: tuple[Role, str]) -> list[Fact]:
    return list(measures.found(claims(sentences(between(*lines)), shipped()), shipped()))


def written(text: str) -> list[Fact]:
    return list(measures.found(stated(text, 0, shipped(), "Funn"), shipped()))


def short(told: list[Fact]) -> list[str]:
    return [" ".join(filter(None, (fact.name, str(fact.value or "").strip(), fact.detail))) for fact in told]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Blodtrykket er 138 over 82.", ["BT 138/82 mmHg"]),
        ("blodtrykket ditt ligger på 138 over 82 i dag", ["BT 138/82 mmHg"]),
        ("Blodtrykket er hundre og trettiåtte over åttito.", ["BT 138/82 mmHg"]),
        ("Da får jeg 138 over 82.", ["BT 138/82 mmHg"]),
        ("Pulsen er 72.", ["puls 72 /min"]),
        ("pulsen er syttito og regelmessig", ["puls 72 /min regelmessig"]),
        ("72 i puls.", ["puls 72 /min"]),
        ("Puls på 72 slag i minuttet.", ["puls 72 /min"]),
        ("Temperaturen er 38,4 grader.", ["temp 38.4 °C"]),
        ("Tempen er tretti åtte fire.", ["temp 38.4 °C"]),
        ("temperaturen er trettiåtte komma fire", ["temp 38.4 °C"]),
        ("Oksygenmetningen er 97 prosent på romluft.", ["SpO2 97 % på romluft"]),
        ("Metninga er nittisju.", ["SpO2 97 %"]),
        ("Metning 97, puls 88 og blodtrykk 120 over 70.", ["SpO2 97 %", "puls 88 /min", "BT 120/70 mmHg"]),
        ("Respirasjonsfrekvensen er 16.", ["RF 16 /min"]),
        ("Vekta er 82 kilo.", ["vekt 82 kg"]),
        ("Du veier 82,5.", ["vekt 82.5 kg"]),
        ("Peak flow er 420.", ["PEF 420"]),
        ("BMI er 27.", ["BMI 27"]),
        ("Pulsen er fin, den ligger på 68.", ["puls 68 /min"]),
        ("Langtidsblodsukkeret har gått ned fra 60 til 52.", ["HbA1c 60 mmol/mol", "HbA1c 52 mmol/mol"]),
        ("Det var ingen utslag på urinstiksen.", ["urinstiks"]),
        (
            "Urinstiksen er positiv på leukocytter, blod negativ.",
            ["urinstiks positiv på leukocytter", "urinstiks blod"],
        ),
        ("Stiks: leukocytter to pluss, nitritt negativ.", ["urinstiks leukocytter to pluss", "urinstiks nitritt"]),
        ("Blodtrykket i høyre arm er 158 over 96.", ["BT 158/96 mmHg høyre arm"]),
        ("Vekta er 94 kilo, og den var 91 sist.", ["vekt 94 kg", "vekt 91 kg"]),
        ("CRP på 12.", ["CRP 12 mg/l"]),
        ("CRP er mindre enn 5.", ["CRP 5 mg/l <"]),
        ("CRP-en er under fem.", ["CRP 5 mg/l <"]),
        ("CRP over 200.", ["CRP 200 mg/l >"]),
        ("Hb er 13,4.", ["Hb 13.4 g/dl"]),
        ("Langtidsblodsukkeret er 48.", ["HbA1c 48 mmol/mol"]),
        ("Langtidssukkeret er 7,2 prosent.", ["HbA1c 7.2 %"]),
        ("HbA1c var 52.", ["HbA1c 52 mmol/mol"]),
        ("HbA1c 48/6,5.", ["HbA1c 48 mmol/mol", "HbA1c 6.5 %"]),
        ("Blodsukkeret er 7,8.", ["blodsukker 7.8 mmol/l"]),
        ("Kolesterolet er 5,6 og LDL 3,4.", ["kolesterol 5.6 mmol/l", "LDL 3.4 mmol/l"]),
        ("Kreatinin 88 og eGFR 75.", ["kreatinin 88 µmol/l", "eGFR 75 ml/min"]),
        ("TSH er 2,1, ferritin 34 og B12 310.", ["TSH 2.1 mU/l", "ferritin 34 µg/l", "B12 310 pmol/l"]),
        ("Natrium 139, kalium 4,1.", ["natrium 139 mmol/l", "kalium 4.1 mmol/l"]),
        ("INR er 2,4.", ["INR 2.4"]),
        ("PSA på 3,2.", ["PSA 3.2 µg/l"]),
        ("Senkninga er 20.", ["SR 20 mm/h"]),
        ("blodtrykk hundretjueåtte åtti", ["BT 128/80 mmHg"]),
        ("Undertrykket er åttifem og overtrykket hundre og førtifem.", ["BT 145/85 mmHg"]),
        ("Trykket ditt er litt høyt.", ["BT litt høyt"]),
        ("Trykket er en førti over nitti.", ["BT 140/90 mmHg"]),
        ("Høyden er en syttien.", ["høyde 171 cm"]),
        ("Du er en meter og åttito høy.", ["høyde 182 cm"]),
        ("Femtisju kilo, det er to ned siden sist.", ["vekt 57 kg"]),
        ("Vi tar trykket, 150, 90.", ["BT 150/90 mmHg"]),
        ("Hb-en har falt litt, fra 12,5 til 11.", ["Hb 12.5 g/dl", "Hb 11 g/dl"]),
        ("Vekta har gått opp to kilo, du er nå på 84.", ["vekt 84 kg"]),
        ("Leverprøvene er fine.", ["leverprøver fine"]),
        ("PSA-en er fire komma åtte.", ["PSA 4.8 µg/l"]),
        ("Vi fylte ut MADRS sist, og da var det 26 poeng.", ["MADRS 26"]),
        ("Stiksen er blank.", ["urinstiks"]),
        ("Du var oppe i førti grader.", ["temp 40 °C"]),
        ("Blodtrykket gikk fra 160 over 95 til 140 over 85.", ["BT 160/95 mmHg", "BT 140/85 mmHg"]),
        ("CRP-en var fin.", ["CRP fin"]),
        ("Blodprøvene var helt normale.", ["blodprøver helt normale"]),
        ("Pulsen er regelmessig og fin.", ["puls regelmessig og fin"]),
        ("Blodtrykket er litt høyt.", ["BT litt høyt"]),
        ("Streptesten var positiv.", ["strep A positiv"]),
        ("Graviditetstesten er negativ.", ["graviditetstest"]),
        ("Urinstiksen er positiv på leukocytter og nitritt.", ["urinstiks positiv på leukocytter og nitritt"]),
        (
            "Urinstix positiv på leukocytter, negativ på blod.",
            ["urinstiks positiv på leukocytter", "urinstiks på blod"],
        ),
    ],
)
def test_what_the_doctor_measures_in_bokmal(text: str, expected: list[str]) -> None:
    assert short(said((D, text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Blodtrykket ligg på 145 over 90.", ["BT 145/90 mmHg"]),
        ("Temperaturen er 38,9 grader.", ["temp 38.9 °C"]),
        ("Oksygenmettinga er 95 prosent.", ["SpO2 95 %"]),
        ("Du veg 71 kilo.", ["vekt 71 kg"]),
        ("CRP er lågare enn 5.", ["CRP 5 mg/l <"]),
        ("Langtidsblodsukkeret var 55.", ["HbA1c 55 mmol/mol"]),
        ("Blodtrykket er litt høgt.", ["BT litt høgt"]),
        ("Blodprøvane var heilt fine.", ["blodprøver heilt fine"]),
        ("Stiksen viser leukocyttar og nitritt.", ["urinstiks leukocyttar og nitritt"]),
        ("Blodtrykket gjekk frå 160 til 140.", ["BT 160 mmHg", "BT 140 mmHg"]),
    ],
)
def test_what_the_doctor_measures_in_nynorsk(text: str, expected: list[str]) -> None:
    assert short(said((D, text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jeg hadde 39,2 i feber i går kveld.", ["temp 39.2 °C"]),
        ("Hun hadde førti i feber i natt.", ["temp 40 °C"]),
        ("Han hadde feber på 39.", ["temp 39 °C"]),
        ("Jeg veier 82 kilo.", ["vekt 82 kg"]),
        ("Jeg er 172 cm høy.", ["høyde 172 cm"]),
        ("Eg er 1,82 meter høg.", ["høyde 1.82 m"]),
        ("Jeg målte blodtrykket hjemme, det var 150 over 95.", ["BT 150/95 mmHg hjemme"]),
    ],
)
def test_what_is_measured_at_home_counts(text: str, expected: list[str]) -> None:
    assert short(said((P, text))) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Jeg har hatt feber i 3 dager.",
        "Blodtrykket bør være under 140 over 90.",
        "Målet er under 130 over 80.",
        "Normalt er CRP under 5.",
        "Hvis CRP er over 100, må vi legge deg inn.",
        "Jeg har gått ned 5 kilo i vekt.",
        "Det er normalt med en puls på 60 til 80.",
        "Blodtrykket vil vi ha under 140 over 90.",
        "Når INR er under 2, starter du med 5 milligram.",
        "Vekta har gått ned 5 kilo.",
        "Vi måler blodtrykket om 3 måneder.",
        "Jeg tar 50 milligram.",
        "Pulsen er fin og du er 45 år.",
        "Hva er blodtrykket?",
        "Pulsen er fin, så nå tar vi to prøver.",
        "Stoffskiftet ditt er for lavt.",
        "Er temperaturen over 38?",
        "Lasègue er positiv ved førti grader.",
        "Kneet bøyer fra 40 til 120 grader.",
        "Vekta er den samme, tre kilo mindre enn før jul.",
    ],
)
def test_a_goal_a_difference_and_another_number_measure_nothing(text: str) -> None:
    assert not [fact for fact in said((D, text)) if fact.value is not None]


def test_an_answer_is_of_what_was_asked() -> None:
    talk = said((D, "Hva var blodtrykket?"), (P, "138 over 82."), (D, "Hvor mye veier du?"), (P, "82 kilo."))
    assert short(talk) == ["BT 138/82 mmHg", "vekt 82 kg"]


def test_a_temperature_is_the_answer_to_fever() -> None:
    assert short(said((D, "Hvor høy feber har du hatt?"), (P, "39,5 på det meste."))) == ["temp 39.5 °C"]


def test_a_number_after_the_measuring_is_of_what_was_measured() -> None:
    assert short(said((D, "Da tar vi temperaturen."), (P, "Ja."), (D, "38,2."))) == ["temp 38.2 °C"]


def test_what_was_measured_twice_stands_twice() -> None:
    assert short(said((D, "Blodtrykket er 160 over 95."), (D, "Andre måling 150 over 90."))) == [
        "BT 160/95 mmHg",
        "BT 150/90 mmHg",
    ]


def test_what_is_said_again_is_one_fact_with_both_places() -> None:
    (fact,) = said((D, "CRP er 12."), (P, "Ok."), (D, "Ja, CRP 12."))
    assert fact.evidence == (0, 2)


@pytest.mark.parametrize(
    "correction",
    [
        ((D, "Nei, CRP er 112."),),
        ((D, "Nei, jeg så feil, CRP er 112."),),
        ((P, "12?"), (D, "Nei, 112.")),
    ],
)
def test_a_correction_wins(correction: tuple[tuple[Role, str], ...]) -> None:
    (fact,) = said((D, "CRP er 12."), *correction)
    assert str(fact.value) == "112 mg/l"


def test_no_outcome_is_denied_and_one_is_affirmed() -> None:
    positive, negative = said((D, "Streptesten er positiv."), (D, "Urinstiksen er negativ."))
    assert (positive.polarity, negative.polarity) == (Polarity.AFFIRMED, Polarity.DENIED)


def test_what_was_last_time_is_past() -> None:
    now, before = said((D, "Vekta er 94 kilo, og den var 91 sist."))
    assert (now.time, before.time, before.onset) == (Time.PRESENT, Time.PAST, "sist")


@pytest.mark.parametrize(
    ("talk", "times"),
    [
        (((D, "Sist var trykket 160 over 100, i dag 140 over 90."),), [Time.PAST, Time.PRESENT]),
        (
            ((D, "Hvordan er INR?"), (P, "Forrige uke var den 1,6 og nå sa hun på laben 3,9.")),
            [Time.PAST, Time.PRESENT],
        ),
        (((D, "CRP er 16 i dag, mot 40 på mandag."),), [Time.PRESENT, Time.PAST]),
        (((D, "INR er 2,5, da fortsetter vi som før."),), [Time.PRESENT]),
        (((R, "Hun veide 3500 gram da hun ble født, og nå er hun seks kilo."),), [Time.PAST, Time.PRESENT]),
    ],
)
def test_each_number_has_its_own_time(talk: tuple[tuple[Role, str], ...], times: list[Time]) -> None:
    assert [fact.time for fact in said(*talk)] == times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HbA1c 58, HbA1c 53 i fjor, eGFR 82.", [Time.PRESENT, Time.PAST, Time.PRESENT]),
        ("Blodprøvene fra forrige uke: kreatinin 78.", [Time.PRESENT]),
        ("Hb 11,2 (sist 12,4).", [Time.PRESENT, Time.PAST]),
        ("Tidligere Hb 10,4, Hb 11,2, urinstiks uten protein.", [Time.PAST, Time.PRESENT, Time.PRESENT]),
    ],
)
def test_in_a_row_of_a_note_each_number_has_its_own_time(text: str, expected: list[Time]) -> None:
    assert [fact.time for fact in written(text)] == expected


def test_the_row_goes_on_after_the_stick() -> None:
    told = written("Urinstiks uten protein og sukker, glukosebelastning 6,9 mmol/l.")
    assert short(told) == ["urinstiks protein og sukker", "glukosebelastning 6.9 mmol/l"]
    assert [fact.polarity for fact in told] == [Polarity.DENIED, Polarity.AFFIRMED]


def test_what_another_test_shows_is_not_of_the_stick() -> None:
    assert short(written("Urinstiks pos. på blod, CRP negativ.")) == ["urinstiks pos. på blod", "CRP"]


def test_a_negative_answer_of_the_stick_is_not_the_positive_one() -> None:
    positive, negative = said((D, "Stiks: leukocytter to pluss, nitritt negativ."))
    assert (positive.polarity, negative.polarity) == (Polarity.AFFIRMED, Polarity.DENIED)


def test_what_it_came_from_is_past() -> None:
    before, now = said((D, "Blodtrykket har gått fra 160 over 95 til 140 over 85."))
    assert (before.time, now.time) == (Time.PAST, Time.PRESENT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "BT 138/82, puls 72 rgm., temp 38,4, SpO2 97 %.",
            ["BT 138/82 mmHg", "puls 72 /min rgm", "temp 38.4 °C", "SpO2 97 %"],
        ),
        ("CRP 12.", ["CRP 12 mg/l"]),
        ("T: 37,8. P: 72.", ["temp 37.8 °C", "puls 72 /min"]),
        ("CRP <5, Hb 13,2.", ["CRP 5 mg/l <", "Hb 13.2 g/dl"]),
        ("HbA1c 48 mmol/mol.", ["HbA1c 48 mmol/mol"]),
        ("U-stix pos. på leukocytter.", ["urinstiks pos. på leukocytter"]),
        ("BT 1380/82.", ["BT 1380/82 mmHg"]),
        ("Temp 384.", ["temp 384 °C"]),
    ],
)
def test_the_journals_own_style(text: str, expected: list[str]) -> None:
    assert short(written(text)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("CRP er 12, sist uke var den 86.",), [("CRP 12 mg/l", Time.PRESENT), ("CRP 86 mg/l", Time.PAST)]),
        (("Blodprosenten er 10,9, i fjor låg du på 12,8.",), [("Hb 10.9 g/dl", Time.PRESENT), ("Hb 12.8 g/dl", Time.PAST)]),
        (("HbA1c er 58.", "Grensen går på 48.", "For to år siden var det 44."),
         [("HbA1c 58 mmol/mol", Time.PRESENT), ("HbA1c 44 mmol/mol", Time.PAST)]),
        (("Blodtrykket er 156 over 98.", "Det var høyt i mars også.", "Da var det 158 over 100."),
         [("BT 156/98 mmHg", Time.PRESENT), ("BT 158/100 mmHg", Time.PAST)]),
    ],
)  # fmt: skip
def test_the_value_of_last_time_is_past_and_todays_is_not(
    lines: tuple[str, ...], expected: list[tuple[str, Time]]
) -> None:
    told = said(*((D, line) for line in lines))
    assert [(f"{fact.name} {fact.value}", fact.time) for fact in told] == expected


def test_what_the_patient_asks_of_last_time_is_answered_by_a_number_alone() -> None:
    told = said((D, "Langtidssukkeret er sekstito no."), (P, "Kva var det sist?"), (D, "Femtifem."))
    assert [(str(fact.value), fact.time) for fact in told] == [
        ("62 mmol/mol", Time.PRESENT),
        ("55 mmol/mol", Time.PAST),
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ("Då måler eg trykket liggjande fyrst.", "142 over 76.", "Og så ståande.", "112 over 62."),
            ["BT 142/76 mmHg liggjande", "BT 112/62 mmHg ståande"],
        ),
        (("Pulsen er 74, uregelmessig nei, regelmessig, unnskyld.",), ["puls 74 /min regelmessig"]),
        (("LDL, det lumske kolesterolet, er 3,9.",), ["LDL 3.9 mmol/l"]),
        (("170 over 98. Nei, unnskyld, 168 over 98.",), ["BT 168/98 mmHg"]),
        (("EKG viser sinusrytme, frekvens 92.",), ["puls 92 /min"]),
        (("Blodtrykket ble oppdaget i 2018.",), []),
        (("Hun hadde 39 i natt.",), ["temp 39 °C"]),
    ],
)  # fmt: skip
def test_a_number_is_of_what_was_meant(lines: tuple[str, ...], expected: list[str]) -> None:
    assert short(said(*((D, line) for line in lines))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Vekttap, tre kilo.", []), ("Vektauke, fem kilo.", []), ("Vekttap, 3 kg, vekt 56 kg.", ["vekt 56 kg"])],
)
def test_a_change_of_weight_is_no_weight(text: str, expected: list[str]) -> None:
    assert short(written(text)) == expected


def test_when_it_was_measured_stands_in_small_letters() -> None:
    (fact,) = said((R, "I går hadde han 38,4 i feber."))
    assert fact.onset == "i går"

"""Facts in a journal's words: every field, nothing else, in bokmål and in nynorsk."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from kiskriv.draft.fact import About, Action, Fact, Kind, Polarity, Quantity, Side, Time
from kiskriv.draft.language.numbers_written import amount, frequency, often
from kiskriv.draft.writing.own_sentences import Own, shorter
from kiskriv.draft.writing.plain_wording import Plain
from kiskriv.draft.writing.topics import Topic
from kiskriv.draft.writing.wording import Journal
from kiskriv.transcript import Role

NAMES = {"sykmelding": "sjukmelding", "hodepine": "hovudverk", "feber": "feber", "øre": "øyre"}


def q(value: str, unit: str, to: str | None = None) -> Quantity:
    return Quantity(Decimal(value), unit, None if to is None else Decimal(to))


def of(kind: Kind, name: str, *evidence: int, **fields: Any) -> Fact:
    return Fact(kind, name, evidence or (0,), **fields)


symptom = partial(of, Kind.SYMPTOM)
finding = partial(of, Kind.FINDING)
vital = partial(of, Kind.VITAL)
lab = partial(of, Kind.LAB)
drug = partial(of, Kind.MEDICATION)
allergy = partial(of, Kind.ALLERGY)
follow_up = partial(of, Kind.FOLLOW_UP)
sick_leave = partial(of, Kind.SICK_LEAVE)
referral = partial(of, Kind.REFERRAL)
DENIED, UNCERTAIN = Polarity.DENIED, Polarity.UNCERTAIN


def lines(topic: Topic, *facts: Fact, language: str = "nb") -> list[str]:
    return [line.text for line in Journal(language, NAMES if language == "nn" else {}).statements(topic, facts)]


SORE_KNEE = symptom("smerter", side=Side.RIGHT, body="kne", duration=q("2", "week"), detail="verre ved gange")
APOCILLIN = of(
    Kind.MEDICATION, "Apocillin", dose=q("660", "mg"), frequency="4/day", duration=q("7", "day"), action=Action.STARTED
)
RAISED = of(
    Kind.MEDICATION, "metoprolol", dose=q("100", "mg"), frequency="1/day", action=Action.CHANGED, detail="fra 50 mg"
)


@pytest.mark.parametrize(
    ("topic", "fact", "nb", "nn"),
    [
        (Topic.COMPLAINT, SORE_KNEE, "Smerter i høyre kne i 2 uker, verre ved gange.", "Smerter i høgre kne i 2 veker, verre ved gange."),
        (Topic.COMPLAINT, symptom("hodepine", body="hode", onset="siden i går"), "Hodepine siden i går.", "Hovudverk siden i går."),
        (Topic.COMPLAINT, symptom("utslett", body="arm", side=Side.LEFT), "Utslett på venstre arm.", "Utslett på venstre arm."),
        (Topic.COMPLAINT, symptom("smerter", body="kne", side=Side.BOTH),
         "Smerter i kne på begge sider.", "Smerter i kne på begge sider."),
        (Topic.COMPLAINT, symptom("feber", polarity=UNCERTAIN), "Usikkert om feber.", "Usikkert om feber."),
        (Topic.DENIED, symptom("feber", polarity=DENIED), "Ikke feber.", "Ikkje feber."),
        (Topic.BACKGROUND, symptom("astma", time=Time.PAST, onset="som barn"),
         "Tidligere: astma som barn.", "Tidlegare: astma som barn."),
        (Topic.MEDICATION, drug("Eliquis", dose=q("5", "mg"), frequency="2/day", action=Action.CONTINUED),
         "Bruker Eliquis 5 mg x 2.", "Brukar Eliquis 5 mg x 2."),
        (Topic.MEDICATION, drug("faste medisiner", polarity=DENIED), "Ingen faste medisiner.", "Ingen faste medisiner."),
        (Topic.MEDICATION, drug("Ibux", polarity=DENIED), "Bruker ikke Ibux.", "Brukar ikkje Ibux."),
        (Topic.MEDICATION, drug("Marevan", time=Time.PAST, action=Action.STOPPED),
         "Har sluttet med Marevan.", "Har slutta med Marevan."),
        (Topic.MEDICATION, drug("Selexid", time=Time.PAST), "Tidligere: Selexid.", "Tidlegare: Selexid."),
        (Topic.PRESCRIPTION, APOCILLIN, "Apocillin 660 mg x 4 i 7 dager.", "Apocillin 660 mg x 4 i 7 dagar."),
        (Topic.PRESCRIPTION, drug("Marevan", action=Action.STOPPED), "Slutter med Marevan.", "Sluttar med Marevan."),
        (Topic.PRESCRIPTION, RAISED, "Metoprolol økes til 100 mg x 1 (fra 50 mg).", "Metoprolol blir auka til 100 mg x 1 (fra 50 mg)."),
        (Topic.ALLERGY, allergy("penicillin", detail="utslett"), "Allergi: penicillin (utslett).", "Allergi: penicillin (utslett)."),
        (Topic.ALLERGY, allergy("allergier", polarity=DENIED), "Ingen kjente allergier.", "Ingen kjende allergiar."),
        (Topic.ALLERGY, allergy("penicillin", polarity=DENIED), "Tåler penicillin.", "Toler penicillin."),
        (Topic.FINDINGS, finding("trommehinne", side=Side.RIGHT, detail="rød og bukende"),
         "Høyre trommehinne: rød og bukende.", "Høgre trommehinne: rød og bukende."),
        (Topic.MEASURES, lab("HbA1c", value=q("48", "mmol/mol")), "HbA1c 48 mmol/mol.", "HbA1c 48 mmol/mol."),
        (Topic.MEASURES, lab("CRP", value=q("5", "mg/l"), detail="<"), "CRP < 5.", "CRP < 5."),
        (Topic.MEASURES, lab("strep-A", polarity=DENIED, detail="negativ"), "Strep-A negativ.", "Strep-A negativ."),
        (Topic.MEASURES, lab("urinstiks", polarity=DENIED, detail="protein og sukker"),
         "Urinstiks uten protein og sukker.", "Urinstiks utan protein og sukker."),
        (Topic.MEASURES, lab("Hb", time=Time.PAST, value=q("10.4", "g/dl")), "Tidligere Hb 10,4.", "Tidlegare Hb 10,4."),
        (Topic.FINDINGS, finding("skuffetest", polarity=DENIED), "Skuffetest: negativ.", "Skuffetest: negativ."),
        (Topic.FINDINGS, finding("ST-forandringer", polarity=DENIED), "Ikke ST-forandringer.", "Ikkje ST-forandringer."),
        (Topic.FOLLOW_UP, follow_up("kontroll", detail="med tolk"), "Kontroll med tolk.", "Kontroll med tolk."),
        (Topic.REFERRAL, referral("hudlege", duration=q("1", "week")),
         "Henvises til hudlege om 1 uke.", "Blir tilvist til hudlege om 1 veke."),
        (Topic.FOLLOW_UP, follow_up("kontroll", duration=q("2", "week")), "Kontroll om 2 uker.", "Kontroll om 2 veker."),
        (Topic.SICK_LEAVE, sick_leave("sykmelding", value=q("50", "%"), duration=q("2", "week")),
         "Sykmelding 50 % i 2 uker.", "Sjukmelding 50 % i 2 veker."),
        (Topic.REFERRAL, referral("MR", side=Side.LEFT, body="kne"),
         "Henvises til MR i venstre kne.", "Blir tilvist til MR i venstre kne."),
    ],
)  # fmt: skip
def test_a_fact_is_one_short_line(topic: Topic, fact: Fact, nb: str, nn: str) -> None:
    assert lines(topic, fact) == [nb]
    assert lines(topic, fact, language="nn") == [nn]


def test_what_was_denied_in_one_stretch_is_one_line_that_points_to_all_of_it() -> None:
    denied = [symptom(name, at, polarity=DENIED) for at, name in enumerate(("feber", "kvalme", "hoste"))]
    (line,) = Journal().statements(Topic.DENIED, denied)
    assert (line.text, line.evidence) == ("Ikke feber, kvalme eller hoste.", (0, 1, 2))


def test_vital_signs_are_one_line_and_laboratory_values_another() -> None:
    facts = [
        vital("BT", 1, value=q("138", "mmHg", "82")),
        lab("CRP", 2, value=q("74", "mg/l")),
        vital("temp", 3, value=q("38.4", "°C")),
        vital("SpO2", 3, value=q("96", "%")),
    ]
    assert [(line.text, line.evidence) for line in Journal().statements(Topic.MEASURES, facts)] == [
        ("BT 138/82, temp 38,4, SpO2 96 %.", (1, 3)),
        ("CRP 74.", (2,)),
    ]


def test_a_name_that_was_heard_almost_stands_as_it_was_heard() -> None:
    assert lines(Topic.PRESCRIPTION, drug("Apocillin", spelling="apossillin", action=Action.STARTED)) == ["Apossillin."]


def test_a_name_keeps_its_own_capitals() -> None:
    assert lines(Topic.MEASURES, lab("eGFR", value=q("82", "ml/min"))) == ["eGFR 82."]


def test_an_event_does_not_last_but_was_some_time_ago() -> None:
    (line,) = Journal(events=frozenset({"fall"})).statements(
        Topic.COMPLAINT, [symptom("fall", duration=q("2", "week"))]
    )
    assert line.text == "Fall for 2 uker siden."


def test_a_habit_that_was_is_said_to_have_been() -> None:
    assert lines(Topic.HABITS, symptom("røyking", time=Time.PAST)) == ["Tidligere: røyking."]
    assert lines(Topic.HABITS, symptom("snus", polarity=DENIED)) == ["Ikke snus."]


def test_tests_that_are_taken_now_share_a_line() -> None:
    ordered = [follow_up("CRP"), follow_up("kontroll", duration=q("1", "week")), follow_up("urinprøve")]
    assert lines(Topic.FOLLOW_UP, *ordered) == ["Kontroll om 1 uke.", "Planlagt: CRP, urinprøve."]


def test_tests_of_one_day_share_a_line_with_the_day() -> None:
    ordered = [follow_up("TSH", onset="i dag"), follow_up("CRP", onset="på fredag"), follow_up("Hb", onset="i dag")]
    assert lines(Topic.FOLLOW_UP, *ordered) == ["TSH, Hb i dag.", "CRP på fredag."]


def test_diseases_of_which_only_the_name_was_said_share_a_line() -> None:
    facts = [symptom("astma"), symptom("gikt", onset="siden i fjor"), symptom("diabetes type 2")]
    assert lines(Topic.BACKGROUND, *facts) == ["Astma, diabetes type 2.", "Gikt siden i fjor."]


def test_what_one_is_stands_in_no_list_of_what_one_has_not() -> None:
    facts = [symptom(name, polarity=DENIED) for name in ("feber", "gravid", "hoste")]
    assert lines(Topic.DENIED, *facts) == ["Ikke feber eller hoste.", "Ikke gravid."]


def test_a_dose_before_that_was_said_in_words_tells_the_direction_too() -> None:
    raised = drug("Levaxin", dose=q("100", "µg"), action=Action.CHANGED, detail="fra syttifem")
    assert lines(Topic.PRESCRIPTION, raised) == ["Levaxin økes til 100 µg (fra syttifem)."]


def test_the_direction_of_a_change_is_said_only_where_both_doses_were() -> None:
    lowered = drug("metoprolol", dose=q("50", "mg"), action=Action.CHANGED, detail="fra 100 mg")
    unknown = drug("metoprolol", dose=q("50", "mg"), action=Action.CHANGED)
    assert lines(Topic.PRESCRIPTION, lowered, unknown) == [
        "Metoprolol reduseres til 50 mg (fra 100 mg).",
        "Metoprolol endres til 50 mg.",
    ]


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (SORE_KNEE, ("smerter", "høyre", "kne", "2 uker", "verre ved gange")),
        (APOCILLIN, ("Apocillin", "660 mg", "x 4", "7 dager")),
        (
            vital("temp", value=q("38.7", "°C"), onset="på mandag", detail="hjemme"),
            ("temp", "38,7", "på mandag", "hjemme"),
        ),
        (
            follow_up("kontroll", onset="fredag", detail="ved forverring"),
            ("kontroll", "fredag", "ved forverring"),
        ),
        (referral("ortoped", detail="haster", onset="i dag"), ("ortoped", "haster", "i dag")),
        (allergy("nøtter", detail="hevelse", polarity=UNCERTAIN), ("usikkert", "nøtter", "hevelse")),
    ],
)
def test_every_field_stands_in_the_words(fact: Fact, words: tuple[str, ...]) -> None:
    assert all(word in Journal().phrase(fact) for word in words)


@pytest.mark.parametrize(
    ("canonical", "nb", "nn", "in_full"),
    [
        ("3/day", "x 3", "x 3", "3 ganger daglig"),
        ("1/day evening", "x 1 om kvelden", "x 1 om kvelden", "1 gang daglig om kvelden"),
        ("morning evening", "morgen og kveld", "morgon og kveld", "morgen og kveld"),
        ("1+0+1", "1+0+1", "1+0+1", "1+0+1"),
        ("2/week", "x 2 i uken", "x 2 i veka", "2 ganger i uken"),
        ("0.5/day", "annenhver dag", "annankvar dag", "annenhver dag"),
        ("3/day as-needed", "x 3 ved behov", "x 3 ved behov", "3 ganger daglig ved behov"),
        ("night", "til natten", "til natta", "til natten"),
        ("once", "én gang", "éin gong", "én gang"),
    ],
)
def test_how_often_is_written_as_a_doctor_does_and_in_full_for_the_patient(
    canonical: str, nb: str, nn: str, in_full: str
) -> None:
    assert (frequency(canonical, "nb"), frequency(canonical, "nn"), often(canonical, "nb")) == (nb, nn, in_full)


@pytest.mark.parametrize(
    ("quantity", "nb", "nn"),
    [
        (q("1.5", "tablet"), "1,5 tabletter", "1,5 tablettar"),
        (q("0.5", "tablet"), "0,5 tablett", "0,5 tablett"),
        (q("1", "week"), "1 uke", "1 veke"),
        (q("2", "day", "3"), "2-3 dager", "2-3 dagar"),
        (q("138", "mmHg", "82"), "138/82", "138/82"),
        (q("1000", "mg"), "1000 mg", "1000 mg"),
    ],
)
def test_amounts_have_a_comma_and_their_unit(quantity: Quantity, nb: str, nn: str) -> None:
    assert (amount(quantity, "nb"), amount(quantity, "nn")) == (nb, nn)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("jeg tror at du har en lungebetennelse på høyre side", "trolig lungebetennelse på høyre side"),
        ("jeg tror dette er en virusinfeksjon", "trolig virusinfeksjon"),
        ("jeg tror ikke dette er farlig", "jeg tror ikke dette er farlig"),
        ("jeg tror at det ikke er farlig", "jeg tror at det ikke er farlig"),
        ("jeg tror det er best å vente", "jeg tror det er best å vente"),
        ("det er ikke tegn til hjertesvikt", "ikke tegn til hjertesvikt"),
        ("jeg hører ingen piping", "ingen piping"),
        ("jeg hører noe på høyre side", "jeg hører noe på høyre side"),
        ("jeg ser ikke noe galt", "jeg ser ikke noe galt"),
        ("du er øm over kneskålen", "øm over kneskålen"),
        ("halsen er litt rød", "halsen er litt rød"),
    ],
)
def test_a_doctors_opening_is_shortened_only_where_the_meaning_stays(said: str, written: str) -> None:
    assert shorter(said) == written


def test_the_doctors_guess_stays_a_guess_in_nynorsk() -> None:
    assert shorter("eg trur at det er ein virusinfeksjon", "nn") == "truleg virusinfeksjon"


def test_what_the_patient_said_stands_between_quotation_marks_with_whose_it_is() -> None:
    worry = Own(Topic.WISH, "jeg er redd for at det er kreft", 3, Role.PATIENT)
    assert Journal().own(worry) == "Pasienten: «jeg er redd for at det er kreft»."
    assert Journal("nn").own(Own(Topic.STORY, "ho datt", 3, Role.RELATED_PERSON)) == "Pårørande: «ho datt»."


@pytest.mark.parametrize(
    ("topic", "fact", "plain"),
    [
        (Topic.PRESCRIPTION, APOCILLIN, "Ta Apocillin 660 mg 4 ganger daglig i 7 dager."),
        (Topic.PRESCRIPTION, drug("Marevan", action=Action.STOPPED), "Slutt med Marevan."),
        (Topic.SICK_LEAVE, sick_leave("sykmelding", value=q("50", "%")), "Du er sykmeldt 50 %."),
        (Topic.FOLLOW_UP, follow_up("kontakt", detail="ved feber"), "Ta kontakt ved feber."),
        (Topic.REFERRAL, referral("ortoped"), "Du blir henvist til ortoped."),
        (Topic.MEASURES, vital("BT", value=q("138", "mmHg", "82")), "Blodtrykk 138/82."),
    ],
)
def test_a_letter_says_it_in_plain_words(topic: Topic, fact: Fact, plain: str) -> None:
    assert [line.text for line in Plain().statements(topic, [fact])] == [plain]


def test_a_relatives_disease_is_said_to_be_theirs() -> None:
    cancer = symptom("brystkreft", about=About.RELATIVE)
    assert Journal().family("mor", [cancer]).text == "Mor: brystkreft."
    assert Journal().family("", [cancer]).text == "Familie: brystkreft."

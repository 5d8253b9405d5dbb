"""The grounded draft: the right heading, true evidence, nothing said nothing written; in the form that is asked for."""

from __future__ import annotations

import json
import weakref
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kiskriv.draft import clinic
from kiskriv.draft.drafter import GroundedDrafter
from kiskriv.draft.fact import About, Action, Fact, Kind, Polarity, Quantity, Side, Time
from kiskriv.errors import ConfigError
from kiskriv.note import Concern, Form, Note
from kiskriv.transcript import Doubt, Role, Transcript, Utterance, Word

D, P, R, U = Role.PRACTITIONER, Role.PATIENT, Role.RELATED_PERSON, Role.UNKNOWN
DEMO = Path(__file__).parents[2] / "demo" / "consultation.json"
NOTE = Form("Journalnotat", "nb")
DRAFTER = GroundedDrafter(clinic.load())


def said(*lines: tuple[Role, str], language: str = "nb") -> Transcript:
    return Transcript(
        language,
        tuple(
            Utterance(i, role, str(role), tuple(Word(i, i + 0.5, w, 0.9) for w in text.split()))
            for i, (role, text) in enumerate(lines)
        ),
    )


def sections(note: Note) -> dict[str, list[tuple[str, tuple[int, ...]]]]:
    return {s.heading: [(t.text, t.evidence) for t in s.statements] for s in note.sections if s.statements}


def drafted(
    *lines: tuple[Role, str], form: Form = NOTE, facts: tuple[Fact, ...] | None = ()
) -> dict[str, list[tuple[str, tuple[int, ...]]]]:
    """The filled sections; by default with no facts, so that only the own sentences are looked at."""
    return sections(DRAFTER.draft(said(*lines, language=form.language), form, facts))


def symptom(name: str, *evidence: int, **fields: Any) -> Fact:
    return Fact(Kind.SYMPTOM, name, evidence, **fields)


def test_nothing_said_nothing_drafted() -> None:
    note = DRAFTER.draft(said(), Form())
    assert note.empty
    assert [section.heading for section in note.sections] == ["Anamnese", "Funn", "Vurdering", "Tiltak"]


@pytest.mark.parametrize(
    ("text", "heading", "written"),
    [
        ("Lungene høres fine ut.", "Funn", "Lungene høres fine ut."),
        ("Jeg hører ingen piping.", "Funn", "Ingen piping."),
        ("Du er øm over kneskålen på høyre side.", "Funn", "Øm over kneskålen på høyre side."),
        ("Ja, halsen er litt rød.", "Funn", "Halsen er litt rød."),
        ("Jeg tror dette er en halsbetennelse.", "Vurdering", "Trolig halsbetennelse."),
        ("Dette tyder på en virusinfeksjon.", "Vurdering", "Dette tyder på en virusinfeksjon."),
        ("Det er ikke tegn til hjertesvikt.", "Vurdering", "Ikke tegn til hjertesvikt."),
        ("Ok, da, drikk godt og hvil.", "Tiltak", "Drikk godt og hvil."),
        ("Jeg sender prøven til mikrobiologen.", "Tiltak", "Sender prøven til mikrobiologen."),
        ("Kom tilbake hvis det blir verre.", "Tiltak", "Kom tilbake hvis det blir verre."),
        ("Ring legevakten hvis du får høy feber igjen.", "Tiltak", "Ring legevakten hvis du får høy feber igjen."),
        ("Eg trur det er ein virusinfeksjon.", "Vurdering", "Trolig virusinfeksjon."),
        ("Neers test er positiv.", "Funn", "Neers test er positiv."),
        ("Lungene høyrest fine ut.", "Funn", "Lungene høyrest fine ut."),
    ],
)
def test_the_doctors_own_sentence_goes_under_its_heading_and_is_only_cut(text: str, heading: str, written: str) -> None:
    assert drafted((D, text)) == {heading: [(written, (0,))]}


@pytest.mark.parametrize(
    ("role", "text", "quoted"),
    [
        (P, "Jeg er redd for at det er kreft.", "Pasienten: «Jeg er redd for at det er kreft»."),
        (P, "Ja, altså, jeg vred kneet på fotballtrening.", "Pasienten: «jeg vred kneet på fotballtrening»."),
        (P, "Jeg jobber som snekker.", "Pasienten: «Jeg jobber som snekker»."),
        (R, "Han falt i trappa på søndag.", "Pårørende: «Han falt i trappa på søndag»."),
    ],
)
def test_what_the_patient_tells_is_quoted_as_the_patients(role: Role, text: str, quoted: str) -> None:
    assert drafted((role, text)) == {"Anamnese": [(quoted, (0,))]}


@pytest.mark.parametrize(
    ("role", "text"),
    [
        (D, "God morgen, kom inn og sett deg."),
        (P, "Takk, det var et fint vær i dag."),
        (P, "Hei, hyggelig å se deg."),
        (D, "God bedring."),
        (P, "Er det farlig?"),
        (D, "Hva kan jeg hjelpe deg med?"),
        (D, "Pust dypt inn og ut, så hører jeg på lungene."),
        (D, "Gap opp, så ser jeg i halsen."),
        (D, "Nå skal jeg undersøke magen din."),
        (D, "Vanligvis går slike virus over av seg selv."),
        (D, "En vanlig bivirkning er at magen blir urolig."),
        (P, "Ja."),
        (U, "– , ."),
    ],
)
def test_small_talk_questions_instructions_and_explanations_stay_out(role: Role, text: str) -> None:
    assert drafted((role, text)) == {}


@pytest.mark.parametrize(
    ("text", "heading", "written"),
    [
        ("Dette er en bakteriell halsbetennelse.", "Vurdering", "Bakteriell halsbetennelse."),
        ("Dette er ein lungebetennelse.", "Vurdering", "Lungebetennelse."),
        ("Da er dette en ukomplisert urinveisinfeksjon.", "Vurdering", "Ukomplisert urinveisinfeksjon."),
        ("Jeg mistenker en meniskskade.", "Vurdering", "Mistenker en meniskskade."),
        ("Du har smertebue mellom 60 og 120 grader.", "Funn", "Smertebue mellom 60 og 120 grader."),
        ("Det er knatrelyder nederst på venstre side.", "Funn", "Knatrelyder nederst på venstre side."),
        ("Jeg kjenner her ingen ømhet over ankelen.", "Funn", "Ingen ømhet over ankelen."),
        ("Den måler elleve millimeter.", "Funn", "Den måler elleve millimeter."),
        ("Ok, så fornyer jeg alle tre for et år.", "Tiltak", "Fornyer alle tre for et år."),
    ],
)
def test_openings_that_say_nothing_are_cut(text: str, heading: str, written: str) -> None:
    assert drafted((D, text)) == {heading: [(written, (0,))]}


@pytest.mark.parametrize(
    ("role", "text"),
    [
        (D, "Noen må opereres, men det er de som får lammelser."),
        (D, "Ved lengre bruk kan man få beinskjørhet."),
        (P, "Hun er redd for Xarelto."),
        (P, "Så byttet de på sykehuset."),
        (P, "Det begynte etter at vi var på Geilo."),
        (P, "Jeg har kuttet ned."),
    ],
)
def test_generalities_and_other_peoples_matters_stay_out(role: Role, text: str) -> None:
    assert drafted((role, text)) == {}


def test_a_name_is_quoted_where_it_is_a_drugs_or_where_one_caught_something() -> None:
    assert drafted((P, "Jeg er redd for å slutte med Marevan."))
    assert drafted((P, "Det begynte da vi kom hjem fra Thailand."))


def test_a_question_with_its_answer_is_nobodys_own_sentence() -> None:
    assert drafted((D, "Ble det verre etter at du begynte å trene?"), (P, "Ja.")) == {}


def test_each_clause_of_the_doctor_goes_where_it_belongs() -> None:
    found = drafted((D, "CRP er 74, så jeg tror at du har en lungebetennelse på høyre side."))
    assert found == {"Vurdering": [("Trolig lungebetennelse på høyre side.", (0,))]}


def test_with_one_unknown_voice_the_words_decide() -> None:
    found = drafted((U, "Halsen er rød."), (U, "Jeg tror det er en halsbetennelse."))
    assert found == {"Funn": [("Halsen er rød.", (0,))], "Vurdering": [("Trolig halsbetennelse.", (1,))]}


@pytest.mark.parametrize("doubt", list(Doubt))
def test_nothing_that_is_in_doubt_is_written_into_a_note(doubt: Doubt) -> None:
    (sure,) = said((D, "Jeg tror dette er en halsbetennelse.")).utterances
    doubted = replace(sure, words=tuple(replace(word, doubt=doubt) for word in sure.words))
    assert not DRAFTER.draft(Transcript("nb", (sure,)), NOTE).empty
    assert DRAFTER.draft(Transcript("nb", (doubted,)), NOTE).empty


TALK = tuple((P if i % 2 else D, f"utsagn {i}") for i in range(8))
"""Facts may rest on these; no rule finds anything in them."""


def test_the_main_complaint_comes_first_and_what_is_of_one_part_of_the_body_stands_together() -> None:
    facts = (
        symptom("feber", 0, 1, polarity=Polarity.DENIED),
        symptom("smerter", 1, body="kne", side=Side.RIGHT),
        symptom("hoste", 3, onset="siden fredag"),
        symptom("hevelse", 5, body="kne", side=Side.RIGHT),
        symptom("diabetes type 2", 7),
    )
    assert drafted(*TALK, facts=facts)["Anamnese"] == [
        ("Smerter i høyre kne.", (1,)),
        ("Hevelse i høyre kne.", (5,)),
        ("Hoste siden fredag.", (3,)),
        ("Ikke feber.", (0, 1)),
        ("Diabetes type 2.", (7,)),
    ]


def test_others_stay_out_and_only_a_named_relatives_disease_is_family_history() -> None:
    talk = ((P, "Mora mi hadde brystkreft."), (R, "Jeg har diabetes selv."), (P, "Naboen hadde influensa."))
    facts = (
        symptom("brystkreft", 0, about=About.RELATIVE, time=Time.PAST),
        symptom("diabetes type 2", 1, about=About.RELATIVE),
        symptom("influensa", 2, about=About.OTHER),
        Fact(Kind.MEDICATION, "Marevan", (0,), about=About.RELATIVE),
    )
    assert drafted(*talk, facts=facts) == {"Anamnese": [("Mor: brystkreft.", (0,))]}


def test_a_symptom_that_the_doctor_alone_spoke_of_is_no_complaint() -> None:
    assert drafted(*TALK, facts=(symptom("hjertebank", 2),)) == {}
    assert drafted(*TALK, facts=(symptom("hjertebank", 2, 3),)) == {"Anamnese": [("Hjertebank.", (2, 3))]}


def test_what_may_come_is_no_complaint() -> None:
    assert drafted(*TALK, facts=(symptom("feber", 1, time=Time.PLANNED),)) == {}


def test_a_sentence_of_findings_is_written_only_for_what_was_looked_at() -> None:
    pulse = (Fact(Kind.VITAL, "puls", (0,), value=Quantity(Decimal(72), "/min")),)
    assert drafted((D, "Jeg kjenner at pulsen er 72."), facts=pulse) == {"Funn": [("Puls 72.", (0,))]}
    both = {"Funn": [("Hjertet har rene toner, pulsen er 72.", (0,)), ("Puls 72.", (0,))]}
    assert drafted((D, "Hjertet har rene toner, pulsen er 72."), facts=pulse) == both
    assert drafted((D, "Og noe for magen, Somac 20 milligram.")) == {}


def test_what_is_short_and_about_something_named_before_stays_out() -> None:
    assert drafted((P, "Den er bedre.")) == {}
    assert drafted((D, "Fortsett med den.")) == {}
    assert drafted((D, "Ja, litt lite, men det er ikke farlig.")) == {}
    assert drafted((D, "Det anbefaler jeg ikke på forhånd.")) == {}
    assert drafted((D, "Det er en lungebetennelse.")) == {"Vurdering": [("Lungebetennelse.", (0,))]}
    assert drafted((D, "Ta det med ro.")) == {"Tiltak": [("Ta det med ro.", (0,))]}


def test_what_the_patient_says_of_others_is_not_quoted() -> None:
    assert drafted((P, "Naboen min falt på isen i går.")) == {}
    assert drafted((P, "Søsteren min jobber på sykehuset.")) == {}


def test_what_the_facts_say_already_is_not_quoted_as_well() -> None:
    lasting = symptom("sår hals", 0, duration=Quantity(Decimal(4), "day"), detail="verst når jeg svelger")
    talk = ((P, "Sår hals i fire dager, verst når jeg svelger."),)
    assert drafted(*talk, facts=(lasting,)) == {"Anamnese": [("Sår hals i 4 dager, verst når jeg svelger.", (0,))]}


def test_what_the_patient_uses_is_history_and_what_the_doctor_begins_is_a_measure() -> None:
    facts = (
        Fact(Kind.MEDICATION, "metoprolol", (1,), dose=Quantity(Decimal(50), "mg"), action=Action.CONTINUED),
        Fact(
            Kind.MEDICATION,
            "Apocillin",
            (2,),
            time=Time.PLANNED,
            dose=Quantity(Decimal(660), "mg"),
            action=Action.STARTED,
        ),
    )
    assert drafted(*TALK, facts=facts) == {
        "Anamnese": [("Bruker metoprolol 50 mg.", (1,))],
        "Tiltak": [("Apocillin 660 mg.", (2,))],
    }


def test_a_drug_that_is_not_used_is_written_where_it_was_asked_for_or_decided() -> None:
    def not_used(*evidence: int, **fields: Any) -> tuple[Fact, ...]:
        return (Fact(Kind.MEDICATION, "Ibux", evidence, Polarity.DENIED, **fields),)

    assert drafted(*TALK, facts=not_used(1)) == {}
    assert drafted(*TALK, facts=not_used(0, 1)) == {"Anamnese": [("Bruker ikke Ibux.", (0, 1))]}
    assert drafted(*TALK, facts=not_used(2, time=Time.PLANNED)) == {"Tiltak": [("Skal ikke bruke Ibux.", (2,))]}
    assert drafted(*TALK, facts=(Fact(Kind.MEDICATION, "faste medisiner", (1,), Polarity.DENIED),)) != {}


def test_a_temperature_taken_at_home_is_history() -> None:
    facts = (Fact(Kind.VITAL, "temp", (1,), value=Quantity(Decimal("38.7"), "°C"), onset="på mandag"),)
    assert drafted(*TALK, facts=facts) == {"Anamnese": [("Temp 38,7 på mandag.", (1,))]}


def test_a_whole_sick_leave_has_its_percent_only_where_it_was_said() -> None:
    facts = (Fact(Kind.SICK_LEAVE, "sykmelding", (0,), value=Quantity(Decimal(100), "%")),)
    assert drafted((D, "Da blir du borte en uke."), facts=facts) == {"Tiltak": [("Sykmelding.", (0,))]}
    assert drafted((D, "Da blir det hundre prosent."), facts=facts) == {"Tiltak": [("Sykmelding 100 %.", (0,))]}


def test_a_finding_that_the_doctors_sentence_says_is_not_said_again() -> None:
    facts = (Fact(Kind.FINDING, "trommehinne", (0,), side=Side.RIGHT, detail="rød"),)
    assert drafted((D, "Høyre trommehinne er rød."), facts=facts) == {"Funn": [("Høyre trommehinne er rød.", (0,))]}


def test_a_finding_in_other_words_is_not_said_again_but_with_its_side_it_is() -> None:
    tender = Fact(Kind.FINDING, "ømhet", (0,))
    assert drafted((D, "Du er øm og hoven her."), facts=(tender,)) == {"Funn": [("Øm og hoven her.", (0,))]}
    left = replace(tender, side=Side.LEFT, body="ankel")
    assert ("Ømhet i venstre ankel.", (0,)) in drafted((D, "Du er øm og hoven her."), facts=(left,))["Funn"]


def test_a_drug_that_is_a_fact_is_not_quoted_as_well() -> None:
    facts = (Fact(Kind.MEDICATION, "Ventoline", (0,), action=Action.CONTINUED),)
    talk = ((P, "Jeg har en Ventoline som jeg tar når jeg trenger det."),)
    assert drafted(*talk, facts=facts) == {"Anamnese": [("Bruker Ventoline.", (0,))]}


def test_a_prescription_is_not_written_twice() -> None:
    facts = (Fact(Kind.MEDICATION, "losartan", (0,), dose=Quantity(Decimal(100), "mg"), action=Action.CHANGED),)
    assert drafted((D, "Jeg sender ny resept på 100 milligram."), facts=facts) == {
        "Tiltak": [("Losartan endres til 100 mg.", (0,))]
    }


def test_what_the_doctor_concludes_is_an_assessment_even_where_its_sentence_is_not_kept() -> None:
    injury = symptom("leddbåndskade", 0)
    talk = ((D, "Så dette er en leddbåndskade du trenger ikke røntgen."), (P, "Du har sagt at det er gikt."))
    not_sent = Fact(Kind.REFERRAL, "røntgen", (0,), Polarity.DENIED)
    found = drafted(*talk, facts=(injury, symptom("urinsyregikt", 1), not_sent))
    assert found["Vurdering"] == [("Leddbåndskade.", (0,))]
    assert found["Anamnese"] == [("Urinsyregikt.", (1,))]


@pytest.mark.parametrize(
    "text", ["Jeg kan ikke si at det er demens.", "Det kan være mye. Demens, for eksempel.", "Vi må utelukke demens."]
)
def test_what_the_doctor_only_thinks_of_is_not_written_as_a_disease(text: str) -> None:
    found = drafted((D, text), facts=(symptom("demens", 0),))
    assert not [line for lines in found.values() for line, _ in lines if line.startswith("Demens")]


def test_a_disease_that_the_doctor_reads_aloud_is_background() -> None:
    found = drafted((D, "Du har diabetes fra før, ser jeg."), facts=(symptom("diabetes type 2", 0),))
    assert found["Anamnese"] == [("Diabetes type 2.", (0,))]


def test_a_finding_that_is_no_more_than_its_measure_is_not_said_twice() -> None:
    beat = Fact(Kind.VITAL, "fosterlyd", (0,), value=Quantity(Decimal(144), "/min"), detail="regelmessig")
    heard = Fact(Kind.FINDING, "fosterlyd", (0,))
    assert drafted((D, "Fosterlyden er 144 og regelmessig."), facts=(beat, heard)) == {
        "Funn": [("Fosterlyd 144 /min (regelmessig).", (0,))]
    }


def test_no_others_is_not_none() -> None:
    pollen = Fact(Kind.ALLERGY, "pollen", (1,))
    none = Fact(Kind.ALLERGY, "allergi", (1,), Polarity.DENIED)
    assert drafted(*TALK, facts=(pollen, none)) == {"Anamnese": [("Allergi: pollen.", (1,))]}
    assert drafted(*TALK, facts=(none,)) == {"Anamnese": [("Ingen kjente allergier.", (1,))]}


def test_a_relatives_age_is_kept_and_the_relative_named_once() -> None:
    father = symptom("hjerteinfarkt", 0, about=About.RELATIVE, detail="far, 52 år")
    assert drafted((P, "Faren min døde av infarkt."), facts=(father,)) == {
        "Anamnese": [("Far: hjerteinfarkt, 52 år.", (0,))]
    }


def test_whom_to_call_and_how_soon_are_written_as_they_were_said() -> None:
    call = Fact(Kind.FOLLOW_UP, "kontakt", (0,), detail="hvis du får brystsmerter")
    talk = ((D, "Får du brystsmerter, så ringer du 113."),)
    assert drafted(*talk, facts=(call,))["Tiltak"] == [("Ring 113 hvis du får brystsmerter.", (0,))]
    either = (D, "Får du brystsmerter, så ringer du oss eller legevakta."), (P, "Ja.")
    assert drafted(*either, facts=(call,))["Tiltak"] == [("Kontakt legevakt eller oss hvis du får brystsmerter.", (0,))]
    week = Quantity(Decimal(1), "week")
    sent = Fact(Kind.REFERRAL, "hudlege", (0,), duration=week)
    soon, later = (D, "Du får time hos hudlege innen en uke."), (D, "Du får time hos hudlege om en uke.")
    assert drafted(soon, facts=(sent,))["Tiltak"] == [("Henvises til hudlege innen 1 uke.", (0,))]
    assert drafted(later, facts=(sent,))["Tiltak"] == [("Henvises til hudlege om 1 uke.", (0,))]


def test_a_sick_leave_that_was_is_history() -> None:
    was = Fact(Kind.SICK_LEAVE, "sykmelding", (1,), time=Time.PAST, value=Quantity(Decimal(50), "%"))
    assert drafted(*TALK, facts=(was,)) == {"Anamnese": [("Tidligere: sykmelding 50 %.", (1,))]}


def test_an_agreement_that_is_a_fact_is_not_said_again_in_the_doctors_words() -> None:
    facts = (Fact(Kind.FOLLOW_UP, "kontroll", (0,), time=Time.PLANNED, duration=Quantity(Decimal(2), "week")),)
    assert drafted((D, "Kom til kontroll om to uker."), facts=facts) == {"Tiltak": [("Kontroll om 2 uker.", (0,))]}


def test_the_first_form_is_a_note_in_the_language_of_the_settings() -> None:
    assert GroundedDrafter(clinic.load()).forms[0] == Form("Journalnotat", "nb")
    assert GroundedDrafter(clinic.load(), Form("", "nn")).forms[0] == Form("Journalnotat", "nn")
    with pytest.raises(KeyError):
        DRAFTER.draft(said(), Form("Ukjent", "nb"))


def test_the_settings_may_name_another_first_template_but_not_one_that_is_not_there() -> None:
    assert GroundedDrafter(clinic.load(), Form("Henvisning", "nb")).forms[0] == Form("Henvisning", "nb")
    with pytest.raises(ConfigError):
        GroundedDrafter(clinic.load(), Form("Ukjent", "nb"))


def test_which_form_comes_first_is_in_the_digest() -> None:
    forms = (Form("", "nb"), Form("", "nn"), Form("Henvisning", "nb"))
    assert len({GroundedDrafter(clinic.load(), form).digest for form in forms}) == len(forms)
    assert GroundedDrafter(clinic.load(), forms[1]).digest == GroundedDrafter(clinic.load(), forms[1]).digest


def test_a_note_in_nynorsk_has_its_words_in_nynorsk() -> None:
    facts = (
        symptom("hodepine", 1, duration=Quantity(Decimal(2), "week")),
        symptom("kvalme", 0, 1, polarity=Polarity.DENIED),
    )
    found = drafted(*TALK, form=Form("Journalnotat", "nn"), facts=facts)
    assert [text for text, _ in found["Anamnese"]] == ["Hovudverk i 2 veker.", "Ikkje kvalme."]


def test_the_same_facts_become_every_document() -> None:
    talk = (*TALK[:-1], (D, "Jeg tror dette er en halsbetennelse."))
    facts = (
        symptom("sår hals", 1),
        Fact(Kind.MEDICATION, "Apocillin", (2,), time=Time.PLANNED, frequency="4/day", action=Action.STARTED),
        Fact(Kind.REFERRAL, "øre-nese-hals", (4,)),
        Fact(Kind.SICK_LEAVE, "sykmelding", (6,), duration=Quantity(Decimal(3), "day")),
    )
    referral = drafted(*talk, form=Form("Henvisning", "nb"), facts=facts)
    assert list(referral) == ["Problemstilling", "Aktuelt", "Medisiner", "Ønsket"]
    leave = drafted(*talk, form=Form("Sykmelding", "nb"), facts=facts)
    assert leave["Sykmelding"] == [("Sykmelding i 3 dager.", (6,))]
    letter = drafted(*talk, form=Form("Brev til pasienten", "nb"), facts=facts)
    assert letter["Hva legen mener"] == [("Jeg tror dette er en halsbetennelse.", (7,))]
    assert letter["Medisiner"] == [("Ta Apocillin 4 ganger daglig.", (2,))]
    assert ("Du er sykmeldt i 3 dager.", (6,)) in letter["Hva du skal gjøre"]


def test_a_topic_that_the_template_has_no_place_for_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "kort.txt").write_text("title: Kort\n[Alt]\nassessment\n", encoding="utf-8")
    short = GroundedDrafter(clinic.load(tmp_path))
    note = short.draft(said((D, "Halsen er rød. Jeg tror det er en halsbetennelse.")), Form("Kort", "nb"))
    assert sections(note) == {"Alt": [("Trolig halsbetennelse.", (0,))]}


def test_a_paragraph_is_one_statement_that_rests_on_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "kort.txt").write_text(
        "title: Kort\nlayout: paragraph\n[Alt]\nfindings\nassessment\n", encoding="utf-8"
    )
    note = GroundedDrafter(clinic.load(tmp_path)).draft(
        said((D, "Halsen er rød."), (D, "Jeg tror det er en halsbetennelse.")), Form("Kort", "nb")
    )
    assert sections(note) == {"Alt": [("Halsen er rød. Trolig halsbetennelse.", (0, 1))]}


def test_the_clinics_abbreviations_are_used_but_not_towards_the_patient(tmp_path: Path) -> None:
    (tmp_path / "abbreviations.txt").write_text("høyre: hø.", encoding="utf-8")
    short = GroundedDrafter(clinic.load(tmp_path))
    facts = (symptom("smerter", 1, body="kne", side=Side.RIGHT),)
    assert short.draft(said(*TALK), NOTE, facts).statements[0].text == "Smerter i hø. kne."
    assert (
        short.draft(said(*TALK), Form("Brev til pasienten", "nb"), facts).statements[0].text == "Smerter i høyre kne."
    )


def test_a_document_that_has_no_place_for_drugs_is_not_blamed_for_leaving_them_out() -> None:
    talk = said((D, "Du får Apocillin 660 milligram fire ganger daglig i en uke."), (D, "Jeg sykmelder deg i en uke."))

    def left_out(form: Form) -> set[str]:
        marks = DRAFTER.marks(Note(tuple(replace(s, statements=()) for s in DRAFTER.draft(talk, form).sections)), talk)
        return {mark.kind for mark in marks if mark.concern is Concern.OMITTED}

    assert left_out(NOTE) == {Kind.MEDICATION, Kind.SICK_LEAVE}
    assert left_out(Form("Sykmelding", "nb")) == {Kind.SICK_LEAVE}


def test_a_talk_is_read_once_and_nothing_of_it_stays_when_it_is_forgotten() -> None:
    drafter = GroundedDrafter(clinic.load())
    talk = said((D, "Jeg tror dette er en halsbetennelse."), (P, "Jeg har hatt feber i to dager."))
    found = drafter.facts(talk)
    assert drafter.facts(replace(talk)) is found
    drafter.marks(drafter.draft(talk, NOTE), talk)
    kept = weakref.ref(talk)
    del talk
    assert kept() is not None
    drafter.forget()
    assert kept() is None


def test_another_talk_is_another_reading() -> None:
    feverish, coughing = said((P, "Jeg har feber.")), said((P, "Jeg har hoste."))
    assert [fact.name for fact in DRAFTER.facts(feverish)] == ["feber"]
    assert [fact.name for fact in DRAFTER.facts(coughing)] == ["hoste"]


def test_nothing_of_a_talk_stands_in_a_drafters_repr() -> None:
    DRAFTER.facts(said((P, "Jeg har feber.")))
    assert "feber" not in repr(DRAFTER)


def test_every_statement_of_the_demo_points_to_what_was_said_and_the_note_is_short() -> None:
    spoken = json.loads(DEMO.read_text(encoding="utf-8"))["utterances"]
    transcript = said(*((Role(one["role"]), one["text"]) for one in spoken))
    note = DRAFTER.draft(transcript, NOTE)
    ids = {utterance.id for utterance in transcript.utterances}
    assert all(statement.evidence and set(statement.evidence) <= ids for statement in note.statements)
    assert len(note.text.split()) <= 150
    text = note.text.lower()
    assert all(
        word in text
        for word in ("hoste", "crp 74", "trolig lungebetennelse", "apocillin 660 mg", "7 dager", "bt 138/84")
    )
    assert not any(word in text for word in ("parkering", "regner", "marit", "alvorlig?"))

"""What a note says is held against what was said: contradictions and inventions are marked, rephrasing is not punished."""

from __future__ import annotations

import time

import pytest

from benchmarks.note_mutations import FLAGS, RED, Trial, edited, report, tried
from kiskriv.draft import facts, grounding
from kiskriv.draft.against.said import Said, heard
from kiskriv.draft.fact import Fact, Kind, Polarity
from kiskriv.draft.lexicon import Lexicon, shipped
from kiskriv.note import Concern, Mark, Note, Section, Statement
from kiskriv.transcript import Transcript
from tests.draft.pairs import PAIRS, Pair, note, transcript


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return shipped()


def marked(talk: str, written: str, lexicon: Lexicon) -> tuple[Mark, ...]:
    """The marks at the statements of this note."""
    return tuple(m for m in grounding.marks(note(written), transcript(talk), lexicon) if m.statement is not None)


def gravest(marks: tuple[Mark, ...]) -> Concern | None:
    concerns = {mark.concern for mark in marks}
    return next((concern for concern in FLAGS if concern in concerns), None)


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_a_right_note_bears_no_red_mark(pair: Pair, lexicon: Lexicon) -> None:
    marks = grounding.marks(note(pair.note), transcript(pair.talk), lexicon)
    assert not [(m.concern, m.written, m.said) for m in marks if m.statement is not None and m.concern in RED]


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_dangerous_edits_of_a_right_note_are_marked(pair: Pair, lexicon: Lexicon) -> None:
    outcome = tried([Trial(pair.name, transcript(pair.talk), note(pair.note))], lexicon)
    assert not outcome.missed, "\n".join((*report(outcome), *map(str, outcome.missed)))


THROAT = """
L: Har du hatt feber?
P: Nei.
L: Hvor lenge har du hatt vondt i halsen?
P: I fire dager. Det er vondt på venstre side.
L: Jeg skriver ut Apocillin 660 milligram fire ganger daglig i sju dager.
L: Er du allergisk mot noe?
P: Nei, ingenting.
L: Blodtrykket er 138 over 82.
"""
HALS = """
L: Har du hatt feber?
P: Nei.
L: Kor lenge har du hatt vondt i halsen?
P: I fire dagar. Det er vondt på venstre side.
L: Eg skriv ut Apocillin 660 milligram fire gonger dagleg i sju dagar.
L: Er du allergisk mot noko?
P: Nei, ingenting.
L: Blodtrykket er 138 over 82.
"""


@pytest.mark.parametrize(
    ("talk", "statement"),
    [
        (THROAT, "Apocillin 6600 mg x 4 i 7 dager. [4]"),
        (THROAT, "Apocillin 660 µg x 4 i 7 dager. [4]"),
        (THROAT, "Apocillin 660 mg x 3 i 7 dager. [4]"),
        (THROAT, "Apocillin 660 mg x 4 i 7 uker. [4]"),
        (THROAT, "Apocillin 660 mg fire ganger daglig i fjorten dager. [4]"),
        (THROAT, "Feber. [0, 1]"),
        (THROAT, "Vondt i halsen i 4 uker. [2, 3]"),
        (THROAT, "Smerter på høyre side av halsen. [3]"),
        (THROAT, "Ikke vondt i halsen. [2, 3]"),
        (THROAT, "Allergi: penicillin. [5, 6]"),
        (THROAT, "BT 138/92. [7]"),
        (THROAT, "BT 183/82. [7]"),
        (THROAT, "Ibux 660 mg x 4 i 7 dager. [4]"),
        (HALS, "Apocillin 6600 mg x 4 i 7 dagar. [4]"),
        (HALS, "Apocillin 660 mg x 3 i 7 dagar. [4]"),
        (HALS, "Apocillin 660 mg fire gonger dagleg i fjorten dagar. [4]"),
        (HALS, "Feber. [0, 1]"),
        (HALS, "Vondt i halsen i 4 veker. [2, 3]"),
        (HALS, "Smerter på høgre side av halsen. [3]"),
        (HALS, "Ikkje vondt i halsen. [2, 3]"),
        (HALS, "Allergi: penicillin. [5, 6]"),
        (HALS, "Ibux 660 mg x 4 i 7 dagar. [4]"),
    ],
)
def test_what_contradicts_what_was_said_is_red_with_both_places(talk: str, statement: str, lexicon: Lexicon) -> None:
    marks = marked(talk, f"# Notat\n{statement}", lexicon)
    mark = next(mark for mark in marks if mark.concern is Concern.CONTRADICTION)
    assert mark.statement == 0
    assert mark.written
    assert mark.written.lower() in statement.lower() or mark.kind
    assert mark.said in talk
    assert mark.said
    assert mark.evidence


@pytest.mark.parametrize(
    ("talk", "statement"),
    [
        (THROAT, "Apocillin 0,66 g x 4 i 1 uke. [4]"),
        (THROAT, "Apocillin 660 mg x 4 i 7 d. [4]"),
        (THROAT, "Apocillin 660 milligram fire ganger om dagen i sju dager. [4]"),
        (THROAT, "Ikke feber. [0, 1]"),
        (THROAT, "Pas. benekter feber. [0, 1]"),
        (THROAT, "Vondt i halsen i 4 dager, ve. side. [2, 3]"),
        (THROAT, "Halssmerter i fire dager. [2, 3]"),
        (THROAT, "Ingen kjente allergier. [5, 6]"),
        (THROAT, "BT 138/82. [7]"),
        (THROAT, "BT 138/82."),
        (HALS, "Apocillin 660 mg x 4 i 1 veke. [4]"),
        (HALS, "Ikkje feber. [0, 1]"),
        (HALS, "Vondt i halsen i 4 dagar, venstre side. [2, 3]"),
        (HALS, "Ingen kjende allergiar. [5, 6]"),
        (HALS, "Ikkje feber."),
    ],
)
def test_another_way_of_saying_the_same_bears_no_red_mark(talk: str, statement: str, lexicon: Lexicon) -> None:
    assert gravest(marked(talk, f"# Notat\n{statement}", lexicon)) not in RED


@pytest.mark.parametrize(
    "statement",
    [
        "Ramipril 5 mg x 1. [7]",
        "Diabetes type 2. [1]",
        "Mistenker lungeemboli. [3]",
        "Henvises nevrolog. [7]",
        "Mor: brystkreft. [6]",
        "CRP 12. [7]",
        "Røyker 20 sigaretter daglig.",
        "Sykmelding 100 % i 2 uker.",
    ],
)
def test_an_invention_is_unsupported(statement: str, lexicon: Lexicon) -> None:
    assert gravest(marked(THROAT, f"# Notat\n{statement}", lexicon)) in RED


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Jeg blir så tungpusten i bakker.", "Pustebesvær i bakker. [0]"),
        ("Jeg sover dårlig og er redd for å miste jobben.", "Søvnvansker, bekymret for jobben. [0]"),
        ("Det stikker under foten når jeg står opp om morgenen.", "Stikkende smerter under fot om morgenen. [0]"),
        ("Eg vert så tung i pusten i bakkar.", "Pustevanskar i bakkar. [0]"),
    ],
)
def test_a_models_own_words_for_what_was_said_are_partly_supported_at_worst(
    said: str, written: str, lexicon: Lexicon
) -> None:
    assert gravest(marked(f"P: {said}", f"# Anamnese\n{written}", lexicon)) in (None, Concern.PARTLY)


TWO_DRUGS = """
L: Du bruker metoprolol 50 milligram en gang om dagen?
P: Ja.
L: Og Eliquis 5 milligram to ganger daglig?
P: Ja, det stemmer.
"""


def test_an_edit_that_was_said_of_another_drug_is_found_by_its_evidence(lexicon: Lexicon) -> None:
    for wrong in ("Metoprolol 5 mg x 1. [0, 1]", "Metoprolol 50 mg x 2. [0, 1]", "Eliquis 50 mg x 2. [2, 3]"):
        assert gravest(marked(TWO_DRUGS, f"# Fast\n{wrong}", lexicon)) is Concern.CONTRADICTION, wrong
    assert not marked(TWO_DRUGS, "# Fast\nFast: metoprolol 50 mg x 1, Eliquis 5 mg x 2. [0, 1, 2, 3]", lexicon)
    assert (
        gravest(marked(TWO_DRUGS, "# Fast\nFast: metoprolol 5 mg x 1, Eliquis 50 mg x 2. [0, 1, 2, 3]", lexicon))
        is Concern.CONTRADICTION
    )


CHANGED = """
L: Du bruker Ramipril 5 milligram hver morgen?
P: Ja.
L: Da øker vi Ramipril til 10 milligram daglig.
"""


def test_two_doses_that_were_both_said_stand_both(lexicon: Lexicon) -> None:
    right = "# Notat\nFast: Ramipril 5 mg x 1. [0, 1]\nRamipril økes til 10 mg x 1. [2]"
    assert not marked(CHANGED, right, lexicon)
    assert gravest(marked(CHANGED, "# Notat\nRamipril økes til 100 mg x 1. [2]", lexicon)) is Concern.CONTRADICTION


def test_a_dose_that_was_said_elsewhere_contradicts_the_evidence(lexicon: Lexicon) -> None:
    assert gravest(marked(CHANGED, "# Notat\nRamipril 5 mg x 1. [2]", lexicon)) is Concern.CONTRADICTION


def test_a_quotation_without_its_no_is_no_quotation(lexicon: Lexicon) -> None:
    talk = "P: Jeg orker ikke en hel dag på jobben."
    assert not marked(talk, "# A\nPasienten: «jeg orker ikke en hel dag på jobben». [0]", lexicon)
    assert (
        gravest(marked(talk, "# A\nPasienten: «jeg orker en hel dag på jobben». [0]", lexicon)) is Concern.CONTRADICTION
    )


def test_what_was_cut_from_before_a_quotation_may_not_be_its_no(lexicon: Lexicon) -> None:
    talk = "P: Nå har jeg ikke orket hagearbeid i sommer."
    assert gravest(marked(talk, "# A\nOrket hagearbeid i sommer. [0]", lexicon)) is Concern.CONTRADICTION


def test_a_detail_that_is_turned_round_contradicts(lexicon: Lexicon) -> None:
    cough = Fact(Kind.SYMPTOM, "hoste", (0,), detail="gir seg ikke")
    said = heard(transcript("P: Jeg har en hoste som ikke gir seg."), lexicon, [cough])
    for detail, contradicts in (("gir seg ikke", False), ("gir seg", True)):
        marks = grounding.held_against(note(f"# A\nHoste, {detail}. [0]"), said)
        assert (gravest(marks) is Concern.CONTRADICTION) is contradicts


FREE = """
P: Jeg får ikke løftet armen over hodet.
L: Smertebuen går fra 60 til 120 grader på høyre side.
L: Ring meg på torsdag, om morgenen.
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Får ikke løftet armen over hodet. [0]", "Får løftet armen over hodet. [0]"),
        ("Løfter ikke armen. [0]", "Løfter armen. [0]"),
        ("Smertebue 60 til 120 grader. [1]", "Smertebue 40 til 120 grader. [1]"),
        ("Smertebue, hø. side. [1]", "Smertebue, ve. side. [1]"),
        ("Ringer på torsdag. [2]", "Ringer på tirsdag. [2]"),
        ("Ringer om morgenen. [2]", "Ringer om kvelden. [2]"),
        ("Smertebue. [1]", "Ikke smertebue. [1]"),
    ],
)
def test_words_decide_where_no_fact_is_known(right: str, wrong: str, lexicon: Lexicon) -> None:
    assert gravest(marked(FREE, f"# A\n{right}", lexicon)) not in RED
    assert gravest(marked(FREE, f"# A\n{wrong}", lexicon)) is Concern.CONTRADICTION


@pytest.mark.parametrize(
    ("talk", "right", "wrong"),
    [
        (
            "L: Huden er tørr. Ikke væskende, ikke tegn til infeksjon.",
            "Ikke væskende, ikke tegn til infeksjon.",
            "Væskende, ikke tegn til infeksjon.",
        ),
        (
            "L: Eg kjenner ingen ømheit over ankelen og heller ikkje ved foten.",
            "Ingen ømheit over ankelen og heller ikkje ved foten.",
            "Ingen ømheit over ankelen og heller ved foten.",
        ),
        (
            "P: Jeg brukte Remifemin før, den hjalp ikke, og Ibux, den hjalp ikke.",
            "Tidligere: Remifemin (hjalp ikke), Ibux (hjalp ikke).",
            "Tidligere: Remifemin (hjalp), Ibux (hjalp ikke).",
        ),
    ],
)
def test_one_negation_of_several_is_missed(talk: str, right: str, wrong: str, lexicon: Lexicon) -> None:
    assert gravest(marked(talk, f"# Notat\n{right} [0]", lexicon)) is None
    assert gravest(marked(talk, f"# Notat\n{wrong} [0]", lexicon)) is Concern.CONTRADICTION


@pytest.mark.parametrize(
    ("talk", "allergic"),
    [
        ("P: Jeg tåler ikke penicillin.", True),
        ("P: Eg er allergisk mot penicillin.", True),
        ("P: Jeg tåler penicillin.", False),
        ("P: Eg er ikkje allergisk mot penicillin.", False),
        ("L: Er du allergisk mot penicillin?\nP: Nei.", False),
        ("L: Tåler du penicillin?\nP: Nei.", True),
    ],
)
@pytest.mark.parametrize("written", [True, False])
def test_an_allergy_is_read_by_its_words_whatever_was_made_of_them(
    talk: str, allergic: bool, written: bool, lexicon: Lexicon
) -> None:
    polarity = Polarity.AFFIRMED if written else Polarity.DENIED
    ids = tuple(utterance.id for utterance in transcript(talk).utterances)
    turned = Fact(Kind.ALLERGY, "penicillin", ids, polarity)  # as one who found facts might have it wrong
    statement = Statement("Allergi: penicillin." if written else "Tåler penicillin.", ids)
    marks = grounding.held_against(
        Note((Section("Anamnese", (statement,)),)), heard(transcript(talk), lexicon, [turned])
    )
    assert bool([m for m in marks if m.concern is Concern.CONTRADICTION]) is (allergic is not written)


def test_a_remark_in_the_words_of_the_talk_is_no_regimen_of_its_own(lexicon: Lexicon) -> None:
    talk = "L: Du får Locoid to ganger daglig i to uker, og så trapper du ned til to ganger i uka."
    right = "# Tiltak\nLocoid x 2 i 2 uker (så trapper du ned til to ganger i uka). [0]"
    assert gravest(marked(talk, right, lexicon)) is None
    assert gravest(marked(talk, right.replace("ned til to ganger", "ned til fire ganger"), lexicon)) in RED
    talk = "L: Og Doxylin, 200 milligram fyrste dagen og så 100 milligram dagleg i seks dagar til."
    assert (
        gravest(marked(talk, "# Tiltak\nDoxylin 100 mg x 1 i 6 dagar (200 milligram fyrste dagen). [0]", lexicon))
        is None
    )
    talk = "P: Paracet, to om gongen, men det hjelper jo ikkje ein dritt.\nL: Og du brukar jo berre Zyrtec om våren, så det hjelper."
    assert (
        gravest(marked(talk, "# Anamnese\nBrukar Paracet 2 tablettar (hjelper jo ikkje), Zyrtec. [0, 1]", lexicon))
        is None
    )


def test_none_that_is_regular_is_true_beside_what_is_taken_at_need(lexicon: Lexicon) -> None:
    talk = "L: Bruker du noen faste medisiner?\nP: Nei, ingen. Bare litt Paracet når jeg er støl."
    assert gravest(marked(talk, "# Anamnese\nIngen faste medisiner. [0, 1]", lexicon)) is None


def test_a_value_in_another_unit_than_it_must_have_had_contradicts(lexicon: Lexicon) -> None:
    talk = "L: Ferritin var 12."
    assert gravest(marked(talk, "# Funn\nFerritin 12 µg/l. [0]", lexicon)) is None
    assert gravest(marked(talk, "# Funn\nFerritin 12 mg/l. [0]", lexicon)) is Concern.CONTRADICTION


def test_who_thinks_that_it_is_says_that_it_is_likely(lexicon: Lexicon) -> None:
    talk = "L: Så jeg tror at du har en lungebetennelse på høyre side."
    assert gravest(marked(talk, "# Vurdering\nTrolig lungebetennelse på høyre side. [0]", lexicon)) is None
    sure = "L: Du har en lungebetennelse på høyre side."
    assert gravest(marked(sure, "# Vurdering\nTrolig lungebetennelse på høyre side. [0]", lexicon)) is Concern.PARTLY


def test_a_name_in_other_words_is_the_same_thing(lexicon: Lexicon) -> None:
    assert gravest(marked("L: Blodtrykket er 138 over 82.", "# Funn\nBlodtrykk 138/82. [0]", lexicon)) is None


def test_brand_and_substance_are_one_drug(lexicon: Lexicon) -> None:
    assert (
        gravest(marked("L: Ta Paracet ett gram tre ganger daglig.", "# T\nParacetamol 1000 mg x 3. [0]", lexicon))
        is None
    )


def test_what_a_relative_has_is_not_the_patients(lexicon: Lexicon) -> None:
    talk = "P: Mora mi hadde brystkreft."
    assert gravest(marked(talk, "# A\nMor: brystkreft. [0]", lexicon)) is None
    assert gravest(marked(talk, "# A\nBrystkreft. [0]", lexicon)) is Concern.CONTRADICTION


PENICILLIN = "L: Du skal ta Apocillin 660 mg fire ganger daglig i sju dager."


@pytest.mark.parametrize("dose", ["ⅩⅩ mg", "XX mg", "VI mg", "⑥⑥⓪ mg", "٦٦٠ mg", "６６０ mg", "𝟨𝟨𝟢 mg"])
def test_a_number_in_strange_signs_is_marked(dose: str, lexicon: Lexicon) -> None:
    marks = marked(PENICILLIN, f"# Tiltak\nApocillin {dose} x 4 [0]", lexicon)
    assert (Concern.UNSUPPORTED, dose.removesuffix(" mg")) in [(mark.concern, mark.written) for mark in marks]


def test_a_raised_number_of_a_unit_is_no_strange_sign(lexicon: Lexicon) -> None:
    note = "# Funn\nTrombocytter 210 10⁹/l, BMI 25 kg/m², I dag 210 [0]"
    marks = marked("L: Trombocytter 210 10⁹/l, BMI 25 kg/m² i dag.", note, lexicon)
    assert not {"⁹", "m²", "I"} & {mark.written for mark in marks}


def test_a_drug_that_is_misspelt_is_marked(lexicon: Lexicon) -> None:
    (mark,) = marked(PENICILLIN, "# Tiltak\nApocilin 660 mg x 4 [0]", lexicon)
    assert (mark.concern, mark.written, mark.kind) == (Concern.PARTLY, "Apocilin", Kind.MEDICATION)
    assert not marked(PENICILLIN, "# Tiltak\nApocillin 660 mg x 4 i 7 d. [0]", lexicon)


def test_a_pain_that_is_denied_beside_one_that_is_told_contradicts(lexicon: Lexicon) -> None:
    talk = "P: Jeg har vondt i høyre kne."
    assert gravest(marked(talk, "# Anamnese\nVondt i høyre kne, ikke smerter. [0]", lexicon)) is Concern.CONTRADICTION
    assert gravest(marked(talk, "# Anamnese\nVondt i høyre kne, smerter. [0]", lexicon)) not in RED


def test_the_doctors_own_line_is_judged_without_evidence(lexicon: Lexicon) -> None:
    assert gravest(marked(THROAT, "# T\nVondt i halsen i fire dager.", lexicon)) is None
    assert gravest(marked(THROAT, "# T\nHar vært på ferie i Thailand.", lexicon)) is Concern.UNSUPPORTED


def test_support_of_one_statement(lexicon: Lexicon) -> None:
    said = heard(transcript(THROAT), lexicon)
    assert grounding.support(Statement("Ikke feber.", (0, 1)), said) is None
    assert grounding.support(Statement("Feber.", (0, 1)), said) is Concern.UNSUPPORTED
    assert grounding.support(Statement("Migrene.", (3,)), said) is Concern.UNSUPPORTED


def omitted(marks: tuple[Mark, ...]) -> set[str]:
    return {mark.kind for mark in marks if mark.concern is Concern.OMITTED}


def test_a_critical_fact_that_no_statement_holds_is_listed(lexicon: Lexicon) -> None:
    marks = grounding.marks(Note((Section("Notat"),)), transcript(THROAT), lexicon)
    assert {"medication", "allergy", "vital", "symptom"} == omitted(marks)
    assert all(mark.statement is None and mark.said and mark.evidence for mark in marks)
    assert not any("feber" in mark.said.lower() for mark in marks if mark.kind == "symptom")


def test_what_the_note_holds_is_not_omitted(lexicon: Lexicon) -> None:
    whole = """
    # Notat
    Vondt i halsen på venstre side i 4 dager. [2, 3]
    Ingen kjente allergier. [5, 6]
    BT 138/82. [7]
    Apocillin 660 mg x 4 i 7 dager. [4]
    """
    assert omitted(grounding.marks(note(whole), transcript(THROAT), lexicon)) == set()


def test_a_value_left_out_is_omitted(lexicon: Lexicon) -> None:
    marks = grounding.marks(note("# F\nApocillin x 4 i 7 dager. [4]"), transcript(THROAT), lexicon)
    assert "medication" in omitted(marks)


def test_what_was_hardly_heard_is_to_be_checked(lexicon: Lexicon) -> None:
    talk = "L: Du får Apocillin ~660 milligram fire ganger daglig."
    marks = marked(talk, "# T\nApocillin 660 mg x 4. [0]", lexicon)
    assert [mark.concern for mark in marks] == [Concern.CHECK]
    clear = talk.replace("~", "")
    assert not marked(clear, "# T\nApocillin 660 mg x 4. [0]", lexicon)


def test_a_word_hardly_heard_that_no_fact_rests_on_is_left_alone(lexicon: Lexicon) -> None:
    assert not marked("L: ~Ja ~altså du får Apocillin 660 milligram.", "# T\nApocillin 660 mg. [0]", lexicon)


def test_an_empty_note_of_an_empty_talk_is_silent(lexicon: Lexicon) -> None:
    assert grounding.marks(Note(()), Transcript("nb", ()), lexicon) == ()
    assert gravest(grounding.marks(note("# T\nHodepine."), Transcript("nb", ()), lexicon)) is Concern.UNSUPPORTED


def test_evidence_that_does_not_exist_supports_nothing(lexicon: Lexicon) -> None:
    assert gravest(marked(THROAT, "# T\nMigrene med aura. [97]", lexicon)) is Concern.UNSUPPORTED


def test_facts_found_already_are_used(lexicon: Lexicon) -> None:
    talk = transcript(THROAT)
    found = facts.said(talk, lexicon)
    written = note(PAIRS[0].note)
    assert grounding.marks(written, talk, lexicon, found) == grounding.marks(written, talk, lexicon)


def test_nothing_of_the_talk_stands_in_a_repr(lexicon: Lexicon) -> None:
    said: Said = heard(transcript(THROAT), lexicon)
    for shown in (
        repr(said),
        repr(said.passage([0, 1])),
        repr(grounding.marks(note("# T\nFeber. [0, 1]"), transcript(THROAT), lexicon)),
    ):
        assert "eber" not in shown
        assert "Apocillin" not in shown


def test_a_long_talk_is_marked_at_once(lexicon: Lexicon) -> None:
    """30 statements against 500 utterances: 60 ms on one slow core; here 5 times that, for a machine that others use."""
    talk = transcript(
        "\n".join(
            [
                *PAIRS[0].talk.strip().splitlines(),
                *(["P: Ja, vi var på hytta og malte veggen i går, det gikk fint."] * 487),
            ]
        )
    )
    written = note(PAIRS[0].note)
    many = Note(tuple(Section(s.heading, s.statements * 3) for s in written.sections))
    said = heard(talk, lexicon)
    start = time.process_time()
    grounding.held_against(many, said)
    assert time.process_time() - start < 0.3


def test_an_edit_keeps_its_evidence() -> None:
    before = note("# A\nFeber. [1]\nHoste. [2]\n# B\nRo. [3]")
    assert edited(before, 2, "Uro.").statements == (*before.statements[:2], Statement("Uro.", (3,)))


def test_a_drug_that_was_misheard_is_to_be_checked_and_not_left_out(lexicon: Lexicon) -> None:
    talk = "L: Jeg skriver ut metoprol 50 milligram daglig."
    marks = grounding.marks(note("# Tiltak\nMetoprol 50 mg x 1. [0]"), transcript(talk), lexicon)
    assert [(m.concern, m.written, m.said) for m in marks] == [(Concern.CHECK, "metoprol", "metoprolol")]


def test_a_misheard_drug_with_another_dose_is_a_contradiction(lexicon: Lexicon) -> None:
    talk = "L: Jeg skriver ut metoprol 50 milligram daglig."
    marks = grounding.marks(note("# Tiltak\nMetoprol 100 mg x 1. [0]"), transcript(talk), lexicon)
    assert Concern.CONTRADICTION in {mark.concern for mark in marks}

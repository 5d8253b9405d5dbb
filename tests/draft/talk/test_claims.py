"""What a talk claims: questions with their answers, denials and how far they reach, time, person, and what was taken back."""

from __future__ import annotations

import time

import pytest

from kiskriv.draft.language.reading import sentences
from kiskriv.draft.lexicon import shipped
from kiskriv.draft.talk import claims as claiming
from kiskriv.draft.talk.claims import written
from tests.draft.spoken import judged, talk, transcript

DENIED, UNCERTAIN, SO = "denied", "uncertain", "so"


def said(*lines: str) -> list[str]:
    """The claims, as words."""
    return [" ".join(t.text for t in claim.tokens if t.text[0].isalnum()) for claim in talk(*lines)]


ANSWERS = [
    ("har du hatt feber", "nei", DENIED),
    ("Har du hatt feber?", "Ja.", SO),
    ("Har du feber?", "Nei, det har jeg ikke.", DENIED),
    ("Har du feber?", "det har jeg ikke", DENIED),
    ("Har du feber?", "Det har jeg.", SO),
    ("Har du feber?", "jo litt", SO),
    ("Har du feber?", "Litt.", SO),
    ("Har du feber?", "Ikke det jeg vet.", DENIED),
    ("Har du feber?", "Niks.", DENIED),
    ("Har du feber?", "mm", SO),
    ("Har du hatt feber?", "Aldri.", DENIED),
    ("Har du feber?", "Vet ikke helt.", UNCERTAIN),
    ("Har du feber?", "Kanskje.", UNCERTAIN),
    ("Har du feber?", "Siden i går.", SO),
    ("Har du feber?", "I tre dager.", SO),
    ("Har du feber?", "Nei, tror ikke det.", DENIED),
    ("Har du feber?", "Nei, ikke i det hele tatt.", DENIED),
    ("Har du feber?", "Av og til.", SO),
    ("Har du ikke feber?", "Nei.", DENIED),
    ("Du har ikke feber?", "Jo.", SO),
    ("Du har ikke feber?", "Stemmer.", DENIED),
    ("Ingen feber?", "Nei.", DENIED),
    ("Du har feber, ikke sant?", "Ja.", SO),
    ("og feber?", "nei", DENIED),
    ("Feber?", "Det hadde jeg, ja.", SO),
    ("Har du feber no?", "Nei, det har eg ikkje.", DENIED),
    ("har du hatt feber", "jau litt", SO),
    ("Har du feber?", "Ikkje det eg veit.", DENIED),
    ("Har du feber?", "Næ.", DENIED),
    ("Har du feber?", "Veit ikkje.", UNCERTAIN),
    ("Du har ikkje feber?", "Nei.", DENIED),
    ("Har ho feber?", "Ho har ikkje det.", DENIED),
]


@pytest.mark.parametrize(("question", "answer", "expected"), ANSWERS)
def test_an_answer_decides_its_question(question: str, answer: str, expected: str) -> None:
    made = talk(f"L: {question}", f"P: {answer}")
    assert judged("feber", made) == [expected]
    assert made[0].evidence == (0, 1)


@pytest.mark.parametrize("language", ["hoste eller slim", "hoste, kvalme eller slim"])
def test_a_no_denies_every_thing_that_was_asked_for(language: str) -> None:
    made = talk(f"L: Har du feber, {language}?", "P: Nei, ingen av delene.")
    assert [judged(word, made) for word in ("feber", "hoste", "slim")] == [[DENIED]] * 3


def test_a_list_and_the_one_that_is_so() -> None:
    made = talk("L: Feber, hoste eller tett nese?", "P: Bare hoste.")
    assert [judged(word, made) for word in ("feber", "hoste", "tett")] == [[DENIED], [SO], [DENIED]]
    assert judged("feber", talk("L: Feber, hoste eller tett nese?", "P: Hoste.")) == []
    made = talk("L: Har du feber eller hoste?", "P: Nei, bare hoste.")
    assert [judged(word, made) for word in ("feber", "hoste")] == [[DENIED], [SO]]


def test_a_yes_to_a_list_leaves_open_which() -> None:
    assert judged("feber", talk("L: Har du feber eller hoste?", "P: Ja.")) == [UNCERTAIN]
    assert judged("feber", talk("L: Har du feber eller noe?", "P: Ja.")) == [SO]


def test_several_questions_in_a_row() -> None:
    made = talk("L: Har du feber? Er du kvalm?", "P: Nei.")
    assert [judged(word, made) for word in ("feber", "kvalm")] == [[DENIED], [DENIED]]
    made = talk("L: Har du feber? Er du kvalm?", "P: Ja.")
    assert [judged(word, made) for word in ("feber", "kvalm")] == [[], [SO]]


def test_an_answer_that_completes_its_question() -> None:
    (claim,) = talk("L: Hvor lenge har du hatt det?", "P: I tre uker.")
    assert (claim.answer, claim.evidence, [t.text for t in claim.asked[:2]]) == (None, (0, 1), ["hvor", "lenge"])


def test_an_answer_in_several_utterances() -> None:
    made = talk("L: Har du hatt feber?", "P: Eh", "P: ja", "P: siden søndag")
    assert judged("feber", made) == [SO]
    assert made[-1].asked


def test_a_question_without_an_answer_claims_nothing() -> None:
    assert talk("L: Har du feber?") == ()
    assert judged("feber", talk("L: Har du feber? Jeg ser på øret.", "L: Er du kvalm?", "P: Nei.")) == []


def test_the_patients_own_question_is_not_the_doctors() -> None:
    assert judged("kreft", talk("P: Kan det være kreft?", "L: Nei.")) == []
    assert judged("kreft", talk("P: er det kreft", "L: Ja, vi må se.")) == []
    assert judged("feber", talk("P: Har jeg feber?", "F: Ja.")) == []


@pytest.mark.parametrize(
    ("question", "answer", "word"),
    [
        ("Bruker du noe annet enn Paracet?", "Nei.", "paracet"),
        ("Hjelper Paracet?", "Nei.", "paracet"),
        ("Er hosten verre om natta?", "Nei.", "hoste"),
        ("Får du vondt når du hoster?", "Nei.", "hoste"),
        ("Hvor mye feber?", "Nei, det vet jeg ikke.", "feber"),
        ("Hva skjer med hosten?", "Nei, den er der.", "hoste"),
    ],
)
def test_a_no_does_not_deny_what_the_question_takes_for_granted(question: str, answer: str, word: str) -> None:
    assert DENIED not in judged(word, talk(f"L: {question}", f"P: {answer}"))


def test_another_answers_for_the_patient() -> None:
    assert judged("feber", talk("L: Har han feber?", "F: Nei.")) == [DENIED]
    assert judged("feber", talk("L: Har hun feber?", "T: Hun sier nei.")) == [DENIED]
    assert judged("feber", talk("?: har du feber", "?: nei", "?: ok")) == [DENIED]


def test_a_no_that_says_that_it_was_so() -> None:
    assert judged("røyker", talk("L: Røyker du?", "P: Nei, jeg sluttet for fem år siden.")) == ["past"]
    assert judged("røykjer", talk("L: Røykjer du?", "P: Nei, ikkje lenger.")) == ["past"]


def test_a_question_without_mark_verb_or_order() -> None:
    assert judged("hjertebank", talk("L: noe hjertebank", "P: nei")) == [DENIED]
    assert judged("hevelse", talk("L: Noe hevelse.", "P: Jeg tråkka over.")) == [SO]
    assert judged("hjartebank", talk("L: hjartebank", "P: nei aldri")) == [DENIED]


def test_two_questions_in_one_breath() -> None:
    made = talk("L: fryser du har du feber", "P: nei")
    assert [judged(word, made) for word in ("fryser", "feber")] == [[DENIED], [DENIED]]


def test_a_relative_instead_of_the_patient() -> None:
    made = talk("L: Har du astma?", "P: Nei, men mora mi har det.")
    assert judged("astma", made) == [DENIED, "relative"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jeg har ikke feber.", {"feber": DENIED}),
        (
            "jeg har ikke feber hoste eller slim men jeg er kvalm",
            {"feber": DENIED, "hoste": DENIED, "slim": DENIED, "kvalm": SO},
        ),
        ("Ikke feber, hoste eller slim.", {"feber": DENIED, "hoste": DENIED, "slim": DENIED}),
        ("Ingen feber, litt hoste.", {"feber": DENIED, "hoste": SO}),
        ("Jeg er ikke kvalm og har vondt i magen.", {"kvalm": DENIED, "vondt": SO}),
        ("Vondt, men uten feber.", {"vondt": SO, "feber": DENIED}),
        ("Verken feber eller hoste.", {"feber": DENIED, "hoste": DENIED}),
        ("Feber har jeg ikke hatt.", {"feber": DENIED}),
        ("Jeg hoster ikke.", {"hoste": DENIED}),
        ("feber nei", {"feber": DENIED}),
        ("Pasienten benekter feber.", {"feber": DENIED}),
        ("Ingen tegn til feber.", {"feber": DENIED}),
        ("Det er ingenting som tyder på at du har feber.", {"feber": DENIED}),
        ("Ingen mistanke om feber.", {"feber": DENIED}),
        ("Det er ikke bare feber.", {"feber": SO}),
        ("Feber kan ikke utelukkes.", {"feber": UNCERTAIN}),
        ("Jeg har aldri hatt så vondt.", {"vondt": SO}),
        ("Hosten er ikke blitt bedre.", {"hoste": SO}),
        ("Jeg får ikke sove for hosten.", {"hoste": SO}),
        ("Kanskje feber.", {"feber": UNCERTAIN}),
        ("Jeg tror ikke jeg har feber.", {"feber": UNCERTAIN}),
        ("Litt vondt i halsen.", {"vondt": SO}),
        ("Alt er bra bortsett fra hoste.", {"hoste": SO}),
        (
            "eg har ikkje feber, hoste eller slim, men eg er kvalm",
            {"feber": DENIED, "hoste": DENIED, "slim": DENIED, "kvalm": SO},
        ),
        ("Korkje feber eller hoste.", {"feber": DENIED, "hoste": DENIED}),
        ("Feber har eg ikkje hatt.", {"feber": DENIED}),
        ("Eg hostar ikkje.", {"hosta": DENIED}),
        ("æ tål ikkje Naproxen, æ fekk blødning i magen av det", {"naproxen": DENIED, "blødning": SO}),
        ("Utan feber.", {"feber": DENIED}),
        ("Det er ikkje berre feber.", {"feber": SO}),
        ("Inga feber, men hoste.", {"feber": DENIED, "hoste": SO}),
        ("Hosten er ikkje blitt betre.", {"hoste": SO}),
        ("eg trur ikkje eg har feber", {"feber": UNCERTAIN}),
    ],
)
def test_how_far_a_denial_reaches(text: str, expected: dict[str, str]) -> None:
    assert {word: judged(word, talk(f"P: {text}"))[0] for word in expected} == expected


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("Jeg har hatt feber i tre dager.", "feber", SO),
        ("Jeg hadde astma som barn.", "astma", "past"),
        ("Jeg hadde astma før.", "astma", "past"),
        ("Jeg hadde eksem i knehasene da jeg var liten.", "eksem", "past"),
        ("Jeg hadde feber, men ikke nå.", "feber", "past"),
        ("Jeg hoster ikke lenger.", "hoste", "past"),
        ("Jeg brukte Marevan før.", "marevan", "past"),
        ("I fjor hadde jeg brokk.", "brokk", "past"),
        ("For to år siden fikk jeg et hjerteinfarkt.", "hjerteinfarkt", "past"),
        ("For to uker siden fikk jeg hoste.", "hoste", SO),
        ("Jeg tok Paracet før jeg la meg.", "paracet", SO),
        ("Hvis du får feber, ring.", "feber", "planned"),
        ("Ta kontakt hvis du blir kvalm.", "kvalm", "planned"),
        ("Får du feber, ta kontakt.", "feber", "planned"),
        ("Får du feber, ta Paracet.", "paracet", SO),
        ("Vanlige bivirkninger er kvalme.", "kvalm", "planned"),
        ("Du skal ha Apocillin.", "apocillin", "planned"),
        ("Eg hadde astma som barn.", "astma", "past"),
        ("Eg hostar ikkje lenger.", "hosta", "past"),
        ("Eg brukte Marevan tidlegare.", "marevan", "past"),
        ("Viss du får feber, ring.", "feber", "planned"),
        ("Eg har hatt feber i tre dagar.", "feber", SO),
        ("For to år sidan fekk eg hjarteinfarkt.", "hjarteinfarkt", "past"),
    ],
)
def test_when_it_is_so(text: str, word: str, expected: str) -> None:
    assert judged(word, talk(f"P: {text}")) == [expected]


@pytest.mark.parametrize(
    ("lines", "word", "expected"),
    [
        (["P: Mora mi hadde brystkreft."], "brystkreft", ["relative"]),
        (["P: Mora mi er syk. Hun har diabetes. Jeg har astma."], "diabetes", ["relative"]),
        (["P: Mora mi er syk. Hun har diabetes. Jeg har astma."], "astma", [SO]),
        (["P: Mannen min sier at jeg har feber."], "feber", [SO]),
        (["P: Jeg bor med kona og har feber."], "feber", [SO]),
        (["L: Er det hjertesykdom i familien?", "P: Ja, far."], "hjertesykdom", ["relative"]),
        (["P: Naboen hadde omgangssyke."], "omgangssyke", ["other"]),
        (["P: En kollega har kikhoste, og jeg har feber."], "feber", [SO]),
        (["F: Han har hatt feber."], "feber", [SO]),
        (["F: Sønnen min har feber."], "feber", [SO]),
        (["F: Han har feber. Søsteren hans har astma."], "astma", ["relative"]),
        (["F: Han har feber.", "F: Jeg har selv astma."], "astma", ["relative"]),
        (["F: Jeg har målt feber på ham."], "feber", [SO]),
        (["P: Mor mi hadde brystkreft. Ho døydde av det."], "brystkreft", ["relative"]),
        (["P: Syster mi har astma."], "astma", ["relative"]),
        (["L: Faren din hadde diabetes og du har feber."], "feber", [SO]),
        (["F: Mora mi har fått feber. Mora mi har astma."], "astma", [SO]),
        (["P: Mor hadde kreft.", "L: Mor di, ja. Me tek bilete av han. Du har astma."], "bilete", [SO]),
        (["L: Barna dine har litt av hvert, husker jeg. Pollen og egg."], "pollen", ["relative"]),
        (["F: Dottera mi har feber."], "feber", [SO]),
        (["P: Mannen min seier at eg har feber."], "feber", [SO]),
    ],
)
def test_whom_it_is_about(lines: list[str], word: str, expected: list[str]) -> None:
    assert judged(word, talk(*lines)) == expected


def test_a_telephone_call_is_somebody_elses() -> None:
    made = talk(
        "L: Hei.", "P: Hei.", "P: Jeg har feber.", "L: Unnskyld, jeg må ta telefonen.",
        "L: Hallo. Hun skal ha penicillin. Du kan gi Marevan. Ha det.", "L: Hvor var vi? Du har hoste.", "P: Jeg er kvalm.",
    )  # fmt: skip
    found = {word: judged(word, made) for word in ("feber", "penicillin", "marevan", "hoste", "kvalm")}
    assert found == {"feber": [SO], "penicillin": ["planned other"], "marevan": ["other"], "hoste": [SO], "kvalm": [SO]}


def test_hallo_at_the_door_is_no_telephone_call() -> None:
    assert judged("hoste", talk("L: Hallo, kom inn. Du har hoste.")) == [SO]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["P: Smerter i høyre kne, nei, venstre kne."], ["smerter i venstre kne"]),
        (["P: Smerter i høyre, nei venstre kne."], ["smerter i venstre kne"]),
        (["P: Smerter i høyre kne.", "P: Nei, venstre."], ["smerter i venstre kne"]),
        (["L: Femti, nei, fem hundre milligram."], ["fem hundre milligram"]),
        (["L: Du tar 500 milligram.", "L: Unnskyld, 50, ikke 500."], ["du tar 50 milligram"]),
        (["L: Paracet, 500 milligram, sorry, ett gram."], ["paracet ett gram"]),
        (["L: Ta den i sju dager.", "L: I ti dager, ikke sju."], ["ta den i ti dager", "i ti dager"]),
        (
            ["P: jeg har vondt i høyre øre", "L: venstre, mente du?", "P: Ja."],
            ["jeg har vondt i venstre øre", "venstre mente du"],
        ),
        (["L: Er det på høyre side?", "P: Nei, venstre."], ["er det på venstre side"]),
        (["P: eg har vondt i høgre kne", "P: orsak, eg meiner venstre"], ["eg har vondt i venstre kne"]),
        (["P: to dagar, nei, tre veker"], ["tre veker"]),
        (
            ["L: Vi møtes om to uker. Nei, jeg er på ferie da, si tre."],
            ["vi møtes om tre uker", "nei jeg er på ferie da si tre"],
        ),
    ],
)
def test_what_was_taken_back_claims_nothing(lines: list[str], expected: list[str]) -> None:
    assert said(*lines) == expected


@pytest.mark.parametrize(
    "lines",
    [
        ["P: Jeg tar to tabletter.", "P: Nei, jeg går ikke på skole tre dager i uka."],
        ["P: høyre eller venstre"],
        ["L: Du får Paracet 500 milligram tre ganger daglig i fem dager."],
        ["P: Jeg bruker Ibux, ikke Paracet."],
    ],
)
def test_what_was_not_taken_back_stands(lines: list[str]) -> None:
    assert " ".join(said(*lines)).split() == list(
        " ".join(line[3:] for line in lines).lower().replace(",", "").replace(".", "").split()
    )


def test_a_mended_sentence_still_quotes_its_text() -> None:
    for claim in talk("P: Smerter i høyre kne.", "P: Nei, venstre."):
        assert all(claim.text[t.start : t.end].lower() == t.text for t in claim.tokens)


@pytest.mark.parametrize(
    ("text", "heading", "expected"),
    [
        ("Ikke feber, hoste.", "", {"feber": DENIED, "hoste": DENIED}),
        ("Ingen feber/hoste.", "", {"feber": DENIED, "hoste": DENIED}),
        ("Benekter feber. Noe hoste.", "", {"feber": DENIED, "hoste": SO}),
        ("Feber: nei.", "", {"feber": DENIED}),
        ("Mor: brystkreft.", "", {"brystkreft": "relative"}),
        ("Far brystkreft.", "Familie", {"brystkreft": "relative"}),
        ("Mor forteller at han har feber.", "", {"feber": SO}),
        ("Ikkje feber. Utan hoste.", "", {"feber": DENIED, "hoste": DENIED}),
        ("Tidl. frisk. Tidligere astma.", "", {"astma": "past"}),
    ],
)
def test_what_is_written(text: str, heading: str, expected: dict[str, str]) -> None:
    made = written(text, 3, shipped(), heading)
    assert {word: judged(word, made)[0] for word in expected} == expected
    assert all(claim.evidence == (3,) and claim.written for claim in made)


def test_a_long_consultation_is_read_at_once() -> None:
    pair = (
        "L: har du hatt feber, hoste eller kvalme i det siste",
        "P: nei det har jeg ikke, men vondt i halsen i tre dager",
    )
    lines = [pair[i % 2] for i in range(500)]
    lexicon, whole = shipped().listening(), transcript(*lines)
    begun = time.process_time()
    made = claiming.claims(sentences(whole), lexicon)
    for claim in made:
        for at in range(0, len(claim.tokens), 4):
            claiming.polarity(claim, at, at + 1, lexicon)
            claiming.time(claim, at, at + 1, lexicon)
            claiming.about(claim, at, at + 1, lexicon)
    assert time.process_time() - begun < 2, "ten times what it takes on one slow core"

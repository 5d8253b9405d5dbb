"""What answers say: yes and no in many words, wishes that are granted, what is taken back, and which question they are to."""

from __future__ import annotations

import pytest

from kiskriv.draft.fact import Polarity, Time
from tests.draft.spoken import judged, talk

DENIED, UNCERTAIN, SO = "denied", "uncertain", "so"


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Har du feber?", "Ikke som jeg har sett.", DENIED),
        ("Har du feber?", "Ikkje det eg kan hugse.", DENIED),
        ("Ikke noe feber?", "Nei, det kan jeg ikke si.", DENIED),
        ("Har du feber?", "Å nei, langt ifrå.", DENIED),
        ("Har du feber?", "Har ikke hatt det, nei.", DENIED),
        ("Har du feber?", "Snarere tvert imot, jeg fryser.", DENIED),
        ("Har du feber?", "Bare når jeg legger meg.", SO),
        ("Har du feber?", "Berre om kvelden.", SO),
        ("Har du feber om natten?", "Nei, bare om dagen.", SO),
        ("Har du feber?", "Som regel.", SO),
        ("Har du feber?", "Hver time, føles det som.", SO),
        ("Du har ikke feber mer?", "Nei, heldigvis.", DENIED),
        ("Feber du ikkje meir?", "Nei.", DENIED),
    ],
)
def test_yes_and_no_in_many_words(question: str, answer: str, expected: str) -> None:
    assert judged("feber", talk(f"L: {question}", f"P: {answer}")) == [expected]


def test_a_question_asked_again_is_answered_once() -> None:
    made = talk("L: Hatt feber?", "P: Hæ?", "L: Om du har hatt feber.", "P: Nei.")
    assert judged("feber", made) == [DENIED]


def test_an_answer_that_is_changed_at_once_counts_as_changed() -> None:
    assert judged("utslett", talk("L: Har du utslett?", "P: Nei. Jo forresten, under armen.")) == [SO]
    assert judged("utslett", talk("L: Har du utslett? Har du feber?", "P: Nei. Feber har jeg.")) == [DENIED]


def test_a_yes_is_to_the_question_that_it_names() -> None:
    made = talk("L: Er du tett i nesa? Har du hoste?", "P: Ja, tett i nesa.")
    assert [judged(word, made)[:1] for word in ("tett", "hoste")] == [[SO], []]
    made = talk("L: Er du tett i nesa? Har du hoste?", "P: Ja, hoste.")
    assert [judged(word, made)[:1] for word in ("tett", "hoste")] == [[], [SO]]


def test_one_of_several_and_else_nothing() -> None:
    made = talk("L: Ingen svimmelheit eller kvalme?", "P: Litt kvalm, elles ikkje.")
    assert [judged(word, made) for word in ("svimmel", "kvalm")] == [[DENIED], [SO]]


def test_what_is_known_already_stands_when_there_is_nothing_more() -> None:
    made = talk("L: Ikke noe annet enn hodepinen?", "P: Nei.")
    assert judged("hodepine", made) == [SO]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Tar du den på tom mage?", "nei jeg tar den med kaffen"),
        ("Tek du Levaxin fastande?", "nei"),
        ("Tar du den med mat?", "nei"),
    ],
)
def test_a_no_to_how_denies_not_that(question: str, answer: str) -> None:
    assert DENIED not in judged("ta", talk(f"L: {question}", f"P: {answer}")) + judged(
        "levaxin", talk(f"L: {question}", f"P: {answer}")
    )


@pytest.mark.parametrize(
    ("wish", "answer"),
    [
        ("Kan jeg få henvisning til fysioterapeut?", "Ja, det kan du få."),
        ("Kan du skrive henvisning?", "Ja, det gjør jeg."),
        ("Kan eg få henvisning til ortoped?", "Ja, det skal du få."),
    ],
)
def test_a_wish_that_is_granted_is_the_doctors_word(wish: str, answer: str) -> None:
    first, *_ = talk(f"P: {wish}", f"L: {answer}")
    assert (first.role, first.evidence, judged("henvisning", (first,))) == ("practitioner", (0, 1), [SO])


def test_a_wish_that_is_not_granted_is_denied() -> None:
    made = talk("P: Kan jeg få Sobril?", "L: Nei, det gir jeg ikke.")
    assert judged("sobril", made) == ["denied planned"]
    assert judged("sobril", talk("P: Kan jeg få Sobril?", "L: Hvordan sover du?")) == []


@pytest.mark.parametrize(
    "question", ["Kan det være kreft?", "Kan jeg ha kreft?", "Er det kreft?", "Kan jeg få kreft av det?"]
)
def test_what_a_patient_fears_is_no_wish(question: str) -> None:
    assert judged("kreft", talk(f"P: {question}", "L: Ja.")) == []


def test_what_is_wrong_was_not_so() -> None:
    assert judged("apocillin", talk("L: Det står at du ikke tåler Apocillin.", "P: Nei, det er feil.")) == []
    assert judged("marevan", talk("L: Du bruker Marevan.", "P: Nei, det stemmer ikke.")) == [DENIED]
    made = talk("L: Du tåler ikke Apocillin.", "P: Nei, det er feil, det var søsteren min.")
    assert judged("apocillin", made) == ["denied relative"]
    made = talk("L: Tåler du penicillin?", "P: Nei, det er feil, det var søsteren min.")
    assert judged("penicillin", made) == ["relative"]


def test_an_order_is_no_question() -> None:
    made = talk("L: Ta ikke Ibux mot dette.", "P: Nei, jeg bruker bare Paracet.")
    assert [judged(word, made) for word in ("ibux", "paracet")] == [[DENIED], [SO]]


def test_another_time_than_was_proposed() -> None:
    first, *_ = talk("L: Skal vi ta en kontroll om en uke?", "P: Helst om to, for jeg er i Bergen.")
    assert " ".join(token.text for token in first.tokens[5:8]) == "om to uke"


def test_an_elliptical_answer_knows_where_it_was_asked() -> None:
    (claim,) = talk("L: Hei.", "L: Hvor lenge har du hatt det?", "P: I tre uker.")[1:]
    assert claim.asked_in == (1,)


def test_what_is_asked_next_is_of_what_was_named_instead() -> None:
    first, second = talk("L: Hvilke? Microgynon?", "P: Nei, Loette. En om dagen.")
    assert (judged("loette", (first,)), [t.text for t in second.asked]) == ([SO], ["loette", "?"])


@pytest.mark.parametrize(
    "question", ["Hvorfor er jeg så svimmel?", "Er det derfor jeg er så svimmel?", "Kvifor er eg så svimmel?"]
)
def test_who_asks_why_says_that(question: str) -> None:
    assert judged("svimmel", talk(f"P: {question}")) == [SO]


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Svart avføring eller feber?", "Nei, ikke svart. Ikke noe feber.", DENIED),
        ("Har du feber?", "Nei, ingen feber.", DENIED),
        ("Svir det når du har feber?", "Ja.", SO),
        ("Har du hatt vondt når du tisser, eller feber?", "Nei, ingenting slikt.", DENIED),
        ("har du feber", "nei je har itte det", DENIED),
        ("feber eller hoste", "ikke noe av det", DENIED),
    ],
)
def test_what_is_denied_again_stays_denied(question: str, answer: str, expected: str) -> None:
    assert judged("feber", talk(f"L: {question}", f"P: {answer}"))[0] == expected


@pytest.mark.parametrize("answer", ["Slutta for ti år siden.", "Nei, jeg sluttet i fjor.", "Eg har slutta. I haust."])
def test_what_was_given_up_was_so_once(answer: str) -> None:
    assert next((c.answer, c.when) for c in talk("L: Røyker du?", f"P: {answer}")) == (Polarity.AFFIRMED, Time.PAST)


def test_a_husband_of_whom_something_else_is_told_has_not_what_was_asked_for() -> None:
    made = talk("L: Kan du være gravid?", "P: Nei, mannen er sterilisert.")
    assert [c.answer for c in made if c.answer] == [Polarity.DENIED]


def test_the_doctors_answer_knows_what_the_patient_asked() -> None:
    made = talk("P: Når er kontrollen?", "L: Om tre måneder.")
    assert [t.text for t in made[-1].asked][:3] == ["når", "er", "kontrollen"]


def test_a_proposal_waits_while_it_is_explained() -> None:
    made = talk("L: Kommer du igjen om en uke?", "P: Må jeg det?", "L: Ja, for trykket.", "P: Ok.")
    assert [c.answer for c in made if c.answer] == [Polarity.AFFIRMED]


def test_what_an_answer_only_denies_again_is_not_taken_out_of_its_question() -> None:
    made = talk("L: Svart avføring?", "P: Nei, ikke svart.")
    assert [t.text for t in made[0].tokens][:2] == ["svart", "avføring"]

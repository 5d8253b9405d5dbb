"""Utterances are a sentence or two by one speaker, and an answer of one word is never lost in a question."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiskriv.speech.attribution import utterances
from kiskriv.transcript import Doubt, Role, Utterance, Word

ROLES = {"0": Role.PRACTITIONER, "1": Role.PATIENT}


def said(*parts: tuple[str, str, float, float]) -> tuple[Utterance, ...]:
    """Parts are (speaker, words, start, seconds for each word)."""
    words, speakers = list[Word](), list[str]()
    for speaker, text, start, each in parts:
        for number, word in enumerate(text.split()):
            words.append(Word(start + number * each, start + (number + 1) * each, word, 1.0))
            speakers.append(speaker)
    return utterances(words, speakers, ROLES)


def test_a_new_speaker_begins_a_new_utterance() -> None:
    made = said(("0", "Har du feber?", 0.0, 0.3), ("1", "Nei, ikke nå.", 0.9, 0.3))
    assert [(u.id, u.role, u.speaker, u.text) for u in made] == [
        (0, Role.PRACTITIONER, "0", "Har du feber?"),
        (1, Role.PATIENT, "1", "Nei, ikke nå."),
    ]


def test_a_speaker_without_a_role_is_unknown() -> None:
    (utterance,) = said(("2", "Mor er her også.", 0.0, 0.3))
    assert utterance.role is Role.UNKNOWN


def test_an_answer_of_one_word_between_two_questions_is_the_patients() -> None:
    made = said(("0", "Røyker du?", 0.0, 0.3), ("1", "Nei.", 0.65, 0.25), ("0", "Drikker du?", 0.95, 0.3))
    assert [(u.speaker, u.text) for u in made] == [("0", "Røyker du?"), ("1", "Nei."), ("0", "Drikker du?")]


def test_an_answer_in_a_pause_of_the_sentence_is_the_patients() -> None:
    made = said(("0", "Og du tar", 0.0, 0.3), ("1", "ja", 1.1, 0.3), ("0", "Apocillin nå.", 1.6, 0.3))
    assert [u.speaker for u in made] == ["0", "1", "0"]


def test_a_single_short_word_inside_a_sentence_is_no_change_of_speaker() -> None:
    made = said(("0", "Du får", 0.0, 0.3), ("1", "en", 0.6, 0.3), ("0", "tablett om dagen.", 0.9, 0.3))
    assert [(u.speaker, u.text) for u in made] == [("0", "Du får en tablett om dagen.")]


def test_a_long_word_inside_a_sentence_is_believed() -> None:
    made = said(("0", "Du får", 0.0, 0.3), ("1", "Apocillin", 0.6, 0.6), ("0", "om dagen.", 1.2, 0.3))
    assert [u.speaker for u in made] == ["0", "1", "0"]


def test_a_pause_ends_an_utterance() -> None:
    made = said(("0", "Ta en", 0.0, 0.3), ("0", "om dagen", 1.5, 0.3))
    assert [u.text for u in made] == ["Ta en", "om dagen"]


def test_a_hesitation_inside_a_sentence_does_not() -> None:
    made = said(("0", "Ta en", 0.0, 0.3), ("0", "om dagen", 1.3, 0.3))
    assert [u.text for u in made] == ["Ta en om dagen"]


def test_a_breath_between_two_sentences_does() -> None:
    made = said(("0", "Ja.", 0.0, 0.3), ("0", "Det er bra.", 0.65, 0.3))
    assert [u.text for u in made] == ["Ja.", "Det er bra."]


def test_sentences_without_a_breath_belong_together_until_they_grow_long() -> None:
    made = said(("0", "Ja. Nei. " * 3, 0.0, 0.3), ("0", "Det er bra. " * 10, 1.8, 0.5))
    assert made[0].text.startswith("Ja. Nei. Ja.")
    assert all(u.end - u.start < 14 for u in made)
    assert len(made) == 2


def test_doubt_begins_an_utterance_and_ends_one_so_that_none_is_doubted_in_part() -> None:
    marks = [None, Doubt.LANGUAGE, Doubt.LANGUAGE, Doubt.PHANTOM, None]
    words = [Word(n / 2, n / 2 + 0.5, "ord", 1.0, mark) for n, mark in enumerate(marks)]
    made = utterances(words, ["0"] * 5, ROLES)
    assert [(u.doubt, len(u.words)) for u in made] == [(None, 1), (Doubt.LANGUAGE, 2), (Doubt.PHANTOM, 1), (None, 1)]


def test_nothing_said_is_no_utterance() -> None:
    assert utterances([], [], ROLES) == ()


@given(st.lists(st.tuples(st.sampled_from("01"), st.sampled_from(["ja", "nei."]), st.floats(0, 1), st.floats(0, 1))))
def test_every_word_is_in_exactly_one_utterance(drawn: list[tuple[str, str, float, float]]) -> None:
    words, now = list[Word](), 0.0
    for _, text, gap, length in drawn:
        words.append(Word(now + gap, now + gap + length, text, 1.0))
        now = words[-1].end
    made = utterances(words, [speaker for speaker, *_ in drawn], ROLES)
    assert [word for u in made for word in u.words] == words
    assert [u.id for u in made] == list(range(len(made)))

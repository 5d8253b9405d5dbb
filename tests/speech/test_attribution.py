"""Utterances are a sentence or two by one speaker, and an answer of one word is never lost in a question."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise
from math import inf, nan

from hypothesis import given
from hypothesis import strategies as st

from kiskriv.speech.attribution import BREATH, LONG, PAUSE, relabelled, speakers, utterances
from kiskriv.transcript import Correction, Doubt, Rewording, Role, Turn, Utterance, Word

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


# -- words to turns ---------------------------------------------------------------------------------------------------------------


def spoken(text: str, start: float = 0.0, each: float = 0.4) -> list[Word]:
    """The words one after another, without pauses."""
    return [Word(start + n * each, start + (n + 1) * each, word, 1.0) for n, word in enumerate(text.split())]


def who(words: list[Word], *turns: tuple[float, float, str]) -> str:
    """One letter for each word: its speaker, or a hyphen."""
    return "".join(label or "-" for label in speakers(words, [Turn(*turn) for turn in turns]))


def test_a_word_is_said_by_who_has_most_of_it() -> None:
    words = spoken("Har du feber? Nei ikke nå.")
    assert who(words, (0.0, 1.1, "A"), (1.1, 2.5, "B")) == "AAABBB"
    assert who(words, (0.0, 1.3, "A"), (1.3, 2.5, "B")) == "AAABBB"
    assert who(spoken("Lungebetennelse", each=1.0), (0.0, 0.3, "A"), (0.3, 0.7, "B"), (0.7, 1.0, "A")) == "A"


def test_a_word_in_no_turn_belongs_to_the_nearest_within_half_a_second() -> None:
    turns = (0.0, 1.0, "A"), (3.0, 4.0, "B")
    assert who([Word(0.2, 0.8, "ja", 1.0), Word(1.4, 1.6, "og", 1.0)], *turns) == "AA"
    assert who([Word(0.2, 0.8, "ja", 1.0), Word(2.3, 2.6, "og", 1.0)], *turns) == "AB"


def test_a_word_far_from_every_turn_belongs_to_the_speaker_before() -> None:
    turns = (0.0, 1.0, "A"), (3.0, 4.0, "B")
    assert who([Word(0.2, 0.8, "ja", 1.0), Word(1.8, 2.2, "og", 1.0)], *turns) == "AA"
    assert who([Word(9.0, 9.2, "ja", 1.0), Word(9.2, 9.6, "og", 1.0)], *turns) == "BB"


def test_without_turns_nobody_is_known_and_no_word_is_lost() -> None:
    words = spoken("Har du feber?")
    assert who(words) == "---"
    (utterance,) = utterances(words, speakers(words, []), {"A": Role.PATIENT})
    assert (utterance.role, utterance.speaker, utterance.text) == (Role.UNKNOWN, "", "Har du feber?")


def test_a_short_word_is_judged_with_what_is_around_it() -> None:
    words = [*spoken("Og du", each=0.5), Word(1.1, 1.2, "da", 1.0), *spoken("får vi", 1.3, 0.5)]
    assert who(words, (0.0, 1.0, "A"), (1.0, 1.3, "B"), (1.3, 2.3, "C")) == "AABCC"
    assert who(words, (0.0, 1.05, "A"), (1.1, 1.2, "B"), (1.2, 2.3, "C")) == "AACCC"


def test_a_long_word_with_little_evidence_gives_way_to_its_sentence() -> None:
    words = spoken("Du får Apocillin om dagen.", each=0.6)
    turns = (0.0, 1.2, "A"), (1.4, 1.6, "B"), (1.8, 3.0, "A")
    assert who(words, *turns) == "AAAAA"
    assert who(words, (0.0, 1.2, "A"), (1.2, 1.6, "B"), (1.8, 3.0, "A")) == "AABAA"


def test_a_short_answer_between_two_questions_is_its_own_evidence() -> None:
    words = [*spoken("Røyker du?"), Word(0.8, 1.0, "Nei.", 1.0), *spoken("Drikker du?", 1.0)]
    assert who(words, (0.0, 0.8, "A"), (0.8, 1.0, "B"), (1.0, 1.8, "A")) == "AABAA"


def test_a_short_answer_in_a_pause_is_its_own_evidence() -> None:
    words = [*spoken("Og du tar"), Word(1.5, 1.7, "ja", 1.0), *spoken("Apocillin nå", 2.0)]
    assert who(words, (0.0, 1.2, "A"), (1.5, 1.7, "B"), (2.0, 2.8, "A")) == "AAABAA"


def test_the_first_word_of_an_answer_is_not_pulled_into_the_question() -> None:
    words = [*spoken("Har du vondt"), Word(1.2, 1.4, "ja", 1.0), *spoken("det har jeg", 1.4)]
    assert who(words, (0.0, 1.2, "A"), (1.25, 2.6, "B")) == "AAABBBB"


def test_a_word_without_times_belongs_to_the_speaker_before() -> None:
    turns = (0.0, 1.0, "A"), (1.0, 2.0, "B"), (2.0, 3.0, "A")
    assert who([Word(1.2, 1.8, "ja", 1.0), Word(nan, nan, "og", 1.0), Word(inf, inf, "så", 1.0)], *turns) == "BBB"
    assert who([Word(1.2, 1.8, "ja", 1.0), Word(1.6, 1.4, "og", 1.0)], *turns) == "BB"


times = st.one_of(st.floats(-5, 40), st.sampled_from([nan, inf, -inf]))


@given(st.lists(st.tuples(times, times)), st.lists(st.tuples(times, times, st.sampled_from("AB"))))
def test_no_times_however_bad_lose_a_word(
    spans: list[tuple[float, float]], turns: list[tuple[float, float, str]]
) -> None:
    words = [Word(start, end, "ord", 1.0) for start, end in spans]
    labels = speakers(words, [Turn(*turn) for turn in turns])
    made = utterances(words, labels, {}, [Correction(nan, 3.0, "C"), Correction(9.0, 2.0, "C")])
    assert sorted(id(word) for u in made for word in u.words) == sorted(map(id, words))


def test_a_long_consultation_is_attributed_at_once() -> None:
    words = spoken("ord " * 6000)
    turns = [Turn(n * 1.6, n * 1.6 + 1.5, str(n % 3)) for n in range(1500)]
    began = time.process_time()
    labels = speakers(words, turns)
    assert time.process_time() - began < 0.5  # 0.02 on the machine that this was written on
    assert set(labels) == {"0", "1", "2"}


# -- corrections ------------------------------------------------------------------------------------------------------------------


def corrected(*corrections: tuple[float, float, str]) -> list[tuple[str, str]]:
    """Of six words of 0.3 s by one voice, without any pause."""
    words = spoken("Mor har hatt vondt i magen", each=0.3)
    return [(u.speaker, u.text) for u in utterances(words, ["0"] * 6, ROLES, [Correction(*c) for c in corrections])]


def test_words_within_a_correction_are_said_by_whom_it_names_and_stand_alone() -> None:
    assert corrected((0.3, 0.9, "1")) == [("0", "Mor"), ("1", "har hatt"), ("0", "vondt i magen")]


def test_a_correction_holds_a_word_by_its_middle() -> None:
    assert corrected((0.4, 0.8, "1")) == [("0", "Mor"), ("1", "har hatt"), ("0", "vondt i magen")]
    assert corrected((0.5, 0.7, "1")) == [("0", "Mor har hatt vondt i magen")]


def test_a_correction_stands_alone_even_beside_words_of_the_same_voice() -> None:
    assert corrected((0.3, 0.9, "0")) == [("0", "Mor"), ("0", "har hatt"), ("0", "vondt i magen")]


def test_what_the_doctor_worded_stands_alone_whoever_says_it() -> None:
    words = spoken("Mor har hatt vondt i magen", each=0.3)
    made = utterances(words, ["0"] * 6, ROLES, [Correction(0.0, 1.8, "1"), Rewording(0.3, 0.9, "har fått")])
    assert [(u.speaker, u.text) for u in made] == [("1", "Mor"), ("1", "har hatt"), ("1", "vondt i magen")]


def test_the_last_of_several_corrections_holds() -> None:
    made = corrected((0.0, 1.8, "1"), (0.3, 0.9, "2"))
    assert made == [("1", "Mor"), ("2", "har hatt"), ("1", "vondt i magen")]
    assert corrected((0.3, 0.9, "2"), (0.0, 1.8, "1")) == [("1", "Mor har hatt vondt i magen")]


def test_a_corrected_word_is_no_island() -> None:
    words = spoken("Du får en tablett", each=0.3)
    made = utterances(words, ["0"] * 4, ROLES, [Correction(0.6, 0.9, "1")])
    assert [(u.role, u.text) for u in made] == [
        (Role.PRACTITIONER, "Du får"),
        (Role.PATIENT, "en"),
        (Role.PRACTITIONER, "tablett"),
    ]


def test_a_word_that_takes_no_time_can_be_corrected() -> None:
    (made,) = utterances([Word(2.0, 2.0, "ja", 1.0)], ["0"], ROLES, [Correction(2.0, 2.0, "1")])
    assert made.speaker == "1"


# -- both at once -----------------------------------------------------------------------------------------------------------------


def at_once(*parts: tuple[str, list[Word]]) -> list[tuple[str, str]]:
    """Each speaker's words from a microphone of their own."""
    both = sorted(((word, speaker) for speaker, words in parts for word in words), key=lambda pair: pair[0].start)
    return [(u.speaker, u.text) for u in utterances([word for word, _ in both], [label for _, label in both], ROLES)]


def test_two_who_speak_at_once_keep_their_sentences() -> None:
    made = at_once(("0", spoken("Ta en tablett hver morgen.")), ("1", spoken("Jeg tar den om kvelden nå.", 0.1)))
    assert made == [("0", "Ta en tablett hver morgen."), ("1", "Jeg tar den om kvelden nå.")]


def test_a_yes_over_the_others_word_does_not_cut_the_sentence_and_is_no_island() -> None:
    yes = [Word(0.5, 0.7, "ja", 1.0)]
    assert at_once(("0", spoken("Ta en tablett.")), ("1", yes)) == [("0", "Ta en tablett."), ("1", "ja")]


def test_who_has_the_turn_ends_the_others_sentence_even_when_they_met() -> None:
    made = at_once(("0", [*spoken("Og hvis du"), *spoken("får feber", 2.6)]), ("1", spoken("ja jeg vet det", 1.0)))
    assert made == [("0", "Og hvis du"), ("1", "ja jeg vet det"), ("0", "får feber")]


def test_utterances_are_numbered_by_their_starts() -> None:
    words = sorted([*spoken("a b c d"), *spoken("e f", 0.2), *spoken("g h", 0.3)], key=lambda word: word.start)
    labels = [{"a": "0", "b": "0", "c": "0", "d": "0", "e": "1", "f": "1"}.get(word.text, "2") for word in words]
    made = utterances(words, labels, ROLES)
    assert [u.id for u in made] == [0, 1, 2]
    assert all(before.start <= after.start for before, after in pairwise(made))


one_after_another = st.lists(
    st.tuples(
        st.sampled_from("012"),
        st.sampled_from(["ja", "nei.", "feber?"]),
        st.sampled_from([0.0, 0.1, 0.15, 0.3, 0.5, 0.8, 2.0]),
        st.sampled_from([0.0, 0.2, 0.3, 0.4, 0.5, 6.0]),
        st.sampled_from([None, None, None, Doubt.LANGUAGE]),
    ),
    max_size=30,
)


@given(one_after_another)
def test_words_one_after_another_are_cut_wherever_the_speaker_changes_and_nowhere_else_than_alone(
    drawn: list[tuple[str, str, float, float, Doubt | None]],
) -> None:
    """The rule as it stood when nobody spoke at once: seen from two words side by side."""
    words, now = list[Word](), 0.0
    for _, text, gap, length, doubt in drawn:
        words.append(Word(now + gap, now + gap + length, text, 1.0, doubt))
        now = words[-1].end
    made = utterances(words, [speaker for speaker, *_ in drawn], {})
    assert [word for u in made for word in u.words] == words
    labels = [u.speaker for u in made for _ in u.words]
    cuts, first = list[int](), 0
    for at, (before, word) in enumerate(pairwise(words), start=1):
        pause = word.start - before.end
        ended = before.text.endswith((".", "?"))
        rested = pause >= BREATH or before.end - words[first].start >= LONG if ended else pause >= PAUSE
        if labels[at - 1] != labels[at] or before.doubt != word.doubt or rested:
            cuts.append(at)
            first = at
    lengths = [len(u.words) for u in made]
    assert cuts == [sum(lengths[:n]) for n in range(1, len(lengths))]


def test_a_correction_of_one_microphones_words_leaves_the_others_that_were_said_at_once() -> None:
    said = [
        Word(0.0, 0.5, "du", 0.9, channel=0),
        Word(0.1, 0.6, "nei", 0.9, channel=1),
        Word(0.5, 1.0, "tåler", 0.9, channel=0),
        Word(0.6, 1.1, "aldri", 0.9, channel=1),
    ]
    doctor, patient = utterances(said, ("0", "1", "0", "1"), {})
    assert Correction.of(doctor, "2") == Correction(0.0, 1.0, "2", 0)
    corrected = utterances(said, ("0", "1", "0", "1"), {}, [Correction.of(doctor, "2")])
    assert [(u.speaker, u.text) for u in corrected] == [("2", "du tåler"), ("1", "nei aldri")]
    assert Correction.of(replace(patient, words=(said[0], said[1])), "2").channel is None


def test_voices_keep_their_labels_as_far_as_they_share_time() -> None:
    before = (Turn(0.0, 4.0, "0"), Turn(4.0, 8.0, "1"))
    after = (Turn(0.0, 1.0, "0"), Turn(1.0, 4.0, "1"), Turn(4.0, 8.0, "2"), Turn(8.0, 9.0, "0"))
    assert [turn.speaker for turn in relabelled(after, before)] == ["2", "0", "1", "2"]
    assert relabelled(after, ()) == after
    assert relabelled((), before) == ()
    assert relabelled(before, after[1:]) == tuple(replace(t, speaker=s) for t, s in zip(before, "12", strict=True))

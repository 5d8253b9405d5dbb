"""Words heard wrong, and words in the wrong mouth, are counted on who said them."""

from __future__ import annotations

import random
from itertools import permutations

import pytest
from rapidfuzz.distance import Levenshtein

from kiskriv.evaluation.hearing import Heard, _assigned, folded, heard, word_error_rate
from kiskriv.transcript import Role, Transcript, Utterance, Word

DOCTOR, PATIENT, UNKNOWN = Role.PRACTITIONER, Role.PATIENT, Role.UNKNOWN


def said(*turns: tuple[Role, str, str]) -> Transcript:
    """Turns of role, speaker, text."""
    return Transcript(
        "nb",
        tuple(
            Utterance(number, role, speaker, tuple(Word(number, number + 1, word, 1.0) for word in text.split()))
            for number, (role, speaker, text) in enumerate(turns)
        ),
    )


REFERENCE = said((DOCTOR, "d", "Har du hatt feber?"), (PATIENT, "p", "Nei, ikke nå."))


def test_the_same_words_are_right_whatever_their_case_and_signs() -> None:
    found = heard(REFERENCE, said((DOCTOR, "0", "har du, hatt feber"), (PATIENT, "1", "NEI ikke «nå»")))
    assert found == {DOCTOR: Heard(4), PATIENT: Heard(3)}


def test_a_comma_in_a_number_is_of_the_word() -> None:
    assert folded("Temp. 38,5, altså") == ["temp", "38,5", "altså"]


def test_each_error_counts_on_who_said_the_word() -> None:
    found = heard(REFERENCE, said((DOCTOR, "0", "Har du hat feber da"), (PATIENT, "1", "Nei nå")))
    assert found[DOCTOR] == Heard(4, substituted=1, inserted=1)
    assert found[PATIENT] == Heard(3, deleted=1)
    assert found[DOCTOR].error_rate == 0.5
    assert found[PATIENT].error_rate == pytest.approx(1 / 3)


def test_a_word_in_the_wrong_mouth_is_a_wrong_role_and_a_wrong_voice() -> None:
    found = heard(REFERENCE, said((DOCTOR, "0", "Har du hatt feber nei"), (PATIENT, "1", "ikke nå")))
    assert found[PATIENT] == Heard(3, wrong_role=1, wrong_voice=1)
    assert found[DOCTOR] == Heard(4)


def test_voices_told_apart_but_with_each_others_role_are_wrong_in_role_alone() -> None:
    found = heard(REFERENCE, said((PATIENT, "0", "Har du hatt feber"), (DOCTOR, "1", "nei ikke nå")))
    assert sum(found.values(), Heard()).speaker_error == 0
    assert sum(found.values(), Heard()).role_error == 1


def test_who_is_not_known_is_wrong() -> None:
    found = sum(heard(REFERENCE, said((UNKNOWN, "", REFERENCE.text))).values(), Heard())
    assert (found.wrong_role, found.wrong_voice, found.paired) == (7, 7, 7)


def test_one_voice_for_all_is_that_of_who_spoke_most() -> None:
    found = sum(heard(REFERENCE, said((DOCTOR, "0", REFERENCE.text))).values(), Heard())
    assert found.wrong_voice == 3


def test_voices_are_paired_with_speakers_so_that_most_words_are_right() -> None:
    """What is best for one voice alone would take the speaker whom another needs more."""
    reference = said((DOCTOR, "d", "a b c d e f g h i j k"), (PATIENT, "p", "l m n o p"))
    told = said((DOCTOR, "0", "a b c d e"), (DOCTOR, "1", "f g h i j k"), (DOCTOR, "0", "l m n o"), (DOCTOR, "2", "p"))
    found = sum(heard(reference, told).values(), Heard())
    assert found.wrong_voice == 16 - 6 - 4


def test_nothing_heard_is_all_lost_and_nothing_said_all_put_in() -> None:
    nothing = said()
    assert heard(REFERENCE, nothing) == {DOCTOR: Heard(4, deleted=4), PATIENT: Heard(3, deleted=3)}
    assert heard(nothing, REFERENCE) == {UNKNOWN: Heard(inserted=7)}
    assert heard(nothing, nothing) == {}
    assert word_error_rate("", nothing) == 0


def test_all_roles_together_are_the_word_error_rate() -> None:
    dice = random.Random(7)
    for _ in range(50):
        one, other = (
            said(
                *(
                    (dice.choice([DOCTOR, PATIENT]), dice.choice("01"), " ".join(dice.choices("abcde", k=4)))
                    for _ in range(n)
                )
            )
            for n in (6, dice.randint(0, 8))
        )
        together = sum(heard(one, other).values(), Heard())
        assert together.words == 24
        assert together.error_rate == word_error_rate(one.text, other)
        assert round(24 * together.error_rate) == Levenshtein.distance(folded(one.text), folded(other.text))


def test_many_speakers_and_voices_are_paired_at_once() -> None:
    """It must not take the time that all pairings would."""
    many = said(*((DOCTOR, f"{n % 40}", f"w{n}") for n in range(400)))
    told = said(*((DOCTOR, f"{n % 9}", f"w{n}") for n in range(400)))
    assert sum(heard(many, told).values(), Heard()).wrong_voice < 400


def test_the_pairing_is_as_good_as_the_best_of_all() -> None:
    dice = random.Random(3)
    for _ in range(100):
        rows = dice.randint(0, 4)
        columns = dice.randint(rows, 5)
        cost = [[dice.randint(-9, 0) for _ in range(columns)] for _ in range(rows)]
        found = _assigned(cost)
        assert len(set(found)) == rows
        ways = permutations(range(columns), rows)
        best = min(sum(row[at] for row, at in zip(cost, way, strict=True)) for way in ways)
        assert sum(row[at] for row, at in zip(cost, found, strict=True)) == best

"""Tokens become words as they would be written, with times that can be trusted to be in order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.speech.words import pieces, words_of
from kiskriv.transcript import Word


def spoken(texts: list[str], steps: list[int] | None = None, longest: float = 30.0) -> list[Word]:
    """One token a piece; `steps` where the path reaches each of them and the end, ten by ten if not given."""
    reached = steps or [10 * index for index in range(len(texts) + 1)]
    probabilities = [round(0.9 - 0.1 * index, 1) for index in range(len(texts))]
    return words_of(pieces(texts, [1] * len(texts)), list(enumerate(reached)), probabilities, longest)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([" Har", " du", " feber", "?"], ["Har", "du", "feber?"]),
        ([" 37", ",", "5", " grader", "."], ["37,5", "grader."]),
        ([" e", "-", "resept"], ["e-resept"]),
        ([" 50", " %"], ["50", "%"]),
        ([' "', "Nei", '"', ",", " sa", " hun", "."], ['"Nei",', "sa", "hun."]),
        ([" ja", " –", " nei"], ["ja –", "nei"]),
        (["Uten", " blank"], ["Uten", "blank"]),
        ([" ...", "."], []),
        ([], []),
    ],
)
def test_words_are_what_stands_between_blanks(texts: list[str], words: list[str]) -> None:
    assert [word.text for word in spoken(texts)] == words


@given(st.lists(st.sampled_from([" ja", " nei", ",", ".", " 5", "-", " –", "en", " (", ")"]), max_size=12))
def test_no_character_is_lost_or_added(texts: list[str]) -> None:
    words = spoken(texts)
    assert not words or " ".join(word.text for word in words) == "".join(texts).strip()


def test_punctuation_counts_neither_for_time_nor_for_probability() -> None:
    (word,) = spoken([" Hei", "!"])
    assert (word.start, word.end, word.probability) == (0.0, 0.2, 0.9)


def test_a_word_of_several_tokens_has_their_mean_probability_and_all_their_time() -> None:
    (word,) = words_of(pieces([" Apo", "cillin"], [2, 1]), [(0, 5), (1, 9), (2, 12), (3, 30)], [0.2, 0.4, 0.9], 30.0)
    assert (word.start, word.end, word.probability) == (0.1, 0.6, 0.5)


def test_the_pause_before_a_sentence_is_not_part_of_its_first_word() -> None:
    words = spoken([" Har", " du", " feber", ".", " Nei", " da"], [0, 10, 20, 30, 30, 130, 140])
    assert words[3].text == "Nei"
    assert words[3].start == pytest.approx(words[3].end - 0.4)
    assert words[2].end == 0.6


@given(st.lists(st.integers(0, 1500), min_size=2, max_size=30), st.floats(0.1, 30.0))
def test_times_are_in_order_and_inside_the_window(steps: list[int], longest: float) -> None:
    texts = [" ja.", " nei"] * len(steps)
    words = spoken(texts[: len(steps) - 1], sorted(steps), longest)
    assert all(0 <= word.start <= word.end <= longest for word in words)
    assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(words))

"""Words of the dialects are met as the words that the rules know, and quoted as they were said."""

from __future__ import annotations

import pytest

from kiskriv.draft.language.tokens import tokens


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nei, je hoster itte", ["nei", ",", "jeg", "hoster", "ikke"]),
        ("æ merka itj nokka", ["jeg", "merka", "ikke", "noe"]),
        ("itte no vondt", ["ikke", "noe", "vondt"]),
        ("hu kjæm i morra", ["hun", "kommer", "i", "morgen"]),
        ("det e vondt", ["det", "er", "vondt"]),
        ("ka e det", ["hva", "er", "det"]),
        ("tre ganga for tre veke sia", ["tre", "ganger", "for", "tre", "veke", "siden"]),
    ],
)
def test_a_word_of_a_dialect_is_known(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["vitamin e", "hepatitt e og a", "ikke nå"])
def test_a_letter_and_now_are_left_alone(text: str) -> None:
    assert words(text) == text.split()


def test_it_stands_where_it_was_said() -> None:
    text = "Je hoster itte no."
    assert [text[token.start : token.end] for token in tokens(text)] == ["Je", "hoster", "itte", "no", "."]

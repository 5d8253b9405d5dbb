"""Numbers said or written come back as the number that was meant, and what is no amount stays a word."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiskriv.draft.facts import stated
from kiskriv.draft.language.numerals import number, written
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.lexicon import shipped
from tests.draft.spoken import speller

PIECES = (
    "en", "ei", "null", "to", "fem", "ti", "tjue", "femogførti", "nullkommafem", "hundre", "tusen", "million", "halv", "halvannen",
    "kvart", "par", "komma", "punkt", "og", "over", "til", "mellom", "fra", "1", "0,5", "2,5", "1.5", "14.30", "120", "80", "1/2", "½",
    "¼", "²", "٥", "Ⅹ", "99999999999999", "1+0+1", "1-0-1", "12.03", "32.13.2020", ",", ".", "/", "+", "-", "x", "mg", "ml", "tabletter",
    "uke", "prosent", "grader", "ganger", "dag", "hver", "tredje", "klokka", "tidagers", "mmol/l", "blodtrykk",
)  # fmt: skip


def read(text: str) -> str:
    """The one number of a text, with its other end."""
    found = [token for token in tokens(text) if token.value is not None]
    assert len(found) == 1, f"{len(found)} numbers in {text}"
    ends = [found[0].value, *([] if found[0].to is None else [found[0].to])]
    return "-".join(f"{end.normalize():f}" for end in ends if end is not None)


@given(st.integers(0, 9999), st.booleans(), st.booleans(), st.booleans())
def test_a_number_said_is_the_number_read(value: int, fused: bool, old: bool, nynorsk: bool) -> None:
    words = speller(value, fused=fused, old=old, nynorsk=nynorsk)
    if words in ("en", "ein"):
        return
    found = number(words.split(), 0)
    assert found is not None
    assert (found.value, found.end) == (value, len(words.split()))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("fire hundre", "400"), ("hundre og trettiåtte", "138"), ("eit hundre og tjue", "120"), ("femogførti", "45"),
        ("hundreogtrettiåtte", "138"), ("syv", "7"), ("sju", "7"), ("tyve", "20"), ("tredve", "30"), ("fem og førti", "45"),
        ("nitten hundre og åttifem", "1985"), ("to tusen fem hundre", "2500"), ("to hundre og femti tusen", "250000"),
        ("tretti åtte", "38"), ("tusen", "1000"), ("1 000", "1000"), ("10 000", "10000"), ("1.500", "1500"),
        ("0.125", "0.125"), ("2,5", "2.5"), ("38.4", "38.4"), ("1,5 millioner", "1500000"),
        ("to komma fem", "2.5"), ("null komma null fem", "0.05"), ("trettiåtte komma fire", "38.4"),
        ("fem komma tjuefem", "5.25"), ("null komma fem", "0.5"), ("ein komma fem", "1.5"),
        ("en halv", "0.5"), ("eit halvt", "0.5"), ("halvannen", "1.5"), ("halvanna", "1.5"), ("en og en halv", "1.5"),
        ("to og en halv", "2.5"), ("to og ei halv", "2.5"), ("½", "0.5"), ("1/2", "0.5"), ("1 1/2", "1.5"), ("1½", "1.5"),
        ("3/4", "0.75"), ("tre kvart", "0.75"),
        ("to til tre", "2-3"), ("tre-fire", "3-4"), ("ti–femten", "10-15"), ("10-15", "10-15"), ("mellom to og tre", "2-3"),
        ("to tre", "2-3"), ("to, tre", "2-3"), ("en til to", "1-2"), ("ein eller to", "1-2"), ("et par", "2"), ("eit par", "2"),
    ],
)  # fmt: skip
def test_each_way_to_say_a_number(said: str, value: str) -> None:
    assert read(said) == value


@pytest.mark.parametrize(
    "said",
    [
        "en",
        "ei",
        "et",
        "noen få",
        "nokre få",
        "den femte",
        "12. mars",
        "klokka åtte",
        "klokken 8",
        "halv åtte",
        "i går",
    ],
)
def test_what_is_no_amount_has_no_value(said: str) -> None:
    assert all(token.value is None for token in tokens(said))


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("fire hundre tre ganger", [400, 3]),
        ("hundre og trettiåtte over åttito", [138, 82]),
        ("fra 5 til 10 mg", [5, 10]),
        ("tjue en gang om dagen", [20]),
        ("120 over 80 til 130 over 85", [120, 80, 130, 85]),
        ("tretti åtte fire", [38, 4]),
    ],
)
def test_numbers_that_stand_side_by_side_stay_apart(said: str, values: list[int]) -> None:
    assert [token.value for token in tokens(said) if token.value is not None] == values


def test_thousands_and_fractions_are_told_apart() -> None:
    assert written("1.500") == 1500
    assert written("1.250") == Decimal("1.250")
    assert written("0.500") == Decimal("0.5")


@pytest.mark.parametrize(
    "said",
    [
        "2,5 hundre komma en",
        "1.5 ½ komma en",
        "1,5 tusen punkt fem",
        "fem komma ²",
        "2 ½ komma ½",
        "en komma tusen million",
        "3 komma 1/2",
    ],
)
def test_a_number_that_nobody_means_raises_nothing(said: str) -> None:
    assert tokens(said)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map(" ".join))
def test_any_row_of_numbers_units_and_marks_can_be_read(text: str) -> None:
    assert tokens(text)
    assert isinstance(stated(f"paracet {text}", 0, shipped()), tuple)

"""Numbers as they are said: the written and the spoken word stay in step."""

import pytest

from synthetic.numerals import number_words, spoken, written_count


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "null"),
        (7, "sju"),
        (19, "nitten"),
        (20, "tjue"),
        (38, "trettiåtte"),
        (100, "hundre"),
        (101, "hundre og en"),
        (140, "hundre og førti"),
        (660, "seks hundre og seksti"),
        (1000, "tusen"),
        (1003, "tusen og tre"),
        (1985, "tusen ni hundre og åttifem"),
        (2024, "to tusen og tjuefire"),
    ],
)
def test_numbers_have_their_bokmal_words(number: int, words: str) -> None:
    assert number_words(number) == words


def test_every_number_up_to_9999_sounds_different() -> None:
    assert len({number_words(number) for number in range(10_000)}) == 10_000


@pytest.mark.parametrize("number", [-1, 10_000])
def test_a_number_without_words_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="0 to 9999"):
        number_words(number)


def test_counts_up_to_twelve_are_written_as_words() -> None:
    assert [written_count(n) for n in (2, 12, 13)] == ["to", "tolv", "13"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("38,5", "trettiåtte komma fem"),
        ("2,05", "to komma null fem"),
        ("1,0", "en komma null"),
        ("140,", "hundre og førti,"),
        ("CRP", "se er pe"),
        ("EKG.", "e k g."),
        ("vondt?", "vondt?"),
    ],
)
def test_a_written_word_is_said_with_its_punctuation(written: str, said: str) -> None:
    assert spoken(written) == said

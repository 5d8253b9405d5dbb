"""Where both speak at once each is heard by the own microphone: nothing is lost, nothing is said twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kiskriv.speech.overlap import merge
from kiskriv.transcript import SAMPLE_RATE, Word

STRETCH = [(2 * SAMPLE_RATE, 4 * SAMPLE_RATE)]


def word(start: float, text: str = "ord", channel: int | None = None, seconds: float = 0.4) -> Word:
    return Word(start, start + seconds, text, 1.0, channel=channel)


def every(words: Sequence[Word]) -> list[bool]:
    """All are their channel's own."""
    return [True] * len(words)


def test_without_a_stretch_the_mix_stands() -> None:
    mixed = [word(1.0), word(2.5), word(5.0)]
    assert merge(mixed, [word(1.0, "a")], [word(2.5, "b")], [], every) == tuple(mixed)


def test_within_a_stretch_each_channel_speaks_for_itself_in_order_and_is_remembered() -> None:
    mixed = [word(1.0, "før"), word(2.5, "grøt"), word(5.0, "etter")]
    left = [word(1.0, "før"), word(2.2, "har"), word(3.0, "du"), word(5.0, "etter")]
    right = [word(2.4, "ja"), word(3.4, "litt")]
    merged = merge(mixed, left, right, STRETCH, every)
    assert [(said.text, said.channel) for said in merged] == [
        ("før", None),
        ("har", 0),
        ("ja", 1),
        ("du", 0),
        ("litt", 1),
        ("etter", None),
    ]


def test_a_word_belongs_where_its_middle_lies() -> None:
    mixed = [word(1.5, "ute"), word(1.9, "inne"), word(3.7, "inne"), word(3.9, "ute")]
    garbled = [word(1.9, "?", seconds=0.5), word(3.6, "?", seconds=0.5)]
    assert [said.text for said in merge(mixed, garbled, [], STRETCH, every)] == ["ute", "?", "?", "ute"]
    assert [said.text for said in merge([], mixed, [], STRETCH, every)] == ["inne", "inne"]


def test_what_a_channel_hears_of_the_other_speaker_is_dropped() -> None:
    def own(words: Sequence[Word]) -> list[bool]:
        return [said.channel == 1 for said in words]

    merged = merge([], [word(2.5, "gjettet")], [word(2.5, "sagt")], STRETCH, own)
    assert [said.text for said in merged] == ["sagt"]


def test_what_both_channels_heard_at_the_same_time_is_said_once() -> None:
    left, right = [word(2.5, "Ja,", seconds=0.3)], [word(2.6, "ja")]
    merged = merge([], left, right, STRETCH, every)
    assert [(said.text, said.channel) for said in merged] == [("ja", 1)]
    later = [word(3.0, "ja")]
    assert len(merge([], left, later, STRETCH, every)) == 2


def test_a_word_that_says_the_same_twice_in_one_channel_is_said_twice() -> None:
    left = [word(2.5, "nei"), word(2.6, "nei")]
    assert len(merge([], left, [], STRETCH, every)) == 2


def test_what_the_mix_has_said_at_the_edge_is_not_said_again() -> None:
    mixed = [word(1.75, "altså", seconds=0.4)]
    assert merge(mixed, [word(1.85, "altså")], [], STRETCH, every) == tuple(mixed)


def test_what_the_mix_alone_has_heard_within_a_stretch_stands() -> None:
    mixed = [word(2.1, "tåler"), word(2.6, "ikke"), word(3.2, "penicillin")]
    assert merge(mixed, [], [], STRETCH, every) == tuple(mixed)
    assert merge(mixed, mixed, mixed, STRETCH, lambda words: [False] * len(words)) == tuple(mixed)
    partly = merge(mixed, [word(2.1, "tåler")], [word(3.5, "nei")], STRETCH, every)
    assert [(said.text, said.channel) for said in partly] == [
        ("tåler", 0),
        ("ikke", None),
        ("penicillin", None),
        ("nei", 1),
    ]


def test_a_word_that_a_channel_hears_a_moment_earlier_outside_is_not_lost_between_the_two() -> None:
    mixed, left = [word(1.88, "ikke", seconds=0.28)], [word(1.8, "ikke", seconds=0.34)]
    assert merge(mixed, left, [word(2.4, "nei")], STRETCH, every)[:1] == tuple(mixed)


def test_a_word_that_the_mix_hears_much_longer_is_said_once() -> None:
    mixed = [word(2.2, "ja", seconds=1.0)]
    assert merge(mixed, [word(2.3, "ja")], [], STRETCH, every) == tuple(mixed)


def test_a_word_that_is_dropped_as_said_already_hides_no_other() -> None:
    mixed = [word(2.2, "ja", seconds=1.0), word(2.3, "du")]
    assert merge(mixed, [word(2.3, "ja")], [], STRETCH, every) == tuple(mixed)


@given(
    st.lists(st.tuples(st.integers(0, 2), st.floats(0, 6), st.floats(0, 1), st.sampled_from("abc")), max_size=30),
    st.lists(st.tuples(st.integers(0, 96_000), st.integers(0, 32_000)), max_size=3),
)
def test_nothing_of_the_mix_is_lost_nothing_is_said_twice_and_nothing_is_made_up(
    words: list[tuple[int, float, float, str]], spans: list[tuple[int, int]]
) -> None:
    heard = [
        [word(at, text, None, seconds) for who, at, seconds, text in words if who == source] for source in range(3)
    ]
    stretches = [(start, start + length) for start, length in spans]
    merged = merge(*heard, stretches, every)
    assert [said.start for said in merged] == sorted(said.start for said in merged)

    def within(said: Word) -> bool:
        return any(start <= (said.start + said.end) / 2 * SAMPLE_RATE < end for start, end in stretches)

    def shared(said: Word, other: Word) -> float:
        return min(said.end, other.end) - max(said.start, other.start)

    mixed, alone = ([said for said in merged if (said.channel is None) == is_mixed] for is_mixed in (True, False))
    for said in heard[0]:
        covered = any(shared(said, other) >= (said.end - said.start) / 2 for other in alone)
        assert mixed.count(said) == heard[0].count(said) or (within(said) and covered)
    assert all(said in heard[0] for said in mixed)
    assert all(within(said) and replace(said, channel=None) in heard[1 + (said.channel or 0)] for said in alone)
    for said in alone:
        for other in merged:
            if said.text == other.text and said.channel != other.channel:
                assert shared(said, other) < min(said.end - said.start, other.end - other.start) / 2
    for said in (said for source in heard[1:] for said in source if within(said)):
        assert any(said.text == other.text for other in merged)

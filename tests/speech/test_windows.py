"""Windows depend on the spans alone, hold all speech, and give words their place in the recording back."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kiskriv.speech.windows import LONG_ENOUGH, LONGEST_WINDOW, Packer, Span, Window, on_the_clock, pack
from kiskriv.transcript import SAMPLE_RATE, Word

SECOND = SAMPLE_RATE


@st.composite
def spans(draw: st.DrawFn, longest: int = 70 * SECOND) -> list[Span]:
    """Speech in order, touching or apart."""
    made: list[Span] = []
    end = 0
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 5 * SECOND), st.integers(1, longest)), max_size=20)):
        gap_or_none = gap if gap > SECOND else 0
        made.append((end + gap_or_none, end + gap_or_none + length))
        end = made[-1][1]
    return made


@st.composite
def words_in(draw: st.DrawFn, window: Window) -> list[Word]:
    """Words as a recogniser might time them: in order, some overlapping, of no length or beyond the end."""
    starts = sorted(draw(st.lists(st.floats(0, window.length / SAMPLE_RATE + 0.5), max_size=20)))
    return [Word(start, start + draw(st.floats(0, 3) | st.just(0.0)), "ord", 1.0) for start in starts]


@given(spans())
def test_no_window_is_empty_or_longer_than_the_limit(speech: list[Span]) -> None:
    assert all(0 < window.length <= LONGEST_WINDOW for window in pack(speech))


@given(spans())
def test_all_speech_is_covered_once_and_in_order(speech: list[Span]) -> None:
    pieces = [span for window in pack(speech) for span in window.spans]
    assert all(a[1] <= b[0] for a, b in pairwise(pieces))
    covered: list[Span] = []
    for start, end in pieces:
        if covered and covered[-1][1] == start:
            covered[-1] = (covered[-1][0], end)
        else:
            covered.append((start, end))
    joined: list[Span] = []
    for start, end in speech:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    assert covered == joined


@given(spans(), st.data())
def test_hearing_of_quiet_earlier_changes_no_window(speech: list[Span], data: st.DataObject) -> None:
    packer, windows = Packer(), list[Window]()
    for number, span in enumerate(speech):
        before = speech[number - 1][1] if number else 0
        for _ in range(data.draw(st.integers(0, 3))):
            windows += packer.quiet_until(data.draw(st.integers(0, before) | st.integers(before, span[0])))
        windows += packer.add(span)
    assert windows + packer.finish() == pack(speech)


def test_spans_are_joined_while_they_fit() -> None:
    speech = [(0, 10 * SECOND), (12 * SECOND, 21 * SECOND), (22 * SECOND, 32 * SECOND)]
    assert pack(speech) == [Window((speech[0], speech[1])), Window((speech[2],))]


def test_a_pause_closes_a_window_that_is_long_enough() -> None:
    long_enough, soon = (0, LONG_ENOUGH), (LONG_ENOUGH + 1, LONG_ENOUGH + SECOND)
    assert pack([long_enough, soon]) == [Window((long_enough,)), Window((soon,))]


def test_speech_that_touches_has_no_pause() -> None:
    touching = [(0, LONG_ENOUGH), (LONG_ENOUGH, LONG_ENOUGH + SECOND)]
    assert pack(touching) == [Window(tuple(touching))]


def test_a_window_is_closed_as_soon_as_the_pause_is_certain() -> None:
    packer = Packer()
    assert packer.add((0, LONG_ENOUGH)) == []
    assert packer.quiet_until(LONG_ENOUGH) == []
    assert packer.quiet_until(LONG_ENOUGH + 1) == [Window(((0, LONG_ENOUGH),))]
    assert packer.finish() == []


def test_speech_longer_than_a_window_is_cut() -> None:
    whole = (5, 5 + LONGEST_WINDOW + 7)
    assert pack([whole]) == [Window(((5, 5 + LONGEST_WINDOW),)), Window(((5 + LONGEST_WINDOW, whole[1]),))]


def test_silence_has_no_windows() -> None:
    assert pack([]) == []


@given(spans(longest=20 * SECOND), st.data())
def test_words_stay_in_order_and_inside_their_span(speech: list[Span], data: st.DataObject) -> None:
    for window in pack(speech):
        placed = on_the_clock(data.draw(words_in(window)), window)
        assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(placed))
        edges = [(start / SAMPLE_RATE, end / SAMPLE_RATE) for start, end in window.spans]
        assert all(any(low <= w.start <= w.end <= high for low, high in edges) for w in placed)


def test_a_word_comes_back_to_where_it_was_said() -> None:
    window = Window(((10 * SECOND, 12 * SECOND), (20 * SECOND, 23 * SECOND)))
    first, second = on_the_clock([Word(0.5, 1.0, "før", 1.0), Word(2.5, 3.0, "etter", 1.0)], window)
    assert (first.start, first.end) == (10.5, 11.0)
    assert (second.start, second.end) == (20.5, 21.0)


def test_a_word_across_a_join_belongs_where_most_of_it_lies() -> None:
    window = Window(((10 * SECOND, 12 * SECOND), (20 * SECOND, 23 * SECOND)))
    (early,) = on_the_clock([Word(1.0, 2.2, "tidlig", 1.0)], window)
    (late,) = on_the_clock([Word(1.9, 3.0, "sent", 1.0)], window)
    assert (early.start, early.end) == (11.0, 12.0)
    assert (late.start, late.end) == (20.0, 21.0)

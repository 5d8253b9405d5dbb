"""Which stretches of a recording are looked at: the same while it grows as when it is finished."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kiskriv.speech.diarization import WINDOW, Clustering, count, windows

lengths = some.integers(0, 12 * WINDOW)
steps = some.integers(WINDOW // 10, WINDOW)


@given(lengths, steps)
def test_every_sample_is_looked_at_and_nothing_beyond_the_end(length: int, step: int) -> None:
    spans = windows(length, step)
    assert all(0 < end - start <= WINDOW for start, end in spans)
    assert [start for start, _ in spans] == [step * number for number in range(len(spans))]
    assert spans == [] if length == 0 else spans[-1][1] == length or step > WINDOW
    assert all(second[0] <= first[1] for first, second in pairwise(spans))


@given(lengths, lengths, steps)
def test_whole_windows_stay_what_they_were_when_the_recording_goes_on(length: int, more: int, step: int) -> None:
    whole = [span for span in windows(length, step) if span[1] - span[0] == WINDOW]
    assert windows(length + more, step)[: len(whole)] == whole


@pytest.mark.parametrize(
    ("length", "step", "spans"),
    [
        (WINDOW, WINDOW, [(0, WINDOW)]),
        (WINDOW - 1, WINDOW, [(0, WINDOW - 1)]),
        (WINDOW + 1, WINDOW, [(0, WINDOW), (WINDOW, WINDOW + 1)]),
        (WINDOW + 4, 4, [(0, WINDOW), (4, WINDOW + 4)]),
        (WINDOW + 5, 4, [(0, WINDOW), (4, WINDOW + 4), (8, WINDOW + 5)]),
    ],
)
def test_windows_as_pyannote_cuts_them(length: int, step: int, spans: list[tuple[int, int]]) -> None:
    assert windows(length, step) == spans


@given(lengths, some.integers(1, 2 * WINDOW))
def test_windows_are_counted_as_they_are_cut(length: int, step: int) -> None:
    assert count(length, max(step, length // 1000 + 1)) == len(windows(length, max(step, length // 1000 + 1)))


def test_windows_are_counted_at_once_however_many() -> None:
    assert count(2**53 - 1, 1) == 2**53 - WINDOW


def test_what_is_clustered_can_be_wiped_and_does_not_speak() -> None:
    octets = bytearray(b"abcd")
    clustering = Clustering([memoryview(octets)[:2], bytearray(b"ef"), b"gh"], 1, 2)
    assert repr(clustering) == "<Clustering, 3 windows>"
    clustering.wipe()
    assert octets == b"\0\0cd" and clustering.embedded[1] == b"\0\0"

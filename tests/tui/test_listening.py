"""What is wrong with a microphone is told by its loudness, in time, and not when it is only quiet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiskriv.locale import set_language
from kiskriv.transcript import Role
from kiskriv.tui.levels import complaints, judged
from kiskriv.tui.listening import FLOOR, Ailment, Symptom, Verdict, Watch, decibels, verdict

TALK, FAN, HISS, ROOM, NONE, CLIPPED = 0.2, 0.01, 0.003, 0.001, 0.0, 1.0
"""Peaks: -14 dBFS, -40, -50, -60, nothing, and as loud as it gets."""

SILENT, FIRST_DEAD, SECOND_DEAD = Symptom(Ailment.SILENT), Symptom(Ailment.DEAD, 0), Symptom(Ailment.DEAD, 1)


def after(watch: Watch, start: float, seconds: float, *peaks: float, step: float = 0.1) -> tuple[Symptom, ...]:
    """So many seconds of this, a chunk each `step`; what is wrong at the end."""
    said: tuple[Symptom, ...] = ()
    for chunk in range(round(seconds / step)):
        said = watch.hear(start + (chunk + 1) * step, peaks)
    return said


@pytest.mark.parametrize(("peak", "loud"), [(1.0, 0.0), (0.1, -20.0), (0.0, FLOOR), (1e-9, FLOOR)])
def test_loudness_is_told_in_dbfs_and_never_below_the_floor(peak: float, loud: float) -> None:
    assert decibels(peak) == pytest.approx(loud)


@pytest.mark.parametrize("quiet", [NONE, ROOM, HISS])
@pytest.mark.parametrize("start", [0.0, 720.0])
@pytest.mark.parametrize("step", [0.1, 1.0])
def test_silence_is_told_within_ten_seconds_and_goes_when_it_is_over(quiet: float, start: float, step: float) -> None:
    watch = Watch()
    assert after(watch, start, 5, TALK, TALK, step=step) == ()
    assert after(watch, start + 5, 7, quiet, quiet, step=step) == ()  # a pause in the talk
    assert after(watch, start + 12, 3, quiet, quiet, step=step) == (SILENT,)
    assert after(watch, start + 15, 1, TALK, quiet, step=step) == ()


def test_a_microphone_that_is_off_from_the_start_is_told_too() -> None:
    assert after(Watch(), 0, 10, NONE) == (SILENT,)


@pytest.mark.parametrize(
    ("peaks", "dead"),
    [((TALK, ROOM), SECOND_DEAD), ((NONE, TALK), FIRST_DEAD), ((TALK, HISS), SECOND_DEAD), ((FAN, TALK), FIRST_DEAD)],
)
@pytest.mark.parametrize("start", [0.0, 720.0])
def test_a_dead_channel_is_told_within_ten_seconds_of_talk_beside_it(
    peaks: tuple[float, float], dead: Symptom, start: float
) -> None:
    watch = Watch()
    assert after(watch, start, 7.5, *peaks) == ()
    assert after(watch, start + 7.5, 1, *peaks) == (dead,)
    assert after(watch, start + 8.5, 0.1, TALK, TALK) == ()


@pytest.mark.parametrize("talk", [0.3, 1.0, 1.7])
@pytest.mark.parametrize("dead", [NONE, HISS, FAN])
def test_it_is_the_clock_that_counts_and_not_the_syllables(talk: float, dead: float) -> None:
    watch, now, told = Watch(), 0.0, False
    while now < 10 and not told:  # as much pause as talk
        for first in (TALK, ROOM):
            told |= SECOND_DEAD in after(watch, now, talk, first, dead)
            now += talk
    assert told


def test_silence_counts_against_no_channel() -> None:
    watch = Watch()
    for turn in range(3):  # a word, then seven seconds of examination
        assert after(watch, turn * 7.5, 0.5, TALK, ROOM) == ()
        assert after(watch, turn * 7.5 + 0.5, 7, ROOM, ROOM) == ()


def test_a_fan_beside_one_microphone_does_not_make_the_other_dead() -> None:
    assert after(Watch(), 0, 60, FAN, ROOM) == ()


def test_who_only_listens_is_not_dead() -> None:
    watch = Watch()
    for second in range(120):  # the other's talk is heard across the room, and so are its pauses
        assert after(watch, second, 0.7, TALK, HISS) == ()
        assert after(watch, second + 0.7, 0.3, ROOM, ROOM) == ()


def test_clipping_is_told_when_it_is_no_accident_and_goes_when_it_is_over() -> None:
    watch = Watch()
    assert after(watch, 0, 0.2, CLIPPED, TALK) == ()  # a door, a dropped pen
    assert after(watch, 0.2, 10, TALK, TALK) == ()
    assert after(watch, 10.2, 0.3, TALK, CLIPPED) == (Symptom(Ailment.CLIPPED, 1),)
    assert after(watch, 10.5, 4, TALK, TALK) == (Symptom(Ailment.CLIPPED, 1),)
    assert after(watch, 14.5, 2, TALK, TALK) == ()


@pytest.mark.parametrize(
    ("peaks", "found"),
    [
        ((), Verdict.NOTHING),
        ((ROOM, HISS, ROOM), Verdict.NOTHING),
        ((ROOM, 0.02, ROOM), Verdict.FAINT),
        ((ROOM, TALK, 0.5), Verdict.WELL),
        ((TALK, CLIPPED, CLIPPED), Verdict.WELL),
        ((CLIPPED, CLIPPED, CLIPPED, TALK), Verdict.LOUD),
    ],
)
def test_a_test_ends_in_a_verdict(peaks: tuple[float, ...], found: Verdict) -> None:
    assert verdict(peaks) is found


@pytest.fixture
def english() -> Iterator[None]:
    """The words as they stand in the code."""
    set_language("en")
    yield
    set_language("nb")


def test_each_says_whose_microphone_it_is_and_what_to_do(english: None) -> None:
    roles = (Role.PRACTITIONER, Role.PATIENT)
    assert judged((), [Verdict.WELL]) == "✓ Microphone: hears you well."
    assert judged(roles, [Verdict.WELL, Verdict.FAINT]).splitlines() == [
        "✓ Doctor: hears you well.",
        "! Patient: hears you faintly. Move it closer, or turn it up.",
    ]
    assert judged(roles[:1], [Verdict.WELL, Verdict.LOUD]).splitlines()[1].startswith("! Microphone 2: too loud.")
    assert complaints(roles, 2, [SECOND_DEAD]) == (
        "! Patient: this microphone hears nothing. Is it switched on, and plugged in?"
    )
    assert complaints(roles, 2, [SILENT]).startswith("! NOTHING IS HEARD.")
    assert complaints(roles, 2, []) == ""

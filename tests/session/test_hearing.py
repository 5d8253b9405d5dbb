"""What is decoded when: nothing closed waits for what is only ahead, and what was heard ahead is taken for the very same window."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event as Flag
from time import monotonic

import numpy as np
import pytest

from kiskriv.errors import RecogniserFailed
from kiskriv.session.hearing import Heard, Hearing
from kiskriv.speech.windows import Clip, Urgency, Window
from kiskriv.transcript import SAMPLE_RATE, Findings, Recognition, Samples
from kiskriv.vault import SealedSound, Vault

PATIENCE = 10.0
TAIL, CLOSED, AHEAD = Urgency
FIRST, SECOND, THIRD = (Window(((n * SAMPLE_RATE, (n + 1) * SAMPLE_RATE),)) for n in range(3))
LONGER = Window(((0, 2 * SAMPLE_RATE),))


class Gated:
    """A transcriber that waits at its gate, unless nobody wants it any more; it notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, Urgency]] = []
        self.urged: list[Urgency] = []
        self.clips: list[Samples] = []
        self.broken = self.unwanted = False
        self.gate, self.begun = Flag(), Flag()

    def transcribe(self, clip: Clip, urgency: Urgency) -> Recognition | None:
        self.unwanted = False
        self.asked.append((sum(clip.lengths) // SAMPLE_RATE, urgency))
        self.clips.append(clip.samples)
        self.begun.set()
        assert self.gate.wait(PATIENCE)
        self.begun.clear()
        if self.broken:
            raise RecogniserFailed(attempts=3)
        return None if self.unwanted else Recognition((), Findings(windows=1))

    def urge(self, urgency: Urgency) -> None:
        self.urged.append(urgency)

    def cease(self) -> None:
        self.unwanted = True
        self.gate.set()

    def abandon(self) -> None:
        pass


@pytest.fixture
def model() -> Gated:
    return Gated()


@pytest.fixture
def hearing(model: Gated) -> Iterator[Hearing]:
    sound = SealedSound(Vault())
    sound.append(np.full((1, 3 * SAMPLE_RATE), 0.5, np.float32))
    opened = Hearing(model, sound)
    yield opened
    model.gate.set()
    opened.close()
    assert not any(samples.any() for samples in model.clips)


def at_work(hearing: Hearing, model: Gated, ahead: Window | None = None) -> None:
    """Sets to work, and returns when the transcriber has begun."""
    assert list(hearing.go_on(ahead)) == []
    assert model.begun.wait(PATIENCE)


def told_by(hearing: Hearing, ahead: Window | None) -> Iterator[list[Heard]]:
    """What it tells, again and again, for as long as that may take."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        yield list(hearing.go_on(ahead))


def done(hearing: Hearing, model: Gated, ahead: Window | None = None) -> list[Heard]:
    """Lets the window at work through; what was heard."""
    model.gate.set()
    heard = next(told for told in told_by(hearing, ahead) if told)
    model.gate.clear()
    return heard


def windows(heard: list[Heard]) -> list[tuple[Window, bool]]:
    return [(each.window, each.ahead) for each in heard]


def test_an_open_window_is_decoded_ahead_and_stands_when_it_is_closed_as_it_was(hearing: Hearing, model: Gated) -> None:
    at_work(hearing, model, FIRST)
    assert windows(done(hearing, model, FIRST)) == [(FIRST, True)]
    assert list(hearing.go_on(FIRST)) == []  # not twice
    hearing.add([FIRST])
    assert windows(list(hearing.finish())) == [(FIRST, False)]
    assert model.asked == [(1, AHEAD)]


def test_what_was_heard_ahead_is_thrown_away_when_speech_went_on(hearing: Hearing, model: Gated) -> None:
    at_work(hearing, model, FIRST)
    done(hearing, model, FIRST)
    hearing.add([LONGER])
    model.gate.set()
    assert windows(list(hearing.finish())) == [(LONGER, False)]
    assert model.asked == [(1, AHEAD), (2, TAIL)]


def test_a_closed_window_does_not_wait_for_one_that_is_ahead(hearing: Hearing, model: Gated) -> None:
    at_work(hearing, model, SECOND)
    hearing.add([FIRST])
    assert list(hearing.go_on(None)) == []
    assert model.unwanted
    assert windows(done(hearing, model)) == [(FIRST, False)]
    assert model.asked == [(1, AHEAD), (1, CLOSED)]


def test_nothing_is_decoded_ahead_while_a_closed_window_waits(hearing: Hearing, model: Gated) -> None:
    hearing.add([FIRST, SECOND])
    at_work(hearing, model, THIRD)
    done(hearing, model, THIRD)
    assert model.begun.wait(PATIENCE)
    assert [urgency for _, urgency in model.asked] == [CLOSED, CLOSED]


def test_the_newest_pause_is_decoded_ahead_not_an_older_one(hearing: Hearing, model: Gated) -> None:
    at_work(hearing, model, FIRST)
    assert list(hearing.go_on(None)) == []
    assert not model.unwanted  # speech goes on: it does no harm, and tells what is heard so far
    heard = next(told for told in told_by(hearing, LONGER) if told)
    assert windows(heard) == [(LONGER, True)]
    assert model.asked == [(1, AHEAD), (2, AHEAD)]


def test_a_window_that_is_closed_while_it_is_decoded_ahead_goes_on_and_is_urged(hearing: Hearing, model: Gated) -> None:
    at_work(hearing, model, FIRST)
    hearing.add([FIRST])
    assert list(hearing.go_on(None)) == []
    assert model.urged == [CLOSED] and not model.unwanted
    assert windows(done(hearing, model)) == [(FIRST, False)]
    assert model.asked == [(1, AHEAD)]


def test_at_the_stop_what_is_at_work_becomes_a_tail(hearing: Hearing, model: Gated) -> None:
    at_work(hearing, model, FIRST)
    hearing.add([FIRST, SECOND])
    model.gate.set()
    assert windows(list(hearing.finish())) == [(FIRST, False), (SECOND, False)]
    assert model.asked == [(1, AHEAD), (1, TAIL)]
    assert model.urged == [TAIL]


def test_at_the_stop_what_was_ahead_of_another_end_is_left(hearing: Hearing, model: Gated) -> None:
    at_work(hearing, model, FIRST)
    hearing.add([LONGER])
    assert windows(list(hearing.finish())) == [(LONGER, False)]
    assert model.asked == [(1, AHEAD), (2, TAIL)]
    assert model.urged == []


def test_at_the_stop_what_was_heard_ahead_of_another_end_is_not_told_any_more(hearing: Hearing, model: Gated) -> None:
    at_work(hearing, model, FIRST)
    model.gate.set()
    until = monotonic() + PATIENCE
    while not hearing._decoder.done:
        assert monotonic() < until
    hearing.add([LONGER])
    assert windows(list(hearing.finish())) == [(LONGER, False)]


def test_a_window_that_cannot_be_decoded_ahead_is_not_tried_again_before_it_is_closed(
    hearing: Hearing, model: Gated
) -> None:
    model.broken = True
    at_work(hearing, model, FIRST)
    model.gate.set()
    assert next(hearing._foreseen for told in told_by(hearing, FIRST) if not told and hearing._foreseen)
    assert list(hearing.go_on(FIRST)) == []
    model.broken = False
    hearing.add([FIRST])
    assert windows(list(hearing.finish())) == [(FIRST, False)]
    assert model.asked == [(1, AHEAD), (1, TAIL)]


def test_a_closed_window_that_cannot_be_decoded_is_told(hearing: Hearing, model: Gated) -> None:
    model.broken = True
    hearing.add([FIRST])
    model.gate.set()
    (heard,) = hearing.finish()
    assert (heard.window, heard.recognitions, heard.ahead) == (FIRST, (), False)


def test_what_is_closed_and_not_heard_is_known_and_what_is_ahead_is_not_missed(hearing: Hearing, model: Gated) -> None:
    at_work(hearing, model, THIRD)
    assert hearing.undone == []
    hearing.add([FIRST, SECOND])
    assert hearing.undone == [FIRST, SECOND]
    assert hearing.seconds_behind == 2.0


def test_one_window_at_work_is_not_behind(hearing: Hearing, model: Gated) -> None:
    hearing.add([FIRST])
    at_work(hearing, model)
    assert (hearing.undone, hearing.seconds_behind) == ([FIRST], 0.0)
    hearing.add([SECOND])
    assert hearing.seconds_behind == 2.0

"""The weights: the same words in a smaller form where memory runs out, and in the process of the session where there are no rooms."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
import pytest

from kiskriv.engine import Alone, Loaded
from kiskriv.engine.scheduler import Task
from kiskriv.errors import ModelError, OutOfMemory, RecogniserFailed
from kiskriv.speech.asr import Whisper
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.transcript import SAMPLE_RATE, Findings, Recognition, Samples
from tests.speech.conftest import consultation, demo, model_folder

__all__ = ["consultation", "demo", "model_folder"]


def clip(samples: Samples) -> Clip:
    return Clip(samples.copy(), (samples.shape[1],))


def test_a_smaller_form_of_the_same_weights_takes_over_and_says_so(model_folder: Path, consultation: Samples) -> None:
    loaded: list[str] = []

    def load(compute_type: str) -> Whisper:
        loaded.append(compute_type)
        return Whisper(model_folder, compute_type=compute_type)

    model = Loaded(load, "float32", 1)
    sound = clip(consultation[:, 28 * SAMPLE_RATE : 34 * SAMPLE_RATE])
    before = Alone(model).transcribe(sound, Urgency.CLOSED)
    assert not model.reduced
    assert model.reduce()
    assert model.reduced
    after = Alone(model).transcribe(sound, Urgency.CLOSED)
    assert before is not None and after is not None
    assert (before.findings.reduced, after.findings.reduced) == (0, 1)
    assert loaded == ["float32", "int8_float32"]
    assert len(before.words) > 5 < len(after.words)
    assert not model.reduce()  # there is no smaller one


def test_a_smaller_form_that_does_not_load_leaves_no_words_but_an_error_that_is_known(model_folder: Path) -> None:
    def load(compute_type: str) -> Whisper:
        if compute_type != "float32":
            raise ModelError(problem="it does not load")
        return Whisper(model_folder, compute_type=compute_type)

    model = Loaded(load, "float32", 1)
    assert not model.reduce()
    with pytest.raises(RecogniserFailed):
        Alone(model).transcribe(clip(np.full((1, SAMPLE_RATE), 0.5, np.float32)), Urgency.CLOSED)


class Cramped:
    """A model for which everything is too much, until it is reduced (if it can be)."""

    batch = 1

    def __init__(self, *, reducible: bool = True) -> None:
        self.reduced, self._reducible = False, reducible
        self.steps = 0
        self.closed = False
        self.alone: Alone | None = None

    def work(self, tasks: Sequence[Task]) -> Generator[None, None, list[Recognition]]:
        if not self.reduced and self.alone is None:
            raise OutOfMemory
        try:
            for _ in range(3):
                self.steps += 1
                if self.alone is not None:
                    self.alone.cease()
                yield
        finally:
            self.closed = True
        return [Recognition((), Findings(windows=1))]

    def reduce(self) -> bool:
        self.reduced = self._reducible
        return self._reducible


def test_alone_makes_do_with_less_memory_or_says_that_it_cannot() -> None:
    sound = np.full((1, 4), 0.5, np.float32)
    assert Alone(Cramped()).transcribe(clip(sound), Urgency.CLOSED) == Recognition((), Findings(windows=1))
    with pytest.raises(RecogniserFailed):
        Alone(Cramped(reducible=False)).transcribe(clip(sound), Urgency.CLOSED)


def test_alone_leaves_what_is_not_wanted_between_two_steps() -> None:
    model = Cramped()
    model.alone = alone = Alone(model)
    assert alone.transcribe(clip(np.full((1, 4), 0.5, np.float32)), Urgency.AHEAD) is None
    assert model.steps == 1
    assert model.closed

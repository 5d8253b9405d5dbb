"""What keeps up here is told from a few layers, with a clock that is handed in: no test asks how long anything took."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from kiskriv.errors import ModelError
from kiskriv.speech import shapes
from kiskriv.speech.calibration import (
    FEW,
    WINDOW,
    Kind,
    Pace,
    Trial,
    calibrate,
    kinds,
    pace,
    proposed,
    throughputs,
)
from kiskriv.speech.shapes import SHAPES, Shape

INT8, HALF = Kind("cpu", "int8"), Kind("cuda", "float16")
NARROW = Shape(192, 1, 3, 2)


class Machine:
    """Takes so many seconds for a billion parameters, and notes what it was asked."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked: list[tuple[int, int, int]] = []

    def __call__(self, shape: Shape, kind: Kind, batch: int = 1, /) -> float:
        self.asked.append((shape.width, shape.layers, batch))
        return self.seconds * shape.parameters / 1e9


def sizes(paces: Iterator[Pace]) -> list[str]:
    return [one.size for one in paces]


@pytest.mark.parametrize("size", SHAPES)
def test_a_pace_is_told_from_a_few_layers_of_true_width(size: str) -> None:
    machine = Machine(10)
    told = pace(size, INT8, machine)
    assert told.seconds == pytest.approx(10 * SHAPES[size].parameters / 1e9)
    assert machine.asked == [(SHAPES[size].width, layers, 1) for layers in FEW]


def test_a_layer_never_takes_less_than_nothing() -> None:
    seconds = iter([5.0, 4.0])
    assert pace("large-v3", INT8, lambda *_: next(seconds)).seconds == 5


def test_larger_sizes_are_tried_while_one_keeps_up() -> None:
    assert sizes(calibrate(Machine(1), [INT8])) == ["small", "medium", "large-v3"]
    assert sizes(calibrate(Machine(50), [INT8])) == ["small", "medium"]


def test_smaller_sizes_are_tried_until_one_keeps_up() -> None:
    assert sizes(calibrate(Machine(100), [INT8])) == ["small", "base"]
    assert sizes(calibrate(Machine(300), [INT8])) == ["small", "base", "tiny"]
    assert sizes(calibrate(Machine(3000), [INT8])) == ["small", "base", "tiny"]


def test_every_kind_is_tried() -> None:
    assert [one.kind for one in calibrate(Machine(50), [HALF, INT8])] == [HALF, HALF, INT8, INT8]


def test_the_largest_that_takes_half_of_real_time_is_proposed() -> None:
    kept_up, too_slow = Pace("small", INT8, WINDOW / 2), Pace("medium", INT8, WINDOW / 2 + 0.1)
    assert proposed([Pace("base", INT8, 1), kept_up, too_slow]) == kept_up
    assert proposed([too_slow]) is None
    assert proposed([]) is None


def test_what_does_not_fit_into_memory_is_not_proposed() -> None:
    small, medium = Pace("small", INT8, 1), Pace("medium", INT8, 2)
    assert proposed([small, medium], free=medium.octets) == medium
    assert proposed([small, medium], free=medium.octets - 1) == small
    assert Pace("medium", HALF, 2).octets == 2 * medium.octets == 2 * SHAPES["medium"].parameters


def test_of_two_compute_types_the_quicker_is_proposed() -> None:
    slow, quick = Pace("small", Kind("cuda", "int8_float16"), 2), Pace("small", HALF, 1)
    assert proposed([slow, quick]) == proposed([quick, slow]) == quick


def test_the_clock_tells_the_seconds_of_a_window_and_the_shortest_run_counts() -> None:
    readings = iter([0.0, 8.0, 10.0, 16.0, 20.0, 29.0])
    trial = Trial(beam_size=2, threads=1, runs=3, clock=readings.__next__)
    assert trial.shape(NARROW, INT8, 2) == 3


def test_a_model_of_ones_own_is_made_to_say_as_much(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "SHAPES", {"narrow": NARROW})
    for folder in (model_folder, shapes.write(tmp_path, "narrow", tokens=17)):
        assert Trial(threads=1, clock=count().__next__).folder(folder, INT8) == 1


def test_a_model_that_cannot_be_measured_is_told_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as raised:
        Trial().folder(tmp_path, INT8)
    assert str(tmp_path) not in str(raised.value)


def test_threads_and_batches_are_tried_together() -> None:
    machines = {1: Machine(2), 2: Machine(1)}
    found = list(throughputs(machines.__getitem__, INT8, (1, 2), (1, 4)))
    assert [(one.threads, one.batch) for one in found] == [(1, 1), (1, 4), (2, 1), (2, 4)]
    assert min(found, key=lambda one: one.seconds).threads == 2
    assert [batch for _, _, batch in machines[1].asked] == [1, 4]


def test_there_is_always_something_to_measure() -> None:
    assert kinds()

"""`python -m benchmarks.sizes`: what a few layers predict beside what whole models take; the best of threads and batch on this machine.

In CPU seconds too: others who use the machine change them little, and wall seconds much.
"""

from __future__ import annotations

import os
import time
from functools import partial
from typing import Any

from benchmarks.machine import heading
from kiskriv.machine import free_memory
from kiskriv.speech.calibration import (
    FEW,
    FIRST,
    WINDOW,
    Kind,
    Trial,
    calibrate,
    kinds,
    pace,
    proposed,
    throughputs,
)
from kiskriv.speech.shapes import SHAPES, TOKENS, Shape

SIZES = ("tiny", "base", "small")


class Costs:
    """What a window took of each model, measured once: by the clock, and of all cores."""

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads
        self._measured: dict[tuple[Shape, Kind, int], tuple[float, float]] = {}

    def wall(self, shape: Shape, kind: Kind, batch: int = 1, /) -> float:
        """Seconds."""
        return self._cost(shape, kind, batch)[0]

    def cpu(self, shape: Shape, kind: Kind, batch: int = 1, /) -> float:
        """CPU seconds."""
        return self._cost(shape, kind, batch)[1]

    def _cost(self, *model: Any) -> tuple[float, float]:
        if model not in self._measured:
            readings: list[float] = []
            seconds = Trial(threads=self._threads, clock=partial(_both, readings)).shape(*model)
            self._measured[model] = seconds, (readings[1] - readings[0]) / model[2]
        return self._measured[model]


def _both(cpu: list[float]) -> float:
    """A clock that notes CPU seconds beside it."""
    cpu.append(time.process_time())
    return time.perf_counter()


def main() -> None:
    """Prints the tables."""
    print(heading())
    kind = kinds()[0]
    predicted_and_measured(kind)
    calibrated()
    threads_and_batch(kind)


def predicted_and_measured(kind: Kind) -> None:
    """What `pace` tells of a size, and the whole size."""
    print(
        f"\na window of {WINDOW:.0f} s, {TOKENS} tokens, {kind.device} {kind.compute_type}; load {os.getloadavg()[0]:.1f}"
    )
    print(f"{'':<10}{'seconds':>10}{'predicted':>10}{'ratio':>8}{'CPU seconds':>14}{'predicted':>10}{'ratio':>8}")
    for size in SIZES:
        costs = Costs()
        line = f"{size:<10}"
        for measure, width in ((costs.wall, 10), (costs.cpu, 14)):
            told, whole = pace(size, kind, measure).seconds, measure(SHAPES[size], kind, 1)
            line += f"{whole:>{width}.2f}{told:>10.2f}{told / whole:>8.2f}"
        print(line)


def calibrated() -> None:
    """What `kiskriv check` would propose, and how long it takes."""
    began = time.monotonic()
    paces = list(calibrate(Trial().shape, kinds()))
    print(f"\ncalibration, {time.monotonic() - began:.1f} s; load {os.getloadavg()[0]:.1f}")
    for one in paces:
        of_real_time = f"{one.seconds:>7.2f} s, {one.factor:.2f} of real time"
        print(f"{one.size:<10}{one.kind.compute_type:<13}{of_real_time}, {one.octets / 1e9:.2f} GB")
    best = proposed(paces, free_memory())
    print(f"proposed: {best.size} with {best.kind.compute_type}" if best else "none keeps up")


def threads_and_batch(kind: Kind) -> None:
    """Seconds for each window, and which is best."""
    print(f"\n{FEW[0]} layer of {FIRST}, {kind.compute_type}; load {os.getloadavg()[0]:.1f}")
    print(f"{'threads':>8}{'batch':>8}{'seconds a window':>20}{'CPU seconds':>14}")
    costs = {threads: Costs(threads) for threads in range(1, (os.cpu_count() or 1) + 1)}
    found = [*throughputs(lambda threads: costs[threads].wall, kind, costs)]
    cpu = [*throughputs(lambda threads: costs[threads].cpu, kind, costs)]
    for one, other in zip(found, cpu, strict=True):
        print(f"{one.threads:>8}{one.batch:>8}{one.seconds:>20.2f}{other.seconds:>14.2f}")
    best = min(found, key=lambda one: one.seconds)
    print(f"best: {best.threads} threads, batch {best.batch}")


if __name__ == "__main__":
    main()

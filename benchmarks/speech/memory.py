"""Eight hours of consultations, one after another: does anything grow?

Twenty minutes each, through host, room and engine, as fast as it goes. kiskriv ends room and engine with each consultation, so that only
the host could grow; so there is also one engine that is never replaced, and decodes the same windows for one line after another.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.speech import house
from benchmarks.speech.engine import engine
from benchmarks.speech.overhead import clips_of
from benchmarks.speech.sound import Played, repeated
from benchmarks.speech.table import table
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.transcript import SAMPLE_RATE
from kiskriv.weights import bundled

HOURS = 8
MINUTES = 20
"""Of one consultation."""
CONSULTATIONS = HOURS * 60 // MINUTES

ONE_THREAD = "threads = 1"
"""Both series are made at the same time, on a core each."""

Series = dict[str, list[float]]
"""MiB resident after each consultation, by process."""


def of_the_house() -> Series:
    """Consultation after consultation at one desk."""
    sound = repeated(MINUTES * 60)
    series: Series = {"host": [], "room": [], "engine": []}
    with house.house(settings=ONE_THREAD) as desk:
        for _ in range(CONSULTATIONS):
            with house.consultation(desk) as session:
                house.tail(session, Played(sound, hurried=MINUTES * 60 * SAMPLE_RATE))
                for role, kept in series.items():
                    kept.append(
                        max(house.memory(pid) for pid in _of_the_host(role))
                    )  # of two rooms, not the one that waits
    return {f"{role}{'' if role == 'host' else ', one for each consultation'}": kept for role, kept in series.items()}


def of_one_engine() -> Series:
    """The same windows, without ever replacing the engine."""
    clips = clips_of(repeated(MINUTES * 60))
    kept: list[float] = []
    with engine(bundled(), ONE_THREAD) as served:
        for _ in range(CONSULTATIONS):
            recogniser = served.recogniser()
            for clip in clips:
                recogniser.transcribe(Clip(clip.samples.copy(), clip.lengths), Urgency.CLOSED)
            recogniser.abandon()
            kept.append(house.memory(served.pid))
    return {"engine that is never replaced": kept}


def _of_the_host(role: str) -> list[int]:
    family = house.family()
    host = next(process.pid for process in family if process.role == "host")
    return [process.pid for process in family if process.role == role and host in (process.pid, process.parent)]


def row(name: str, kept: Sequence[float]) -> tuple[str, ...]:
    """Growth from the second on: the first fills what is kept for good."""
    return (
        name,
        *(f"{kept[n]:.0f}" for n in (0, 1, -1)),
        f"{max(kept):.0f}",
        f"{100 * (kept[-1] / kept[1] - 1):+.1f} %",
    )


def main() -> None:
    """Prints the table."""
    began = time.monotonic()
    with ThreadPoolExecutor(1) as beside:
        one = beside.submit(of_one_engine)
        series = of_the_house() | one.result()
    columns = ("MiB resident after a consultation", "first", "second", "last", "most", "growth from the second on")
    table(
        f"{HOURS} hours: {CONSULTATIONS} consultations of {MINUTES} minutes, in {(time.monotonic() - began) / 60:.0f} minutes",
        columns,
        [row(name, kept) for name, kept in series.items()],
    )


if __name__ == "__main__":
    main()

"""What it costs to know who speaks: CPU seconds while it is recorded; seconds at stop, and what is kept until then, by length.

pyannote.audio's models have their true shapes and random weights, so their time is honest and nothing else is. What its pipeline clusters
at stop is made: two voices in every window, as alike and as different as its embeddings are.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.speakers.materials import Material, demo
from benchmarks.speakers.shapes import heard, write
from benchmarks.speakers.systems import embedded
from benchmarks.speech.sound import repeated
from benchmarks.speech.table import p50, table
from kiskriv.capture import LIVE_CHUNK
from kiskriv.speech.channels import Channels
from kiskriv.speech.diarization import WINDOW, Diarization, windows
from kiskriv.speech.timbre import Timbre
from kiskriv.transcript import SAMPLE_RATE, Chunk, Samples, Word

if TYPE_CHECKING:
    from kiskriv.speech.pyannote_diarization import Pyannote

MINUTES = (10, 40, 180)
STEPS = (5.0, 2.5, 1.0)
"""Seconds from one window to the next: pyannote.audio's own is 1."""
WORDS = 150
"""In a minute."""
TIMES = 5
"""That what takes seconds or less is measured; the median counts."""


class Seconds(NamedTuple):
    """By the clock on the wall, and of all threads of this process: on a quiet machine with one thread they are the same."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} / {self.cpu:.2f}"


def seconds(work: Callable[[], object], times: int = TIMES) -> Seconds:
    """How long it takes once it is warm: medians."""
    work()
    taken = []
    for _ in range(times):
        began = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - began[0], time.process_time() - began[1]))
    return Seconds(*map(p50, zip(*taken, strict=True)))


def window_of(model: Diarization) -> Seconds:
    """For one window of the demo."""
    sound = repeated(30)[:, -WINDOW:]
    return seconds(lambda: model.embed([sound]))


def listened(sound: Samples, minutes: float) -> tuple[Channels, float]:
    """Two microphones, heard a tenth of a second at a time, over and over; and CPU seconds for all."""
    pieces = [sound[:, at : at + LIVE_CHUNK] for at in range(0, sound.shape[1] - LIVE_CHUNK + 1, LIVE_CHUNK)]
    chunks = round(minutes * 60 * SAMPLE_RATE / LIVE_CHUNK)
    channels, began = Channels(), time.process_time()
    for number, piece in enumerate(islice(cycle(pieces), chunks)):
        channels.listen(Chunk(number * LIVE_CHUNK, piece.copy()))
    return channels, time.process_time() - began


def words_of(minutes: int) -> list[Word]:
    """Words at the demo's pace, as many as are spoken in that time."""
    spacing = 60 / WORDS
    return [Word(n * spacing, n * spacing + 0.3, "ord", 1.0) for n in range(minutes * WORDS)]


def while_recording(stereo: Material, pyannote: Diarization) -> Iterator[tuple[object, ...]]:
    """CPU seconds for a second of sound."""
    yield "two microphones", "", f"{listened(stereo.sound, 5)[1] / 300:.4f}"
    window = window_of(Timbre()).cpu
    yield "timbre, windows of 10 s that do not overlap", f"{window:.3f}", f"{window * SAMPLE_RATE / WINDOW:.4f}"
    window = window_of(pyannote).cpu
    for step in STEPS:
        yield f"pyannote.audio, a window every {step:g} s", f"{window:.3f}", f"{window / step:.3f}"


def at_stop(stereo: Material, pyannote: Pyannote) -> Iterator[tuple[object, ...]]:
    """Seconds from the last sample until every word has its speaker, and MiB kept until then, by length."""
    figures: list[object] = []
    for minutes in MINUTES:
        channels, _ = listened(stereo.sound, minutes)
        words = words_of(minutes)
        figures += [seconds(lambda: channels.attribute(words)), f"{channels.erase() / 2**20:.1f}"]  # noqa: B023
    yield "two microphones", *figures
    timbre = Timbre()
    begun = embedded(timbre, repeated(MINUTES[0] * 60), WINDOW)
    yield "timbre", *_told(timbre, WINDOW, lambda count: list(islice(cycle(begun), count)))
    for step in STEPS:
        told = _told(pyannote, round(step * SAMPLE_RATE), lambda count: heard(pyannote, count))
        yield f"pyannote.audio, a window every {step:g} s", *told


def _told(model: Diarization, step: int, embedded: Callable[[int], list[bytes]]) -> Iterator[object]:
    """The window that is still to be embedded when the sound stops, and the clustering of all."""
    last = window_of(model)
    for minutes in MINUTES:
        length = minutes * 60 * SAMPLE_RATE
        kept = embedded(len(windows(length, step)))
        all_together = seconds(lambda: model.cluster(kept, step, length), times=3)  # noqa: B023
        yield Seconds(last.wall + all_together.wall, last.cpu + all_together.cpu)
        yield f"{sum(map(len, kept)) / 2**20:.1f}"


def main() -> None:
    """Prints the tables."""
    stereo, _ = demo()
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        from kiskriv.speech.pyannote_diarization import Pyannote

        pyannote = Pyannote(Path(folder), threads=1)
    heads = ("", "a window of 10 s, CPU s", "CPU s per s of sound")
    table("While it is recorded, one thread", heads, while_recording(stereo, pyannote))
    by_length = (f"{minutes} min: {what}" for minutes in MINUTES for what in ("s / CPU s", "MiB kept"))
    title = "From stop to speakers: the last window, then all of them together"
    table(title, ("", *by_length), at_stop(stereo, pyannote))


if __name__ == "__main__":
    main()

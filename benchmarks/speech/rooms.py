"""Rooms per machine: live sessions side by side until p95 of the tail passes three seconds, with and without batches across them.

One engine process; and for every room, in a thread, what a room has between the voice detector and the engine: `Hearing`, which also
decodes ahead, and `Recogniser`. What the voice detector says is worked out beforehand and told in its own time. Each room is somewhere
else in the consultation, is stopped once at a random moment, and goes on: so there are more stops than in any clinic.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ctranslate2 import get_cuda_device_count

from benchmarks.speech.engine import Engine, engine
from benchmarks.speech.sound import repeated
from benchmarks.speech.table import p50, p95, table
from kiskriv.capture import LIVE_CHUNK
from kiskriv.errors import RecogniserFailed
from kiskriv.session.hearing import Heard, Hearing
from kiskriv.speech.live import Listener
from kiskriv.speech.shapes import write
from kiskriv.speech.windows import Clip, Span, Urgency, Window
from kiskriv.transcript import SAMPLE_RATE, Samples

LIMIT = 3.0
"""Seconds that a tail may take."""
LASTING = 40.0
"""Seconds that each number of rooms is tried for, at the pace of speech."""
BEFORE = 25.0
"""Seconds at most that each room has recorded when that begins."""
PARTS = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)
"""How many rooms are tried: parts of what could be decoded if nothing were decoded ahead, and nobody stopped."""
TAILS = 8
"""Tails at least for each number of rooms."""
TICK = LIVE_CHUNK / SAMPLE_RATE


@dataclass(frozen=True)
class Moment:
    """What the voice detector says after another tenth of a second: windows that closed, and the open one if this is a pause."""

    closed: tuple[Window, ...]
    ahead: Window | None


@dataclass(frozen=True)
class Recording:
    """Sound, what the voice detector says of it, and the windows that its end closes. The first moments are past when it begins."""

    sound: Samples
    moments: tuple[Moment, ...]
    last: tuple[Window, ...]
    past: int

    def read(self, spans: Sequence[Span], channel: int | None = None) -> Samples:
        """As `SealedSound` does."""
        return np.concatenate([self.sound[:, start:end] for start, end in spans], axis=1)


def recording(sound: Samples, past: int) -> Recording:
    """Works out what the voice detector says."""
    listener, moments = Listener(), list[Moment]()
    for start in range(0, sound.shape[1], LIVE_CHUNK):
        closed = listener.hear(sound[:, start : start + LIVE_CHUNK])
        moments.append(Moment(tuple(closed), listener.ahead))
    return Recording(sound, tuple(moments), tuple(listener.finish()), past)


def script(number: int) -> tuple[Recording, Recording]:
    """What happens in a room: one recording that is stopped, and one that is not stopped before the time is over."""
    dice = np.random.default_rng(number)
    past, stop, lasting = int(dice.uniform(0, BEFORE / TICK)), int(dice.uniform(5, LASTING) / TICK), int(LASTING / TICK)
    demo, begin = repeated(300), int(dice.integers(128 * SAMPLE_RATE))
    first, second = ((0, past + stop), (past + stop, past + lasting))
    pieces = [demo[:, begin + a * LIVE_CHUNK : begin + b * LIVE_CHUNK] for a, b in (first, second)]
    return recording(pieces[0], past), recording(pieces[1], 0)


def room(served: Engine, recordings: Sequence[Recording]) -> tuple[float, float]:
    """Tail of the first recording, and the most speech that waited for its turn, in seconds."""
    recogniser = served.recogniser()
    tails, behind = list[float](), 0.0
    try:
        for recorded in recordings:
            with closing(Hearing(recogniser, recorded)) as hearing:  # type: ignore[arg-type]
                for waiting in _live(hearing, recorded):
                    behind = max(behind, waiting)
                stopped = time.monotonic()
                hearing.add(recorded.last)
                _checked(hearing.finish())
                tails.append(time.monotonic() - stopped)
    finally:
        recogniser.abandon()
    return tails[0], behind


def _live(hearing: Hearing, recorded: Recording) -> Iterator[float]:
    """At the pace of speech, after what is past; the seconds of speech that wait."""
    began = time.monotonic()
    for number, moment in enumerate(recorded.moments, start=1 - recorded.past):
        hearing.add(moment.closed)
        if number > 0:
            time.sleep(max(0.0, began + number * TICK - time.monotonic()))
            _checked(hearing.go_on(moment.ahead))
            yield hearing.seconds_behind


def _checked(results: Iterable[Heard]) -> None:
    """Raises RecogniserFailed where a window was missed: no figure would be worth anything."""
    for heard in results:
        if not heard.recognitions:
            raise RecogniserFailed(attempts=1)


def capacity(served: Engine) -> tuple[float, float]:
    """Seconds that a full window takes alone; and the rooms whose windows could be decoded one after another."""
    recorded = recording(repeated(128), 0)
    windows = [window for moment in recorded.moments for window in moment.closed]
    recogniser, times = served.recogniser(), list[float]()
    for window in windows:
        began = time.monotonic()
        recogniser.transcribe(Clip(recorded.read(window.spans), tuple(b - a for a, b in window.spans)), Urgency.CLOSED)
        times.append(time.monotonic() - began)
    recogniser.abandon()
    return p50(times), 128 / len(windows) / p50(times)


def tried(served: Engine, rooms: int, scripts: Sequence[Sequence[Recording]]) -> tuple[list[float], float]:
    """All tails, and the most that any room was behind; as often as it takes for `TAILS`."""
    numbers = [n % len(scripts) for n in range(rooms * math.ceil(TAILS / rooms))]
    with ThreadPoolExecutor(rooms) as threads:
        found = threads.map(lambda n: room(served, scripts[n]), numbers)
        tails, behind = zip(*found, strict=True)
    return list(tails), max(behind)


def rows(model: Path, device: str, compute_type: str, batches: Sequence[int]) -> Iterator[tuple[object, ...]]:
    """For each batch more and more rooms, until it is too many."""
    scripts, levels = list[tuple[Recording, Recording]](), list[int]()
    for batch in batches:
        settings = f'device = "{device}"\ncompute_type = "{compute_type}"\nbatch = {batch}'
        with engine(model, settings) as served:
            window, most = capacity(served)
            levels = levels or [max(1, round(part * most)) for part in PARTS]
            for rooms in levels:
                scripts += [script(number) for number in range(len(scripts), max(rooms, TAILS))]
                tails, behind = tried(served, rooms, scripts)
                figures = (f"{figure:.2f}" for figure in (window, p50(tails), p95(tails)))
                within = p95(tails) <= LIMIT
                yield f"batch {batch}", rooms, *figures, f"{behind:.0f}", "yes" if within else "no"
                if not within:
                    break


def main() -> None:
    """Prints the table: on a GPU with the shape of Whisper large, on a CPU with that of base."""
    gpu = get_cuda_device_count() > 0
    size, device, compute_type, batches = (
        ("large-v3", "cuda", "float16", (1, 16)) if gpu else ("base", "cpu", "int8", (1, 4))
    )
    columns = (
        "",
        "rooms",
        "a window alone, s",
        "tail p50, s",
        "tail p95, s",
        "most behind, s",
        f"within {LIMIT:.0f} s",
    )
    with tempfile.TemporaryDirectory() as folder:
        model = write(Path(folder) / size, size)
        title = f"Rooms on this machine: the shape of Whisper {size}, {device}, {compute_type}"
        table(title, columns, rows(model, device, compute_type, batches))


if __name__ == "__main__":
    main()

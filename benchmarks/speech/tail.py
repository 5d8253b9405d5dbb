"""Stop to last word, after 2, 10, 20 and 40 minutes: at any moment, mid-word included, and a second after the last word, as one stops.

One consultation for each length, through host, room and engine. What goes before is recorded as fast as it goes and decoded to its end;
then it is taken up again for every stop, with an open window of random length, of which the last seconds come at the pace of speech.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.speech import house
from benchmarks.speech.sound import Played, ends_of_utterances, repeated, samples
from benchmarks.speech.table import p50, p95, table
from kiskriv.speech.shapes import write
from kiskriv.transcript import SAMPLE_RATE, Samples
from kiskriv.weights import bundled

STOPS = 10
"""Of each kind, for each length."""
LIVE = 4 * SAMPLE_RATE
"""Samples before each stop that come at the pace of speech."""
LONGEST = 28 * SAMPLE_RATE
"""Samples that the open window may have before these."""


def any_moment(dice: np.random.Generator) -> tuple[Samples, int]:
    """Sound that ends anywhere, and how much of it comes at once."""
    demo = samples()
    before = int(dice.integers(LONGEST))
    end = int(dice.integers(before + LIVE, demo.shape[1]))
    return demo[:, end - before - LIVE : end], before


def after_the_last_word(dice: np.random.Generator) -> tuple[Samples, int]:
    """Sound that ends with what somebody said and a second of the room's own noise, and how much of it comes at once."""
    demo, silence = samples(), samples()[:, -SAMPLE_RATE:]
    before = int(dice.integers(LONGEST))
    ends = [end for end in ends_of_utterances() if end > before + LIVE]
    end = int(dice.choice(ends))
    return np.concatenate([demo[:, end - before - LIVE + SAMPLE_RATE : end], silence], axis=1), before


KINDS: dict[str, Callable[[np.random.Generator], tuple[Samples, int]]] = {
    "at any moment": any_moment,
    "1 s after the last word": after_the_last_word,
}


def tails(model: Path, minutes: int) -> tuple[float, dict[str, list[float]]]:
    """Seconds that a window takes to decode, the 95th percentile; and seconds from stop to last word, of each kind."""
    dice = np.random.default_rng(minutes)
    with house.house(model) as desk, house.consultation(desk) as session:
        length = minutes * 60 * SAMPLE_RATE
        decoding = p95([w.seconds for w in house.windows_of(session, Played(repeated(minutes * 60), hurried=length))])
        found: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for _ in range(STOPS):
            for kind, choose in KINDS.items():
                sound, before = choose(dice)
                found[kind].append(house.tail(session, Played(sound, hurried=before)))
    return decoding, found


def rows(model: Path, lengths: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """One for each length, in minutes."""
    for minutes in lengths:
        decoding, found = tails(model, minutes)
        figures = [percentile(found[kind]) for kind in KINDS for percentile in (p50, p95)]
        yield f"{minutes} min", *(f"{figure:.2f}" for figure in (*figures, decoding))


def main() -> None:
    """Prints a table for each model."""
    columns = ("recorded before", *(f"{kind}: {p}, s" for kind in KINDS for p in ("p50", "p95")), "a window, p95, s")
    title = f"Stop to last word, {STOPS} stops of each kind"
    table(f"{title}: the demo model", columns, rows(bundled(), (2, 10, 20, 40)))
    with tempfile.TemporaryDirectory() as folder:
        table(f"{title}: the shape of Whisper base", columns, rows(write(Path(folder) / "base", "base"), (2, 10)))


if __name__ == "__main__":
    main()

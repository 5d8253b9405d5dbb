"""What comes out where something is wrong: through host, room and engine, with the words that the demo model hears."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.speakers.acoustics import Room
from benchmarks.speakers.materials import Material, demo, many_voices, recorded
from benchmarks.speakers.performed import MALE
from benchmarks.speakers.road import WHO, heard, marks, who
from benchmarks.speech import house
from benchmarks.speech.table import table
from kiskriv.transcript import SAMPLE_RATE, Samples

LOUD = 10.0
"""How much too loud clipped sound is."""
HUM = 0.01
"""Of a microphone that gives 50 Hz and nothing else."""


def one_microphone(mono: Material) -> Iterator[tuple[str, Samples, Material]]:
    """What is wrong, the sound, and what is said in it."""
    yield "as it should be", mono.sound, mono
    one = recorded("one voice", [MALE], Room())
    yield "one voice only", one.sound, one
    five = many_voices()
    yield "five voices", five.sound, five
    yield "silence", np.zeros_like(mono.sound[:, : 60 * SAMPLE_RATE]), mono
    dice = np.random.default_rng(3)
    yield "noise, and nobody", (0.05 * dice.standard_normal((1, 60 * SAMPLE_RATE))).astype(np.float32), mono
    yield "clipping", (LOUD * mono.sound).clip(-1, 1), mono
    yield "its first three seconds", mono.sound[:, : 3 * SAMPLE_RATE], mono


def two_microphones(stereo: Material) -> Iterator[tuple[str, Samples, Material]]:
    """The same."""
    first, second = stereo.sound
    silent = np.zeros_like(first)
    hum = (HUM * np.sin(2 * np.pi * 50 * np.arange(first.size) / SAMPLE_RATE)).astype(np.float32)
    yield "as it should be", stereo.sound, stereo
    yield "swapped", np.stack([second, first]), stereo
    yield "the second is dead", np.stack([first, silent]), stereo
    yield "the first is dead", np.stack([silent, second]), stereo
    yield "the second gives hum only", np.stack([first, hum]), stereo
    yield "both the same", np.stack([first, first]), stereo
    yield "the second with inverted polarity", np.stack([first, -second]), stereo
    yield "the same, inverted", np.stack([first, -first]), stereo
    one = recorded("one voice", [MALE], Room())
    yield "one voice only", np.concatenate([one.sound, 0.2 * one.sound]), one
    yield "silence", np.zeros_like(stereo.sound[:, : 60 * SAMPLE_RATE]), stereo
    yield "clipping", (LOUD * stereo.sound).clip(-1, 1), stereo


def rows(found: Iterator[tuple[str, Samples, Material]]) -> Iterator[tuple[object, ...]]:
    """What came out; an exception ends a row and the house around it, not the table."""
    for name, sound, material in found:
        try:
            with house.house() as desk:
                transcript = heard(desk, sound)
        except Exception as error:
            yield name, *[""] * (len(WHO) + 2), type(error).__name__
        else:
            yield name, *who(transcript, material), *marks(transcript), "none"


def main() -> None:
    """Prints the tables."""
    stereo, mono = demo()
    columns = ("", *WHO, "roles", "remarks", "exceptions")
    table("One microphone", columns, rows(one_microphone(mono)))
    table("Two microphones", columns, rows(two_microphones(stereo)))


if __name__ == "__main__":
    main()

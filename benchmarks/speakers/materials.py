"""What is listened to: sound, who speaks when in it, and which words they say; the demo and its variants, with their true times."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.speakers.acoustics import Room, one_microphone, two_microphones
from benchmarks.speakers.performed import FEMALE, MALE, OTHER_FEMALE, OTHER_MALE, YOUNG_FEMALE, performed
from kiskriv.capture import AudioFile
from kiskriv.speech.live import Listener
from kiskriv.speech.vad import VadSettings
from kiskriv.speech.windows import Span
from kiskriv.transcript import SAMPLE_RATE, Samples, Turn, Word
from kiskriv.weights import demo_material
from synthetic.espeak import Voice

SLIP = 0.05
"""Seconds that this machine's espeak-ng may read the demo otherwise than the one that it was made with."""


@dataclass(frozen=True, eq=False)
class Material:
    """`sound`: shape (1 or 2, n). `turns` in order of their starts, and at once where people speak so. `words`, `speakers`: if known."""

    name: str
    sound: Samples
    turns: tuple[Turn, ...]
    words: tuple[Word, ...] = ()
    speakers: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it is."""
        return float(self.sound.shape[1] / SAMPLE_RATE)

    @property
    def voices(self) -> int:
        """How many people speak."""
        return len({turn.speaker for turn in self.turns})

    @property
    def mono(self) -> Samples:
        """Shape (1, n): the mean of the microphones, as a session makes it."""
        mean: Samples = self.sound.mean(axis=0, keepdims=True, dtype=np.float32)
        return mean


def speech_in(mono: Samples, pad: int = 0) -> list[Span]:
    """Where the product's voice detector hears somebody, with so many samples of padding."""
    listener = Listener(settings=VadSettings(pad=pad))
    windows = [*listener.hear(mono), *listener.finish()]
    return [span for window in windows for span in window.spans]


def demo() -> Iterator[Material]:
    """The demo consultation as shipped, two microphones and one. Raises ValueError where espeak-ng here reads it otherwise."""
    folder = demo_material()
    said = json.loads((folder / "consultation.json").read_text(encoding="utf-8"))["utterances"]
    read = performed((MALE, FEMALE))
    times = [(turn["start"], turn["end"]) for turn in said]
    if not np.allclose(times, [(turn.start, turn.end) for turn in read.turns], atol=SLIP):
        raise ValueError("this espeak-ng reads the demo otherwise than the one it was made with")
    for name, file in (
        ("the demo, two microphones", "consultation-stereo"),
        ("the demo, one microphone", "consultation"),
    ):
        yield Material(name, sound_of(folder / f"{file}.flac"), read.turns, read.words, read.speakers)


def of_two_microphones() -> Iterator[Material]:
    """Variants of the demo, recorded by two microphones."""
    for who, voices in (("male and female", [MALE, FEMALE]), ("male and male", [MALE, OTHER_MALE])):
        for crosstalk in (-25.0, -13.0, -6.0):
            yield recorded(f"{who}, crosstalk {crosstalk:.0f} dB", voices, Room(crosstalk=crosstalk), channels=2)
    pair = [MALE, FEMALE]
    yield recorded("gains 20 dB apart", pair, Room(fainter=20), channels=2)
    for snr in (20.0, 10.0):
        yield recorded(f"white noise, {snr:.0f} dB below speech", pair, Room(snr=snr), channels=2)
    for rt60 in (0.3, 0.6):
        yield recorded(f"reverberation, RT60 {rt60} s", pair, Room(rt60=rt60), channels=2)
    for overlap in (0.1, 0.2):
        yield recorded(f"both speak at once {overlap:.0%} of the time", pair, Room(), overlap, channels=2)
    hard = Room(crosstalk=-10, fainter=10, snr=20, rt60=0.3)
    yield recorded("gains 10 dB, crosstalk -10 dB, noise 20 dB, RT60 0.3 s, 10% at once", pair, hard, 0.1, channels=2)


def of_one_microphone() -> Iterator[Material]:
    """Variants of the demo, recorded by one microphone between the speakers."""
    pair = [MALE, FEMALE]
    yield recorded("male and female", pair, Room())
    yield recorded("male and male", [MALE, OTHER_MALE], Room())
    yield recorded("female and female", [OTHER_FEMALE, FEMALE], Room())
    yield recorded("three voices", [MALE, FEMALE, OTHER_FEMALE], Room())
    yield recorded("one voice", [MALE], Room())
    yield recorded("patient 20 dB fainter", pair, Room(fainter=20))
    for snr in (20.0, 10.0):
        yield recorded(f"white noise, {snr:.0f} dB below speech", pair, Room(snr=snr))
    for rt60 in (0.3, 0.6):
        yield recorded(f"reverberation, RT60 {rt60} s", pair, Room(rt60=rt60))
    for overlap in (0.1, 0.2):
        yield recorded(f"both speak at once {overlap:.0%} of the time", pair, Room(), overlap)
    hard = Room(fainter=6, snr=20, rt60=0.3)
    yield recorded("patient 6 dB fainter, noise 20 dB, RT60 0.3 s, 10% at once", pair, hard, 0.1)


def both_at_once() -> Iterator[Material]:
    """Variants of the demo in which it is hard to write down what is said at all."""
    for overlap in (0.1, 0.2):
        for channels, microphones in ((2, "two microphones"), (1, "one microphone")):
            name = f"both speak at once {overlap:.0%} of the time, {microphones}"
            yield recorded(name, [MALE, FEMALE], Room(), overlap, channels)


def many_voices() -> Material:
    """Five voices at one microphone."""
    return recorded("five voices", [MALE, FEMALE, OTHER_MALE, OTHER_FEMALE, YOUNG_FEMALE], Room())


def recorded(name: str, voices: Sequence[Voice], room: Room, overlap: float = 0.0, channels: int = 1) -> Material:
    """The demo's script by these voices, see `performed`, in this room."""
    read = performed(tuple(voices), overlap)
    sound = two_microphones(read.speech, room) if channels > 1 else one_microphone(read.speech, room)
    return Material(name, sound, read.turns, read.words, read.speakers)


def sound_of(file: Path) -> Samples:
    """All of a file, shape (1 or 2, n)."""
    return np.concatenate([chunk.samples for chunk in AudioFile(file).chunks()], axis=1)

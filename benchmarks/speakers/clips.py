"""Real clips: sound that was recorded, not made, with what is known of who speaks in it. Those that are not there are left out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.speakers.materials import Material, sound_of, speech_in
from kiskriv.transcript import SAMPLE_RATE, Samples, Turn, Word

CLIPS = Path(__file__).parents[3] / "shared" / "data" / "speech"
"""Where the real clips lie, if nothing else is said; what they are stands in SOURCES.md there."""

CONSULTATION = (
    (0.04, 2.50), (3.00, 3.30), (3.45, 5.92), (6.21, 9.96), (10.39, 15.06),
    (16.21, 20.90), (22.66, 29.25), (29.57, 36.05), (36.37, 47.72), (48.29, 49.67),
    (50.13, 59.12), (59.38, 60.00), (60.93, 70.00), (71.00, 73.24), (73.43, 88.68),
    (89.60, 91.76), (92.12, 109.25), (109.48, 110.32), (111.00, 121.22), (121.44, 123.27),
    (123.52, 134.13), (134.77, 137.40), (137.94, 146.05), (146.31, 147.91), (148.16, 149.38),
)  # fmt: skip
"""Seconds in which the lines of `lab-order-hypertension` are said, within 0.3 s or so: our own, from texts' lengths, pauses and pitch."""


def real(folder: Path = CLIPS) -> Iterator[Material]:
    """The real clips that are there."""
    for name, file, table in (
        ("pyannote's sample, two voices", "sample", "sample"),
        ("AMI dev00 (a meeting, English)", "dev00", "debug.development"),
        ("AMI tst00 (a meeting of four, English)", "tst00", "debug.test"),
    ):
        sound, turns = folder / "pyannote" / f"{file}.wav", folder / "pyannote" / f"{table}.rttm"
        if sound.is_file() and turns.is_file():
            yield Material(name, sound_of(sound).mean(axis=0, keepdims=True), _rttm(turns, file))
    yield from _read_aloud(folder / "librispeech-2spk")
    yield from _one_speech(folder / "faster-whisper" / "jfk.flac")
    yield from _consultation(folder / "canvas-hyperscribe")


def real_pair(folder: Path = CLIPS) -> Iterator[Material]:
    """Two real voices, each at a microphone of its own, at the same time; the words by the clip's SOURCES.md."""
    said = (
        "He began a confused complaint against the wizard, who had vanished behind the curtain on the left.",
        "The horizon seems extremely distant.",
    )
    file = folder / "faster-whisper" / "stereo_diarization.wav"
    if file.is_file():
        sound = sound_of(file)
        turns = [
            Turn(spans[0][0] / SAMPLE_RATE, spans[-1][1] / SAMPLE_RATE, str(channel))
            for channel, spans in enumerate(speech_in(sound[channel : channel + 1]) for channel in (0, 1))
        ]
        yield _spread("a real pair of voices, English", sound, turns, said)


def _rttm(file: Path, recording: str) -> tuple[Turn, ...]:
    """NIST's Rich Transcription Time Marked format: SPEAKER recording channel start seconds ... speaker."""
    rows = [row.split() for row in file.read_text(encoding="utf-8").splitlines()]
    found = [
        Turn(float(r[3]), float(r[3]) + float(r[4]), r[7]) for r in rows if r[0] == "SPEAKER" and r[1] == recording
    ]
    return tuple(sorted(found, key=lambda turn: turn.start))


def _spread(name: str, sound: Samples, turns: Iterable[Turn], texts: Iterable[str]) -> Material:
    """Where only turns have times, their words are spread over them by the number of letters."""
    turns, said = tuple(sorted(turns, key=lambda turn: turn.start)), list[tuple[Word, str]]()
    for turn, text in zip(turns, texts, strict=True):
        letters = np.cumsum([0, *(1 + len(word) for word in text.split())])
        times = turn.start + (turn.end - turn.start) * letters / letters[-1]
        said += [
            (Word(float(start), float(end), word, 1.0), turn.speaker)
            for start, end, word in zip(times, times[1:], text.split(), strict=False)
        ]
    said.sort(key=lambda one: one[0].start)
    return Material(name, sound, turns, tuple(word for word, _ in said), tuple(speaker for _, speaker in said))


def _read_aloud(folder: Path) -> Iterator[Material]:
    """Two men reading, one after the other three times over; and the second beginning before the first has ended."""
    said = (
        ("6930-75918-0000", "CONCORD RETURNED TO ITS PLACE AMIDST THE TENTS"),
        ("7902-96591-0000", "I AM FROM THE CUTTER LYING OFF THE COAST"),
    )
    files = [folder / f"{name}.flac" for name, _ in said]
    if all(file.is_file() for file in files):
        sounds = [sound_of(file) for file in files]
        for name, early in (("two men in turns (LibriSpeech)", 0), ("the same, each a second too early", SAMPLE_RATE)):
            starts, turns, end = list[int](), list[Turn](), 0
            for number in range(6):
                sound = sounds[number % 2]
                starts.append(max(0, end - early))
                end = starts[-1] + sound.shape[1]
                heard = speech_in(sound)
                first, last = (starts[-1] + sample for sample in (heard[0][0], heard[-1][1]))
                turns.append(Turn(first / SAMPLE_RATE, last / SAMPLE_RATE, said[number % 2][0]))
            mixed = np.zeros((1, end), np.float32)
            for number, start in enumerate(starts):
                mixed[:, start : start + sounds[number % 2].shape[1]] += sounds[number % 2]
            texts = [said[number % 2][1] for number in range(6)]
            yield _spread(name, mixed, turns, texts)


def _one_speech(file: Path) -> Iterator[Material]:
    """One voice, where it is heard."""
    if file.is_file():
        sound = sound_of(file).mean(axis=0, keepdims=True)
        turns = [Turn(start / SAMPLE_RATE, end / SAMPLE_RATE, "0") for start, end in speech_in(sound)]
        yield Material("one voice (Kennedy, 1961)", sound, tuple(turns))


def _consultation(folder: Path) -> Iterator[Material]:
    """Who says what came with it; when, is `CONSULTATION`."""
    sound, text = folder / "lab-order-hypertension.mp3", folder / "lab-order-hypertension.json"
    if sound.is_file() and text.is_file():
        said = json.loads(text.read_text(encoding="utf-8"))["cycle_000"]
        turns = [Turn(*times, line["character"]) for times, line in zip(CONSULTATION, said, strict=True)]
        mono = sound_of(sound).mean(axis=0, keepdims=True)
        name = "secretary, patient and doctor, acted, English (canvas-hyperscribe)"
        yield _spread(name, mono, turns, [line["text"] for line in said])

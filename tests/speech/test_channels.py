"""Two microphones tell who speaks: whatever their gains, with crosstalk, and without keeping a sound."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.speech.channels import Channels, OneVoice
from kiskriv.transcript import SAMPLE_RATE, Chunk, Samples, Word
from tests.speech.conftest import read

TURN = 3
"""Seconds that each of the two speaks before the other does, in the sound made here."""


def conversation(turns: int = 8, seed: int = 0) -> Samples:
    """Two voices taking turns, each in a channel of its own: noise in syllables of a quarter of a second."""
    chance = np.random.default_rng(seed)
    time = np.arange(TURN * SAMPLE_RATE) / SAMPLE_RATE
    syllables = np.abs(np.sin(np.pi * 4 * time)) ** 2
    sound = np.zeros((2, turns * time.size))
    for turn in range(turns):
        voice = chance.normal(0, 0.1 * chance.uniform(0.6, 1.4), time.size) * syllables
        sound[turn % 2, turn * time.size : (turn + 1) * time.size] = voice
    return sound.astype(np.float32)


def words_of(turns: int = 8) -> list[Word]:
    """Four words a turn, half a second each."""
    starts = [turn * TURN + 0.4 + 0.6 * number for turn in range(turns) for number in range(4)]
    return [Word(start, start + 0.5, "ord", 1.0) for start in starts]


def recorded(sound: Samples, gain: float = 1.0, crosstalk: float = 0.0, noise: float = 1e-4) -> Samples:
    """As two microphones hear it: each some of the other voice, the second with a gain of its own."""
    hiss = np.random.default_rng(1).normal(0, noise, sound.shape)
    mixed: Samples = (sound + crosstalk * sound[::-1] + hiss).astype(np.float32)
    mixed[1] *= gain
    return mixed


def listening(sound: Samples, size: int = 1_600) -> Channels:
    channels = Channels()
    for at in range(0, sound.shape[1], size):
        channels.listen(Chunk(at, sound[:, at : at + size]))
    return channels


@pytest.mark.parametrize("crosstalk", [0.0, 0.1, 0.3, 0.6])
@pytest.mark.parametrize("gain", [1.0, 0.3, 0.03, 3.0])
def test_the_speaker_is_found_whatever_the_gains(gain: float, crosstalk: float) -> None:
    labels = listening(recorded(conversation(), gain, crosstalk)).attribute(words_of())
    assert "".join(labels) == "00001111" * 4


def test_one_speaker_is_one_speaker() -> None:
    sound = conversation()
    sound[1] = 0
    words = [word for number, word in enumerate(words_of()) if number % 8 < 4]
    assert set(listening(recorded(sound, crosstalk=0.3)).attribute(words)) == {"0"}


def test_one_speaker_who_turns_about_is_one_speaker() -> None:
    sound = conversation()
    sound[1] = 0
    half_seconds = np.random.default_rng(2).uniform(0.2, 0.6, sound.shape[1] // 8_000).repeat(8_000)
    sound[1] = half_seconds * sound[0]
    words = [word for number, word in enumerate(words_of()) if number % 8 < 4]
    assert set(listening(recorded(sound)).attribute(words)) == {"0"}


def test_a_patient_who_says_little_is_still_heard() -> None:
    sound = conversation(20)
    sound[1, : 17 * TURN * SAMPLE_RATE] = 0
    words = [word for number, word in enumerate(words_of(20)) if number % 8 < 4 or number >= 68]
    labels = listening(recorded(sound, gain=0.1, crosstalk=0.3)).attribute(words)
    assert "".join(labels) == "0" * 36 + "1111" + "0000" + "1111"


def test_the_same_sound_twice_is_one_voice() -> None:
    sound = conversation().sum(axis=0, keepdims=True).repeat(2, axis=0)
    assert set(listening(sound).attribute(words_of())) == {"0"}


@pytest.mark.parametrize("seconds", [0, 5])
def test_silence_and_words_beyond_the_sound_are_no_error(seconds: int) -> None:
    channels = listening(np.zeros((2, seconds * SAMPLE_RATE), np.float32))
    assert channels.attribute([Word(0, 0, "ord", 1.0), Word(70, 71, "ord", 1.0)]) == ("0", "0")


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=30))
def test_no_chunking_changes_a_label(cuts: list[int]) -> None:
    sound = recorded(conversation(4), 0.3, 0.3)
    channels, at = Channels(), 0
    for size in [*cuts, sound.shape[1]]:
        channels.listen(Chunk(at, sound[:, at : at + size]))
        at += size
    whole = listening(sound, sound.shape[1])
    assert channels._frames == whole._frames
    assert all(np.array_equal(a, b) for a, b in zip(channels._blocks, whole._blocks, strict=True))


def test_after_erasure_nothing_is_left() -> None:
    channels = listening(recorded(conversation(60))[:, :-77])
    kept = [*channels._blocks, channels._rest]
    assert len(kept) == 4
    assert all(array.any() for array in kept)
    octets = sum(array.nbytes for array in kept)
    assert channels.erase() == octets
    assert not any(array.any() for array in kept)
    assert channels.attribute(words_of()) == ("0",) * 32
    assert channels.erase() == 0
    assert repr(channels) == "<Channels, 0.00 s>"


def test_the_demo_consultation_is_told_apart(demo: Path) -> None:
    reference = json.loads((demo / "consultation.json").read_text())
    order = reference["channels"]
    words, roles = list[Word](), list[str]()
    for said in reference["utterances"]:
        texts = said["text"].split()
        each = (said["end"] - said["start"]) / len(texts)
        for number, text in enumerate(texts):
            start = said["start"] + number * each
            words.append(Word(start, start + each, text, 1.0))
            roles.append(said["role"])
    for gain in (1.0, 0.2):
        labels = listening(recorded(read(demo / "consultation-stereo.flac"), gain)).attribute(words)
        right = [order[int(label)] == role for label, role in zip(labels, roles, strict=True)]
        assert sum(right) / len(right) > 0.97


def test_one_microphone_has_one_voice() -> None:
    voice = OneVoice()
    voice.listen(Chunk(0, np.ones((1, 1_600), np.float32)))
    assert voice.attribute(words_of(1)) == ("0",) * 4
    assert voice.erase() == 0

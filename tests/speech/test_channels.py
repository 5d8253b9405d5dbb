"""Two microphones tell who speaks and where both do: whatever their gains, with crosstalk, and without keeping a sound."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kiskriv.speech.channels import Channels, valley_of
from kiskriv.transcript import SAMPLE_RATE, Chunk, Remark, Samples, Word
from tests.speech.conftest import read

TURN = 3
"""Seconds that each of the two speaks before the other does, in the sound made here."""

DELAY = SAMPLE_RATE // 250
"""Samples from one microphone to the other: 4 ms, 1.4 m."""


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


def interrupted(sound: Samples, start: float = 12.8, end: float = 14.6) -> Samples:
    """The second speaker says something while the first has the word, too."""
    at = slice(int(start * SAMPLE_RATE), int(end * SAMPLE_RATE))
    interrupting = sound.copy()
    interrupting[1, at] += sound[1, : 2 * TURN * SAMPLE_RATE][TURN * SAMPLE_RATE :][: at.stop - at.start]
    return interrupting


def words_of(turns: int = 8) -> list[Word]:
    """Four words a turn, half a second each."""
    starts = [turn * TURN + 0.4 + 0.6 * number for turn in range(turns) for number in range(4)]
    return [Word(start, start + 0.5, "ord", 1.0) for start in starts]


def recorded(sound: Samples, gain: float = 1.0, crosstalk: float = 0.0, noise: float = 1e-4) -> Samples:
    """As two microphones hear it: each some of the other voice, later, the second with a gain of its own."""
    hiss = np.random.default_rng(1).normal(0, noise, sound.shape)
    other = np.pad(sound[::-1], ((0, 0), (DELAY, 0)))[:, : sound.shape[1]]
    mixed: Samples = (sound + crosstalk * other + hiss).astype(np.float32)
    mixed[1] *= gain
    return mixed


def listening(sound: Samples, size: int = 1_600) -> Channels:
    channels = Channels()
    for at in range(0, sound.shape[1], size):
        channels.listen(Chunk(at, sound[:, at : at + size]))
    return channels


def cut(sound: Samples, cuts: list[int]) -> Channels:
    """In chunks of these sizes, and the rest."""
    channels, at = Channels(), 0
    for size in [*cuts, sound.shape[1]]:
        channels.listen(Chunk(at, sound[:, at : at + size]))
        _ = channels.reliable
        at += size
    return channels


@pytest.mark.parametrize("crosstalk", [0.0, 0.03, 0.1, 0.3, 0.5])
@pytest.mark.parametrize("gain", [1.0, 0.3, 0.03, 3.0])
def test_the_speaker_is_found_whatever_the_gains(gain: float, crosstalk: float) -> None:
    channels = listening(recorded(conversation(), gain, crosstalk))
    assert "".join(channels.attribute(words_of())) == "00001111" * 4
    assert channels.reliable
    assert channels.remarks == ()


@pytest.mark.parametrize("channel", [0, 1])
@pytest.mark.parametrize("begins", [0.0, 0.5])
def test_a_fan_is_nobody_s_voice(channel: int, begins: float) -> None:
    sound = recorded(conversation(), crosstalk=0.2)
    start = int(begins * sound.shape[1]) + SAMPLE_RATE
    sound[channel, start:] += np.random.default_rng(3).normal(0, 0.08, sound.shape[1] - start).astype(np.float32)
    assert "".join(listening(sound).attribute(words_of())) == "00001111" * 4


@pytest.mark.parametrize("channel", [0, 1])
def test_soft_music_by_one_microphone_is_nobody_s_voice(channel: int) -> None:
    sound = recorded(conversation(), crosstalk=0.2)
    time = np.arange(sound.shape[1]) / SAMPLE_RATE
    pitch = np.random.default_rng(4).choice([262, 330, 392, 523], time.size // 4_000 + 1).repeat(4_000)[: time.size]
    sound[channel] += (0.01 * np.sin(2 * np.pi * pitch * time) * np.exp(-(time % 0.25) * 8)).astype(np.float32)
    assert "".join(listening(sound).attribute(words_of())) == "00001111" * 4


def test_an_offset_hum_and_the_polarity_change_nothing() -> None:
    sound = recorded(conversation(), crosstalk=0.2)
    hum = 0.1 * np.sin(2 * np.pi * 50 * np.arange(sound.shape[1]) / SAMPLE_RATE)
    sound[0] = 0.3 + sound[0] + hum
    sound[1] *= -1
    channels = listening(sound)
    assert "".join(channels.attribute(words_of())) == "00001111" * 4
    assert channels.remarks == ()


def test_a_short_word_is_told_from_its_neighbours_though_the_times_are_not_exact() -> None:
    sound = conversation(3)
    time = np.arange(SAMPLE_RATE // 4) / SAMPLE_RATE
    reply = 0.1 * np.random.default_rng(5).normal(0, 1, time.size) * np.sin(np.pi * 4 * time)
    at = SAMPLE_RATE * 3 // 2
    sound[0, at : at + time.size] = 0
    sound[1, at : at + time.size] = reply
    channels = listening(recorded(sound, gain=0.2, crosstalk=0.3))
    for late in (-0.08, 0.0, 0.08):
        words = [Word(1.0, 1.5, "spør", 1.0), Word(1.5 + late, 1.75 + late, "nei", 1.0), Word(1.8, 2.4, "spør", 1.0)]
        assert channels.attribute(words) == ("0", "1", "0")


def test_one_speaker_is_not_told_apart_and_the_channels_cannot_be_relied_on() -> None:
    sound = conversation()
    sound[1] = 0
    words = [word for number, word in enumerate(words_of()) if number % 8 < 4]
    channels = listening(recorded(sound, crosstalk=0.3))
    assert set(channels.attribute(words)) == {""}
    assert not channels.reliable
    assert channels.remarks == ()


def test_one_speaker_who_turns_about_is_not_told_apart() -> None:
    sound = conversation()
    sound[1] = 0
    sound[1] = 10 ** np.linspace(-0.8, -0.1, sound.shape[1]) * sound[0]
    words = [word for number, word in enumerate(words_of()) if number % 8 < 4]
    channels = listening(recorded(sound))
    assert set(channels.attribute(words)) == {""}
    assert not channels.reliable


def test_a_patient_who_says_little_and_late_is_still_heard() -> None:
    sound = conversation(20)
    sound[1, : 17 * TURN * SAMPLE_RATE] = 0
    words = [word for number, word in enumerate(words_of(20)) if number % 8 < 4 or number >= 68]
    channels = listening(recorded(sound, gain=0.1, crosstalk=0.3))
    assert "".join(channels.attribute(words)) == "0" * 36 + "1111" + "0000" + "1111"
    assert channels.reliable


def test_the_channels_are_reliable_as_soon_as_both_have_spoken() -> None:
    sound = recorded(conversation(), crosstalk=0.3)
    channels, told = Channels(), list[bool]()
    for at in range(0, 20 * SAMPLE_RATE, SAMPLE_RATE):
        channels.listen(Chunk(at, sound[:, at : at + SAMPLE_RATE]))
        told.append(channels.reliable)
    once = listening(sound[:, : 20 * SAMPLE_RATE])
    assert (channels.reliable, channels._judged) == (once.reliable, once._judged)
    assert not any(told[:TURN])
    assert all(told[2 * TURN + 1 :])


def test_what_was_said_last_counts_once_the_recording_has_stopped() -> None:
    channels = listening(recorded(conversation(2), crosstalk=0.3))
    assert not channels.reliable
    channels.settle()
    assert channels.reliable
    assert channels._judged == channels._frames
    channels.erase()
    channels.settle()
    assert not channels.reliable


@pytest.mark.parametrize("gain", [1.0, 1.4, -1.0])
def test_two_microphones_that_hear_the_same_say_so_and_tell_no_one_apart(gain: float) -> None:
    sound = conversation().sum(axis=0, keepdims=True).repeat(2, axis=0)
    sound[1] *= gain
    channels = listening(sound)
    assert set(channels.attribute(words_of())) == {""}
    assert set(channels.attribute([replace(word, channel=1) for word in words_of()])) == {"1"}
    assert channels.remarks == (Remark.ALIKE,)
    assert not channels.reliable
    assert channels.overlaps([(0, sound.shape[1])]) == ()


def test_a_difference_that_anyone_makes_by_turning_the_head_is_none() -> None:
    channels = listening(recorded(conversation(), crosstalk=0.9))
    assert channels.remarks == (Remark.ALIKE,)
    assert not channels.reliable


def test_a_single_heap_has_no_valley() -> None:
    chance = np.random.default_rng(7)
    assert not valley_of(chance.uniform(2, 16, 1_000), 0.0)[1]
    assert not valley_of(chance.normal(9, 3, 1_000), 0.0)[1]


def test_in_a_wide_valley_the_fairest_point_counts() -> None:
    apart = np.concatenate([np.full(300, -40.0), np.full(50, 30.0), np.linspace(-40, 30, 20)])
    assert valley_of(apart, 10.1) == (pytest.approx(10.1, abs=0.5), True)
    even, two = valley_of(apart, 50.0)
    assert two
    assert 20 < even < 30


@pytest.mark.parametrize("dead", [0, 1])
@pytest.mark.parametrize("noise", ["none", "hiss", "hum"])
def test_a_channel_without_speech_is_dead(dead: int, noise: str) -> None:
    sound = conversation().sum(axis=0, keepdims=True).repeat(2, axis=0)
    time = np.arange(sound.shape[1]) / SAMPLE_RATE
    heard = {
        "none": np.zeros(time.size),
        "hiss": np.random.default_rng(6).normal(0, 0.05, time.size),
        "hum": sum(0.1 / n * np.sin(2 * np.pi * 50 * n * time) for n in range(1, 12)),
    }
    sound[dead] = heard[noise]
    channels = listening(sound)
    assert channels.remarks == (Remark.DEAD_CHANNEL,)
    assert not channels.reliable
    assert set(channels.attribute(words_of())) == {""}
    early = listening(sound[:, : 9 * SAMPLE_RATE])
    assert early.remarks == ()
    assert not early.reliable


def test_a_speaker_now_loud_now_soft_into_one_of_two_microphones_is_no_conversation() -> None:
    sound = conversation()
    sound[0] += 0.35 * sound[1]
    sound[1] = 0
    channels = listening(recorded(sound, noise=0.002))
    assert channels.remarks == (Remark.DEAD_CHANNEL,)
    assert not channels.reliable


def test_too_loud_a_channel_is_clipped_and_still_tells() -> None:
    sound = recorded(conversation(), crosstalk=0.1)
    loud = sound.copy()
    loud[1] = (30 * loud[1]).clip(-1, 1)
    channels = listening(loud)
    assert channels.remarks == (Remark.CLIPPED,)
    assert "".join(channels.attribute(words_of())) == "00001111" * 4
    sound[:, ::SAMPLE_RATE] = 1.0  # a peak, now and then
    assert listening(sound).remarks == ()


@pytest.mark.parametrize("seconds", [0, 0.001, 5])
def test_silence_and_words_beyond_the_sound_are_no_error(seconds: float) -> None:
    sound = np.zeros((2, int(seconds * SAMPLE_RATE)), np.float32)
    channels = listening(sound)
    words = [Word(0, 0, "ord", 1.0), Word(70, 71, "ord", 1.0)]
    assert channels.attribute(words) == ("", "")
    assert channels.attribute([]) == ()
    assert channels.overlaps([]) == channels.overlaps([(0, 80_000)]) == ()
    assert channels.own([replace(word, channel=1) for word in words], 80_000) == (True, True)
    assert not channels.reliable
    assert channels.remarks == ()


def test_what_is_no_number_is_no_error() -> None:
    sound = recorded(conversation(), crosstalk=0.3)
    sound[0, 5::50_000], sound[1, 7::50_000], sound[1, 9::50_000] = np.nan, np.inf, -np.inf
    channels = listening(sound)
    odd = [
        Word(float("nan"), 1.0, "ord", 1.0),
        Word(2.0, 1.0, "ord", 1.0),
        Word(0.5, float("inf"), "ord", 1.0),
        Word(-9.0, 1.0, "ord", 1.0),
    ]
    assert "".join(channels.attribute([*words_of(), *odd])).startswith("00001111" * 4)
    assert len(channels.own([replace(word, channel=0) for word in odd], sound.shape[1])) == 4
    assert all(np.isfinite(block).all() for block in channels._blocks)


def test_a_word_without_speech_goes_with_the_word_before() -> None:
    sound = conversation(4)
    sound = np.concatenate([sound, np.zeros((2, 5 * SAMPLE_RATE), np.float32)], axis=1)
    channels = listening(recorded(sound))
    silent = Word(15.0, 15.4, "ord", 1.0)
    assert channels.attribute([*words_of(4)[:4], silent]) == ("0",) * 5
    assert channels.attribute([*words_of(4)[4:8], silent]) == ("1",) * 5
    assert channels.attribute([silent, *words_of(4)[4:8]]) == ("1",) * 5
    assert channels.attribute([silent]) == ("",)


def test_a_word_taken_from_one_channel_is_its_speaker_s() -> None:
    channels = listening(recorded(conversation()))
    words = [replace(word, channel=1) if number % 2 else word for number, word in enumerate(words_of())]
    assert "".join(channels.attribute(words)) == "01011111" * 4
    assert Channels().attribute(words[:2]) == ("", "1")


@pytest.mark.parametrize("crosstalk", [0.0, 0.1, 0.2])
@pytest.mark.parametrize("gain", [1.0, 0.03])
def test_where_both_speak_is_found_and_nowhere_else(gain: float, crosstalk: float) -> None:
    turns = recorded(conversation(), gain, crosstalk)
    whole = [(0, turns.shape[1])]
    assert listening(turns).overlaps(whole) == ()
    ((start, end),) = listening(recorded(interrupted(conversation()), gain, crosstalk)).overlaps(whole)
    assert start / SAMPLE_RATE == pytest.approx(12.8, abs=0.35)
    assert end / SAMPLE_RATE == pytest.approx(14.6, abs=0.35)


def test_a_moment_in_which_both_speak_is_no_overlap() -> None:
    sound = interrupted(conversation(), 12.8, 12.9)
    assert listening(recorded(sound, crosstalk=0.1)).overlaps([(0, sound.shape[1])]) == ()


def test_overlaps_stay_within_the_spans() -> None:
    channels = listening(recorded(interrupted(conversation()), crosstalk=0.1))
    spans = [(0, 13 * SAMPLE_RATE), (15 * SAMPLE_RATE // 2 * 2 - SAMPLE_RATE, 20 * SAMPLE_RATE)]
    first, second = channels.overlaps(spans)
    assert first[1] == spans[0][1]
    assert second[0] == spans[1][0]
    assert channels.overlaps([(0, 12 * SAMPLE_RATE)]) == ()


def test_what_one_channel_hears_of_the_other_s_speaker_is_not_its_own() -> None:
    sound = recorded(interrupted(conversation()), gain=0.2, crosstalk=0.2)
    channels = listening(sound)
    heard = [Word(1.0, 1.5, "ord", 1.0), Word(4.0, 4.5, "ord", 1.0), Word(13.3, 13.8, "ord", 1.0)]
    left, right = ([replace(word, channel=channel) for word in heard] for channel in (0, 1))
    assert channels.own(left, sound.shape[1]) == (True, False, True)
    assert channels.own(right, sound.shape[1]) == (False, True, True)


END = 16 * SAMPLE_RATE + 77

BOTH = recorded(interrupted(conversation(6)), 0.3, 0.1)
BOTH[1, END:] *= 30  # what comes later is quite different


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 40_000), min_size=1, max_size=30), st.integers(0, BOTH.shape[1] - END))
def test_neither_chunks_nor_later_sound_change_what_is_found(cuts: list[int], later: int) -> None:
    sound = BOTH[:, : END + later]
    channels, whole = cut(sound, cuts), listening(sound, sound.shape[1])
    assert channels._frames == whole._frames
    assert all(np.array_equal(a, b) for a, b in zip(channels._blocks, whole._blocks, strict=True))
    assert channels.attribute(words_of(6)) == whole.attribute(words_of(6))
    assert (channels.reliable, channels._judged) == (whole.reliable, whole._judged)
    assert channels.remarks == whole.remarks
    ended = listening(BOTH[:, :END], END)
    assert channels._whole(END) == ended._frames
    assert len(ended.overlaps([(SAMPLE_RATE, END)])) == 1
    assert channels.overlaps([(SAMPLE_RATE, END)]) == ended.overlaps([(SAMPLE_RATE, END)])
    words = [replace(word, channel=number % 2) for number, word in enumerate(words_of(6)) if word.end < 16]
    assert channels.own(words, END) == ended.own(words, END)


def test_after_erasure_nothing_is_left() -> None:
    channels = listening(recorded(conversation(60))[:, :-77])
    kept = [*channels._blocks, channels._rest]
    assert len(kept) == 4
    assert all(array.any() for array in kept)
    assert channels.reliable
    octets = sum(array.nbytes for array in kept)
    assert channels.erase() == octets
    assert not any(array.any() for array in kept)
    assert not channels.reliable
    assert channels.attribute(words_of()) == ("",) * 32
    assert channels.erase() == 0
    assert repr(channels) == "<Channels, 0.00 s>"


@pytest.fixture(scope="module")
def said(demo: Path) -> tuple[list[Word], str]:
    """The words of the demo consultation, each turn's spread evenly over it, and the channel of who says each."""
    reference = json.loads((demo / "consultation.json").read_text())
    words, channels = list[Word](), ""
    for utterance in reference["utterances"]:
        texts = utterance["text"].split()
        times = np.linspace(utterance["start"], utterance["end"], len(texts) + 1)
        words += [Word(*times[at : at + 2].tolist(), text, 1.0) for at, text in enumerate(texts)]
        channels += str(reference["channels"].index(utterance["role"])) * len(texts)
    return words, channels


@pytest.mark.parametrize("gain", [1.0, 0.2, 0.03, 3.0])
@pytest.mark.parametrize("noise", [1e-4, 1e-2])
def test_the_demo_consultation_is_told_apart(
    demo: Path, said: tuple[list[Word], str], gain: float, noise: float
) -> None:
    words, told = said
    sound = recorded(read(demo / "consultation-stereo.flac"), 1.0, 0.15, noise)
    sound[1] *= gain
    channels = listening(sound, SAMPLE_RATE)
    right = [label == channel for label, channel in zip(channels.attribute(words), told, strict=True)]
    assert sum(right) >= 0.98 * len(right)
    assert channels.remarks == ()
    assert channels.reliable


@pytest.fixture(scope="module")
def stereo(demo: Path) -> Samples:
    return read(demo / "consultation-stereo.flac")


def unplugged(sound: Samples, channel: int, hum: float, start: float, end: float = 1e4) -> Samples:
    """The cable of one microphone is out for a while, in seconds: silence, or the hum of an open input."""
    at = slice(int(start * SAMPLE_RATE), int(end * SAMPLE_RATE))
    time = np.arange(sound[channel, at].size) / SAMPLE_RATE
    without = sound.copy()
    without[channel, at] = sum(hum / n * np.sin(2 * np.pi * 50 * n * time) for n in range(1, 12))
    without[channel, at] += np.random.default_rng(8).normal(0, hum / 50, time.size)
    return without


@pytest.mark.parametrize(
    ("channel", "hum", "start"),
    [(1, 0.0, 20), (1, 0.0, 60), (1, 0.0, 100), (1, 0.1, 60), (1, 0.003, 60), (0, 0.0, 60), (0, 0.1, 60)],
)
def test_a_channel_that_dies_is_noticed(stereo: Samples, channel: int, hum: float, start: int) -> None:
    sound = unplugged(stereo, channel, hum, start)
    before = listening(sound[:, : start * SAMPLE_RATE], SAMPLE_RATE)
    assert before.reliable
    assert before.remarks == ()
    channels = listening(sound, SAMPLE_RATE)
    channels.settle()
    assert not channels.reliable
    assert Remark.DEAD_CHANNEL in channels.remarks


@pytest.mark.parametrize("hum", [0.0, 0.1])
@pytest.mark.parametrize("louder", [1, 20])
def test_a_channel_that_was_dead_meanwhile_is_never_relied_on_again(stereo: Samples, hum: float, louder: int) -> None:
    sound = unplugged(stereo, 1, hum, 40, 65)
    sound[0, 65 * SAMPLE_RATE :] *= louder
    channels, told = Channels(), list[bool]()
    for at in range(0, sound.shape[1], SAMPLE_RATE):
        channels.listen(Chunk(at, sound[:, at : at + SAMPLE_RATE]))
        told.append(channels.reliable)
    assert all(told[20:40])
    assert not any(told[60:])
    channels.settle()
    assert not channels.reliable
    assert Remark.DEAD_CHANNEL in channels.remarks


@pytest.fixture(scope="module")
def patient(demo: Path, stereo: Samples) -> NDArray[np.bool_]:
    """Whether the patient speaks, who has the second channel, for each sample of the demo consultation."""
    reference = json.loads((demo / "consultation.json").read_text())
    speaks = np.zeros(stereo.shape[1], np.bool_)
    for utterance in reference["utterances"]:
        if utterance["role"] == reference["channels"][1]:
            speaks[int(utterance["start"] * SAMPLE_RATE) : int(utterance["end"] * SAMPLE_RATE)] = True
    return speaks


def hissing(sound: Samples) -> Samples:
    """With the noise of the second microphone itself."""
    noisy = sound.copy()
    noisy[1] += np.random.default_rng(9).normal(0, 1e-3, sound.shape[1]).astype(np.float32)
    return noisy


def test_without_crosstalk_a_channel_that_falls_digitally_silent_has_died(
    stereo: Samples, patient: NDArray[np.bool_]
) -> None:
    sound = stereo.copy()
    sound[1] *= patient
    channels = listening(unplugged(hissing(sound), 1, 0.0, 60), SAMPLE_RATE)
    channels.settle()
    assert not channels.reliable
    assert channels.remarks == (Remark.DEAD_CHANNEL,)


@pytest.mark.parametrize("alone", ["crosstalk", "hiss", "nothing"])
def test_a_patient_who_is_silent_for_long_is_not_a_dead_channel(
    stereo: Samples, patient: NDArray[np.bool_], alone: str
) -> None:
    sound = np.concatenate([stereo, np.tile(stereo[:, ~patient], 3)[:, : 180 * SAMPLE_RATE]], axis=1)
    assert sound.shape[1] == stereo.shape[1] + 180 * SAMPLE_RATE
    if alone != "crosstalk":  # a gate that only the patient opens
        sound[1] *= np.pad(patient, (0, 180 * SAMPLE_RATE))
    if alone == "hiss":
        sound = hissing(sound)
    channels = listening(sound, SAMPLE_RATE)
    channels.settle()
    assert channels.remarks == ()
    assert channels.reliable


def test_in_the_demo_consultation_nobody_interrupts(demo: Path) -> None:
    sound = read(demo / "consultation-stereo.flac")
    assert listening(sound).overlaps([(0, sound.shape[1])]) == ()


def test_two_real_voices_at_once_are_told_apart(speech_data: Path) -> None:
    sound = read(speech_data / "faster-whisper" / "stereo_diarization.wav")
    channels = listening(sound)
    ((start, end),) = channels.overlaps([(0, sound.shape[1])])
    assert start / SAMPLE_RATE == pytest.approx(0.3, abs=0.3)
    assert end / SAMPLE_RATE == pytest.approx(2.4, abs=0.3)
    both = [Word(at, at + 0.3, "ord", 1.0, channel=channel) for at in (0.4, 0.9, 1.4, 1.9) for channel in (0, 1)]
    alone = [Word(at, at + 0.3, "ord", 1.0) for at in (2.7, 3.2, 3.7, 4.2)]
    assert all(channels.own(both, sound.shape[1]))
    assert channels.own([replace(word, channel=1) for word in alone], sound.shape[1]) == (False,) * 4
    assert channels.attribute([*both, *alone]) == ("0", "1") * 4 + ("0",) * 4
    assert channels.reliable

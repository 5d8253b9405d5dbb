"""Voices are told apart by how they sound; one voice stays one; nothing that a microphone can hear is an error."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kiskriv.speech.diarization import MOST_EMBEDDED, WINDOW, Diarization, windows
from kiskriv.speech.timbre import _BLOCK, _VERSION, LEARNED, MOST_VOICES, Blocks, Timbre, _evenly
from kiskriv.transcript import SAMPLE_RATE, Samples, Turn

WRONG = 0.1
"""The share of speech that may be in the wrong mouth (issue 6: at most a tenth of the words)."""


@pytest.fixture(scope="module")
def timbre() -> Timbre:
    return Timbre()


@pytest.fixture(scope="module")
def utterances(demo: Path, consultation: Samples) -> dict[str, list[Samples]]:
    """What each role says in the demo, utterance by utterance, shape (1, n) each."""
    said: dict[str, list[Samples]] = {}
    for one in json.loads((demo / "consultation.json").read_text())["utterances"]:
        start, end = (round(one[edge] * SAMPLE_RATE) for edge in ("start", "end"))
        said.setdefault(one["role"], []).append(consultation[:, start:end])
    return said


def embedded(timbre: Timbre, sound: Samples, step: int = WINDOW) -> list[bytes]:
    return [timbre.embed([sound[:, start:end]])[0] for start, end in windows(sound.shape[1], step)]


def told(timbre: Timbre, sound: Samples, step: int = WINDOW) -> tuple[Turn, ...]:
    return timbre.cluster(embedded(timbre, sound, step), step, sound.shape[1])


def voices(turns: tuple[Turn, ...]) -> set[str]:
    return {turn.speaker for turn in turns}


def higher(sound: Samples, ratio: float) -> Samples:
    """The sound of a smaller mouth, played faster."""
    places = np.arange(0, sound.shape[1] - 1, ratio)
    return np.interp(places, np.arange(sound.shape[1]), sound[0])[None].astype(np.float32)


def in_turn(*said: Samples) -> tuple[Samples, list[tuple[float, float]]]:
    """One after the other with half a second between, and where each lies, in seconds."""
    pause = np.zeros((1, SAMPLE_RATE // 2), np.float32)
    joined = np.concatenate([part for one in said for part in (one, pause)], axis=1)
    ends = np.cumsum([one.shape[1] + pause.shape[1] for one in said]) / SAMPLE_RATE - 0.5
    return joined, [(float(end) - one.shape[1] / SAMPLE_RATE, float(end)) for one, end in zip(said, ends, strict=True)]


def in_the_wrong_mouth(turns: tuple[Turn, ...], said: list[tuple[float, float, str]]) -> float:
    """The share of the speech found that is another's, each voice being whose it is most."""
    shared: dict[str, dict[str, float]] = {}
    for turn in turns:
        for start, end, who in said:
            both = min(turn.end, end) - max(turn.start, start)
            if both > 0:
                of = shared.setdefault(turn.speaker, {})
                of[who] = of.get(who, 0) + both
    return 1 - sum(max(of.values()) for of in shared.values()) / sum(sum(of.values()) for of in shared.values())


def test_it_is_a_diarization(timbre: Timbre) -> None:
    model: Diarization = timbre
    assert model.batch > 0


@pytest.mark.parametrize("step", [WINDOW, WINDOW // 2])
def test_two_voices_on_one_microphone_are_told_apart(
    timbre: Timbre, demo: Path, consultation: Samples, step: int
) -> None:
    said = json.loads((demo / "consultation.json").read_text())["utterances"]
    turns = told(timbre, consultation, step)
    assert voices(turns) == {"0", "1"}
    assert in_the_wrong_mouth(turns, [(one["start"], one["end"], one["role"]) for one in said]) < WRONG


def test_a_short_answer_between_two_long_questions_is_found(
    timbre: Timbre, utterances: dict[str, list[Samples]]
) -> None:
    doctor, patient = utterances["practitioner"], utterances["patient"]
    answer = min(patient, key=lambda one: one.shape[1])[:, : SAMPLE_RATE * 4 // 5]
    sound, places = in_turn(doctor[0], patient[0], doctor[1], answer, doctor[2], patient[1], doctor[3])
    who = "0101010"
    turns = told(timbre, sound)
    assert in_the_wrong_mouth(turns, [(*place, one) for place, one in zip(places, who, strict=True)]) < WRONG
    middle = sum(places[3]) / 2
    assert [turn.speaker for turn in turns if turn.start <= middle < turn.end] == ["1"]


@pytest.mark.parametrize("role", ["practitioner", "patient"])
def test_one_voice_is_one(timbre: Timbre, utterances: dict[str, list[Samples]], role: str) -> None:
    assert voices(told(timbre, in_turn(*utterances[role])[0])) == {"0"}


def test_real_voices_are_told_apart(timbre: Timbre, speech_data: Path) -> None:
    from tests.speech.conftest import read

    lines = [line.split() for line in (speech_data / "pyannote" / "sample.rttm").read_text().splitlines()]
    said = [(float(line[3]), float(line[3]) + float(line[4]), line[7]) for line in lines]
    turns = told(timbre, read(speech_data / "pyannote" / "sample.wav")[:1])
    assert voices(turns) == {"0", "1"}
    assert in_the_wrong_mouth(turns, said) < 2 * WRONG
    assert voices(told(timbre, read(speech_data / "faster-whisper" / "jfk.flac")[:1])) == {"0"}


def test_more_voices_than_it_can_tell_apart_are_no_error(timbre: Timbre, utterances: dict[str, list[Samples]]) -> None:
    doctor, patient = utterances["practitioner"], utterances["patient"]
    people = [
        doctor[:5],
        patient[:5],
        [higher(one, 1.25) for one in doctor[5:10]],
        [higher(one, 0.8) for one in patient[5:10]],
    ]
    people += [[higher(one, 1.3) for one in patient[:5]], [higher(one, 0.8) for one in doctor[:5]]]
    turns = told(timbre, in_turn(*(one for round_ in zip(*people, strict=True) for one in round_))[0])
    assert 2 < len(voices(turns)) <= MOST_VOICES


@pytest.mark.parametrize("kind", ["silence", "noise", "constant", "hum", "square", "not a number", "one sample"])
def test_where_nobody_speaks_nobody_has_a_turn(timbre: Timbre, kind: str) -> None:
    time_ = np.arange(12 * SAMPLE_RATE) / SAMPLE_RATE
    sound = {
        "silence": np.zeros_like(time_),
        "noise": np.random.default_rng(0).standard_normal(time_.size) * 0.1,
        "constant": np.ones_like(time_),
        "hum": np.sin(2 * np.pi * 50 * time_),
        "square": np.sign(np.sin(2 * np.pi * 100 * time_)),
        "not a number": np.full_like(time_, np.nan),
        "one sample": np.ones(1),
    }[kind]
    assert told(timbre, sound[None].astype(np.float32)) == ()


@pytest.mark.parametrize("kind", ["clipped", "noisy", "faint", "broken"])
def test_bad_sound_is_no_error_and_mostly_understood(
    timbre: Timbre, demo: Path, consultation: Samples, kind: str
) -> None:
    said = json.loads((demo / "consultation.json").read_text())["utterances"]
    noise = np.random.default_rng(0).standard_normal(consultation.shape).astype(np.float32)
    loud = float(np.sqrt(np.square(consultation).mean()))
    sound = {
        "clipped": (consultation * 20).clip(-1, 1),
        "noisy": consultation + noise * np.float32(0.1 * loud),  # 20 dB
        "faint": consultation * np.float32(0.03),
        "broken": np.where(np.arange(consultation.shape[1]) % 50_000 < 100, np.float32(np.inf), consultation),
    }[kind]
    turns = told(timbre, sound)
    assert in_the_wrong_mouth(turns, [(one["start"], one["end"], one["role"]) for one in said]) < WRONG
    assert sum(turn.end - turn.start for turn in turns) > 0.8 * sum(one["end"] - one["start"] for one in said)


def test_windows_that_could_not_be_looked_at_are_left_out(timbre: Timbre, consultation: Samples) -> None:
    heard = embedded(timbre, consultation)
    heard[3] = b""
    turns = timbre.cluster(heard, WINDOW, consultation.shape[1])
    assert voices(turns) == {"0", "1"}
    assert all(turn.end <= 30 or turn.start >= 40 for turn in turns)
    assert timbre.cluster([b""] * len(heard), WINDOW, consultation.shape[1]) == ()
    assert timbre.cluster([], WINDOW, 0) == ()


def test_a_batch_hears_what_each_window_alone_would(timbre: Timbre, consultation: Samples) -> None:
    sounds = [consultation[:, start:end] for start, end in windows(consultation.shape[1], WINDOW)]
    assert timbre.embed(sounds) == [timbre.embed([sound])[0] for sound in sounds]
    assert timbre.embed([]) == []


def test_what_is_heard_of_a_window_is_something_and_not_much(timbre: Timbre, consultation: Samples) -> None:
    silent = np.zeros((1, WINDOW), np.float32)
    assert all(
        0 < len(octets) <= MOST_EMBEDDED for octets in [*embedded(timbre, consultation), *timbre.embed([silent])]
    )


def test_turns_are_in_order_and_numbered_as_they_come(timbre: Timbre, consultation: Samples) -> None:
    turns = told(timbre, consultation)
    assert all(0 <= turn.start < turn.end <= consultation.shape[1] / SAMPLE_RATE for turn in turns)
    assert all(before.end <= after.start for before, after in pairwise(turns))
    firsts = list(dict.fromkeys(turn.speaker for turn in turns))
    assert firsts == [str(number) for number in range(len(firsts))]


def test_the_same_sound_gives_the_same_turns_from_any_kind_of_octets(timbre: Timbre, consultation: Samples) -> None:
    heard, length = embedded(timbre, consultation), consultation.shape[1]
    turns = timbre.cluster(heard, WINDOW, length)
    assert turns == Timbre().cluster(embedded(Timbre(), consultation), WINDOW, length)
    assert turns == timbre.cluster([bytearray(octets) for octets in heard], WINDOW, length)
    assert turns == timbre.cluster([memoryview(octets) for octets in heard], WINDOW, length)


def test_octets_of_another_version_are_refused_without_showing_them(timbre: Timbre, consultation: Samples) -> None:
    heard = timbre.embed([consultation[:, :WINDOW]])[0]
    for wrong in (b"pyannote" + heard[8:], heard[:-1], b"x"):
        with pytest.raises(ValueError, match="this version of Timbre") as refused:
            timbre.cluster([wrong], WINDOW, WINDOW)
        assert repr(wrong)[2:12] not in str(refused.value)


BlockArray = np.ndarray[tuple[int], np.dtype[np.void]]


def blocks_of(octets: bytes) -> BlockArray:
    return np.frombuffer(octets, _BLOCK, offset=len(_VERSION)).copy()


@pytest.mark.parametrize(
    "wrong",
    ["no length", "backwards", "too short", "too long", "beyond", "out of order", "infinite", "nan", "less", "more"],
)
def test_blocks_that_no_window_has_are_refused(timbre: Timbre, consultation: Samples, wrong: str) -> None:
    blocks = blocks_of(timbre.embed([consultation[:, :WINDOW]])[0])
    assert len(blocks) > 2
    match wrong:
        case "no length":
            blocks["end"][1] = blocks["start"][1]
        case "backwards":
            blocks["start"][1], blocks["end"][1] = blocks["end"][1], blocks["start"][1]
        case "too short":
            blocks["end"][1] = blocks["start"][1] + 1
        case "too long":
            blocks["end"][-1] = blocks["start"][-1] + 100
        case "beyond":
            blocks = blocks[:1]
            blocks["start"], blocks["end"] = 975, 1010
        case "out of order":
            blocks = blocks[::-1]
        case "infinite":
            blocks["moments"][1, 7] = np.inf
        case "nan":
            blocks["moments"][1, 7] = np.nan
        case "less":
            blocks["moments"][1, 0] = -1
        case _:
            blocks["moments"][1, 0] = 100
    with pytest.raises(ValueError, match="no version of Timbre"):
        timbre.cluster([_VERSION + blocks.tobytes()], WINDOW, WINDOW)


@pytest.mark.parametrize("number", [0, 2])
def test_windows_of_another_recording_are_refused(timbre: Timbre, consultation: Samples, number: int) -> None:
    with pytest.raises(ValueError, match="another length"):
        timbre.cluster(timbre.embed([consultation[:, :WINDOW]]) * number, WINDOW, WINDOW)
    with pytest.raises(ValueError, match="another length"):
        timbre.cluster([b""], 1, 2**50)


@pytest.mark.parametrize("size", [1e-30, 1.0, 1e30])
def test_sums_of_no_frames_are_refused_or_take_no_longer(timbre: Timbre, size: float) -> None:
    random = np.random.default_rng(0)
    windows_: list[bytes] = []
    for _ in range(60):
        blocks = spread(0)
        blocks["moments"] = random.uniform(0, size, blocks["moments"].shape)
        blocks["moments"][:, 0] = 19
        windows_.append(_VERSION + blocks.tobytes())
    began = time.process_time()
    with suppress(ValueError):
        timbre.cluster(windows_, WINDOW, 60 * WINDOW)
    assert time.process_time() - began < 10  # well under a second


def spread(pause: int) -> BlockArray:
    """As many blocks as a window holds, each of a voice of its own, with so many frames between them."""
    random = np.random.default_rng(pause)
    start = np.arange(0, 981, 19 + pause)
    blocks = np.zeros(len(start), _BLOCK)
    blocks["start"], blocks["end"] = start, start + 19
    for block in blocks:
        x = random.normal(size=(19, 16)) + 3 * random.normal(size=16)
        y = np.column_stack([np.ones(19), x])
        block["moments"] = (y.T @ y)[np.tril_indices(17)]
    return blocks


@pytest.mark.parametrize("pauses", [(0,), (31,), (0, *(31,) * 20)], ids=["none", "all", "some"])
def test_the_time_at_stop_is_bounded_whatever_the_blocks(timbre: Timbre, pauses: tuple[int, ...]) -> None:
    octets = [_VERSION + spread(pause).tobytes() for pause in pauses]
    began = time.process_time()
    timbre.cluster([octets[number % len(octets)] for number in range(1080)], WINDOW, 1080 * WINDOW)  # three hours
    assert time.process_time() - began < 10  # about 2 s


def test_no_more_is_learned_from_where_those_stretches_are_long_that_are_met() -> None:
    """Every hundredth is a minute long, and every hundredth is looked at."""
    lengths = ([6000] + [19] * 99) * 152 + [19] * 110
    gaps = [min(length, 20) * 5 for length in lengths]
    end = np.cumsum(np.add(lengths, gaps))
    blocks = Blocks(end - lengths, end, np.zeros((len(lengths), 1)))
    spoken = np.array(lengths)
    assert spoken[:: int(spoken.sum() / LEARNED)].sum() > 50 * LEARNED
    assert 0 < spoken[_evenly(blocks)].sum() <= 2 * LEARNED


def test_the_time_at_stop_is_bounded(timbre: Timbre, consultation: Samples) -> None:
    heard = embedded(timbre, consultation[:, : 12 * WINDOW])
    began = time.process_time()
    turns = timbre.cluster(heard * 90, WINDOW, 12 * 90 * WINDOW)  # three hours
    assert time.process_time() - began < 10  # about 1 s, on a machine with nothing else to do
    assert {"0", "1"} <= voices(turns)

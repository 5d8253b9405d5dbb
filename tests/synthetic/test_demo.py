"""The demo consultation: sound, transcript and facts that belong together."""

import json
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from synthetic.corpus import SENTENCES

DEMO = Path(__file__).parents[2] / "demo"
RATE = 16_000


def samples_of(name: str) -> Any:
    """The samples of a FLAC as (channels, samples) between -1 and 1."""
    with av.open(str(DEMO / name)) as container:
        frames = [frame.to_ndarray().reshape(-1, frame.layout.nb_channels).T for frame in container.decode(audio=0)]
        assert container.streams.audio[0].rate == RATE
    return np.concatenate(frames, axis=1) / 32768


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    described: dict[str, Any] = json.loads((DEMO / "consultation.json").read_text(encoding="utf-8"))
    return described


@pytest.fixture(scope="module")
def stereo() -> Any:
    return samples_of("consultation-stereo.flac")


def test_the_recordings_are_as_long_as_described(described: dict[str, Any], stereo: Any) -> None:
    mono = samples_of("consultation.flac")
    assert described["sample_rate"] == RATE
    assert 90 <= described["duration"] <= 150
    assert (len(mono), len(stereo)) == (1, 2)
    assert mono.shape[1] / RATE == pytest.approx(described["duration"], abs=1e-3)
    assert stereo.shape[1] == mono.shape[1]


def test_no_recording_clips(stereo: Any) -> None:
    assert np.abs(stereo).max() < 0.99
    assert np.abs(samples_of("consultation.flac")).max() < 0.99


def test_both_speak_in_turn_and_in_order(described: dict[str, Any]) -> None:
    utterances = described["utterances"]
    assert [utterance["id"] for utterance in utterances] == list(range(len(utterances)))
    assert {utterance["role"] for utterance in utterances} == {"practitioner", "patient"} == set(described["voices"])
    times = [time for utterance in utterances for time in (utterance["start"], utterance["end"])]
    assert times == sorted(times)
    assert times[-1] < described["duration"]


def test_each_speaker_is_loudest_in_the_own_channel(described: dict[str, Any], stereo: Any) -> None:
    for utterance in described["utterances"]:
        stretch = stereo[:, round(utterance["start"] * RATE) : round(utterance["end"] * RATE)]
        practitioner, patient = (stretch**2).mean(1)
        louder = "practitioner" if practitioner > patient else "patient"
        assert louder == utterance["role"], utterance["text"]


def test_the_microphones_hear_the_other_speaker_too(described: dict[str, Any], stereo: Any) -> None:
    patient = [u for u in described["utterances"] if u["role"] == "patient" and u["end"] - u["start"] > 2]
    stretches = np.concatenate([stereo[:, round(u["start"] * RATE) : round(u["end"] * RATE)] for u in patient], axis=1)
    crosstalk = 10 * np.log10((stretches[0] ** 2).mean() / (stretches[1] ** 2).mean())
    assert -18 < crosstalk < -6


def test_facts_point_to_what_was_said(described: dict[str, Any]) -> None:
    said = {utterance["id"]: utterance["text"].lower() for utterance in described["utterances"]}
    for fact in described["facts"]:
        assert fact["utterances"]
        heard = " ".join(said[number] for number in fact["utterances"])
        for number in (word for word in fact["text"].split() if word.strip(",").replace(",", "").isdigit()):
            assert number.strip(",") in heard, fact["text"]


def test_the_facts_fill_a_whole_note(described: dict[str, Any]) -> None:
    sections = [fact["section"] for fact in described["facts"]]
    assert sorted(sections, key=["Anamnese", "Funn", "Vurdering", "Tiltak"].index) == sections
    assert set(sections) == {"Anamnese", "Funn", "Vurdering", "Tiltak"}
    kinds = {fact["kind"] for fact in described["facts"]}
    assert {"symptom", "denied symptom", "vital sign", "lab", "assessment", "medication", "follow-up"} <= kinds


def test_there_is_a_short_answer_and_a_quick_turn(described: dict[str, Any]) -> None:
    utterances = described["utterances"]
    assert any(utterance["text"] == "Nei." for utterance in utterances)
    gaps = [b["start"] - a["end"] for a, b in pairwise(utterances)]
    assert min(gaps) < 0.35


def test_the_shipped_transcript_is_that_of_the_script(described: dict[str, Any]) -> None:
    with (SENTENCES / "consultation.toml").open("rb") as file:
        script = tomllib.load(file)
    assert [u["text"] for u in described["utterances"]] == [line["text"] for line in script["utterances"]]
    assert described["facts"] == script["facts"]

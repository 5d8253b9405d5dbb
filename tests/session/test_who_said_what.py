"""From sound to roles, with the models that come with kiskriv: right where that can be told, and said where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from kiskriv import demo as shipped
from kiskriv.engine import Alone, AloneSpeakers, Loaded
from kiskriv.ledger import Ledger
from kiskriv.session import Diarizer, OwnLedger, Speakers, Stages, Transcribed
from kiskriv.session.microphones import Microphones
from kiskriv.session.session import Session
from kiskriv.session.voices import Voices
from kiskriv.speech.asr import Whisper
from kiskriv.speech.diarization import WINDOW
from kiskriv.speech.live import Listener
from kiskriv.speech.timbre import Timbre
from kiskriv.transcript import SAMPLE_RATE, Remark, Role, Samples, Transcript
from kiskriv.vault import Vault
from tests.session.fakes import Scribe
from tests.session.test_live import Cut
from tests.speech.conftest import demo, model_folder, read, whisper

__all__ = ["demo", "model_folder", "whisper"]

SIZES = (1600, 4800, 333, 16_000)


@pytest.fixture(scope="module")
def stereo() -> Samples:
    return read(shipped.material().recording)


@pytest.fixture(scope="module")
def timbre() -> Timbre:
    return Timbre()


class Desk:
    """A session after another, all in this process."""

    def __init__(self, whisper: Whisper, speakers: Speakers, folder: Path) -> None:
        self._transcriber = Alone(Loaded(lambda _: whisper, "int8", 1))
        self._speakers, self._folder = speakers, folder

    def said(
        self, samples: Samples, sizes: Sequence[int] = SIZES, doctor: Callable[[Session], None] = lambda held: None
    ) -> Transcript:
        """What a session makes of it, and of what the doctor says to its first draft."""
        voices = Voices(self._speakers, WINDOW)
        diarizer: Diarizer = voices if samples.shape[0] == 1 else Microphones(voices)
        roles = {} if samples.shape[0] == 1 else {"0": Role.PRACTITIONER, "1": Role.PATIENT}
        stages = Stages(Listener(), self._transcriber, diarizer, Scribe(), roles, "nb", "ab" * 32, "nb-1")
        source = Cut(np.clip(samples, -1, 1).astype(np.float32), sizes)
        with Ledger.open(self._folder) as ledger, Session(stages, Vault(), OwnLedger(ledger)) as held:
            list(held.record(source))
            list(held.draft())
            doctor(held)
            *_, transcribed, _ = held.draft()
        assert isinstance(transcribed, Transcribed)
        return transcribed.transcript


@pytest.fixture
def desk(whisper: Whisper, timbre: Timbre, tmp_path: Path) -> Desk:
    return Desk(whisper, AloneSpeakers(timbre), tmp_path)


def share_right(transcript: Transcript) -> float:
    """Of all words, those with the role of who spoke."""
    words = sum(len(utterance.words) for utterance in transcript.utterances)
    return shipped.in_right_role(shipped.material().turns, transcript) / words


def roles(transcript: Transcript) -> set[Role]:
    return {utterance.role for utterance in transcript.utterances}


def first(samples: Samples, seconds: int) -> Samples:
    return samples[:, : seconds * SAMPLE_RATE]


def test_two_microphones_put_every_word_in_the_right_mouth(desk: Desk, stereo: Samples) -> None:
    heard = desk.said(stereo)
    assert share_right(heard) >= 0.98
    assert heard.remarks == ()


def test_one_microphone_finds_doctor_and_patient(desk: Desk, stereo: Samples) -> None:
    heard = desk.said(stereo.mean(axis=0, keepdims=True) * 1.6)
    assert share_right(heard) >= 0.9
    assert heard.remarks == ()


def test_a_microphone_that_is_dead_is_said_and_the_other_one_tells_voices_apart(desk: Desk, stereo: Samples) -> None:
    heard = desk.said(stereo * np.array([[1.6], [0.0]]))
    assert share_right(heard) >= 0.9
    assert heard.remarks == (Remark.DEAD_CHANNEL,)


def test_microphones_that_were_swapped_are_said(desk: Desk, stereo: Samples) -> None:
    heard = desk.said(stereo[::-1])
    assert heard.remarks == (Remark.SWAPPED,)
    assert share_right(heard) <= 0.02, "a microphone stands for who the settings say, until the doctor says better"


def test_the_doctor_knows_better_than_the_words(desk: Desk, stereo: Samples) -> None:
    def swaps(held: Session) -> None:
        held.assign("0", Role.PATIENT)
        held.assign("1", Role.PRACTITIONER)

    heard = desk.said(stereo.mean(axis=0, keepdims=True) * 1.6, doctor=swaps)
    assert share_right(heard) <= 0.1
    assert heard.remarks == ()


def test_microphones_that_hear_everybody_alike_are_as_one(desk: Desk, stereo: Samples) -> None:
    heard = desk.said(np.repeat(stereo.mean(axis=0, keepdims=True) * 1.6, 2, axis=0))
    assert share_right(heard) >= 0.9
    assert heard.remarks == (Remark.ALIKE,)


@pytest.mark.parametrize("channels", [1, 2])
def test_sound_that_is_too_loud_is_written_down_and_said(desk: Desk, stereo: Samples, channels: int) -> None:
    heard = desk.said(first(stereo[:channels], 40) * 30)
    assert heard.utterances
    assert Remark.CLIPPED in heard.remarks


@pytest.mark.parametrize("channels", [1, 2])
def test_one_voice_alone_is_nobody_in_particular(desk: Desk, stereo: Samples, channels: int) -> None:
    turns = [turn for turn in shipped.material().turns if turn.speaker == "patient"]
    spans = [slice(int(turn.start * SAMPLE_RATE), int(turn.end * SAMPLE_RATE)) for turn in turns]
    alone = np.concatenate([stereo[1:, span] for span in spans], axis=1)
    heard = desk.said(np.repeat(alone, channels, axis=0))
    assert Remark.ONE_VOICE in heard.remarks
    assert roles(heard) == {Role.UNKNOWN}


def test_five_voices_are_no_error(desk: Desk, stereo: Samples) -> None:
    mono = first(stereo.mean(axis=0, keepdims=True), 40)
    places = [np.arange(0, mono.shape[1] - 1, ratio) for ratio in (0.8, 1.0, 1.25)]
    higher = [np.interp(at, np.arange(mono.shape[1]), mono[0])[None] for at in places]
    heard = desk.said(np.concatenate(higher, axis=1))
    assert heard.utterances
    assert all(utterance.speaker for utterance in heard.utterances)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("seconds", [0, 1, 15])
def test_silence_is_nobodys(desk: Desk, channels: int, seconds: int) -> None:
    heard = desk.said(np.zeros((channels, seconds * SAMPLE_RATE)))
    assert heard.utterances == ()
    assert Remark.UNATTRIBUTED not in heard.remarks, "nobody said anything"


def both_at_once(stereo: Samples) -> Samples:
    """Each channel with its own speaker; in the middle both speak for eight seconds."""
    turns = shipped.material().turns
    length = 30 * SAMPLE_RATE
    sound = first(stereo, 30).copy()
    doctor = next(
        turn for turn in turns if turn.speaker == "practitioner" and turn.start > 60 and turn.end - turn.start > 4
    )
    spoken = stereo[0, int(doctor.start * SAMPLE_RATE) : int(doctor.end * SAMPLE_RATE)]
    patient = next(turn for turn in turns if turn.speaker == "patient" and turn.end - turn.start > 3)
    at = int(patient.start * SAMPLE_RATE)
    sound[0, at : at + len(spoken)] += spoken[: length - at]
    return sound


def test_where_both_speak_at_once_live_is_what_offline_is(desk: Desk, stereo: Samples) -> None:
    sound = both_at_once(stereo)
    heard = desk.said(sound)
    assert any(word.channel is not None for utterance in heard.utterances for word in utterance.words)
    for sizes in ([sound.shape[1]], [800], [5000, 12_345]):
        assert desk.said(sound, sizes) == heard

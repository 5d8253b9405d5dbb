"""Live equals offline, through the whole session: however the sound is cut, wherever it stops, whatever was decoded ahead or twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from time import monotonic

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiskriv.engine import Alone, Loaded
from kiskriv.errors import RecogniserFailed
from kiskriv.ledger import Ledger
from kiskriv.session import OwnLedger, Stages, Tentative, Transcribed, Transcriber
from kiskriv.session.session import Session
from kiskriv.speech.asr import Whisper
from kiskriv.speech.live import Listener
from kiskriv.speech.vad import Silero
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.transcript import SAMPLE_RATE, Chunk, Findings, Recognition, Samples, Transcript, Word
from kiskriv.vault import Vault
from tests.session.fakes import OneSpeaker, Scribe
from tests.speech.conftest import consultation, demo, model_folder, silero, whisper

__all__ = ["consultation", "demo", "model_folder", "silero", "whisper"]


class Digesting:
    """Hears in each clip a word that tells any two clips apart; fails over some of them, the first time."""

    def __init__(self, failures: Sequence[bool] = ()) -> None:
        self._failures = iter(failures)

    def transcribe(self, clip: Clip, urgency: Urgency) -> Recognition | None:
        if next(self._failures, False):
            raise RecogniserFailed(attempts=3)
        word = Word(0.1, 0.2, hashlib.sha256(clip.samples.tobytes()).hexdigest(), 0.9)
        return Recognition((word,), Findings(windows=1))

    def urge(self, urgency: Urgency) -> None:
        pass

    def cease(self) -> None:
        pass

    def abandon(self) -> None:
        pass


class Cut:
    """A source of sound in pieces of the sizes given, over and over; its holder waits after each piece, or not."""

    def __init__(self, samples: Samples, sizes: Sequence[int]) -> None:
        self.channels = samples.shape[0]
        self._samples, self._sizes = samples, sizes

    def chunks(self) -> Iterator[Chunk]:
        at = turn = 0
        while at < self._samples.shape[1]:
            size = self._sizes[turn % len(self._sizes)]
            yield Chunk(at, self._samples[:, at : at + size].copy())
            at, turn = at + size, turn + 1

    def stop(self) -> None:
        pass


def transcript(silero: Silero, transcriber: Transcriber, source: Cut, folder: Path) -> tuple[Transcript, int]:
    """What a session makes of it, and how often something was heard ahead."""
    stages = Stages(Listener(silero), transcriber, OneSpeaker(), Scribe(), {}, "nb", "ab" * 32, "nb-1")
    with Ledger.open(folder) as ledger, Session(stages, Vault(), OwnLedger(ledger)) as held:
        if isinstance(source, Patient):
            source.session = held
        ahead = sum(isinstance(event, Tentative) for event in held.record(source))
        told = [event.transcript for _ in range(5) for event in held.draft() if isinstance(event, Transcribed)][-1]
    return told, ahead


@pytest.fixture(scope="module")
def pieces(consultation: Samples) -> list[Samples]:
    """Stretches of the demo, to be put together with any pause between."""
    return [consultation[:, a * SAMPLE_RATE : b * SAMPLE_RATE] for a, b in ((1, 4), (5, 13), (28, 34), (60, 72))]


def spoken(pieces: Sequence[Samples], order: Sequence[tuple[int, float]], stop: float) -> Samples:
    sound = [
        part for piece, pause in order for part in (pieces[piece], np.zeros((1, int(pause * SAMPLE_RATE)), np.float32))
    ]
    joined = np.concatenate(sound, axis=1)
    return joined[:, : max(1, int(stop * joined.shape[1]))]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.lists(st.tuples(st.integers(0, 3), st.floats(0.0, 2.5)), min_size=1, max_size=4),
    stop=st.floats(0.0, 1.0),
    sizes=st.lists(st.sampled_from([160, 511, 512, 1_600, 4_000, 16_000]), min_size=1, max_size=4),
    failures=st.lists(st.booleans(), max_size=4),
)
def test_live_equals_offline_whatever_is_cut_paused_stopped_or_sent_twice(
    order: list[tuple[int, float]], stop: float, sizes: list[int], failures: list[bool],
    pieces: list[Samples], silero: Silero, tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    sound = spoken(pieces, order, stop)
    live, _ = transcript(silero, Digesting(failures), Cut(sound, sizes), tmp_path_factory.mktemp("log"))
    offline, ahead = transcript(silero, Digesting(), Cut(sound, [sound.shape[1]]), tmp_path_factory.mktemp("log"))
    assert live == offline
    assert ahead <= 1


class Patient(Cut):
    """The same, but nothing more comes before what is being decoded is done: so all is decoded ahead that can be."""

    session: Session

    def chunks(self) -> Iterator[Chunk]:
        for chunk in super().chunks():
            yield chunk
            until = monotonic() + 10.0
            while (hearing := self.session._at_work) is not None and hearing._decoder.window is not None:
                assert monotonic() < until
                yield Chunk(chunk.start, np.zeros((1, 0), np.float32))


class Noting(Digesting):
    """Notes what it was asked for after the sound had stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.tails = 0

    def transcribe(self, clip: Clip, urgency: Urgency) -> Recognition | None:
        self.tails += urgency is Urgency.TAIL
        return super().transcribe(clip, urgency)


def test_after_a_pause_nothing_is_left_to_decode_at_the_stop(
    pieces: list[Samples], silero: Silero, tmp_path: Path
) -> None:
    sound = spoken(pieces, [(1, 1.0), (0, 1.2), (1, 1.5)], 1.0)
    noting = Noting()
    live, ahead = transcript(silero, noting, Patient(sound, [1_600]), tmp_path / "live")
    offline, _ = transcript(silero, Digesting(), Cut(sound, [sound.shape[1]]), tmp_path / "offline")
    assert live == offline
    assert ahead >= 2
    assert noting.tails == 0


def test_live_equals_offline_in_every_word_of_a_real_model(
    pieces: list[Samples], silero: Silero, whisper: Whisper, tmp_path: Path
) -> None:
    sound = spoken(pieces, [(3, 1.0), (1, 0.9), (2, 1.0), (0, 0.3)], 0.97)
    chance = Random(3)
    heard = []
    for number, sizes in enumerate([[1_600], [chance.randrange(100, 9_000) for _ in range(50)], [sound.shape[1]]]):
        model = Alone(Loaded(lambda _: whisper, "int8", 1))
        heard.append(transcript(silero, model, Cut(sound, sizes), tmp_path / str(number))[0])
    assert heard[0] == heard[1] == heard[2]
    assert sum(len(utterance.words) for utterance in heard[0].utterances) > 30

"""The text of a live session is the text of the offline run, whatever the size of the chunks."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

from kiskriv.engine import Alone, Loaded
from kiskriv.speech.asr import Whisper
from kiskriv.speech.live import Listener
from kiskriv.speech.vad import CONTEXT, FRAME, Silero
from kiskriv.speech.windows import Urgency, Window, on_the_clock
from kiskriv.transcript import SAMPLE_RATE, Samples, Word
from tests.speech.conftest import clip_of


def chunked(samples: Samples, sizes: list[int], seed: int = 0) -> Iterator[Samples]:
    chance, at = random.Random(seed), 0
    while at < samples.shape[1]:
        size = chance.choice(sizes)
        yield samples[:, at : at + size]
        at += size


def heard(silero: Silero, chunks: Iterator[Samples]) -> list[Window]:
    ear = Listener(silero)
    windows = [window for chunk in chunks for window in ear.hear(chunk)]
    return windows + ear.finish()


def transcribed(whisper: Whisper, samples: Samples, windows: list[Window]) -> list[Word]:
    words = list[Word]()
    for window in windows:
        clip = clip_of(*(samples[:, start:end] for start, end in window.spans))
        heard = Alone(Loaded(lambda _: whisper, "int8", 1)).transcribe(clip, Urgency.CLOSED)
        assert heard is not None
        words += on_the_clock(heard.words, window)
    return words


@pytest.fixture(scope="module")
def offline(whisper: Whisper, silero: Silero, consultation: Samples) -> tuple[list[Window], list[Word]]:
    """The run over the finished recording, in one piece."""
    windows = heard(silero, iter([consultation]))
    return windows, transcribed(whisper, consultation, windows)


@pytest.mark.parametrize("sizes", [[1_600], [1, 160, 511, 512, 513, 4_000], [SAMPLE_RATE]])
def test_live_equals_offline(
    sizes: list[int],
    offline: tuple[list[Window], list[Word]],
    whisper: Whisper,
    silero: Silero,
    consultation: Samples,
) -> None:
    live = heard(silero, chunked(consultation, sizes))
    words = transcribed(whisper, consultation, live)
    assert (live, words) == offline
    assert len(live) > 3
    assert len(words) > 150


def test_windows_come_while_the_sound_goes_on(silero: Silero, consultation: Samples) -> None:
    ear = Listener(silero)
    early = ear.hear(consultation[:, : 60 * SAMPLE_RATE])
    assert early
    assert early == heard(silero, iter([consultation]))[: len(early)]


def test_in_a_pause_the_window_is_known_that_a_stop_would_close_and_no_sooner(
    silero: Silero, consultation: Samples
) -> None:
    speech = consultation[:, 28 * SAMPLE_RATE : 34 * SAMPLE_RATE]
    sound = np.concatenate([speech, np.zeros((1, 2 * SAMPLE_RATE), np.float32), speech], axis=1)
    ear, foretold = Listener(silero), list[tuple[int, Window]]()
    for at in range(0, sound.shape[1], 1_600):
        ear.hear(sound[:, at : at + 1_600])
        if ear.ahead is not None:
            foretold.append((min(at + 1_600, sound.shape[1]), ear.ahead))
    assert foretold
    for stop, window in foretold:
        assert heard(silero, iter([sound[:, :stop]])) == [window]
        assert stop - window.spans[-1][1] >= 0.4 * SAMPLE_RATE
    assert Listener(silero).ahead is None


def test_silence_has_no_windows(silero: Silero) -> None:
    assert heard(silero, iter([np.zeros((1, 20 * SAMPLE_RATE), np.float32)])) == []


def test_noise_has_no_windows(silero: Silero) -> None:
    noise = np.random.default_rng(0).normal(0, 0.02, (1, 20 * SAMPLE_RATE)).astype(np.float32)
    assert heard(silero, iter([noise])) == []


def test_no_sound_at_all_has_no_windows(silero: Silero) -> None:
    assert Listener(silero).finish() == []


def test_a_recording_taken_up_again_goes_on_where_it_stopped(silero: Silero, consultation: Samples) -> None:
    half = consultation[:, : 30 * SAMPLE_RATE + 77]
    ear = Listener(silero)
    first = ear.hear(half) + ear.finish()
    again = ear.hear(half) + ear.finish()
    later = half.shape[1]
    assert again == [Window(tuple((a + later, b + later) for a, b in window.spans)) for window in first]


def test_the_ear_keeps_no_more_sound_than_a_frame(silero: Silero, consultation: Samples) -> None:
    ear = Listener(silero)
    ear.hear(consultation[:, : 40 * SAMPLE_RATE + 100])
    kept = [array for thing in (ear, ear._frames, ear._speech, ear._packer) for array in vars(thing).values()]
    sound = sum(array.size for array in kept if isinstance(array, np.ndarray) and array.shape != (1, 1, 128))
    assert sound == CONTEXT + FRAME
    last = ear._frames
    ear.finish()
    assert not any(array.any() for array in vars(last).values() if isinstance(array, np.ndarray))


def test_a_repr_tells_sizes_only(whisper: Whisper, silero: Silero) -> None:
    assert repr(Listener(silero)) == "<Listener, 0 samples heard>"
    assert "/" not in repr(whisper)

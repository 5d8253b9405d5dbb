"""Each window is decoded alone: the same words in any company, in order, inside the window; and nothing from nothing."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kiskriv.errors import ConfigError, KiskrivError, ModelError, ModelMissing
from kiskriv.speech.asr import Whisper
from kiskriv.transcript import SAMPLE_RATE, Samples


@pytest.fixture(scope="module")
def windows(consultation: Samples) -> list[Samples]:
    """Stretches of speech of several lengths, and one of silence."""
    cuts = [(1, 26), (28, 34), (40, 41), (60, 80)]
    speech = [consultation[:, a * SAMPLE_RATE : b * SAMPLE_RATE] for a, b in cuts]
    return [*speech[:2], np.zeros((1, 5 * SAMPLE_RATE), np.float32), *speech[2:]]


def test_a_window_says_the_same_in_any_company(whisper: Whisper, windows: list[Samples]) -> None:
    alone = [whisper.transcribe([window])[0] for window in windows]
    together = whisper.transcribe(windows)
    backwards = whisper.transcribe(windows[::-1])[::-1]
    assert len(alone[0]) > 30
    for words, *others in zip(alone, together, backwards, strict=True):
        for other in others:
            assert [(w.start, w.end, w.text) for w in other] == [(w.start, w.end, w.text) for w in words]
            likely = [
                w.probability for w in words
            ]  # alignment in a batch may round the last bit of a float32 another way
            assert [w.probability for w in other] == pytest.approx(likely, abs=1e-6)


def test_words_are_in_order_and_inside_their_window(whisper: Whisper, windows: list[Samples]) -> None:
    for words, window in zip(whisper.transcribe(windows), windows, strict=True):
        assert all(0 <= w.start <= w.end <= window.shape[1] / SAMPLE_RATE for w in words)
        assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(words))
        assert all(0 <= w.probability <= 1 and w.text == w.text.strip() != "" for w in words)


def test_words_lie_where_they_were_said(whisper: Whisper, consultation: Samples) -> None:
    at = 3 * SAMPLE_RATE
    early = consultation[:, 28 * SAMPLE_RATE : 34 * SAMPLE_RATE]
    late = np.concatenate([np.zeros((1, at), np.float32), early], axis=1)
    (first, *_), (second, *_) = whisper.transcribe([early, late])
    assert second.start - first.start == pytest.approx(3.0, abs=0.7)


def test_silence_says_nothing(whisper: Whisper) -> None:
    assert whisper.transcribe([np.zeros((1, 10 * SAMPLE_RATE), np.float32)]) == [[]]


def test_no_windows_no_words(whisper: Whisper) -> None:
    assert whisper.transcribe([]) == []


@pytest.mark.parametrize("samples", [0, 30 * SAMPLE_RATE + 1])
def test_a_window_that_whisper_would_cut_is_refused(whisper: Whisper, samples: int) -> None:
    with pytest.raises(ValueError, match="samples"):
        whisper.transcribe([np.zeros((1, samples), np.float32)])


class GoesRound:
    """A model that says everything ten times, unless it is forbidden to."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.encode, self.align = model.encode, model.align

    def generate(self, encoded: Any, prompts: Any, **options: Any) -> Any:
        results = self.model.generate(encoded, prompts, **options)
        times = 1 if options.get("no_repeat_ngram_size") else 10
        return [
            SimpleNamespace(
                sequences_ids=[r.sequences_ids[0] * times], scores=r.scores, no_speech_prob=r.no_speech_prob
            )
            for r in results
        ]


def test_text_that_goes_round_in_circles_is_decoded_again(
    whisper: Whisper, consultation: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = consultation[:, 28 * SAMPLE_RATE : 34 * SAMPLE_RATE]
    (words,) = whisper.transcribe([window])
    monkeypatch.setattr(whisper, "_model", GoesRound(whisper._model))
    (again,) = whisper.transcribe([window])
    assert 0 < len(again) < 2 * len(words)


@pytest.mark.parametrize("language", ["en", "sv", "", "NO"])
def test_only_norwegian_is_decoded(model_folder: Path, language: str) -> None:
    with pytest.raises(ConfigError, match="no, nn"):
        Whisper(model_folder, language=language)


def test_a_compute_type_that_this_machine_lacks_is_refused(model_folder: Path) -> None:
    with pytest.raises(ConfigError, match="int8"):
        Whisper(model_folder, compute_type="int3")


def test_a_device_that_this_machine_lacks_is_refused(model_folder: Path) -> None:
    with pytest.raises(ConfigError):
        Whisper(model_folder, device="abacus")


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to, copy_function=shutil.copyfile)
    to.chmod(0o700)
    return to


@pytest.mark.parametrize("file", ["model.bin", "config.json", "tokenizer.json"])
def test_a_folder_that_lacks_a_file_is_refused_before_the_hub_is_asked(
    model_folder: Path, tmp_path: Path, file: str
) -> None:
    folder = copied(model_folder, tmp_path / "pasient")
    (folder / file).unlink()
    with pytest.raises(ModelMissing, match=file):
        Whisper(folder)


@pytest.mark.parametrize("file", ["model.bin", "config.json", "tokenizer.json"])
def test_a_broken_file_is_one_clear_error_that_names_no_folder(model_folder: Path, tmp_path: Path, file: str) -> None:
    folder = copied(model_folder, tmp_path / "pasient")
    (folder / file).write_bytes((folder / file).read_bytes()[:100])
    with pytest.raises(ModelError) as raised:
        Whisper(folder)
    error: BaseException | None = raised.value
    assert isinstance(error, KiskrivError)
    while error is not None:
        assert "pasient" not in str(error)
        error = error.__cause__ or error.__context__

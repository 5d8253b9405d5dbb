"""Each clip is decoded alone: the same words in any company, in order, inside the clip; and nothing of it is left."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kiskriv.errors import ConfigError, KiskrivError, ModelError, ModelMissing, OutOfMemory
from kiskriv.speech.asr import Whisper
from kiskriv.speech.backend import STRICTEST, Hypothesis
from kiskriv.transcript import SAMPLE_RATE, Samples, Word


@pytest.fixture(scope="module")
def clips(consultation: Samples) -> list[Samples]:
    """Stretches of speech of several lengths, and one of silence."""
    cuts = [(1, 27), (28, 34), (40, 41), (60, 86)]
    speech = [consultation[:, a * SAMPLE_RATE : b * SAMPLE_RATE] for a, b in cuts]
    return [*speech[:2], np.zeros((1, 5 * SAMPLE_RATE), np.float32), *speech[2:]]


def decoded(whisper: Whisper, clips: Sequence[Samples], strictness: int = 0) -> list[Hypothesis]:
    with whisper.listen(clips) as heard:
        return heard.decode(range(len(clips)), strictness)


def words_in(whisper: Whisper, clips: Sequence[Samples]) -> list[list[Word]]:
    rows = range(len(clips))
    with whisper.listen(clips) as heard:
        return heard.words(rows, heard.decode(rows, 0))


def test_a_clip_says_the_same_in_any_company(whisper: Whisper, clips: list[Samples]) -> None:
    alone = [words_in(whisper, [clip])[0] for clip in clips]
    together = words_in(whisper, clips)
    backwards = words_in(whisper, clips[::-1])[::-1]
    assert len(alone[0]) > 30
    for words, *others in zip(alone, together, backwards, strict=True):
        for other in others:
            assert other == words


@pytest.mark.parametrize("strictness", range(STRICTEST + 1))
def test_the_same_question_has_the_same_answer_whatever_was_asked_before(
    whisper: Whisper, clips: list[Samples], strictness: int
) -> None:
    whole = [hypothesis.tokens for hypothesis in decoded(whisper, clips, strictness)]
    with whisper.listen(clips) as heard:
        heard.decode([4, 0], STRICTEST)
        some = heard.decode([3, 1, 0], strictness)
        again = heard.decode([0], strictness)
    assert [hypothesis.tokens for hypothesis in some] == [whole[3], whole[1], whole[0]]
    assert again[0].tokens == whole[0]


def test_more_strictness_is_less_repetition(whisper: Whisper, consultation: Samples) -> None:
    said_often = np.tile(consultation[:, 60 * SAMPLE_RATE : 63 * SAMPLE_RATE], 8)
    repeated = []
    for strictness in range(STRICTEST + 1):
        (hypothesis,) = decoded(whisper, [said_often], strictness)
        pairs = list(pairwise(hypothesis.tokens))
        repeated.append(1 - len(set(pairs)) / len(pairs))
    assert repeated[0] > 0.5
    assert repeated[0] > repeated[1] > repeated[2] == 0


def test_words_are_in_order_and_inside_their_clip(whisper: Whisper, clips: list[Samples]) -> None:
    for words, clip in zip(words_in(whisper, clips), clips, strict=True):
        assert all(0 <= w.start <= w.end <= clip.shape[1] / SAMPLE_RATE for w in words)
        assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(words))
        assert all(0 <= w.probability <= 1 and w.text == w.text.strip() != "" for w in words)
        assert all(w.doubt is None for w in words)


def test_words_are_the_text(whisper: Whisper, clips: list[Samples]) -> None:
    rows = [4, 0]
    with whisper.listen(clips) as heard:
        hypotheses = heard.decode(rows, 0)
        words = heard.words(rows, hypotheses)
    assert [" ".join(w.text for w in each) for each in words] == [hypothesis.text for hypothesis in hypotheses]


def test_words_lie_where_they_were_said(whisper: Whisper, consultation: Samples) -> None:
    at = 3 * SAMPLE_RATE
    early = consultation[:, 28 * SAMPLE_RATE : 34 * SAMPLE_RATE]
    late = np.concatenate([np.zeros((1, at), np.float32), early], axis=1)
    (first, *_), (second, *_) = words_in(whisper, [early, late])
    assert second.start - first.start == pytest.approx(3.0, abs=0.7)


def test_in_silence_nobody_speaks(whisper: Whisper, clips: list[Samples]) -> None:
    speech, silence = decoded(whisper, clips[1:3])
    assert speech.no_speech < 0.1
    assert silence.no_speech > 0.9
    assert words_in(whisper, clips[2:3]) == [[]]


def test_languages_are_named_as_the_standard_names_them(whisper: Whisper, clips: list[Samples]) -> None:
    with whisper.listen(clips) as heard:
        (told,) = heard.languages([1])
        assert heard.languages([0, 1])[1] == pytest.approx(told, abs=1e-6)
    assert sum(told.values()) == pytest.approx(1, abs=1e-3)
    assert all(name.isalpha() and len(name) in (2, 3) for name in told)
    assert {"no", "nn", "en", "jv"} <= told.keys()


@pytest.mark.parametrize("shape", [(1, 0), (1, 30 * SAMPLE_RATE + 1), (2, SAMPLE_RATE)])
def test_a_clip_that_whisper_would_cut_is_refused(whisper: Whisper, shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="samples"):
        whisper.listen([np.zeros(shape, np.float32)])


def test_there_is_nothing_to_hear_in_no_clips(whisper: Whisper) -> None:
    with pytest.raises(ValueError, match="no clips"):
        whisper.listen([])


class Watched:
    """The model, and every array that was shown to it or came from it."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.n_mels = model.n_mels
        self.seen: list[np.ndarray] = []

    def encode(self, features: Any, **options: Any) -> Any:
        encoded = self.model.encode(features, **options)
        self.seen += [np.asarray(features), np.asarray(encoded)]
        return encoded

    def generate(self, encoded: Any, *rest: Any, **options: Any) -> Any:
        self.seen.append(np.asarray(encoded))
        return self.model.generate(encoded, *rest, **options)

    def align(self, encoded: Any, *rest: Any, **options: Any) -> Any:
        self.seen.append(np.asarray(encoded))
        return self.model.align(encoded, *rest, **options)


def test_nothing_of_the_sound_is_left_when_the_block_is_left(
    whisper: Whisper, clips: list[Samples], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(whisper._model)
    monkeypatch.setattr(whisper, "_model", watched)
    with whisper.listen(clips) as heard:
        features, encoded = watched.seen
        assert not features.any()
        hypotheses = heard.decode([1, 0], 1)
        heard.words([1, 0], hypotheses)
        assert encoded.any()
        assert len(watched.seen) == 5
        assert not any(copy.any() for copy in watched.seen[2:])
    assert not encoded.any()


def test_nothing_is_left_after_an_error_either(
    whisper: Whisper, clips: list[Samples], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(whisper._model)
    monkeypatch.setattr(whisper, "_model", watched)
    with pytest.raises(InterruptedError), whisper.listen(clips):
        raise InterruptedError
    assert len(watched.seen) == 2
    assert not any(array.any() for array in watched.seen)


class Failing:
    """A model in which whatever is asked fails."""

    n_mels = 80

    def __init__(self, error: Exception) -> None:
        self.error = error

    def encode(self, *_: object, **__: object) -> None:
        raise self.error

    generate = align = detect_language = encode


ASKED: list[Callable[[Any, list[Hypothesis]], object]] = [
    lambda heard, _: heard.decode([0], 0),
    lambda heard, said: heard.words([0], said[:1]),
    lambda heard, _: heard.languages([0]),
]


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA failed with error out of memory"),
        RuntimeError("cuBLAS failed with status CUBLAS_STATUS_ALLOC_FAILED"),
        RuntimeError("std::bad_alloc"),
        RuntimeError("mkl_malloc: failed to allocate memory"),
        MemoryError(),
    ],
)
def test_memory_that_runs_out_is_known_as_such(
    whisper: Whisper, clips: list[Samples], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    with whisper.listen(clips) as heard:
        said = heard.decode(range(len(clips)), 0)
        monkeypatch.setattr(whisper, "_model", Failing(error))
        for ask in ASKED:
            with pytest.raises(OutOfMemory):
                ask(heard, said)
        with pytest.raises(OutOfMemory):
            whisper.listen(clips)


def test_any_other_failure_stays_what_it_is(
    whisper: Whisper, clips: list[Samples], monkeypatch: pytest.MonkeyPatch
) -> None:
    with whisper.listen(clips) as heard:
        monkeypatch.setattr(whisper, "_model", Failing(RuntimeError("the device fell off the bus")))
        with pytest.raises(RuntimeError, match="bus"):
            heard.decode([0], 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a process to so much memory")
def test_a_process_without_memory_lives_to_decode_less(model_folder: Path) -> None:
    code = f"""
import resource, sys
from pathlib import Path
import numpy as np
from kiskriv.errors import OutOfMemory
from kiskriv.speech.asr import Whisper
whisper = Whisper(Path({str(model_folder)!r}), threads=1)
clip = np.random.default_rng(0).normal(0, 0.1, (1, 16_000)).astype(np.float32)
def decode(clips):
    with whisper.listen([clip] * clips) as heard:
        return len(heard.decode(range(clips), 0))
decode(1)
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 100 * 2**20, resource.RLIM_INFINITY))
try:
    decode(24)
except OutOfMemory:
    sys.exit(0 if decode(1) == 1 else 2)
sys.exit(3)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("language", ["en", "sv", "", "NO"])
def test_only_norwegian_is_decoded(model_folder: Path, language: str) -> None:
    with pytest.raises(ConfigError, match="no, nn"):
        Whisper(model_folder, language=language)


def test_nynorsk_is_decoded_as_well(model_folder: Path, clips: list[Samples]) -> None:
    (hypothesis,) = decoded(Whisper(model_folder, language="nn"), clips[1:2])
    assert hypothesis.tokens


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


def test_a_model_that_does_not_say_where_its_words_are_is_known(model_folder: Path, tmp_path: Path) -> None:
    assert Whisper(model_folder).exact_times
    folder = copied(model_folder, tmp_path / "without")
    described = json.loads((folder / "config.json").read_text())
    del described["alignment_heads"]
    (folder / "config.json").write_text(json.dumps(described))
    assert not Whisper(folder).exact_times


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

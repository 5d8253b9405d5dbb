"""Every backend keeps the one contract, and two that share nothing but the weights hear the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from itertools import pairwise, product
from pathlib import Path
from statistics import median

import jiwer
import numpy as np
import pytest

from kiskriv.errors import ConfigError, KiskrivError, ModelError, ModelMissing
from kiskriv.machine import launch_environment
from kiskriv.speech.asr import Whisper
from kiskriv.speech.backend import STRICTEST, Backend, Hypothesis
from kiskriv.speech.live import Listener
from kiskriv.speech.recognition import NO_SPEECH, recognise
from kiskriv.speech.transformers_whisper import FILES, TransformersWhisper
from kiskriv.speech.vad import Silero
from kiskriv.speech.windows import WHISPER_LIMIT, Clip
from kiskriv.transcript import SAMPLE_RATE, Recognition, Samples, Word
from synthetic.corpus import folded

PATIENCE = 120.0


@dataclass(frozen=True)
class Kind:
    """A kind of backend: how one is made, and of which files."""

    make: Callable[..., Backend]
    folder: Path
    files: tuple[str, ...]

    @cached_property
    def backend(self) -> Backend:
        """A narrow search, in one thread: torch's threads wait for each other in vain where the cores are busy."""
        return self.make(self.folder, beam_size=2, threads=1)


@pytest.fixture(scope="session")
def kind_of(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Kind]:
    """Kinds by name, each made once, of the same weights."""

    @cache
    def made(name: str) -> Kind:
        if name == "ctranslate2":
            return Kind(Whisper, model_folder, ("model.bin", "config.json", "tokenizer.json"))
        if not (find_spec("torch") and find_spec("transformers")):
            pytest.skip("the extra `transformers` is not installed: run scripts/test-backends")
        from synthetic.reexport import reexport

        folder = tmp_path_factory.mktemp("model") / "transformers"
        reexport(model_folder, folder)
        return Kind(TransformersWhisper, folder, FILES)

    return made


@pytest.fixture(scope="module", params=["ctranslate2", "transformers"])
def kind(request: pytest.FixtureRequest, kind_of: Callable[[str], Kind]) -> Kind:
    return kind_of(request.param)


@pytest.fixture(scope="module")
def backend(kind: Kind) -> Backend:
    return kind.backend


@pytest.fixture(scope="module")
def clips(consultation: Samples) -> list[Samples]:
    """Speech of several lengths, and in the middle silence."""
    cuts = [(1, 11), (28, 34), (40, 41), (60, 66)]
    speech = [consultation[:, a * SAMPLE_RATE : b * SAMPLE_RATE] for a, b in cuts]
    return [*speech[:2], np.zeros((1, 5 * SAMPLE_RATE), np.float32), *speech[2:]]


Heard = tuple[list[Hypothesis], list[list[Word]]]


def heard(backend: Backend, clips: Sequence[Samples], strictness: int = 0) -> Heard:
    with backend.listen(clips) as listening:
        rows = range(len(clips))
        hypotheses = listening.decode(rows, strictness)
        return hypotheses, listening.words(rows, hypotheses)


@pytest.fixture(scope="module")
def together(backend: Backend, clips: list[Samples]) -> Heard:
    return heard(backend, clips)


def test_a_clip_says_the_same_in_any_company(backend: Backend, clips: list[Samples], together: Heard) -> None:
    alone = [[found[0] for found in heard(backend, [clip])] for clip in clips]
    backwards = [found[::-1] for found in heard(backend, clips[::-1])]
    for company in (together, backwards):
        for (said, words), other, others in zip(alone, *company, strict=True):
            assert (other.text, other.tokens) == (said.text, said.tokens)
            assert (other.log_probability, other.no_speech) == pytest.approx(
                (said.log_probability, said.no_speech), abs=1e-5
            )
            assert [(w.start, w.end, w.text) for w in others] == [(w.start, w.end, w.text) for w in words]
            assert [w.probability for w in others] == pytest.approx([w.probability for w in words], abs=1e-5)


def test_the_same_question_has_the_same_answer(backend: Backend, clips: list[Samples], together: Heard) -> None:
    assert heard(backend, clips) == together
    with backend.listen([clips[1]]) as listening:
        first, *_ = once = [listening.decode([0], strictness) for strictness in range(STRICTEST + 1)]
        assert [listening.decode([0], strictness) for strictness in range(STRICTEST + 1)] == once
        assert [said.text for said in first] == [together[0][1].text]


def test_only_the_rows_that_are_asked_for_answer_and_in_that_order(
    backend: Backend, clips: list[Samples], together: Heard
) -> None:
    hypotheses, words = together
    with backend.listen(clips) as listening:
        rows = [3, 1]
        assert [said.text for said in listening.decode(rows, 0)] == [hypotheses[row].text for row in rows]
        timed = listening.words(rows, [hypotheses[row] for row in rows])
        assert [[w.text for w in of_row] for of_row in timed] == [[w.text for w in words[row]] for row in rows]
        assert len(listening.languages(rows)) == len(rows)


def test_words_are_in_order_and_inside_their_clip_and_make_the_text(clips: list[Samples], together: Heard) -> None:
    for clip, said, words in zip(clips, *together, strict=True):
        assert all(0 <= w.start <= w.end <= clip.shape[1] / SAMPLE_RATE for w in words)
        assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(words))
        assert all(0 <= w.probability <= 1 and w.text == w.text.strip() != "" for w in words)
        if clip.any():
            assert " ".join(w.text for w in words) == " ".join(said.text.split())
            assert said.log_probability < 0
            assert 0 <= said.no_speech < NO_SPEECH
    assert len(together[1][0]) > 12


def test_words_lie_where_they_were_said(backend: Backend, clips: list[Samples], together: Heard) -> None:
    later = np.concatenate([np.zeros((1, 3 * SAMPLE_RATE), np.float32), clips[1]], axis=1)
    _, (shifted,) = heard(backend, [later])
    before = together[1][1]
    assert [w.text for w in shifted] == [w.text for w in before]
    assert median(b.end - a.end for a, b in zip(before, shifted, strict=True)) == pytest.approx(3.0, abs=0.1)
    assert shifted[0].start - before[0].start == pytest.approx(3.0, abs=0.7)


def longest_repeat(tokens: Sequence[int]) -> int:
    """Tokens in the longest stretch that is there twice."""
    n = len(tokens)
    common = np.zeros((n + 1, n + 1), int)
    for a, b in product(range(n), range(n)):
        if a < b and tokens[a] == tokens[b]:
            common[a + 1, b + 1] = common[a, b] + 1
    return int(common.max())


def test_strictness_forbids_repetition(backend: Backend, clips: list[Samples]) -> None:
    thrice = np.tile(clips[1], 3)
    with backend.listen([thrice]) as listening:
        repeats = [longest_repeat(listening.decode([0], strict)[0].tokens) for strict in range(STRICTEST + 1)]
    assert repeats == sorted(repeats, reverse=True)
    assert repeats[0] > 10
    assert repeats[STRICTEST] < 3


def test_silence_is_known_for_silence(clips: list[Samples], together: Heard) -> None:
    (said,) = (said for clip, said in zip(clips, together[0], strict=True) if not clip.any())
    assert said.no_speech > NO_SPEECH


def test_norwegian_is_heard_as_norwegian(backend: Backend, clips: list[Samples]) -> None:
    with backend.listen(clips[:2]) as listening:
        for languages in listening.languages([0, 1]):
            assert max(languages, key=lambda name: languages[name]) in {"no", "nn"}
            assert sum(languages.values()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("shape", [(1, 0), (1, WHISPER_LIMIT + 1), (2, SAMPLE_RATE), (SAMPLE_RATE,)])
def test_a_clip_of_another_shape_is_refused(backend: Backend, shape: tuple[int, ...]) -> None:
    good = np.zeros((1, SAMPLE_RATE), np.float32)
    with pytest.raises(ValueError):
        backend.listen([good, np.zeros(shape, np.float32)])


def test_to_listen_to_nothing_is_refused(backend: Backend) -> None:
    with pytest.raises(ValueError):
        backend.listen([])


def test_the_shortest_clip_and_the_longest_are_taken(backend: Backend) -> None:
    quiet = [np.zeros((1, samples), np.float32) for samples in (1, WHISPER_LIMIT)]
    assert [len(found) for found in heard(backend, quiet)] == [2, 2]


def test_nothing_is_kept_after_the_block(backend: Backend, clips: list[Samples], together: Heard) -> None:
    with backend.listen(clips[:2]) as listening:
        pass
    try:
        left = listening.decode([0, 1], 0)
    except IndexError:
        return
    assert all(now.text != then.text for now, then in zip(left, together[0], strict=False))


def test_the_sound_of_the_caller_is_left_alone(backend: Backend, clips: list[Samples]) -> None:
    mine = clips[1].copy()
    heard(backend, [mine])
    assert np.array_equal(mine, clips[1])


@pytest.mark.parametrize("language", ["en", "sv", "", "NO"])
def test_only_norwegian_is_decoded(kind: Kind, language: str) -> None:
    with pytest.raises(ConfigError, match="no, nn"):
        kind.make(kind.folder, language=language)


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to, copy_function=shutil.copyfile)
    to.chmod(0o700)
    return to


def told(error: BaseException | None) -> str:
    """All that a traceback would say of it."""
    return "" if error is None else f"{error}\n{told(error.__cause__)}{told(error.__context__)}"


def test_a_folder_that_lacks_a_file_is_refused_before_the_hub_is_asked(kind: Kind, tmp_path: Path) -> None:
    for file in kind.files:
        folder = copied(kind.folder, tmp_path / file / "pasient")
        (folder / file).unlink()
        with pytest.raises(ModelMissing, match=file) as raised:
            kind.make(folder)
        assert "pasient" not in told(raised.value)


def test_a_broken_file_is_one_clear_error_that_names_no_folder(kind: Kind, tmp_path: Path) -> None:
    for file in kind.files:
        folder = copied(kind.folder, tmp_path / file / "pasient")
        (folder / file).write_bytes((folder / file).read_bytes()[:100])
        with pytest.raises(ModelError) as raised:
            kind.make(folder)
        assert isinstance(raised.value, KiskrivError)
        assert "pasient" not in told(raised.value)


BEHIND_WALLS = """
import os, sys
from importlib import import_module
from pathlib import Path

module, name, folder = sys.argv[1:]
sys.addaudithook(lambda event, _: os._exit(9) if event.startswith("socket.") else None)

from kiskriv.machine import Walls, confine

confine(Walls(readable=(Path(folder),)))

import numpy as np

backend = getattr(import_module(module), name)(Path(folder), threads=1)
with backend.listen([np.zeros((1, 16000), np.float32)]) as listening:
    print(len(listening.words([0], listening.decode([0], 0))))
"""

WITH_LITTLE_MEMORY = """
import resource, sys
from importlib import import_module
from pathlib import Path

import numpy as np

from kiskriv.errors import OutOfMemory

module, name, folder = sys.argv[1:]
backend = getattr(import_module(module), name)(Path(folder), threads=1)
clip = np.zeros((1, 480000), np.float32)
with backend.listen([clip]) as listening:
    listening.decode([0], 0)
taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
_, most = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (taken, most))
try:
    backend.listen([clip] * 200)
except OutOfMemory:
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    with backend.listen([clip]) as listening:
        print(len(listening.decode([0], 0)))
"""


def printed(script: str, kind: Kind, environment: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Status and output of a process that runs `script` with a kind of backend."""
    made = kind.make
    done = subprocess.run(
        [sys.executable, "-P", "-s", "-c", script, made.__module__, made.__name__, str(kind.folder)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
def test_it_works_behind_the_walls_of_an_engine_and_never_asks_for_a_socket(kind: Kind, stub: str) -> None:
    assert printed(stub + BEHIND_WALLS, kind, launch_environment()) == (0, "1\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc and RLIMIT_AS are Linux's")
def test_a_batch_that_does_not_fit_is_one_clear_error_and_it_goes_on(kind: Kind, stub: str) -> None:
    assert printed(stub + WITH_LITTLE_MEMORY, kind) == (0, "1\n", "")


def outcome(work: Generator[None, None, list[Recognition]]) -> list[Recognition]:
    """What a generator returns in the end."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: list[Recognition] = end.value
            return found


@pytest.fixture(scope="module")
def demo_clips(silero: Silero, consultation: Samples) -> list[Clip]:
    """The windows of the demo consultation, as the product packs them."""
    ear = Listener(silero)
    windows = ear.hear(consultation) + ear.finish()
    return [
        Clip(
            np.concatenate([consultation[:, start:end] for start, end in window.spans], axis=1),
            tuple(end - start for start, end in window.spans),
        )
        for window in windows
    ]


def written(recognitions: Sequence[Recognition]) -> str:
    return folded(" ".join(word.text for one in recognitions for word in one.words))


def test_the_demo_consultation_is_recognised_by_either_and_alike(
    kind_of: Callable[[str], Kind], demo_clips: list[Clip], demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = json.loads((demo / "consultation.json").read_text(encoding="utf-8"))
    said = folded(" ".join(utterance["text"] for utterance in reference["utterances"]))
    both = [kind_of(name) for name in ("ctranslate2", "transformers")]
    first, second = (outcome(recognise(kind.make(kind.folder, threads=1), demo_clips)) for kind in both)
    rates = [
        jiwer.wer(said, written(first)),
        jiwer.wer(said, written(second)),
        jiwer.wer(written(first), written(second)),
    ]
    pairs = [
        pair
        for one, other in zip(first, second, strict=True)
        if [w.text for w in one.words] == [w.text for w in other.words]
        for pair in zip(one.words, other.words, strict=True)
    ]
    apart = [abs(a.start - b.start) for a, b in pairs]
    with capsys.disabled():
        sys.stdout.write(
            f"\ndemo consultation, word errors: ctranslate2 int8 {rates[0]:.1%}, transformers float32 {rates[1]:.1%},"
            f" between them {rates[2]:.1%}; starts of {len(apart)} words in windows of one text:"
            f" {median(apart) * 1000:.0f} ms apart in the median, at most {max(apart) * 1000:.0f} ms\n"
        )
    assert max(rates[:2]) < 0.12
    assert rates[2] < 0.06
    assert median(apart) <= 0.04
    assert median(abs(a.probability - b.probability) for a, b in pairs) < 0.02


def test_both_find_the_same_text_as_likely(kind_of: Callable[[str], Kind], clips: list[Samples]) -> None:
    both = [kind_of(name) for name in ("ctranslate2", "transformers")]
    first, second = (heard(kind.backend, clips)[0] for kind in both)
    for one, other in zip(first, second, strict=True):
        assert other.no_speech == pytest.approx(one.no_speech, abs=0.05)
        if one.text == other.text:
            assert other.log_probability == pytest.approx(one.log_probability, abs=0.2)

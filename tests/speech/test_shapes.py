"""Models that know nothing: of Whisper's true size, they say as many tokens whatever they hear, and any program can load them."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kiskriv.errors import ModelError
from kiskriv.speech import shapes
from kiskriv.speech.asr import Whisper
from kiskriv.speech.recognition import LONGEST_WORD, REPETITIVE
from kiskriv.speech.shapes import SHAPES, TOKENS, Shape, said, weights, write
from kiskriv.transcript import SAMPLE_RATE
from kiskriv.weights import verify

NARROW = Shape(192, 2, 3, 2)
PROMPT = [50258, 50288, 50359, 50363]
"""Start of transcript, Norwegian, transcribe, no timestamps, as OpenAI numbers them."""
ZERO = 50364
"""The timestamp 0.00."""


@pytest.fixture(scope="module")
def narrow() -> Any:
    from ctranslate2.models import Whisper as Model

    return Model("", files=weights(NARROW), compute_type="int8", intra_threads=1)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("shapes") / "tiny", "tiny")


def heard(scale: float, clips: int = 1) -> Any:
    from ctranslate2 import StorageView

    noise = np.random.default_rng(0).standard_normal((clips, 80, 3000), np.float32)
    return StorageView.from_array(noise * np.float32(scale))


@pytest.mark.parametrize(
    ("size", "parameters"),
    [
        ("tiny", 37_760_640),
        ("base", 72_593_920),
        ("small", 241_734_912),
        ("medium", 763_857_920),
        ("large-v3", 1_543_490_560),
    ],
)
def test_each_size_has_as_many_parameters_as_the_real_one(size: str, parameters: int) -> None:
    assert SHAPES[size].parameters == parameters  # as the model cards at openai/whisper-* count them


def test_parameters_are_linear_in_layers() -> None:
    one, two, ten = (replace(NARROW, layers=layers).parameters for layers in (1, 2, 10))
    assert ten - one == 9 * (two - one)


def test_the_weights_are_as_many_as_the_shape_says_and_an_output_layer_of_its_own() -> None:
    d, vocabulary, attentions = NARROW.width, NARROW.vocabulary, 3 * NARROW.layers
    numbers = NARROW.parameters + vocabulary * d + attentions * d  # and a bias of the keys, which CTranslate2 wants
    counted = [array for name, array in variables() if name.rsplit("/")[-1] in MEASURED]
    assert sum(array.size for array in counted) == numbers


MEASURED = ("weight", "bias", "gamma", "beta", "encodings")


def variables() -> list[tuple[str, Any]]:
    return [*shapes._encoder(NARROW), *shapes._decoder(NARROW, TOKENS)]


@pytest.mark.parametrize("scale", [0.0, 0.1, 3.0])
@pytest.mark.parametrize("beam", [1, 2, 5, 16])
def test_it_says_the_same_number_of_tokens_whatever_it_hears(narrow: Any, scale: float, beam: int) -> None:
    (result,) = narrow.generate(heard(scale), [PROMPT], beam_size=beam, return_no_speech_prob=True)
    assert result.sequences_ids[0] == said()
    assert len(said()) == TOKENS == 136
    assert result.no_speech_prob < 0.01


def test_all_beams_are_likely_and_end_together(narrow: Any) -> None:
    (result,) = narrow.generate(heard(1.0), [PROMPT], beam_size=5, num_hypotheses=5, return_scores=True)
    assert {len(tokens) for tokens in result.sequences_ids} == {TOKENS}
    assert len({tuple(tokens) for tokens in result.sequences_ids}) == 5
    assert min(result.scores) > -0.5


def test_clips_beside_each_other_say_it_too(narrow: Any) -> None:
    results = narrow.generate(heard(1.0, 3), [PROMPT] * 3, beam_size=5)
    assert [result.sequences_ids[0] for result in results] == [said()] * 3


def test_it_says_it_after_earlier_text_and_with_timestamps(narrow: Any) -> None:
    earlier = [50361, *said()[:80], *PROMPT]
    (result,) = narrow.generate(heard(1.0), [earlier], beam_size=5)
    assert result.sequences_ids[0] == said()
    (result,) = narrow.generate(heard(1.0), [PROMPT[:-1]], beam_size=5)
    assert result.sequences_ids[0] == [ZERO, *said()]


def test_norwegian_is_likeliest(narrow: Any) -> None:
    assert narrow.detect_language(heard(1.0))[0][0][0] == "<|no|>"


def test_any_number_of_tokens_can_be_asked_for() -> None:
    from ctranslate2.models import Whisper as Model

    model = Model("", files=weights(NARROW, 17), compute_type="int8", intra_threads=1)
    (result,) = model.generate(heard(1.0), [PROMPT], beam_size=5)
    assert result.sequences_ids[0] == said(17)
    assert len(said(17)) == 17


@pytest.mark.parametrize(
    ("size", "specials"),
    [
        ("tiny", {"<|transcribe|>": 50359, "<|nospeech|>": 50362, "<|notimestamps|>": 50363, "<|30.00|>": 51864}),
        ("large-v3", {"<|yue|>": 50358, "<|transcribe|>": 50360, "<|nospeech|>": 50363, "<|30.00|>": 51865}),
    ],
)
def test_special_tokens_have_whispers_numbers(size: str, specials: dict[str, int]) -> None:
    shape = SHAPES[size]
    vocabulary = shapes._vocabulary(shape)
    always = {"": 50256, "<|endoftext|>": 50257, "<|startoftranscript|>": 50258, "<|en|>": 50259, "<|no|>": 50288}
    assert {token: vocabulary.index(token) for token in always | specials} == always | specials
    assert len(vocabulary) == len(set(vocabulary)) == shape.vocabulary


def test_a_folder_is_whole_and_stays_so_when_it_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "SHAPES", {"narrow": NARROW})
    digest = verify(write(tmp_path / "new" / "model", "narrow")).digest
    assert verify(write(tmp_path / "new" / "model", "narrow")).digest == digest


def test_where_it_cannot_be_written_it_says_so_without_the_path(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError) as raised:
        write(tmp_path / "file", "tiny")
    assert str(tmp_path) not in str(raised.value)


def test_the_product_hears_words_that_it_does_not_doubt(tiny: Path) -> None:
    clip = np.random.default_rng(0).standard_normal((1, 28 * SAMPLE_RATE), np.float32) / 10
    with Whisper(tiny).listen([clip]) as listening:
        (hypothesis,) = listening.decode([0], 0)
        (words,) = listening.words([0], [hypothesis])
    written = hypothesis.text.encode()
    assert len(hypothesis.tokens) == TOKENS
    assert len(written) / len(zlib.compress(written)) < REPETITIVE
    assert hypothesis.log_probability > -0.5
    assert len(words) == TOKENS / 2
    assert max(word.end - word.start for word in words) * SAMPLE_RATE < LONGEST_WORD


def test_faster_whisper_hears_as_much_in_each_half_minute(tiny: Path) -> None:
    from faster_whisper import WhisperModel

    sound = np.random.default_rng(0).standard_normal(32 * SAMPLE_RATE, np.float32) / 10
    segments, found = WhisperModel(str(tiny), device="cpu", compute_type="int8").transcribe(sound, beam_size=1)
    assert [len(segment.tokens) for segment in segments] == [TOKENS + 1] * 2  # and a timestamp
    assert found.language == "no"

"""Whisper in CTranslate2: a `Backend` that decodes each clip alone.

No previous text, no timestamp tokens, no hotwords, temperature 0: what a clip says depends on its sound only, so a live run and an offline
run say the same. For the same reason a stricter decode does not sample at a higher temperature, as OpenAI's fallback does: CTranslate2
seeds its sampler once in each thread, so that what a retry said would depend on what had been retried there before. It forbids repetition.

The encoder's output is kept as an array on this side of the device (a few MB a clip), so that single clips can be decoded again and all of
it can be overwritten. Features and tokenizer are faster-whisper's; its `transcribe` is not used, since there each window depends on what
came before.

Source: Radford et al. 2022; CTranslate2 4.8 src/random.cc (the seed); faster_whisper/transcribe.py at 1.2.1 (`find_alignment`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from kiskriv.errors import ConfigError, ModelError, ModelMissing, OutOfMemory
from kiskriv.machine import silence
from kiskriv.speech.backend import Hypothesis
from kiskriv.speech.windows import WHISPER_LIMIT
from kiskriv.speech.words import pieces, words_of
from kiskriv.transcript import SAMPLE_RATE, Samples, Word

if TYPE_CHECKING:
    from ctranslate2 import StorageView
    from ctranslate2.models import WhisperGenerationResult
    from faster_whisper.tokenizer import Tokenizer

LANGUAGES = ("no", "nn")
"""Bokmål and nynorsk. With `en` NB-Whisper translates, which this product never does (R25)."""

STRICTER: tuple[dict[str, float], ...] = (
    {},
    {"beam_size": 1, "no_repeat_ngram_size": 3, "repetition_penalty": 1.1},
    {"beam_size": 1, "no_repeat_ngram_size": 2, "repetition_penalty": 1.3},
)
"""What each strictness forbids: greedily, three (then two) tokens in a row that were there before, and single ones at a price."""

SIGNS_OF_NO_MEMORY = ("out of memory", "alloc_failed", "bad_alloc", "failed to allocate", "create a memory object")
"""How CUDA, cuBLAS, C++, MKL and oneDNN say that there is no more, in lower case."""

ISO_639 = {"jw": "jv"}
"""Where Whisper's name of a language is not the standard's."""


class Whisper:
    """A model folder at work (a `Backend`). Keeps nothing between calls; calls from several threads take turns.

    `threads` 0 lets CTranslate2 choose; `device` is `cpu` or `cuda`, `device_index` which of them. Raises ConfigError for a language or
    compute type that cannot be, ModelMissing for a folder without tokenizer, ModelError for one that does not load, OutOfMemory for one
    that does not fit.
    """

    def __init__(  # noqa: PLR0913 - each is a setting of the clinic's
        self,
        folder: Path,
        *,
        language: str = "no",
        compute_type: str = "int8",
        beam_size: int = 5,
        threads: int = 0,
        device: str = "cpu",
        device_index: int = 0,
    ) -> None:
        if language not in LANGUAGES:
            raise ConfigError(problem=f"language must be one of {', '.join(LANGUAGES)}")
        for file in ("model.bin", "config.json", "tokenizer.json"):  # without the last, faster-whisper asks the hub
            if not (folder / file).is_file():
                raise ModelMissing(file=file)
        silence()
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer

        _check_compute_type(device, compute_type)
        try:
            loaded = WhisperModel(
                str(folder),
                device=device,
                device_index=device_index,
                compute_type=compute_type,
                cpu_threads=threads,
                local_files_only=True,
            )
            described = json.loads((folder / "config.json").read_bytes())
        except Exception as error:  # CTranslate2 and tokenizers raise bare Exceptions that quote the path
            failure: ModelError | None = _load_failure(error)
        else:
            failure = None
        if failure is not None:
            raise failure
        if not loaded.model.is_multilingual:
            raise ModelError(problem="it has no languages to choose from")
        self._model = loaded.model
        self._features = loaded.feature_extractor
        self._tokenizer = Tokenizer(loaded.hf_tokenizer, True, task="transcribe", language=language)
        if self._tokenizer.language is None:
            raise ModelError(problem=f"it does not know the language {language}")
        self._prompt = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]
        self._suppressed = [*_never_said(self._tokenizer), *described.get("lang_ids", [])]  # a language is no word
        self._beam_size = beam_size
        self.exact_times = bool(described.get("alignment_heads"))
        """Whether the model says which of its heads know where a word is; word times are rougher where it does not."""

    def __repr__(self) -> str:
        return f"<Whisper {self._tokenizer.language_code}, beam {self._beam_size}>"

    def listen(self, clips: Sequence[Samples]) -> Encoded:
        """Encodes clips, shape (1, n) each, n <= 30 s, at least one. Raises OutOfMemory, ValueError for another shape."""
        if not clips:
            raise ValueError("no clips")
        for clip in clips:
            channels, n = clip.shape
            if channels != 1 or not 0 < n <= WHISPER_LIMIT:
                raise ValueError(f"a clip has one channel and 1 to {WHISPER_LIMIT} samples, not {channels} x {n}")
        with _within_memory():
            features = np.zeros((len(clips), self._model.n_mels, self._features.nb_max_frames), np.float32)
            try:
                for row, clip in zip(features, clips, strict=True):
                    mels = self._features(clip[0])[:, :-1]
                    row[:, : mels.shape[1]] = mels  # beyond the clip's end all is 0, as faster-whisper has it
                    mels.fill(0)
                encoded = self._model.encode(_view(features), to_cpu=True)
            finally:
                features.fill(0)
        return Encoded(self, encoded, [clip.shape[1] for clip in clips])

    def _decode(self, encoded: StorageView, clips: int, strictness: int) -> list[Hypothesis]:
        results = self._model.generate(
            encoded,
            [self._prompt] * clips,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
            **({"beam_size": self._beam_size} | STRICTER[strictness]),
        )
        return [self._hypothesis(result) for result in results]

    def _hypothesis(self, result: WhisperGenerationResult) -> Hypothesis:
        tokens = [token for token in result.sequences_ids[0] if token < self._tokenizer.eot]
        return Hypothesis(
            text=self._tokenizer.decode(tokens).strip(),
            tokens=tuple(tokens),
            log_probability=result.scores[0] * len(tokens) / (len(tokens) + 1),
            no_speech=result.no_speech_prob,
        )

    def _words(self, encoded: StorageView, tokens: Sequence[int], length: int) -> list[Word]:
        """Times and probabilities for a text (no empty one), by aligning it with the sound that it was heard in."""
        frames = max(2, length // self._features.hop_length)
        (result,) = self._model.align(encoded, self._tokenizer.sot_sequence, [list(tokens)], [frames])
        spelled, groups = self._tokenizer.split_to_word_tokens(list(tokens))
        named = pieces(spelled, [len(group) for group in groups])
        return words_of(named, result.alignments, result.text_token_probs, length / SAMPLE_RATE)

    def _languages(self, encoded: StorageView) -> list[Mapping[str, float]]:
        found = self._model.detect_language(encoded)
        named = [[(token.strip("<|>"), probability) for token, probability in each] for each in found]
        return [{ISO_639.get(name, name): probability for name, probability in each} for each in named]


class Encoded:
    """Clips that a `Whisper` has encoded (a `Listening`): its encoder's output, until the block is left."""

    def __init__(self, whisper: Whisper, encoded: StorageView, lengths: list[int]) -> None:
        self._whisper = whisper
        self._all = _readable(encoded)
        self._lengths = lengths

    def __repr__(self) -> str:
        return f"<Encoded, {len(self._lengths)} clips>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        np.asarray(self._all).fill(0)

    def decode(self, rows: Sequence[int], strictness: int) -> list[Hypothesis]:
        """See `Listening`."""
        with self._of(rows) as encoded:
            return self._whisper._decode(encoded, len(rows), strictness)

    def words(self, rows: Sequence[int], hypotheses: Sequence[Hypothesis]) -> list[list[Word]]:
        """See `Listening`. One after another: aligned in a batch, a text gets times that depend on the others in it."""
        return [
            self._timed(row, hypothesis.tokens) if hypothesis.tokens else []
            for row, hypothesis in zip(rows, hypotheses, strict=True)
        ]

    def _timed(self, row: int, tokens: Sequence[int]) -> list[Word]:
        with self._of([row]) as encoded:
            return self._whisper._words(encoded, tokens, self._lengths[row])

    def languages(self, rows: Sequence[int]) -> list[Mapping[str, float]]:
        """See `Listening`."""
        with self._of(rows) as encoded:
            return self._whisper._languages(encoded)

    @contextmanager
    def _of(self, rows: Sequence[int]) -> Iterator[StorageView]:
        """The encoder's output for these clips: itself if they are all in their order, else a copy that is overwritten afterwards."""
        with _within_memory():
            if list(rows) == list(range(len(self._lengths))):
                yield self._all
                return
            picked = np.asarray(self._all)[list(rows)]
            try:
                yield _view(picked)
            finally:
                picked.fill(0)


@contextmanager
def _within_memory() -> Iterator[None]:
    """What means that memory has run out becomes OutOfMemory; every other error stays what it is."""
    try:
        yield
    except MemoryError:
        raise OutOfMemory from None
    except RuntimeError as error:
        if _means_no_memory(error):
            raise OutOfMemory from None
        raise


def _means_no_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in SIGNS_OF_NO_MEMORY)


def _load_failure(error: Exception) -> ModelError:
    if _means_no_memory(error):
        return OutOfMemory()
    return ModelError(problem=f"it does not load ({type(error).__name__})")


def _view(array: NDArray[Any]) -> StorageView:
    """The array as CTranslate2 sees it, not copied."""
    from ctranslate2 import StorageView

    return StorageView.from_array(array)


def _readable(encoded: StorageView) -> StorageView:
    """The same in a type that numpy has: it knows no bfloat16."""
    from ctranslate2 import DataType

    return encoded.to(DataType.float32) if encoded.dtype == DataType.bfloat16 else encoded


def _never_said(tokenizer: Tokenizer) -> list[int]:
    """Whisper's own list of tokens that are never generated: annotations such as brackets and notes, and specials."""
    specials = (
        tokenizer.transcribe,
        tokenizer.translate,
        tokenizer.sot,
        tokenizer.sot_prev,
        tokenizer.sot_lm,
        tokenizer.no_speech,
    )
    return sorted({*tokenizer.non_speech_tokens, *specials})


def _check_compute_type(device: str, compute_type: str) -> None:
    import ctranslate2

    try:
        supported = ctranslate2.get_supported_compute_types(device)
    except (RuntimeError, ValueError):  # no such device, or its driver is missing
        supported = set()
    if not supported:
        raise ConfigError(problem="this machine has no device of the kind that the configuration names")
    if compute_type not in supported:
        raise ConfigError(problem=f"compute_type must be one of {', '.join(sorted(supported))} on this device")

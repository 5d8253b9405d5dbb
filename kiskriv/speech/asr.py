"""Windows to words: a Whisper model in CTranslate2, each window decoded alone.

No previous text, no timestamp tokens, temperature 0: what a window says depends on its sound only, so a live run and
an offline run say the same. Words get their times from the cross-attention of the same encoder output (`align`).
Features and tokenizer are faster-whisper's; its `transcribe` is not used, since there each window depends on what
came before.

Source: Radford et al. 2022 (the thresholds); faster_whisper/transcribe.py at 1.2.1 (`find_alignment`,
`merge_punctuations`).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kiskriv.errors import ConfigError, ModelError, ModelMissing
from kiskriv.machine import silence
from kiskriv.speech.windows import WHISPER_LIMIT
from kiskriv.speech.words import pieces, words_of
from kiskriv.transcript import SAMPLE_RATE, Samples, Word

if TYPE_CHECKING:
    from ctranslate2 import StorageView
    from ctranslate2.models import WhisperAlignmentResult, WhisperGenerationResult
    from faster_whisper.tokenizer import Tokenizer

LANGUAGES = ("no", "nn")
"""Bokmål and nynorsk. With `en` NB-Whisper translates, which this product never does (R25)."""

NO_SPEECH = 0.6
"""With a higher probability of `<|nospeech|>`, and a mean log-probability under `UNLIKELY`, a window says nothing."""

UNLIKELY = -1.0

REPETITIVE = 2.4
"""Text that zlib makes smaller than by this factor goes round in circles."""


@dataclass(frozen=True, repr=False)
class _Heard:
    """What the decoder made of one window."""

    tokens: list[int]
    log_probability: float
    """Mean over the tokens and the end."""
    no_speech: float
    compression: float

    @property
    def silent(self) -> bool:
        return self.no_speech > NO_SPEECH and self.log_probability < UNLIKELY

    @property
    def looping(self) -> bool:
        return self.compression > REPETITIVE


class Whisper:
    """A model folder at work (a `Transcriber`). Keeps nothing between calls; calls from several threads take turns.

    `threads` 0 lets CTranslate2 choose; `device` is `cpu` or `cuda`. Raises ConfigError for a language or compute
    type that cannot be, ModelMissing for a folder without tokenizer, ModelError for one that does not load.
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
    ) -> None:
        if language not in LANGUAGES:
            raise ConfigError(problem=f"language must be one of {', '.join(LANGUAGES)}")
        for file in ("model.bin", "config.json", "tokenizer.json"):  # without the last, faster-whisper asks the hub
            if not (folder / file).is_file():
                raise ModelMissing(file=file)
        silence()
        import ctranslate2
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer

        _check_compute_type(device, compute_type)
        try:
            loaded = WhisperModel(
                str(folder), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
            )
        except Exception as error:  # CTranslate2 and tokenizers raise bare Exceptions that quote the path
            kind = type(error).__name__
        else:
            kind = ""
        if kind:
            raise ModelError(problem=f"it does not load ({kind})")
        if not loaded.model.is_multilingual:
            raise ModelError(problem="it has no languages to choose from")
        self._model = loaded.model
        self._features = loaded.feature_extractor
        self._tokenizer = Tokenizer(loaded.hf_tokenizer, True, task="transcribe", language=language)
        if self._tokenizer.language is None:
            raise ModelError(problem=f"it does not know the language {language}")
        self._prompt = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]
        self._suppressed = _never_said(self._tokenizer)
        self._beam_size = beam_size
        self._storage = ctranslate2.StorageView

    def __repr__(self) -> str:
        return f"<Whisper {self._tokenizer.language_code}, beam {self._beam_size}>"

    def transcribe(self, windows: Sequence[Samples]) -> list[list[Word]]:
        """Decodes each window, shape (1, n), n <= 30 s, alone; word times are seconds from the window's start.

        Windows decoded together say the same as alone: on a CPU to the bit, but for the last one of a probability.
        """
        if not windows:
            return []
        features = np.stack([self._spectrogram(window) for window in windows])
        try:
            encoded = self._model.encode(self._storage.from_array(features))
            heard = self._decode(encoded, len(windows))
            return self._words(encoded, heard, windows)
        finally:
            features.fill(0)

    def abandon(self) -> None:
        """A window that is being decoded here is decoded to its end: it does not wait for anybody."""

    def _spectrogram(self, window: Samples) -> NDArray[np.float32]:
        """Log-mel features, shape (mels, 3000), silent beyond the window's end as faster-whisper fills them."""
        _, n = window.shape
        if not 0 < n <= WHISPER_LIMIT:
            raise ValueError(f"a window has 1 to {WHISPER_LIMIT} samples, not {n}")
        mels = self._features(window[0])[:, :-1]
        filled = np.zeros((mels.shape[0], self._features.nb_max_frames), np.float32)
        filled[:, : mels.shape[1]] = mels
        mels.fill(0)
        return filled

    def _decode(self, encoded: StorageView, windows: int) -> list[_Heard]:
        """The text of each window; one that goes round in circles is decoded once more, forbidden to repeat itself."""
        heard = self._generate(encoded, windows, beam_size=self._beam_size)
        if not any(one.looping for one in heard):
            return heard
        again = self._generate(encoded, windows, beam_size=1, repetition_penalty=1.1, no_repeat_ngram_size=3)
        return [_better(one, other) if one.looping else one for one, other in zip(heard, again, strict=True)]

    def _generate(self, encoded: StorageView, windows: int, **options: float) -> list[_Heard]:
        results = self._model.generate(
            encoded,
            [self._prompt] * windows,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
            **options,
        )
        return [self._heard(result) for result in results]

    def _heard(self, result: WhisperGenerationResult) -> _Heard:
        tokens = [token for token in result.sequences_ids[0] if token < self._tokenizer.eot]
        written = self._tokenizer.decode(tokens).strip().encode()
        return _Heard(
            tokens=tokens,
            log_probability=result.scores[0] * len(tokens) / (len(tokens) + 1),
            no_speech=result.no_speech_prob,
            compression=len(written) / len(zlib.compress(written)),
        )

    def _words(self, encoded: StorageView, heard: list[_Heard], windows: Sequence[Samples]) -> list[list[Word]]:
        """Times and probabilities for what was heard, by aligning it with the sound that it was heard in."""
        texts = [[] if one.silent else one.tokens for one in heard]
        if not any(texts):
            return [[] for _ in windows]
        lengths = [window.shape[1] for window in windows]
        frames = [max(2, n // self._features.hop_length) for n in lengths]
        results = self._model.align(encoded, self._tokenizer.sot_sequence, texts, frames)
        return [
            self._aligned(text, result, n / SAMPLE_RATE) if text else []
            for text, result, n in zip(texts, results, lengths, strict=True)
        ]

    def _aligned(self, tokens: list[int], result: WhisperAlignmentResult, seconds: float) -> list[Word]:
        spelled, groups = self._tokenizer.split_to_word_tokens(tokens)
        return words_of(
            pieces(spelled, [len(group) for group in groups]), result.alignments, result.text_token_probs, seconds
        )


def _better(one: _Heard, other: _Heard) -> _Heard:
    """The one that does not go round in circles; if both do, or neither does, the likelier."""
    return min(one, other, key=lambda heard: (heard.looping, -heard.log_probability))


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

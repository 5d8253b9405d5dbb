"""Windows to words: a Whisper model in CTranslate2, each window decoded alone.

No previous text, no timestamp tokens, temperature 0: what a window says depends on its sound only, so a live run and an offline run say
the same. Words get their times from the cross-attention of the same encoder output (`align`). Features and tokenizer are faster-whisper's;
its `transcribe` is not used, since there each window depends on what came before.

Source: Radford et al. 2022 (the thresholds); faster_whisper/transcribe.py at 1.2.1 (`find_alignment`, `merge_punctuations`).
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
from kiskriv.speech.timing import Timed, tidy
from kiskriv.speech.windows import WHISPER_LIMIT
from kiskriv.transcript import SAMPLE_RATE, Samples, Word

if TYPE_CHECKING:
    from ctranslate2 import StorageView
    from ctranslate2.models import WhisperAlignmentResult, WhisperGenerationResult

LANGUAGES = ("no", "nn")
"""Bokmål and nynorsk. With `en` NB-Whisper translates, which this product never does (R25)."""

NO_SPEECH = 0.6
"""With a higher probability of `<|nospeech|>`, and a mean log-probability under `UNLIKELY`, a window says nothing."""

UNLIKELY = -1.0

REPETITIVE = 2.4
"""Text that zlib makes smaller than by this factor goes round in circles."""

TOKENS_A_SECOND = 50
"""Whisper's decoder steps through time in 20 ms."""


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
    """A model folder at work (a `Transcriber`). Stateless between calls; calls from several threads take turns inside CTranslate2.

    `threads` 0 lets CTranslate2 choose; `device` is `cpu` or `cuda`. Raises ConfigError for a language or compute type that cannot be,
    ModelMissing for a folder without tokenizer, ModelError for one that does not load.
    """

    def __init__(
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
        """Decodes each window, shape (1, n) with 0 < n <= 30 s, alone; word times are seconds from the window's start."""
        if not windows:
            return []
        features = np.stack([self._spectrogram(window) for window in windows])
        try:
            encoded = self._model.encode(self._storage.from_array(features))
            heard = self._decode(encoded, len(windows))
            frames = [window.shape[1] // self._features.hop_length for window in windows]
            alignments = self._align(encoded, heard, frames)
        finally:
            features.fill(0)
        ends = [window.shape[1] / SAMPLE_RATE for window in windows]
        return [self._words(*one) for one in zip(heard, alignments, ends, strict=True)]

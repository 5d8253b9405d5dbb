"""A Whisper model in transformers' own layout, run by torch: the second `Backend`, for the extra `transformers`.

It shares nothing with the first one but words.py: features, search, scores and word times are transformers' or written here.
Each clip is computed alone, since torch may round a product of matrices otherwise in another batch: a clip says the same in any company
by construction, and batches gain nothing.

Source: Radford et al. 2022; openai/whisper, whisper/timing.py at v20250625 (`find_alignment`, `median_filter`, `dtw`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from kiskriv.errors import ConfigError, ModelError, ModelMissing, OutOfMemory
from kiskriv.machine import silence
from kiskriv.speech.asr import ISO_639, LANGUAGES
from kiskriv.speech.backend import Hypothesis
from kiskriv.speech.windows import WHISPER_LIMIT
from kiskriv.speech.within_memory import within_memory
from kiskriv.speech.words import STEPS_A_SECOND, Piece, pieces, words_of
from kiskriv.transcript import SAMPLE_RATE, Samples, Word

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

FILES: Final = (
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "preprocessor_config.json",
    "tokenizer.json",
)

STRICTER: Final[tuple[Mapping[str, float], ...]] = (
    {},
    {"num_beams": 1, "no_repeat_ngram_size": 3, "repetition_penalty": 1.1},
    {"num_beams": 1, "no_repeat_ngram_size": 2, "repetition_penalty": 1.3},
)
"""What each strictness forbids: greedily, three (then two) tokens in a row that were there before, and single ones at a price."""

SMOOTHED: Final = 7
"""Steps over which the median of the attention is taken."""


class TransformersWhisper:
    """A model folder at work (a `Backend`), in float32 on the processor. Keeps nothing between calls.

    `threads` 0 lets torch choose; torch has one number of threads for the whole process. Raises ConfigError for a language that cannot
    be and where the extra is not installed, ModelMissing for a folder that lacks a file, ModelError for one that does not load whole,
    OutOfMemory.
    """

    def __init__(self, folder: Path, *, language: str = "no", beam_size: int = 5, threads: int = 0) -> None:
        if language not in LANGUAGES:
            raise ConfigError(problem=f"language must be one of {', '.join(LANGUAGES)}")
        for file in FILES:
            if not (folder / file).is_file():
                raise ModelMissing(file=file)
        self._model, self._features, self._tokenizer = _loaded(folder, threads)
        from transformers import GenerationConfig, GenerationMixin

        described = self._model.generation_config
        self._languages: dict[str, int] = {
            name.strip("<|>"): token for name, token in getattr(described, "lang_to_id", {}).items()
        }
        if not self._languages:
            raise ModelError(problem="it has no languages to choose from")
        if language not in self._languages:
            raise ModelError(problem=f"it does not know the language {language}")
        self._end = self._token("<|endoftext|>")
        self._no_speech = self._token("<|nospeech|>", "<|nocaptions|>")
        start, task, plain = map(self._token, ("<|startoftranscript|>", "<|transcribe|>", "<|notimestamps|>"))
        self._prompt = [start, self._languages[language], task, plain]
        layers, heads = self._model.config.decoder_layers, self._model.config.decoder_attention_heads
        self._aligned: Sequence[tuple[int, int]] = getattr(described, "alignment_heads", None) or [
            (layer, head) for layer in range(layers // 2, layers) for head in range(heads)
        ]
        self._never = [*(described.suppress_tokens or ()), *range(self._end + 1, self._model.config.vocab_size)]
        self._never_first = described.begin_suppress_tokens or []
        # all that is in force when it decodes: a folder cannot ask for chance, and the end has room where it was not reached
        self._model.generation_config = GenerationConfig(
            do_sample=False,
            num_beams=beam_size,
            max_length=self._model.config.max_target_positions - 1,
            decoder_start_token_id=start,
            eos_token_id=self._end,
            pad_token_id=self._end,
            suppress_tokens=self._never,
            begin_suppress_tokens=self._never_first,
        )
        # Whisper's own `generate` is the road of long files, window after window; here one search is wanted
        self._search = partial(GenerationMixin.generate, self._model)

    def __repr__(self) -> str:
        return f"<TransformersWhisper, {len(self._languages)} languages>"

    def listen(self, clips: Sequence[Samples]) -> Encoded:
        """Encodes clips, shape (1, n) each, 0 < n <= 30 s, at least one. Raises OutOfMemory, ValueError for another shape."""
        if not clips or any(c.ndim != 2 or c.shape[0] != 1 or not 0 < c.shape[1] <= WHISPER_LIMIT for c in clips):
            raise ValueError(f"at least one clip, each of one channel and 1 to {WHISPER_LIMIT} samples")
        encoded = Encoded(self, [])
        try:
            encoded.sound.extend((self._encoded(clip), clip.shape[1]) for clip in clips)
        except BaseException:
            encoded.wipe()
            raise
        return encoded

    def _encoded(self, clip: Samples) -> Tensor:
        """The encoder's states, shape (1, 1500, width)."""
        import torch

        with within_memory(), torch.inference_mode():
            mels = self._features(clip[0], sampling_rate=SAMPLE_RATE, return_tensors="pt").input_features
            try:
                return self._model.get_encoder()(mels).last_hidden_state
            finally:
                mels.zero_()

    def _said(self, states: Tensor, strictness: int) -> Hypothesis:
        import torch
        from transformers.modeling_outputs import BaseModelOutput

        with within_memory(), torch.inference_mode():
            (found,) = self._search(
                encoder_outputs=BaseModelOutput(states),
                decoder_input_ids=torch.tensor([self._prompt]),
                **STRICTER[strictness],
            ).tolist()
            text = [token for token in found[len(self._prompt) :] if token < self._end]
            logits, _ = self._read(states, text)
            possible = logits[len(self._prompt) - 1 :].clone()
            possible[:, self._never] = possible[0, self._never_first] = -torch.inf
            said = possible.log_softmax(-1)[range(len(text) + 1), [*text, self._end]]
            return Hypothesis(
                text=self._tokenizer.decode(text).strip(),
                tokens=tuple(text),
                log_probability=float(said.mean()),
                no_speech=float(logits[0].softmax(-1)[self._no_speech]),
            )

    def _words(self, states: Tensor, samples: int, text: Sequence[int]) -> list[Word]:
        import torch

        if not text:
            return []
        first = len(self._prompt) - 1  # what stands here says the first token of the text
        with within_memory(), torch.inference_mode():
            logits, attention = self._read(states, text)
            likely = logits[first:-2, : self._end].softmax(-1)
            probabilities = likely[range(len(text)), list(text)].tolist()
        steps = max(1, samples * STEPS_A_SECOND // SAMPLE_RATE)
        path = cheapest_path(-attended(attention, steps)[first:-1])
        return words_of(self._spelled(text), path, probabilities, samples / SAMPLE_RATE)

    def _probable_languages(self, states: Tensor) -> Mapping[str, float]:
        import torch

        with within_memory(), torch.inference_mode():
            logits, _ = self._read(states, ())
            likely = logits[0, list(self._languages.values())].softmax(-1).tolist()
        return {ISO_639.get(name, name): p for name, p in zip(self._languages, likely, strict=True)}

    def _read(self, states: Tensor, text: Sequence[int]) -> tuple[Tensor, NDArray[np.float32]]:
        """What follows each token of prompt, text and end: logits (n, vocabulary); and where it looked, (heads, n, 1500)."""
        import torch

        tokens = torch.tensor([[*self._prompt, *text, self._end]])
        seen = self._model(encoder_outputs=(states,), decoder_input_ids=tokens, output_attentions=True, use_cache=False)
        looked = torch.stack([seen.cross_attentions[layer][0, head] for layer, head in self._aligned])
        return seen.logits[0], looked.numpy()

    def _spelled(self, text: Sequence[int]) -> list[Piece]:
        """The fewest tokens at a time that are whole characters together."""
        texts, lengths, first = [], [], 0
        for beyond in range(1, len(text) + 1):
            written = self._tokenizer.decode(list(text[first:beyond]))
            if "\ufffd" not in written or beyond == len(text):
                texts.append(written)
                lengths.append(beyond - first)
                first = beyond
        return pieces(texts, lengths)

    def _token(self, *names: str) -> int:
        """The number of the token that has one of these names."""
        for name in names:
            number: int | None = self._tokenizer.token_to_id(name)
            if number is not None:
                return number
        raise ModelError(problem=f"its tokenizer has no {names[0]}")


class Encoded:
    """Clips that a `TransformersWhisper` has encoded, each alone (a `Listening`)."""

    def __init__(self, whisper: TransformersWhisper, sound: list[tuple[Tensor, int]]) -> None:
        self._whisper = whisper
        self.sound = sound
        """For each clip the encoder's states, and its number of samples."""

    def __repr__(self) -> str:
        return f"<Encoded, {len(self.sound)} clips>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wipe()

    def wipe(self) -> None:
        """Overwrites the states, and lets go of them."""
        import torch

        with torch.inference_mode():
            for states, _ in self.sound:
                states.zero_()
        self.sound.clear()

    def decode(self, rows: Sequence[int], strictness: int) -> list[Hypothesis]:
        """See `Listening`."""
        return [self._whisper._said(self.sound[row][0], strictness) for row in rows]

    def words(self, rows: Sequence[int], hypotheses: Sequence[Hypothesis]) -> list[list[Word]]:
        """See `Listening`."""
        return [self._whisper._words(*self.sound[row], said.tokens) for row, said in zip(rows, hypotheses, strict=True)]

    def languages(self, rows: Sequence[int]) -> list[Mapping[str, float]]:
        """See `Listening`."""
        return [self._whisper._probable_languages(self.sound[row][0]) for row in rows]


def _loaded(folder: Path, threads: int) -> tuple[Any, Any, Tokenizer]:
    """Model, feature extractor and tokenizer."""
    silence()
    # at import torch makes sure of a folder to compile into, which it never does here: one that is there, so that it writes nothing
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(folder)
    try:
        import torch
        from tokenizers import Tokenizer
        from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration
        from transformers.utils import logging
    except ImportError:
        torch = None
    if torch is None:
        raise ConfigError(problem="a model in this format needs the extra kiskriv[transformers]")
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    if threads:
        torch.set_num_threads(threads)
    try:
        with within_memory():
            model, report = WhisperForConditionalGeneration.from_pretrained(
                folder,
                local_files_only=True,
                use_safetensors=True,  # anything else would be unpickled
                dtype=torch.float32,
                attn_implementation="eager",  # the others do not show their attention
                output_loading_info=True,
            )
            features = WhisperFeatureExtractor.from_pretrained(folder, local_files_only=True)
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except OutOfMemory:
        raise
    except Exception as error:  # of many kinds, and quoting the path
        kind = type(error).__name__
    else:
        kind = ""
    if kind:
        raise ModelError(problem=f"it does not load ({kind})")
    if any(report.values()):  # transformers makes up the weights that it does not find
        raise ModelError(problem="its weights are not those that it describes")
    return model, features, tokenizer


def attended(attention: NDArray[np.float32], steps: int) -> NDArray[np.float64]:
    """How much each token looked at each of the clip's first `steps` steps: from (heads, tokens, all steps) to (tokens, steps)."""
    here = attention[:, :, :steps].astype(np.float64)
    here /= here.sum(axis=2, keepdims=True)  # what was seen beyond the clip's end is nothing
    spread = here.std(axis=1, keepdims=True)
    standing_out = (here - here.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)
    padded = np.pad(standing_out, ((0, 0), (0, 0), (SMOOTHED // 2, SMOOTHED // 2)), mode="reflect")
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(padded, SMOOTHED, axis=2), axis=3)
    mean: NDArray[np.float64] = smooth.mean(axis=0)
    return mean


def cheapest_path(cost: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Dynamic time warping: the (token, step) pairs from the first of both to the last of both that cost least in all.

    Each pair is one step, one token, or both beyond the one before it.
    """
    tokens, steps = cost.shape
    total = np.full((tokens + 1, steps + 1), np.inf)
    total[0, 0] = 0
    for token, row in enumerate(cost):
        entered = np.minimum(total[token, 1:], total[token, :-1])
        spent = row.cumsum()
        # staying from step k to step j costs spent[j] - spent[k - 1]
        total[token + 1, 1:] = spent + np.minimum.accumulate(entered - (spent - row))
    at, path = (tokens, steps), []
    while at != (0, 0):
        token, step = at
        path.append((token - 1, step - 1))
        before = ((token - 1, step - 1), (token - 1, step), (token, step - 1))
        at = min(before, key=lambda pair: float(total[pair]))
    return path[::-1]

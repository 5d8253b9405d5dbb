"""Whisper models that know nothing, at the true shapes: what they cost is what the real ones cost.

Cost depends on how many numbers there are and how many tokens are said, not on what the weights know. So the weights are random, and the
text is wired in: every token expects the one after it, whatever the sound says, and after `TOKENS` of them comes the end of text.

- Each row of the output layer is the embedding of the token before. (Whisper ties the two; here the output layer is a matrix of its own, so
  a model is larger by that; a token that is said costs the same.)
- What the layers add is small beside the embedding, so neither sound nor position nor earlier text in the prompt changes what comes next.
- Each token has a twin, a little less likely, that expects the same. A beam search is filled by them, and all its beams end together.
- A token attends to the sound at its place, so that words are timed evenly and none is so long that it would be looked at again.
- Of the languages Norwegian is likeliest, and silence is unlikely. A prompt with timestamps gets one, 0.00, before the text.

The weights are int8; CTranslate2 makes of them at load what the compute type asks for. Tokens have the numbers that Whisper's own have;
what they spell is made up.

Source: Radford et al. 2022, table 1, and the dimensions in OpenAI's checkpoints; OpenAI, whisper/tokenizer.py (the special tokens in their
order); CTranslate2, python/ctranslate2/specs/model_spec.py (binary version 6).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice, product
from math import prod, sqrt
from pathlib import Path
from struct import pack
from typing import TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from kiskriv.errors import ModelError
from kiskriv.weights import pin

TOKENS_PER_SECOND = 519 / 107.02
"""Tokens in a second of Norwegian conversation: the demo consultation's reference text has 519 of OpenAI's multilingual vocabulary
(whisper/assets/multilingual.tiktoken), 1.85 a word, and its utterances last 107.02 s."""

TOKENS = round(28 * TOKENS_PER_SECOND)
"""Tokens that a window of 28 s says."""

TEXT_TOKENS = 50257
END, START, LANGUAGE = TEXT_TOKENS, TEXT_TOKENS + 1, TEXT_TOKENS + 2
"""End of text, start of transcript, the first language: as Whisper numbers them."""

LANGUAGES = """
    en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi
    ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd
    gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue
""".split()  # noqa: SIM905
TASKS = ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")
TIMESTAMPS = 1501
FRAMES, CONTEXT = 1500, 448
"""Positions of encoder and decoder."""

_SPREAD = 73.6
"""Standard deviation of the int8 values: numbers with this scale have a variance of 1."""
_CERTAINTY, _TWIN = 30.0, 29.0
"""The logit of the token that comes next, and of its twin: 0.73 and 0.27. That of any other is normal with a deviation under 2."""
_FAINT_LAYER, _FAINT = 0.02, 0.5
"""What each layer adds, and the place, beside an embedding of 1."""
_NEAR = 20
_WINDOW_FRAMES = 1400
"""Frames of 20 ms in a window of 28 s."""

Variable: TypeAlias = tuple[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Shape:
    """What a size is made of: width (d_model), layers and heads of the encoder as of the decoder, the heads that time words."""

    width: int
    layers: int
    heads: int
    timing_heads: int
    mels: int = 80
    languages: int = 99

    @property
    def vocabulary(self) -> int:
        """Tokens, those of text and the special ones."""
        return LANGUAGE + self.languages + len(TASKS) + TIMESTAMPS

    @property
    def parameters(self) -> int:
        """Numbers in the real model, whose output layer is its embeddings: linear in `layers`."""
        d = self.width
        attention, feed_forward, norm = 4 * d * d + 3 * d, 8 * d * d + 5 * d, 2 * d  # keys have no bias
        encoder_layer, decoder_layer = attention + feed_forward + 2 * norm, 2 * attention + feed_forward + 3 * norm
        ends = 3 * d * (self.mels + d) + 2 * d + (FRAMES + CONTEXT + self.vocabulary) * d + 2 * norm
        return ends + self.layers * (encoder_layer + decoder_layer)


SHAPES: Mapping[str, Shape] = {
    "tiny": Shape(384, 4, 6, 6),
    "base": Shape(512, 6, 8, 8),
    "small": Shape(768, 12, 12, 10),
    "medium": Shape(1024, 24, 16, 6),
    "large-v3": Shape(1280, 32, 20, 10, mels=128, languages=100),
}
"""From the smallest to the largest."""


def weights(shape: Shape, tokens: int = TOKENS) -> dict[str, bytes]:
    """The files of a model that says so many tokens, by name, in memory: what `ctranslate2.models.Whisper(..., files=)` takes."""
    return {"model.bin": b"".join(_model(shape, tokens)), **_small_files(shape)}


def write(folder: Path, size: str, tokens: int = TOKENS) -> Path:
    """A whole, pinned model folder of one of the `SHAPES`, made anew. Raises ModelError where it cannot be written."""
    shape = SHAPES[size]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "model.bin").open("wb") as file:
            file.writelines(_model(shape, tokens))
        for name, octets in _small_files(shape).items():
            (folder / name).write_bytes(octets)
    except OSError as error:
        problem = f"it cannot be written ({error.strerror})"
    else:
        pin(folder, name=f"random-{size}", licence="CC0-1.0", source="kiskriv.speech.shapes", force=True)
        return folder
    raise ModelError(problem=problem)


def said(tokens: int = TOKENS) -> list[int]:
    """The tokens of every window, in order."""
    return [first for first, _ in _text(tokens)]


def _text(tokens: int) -> list[tuple[int, int]]:
    """Tokens and their twins, two tokens a word, in an order that does not compress. Those with even numbers begin a word."""
    dice = np.random.default_rng(tokens)
    beginnings, ends = (256 + 2 * dice.permutation(2 * tokens).reshape(-1, 2) for _ in range(2))
    words = chain.from_iterable(zip(beginnings, ends + 1, strict=True))
    return [(int(token), int(twin)) for token, twin in islice(words, tokens)]


def _vocabulary(shape: Shape) -> list[str]:
    """By number: 256 octets, 50,000 made-up pieces, the empty one (without it CTranslate2 takes a model for English), the special ones."""
    syllables = ["".join(pair) for pair in product("bcdfghjklmnprstvw", "aeiouy")]
    pieces = chain.from_iterable(product(syllables, repeat=length) for length in (1, 2, 3))
    words = (space + "".join(piece) for piece in pieces for space in ("Ġ", ""))
    names = ["endoftext", "startoftranscript", *LANGUAGES[: shape.languages], *TASKS]
    names += [f"{number * 0.02:.2f}" for number in range(TIMESTAMPS)]
    return [*_octets(), *islice(words, 50_000), "", *(f"<|{name}|>" for name in names)]


def _octets() -> list[str]:
    """The characters that stand for octets in a byte-level vocabulary, in GPT-2's order: the visible ones, then others from 256 on."""
    seen = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    return [*map(chr, seen), *(chr(256 + number) for number in range(256 - len(seen)))]


def _small_files(shape: Shape) -> dict[str, bytes]:
    vocabulary = _vocabulary(shape)
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    tokenizer = {
        "version": "1.0",
        "added_tokens": [{"id": END + n, "content": token, **plain} for n, token in enumerate(vocabulary[END:])],
        "pre_tokenizer": byte_level,
        "decoder": byte_level,
        "model": {"type": "BPE", "vocab": {token: n for n, token in enumerate(vocabulary[:END])}, "merges": []},
    }
    config = {
        "alignment_heads": [[shape.layers - 1, head] for head in range(shape.timing_heads)],
        "lang_ids": [*range(LANGUAGE, LANGUAGE + shape.languages)],
        "suppress_ids": [],
        "suppress_ids_begin": [vocabulary.index("Ġ"), END],
    }
    preprocessor = {
        "chunk_length": 30,
        "feature_extractor_type": "WhisperFeatureExtractor",
        "feature_size": shape.mels,
        "hop_length": 160,
        "n_fft": 400,
        "nb_max_frames": 2 * FRAMES,
        "sampling_rate": 16000,
    }
    files = {"config": config, "preprocessor_config": preprocessor, "tokenizer": tokenizer, "vocabulary": vocabulary}
    return {f"{name}.json": json.dumps(value, ensure_ascii=False).encode() for name, value in files.items()}


def _model(shape: Shape, tokens: int) -> Iterator[bytes]:
    """CTranslate2's model.bin: a heading, each variable with its name, shape and type, and no aliases."""
    variables = [*_encoder(shape), *_decoder(shape, tokens)]
    yield pack("<I", 6) + _string("WhisperSpec") + pack("<II", 3, len(variables))
    for name, values in variables:
        kind = ("float32", "int8", "int16").index(values.dtype.name)
        yield _string(name) + pack(f"<B{values.ndim}IBI", values.ndim, *values.shape, kind, values.nbytes)
        yield values.tobytes()
    yield pack("<I", 0)


def _string(text: str) -> bytes:
    return pack("<H", len(text) + 1) + text.encode() + b"\0"


def _encoder(shape: Shape) -> Iterator[Variable]:
    d = shape.width
    yield "encoder/num_heads", np.array(shape.heads, np.int16)
    yield from _linear("encoder/conv1", _random("conv1", d, shape.mels, 3))
    yield from _linear("encoder/conv2", _random("conv2", d, d, 3))
    yield "encoder/position_encodings/encodings", _places(np.arange(FRAMES, dtype=np.float32), d)
    for number in range(shape.layers):
        layer = f"encoder/layer_{number}"
        yield from _attention(f"{layer}/self_attention", d)
        yield from _feed_forward(f"{layer}/ffn", d)
    yield from _norm("encoder/layer_norm", d)


def _decoder(shape: Shape, tokens: int) -> Iterator[Variable]:
    d = shape.width
    yield "decoder/num_heads", np.array(shape.heads, np.int16)
    for flag, value in (("activation", 3), ("pre_norm", 1), ("scale_embeddings", 0), ("start_from_zero_embedding", 0)):
        yield f"decoder/{flag}", np.array(value, np.int8)  # 3: GELU
    yield from _text_in_and_out(shape, tokens)
    yield (
        "decoder/position_encodings/encodings",
        np.float32(_FAINT) * _places(np.arange(CONTEXT) * (_WINDOW_FRAMES / tokens), d),
    )
    for number in range(shape.layers):
        layer = f"decoder/layer_{number}"
        yield from _attention(f"{layer}/self_attention", d)
        yield from _attention_to_sound(f"{layer}/attention", d)
        yield from _feed_forward(f"{layer}/ffn", d)
    yield from _norm("decoder/layer_norm", d)


def _text_in_and_out(shape: Shape, tokens: int) -> Iterator[Variable]:
    """Embeddings and output layer, in which each token's row is the embedding of the one before it."""
    special = {name: LANGUAGE + shape.languages + number for number, name in enumerate(TASKS)}
    first_time = special["notimestamps"] + 1
    embeddings, output = (_random(name, shape.vocabulary, shape.width).copy() for name in ("embeddings", "output"))
    likely = np.full(shape.vocabulary, _CERTAINTY, np.float32)
    embeddings[special["translate"]] = embeddings[special["transcribe"]]
    embeddings[first_time:] = embeddings[special["notimestamps"]]
    output[LANGUAGE + LANGUAGES.index("no")] = embeddings[START]
    output[first_time] = embeddings[special["transcribe"]]
    before = special["notimestamps"]
    for token, twin in _text(tokens):
        output[[token, twin]] = embeddings[before]
        embeddings[twin] = embeddings[token]
        likely[twin] = _TWIN
        before = token
    output[END] = embeddings[before]
    yield "decoder/embeddings/weight", embeddings
    yield "decoder/embeddings/weight_scale", np.full(shape.vocabulary, _SPREAD, np.float32)
    yield "decoder/projection/weight", output
    yield "decoder/projection/weight_scale", _SPREAD * shape.width / likely


def _attention(name: str, d: int) -> Iterator[Variable]:
    """Queries, keys and values in one, and the way out."""
    yield from _norm(f"{name}/layer_norm", d)
    yield from _linear(f"{name}/linear_0", _random(name, 3 * d, d))
    yield from _linear(f"{name}/linear_1", _random(f"{name}/out", d, d), gain=_FAINT_LAYER)


def _attention_to_sound(name: str, d: int) -> Iterator[Variable]:
    """Queries, keys and values, and the way out. Keys are made as queries are, so that a token attends to frames near its place."""
    queries = _random(f"{name}/queries", d, d)
    yield from _norm(f"{name}/layer_norm", d)
    yield from _linear(f"{name}/linear_0", queries)
    yield from _linear(f"{name}/linear_1", np.concatenate([queries, _random(f"{name}/values", d, d)]))
    yield from _linear(f"{name}/linear_2", _random(f"{name}/out", d, d), gain=_FAINT_LAYER)


def _feed_forward(name: str, d: int) -> Iterator[Variable]:
    yield from _norm(f"{name}/layer_norm", d)
    yield from _linear(f"{name}/linear_0", _random(f"{name}/in", 4 * d, d))
    yield from _linear(f"{name}/linear_1", _random(f"{name}/out", d, 4 * d), gain=_FAINT_LAYER)


def _norm(name: str, d: int) -> Iterator[Variable]:
    yield f"{name}/gamma", np.ones(d, np.float32)
    yield f"{name}/beta", np.zeros(d, np.float32)


def _linear(name: str, weight: NDArray[np.int8], gain: float = 1.0) -> Iterator[Variable]:
    """A matrix, or a convolution, that makes what has a variance of 1 into what has one of `gain` squared."""
    out = len(weight)
    yield f"{name}/weight", weight
    yield f"{name}/weight_scale", np.full(out, _SPREAD * np.sqrt(weight[0].size) / gain, np.float32)
    yield f"{name}/bias", np.zeros(out, np.float32)


def _random(name: str, *shape: int) -> NDArray[np.int8]:
    """Int8 values, each as likely; the same ones for the same name and shape."""
    octets = np.random.default_rng(crc32(name.encode())).bytes(prod(shape))
    return np.frombuffer(octets, np.int8).reshape(shape)


def _places(frames: NDArray[np.floating], d: int) -> NDArray[np.float32]:
    """A vector of variance 1 for each place in the sound. Places within `_NEAR` frames have vectors alike, others unrelated ones.

    Source: Rahimi and Recht 2007 (random Fourier features).
    """
    dice = np.random.default_rng(d)
    waves = frames[:, np.newaxis] * dice.normal(size=d) / _NEAR + dice.uniform(0, 2 * np.pi, d)
    vectors: NDArray[np.float32] = np.float32(sqrt(2)) * np.cos(waves).astype(np.float32)
    return vectors

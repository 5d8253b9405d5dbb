"""Which sizes keep up on this machine: seconds for a window of 28 s, measured in a few seconds, with nothing on the disk.

What a window costs is linear in the number of layers, so models of true width with few of them tell what all would take.
The window is decoded as the product does it (encoder, language, beam search, word times), with as many tokens as conversation gives; only
what decides about a text is left out, since it costs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from kiskriv.errors import ModelError
from kiskriv.machine import silence
from kiskriv.speech import shapes
from kiskriv.speech.shapes import SHAPES, TOKENS, Shape

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

WINDOW = 28.0
"""Seconds of sound in the window that is measured."""

ROOM = 0.5
"""The part of real time that recognition may take: the rest is for a second look, for drafting, and for whatever else this machine does."""

OCTETS = {"float32": 4, "float16": 2, "int8": 1, "int8_float32": 1, "int8_float16": 1}
"""Per number, by compute type."""

FEW = (1, 3)
"""Layers, of the encoder and of the decoder, of the models that are measured."""

FIRST = "small"
"""The size that is measured first: larger ones while there is room, smaller ones until there is."""

Clock: TypeAlias = Callable[[], float]


@dataclass(frozen=True)
class Kind:
    """A device and a compute type, as CTranslate2 calls them."""

    device: str
    compute_type: str


@dataclass(frozen=True)
class Pace:
    """What a size takes here: `seconds` for a window of 28 s."""

    size: str
    kind: Kind
    seconds: float

    @property
    def factor(self) -> float:
        """The part of real time: above 1 it falls behind while somebody talks without a pause."""
        return self.seconds / WINDOW

    @property
    def octets(self) -> int:
        """Memory that the weights take."""
        return SHAPES[self.size].parameters * OCTETS[self.kind.compute_type]


@dataclass(frozen=True)
class Throughput:
    """What so many threads make of so many windows at once: `seconds` for each."""

    threads: int
    batch: int
    seconds: float


class Measure(Protocol):
    """What `Trial.shape` does."""

    def __call__(self, shape: Shape, kind: Kind, batch: int = 1, /) -> float:
        """Seconds that a model of this shape takes for a window, of `batch` at once."""


class Trial:
    """Measures models: `beam_size` and `threads` as the product's; `runs` of which the shortest counts."""

    def __init__(
        self, *, beam_size: int = 5, threads: int = 0, runs: int = 1, clock: Clock = time.perf_counter
    ) -> None:
        self._beam_size = beam_size
        self._threads = threads
        self._runs = runs
        self._clock = clock

    def __repr__(self) -> str:
        return f"<Trial, beam {self._beam_size}, {self._threads} threads>"

    def shape(self, shape: Shape, kind: Kind, batch: int = 1, /) -> float:
        """Seconds for a window, of `batch` at once, by a model that knows nothing. Raises ModelError where it does not load or fit."""
        return self._loaded("", kind, batch, shapes.weights(shape))

    def folder(self, folder: Path, kind: Kind) -> float:
        """Seconds for a window by the model in this folder, made to say as much. Raises ModelError."""
        return self._loaded(str(folder), kind, 1)

    def _loaded(self, path: str, kind: Kind, batch: int, files: dict[str, bytes] | None = None) -> float:
        silence()
        from faster_whisper import WhisperModel

        try:
            model = WhisperModel(
                path,
                device=kind.device,
                compute_type=kind.compute_type,
                cpu_threads=self._threads,
                files=files,
                local_files_only=True,
            )
            return min(self._seconds(model, batch) for _ in range(self._runs)) / batch
        except Exception as error:  # CTranslate2 and tokenizers raise bare Exceptions that quote the path
            problem = f"it cannot be measured ({type(error).__name__})"
        raise ModelError(problem=problem)

    def _seconds(self, model: WhisperModel, batch: int) -> float:
        """Encoder, language, text of exactly `TOKENS` tokens, times of words; the spectrogram is too little to count."""
        from ctranslate2 import StorageView

        numbers = model.hf_tokenizer.token_to_id
        start = [numbers(f"<|{name}|>") for name in ("startoftranscript", "no", "transcribe")]
        prompt = [*start, numbers("<|notimestamps|>")]
        noise = np.random.default_rng(0).standard_normal((batch, model.model.n_mels, 3000), np.float32)
        began = self._clock()
        encoded = model.model.encode(StorageView.from_array(noise), to_cpu=True)
        model.model.detect_language(encoded)
        texts = model.model.generate(
            encoded,
            [prompt] * batch,
            beam_size=self._beam_size,
            suppress_tokens=[numbers("<|endoftext|>")],
            max_length=2 * TOKENS,  # of which half is for the prompt
            return_scores=True,
            return_no_speech_prob=True,
        )
        said = [text.sequences_ids[0] for text in texts]
        if any(len(text) != TOKENS for text in said):
            raise ValueError("another number of tokens was said than is to be measured")
        model.model.align(encoded, start, said, [round(WINDOW * 100)] * batch)
        return self._clock() - began


def kinds() -> list[Kind]:
    """What makes sense here: on a GPU half precision or less; without one int8, or float32 where the processor has none."""
    silence()
    import ctranslate2

    if ctranslate2.get_cuda_device_count():
        return [Kind("cuda", kind) for kind in _supported("cuda", ("float16", "int8_float16", "float32"))[:2]]
    return [Kind("cpu", kind) for kind in _supported("cpu", ("int8", "float32"))[:1]]


def _supported(device: str, wanted: Sequence[str]) -> list[str]:
    import ctranslate2

    return [kind for kind in wanted if kind in ctranslate2.get_supported_compute_types(device)]


def pace(size: str, kind: Kind, measure: Measure) -> Pace:
    """A whole model's pace: the straight line through those of two of `FEW` layers, at all of them."""
    shape, (few, more) = SHAPES[size], FEW
    less, greater = (measure(replace(shape, layers=layers), kind) for layers in FEW)
    a_layer = max(0.0, greater - less) / (more - few)
    return Pace(size, kind, less + (shape.layers - few) * a_layer)


def calibrate(measure: Measure, on: Iterable[Kind]) -> Iterator[Pace]:
    """Paces from `FIRST` on: larger sizes as long as one keeps up, or else smaller ones until one does."""
    sizes = [*SHAPES]
    first = sizes.index(FIRST)
    for kind in on:
        made = pace(FIRST, kind, measure)
        yield made
        kept_up = made.factor <= ROOM
        for size in sizes[first + 1 :] if kept_up else reversed(sizes[:first]):
            made = pace(size, kind, measure)
            yield made
            if (made.factor <= ROOM) != kept_up:
                break


def proposed(paces: Iterable[Pace], free: int | None = None) -> Pace | None:
    """The largest size that stays within `ROOM` and fits into so many octets, by the quickest compute type; None where none does."""
    fitting = [one for one in paces if one.factor <= ROOM and (free is None or one.octets <= free)]
    return max(fitting, key=lambda one: (SHAPES[one.size].parameters, -one.seconds), default=None)


def throughputs(
    measure: Callable[[int], Measure], kind: Kind, threads: Iterable[int], batches: Sequence[int] = (1, 2, 4, 8)
) -> Iterator[Throughput]:
    """Each number of threads with each batch, for a few layers of `FIRST`; `measure` takes the threads. The least `seconds` is the best."""
    shape = replace(SHAPES[FIRST], layers=FEW[0])
    for many in threads:
        for batch in batches:
            yield Throughput(many, batch, measure(many)(shape, kind, batch))

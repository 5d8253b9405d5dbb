"""Sentences read aloud: utterances with word and phoneme times, and the files that hold many of them.

A set of utterances is two files: NAME.i16, the samples of all utterances end to end (16 kHz, signed 16
bit), and NAME.jsonl, one line per utterance. The same seed gives the same bytes.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from synthetic.corpus import Corpus
from synthetic.espeak import Reading, Voice, read_aloud
from synthetic.numerals import spoken

Samples = npt.NDArray[np.int16]
Draw = Literal["training", "open", "held out"]
"""Which of the corpus's ways of drawing a sentence."""

SAMPLE_RATE: Final = 16_000
UNSEEN_VOICES: Final = ("nb+m5", "nb+f4")
"""Never trained on: what the model does with them tells how it meets a new voice."""
KNOWN_VOICES: Final = (
    "nb",
    *(
        f"nb+{variant}"
        for variant in (
            "m1 m2 m3 m4 m6 m7 m8 f1 f2 f3 f5 Alex Alicia Andrea Andy Annie adam anika antonio belinda"
            " benjamin boris caleb david ed edward gene iven john linda max michael miguel pablo paul"
            " pedro quincy rob robert sandro shelby steph travis victor zac Mario Mike Lee Denis Diogo"
            " Gene Henrique Hugo Jacky"
        ).split()
    ),
)
_UP: Final = 320  # 22,050 Hz to 16,000 Hz is 320 to 441
_DOWN: Final = 441
_LEAD, _TAIL = 480, 800  # samples of silence kept before and after the speech
_PEAK: Final = 20_000
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What a set is made of; equal plans give equal bytes."""

    seed: int
    count: int
    voices: tuple[str, ...]
    draw: Draw = "training"


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A written word and when it is heard, in seconds from the utterance's first sample."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """One utterance of a set; `offset` and `length` in samples find its sound in the set's file."""

    voice: str
    text: str
    words: tuple[SpokenWord, ...]
    phonemes: tuple[tuple[str, float], ...]
    offset: int
    length: int


def render(text: str, voice: Voice, size: float = 1.0) -> tuple[Utterance, Samples] | None:
    """Read `text` aloud at 16 kHz, trimmed to the speech; None if espeak lost count of the words.

    `size` stretches the voice as a longer vocal tract would: 1.05 is 5 % slower and deeper.
    """
    written = text.split()
    said = [spoken(word) for word in written]
    reading = read_aloud(" ".join(said), voice)
    down = round(_DOWN / size)
    sound = resample_poly(reading.samples.astype(np.float32), _UP, down)
    audible = np.nonzero(np.abs(sound) > max(0.01 * np.abs(sound).max(initial=0.0), 20.0))[0]
    if len(audible) == 0:
        return None
    first = max(0, int(audible[0]) - _LEAD)
    last = min(len(sound), int(audible[-1]) + _TAIL)

    def seconds(sample: int) -> float:
        return max(0.0, round((sample * _UP / down - first) / SAMPLE_RATE, 3))

    starts = _word_starts(said, reading, seconds)
    if starts is None:
        return None
    phonemes = tuple((p.name, seconds(p.sample)) for p in reading.phonemes)
    ends = _word_ends(starts, phonemes, (last - first) / SAMPLE_RATE)
    words = tuple(map(SpokenWord, written, starts, ends))
    trimmed = sound[first:last]
    samples = (trimmed / np.abs(trimmed).max() * _PEAK).astype(np.int16)
    return Utterance(voice.name, " ".join(written), words, phonemes, 0, len(samples)), samples


def _word_starts(said: list[str], reading: Reading, seconds: Callable[[int], float]) -> list[float] | None:
    position, firsts = 1, []
    for form in said:
        firsts.append(position)  # espeak counts characters from 1
        position += len(form) + 1
    starts: list[float | None] = [None] * len(said)
    for mark in reading.words:
        index = max((i for i, first in enumerate(firsts) if first <= mark.character), default=0)
        if starts[index] is None:
            starts[index] = seconds(mark.sample)
    known = [start for start in starts if start is not None]
    return known if len(known) == len(said) else None


def _word_ends(starts: list[float], phonemes: tuple[tuple[str, float], ...], end: float) -> list[float]:
    """A word ends where the next begins, or where the pause between them begins."""
    ends = []
    for start, following in zip(starts, [*starts[1:], end], strict=True):
        word_end = following
        for name, at in reversed([p for p in phonemes if start < p[1] < following]):
            if not name.startswith("_"):
                break
            word_end = at
        ends.append(word_end)
    return ends


def draw_voice(voices: tuple[str, ...], rng: random.Random) -> tuple[Voice, float]:
    """A voice with its way of speaking, and its size."""
    voice = Voice(
        name=rng.choice(voices),
        rate=rng.randint(130, 210),
        pitch=rng.randint(25, 75),
        pitch_range=rng.randint(30, 70),
        word_gap=rng.choice((0, 0, 0, 1, 2)),
    )
    return voice, rng.uniform(0.94, 1.06)


def _render_chunk(plan: Plan) -> tuple[list[Utterance], Samples]:
    rng, corpus = random.Random(plan.seed), Corpus.load()
    draws = {
        "training": corpus.draw_training,
        "open": corpus.draw_open,
        "held out": corpus.draw_held_out,
    }
    utterances: list[Utterance] = []
    pieces: list[Samples] = []
    while len(utterances) < plan.count:
        rendered = render(draws[plan.draw](rng), *draw_voice(plan.voices, rng))
        if rendered is not None:
            utterances.append(rendered[0])
            pieces.append(rendered[1])
    return utterances, np.concatenate(pieces)


def write_set(folder: Path, name: str, plan: Plan) -> float:
    """Render a set into `folder`; returns the hours of sound."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = [min(_CHUNK, plan.count - done) for done in range(0, plan.count, _CHUNK)]
    chunks = [replace(plan, seed=plan.seed * 100_000 + i, count=size) for i, size in enumerate(sizes)]
    offset = 0
    with (
        get_context("spawn").Pool(2) as pool,
        (folder / f"{name}.i16").open("wb") as sound,
        (folder / f"{name}.jsonl").open("w", encoding="utf-8") as index,
    ):
        for utterances, samples in pool.imap(_render_chunk, chunks):
            sound.write(samples.tobytes())
            for utterance in utterances:
                index.write(_to_json(utterance, offset) + "\n")
                offset += utterance.length
    return offset / SAMPLE_RATE / 3600


@dataclass(frozen=True)
class SpeechSet:
    """A set read back: utterances in memory, samples mapped from the file."""

    utterances: tuple[Utterance, ...]
    samples: Samples

    @classmethod
    def open(cls, folder: Path, name: str) -> "SpeechSet":
        with (folder / f"{name}.jsonl").open(encoding="utf-8") as index:
            utterances = tuple(map(_from_json, index))
        return cls(utterances, np.memmap(folder / f"{name}.i16", dtype=np.int16, mode="r"))

    def sound(self, utterance: Utterance) -> npt.NDArray[np.float32]:
        """The utterance's samples between -1 and 1."""
        stretch = self.samples[utterance.offset : utterance.offset + utterance.length]
        return stretch.astype(np.float32) / np.float32(32768)

    def by_voice(self) -> dict[str, list[Utterance]]:
        """The utterances of each voice, in their order."""
        voices: dict[str, list[Utterance]] = {}
        for utterance in self.utterances:
            voices.setdefault(utterance.voice, []).append(utterance)
        return voices

    def __iter__(self) -> Iterator[Utterance]:
        return iter(self.utterances)


def _to_json(utterance: Utterance, offset: int) -> str:
    words = [[word.text, word.start, word.end] for word in utterance.words]
    fields = [utterance.voice, utterance.text, words, utterance.phonemes, offset, utterance.length]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _from_json(line: str) -> Utterance:
    voice, text, words, phonemes, offset, length = json.loads(line)
    spoken_words = tuple(SpokenWord(*word) for word in words)
    return Utterance(voice, text, spoken_words, tuple(map(tuple, phonemes)), offset, length)

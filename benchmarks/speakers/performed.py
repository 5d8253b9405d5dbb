"""The demo consultation's script read aloud by other voices of espeak-ng: who says which word when, and each voice alone and dry."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np

from kiskriv.transcript import SAMPLE_RATE, Samples, Turn, Word
from synthetic.corpus import SENTENCES
from synthetic.espeak import Voice
from synthetic.speech import SpokenWord, render

MALE = Voice("nb+m3", 165, 42)
FEMALE = Voice("nb+f2", 158, 58)
"""The demo's own two."""
OTHER_MALE = Voice("nb+m7", 158, 50)
OTHER_FEMALE = Voice("nb+f5", 165, 50)
YOUNG_FEMALE = Voice("nb+f4", 170, 70)

ENDING = 1.2
"""Seconds of quiet after the last word, as in the demo."""


@dataclass(frozen=True, eq=False)
class Performance:
    """`speech`: each voice alone, shape (voices, n). `turns` and `words` in the order of their starts, `speakers` of the words."""

    speech: Samples
    turns: tuple[Turn, ...]
    words: tuple[Word, ...]
    speakers: tuple[str, ...]


class _Line(NamedTuple):
    voice: int
    pause: float
    words: tuple[SpokenWord, ...]
    sound: Samples

    @property
    def seconds(self) -> float:
        """From the first word's start to the last one's end."""
        return self.words[-1].end - self.words[0].start


@cache
def performed(voices: tuple[Voice, ...], overlap: float = 0.0) -> Performance:
    """The first voice reads the practitioner's lines, the others the patient's in turn; with one voice nobody reads these.

    `overlap`: the part of the time with speech in which two speak, each beginning before the one before has ended; 0 keeps the script's
    pauses. Read in a process of its own: how espeak-ng reads depends on what it has read before, and on who else asks for random numbers.
    Raises ValueError where it loses count of the words.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as fresh:
        return fresh.submit(_performed, voices, overlap).result()


def _performed(voices: Sequence[Voice], overlap: float) -> Performance:
    lines = _read(voices)
    # overlap = o sum(shorter) / (sum(lengths) - o sum(shorter)), where each begins o times the shorter of two lines too early
    shorter = sum(min(a.seconds, b.seconds) for a, b in pairwise(lines))
    early = overlap / (1 + overlap) * sum(line.seconds for line in lines) / shorter
    starts, end = list[float](), 0.0
    for before, line in zip([None, *lines], lines, strict=False):
        if before is None or not overlap:
            starts.append(end + line.pause)
        else:
            last_word = starts[-1] + before.words[-1].end
            starts.append(last_word - early * min(before.seconds, line.seconds) - line.words[0].start)
        end = starts[-1] + line.sound.size / SAMPLE_RATE
    speech = np.zeros((len(voices), round((end + ENDING) * SAMPLE_RATE)), np.float32)
    turns, said = list[Turn](), list[tuple[Word, str]]()
    for line, start in zip(lines, starts, strict=True):
        first = round(start * SAMPLE_RATE)
        speech[line.voice, first : first + line.sound.size] += line.sound
        words = [Word(start + word.start, start + word.end, word.text, 1.0) for word in line.words]
        turns.append(Turn(words[0].start, words[-1].end, str(line.voice)))
        said += [(word, str(line.voice)) for word in words]
    said.sort(key=lambda one: one[0].start)
    return Performance(speech, tuple(turns), tuple(word for word, _ in said), tuple(speaker for _, speaker in said))


def _read(voices: Sequence[Voice]) -> list[_Line]:
    script = tomllib.loads((SENTENCES / "consultation.toml").read_text(encoding="utf-8"))
    lines, of_patient = list[_Line](), 0
    for line in script["utterances"]:
        voice = 0
        if line["role"] == "patient":
            if len(voices) == 1:
                continue
            voice = 1 + of_patient % (len(voices) - 1)
            of_patient += 1
        rendered = render(line["text"], voices[voice])
        if rendered is None:
            raise ValueError("espeak-ng lost count of the words")
        utterance, samples = rendered
        lines.append(_Line(voice, line["pause"], utterance.words, samples.astype(np.float32) / np.float32(32768)))
    return lines

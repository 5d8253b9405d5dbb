"""How wrong an answer is: pyannote.metrics' diarization error rate, and words in the wrong mouth. All in percent."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.speakers.materials import Material
from kiskriv.evaluation.hearing import word_error_rate
from kiskriv.transcript import Role, Transcript, Turn, Utterance, Word

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

SAME = 1.0
"""Seconds."""


def error_rate(material: Material, turns: Iterable[Turn]) -> float:
    """Missed, false and confused speech over all speech: no collar, overlap scored; the whole recording counts."""
    measure = DiarizationErrorRate(collar=0.0, skip_overlap=False)
    whole = Timeline([Segment(0.0, material.seconds)])
    return 100 * float(measure(_annotation(material.turns), _annotation(turns), uem=whole))


def wrong_words(said_by: Sequence[str], told: Sequence[str]) -> float:
    """Words whose speaker is wrong when each voice told apart is taken for one speaker at most, in the best way; "" is always wrong."""
    who, whom = sorted(set(said_by)), sorted(set(told) - {""})
    counts = np.zeros((len(who), len(whom)), int)
    for speaker, label in zip(said_by, told, strict=True):
        if label:
            counts[who.index(speaker), whom.index(label)] += 1
    right = counts[linear_sum_assignment(counts, maximize=True)].sum()
    return 100 * (1 - float(right) / len(said_by))


def wrong_roles(said_by: Sequence[str], told: Sequence[Role]) -> float:
    """Words of the first voice, the practitioner's, given to a patient, and the others' given to a practitioner: over all words."""
    opposite = {True: Role.PATIENT, False: Role.PRACTITIONER}
    return 100 * sum(role is opposite[who == "0"] for who, role in zip(said_by, told, strict=True)) / len(said_by)


def errors_by_speaker(material: Material, transcript: Transcript) -> float:
    """Words that are wrong, or in the wrong mouth: each speaker's against one voice's, in the best way, over the words spoken.

    The concatenated minimum-permutation word error rate (Watanabe et al. 2020, CHiME-6).
    """
    told: dict[str, list[Word]] = {"": []}
    for utterance in transcript.utterances:
        told.setdefault(utterance.speaker, []).extend(utterance.words)
    said = _texts(material)
    texts = [*said.values(), *[""] * len(told)]
    heard = [*told.values(), *[list[Word]()] * len(said)]
    errors = np.array([[_errors(text, words) for words in heard] for text in texts])
    return 100 * float(errors[linear_sum_assignment(errors)].sum()) / len(material.words)


def at_once(turns: Sequence[Turn]) -> float:
    """The part of the time with speech in which more than one speaks."""
    edges = sorted([(turn.start, 1) for turn in turns] + [(turn.end, -1) for turn in turns])
    anybody = several = before = 0.0
    active = 0
    for at, change in edges:
        anybody += (at - before) * (active > 0)
        several += (at - before) * (active > 1)
        active, before = active + change, at
    return 100 * several / anybody


def speakers_at(words: Iterable[Word], material: Material) -> tuple[str, ...]:
    """Who in truth said each recognised word: the word spoken nearest to it; one that reads the same is as near as one `SAME` closer."""
    middles = np.array([(word.start + word.end) / 2 for word in material.words])
    texts = np.array([word.text for word in material.words])
    told = []
    for word in words:
        away = np.abs(middles - (word.start + word.end) / 2) + SAME * (texts != word.text)
        told.append(material.speakers[int(away.argmin())])
    return tuple(told)


def _texts(material: Material) -> dict[str, str]:
    by_speaker: dict[str, list[str]] = {}
    for word, speaker in zip(material.words, material.speakers, strict=True):
        by_speaker.setdefault(speaker, []).append(word.text)
    return {speaker: " ".join(words) for speaker, words in by_speaker.items()}


def _errors(text: str, heard: Sequence[Word]) -> int:
    if not text or not heard:
        return len(text.split()) + len(heard)
    said = Transcript("nb", (Utterance(0, Role.UNKNOWN, "", tuple(heard)),))
    return round(word_error_rate(text, said) * len(text.split()))


def _annotation(turns: Iterable[Turn]) -> Annotation:
    made = Annotation()
    for number, turn in enumerate(turns):
        made[Segment(turn.start, turn.end), number] = turn.speaker
    return made

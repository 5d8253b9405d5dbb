"""From tokens and their alignment to words (pure).

`pieces` are what Whisper's tokens spell, each with the blank in front of it if it has one, and with the times that the cross-attention
gave them. A word is everything from one blank to the next, so that "37,5" and "e-resept" stay whole and the words joined by blanks are the text as it
was decoded. Punctuation has no sound: it counts neither for a word's times nor for its probability.

Source: faster_whisper/transcribe.py at 1.2.1, `find_alignment` and `add_word_timestamps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

import numpy as np

from kiskriv.transcript import Word

PUNCTUATION = frozenset(".,!?:;…\"'“”‘’«»()[]{}-–—")

SENTENCE_END = (".", "!", "?", "…")

FRAMES_A_SECOND = 50
"""Whisper's decoder looks at the sound in steps of 20 ms."""

LONG_WORD = 1.4
"""Seconds that a word at the beginning of a sentence may take at most: what is more is the pause before it."""


def timed(
    texts: Sequence[str], lengths: Sequence[int], alignment: Sequence[tuple[int, int]], probabilities: Sequence[float]
) -> list[Word]:
    """Pieces with times: `texts` with the number of tokens of each, the path of (token, frame) pairs, one probability per token.

    A piece goes from the frame where the path reaches its first token to the one where it reaches the next piece's, so the path has to
    reach one token more than the pieces have: the end of the text.
    """
    reached: dict[int, int] = {}
    for token, frame in alignment:
        reached.setdefault(token, frame)
    edges = [0, *np.cumsum(lengths).tolist()]
    return [
        Word(
            start=reached[first] / FRAMES_A_SECOND,
            end=reached[beyond] / FRAMES_A_SECOND,
            text=text,
            probability=float(np.mean(probabilities[first:beyond])),
        )
        for text, (first, beyond) in zip(texts, pairwise(edges), strict=True)
    ]


def joined(pieces: Sequence[Word], lengths: Sequence[int], longest: float) -> list[Word]:
    """Whole words, in order, with times inside [0, `longest`] seconds; `lengths` are the tokens of each piece."""
    words: list[Word] = []
    voiced: list[tuple[Word, int]] = []
    for piece, length in zip(pieces, lengths, strict=True):
        ...
    return words

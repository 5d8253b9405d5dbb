"""From tokens and the path that attention took through the sound to words with times (pure).

A word is everything from one blank to the next, so that "37,5" and "e-resept" stay whole, and the words joined by
blanks are the text as it was decoded. Punctuation has no sound: it counts neither for a word's times nor for its
probability.

Source: faster_whisper/transcribe.py at 1.2.1, `find_alignment`, `merge_punctuations` and `add_word_timestamps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from kiskriv.transcript import Word

PUNCTUATION = frozenset(" .,!?:;…\"'“”‘’«»()[]{}-–—")

SENTENCE_END = (".", "!", "?", "…")

STEPS_A_SECOND = 50
"""Whisper's decoder looks at the sound in steps of 20 ms."""

LONG_WORD = 0.7
"""Seconds: the longest that a usual word is taken to be when pauses are told from words."""


@dataclass(frozen=True, repr=False)
class Piece:
    """What some consecutive tokens spell, with the blank before it if there is one."""

    text: str
    first: int
    """Index of its first token in the window."""
    beyond: int
    """Index of the token after its last."""

    @property
    def voiced(self) -> bool:
        """Whether anything of it can be heard."""
        return not PUNCTUATION.issuperset(self.text)


def pieces(texts: Sequence[str], lengths: Sequence[int]) -> list[Piece]:
    """Texts in order, each with its number of tokens."""
    edge, made = 0, []
    for text, length in zip(texts, lengths, strict=True):
        made.append(Piece(text, edge, edge + length))
        edge += length
    return made


def words_of(
    spelled: Sequence[Piece], path: Sequence[tuple[int, int]], probabilities: Sequence[float], longest: float
) -> list[Word]:
    """Words in order, with times inside [0, `longest`] seconds, neither starts nor ends running backwards.

    `path` holds (token, step) pairs, in order, up to the token after the last piece; `probabilities` one number per
    token. A word lasts from the step where the path reaches its first voiced token to the one where it leaves its
    last.
    """
    reached: dict[int, int] = {}
    for token, step in path:
        reached.setdefault(token, step)
    words = [_word(group, reached, probabilities) for group in _grouped(spelled)]
    return _in_order(_without_pauses(words), longest)


def _grouped(spelled: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces of each word. Punctuation that stands alone joins the word before it, or the first word."""
    groups: list[list[Piece]] = []
    for piece in spelled:
        opens = piece.text.startswith(" ") and piece.voiced
        if not groups or (opens and any(p.voiced for p in groups[-1])):
            groups.append([])
        groups[-1].append(piece)
    return [group for group in groups if any(piece.voiced for piece in group)]


def _word(group: list[Piece], reached: dict[int, int], probabilities: Sequence[float]) -> Word:
    voiced = [piece for piece in group if piece.voiced]
    tokens = [token for piece in voiced for token in range(piece.first, piece.beyond)]
    return Word(
        start=reached[voiced[0].first] / STEPS_A_SECOND,
        end=reached[voiced[-1].beyond] / STEPS_A_SECOND,
        text="".join(piece.text for piece in group).strip(),
        probability=sum(probabilities[token] for token in tokens) / len(tokens),
    )


def _without_pauses(words: list[Word]) -> list[Word]:
    """Attention crosses a pause before a sentence inside its first word: what is more than two usual words is pause."""
    durations = [word.end - word.start for word in words if word.end > word.start]
    longest = 2 * min(LONG_WORD, median(durations)) if durations else 0.0
    opens = [True, *(word.text.endswith(SENTENCE_END) for word in words)]
    return [
        replace(word, start=max(word.start, word.end - longest)) if first else word
        for word, first in zip(words, opens, strict=False)
    ]


def _in_order(words: list[Word], longest: float) -> list[Word]:
    ordered: list[Word] = []
    start = end = 0.0
    for word in words:
        start = min(max(start, word.start), longest)
        end = min(max(start, end, word.end), longest)
        ordered.append(replace(word, start=start, end=end))
    return ordered

"""Words and their speakers to utterances (pure): about a sentence or two each, by one speaker.

A new utterance begins where the speaker changes, where doubt begins or ends, after a pause, and between sentences that are
a breath apart or have grown long together. A single short word in the middle of another's sentence is taken for a mistake of
the diarizer: no pause around it, no sentence that ended before it. A "nei" between two questions is none: it is what the whole
question was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from kiskriv.speech.words import SENTENCE_END
from kiskriv.transcript import Role, Utterance, Word

PAUSE = 0.8
"""Seconds without a word that end an utterance."""

BREATH = 0.3
"""Seconds without a word that end an utterance after a full stop."""

LONG = 12.0
"""Seconds after which a full stop ends an utterance without any pause."""

ISLAND = 0.4
"""Seconds: a longer word of another speaker is always believed."""

TOUCHING = 0.15
"""Seconds: words further apart have a pause between them that another may have spoken in."""


def utterances(words: Sequence[Word], speakers: Sequence[str], roles: Mapping[str, Role]) -> tuple[Utterance, ...]:
    """Utterances in order, numbered from 0; `words` in the order of their starts, a speaker's label for each."""
    labels = _without_islands(words, speakers)
    runs: list[list[int]] = []
    for index in range(len(words)):
        if not runs or _parted(words, labels, runs[-1][0], index):
            runs.append([])
        runs[-1].append(index)
    return tuple(
        Utterance(
            id=number,
            role=roles.get(labels[run[0]], Role.UNKNOWN),
            speaker=labels[run[0]],
            words=tuple(words[index] for index in run),
        )
        for number, run in enumerate(runs)
    )


def _parted(words: Sequence[Word], labels: Sequence[str], first: int, index: int) -> bool:
    """Whether the word at `index` begins a new utterance, when the one so far began with the word at `first`."""
    before, word = words[index - 1], words[index]
    if labels[index - 1] != labels[index] or before.doubt != word.doubt:
        return True
    pause = word.start - before.end
    if before.text.endswith(SENTENCE_END):
        return pause >= BREATH or before.end - words[first].start >= LONG
    return pause >= PAUSE


def _without_islands(words: Sequence[Word], speakers: Sequence[str]) -> list[str]:
    """The labels, less those of single short words that stand in the middle of another's sentence."""
    labels = list(speakers)
    if len(words) != len(labels):
        raise ValueError(f"{len(words)} words, {len(labels)} speakers")
    for index in range(1, len(words) - 1):
        before, word, after = words[index - 1 : index + 2]
        alone = labels[index - 1] == speakers[index + 1] != labels[index]
        short = word.end - word.start < ISLAND
        touching = all(b.start - a.end < TOUCHING for a, b in pairwise((before, word, after)))
        if alone and short and touching and not before.text.endswith(SENTENCE_END):
            labels[index] = labels[index - 1]
    return labels

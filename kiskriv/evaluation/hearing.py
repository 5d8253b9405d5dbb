"""How recognition fares against what was said: words that are wrong, and words in the wrong mouth, by who spoke. Pure (R24).

The words of both are laid side by side with the fewest changes (Levenshtein). Case and punctuation do not count; a number in digits and
the same one in words are two different words. What was said at once is laid out in the order of the reference's utterances.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from rapidfuzz.distance import Levenshtein

from kiskriv.transcript import Role, Transcript

_NOT_WORDS: Final = re.compile(r"[^\w\s,]|,(?!\d)|(?<!\d),")
"""A comma within a number is of the word."""


@dataclass(frozen=True)
class Heard:
    """Of `words` that were said: how many became another word, were lost, or had one put after them; and who is said to have said them.

    Of the `paired` ones, which were heard, if perhaps wrongly: how many are given to another role or to none, how many to another voice.
    """

    words: int = 0
    substituted: int = 0
    deleted: int = 0
    inserted: int = 0
    wrong_role: int = 0
    wrong_voice: int = 0

    def __add__(self, other: Heard) -> Heard:
        return Heard(*(a + b for a, b in zip(_counts(self), _counts(other), strict=True)))

    @property
    def paired(self) -> int:
        """Words with one that was heard beside them."""
        return self.words - self.deleted

    @property
    def error_rate(self) -> float:
        """Words wrong over words said, as a part of 1; it can be more."""
        return (self.substituted + self.deleted + self.inserted) / max(1, self.words)

    @property
    def speaker_error(self) -> float:
        """The part of the words heard that are given to another voice, where each voice told apart is taken for one speaker at best."""
        return self.wrong_voice / max(1, self.paired)

    @property
    def role_error(self) -> float:
        """The part of the words heard whose role is not that of who said them."""
        return self.wrong_role / max(1, self.paired)


class _Said(NamedTuple):
    text: str
    role: Role
    speaker: str

    def __repr__(self) -> str:
        return f"<Said by {self.role}>"


def heard(reference: Transcript, transcript: Transcript) -> Mapping[Role, Heard]:
    """By the role of who said it. A word put in counts on the one before it."""
    said, told = [*_said(reference)], [*_said(transcript)]
    changes = Levenshtein.opcodes([word.text for word in said], [word.text for word in told])
    counts: dict[Role, Heard] = defaultdict(Heard)
    pairs: list[tuple[_Said, _Said]] = []
    for change in changes:
        words = said[change.src_start : change.src_end]
        if change.tag in ("equal", "replace"):
            pairs += zip(words, told[change.dest_start : change.dest_end], strict=True)
            for word in words:
                counts[word.role] += Heard(1, substituted=int(change.tag == "replace"))
        elif change.tag == "delete":
            for word in words:
                counts[word.role] += Heard(1, deleted=1)
        else:
            before = said[max(0, change.src_start - 1)].role if said else Role.UNKNOWN
            counts[before] += Heard(inserted=change.dest_end - change.dest_start)
    best = _best(Counter((a.speaker, b.speaker) for a, b in pairs if b.speaker))
    for word, found in pairs:
        counts[word.role] += Heard(
            wrong_role=int(found.role is not word.role), wrong_voice=int(best.get(found.speaker) != word.speaker)
        )
    return dict(counts)


def word_error_rate(reference: str, transcript: Transcript) -> float:
    """Substitutions, deletions and insertions over the words of the reference; case and punctuation do not count."""
    said = folded(reference)
    return Levenshtein.distance(said, folded(transcript.text)) / max(1, len(said))


def folded(text: str) -> list[str]:
    """Its words, in lower case and without punctuation."""
    return _NOT_WORDS.sub(" ", text.lower()).split()


def _said(transcript: Transcript) -> Iterator[_Said]:
    for utterance in transcript.utterances:
        for text in folded(utterance.text):
            yield _Said(text, utterance.role, utterance.speaker)


def _best(counts: Mapping[tuple[str, str], int]) -> Mapping[str, str]:
    """For each voice told apart the speaker whom it stands for, or none: each speaker once at most, and as many words right as can be."""
    voices, speakers = sorted({voice for _, voice in counts}), sorted({who for who, _ in counts})
    cost = [[-counts.get((who, voice), 0) for who in speakers] + [0] * len(voices) for voice in voices]
    chosen = zip(voices, _assigned(cost), strict=True)
    return {voice: speakers[column] for voice, column in chosen if column < len(speakers)}


def _assigned(cost: Sequence[Sequence[int]]) -> Sequence[int]:
    """For each row a column of its own, the sum of their costs the least; not fewer columns than rows.

    One row after the other takes a column, and those before it move where that makes the sum less: along the cheapest path of moves
    (Bellman and Ford), which there is no cheaper cycle beside, since the rows before it stand at their best.
    """
    columns = range(len(cost[0]) if cost else 0)
    taken: dict[int, int] = {}  # column -> row
    for row in range(len(cost)):
        price = {column: cost[row][column] for column in columns}
        before: dict[int, int] = {}
        moved = True
        while moved:
            moved = False
            for column, of in taken.items():
                for other in columns:
                    there = price[column] - cost[of][column] + cost[of][other]
                    if there < price[other]:
                        price[other], before[other], moved = there, column, True
        column = min((column for column in columns if column not in taken), key=lambda one: price[one])
        while column in before:
            taken[column] = taken[before[column]]
            column = before[column]
        taken[column] = row
    return [column for column, _row in sorted(taken.items(), key=lambda one: one[1])]


def _counts(heard: Heard) -> Sequence[int]:
    return heard.words, heard.substituted, heard.deleted, heard.inserted, heard.wrong_role, heard.wrong_voice

"""How recognition fares against what was said: words that are wrong, and words in the wrong mouth, by who spoke. Pure (R24).

The words of both are laid side by side with the fewest changes (Levenshtein). Case and punctuation do not count; a number in digits and
the same one in words are two different words. What was said at once is laid out in the order of the reference's utterances.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
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
    voices = sorted({voice for _, voice in counts})
    likely = {  # of so many voices at least one is left for each among as many speakers: the others cannot be needed
        voice: sorted((who for who, of in counts if of == voice), key=lambda who: -counts[who, voice])[: len(voices)]
        for voice in voices
    }

    @cache
    def chosen(at: int, taken: frozenset[str]) -> tuple[int, tuple[tuple[str, str], ...]]:
        if at == len(voices):
            return 0, ()
        voice = voices[at]
        best = chosen(at + 1, taken)
        for who in likely[voice]:
            if who not in taken:
                right, others = chosen(at + 1, taken | {who})
                best = max(best, (right + counts[who, voice], ((voice, who), *others)))
        return best

    return dict(chosen(0, frozenset())[1])


def _counts(heard: Heard) -> Sequence[int]:
    return heard.words, heard.substituted, heard.deleted, heard.inserted, heard.wrong_role, heard.wrong_voice

"""Where both speak at once, each is heard best by the own microphone: one transcript of the mix and of both channels (pure).

What was recognised in the mix stands, but for the stretches of overlap: there each channel's own words do, and keep the knowledge
whose they are. The other speaker is heard in a channel, too, only weaker: what is in it for that reason alone is dropped. What the
mix alone has heard there stands, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kiskriv.speech.windows import Span
from kiskriv.transcript import SAMPLE_RATE, Word

SAME_TIME = 0.5
"""Part of the shorter of two words that is at the same time, if it is the same one said once."""

COVERED = 0.5
"""Part of a word of the mix in which a channel's word is said, if that stands in its place."""

Own = Callable[[Sequence[Word]], Sequence[bool]]
"""Whether each word of a channel is more than the other speaker as that channel hears him, too."""


def merge(
    mixed: Sequence[Word], left: Sequence[Word], right: Sequence[Word], stretches: Sequence[Span], own: Own
) -> tuple[Word, ...]:
    """The words of the mix outside the stretches and each channel's own within, in the order of their starts.

    A word belongs to a stretch, in samples, if its middle lies in it. A word of the mix within stands where no channel's word does.
    What is heard twice at the same time is said once: by the mix if its word stands, else by who says it longer.
    """
    heard = [
        replace(word, channel=channel)
        for channel, words in enumerate((left, right))
        for word in words
        if _within(word, stretches)
    ]
    heard = [word for word, its_own in zip(heard, own(heard), strict=True) if its_own]
    heard.sort(key=_duration, reverse=True)
    standing, inside = list[Word](), list[Word]()
    for word in mixed:
        (inside if _within(word, stretches) else standing).append(word)
    while True:
        kept = list(standing)
        for word in heard:
            if not any(_same(word, other) for other in kept if other.channel != word.channel):
                kept.append(word)
        alone = [
            word for word in inside if not any(_covers(other, word) for other in kept if other.channel is not None)
        ]
        if not alone:
            return tuple(sorted(kept, key=lambda word: word.start))
        # a channel's word that is the same goes then, and may uncover others
        standing += alone
        inside = [word for word in inside if word not in alone]


def _within(word: Word, stretches: Sequence[Span]) -> bool:
    middle = (word.start + word.end) / 2 * SAMPLE_RATE
    return any(start <= middle < end for start, end in stretches)


def _same(word: Word, other: Word) -> bool:
    shared = min(word.end, other.end) - max(word.start, other.start)
    return _folded(word) == _folded(other) and shared >= SAME_TIME * min(_duration(word), _duration(other))


def _covers(word: Word, other: Word) -> bool:
    return min(word.end, other.end) - max(word.start, other.start) >= COVERED * _duration(other)


def _duration(word: Word) -> float:
    return word.end - word.start


def _folded(word: Word) -> str:
    return "".join(character for character in word.text.casefold() if character.isalnum())

"""What the doctor changes of what was heard: other words, and stretches that do not belong here (R28, R29). Pure.

The last rewording of a stretch holds; a cut takes away whatever lies in it, heard or reworded, and gives it back when it is undone. A word
lies where its middle is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from kiskriv.errors import Malformed
from kiskriv.speech.attribution import SLIP
from kiskriv.transcript import Change, Cut, Rewording, Word

_Spoken = tuple[Word, str]
"""With the label of who said it."""

LATEST: Final = 86_400.0
"""Seconds: a day, and no consultation lasts as long."""

LONGEST_LABEL: Final = 32
"""Characters of a speaker's label at most."""

MOST_WORDS: Final = 2_000
"""Characters of a rewording at most: half an hour of speech in one go has more, and nobody writes that."""


def checked(change: Change) -> Change:
    """The change, its words on one line and free of what does not print. Raises Malformed for what no doctor means."""
    if not 0 <= change.start <= change.end <= LATEST:
        raise Malformed
    if not isinstance(change, Cut) and len(change.speaker) > LONGEST_LABEL:
        raise Malformed
    if not isinstance(change, Rewording):
        return change
    text = " ".join("".join(c if c.isprintable() else " " for c in change.text).split())
    if len(text) > MOST_WORDS:
        raise Malformed
    return replace(change, text=text)


def told(words: Sequence[Word], speakers: Sequence[str], changes: Sequence[Change]) -> tuple[list[Word], list[str]]:
    """The words in order of their starts, as the doctor has changed them, with a speaker's label for each.

    What is said in place of what was heard is said by whom most of that was said by.
    """
    heard = list(zip(words, speakers, strict=True))
    said = heard
    for change in changes:
        if isinstance(change, Rewording):
            by = Counter(speaker for _, speaker in _replaced(heard, change))
            speaker = by.most_common(1)[0][0] if by else ""
            replaced = set(map(id, _replaced(said, change)))
            said = [spoken for spoken in said if id(spoken) not in replaced]
            said += [(word, speaker) for word in _spread(change)]
    gone = cuts(changes)
    left = [(word, speaker) for word, speaker in said if not any(start <= _middle(word) <= end for start, end in gone)]
    left.sort(key=lambda spoken: spoken[0].start)
    return [word for word, _ in left], [speaker for _, speaker in left]


def cuts(changes: Sequence[Change]) -> tuple[tuple[float, float], ...]:
    """From which to which second nothing is told, in order, none touching another. What is undone takes back every cut that lies in it."""
    made: list[Cut] = []
    for change in changes:
        match change:
            case Cut(start, end, undone=True):
                made = [cut for cut in made if not start <= cut.start <= cut.end <= end]
            case Cut():
                made.append(change)
    joined: list[tuple[float, float]] = []
    for cut in sorted(made, key=lambda cut: cut.start):
        if joined and cut.start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], cut.end)
        else:
            joined.append((cut.start, cut.end))
    return tuple(joined)


def _replaced(said: Sequence[_Spoken], change: Rewording) -> list[_Spoken]:
    """What lies in the stretch, less what another voice than the one that is meant said at the same time as that.

    No more is spared: whose a word is may be told otherwise later, and what the doctor has replaced must not come back by that.
    """
    there = [spoken for spoken in said if _lies_in(spoken[0], change)]
    its = [word for word, speaker in there if speaker == change.speaker]
    return [
        spoken for spoken in there if spoken[1] == change.speaker or not any(_at_once(spoken[0], word) for word in its)
    ]


def _lies_in(word: Word, change: Rewording) -> bool:
    return change.start <= _middle(word) <= change.end and change.channel in (None, word.channel)


def _at_once(word: Word, other: Word) -> bool:
    return word.start + SLIP < other.end and other.start + SLIP < word.end


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2


def _spread(change: Rewording) -> Iterator[Word]:
    """The doctor's words over the stretch, each as long as it is in letters."""
    texts = change.text.split()
    letters, at = sum(map(len, texts)), 0
    for text in texts:
        start, at = at, at + len(text)
        first, last = (change.start + (change.end - change.start) * place / letters for place in (start, at))
        yield Word(first, last, text, 1.0, channel=change.channel)

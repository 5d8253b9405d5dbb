"""Words and their speakers to utterances (pure): about a sentence or two each, by one speaker.

    labels = speakers(words, turns)                         one microphone: each word to a diarization's turns
    made = utterances(words, labels, roles, changes)        and what the doctor knows better

A new utterance begins where the speaker changes, where doubt begins or ends, after a pause, and between sentences that are
a breath apart or have grown long together. A single short word in the middle of another's sentence is taken for a mistake of
the diarizer: no pause around it, no sentence that ended before it. A "nei" between two questions is none: it is what the whole
question was asked for. Where two microphones heard both speak at once, neither cuts the other's sentence to pieces.

Source: shared/notes/speech.md 5.3 (nearest turn, least evidence, islands).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count, pairwise

from kiskriv.speech.words import SENTENCE_END
from kiskriv.transcript import Correction, Rewording, Role, Turn, Utterance, Word

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

EVIDENCE = 0.3
"""Seconds of a speaker around a word's middle that are believed, whatever the words beside it say."""

NEAR = 0.5
"""Seconds: a word in no turn belongs to one that is no further away."""

SLIP = 0.01
"""Seconds: words that overlap by no more follow each other."""


def speakers(words: Sequence[Word], turns: Sequence[Turn]) -> tuple[str, ...]:
    """A speaker's label for each word, "" where there are no turns; `turns` in order, none over another.

    A word's speaker is who has most of it. One in no turn belongs to the nearest, if that is near, or else to the speaker of
    the word before. One with little evidence gives way to the words that it touches in its sentence, unless one of them agrees.
    Times that are none (NaN, backwards, beyond the end) are no error.
    """
    if not turns:
        return ("",) * len(words)
    spoken = _Spoken(turns)
    labels, seconds = list[str](), list[float]()
    for word in words:
        label, heard = spoken.around(word)
        labels.append(label or (labels[-1] if labels else spoken.nearest(word).speaker))
        seconds.append(heard)
    return tuple(
        labels[index] if heard >= EVIDENCE else _advised(words, labels, seconds, index)
        for index, heard in enumerate(seconds)
    )


def utterances(
    words: Sequence[Word],
    speakers: Sequence[str],
    roles: Mapping[str, Role],
    changes: Sequence[Correction | Rewording] = (),
) -> tuple[Utterance, ...]:
    """Utterances in order of their starts, numbered from 0; `words` in the order of their starts, a speaker's label for each.

    A word whose middle lies in a correction is said by whom the correction names, the last one if there are several; what a
    correction or a rewording covers stands alone.
    """
    labels = _without_islands(words, speakers)
    changed = [_covering(word, changes) for word in words]
    for index, covering in enumerate(changed):
        named = [change.speaker for change in (changes[at] for at in covering) if isinstance(change, Correction)]
        labels[index] = named[-1] if named else labels[index]
    runs: list[list[int]] = []
    latest: dict[str, list[int]] = {}
    """Each speaker's last run."""
    for index, label in enumerate(labels):
        run = latest.get(label)
        if run is None or changed[run[-1]][-1:] != changed[index][-1:] or _parted(words, labels, run, index):
            run = latest[label] = []
            runs.append(run)
        run.append(index)
    return tuple(
        Utterance(
            id=number,
            role=roles.get(labels[run[0]], Role.UNKNOWN),
            speaker=labels[run[0]],
            words=tuple(words[index] for index in run),
        )
        for number, run in enumerate(runs)
    )


def relabelled(turns: Sequence[Turn], before: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns, with the labels that their voices had `before`: each its own that it shared the most time with, new ones for others.

    What the doctor has said of a voice is said of its label, and a longer recording may be told apart in another order.
    """
    shared: dict[tuple[str, str], float] = {}
    old = _Spoken(before)
    for turn in turns:
        for speaker, seconds in old.during(turn.start, turn.end).items():
            shared[turn.speaker, speaker] = shared.get((turn.speaker, speaker), 0.0) + seconds
    labels: dict[str, str] = {}
    for voice, speaker in sorted(shared, key=shared.__getitem__, reverse=True):
        if voice not in labels and speaker not in labels.values():
            labels[voice] = speaker
    taken = {turn.speaker for turn in before}
    free = (label for label in map(str, count()) if label not in taken)
    return tuple(
        replace(turn, speaker=labels.get(turn.speaker) or labels.setdefault(turn.speaker, next(free))) for turn in turns
    )


class _Spoken:
    """The turns, to be looked up by time."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._starts = [turn.start for turn in turns]
        self._ends = [turn.end for turn in turns]

    def around(self, word: Word) -> tuple[str, float]:
        """Who has most of a word, and how many seconds of it; a short word is looked at with what is around it."""
        wanting = max(0.0, EVIDENCE - (word.end - word.start)) / 2
        start, end = word.start - wanting, word.end + wanting
        heard = self.during(start, end)
        if heard:
            most = max(heard, key=heard.__getitem__)
            return most, heard[most] + 1e-9  # a sum of what is EVIDENCE in all is no less
        turn = self.nearest(word)
        return (turn.speaker if _apart(turn, word) <= NEAR else ""), 0.0

    def during(self, start: float, end: float) -> dict[str, float]:
        """How many seconds of a stretch each speaker has."""
        heard: dict[str, float] = {}
        for at in range(bisect_right(self._ends, start), bisect_left(self._starts, end)):
            turn = self._turns[at]
            heard[turn.speaker] = heard.get(turn.speaker, 0.0) + min(end, turn.end) - max(start, turn.start)
        return heard

    def nearest(self, word: Word) -> Turn:
        """The turn that is the least time away."""
        at = bisect_left(self._starts, word.start)
        return min(self._turns[max(0, at - 1) : at + 1], key=lambda turn: _apart(turn, word))


def _apart(turn: Turn, word: Word) -> float:
    return max(turn.start - word.end, word.start - turn.end)


def _advised(words: Sequence[Word], labels: Sequence[str], seconds: Sequence[float], index: int) -> str:
    """What the words say that the word at `index` touches in its sentence, where they themselves have evidence."""
    beside = [labels[at] for at in _touched(words, index) if seconds[at] >= EVIDENCE]
    return labels[index] if not beside or labels[index] in beside else beside[0]


def _touched(words: Sequence[Word], index: int) -> list[int]:
    """The words beside the one at `index`, in its sentence and with no pause between."""
    pairs = ((at, at + 1) for at in (index - 1, index) if 0 <= at < len(words) - 1)
    return [
        first + second - index
        for first, second in pairs
        if not words[first].text.endswith(SENTENCE_END) and words[second].start - words[first].end < TOUCHING
    ]


def _covering(word: Word, changes: Sequence[Correction | Rewording]) -> list[int]:
    """Which changes a word lies in, by their places."""
    middle = (word.start + word.end) / 2
    return [
        at
        for at, change in enumerate(changes)
        if change.start <= middle <= change.end and change.channel in (None, word.channel)
    ]


def _parted(words: Sequence[Word], labels: Sequence[str], run: Sequence[int], index: int) -> bool:
    """Whether the word at `index` begins a new utterance, and does not go on with its speaker's `run`."""
    before, word = words[run[-1]], words[index]
    if before.doubt != word.doubt:
        return True
    others = (words[at] for at in range(run[-1] + 1, index) if labels[at] != labels[index])
    if any(before.end <= other.start + SLIP and other.end <= word.start + SLIP for other in others):
        return True
    pause = word.start - before.end
    if before.text.endswith(SENTENCE_END):
        return pause >= BREATH or before.end - words[run[0]].start >= LONG
    return pause >= PAUSE


def _without_islands(words: Sequence[Word], speakers: Sequence[str]) -> list[str]:
    """The labels, less those of single short words that stand in the middle of another's sentence, and not beside it in time."""
    labels = list(speakers)
    if len(words) != len(labels):
        raise ValueError(f"{len(words)} words, {len(labels)} speakers")
    for index in range(1, len(words) - 1):
        before, word, after = words[index - 1 : index + 2]
        alone = labels[index - 1] == speakers[index + 1] != labels[index]
        short = word.end - word.start < ISLAND
        touching = all(-SLIP <= b.start - a.end < TOUCHING for a, b in pairwise((before, word, after)))
        if alone and short and touching and not before.text.endswith(SENTENCE_END):
            labels[index] = labels[index - 1]
    return labels

"""Consultations put to the test: each drafted from what was said, and from what was heard of it; and all their figures added up (R24)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from kiskriv.draft.drafter import GroundedDrafter
from kiskriv.draft.fact import Kind
from kiskriv.evaluation.drafting import Drafting, chosen, drafted
from kiskriv.evaluation.hearing import Heard, heard
from kiskriv.evaluation.material import Reference
from kiskriv.evaluation.measures import Score, Stated, Tally, score
from kiskriv.note import Concern
from kiskriv.transcript import Role, Transcript

if TYPE_CHECKING:
    from kiskriv.assembly.unlogged import Recording
    from kiskriv.session.stages import Writer

_K = TypeVar("_K", Kind, Role)
_T = TypeVar("_T", Tally, Stated, Heard)


class Origin(StrEnum):
    """What a draft was made from."""

    TRANSCRIPT = "transcript"
    """The reference: every word right, and in the right mouth. What is wrong is the drafter's."""
    SOUND = "sound"
    """What was recognised: the whole road."""


@dataclass(frozen=True, repr=False)
class Trial:
    """One consultation, one draft. Of sound: what was heard, by the role of who said it, with seconds of sound and of decoding."""

    reference: Reference
    origin: Origin
    drafting: Drafting
    score: Score
    heard: Mapping[Role, Heard]
    audio: float = 0.0
    decode: float = 0.0

    def __repr__(self) -> str:
        return f"<Trial of {self.origin}, {self.score!r}>"


def of_transcript(reference: Reference, drafter: GroundedDrafter, writer: Writer | None = None) -> Trial:
    """The draft of what was truly said."""
    drafting, scored = _drafted(reference, reference.transcript, drafter, writer)
    return Trial(reference, Origin.TRANSCRIPT, drafting, scored, {})


def of_sound(
    reference: Reference, recording: Recording, drafter: GroundedDrafter, writer: Writer | None = None
) -> Trial:
    """The draft of what was heard, held against what was truly said."""
    transcript = recording.transcript
    drafting, scored = _drafted(reference, transcript, drafter, writer)
    told = heard(reference.transcript, transcript)
    return Trial(reference, Origin.SOUND, drafting, scored, told, recording.audio, recording.decode)


def _drafted(
    reference: Reference, transcript: Transcript, drafter: GroundedDrafter, writer: Writer | None
) -> tuple[Drafting, Score]:
    form = chosen(drafter, "", reference.transcript.language)
    drafting = drafted(drafter, transcript, form, writer=writer)
    return drafting, score(reference, drafting.note, drafting.marks, drafter.lexicon)


@dataclass(frozen=True)
class Figures:
    """Of several trials of one origin, added up. `words` and `seconds` (what drafting took), of each draft."""

    trials: int
    critical: Mapping[Kind, Tally]
    other: Mapping[Kind, Tally]
    stated: Mapping[Kind, Stated]
    heard: Mapping[Role, Heard]
    statements: int
    marked: Mapping[Concern, int]
    """Statements by their gravest concern."""
    omitted: int
    forbidden: int
    unwritten: int
    """Drafts by rules, since the language model failed."""
    words: tuple[int, ...]
    seconds: tuple[float, ...]
    audio: float
    decode: float

    @property
    def unsupported(self) -> int:
        """Statements that contradict what was said or that nothing said supports."""
        return self.marked.get(Concern.CONTRADICTION, 0) + self.marked.get(Concern.UNSUPPORTED, 0)

    @property
    def partly(self) -> int:
        """Statements of which not all was said."""
        return self.marked.get(Concern.PARTLY, 0)


def figures(trials: Sequence[Trial]) -> Figures:
    """Their sum."""
    scores = [trial.score for trial in trials]
    return Figures(
        len(trials),
        _added(score.critical for score in scores),
        _added(score.other for score in scores),
        _added(score.stated for score in scores),
        _added(trial.heard for trial in trials),
        sum(score.statements for score in scores),
        {concern: sum(score.marked[concern] for score in scores) for concern in Concern},
        sum(score.omitted for score in scores),
        sum(len(score.forbidden) for score in scores),
        sum(bool(trial.drafting.unwritten) for trial in trials),
        tuple(score.words for score in scores),
        tuple(trial.drafting.seconds for trial in trials),
        sum(trial.audio for trial in trials),
        sum(trial.decode for trial in trials),
    )


def total(by: Mapping[Kind, Tally]) -> Tally:
    """Of all kinds."""
    return sum(by.values(), Tally())


def middle(values: Sequence[float]) -> float:
    """The median; 0 of none."""
    return median(values) if values else 0.0


def p90(values: Sequence[float]) -> float:
    """The 90th percentile by nearest rank: of less than ten, the largest; 0 of none."""
    return sorted(values)[math.ceil(0.9 * len(values)) - 1] if values else 0.0


def _added(counts: Iterable[Mapping[_K, _T]]) -> Mapping[_K, _T]:
    sums: dict[_K, _T] = {}
    for by in counts:
        for key, count in by.items():
            sums[key] = sums[key] + count if key in sums else count
    return sums

"""How long a draft takes: of a consultation of 40 minutes, made by saying the real turns of others after each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle, islice
from typing import NamedTuple, TypeVar

from benchmarks.speech.table import p50, table
from kiskriv.draft import facts
from kiskriv.draft.drafter import GroundedDrafter
from kiskriv.evaluation.drafting import chosen
from kiskriv.evaluation.material import Reference
from kiskriv.note import Form
from kiskriv.transcript import Transcript, Utterance

LENGTHS = {10: 1_500, 40: 6_000}
"""Words by minutes: 150 a minute."""
TIMES = 5
"""That each is measured, every time with another talk, so that nobody can remember it. The median counts."""

_T = TypeVar("_T")


class Taken(NamedTuple):
    """Seconds: of the facts alone; of a draft, by the clock and of the processor; of the marks that follow it."""

    facts: float
    draft: float
    cpu: float
    marks: float


def tables(references: tuple[Reference, ...], drafter: GroundedDrafter) -> None:
    """Prints the table."""
    columns = ("minutes", "words", "utterances", "facts, s", "draft, s", "draft, CPU s", "marks after it, s", "both, s")
    table("A draft; asked for: at most 0.2 s for 40 minutes", columns, _rows(references, drafter))


def _rows(references: tuple[Reference, ...], drafter: GroundedDrafter) -> Iterator[tuple[object, ...]]:
    form = chosen(drafter, "", references[0].transcript.language)
    _taken(spoken(references, LENGTHS[10], 0), drafter, form)  # the lexicon is read, and warm
    for minutes, words in LENGTHS.items():
        talks = [spoken(references, words, 1 + number) for number in range(TIMES)]
        taken = [_taken(talk, drafter, form) for talk in talks]
        medians = Taken(*map(p50, zip(*taken, strict=True)))
        both = p50([one.draft + one.marks for one in taken])
        yield minutes, words, len(talks[0].utterances), *(f"{seconds:.3f}" for seconds in (*medians, both))


def spoken(references: tuple[Reference, ...], words: int, skipped: int) -> Transcript:
    """So many words, or a turn more, of the consultations in the language of the first, one after the other, again and again.

    `skipped`: so many turns are left out at the beginning.
    """
    language = references[0].transcript.language
    turns = cycle(u for one in references if one.transcript.language == language for u in one.transcript.utterances)
    made: list[Utterance] = []
    for number, turn in zip(count(), islice(turns, skipped, None), strict=False):
        made.append(Utterance(number, turn.role, turn.speaker, turn.words))
        words -= len(turn.words)
        if words <= 0:
            break
    return Transcript(language, tuple(made))


def _taken(said: Transcript, drafter: GroundedDrafter, form: Form) -> Taken:
    _, found, _ = _timed(partial(facts.said, Transcript(said.language, said.utterances[1:]), drafter.lexicon))
    note, draft, cpu = _timed(partial(drafter.draft, said, form))
    _, marks, _ = _timed(partial(drafter.marks, note, said))
    return Taken(found, draft, cpu, marks)


def _timed(work: Callable[[], _T]) -> tuple[_T, float, float]:
    """What came of it, and seconds: by the clock, and of the processor."""
    began = time.perf_counter(), time.process_time()
    made = work()
    return made, time.perf_counter() - began[0], time.process_time() - began[1]

"""How long a draft takes: of a consultation of 40 minutes, made by saying the real turns of others after each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count, cycle

from benchmarks.speech.table import p50, table
from kiskriv.draft import facts
from kiskriv.draft.drafter import GroundedDrafter
from kiskriv.evaluation.drafting import chosen
from kiskriv.evaluation.material import Reference
from kiskriv.transcript import Transcript, Utterance

LENGTHS = {10: 1_500, 40: 6_000}
"""Words by minutes: 150 a minute."""
TIMES = 5
"""That each is measured; the median counts."""


def tables(references: tuple[Reference, ...], drafter: GroundedDrafter) -> None:
    """Prints the table."""
    columns = (
        "minutes",
        "words",
        "utterances",
        "facts, s",
        "draft, s",
        "draft, CPU s",
        "marks, s",
        "draft and marks, s",
    )
    table("A draft; asked for: at most 0.2 s for 40 minutes", columns, _rows(references, drafter))


def _rows(references: tuple[Reference, ...], drafter: GroundedDrafter) -> Iterator[tuple[object, ...]]:
    for minutes, words in LENGTHS.items():
        said = spoken(references, words)
        form = chosen(drafter, "", said.language)
        note = drafter.draft(said, form)
        found = _seconds(lambda said=said: facts.said(said, drafter.lexicon))
        draft, cpu = _seconds(lambda said=said, form=form: drafter.draft(said, form))
        marks = _seconds(lambda said=said, note=note: drafter.marks(note, said))
        times = (found[0], draft, cpu, marks[0], draft + marks[0])
        yield minutes, words, len(said.utterances), *(f"{seconds:.3f}" for seconds in times)


def spoken(references: tuple[Reference, ...], words: int) -> Transcript:
    """So many words, or a turn more, of the consultations in the language of the first, one after the other, again and again."""
    language = references[0].transcript.language
    turns = cycle(u for one in references if one.transcript.language == language for u in one.transcript.utterances)
    made: list[Utterance] = []
    for number, turn in zip(count(), turns, strict=False):
        made.append(Utterance(number, turn.role, turn.speaker, turn.words))
        words -= len(turn.words)
        if words <= 0:
            break
    return Transcript(language, tuple(made))


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """By the clock and of the processor, once it is warm: medians."""
    work()
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - began[0], time.process_time() - began[1]))
    wall, cpu = (p50(one) for one in zip(*taken, strict=True))
    return wall, cpu

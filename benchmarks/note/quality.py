"""What is found, contradicted, and was never said; and which dangerous edits are marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from benchmarks.note_mutations import EDITS, FLAGS, RED, Trial, tried
from benchmarks.speech.table import table
from kiskriv.draft.drafter import GroundedDrafter
from kiskriv.evaluation.drafting import chosen
from kiskriv.evaluation.material import Reference
from kiskriv.evaluation.tables import sums
from kiskriv.evaluation.trials import figures, middle, of_transcript, total

ALL = (*EDITS, "drug exchanged")

ASKED = ("dose x 10", "side swapped", "negation dropped", "duration changed", "drug exchanged", "allergy inverted")
"""The edits that issue 7 names."""


def facts(references: tuple[Reference, ...], drafter: GroundedDrafter) -> None:
    """Prints what the evaluation of a clinic prints, after what is asked for."""
    trials = [of_transcript(reference, drafter) for reference in references]
    made = figures(trials)
    critical, other = total(made.critical), total(made.other)
    table(
        "What is asked for",
        ("", "asked", "measured"),
        [
            ("critical facts found by words, %", "≥ 95", f"{100 * critical.by_words / max(1, critical.facts):.1f}"),
            ("the same, found as facts, %", "≥ 95", f"{100 * critical.typed / max(1, critical.facts):.1f}"),
            ("facts contradicted, critical", "0", critical.contradicted),
            ("facts contradicted, others", "0", other.contradicted),
            ("statements not said, or against what was said", "0", made.unsupported),
            ("forbidden", "0", made.forbidden),
            ("words of a note, median", "≤ 150", f"{middle(made.words):.0f}"),
        ],
    )
    for one in sums(trials):
        table(one.title, one.columns, one.rows)


def mutations(references: tuple[Reference, ...], drafter: GroundedDrafter) -> None:
    """Prints how many of each edit are marked where it stands, and what is marked without any edit."""
    notes = (
        Trial(one.name, one.transcript, drafter.draft(one.transcript, chosen(drafter, "", one.transcript.language)))
        for one in references
    )
    outcome = tried(notes, drafter.lexicon)
    columns = ("", "edits", "marked, %", *(concern.value for concern in FLAGS), "missed")
    table("One dangerous edit at a time, in the drafter's own notes", columns, _edits(outcome.counts))
    red = {(name, text) for name, text, mark in outcome.false if mark.concern in RED}
    partly = {(name, text) for name, text, mark in outcome.false} - red
    share = f"{100 * len(red) / max(1, outcome.statements):.1f}"
    table(
        "Marks without any edit",
        ("statements", "red or not said", "%", "partly"),
        [(outcome.statements, len(red), share, len(partly))],
    )


def _edits(counts: Mapping[str, Counter[str]]) -> Iterator[tuple[object, ...]]:
    for kind in ALL:
        yield _row(kind, counts.get(kind, Counter()))
    asked = sum((counts.get(kind, Counter()) for kind in ASKED), Counter[str]())
    yield _row("the six that are asked for (≥ 98 %)", asked)


def _row(name: str, of: Counter[str]) -> tuple[object, ...]:
    n = of.total()
    marked = f"{100 * (n - of['']) / n:.1f}" if n else "-"
    return name, n, marked, *(of[concern.value] for concern in FLAGS), of[""]

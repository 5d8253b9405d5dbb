"""A table in Markdown, and the figures that stand in it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints it, each row as it comes."""
    print(f"\n### {title}\n")
    print(f"| {' | '.join(columns)} |")
    print(f"|---|{'---:|' * (len(columns) - 1)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)


def p50(figures: Sequence[float]) -> float:
    """The median."""
    return statistics.median(figures)


def p95(figures: Sequence[float]) -> float:
    """The 95th percentile by nearest rank: of less than twenty, the largest."""
    return sorted(figures)[math.ceil(0.95 * len(figures)) - 1]

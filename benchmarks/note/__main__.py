"""All tables of `scripts/bench note`, or some: over `tests/consultations`, or over another folder of the same form. Figures only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from benchmarks.machine import heading
from benchmarks.note import english, noise, quality, speed
from kiskriv.draft import clinic
from kiskriv.draft.drafter import GroundedDrafter
from kiskriv.evaluation import material
from kiskriv.evaluation.material import Reference
from kiskriv.locale import explain, set_language

CONSULTATIONS: Final = Path(__file__).parents[2] / "tests" / "consultations"

GROUPS: Final[Mapping[str, Callable[[tuple[Reference, ...], GroundedDrafter], None]]] = {
    "facts": quality.facts,
    "mutations": quality.mutations,
    "noise": noise.tables,
    "speed": speed.tables,
    "english": english.tables,
}


def main(arguments: list[str]) -> int:
    """Exit status 1 where the folder cannot be used."""
    set_language("en")
    named = [argument for argument in arguments if argument in GROUPS]
    folder = Path(next((argument for argument in arguments if argument not in GROUPS), CONSULTATIONS))
    references, faults = material.references(folder)
    for fault in faults:
        print(explain(fault)[0], file=sys.stderr)
    if faults:
        return 1
    drafter = GroundedDrafter(clinic.load())
    print(f"{heading()}\ndrafter {drafter.digest[:12]}, {len(references)} consultations", flush=True)
    for name in named or GROUPS:
        GROUPS[name](references, drafter)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

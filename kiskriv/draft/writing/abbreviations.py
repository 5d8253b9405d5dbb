"""A clinic's abbreviations: what is shortened in a note, where the clinic wants it. None are our own, and no dose or unit is ever one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kiskriv.draft.fact import UNITS
from kiskriv.draft.lines import Line, lines

_UNITS: Final = frozenset(unit.lower() for unit in UNITS) | {
    "milligram", "mikrogram", "gram", "milliliter", "desiliter", "liter", "enhet", "enheter", "tablett", "tabletter", "tablettar", "kapsel",
    "kapsler", "kapslar", "dråpe", "dråper", "dropar", "puff", "prosent", "dag", "dager", "dagar", "uke", "uker", "veke", "veker", "måned",
    "måneder", "månad", "månader", "år", "time", "timer", "timar", "minutt", "minutter", "ikke", "ikkje", "ingen",
}  # fmt: skip
"""What may not be shortened: units, and what turns a sentence round."""


@dataclass(frozen=True)
class Abbreviations:
    """Whole words, or several in a row, and what stands for them."""

    short: Mapping[str, str] = field(default_factory=dict)
    """The words, in lower case, and what is written for them."""

    @classmethod
    def read(cls, file: Path) -> Abbreviations:
        """Of a file with a line `høyre: hø.` for each; of none, where it is not there. Raises ClinicFileInvalid."""
        return cls(dict(_pair(line) for line in lines(file)) if file.exists() else {})

    def shortened(self, text: str) -> str:
        """The text with them; one that opens it begins with a capital as before."""
        if not self.short:
            return text
        longest_first = sorted(self.short, key=len, reverse=True)
        found = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
        return found.sub(self._for, text).replace("..", ".")

    def _for(self, met: re.Match[str]) -> str:
        short = self.short[met.group().lower()]
        return short[0].upper() + short[1:] if met.group()[0].isupper() else short


def _pair(line: Line) -> tuple[str, str]:
    if not line.value:
        raise line.invalid("an abbreviation is written: the words: what stands for them")
    if any(character.isdigit() for character in line.name + line.value) or _UNITS.intersection(
        line.name.lower().split()
    ):
        raise line.invalid("doses, units and negations are never abbreviated")
    return line.name.lower(), line.value

"""The folder of spools as the host sees it: whose are there, which of them a room is given, and that each is gone in the end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiskriv.vault.spool import Spool


@dataclass(frozen=True)
class Spools:
    """Of one ledger. `wanted`: the clinic chose to have them; what others left is swept in any case."""

    folder: Path
    wanted: bool

    @property
    def arguments(self) -> tuple[str, ...]:
        """What a room is told of them."""
        return ("--spool", str(self.folder)) if self.wanted else ()

    def found(self) -> tuple[str, ...]:
        """The sessions that have one."""
        return Spool.found(self.folder)

    def can_resume(self, session: str) -> bool:
        """Whether it may be tried; whether its key is still there, the room finds out."""
        return self.wanted and session in self.found()

    def sweep(self, session: str) -> bool:
        """True when neither key nor file is there."""
        return Spool.sweep(self.folder, session) if self.wanted or session in self.found() else True

"""The ledger as a session in the same process sees it (a `Register`)."""

from __future__ import annotations

from contextlib import suppress

from kiskriv.errors import LedgerError
from kiskriv.ledger import Ended, Ledger, Opened, Resumed


class OwnLedger:
    """Writes entries as they come: a process that goes on living claims no more than it did itself."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def opened(self, entry: Opened | Resumed) -> None:
        """Writes it."""
        self._ledger.append(entry)

    def never_opened(self, session: str) -> None:
        """Where only the very last step of writing failed, the line is there all the same."""
        with suppress(LedgerError):
            if session in self._ledger.unaccounted():
                self._ledger.sweep((session,))

    def ended(self, entry: Ended) -> str:
        """Writes it; the receipt."""
        return self._ledger.receipt(self._ledger.append(entry))

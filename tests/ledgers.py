"""What a ledger says of consultations, apart from what it says of itself and of kiskriv's runs."""

from __future__ import annotations

from kiskriv.ledger import Ledger
from kiskriv.ledger.entry import OfSession


def of_sessions(ledger: Ledger) -> list[OfSession]:
    """The entries of sessions, oldest first."""
    return [entry for entry in ledger.entries() if isinstance(entry, OfSession)]

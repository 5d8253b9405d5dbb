"""The road of a consultation: its stages, what happens on it, and the order of its steps (`session.session`, which brings numpy along)."""

from kiskriv.session.events import (
    Behind,
    Captured,
    Drafted,
    Event,
    Expiring,
    Missed,
    Recognised,
    Tentative,
    Transcribed,
    Unspooled,
)
from kiskriv.session.register import OwnLedger
from kiskriv.session.stages import (
    Consultation,
    Diarizer,
    Drafter,
    Ear,
    Outlet,
    Register,
    Source,
    Stages,
    State,
    Transcriber,
)

__all__ = [
    "Behind",
    "Captured",
    "Consultation",
    "Diarizer",
    "Drafted",
    "Drafter",
    "Ear",
    "Event",
    "Expiring",
    "Missed",
    "Outlet",
    "OwnLedger",
    "Recognised",
    "Register",
    "Source",
    "Stages",
    "State",
    "Tentative",
    "Transcribed",
    "Transcriber",
    "Unspooled",
]

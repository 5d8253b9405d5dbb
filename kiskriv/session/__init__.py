"""The road of a consultation: its stages, what happens on it, and the order of its steps."""

from kiskriv.session.events import Captured, Drafted, Event, Expiring, Missed, Recognised, Transcribed
from kiskriv.session.register import OwnLedger
from kiskriv.session.session import Session
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
    "Session",
    "Source",
    "Stages",
    "State",
    "Transcribed",
    "Transcriber",
]

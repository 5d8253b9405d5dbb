"""The road of a consultation: its stages, what happens on it, and the order of its steps."""

from kiskriv.session.events import Captured, Drafted, Event, Recognised, Transcribed
from kiskriv.session.session import Session
from kiskriv.session.stages import (
    Consultation,
    Diarizer,
    Drafter,
    Ear,
    Outlet,
    Source,
    Stages,
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
    "Outlet",
    "Recognised",
    "Session",
    "Source",
    "Stages",
    "Transcribed",
    "Transcriber",
]

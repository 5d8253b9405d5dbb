"""A consultation without a screen, for scripts, tests and the demo: the same road, with the choices made beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from kiskriv.note import Mark, Note
from kiskriv.session import Captured, Consultation, Drafted, Event, Outlet, Recognised, Source, Transcribed
from kiskriv.transcript import Findings, Remark, Transcript


@dataclass(frozen=True)
class Timings:
    """Seconds. `stop_to_draft` runs from the last sample captured to the draft; `decode` sums what the windows took."""

    audio: float
    decode: float
    stop_to_draft: float
    erase: float


@dataclass(frozen=True)
class Outcome:
    """What is left of it: of the text only what was approved, and that is the caller's to keep or to drop."""

    words: int
    transcript: Transcript | None
    note: Note | None
    receipt: str
    timings: Timings
    findings: Findings
    remarks: tuple[Remark, ...] = ()
    marks: tuple[Mark, ...] = ()


def hold(
    consultation: Consultation,
    source: Source,
    outlet: Outlet | None,
    tell: Callable[[Event], object] = lambda event: None,
) -> Outcome:
    """Walks the whole road, telling its events.

    With an outlet the draft is approved as it stands and delivered. Without one, or where nothing was said, it is
    discarded and its text stays in.
    """
    audio = decode = 0.0
    words = 0
    stopped = drafted = monotonic()
    transcript, note, findings = None, None, Findings()
    remarks: tuple[Remark, ...] = ()
    marks: tuple[Mark, ...] = ()
    with consultation as session:
        for event in session.record(source):
            if isinstance(event, Captured):
                audio, stopped = event.seconds, monotonic()
            elif isinstance(event, Recognised):
                decode += event.seconds
            tell(event)
        for event in session.draft():
            if isinstance(event, Transcribed):
                transcript, findings, remarks = event.transcript, event.findings, event.transcript.remarks
                words = sum(len(utterance.words) for utterance in transcript.utterances)
            elif isinstance(event, Drafted):
                note, marks, drafted = event.note, event.marks, monotonic()
            tell(event)
        if outlet is not None and note is not None and not note.empty:
            session.approve(note)
            session.deliver(outlet)
            finish = session.transferred
        else:
            transcript, note, marks = None, None, ()
            finish = session.discard
        ending = monotonic()
        finish()
    timings = Timings(audio, decode, drafted - stopped, monotonic() - ending)
    return Outcome(words, transcript, note, consultation.receipt, timings, findings, remarks, marks)

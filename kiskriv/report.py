"""What a consultation without a screen prints: lines for a person, one JSON object for a script."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from kiskriv import __version__
from kiskriv.assembly.alone import LoneDesk
from kiskriv.assembly.desk import Desk
from kiskriv.demo import Demo, in_right_role
from kiskriv.errors import ProofInvalid
from kiskriv.evaluation.hearing import word_error_rate
from kiskriv.ledger import Ended, verify
from kiskriv.locale import number
from kiskriv.locale import text as _
from kiskriv.note import Note
from kiskriv.session import Attributing, Captured, Event, Recognised, Transcribed
from kiskriv.transcript import Transcript, Utterance
from kiskriv.tui.words import REMARKS, concern, doubt, sign, voice
from kiskriv.unattended import Outcome


def as_json(outcome: Outcome, desk: Desk | LoneDesk, demo: Demo | None = None) -> str:
    """Text only of what was approved; times in seconds; `wer` and `roles` only where there is a reference."""
    value: dict[str, Any] = {
        "kiskriv": __version__,
        "model": {"name": desk.model.name, "sha256": desk.model.digest},
        "transcript": outcome.transcript and _transcript(outcome.transcript),
        "note": outcome.note and _note(outcome.note),
        "marks": [
            {name: list(value) if name == "evidence" else value for name, value in vars(mark).items()}
            for mark in outcome.marks
        ],
        "timings": {name: round(seconds, 4) for name, seconds in vars(outcome.timings).items()},
        "recognition": vars(outcome.findings),
        "remarks": list(outcome.remarks),
        "receipt": outcome.receipt,
        "ledger_verified": verified(outcome, desk),
    }
    if demo is not None and outcome.transcript is not None:
        value["wer"] = round(word_error_rate(demo.reference, outcome.transcript), 4)
        value["roles"] = {"words": outcome.words, "right": in_right_role(demo.turns, outcome.transcript)}
    return json.dumps(value, ensure_ascii=False, indent=2)


def show(event: Event) -> None:
    """One event as it happens: what was heard on standard output, how far it is on standard error where a person watches."""
    match event:
        case Captured():
            bars = " ".join(f"{'▮' * round(8 * level):<8}" for level in event.levels)
            _pass(f"● {_clock(event.seconds)}  {bars}")
        case Attributing():
            _pass(_("Finding out who said what …"))
        case Recognised():
            _pass("")
            for line in _lines(event.utterances):
                print(line, flush=True)
        case Transcribed():
            _pass("")


def remarks(outcome: Outcome) -> Iterator[str]:
    """Why it may be uncertain who said what, a line each."""
    return (_(REMARKS[remark]) + "\n" for remark in outcome.remarks)


def _pass(line: str) -> None:
    """Shows the line until the next one."""
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)


def summary(outcome: Outcome, desk: Desk | LoneDesk, demo: Demo) -> str:
    """The rest of the demo, for a person: note, erasure, receipt, figures."""
    return "\n".join(_summary(outcome, desk, demo))


def _summary(outcome: Outcome, desk: Desk | LoneDesk, demo: Demo) -> Iterator[str]:
    t = outcome.timings
    if outcome.note is not None and outcome.transcript is not None:
        if demo.microphones == 1:  # nobody knew while they were heard
            yield ""
            yield _("Who said what, as told by the voices:")
            yield from _lines(outcome.transcript.utterances)
        yield ""
        yield _(
            "Draft by rules; the demo approves it in the doctor's place. In brackets: when each statement was said."
        )
        for section in outcome.note.sections:
            yield f"\n  {section.heading}"
            yield from (f"    {s.text}  [{_when(s.evidence, outcome.transcript)}]" for s in section.statements)
        yield from (f"  {sign(mark.concern)}: {concern(mark)}" for mark in outcome.marks)
        rate = word_error_rate(demo.reference, outcome.transcript)
        yield ""
        yield _("Word errors against the reference: {rate} %").format(rate=number(100 * rate, 1))
        right = in_right_role(demo.turns, outcome.transcript)
        yield _("{right} of {words} words with the right role").format(right=right, words=outcome.words)
    yield from map(str.rstrip, remarks(outcome))
    yield _("Sound {audio} s, decoded in {decode} s, draft {wait} s after stop, erased and logged in {erase} s").format(
        audio=number(t.audio), decode=number(t.decode, 1), wait=number(t.stop_to_draft, 2), erase=number(t.erase, 2)
    )
    folder = desk.config.ledger.folder
    genuine = _("genuine") if verified(outcome, desk) else _("NOT GENUINE")
    yield _("Erased: sound, transcript and draft. The receipt is {genuine}; check it yourself, on any machine:").format(
        genuine=genuine
    )
    yield f"  kiskriv ledger verify {folder / 'receipt'} --key {folder / 'public-key'}"


def _lines(utterances: Sequence[Utterance]) -> Iterator[str]:
    """When, who (where that is known of anybody), what."""
    known = any(voice(said) for said in utterances)
    for said in utterances:
        who = f"{voice(said):<9}  " if known else ""
        yield f"  {_clock(said.start)}  {who}{doubt(said)}{said.text}"


def _when(evidence: Sequence[int], transcript: Transcript) -> str:
    return " ".join(_clock(transcript.utterances[place].start) for place in dict.fromkeys(evidence))


def verified(outcome: Outcome, desk: Desk | LoneDesk) -> bool:
    """The receipt is for an end, and verifies with the public key alone."""
    try:
        return isinstance(verify(outcome.receipt, desk.public_key), Ended)
    except ProofInvalid:
        return False


def _transcript(transcript: Transcript) -> dict[str, Any]:
    return {
        "language": transcript.language,
        "utterances": [
            {
                "id": u.id,
                "role": u.role,
                "speaker": u.speaker,
                "start": u.start,
                "end": u.end,
                "doubt": u.doubt,
                "text": u.text,
            }
            for u in transcript.utterances
        ],
    }


def _note(note: Note) -> dict[str, Any]:
    return {
        "sections": [
            {"heading": s.heading, "statements": [{"text": t.text, "evidence": list(t.evidence)} for t in s.statements]}
            for s in note.sections
        ]
    }


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:d}:{int(seconds) % 60:02d}"

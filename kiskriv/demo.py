"""The shipped consultation and its reference: synthetic from end to end, so that anyone may look at all of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from kiskriv.errors import AudioUnreadable
from kiskriv.transcript import Transcript
from kiskriv.weights import demo_material

_NOT_WORDS = re.compile(r"[^\w\s,]|,(?!\d)|(?<!\d),")


@dataclass(frozen=True)
class Demo:
    """A stereo recording (a channel for each microphone) and the text that was spoken."""

    recording: Path
    reference: str


def material() -> Demo:
    """The demo as shipped. Raises AudioUnreadable where it is missing or damaged."""
    folder = demo_material()
    try:
        said = json.loads((folder / "consultation.json").read_text(encoding="utf-8"))
        return Demo(folder / "consultation-stereo.flac", " ".join(u["text"] for u in said["utterances"]))
    except (OSError, ValueError, KeyError):
        raise AudioUnreadable from None


def word_error_rate(reference: str, transcript: Transcript) -> float:
    """Substitutions, deletions and insertions over the words of the reference; case and punctuation do not count."""
    import jiwer  # 0.1 s that other commands need not pay

    return float(jiwer.wer(_folded(reference), _folded(transcript.text)))


def _folded(text: str) -> str:
    return " ".join(_NOT_WORDS.sub(" ", text.lower()).split())

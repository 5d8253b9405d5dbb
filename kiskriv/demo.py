"""The shipped consultation and its reference: synthetic from end to end, so that anyone may look at all of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kiskriv.errors import AudioUnreadable
from kiskriv.transcript import Transcript, Turn
from kiskriv.weights import demo_material

_RECORDINGS = {1: "consultation.flac", 2: "consultation-stereo.flac"}
"""By the number of microphones."""


@dataclass(frozen=True)
class Demo:
    """A recording with one microphone or two, the text that was spoken, and when who spoke: the turns' speakers are roles."""

    recording: Path
    microphones: int
    reference: str
    turns: tuple[Turn, ...]


def material(microphones: int = 2) -> Demo:
    """The demo as shipped, as one or two microphones heard it. Raises AudioUnreadable where it is missing or damaged."""
    folder = demo_material()
    try:
        said = json.loads((folder / "consultation.json").read_text(encoding="utf-8"))["utterances"]
        reference = " ".join(u["text"] for u in said)
        turns = tuple(Turn(u["start"], u["end"], u["role"]) for u in said)
    except (OSError, ValueError, KeyError):
        raise AudioUnreadable from None
    return Demo(folder / _RECORDINGS[microphones], microphones, reference, turns)


def in_right_role(turns: Sequence[Turn], transcript: Transcript) -> int:
    """Words whose speaker has the role of a turn that is nearest to the word's middle: whoever of two spoke at once is right."""
    return sum(
        utterance.role in _speaking(turns, (word.start + word.end) / 2)
        for utterance in transcript.utterances
        for word in utterance.words
    )


def _speaking(turns: Sequence[Turn], moment: float) -> set[str]:
    away = [(max(turn.start - moment, moment - turn.end, 0.0), turn.speaker) for turn in turns]
    return {speaker for seconds, speaker in away if seconds == min(away)[0]}

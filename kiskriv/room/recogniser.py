"""Words and speakers from an engine in another process: what a session asks of it, each on a line of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from kiskriv.errors import RecogniserFailed
from kiskriv.room.line import EngineLine
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.transcript import SAMPLE_RATE, Recognition, Turn
from kiskriv.wire import messages as say

SPEAKER: Final = re.compile("0|[1-9][0-9]?")
"""A speaker's label: a number, as `Diarization` gives them."""

BEYOND: Final = 1.0
"""Seconds that a turn may last beyond the recording's end: frames are rounded."""


class Recogniser(EngineLine):
    """A `Transcriber` for one session."""

    def transcribe(self, clip: Clip, urgency: Urgency) -> Recognition | None:
        """See `Transcriber`. Raises RecogniserFailed."""
        answer = self.ask(
            lambda urgency, alone: say.Window(clip.lengths, urgency, alone), _sound(clip), urgency, say.Words
        )
        return answer and answer[0].recognition


class EngineSpeakers(EngineLine):
    """`Speakers` for one session."""

    def embed(self, clip: Clip, urgency: Urgency) -> bytearray:
        """See `Speakers`. Raises RecogniserFailed."""
        length = sum(clip.lengths)
        answer = self.ask(
            lambda urgency, alone: say.Voices(length, urgency, alone), _sound(clip), urgency, say.Embedded
        )
        if answer is None:
            raise RecogniserFailed(attempts=0)
        return answer[1]

    def cluster(self, embedded: Sequence[bytearray], step: int, length: int) -> tuple[Turn, ...]:
        """See `Speakers`. Raises RecogniserFailed; so it does where the engine answers what are no turns of this recording."""
        asked = say.Cluster(tuple(map(len, embedded)), step, length)
        octets = bytearray().join(embedded)
        try:
            answer = self.ask(lambda urgency, alone: asked, octets, Urgency.TAIL, say.Turns)
        finally:
            octets[:] = bytes(len(octets))
        if answer is None or not _are_turns(answer[0].turns, length / SAMPLE_RATE):
            raise RecogniserFailed(attempts=0 if answer is None else 1)
        return answer[0].turns


def _are_turns(turns: Sequence[Turn], seconds: float) -> bool:
    """Whether they are in order, one at a time, within a recording of so many seconds, each of a speaker with a number."""
    edges = [0.0, *(edge for turn in turns for edge in (turn.start, turn.end)), seconds + BEYOND]
    return all(before <= after for before, after in pairwise(edges)) and all(
        turn.start < turn.end and SPEAKER.fullmatch(turn.speaker) for turn in turns
    )


def _sound(clip: Clip) -> memoryview:
    return clip.samples.data.cast("B")

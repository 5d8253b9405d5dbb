"""Words and speakers from an engine in another process: what a session asks of it, each on a line of its own."""

from __future__ import annotations

from collections.abc import Sequence

from kiskriv.errors import RecogniserFailed
from kiskriv.room.line import EngineLine
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.transcript import Recognition, Turn
from kiskriv.wire import messages as say


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
        """See `Speakers`. Raises RecogniserFailed."""
        asked = say.Cluster(tuple(map(len, embedded)), step, length)
        octets = bytearray().join(embedded)
        try:
            answer = self.ask(lambda urgency, alone: asked, octets, Urgency.TAIL, say.Turns)
        finally:
            octets[:] = bytes(len(octets))
        if answer is None:
            raise RecogniserFailed(attempts=0)
        return answer[0].turns


def _sound(clip: Clip) -> memoryview:
    return clip.samples.data.cast("B")

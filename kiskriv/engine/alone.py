"""Models in the process of the session itself, where a system has no rooms."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from kiskriv.engine.worker import Model
from kiskriv.errors import OutOfMemory, RecogniserFailed
from kiskriv.speech.diarization import Diarization
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.transcript import Recognition, Turn


class Alone:
    """A `Transcriber` for one session after another."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._unwanted = False

    def transcribe(self, clip: Clip, urgency: Urgency) -> Recognition | None:
        """See `Transcriber`. Raises RecogniserFailed."""
        try:
            with closing(self._model.work([clip])) as steps:
                while not self._unwanted:
                    try:
                        next(steps)
                    except StopIteration as end:
                        (recognition,) = end.value
                        assert isinstance(recognition, Recognition)
                        return recognition
        except OutOfMemory:
            if self._model.reduce():
                return self.transcribe(clip, urgency)
            raise RecogniserFailed(attempts=1) from None
        except Exception:  # what it says could hold what was said
            raise RecogniserFailed(attempts=1) from None
        finally:
            self._unwanted = False
        return None

    def urge(self, urgency: Urgency) -> None:
        """There is nobody to go before."""

    def cease(self) -> None:
        """See `Transcriber`."""
        self._unwanted = True

    def abandon(self) -> None:
        """What is being decoded here is decoded to its end: it does not wait for anybody."""


class AloneSpeakers:
    """`Speakers` for one session after another."""

    def __init__(self, diarization: Diarization) -> None:
        self._diarization = diarization

    def embed(self, clip: Clip, urgency: Urgency) -> bytearray:
        """See `Speakers`. Raises RecogniserFailed."""
        try:
            return bytearray(self._diarization.embed([clip.samples])[0])
        except Exception:  # what it says could hold what was said
            raise RecogniserFailed(attempts=1) from None

    def cluster(self, embedded: Sequence[bytearray], step: int, length: int) -> tuple[Turn, ...]:
        """See `Speakers`. Raises RecogniserFailed."""
        try:
            return self._diarization.cluster(embedded, step, length)
        except Exception:
            raise RecogniserFailed(attempts=1) from None

    def urge(self, urgency: Urgency) -> None:
        """There is nobody to go before."""

    def abandon(self) -> None:
        """What is being looked at here is looked at to its end."""

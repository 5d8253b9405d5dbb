"""Two microphones: each person's own tells who speaks, without a model. Where they cannot tell, it is told as from one microphone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from kiskriv.session.voices import Voices
from kiskriv.speech.channels import Channels
from kiskriv.speech.overlap import merge
from kiskriv.speech.windows import Span
from kiskriv.transcript import Chunk, Remark, Word
from kiskriv.vault import SealedSound


class Microphones:
    """A `Diarizer` for two microphones, speakers "0" and "1"; voices that no microphone stands for are numbered from "2"."""

    def __init__(self, voices: Voices) -> None:
        self._channels = Channels()
        self._voices = voices
        self._apart = True
        """The microphones tell who speaks."""

    def __repr__(self) -> str:
        return f"<Microphones, {self._channels!r}, {self._voices!r}>"

    def listen(self, chunk: Chunk, recording: SealedSound) -> None:
        """See `Diarizer`."""
        self._channels.listen(chunk)
        self._apart = self._channels.reliable
        self._voices.follow(recording)  # in any case: one of the microphones may fail shortly before the end

    def settle(self, recording: SealedSound) -> Iterator[int]:
        """See `Diarizer`."""
        self._channels.settle()
        self._apart = self._channels.reliable
        if not self._apart:
            yield from self._voices.settle(recording)

    def attribute(self, words: Sequence[Word]) -> tuple[str, ...]:
        """See `Diarizer`."""
        if self._apart:
            return self._channels.attribute(words)
        return tuple(label and str(2 + int(label)) for label in self._voices.attribute(words))

    def overlaps(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """See `Diarizer`."""
        return self._channels.overlaps(spans)

    def untangled(
        self, mixed: Sequence[Word], alone: Sequence[Sequence[Word]], spans: Sequence[Span]
    ) -> Sequence[Word]:
        """See `Diarizer`."""
        left, right = alone
        own = partial(self._channels.own, until=max(end for _, end in spans))
        return merge(mixed, left, right, self._channels.overlaps(spans), own)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """See `Diarizer`."""
        return (*self._channels.remarks, *(() if self._apart else self._voices.remarks))

    def erase(self) -> int:
        """See `Diarizer`."""
        return self._channels.erase() + self._voices.erase()

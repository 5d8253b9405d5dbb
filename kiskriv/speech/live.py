"""The ear: speech found and packed into windows while it is being said.

A session asks `Listener` for windows and reads their sound from its own vault: the ear keeps less than a frame of
sound. Offline is the same ear, fed in one piece; that live equals offline is thus no matter of care but of
construction.
"""

from __future__ import annotations

from kiskriv.speech.vad import Silero, Speech, VadSettings
from kiskriv.speech.windows import Packer, Span, Window
from kiskriv.transcript import Samples


class Listener:
    """Silero and the packer on one recording (an `Ear`). `model` may be shared; a `Listener` belongs to one session."""

    def __init__(self, model: Silero | None = None, settings: VadSettings | None = None) -> None:
        self._model = model or Silero()
        self._settings = settings or VadSettings()
        self._heard = 0
        self._begin()

    def _begin(self) -> None:
        self._offset = self._heard
        self._frames = self._model.stream()
        self._speech = Speech(self._settings)
        self._packer = Packer()

    def __repr__(self) -> str:
        return f"<Listener, {self._heard} samples heard>"

    def hear(self, samples: Samples) -> list[Window]:
        """Takes the next samples, shape (1, n); returns the windows that they closed."""
        self._heard += samples.shape[1]
        windows: list[Window] = []
        for probability in self._frames.hear(samples[0]):
            windows += self._pack(self._speech.step(probability))
            windows += self._packer.quiet_until(self._offset + self._speech.quiet_until)
        return windows

    @property
    def ahead(self) -> Window | None:
        """The window that `finish` would return, if the recording stopped in the pause that it is in; None where it is in none.

        A pause counts from twice the voice detector's padding on (0.8 s). Within a dialogue few are so long, and who stops has been silent.
        """
        return self._packer.open if self._speech.quiet else None

    def finish(self) -> list[Window]:
        """Returns the windows that the end of the sound closes. A recording taken up again is heard afresh."""
        windows = self._pack(self._speech.step(self._frames.finish()))
        windows += self._pack(self._speech.finish(self._heard - self._offset))
        windows += self._packer.finish()
        self._begin()
        return windows

    def _pack(self, spans: list[Span]) -> list[Window]:
        windows: list[Window] = []
        for start, end in spans:
            windows += self._packer.add((start + self._offset, end + self._offset))
        return windows

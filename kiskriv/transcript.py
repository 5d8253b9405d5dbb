"""The words for what was said: values that never act, and never speak by accident.

Times are seconds from the start of the recording. A repr gives sizes and times, never text or samples, so that no log line, traceback
or debugger of ours can hold a consultation.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # a host and a screen start sooner without
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE = 16_000
"""Samples a second, everywhere: what Whisper and Silero were trained on."""

Samples: TypeAlias = "NDArray[np.float32]"
"""Sound as float32 in [-1, 1], shape (channels, n)."""


@dataclass(frozen=True, repr=False, eq=False)
class Chunk:
    """A stretch of sound as captured: `samples` is (channels, n) float32 at 16 kHz, `start` in samples."""

    start: int
    samples: Samples

    def __repr__(self) -> str:
        channels, n = self.samples.shape
        return f"<Chunk at {self.start / SAMPLE_RATE:.2f} s, {channels} x {n} samples>"


@dataclass(frozen=True, repr=False)
class Word:
    """A word as heard, with Whisper's probability in [0, 1]. `text` has no surrounding blanks."""

    start: float
    end: float
    text: str
    probability: float

    def __repr__(self) -> str:
        return f"<Word {self.start:.2f}-{self.end:.2f} s>"


class Role(StrEnum):
    """Who someone is in the consultation: FHIR's participant types, as far as we need them."""

    PRACTITIONER = "practitioner"
    PATIENT = "patient"
    RELATED_PERSON = "related-person"
    INTERPRETER = "interpreter"
    UNKNOWN = "unknown"


@dataclass(frozen=True, repr=False)
class Utterance:
    """What one speaker said in one go: one or more words, never none."""

    id: int
    role: Role
    speaker: str
    words: tuple[Word, ...]

    @property
    def start(self) -> float:
        """Seconds, of the first word."""
        return self.words[0].start

    @property
    def end(self) -> float:
        """Seconds, of the last word."""
        return self.words[-1].end

    @property
    def text(self) -> str:
        """The words joined by blanks."""
        return " ".join(word.text for word in self.words)

    def __repr__(self) -> str:
        return f"<Utterance {self.id} {self.role} {self.start:.2f}-{self.end:.2f} s, {len(self.words)} words>"


@dataclass(frozen=True, repr=False)
class Transcript:
    """All utterances in the order of their starts. `language` is `nb` or `nn` (BCP 47)."""

    language: str
    utterances: tuple[Utterance, ...]

    @property
    def text(self) -> str:
        """All words joined by blanks."""
        return " ".join(utterance.text for utterance in self.utterances)

    def __repr__(self) -> str:
        return f"<Transcript {self.language}, {len(self.utterances)} utterances>"

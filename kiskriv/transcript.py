"""The words for what was said: values that never act, and never speak by accident.

Times are seconds from the start of the recording. A repr gives sizes and times, never text or samples, so that no log line, traceback
or debugger of ours can hold a consultation.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
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


class Doubt(StrEnum):
    """Why words may not have been said, or not like this: they are marked, never dropped in silence (R25, R27)."""

    NO_SPEECH = "no-speech"
    """The model itself finds it likelier that nobody spoke."""
    PHANTOM = "phantom"
    """One of the phrases that Whisper writes where nobody speaks."""
    LOOP = "loop"
    """The text goes round in circles, after every retry."""
    LANGUAGE = "language"
    """Another language was spoken than the one that is written here."""


@dataclass(frozen=True, repr=False)
class Word:
    """A word as heard, with the model's probability in [0, 1]. `text` has no surrounding blanks."""

    start: float
    end: float
    text: str
    probability: float
    doubt: Doubt | None = None
    channel: int | None = None
    """The microphone that it was heard by alone, where two people spoke at once and each has a microphone."""

    def __repr__(self) -> str:
        return f"<Word {self.start:.2f}-{self.end:.2f} s>"


@dataclass(frozen=True)
class Findings:
    """How often recognition met one of its known failures, and what was done: counts only, nothing of what was said."""

    windows: int = 0
    no_speech: int = 0
    """Windows whose words are marked, since the model doubts that anybody spoke."""
    phantoms: int = 0
    """Phrases marked as known to be written where nobody speaks."""
    loops: int = 0
    """Windows decoded again, since their text went round in circles."""
    loops_left: int = 0
    """Of these, windows in which it still did."""
    skipped: int = 0
    """Stretches of speech without words, decoded again alone."""
    recovered: int = 0
    """Of these, stretches in which words were found then."""
    foreign: int = 0
    """Stretches marked as another language."""
    halved: int = 0
    """Times that a batch of several rooms' windows did not fit into memory, and was halved."""
    reduced: int = 0
    """Windows decoded less exactly than the settings say, since that did not fit into memory."""

    def __add__(self, other: Findings) -> Findings:
        return Findings(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True, repr=False)
class Recognition:
    """What was heard in one window: words in order, times in seconds from the window's start, and what was met on the way."""

    words: tuple[Word, ...]
    findings: Findings

    def __repr__(self) -> str:
        return f"<Recognition, {len(self.words)} words>"


class Role(StrEnum):
    """Who someone is in the consultation: FHIR's participant types, as far as we need them."""

    PRACTITIONER = "practitioner"
    PATIENT = "patient"
    RELATED_PERSON = "related-person"
    INTERPRETER = "interpreter"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Turn:
    """One speaker's word: seconds of the recording, and the speaker's label. A diarization's turns are in order and do not overlap."""

    start: float
    end: float
    speaker: str


class Remark(StrEnum):
    """Why it may be uncertain who said what: said of the whole consultation."""

    UNATTRIBUTED = "unattributed"
    """It could not be found out, or not in time: no word has a speaker."""
    PARTLY = "partly"
    """Of some of it, it could not be found out."""
    ONE_VOICE = "one-voice"
    """Only one voice was told apart."""
    MANY_VOICES = "many-voices"
    """More voices than a consultation is likely to have: some may be the same person's."""
    DEAD_CHANNEL = "dead-channel"
    """One of two microphones gave no speech."""
    ALIKE = "alike"
    """Both microphones heard everybody alike."""
    SWAPPED = "swapped"
    """Each microphone's voice speaks as the other's should."""
    CLIPPED = "clipped"
    """The sound was too loud for a microphone."""


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
    def doubt(self) -> Doubt | None:
        """Of all its words alike: where doubt begins, another utterance does."""
        return self.words[0].doubt

    @property
    def text(self) -> str:
        """The words joined by blanks."""
        return " ".join(word.text for word in self.words)

    def __repr__(self) -> str:
        return f"<Utterance {self.id} {self.role} {self.start:.2f}-{self.end:.2f} s, {len(self.words)} words>"


@dataclass(frozen=True)
class Correction:
    """The doctor's word for who speaks from `start` to `end`, seconds of the recording.

    `channel`: only words that this microphone heard alone; None: all. Where two speak at once, one of them is meant.
    """

    start: float
    end: float
    speaker: str
    channel: int | None = None

    @staticmethod
    def of(utterance: Utterance, speaker: str) -> Correction:
        """All of this utterance was said by that voice."""
        channels = {word.channel for word in utterance.words}
        channel = channels.pop() if len(channels) == 1 else None
        return Correction(utterance.start, utterance.end, speaker, channel)


@dataclass(frozen=True, repr=False)
class Rewording:
    """The doctor's words for what was said from `start` to `end`, seconds of the recording, in place of what was heard there.

    `channel`: in place of what this microphone heard alone; None: of all. `speaker`: in place of what this voice said; what another
    one said at the same time stays; "": of what anybody said.
    """

    start: float
    end: float
    text: str
    channel: int | None = None
    speaker: str = ""

    def __repr__(self) -> str:
        return f"<Rewording {self.start:.2f}-{self.end:.2f} s, {len(self.text)} characters>"

    @staticmethod
    def of(utterance: Utterance, text: str) -> Rewording:
        """All of this utterance is these words."""
        said = Correction.of(utterance, utterance.speaker)
        return Rewording(said.start, said.end, text, said.channel, said.speaker)


@dataclass(frozen=True)
class Cut:
    """From `start` to `end`, seconds of the recording, is nothing that belongs to this patient (R29). `undone`: it does after all."""

    start: float
    end: float
    undone: bool = False


Change = Correction | Rewording | Cut
"""What a doctor corrects of what was told."""


@dataclass(frozen=True, repr=False)
class Transcript:
    """All utterances in the order of their starts. `language` is `nb` or `nn` (BCP 47).

    `cuts`: seconds from which to which nothing is told, since the doctor said so. `bookmarks`: moments that the doctor wanted to
    remember while listening, in seconds.
    """

    language: str
    utterances: tuple[Utterance, ...]
    remarks: tuple[Remark, ...] = ()
    cuts: tuple[tuple[float, float], ...] = ()
    bookmarks: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        """All words joined by blanks."""
        return " ".join(utterance.text for utterance in self.utterances)

    def __repr__(self) -> str:
        return f"<Transcript {self.language}, {len(self.utterances)} utterances>"

"""What happens on the road, as values: the screen shows them, a script prints them, nobody is called back."""

from __future__ import annotations

from dataclasses import dataclass

from kiskriv.note import ANY, Form, Mark, Note
from kiskriv.transcript import Findings, Transcript, Utterance


@dataclass(frozen=True)
class Captured:
    """A chunk is sealed. `seconds` recorded so far; `levels` the peak of each channel in [0, 1]; `backlog` windows still to decode."""

    seconds: float
    levels: tuple[float, ...]
    backlog: int


@dataclass(frozen=True)
class Recognised:
    """A window is decoded, in `seconds`. Its utterances are numbered from 0; the transcript of the draft numbers them anew."""

    utterances: tuple[Utterance, ...]
    seconds: float


@dataclass(frozen=True)
class Tentative:
    """What the window that is still open says so far; `Recognised` says it for good, and another `Tentative` anew."""

    utterances: tuple[Utterance, ...]


@dataclass(frozen=True)
class Behind:
    """Recognition does not keep up: so many seconds of speech wait. Nothing is lost, and nothing decoded ahead. 0: it keeps up again."""

    seconds: float


@dataclass(frozen=True)
class Missed:
    """A window could not be decoded: its sound is kept, and `draft` tries it again. Seconds of the recording."""

    start: float
    end: float


@dataclass(frozen=True)
class Interrupted:
    """The microphone is gone, `seconds` into the recording. What was heard stands, and it goes on by itself when there is one again."""

    seconds: float


@dataclass(frozen=True)
class Continued:
    """It records again, by the microphone of this name."""

    microphone: str


@dataclass(frozen=True)
class Playing:
    """What was recorded at `seconds` is heard now: told at least four times a second, so that it can be broken off."""

    seconds: float


@dataclass(frozen=True)
class Expiring:
    """In so many seconds everything is erased (R15): told when the time limit comes near, and when it was put off."""

    seconds: float
    extendable: bool
    """It can be put off (further)."""


@dataclass(frozen=True)
class Unspooled:
    """The sealed copy on the disk could not be kept, and is removed: if the room dies now, the consultation is gone."""


@dataclass(frozen=True)
class Attributing:
    """It is being found out who said what: so many windows are left to be listened to, and then all are compared."""

    windows: int


@dataclass(frozen=True)
class Transcribed:
    """All windows are decoded and every word has its speaker, as far as is known. `findings`: what recognition met on the way."""

    transcript: Transcript
    findings: Findings


@dataclass(frozen=True)
class Writing:
    """What a language model has written so far; `Drafted` says it for good, another `Writing` anew. The first is the draft by rules."""

    note: Note


@dataclass(frozen=True)
class Unwritten:
    """The language model did not write the draft, which is the one by rules now. `error`: the class of the WriterError that says why."""

    error: str


@dataclass(frozen=True)
class Drafted:
    """A draft note, marked as machine-made until it is approved (R23), and where a doctor should look twice (R27)."""

    note: Note
    marks: tuple[Mark, ...] = ()
    form: Form = ANY
    own: bool = False
    """The doctor has changed it: it came as it was left."""


Event = (
    Captured
    | Recognised
    | Tentative
    | Behind
    | Missed
    | Interrupted
    | Continued
    | Playing
    | Expiring
    | Unspooled
    | Attributing
    | Transcribed
    | Writing
    | Unwritten
    | Drafted
)

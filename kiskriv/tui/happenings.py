"""What happens at the desk, as values: the clerk tells them, the app shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiskriv.errors import CaptureError, KiskrivError
from kiskriv.note import Form, Mark, Note, Phrase

if TYPE_CHECKING:
    from kiskriv.deliver import Place, Recalled
    from kiskriv.machine import Level
    from kiskriv.session import Event
    from kiskriv.wire.messages import Standing


@dataclass(frozen=True)
class Vacant:
    """No screen left a consultation."""


@dataclass(frozen=True)
class Found:
    """One did, and it stands here; its next step follows by itself, unless the doctor has to choose one."""

    standing: Standing


@dataclass(frozen=True)
class Ready:
    """A consultation can begin at once, and this is what is promised for it."""

    level: Level


@dataclass(frozen=True)
class Entered:
    """A consultation is open: this can be drafted in it, and these words of the clinic's can be put into a note."""

    forms: tuple[Form, ...]
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True)
class Marked:
    """Where to look twice in the note as the doctor has it now."""

    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Testing:
    """The microphone is on, for a test: the peak of each channel in [0, 1]."""

    peaks: tuple[float, ...]


@dataclass(frozen=True)
class Tested:
    """It is off again. `error` says why it could not be tested."""

    error: CaptureError | None


@dataclass(frozen=True)
class Paused:
    """No sound is taken in, until the doctor goes on or has it drafted."""


@dataclass(frozen=True)
class Played:
    """What was to be heard again is over."""


@dataclass(frozen=True)
class SoundOn:
    """From now on sound is taken in."""


@dataclass(frozen=True)
class SoundOff:
    """No sound is taken in any more."""


@dataclass(frozen=True)
class Broke:
    """The sound broke off before it was stopped (`error` says why), or it never came (None). `heard`: a draft can be made."""

    error: CaptureError | None
    heard: bool


@dataclass(frozen=True)
class Drafting:
    """What is not written down yet is, and a draft is made."""


@dataclass(frozen=True)
class Heard:
    """An event of the session."""

    event: Event


@dataclass(frozen=True)
class Approved:
    """The session holds this note as approved; it would be delivered to such a `place`."""

    note: Note
    place: Place


@dataclass(frozen=True)
class Delivered:
    """The outlet took the note, or that section of it; `place`: where that now lies."""

    section: int | None
    place: Place


@dataclass(frozen=True)
class Refused:
    """A step failed; the session goes on."""

    error: KiskrivError


@dataclass(frozen=True)
class Ended:
    """A session has ended, or (not `opened`) none began. `error` says why, where no choice did.

    `session` names it where it lived in a room: then this process, which showed it, ends too. `receipt` is None where the ledger
    holds no `ended`. `recalled`: what became of what was delivered; None where nothing was.
    """

    opened: bool
    session: str = ""
    receipt: str | None = None
    error: KiskrivError | None = None
    recalled: Recalled | None = None


@dataclass(frozen=True)
class Parted:
    """The session goes on without this screen. `error` says why, where nobody left; `recording`: a microphone is on all the time."""

    error: KiskrivError | None
    recording: bool


@dataclass(frozen=True)
class Unready:
    """No consultation can be held."""

    error: KiskrivError


@dataclass(frozen=True)
class Crashed:
    """A fault of our own; whatever was open has been left."""

    code: str


Sounding = SoundOn | SoundOff | Broke | Paused
Happening = (
    Vacant
    | Found
    | Ready
    | Entered
    | Marked
    | Testing
    | Tested
    | Paused
    | Played
    | SoundOn
    | SoundOff
    | Broke
    | Drafting
    | Heard
    | Approved
    | Delivered
    | Refused
    | Ended
    | Parted
    | Unready
    | Crashed
)

"""What the doctor chooses, as values: pages make them, the clerk takes them."""

from __future__ import annotations

from dataclasses import dataclass

from kiskriv.note import ANY, Form, Note
from kiskriv.transcript import Change, Role


@dataclass(frozen=True)
class Begin:
    """The patient is informed and not opposed (R9): open a session and record."""


@dataclass(frozen=True)
class Test:
    """How does the microphone hear? For a few seconds, outside of any session."""


@dataclass(frozen=True)
class Pause:
    """No sound for now."""


@dataclass(frozen=True)
class Stop:
    """No more sound: the draft."""


@dataclass(frozen=True)
class Bookmark:
    """This moment is to be remembered."""


@dataclass(frozen=True)
class Extend:
    """Put the time limit off."""


@dataclass(frozen=True)
class Play:
    """Let me hear it again, from here to there, in seconds."""

    start: float
    end: float


@dataclass(frozen=True)
class Hush:
    """I have heard enough."""


@dataclass(frozen=True)
class Record:
    """Sound again: it was paused, or broke off, or there is one more thing to say."""


@dataclass(frozen=True)
class Draft:
    """A draft in this form; after sound that broke off, of what there is."""

    form: Form = ANY


@dataclass(frozen=True)
class Assign:
    """These voices have these roles: draft again."""

    roles: tuple[tuple[str, Role], ...]


@dataclass(frozen=True)
class Correct:
    """Somebody else spoke there, or said something else, or nothing that belongs here: draft again."""

    change: Change


@dataclass(frozen=True)
class Revise:
    """The draft as the doctor has it now: to be kept, so that it is found again."""

    note: Note


@dataclass(frozen=True)
class Approve:
    """The doctor stands by this text."""

    note: Note


@dataclass(frozen=True)
class Deliver:
    """Hand the approved note over, or the section at this place."""

    section: int | None = None


@dataclass(frozen=True)
class Transferred:
    """The note is in the journal: end."""


@dataclass(frozen=True)
class Discard:
    """No note after all: end."""


@dataclass(frozen=True)
class Withdraw:
    """The patient says no: end."""


@dataclass(frozen=True)
class Leave:
    """The screen goes away: leave the session where it is, and take no further one."""


Choice = (
    Test
    | Begin
    | Pause
    | Stop
    | Bookmark
    | Extend
    | Play
    | Hush
    | Record
    | Draft
    | Assign
    | Correct
    | Revise
    | Approve
    | Deliver
    | Transferred
    | Discard
    | Withdraw
    | Leave
)
Ending = Transferred | Discard | Withdraw | Leave

"""What the doctor chooses, as values: pages make them, the clerk takes them."""

from __future__ import annotations

from dataclasses import dataclass

from kiskriv.note import ANY, Form, Note
from kiskriv.transcript import Correction, Role


@dataclass(frozen=True)
class Begin:
    """The patient is informed and not opposed (R9): open a session and record."""


@dataclass(frozen=True)
class Stop:
    """No more sound."""


@dataclass(frozen=True)
class Record:
    """The sound broke off: record on."""


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
    """Somebody else spoke there: draft again."""

    correction: Correction


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
    """Hand the approved note over."""


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
    Begin
    | Stop
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

"""What the screen needs of the house; `kiskriv.assembly.desk.Desk` is one such desk, `LoneDesk` another, a test's own a third."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from kiskriv.config import Config
    from kiskriv.machine import Level
    from kiskriv.session import Consultation, Outlet, Source
    from kiskriv.wire.messages import Standing


class Model(Protocol):
    """Which speech model is in use."""

    @property
    def name(self) -> str:
        """As its manifest names it."""

    @property
    def digest(self) -> str:
        """SHA-256 of its manifest entry, in hex."""


class Desk(Protocol):
    """Where consultations are held."""

    @property
    def config(self) -> Config:
        """The settings."""

    @property
    def model(self) -> Model:
        """The speech model."""

    @property
    def public_key(self) -> str:
        """Of the deletion log, in one line."""

    @property
    def fresh(self) -> bool:
        """The deletion log has no session yet: its key is to be written down."""

    @property
    def alarmed(self) -> bool:
        """The witness has seen lines that the deletion log does not have."""

    @property
    def swept(self) -> int:
        """Sessions that a crash had left open, accounted for at this start (R33)."""

    @property
    def level(self) -> Level:
        """What is promised here; known after `load`."""

    def load(self) -> None:
        """Waits until a consultation can begin at once: may take seconds. Raises ModelError."""

    def unfinished(self) -> Consultation | None:
        """The consultation that a screen left, not yet entered; None where there is none."""

    def consultation(self, source: Source, *, informed: bool) -> Consultation:
        """A new session for this sound, not yet opened."""

    def outlet(self) -> Outlet:
        """Where an approved note goes."""


@runtime_checkable
class InRoom(Protocol):
    """What a consultation has that lives in a process of its own, once it is entered: it goes on when the screen goes."""

    standing: Standing
    """Where it stood when this screen came."""

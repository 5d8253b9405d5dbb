"""What the screen needs of the house; `kiskriv.assembly.Desk` is one such desk, a test's own is another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kiskriv.config import Config
    from kiskriv.session import Consultation, Outlet


class Model(Protocol):
    """Which speech model is in use."""

    @property
    def name(self) -> str:
        """As its manifest names it."""

    @property
    def digest(self) -> str:
        """SHA-256 of its manifest entry, in hex."""


class Desk(Protocol):
    """Where one consultation after another is held."""

    @property
    def config(self) -> Config:
        """The settings."""

    @property
    def model(self) -> Model:
        """The speech model."""

    @property
    def swept(self) -> Sequence[str]:
        """Sessions that a crash had left open, accounted for at this start (R33)."""

    def load(self) -> None:
        """Loads the model: may take seconds. Raises ModelError."""

    def consultation(self, channels: int, *, informed: bool) -> Consultation:
        """A new session, not yet opened."""

    def outlet(self) -> Outlet:
        """Where an approved note goes."""

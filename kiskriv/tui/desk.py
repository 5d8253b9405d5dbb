"""What the screen needs of the house; `kiskriv.assembly.desk.Desk` is one such desk, `LoneDesk` another, a test's own a third."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from kiskriv.config import Config
    from kiskriv.machine import Level
    from kiskriv.preferences import Preferences
    from kiskriv.session import Consultation, Outlet, Source
    from kiskriv.wire.messages import Standing


class OpenSource(Protocol):
    """Where sound is to come from: a microphone, or, at a rehearsal, a file."""

    def __call__(self, start: float, device: str) -> Source:
        """Sound, of a file from its second `start` on, or of the microphone of this name ("": the settings'). Raises CaptureError."""


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
    def unverified(self) -> int:
        """Sessions whose erasure was not confirmed: nothing may be recorded before `kiskriv recover` (R22)."""

    @property
    def swept(self) -> int:
        """Sessions that a crash had left open, accounted for at this start (R33)."""

    @property
    def preferences(self) -> Preferences:
        """What the doctor has chosen, or the clinic where that is nothing."""

    def keep(self, preferences: Preferences) -> bool:
        """Keeps what the doctor has chosen now; False where it cannot be kept."""

    @property
    def notice(self) -> str:
        """Version of the notice that the patient is read (R9)."""

    @property
    def level(self) -> Level:
        """What is promised here; known after `load`."""

    def load(self) -> None:
        """Waits until a consultation can begin at once: may take seconds. Raises ModelError."""

    def unfinished(self) -> Consultation | None:
        """The consultation that a screen left, not yet entered; None where there is none."""

    def consultation(self, source: Source, *, informed: bool) -> Consultation:
        """A new session for this sound, not yet opened."""

    def outlet(self, terminal: Callable[[str], object]) -> Outlet:
        """Where an approved note goes. `terminal` takes control sequences for the doctor's terminal."""

    def clipboard(self, terminal: Callable[[str], object]) -> Outlet:
        """The clipboard, wherever notes are delivered to."""

    def microphones(self) -> tuple[str, ...]:
        """The names of those that can be chosen; the first is the one that is used where none is. Raises MicrophoneMissing."""

    def test(self, device: str) -> Generator[tuple[float, ...]]:
        """How loud each channel is now, several times a second for three seconds: nothing is kept. Raises CaptureError."""


@runtime_checkable
class InRoom(Protocol):
    """What a consultation has that lives in a process of its own, once it is entered: it goes on when the screen goes."""

    standing: Standing
    """Where it stood when this screen came."""

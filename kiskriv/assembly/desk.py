"""The desk of a screen or a script: it calls the host, starts one where there is none, and holds its consultations in rooms."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING

from kiskriv.assembly import parts
from kiskriv.assembly.trial import microphones, trial
from kiskriv.config import Config, settings_digest
from kiskriv.errors import Malformed
from kiskriv.host.calling import Calling
from kiskriv.machine import Level, harden, lock_memory, rooms_possible, silence
from kiskriv.preferences import Preferences
from kiskriv.session import Consultation, Outlet, Source
from kiskriv.wire import messages as say
from kiskriv.wire.remote import HostMicrophone, Reception, RemoteSession

if TYPE_CHECKING:
    from kiskriv.assembly.alone import LoneDesk


class Model:
    """The speech model, as the host names it."""

    def __init__(self, name: str, digest: str) -> None:
        self.name, self.digest = name, digest


class Desk:
    """`load` waits until a consultation can begin at once. `settings` is the file that the configuration came from."""

    def __init__(self, config: Config, settings: Path | None = None) -> None:
        silence()
        harden()
        lock_memory()  # what is shown here shall not be swapped either
        self.config, self._settings = config, settings
        self._calling = Calling(config, settings, settings_digest(config))
        self._reception = Reception(self._calling.host)
        welcome = self._reception.welcome
        self.model = Model(welcome.model, welcome.digest)
        self.public_key = welcome.public_key
        self.fresh = welcome.fresh
        self.alarmed = welcome.alarmed
        self.unverified = welcome.unverified
        self.preferences = parts.preferences(config)
        self.swept = welcome.swept
        """Sessions that a crash had left open, accounted for when the host started (R33)."""
        self.level = Level.C
        """What a room here promises; known after `load`."""

    def close(self) -> None:
        """Hangs up; a consultation that was not ended goes on without this screen."""
        self._reception.close()

    def load(self) -> None:
        """Waits for the weights and a room. Raises ModelError."""
        ready = self._reception.ask(say.Prepare())
        if not isinstance(ready, say.Ready):
            raise Malformed
        self.level = Level(ready.level)

    @property
    def notice(self) -> str:
        """See `parts.notice`."""
        return parts.notice()

    def keep(self, preferences: Preferences) -> bool:
        """See `parts.keep`."""
        self.preferences = preferences
        return parts.keep(self.config, preferences)

    def microphone(self, device: str = "") -> Source:
        """That one, on the host's machine: its own process opens it, or says why not."""
        return HostMicrophone(self.config.microphone.channels, device)

    def microphones(self) -> tuple[str, ...]:
        """See `trial.microphones`."""
        return microphones(self._settings)

    def test(self, device: str) -> Generator[tuple[float, ...]]:
        """How loud it is, from a microphone's process of its own: no sound comes here. Raises CaptureError."""
        yield from trial(self._settings, device)

    def file(self, path: Path, *, speed: float | None = None, start: float = 0.0) -> Source:
        """See `parts.file`."""
        return parts.file(path, speed=speed, start=start)

    def clipboard(self, terminal: Callable[[str], object]) -> Outlet:
        """See `parts.clipboard`."""
        return parts.clipboard(self.config, terminal)

    def outlet(self, terminal: Callable[[str], object]) -> Outlet:
        """See `parts.outlet`."""
        return parts.outlet(self.config, terminal)

    def unfinished(self) -> RemoteSession | None:
        """The consultation that a screen left, to be entered again; None where there is none that lives."""
        found = self.look().unfinished
        alive = [one.session for one in found if one.alive and not one.tethered]
        return RemoteSession(self._reception, self._calling.room, None, alive[0]) if alive else None

    def consultation(self, source: Source, *, informed: bool, tethered: bool = False) -> Consultation:
        """A session for this sound, opened on entering. `tethered`: it ends when this process does."""
        here = isinstance(source, HostMicrophone)
        order = say.Open(source.channels, self.notice if informed else "", here, tethered)
        return RemoteSession(self._reception, self._calling.room, order)

    def receipt(self, session: str) -> say.Closed:
        """How a session ended, for a screen that did not hold it. Waits for its end; raises RoomDied where there is no receipt."""
        while isinstance(closed := self._reception.ask(say.Await(session)), say.Opened):
            pass  # it goes on in another room, and that one is waited for
        if not isinstance(closed, say.Closed):
            raise Malformed
        return closed

    def look(self) -> say.Found:
        """What is not accounted for."""
        return self._found(say.Look())

    def finish(self) -> say.Found:
        """Ends and accounts for all of it; what is left then."""
        return self._found(say.Finish())

    def _found(self, question: say.Message) -> say.Found:
        found = self._reception.ask(question)
        if not isinstance(found, say.Found):
            raise Malformed
        return found


def open_desk(config: Config, settings: Path | None = None) -> Desk | LoneDesk:
    """The best desk that this system has."""
    if rooms_possible():
        return Desk(config, settings)
    from kiskriv.assembly.alone import LoneDesk

    return LoneDesk(config)

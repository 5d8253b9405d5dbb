"""The room's spool: what another room needs if this one dies, and how it goes on from there.

    Begin  ──> order | sound ... stop | sound ... stop | draft  draft ...       written as it happens, roles in between
    Resume ──> Replay: ear and recogniser hear the same sound again, and so say the same; then the draft as the doctor left it

Nothing in it is approved: the doctor stands by a text in the room where it is handed out. A session that is tethered to its screen has no
spool, since nobody would come back for it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kiskriv.errors import SpoolUnwritable, VaultTampered
from kiskriv.note import Form
from kiskriv.session import Event, sealed
from kiskriv.session.sealed import Kept
from kiskriv.session.session import Session
from kiskriv.transcript import Chunk, Correction, Role
from kiskriv.vault import Artefact, Vault
from kiskriv.vault.sound import samples_of
from kiskriv.vault.spool import Spool
from kiskriv.wire import messages as say


def begin(vault: Vault, folder: Path, session: str, order: say.Begin) -> None:
    """The vault keeps a spool from here on, for as long as the session may last; or none, where the machine cannot."""
    if order.tethered:
        return
    with suppress(SpoolUnwritable):
        vault.adopt(Spool.create(folder, session, order.seconds), current=True)
        vault.copy(Artefact.ORDER, bytearray(say.encode(order)))


def resume(vault: Vault, folder: Path, session: str, seconds: int) -> Replay:
    """What the session's other room left; the vault erases it with all else. Raises VaultErased, VaultTampered."""
    spool = Spool.left(folder, session)
    vault.adopt(spool, current=False)
    return Replay(vault, spool, seconds)


class Replay:
    """A session's record, given to it again (a `Source`, for as long as there is sound in it)."""

    def __init__(self, vault: Vault, spool: Spool, seconds: int) -> None:
        self._vault, self._spool = vault, spool
        self._records = spool.records()
        self._ahead = next(self._records, None)
        self.order = replace(_order(self._ahead), seconds=seconds)
        """What the session was asked to be, with the time that is left."""
        self.channels = self.order.channels
        self.lost = False
        """The sound broke off: nobody had stopped it."""
        self._notes: dict[Form, Kept] = {}
        self._go_on()

    def events(self, session: Session) -> Generator[Event, None, None]:
        """What happens on the way. At its end the session is where it was, and the spool is kept up again. Raises VaultTampered."""
        self._session = session
        while self._sounding():
            yield from session.record(self)
        if self._notes:
            *others, newest = self._notes.values()
            yield from session.restore([*(kept for kept in others if kept.own), newest])
        self._vault.adopt(self._spool, current=True)

    def chunks(self) -> Iterator[Chunk]:
        """Up to where the recording was stopped, or broke off."""
        at = 0
        while (octets := self._sounding()) is not None:
            if not octets:
                self._go_on()
                return
            samples = samples_of(octets, self.channels)
            try:
                yield Chunk(at, samples)
            finally:
                samples.fill(0)
            at += samples.shape[1]
            self._go_on()
        self.lost = True

    def stop(self) -> None:
        """It ends by itself."""

    def _sounding(self) -> bytearray | None:
        """The next sound; what lies before it is taken in."""
        while self._ahead is not None:
            match self._ahead:
                case Artefact.AUDIO, octets:
                    return octets
                case Artefact.SPEAKERS, octets:
                    self._told(sealed.unpack_speaker(octets))
                case Artefact.DRAFT, octets:
                    kept = sealed.unpack_note(octets)
                    self._notes.pop(kept.form, None)  # the newest is the last
                    self._notes[kept.form] = kept
                case artefact, _:
                    raise VaultTampered(artefact=artefact)
            self._go_on()
        return None

    def _told(self, said: tuple[str, Role] | Correction) -> None:
        if isinstance(said, Correction):
            self._session.correct(said)
        else:
            self._session.assign(*said)

    def _go_on(self) -> None:
        self._ahead = next(self._records, None)


def _order(record: tuple[Artefact, bytearray] | None) -> say.Begin:
    match record:
        case Artefact.ORDER, octets:
            with suppress(ValueError):
                if isinstance(order := say.decode(octets), say.Begin):
                    return order
    raise VaultTampered(artefact=Artefact.ORDER)

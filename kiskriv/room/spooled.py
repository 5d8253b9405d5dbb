"""The room's spool: what another room needs if this one dies, and how it goes on from there.

    Begin  ──> order | sound ... pause | sound ... stop | draft  draft ... | sound ...     as it happens, the doctor's word in between
    Resume ──> Replay: ear and recogniser hear the same sound again, and so say the same; each draft as the doctor left it

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
from kiskriv.transcript import Chunk, Correction, Cut, Rewording
from kiskriv.vault import Artefact, Vault
from kiskriv.vault.sound import samples_of
from kiskriv.vault.spool import Spool
from kiskriv.wire import messages as say

EXTENSION = 1800
"""Seconds by which the time limit is put off at a time."""


def begin(vault: Vault, folder: Path, session: str, order: say.Begin) -> None:
    """The vault keeps a spool from here on, for as long as the session can last; or none, where the machine cannot."""
    if order.tethered:
        return
    with suppress(SpoolUnwritable):
        vault.adopt(Spool.create(folder, session, order.longest), current=True)
        remember(vault, order)


def remember(vault: Vault, asked: say.Begin | say.Extend) -> None:
    """What the session was asked to be, and that its time limit was put off."""
    vault.copy(Artefact.ORDER, bytearray(say.encode(asked)))


def resume(vault: Vault, folder: Path, session: str, seconds: int) -> Replay:
    """What the session's other room left; the vault erases it with all else. Raises VaultErased, VaultTampered."""
    spool = Spool.left(folder, session)
    vault.adopt(spool, current=False)
    return Replay(vault, spool, seconds)


class Replay:
    """A session's record, given to it again (a `Source`, for as long as there is sound in it)."""

    def __init__(self, vault: Vault, spool: Spool, seconds: int) -> None:
        """`seconds`: until the latest to which the time limit could be put off."""
        self._vault, self._spool, self._seconds = vault, spool, seconds
        self._records = spool.records()
        self._ahead = next(self._records, None)
        self._order = _order(self._ahead)
        self.channels = self._order.channels
        self.lost = False
        """The sound broke off: nobody had stopped it."""
        self._go_on()

    @property
    def order(self) -> say.Begin:
        """What the session was asked to be, with the time that is left: at the end exactly, before that at the most."""
        if self._ahead is not None:
            return replace(self._order, seconds=self._seconds, longest=self._seconds)
        gone = max(0, self._order.longest - self._seconds)
        return replace(self._order, seconds=self._order.seconds - gone, longest=self._order.longest - gone)

    def events(self, session: Session) -> Generator[Event, None, None]:
        """What happens on the way. At its end the session is where it was, and the spool is kept up again. Raises VaultTampered."""
        self._session = session
        while self._ahead is not None:
            match self._ahead:
                case Artefact.AUDIO, _:
                    yield from session.record(self)
                case Artefact.DRAFT, _:
                    yield from session.restore(self._drafts())
                case _:
                    self._take_in()
        self._vault.adopt(self._spool, current=True)

    def chunks(self) -> Iterator[Chunk]:
        """Up to where the recording was stopped or paused, or broke off."""
        at = 0
        while (octets := self._sound()) is not None:
            if octets in (sealed.STOP, sealed.PAUSE):
                if octets == sealed.PAUSE:
                    self._session.pausing()
                self._go_on()
                return
            samples = samples_of(octets, self.channels)
            try:
                yield Chunk(at, samples)
            finally:
                samples.fill(0)
            at += samples.shape[1]
            self._go_on()
        self.lost = self._ahead is None

    def stop(self) -> None:
        """It ends by itself."""

    def _sound(self) -> bytearray | None:
        """The next sound, what lies before it taken in; None where it breaks off."""
        while self._ahead is not None:
            match self._ahead:
                case Artefact.AUDIO, octets:
                    return octets
                case Artefact.DRAFT, _:
                    return None
            self._take_in()
        return None

    def _drafts(self) -> list[Kept]:
        """Those that follow each other: the newest last, before it the doctor's own in other forms."""
        kept: dict[Form, Kept] = {}
        while self._ahead is not None and self._ahead[0] is Artefact.DRAFT:
            newest = sealed.unpack_note(self._ahead[1])
            kept.pop(newest.form, None)
            kept[newest.form] = newest
            self._go_on()
        *others, newest = kept.values()
        return [*(other for other in others if other.base is not None), newest]

    def _take_in(self) -> None:
        """What the doctor said, to the session."""
        said = self._session.said
        match self._ahead:
            case Artefact.SPEAKERS, octets:
                said.assign(*sealed.unpack_role(octets))
            case Artefact.TRANSCRIPT, octets:
                match sealed.unpack_told(octets):
                    case float(seconds):
                        said.bookmark(seconds)
                    case Correction() | Rewording() | Cut() as change:
                        said.change(change)
            case Artefact.ORDER, octets if say.decode(octets) == say.Extend():
                self._order = extended(self._order)
            case record:
                raise VaultTampered(artefact="record" if record is None else record[0])
        self._go_on()

    def _go_on(self) -> None:
        self._ahead = next(self._records, None)


def extended(order: say.Begin) -> say.Begin:
    """With the time limit put off, as far as it can be."""
    return replace(order, seconds=min(order.seconds + EXTENSION, order.longest))


def _order(record: tuple[Artefact, bytearray] | None) -> say.Begin:
    match record:
        case Artefact.ORDER, octets:
            with suppress(ValueError):
                if isinstance(order := say.decode(octets), say.Begin):
                    return order
    raise VaultTampered(artefact=Artefact.ORDER)

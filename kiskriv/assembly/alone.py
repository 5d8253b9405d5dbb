"""One process for everything, where a system has no rooms: what it knew ends when kiskriv ends, and the receipt says level C."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from kiskriv.assembly import parts, writing
from kiskriv.config import Config
from kiskriv.engine import Alone, AloneSpeakers
from kiskriv.errors import ErasureFailed, LedgerError, NotInformed
from kiskriv.host.accounts import Accounts
from kiskriv.host.cosigning import alarmed
from kiskriv.host.run import Run, open_ledger
from kiskriv.ledger import Cause
from kiskriv.machine import Level, harden, silence
from kiskriv.session import Consultation, Outlet, OwnLedger, Source, Speakers, Transcriber
from kiskriv.session.session import Session
from kiskriv.vault import Vault
from kiskriv.weights import verify
from kiskriv.wire.messages import Closed, Found


class LoneDesk:
    """The same desk as `Desk`, without rooms."""

    def __init__(self, config: Config) -> None:
        silence()
        harden()
        self.config = config
        self.model = parts.trusted(config, verify)
        self._drafter = parts.drafter(config)
        self._writer = writing.alone(config)
        self._ledger = open_ledger(config)
        self._run = Run(config, self._ledger)
        self._run.tell()
        self.public_key = self._ledger.public_key
        self.fresh = self._ledger.fresh
        self.alarmed = alarmed(config.ledger.folder)
        self.swept = len(self._ledger.sweep())
        """Sessions that a crash had left open; their memory died with their process, and now the ledger says so (R33)."""
        self.level = Level.C
        self._transcriber: Transcriber | None = None
        self._speakers: Speakers | None = None

    def close(self) -> None:
        """Gives the ledger back."""
        with self._ledger, suppress(LedgerError):
            self._run.stop()

    def load(self) -> None:
        """Loads the weights, so that the first consultation does not wait for them."""
        if self._transcriber is None:
            self._speakers = AloneSpeakers(parts.diarization(self.config))
            self._transcriber = Alone(parts.models(self.config)[0])

    def microphone(self) -> Source:
        """See `parts.microphone`."""
        return parts.microphone(self.config)

    def file(self, path: Path, *, speed: float | None = None) -> Source:
        """See `parts.file`."""
        return parts.file(path, speed=speed)

    def outlet(self) -> Outlet:
        """See `parts.outlet`."""
        return parts.outlet(self.config)

    def unfinished(self) -> Consultation | None:
        """None: with the process the consultation is gone."""
        return None

    def receipt(self, session: str) -> Closed:
        """How a session of this ledger ended. Raises RoomDied where it holds no end."""
        return Accounts(self._ledger).closed(session)

    def look(self) -> Found:
        """What is not accounted for."""
        return Found((), self._ledger.unverified(), ())

    def finish(self) -> Found:
        """What a failed erasure left ended with its process, since this is another one: the ledger says so."""
        self._ledger.sweep(self._ledger.unverified(), Cause.RECOVER)
        return self.look()

    def consultation(self, source: Source, *, informed: bool, tethered: bool = False) -> Consultation:
        """A session for this sound. Raises NotInformed unless the doctor has confirmed it (R9)."""
        if not informed:
            raise NotInformed
        self._run.tell()
        if unaccounted := (*self._ledger.unverified(), *self._ledger.unaccounted()):
            raise ErasureFailed(residue=len(unaccounted))
        self.load()
        assert self._transcriber is not None and self._speakers is not None
        channels = source.channels
        stages = parts.stages(
            self._transcriber,
            self._speakers,
            self._drafter,
            step=parts.step(self.config),
            channels=channels,
            roles=self.config.microphone.roles if channels > 1 else (),
            language=self.config.model.language,
            model=self.model.digest,
            informed=parts.NOTICE,
            writer=self._writer,
        )
        return Session(stages, Vault(), OwnLedger(self._ledger))

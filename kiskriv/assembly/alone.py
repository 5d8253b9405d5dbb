"""One process for everything, where a system has no rooms: what it knew ends when kiskriv ends, and the receipt says level C."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np

from kiskriv.assembly import parts, writing
from kiskriv.assembly.trial import SECONDS
from kiskriv.capture.loudspeaker import Loudspeaker
from kiskriv.config import Config
from kiskriv.engine import Alone, AloneSpeakers
from kiskriv.errors import ErasureFailed, LedgerError, MicrophoneMissing, NotInformed
from kiskriv.host.accounts import Accounts
from kiskriv.host.cosigning import alarmed
from kiskriv.host.run import Run, open_ledger
from kiskriv.ledger import Cause
from kiskriv.machine import Level, harden, silence
from kiskriv.preferences import Preferences
from kiskriv.session import Consultation, Outlet, OwnLedger, Source, Speakers, Transcriber
from kiskriv.session.session import Session
from kiskriv.transcript import SAMPLE_RATE
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
        self.preferences = parts.preferences(config)
        self.swept = len(self._ledger.sweep())
        """Sessions that a crash had left open; their memory died with their process, and now the ledger says so (R33)."""
        self.unverified = len(self._ledger.unverified())
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

    @property
    def notice(self) -> str:
        """See `parts.notice`."""
        return parts.notice()

    def keep(self, preferences: Preferences) -> bool:
        """See `parts.keep`."""
        self.preferences = preferences
        return parts.keep(self.config, preferences)

    def microphone(self, device: str = "") -> Source:
        """See `parts.microphone`."""
        return parts.microphone(self.config, device)

    def microphones(self) -> tuple[str, ...]:
        """See `parts.microphones`."""
        return parts.microphones(self.config)

    def test(self, device: str) -> Generator[tuple[float, ...]]:
        """How loud each channel of it is, for a moment; what is heard is kept no longer than that takes. Raises CaptureError."""
        source = parts.microphone(self.config, device)
        source.tell(lost=lambda _: source.stop(), back=lambda _: None)
        with closing(source.chunks()) as chunks:  # type: ignore[type-var]
            for chunk in chunks:
                peaks = tuple(np.abs(chunk.samples).max(axis=1).tolist())
                chunk.samples.fill(0)
                if chunk.start >= SECONDS * SAMPLE_RATE:
                    return
                yield peaks
        raise MicrophoneMissing(problem="it gives no sound")

    def file(self, path: Path, *, speed: float | None = None, start: float = 0.0) -> Source:
        """See `parts.file`."""
        return parts.file(path, speed=speed, start=start)

    def clipboard(self, terminal: Callable[[str], object]) -> Outlet:
        """See `parts.clipboard`."""
        return parts.clipboard(self.config, terminal)

    def outlet(self, terminal: Callable[[str], object]) -> Outlet:
        """See `parts.outlet`."""
        return parts.outlet(self.config, terminal)

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
            informed=parts.notice(),
            writer=self._writer,
            loudspeaker=Loudspeaker(),
        )
        return Session(stages, Vault(), OwnLedger(self._ledger))

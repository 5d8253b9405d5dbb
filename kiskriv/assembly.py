"""The only file that names concrete parts: from settings to a desk at which one consultation after another can be held."""

from __future__ import annotations

from pathlib import Path

from kiskriv.capture import AudioFile, Microphone
from kiskriv.config import Config
from kiskriv.deliver import Clipboard, Folder
from kiskriv.draft.rules import RuleDrafter
from kiskriv.errors import ErasureFailed, NotInformed
from kiskriv.ledger import Ledger
from kiskriv.machine import harden, silence
from kiskriv.session import Consultation, Outlet, Session, Source, Stages
from kiskriv.speech.asr import Whisper
from kiskriv.speech.channels import Channels, OneVoice
from kiskriv.speech.live import Listener
from kiskriv.vault import Vault
from kiskriv.weights import verify

WHISPER_LANGUAGE = {"nb": "no", "nn": "nn"}
"""Whisper's name for each written form of Norwegian."""

NOTICE = "nb-1"
"""Version of the notice to the patient that the screen reads from (R9)."""


class Desk:
    """What a screen or a script holds consultations at: the model loaded once, the ledger open, all else made fresh each time."""

    def __init__(self, config: Config) -> None:
        silence()
        harden()
        self.config = config
        self.model = verify(config.model.folder)
        self.ledger = Ledger.open(config.ledger.folder)
        self.swept = self._sweep()
        """Sessions that a crash had left open; their memory died with their process, and now the ledger says so (R33)."""
        self._whisper: Whisper | None = None

    def close(self) -> None:
        """Gives the ledger back."""
        self.ledger.close()

    def load(self) -> None:
        """Loads the weights, so that the first consultation does not wait for them."""
        if self._whisper is None:
            model = self.config.model
            self._whisper = Whisper(
                model.folder,
                language=WHISPER_LANGUAGE[model.language],
                compute_type=model.compute_type,
                beam_size=model.beam_size,
                threads=model.threads,
            )

    def microphone(self) -> Source:
        """The microphone of the settings. Raises MicrophoneMissing."""
        return Microphone(self.config.microphone.device or None, self.config.microphone.channels)

    def file(self, path: Path, *, speed: float | None = None) -> Source:
        """A sound file in the microphone's place, at `speed` times real time or as fast as it goes. Raises AudioUnreadable."""
        return AudioFile(path, speed=speed)

    def outlet(self) -> Outlet:
        """Where an approved note goes."""
        folder = self.config.delivery.folder
        return Clipboard() if folder is None else Folder(folder)

    def consultation(self, channels: int, *, informed: bool) -> Consultation:
        """A session for sound with so many channels. Raises NotInformed unless the doctor has confirmed it (R9)."""
        if not informed:
            raise NotInformed
        if unaccounted := (*self.ledger.unverified(), *self.ledger.unaccounted()):
            raise ErasureFailed(residue=len(unaccounted))
        self.load()
        assert self._whisper is not None
        roles = self.config.microphone.roles if channels > 1 else ()
        stages = Stages(
            ear=Listener(),
            transcriber=self._whisper,
            diarizer=Channels() if channels > 1 else OneVoice(),
            drafter=RuleDrafter(),
            roles={str(channel): role for channel, role in enumerate(roles)},
            language=self.config.model.language,
            model=self.model.digest,
            informed=NOTICE,
        )
        return Session(stages, Vault(), self.ledger)

    def _sweep(self) -> tuple[str, ...]:
        """Nobody else holds the ledger, so the processes of these sessions are gone, and their memory with them."""
        left_open = self.ledger.sweep()
        self.ledger.sweep(self.ledger.unverified())
        return left_open

"""One process that recognises what is no consultation: the parts of `alone`, without a ledger, for an evaluation (R24).

The session is a true one: its sound and its words are sealed, and erased at its end. But nothing is written down of it, since a deletion
log tells of patients, and what is recognised here lies beside in files of the clinic's that stay.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kiskriv.assembly import parts
from kiskriv.config import Config
from kiskriv.engine import Alone, AloneSpeakers
from kiskriv.ledger import Ended, Opened, Resumed
from kiskriv.machine import harden, silence
from kiskriv.session.events import Captured, Recognised, Transcribed
from kiskriv.session.session import Session
from kiskriv.transcript import Transcript
from kiskriv.vault import Vault
from kiskriv.weights import verify


class Recording(NamedTuple):
    """What was heard of a file; seconds of sound, and of decoding it."""

    transcript: Transcript
    audio: float
    decode: float


class Recogniser:
    """Recognises one file after another, as fast as it goes. Raises ModelError, ConfigError."""

    def __init__(self, config: Config) -> None:
        silence()
        harden()
        self.model = parts.trusted(config, verify)
        self._config = config
        self._drafter = parts.drafter(config)
        self._transcriber = Alone(parts.models(config)[0])
        self._speakers = AloneSpeakers(parts.diarization(config))

    def recording(self, file: Path) -> Recording:
        """What was said and by whom. Raises AudioUnreadable, RecogniserFailed."""
        source = parts.file(file)
        config, channels = self._config, source.channels
        stages = parts.stages(
            self._transcriber,
            self._speakers,
            self._drafter,
            step=parts.step(config),
            channels=channels,
            roles=config.microphone.roles if channels > 1 else (),
            language=config.model.language,
            model=self.model.digest,
            informed=parts.notice(),
        )
        audio = decode = 0.0
        with Session(stages, Vault(), _Nowhere()) as session:
            for event in session.record(source):
                if isinstance(event, Captured):
                    audio = event.seconds
                elif isinstance(event, Recognised):
                    decode += event.seconds
            transcript = next(event.transcript for event in session.draft() if isinstance(event, Transcribed))
            session.discard()
        return Recording(transcript, audio, decode)


class _Nowhere:
    """A `Register` that writes nothing down."""

    def opened(self, entry: Opened | Resumed) -> None:
        pass

    def never_opened(self, session: str) -> None:
        pass

    def ended(self, entry: Ended) -> str:
        return ""

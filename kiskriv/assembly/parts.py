"""The concrete parts: which class stands behind which door. Nothing heavy is imported before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiskriv.config import Config

if TYPE_CHECKING:
    from kiskriv.session import Outlet, Source, Stages, Transcriber
    from kiskriv.transcript import Role

WHISPER_LANGUAGE = {"nb": "no", "nn": "nn"}
"""Whisper's name for each written form of Norwegian."""

NOTICE = "nb-1"
"""Version of the notice to the patient that the screen reads from (R9)."""


def microphone(config: Config) -> Source:
    """The microphone of the settings, in this process. Raises MicrophoneMissing."""
    from kiskriv.capture import Microphone

    return Microphone(config.microphone.device or None, config.microphone.channels)


def file(path: Path, *, speed: float | None = None) -> Source:
    """A sound file in the microphone's place, at `speed` times real time or as fast as it goes. Raises AudioUnreadable."""
    from kiskriv.capture import AudioFile

    return AudioFile(path, speed=speed)


def outlet(config: Config) -> Outlet:
    """Where an approved note goes."""
    from kiskriv.deliver import Clipboard, Folder

    return Clipboard() if config.delivery.folder is None else Folder(config.delivery.folder)


def whisper(config: Config) -> Transcriber:
    """The weights, loaded. Raises ModelError, ConfigError."""
    from kiskriv.speech.asr import Whisper

    model = config.model
    return Whisper(
        model.folder,
        language=WHISPER_LANGUAGE[model.language],
        compute_type=model.compute_type,
        beam_size=model.beam_size,
        threads=model.threads,
    )


def stages(  # noqa: PLR0913
    transcriber: Transcriber, *, channels: int, roles: Sequence[Role], language: str, model: str, informed: str
) -> Stages:
    """The parts of one session."""
    from kiskriv.draft.rules import RuleDrafter
    from kiskriv.session import Stages
    from kiskriv.speech.channels import Channels, OneVoice
    from kiskriv.speech.live import Listener

    return Stages(
        ear=Listener(),
        transcriber=transcriber,
        diarizer=Channels() if channels > 1 else OneVoice(),
        drafter=RuleDrafter(),
        roles={str(channel): role for channel, role in enumerate(roles)},
        language=language,
        model=model,
        informed=informed,
    )

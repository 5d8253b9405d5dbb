"""The concrete parts: which class stands behind which door. Nothing heavy is imported before it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from kiskriv import preferences as chosen
from kiskriv.config import Config
from kiskriv.errors import MicrophoneMissing
from kiskriv.locale import language
from kiskriv.note import Form
from kiskriv.preferences import Preferences
from kiskriv.speech.diarization import WINDOW
from kiskriv.transcript import SAMPLE_RATE
from kiskriv.weights import DIARIZATION, WHISPER, Model, Needed

if TYPE_CHECKING:
    from kiskriv.capture import Microphone
    from kiskriv.draft.drafter import GroundedDrafter
    from kiskriv.engine import Loaded
    from kiskriv.locale import Language
    from kiskriv.session import Drafter, Outlet, Source, Speakers, Stages, Transcriber
    from kiskriv.session.stages import Loudspeaker, Writer
    from kiskriv.speech.diarization import Diarization
    from kiskriv.transcript import Role

WHISPER_LANGUAGE = {"nb": "no", "nn": "nn"}
"""Whisper's name for each written form of Norwegian."""

BATCH: Final[Mapping[str, int]] = {"cpu": 1, "cuda": 16}
"""Windows decoded together, where the settings do not say: on a CPU each costs less in company, but who stops waits for all of it."""

STEP: Final[Mapping[str, int]] = {"cpu": 2, "cuda": 1}
"""Seconds from one window that pyannote.audio looks at to the next, where the settings do not say: its own is 1, and too dear for a CPU."""

NOTICE: Final = 2
"""Number of the notice to the patient that the screen reads from (R9)."""


def microphone(config: Config, device: str = "") -> Microphone:
    """The microphone of this name, or the settings', in this process. Raises MicrophoneMissing."""
    from kiskriv.capture import Microphone

    return Microphone(device or config.microphone.device or None, config.microphone.channels)


def microphones(config: Config) -> tuple[str, ...]:
    """The names of those that can be chosen, first the one that is used otherwise ("" if that is not there). Raises MicrophoneMissing."""
    from kiskriv.capture import microphones
    from kiskriv.capture.devices import usable

    names = microphones()
    try:
        usual = usable(config.microphone.device or None, config.microphone.channels).name
    except MicrophoneMissing:
        return ("", *names)
    return tuple(dict.fromkeys((usual, *names)))


def file(path: Path, *, speed: float | None = None, start: float = 0.0) -> Source:
    """A sound file in the microphone's place, at `speed` times real time or as fast as it goes. Raises AudioUnreadable."""
    from kiskriv.capture import AudioFile

    return AudioFile(path, speed=speed, start=start)


def clipboard(config: Config, terminal: Callable[[str], object]) -> Outlet:
    """The clipboard, which is lent what is put there. `terminal` takes control sequences for the doctor's."""
    from kiskriv.deliver import Clipboard

    return Clipboard(terminal=terminal, clear_after=config.delivery.clear)


def outlet(config: Config, terminal: Callable[[str], object]) -> Outlet:
    """Where an approved note goes."""
    from kiskriv.deliver import Folder

    folder = config.delivery.folder
    return clipboard(config, terminal) if folder is None else Folder(folder)


def notice() -> str:
    """Version of the notice to the patient, in the language that the screen is in."""
    return f"{language()}-{NOTICE}"


def preferences(config: Config) -> Preferences:
    """What the doctor has chosen on the screen, or the clinic."""
    return chosen.load(_clinics(config))


def keep(config: Config, preferences: Preferences) -> bool:
    """Keeps what the doctor has chosen; False where it cannot be kept."""
    return chosen.save(preferences, _clinics(config))


def _clinics(config: Config) -> Preferences:
    return Preferences(cast("Language", config.screen.language))


def models(config: Config) -> list[Loaded]:
    """The weights, loaded: once on a CPU, once on each GPU. Raises ModelError, ConfigError."""
    from kiskriv.engine import Loaded
    from kiskriv.speech.asr import Whisper

    model = config.model

    def load(device_index: int, compute_type: str) -> Whisper:
        return Whisper(
            model.folder,
            language=WHISPER_LANGUAGE[model.language],
            compute_type=compute_type,
            beam_size=model.beam_size,
            threads=model.threads,
            device=model.device,
            device_index=device_index,
        )

    batch = model.batch or BATCH[model.device]
    return [Loaded(partial(load, index), model.compute_type, batch) for index in range(_devices(model.device))]


def diarization(config: Config) -> Diarization:
    """What tells voices apart: pyannote.audio from the folder of the settings, or by timbre. Raises ModelError, ConfigError."""
    model = config.model
    if config.diarization.folder is None:
        from kiskriv.speech.timbre import Timbre

        return Timbre()
    from kiskriv.speech.pyannote_diarization import Pyannote

    batch = model.batch or BATCH[model.device]
    return Pyannote(config.diarization.folder, device=model.device, batch=batch, threads=model.threads)


def step(config: Config) -> int:
    """Samples from one window in which voices are told apart to the next."""
    if config.diarization.folder is None:
        return WINDOW
    return SAMPLE_RATE * (config.diarization.step or STEP[config.model.device])


def trusted(config: Config, look: Callable[[Path, Needed], Model]) -> Model:
    """The model of the settings; where voices are told apart by another, its digest is that of both. Raises what `look` raises."""
    model = look(config.model.folder, WHISPER)
    if config.diarization.folder is None:
        return model
    other = look(config.diarization.folder, DIARIZATION)
    return replace(model, digest=hashlib.sha256(f"{model.digest} {other.digest}".encode()).hexdigest())


def _devices(device: str) -> int:
    """How many there are of this kind; 1 where there is none, for loading to say so."""
    import ctranslate2

    return max(1, ctranslate2.get_cuda_device_count()) if device == "cuda" else 1


def drafter(config: Config) -> GroundedDrafter:
    """What writes notes, with all the clinic's files read. Raises ClinicFileInvalid, ConfigError."""
    from kiskriv.draft import clinic
    from kiskriv.draft.drafter import GroundedDrafter

    note = config.note
    return GroundedDrafter(clinic.load(note.folder), Form(note.template, note.language or config.model.language))


def stages(  # noqa: PLR0913
    transcriber: Transcriber,
    speakers: Speakers,
    drafter: Drafter,
    *,
    step: int,
    channels: int,
    roles: Sequence[Role],
    language: str,
    model: str,
    informed: str,
    writer: Writer | None = None,
    loudspeaker: Loudspeaker | None = None,
) -> Stages:
    """The parts of one session."""
    from kiskriv.session import Stages
    from kiskriv.session.microphones import Microphones
    from kiskriv.session.voices import Voices
    from kiskriv.speech.live import Listener

    voices = Voices(speakers, step)
    return Stages(
        ear=Listener(),
        transcriber=transcriber,
        diarizer=Microphones(voices) if channels > 1 else voices,
        drafter=drafter,
        roles={str(channel): role for channel, role in enumerate(roles)},
        language=language,
        model=model,
        informed=informed,
        writer=writer,
        loudspeaker=loudspeaker,
    )

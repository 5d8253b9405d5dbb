"""Sound and models to test with. What is not here is skipped, and says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from kiskriv.capture import AudioFile
from kiskriv.machine import silence
from kiskriv.speech.asr import Whisper
from kiskriv.speech.vad import Silero
from kiskriv.transcript import Samples
from kiskriv.weights import bundled, demo_material, pin

silence()

SHARED = Path(__file__).parents[3] / "shared"


def read(path: Path) -> Samples:
    """All of a file's sound, shape (channels, n)."""
    return np.concatenate([chunk.samples for chunk in AudioFile(path).chunks()], axis=1)


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo model; the prototype's where it is not trained yet."""
    if (bundled() / "model.bin").is_file():
        return bundled()
    prototype = SHARED / "prototype" / "demo-model"
    if not prototype.is_dir():
        pytest.skip("models/demo-no holds no model: run scripts/train-demo-model")
    folder = tmp_path_factory.mktemp("model") / "prototype"
    shutil.copytree(prototype, folder, copy_function=shutil.copyfile)
    folder.chmod(0o700)
    pin(folder, name="prototype", licence="Apache-2.0", source="shared/prototype")
    return folder


@pytest.fixture(scope="session")
def whisper(model_folder: Path) -> Whisper:
    return Whisper(model_folder)


@pytest.fixture(scope="session")
def silero() -> Silero:
    return Silero()


@pytest.fixture(scope="session")
def speech_data() -> Path:
    """Real and synthetic speech with sources and licences, outside the project."""
    folder = SHARED / "data" / "speech"
    if not folder.is_dir():
        pytest.skip("../shared/data/speech is not here")
    return folder


@pytest.fixture(scope="session")
def demo() -> Path:
    """The folder of the demo consultation."""
    if not (demo_material() / "consultation-stereo.flac").is_file():
        pytest.skip("demo/ holds no consultation: run scripts/make-demo-audio")
    return demo_material()


@pytest.fixture(scope="session")
def consultation(demo: Path) -> Samples:
    """The demo consultation as one microphone hears it, shape (1, n)."""
    return read(demo / "consultation.flac")

"""A home, a terminal, and some seconds of the demo consultation to play in it."""

from __future__ import annotations

import shutil
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kiskriv.capture import AudioFile
from kiskriv.machine import rooms_possible
from kiskriv.transcript import SAMPLE_RATE
from kiskriv.weights import demo_material
from tests.road.conftest import Home
from tests.screen.doctor import Doctor
from tests.screen.tmux import Tmux

needed = pytest.mark.skipif(shutil.which("tmux") is None or not rooms_possible(), reason="no tmux, or no rooms")


def clip(path: Path, begun: float, ended: float) -> Path:
    """Writes so much of the demo consultation there, both channels."""
    whole = np.concatenate(
        [chunk.samples for chunk in AudioFile(demo_material() / "consultation-stereo.flac").chunks()], axis=1
    )
    samples = whole[:, round(begun * SAMPLE_RATE) : round(ended * SAMPLE_RATE)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((samples.T * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture
def doctor(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doctor]:
    """With four seconds to play, in which the patient says that it is a cough."""
    folder = tmp_path_factory.mktemp("screen")
    home = Home(tmp_path)
    with Tmux(folder) as tmux:
        yield Doctor(tmux, home, clip(folder / "sound.wav", 13, 17))
    home.run("recover", "--finish")  # a test that failed leaves a consultation that would go on

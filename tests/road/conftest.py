"""The product as its users start it: a process of its own, a fresh home folder, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kiskriv.transcript import SAMPLE_RATE
from kiskriv.weights import demo_material

SOUND = demo_material() / "consultation-stereo.flac"


@dataclass(frozen=True)
class Home:
    """A fresh home folder, and `kiskriv` in it."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "COVERAGE_PROCESS_START") if name in os.environ}
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        return kept | {"HOME": str(self.folder), "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"}

    @property
    def ledger(self) -> Path:
        return self.folder / ".local" / "share" / "kiskriv" / "ledger"

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "kiskriv", *map(str, arguments)]

    def run(self, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **options,
        )

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def files(self) -> set[str]:
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@dataclass(frozen=True)
class Seen:
    """One run of `kiskriv demo --json`, for all the tests that look at it."""

    home: Home
    printed: Any


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    home = Home(tmp_path_factory.mktemp("home"))
    done = home.run("demo", "--json", "--speed", "0")
    assert done.returncode == 0, done.stderr
    return Seen(home, json.loads(done.stdout))


@pytest.fixture
def sound(tmp_path: Path) -> Callable[[float, float], Path]:
    """Writes so many seconds of noise at a level, as a wav file."""
    import wave

    def write(seconds: float, level: float) -> Path:
        samples = np.random.default_rng(0).standard_normal(round(seconds * SAMPLE_RATE)) * level
        path = tmp_path / "sound.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes((samples * 32767).astype("<i2").tobytes())
        return path

    return write

"""A PulseAudio of a test's own: microphones and loudspeakers that are nobody's, and come and go."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from kiskriv.transcript import Samples

MEETING = "--load=module-native-protocol-unix"

QUIET = 5
"""Tenths of a second without sound after which nothing more is expected."""

BEFORE_IT_IS_UP = 10.0
"""Seconds."""


class Pulse:
    """A sound server, and the `environment` in which PortAudio finds it, through ALSA's plugin. Skips the test where there is none."""

    def __init__(self, folder: Path) -> None:
        plugin = any(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so"))
        if not (plugin and shutil.which("pulseaudio") and shutil.which("pactl")):
            pytest.skip("no virtual microphone: needs pulseaudio, pulseaudio-utils and libasound2-plugins")
        (folder / "run").mkdir(mode=0o700)
        (folder / "asound.conf").write_text(
            "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"
        )
        places = {"HOME": folder, "XDG_RUNTIME_DIR": folder / "run", "ALSA_CONFIG_PATH": folder / "asound.conf"}
        self.found_by = {name: str(path) for name, path in places.items()}
        """What leads to it, of its environment."""
        self.environment = os.environ | self.found_by
        self.start()

    def start(self) -> None:
        """A server that knows no device yet."""
        self._server = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", MEETING],
            env=self.environment,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + BEFORE_IT_IS_UP
        while subprocess.run(["pactl", "info"], env=self.environment, capture_output=True, check=False).returncode:
            if time.monotonic() > deadline or self._server.poll() is not None:
                self.kill()
                pytest.skip("no virtual microphone: pulseaudio does not start here")

    def kill(self) -> None:
        """As it crashes."""
        self._server.kill()
        self._server.wait()

    def humming(self, name: str, pitch: int = 440) -> str:
        """A microphone that hears a tone of so many Hz; what unplugs it."""
        return self.ask("load-module", "module-sine-source", f"source_name={name}", "rate=48000", f"frequency={pitch}")

    def cable(self, name: str) -> str:
        """A loudspeaker and, as `<name>.monitor`, a microphone that hears what it plays; what unplugs both."""
        return self.ask("load-module", "module-null-sink", f"sink_name={name}", "rate=48000")

    def unplug(self, module: str) -> None:
        """Takes away what `humming` or `cable` brought."""
        self.ask("unload-module", module)

    @contextmanager
    def heard(self, source: str) -> Iterator[Iterator[Samples]]:
        """What is heard there while the block lasts: tenths of a second at 16 kHz, shape (1600,)."""
        command = ["parec", f"--device={source}", "--raw", "--format=float32le", "--rate=16000", "--channels=1"]
        with subprocess.Popen(
            [*command, "--latency-msec=20"], env=self.environment, stdout=subprocess.PIPE
        ) as recorder:
            assert recorder.stdout
            yield (np.frombuffer(octets, np.float32) for octets in iter(partial(recorder.stdout.read, 6_400), b""))
            recorder.kill()

    def ask(self, *words: str) -> str:
        """What pactl(1) answers."""
        asked = subprocess.run(["pactl", *words], env=self.environment, capture_output=True, text=True, check=True)
        return asked.stdout.strip()


def until_quiet(blocks: Iterator[Samples]) -> Samples:
    """From the first loud block to the last before half a second of silence."""
    kept, quiet = list[Samples](), 0
    while not kept or quiet < QUIET:
        block = next(blocks)
        silent = np.abs(block).max() < 0.01
        if kept or not silent:
            kept.append(block)
            quiet = quiet + 1 if silent else 0
    return np.concatenate(kept[:-QUIET])

"""A microphone gives what it hears, is one clear error where there is none, and is let go of, whatever happens."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kiskriv import capture
from kiskriv.capture import LIVE_CHUNK, Microphone
from kiskriv.errors import MicrophoneLost, MicrophoneMissing
from kiskriv.transcript import SAMPLE_RATE, Chunk
from tests.test_capture import TONE, gapless, pitch, tone


class PortAudioError(Exception):
    pass


class CallbackAbort(Exception):
    pass


class Device:
    """A stand-in for the sounddevice module with one microphone, which says `blocks` and then does what `after` says."""

    PortAudioError, CallbackAbort = PortAudioError, CallbackAbort

    def __init__(self, rate: int = SAMPLE_RATE, channels: int = 1, blocks: int = 5, *, opens: bool = True) -> None:
        self.rate, self.channels, self.blocks, self.opens = rate, channels, blocks, opens
        self.active = False
        self.events: list[str] = []

    def _exit_handler(self) -> None:
        """What sounddevice does at exit."""

    def query_devices(self, device: str | None, kind: str) -> dict[str, Any]:
        if device not in (None, "Bord"):
            raise ValueError(device)
        return {"max_input_channels": self.channels, "default_samplerate": float(self.rate)}

    def check_input_settings(self, device: Any, channels: int, dtype: str, samplerate: int) -> None:
        if samplerate != self.rate:
            raise PortAudioError(samplerate)

    def InputStream(self, callback: Any, blocksize: int, **settings: Any) -> Device:  # noqa: N802 - sounddevice's name
        if not self.opens:
            raise PortAudioError(settings)
        self.callback, self.blocksize = callback, blocksize
        return self

    def start(self) -> None:
        self.active = True
        self.events.append("start")
        sound = tone(self.blocks * self.blocksize / self.rate, self.channels, self.rate).T
        block = np.empty((self.blocksize, self.channels), np.float32)  # PortAudio, too, uses one buffer again and again
        for at in range(0, len(sound), self.blocksize):
            block[:] = sound[at : at + self.blocksize]
            try:
                self.callback(block, self.blocksize, None, None)
            except CallbackAbort:
                self.active = False
                return

    def stop(self, ignore_errors: bool) -> None:
        self.events.append("stop")

    def close(self, ignore_errors: bool) -> None:
        self.active = False
        self.events.append("close")


@contextmanager
def plugged_in(device: Any) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "sounddevice", device)
        yield device


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_a_microphone_gives_what_it_hears_at_our_rate(rate: int, channels: int) -> None:
    with plugged_in(Device(rate, channels, blocks=12)) as device:
        microphone = Microphone("Bord", channels)
        assert (microphone.channels, device.events) == (channels, [])
        chunks = list[Chunk]()
        for chunk in microphone.chunks():
            chunks.append(chunk)
            microphone.stop()
    sound = gapless(chunks, LIVE_CHUNK)
    assert device.events == ["start", "stop", "close"]
    assert sound.shape == (channels, pytest.approx(1.2 * SAMPLE_RATE, abs=32))
    for channel in range(channels):
        assert pitch(sound[channel]) == pytest.approx(TONE * (1 + channel), abs=1)
    if rate == SAMPLE_RATE:
        assert np.array_equal(sound, tone(1.2, channels))


def test_a_microphone_that_goes_away_is_lost_after_all_it_gave() -> None:
    with plugged_in(Device(blocks=13)) as device:
        chunks = list[Chunk]()
        with pytest.raises(MicrophoneLost, match="1 seconds"):
            for chunk in Microphone().chunks():
                chunks.append(chunk)
                device.active = False
    assert len(chunks) == 13
    assert device.events == ["start", "close"]


def test_a_microphone_that_falls_silent_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "PATIENCE", 0.15)
    with plugged_in(Device(blocks=2)) as device, pytest.raises(MicrophoneLost):
        list(Microphone().chunks())
    assert device.events == ["start", "close"]


def test_sound_that_nobody_takes_ends_the_recording_rather_than_leave_a_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "BACKLOG", 0.5)
    monkeypatch.setattr(capture, "PATIENCE", 0.5)
    chunks = list[Chunk]()
    with plugged_in(Device(blocks=9)) as device, pytest.raises(MicrophoneLost):
        for chunk in Microphone().chunks():
            chunks.append(chunk)  # what was yielded before the error stands
            if device.active and len(chunks) == 1:
                device.callback(np.ones((LIVE_CHUNK, 1), np.float32), LIVE_CHUNK, None, None)
    assert np.array_equal(gapless(chunks, LIVE_CHUNK), tone(0.5))


def test_a_sound_system_that_hangs_does_not_hang_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "ANSWER", 0.1)
    with plugged_in(Device()) as device:
        done = threading.Event()
        device.stop = lambda ignore_errors: done.wait(5)
        microphone = Microphone()
        chunks = list[Chunk]()
        for chunk in microphone.chunks():
            chunks.append(chunk)
            microphone.stop()
        done.set()
    assert len(chunks) == 5
    assert device.events == ["start"]


def test_leaving_in_the_middle_lets_go_of_the_microphone() -> None:
    with plugged_in(Device()) as device:
        chunks = Microphone().chunks()
        next(chunks)
        assert isinstance(chunks, Generator)
        chunks.close()
    assert device.events == ["start", "close"]


def test_a_stopped_microphone_is_not_opened() -> None:
    with plugged_in(Device()) as device:
        microphone = Microphone()
        microphone.stop()
        assert list(microphone.chunks()) == []
    assert device.events == []


@pytest.mark.parametrize(
    ("device", "name", "channels", "problem"),
    [
        (None, None, 1, "PortAudio is not installed"),
        (Device(), "Kari", 1, "none has this name"),
        (Device(), None, 2, "2 channels are wanted, it has 1"),
        (Device(rate=0), None, 1, "cannot be opened"),
        (SimpleNamespace(PortAudioError=PortAudioError, query_devices=lambda *_: None), None, 1, "none is connected"),
    ],
)
def test_a_microphone_that_cannot_be_used_is_one_clear_error(
    device: Any, name: str | None, channels: int, problem: str
) -> None:
    if isinstance(device, Device) and device.rate == 0:
        device.check_input_settings = refuse  # type: ignore[method-assign]
    with plugged_in(device), pytest.raises(MicrophoneMissing, match=problem) as raised:
        Microphone(name, channels)
    assert "Kari" not in repr(raised.value)
    assert raised.value.__context__ is None


def refuse(*_: Any, **__: Any) -> None:
    raise PortAudioError


def test_a_microphone_that_does_not_open_is_one_clear_error() -> None:
    with plugged_in(Device(opens=False)), pytest.raises(MicrophoneMissing, match="cannot be opened"):
        list(Microphone().chunks())


def test_microphones_are_listed_and_loudspeakers_are_not() -> None:
    found = [{"name": "Høyttaler", "max_input_channels": 0}, {"name": "Bord", "max_input_channels": 2}]
    with plugged_in(SimpleNamespace(query_devices=lambda: found)):
        assert capture.microphones() == ("Bord",)
    with plugged_in(SimpleNamespace(query_devices=lambda: found[:1])), pytest.raises(MicrophoneMissing):
        capture.microphones()


def test_this_machine_has_a_microphone_or_says_that_it_has_none() -> None:
    try:
        microphone = Microphone()
    except MicrophoneMissing as missing:
        assert str(missing).startswith("no microphone can be used: ")
    else:
        assert microphone.channels == 1


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[tuple[dict[str, str], subprocess.Popen[bytes]]]:
    """A PulseAudio of its own with a microphone that hums, and the environment in which ALSA finds it."""
    plugin = any(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so"))
    if not (plugin and shutil.which("pulseaudio") and shutil.which("pactl")):
        pytest.skip("no virtual microphone: needs pulseaudio, pulseaudio-utils and libasound2-plugins")
    (tmp_path / "run").mkdir(mode=0o700)
    (tmp_path / "asound.conf").write_text(
        "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"
    )
    places = {"HOME": tmp_path, "XDG_RUNTIME_DIR": tmp_path / "run", "ALSA_CONFIG_PATH": tmp_path / "asound.conf"}
    environment = {**os.environ, **{name: str(path) for name, path in places.items()}}
    modules = ["--load=module-sine-source rate=48000", "--load=module-native-protocol-unix"]
    server = subprocess.Popen(
        ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", *modules],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 10
    while subprocess.run(["pactl", "info"], env=environment, capture_output=True, check=False).returncode:
        if time.monotonic() > deadline or server.poll() is not None:
            server.kill()
            server.wait()
            pytest.skip("no virtual microphone: pulseaudio does not start here")
    yield environment, server
    server.kill()
    server.wait()


REAL = """
import os, signal, sys
from kiskriv.capture import Microphone
from kiskriv.errors import MicrophoneLost
microphone, samples, peak = Microphone(), 0, 0.0
try:
    for chunk in microphone.chunks():
        samples, peak = samples + chunk.samples.shape[1], max(peak, float(chunk.samples.max()))
        if samples == 8_000:
            os.kill(int(sys.argv[1]), signal.SIGKILL) if len(sys.argv) > 1 else microphone.stop()
    print("stopped", samples, peak)
except MicrophoneLost:
    print("lost", samples, peak)
"""


@pytest.mark.parametrize("end", ["stopped", "lost"])
def test_a_virtual_microphone_is_recorded_until_it_is_stopped_or_lost(
    pulse: tuple[dict[str, str], subprocess.Popen[bytes]], end: str
) -> None:
    environment, server = pulse
    command = [sys.executable, "-c", REAL, *([str(server.pid)] if end == "lost" else [])]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=True)
    how, samples, peak = run.stdout.split()
    assert how == end
    assert int(samples) >= 8_000
    assert float(peak) > 0.1

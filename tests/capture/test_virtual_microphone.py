"""Real PortAudio, real ALSA, a real sound server: a microphone that is unplugged costs nothing but the time in which it is away."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Self

import numpy as np
import pytest

from kiskriv.capture import AudioFile
from kiskriv.demo import material
from kiskriv.transcript import SAMPLE_RATE, Samples
from tests.capture.test_files import pitch
from tests.capture.virtual import Pulse

AT_MOST = 60.0
"""Seconds that a recording here may take before it is killed."""

PROGRAM = """
import sys
from pathlib import Path
from threading import Thread
from kiskriv.capture import Microphone
def say(*words): print(*words, flush=True)
microphone = Microphone(lost=lambda seconds: say("lost", seconds), back=lambda name: say("back", name))
Thread(target=lambda: (sys.stdin.read(), microphone.stop()), daemon=True).start()
with Path(sys.argv[1]).open("wb", buffering=0) as sound:
    for chunk in microphone.chunks():
        sound.write(chunk.samples.tobytes())
        say("chunk", chunk.start, chunk.samples.shape[1])
say("stopped")
"""


class Recording:
    """`PROGRAM` at work: what it said, and what it heard so far."""

    def __init__(self, pulse: Pulse, sound: Path) -> None:
        self.said, self._sound, self.at = list[str](), sound, 0
        self._program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, sound],
            env=pulse.environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Self:
        self._timer = Timer(AT_MOST, self._program.kill)
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._program:
            self._program.kill()

    def until(self, word: str) -> str:
        """Waits until it says a line that begins with this word: the rest of it."""
        assert self._program.stdout
        for line in self._program.stdout:
            kind, _, rest = line.strip().partition(" ")
            if kind == "chunk":
                start, length = map(int, rest.split())
                assert start == self.at
                self.at += length
            else:
                self.said.append(kind)
            if kind == word:
                return rest
        raise AssertionError(f"it never said {word}, but {self.said}")

    def second(self) -> Samples:
        """The next second that it hears, shape (n,)."""
        begin = self.at
        while self.at < begin + SAMPLE_RATE:
            self.until("chunk")
        return self.sound()[begin : begin + SAMPLE_RATE]

    def stop(self) -> Samples:
        """All that it heard."""
        assert self._program.stdin
        self._program.stdin.close()
        self.until("stopped")
        return self.sound()

    def sound(self) -> Samples:
        return np.fromfile(self._sound, np.float32)


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[Pulse]:
    server = Pulse(tmp_path)
    yield server
    server.kill()


def test_a_virtual_microphone_is_recorded_until_it_is_stopped(pulse: Pulse, tmp_path: Path) -> None:
    pulse.humming("Bord")
    with Recording(pulse, tmp_path / "sound") as recording:
        assert pitch(recording.second()) == pytest.approx(440, abs=2)
        sound = recording.stop()
    assert sound.size == recording.at
    assert recording.said == ["stopped"]


def test_a_microphone_that_is_unplugged_and_plugged_in_goes_on_by_itself(pulse: Pulse, tmp_path: Path) -> None:
    table = pulse.humming("Bord")
    with Recording(pulse, tmp_path / "sound") as recording:
        before = recording.second()
        pulse.unplug(table)
        assert float(recording.until("lost")) >= 1.0
        lost_at = recording.at
        pulse.humming("Hodesett", 880)
        assert recording.until("back") == "Sine source at 880 Hz"
        after = recording.second()
        sound = recording.stop()
    assert (pitch(before), pitch(after)) == (pytest.approx(440, abs=2), pytest.approx(880, abs=4))
    assert recording.said == ["lost", "back", "stopped"]
    assert pitch(sound[:lost_at]) == pytest.approx(440, abs=2)  # nothing recorded before is lost


def test_a_sound_server_that_crashes_and_starts_again_is_found_again(pulse: Pulse, tmp_path: Path) -> None:
    pulse.humming("Bord")
    with Recording(pulse, tmp_path / "sound") as recording:
        before = recording.second()
        pulse.kill()
        recording.until("lost")
        pulse.start()
        pulse.humming("Bord", 880)
        recording.until("back")
        after = recording.second()
        recording.stop()
    assert (pitch(before), pitch(after)) == (pytest.approx(440, abs=2), pytest.approx(880, abs=4))


def test_another_microphone_that_the_sound_server_puts_in_its_place_is_told(pulse: Pulse, tmp_path: Path) -> None:
    table = pulse.humming("Bord")
    with Recording(pulse, tmp_path / "sound") as recording:
        recording.second()
        pulse.humming("Hodesett", 880)
        pulse.unplug(table)
        assert recording.until("back") == "Sine source at 880 Hz"
        assert pitch(recording.second()) == pytest.approx(880, abs=4)
        recording.stop()
    assert recording.said in (["back", "stopped"], ["lost", "back", "stopped"])  # it may be silent for a while


def test_the_demo_is_heard_by_a_microphone_as_it_is_played(pulse: Pulse, tmp_path: Path) -> None:
    pulse.cable("Bord")
    demo = np.hstack([chunk.samples for chunk in AudioFile(material(1).recording).chunks()])[0]
    (tmp_path / "demo").write_bytes(demo.tobytes())
    with Recording(pulse, tmp_path / "sound") as recording:
        played = ["pacat", "--raw", "--format=float32le", "--rate=16000", "--channels=1", "--latency-msec=20"]
        player = subprocess.Popen([*played, tmp_path / "demo"], env=pulse.environment)
        heard = np.concatenate([recording.second() for _ in range(4)])
        player.kill()
        player.wait()
        recording.stop()
    loud = heard[np.flatnonzero(heard)[0] :][:SAMPLE_RATE]
    alike = np.correlate(demo[: 5 * SAMPLE_RATE], loud, "valid")
    assert alike.max() > 0.9 * np.dot(loud, loud)

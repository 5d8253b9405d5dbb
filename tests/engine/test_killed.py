"""The engine as a process, killed for real while it decodes for two rooms: the next one says what the first would have said."""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kiskriv.engine import Alone, Loaded
from kiskriv.errors import PeerGone
from kiskriv.machine import launch_command, launch_environment
from kiskriv.speech.asr import Whisper
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.transcript import SAMPLE_RATE, Recognition, Samples
from kiskriv.weights import bundled
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel
from kiskriv.wire.frames import frame
from tests.speech.conftest import consultation, demo, model_folder, whisper

__all__ = ["consultation", "demo", "model_folder", "whisper"]

PATIENCE = 60.0


class Process:
    """One engine, with the settings given."""

    def __init__(self, settings: Path) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = launch_command(
                "kiskriv.assembly.engine", str(theirs.fileno()), str(bundled()), "house", "--settings", str(settings)
            )
            self.process = subprocess.Popen(command, env=launch_environment(), pass_fds=(theirs.fileno(),))
        ours.settimeout(PATIENCE)
        self.control = Channel(ours)
        assert isinstance(self.control.receive()[0], say.Loaded)

    def room(self) -> Channel:
        ours, theirs = socket.socketpair()
        with theirs:
            self.control.send(say.Supply(say.Part.ENGINE), descriptors=(theirs.fileno(),))
        ours.settimeout(PATIENCE)
        return Channel(ours)

    def remembers(self, trace: bytes) -> int | None:
        """How often the trace is met in its memory."""
        mask = secrets.token_bytes(len(trace))
        self.control.send(say.Forget(mask.hex(), bytes(a ^ b for a, b in zip(mask, trace, strict=True)).hex()))
        found = self.control.receive()[0]
        assert isinstance(found, say.Forgotten)
        return found.residue

    def end(self) -> int:
        self.control.close()
        return self.process.wait(PATIENCE)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "kiskriv.toml"
    path.write_text("[model]\nbatch = 2\n", encoding="utf-8")
    return path


@pytest.fixture
def engines(settings: Path) -> Iterator[list[Process]]:
    started = [Process(settings), Process(settings)]
    yield started
    for engine in started:
        engine.process.kill()
        engine.end()


def ask(room: Channel, samples: Samples, *, alone: bool = False) -> None:
    room.send(say.Window((samples.shape[1],), Urgency.CLOSED, alone), np.ascontiguousarray(samples).data.cast("B"))


def heard(room: Channel) -> Recognition:
    assert isinstance(room.receive()[0], say.Begun)
    words = room.receive()[0]
    assert isinstance(words, say.Words)
    return words.recognition


def test_an_engine_that_is_killed_over_two_rooms_windows_costs_neither_a_word(
    engines: list[Process], consultation: Samples, whisper: Whisper
) -> None:
    sounds = [consultation[:, a * SAMPLE_RATE : (a + 26) * SAMPLE_RATE] for a in (1, 60)]
    first, second = engines
    with first.room() as one, first.room() as other:
        for room, sound in zip((one, other), sounds, strict=True):
            ask(room, sound)
        assert isinstance(one.receive()[0], say.Begun)
        first.process.send_signal(signal.SIGKILL)
        for room in (one, other):
            with pytest.raises(PeerGone):
                while True:
                    room.receive()
    with second.room() as one, second.room() as other:
        for room, sound in zip((one, other), sounds, strict=True):
            ask(room, sound, alone=True)
        again = [heard(one), heard(other)]
    model = Alone(Loaded(lambda _: whisper, "int8", 1))
    undisturbed = [model.transcribe(Clip(s.copy(), (s.shape[1],)), Urgency.CLOSED) for s in sounds]
    assert again == undisturbed
    assert all(len(recognition.words) > 20 for recognition in again)
    assert second.end() == 0


@pytest.mark.parametrize("when", ["answered", "at work", "half a window"])
def test_nothing_of_a_session_that_has_ended_is_in_an_engine_that_serves_others(
    engines: list[Process], consultation: Samples, when: str
) -> None:
    engine, trace = engines[0], secrets.token_bytes(16)
    sound = consultation[:, SAMPLE_RATE : 5 * SAMPLE_RATE]
    with engine.room() as other, engine.room() as room:
        ask(other, sound)
        heard(other)
        room.trace = trace
        ask(room, sound)
        if when != "at work":
            heard(room)
        if when == "half a window":
            room._line.sendall(frame(say.Window((9,), Urgency.CLOSED, False), bytes(36), trace)[:-9])
            until = time.monotonic() + PATIENCE
            while not engine.remembers(trace):  # so it is found where it is
                assert time.monotonic() < until
        room.close()
        assert engine.remembers(trace) == 0
        ask(other, sound)
        assert heard(other).words

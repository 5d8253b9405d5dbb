"""The process that reaches the sound system, on its line, with a real sound server: it hears, is tried out, and plays."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kiskriv.machine import launch_command, launch_environment
from kiskriv.session import Continued, Interrupted
from kiskriv.transcript import SAMPLE_RATE, Samples
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel
from tests.capture.test_files import pitch, tone
from tests.capture.virtual import Pulse, until_quiet

PIECE = SAMPLE_RATE // 4
AT_MOST = 20.0
"""Seconds in which something must be said."""


class Process:
    """Started as a host starts it."""

    def __init__(self, pulse: Pulse) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                launch_command("kiskriv.assembly.microphone", str(theirs.fileno())),
                env=launch_environment() | pulse.found_by,
                pass_fds=[theirs.fileno()],
                stderr=subprocess.DEVNULL,
            )
        self.line = Channel(ours)

    def close(self) -> None:
        self.line.close()
        assert self._process.wait(AT_MOST) == 0

    def hears(self) -> tuple[say.Message, Samples]:
        """The next that it says, with sound of shape (channels, n)."""
        assert self.line.waiting(AT_MOST)
        message, octets = self.line.receive()
        shape = (message.channels, message.length) if isinstance(message, say.Sound) else (0, 0)
        return message, np.frombuffer(octets, np.float32).reshape(shape)

    def until(self, kind: type) -> say.Message:
        """The next message of this kind."""
        while not isinstance(message := self.hears()[0], kind):
            assert isinstance(message, say.Sound)
        return message

    def second(self) -> Samples:
        """The next second that it hears, and a bit."""
        heard = np.zeros((1, 0), np.float32)
        while heard.shape[1] < SAMPLE_RATE:
            message, samples = self.hears()
            assert isinstance(message, say.Sound)
            heard = np.hstack([heard, samples])
        return heard[0]

    def play(self, samples: Samples) -> None:
        for piece in np.split(samples, samples.shape[1] // PIECE, axis=1):
            self.line.send(say.Sound(*piece.shape), np.ascontiguousarray(piece).data.cast("B"))


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[Pulse]:
    server = Pulse(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def process(pulse: Pulse) -> Iterator[Process]:
    started = Process(pulse)
    yield started
    started.close()


def test_it_hears_between_listen_and_stop_and_says_when_the_microphone_is_gone_and_back(
    pulse: Pulse, process: Process
) -> None:
    table = pulse.humming("Bord")
    process.line.send(say.Listen(""))
    assert pitch(process.second()) == pytest.approx(440, abs=2)
    pulse.unplug(table)
    gone = process.until(Interrupted)
    assert isinstance(gone, Interrupted)
    assert gone.seconds >= 1.0
    pulse.humming("Hodesett", 880)
    assert process.until(Continued) == Continued("Sine source at 880 Hz")
    assert pitch(process.second()) == pytest.approx(880, abs=4)
    process.line.send(say.Stop())
    process.until(say.Done)


def test_it_hears_again_after_a_pause_by_the_microphone_that_is_there_then(pulse: Pulse, process: Process) -> None:
    for pitched in (440, 880):
        table = pulse.humming("Bord", pitched)
        process.line.send(say.Listen(""))
        assert pitch(process.second()) == pytest.approx(pitched, abs=4)
        process.line.send(say.Stop())
        process.until(say.Done)
        pulse.unplug(table)


def test_it_is_tried_out_without_a_sound_coming_by(pulse: Pulse, process: Process) -> None:
    pulse.humming("Bord")
    process.line.send(say.Try("", 1.0))
    levels = list[float]()
    while isinstance(message := process.hears()[0], say.Levels):
        levels += message.peaks
    assert message == say.Done()
    assert len(levels) == 10
    assert max(levels) > 0.1


@pytest.mark.parametrize("asked", [say.Listen(""), say.Try("", 1.0), say.Sound(1, 4)])
def test_what_cannot_be_used_is_one_answer(process: Process, asked: say.Message) -> None:
    process.line.send(asked, bytes(16) if isinstance(asked, say.Sound) else b"")
    answer = process.hears()[0]
    assert isinstance(answer, say.Failed)
    assert answer.error == ("LoudspeakerMissing" if isinstance(asked, say.Sound) else "MicrophoneMissing")


def test_what_it_plays_is_heard_and_every_piece_is_answered(pulse: Pulse, process: Process) -> None:
    pulse.cable("Bord")
    with pulse.heard("Bord.monitor") as blocks:
        next(blocks)  # it hears
        process.play(tone(2))
        heard = until_quiet(blocks)
    assert [process.hears()[0] for _ in range(8)] == [say.Done()] * 8
    assert heard.size == pytest.approx(2 * SAMPLE_RATE, rel=0.15)
    assert pitch(heard[SAMPLE_RATE // 2 : -SAMPLE_RATE // 2]) == pytest.approx(440, abs=3)


def test_stop_ends_what_it_plays_and_answers_for_the_rest(pulse: Pulse, process: Process) -> None:
    pulse.cable("Bord")
    with pulse.heard("Bord.monitor") as blocks:
        next(blocks)  # it hears
        process.play(tone(10))
        assert process.hears()[0] == say.Done()
        process.line.send(say.Stop())
        assert until_quiet(blocks).size < 5 * SAMPLE_RATE
    assert [process.hears()[0] for _ in range(39)] == [say.Done()] * 39

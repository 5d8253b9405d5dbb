"""The sound system, asked by way of a microphone's process: which microphones are there, and how does one hear?"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kiskriv.errors import CaptureError, Malformed, MicrophoneMissing, PeerGone
from kiskriv.host.spawn import spawn
from kiskriv.machine import launch_command, launch_environment
from kiskriv.wire import messages as say
from kiskriv.wire.answers import raised
from kiskriv.wire.channel import Channel

SECONDS: Final = 3.0
"""That a test takes."""

PATIENCE: Final = 5.0
"""Seconds that such a process may be silent: whoever leaves meanwhile waits for it."""


def microphones(settings: Path | None) -> tuple[str, ...]:
    """The names of those that can be chosen, the one that is used where none is first. Raises MicrophoneMissing."""
    with _asked(settings, say.Inputs()) as answers:
        answer = next(answers)
    return answer.names if isinstance(answer, say.Named) else ()


def trial(settings: Path | None, device: str) -> Generator[tuple[float, ...]]:
    """The peak of each channel, several times a second, for three seconds; no sound comes by here. Raises CaptureError."""
    with _asked(settings, say.Try(device, SECONDS)) as answers:
        for answer in answers:
            if not isinstance(answer, say.Levels):
                return
            yield answer.peaks


@contextmanager
def _asked(settings: Path | None, question: say.Message) -> Iterator[Iterator[say.Message]]:
    """What a microphone's process answers, which is gone afterwards."""
    ours, theirs = socket.socketpair()
    given = () if settings is None else ("--settings", str(settings))
    with theirs:
        command = launch_command("kiskriv.assembly.microphone", str(theirs.fileno()), *given)
        try:
            pid = spawn(command, launch_environment(sound=True), (theirs.fileno(),))
        except OSError:
            ours.close()
            raise MicrophoneMissing(problem="the sound system does not answer") from None
    try:
        with Channel(ours) as line:
            line.send(question)
            yield _answers(line)
    except PeerGone:
        raise MicrophoneMissing(problem="the sound system does not answer") from None
    finally:
        os.kill(pid, signal.SIGKILL)  # it keeps nothing, and need not be asked
        os.waitpid(pid, 0)


def _answers(line: Channel) -> Iterator[say.Message]:
    """Raises CaptureError for what it failed with, and where it says nothing."""
    silent = MicrophoneMissing(problem="the sound system does not answer")
    while True:
        try:
            message = line.receive()[0] if line.waiting(PATIENCE) else None
        except (PeerGone, Malformed):
            message = None
        match message:
            case None:
                raise silent
            case say.Failed():
                error = raised(message)
                raise error if isinstance(error, CaptureError) else silent
        yield message

"""How a microphone hears, before the patient comes in: a process of its own listens for a moment, and says how loud it is."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Generator
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

PATIENCE: Final = 15.0
"""Seconds that such a process may be silent."""


def trial(settings: Path | None, device: str) -> Generator[tuple[float, ...]]:
    """The peak of each channel, several times a second, for three seconds; no sound comes by here. Raises CaptureError."""
    ours, theirs = socket.socketpair()
    given = () if settings is None else ("--settings", str(settings))
    with theirs:
        command = launch_command("kiskriv.assembly.microphone", str(theirs.fileno()), *given)
        pid = spawn(command, launch_environment(sound=True), (theirs.fileno(),))
    try:
        with Channel(ours) as line:
            line.send(say.Try(device, SECONDS))
            while isinstance(heard := _heard(line), say.Levels):
                yield heard.peaks
    finally:
        os.kill(pid, signal.SIGKILL)  # it keeps nothing, and need not be asked
        os.waitpid(pid, 0)


def _heard(line: Channel) -> say.Message:
    """What the process says next. Raises CaptureError for what it failed with, and where it says nothing."""
    try:
        if not line.waiting(PATIENCE):
            raise MicrophoneMissing(problem="the sound system does not answer")
        message, _ = line.receive()
    except (PeerGone, Malformed):
        raise MicrophoneMissing(problem="the sound system does not answer") from None
    if isinstance(message, say.Failed):
        error = raised(message)
        raise (
            error if isinstance(error, CaptureError) else MicrophoneMissing(problem="the sound system does not answer")
        )
    return message

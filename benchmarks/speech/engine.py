"""One engine as the host starts it, with as many lines as are asked for, and nobody else around it."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiskriv.host.spawn import spawn
from kiskriv.machine import launch_command, launch_environment
from kiskriv.room import Recogniser
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel
from kiskriv.wire.messages import Part


@dataclass(frozen=True)
class Engine:
    """`pid` is its process."""

    pid: int
    control: Channel

    def recogniser(self) -> Recogniser:
        """A room's end of another line to it."""
        ours, theirs = socket.socketpair()
        with theirs:
            self.control.send(say.Supply(Part.ENGINE), descriptors=(theirs.fileno(),))
        recogniser = Recogniser(bytes(16))
        recogniser.supply(ours.detach())
        return recogniser


@contextmanager
def engine(model: Path, settings: str = "") -> Iterator[Engine]:
    """Its weights are loaded. `settings`: more lines for [model]. Raises OSError where it cannot load them."""
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryDirectory() as folder, Channel(ours) as control:
        file = Path(folder) / "kiskriv.toml"
        file.write_text(f'[model]\nfolder = "{model}"\n{settings}\n', encoding="utf-8")
        with theirs:
            command = launch_command(
                "kiskriv.assembly.engine", str(theirs.fileno()), str(model), "bench", "--settings", str(file)
            )
            pid = spawn(command, launch_environment(), (theirs.fileno(),))
        try:
            if not isinstance(control.receive()[0], say.Loaded):
                raise OSError("the engine cannot load its weights")
            yield Engine(pid, control)
            control.send(say.Retire())
        finally:
            os.waitpid(pid, 0)

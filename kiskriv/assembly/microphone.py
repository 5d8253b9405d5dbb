"""The microphone's process: `python -m kiskriv.assembly.microphone LINE [--settings FILE]`.

It alone reaches the sound system. It hears only between Listen and Stop, and keeps nothing.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread

import numpy as np

from kiskriv.assembly import parts
from kiskriv.config import Config, load
from kiskriv.errors import CaptureError, Malformed, PeerGone
from kiskriv.machine import harden, lock_memory, silence
from kiskriv.session import Source
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed
from kiskriv.wire.channel import Channel


def main(arguments: list[str]) -> None:
    """Never returns."""
    silence()
    harden()
    lock_memory()
    config = load(Path(arguments[2]) if arguments[1:2] == ["--settings"] else None)
    with suppress(PeerGone, Malformed):
        _serve(Channel(socket.socket(fileno=int(arguments[0]))), config)
    gc.collect()
    os._exit(0)


def _serve(line: Channel, config: Config) -> None:
    """Until the room goes; this thread hears it, another one each time hears the sound. Raises PeerGone, Malformed."""
    source: Source | None = None
    while True:
        message, _ = line.receive()
        if source is not None:
            source.stop()
        if isinstance(message, say.Listen):
            try:
                source = parts.microphone(config)
            except CaptureError as error:
                line.send(failed(error))
            else:
                Thread(target=_listen, args=(line, source), daemon=True).start()


def _listen(line: Channel, source: Source) -> None:
    """From one Listen to the next Stop, or to the end of the room."""
    with suppress(PeerGone):
        try:
            for chunk in source.chunks():
                channels, length = chunk.samples.shape
                line.send(say.Sound(channels, length), np.ascontiguousarray(chunk.samples).data.cast("B"))
                chunk.samples.fill(0)
        except CaptureError as error:
            line.send(failed(error))
        else:
            line.send(say.Done())


if __name__ == "__main__":
    main(sys.argv[1:])

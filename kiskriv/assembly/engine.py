"""The engine's process: `python -m kiskriv.assembly.engine CONTROL MODEL HOUSE [--settings FILE]`.

The walls go up before anything heavy is imported, so that every thread is inside them. HOUSE tells the
next host whose engine this is.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from kiskriv.machine import Walls, config_file, confine, harden, kept, lock_memory, promises

DRIVER: Final = (Path("/proc/driver/nvidia"), Path("/proc/devices"), Path("/sys/module/nvidia"))
"""What the library of a GPU's driver reads."""


def main(arguments: list[str]) -> None:
    """Never returns."""
    control, model = int(arguments[0]), Path(arguments[1])
    settings = Path(arguments[4]) if arguments[3:4] == ["--settings"] else None
    harden()
    lock_memory()
    folders, gpus = _named(settings)
    confine(Walls(readable=(model, settings or config_file(), *folders, *DRIVER), writable=gpus), keep=(control,))
    orderly = _live(socket.socket(fileno=control), settings)
    gc.collect()
    os._exit(0 if orderly else 1)


def _named(settings: Path | None) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """What the settings name, if they do: the folders of other models, and the GPUs, files that a driver writes to."""
    from kiskriv.config import load
    from kiskriv.errors import KiskrivError

    with suppress(KiskrivError):  # the host is told when they are read again
        config = load(settings)
        folders = (config.diarization.folder, config.writer.folder)
        gpus = Path("/dev").glob("nvidia*") if config.model.device == "cuda" else ()
        return tuple(folder for folder in folders if folder is not None), tuple(gpus)
    return (), ()


def _live(control: socket.socket, settings: Path | None) -> bool:
    """Whether it ended in good order."""
    from kiskriv.assembly import parts, writing
    from kiskriv.config import load
    from kiskriv.engine import Engine, Telling
    from kiskriv.errors import KiskrivError
    from kiskriv.weights import verify
    from kiskriv.wire import messages as say
    from kiskriv.wire.answers import failed
    from kiskriv.wire.channel import Channel

    line = Channel(control)
    try:
        config = load(settings)
        model = parts.trusted(config, verify)
        engine = Engine(line, parts.models(config), Telling(parts.diarization(config)), writing.author(config))
    except KiskrivError as error:
        line.send(failed(error))
        return True
    line.send(say.Loaded(model.digest, tuple(sorted(kept(promises())))))
    return engine.serve()


if __name__ == "__main__":
    main(sys.argv[1:])

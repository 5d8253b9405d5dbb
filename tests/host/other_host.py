"""A host with limits and parts of its own: `python -m tests.host.other_host LEDGER LIMIT LONGEST GRACE PARTS...`."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event

from kiskriv.assembly.host import starter
from kiskriv.config import Config, LedgerSettings, settings_digest
from kiskriv.errors import PeerGone
from kiskriv.host.calling import folder_name
from kiskriv.host.child import Child
from kiskriv.host.host import Host
from kiskriv.host.house import House
from kiskriv.host.spools import Spools
from kiskriv.ledger import Ledger
from kiskriv.machine import harden, launch_environment, runtime_folder, spool_folder
from kiskriv.transcript import Chunk
from kiskriv.weights import bundled, described
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel
from tests.host.clinic import Clip

OTHER: set[str] = set()
"""Which processes are not the real ones."""


class Poisoned:
    """Every window is the end of such an engine."""

    batch = 1

    def recognise(self, clips: object) -> Iterator[None]:
        os.kill(os.getpid(), 9)
        yield


def engine(descriptor: int) -> None:
    from kiskriv.engine import Engine

    line = Channel(socket.socket(fileno=descriptor))
    line.send(say.Loaded(described(bundled()).digest, ()))
    Engine(line, [Poisoned()]).serve()  # type: ignore[arg-type]


class Loop:
    """Five seconds of speech, then silence that lasts until it is stopped."""

    channels = 1

    def __init__(self) -> None:
        self._stopped = Event()

    def chunks(self) -> Iterator[Chunk]:
        yield from Clip(5.0).chunks()
        self._stopped.wait()

    def stop(self) -> None:
        self._stopped.set()


def microphone(descriptor: int) -> None:
    from kiskriv import capture
    from kiskriv.assembly import microphone

    capture.Microphone = lambda device, channels, **told: Loop()  # type: ignore[assignment, misc]
    with suppress(PeerGone):
        microphone._serve(Channel(socket.socket(fileno=descriptor)), Config())


def start(name: str, descriptors: tuple[int, ...], *arguments: str) -> Child:
    if f"no-{name}" in OTHER:
        name = f"no-{name}"
    elif name not in OTHER:
        return starter(None)(name, descriptors, *arguments)
    command = [sys.executable, "-m", "tests.host.other_host", name, str(descriptors[0])]
    return Child.started(command, launch_environment() | {"PYTHONPATH": os.environ["PYTHONPATH"]}, descriptors)


def main(ledger: str, limit: str, longest: str, grace: str, *other: str) -> None:
    OTHER.update(other)
    harden()
    config = Config(ledger=LedgerSettings(folder=Path(ledger)))
    house = House(
        config=config,
        settings=settings_digest(config),
        model=described(config.model.folder),
        step=160_000,
        limit=int(limit),
        longest=int(longest),
        spools=Spools(spool_folder() / folder_name(config), wanted=False),
        open_folder=lambda: runtime_folder(folder_name(config)),
        grace=float(grace),
    )

    async def live() -> None:
        with Ledger.open(Path(ledger)) as opened:
            await Host(house, opened, start).run(lambda: os.write(1, b"ready\n"))

    asyncio.run(live())


if __name__ == "__main__":
    parts = {"engine": engine, "microphone": microphone, "no-room": sys.exit, "no-engine": sys.exit}
    if sys.argv[1] in parts:
        parts[sys.argv[1]](int(sys.argv[2]))
    else:
        main(*sys.argv[1:])

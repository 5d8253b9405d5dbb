"""A host like the real one, but for its limits or its engines: `python -m tests.host.other_host LEDGER LIMIT GRACE [ENGINE]`."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path

from kiskriv.assembly.host import starter
from kiskriv.config import Config, LedgerSettings, settings_digest
from kiskriv.host.calling import folder_name
from kiskriv.host.child import Child
from kiskriv.host.host import Host, House
from kiskriv.ledger import Ledger
from kiskriv.machine import harden, launch_environment, runtime_folder
from kiskriv.weights import verify
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel


class Poisoned:
    """Every window is the end of such an engine."""

    def transcribe(self, windows: object) -> object:
        os.kill(os.getpid(), 9)
        return windows


def engine(descriptor: int) -> None:
    from kiskriv.engine import Worker

    line = Channel(socket.socket(fileno=descriptor))
    line.send(say.Ready("", ()))
    Worker(line, Poisoned()).serve()  # type: ignore[arg-type]


def start(name: str, descriptors: tuple[int, ...], *arguments: str) -> Child:
    if name != "engine":
        return starter(None)(name, descriptors, *arguments)
    command = [sys.executable, "-m", "tests.host.other_host", "engine", str(descriptors[0])]
    return Child.started(command, launch_environment() | {"PYTHONPATH": os.environ["PYTHONPATH"]}, descriptors)


def main(ledger: str, limit: str, grace: str, poisoned: str = "") -> None:
    harden()
    config = Config(ledger=LedgerSettings(folder=Path(ledger)))
    house = House(
        config=config,
        settings=settings_digest(config),
        model=verify(config.model.folder),
        notice="nb-1",
        limit=int(limit),
        open_folder=lambda: runtime_folder(folder_name(config)),
        grace=float(grace),
    )

    async def live() -> None:
        with Ledger.open(Path(ledger)) as opened:
            await Host(house, opened, start if poisoned else starter(None)).run(lambda: print("ready", flush=True))

    asyncio.run(live())


if __name__ == "__main__":
    if sys.argv[1] == "engine":
        engine(int(sys.argv[2]))
    else:
        main(*sys.argv[1:])

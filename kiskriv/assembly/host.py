"""The host's process: `python -m kiskriv.assembly.host --ledger FOLDER [--settings FILE] --report N`.

Forks first, so that whoever started it has no child to mind, and says on descriptor N that it is ready, or why it cannot be.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kiskriv.assembly import parts, writing
from kiskriv.config import load, settings_digest
from kiskriv.errors import KiskrivError, PeerGone
from kiskriv.host.calling import folder_name
from kiskriv.host.child import Child
from kiskriv.host.host import Host
from kiskriv.host.house import House, Start
from kiskriv.host.run import open_ledger
from kiskriv.host.spools import Spools
from kiskriv.ledger import Ledger
from kiskriv.machine import harden, launch_command, launch_environment, lock_memory, runtime_folder, spool_folder
from kiskriv.weights import described
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed
from kiskriv.wire.channel import Channel


def main() -> int:
    """0 when it has nothing left to do."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--settings", type=Path)
    parser.add_argument("--report", type=int, required=True)
    options = parser.parse_args()
    if os.fork():
        os._exit(0)
    harden()
    lock_memory()
    report = Channel(socket.socket(fileno=options.report))
    try:
        _serve(options.ledger, options.settings, lambda: _tell(report, say.Done()))
    except KiskrivError as error:
        _tell(report, failed(error))
        return error.exit_status
    return 0


def _tell(report: Channel, answer: say.Message) -> None:
    with report, suppress(PeerGone):  # whoever started this has gone on
        report.send(answer)


def _serve(ledger_folder: Path, settings: Path | None, ready: Callable[[], object]) -> None:
    config = load(settings)
    config = replace(config, ledger=replace(config.ledger, folder=ledger_folder))
    with open_ledger(config) as ledger:
        house = House(
            config=config,
            settings=settings_digest(config),
            model=parts.trusted(config, described),  # the engine checks every file of it
            step=parts.step(config),
            writer=writing.server(config),
            limit=config.session.limit * 60,
            longest=config.session.longest * 60,
            spools=Spools(spool_folder() / folder_name(config), wanted=config.session.spool),
            open_folder=lambda: runtime_folder(folder_name(config)),
        )
        asyncio.run(_live(house, ledger, starter(settings), ready))


async def _live(house: House, ledger: Ledger, start: Start, ready: Callable[[], object]) -> None:
    await Host(house, ledger, start).run(ready)


def starter(settings: Path | None) -> Start:
    """What starts the other processes, each with the settings of this one."""
    given = ("--settings", str(settings)) if settings is not None else ()

    def start(name: str, descriptors: tuple[int, ...], *arguments: str) -> Child:
        command = launch_command(f"kiskriv.assembly.{name}", *map(str, descriptors), *arguments, *given)
        return Child.started(command, launch_environment(sound=name == "microphone"), descriptors)

    return start


if __name__ == "__main__":
    sys.exit(main())

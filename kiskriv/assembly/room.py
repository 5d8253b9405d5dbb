"""A room's process: `python -m kiskriv.assembly.room CONTROL LISTENER SESSION [--spool FOLDER] [--settings FILE]`.

The walls go up before anything heavy is imported, so that every thread is inside them. Then it warms up, and waits. With a
spool there are two doors more in the walls: to the keyring, and to the folder of spools.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kiskriv.assembly import parts, writing
from kiskriv.config import load
from kiskriv.machine import Walls, confine, harden, kept, lock_memory, promises

if TYPE_CHECKING:
    from kiskriv.room import ServerLine
    from kiskriv.session import Drafter
    from kiskriv.session.stages import Writer


def main(arguments: list[str]) -> None:
    """Never returns: what was known here ends with the process."""
    control, listener = socket.socket(fileno=int(arguments[0])), socket.socket(fileno=int(arguments[1]))
    listener.listen()  # once more: so the kernel tells who calls that this process is at the other end, not the host (unix(7))
    harden()
    lock_memory()
    folder = _path(arguments, "--spool")
    config = load(_path(arguments, "--settings"))
    drafter, make_writer = parts.drafter(config), writing.for_room(config)
    confine(_walls(folder), keep=(control.fileno(), listener.fileno()))
    _live(control, listener, arguments[2], folder, drafter=drafter, make_writer=make_writer)
    gc.collect()
    os._exit(0)


def _path(arguments: list[str], name: str) -> Path | None:
    return Path(arguments[arguments.index(name) + 1]) if name in arguments else None


def _walls(spool: Path | None) -> Walls:
    if spool is None:
        return Walls(listens=True)
    with suppress(OSError):  # without it there is no spool, and the ledger says so
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Walls(listens=True, keyring=True, writable=(spool,))


def _live(  # noqa: PLR0913
    control: socket.socket,
    listener: socket.socket,
    session: str,
    folder: Path | None,
    *,
    drafter: Drafter,
    make_writer: Callable[[ServerLine, bytes], Writer] | None,
) -> None:
    import secrets

    from kiskriv.errors import VaultErased, fault_code
    from kiskriv.room import Begun, EngineSpeakers, Porter, Recogniser, Room, ServerLine, spooled
    from kiskriv.room.register import HostLedger
    from kiskriv.session.session import Session
    from kiskriv.speech.live import Listener
    from kiskriv.vault import Vault
    from kiskriv.wire import messages as say
    from kiskriv.wire.frames import TRACE

    Listener()  # the voice detector's weights are read now, not when the doctor waits
    mask, masked = secrets.token_bytes(TRACE), secrets.token_bytes(TRACE)
    trace = bytes(a ^ b for a, b in zip(mask, masked, strict=True))
    recogniser = Recogniser(trace, lambda: porter.report(say.Wants(say.Part.ENGINE)))
    speakers = EngineSpeakers(trace, lambda: porter.report(say.Wants(say.Part.SPEAKERS)))
    lines = ServerLine(lambda: porter.report(say.Wants(say.Part.WRITER)))
    writer = None if make_writer is None else make_writer(lines, trace)
    supplies = {say.Part.ENGINE: recogniser.supply, say.Part.SPEAKERS: speakers.supply, say.Part.WRITER: lines.supply}
    porter = Porter(control, listener, supplies)
    porter.trace = trace

    def opening(message: say.Begin | say.Resume) -> Begun:
        replay = None
        match message:
            case say.Begin() as order:
                if folder is not None:
                    spooled.begin(vault, folder, session, order)
            case say.Resume(seconds):
                if folder is None:
                    raise VaultErased
                replay = spooled.resume(vault, folder, session, seconds)
                order = replay.order
        stages = parts.stages(
            recogniser,
            speakers,
            drafter,
            step=order.step,
            channels=order.channels,
            roles=order.roles,
            language=order.language,
            model=order.model,
            informed=order.notice,
            writer=writer,
            loudspeaker=room.loudspeaker,
        )
        register = HostLedger(porter, present)
        wanted = folder is not None and not order.tethered
        held = Session(stages, vault, register, session, resumes=replay is not None)
        return Begun(held, order, replay, wanted, partial(spooled.remember, vault))

    vault = Vault()

    def present() -> say.Present:
        facts = tuple(sorted(kept(promises())))  # as they are now: swap can have come on since this room was made ready
        return say.Present(session, os.getpid(), False, False, 0.0, facts, mask.hex(), masked.hex())

    room = Room(porter, recogniser, present(), opening)
    porter.start()
    try:
        room.run()
    except Exception as error:  # a fault becomes a code: its text could hold what was said
        porter.report(say.Fault(fault_code(error)))
    porter.close()


if __name__ == "__main__":
    main(sys.argv[1:])

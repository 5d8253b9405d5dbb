"""How a screen finds its host, or starts one; and how it finds a room."""

from __future__ import annotations

import hashlib
import os
import socket
import time
from pathlib import Path

from kiskriv.config import Config
from kiskriv.errors import HostUnreachable, LedgerBusy, Malformed, PeerGone
from kiskriv.host.addresses import ADDRESS, ROOM
from kiskriv.host.spawn import spawn
from kiskriv.machine import RuntimeFolder, launch_command, launch_environment, runtime_folder
from kiskriv.wire import messages as say
from kiskriv.wire.answers import raised
from kiskriv.wire.channel import Channel

PATIENCE = 10.0
"""Seconds in which a host that is on its way out lets go of the ledger, or another one that is starting answers."""


def folder_name(config: Config) -> str:
    """The runtime folder of the host that keeps this ledger: one host for each."""
    return "kiskriv-" + hashlib.sha256(str(config.ledger.folder.absolute()).encode()).hexdigest()[:16]


class Calling:
    """`settings` is the file that the configuration came from, `digest` what tells one configuration from another."""

    def __init__(self, config: Config, settings: Path | None, digest: str) -> None:
        self._config = config
        self._settings = settings
        self._digest = digest

    def host(self) -> tuple[Channel, say.Welcome]:
        """A line to the host, which is started where there is none. Raises what kept it from starting, HostUnreachable."""
        until, settings = time.monotonic() + PATIENCE, self._digest
        while True:
            try:
                return self._greeted(settings)
            except PeerGone:  # there is none, or it goes: it has other settings than these
                pass
            try:
                self._start()
                settings = ""  # whatever it has: these are what it was started with
            except (LedgerBusy, HostUnreachable):  # one is ending, or starting; or was killed while it started
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def room(self, session: str) -> Channel:
        """A line to a room. Raises PeerGone where there is none."""
        return self._line(ROOM + session)

    def _greeted(self, settings: str) -> tuple[Channel, say.Welcome]:
        line = self._line(ADDRESS)
        try:
            return line, _welcome(line, settings)
        except BaseException:
            line.close()
            raise

    def _line(self, address: str) -> Channel:
        folder: RuntimeFolder
        with runtime_folder(folder_name(self._config)) as folder:
            try:
                return Channel(folder.connect(address))
            except OSError:
                pass
        raise PeerGone

    def _start(self) -> None:
        """A host of our own, in the background. Raises what it reports."""
        ours, theirs = socket.socketpair()
        with Channel(ours) as report, theirs:
            settings = () if self._settings is None else ("--settings", str(self._settings.absolute()))
            command = launch_command(
                "kiskriv.assembly.host",
                *("--report", str(theirs.fileno())),
                *("--ledger", str(self._config.ledger.folder.absolute())),
                *settings,
            )
            try:
                pid = spawn(command, launch_environment(sound=True, keystore=True), (theirs.fileno(),))
            except OSError:
                raise HostUnreachable(problem="its process cannot be started") from None
            theirs.close()
            os.waitpid(pid, 0)  # it goes on in a child of its own
            try:
                answer, _ = report.receive()
            except PeerGone:
                raise HostUnreachable(problem="it ended while it started") from None
        if isinstance(answer, say.Failed):
            raise raised(answer)


def _welcome(line: Channel, settings: str) -> say.Welcome:
    line.send(say.Hello(say.VERSION, say.Caller.SCREEN, settings))
    if not line.waiting(PATIENCE):
        raise HostUnreachable(problem="it does not answer")
    answer, _ = line.receive()
    match answer:
        case say.Welcome():
            return answer
        case say.Failed():
            raise raised(answer)
    raise Malformed

"""A run of kiskriv in the ledger: that it started, under which settings, that it still runs, and that it stopped."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import kiskriv
from kiskriv.config import Config
from kiskriv.errors import LedgerError, LedgerUnwritable
from kiskriv.fingerprint import fingerprint
from kiskriv.ledger import (
    Configured,
    Delivery,
    Heartbeat,
    Ledger,
    Precision,
    Spoken,
    Started,
    Stopped,
    files,
    timestamp,
    weakened,
)
from kiskriv.machine.keystore import SystemKeystore

HEARTBEAT = 60
"""Minutes."""

IDS = "ids"
"""The file in a ledger's folder with the random ids of its user and its workstation, a line each."""

_IDS = re.compile(rb"([0-9a-f]{32})\s+([0-9a-f]{32})\s*")


def open_ledger(config: Config) -> Ledger:
    """The ledger of these settings. Raises LedgerError."""
    settings = config.ledger
    store = SystemKeystore.found() if settings.keys == "auto" else None
    return Ledger.open(settings.folder, precision=Precision(settings.precision), keystore=store)


class Run:
    """Of one process over one ledger. What a full disk kept out is written as soon as there is room.

    `clock` gives seconds, and stands still while the machine sleeps.
    """

    def __init__(self, config: Config, ledger: Ledger, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._ledger = ledger
        self._clock = clock
        self._beaten: float | None = None  # when it was last said that it runs
        self._configured = False  # whether the ledger has the settings

    def tell(self) -> None:
        """Writes what is due: `started` and `configured` first, a heartbeat when its time has come. Raises LedgerError."""
        if self._beaten is None:
            self._beat(self._started())
        elif self._clock() - self._beaten >= HEARTBEAT * 60:
            self._beat(Heartbeat(_now()))
        if not self._configured:
            self._configure()

    @property
    def begun(self) -> bool:
        """Whether `started` is written."""
        return self._beaten is not None

    def stop(self) -> None:
        """Writes that it stopped, if it had said that it runs. Raises LedgerError."""
        if self.begun:
            self._ledger.append(Stopped(_now()))
            self._beaten = None

    def _beat(self, entry: Started | Heartbeat) -> None:
        self._ledger.append(entry)
        self._beaten = self._clock()

    def _started(self) -> Started:
        user, workstation = identities(self._config)
        precision = Precision(self._config.ledger.precision)
        return Started(_now(), user, workstation, kiskriv.__version__, self._program, precision, HEARTBEAT)

    @cached_property
    def _program(self) -> str:
        """Of what was installed when it started, whatever is installed meanwhile."""
        try:
            return fingerprint(Path(kiskriv.__file__).parent)
        except OSError:
            raise LedgerError(problem="the program's own files cannot be read") from None

    def _configure(self) -> None:
        settings = configured(self._config)
        if self._ledger.configured is None or _timeless(self._ledger.configured) != _timeless(settings):
            self._ledger.append(settings)
        self._configured = True


def configured(config: Config) -> Configured:
    """What the ledger is told of these settings."""
    delivery = Delivery.CLIPBOARD if config.delivery.folder is None else Delivery.FOLDER
    precision, limit, spool = Precision(config.ledger.precision), config.session.longest, config.session.spool
    return Configured(
        time=_now(),
        language=Spoken(config.model.language),
        beam_size=config.model.beam_size,
        channels=config.microphone.channels,
        limit=limit,
        spool=spool,
        delivery=delivery,
        precision=precision,
        witness=bool(config.ledger.witness),
        weakened=weakened(delivery, limit, precision, spool),
    )


def identities(config: Config) -> tuple[str, str]:
    """The random ids of user and workstation: as the clinic set them, or else made on first use.

    Raises LedgerError where those that were made cannot be understood, LedgerUnwritable where they cannot be kept.
    """
    settings = config.ledger
    if settings.user and settings.workstation:
        return settings.user, settings.workstation
    try:
        user, workstation = _ids(settings.folder / IDS)
    except OSError as error:
        raise LedgerUnwritable(problem=error.strerror or type(error).__name__) from error
    return settings.user or user, settings.workstation or workstation


def _ids(path: Path) -> tuple[str, str]:
    """Those in the file, which is made if there is none. Raises LedgerError, OSError."""
    try:
        match = _IDS.fullmatch(path.read_bytes())
    except FileNotFoundError:
        made = secrets.token_hex(16), secrets.token_hex(16)
        files.replace(path, "\n".join((*made, "")).encode())
        files.sync_folder(path.parent)
        return made
    if match is None:  # others would be another user and another workstation to whoever reads the log
        raise LedgerError(
            problem="the file ids in its folder is damaged; put it back from a copy, or remove it and write down the new ids"
        )
    return match[1].decode(), match[2].decode()


def _timeless(entry: Configured) -> tuple[object, ...]:
    return tuple(getattr(entry, name) for name in entry.__match_args__ if name != "time")


def _now() -> str:
    return timestamp(datetime.now(UTC))

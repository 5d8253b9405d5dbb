"""After each erasure another machine is asked to sign for the ledger, and its checkpoint is put where others can keep it.

checkpoint ──courier──> witness ──cosignature──> `witnessed` in the ledger, and in later receipts
     └────────────────> a folder elsewhere, a new file each

Neither may hold up a consultation: who is away is asked again later, and the window that stays open until then is seen in the report.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from threading import Thread

from kiskriv.errors import ConfigError, KiskrivError, ProofInvalid
from kiskriv.host import courier
from kiskriv.ledger import Ledger
from kiskriv.ledger.checkpoint import claimed
from kiskriv.ledger.cosignature import WitnessKey

ALARM = "alarm"
"""A file in the ledger's folder, there from when the witness was ahead until it signs again."""

SHARE = 3.0
"""Seconds that a folder on another machine is waited for."""


class Outcome(StrEnum):
    """What came of asking a witness."""

    NONE = "none"  # there is none to ask
    SIGNED = "signed"
    AWAY = "away"  # it could not be reached, or did not answer as a witness does
    REFUSED = "refused"  # it does not know this log, or does not believe its signature
    AHEAD = "ahead"  # it has seen entries that this log does not have: they are gone, or an older copy was put back
    UNWRITTEN = "unwritten"  # the ledger could not be read, or what it signed could not be written down


Ask = Callable[[str, str], Awaitable[courier.Answer]]


class Cosigning:
    """Over one ledger. `ask` carries a request to the address of a witness."""

    def __init__(self, ledger: Ledger, address: str, key: str, folder: Path | None, ask: Ask = courier.ask) -> None:
        """Raises ConfigError where there is an address and no key of a witness."""
        self._ledger = ledger
        self._address = address
        self._folder = folder
        self._ask = ask
        self._known = 0  # entries that the witness has seen, as far as it is known here
        self._owed = 0  # entries that it should have signed for, and has not
        self._wanted = asyncio.Event()
        self._putting: Thread | None = None
        self._key = witness_key(key) if address else None
        if self._key is not None:
            self._known = max((w.size for w in ledger.witnessed if w.witness == self._key.public.hex()), default=0)

    def begin(self) -> None:
        """Asks for what was left unsigned before this process, or was cried out."""
        if self._key is not None and (self._ledger.closed > self._known or alarmed(self._ledger.folder)):
            self.request()

    def request(self) -> None:
        """The ledger has grown by something that matters."""
        self._owed = self._ledger.size
        self._wanted.set()

    async def attend(self) -> None:
        """Never returns: signs as often as it is requested, one at a time."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self.once()

    async def settle(self, seconds: float) -> None:
        """What is not signed for yet, if that can be had in this time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                if self._owed:
                    await self.once()

    async def once(self) -> Outcome:
        """Now."""
        try:
            self._put_aside(self._ledger.checkpoint)
            outcome = Outcome.NONE if self._key is None else await self._cosign(self._key)
        except (ProofInvalid, OSError):  # it talks nonsense; or no descriptor is free to ask it with
            outcome = Outcome.AWAY
        except KiskrivError:
            outcome = Outcome.UNWRITTEN
        with suppress(OSError):
            alarm = self._ledger.folder / ALARM
            if outcome is Outcome.AHEAD:
                alarm.touch()
            elif outcome is Outcome.SIGNED:
                alarm.unlink(missing_ok=True)
        if self._putting is not None:
            await asyncio.to_thread(self._putting.join, SHARE)
        return outcome

    def _put_aside(self, note: str) -> None:
        """In a thread, since a share on another machine may never answer; while one waits for it, no other does."""
        if self._folder is not None and (self._putting is None or not self._putting.is_alive()):
            self._putting = Thread(target=_put, args=(note, self._folder), daemon=True)
            self._putting.start()

    async def _cosign(self, key: WitnessKey) -> Outcome:
        for _ in range(2):  # again, where the witness knows another size than was thought here
            note = self._ledger.checkpoint  # the newest: it may have grown while the witness was asked
            checkpoint, proof = claimed(note), self._ledger.consistency(self._known)
            answer = await self._ask(self._address, courier.request(self._known, proof, note))
            if answer.granted:
                self._ledger.cosigned(note, courier.understood(answer.text, checkpoint.body(), key))
                self._known = checkpoint.size
                self._owed = self._owed if self._owed > checkpoint.size else 0
                return Outcome.SIGNED
            if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:  # the proof is right here, so what it saw was not
                return Outcome.AHEAD
            if not answer.behind:
                return Outcome.REFUSED if 400 <= answer.status < 500 else Outcome.AWAY
            seen = courier.size(answer.text)
            if seen > checkpoint.size or seen == self._known:  # the size that was sent: its root is another one
                return Outcome.AHEAD
            self._known = seen
        return Outcome.AWAY


def alarmed(folder: Path) -> bool:
    """Whether the witness of the ledger in this folder has seen lines that the ledger does not have."""
    return (folder / ALARM).exists()


def witness_key(line: str) -> WitnessKey:
    """The key of a witness as the settings have it. Raises ConfigError."""
    try:
        return WitnessKey.parse(line)
    except ProofInvalid:
        raise ConfigError(problem="ledger.witness_key is not the line that a witness shows") from None


def _put(note: str, folder: Path) -> None:
    from kiskriv.takeout import to_folder

    with suppress(KiskrivError):  # the next checkpoint says all that this one does
        to_folder(note, folder)

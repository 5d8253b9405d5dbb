"""Entries, keys and logs to test with."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kiskriv.ledger import (
    Artefact,
    ArtefactName,
    Cause,
    Configured,
    Created,
    Delivery,
    Ended,
    Entry,
    Fact,
    Heartbeat,
    KeyStore,
    Ledger,
    Level,
    Method,
    Opened,
    Place,
    Precision,
    Reason,
    Resumed,
    Rotated,
    Spoken,
    Started,
    Stopped,
    Swept,
    Weakness,
    new_session_id,
    rounded,
    timestamp,
)
from kiskriv.ledger.checkpoint import Checkpoint, SigningKey
from kiskriv.ledger.cosignature import WitnessKey, cosign
from kiskriv.ledger.entry import Pruned, encode
from kiskriv.ledger.key import Signers
from kiskriv.ledger.merkle import Tree, leaf_hash

ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
"""For other processes: where kiskriv and these tests are."""

NOON = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
TIME = "2026-03-02T12:00:00Z"


def opened(time: str = TIME, *, spool: bool = False) -> Opened:
    """A session like any other, with an id of its own."""
    return Opened(new_session_id(), time, secrets.token_hex(32), "nb-1", "0.1.0", "ab" * 32, "cd" * 32, spool)


def ended(start: Opened, reason: Reason = Reason.TRANSFERRED, *, verified: bool = True, time: str = TIME) -> Ended:
    """Its end."""
    return Ended(
        session=start.session,
        time=time,
        commitment=start.commitment,
        reason=reason,
        artefacts=(
            Artefact(ArtefactName.AUDIO, rounded(1800), rounded(115_200_000)),
            Artefact(ArtefactName.TRANSCRIPT, rounded(1), rounded(9214)),
            Artefact(ArtefactName.DRAFT, rounded(3), rounded(2048)),
        ),
        methods=(Method.KEY_DESTROYED, Method.BUFFERS_OVERWRITTEN, Method.ROOM_ENDED, Method.ENGINE_OVERWRITTEN),
        level=Level.B,
        facts=tuple(fact for fact in Fact if fact is not Fact.FREED_PAGES_ZEROED),
        looked=(Place.OWN_MEMORY, Place.LIVING_MEMORY, Place.RUNTIME_FOLDER, Place.OPEN_FILES),
        residue=0 if verified else 2,
        took=350,
        verified=verified,
    )


def resumed(start: Opened, commitment: str = "", *, time: str = TIME) -> Resumed:
    """Another room goes on, under a key of its own."""
    return Resumed(start.session, time, commitment or secrets.token_hex(32))


def swept(start: Opened, cause: Cause = Cause.FOUND_AT_START, *, time: str = TIME) -> Swept:
    """What is written where it could not end by itself."""
    return Swept(start.session, time, cause)


def started(time: str = TIME, heartbeat: int = 60) -> Started:
    """kiskriv runs, at one desk."""
    return Started(time, "1a" * 16, "2b" * 16, "0.1.0", "ef" * 32, Precision.SECOND, heartbeat)


def configured(time: str = TIME) -> Configured:
    """Settings of which two are weaker than as shipped."""
    weakened = (Weakness.PRECISION, Weakness.SPOOL)
    return Configured(time, Spoken.BOKMAAL, 5, 1, 120, True, Delivery.CLIPBOARD, Precision.SECOND, True, weakened)


def run(time: str = TIME) -> list[Entry]:
    """kiskriv starts, says what it is set to, and stops."""
    return [started(time), configured(time), Heartbeat(time), Stopped(time)]


def sessions(count: int) -> list[Entry]:
    """Two entries for each of `count` sessions; every third is swept."""
    entries: list[Entry] = []
    for number in range(count):
        start = opened()
        entries += [start, swept(start) if number % 3 == 2 else ended(start)]
    return entries


def signing_key(name: str = "kiskriv.internal/0123456789abcdef") -> SigningKey:
    """A key of nobody."""
    return SigningKey(name, Ed25519PrivateKey.generate())


def with_keys(entries: Sequence[Entry], signers: Signers) -> list[Entry]:
    """The same entries as a log holds them: after the one that names its keys."""
    return [signers.created(TIME), *entries]


def sign(lines: Sequence[bytes], signers: Signers) -> str:
    """The checkpoint that a log with these lines would have."""
    tree = Tree()
    for line in lines:
        tree.append(leaf_hash(line))
    return signers.sign(Checkpoint(signers.log.name, tree.size, tree.root()))


def write_log(folder: Path, entries: Sequence[Entry], signers: Signers) -> None:
    """A copy of a log, as an auditor gets it: entries and checkpoint. `with_keys` makes them whole."""
    write_lines(folder, [encode(entry) for entry in entries], signers)


def write_lines(folder: Path, lines: Sequence[bytes], signers: Signers) -> None:
    """The same of lines, without their newlines."""
    folder.mkdir(exist_ok=True)
    (folder / "entries.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    (folder / "checkpoint").write_text(sign(lines, signers))


def fill(folder: Path, entries: Sequence[Entry]) -> str:
    """A log with these entries, closed again; its public key."""
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        for entry in entries:
            ledger.append(entry)
        return ledger.public_key


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def restore(folder: Path, files: dict[str, bytes]) -> None:
    """Put back what `contents` read, and nothing else."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, octets in files.items():
        (folder / name).write_bytes(octets)
        (folder / name).chmod(0o600)


def signers_in(folder: Path) -> Signers:
    """The private keys that lie in the folder of a log: what a thief takes."""
    origin = (folder / "checkpoint").read_text().split("\n")[0]
    return Signers.from_pem(origin, (folder / "key").read_bytes())


def spellings(held: Signers) -> list[bytes]:
    """The ways in which the private epoch key could lie in a file."""
    private = held.epoch.private
    raw = private.private_bytes_raw()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return [raw, raw.hex().encode(), pem.splitlines()[1]]


def appended(ledger: Ledger) -> list[Entry]:
    """The entries that others appended: without those that the log writes of itself."""
    return [entry for entry in ledger.entries() if not isinstance(entry, Created | Rotated | Pruned)]


def kept(folder: Path) -> list[Entry]:
    """The same, as a fresh opening reads them."""
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        return appended(ledger)


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go(self, **by: int) -> None:
        """On by so many days, hours, minutes."""
        self.now += timedelta(**by)

    @property
    def time(self) -> str:
        """As an entry has it."""
        return timestamp(self.now)


WITNESS = Ed25519PrivateKey.generate()
"""Another machine."""


def cosign_it(ledger: Ledger, clock: Clock) -> None:
    """The other machine signs for the log as it stands, and the log says so."""
    note = ledger.checkpoint
    body = note[: note.index("\n\n") + 1]
    ledger.cosigned(note, cosign(body, WITNESS, "kiskriv.internal/witness", int(clock().timestamp())))


@dataclass
class Lived:
    """A log as kiskriv writes it, and what others kept of it while it grew."""

    vkey: str
    checkpoints: list[str] = field(default_factory=list)  # of the end of each day
    receipts: dict[int, str] = field(default_factory=dict)  # of the last entry of each session, as it was written


def lived(folder: Path, days: int = 3, each: int = 4, *, prune: int = 0, keystore: KeyStore | None = None) -> Lived:
    """A log of so many days with so many sessions each: all kinds of entry, but `pruned` only where `prune` days are."""
    clock = Clock()
    with Ledger.open(folder, now=clock, keystore=keystore) as ledger:
        kept_ = Lived(ledger.public_key)
        for day in range(days):
            time = clock.time
            for entry in (started(time), configured(time)):
                ledger.append(entry)
            for number in range(each):
                clock.go(minutes=10)
                _one_session(ledger, clock.time, 7 * day + number)
                kept_.receipts[ledger.size - 1] = ledger.receipt(ledger.size - 1)
            for last in (Heartbeat(clock.time), Stopped(clock.time)):
                ledger.append(last)
            cosign_it(ledger, clock)
            kept_.checkpoints.append(ledger.checkpoint)
            clock.now = NOON + timedelta(days=day + 1)
        if prune:
            clock.go(days=-1, hours=8)
            ledger.prune(NOON + timedelta(days=prune - 1, hours=11))
        return kept_


def _one_session(ledger: Ledger, time: str, number: int) -> None:
    start = opened(time, spool=number % 4 == 3)
    ledger.append(start)
    if start.spool:
        again = resumed(start, time=time)
        ledger.append(again)
        start = replace(start, commitment=again.commitment)
    if number % 5 == 2:
        ledger.append(ended(start, Reason.FAILED, verified=False, time=time))
    ledger.append(swept(start, time=time) if number % 5 == 1 else ended(start, tuple(Reason)[number % 5], time=time))


def cosigned_note(kept_: Lived) -> tuple[str, WitnessKey]:
    """The last checkpoint with the cosignature of the other machine, and its key."""
    note = kept_.checkpoints[-1]
    given = cosign(note[: note.index("\n\n") + 1], WITNESS, "kiskriv.internal/witness", 1_772_452_800)
    return note + given.line, given.key

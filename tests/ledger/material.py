"""Entries, keys and logs to test with."""

from __future__ import annotations

import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiskriv.ledger import (
    Artefact,
    ArtefactName,
    Cause,
    Ended,
    Entry,
    Fact,
    Ledger,
    Level,
    Method,
    Opened,
    Place,
    Reason,
    Resumed,
    Swept,
    new_session_id,
)
from kiskriv.ledger.checkpoint import Checkpoint, SigningKey, sign_checkpoint
from kiskriv.ledger.entry import encode
from kiskriv.ledger.merkle import Tree, leaf_hash

ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
"""For other processes: where kiskriv and these tests are."""

NOON = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
TIME = "2026-03-02T12:00:00Z"


def opened(time: str = TIME, *, spool: bool = False) -> Opened:
    """A session like any other, with an id of its own."""
    return Opened(new_session_id(), time, secrets.token_hex(32), "nb-1", "0.1.0", "ab" * 32, spool)


def ended(start: Opened, reason: Reason = Reason.TRANSFERRED, *, verified: bool = True, time: str = TIME) -> Ended:
    """Its end."""
    return Ended(
        session=start.session,
        time=time,
        commitment=start.commitment,
        reason=reason,
        artefacts=(
            Artefact(ArtefactName.AUDIO, 1800, 115_200_000),
            Artefact(ArtefactName.TRANSCRIPT, 1, 9214),
            Artefact(ArtefactName.DRAFT, 3, 2048),
        ),
        methods=(Method.KEY_DESTROYED, Method.BUFFERS_OVERWRITTEN, Method.ROOM_ENDED, Method.ENGINE_OVERWRITTEN),
        level=Level.B,
        facts=tuple(fact for fact in Fact if fact is not Fact.FREED_PAGES_ZEROED),
        looked=(Place.OWN_MEMORY, Place.LIVING_MEMORY, Place.RUNTIME_FOLDER, Place.OPEN_FILES),
        residue=0 if verified else 2,
        verified=verified,
    )


def resumed(start: Opened, commitment: str = "", *, time: str = TIME) -> Resumed:
    """Another room goes on, under a key of its own."""
    return Resumed(start.session, time, commitment or secrets.token_hex(32))


def swept(start: Opened, cause: Cause = Cause.FOUND_AT_START) -> Swept:
    """What is written where it could not end by itself."""
    return Swept(start.session, TIME, cause)


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


def sign(lines: list[bytes], key: SigningKey) -> str:
    """The checkpoint that a log with these lines would have."""
    tree = Tree()
    for line in lines:
        tree.append(leaf_hash(line))
    return sign_checkpoint(Checkpoint(key.name, tree.size, tree.root()), key)


def write_log(folder: Path, entries: list[Entry], key: SigningKey) -> None:
    """A copy of a log, as an auditor gets it: entries and checkpoint."""
    folder.mkdir(exist_ok=True)
    lines = [encode(entry) for entry in entries]
    (folder / "entries.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    (folder / "checkpoint").write_text(sign(lines, key))


def fill(folder: Path, entries: list[Entry]) -> str:
    """A log with these entries, closed again; its public key."""
    with Ledger.open(folder) as ledger:
        for entry in entries:
            ledger.append(entry)
        return ledger.public_key


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def kept(folder: Path) -> list[object]:
    """The entries of a log, as a fresh opening reads them."""
    with Ledger.open(folder) as ledger:
        return list(ledger.entries())

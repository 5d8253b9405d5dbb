"""`scripts/bench ledger`: what the log costs on this disk. An append stands beside a bare flush of the same octets, in turns."""

from __future__ import annotations

import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.machine import heading
from kiskriv.ledger import (
    Artefact,
    ArtefactName,
    Ended,
    Fact,
    Ledger,
    Level,
    Method,
    Opened,
    Place,
    Reason,
    audit,
    copy_at,
    export,
    new_session_id,
    rounded,
    timestamp,
    verify,
)
from kiskriv.ledger.cosignature import cosign
from kiskriv.ledger.entry import Entry, Witnessed, encode
from kiskriv.ledger.key import Signers
from kiskriv.ledger.merkle import leaf_hash
from kiskriv.ledger.replay import Entries
from kiskriv.ledger.terms import Change

ENTRIES = 100_000
A_DAY = 40  # sessions
ROUNDS = 300
START = datetime(2026, 1, 1, 8, tzinfo=UTC)

T = TypeVar("T")


def a_session(time_: str) -> tuple[Opened, Ended]:
    """Its beginning and its end, with every field that kiskriv fills in."""
    start = Opened(new_session_id(), time_, secrets.token_hex(32), "nb-1", "0.1.0", "ab" * 32, "cd" * 32, False)
    end = Ended(
        session=start.session,
        time=time_,
        commitment=start.commitment,
        reason=Reason.TRANSFERRED,
        artefacts=tuple(Artefact(name, rounded(1800), rounded(115_200_000)) for name in ArtefactName),
        methods=(Method.KEY_DESTROYED, Method.BUFFERS_OVERWRITTEN, Method.ROOM_ENDED, Method.ENGINE_RECYCLED),
        level=Level.B,
        facts=tuple(fact for fact in Fact if fact is not Fact.FREED_PAGES_ZEROED),
        looked=(Place.OWN_MEMORY, Place.LIVING_MEMORY, Place.RUNTIME_FOLDER),
        residue=0,
        took=350,
        verified=True,
    )
    return start, end


def make(folder: Path, witness: Ed25519PrivateKey | None) -> str:
    """A log of 100,000 entries, with a rotation each day and a cosignature after each end where there is a witness; its public key.

    Not appended to one by one, which would take the disk an hour: the lines are those that the log would have written.
    """
    with Ledger.open(folder, now=lambda: START) as ledger:
        vkey = ledger.public_key
    signers = Signers.from_pem(vkey.split("+")[0], (folder / "key").read_bytes())
    first = (folder / "entries.jsonl").read_bytes().rstrip(b"\n")
    entries = Entries(signers.log.name)
    entries.read(first + b"\n")
    lines = [first]

    def add(entry: Entry) -> None:
        line = encode(entry)
        entries.add(entry, leaf_hash(line), len(line) + 1)
        lines.append(line)

    day = 0
    while entries.size < ENTRIES - 1:
        day += 1
        time_ = timestamp(START + timedelta(days=day))
        after = signers.next(Change.DAILY)
        add(signers.rotated(after, Change.DAILY, time_, entries.signed_for()))
        signers = after
        for _ in range(A_DAY):
            if entries.size >= ENTRIES - 2:
                break
            for entry in a_session(time_):
                add(entry)
            if witness:
                given = cosign(entries.signed_for().body(), witness, "kiskriv.internal/witness", 1_772_452_800)
                add(Witnessed(time_, given.key.public.hex(), entries.size, given.seconds, given.signature.hex()))
    (folder / "entries.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    (folder / "checkpoint").write_text(signers.sign(entries.signed_for()))
    (folder / "key").write_bytes(signers.to_pem())
    return vkey


def timed(action: Callable[[], T]) -> tuple[float, T]:
    """Seconds, and what came of it."""
    began = time.perf_counter()
    value = action()
    return time.perf_counter() - began, value


def appends(folder: Path, now: datetime) -> Iterator[tuple[float, float, float]]:
    """In turns: an append, one flush of the same octets at the end of another file, and the four flushes that an append takes."""
    octets = encode(a_session(timestamp(now))[1]) + b"\n"
    bare = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with Ledger.open(folder / "log", now=lambda: now) as ledger:
        ledger.append(a_session(timestamp(now))[0])  # a new day: the change of keys is not what is measured here
        for _ in range(ROUNDS):
            start, end = a_session(timestamp(now))
            ledger.append(start)
            append = timed(lambda end=end: ledger.append(end))[0]  # type: ignore[misc]
            one = timed(lambda: (os.write(bare, octets), os.fsync(bare)))[0]
            yield append, one, timed(lambda: _four(folder, bare, octets))[0]
    os.close(bare)


def _four(folder: Path, bare: int, octets: bytes) -> None:
    """The flushes of an append and nothing else: the entry, the checkpoint, the folder, the folder after the renaming."""
    os.write(bare, octets)
    os.fsync(bare)
    new = os.open(folder / "bare.new", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(new, octets)
    os.fsync(new)
    os.close(new)
    for rename in (False, True):
        if rename:
            (folder / "bare.new").replace(folder / "bare.checkpoint")
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(descriptor)
        os.close(descriptor)


def rotations(folder: Path, now: datetime) -> Iterator[float]:
    """The first append of a day: with the change of keys."""
    clock = [now]
    with Ledger.open(folder / "log", now=lambda: clock[0]) as ledger:
        for _ in range(20):
            clock[0] += timedelta(days=1)
            start = a_session(timestamp(clock[0]))[0]
            yield timed(lambda start=start: ledger.append(start))[0]  # type: ignore[misc]


def row(said: str, figure: str) -> None:
    """One line of the table."""
    print(f"{said:<74}{figure:>14}")


def main() -> None:
    """Prints the table."""
    print(heading())
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as name:  # noqa: S108  (a disk, where /tmp may be memory)
        folder = Path(name)
        now = START + timedelta(days=20 * 365)
        witness = Ed25519PrivateKey.generate()
        for said, by in (("", None), (", each end cosigned", witness)):
            vkey = make(folder / "log", by)
            seconds, ledger = timed(lambda: Ledger.open(folder / "log"))
            with ledger:
                assert ledger.size >= ENTRIES - 2
                print(
                    f"\n{ledger.size:,} entries{said}, {(folder / 'log' / 'entries.jsonl').stat().st_size / 1e6:.1f} MB"
                )
                row("opening for writing, s", f"{seconds:.2f}")
                (folder / "export").write_bytes(b"".join(export(folder / "log")))
                copy = copy_at(folder / "export")
                assert copy is not None
                seconds, findings = timed(lambda: audit(copy, vkey))  # noqa: B023
                assert findings.valid
                row("verifying an export, s", f"{seconds:.2f}")
                place = next(p for p in range(ledger.size - 1, 0, -1) if isinstance(ledger.entry(p), Ended))
                receipt = ledger.receipt(place)
                seconds = timed(lambda: verify(receipt, vkey))[0]  # noqa: B023
                row("receipt of an erasure, characters", f"{len(receipt):,}")
                row("verifying it, ms", f"{seconds * 1000:.2f}")
                if by:
                    _cosigned(ledger, by)
                    receipt = ledger.receipt(place)
                    row("receipt under a cosigned checkpoint, characters", f"{len(receipt):,}")
            if by is None:
                measured = list(appends(folder, now))
                append, one, four = (statistics.median(column) for column in zip(*measured, strict=True))
                row(f"append, median of {ROUNDS}, ms", f"{append * 1000:.2f}")
                row("one bare flush of the same octets, ms", f"{one * 1000:.2f}")
                row("the four flushes of an append, bare, ms", f"{four * 1000:.2f}")
                row("append / one flush", f"{append / one:.1f}")
                row("append / four flushes", f"{append / four:.2f}")
                first = statistics.median(rotations(folder, now))
                row("first append of a day, with its change of keys, median of 20, ms", f"{first * 1000:.2f}")
            for path in (folder / "log").iterdir():
                path.unlink()
            (folder / "log").rmdir()


def _cosigned(ledger: Ledger, witness: Ed25519PrivateKey) -> None:
    note = ledger.checkpoint
    ledger.cosigned(note, cosign(note[: note.index("\n\n") + 1], witness, "kiskriv.internal/witness", 1_772_452_800))


if __name__ == "__main__":
    main()

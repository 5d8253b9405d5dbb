"""The public keys of a log and how they follow one another. No I/O.

    created ──> epoch 0 ──rotated──> epoch 1 ──rotated──> epoch 2 ...        a day each, as kiskriv rotates by default
    origin       log key              log key (the same, unless the old one was revoked)
    commits to   epoch key            epoch key: the one before signed for it, and for the tree before it, and is gone

The log key is what an auditor holds, and signs every checkpoint. The epoch key signs every checkpoint too. Whoever
steals both can write the present epoch anew, and no earlier one: for those he lacks the keys, which exist no more.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from hashlib import sha256

from kiskriv.ledger.checkpoint import Checkpoint, VerifierKey
from kiskriv.ledger.entry import Created, Rotated
from kiskriv.ledger.faults import Fault
from kiskriv.ledger.signatures import signed
from kiskriv.ledger.terms import Change

_COMMITMENT = b"kiskriv first epoch key v1\n"


@dataclass(frozen=True, slots=True)
class Keys:
    """Who must sign a checkpoint."""

    log: VerifierKey
    epoch: VerifierKey


def origin_of(epoch_key: bytes) -> str:
    """The origin of the log whose first epoch key this is: it names a log and nobody, under a domain for private use."""
    return f"kiskriv.internal/{sha256(_COMMITMENT + epoch_key).hexdigest()[:32]}"


def rotation(tree: Checkpoint, change: Change, log_key: str, epoch_key: str) -> bytes:
    """What both keys before, and the epoch key after, sign: the tree of the epoch that ends, and the keys (hex) of the one that begins."""
    return f"kiskriv rotation v1\n{tree.body()}{change}\n{log_key}\n{epoch_key}\n".encode("ascii")


class Epochs:
    """The epochs of the log with this origin, as far as its entries were read."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._starts: list[int] = []  # the size of the tree from which on each is in force
        self._keys: list[Keys] = []
        self.revocations = 0
        self.since = ""
        """The time at which the present one began."""

    def __len__(self) -> int:
        return len(self._keys)

    def at(self, size: int) -> Keys:
        """The keys in force when the log had this many entries; LookupError before any were."""
        place = bisect_right(self._starts, size) - 1
        if place < 0:
            raise LookupError("before the first epoch")
        return self._keys[place]

    @property
    def now(self) -> Keys | None:
        """Those in force; None where there are none yet."""
        return self._keys[-1] if self._keys else None

    @property
    def named(self) -> set[VerifierKey]:
        """Every key there was."""
        return self.log_keys | {keys.epoch for keys in self._keys}

    @property
    def log_keys(self) -> set[VerifierKey]:
        """Every log key there was."""
        return {keys.log for keys in self._keys}

    def objection(self, entry: Created | Rotated, tree: Checkpoint) -> Fault | None:
        """Why this entry may not come next, after the tree of the epoch that it ends; None where it may."""
        if isinstance(entry, Created):
            fits = not self._keys and self._origin == origin_of(bytes.fromhex(entry.epoch_key))
            return None if fits else Fault.NO_KEYS
        if not self._keys:
            return Fault.BAD_ROTATION
        before = self._keys[-1]
        statement = rotation(tree, entry.change, entry.log_key, entry.epoch_key)
        kept = entry.log_key == before.log.public.hex()
        honest = (
            kept is (entry.change is Change.DAILY)
            and entry.epoch_key != before.epoch.public.hex()
            and signed(before.log.public, bytes.fromhex(entry.log), statement)
            and signed(before.epoch.public, bytes.fromhex(entry.old), statement)
            and signed(bytes.fromhex(entry.epoch_key), bytes.fromhex(entry.new), statement)
        )
        return None if honest else Fault.BAD_ROTATION

    def book(self, entry: Created | Rotated, size: int) -> None:
        """Take an entry into account to which there is no objection; `size` counts it."""
        publics = (bytes.fromhex(entry.log_key), bytes.fromhex(entry.epoch_key))
        self._starts.append(size)
        self._keys.append(Keys(*(VerifierKey(self._origin, public) for public in publics)))
        self.since = entry.time
        if isinstance(entry, Rotated) and entry.change is Change.REVOKED:
            self.revocations += 1

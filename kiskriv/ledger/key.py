"""The two private keys of a log, and where they are kept.

    log key      signs every checkpoint; stays the same until a person revokes it
    epoch key    signs every checkpoint too; another one every day, and the one before is destroyed

Whoever reads both can write the present epoch anew, so keys that others can read are refused, not used. They are kept
in the keystore of the system where kiskriv is given one, else in a file (PKCS #8 PEM, RFC 8410) for its owner alone.
A change of keys that is cut short is made good: what is next lies beside what is current until the log names it.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from kiskriv.errors import LedgerKeyUnusable
from kiskriv.ledger import files
from kiskriv.ledger.checkpoint import Checkpoint, SigningKey, sign_checkpoint
from kiskriv.ledger.entry import Created, Rotated
from kiskriv.ledger.epochs import Keys, origin_of, rotation
from kiskriv.ledger.terms import Change

CURRENT, NEXT = "current", "next"

_END = b"-----END PRIVATE KEY-----\n"
_ELSEWHERE = b"keystore\n"
"""What the key file holds where the keys are in the system's keystore."""


class KeyStore(Protocol):
    """Where private keys are kept: a few octets of ASCII under a name."""

    def read(self, name: str) -> bytes | None:
        """None where there is nothing under this name; LedgerKeyUnusable where it cannot be reached."""

    def write(self, name: str, secret: bytes) -> None:
        """As a whole, in the place of what was there. Raises OSError, LedgerKeyUnusable."""

    def remove(self, name: str) -> None:
        """Does no harm when there is nothing. Raises OSError, LedgerKeyUnusable."""


@dataclass(frozen=True, slots=True)
class Signers:
    """Both keys of a log; no repr shows them."""

    log: SigningKey = field(repr=False)
    epoch: SigningKey = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """Of a new log, whose origin follows from its first epoch key."""
        log, epoch = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        origin = origin_of(epoch.public_key().public_bytes_raw())
        return cls(SigningKey(origin, log), SigningKey(origin, epoch))

    @property
    def keys(self) -> Keys:
        """The public halves."""
        return Keys(self.log.verifier, self.epoch.verifier)

    def created(self, time: str) -> Created:
        """The first entry of the log."""
        return Created(time, self.log.verifier.public.hex(), self.epoch.verifier.public.hex())

    def next(self, change: Change) -> Signers:
        """A new epoch key, and where the old keys are revoked a new log key."""
        log = self.log if change is Change.DAILY else SigningKey(self.log.name, Ed25519PrivateKey.generate())
        return Signers(log, SigningKey(self.log.name, Ed25519PrivateKey.generate()))

    def rotated(self, after: Signers, change: Change, time: str, tree: Checkpoint) -> Rotated:
        """The entry by which these keys give way to others, after the tree of the epoch that it ends."""
        public = (after.log.verifier.public.hex(), after.epoch.verifier.public.hex())
        statement = rotation(tree, change, *public)
        signatures = (key.private.sign(statement).hex() for key in (self.log, self.epoch, after.epoch))
        return Rotated(time, change, *public, *signatures)

    def sign(self, checkpoint: Checkpoint) -> str:
        """The checkpoint under both signatures."""
        return sign_checkpoint(checkpoint, self.log, self.epoch)

    def to_pem(self) -> bytes:
        """Both, the log key first."""
        return b"".join(
            key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            for key in (self.log, self.epoch)
        )

    @classmethod
    def from_pem(cls, origin: str, pem: bytes) -> Self:
        """What `to_pem` wrote; LedgerKeyUnusable for anything else."""
        try:
            loaded = [load_pem_private_key(part + _END, password=None) for part in pem.split(_END)[:-1]]
        except (ValueError, TypeError):
            loaded = []
        keys = [SigningKey(origin, key) for key in loaded if isinstance(key, Ed25519PrivateKey)]
        if len(keys) != 2:
            raise LedgerKeyUnusable(problem="the key file does not hold the two Ed25519 keys of a log")
        return cls(*keys)


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """A KeyStore in the log's folder: `key`, and `key.next` while the keys change."""

    folder: Path

    def read(self, name: str) -> bytes | None:
        """LedgerKeyUnusable when it is not a regular file of ours that nobody else may read."""
        path = self._path(name)
        try:
            status = path.lstat()
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(status.st_mode):
            raise LedgerKeyUnusable(problem="the key is not a regular file")
        if hasattr(os, "geteuid"):
            if status.st_uid != os.geteuid():
                raise LedgerKeyUnusable(problem="the key belongs to another user")
            if status.st_mode & 0o077:
                raise LedgerKeyUnusable(problem="others may read the key: set its mode to 0600")
        return path.read_bytes()

    def write(self, name: str, secret: bytes) -> None:
        """By way of a second file; what was there before is overwritten, as far as the disk does what it is told."""
        path = self._path(name)
        _overwrite(path)  # what is current is needed no more when it is written: `take_up` has what follows it
        _overwrite(path.with_name(f"{path.name}.new"))
        files.replace(path, secret)
        files.sync_folder(self.folder)

    def remove(self, name: str) -> None:
        """Likewise."""
        path = self._path(name)
        _overwrite(path)
        path.unlink(missing_ok=True)
        files.sync_folder(self.folder)

    def _path(self, name: str) -> Path:
        return self.folder / {CURRENT: files.KEY, NEXT: files.NEXT_KEY}[name]


def _overwrite(path: Path) -> None:
    """In its place, before it goes; a journal, a snapshot or an SSD can keep it all the same."""
    with suppress(FileNotFoundError), path.open("r+b") as file:
        file.write(bytes(os.fstat(file.fileno()).st_size))
        file.flush()
        os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class _OfLog:
    """The names of one log in a keystore that holds those of many."""

    store: KeyStore
    origin: str

    def read(self, name: str) -> bytes | None:
        return self.store.read(f"{self.origin}/{name}")

    def write(self, name: str, secret: bytes) -> None:
        self.store.write(f"{self.origin}/{name}", secret)

    def remove(self, name: str) -> None:
        self.store.remove(f"{self.origin}/{name}")


def keep_new(folder: Path, signers: Signers, keystore: KeyStore | None) -> None:
    """Put the keys of a new log into the keystore where there is one, else into a file. Raises OSError, LedgerKeyUnusable."""
    if keystore is None:
        KeyFiles(folder).write(CURRENT, signers.to_pem())
        return
    _OfLog(keystore, signers.log.name).write(CURRENT, signers.to_pem())
    KeyFiles(folder).write(CURRENT, _ELSEWHERE)


def store_of(folder: Path, origin: str, keystore: KeyStore | None) -> KeyStore:
    """Where the keys of this log are; LedgerKeyUnusable where that is a keystore that is not given, or they are nowhere."""
    file = KeyFiles(folder)
    kept = file.read(CURRENT)
    if kept is None:
        raise LedgerKeyUnusable(problem="the file key is missing")
    if kept != _ELSEWHERE:
        return file
    if keystore is None:
        raise LedgerKeyUnusable(problem="its keys are in the system's keystore, which cannot be reached from here")
    return _OfLog(keystore, origin)


def take_up(store: KeyStore, origin: str, keys: Keys) -> tuple[Signers, bool]:
    """The private halves of these keys, and whether a change that was cut short had to be made good.

    Raises OSError, and LedgerKeyUnusable where neither what is current nor what was to be next belongs to the log.
    """
    kept = store.read(NEXT)
    current, following = _parsed(store.read(CURRENT), origin), _parsed(kept, origin)
    if current is not None and current.keys == keys:
        if kept is not None:
            store.remove(NEXT)
        return current, False
    if following is None or following.keys != keys:
        raise LedgerKeyUnusable(problem="the keys that are kept are not those that the log names")
    store.write(CURRENT, following.to_pem())
    store.remove(NEXT)
    return following, True


def _parsed(pem: bytes | None, origin: str) -> Signers | None:
    """None for keys that are not there, or not whole: a crash can leave one file of two so."""
    with suppress(LedgerKeyUnusable):
        return None if pem is None else Signers.from_pem(origin, pem)
    return None

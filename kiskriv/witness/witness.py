"""The witness and its folder: one key, the logs that it knows, and of each the last checkpoint that it cosigned.

    logs              the public keys of the logs, a line each; the clinic's IT writes it, and a change holds from the next request on
    checkpoints/      one signed note for each log: its last checkpoint, signed by the log and cosigned by the witness
    public-key        the one line that logs and auditors need; written last when a witness is made
    key               the private key, mode 0600
    lock              held by the one witness

A cosignature leaves only when the checkpoint under it is on the disk. Killed in between, the witness has seen more than it said: the log
is told the size, asks again, and gets its cosignature. What the witness remembers carries its own signature, so damage is not believed.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from kiskriv.errors import LedgerError, ProofInvalid, WitnessUnusable
from kiskriv.ledger import files
from kiskriv.ledger.checkpoint import MAX_NOTE, Checkpoint, VerifierKey, signed_lines
from kiskriv.ledger.cosignature import WitnessKey, cosign, cosignatures, with_cosignature
from kiskriv.ledger.key import CURRENT, KeyFiles
from kiskriv.witness.submission import Logs, Verdict, admit, never, weigh

LOGS: Final = "logs"
CHECKPOINTS: Final = "checkpoints"


class Witness:
    """Remembers, and cosigns; for any number of threads. Only one may have a folder open."""

    def __init__(
        self, folder: Path, lock: int, private: Ed25519PrivateKey, name: str, clock: Callable[[], float]
    ) -> None:
        self.key = WitnessKey(name, private.public_key().public_bytes_raw())
        self._folder = folder
        self._lock = lock
        self._private = private
        self._clock = clock
        self._one_at_a_time = threading.Lock()

    @classmethod
    def open(cls, folder: Path, clock: Callable[[], float] = time.time) -> Self:
        """The witness of a folder, with a new key where there is none. Raises WitnessUnusable."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / CHECKPOINTS).mkdir(mode=0o700, exist_ok=True)
            lock = files.take_lock(folder / files.LOCK)
        except BlockingIOError:
            raise WitnessUnusable(problem="busy") from None
        except OSError as error:
            raise _unusable(error) from None
        try:
            private, name = _keys(folder)
            witness = cls(folder, lock, private, name, clock)
            witness.logs()
            witness._look()
        except OSError as error:
            os.close(lock)
            raise _unusable(error) from None
        except BaseException:
            os.close(lock)
            raise
        return witness

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        os.close(self._lock)

    def logs(self) -> Logs:
        """The keys that IT trusts, by origin. Raises WitnessUnusable where a line is none, OSError."""
        logs: dict[str, list[VerifierKey]] = {}
        with suppress(FileNotFoundError):
            lines = (self._folder / LOGS).read_text("utf-8-sig", errors="replace").splitlines()
            for number, line in enumerate(map(str.strip, lines), start=1):
                if line and not line.startswith("#"):
                    try:
                        key = VerifierKey.parse(line)
                    except ProofInvalid:
                        raise WitnessUnusable(problem="logs", line=number) from None
                    logs.setdefault(key.name, []).append(key)
        return logs

    def add_checkpoint(self, request: str) -> Verdict:
        """What becomes of a request: 200 and the cosignature, or why not. Raises WitnessUnusable, OSError: nothing was cosigned then."""
        submission = admit(request, self.logs())
        if isinstance(submission, Verdict):
            return submission
        path = self._path(submission.checkpoint.origin)
        # "checking the old size against the latest checkpoint and persisting the new checkpoint must be performed atomically"
        with self._one_at_a_time:
            if against := weigh(submission, self._latest(path) or never(submission.checkpoint.origin)):
                return against
            cosignature = cosign(submission.checkpoint.body(), self._private, self.key.name, int(self._clock()))
            # "The witness MUST persist the new checkpoint before responding"
            files.replace(path, with_cosignature(submission.note, cosignature).encode())
            files.sync_folder(path.parent)
        return Verdict(HTTPStatus.OK, cosignature.line)

    def _path(self, origin: str) -> Path:
        return self._folder / CHECKPOINTS / _file(origin)

    def _latest(self, path: Path) -> Checkpoint | None:
        """The checkpoint in a file, as it was cosigned here; None where there is none. Raises WitnessUnusable, OSError."""
        try:
            return _checkpoint(_cosigned(path, self.key))
        except FileNotFoundError:
            return None

    def _look(self) -> None:
        latest(self._folder, self.key)


def latest(folder: Path, key: WitnessKey) -> tuple[str, ...]:
    """The notes that the witness with this key signed for last, one for each log; while it serves, too. Raises WitnessUnusable, OSError."""
    return tuple(_cosigned(path, key) for path in sorted((folder / CHECKPOINTS).glob("*.checkpoint")))


def _cosigned(path: Path, key: WitnessKey) -> str:
    """The note in a file of `checkpoints`, as this witness cosigned it. Raises WitnessUnusable, OSError."""
    try:
        note = files.read_text(path, MAX_NOTE)
        if cosignatures(note, key) and path.name == _file(_checkpoint(note).origin):
            return note
    except (ProofInvalid, ValueError):
        pass
    raise WitnessUnusable(problem="damaged")


def _checkpoint(note: str) -> Checkpoint:
    return Checkpoint.parse(signed_lines(note)[0])


def _file(origin: str) -> str:
    return f"{sha256(origin.encode()).hexdigest()}.checkpoint"


def _keys(folder: Path) -> tuple[Ed25519PrivateKey, str]:
    """The private key of the witness, and its name. Raises WitnessUnusable, OSError."""
    public = folder / files.PUBLIC_KEY
    if not public.exists():
        if any((folder / CHECKPOINTS).glob("*.checkpoint")):  # it has cosigned: a new key would be another witness
            raise WitnessUnusable(problem="key")
        private = (
            Ed25519PrivateKey.generate()
        )  # in the place of one that was half made, if there is one: it signed nothing
        KeyFiles(folder).write(CURRENT, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        key = WitnessKey(f"kiskriv.internal/witness/{secrets.token_hex(8)}", private.public_key().public_bytes_raw())
        files.replace(public, f"{key}\n".encode())
        files.sync_folder(folder)
        return private, key.name
    try:
        key = WitnessKey.parse(files.read_text(public, MAX_NOTE).removesuffix("\n"))
        loaded = load_pem_private_key(KeyFiles(folder).read(CURRENT) or b"", password=None)
    except (LedgerError, ValueError, TypeError):
        loaded = None
    if not isinstance(loaded, Ed25519PrivateKey) or loaded.public_key().public_bytes_raw() != key.public:
        raise WitnessUnusable(problem="key")
    return loaded, key.name


def _unusable(error: OSError) -> WitnessUnusable:
    return WitnessUnusable(problem="folder", reason=error.strerror or type(error).__name__)

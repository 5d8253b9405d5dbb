"""The signing key in its file: PKCS #8 PEM (RFC 8410), readable by its owner alone.

Whoever reads this file can rewrite what came after the last checkpoint that someone else holds, so a key that
others can read is refused, not used. A keystore of the system can take this module's place: the log needs a
SigningKey and nothing else.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from kiskriv.errors import LedgerError
from kiskriv.ledger import files


def create_key(path: Path) -> Ed25519PrivateKey:
    """Make a key and write it, mode 0600, to a file that does not exist yet. Raises OSError."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files.write_new(path, pem, mode=0o600)
    return private


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read a key; LedgerError when it is not a regular file of ours that nobody else may read. Raises OSError."""
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode):
        raise LedgerError(problem="the key is not a regular file")
    if hasattr(os, "geteuid"):
        if status.st_uid != os.geteuid():
            raise LedgerError(problem="the key belongs to another user")
        if status.st_mode & 0o077:
            raise LedgerError(problem="others may read the key: set its mode to 0600")
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise LedgerError(problem="the key file does not hold an Ed25519 key")
    return private

"""Which files exactly: one digest for a folder of them, so that a ledger can name a program or its rules (R24)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path


def fingerprint(folder: Path) -> str:
    """64 hex digits over the path and the SHA-256 of every file below a folder, but for compiled ones; docs/deletion-log.md has the form.

    Raises OSError.
    """
    total = sha256()
    for name, path in sorted(_files(folder)):
        total.update(name.encode() + b"\0" + sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _files(folder: Path) -> list[tuple[str, Path]]:
    files = [(path.relative_to(folder), path) for path in folder.rglob("*")]
    return [(name.as_posix(), path) for name, path in files if path.is_file() and "__pycache__" not in name.parts]

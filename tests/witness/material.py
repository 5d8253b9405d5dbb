"""Logs in memory, and what they send to a witness."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kiskriv.ledger.checkpoint import Checkpoint, SigningKey, sign_checkpoint
from kiskriv.ledger.merkle import Tree, leaf_hash
from kiskriv.witness.submission import request
from kiskriv.witness.witness import LOGS
from tests.ledger.material import signing_key


class Log:
    """A log of so many entries. Two with the same key, and other entries from `fork` on, are a log that lies."""

    def __init__(self, key: SigningKey | None = None, entries: int = 40, fork: int = 1000) -> None:
        self.key = key or signing_key()
        self.tree = Tree()
        for index in range(entries):
            self.tree.append(leaf_hash(f"entry {index}{' forked' if index >= fork else ''}".encode()))

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(self.key.name, size, self.tree.root(size))

    def note(self, size: int) -> str:
        return sign_checkpoint(self.checkpoint(size), self.key)

    def request(self, old: int, size: int, proof: Sequence[bytes] | None = None) -> str:
        return request(old, self.tree.consistency(old, size) if proof is None else proof, self.note(size))


def trust(folder: Path, *keys: SigningKey) -> None:
    """IT writes the logs that the witness in this folder knows."""
    folder.mkdir(exist_ok=True)
    (folder / LOGS).write_text("".join(f"{key.verifier}\n" for key in keys))

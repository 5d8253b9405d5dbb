"""What an erasure did and what it found when it looked again, as values (NIST SP 800-88: cryptographic erase, clear)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Method(StrEnum):
    """How something was erased."""

    KEY_DESTROYED = "key-destroyed"
    BUFFERS_OVERWRITTEN = "buffers-overwritten"
    SPOOL_REMOVED = "spool-removed"


class Place(StrEnum):
    """Where it was looked for afterwards."""

    OWN_MEMORY = "own-memory"
    SPOOL_FOLDER = "spool-folder"


@dataclass(frozen=True)
class ErasedArtefact:
    """`count` records of a kind, `octets` in all."""

    artefact: str
    count: int
    octets: int


@dataclass(frozen=True)
class Erasure:
    """`residue`: how many times keys, buffers or spool were met again. `verified`: it was looked for, and nothing was met."""

    artefacts: tuple[ErasedArtefact, ...]
    methods: tuple[Method, ...]
    looked: tuple[Place, ...]
    residue: int
    verified: bool

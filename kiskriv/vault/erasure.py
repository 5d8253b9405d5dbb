"""What an erasure did and what it found when it looked again, as values (NIST SP 800-88: cryptographic erase, clear)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Method(StrEnum):
    """How something was erased."""

    KEY_DESTROYED = "key-destroyed"
    BUFFERS_OVERWRITTEN = "buffers-overwritten"


@dataclass(frozen=True)
class ErasedArtefact:
    """`count` records of a kind, `octets` in all."""

    artefact: str
    count: int
    octets: int


@dataclass(frozen=True)
class Erasure:
    """`residue`: how many times key or buffers were met again. `verified`: it was looked for, and nothing was met."""

    artefacts: tuple[ErasedArtefact, ...]
    methods: tuple[Method, ...]
    residue: int
    verified: bool

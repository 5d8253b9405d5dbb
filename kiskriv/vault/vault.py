"""Sealed records in memory: sound, transcript, draft. Nothing of it touches a disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

from cryptography.exceptions import InvalidTag

from kiskriv.errors import VaultErased, VaultTampered
from kiskriv.vault.erasure import ErasedArtefact, Erasure, Method
from kiskriv.vault.key import SessionKey


class Artefact(StrEnum):
    """The kinds of material that a session makes."""

    AUDIO = "audio"
    TRANSCRIPT = "transcript"
    DRAFT = "draft"
    SPEAKERS = "speakers"


class Vault:
    """Append-only until `erase`. Every record is bound to its kind and number: none can stand in for another.

    For one thread: where another one used the key, a copy stayed on its stack after it had ended (measured; `docs/decisions`).
    """

    def __init__(self) -> None:
        self._key = SessionKey()
        self._records: dict[Artefact, list[tuple[int, bytearray]]] = {artefact: [] for artefact in Artefact}
        self._sealed = 0
        self._erased = False

    def __repr__(self) -> str:
        return f"<Vault, {self._sealed} records{', erased' if self._erased else ''}>"

    @property
    def commitment(self) -> str:
        """See `SessionKey.commitment`."""
        return self._key.commitment

    def seal(self, artefact: Artefact, plaintext: bytearray) -> int:
        """Keeps `plaintext` as ciphertext and wipes it where it stands; returns the record's place among its kind."""
        if self._erased:
            raise VaultErased
        number, records = self._sealed, self._records[artefact]
        self._sealed += 1
        records.append((number, self._key.seal(number, plaintext, artefact.encode())))
        plaintext[:] = bytes(len(plaintext))
        return len(records) - 1

    def open(self, artefact: Artefact, place: int) -> bytearray:
        """The plaintext of one record, in a buffer that the caller wipes. Raises VaultErased, VaultTampered."""
        if self._erased:
            raise VaultErased
        number, sealed = self._records[artefact][place]
        try:
            return self._key.open(number, sealed, artefact.encode())
        except InvalidTag:
            raise VaultTampered(artefact=artefact) from None

    def all(self, artefact: Artefact) -> Iterator[bytearray]:
        """Every record of a kind in order, each wiped when the next one is asked for."""
        for place in range(len(self._records[artefact])):
            plaintext = self.open(artefact, place)
            try:
                yield plaintext
            finally:
                plaintext[:] = bytes(len(plaintext))

    @contextmanager
    def last(self, artefact: Artefact) -> Iterator[bytearray]:
        """The newest record of a kind, wiped when the block is left."""
        plaintext = self.open(artefact, len(self._records[artefact]) - 1)
        try:
            yield plaintext
        finally:
            plaintext[:] = bytes(len(plaintext))

    def destroy_key(self) -> None:
        """The first step of erasing, and the decisive one: from here on nothing opens. May be taken again."""
        self._erased = True
        self._key.destroy()

    def erase(self, others: Mapping[Artefact, int] | None = None) -> Erasure:
        """Destroys the key, overwrites every buffer, then looks again. `others`: octets that their holders erased themselves."""
        self.destroy_key()
        artefacts = [
            ErasedArtefact(artefact, len(records), sum(len(sealed) for _, sealed in records))
            for artefact, records in self._records.items()
            if records
        ]
        artefacts += [ErasedArtefact(artefact, 1, octets) for artefact, octets in (others or {}).items() if octets]
        for _, sealed in self._everything():
            sealed[:] = bytes(len(sealed))
        in_memory = self._key.residue()
        residue = (in_memory or 0) + sum(sealed.count(0) != len(sealed) for _, sealed in self._everything())
        self._records = {artefact: [] for artefact in Artefact}
        return Erasure(
            artefacts=tuple(artefacts),
            methods=(Method.KEY_DESTROYED, Method.BUFFERS_OVERWRITTEN),
            residue=residue,
            verified=residue == 0 and in_memory is not None,
        )

    def _everything(self) -> Iterator[tuple[int, bytearray]]:
        return (record for records in self._records.values() for record in records)

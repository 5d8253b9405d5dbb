"""Sealed records in memory: sound, transcript, draft. Nothing of it touches a disk, unless a clinic wants a spool (`vault.spool`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag

from kiskriv.errors import SpoolUnwritable, VaultErased, VaultTampered
from kiskriv.vault.erasure import ErasedArtefact, Erasure, Method, Place
from kiskriv.vault.key import SessionKey


class Artefact(StrEnum):
    """The kinds of material that a session makes; its order, what it was asked to be, stands in a spool only."""

    AUDIO = "audio"
    TRANSCRIPT = "transcript"
    DRAFT = "draft"
    SPEAKERS = "speakers"
    ORDER = "order"


COPIED: Final = frozenset({Artefact.AUDIO, Artefact.DRAFT})
"""What a copy needs: the transcript is made again from the sound, word for word."""


class Copy(Protocol):
    """A sealed copy outside this process (`vault.spool`)."""

    def write(self, artefact: Artefact, plaintext: bytearray) -> None:
        """Adds a record; `plaintext` stays as it is. Raises SpoolUnwritable; then nothing more is taken."""

    def revoke(self) -> None:
        """Takes its key away from everybody, now: what is there is noise. May be done again."""

    def close(self) -> None:
        """Takes nothing more, and leaves it as it is for another process."""

    def remove(self) -> bool:
        """Ends it: whether its key and its octets were looked for and not found. May be done again."""

    def residue(self) -> int | None:
        """How often its key is still met in this process's memory; None where that cannot be known."""


class Vault:
    """Append-only until `erase`. Every record is bound to its kind and number: none can stand in for another.

    For one thread: where another one used the key, a copy stayed on its stack after it had ended (measured; `docs/decisions`).
    """

    def __init__(self) -> None:
        self._key = SessionKey()
        self._records: dict[Artefact, list[tuple[int, bytearray]]] = {artefact: [] for artefact in Artefact}
        self._sealed = 0
        self._erased = False
        self._copy: Copy | None = None
        self._copying = self._copy_removed = False

    def __repr__(self) -> str:
        return f"<Vault, {self._sealed} records{', erased' if self._erased else ''}>"

    @property
    def commitment(self) -> str:
        """See `SessionKey.commitment`."""
        return self._key.commitment

    @property
    def spooled(self) -> bool:
        """Whether what is sealed goes into a copy outside this process too."""
        return self._copying

    def adopt(self, copy: Copy, *, current: bool) -> None:
        """From here on `copy` is erased with all else. `current`: it holds what is kept here, and so what is sealed goes there too."""
        self._copy, self._copying, self._copy_removed = copy, current, False

    def copy(self, artefact: Artefact, plaintext: bytearray) -> None:
        """Adds a record to the copy alone, if there is one. A copy that cannot be written is removed: the session goes on without."""
        if self._copy is None or not self._copying:
            return
        try:
            self._copy.write(artefact, plaintext)
        except SpoolUnwritable:
            self._remove_copy()

    def seal(self, artefact: Artefact, plaintext: bytearray) -> int:
        """Keeps `plaintext` as ciphertext and wipes it where it stands; returns the record's place among its kind."""
        if self._erased:
            raise VaultErased
        number, records = self._sealed, self._records[artefact]
        self._sealed += 1
        records.append((number, self._key.seal(number, plaintext, artefact.encode())))
        try:
            if artefact in COPIED:
                self.copy(artefact, plaintext)
        finally:
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
        """The first step of erasing, and the decisive one: from here on nothing opens, here or in a copy. May be taken again.

        The copy's key goes before all else: killed at any later moment, this process leaves nothing that another could go on with.
        """
        self._erased = True
        try:
            if self._copy is not None:
                self._copy.revoke()
        finally:
            self._key.destroy()
        self._remove_copy()

    def leave_copy(self) -> None:
        """The copy stays for another process: what is erased from here on is what is kept here."""
        copy, self._copy, self._copying = self._copy, None, False
        if copy is not None:
            copy.close()

    def erase(self, others: Mapping[Artefact, int] | None = None) -> Erasure:
        """Destroys the key, overwrites every buffer, then looks again. `others`: octets that their holders erased themselves."""
        self.destroy_key()
        copied = self._copy is not None
        artefacts = [
            ErasedArtefact(artefact, len(records), sum(len(sealed) for _, sealed in records))
            for artefact, records in self._records.items()
            if records
        ]
        artefacts += [ErasedArtefact(artefact, 1, octets) for artefact, octets in (others or {}).items() if octets]
        for _, sealed in self._everything():
            sealed[:] = bytes(len(sealed))
        in_memory = [self._key.residue(), self._copy.residue() if self._copy is not None else 0]
        residue = sum(filter(None, in_memory)) + (copied and not self._copy_removed)
        residue += sum(sealed.count(0) != len(sealed) for _, sealed in self._everything())
        self._records = {artefact: [] for artefact in Artefact}
        return Erasure(
            artefacts=tuple(artefacts),
            methods=(
                Method.KEY_DESTROYED,
                Method.BUFFERS_OVERWRITTEN,
                *((Method.SPOOL_REMOVED,) if self._copy_removed else ()),
            ),
            looked=(Place.OWN_MEMORY, *((Place.SPOOL_FOLDER,) if copied else ())),
            residue=residue,
            verified=residue == 0 and None not in in_memory,
        )

    def _remove_copy(self) -> None:
        self._copying = False
        if self._copy is not None:
            self._copy_removed = self._copy.remove()

    def _everything(self) -> Iterator[tuple[int, bytearray]]:
        return (record for records in self._records.values() for record in records)

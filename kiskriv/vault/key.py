"""The one key of a session: 256 random bits in a page that nobody else can see, wiped at the end.

A living cipher object holds copies of its key in the ordinary heap, a dead one none (measured: shared notes on security, point 7). So a
cipher lives for one record, and the key is read from its page each time.
"""

from __future__ import annotations

import hashlib
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiskriv.errors import VaultErased
from kiskriv.machine import search_memory, secret_page

SIZE = 32
TAG = 16
_COMMITMENT = b"kiskriv session key v1\n"


class SessionKey:
    """AES-256-GCM (NIST SP 800-38D) under a random key; the nonce is the record's number, so that none comes twice."""

    def __init__(self) -> None:
        self._page = secret_page()
        mask, masked = os.urandom(SIZE), os.urandom(SIZE)  # the key is their XOR: whole in its page, and nowhere else
        for place, (a, b) in enumerate(zip(mask, masked, strict=True)):  # octet by octet: no copy on the way
            self._page.octets[place] = a ^ b
        self._trace = mask, masked
        digest = hashlib.sha256(_COMMITMENT)
        digest.update(self._page.octets[:SIZE])
        self.commitment = digest.hexdigest()
        """SHA-256 over a label and the key: ties `opened` to `ended` without saying anything of the session."""
        self._destroyed = False

    def __repr__(self) -> str:
        return f"<SessionKey, {'destroyed' if self._destroyed else 'alive'}>"

    def seal(self, number: int, plaintext: bytearray | memoryview, bound: bytes) -> bytearray:
        """Ciphertext and tag; `bound` is authenticated with it and must be given again to open."""
        sealed = bytearray(len(plaintext) + TAG)
        self._cipher().encrypt_into(_nonce(number), plaintext, bound, sealed)
        return sealed

    def open(self, number: int, sealed: bytearray, bound: bytes) -> bytearray:
        """The plaintext, in a buffer that the caller wipes. Raises cryptography's InvalidTag when anything was changed."""
        plaintext = bytearray(len(sealed) - TAG)
        self._cipher().decrypt_into(_nonce(number), sealed, bound, plaintext)
        return plaintext

    def destroy(self) -> None:
        """Overwrites the key; afterwards nothing opens."""
        self._page.wipe()
        self._destroyed = True

    def residue(self) -> int | None:
        """How often the key is still met in this process's memory; None where that cannot be known.

        No search sees into its own page, so that one is looked at for itself.
        """
        elsewhere = search_memory(*self._trace)
        return None if elsewhere is None else elsewhere + (not self._page.blank)

    def _cipher(self) -> AESGCM:
        if self._destroyed:
            raise VaultErased
        return AESGCM(self._page.octets[:SIZE])


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")

"""Cobblestone-256 of C2SP chunked-encryption (https://c2sp.org/chunked-encryption): one message, whole or not at all.

    message = salt (24) || commitment (32) || chunks of 16 KiB, each sealed with AES-256-GCM; the last one is shorter, and may be empty

The package cryptography has this scheme too (`cryptography.cobblestone`), and the tests hold the two against each other. It is not used
here, for what it leaves in memory when it is done: up to 15.6 kB of the plaintext and a key of the message, against nothing (measured, see
`docs/decisions/0007-the-spool.md`). Whatever does not open raises cryptography's InvalidTag.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hmac import compare_digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

Octets = bytes | bytearray | memoryview

CHUNK = 16 * 1024
TAG = 16
SALT = 24
HEAD = SALT + 32
"""Octets before the first chunk: salt and commitment."""

_KEY, _NONCE = 32, 12
_LABEL = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"


def sealed_length(plain: int) -> int:
    """Octets of the message that holds `plain` octets."""
    return HEAD + plain + (plain // CHUNK + 1) * TAG


def encrypt(key: Octets, plaintext: Octets, context: bytes, salt: bytes | None = None) -> bytearray:
    """The message that opens with this `key` (32 uniformly random octets) and `context` only. A salt never comes twice: it is random."""
    salt = os.urandom(SALT) if salt is None else salt
    plain = memoryview(plaintext).cast("B")
    message = bytearray(sealed_length(len(plain)))
    sealed = memoryview(message)
    with _derived(key, salt, context) as (cipher, nonce, commitment):
        sealed[:SALT], sealed[SALT:HEAD] = salt, commitment
        for number in range(len(plain) // CHUNK + 1):
            chunk = plain[number * CHUNK : (number + 1) * CHUNK]
            start = HEAD + number * (CHUNK + TAG)
            cipher.encrypt_into(_xor(nonce, number), chunk, None, sealed[start : start + len(chunk) + TAG])
    return message


def committed(key: Octets, head: Octets, context: bytes) -> bool:
    """Whether the message that begins with these `HEAD` octets was made with this key and context; nothing is opened."""
    with _derived(key, bytes(head[:SALT]), context) as (_, _, commitment):
        return compare_digest(commitment, head[SALT:HEAD])


def decrypt(key: Octets, message: Octets, context: bytes) -> bytearray:
    """The plaintext, in a buffer that the caller wipes. InvalidTag where key or context differ, or anything was changed or cut."""
    chunks, last = divmod(len(message) - HEAD, CHUNK + TAG)
    if (
        len(message) < HEAD or last < TAG
    ):  # the last chunk is shorter than the others: a message that ends on a full one was cut
        raise InvalidTag
    plaintext = bytearray(chunks * CHUNK + last - TAG)
    if not _open(key, memoryview(message), memoryview(plaintext), context):
        plaintext[:] = bytes(len(plaintext))
        raise InvalidTag
    return plaintext


def _open(key: Octets, sealed: memoryview, plain: memoryview, context: bytes) -> bool:
    """Whether every chunk opened. It answers and does not raise: a traceback would keep the cipher alive, and its key with it."""
    with _derived(key, bytes(sealed[:SALT]), context) as (cipher, nonce, commitment):
        if not compare_digest(commitment, sealed[SALT:HEAD]):  # before any chunk
            return False
        try:
            for number in range(len(plain) // CHUNK + 1):
                start = HEAD + number * (CHUNK + TAG)
                into = plain[number * CHUNK : (number + 1) * CHUNK]
                cipher.decrypt_into(_xor(nonce, number), sealed[start : start + len(into) + TAG], None, into)
        except InvalidTag:
            return False
    return True


@contextmanager
def _derived(key: Octets, salt: bytes, context: bytes) -> Iterator[tuple[AESGCM, memoryview, memoryview]]:
    """key || base nonce || commitment = HKDF-Expand-SHA-512(input key, label || salt || context); wiped when the block is left."""
    derived = bytearray(_KEY + _NONCE + HEAD - SALT)
    try:
        HKDFExpand(SHA512(), len(derived), _LABEL + salt + context).derive_into(key, derived)
        view = memoryview(derived)
        yield AESGCM(view[:_KEY]), view[_KEY : _KEY + _NONCE], view[_KEY + _NONCE :]
    finally:
        derived[:] = bytes(len(derived))


def _xor(nonce: memoryview, number: int) -> bytes:
    return (int.from_bytes(nonce, "big") ^ number).to_bytes(_NONCE, "big")

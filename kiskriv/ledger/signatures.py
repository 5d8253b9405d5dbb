"""Ed25519 signatures, as strictly as docs/deletion-log.md has them: whatever one verifier accepts, every other does too. No I/O.

RFC 8032 leaves some room, and libraries use it. A signature counts if S < L and the encoding of [S]B - [k]A is R, octet for octet,
which is what OpenSSL does; and a key counts if it is in its canonical encoding (RFC 8032 section 5.1.3) and not of small order,
which OpenSSL does not ask. Only who makes a key can make an odd one, so this keeps verifiers of one mind; it stops no forger.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_P: Final = 2**255 - 19
_ORDER_8: Final = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
_SMALL_ORDER: Final = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})  # the y of every point of order 1, 2, 4 or 8


def signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the holder of this public key (32 octets) signed this message (signature of 64 octets)."""
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if y >= _P or y in _SMALL_ORDER:  # with x = 0, where a sign would be wrong, the order is 1 or 2
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True

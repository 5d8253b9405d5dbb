"""Cosignatures (c2sp.org/tlog-cosignature), Ed25519 only: what a witness says of a checkpoint, and when it said it. No I/O.

    cosignature/v1                                       what the witness signs: this line,
    time 1769940000                                      the time, in seconds since 1970 (POSIX),
    kiskriv.internal/3f0c9b1e5a7d2468                    and the whole text of the checkpoint
    42
    mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=

    — kiskriv.internal/witness/90ab12… 8TqG2wAAAABp…     key id, time and signature, one more line under the checkpoint

It states that at this time the witness knew no larger tree of this log, and had seen this one grow out of every tree
that it had cosigned before. A witness's key has a signature type of its own, so that it is never taken for a log's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiskriv.errors import ProofInvalid
from kiskriv.ledger.checkpoint import MAX_SIGNATURES, VerifierKey, signature_line, signed_lines
from kiskriv.ledger.signatures import signed

_LAST_SECOND = 2**63 - 1  # tlog-cosignature, "Format": the timestamp MUST NOT exceed it
_ID, _TIME, _SIGNATURE = 4, 8, 64  # octets


class WitnessKey(VerifierKey):
    """Who may cosign, by a key that can sign nothing else."""

    __slots__ = ()

    # SHA-256(<name> || "\n" || 0x04 || 32-byte Ed25519 cosigner public key)[:4] is its id   (tlog-cosignature, "Format")
    signature_type = b"\x04"  # a timestamped Ed25519 witness cosignature (signed-note, "Signature types")


@dataclass(frozen=True, slots=True)
class Cosignature:
    """That this witness cosigned, when (seconds since 1970), and its signature of 64 octets."""

    key: WitnessKey
    seconds: int
    signature: bytes = field(repr=False)

    @property
    def line(self) -> str:
        """The signature line, with its newline: to be put under the note."""
        # struct { u64 timestamp; opaque ed25519_signature[64]; } timestamped_signature   (tlog-cosignature, "Format")
        signed = self.key.id + self.seconds.to_bytes(_TIME, "big") + self.signature
        return signature_line(self.key.name, signed)


def cosigned_text(body: str, seconds: int) -> bytes:
    """What a witness signs, for a checkpoint with this text (tlog-cosignature, "Ed25519 signed message")."""
    return f"cosignature/v1\ntime {seconds}\n{body}".encode()


def cosign(body: str, private: Ed25519PrivateKey, name: str, seconds: int) -> Cosignature:
    """The cosignature of the witness with this name. Whoever calls has seen that the checkpoint is consistent."""
    if not 0 <= seconds <= _LAST_SECOND:
        raise ValueError("no time that a cosignature can hold")
    key = WitnessKey(name, private.public_key().public_bytes_raw())
    return Cosignature(key, seconds, private.sign(cosigned_text(body, seconds)))


def verify(body: str, seconds: int, public: bytes, signature: bytes) -> None:
    """Return if the holder of this public key cosigned this text at this time, else raise ProofInvalid."""
    if not 0 <= seconds <= _LAST_SECOND:
        raise ProofInvalid(problem="the time of a cosignature is out of range")
    if not signed(public, signature, cosigned_text(body, seconds)):
        raise ProofInvalid(problem="the cosignature does not fit the checkpoint")


def cosignatures(note: str, *keys: WitnessKey) -> tuple[Cosignature, ...]:
    """What these witnesses cosigned of a note, in its order; the log's own signature is not looked at.

    Cosignatures by unknown keys are ignored, a bad one by a known key spoils the note (signed-note, "Signatures"). Raises ProofInvalid.
    """
    known = {(key.name, key.id): key for key in keys}
    body, lines = signed_lines(note)
    return tuple(
        _cosignature(body, signature, key) for name, signature in lines if (key := known.get((name, signature[:_ID])))
    )


def with_cosignature(note: str, cosignature: Cosignature) -> str:
    """The note with this cosignature, in the place of any by the same witness. Raises ProofInvalid where it has no room."""
    body, lines = signed_lines(note)
    one = (cosignature.key.name, cosignature.key.id)
    others = [(name, octets) for name, octets in lines if (name, octets[:_ID]) != one]
    if len(others) >= MAX_SIGNATURES:
        raise ProofInvalid(problem="the note is signed too often")
    return f"{body}\n{''.join(signature_line(*other) for other in others)}{cosignature.line}"


def _cosignature(body: str, octets: bytes, key: WitnessKey) -> Cosignature:
    if len(octets) != _ID + _TIME + _SIGNATURE:
        raise ProofInvalid(problem="a cosignature does not have its length")
    seconds, signature = int.from_bytes(octets[_ID : _ID + _TIME], "big"), octets[_ID + _TIME :]
    verify(body, seconds, key.public, signature)
    return Cosignature(key, seconds, signature)

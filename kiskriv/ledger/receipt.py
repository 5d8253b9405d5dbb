"""A receipt: one entry, and the proof that it stands in the log, in the form of c2sp.org/tlog-proof. No I/O.

    c2sp.org/tlog-proof@v1
    extra eyJhcnRlZmFjdHMi...      the entry, base64
    index 41                       its place in the log, from 0
    gSKyXoYZUgZ6jduWYrkDOA...      the inclusion proof, leaf's sibling first

    kiskriv.internal/3f0c...       the signed checkpoint, verbatim

A receipt and the log's public key say by themselves, offline and for ever, that the log signed for this entry.
tlog-proof warns that `extra` is not authenticated: here it is, because the entry in it is what gets hashed into the
leaf.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kiskriv.errors import ProofInvalid
from kiskriv.ledger.checkpoint import (
    VerifierKey,
    decode_base64,
    encode_base64,
    open_checkpoint,
)
from kiskriv.ledger.entry import Entry, decode
from kiskriv.ledger.merkle import HASH, leaf_hash, verify_inclusion

MAX_RECEIPT = 512 * 1024
"""Characters in a receipt at most; one of ours has about 2,000."""

HEADER = "c2sp.org/tlog-proof@v1"
"""The first line of a receipt."""

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_MAX_PROOF = 64  # hashes: a tree of 2**64 entries


@dataclass(frozen=True, slots=True)
class Receipt:
    """The parts of a receipt; `str()` gives its text. Nothing in it is verified."""

    entry: bytes = field(repr=False)
    index: int
    proof: tuple[bytes, ...] = field(repr=False)
    checkpoint: str = field(repr=False)

    def __str__(self) -> str:
        return "\n".join(
            (
                HEADER,
                f"extra {encode_base64(self.entry)}",
                f"index {self.index}",
                *map(encode_base64, self.proof),
                "",
                self.checkpoint,
            )
        )


def parse(text: str) -> Receipt:
    """Read the parts of a receipt (tlog-proof, "Format"); ProofInvalid when it is none."""
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if len(text) > MAX_RECEIPT or not separator or len(lines) < 3 or lines[0] != HEADER:
        raise ProofInvalid(problem="this is not a receipt")
    extra, index, proof = lines[1], _INDEX.fullmatch(lines[2]), lines[3:]
    if not extra.startswith("extra ") or not index or len(proof) > _MAX_PROOF:
        raise ProofInvalid(problem="the receipt lacks an entry or an index, or its proof is too long")
    try:
        hashes = tuple(decode_base64(line) for line in proof)
        entry = decode_base64(extra.removeprefix("extra "))
    except ValueError:
        raise ProofInvalid(problem="a line of the receipt is not base64") from None
    if any(len(hash_) != HASH for hash_ in hashes):
        raise ProofInvalid(problem="a line of the proof is not a hash")
    return Receipt(entry, int(index[1]), hashes, checkpoint)


def verify(text: str, vkey: str) -> Entry:
    """The entry that the log with this public key signed for; ProofInvalid when anything does not hold.

    Needs the receipt and the one-line key, nothing else.
    """
    receipt = parse(text)
    checkpoint = open_checkpoint(receipt.checkpoint, VerifierKey.parse(vkey))
    leaf = leaf_hash(receipt.entry)
    verify_inclusion(leaf, receipt.index, checkpoint.size, receipt.proof, checkpoint.root)
    try:
        return decode(receipt.entry)
    except ValueError:
        raise ProofInvalid(problem="the entry is not one that kiskriv writes") from None

"""What takes minutes: every octet of an export with every other value, every proof of 300 trees against every size."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import decode, export
from kiskriv.ledger.copies import HEADER
from kiskriv.ledger.merkle import Tree, leaf_hash, verify_consistency, verify_inclusion
from kiskriv.ledger.replay import HASHED

from .material import lived
from .tampering import passes, remembering


def flips() -> int:
    """Prints how many were tried and how many passed; 1 if any did.

    A line that does not decode is a fault (UNREADABLE_ENTRY), one that does has another leaf, and then the root is another
    (ROOT_MISMATCH): that is asked of the code itself, for each value, and so the 200 other lines need not be read each time.
    One in 5,000 is audited as a whole besides; so is every value that makes or breaks a line, and all of head and checkpoint.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, remembering():
        kept = lived(Path(folder) / "log", 6, 13, prune=2)
        octets = b"".join(export(Path(folder) / "log"))
        lines = octets[len(HEADER) : octets.index(b"\n\n") + 1].splitlines(keepends=True)
        tree = Tree()
        for line in lines:
            tree.append(_leaf(line[:-1]) or b"")
        assert passes(octets, kept.vkey)
        draw, tried, audited, passed = random.Random(0), 0, 0, 0
        start = len(HEADER)
        for index, line in enumerate(lines):
            proof = tree.inclusion(index)
            for place in range(len(line)):
                for value in range(256):
                    if value == line[place]:
                        continue
                    tried += 1
                    changed = line[:place] + bytes([value]) + line[place + 1 :]
                    whole = place == len(line) - 1 or value == 0x0A or draw.randrange(5_000) == 0
                    if whole:
                        audited += 1
                        passed += passes(octets[:start] + changed + octets[start + len(line) :], kept.vkey)
                    else:
                        passed += not _found(changed[:-1], index, tree, proof)
            start += len(line)
        for place in (*range(len(HEADER)), *range(start, len(octets))):
            for value in set(range(256)) - {octets[place]}:
                tried, audited = tried + 1, audited + 1
                passed += passes(octets[:place] + bytes([value]) + octets[place + 1 :], kept.vkey)
    print(
        f"{len(lines)} entries, {len(octets):,} octets: {tried:,} changes of one octet, {audited:,} of them audited as a whole; "
        f"{passed} passed ({time.monotonic() - began:.0f} s)"
    )
    return int(passed > 0)


def _leaf(line: bytes) -> bytes | None:
    """The leaf of a line; None where it is none that may stand there."""
    if hashed := HASHED.fullmatch(line):
        return bytes.fromhex(hashed[1].decode())
    try:
        decode(line)
    except ValueError:
        return None
    return leaf_hash(line)


def _found(line: bytes, index: int, tree: Tree, proof: tuple[bytes, ...]) -> bool:
    if (leaf := _leaf(line)) is None:
        return True
    try:
        verify_inclusion(leaf, index, tree.size, proof, tree.root())
    except ProofInvalid:
        return True
    return False


def proofs(largest: int = 300) -> int:
    """Prints how many held and how many were refused; raises where one does not hold, or holds for another size."""
    began, held, refused = time.monotonic(), 0, 0
    tree = Tree()
    for number in range(largest):
        tree.append(leaf_hash(b"%d" % number))
    roots = [tree.root(size) for size in range(largest + 1)]
    for size in range(1, largest + 1):
        for index in range(size):
            leaf, proof = tree.leaf(index), tree.inclusion(index, size)
            for other in range(index + 1, largest + 1):
                try:
                    verify_inclusion(leaf, index, other, proof, roots[other])
                except ProofInvalid:
                    refused += 1
                    assert other != size
                else:
                    held += 1
                    assert other == size
        for old in range(1, size + 1):
            proof = tree.consistency(old, size)
            for other in range(old, largest + 1):
                try:
                    verify_consistency(old, roots[old], other, roots[other], proof)
                except ProofInvalid:
                    refused += 1
                    assert other != size
                else:
                    held += 1
                    assert other == size
    print(
        f"trees of 1 to {largest} leaves: {held:,} proofs hold, {refused:,} do not for another size ({time.monotonic() - began:.0f} s)"
    )
    return 0

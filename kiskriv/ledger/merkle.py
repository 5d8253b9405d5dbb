"""The Merkle tree of RFC 6962: hashes, roots, proofs and their verification. No I/O.

    size 5            root
                     /    \\
                   a        e5          Every complete subtree is kept, level by level:
                 /   \\                    level 2   a
               b       c                  level 1   b   c
              / \\     / \\                 level 0   e1  e2  e3  e4  e5
            e1  e2  e3  e4              so an append, a root and a proof cost O(log n).

Proofs are made by the recursive definitions of RFC 6962 section 2.1 and verified by the loops of RFC 9162 section
2.1.3.2 and 2.1.4.2, which share nothing with them but the two hashes. Hashes are 32 bytes (SHA-256), sizes and
indexes count entries from 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from kiskriv.errors import ProofInvalid

HASH = 32
"""Octets in a hash."""

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without entries: MTH({}) = SHA-256() (RFC 6962 section 2.1)."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + entry).digest()  # MTH({d(0)}) = SHA-256(0x00 || d(0))


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees (RFC 6962 section 2.1)."""
    return sha256(b"\x01" + left + right).digest()  # SHA-256(0x01 || MTH(left) || MTH(right))


class Tree:
    """A growing tree that keeps the roots of its complete subtrees, 64 octets an entry; for one thread."""

    def __init__(self) -> None:
        self._levels = [bytearray()]  # level h, place i: the root of entries i * 2**h .. (i + 1) * 2**h

    @property
    def size(self) -> int:
        """How many entries the tree holds."""
        return len(self._levels[0]) // HASH

    def append(self, leaf: bytes) -> int:
        """Add the hash of an entry; return its index."""
        index = place = self.size
        level, node = 0, leaf
        while True:
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += node
            if place % 2 == 0:
                return index
            node = node_hash(self._node(level, place - 1), node)
            level, place = level + 1, place // 2

    def leaf(self, index: int) -> bytes:
        """The hash of the entry at an index; ValueError when there is none."""
        self._check(0 <= index < self.size, "no such entry")
        return self._node(0, index)

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` entries (of all, if not given); ValueError when there are fewer."""
        size = self.size if size is None else size
        self._check(0 <= size <= self.size, "no such size")
        return self._subroot(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The proof that an entry is among the first `size`, leaf's sibling first (RFC 6962 section 2.1.1)."""
        size = self.size if size is None else size
        self._check(0 <= index < size <= self.size, "no such entry")
        return tuple(self._path(index, 0, size))

    def consistency(self, old: int, size: int | None = None) -> tuple[bytes, ...]:
        """The proof that the first `size` entries begin with the first `old` (RFC 6962 section 2.1.2)."""
        size = self.size if size is None else size
        self._check(0 <= old <= size <= self.size, "no such size")
        return tuple(self._subproof(old, 0, size, True)) if old else ()

    def _node(self, level: int, place: int) -> bytes:
        return bytes(self._levels[level][HASH * place : HASH * (place + 1)])

    def _subroot(self, low: int, high: int) -> bytes:
        count = high - low
        if count & (count - 1) == 0:  # a complete subtree: kept
            level = count.bit_length() - 1
            return self._node(level, low >> level)
        middle = low + _split(count)
        return node_hash(self._subroot(low, middle), self._subroot(middle, high))

    def _path(self, index: int, low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []  # PATH(0, {d(0)}) = {}
        middle = low + _split(high - low)
        if index < middle:  # PATH(m, D[n]) = PATH(m, D[0:k]) : MTH(D[k:n])
            return [*self._path(index, low, middle), self._subroot(middle, high)]
        return [*self._path(index, middle, high), self._subroot(low, middle)]

    def _subproof(self, old: int, low: int, high: int, known: bool) -> list[bytes]:
        if old == high:  # SUBPROOF(m, D[m], true) = {}; SUBPROOF(m, D[m], false) = {MTH(D[m])}
            return [] if known else [self._subroot(low, high)]
        middle = low + _split(high - low)
        if old <= middle:
            return [*self._subproof(old, low, middle, known), self._subroot(middle, high)]
        return [*self._subproof(old, middle, high, False), self._subroot(low, middle)]

    @staticmethod
    def _check(holds: bool, problem: str) -> None:
        if not holds:
            raise ValueError(problem)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Return if `leaf` is entry `index` of the tree of `size` entries under `root`, else raise ProofInvalid.

    The algorithm of RFC 9162 section 2.1.3.2, with its names.
    """
    if not 0 <= index < size:
        raise ProofInvalid(problem="the entry lies outside the tree")
    _check_hashes(leaf, root, *proof)
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            raise ProofInvalid(problem="the inclusion proof is too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or r != root:
        raise ProofInvalid(problem="the entry is not in the signed tree")


def verify_consistency(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Return if the tree of `size` begins with the tree of `old_size` entries, else raise ProofInvalid.

    The algorithm of RFC 9162 section 2.1.4.2, with its names. The empty tree begins every tree and needs no proof.
    """
    if not 0 <= old_size <= size:
        raise ProofInvalid(problem="the earlier tree is larger than the later one")
    _check_hashes(old_root, root, *proof)
    if old_size in (0, size):
        if proof or old_root != (EMPTY_ROOT if old_size == 0 else root):
            raise ProofInvalid(problem="the two trees differ")
        return
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        raise ProofInvalid(problem="the consistency proof is too short")
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            raise ProofInvalid(problem="the consistency proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or fr != old_root or sr != root:
        raise ProofInvalid(problem="the later tree does not begin with the earlier one")


def _split(count: int) -> int:
    """k, the largest power of two smaller than n (RFC 6962 section 2.1); n is at least 2."""
    return 1 << (count - 1).bit_length() - 1


def _check_hashes(*hashes: bytes) -> None:
    if any(len(hash_) != HASH for hash_ in hashes):
        raise ProofInvalid(problem="a hash is not 32 octets long")

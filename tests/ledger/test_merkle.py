"""RFC 6962 trees against vectors made by others, against the RFC's definitions, and against forgers."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.errors import ProofInvalid
from kiskriv.ledger.merkle import (
    EMPTY_ROOT,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

# Made by others: certificate-transparency's merkle_tree_test.cc, kept in transparency-dev/merkle proof/verify_test.go.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [  # index, size, proof
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCY = [  # earlier size, later size, proof
    (1, 1, []),
    (1, 8, INCLUSION[1][2]),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        6,
        7,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
]
ALIEN = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")
SIZES = range(1, 65)


def grown(count: int) -> Tree:
    tree = Tree()
    for number in range(count):
        assert tree.append(leaf_hash(b"%d" % number)) == number
    return tree


# RFC 6962 section 2.1, as it is written there: slow, and another way than the tree's.


def mth(d: list[bytes]) -> bytes:
    if not d:
        return sha256(b"").digest()
    if len(d) == 1:
        return leaf_hash(d[0])
    k = split(len(d))
    return node_hash(mth(d[:k]), mth(d[k:]))


def path(m: int, d: list[bytes]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = split(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: list[bytes], b: bool) -> list[bytes]:
    if m == len(d):
        return [] if b else [mth(d)]
    k = split(len(d))
    if m <= k:
        return [*subproof(m, d[:k], b), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


def split(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def refuses_inclusion(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> None:
    with pytest.raises(ProofInvalid):
        verify_inclusion(leaf, index, size, proof, root)


def refuses_consistency(old: int, old_root: bytes, size: int, root: bytes, proof: list[bytes]) -> None:
    with pytest.raises(ProofInvalid):
        verify_consistency(old, old_root, size, root, proof)


def flipped(hash_: bytes, bit: int = 3) -> bytes:
    return bytes([hash_[0] ^ 1 << bit]) + hash_[1:]


def damaged(proof: list[bytes], root: bytes) -> list[list[bytes]]:
    """The same proof with one thing wrong, in every place where it can be wrong."""
    return [
        [*proof, root],
        [root, *proof],
        [*proof, b""],
        [b"", *proof],
        [*proof, ALIEN],
        *([*proof[:i], flipped(hash_), *proof[i + 1 :]] for i, hash_ in enumerate(proof)),
        *([*proof[:i], *proof[i + 1 :]] for i in range(len(proof))),
        *([*proof[:i], ALIEN, *proof[i:]] for i in range(len(proof))),
        *([*proof[:i], proof[i + 1], proof[i], *proof[i + 2 :]] for i in range(len(proof) - 1)),
    ]


def test_roots_are_those_that_others_computed() -> None:
    tree = Tree()
    assert tree.root() == EMPTY_ROOT
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        tree.append(leaf_hash(leaf))
        assert tree.root().hex() == root
    assert [tree.root(size).hex() for size in range(1, 9)] == ROOTS


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_inclusion_proofs_are_those_that_others_made(index: int, size: int, proof: list[str]) -> None:
    tree = Tree()
    for leaf in LEAVES:
        tree.append(leaf_hash(leaf))
    assert [hash_.hex() for hash_ in tree.inclusion(index, size)] == proof
    verify_inclusion(
        leaf_hash(LEAVES[index]), index, size, [bytes.fromhex(h) for h in proof], bytes.fromhex(ROOTS[size - 1])
    )


@pytest.mark.parametrize(("old", "size", "proof"), CONSISTENCY)
def test_consistency_proofs_are_those_that_others_made(old: int, size: int, proof: list[str]) -> None:
    tree = Tree()
    for leaf in LEAVES:
        tree.append(leaf_hash(leaf))
    assert [hash_.hex() for hash_ in tree.consistency(old, size)] == proof
    roots = [bytes.fromhex(root) for root in ROOTS]
    verify_consistency(old, roots[old - 1], size, roots[size - 1], [bytes.fromhex(h) for h in proof])


def test_trees_are_the_ones_that_the_rfc_defines() -> None:
    tree = grown(64)
    entries = [b"%d" % number for number in range(64)]
    for size in (*range(1, 20), 31, 32, 33, 63, 64):
        assert tree.root(size) == mth(entries[:size])
        for index in range(size):
            assert list(tree.inclusion(index, size)) == path(index, entries[:size])
        for old in range(1, size + 1):
            assert list(tree.consistency(old, size)) == subproof(old, entries[:size], True)


def test_every_inclusion_proof_holds_and_no_forged_one_does() -> None:
    tree = grown(SIZES[-1])
    for size in SIZES:
        root = tree.root(size)
        for index in range(size):
            leaf, proof = tree.leaf(index), list(tree.inclusion(index, size))
            verify_inclusion(leaf, index, size, proof, root)
            for other in {index - 1, index + 1, index ^ 2, size - 1, size, -1} - {index}:
                refuses_inclusion(leaf, other, size, proof, root)
            refuses_inclusion(leaf, index, size * 2, proof, root)
            refuses_inclusion(leaf, index, size // 2, proof, root)
            for wrong in (flipped(leaf), ALIEN, b"", leaf[:-1]):
                refuses_inclusion(wrong, index, size, proof, root)
            for wrong in (flipped(root), EMPTY_ROOT, b"", root[:-1]):
                refuses_inclusion(leaf, index, size, proof, wrong)
            for forged in damaged(proof, root):
                refuses_inclusion(leaf, index, size, forged, root)


def test_every_consistency_proof_holds_and_no_forged_one_does() -> None:
    tree = grown(SIZES[-1])
    for size in SIZES:
        root = tree.root(size)
        verify_consistency(0, EMPTY_ROOT, size, root, [])
        refuses_consistency(0, root, size, root, [])
        for old in range(1, size + 1):
            before, proof = tree.root(old), list(tree.consistency(old, size))
            verify_consistency(old, before, size, root, proof)
            refuses_consistency(size + 1, before, size, root, proof)
            refuses_consistency(-old, before, size, root, proof)
            refuses_consistency(old, flipped(before), size, root, proof)
            refuses_consistency(old, before, size, flipped(root), proof)
            for forged in damaged(proof, root):
                refuses_consistency(old, before, size, root, forged)
            if old < size:
                refuses_consistency(old, root, size, before, proof)
                refuses_consistency(old, before, size, root, [])


def test_every_proof_of_every_tree_of_up_to_300_leaves_holds() -> None:
    """Against every other size too: `scripts/fuzz-ledger --proofs`, which takes minutes; here against its neighbours."""
    tree = grown(300)
    roots = [tree.root(size) for size in range(301)]
    for size in range(1, 301):
        for index in range(size):
            leaf, proof = tree.leaf(index), tree.inclusion(index, size)
            verify_inclusion(leaf, index, size, proof, roots[size])
        for old in range(size + 1):
            verify_consistency(old, roots[old], size, roots[size], tree.consistency(old, size))


def test_proofs_hold_against_no_other_size() -> None:
    tree = grown(300)
    roots = [tree.root(size) for size in range(301)]
    for size in (*range(2, 300, 23), 127, 128, 129, 255, 256, 257, 300):
        for index in range(0, size, 5):
            leaf, proof = tree.leaf(index), list(tree.inclusion(index, size))
            for other in range(1, 301, 3):
                if other != size:
                    refuses_inclusion(leaf, index, other, proof, roots[other])
        for old in range(1, size, 5):
            proof = list(tree.consistency(old, size))
            for other in {size - 1, size + 1, size // 2, 300} - {size, 301}:
                refuses_consistency(old, roots[old], other, roots[other], proof)
            for other in {old - 1, old + 1} - {0, size}:
                refuses_consistency(other, roots[other], size, roots[size], proof)


def test_octets_cannot_move_from_one_hash_into_its_neighbour() -> None:
    tree = grown(8)
    leaf, proof = tree.leaf(2), list(tree.inclusion(2))  # a left leaf: hashed as leaf + proof[0]
    refuses_inclusion(leaf[:-1], 2, 8, [leaf[-1:] + proof[0], *proof[1:]], tree.root())
    refuses_inclusion(leaf + proof[0][:1], 2, 8, [proof[0][1:], *proof[1:]], tree.root())
    proof = list(tree.consistency(3))  # the first two hashes of this proof are hashed together as first + second
    before = tree.root(3)
    moved = [proof[0][:-1], proof[0][-1:] + proof[1], *proof[2:]]
    refuses_consistency(3, before, 8, tree.root(), moved)


def test_a_rewritten_tree_is_not_consistent_with_the_one_before() -> None:
    honest = grown(40)
    for changed in range(25):
        rewritten = Tree()
        for number in range(40):
            rewritten.append(leaf_hash(b"x" if number == changed else b"%d" % number))
        refuses_consistency(25, honest.root(25), 40, rewritten.root(), list(rewritten.consistency(25)))


@given(st.data())
def test_proofs_hold_in_larger_trees(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, LARGE.size))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    verify_inclusion(LARGE.leaf(index), index, size, LARGE.inclusion(index, size), LARGE.root(size))
    verify_consistency(old, LARGE.root(old), size, LARGE.root(size), LARGE.consistency(old, size))


LARGE = grown(3000)


def test_a_tree_refuses_what_it_does_not_hold() -> None:
    tree = grown(5)
    for ask in (
        lambda: tree.leaf(5),
        lambda: tree.leaf(-1),
        lambda: tree.root(6),
        lambda: tree.inclusion(5),
        lambda: tree.inclusion(3, 3),
        lambda: tree.consistency(6),
        lambda: tree.consistency(4, 3),
    ):
        with pytest.raises(ValueError, match="no such"):
            ask()

"""A receipt verifies with the public key and nothing else: with no other key, and not when anything in it changed."""

from __future__ import annotations

import base64
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import Ledger, verify
from kiskriv.ledger.checkpoint import Checkpoint, sign_checkpoint
from kiskriv.ledger.entry import encode
from kiskriv.ledger.merkle import Tree, leaf_hash
from kiskriv.ledger.receipt import MAX_RECEIPT, Receipt, parse

from .material import ENVIRONMENT, NOON, Clock, cosign_it, fill, sessions, signing_key

KEY = signing_key()
ENTRIES = sessions(9)


def receipt(leaves: list[bytes], index: int) -> str:
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
    note = sign_checkpoint(Checkpoint(KEY.name, tree.size, tree.root()), KEY)
    return str(Receipt(leaves[index], index, tree.inclusion(index), note))


LINES = [encode(entry) for entry in ENTRIES]
GOOD = receipt(LINES, 11)
VKEY = str(KEY.verifier)


def refuses(text: str, vkey: str = VKEY) -> None:
    with pytest.raises(ProofInvalid):
        verify(text, vkey)


def test_every_entry_of_every_log_has_a_receipt_that_verifies() -> None:
    for size in range(1, len(LINES) + 1):
        for index in range(size):
            assert verify(receipt(LINES[:size], index), VKEY) == ENTRIES[index]


def test_a_receipt_verifies_in_a_process_that_has_nothing_else(tmp_path: Path) -> None:
    vkey = fill(tmp_path / "log", ENTRIES)
    with Ledger.open(tmp_path / "log", now=lambda: NOON) as ledger:
        text = ledger.receipt(6)
    assert verify(text, vkey) == ENTRIES[5]
    (tmp_path / "r.tlog-proof").write_text(text)
    command = [sys.executable, "-m", "kiskriv.ledger", "verify", str(tmp_path / "r.tlog-proof"), "--key", vkey]
    for path in (tmp_path / "log").iterdir():
        path.unlink()
    told = subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT)
    assert (told.returncode, told.stderr) == (0, "")
    assert ENTRIES[5].session in told.stdout


def test_a_receipt_stays_valid_when_the_log_grows(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "log", now=lambda: NOON) as ledger:
        place = ledger.append(ENTRIES[0])
        early = ledger.receipt(place)
        for entry in ENTRIES[1:]:
            ledger.append(entry)
        late = ledger.receipt(place)
        assert late != early
        assert verify(early, ledger.public_key) == verify(late, ledger.public_key) == ENTRIES[0]


def test_a_receipt_stands_under_the_checkpoint_that_another_machine_signed(folder: Path) -> None:
    clock = Clock()
    with Ledger.open(folder, now=clock) as ledger:
        place = ledger.append(ENTRIES[0])
        cosign_it(ledger, clock)
        assert ledger.receipt(place).count("kiskriv.internal/witness") == 1
        assert verify(ledger.receipt(place), ledger.public_key) == ENTRIES[0]
        after = ledger.append(ENTRIES[1])  # which that machine has not seen yet
        assert "kiskriv.internal/witness" not in ledger.receipt(after)


def test_a_cosigned_checkpoint_that_does_not_hold_any_more_is_left_alone(folder: Path) -> None:
    clock = Clock()
    with Ledger.open(folder, now=clock) as ledger:
        place = ledger.append(ENTRIES[0])
        cosign_it(ledger, clock)
        whole, path = (folder / "cosigned").read_text(), folder / "cosigned"
        for changed in (
            whole.replace("kiskriv.internal/", "kiskriv.internal/0", 1),
            whole.replace("\n2\n", "\n1\n"),
            "",
            "x",
        ):
            path.write_text(changed)
            assert verify(ledger.receipt(place), ledger.public_key) == ENTRIES[0]
        path.unlink()
        path.mkdir()
        assert verify(ledger.receipt(place), ledger.public_key) == ENTRIES[0]
        path.rmdir()
        path.write_text(whole)
        ledger.revoke()  # and with it the key that signed it
        assert verify(ledger.receipt(place), ledger.public_key) == ENTRIES[0]


def test_no_changed_octet_passes() -> None:
    for place in range(len(GOOD)):
        for change in (1, 2, 32):
            changed = GOOD[:place] + chr(ord(GOOD[place]) ^ change) + GOOD[place + 1 :]
            refuses(changed)


def test_no_missing_or_doubled_line_passes() -> None:
    lines = GOOD.split("\n")
    signature = len(lines) - 2
    for place in range(len(lines)):
        refuses("\n".join(lines[:place] + lines[place + 1 :]))
        if place != signature:  # signed-note lets a signature stand there twice
            refuses("\n".join([*lines[:place], lines[place], *lines[place:]]))
    for cut in range(len(GOOD)):
        refuses(GOOD[:cut])
    refuses(GOOD + "\n")
    refuses(GOOD.replace("\n", "\r\n"))
    refuses("\ufeff" + GOOD)


def test_another_key_does_not_verify_it() -> None:
    refuses(GOOD, str(signing_key().verifier))  # another key of the same name
    refuses(GOOD, str(signing_key("kiskriv.internal/other").verifier))
    refuses(GOOD, "not a key")


def test_the_entry_of_another_receipt_does_not_fit() -> None:
    other = receipt(LINES, 9)
    refuses(GOOD.replace(GOOD.split("\n")[1], other.split("\n")[1]))
    refuses(GOOD.replace("index 11", "index 9"))
    for index in range(len(LINES)):
        if index != 11:
            refuses(GOOD.replace("index 11", f"index {index}"))


def test_what_the_log_signed_but_kiskriv_does_not_write_is_no_receipt() -> None:
    refuses(receipt([b"the patient said"], 0))
    refuses(receipt([*LINES, LINES[3] + b" "], len(LINES)))


def test_an_inner_node_cannot_pose_as_an_entry() -> None:
    tree = Tree()
    for line in LINES[:4]:
        tree.append(leaf_hash(line))
    note = sign_checkpoint(Checkpoint(KEY.name, 2, tree.root()), KEY)  # a tree of two "leaves": the inner nodes
    node = tree.leaf(0) + tree.leaf(1)
    refuses(str(Receipt(node, 0, (tree.root(4)[:32],), note)))


# Made by others: transparency-dev/formats proof/tlog_proof_test.go.
HASHES = [sha256(b"hash1").digest(), sha256(b"hash2").digest()]
BASE64 = [base64.b64encode(hash_).decode() for hash_ in HASHES]


def test_the_form_is_the_one_that_others_write() -> None:
    text = f"c2sp.org/tlog-proof@v1\nextra ZXh0cmEgaW5mb3JtYXRpb24=\nindex 10\n{BASE64[0]}\n\ncheckpoint data\n"
    assert str(Receipt(b"extra information", 10, (HASHES[0],), "checkpoint data\n")) == text
    assert parse(text) == Receipt(b"extra information", 10, (HASHES[0],), "checkpoint data\n")
    text = f"c2sp.org/tlog-proof@v1\nextra eA==\nindex 5\n{BASE64[0]}\n{BASE64[1]}\n\ntest checkpoint\n"
    assert str(parse(text)) == text
    assert parse("c2sp.org/tlog-proof@v1\nextra eA==\nindex 0\n\ncheckpoint\n").proof == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        "wrong-header\nextra eA==\nindex 0\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nextra !!notbase64!!\nindex 0\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nextra eB==\nindex 0\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n",  # tlog-proof allows it, but it holds no entry
        "c2sp.org/tlog-proof@v1\n\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nextra eA==\nindex notanumber\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nextra eA==\nindex -5\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nextra eA==\nindex 05\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nextra eA==\nindex  5\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nextra eA==\nindex 99999999999999999999\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nextra eA==\nindex 0\n!!notbase64!!\n\ncheckpoint\n",
        f"c2sp.org/tlog-proof@v1\nextra eA==\nindex 0\n{base64.b64encode(bytes(64)).decode()}\n\ncheckpoint\n",
        f"c2sp.org/tlog-proof@v1\nextra eA==\nindex 0\n{BASE64[0]}\n" + f"{BASE64[0]}\n" * 64 + "\ncheckpoint\n",
        f"c2sp.org/tlog-proof@v1\nextra eA==\nindex 0\n\n{'a' * MAX_RECEIPT}\n",
        f"c2sp.org/tlog-proof@v1\nextra eA==\nindex 0\n{BASE64[0]}\ncheckpoint\n",
    ],
)
def test_what_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(ProofInvalid):
        parse(text)


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    refuses(text)
    refuses("c2sp.org/tlog-proof@v1\n" + text)


def test_a_receipt_is_small(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "log", now=lambda: NOON) as ledger:
        for entry in ENTRIES:
            ledger.append(entry)
        largest = max(len(ledger.receipt(index).encode()) for index in range(ledger.size))
    assert largest + 17 * 45 < 4096  # even in a log of a hundred thousand entries

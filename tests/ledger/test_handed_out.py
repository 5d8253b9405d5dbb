"""What is handed out of a log without its lock: the same that its writer gives, whatever lies beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiskriv.errors import LedgerError, NoSuchLine
from kiskriv.ledger import Ledger
from kiskriv.ledger.handed_out import receipt_of
from kiskriv.ledger.receipt import parse, verify

from .material import lived


def test_a_receipt_does_without_what_a_witness_signed_where_that_cannot_be_read(folder: Path) -> None:
    lived(folder, days=1)
    cosigned = folder / "cosigned"
    cosigned.unlink()
    cosigned.mkdir()
    receipt = receipt_of(folder, 3)
    assert parse(receipt).checkpoint == (folder / "checkpoint").read_text()
    with Ledger.open(folder) as ledger:
        assert ledger.receipt(2) == receipt


def test_a_line_that_was_pruned_has_no_receipt_and_is_said_to_be_pruned(folder: Path) -> None:
    lived(folder, days=3, prune=2)
    for number in (4, 5):
        with pytest.raises(LedgerError, match="the line is pruned") as raised:
            receipt_of(folder, number)
        assert not isinstance(raised.value, NoSuchLine)
    with pytest.raises(NoSuchLine):
        receipt_of(folder, 100_000)


def test_a_receipt_is_never_given_under_what_the_key_of_the_log_did_not_sign(folder: Path) -> None:
    vkey = lived(folder, days=1).vkey
    cosigned = folder / "cosigned"
    note = cosigned.read_text()
    signature = note.split("\n")[4].split()[-1]
    for other in (signature[:-4] + "AAAA", signature[:20] + "AAAA" + signature[24:]):
        cosigned.write_text(note.replace(signature, other))
        receipt = receipt_of(folder, 3)
        assert verify(receipt, vkey)
        with Ledger.open(folder) as ledger:
            assert ledger.receipt(2) == receipt
    with Ledger.open(folder) as ledger:
        ledger.revoke()
        cosigned.write_text(note)
        assert ledger.receipt(2) == receipt_of(folder, 3)
        assert verify(receipt_of(folder, 3), ledger.public_key)

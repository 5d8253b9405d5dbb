"""A second process sees where a log stands while the first one writes, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiskriv.errors import LedgerCorrupt, LedgerError
from kiskriv.ledger import Ledger, peek
from kiskriv.ledger.entry import encode

from .material import NOON, contents, ended, fill, opened, sessions

ENTRIES = sessions(3)


def test_a_log_that_another_holds_says_where_it_stands(folder: Path) -> None:
    left, failed = opened(), opened()
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        for entry in (*ENTRIES, left, failed, ended(failed, verified=False)):
            ledger.append(entry)
        before = contents(folder)
        seen = peek(folder)
        assert seen is not None
        assert (seen.size, seen.public_key) == (ledger.size, ledger.public_key) == (10, ledger.public_key)
        assert (seen.unaccounted, seen.unverified) == (ledger.unaccounted(), ledger.unverified())
        assert (seen.unaccounted, seen.unverified) == ((left.session,), (failed.session,))
        assert contents(folder) == before


@pytest.mark.parametrize("tail", [b'{"half of a li', encode(opened()) + b"\n"])
def test_an_entry_that_is_being_written_does_not_count_and_is_left_alone(folder: Path, tail: bytes) -> None:
    fill(folder, ENTRIES)
    with (folder / "entries.jsonl").open("ab") as file:
        file.write(tail)
    before = contents(folder)
    seen = peek(folder)
    assert seen is not None
    assert (seen.size, seen.unaccounted) == (7, ())
    assert contents(folder) == before


def test_where_no_log_was_made_yet_there_is_nothing_and_none_is_made(folder: Path) -> None:
    assert peek(folder) is None
    assert not folder.exists()
    folder.mkdir()
    assert peek(folder) is None
    (folder / "entries.jsonl").touch()  # a log whose making was cut short
    assert peek(folder) is None


def test_what_is_not_as_it_was_signed_is_refused(folder: Path) -> None:
    fill(folder, ENTRIES)
    whole = contents(folder)
    lines = whole["entries.jsonl"].splitlines(keepends=True)
    damages = {
        "entries.jsonl": (
            b"",
            b"".join(lines[:-1]),
            b"".join(reversed(lines)),
            whole["entries.jsonl"].replace(b"nb-1", b"nb-2", 1),
            whole["entries.jsonl"] + b"x\ny\n",
        ),
        "checkpoint": (b"", b"\xff"),
        "public-key": (b"", b"\xff", fill(folder.parent / "other", []).encode()),
    }
    for name, changes in damages.items():
        for change in changes:
            (folder / name).write_bytes(change)
            with pytest.raises(LedgerCorrupt):
                peek(folder)
        (folder / name).unlink()
        with pytest.raises(LedgerCorrupt):
            peek(folder)
        (folder / name).write_bytes(whole[name])
    assert peek(folder) is not None


def test_what_cannot_be_read_is_an_error_of_ours(folder: Path) -> None:
    fill(folder, ENTRIES)
    (folder / "entries.jsonl").unlink()
    (folder / "entries.jsonl").mkdir()
    with pytest.raises(LedgerError, match="cannot be used"):
        peek(folder)

"""Pruned entries leave every proof whole, and what they added up to; nothing else may be a hash."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kiskriv.errors import LedgerCorrupt
from kiskriv.ledger import (
    Created,
    Entry,
    Fault,
    Folder,
    Ledger,
    Problem,
    Pruned,
    Repair,
    Rotated,
    audit,
    copy_at,
    export,
    peek,
    verify,
)
from kiskriv.ledger.entry import decode
from kiskriv.ledger.key import Signers
from kiskriv.ledger.merkle import leaf_hash
from kiskriv.ledger.replay import HASHED

from .material import NOON, Clock, Lived, contents, ended, lived, opened, swept, write_log

DAYS = 4


@pytest.fixture
def kept(folder: Path) -> Lived:
    return lived(folder, days=DAYS, each=5)


def prune(folder: Path, before: datetime) -> int:
    with Ledger.open(folder, now=lambda: NOON + timedelta(days=DAYS - 1, hours=2)) as ledger:
        return ledger.prune(before)


def noon(day: int) -> datetime:
    return NOON + timedelta(days=day, hours=-1)


def lines(folder: Path) -> list[bytes]:
    return (folder / "entries.jsonl").read_bytes().splitlines()


def test_every_proof_stays_whole_through_one_pruning_and_the_next(folder: Path, kept: Lived) -> None:
    whole = audit(Folder(folder), kept.vkey)
    with Ledger.open(folder) as ledger:
        newest = {place: ledger.receipt(place) for place in range(ledger.size)}
        notes = [*kept.checkpoints, ledger.checkpoint]
    earlier = 0
    for day in (1, 3):
        size = prune(folder, noon(day))
        assert size > earlier
        earlier = size
        for receipts in (list(newest.values()), list(kept.receipts.values())):
            assert all(verify(receipt, kept.vkey) for receipt in receipts)
            findings = audit(Folder(folder), kept.vkey, notes, receipts)
            assert findings.valid
        assert findings.pruned is not None
        assert findings.pruned.size == size
        assert findings.opened + findings.pruned.opened == whole.opened
        assert findings.swept + findings.pruned.swept == whole.swept
        assert findings.pruned.ended + sum(findings.ended.values()) - findings.failed == (
            sum(whole.ended.values()) - whole.failed
        )
        assert findings.open_sessions == findings.unverified == ()
        with Ledger.open(folder) as ledger:
            assert ledger.repairs == ()
            assert verify(ledger.receipt(ledger.size - 1), kept.vkey)


def test_an_export_of_a_pruned_log_is_as_good(folder: Path, kept: Lived, tmp_path: Path) -> None:
    prune(folder, noon(2))
    (tmp_path / "eksport").write_bytes(b"".join(export(folder)))
    copy = copy_at(tmp_path / "eksport")
    assert copy is not None
    given = (kept.vkey, kept.checkpoints, list(kept.receipts.values()))
    assert audit(copy, *given) == audit(Folder(folder), *given)
    assert audit(copy, *given).valid


def test_what_names_the_keys_and_what_was_pruned_is_never_pruned(folder: Path, kept: Lived) -> None:
    prune(folder, noon(2))
    with Ledger.open(folder, now=lambda: NOON + timedelta(days=40)) as ledger:
        ledger.append(start := opened("2026-04-11T12:00:00Z"))
        ledger.append(ended(start, time="2026-04-11T12:00:00Z"))
        size = ledger.prune(NOON + timedelta(days=50))
    left = [decode(line) for line in lines(folder)[:size] if not HASHED.fullmatch(line)]
    assert {type(entry) for entry in left} == {Created, Rotated, Pruned}
    assert len([entry for entry in left if isinstance(entry, Rotated)]) == DAYS
    assert audit(Folder(folder), kept.vkey, kept.checkpoints).valid


def test_a_session_that_is_open_or_not_verified_holds_up_the_pruning_from_there_on(folder: Path) -> None:
    clock = Clock()
    with Ledger.open(folder, now=clock) as ledger:
        first, failed, still = opened(), opened(), opened()
        for entry in (first, ended(first), failed, ended(failed, verified=False), still):
            ledger.append(entry)
        clock.go(days=400)
        assert ledger.prune(clock()) == 3  # created, and the first session
        ledger.append(later := opened(clock.time))
        ledger.append(ended(later, time=clock.time))
        assert ledger.prune(clock() + timedelta(days=1)) == 3
        assert (ledger.unverified(), ledger.unaccounted()) == ((failed.session,), (still.session,))
        ledger.append(ended(failed, time=clock.time))
        ledger.append(swept(still, time=clock.time))
        size = ledger.size
        assert ledger.prune(clock() + timedelta(days=1)) == size
        found = audit(Folder(folder), ledger.public_key)
        assert found.pruned is not None
        assert (found.pruned.opened, found.pruned.ended, found.pruned.swept) == (4, 3, 1)


def test_nothing_that_is_young_enough_is_pruned(folder: Path, kept: Lived) -> None:
    before = contents(folder)
    assert prune(folder, NOON) == 0
    assert contents(folder) == before
    size = prune(folder, noon(2))
    again = contents(folder)
    assert prune(folder, noon(2)) == prune(folder, noon(1)) == size
    assert contents(folder) == again
    assert all(not HASHED.fullmatch(line) for line in lines(folder)[size:])
    with Ledger.open(folder) as ledger:
        assert min(entry.time for _, entry in enumerate(ledger.entries()) if entry.kind == "opened") >= "2026-03-04"


def test_a_pruned_log_goes_on(folder: Path, kept: Lived) -> None:
    size = prune(folder, noon(2))
    clock = Clock(NOON + timedelta(days=DAYS))
    with Ledger.open(folder, now=clock) as ledger:
        assert ledger.entry(0) is not None
        assert ledger.entry(1) is None
        with pytest.raises(IndexError):
            ledger.receipt(1)
        for place in range(size, ledger.size):
            assert verify(ledger.receipt(place), kept.vkey) == ledger.entry(place)
        ledger.append(start := opened(clock.time))
        ledger.append(ended(start, time=clock.time))
        ledger.revoke()
        standing = peek(folder)
        assert standing is not None
        assert (standing.size, standing.unaccounted) == (ledger.size, ())
        assert audit(Folder(folder), ledger.public_key, kept.checkpoints).valid


def hashed(line: bytes) -> bytes:
    return b'"%s"' % leaf_hash(line).hex().encode()


def put(folder: Path, changed: list[bytes]) -> None:
    (folder / "entries.jsonl").write_bytes(b"".join(line + b"\n" for line in changed))


def test_hashes_that_nothing_accounts_for_are_found(folder: Path, kept: Lived) -> None:
    whole = lines(folder)
    for place in range(len(whole)):  # the root is the same, and yet
        put(folder, [*whole[:place], hashed(whole[place]), *whole[place + 1 :]])
        assert not audit(Folder(folder), kept.vkey).valid
        with pytest.raises(LedgerCorrupt):
            Ledger.open(folder)
    for size in range(1, len(whole) + 1):
        put(folder, [hashed(line) for line in whole[:size]] + whole[size:])
        assert not audit(Folder(folder), kept.vkey).valid


def test_in_a_pruned_log_one_more_hash_or_one_less_is_found(folder: Path, kept: Lived) -> None:
    size = prune(folder, noon(2))
    left = lines(folder)
    for place, line in enumerate(left):
        if not HASHED.fullmatch(line):
            put(folder, [*left[:place], hashed(line), *left[place + 1 :]])
            assert not audit(Folder(folder), kept.vkey).valid, place
        else:
            put(folder, [*left[:place], hashed(line), *left[place + 1 :]])  # the hash of the hash
            assert not audit(Folder(folder), kept.vkey).valid
    for place in range(size):
        for changed in ([*left[:place], *left[place + 1 :]], [*left[:place], left[place], *left[place:]]):
            put(folder, changed)
            assert not audit(Folder(folder), kept.vkey).valid


def test_a_pruned_log_is_pruned_from_its_beginning_without_a_gap(folder: Path, kept: Lived) -> None:
    whole = lines(folder)
    size = prune(folder, noon(2))
    left = lines(folder)
    found: set[Fault] = set()
    for place in range(size):
        if HASHED.fullmatch(left[place]):
            put(folder, [*left[:place], whole[place], *left[place + 1 :]])  # one that was pruned comes back
            faults = {problem.fault for problem in audit(Folder(folder), kept.vkey).problems}
            assert faults
            found |= faults
    assert found == {Fault.BAD_PRUNING, Fault.NEVER_OPENED}


def test_a_pruned_copy_made_whole_again_says_the_same_and_is_as_good(folder: Path, kept: Lived) -> None:
    whole = lines(folder)
    size = prune(folder, noon(2))
    left = lines(folder)
    put(folder, [*whole[:size], *left[size:]])
    findings = audit(Folder(folder), kept.vkey, kept.checkpoints)
    assert findings.valid
    assert findings.pruned is None
    with Ledger.open(folder) as ledger:  # and the writer keeps to what it said
        assert (ledger.repairs, lines(folder)) == ((Repair.PRUNED,), left)


def test_an_account_that_a_later_one_includes_may_become_a_hash_and_nothing_that_counts_is_lost(
    folder: Path, kept: Lived
) -> None:
    """The one change that the public key alone does not find: it takes nothing away that the later `pruned` does not say."""
    prune(folder, noon(1))
    prune(folder, noon(2))
    with Ledger.open(folder, now=lambda: NOON + timedelta(days=DAYS)) as ledger:
        ledger.append(start := opened("2026-03-06T12:00:00Z"))
        ledger.append(ended(start, time="2026-03-06T12:00:00Z"))
        ledger.prune(NOON + timedelta(days=DAYS + 1))
    left = lines(folder)
    accounts = [place for place, line in enumerate(left) if not HASHED.fullmatch(line) and b'"kind":"pruned"' in line]
    whole = audit(Folder(folder), kept.vkey, kept.checkpoints)
    found = []
    for place, line in enumerate(left):
        if not HASHED.fullmatch(line):
            put(folder, [*left[:place], hashed(line), *left[place + 1 :]])
            findings = audit(Folder(folder), kept.vkey, kept.checkpoints)
            if findings.valid:
                assert (findings.pruned, findings.opened, findings.ended) == (whole.pruned, whole.opened, whole.ended)
                found.append(place)
    assert found == accounts[:-1]


def test_a_hash_in_another_spelling_is_found(folder: Path, kept: Lived) -> None:
    prune(folder, noon(2))
    left = lines(folder)
    place = next(place for place, line in enumerate(left) if HASHED.fullmatch(line))
    line = left[place]
    for wrong in (
        line.upper(),
        line[1:-1],
        line + b" ",
        b" " + line,
        line[:-2] + b'"',
        line[:-1] + b'0"',
        b"'" + line[1:-1] + b"'",
    ):
        put(folder, [*left[:place], wrong, *left[place + 1 :]])
        assert not audit(Folder(folder), kept.vkey).valid


CREATED_AND_THREE_SESSIONS = 7
FIRST = Pruned("2026-03-03T12:00:00Z", 3, 1, 1, 0)


@pytest.mark.parametrize(
    ("size", "counts"),
    [
        (5, (2, 2, 0)),
        (7, (3, 3, 0)),
        (3, (1, 1, 0)),  # again
        (1, (0, 0, 0)),  # back
        (4, (2, 2, 0)),  # while a session is open
        (8, (3, 3, 0)),  # up to an entry that closes no session
        (9, (3, 3, 0)),  # beyond the log
        (5, (1, 1, 0)),  # one too few
        (5, (3, 3, 0)),
        (5, (2, 1, 1)),
    ],
)
def test_what_is_said_to_be_pruned_is_what_is_there(tmp_path: Path, size: int, counts: tuple[int, int, int]) -> None:
    keys, entries = Signers.new(), list[Entry]()
    for _ in range(3):
        entries += [start := opened(), ended(start)]
    second = Pruned("2026-03-03T12:00:00Z", size, *counts)
    write_log(tmp_path / "copy", [keys.created("2026-03-02T12:00:00Z"), *entries, FIRST, second], keys)
    problems = audit(Folder(tmp_path / "copy"), str(keys.log.verifier)).problems
    good = (size, counts) in ((5, (2, 2, 0)), (7, (3, 3, 0)))
    assert problems == (() if good else (Problem(Fault.BAD_PRUNING, CREATED_AND_THREE_SESSIONS + 2),))

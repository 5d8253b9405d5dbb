"""The two keys of a log: when they change, that the old one is gone, and where they are kept."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiskriv.errors import LedgerError, LedgerUnwritable
from kiskriv.ledger import Created, Folder, KeyStore, Ledger, Precision, Repair, Rotated, audit, verify
from kiskriv.ledger.key import CURRENT, NEXT, Signers
from kiskriv.ledger.terms import Change

from .crashes import at_every_line, states
from .material import (
    ENVIRONMENT,
    NOON,
    Clock,
    appended,
    contents,
    cosign_it,
    ended,
    fill,
    lived,
    opened,
    restore,
    signers_in,
    spellings,
)


class Keyring:
    """A keystore of the system: names and secrets, of as many logs as there are. It fails from the nth call on."""

    def __init__(self, fails_after: int = 1_000_000) -> None:
        self.kept: dict[str, bytes] = {}
        self.left = fails_after

    def read(self, name: str) -> bytes | None:
        self._count()
        return self.kept.get(name)

    def write(self, name: str, secret: bytes) -> None:
        self._count()
        assert secret.isascii()
        self.kept[name] = secret

    def remove(self, name: str) -> None:
        self._count()
        self.kept.pop(name, None)

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise LedgerError(problem="the keystore of the system does not answer")


def rotations(ledger: Ledger) -> list[tuple[int, Change]]:
    return [(place, entry.change) for place in range(ledger.size) if isinstance(entry := ledger.entry(place), Rotated)]


# When they change.


def test_the_first_entry_of_a_new_day_and_no_other_comes_under_a_new_key(folder: Path) -> None:
    clock = Clock(NOON.replace(hour=0, minute=0))
    with Ledger.open(folder, now=clock) as ledger:
        for _ in range(2):
            for hours in (0, 23, 1):  # midnight, the last hour, midnight again
                clock.go(hours=hours)
                ledger.append(opened(clock.time))
        assert [place for place, _ in rotations(ledger)] == [3, 7]
        assert {change for _, change in rotations(ledger)} == {Change.DAILY}
        assert audit(Folder(folder), ledger.public_key).epochs == 3
        days = [entry.time[:10] for entry in ledger.entries()]
        assert days[2:5] == ["2026-03-02", "2026-03-03", "2026-03-03"]


def test_a_day_that_is_closed_with_the_log_ends_all_the_same(folder: Path) -> None:
    fill(folder, [opened()])
    clock = Clock(NOON + timedelta(days=40))
    with Ledger.open(folder, now=clock) as ledger:
        assert rotations(ledger) == []  # opening writes nothing
        ledger.append(opened(clock.time))
        assert [place for place, _ in rotations(ledger)] == [2]


def test_a_clock_that_goes_backwards_is_another_day_too_and_never_brings_an_old_key_back(folder: Path) -> None:
    clock = Clock()
    with Ledger.open(folder, now=clock) as ledger:
        for days in (0, 1, -5, 5, 1, -1, 1):
            clock.go(days=days)
            ledger.append(opened(clock.time))
        keys = [entry.epoch_key for entry in ledger.entries() if isinstance(entry, Created | Rotated)]
        assert len(keys) == len(set(keys)) == 7  # created, and one whenever the day was another than the last
        assert audit(Folder(folder), ledger.public_key).valid


def test_every_entry_that_the_log_writes_of_itself_keeps_to_the_day_too(folder: Path) -> None:
    clock = Clock()
    start = opened()
    with Ledger.open(folder, now=clock) as ledger:
        ledger.append(start)
        clock.go(days=1)
        ledger.sweep()
        clock.go(days=1)
        cosign_it(ledger, clock)
        clock.go(days=1)
        assert ledger.prune(clock()) == 4
        assert [place for place, _ in rotations(ledger)] == [2, 4, 6]
        assert audit(Folder(folder), ledger.public_key).valid


def test_a_day_is_a_day_however_coarse_the_times_are(folder: Path) -> None:
    clock = Clock(NOON.replace(hour=23, minute=59))
    with Ledger.open(folder, now=clock, precision=Precision.HOUR) as ledger:
        ledger.append(opened(clock.time))
        clock.go(minutes=1)
        ledger.append(opened(clock.time))
        assert len(rotations(ledger)) == 1
        assert {entry.time[13:] for entry in ledger.entries()} == {":00:00Z"}


# That the old one is gone.


def test_the_key_of_a_day_is_gone_from_every_file_when_the_next_one_takes_over(folder: Path) -> None:
    clock, gone = Clock(), []
    with Ledger.open(folder, now=clock) as ledger:
        for _ in range(3):
            ledger.append(opened(clock.time))
            held = signers_in(folder)
            assert any(spelling in (folder / "key").read_bytes() for spelling in spellings(held))  # the search can find
            gone.append(held)
            clock.go(days=1)
        ledger.append(opened(clock.time))
        gone.append(signers_in(folder))
        ledger.revoke()
        for held in gone:
            for name, octets in contents(folder).items():
                assert not any(spelling in octets for spelling in spellings(held)), name


def test_the_file_that_held_the_old_key_is_overwritten_before_it_goes(folder: Path) -> None:
    clock = Clock()
    with Ledger.open(folder, now=clock) as ledger, (folder / "key").open("rb") as old:  # the file without its name
        held = old.read()
        assert held.startswith(b"-----BEGIN PRIVATE KEY-----")
        clock.go(days=1)
        ledger.append(opened(clock.time))
        old.seek(0)
        assert old.read() == bytes(len(held))


def test_the_old_key_is_there_until_the_log_names_the_new_one_and_gone_right_after(folder: Path) -> None:
    clock = Clock()
    with Ledger.open(folder, now=clock) as ledger:
        old = signers_in(folder)
        clock.go(days=1)
        seen = states(folder, lambda: ledger.append(opened(clock.time)))
    named = [number for number, state in enumerate(seen) if b"rotated" in state["entries.jsonl"]]
    for number, state in enumerate(seen):
        there = any(spelling in octets for spelling in spellings(old) for octets in state.values())
        if number < named[0]:
            assert there
    restore(folder, seen[-1])
    assert b'"kind":"opened"' not in seen[named[0]]["entries.jsonl"]
    first_entry = next(state for state in seen if b'"kind":"opened"' in state["entries.jsonl"])
    assert not any(spelling in octets for spelling in spellings(old) for octets in first_entry.values())


def test_no_repr_shows_a_private_key(folder: Path) -> None:
    fill(folder, [])
    held = signers_in(folder)
    assert repr(held) == "Signers()"
    assert "private" not in repr(held.log)


# Revocation.


def test_revoked_keys_give_way_to_new_ones_and_what_they_signed_stays(folder: Path) -> None:
    kept = lived(folder, days=2, each=3)
    old = signers_in(folder)
    with Ledger.open(folder, now=lambda: NOON + timedelta(days=1, hours=3)) as ledger:
        line = ledger.revoke()
        assert line == ledger.public_key == (folder / "public-key").read_text().strip() != kept.vkey
        assert line.split("+")[0] == kept.vkey.split("+")[0]  # the log stays the same log
        assert rotations(ledger)[-1][1] is Change.REVOKED
        ledger.append(start := opened("2026-03-03T16:00:00Z"))
        newest = ledger.receipt(ledger.append(ended(start, time="2026-03-03T16:00:00Z")))
    for given in (kept.vkey, line):
        findings = audit(Folder(folder), given, kept.checkpoints, [*kept.receipts.values(), newest])
        assert findings.valid
        assert findings.revocations == 1
    assert all(verify(receipt, kept.vkey) for receipt in kept.receipts.values())
    assert verify(newest, line)
    with pytest.raises(LedgerError):
        verify(newest, kept.vkey)
    assert not any(
        spelling in octets for held in (old,) for spelling in spellings(held) for octets in contents(folder).values()
    )
    with Ledger.open(folder) as ledger:
        assert (ledger.repairs, ledger.public_key) == ((), line)


def test_keys_can_be_revoked_again(folder: Path) -> None:
    fill(folder, [opened()])
    lines = []
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        for _ in range(3):
            lines.append(ledger.revoke())
        ledger.append(opened())
        assert len(set(lines)) == 3
        for line in lines:
            findings = audit(Folder(folder), line)
            assert (findings.valid, findings.revocations, findings.epochs) == (True, 3, 4)


# Where they are kept.


@pytest.mark.parametrize("name", ["key", "key.next"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_keys_that_others_can_read_are_refused_the_next_ones_too(folder: Path, name: str, mode: int) -> None:
    fill(folder, [])
    (folder / "key.next").write_bytes((folder / "key").read_bytes())
    (folder / "key.next").chmod(0o600)
    (folder / name).chmod(mode)
    with pytest.raises(LedgerError, match="0600"):
        Ledger.open(folder)


def test_new_keys_are_for_their_owner_alone_at_every_step(folder: Path) -> None:
    clock = Clock()
    seen: set[tuple[str, int]] = set()

    def look() -> None:
        for path in folder.glob("key*"):
            seen.add((path.name, stat.S_IMODE(path.stat().st_mode)))

    before = os.umask(0)
    try:
        with at_every_line(look), Ledger.open(folder, now=clock) as ledger:
            clock.go(days=1)
            ledger.append(opened(clock.time))
            ledger.revoke()
    finally:
        os.umask(before)
    assert seen == {(name, 0o600) for name in ("key", "key.new", "key.next", "key.next.new")}


def test_keys_of_another_log_are_refused(folder: Path, tmp_path: Path) -> None:
    fill(folder, [opened()])
    fill(tmp_path / "other", [opened()])
    whole = contents(folder)
    (folder / "key").write_bytes((tmp_path / "other" / "key").read_bytes())
    with pytest.raises(LedgerError, match="not those that the log names"):
        Ledger.open(folder)
    restore(folder, whole)
    first, second = whole["key"].split(b"-----END PRIVATE KEY-----\n")[:2]
    for wrong in (
        first,
        first + b"-----END PRIVATE KEY-----\n" + first,
        second + b"-----END PRIVATE KEY-----\n" + first,
    ):
        (folder / "key").write_bytes(wrong + b"-----END PRIVATE KEY-----\n")
        with pytest.raises(LedgerError, match=r"not those|two Ed25519 keys"):
            Ledger.open(folder)
    restore(folder, whole)
    assert Ledger.open(folder).close() is None


def test_keys_that_do_not_fit_are_not_put_in_the_place_of_others_that_do_not(folder: Path, tmp_path: Path) -> None:
    fill(folder, [opened()])
    fill(tmp_path / "other", [opened()])
    for name in ("key", "key.next"):
        (folder / name).write_bytes(
            (tmp_path / "other" / "key").read_bytes() if name == "key" else Signers.new().to_pem()
        )
        (folder / name).chmod(0o600)
    before = contents(folder)
    with pytest.raises(LedgerError, match="not those that the log names"):
        Ledger.open(folder)
    assert contents(folder) == before


def test_keys_that_the_log_does_not_name_yet_are_thrown_away(folder: Path) -> None:
    fill(folder, [opened()])
    (folder / "key.next").write_bytes(signers_in(folder).next(Change.REVOKED).to_pem())
    (folder / "key.next").chmod(0o600)
    with Ledger.open(folder) as ledger:
        assert ledger.repairs == ()
        assert not (folder / "key.next").exists()


def test_a_keystore_keeps_the_keys_and_the_folder_only_says_so(folder: Path, tmp_path: Path) -> None:
    keyring = Keyring()
    kept = lived(folder, days=3, each=2, keystore=keyring)
    other = lived(tmp_path / "other", days=1, each=1, keystore=keyring)
    assert len(keyring.kept) == 2  # one for each log, nothing left of the days before
    assert (folder / "key").read_bytes() == b"keystore\n"
    assert not any(b"PRIVATE" in octets for octets in contents(folder).values())
    findings = audit(Folder(folder), kept.vkey, kept.checkpoints, list(kept.receipts.values()))
    assert (findings.valid, findings.epochs) == (True, 3)
    assert audit(Folder(tmp_path / "other"), other.vkey).valid
    with Ledger.open(folder, keystore=keyring, now=lambda: NOON + timedelta(days=2)) as ledger:
        assert ledger.revoke() != kept.vkey
        assert (ledger.repairs, len(keyring.kept)) == ((), 2)


def test_a_keystore_that_is_not_given_or_knows_nothing_is_told(folder: Path) -> None:
    keyring = Keyring()
    lived(folder, days=1, each=1, keystore=keyring)
    whole = contents(folder)
    with pytest.raises(LedgerError, match="keystore") as caught:
        Ledger.open(folder)
    assert caught.value.advice
    with pytest.raises(LedgerError, match="keys"):
        Ledger.open(folder, keystore=Keyring())
    with pytest.raises(LedgerError, match="does not answer"):
        Ledger.open(folder, keystore=Keyring(fails_after=0))
    assert contents(folder) == whole
    with Ledger.open(folder, keystore=keyring) as ledger:
        assert ledger.size > 3


def test_a_log_with_its_keys_in_a_file_stays_with_the_file(folder: Path) -> None:
    vkey = fill(folder, [opened()])
    keyring = Keyring()
    with Ledger.open(folder, keystore=keyring, now=lambda: NOON) as ledger:
        ledger.append(opened())
        assert ledger.public_key == vkey
    assert keyring.kept == {}


@pytest.mark.parametrize("calls", range(8))
@pytest.mark.parametrize("revoked", [False, True])
def test_a_keystore_that_fails_at_any_call_of_a_change_loses_nothing(folder: Path, calls: int, revoked: bool) -> None:
    keyring, clock = Keyring(), Clock()
    failed = False
    with Ledger.open(folder, keystore=keyring, now=clock) as ledger:
        ledger.append(start := opened())
        if not revoked:
            clock.go(days=1)
        keyring.left = calls
        try:
            if revoked:
                ledger.revoke()
            ledger.append(ended(start, time=clock.time))
        except LedgerError:
            failed = True
        keyring.left = 1_000
        if ledger.unaccounted():
            ledger.append(ended(start, time=clock.time))
        assert [type(entry).__name__ for entry in appended(ledger)] == ["Opened", "Ended"]
        assert audit(Folder(folder), ledger.public_key).valid
    assert failed is (calls < 5)  # a change takes five: next written; both read; current written; next removed
    with Ledger.open(folder, keystore=keyring, now=clock) as ledger:
        assert ledger.repairs == ()
        assert len(keyring.kept) == 1
        ledger.append(opened(clock.time))


def test_a_file_that_cannot_be_written_during_a_change_loses_nothing(folder: Path) -> None:
    import resource

    clock = Clock()
    with Ledger.open(folder, now=clock) as ledger:
        ledger.append(start := opened())
        clock.go(days=1)
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
        try:
            with pytest.raises(LedgerUnwritable):
                ledger.append(ended(start, time=clock.time))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        assert ledger.unaccounted() == (start.session,)
        ledger.append(ended(start, time=clock.time))
        assert audit(Folder(folder), ledger.public_key).valid


def test_the_files_and_a_keyring_keep_the_same_promises(folder: Path) -> None:
    from kiskriv.ledger.key import KeyFiles

    folder.mkdir(mode=0o700)
    stores: list[KeyStore] = [KeyFiles(folder), Keyring()]
    for store in stores:
        assert store.read(CURRENT) is store.read(NEXT) is None
        store.remove(NEXT)
        store.write(CURRENT, b"one")
        store.write(NEXT, b"two")
        assert (store.read(CURRENT), store.read(NEXT)) == (b"one", b"two")
        store.write(CURRENT, b"three")
        store.remove(NEXT)
        assert (store.read(CURRENT), store.read(NEXT)) == (b"three", None)


def test_kill_9_at_any_time_of_any_day_loses_nothing_that_was_acknowledged(folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "writer.py"
    script.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from kiskriv.ledger import Ledger\n"
        "from tests.ledger.material import Clock, opened\n"
        "clock = Clock()\n"
        "clock.go(days=int(sys.argv[2]))\n"
        "with Ledger.open(Path(sys.argv[1]), now=clock) as ledger:\n"
        "    ledger.sweep()\n"
        "    while True:\n"
        "        clock.go(days=1)\n"
        "        start = opened(clock.time)\n"
        "        ledger.append(start)\n"
        "        print(start.session, flush=True)\n"
    )
    acknowledged: list[str] = []
    day = 0
    for lines in (1, 2, 3, 5, 8):
        command = [sys.executable, str(script), str(folder), str(day)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as writer:
            assert writer.stdout
            there = [writer.stdout.readline().strip() for _ in range(lines)]
            writer.kill()
            there += [line.strip() for line in writer.stdout.read().splitlines() if len(line.strip()) == 32]
        acknowledged += there
        day += len(there) + 2
    clock = Clock(NOON + timedelta(days=day + 2))
    with Ledger.open(folder, now=clock) as ledger:
        ledger.sweep()
        sessions: list[Any] = [entry for entry in appended(ledger) if entry.kind == "opened"]
        assert set(acknowledged) <= {entry.session for entry in sessions}
        assert set(ledger.repairs) <= set(Repair)
        findings = audit(Folder(folder), ledger.public_key)
        assert findings.valid
        assert findings.epochs > len(acknowledged)
        assert not (folder / "key.next").exists()

"""What a crash, a full disk or ctrl-c leaves behind, and what the log makes of it; what it refuses to mend."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiskriv.errors import LedgerCorrupt, LedgerError, LedgerUnwritable
from kiskriv.ledger import Folder, Ledger, Opened, Repair, Swept, audit
from kiskriv.ledger.checkpoint import VerifierKey
from kiskriv.ledger.entry import encode

from .material import ENVIRONMENT, NOON, appended, contents, ended, fill, kept, opened, restore, sessions

ENTRIES = sessions(4)


# What a crash leaves behind.


def test_a_torn_entry_is_cut_off_at_every_octet(folder: Path) -> None:
    fill(folder, ENTRIES[:5])
    whole = contents(folder)
    line = encode(ENTRIES[5]) + b"\n"
    for torn in range(len(line) + 1):
        (folder / "entries.jsonl").write_bytes(whole["entries.jsonl"] + line[:torn])
        with Ledger.open(folder, now=lambda: NOON) as ledger:
            assert ledger.repaired is (torn > 0)
            assert ledger.repairs == ((Repair.TAIL_CUT,) if torn else ())
            assert ledger.size == 6
        assert contents(folder) == whole
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        assert ledger.append(ENTRIES[5]) == 6


@pytest.mark.parametrize("garbage", [b"\x00" * 400, b"\x00" * 200 + b"ff\n", b"\xff\xfe\n", b"\n"])
def test_a_block_that_never_reached_the_disk_is_cut_off(folder: Path, garbage: bytes) -> None:
    fill(folder, ENTRIES[:5])
    whole = contents(folder)
    (folder / "entries.jsonl").write_bytes(whole["entries.jsonl"] + garbage)
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        assert ledger.repairs == (Repair.TAIL_CUT,)
    assert contents(folder) == whole


def test_a_torn_new_checkpoint_does_not_vouch(folder: Path) -> None:
    fill(folder, ENTRIES[:5])
    before = contents(folder)
    fill(folder, ENTRIES[5:6])
    after = contents(folder)
    for torn in range(len(after["checkpoint"])):
        restore(folder, after | {"checkpoint": before["checkpoint"], "checkpoint.new": after["checkpoint"][:torn]})
        with Ledger.open(folder, now=lambda: NOON) as ledger:
            assert (ledger.size, ledger.repairs) == (6, (Repair.TAIL_CUT,))
        assert contents(folder) == before


def test_a_whole_new_checkpoint_vouches_for_the_entry_and_is_put_in_place(folder: Path) -> None:
    fill(folder, ENTRIES[:5])
    before = contents(folder)
    fill(folder, ENTRIES[5:6])
    after = contents(folder)
    restore(folder, after | {"checkpoint": before["checkpoint"], "checkpoint.new": after["checkpoint"]})
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        assert (ledger.size, ledger.repairs) == (7, (Repair.CHECKPOINT_RENAMED,))
        assert appended(ledger) == ENTRIES[:6]
    assert contents(folder) == after


def test_a_new_checkpoint_vouches_for_no_other_entry(folder: Path) -> None:
    fill(folder, ENTRIES[:5])
    before = contents(folder)
    fill(folder, ENTRIES[5:6])
    after = contents(folder)
    forged = encode(opened()) + b"\n"
    torn = encode(ENTRIES[5])
    for tail, note in (
        (forged, "checkpoint"),
        (torn, "checkpoint"),
        (b"", "checkpoint"),
        (forged + torn, "checkpoint"),
    ):
        restore(
            folder,
            before | {"entries.jsonl": before["entries.jsonl"] + tail, "checkpoint.new": after[note]},
        )
        if tail.count(b"\n") and not tail.endswith(b"\n"):
            with pytest.raises(LedgerCorrupt):
                Ledger.open(folder)
            continue
        with Ledger.open(folder, now=lambda: NOON) as ledger:
            assert ledger.size == 6
        assert contents(folder) == before


def test_an_entry_that_nobody_signed_is_never_signed(folder: Path) -> None:
    start = opened()
    fill(folder, [*ENTRIES, start])
    whole = contents(folder)
    (folder / "entries.jsonl").write_bytes(whole["entries.jsonl"] + encode(ended(start)) + b"\n")
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        assert ledger.unaccounted() == (start.session,)
        assert ledger.repaired
    assert contents(folder) == whole


def test_what_no_crash_leaves_behind_is_not_repaired(folder: Path) -> None:
    fill(folder, ENTRIES)
    whole = contents(folder)
    lines = whole["entries.jsonl"].splitlines(keepends=True)
    after = encode(opened()) + b"\n"
    cases: dict[str, dict[str, bytes | None]] = {
        "a flipped bit": {"entries.jsonl": whole["entries.jsonl"].replace(b"nb-1", b"nb-3", 1)},
        "the last line gone": {"entries.jsonl": b"".join(lines[:-1])},
        "the last newline gone": {"entries.jsonl": whole["entries.jsonl"][:-1]},
        "a line gone": {"entries.jsonl": b"".join(lines[1:])},
        "lines exchanged": {"entries.jsonl": b"".join([lines[2], lines[1], lines[0], *lines[3:]])},
        "a line doubled": {"entries.jsonl": b"".join([lines[0], *lines])},
        "two unsigned lines": {"entries.jsonl": whole["entries.jsonl"] + after + after},
        "more than an entry": {"entries.jsonl": whole["entries.jsonl"] + b"x" * 2000},
        "an empty file": {"entries.jsonl": b""},
        "no entries": {"entries.jsonl": None},
        "an empty checkpoint": {"checkpoint": b""},
        "no checkpoint": {"checkpoint": None},
        "a changed checkpoint": {"checkpoint": whole["checkpoint"].replace(b"\n9\n", b"\n8\n")},
        "no text": {"checkpoint": b"\xff\xfe"},
        "no key": {"key": None},
        "no public key": {"public-key": None},
        "an empty public key": {"public-key": b""},
        "no public key, no entries": {"public-key": None, "entries.jsonl": None},
        "no public key, no checkpoint": {"public-key": None, "checkpoint": None},
        "another public key": {"public-key": b"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n"},
    }
    for name, changes in cases.items():
        changed = {file: octets for file, octets in (whole | changes).items() if octets is not None}
        restore(folder, changed)
        with pytest.raises(LedgerError if name == "no key" else LedgerCorrupt):
            Ledger.open(folder).close()
            pytest.fail(name)
        assert contents(folder) == changed, name


def test_a_public_key_that_is_not_the_logs_is_refused(folder: Path) -> None:
    key = VerifierKey.parse(fill(folder, ENTRIES))
    (folder / "public-key").write_text(f"{VerifierKey(key.name, bytes(32))}\n")
    with pytest.raises(LedgerCorrupt, match="not signed with this key"):
        Ledger.open(folder)


def test_a_damaged_line_is_named(folder: Path) -> None:
    fill(folder, ENTRIES)
    path = folder / "entries.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], lines[3].replace(b"opened", b"Opened"), *lines[4:]]))
    with pytest.raises(LedgerCorrupt, match="line 4") as caught:
        Ledger.open(folder)
    assert caught.value.facts["line"] == 4
    assert caught.value.advice


def test_a_log_half_made_is_made_again(folder: Path) -> None:
    Ledger.open(folder).close()
    whole = contents(folder)
    made = ["lock", "key", "entries.jsonl", "checkpoint"]
    for count in range(len(made) + 1):
        for torn in (False, True):
            left = {name: whole[name] for name in made[:count]}
            if torn and count:
                left[made[count - 1]] = whole[made[count - 1]][:20] if made[count - 1] != "checkpoint" else b""
            restore(folder, left | ({"public-key.new": b"half"} if count == len(made) else {}))
            with Ledger.open(folder, now=lambda: NOON) as ledger:
                ledger.append(ENTRIES[0])
            assert kept(folder) == ENTRIES[:1]


def test_what_was_acknowledged_survives_kill_9(folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "writer.py"
    script.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from kiskriv.ledger import Ledger\n"
        "from tests.ledger.material import opened\n"
        "with Ledger.open(Path(sys.argv[1])) as ledger:\n"
        "    ledger.sweep()\n"
        "    while True:\n"
        "        start = opened()\n"
        "        ledger.append(start)\n"
        "        print(start.session, flush=True)\n"
    )
    acknowledged: list[str] = []
    command = [sys.executable, str(script), str(folder)]
    for lines in (1, 2, 3, 5, 8, 13):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as writer:
            assert writer.stdout
            acknowledged += [writer.stdout.readline().strip() for _ in range(lines)]
            writer.kill()
            acknowledged += [line.strip() for line in writer.stdout.read().splitlines() if len(line.strip()) == 32]
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        ledger.sweep()
        there = [entry.session for entry in ledger.entries() if isinstance(entry, Opened | Swept)]
        assert set(acknowledged) <= set(there)
        assert len(there) == 2 * len(set(there))
        assert audit(Folder(folder), ledger.public_key).valid


# What an error or an interruption in the middle leaves behind: nothing.


@contextmanager
def limit(what: int, soft: int) -> Iterator[None]:
    import resource

    before = resource.getrlimit(what)
    resource.setrlimit(what, (soft, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(what, before)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="resource limits are for POSIX")
def test_a_file_that_may_not_grow_leaves_the_log_as_it_was(folder: Path) -> None:
    import resource

    start = opened()
    fill(folder, [*ENTRIES, start])
    whole = contents(folder)
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        for room in (0, 1, 100, 400):
            with limit(resource.RLIMIT_FSIZE, len(whole["entries.jsonl"]) + room), pytest.raises(LedgerUnwritable):
                ledger.append(ended(start))
            assert contents(folder) == whole
            assert ledger.unaccounted() == (start.session,)
            assert ledger.size == 10
        assert ledger.append(ended(start)) == 10
        assert audit(Folder(folder), ledger.public_key).valid


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="resource limits are for POSIX")
def test_a_checkpoint_that_cannot_be_made_leaves_the_log_as_it_was(folder: Path) -> None:
    import resource

    start = opened()
    fill(folder, [*ENTRIES, start])
    whole = contents(folder)
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        with limit(resource.RLIMIT_NOFILE, 0), pytest.raises(LedgerUnwritable):  # the entry is written, the rest is not
            ledger.append(ended(start))
        assert ledger.size == 10
        assert contents(folder) == whole
        assert ledger.append(ended(start)) == 10
        assert audit(Folder(folder), ledger.public_key).valid


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("no right to mount a small filesystem here; the resource limits above cover the same ground")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_leaves_the_log_as_it_was(tiny_disk: Path) -> None:
    folder, ballast, refused = tiny_disk / "log", tiny_disk / "ballast", 0
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        page = os.sysconf("SC_PAGE_SIZE")
        while (
            ledger.size < 41
        ):  # through several pages, so that sometimes the entry has no room, sometimes the checkpoint
            with ballast.open("ab", buffering=0) as file:
                while room(tiny_disk):
                    file.write(bytes(min(page, room(tiny_disk))))
            entry, size, whole = opened(), ledger.size, contents(folder)
            with pytest.raises(LedgerUnwritable, match="space"):
                ledger.append(entry)
            refused += 1
            assert contents(folder) == whole
            assert ledger.size == size
            ballast.unlink()
            assert ledger.append(entry) == size
        assert audit(Folder(folder), ledger.public_key).valid
    assert refused == 40


def room(disk: Path) -> int:
    status = os.statvfs(disk)
    return status.f_bavail * status.f_frsize


def test_a_disk_that_is_full_at_the_start_makes_no_log(tiny_disk: Path) -> None:
    with (tiny_disk / "ballast").open("wb", buffering=0) as file:
        while room(tiny_disk):
            file.write(bytes(room(tiny_disk)))
    with pytest.raises(LedgerUnwritable, match="space"):
        Ledger.open(tiny_disk / "log")
    (tiny_disk / "ballast").unlink()
    assert kept(tiny_disk / "log") == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "log"):
        with pytest.raises(LedgerUnwritable):
            Ledger.open(folder)

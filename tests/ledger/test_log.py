"""The writer: what it promises of every append, and of its folder."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiskriv.errors import LedgerBusy, LedgerCorrupt, LedgerError
from kiskriv.ledger import Cause, Folder, Ledger, audit

from .material import ENVIRONMENT, NOON, appended, ended, fill, kept, opened, resumed, sessions, swept

ENTRIES = sessions(4)


def test_what_was_appended_is_there_the_next_time(folder: Path) -> None:
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        assert [ledger.append(entry) for entry in ENTRIES] == list(range(1, 9))
        assert appended(ledger) == ENTRIES
        note, key = ledger.checkpoint, ledger.public_key
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        assert appended(ledger) == ENTRIES
        assert (ledger.size, ledger.checkpoint, ledger.public_key, ledger.repaired) == (9, note, key, False)


def test_an_acknowledged_entry_is_signed_on_the_disk(folder: Path, tmp_path: Path) -> None:
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        for number, entry in enumerate(ENTRIES, start=2):
            ledger.append(entry)
            shutil.copytree(folder, tmp_path / "seen", dirs_exist_ok=True)
            findings = audit(Folder(tmp_path / "seen"), ledger.public_key)
            assert findings.valid
            assert findings.entries == number
            assert not (folder / "checkpoint.new").exists()


def test_every_write_reaches_the_disk_before_the_next_begins(folder: Path, tmp_path: Path) -> None:
    if (
        not (strace := shutil.which("strace"))
        or subprocess.run([strace, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("strace is not installed, or may not trace here")
    script = tmp_path / "append.py"
    script.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from kiskriv.ledger import Ledger\n"
        "from tests.ledger.material import NOON, opened\n"
        "with Ledger.open(Path(sys.argv[1]), now=lambda: NOON) as ledger:\n"
        "    print('@@@', file=sys.stderr, flush=True)\n"
        "    ledger.append(opened())\n"
        "    print('@@@', file=sys.stderr, flush=True)\n"
    )
    calls = "trace=write,fsync,rename,renameat,renameat2"
    traced = subprocess.run(
        [strace, "-f", "-y", "-e", calls, sys.executable, str(script), str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRONMENT,
    )
    during = traced.stderr.split("@@@")[2].splitlines()  # strace shows each mark, and then the mark shows itself
    seen = [re.search(rf'(write|fsync|rename)\w*\(.*?{folder}(/[a-z.]+)?[>"]', line) for line in during]
    assert [match.groups() for match in seen if match] == [
        ("write", "/entries.jsonl"),
        ("fsync", "/entries.jsonl"),
        ("write", "/checkpoint.new"),
        ("fsync", "/checkpoint.new"),
        ("fsync", None),
        ("rename", "/checkpoint.new"),
        ("fsync", None),
    ]


def test_two_logs_have_different_keys_and_origins(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "a") as one, Ledger.open(tmp_path / "b") as other:
        assert one.public_key != other.public_key
        assert one.checkpoint.split("\n")[0] != other.checkpoint.split("\n")[0]


def test_a_log_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "kiskriv" / "ledger"
    Ledger.open(folder).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == (0o644 if path.name == "public-key" else 0o600), path.name


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o644, 0o666, 0o700 | 0o1])
def test_a_key_that_others_can_read_is_refused(folder: Path, mode: int) -> None:
    fill(folder, ENTRIES)
    (folder / "key").chmod(mode)
    with pytest.raises(LedgerError, match="0600"):
        Ledger.open(folder)
    (folder / "key").chmod(0o600)
    assert kept(folder) == ENTRIES


def test_a_key_of_another_user_is_refused(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    fill(folder, ENTRIES)
    os.chown(folder / "key", 65534, -1)
    with pytest.raises(LedgerError, match="another user"):
        Ledger.open(folder)


def test_a_key_that_is_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    fill(folder, ENTRIES)
    (folder / "key").rename(tmp_path / "elsewhere")
    (folder / "key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LedgerError, match="regular file"):
        Ledger.open(folder)


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_key_file_without_a_key_is_refused(folder: Path, content: bytes) -> None:
    fill(folder, ENTRIES)
    (folder / "key").write_bytes(content)
    with pytest.raises(LedgerError, match="not those that the log names"):
        Ledger.open(folder)


def test_there_is_one_writer(folder: Path) -> None:
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        ledger.append(ENTRIES[0])
        with pytest.raises(LedgerBusy):
            Ledger.open(folder)
        other = (
            "import sys; from pathlib import Path; from kiskriv.ledger import Ledger; Ledger.open(Path(sys.argv[1]))"
        )
        told = subprocess.run(
            [sys.executable, "-c", other, str(folder)], capture_output=True, text=True, check=False, env=ENVIRONMENT
        )
        assert "LedgerBusy" in told.stderr
        ledger.append(ENTRIES[1])
    assert kept(folder) == ENTRIES[:2]


def test_a_refused_log_lets_the_next_writer_in(folder: Path) -> None:
    fill(folder, ENTRIES)
    whole = (folder / "checkpoint").read_bytes()
    (folder / "checkpoint").write_bytes(b"")
    with pytest.raises(LedgerCorrupt):
        Ledger.open(folder)
    (folder / "checkpoint").write_bytes(whole)
    assert kept(folder) == ENTRIES


def test_a_closed_log_is_closed(folder: Path) -> None:
    ledger = Ledger.open(folder)
    ledger.close()
    ledger.close()
    for use in (lambda: ledger.append(ENTRIES[0]), lambda: ledger.size, ledger.unaccounted, lambda: ledger.receipt(0)):
        with pytest.raises(LedgerError, match="closed"):
            use()


def test_what_makes_no_sense_is_not_written(folder: Path) -> None:
    start, other = opened(), opened()
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        for nonsense in (ended(start), swept(start)):
            with pytest.raises(LedgerError, match="without being opened"):
                ledger.append(nonsense)
        ledger.append(start)
        with pytest.raises(LedgerError, match="opened twice"):
            ledger.append(start)
        with pytest.raises(LedgerError, match="another key"):
            ledger.append(
                ended(start, verified=True).__class__(**{**fields(ended(start)), "commitment": other.commitment})
            )
        ledger.append(ended(start))
        for late in (ended(start), swept(start)):
            with pytest.raises(LedgerError, match="ended already"):
                ledger.append(late)
        assert appended(ledger) == [start, ended(start)]


def fields(entry: Any) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__match_args__}


def test_sessions_are_accounted_for(folder: Path) -> None:
    starts = [opened() for _ in range(4)]
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        for start in starts:
            ledger.append(start)
        assert ledger.unaccounted() == tuple(start.session for start in starts)
        ledger.append(ended(starts[1]))
        ledger.append(ended(starts[2], verified=False))
        assert ledger.unaccounted() == (starts[0].session, starts[3].session)
        assert ledger.unverified() == (starts[2].session,)
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        assert ledger.sweep() == (starts[0].session, starts[3].session)
        assert ledger.sweep() == ledger.unaccounted() == ()
        assert list(ledger.entries())[-1] == swept(starts[3])
        assert ledger.unverified() == (starts[2].session,)
        ledger.append(ended(starts[2]))
        assert ledger.unverified() == ()


def test_a_session_goes_on_in_another_room_while_it_is_open_and_has_a_copy(folder: Path) -> None:
    start, plain = opened(spool=True), opened()
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        with pytest.raises(LedgerError, match="without being opened"):
            ledger.append(resumed(start))
        ledger.append(start)
        ledger.append(plain)
        with pytest.raises(LedgerError, match="without one"):
            ledger.append(resumed(plain))
        ledger.append(again := resumed(start))
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        assert ledger.unaccounted() == (start.session, plain.session)
        with pytest.raises(LedgerError, match="another key"):
            ledger.append(ended(start))
        ledger.append(ended(start).__class__(**{**fields(ended(start)), "commitment": again.commitment}))
        with pytest.raises(LedgerError, match="ended already"):
            ledger.append(resumed(start))


def test_a_sweep_says_how_it_came_about(folder: Path) -> None:
    starts = [opened() for _ in Cause]
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        for start in starts:
            ledger.append(start)
        for start, cause in zip(starts, Cause, strict=True):
            assert ledger.sweep((start.session,), cause) == (start.session,)
        assert appended(ledger)[3:] == [swept(start, cause) for start, cause in zip(starts, Cause, strict=True)]


def test_there_is_no_receipt_for_what_is_not_there(folder: Path) -> None:
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        ledger.append(ENTRIES[0])
        for index in (-1, 2):
            with pytest.raises(IndexError):
                ledger.receipt(index)


def test_a_line_changed_behind_its_back_is_noticed(folder: Path) -> None:
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        for entry in ENTRIES:
            ledger.append(entry)
        path = folder / "entries.jsonl"
        changed = path.read_bytes().replace(b"nb-1", b"nb-2", 1)
        path.write_bytes(changed)
        for use in (lambda: ledger.receipt(1), lambda: list(ledger.entries()), lambda: ledger.append(opened())):
            with pytest.raises(LedgerCorrupt):
                use()
        path.write_bytes(changed + b"x\ny\n")
        with pytest.raises(LedgerCorrupt):
            ledger.append(opened())
        assert path.read_bytes() == changed + b"x\ny\n"

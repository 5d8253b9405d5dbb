"""What an auditor is told of a copy of a log, without a private key and without trusting us."""

from __future__ import annotations

import dataclasses
import os
import threading
from pathlib import Path

import pytest

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import Fault, Ledger, Opened, Problem, Reason, audit
from kiskriv.ledger.entry import encode

from .material import contents, ended, fill, opened, resumed, sessions, sign, signing_key, swept, write_log

KEY = signing_key()
VKEY = str(KEY.verifier)
ENTRIES = sessions(6)
LINES = [encode(entry) for entry in ENTRIES]
EARLIER = sign(LINES[:5], KEY)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    write_log(tmp_path / "copy", ENTRIES, KEY)
    return tmp_path / "copy"


def lines_of(copy: Path) -> list[bytes]:
    return (copy / "entries.jsonl").read_bytes().splitlines(keepends=True)


def put(copy: Path, lines: list[bytes]) -> None:
    (copy / "entries.jsonl").write_bytes(b"".join(lines))


def test_a_whole_log_has_no_problems(copy: Path) -> None:
    findings = audit(copy, VKEY)
    assert findings.valid
    assert (findings.origin, findings.entries, findings.opened, findings.swept) == (KEY.name, 12, 6, 2)
    assert findings.ended == {Reason.TRANSFERRED: 4}
    assert findings.open_sessions == findings.unverified == findings.clock_steps == findings.problems == ()
    assert findings.consistent is None


def test_a_log_that_grew_continues_the_earlier_checkpoint(copy: Path) -> None:
    for size in range(len(LINES) + 1):
        findings = audit(copy, VKEY, sign(LINES[:size], KEY))
        assert findings.valid
        assert findings.consistent is True


def test_the_log_that_kiskriv_writes_passes(tmp_path: Path) -> None:
    vkey = fill(tmp_path / "log", ENTRIES)
    assert audit(tmp_path / "log", vkey).valid


def test_an_audit_needs_no_lock_and_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    with Ledger.open(folder) as ledger:
        for entry in ENTRIES:
            ledger.append(entry)
        before = contents(folder)
        assert audit(folder, ledger.public_key).valid
        assert contents(folder) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe, to say when which line is read")
def test_a_writer_that_goes_on_during_an_audit_is_no_finding(copy: Path, tmp_path: Path) -> None:
    pipe, checkpoint = tmp_path / "entries", copy / "checkpoint"
    os.mkfifo(pipe)
    checkpoint.write_text(sign(LINES[:8], KEY))
    grown = b"".join(line + b"\n" for line in LINES[:9])
    (copy / "entries.jsonl").write_bytes(grown)

    def append() -> None:
        with pipe.open("wb") as entries:  # opens when the audit has read the checkpoint, and reads the entries
            checkpoint.write_text(sign(LINES[:9], KEY))
            entries.write(grown)
            (copy / "entries.jsonl").replace(pipe)  # when the audit looks again

    writer = threading.Thread(target=append, daemon=True)
    writer.start()
    findings = audit(pipe, VKEY, checkpoint=checkpoint)
    assert (findings.entries, findings.problems) == (9, ())
    writer.join()


def test_an_export_is_audited_from_two_files(copy: Path, tmp_path: Path) -> None:
    entries, checkpoint = tmp_path / "eksport.jsonl", tmp_path / "sjekkpunkt.txt"
    entries.write_bytes((copy / "entries.jsonl").read_bytes())
    checkpoint.write_bytes((copy / "checkpoint").read_bytes())
    assert audit(entries, VKEY, EARLIER, checkpoint=checkpoint).consistent


def test_a_session_without_an_end_is_visible(tmp_path: Path) -> None:
    start, other = opened(), opened()
    write_log(tmp_path / "copy", [*ENTRIES, start, other, ended(other)], KEY)
    findings = audit(tmp_path / "copy", VKEY)
    assert findings.valid
    assert findings.open_sessions == (start.session,)


def test_an_erasure_that_was_not_verified_is_visible_until_it_is_made_good(tmp_path: Path) -> None:
    start = opened()
    entries = [start, ended(start, verified=False), ended(start, verified=False)]
    write_log(tmp_path / "copy", entries, KEY)
    assert audit(tmp_path / "copy", VKEY).unverified == (start.session,)
    write_log(tmp_path / "copy", [*entries, ended(start)], KEY)
    assert audit(tmp_path / "copy", VKEY).unverified == ()


def test_a_clock_that_went_backwards_is_visible(tmp_path: Path) -> None:
    times = ["2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z", "2026-03-01T23:59:59Z", "2026-03-02T11:00:00Z"]
    write_log(tmp_path / "copy", [opened(time) for time in times], KEY)
    findings = audit(tmp_path / "copy", VKEY)
    assert findings.clock_steps == (3,)
    assert findings.valid


def test_a_changed_line_is_named_when_it_no_longer_reads(copy: Path) -> None:
    lines = lines_of(copy)
    put(copy, [*lines[:3], lines[3].replace(b"transferred", b"Transferred"), *lines[4:]])
    assert audit(copy, VKEY).problems == (Problem(Fault.UNREADABLE_ENTRY, 4), Problem(Fault.ROOT_MISMATCH))


def test_a_changed_line_that_still_reads_breaks_the_root(copy: Path) -> None:
    lines = lines_of(copy)
    put(copy, [*lines[:3], lines[3].replace(b"transferred", b"discarded"), *lines[4:]])
    assert audit(copy, VKEY).problems == (Problem(Fault.ROOT_MISMATCH),)


def test_a_removed_end_is_named(copy: Path) -> None:
    lines = lines_of(copy)
    put(copy, lines[:-1])
    findings = audit(copy, VKEY)
    assert findings.problems == (Problem(Fault.CUT_OFF, 12),)
    assert not findings.valid


def test_a_moved_line_is_found(copy: Path) -> None:
    lines = lines_of(copy)
    put(copy, [lines[1], lines[0], *lines[2:]])
    assert audit(copy, VKEY).problems[0] == Problem(Fault.NEVER_OPENED, 1)
    put(copy, [*lines[:8], lines[10], lines[8], lines[9], lines[11]])
    assert audit(copy, VKEY).problems == (Problem(Fault.ROOT_MISMATCH),)


@pytest.mark.parametrize("tail", [b"x", b"\x00" * 300, LINES[0] + b"\n", LINES[0], b"\n"])
def test_what_nobody_signed_is_found(copy: Path, tail: bytes) -> None:
    put(copy, [*lines_of(copy), tail])
    assert audit(copy, VKEY).problems == (Problem(Fault.UNSIGNED_TAIL, 13),)


def test_the_order_of_a_session_is_checked(tmp_path: Path) -> None:
    start, other, copied = opened(), opened(), opened(spool=True)
    cases = {
        Fault.OPENED_TWICE: [start, start],
        Fault.NEVER_OPENED: [ended(start)],
        Fault.ENDED_TWICE: [start, ended(start), swept(start)],
        Fault.OTHER_KEY: [start, dataclasses.replace(ended(start), commitment=other.commitment)],
        Fault.NOT_SPOOLED: [start, resumed(start)],
    }
    resuming = {
        Fault.NEVER_OPENED: [resumed(copied)],
        Fault.ENDED_TWICE: [copied, ended(copied), resumed(copied)],
        Fault.OTHER_KEY: [copied, resumed(copied), ended(copied)],
    }
    for fault, entries in [
        *cases.items(),
        *resuming.items(),
        (Fault.ENDED_TWICE, [copied, ended(copied, verified=False), resumed(copied)]),
    ]:
        write_log(tmp_path / "copy", entries, KEY)
        assert audit(tmp_path / "copy", VKEY).problems == (Problem(fault, len(entries)),)


def test_a_session_that_was_resumed_ends_under_its_newest_key(tmp_path: Path) -> None:
    start, plain = opened(spool=True), opened()
    entries = [
        start,
        resumed(start),
        plain,
        again := resumed(start),
        ended(plain),
        dataclasses.replace(ended(start), commitment=again.commitment),
    ]
    write_log(tmp_path / "copy", entries, KEY)
    findings = audit(tmp_path / "copy", VKEY)
    assert findings.valid
    assert (findings.opened, findings.spooled, findings.resumed, findings.open_sessions) == (2, 1, 2, ())


@pytest.mark.parametrize("note", ["", "not a note", None, sign(LINES, signing_key()), sign(LINES, KEY)[:-2]])
def test_a_checkpoint_that_is_not_the_logs_is_found(copy: Path, note: str | None) -> None:
    (copy / "checkpoint").unlink()
    if note is not None:
        (copy / "checkpoint").write_text(note)
    findings = audit(copy, VKEY, EARLIER)
    assert findings.problems == (Problem(Fault.BAD_CHECKPOINT),)
    assert findings.consistent is False


@pytest.mark.parametrize("note", ["", "not a note", sign(LINES[:5], signing_key())])
def test_an_earlier_checkpoint_that_is_not_the_logs_is_found(copy: Path, note: str) -> None:
    findings = audit(copy, VKEY, note)
    assert findings.problems == (Problem(Fault.BAD_EARLIER),)
    assert not findings.valid


def test_an_older_copy_put_back_is_found_only_with_an_earlier_checkpoint(tmp_path: Path) -> None:
    write_log(tmp_path / "copy", ENTRIES[:4], KEY)
    assert audit(tmp_path / "copy", VKEY).valid  # as the module says: nobody could tell
    findings = audit(tmp_path / "copy", VKEY, EARLIER)
    assert findings.problems == (Problem(Fault.SHORTER_THAN_EARLIER),)
    assert findings.consistent is False


def test_a_log_written_anew_is_found_only_with_an_earlier_checkpoint(tmp_path: Path) -> None:
    rewritten = [*ENTRIES]
    rewritten[0] = dataclasses.replace(rewritten[0], time="2026-03-02T11:59:59Z")
    write_log(tmp_path / "copy", rewritten, KEY)
    assert audit(tmp_path / "copy", VKEY).valid
    findings = audit(tmp_path / "copy", VKEY, EARLIER)
    assert findings.problems == (Problem(Fault.DIFFERS_FROM_EARLIER),)
    assert findings.consistent is False


def test_an_empty_log_is_valid(tmp_path: Path) -> None:
    write_log(tmp_path / "copy", [], KEY)
    assert audit(tmp_path / "copy", VKEY, sign([], KEY)).consistent is True


def test_a_key_that_is_none_is_refused(copy: Path) -> None:
    with pytest.raises(ProofInvalid):
        audit(copy, "not a key")


def test_findings_cannot_be_changed(copy: Path) -> None:
    findings = audit(copy, VKEY)
    with pytest.raises(dataclasses.FrozenInstanceError):
        findings.problems = ()  # type: ignore[misc]
    with pytest.raises(TypeError):
        findings.ended[Reason.FAILED] = 1  # type: ignore[index]


def test_no_entry_reaches_a_finding_but_session_ids(copy: Path) -> None:
    start = ENTRIES[0]
    assert isinstance(start, Opened)
    assert start.commitment not in repr(audit(copy, VKEY, EARLIER))

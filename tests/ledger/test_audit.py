"""What an auditor is told of a copy of a log, without a private key and without trusting us."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import Fault, Findings, Folder, Ledger, Opened, Problem, Reason, export
from kiskriv.ledger import audit as audit_copy
from kiskriv.ledger.copies import copy_at
from kiskriv.ledger.entry import encode
from kiskriv.ledger.key import Signers

from .material import NOON, TIME, contents, ended, fill, opened, resumed, sessions, sign, swept, with_keys, write_log

KEYS = Signers.new()
VKEY = str(KEYS.log.verifier)
ENTRIES = with_keys(sessions(6), KEYS)
LINES = [encode(entry) for entry in ENTRIES]
EARLIER = sign(LINES[:6], KEYS)


def audit(folder: Path, vkey: str = VKEY, *earlier: str) -> Findings:
    return audit_copy(Folder(folder), vkey, earlier)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    write_log(tmp_path / "copy", ENTRIES, KEYS)
    return tmp_path / "copy"


def lines_of(copy: Path) -> list[bytes]:
    return (copy / "entries.jsonl").read_bytes().splitlines(keepends=True)


def put(copy: Path, lines: list[bytes]) -> None:
    (copy / "entries.jsonl").write_bytes(b"".join(lines))


def test_a_whole_log_has_no_problems(copy: Path) -> None:
    findings = audit(copy, VKEY)
    assert findings.valid
    assert (findings.origin, findings.entries, findings.opened, findings.swept) == (KEYS.log.name, 13, 6, 2)
    assert findings.ended == {Reason.TRANSFERRED: 4}
    assert findings.open_sessions == findings.unverified == findings.clock_steps == findings.problems == ()
    assert findings.earlier == findings.receipts == ()
    assert (findings.epochs, findings.revocations, findings.witnessed, findings.pruned) == (1, 0, (), None)


def test_a_log_that_grew_continues_the_earlier_checkpoint(copy: Path) -> None:
    findings = audit(copy, VKEY, *(sign(LINES[:size], KEYS) for size in range(1, len(LINES) + 1)))
    assert findings.valid
    assert findings.earlier == (None,) * len(LINES)


def test_the_log_that_kiskriv_writes_passes(tmp_path: Path) -> None:
    vkey = fill(tmp_path / "log", ENTRIES[1:])
    assert audit(tmp_path / "log", vkey).valid


def test_an_audit_needs_no_lock_and_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        for entry in ENTRIES[1:]:
            ledger.append(entry)
        before = contents(folder)
        assert audit(folder, ledger.public_key).valid
        assert contents(folder) == before


class Growing:
    """A copy that a writer appends to between the looks that an audit takes."""

    def __init__(self, *sizes: int) -> None:
        self._left = list(sizes)

    def checkpoint(self) -> str:
        return sign(LINES[: self._left.pop(0) if len(self._left) > 1 else self._left[0]], KEYS)

    def lines(self) -> Iterator[bytes]:
        return (line + b"\n" for line in LINES)


def test_a_writer_that_goes_on_during_an_audit_is_no_finding() -> None:
    findings = audit_copy(Growing(8, 9, 9, 13, 13), VKEY)
    assert (findings.entries, findings.problems) == (13, ())


def test_an_export_is_audited_from_one_file(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "eksport").write_bytes(b"".join(export(copy)))
    found = copy_at(tmp_path / "eksport")
    assert found is not None
    assert audit_copy(found, VKEY, [EARLIER]) == audit(copy, VKEY, EARLIER)
    assert audit(copy, VKEY, EARLIER).valid


def test_an_export_of_a_log_at_work_is_whole(tmp_path: Path) -> None:
    vkey = fill(tmp_path / "log", ENTRIES[1:])
    with (tmp_path / "log" / "entries.jsonl").open("ab") as file:
        file.write(b'{"half of a li')
    (tmp_path / "eksport").write_bytes(b"".join(export(tmp_path / "log")))
    found = copy_at(tmp_path / "eksport")
    assert found is not None
    assert audit_copy(found, vkey).valid


def test_a_session_without_an_end_is_visible(tmp_path: Path) -> None:
    start, other = opened(), opened()
    write_log(tmp_path / "copy", [*ENTRIES, start, other, ended(other)], KEYS)
    findings = audit(tmp_path / "copy", VKEY)
    assert findings.valid
    assert findings.open_sessions == (start.session,)


def test_an_erasure_that_was_not_verified_is_visible_until_it_is_made_good(tmp_path: Path) -> None:
    start = opened()
    entries = with_keys([start, ended(start, verified=False), ended(start, verified=False)], KEYS)
    write_log(tmp_path / "copy", entries, KEYS)
    assert audit(tmp_path / "copy", VKEY).unverified == (start.session,)
    write_log(tmp_path / "copy", [*entries, ended(start)], KEYS)
    assert audit(tmp_path / "copy", VKEY).unverified == ()


def test_a_clock_that_went_backwards_is_visible(tmp_path: Path) -> None:
    times = ["2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z", "2026-03-01T23:59:59Z", "2026-03-02T11:00:00Z"]
    write_log(tmp_path / "copy", with_keys([opened(time) for time in times], KEYS), KEYS)
    findings = audit(tmp_path / "copy", VKEY)
    assert findings.clock_steps == (4,)
    assert findings.valid


def test_a_changed_line_is_named_when_it_no_longer_reads(copy: Path) -> None:
    lines = lines_of(copy)
    put(copy, [*lines[:4], lines[4].replace(b"transferred", b"Transferred"), *lines[5:]])
    assert audit(copy, VKEY).problems == (Problem(Fault.UNREADABLE_ENTRY, 5), Problem(Fault.ROOT_MISMATCH))


def test_a_changed_line_that_still_reads_breaks_the_root(copy: Path) -> None:
    lines = lines_of(copy)
    put(copy, [*lines[:4], lines[4].replace(b"transferred", b"discarded"), *lines[5:]])
    assert audit(copy, VKEY).problems == (Problem(Fault.ROOT_MISMATCH),)


def test_a_removed_end_is_named(copy: Path) -> None:
    lines = lines_of(copy)
    put(copy, lines[:-1])
    findings = audit(copy, VKEY)
    assert findings.problems == (Problem(Fault.CUT_OFF, 13),)
    assert not findings.valid


def test_a_moved_line_is_found(copy: Path) -> None:
    lines = lines_of(copy)
    put(copy, [lines[0], lines[2], lines[1], *lines[3:]])
    assert audit(copy, VKEY).problems[0] == Problem(Fault.NEVER_OPENED, 2)
    put(copy, [*lines[:9], lines[11], lines[9], lines[10], lines[12]])
    assert audit(copy, VKEY).problems == (Problem(Fault.ROOT_MISMATCH),)


@pytest.mark.parametrize("tail", [b"x", b"\x00" * 300, LINES[0] + b"\n", LINES[0], b"\n"])
def test_what_nobody_signed_is_found(copy: Path, tail: bytes) -> None:
    put(copy, [*lines_of(copy), tail])
    assert audit(copy, VKEY).problems == (Problem(Fault.UNSIGNED_TAIL, 14),)


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
        write_log(tmp_path / "copy", with_keys(entries, KEYS), KEYS)
        assert audit(tmp_path / "copy", VKEY).problems == (Problem(fault, len(entries) + 1),)


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
    write_log(tmp_path / "copy", with_keys(entries, KEYS), KEYS)
    findings = audit(tmp_path / "copy", VKEY)
    assert findings.valid
    assert (findings.opened, findings.spooled, findings.resumed, findings.open_sessions) == (2, 1, 2, ())


@pytest.mark.parametrize("note", ["", "not a note", None, sign(LINES, Signers.new()), sign(LINES, KEYS)[:-2]])
def test_a_checkpoint_that_is_not_the_logs_is_found(copy: Path, note: str | None) -> None:
    (copy / "checkpoint").unlink()
    if note is not None:
        (copy / "checkpoint").write_text(note)
    findings = audit(copy, VKEY, EARLIER)
    assert findings.problems == (Problem(Fault.BAD_CHECKPOINT),)
    assert not findings.valid


@pytest.mark.parametrize("note", ["", "not a note", sign(LINES[:6], Signers.new()), sign([], KEYS)])
def test_an_earlier_checkpoint_that_is_not_the_logs_is_found(copy: Path, note: str) -> None:
    findings = audit(copy, VKEY, note)
    assert (findings.problems, findings.earlier) == ((), (Fault.BAD_EARLIER,))
    assert not findings.valid


def test_an_older_copy_put_back_is_found_only_with_an_earlier_checkpoint(tmp_path: Path) -> None:
    write_log(tmp_path / "copy", ENTRIES[:5], KEYS)
    assert audit(tmp_path / "copy", VKEY).valid  # as the module says: nobody could tell
    findings = audit(tmp_path / "copy", VKEY, EARLIER)
    assert findings.earlier == (Fault.SHORTER_THAN_EARLIER,)
    assert not findings.valid


def test_a_log_written_anew_is_found_only_with_an_earlier_checkpoint(tmp_path: Path) -> None:
    rewritten = [*ENTRIES]
    rewritten[1] = dataclasses.replace(rewritten[1], time="2026-03-02T12:00:01Z")
    write_log(tmp_path / "copy", rewritten, KEYS)
    assert audit(tmp_path / "copy", VKEY).valid
    findings = audit(tmp_path / "copy", VKEY, EARLIER)
    assert findings.earlier == (Fault.DIFFERS_FROM_EARLIER,)
    assert not findings.valid


def test_a_log_of_which_nothing_was_appended_yet_is_valid(tmp_path: Path) -> None:
    write_log(tmp_path / "copy", ENTRIES[:1], KEYS)
    assert audit(tmp_path / "copy", VKEY, sign(LINES[:1], KEYS)).valid
    write_log(tmp_path / "copy", [], KEYS)
    assert audit(tmp_path / "copy", VKEY).problems == (Problem(Fault.NO_KEYS, 1),)


def test_the_first_entry_names_the_keys_that_the_origin_is_made_from(tmp_path: Path) -> None:
    others = Signers.new()
    first = ENTRIES[0]
    for entries in (
        ENTRIES[1:],
        [*ENTRIES[1:], first],
        [others.created(TIME), *ENTRIES[1:]],
        [dataclasses.replace(first, epoch_key=others.epoch.verifier.public.hex()), *ENTRIES[1:]],
        [first, first, *ENTRIES[1:]],
    ):
        write_log(tmp_path / "copy", entries, KEYS)
        assert Fault.NO_KEYS in {problem.fault for problem in audit(tmp_path / "copy").problems}
    other_log = dataclasses.replace(first, log_key=others.log.verifier.public.hex())
    write_log(tmp_path / "copy", [other_log, *ENTRIES[1:]], KEYS)
    assert audit(tmp_path / "copy").problems == (Problem(Fault.BAD_CHECKPOINT),)


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
    start = ENTRIES[1]
    assert isinstance(start, Opened)
    assert start.commitment not in repr(audit(copy, VKEY, EARLIER))

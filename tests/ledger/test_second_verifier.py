"""Whoever has docs/deletion-log.md and nothing else comes to the same verdict: kiskriv and a second verifier agree.

On logs as kiskriv writes them, one for each entry; on the same, tampered with by people who have no key; and on logs
by somebody who has every key and breaks one rule at a time.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import (
    audit,
    copy_at,
    verify,
)
from kiskriv.ledger.merkle import leaf_hash

from . import second_verifier
from .crimes import CRIMES, HEADER, INNOCENT, Case, bad_alone
from .lives import ENTRIES, LOGS, Grown, grow
from .second_verifier import L, signed, verify_export, verify_receipt


def verdicts(case: Case, file: Path) -> tuple[bool, bool]:
    """Whether kiskriv finds nothing wrong, and whether the second verifier does."""
    return by_kiskriv(case, file), not verify_export(case.export, case.key, case.since, case.receipts)


def by_kiskriv(case: Case, file: Path) -> bool:
    file.write_bytes(case.export)
    copy = copy_at(file)
    try:
        return copy is not None and audit(copy, case.key, case.since, case.receipts).valid
    except ProofInvalid:
        return False


def receipt_verdicts(text: str, key: str) -> tuple[bool, bool]:
    try:
        verify(text, key)
    except ProofInvalid:
        return False, not verify_receipt(text, key)
    return True, not verify_receipt(text, key)


def test_both_know_the_same_signatures() -> None:
    draw = random.Random(5)
    for _ in range(40):
        key, text = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32)), draw.randbytes(draw.randrange(200))
        public, signature = key.public_key().public_bytes_raw(), key.sign(text)
        assert signed(public, text, signature)
        above = (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")
        for other in (flip(draw, signature), signature[:32] + above, signature[:-1], signature + b"0", b""):
            assert not signed(public, text, other)
        assert not signed(public, text + b" ", signature)


def test_nothing_that_is_read_makes_it_raise(logs: list[Grown]) -> None:
    draw = random.Random(6)
    lines = {line for case in CRIMES.values() for line in case.export.split(b"\n")} | {b"", b"\xff", b"{" * 500}
    pieces = sorted(lines) + [note.encode() for grown in logs[:3] for note in (*grown.checkpoints, *grown.receipts)]
    for _ in range(1000):
        octets = HEADER * draw.randint(0, 1) + b"\n".join(draw.sample(pieces, draw.randint(0, 4)))
        text = octets.decode("utf-8", draw.choice(["replace", "surrogateescape"]))
        key = draw.choice([text, logs[0].keys[0]])
        assert verify_export(octets, key, [text], [text])
        assert verify_receipt(text, key) or text in logs[0].receipts
        assert verify_export(logs[0].exports[3], logs[0].keys[3], [text], [text])


def test_it_runs_by_itself(logs: list[Grown], tmp_path: Path) -> None:
    whole = logs[0]
    (tmp_path / "export").write_bytes(whole.exports[9])
    (tmp_path / "kept").write_text(whole.checkpoints[5])
    (tmp_path / "receipt").write_text(whole.receipts[7])
    (tmp_path / "later").write_text(whole.checkpoints[-1])
    asked = [
        sys.executable,
        "-I",
        second_verifier.__file__,
        tmp_path / "export",
        whole.keys[9],
        "--receipt",
        tmp_path / "receipt",
    ]
    assert (
        subprocess.run([*asked, "--since", tmp_path / "kept"], capture_output=True, check=True, text=True).stderr == ""
    )
    told = subprocess.run([*asked, "--since", tmp_path / "later"], capture_output=True, check=False, text=True)
    assert (told.returncode, told.stdout, told.stderr) == (
        1,
        "",
        "kept checkpoint: the log has fewer entries than it had\n",
    )


# Logs as kiskriv writes them


@pytest.fixture(scope="module")
def logs() -> Iterator[list[Grown]]:
    memory = Path("/dev/shm")  # where there is one: three flushes an entry take their time on a disk
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield [grow(Path(folder, str(seed)), seed) for seed in range(LOGS)]


def test_both_accept_every_log_that_kiskriv_writes(logs: list[Grown], tmp_path: Path) -> None:
    draw, kinds = random.Random(1), b""
    for grown in logs:
        for place in range(ENTRIES):
            case = grown.case(draw, place)
            assert verdicts(case, tmp_path / "export") == (True, True)
        kinds += grown.exports[-1]
    hashed = kinds.count(b'\n"')
    assert hashed > 100
    for kind in (b"resumed", b"swept", b"rotated", b"witnessed", b"pruned", b"configured", b"stopped"):
        assert kinds.count(b'"kind":"%s"' % kind) > 10, kind


def test_both_say_the_same_of_every_receipt(logs: list[Grown]) -> None:
    draw, accepted = random.Random(2), 0
    for grown in logs:
        for text in grown.receipts:
            ours, theirs = receipt_verdicts(text, draw.choice(grown.keys))  # not every key: some logs were revoked
            assert ours is theirs
            accepted += ours
    assert LOGS * ENTRIES // 2 < accepted < LOGS * ENTRIES


# Whoever has no key


def flip(draw: random.Random, octets: bytes) -> bytes:
    changed = bytearray(octets)
    changed[draw.randrange(len(octets))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def cut(draw: random.Random, octets: bytes) -> bytes:
    return octets[: draw.randrange(len(octets))]


def insert(draw: random.Random, octets: bytes) -> bytes:
    place = draw.randrange(len(octets) + 1)
    return octets[:place] + draw.choice([b"\n", b" ", b"\r", b"\x00", b"0", b"=", b"\n\n", b"\xff"]) + octets[place:]


def drop_line(draw: random.Random, octets: bytes) -> bytes:
    lines = octets.splitlines(keepends=True)
    lines.pop(draw.randrange(len(lines)))
    return b"".join(lines)


def double_line(draw: random.Random, octets: bytes) -> bytes:
    lines = octets.splitlines(keepends=True)
    place = draw.randrange(len(lines))
    return b"".join([*lines[:place], lines[place], *lines[place:]])


def swap_lines(draw: random.Random, octets: bytes) -> bytes:
    lines = octets.splitlines(keepends=True)
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def hash_line(draw: random.Random, octets: bytes) -> bytes:
    lines = octets.splitlines(keepends=True)
    place = draw.randrange(len(lines))
    return b"".join([*lines[:place], b'"%s"\n' % leaf_hash(lines[place][:-1]).hex().encode(), *lines[place + 1 :]])


def reword(draw: random.Random, octets: bytes) -> bytes:
    old, new = draw.choice(
        [
            (b'"transferred"', b'"discarded"'),
            (b'"verified":false', b'"verified":true'),
            (b'"spool":true', b'"spool":false'),
            (b":00Z", b":01Z"),
            (b'"v":1', b'"v":2'),
            (b"daily", b"revoked"),
            (b'"ended":', b'"ended":1'),
            (b"=\n", b"\n"),
            (b"\xe2\x80\x94", b"-"),
            (b"\n", b"\r\n"),
        ]
    )
    return octets.replace(old, new, draw.choice([1, -1]))


CHANGES = [flip, flip, flip, cut, insert, drop_line, double_line, swap_lines, hash_line, reword]


@pytest.mark.parametrize("change", CHANGES[2:])
def test_no_changed_export_is_accepted(
    change: Callable[[random.Random, bytes], bytes], logs: list[Grown], tmp_path: Path
) -> None:
    draw = random.Random(change.__name__)
    for _ in range(120):
        case = draw.choice(logs).case(draw)
        tampered = replace(case, export=change(draw, case.export))
        if tampered != case:
            assert verdicts(tampered, tmp_path / "export") == (False, False), tampered


def test_both_say_the_same_of_changed_checkpoints_and_receipts(logs: list[Grown], tmp_path: Path) -> None:
    draw, refused = random.Random(3), 0
    for _ in range(450):
        grown = draw.choice(logs)
        place, change = draw.randrange(ENTRIES), draw.choice(CHANGES)
        text = draw.choice([grown.checkpoints, grown.receipts])[draw.randrange(ENTRIES)]
        changed = change(draw, text.encode()).decode(errors="replace")
        case = Case(grown.exports[place], grown.keys[0])
        case = replace(case, receipts=(changed,)) if "tlog-proof" in text else replace(case, since=(changed,))
        ours, theirs = verdicts(case, tmp_path / "export")
        assert ours is theirs, case
        one, other = receipt_verdicts(changed, grown.keys[0])
        assert one is other
        refused += not ours
    assert refused > 340


def test_both_say_the_same_of_what_belongs_to_another_moment_or_log(logs: list[Grown], tmp_path: Path) -> None:
    draw, accepted = random.Random(4), 0
    for _ in range(200):
        one, other = draw.sample(logs, 2) if draw.random() < 0.5 else [draw.choice(logs)] * 2
        whole, kept = one.case(draw), other.case(draw)
        mixed = [
            replace(whole, key=kept.key),
            replace(whole, since=kept.since, receipts=kept.receipts),
            replace(whole, export=joined(whole.export, kept.export)),
        ]
        for case in mixed:
            ours, theirs = verdicts(case, tmp_path / "export")
            assert ours is theirs, case
            accepted += ours
    assert 50 < accepted < 560


def joined(entries: bytes, checkpoint: bytes) -> bytes:
    """The lines of one export under the checkpoint of another."""
    return entries.partition(b"\n\n")[0] + b"\n\n" + checkpoint.partition(b"\n\n")[2]


# Whoever has every key, and breaks one rule


@pytest.mark.parametrize("name", INNOCENT)
def test_what_the_document_allows_both_accept(name: str, tmp_path: Path) -> None:
    assert verdicts(INNOCENT[name], tmp_path / "export") == (True, True)


def test_no_receipt_that_is_wrong_by_itself_passes() -> None:
    for name, text, key in bad_alone():
        assert receipt_verdicts(text, key) == (False, False), name


@pytest.mark.parametrize("name", CRIMES)
def test_no_broken_rule_passes_whoever_has_the_keys(name: str, tmp_path: Path) -> None:
    assert verdicts(CRIMES[name], tmp_path / "export") == (False, False)

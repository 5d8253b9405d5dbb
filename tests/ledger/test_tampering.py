"""Thousands of tampered logs: none is accepted below what was signed and kept, and above it exactly as documented (P6).

Accepted means: an auditor who holds the public key and an earlier checkpoint finds nothing, or the writer goes on from
anything else than what was signed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from kiskriv.errors import LedgerCorrupt
from kiskriv.ledger import Fault, Ledger, audit
from kiskriv.ledger.checkpoint import SigningKey, VerifierKey
from kiskriv.ledger.entry import encode
from kiskriv.ledger.key import load_key

from .material import contents, ended, fill, opened, sessions, sign, signing_key, write_log

ENTRIES = sessions(9)
LINES = [encode(entry) + b"\n" for entry in ENTRIES]
HELD = 12
Files = dict[str, bytes]
Attack = Callable[[random.Random, Files, str], Files]


def entries(whole: Files, lines: list[bytes]) -> Files:
    return whole | {"entries.jsonl": b"".join(lines)}


def flip_a_bit(draw: random.Random, whole: Files, _: str) -> Files:
    name = draw.choice(["entries.jsonl", "checkpoint"])
    octets = bytearray(whole[name])
    octets[draw.randrange(len(octets))] ^= 1 << draw.randrange(8)
    return whole | {name: bytes(octets)}


def drop_lines(draw: random.Random, whole: Files, _: str) -> Files:
    start = draw.randrange(len(LINES))
    return entries(whole, LINES[:start] + LINES[start + draw.randint(1, 3) :])


def double_a_line(draw: random.Random, whole: Files, _: str) -> Files:
    place = draw.randrange(len(LINES) - 1)
    return entries(whole, [*LINES[:place], LINES[place], *LINES[place:]])


def exchange_lines(draw: random.Random, whole: Files, _: str) -> Files:
    lines = [*LINES]
    one, other = draw.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return entries(whole, lines)


def insert_a_session(draw: random.Random, whole: Files, _: str) -> Files:
    start = opened()
    place = draw.randrange(len(LINES))
    return entries(whole, [*LINES[:place], encode(start) + b"\n", encode(ended(start)) + b"\n", *LINES[place:]])


def replace_a_line(draw: random.Random, whole: Files, _: str) -> Files:
    place = draw.randrange(len(LINES))
    return entries(whole, [*LINES[:place], encode(opened()) + b"\n", *LINES[place + 1 :]])


def append_entries(draw: random.Random, whole: Files, _: str) -> Files:
    return entries(whole, [*LINES, *(encode(opened()) + b"\n" for _ in range(draw.randint(1, 3)))])


def cut_off(draw: random.Random, whole: Files, _: str) -> Files:
    return whole | {"entries.jsonl": whole["entries.jsonl"][: draw.randrange(len(whole["entries.jsonl"]))]}


def write_anew_under_another_key(draw: random.Random, whole: Files, vkey: str) -> Files:
    lines = LINES[: draw.randrange(len(LINES))]
    note = sign([line[:-1] for line in lines], signing_key(VerifierKey.parse(vkey).name))
    return entries(whole, lines) | {"checkpoint": note.encode()}


def claim_another_size(draw: random.Random, whole: Files, _: str) -> Files:
    size = draw.choice([n for n in range(30) if n != len(LINES)])
    return whole | {"checkpoint": whole["checkpoint"].replace(b"\n%d\n" % len(LINES), b"\n%d\n" % size)}


def leave_a_forged_next_checkpoint(draw: random.Random, whole: Files, vkey: str) -> Files:
    more = [*LINES, encode(opened()) + b"\n"]
    note = sign([line[:-1] for line in more], signing_key(VerifierKey.parse(vkey).name)).encode()
    note = draw.choice([note, whole["checkpoint"].replace(b"\n18\n", b"\n19\n")])
    return entries(whole, more) | {"checkpoint.new": note}


ATTACKS: list[Attack] = [
    flip_a_bit,
    drop_lines,
    double_a_line,
    exchange_lines,
    insert_a_session,
    replace_a_line,
    append_entries,
    cut_off,
    write_anew_under_another_key,
    claim_another_size,
    leave_a_forged_next_checkpoint,
]


@pytest.fixture
def log(tmp_path: Path) -> tuple[Path, Files, str, str]:
    """A log, its files, its public key, and the checkpoint that an auditor kept after two thirds of it."""
    folder = tmp_path / "log"
    fill(folder, ENTRIES[:HELD])
    earlier = (folder / "checkpoint").read_text()
    vkey = fill(folder, ENTRIES[HELD:])
    return folder, contents(folder), vkey, earlier


@pytest.mark.parametrize("attack", ATTACKS)
def test_whoever_lacks_the_key_changes_nothing(attack: Attack, log: tuple[Path, Files, str, str]) -> None:
    folder, whole, vkey, _ = log
    draw = random.Random(attack.__name__)
    for _ in range(250):
        tampered = attack(draw, whole, vkey)
        if tampered == whole:
            continue
        put(folder, tampered)
        assert not audit(folder, vkey).valid  # even without an earlier checkpoint
        try:
            Ledger.open(folder).close()
        except LedgerCorrupt:
            assert contents(folder) == tampered
        else:  # one unsigned line after the signed ones: cut off, as after a crash
            assert contents(folder) == whole


def test_no_changed_octet_passes(tmp_path: Path) -> None:
    folder, key = tmp_path / "copy", signing_key()
    write_log(folder, ENTRIES[:8], key)
    for name, whole in contents(folder).items():
        octets = bytearray(whole)
        for place in range(len(octets)):
            octets[place] ^= 1
            (folder / name).write_bytes(octets)
            assert not audit(folder, str(key.verifier)).valid
            octets[place] ^= 1
        (folder / name).write_bytes(octets)
    assert audit(folder, str(key.verifier)).valid


def test_whoever_has_the_key_changes_nothing_before_the_checkpoint_that_was_kept(
    log: tuple[Path, Files, str, str],
) -> None:
    folder, _, vkey, earlier = log
    key = SigningKey(VerifierKey.parse(vkey).name, load_key(folder / "key"))
    before, after = 0, 0
    for place in range(len(LINES)):
        other = encode(opened()) + b"\n"
        for lines in ([*LINES[:place], other, *LINES[place + 1 :]], LINES[:place] + LINES[place + 1 :], LINES[:place]):
            (folder / "entries.jsonl").write_bytes(b"".join(lines))
            (folder / "checkpoint").write_text(sign([line[:-1] for line in lines], key))
            findings = audit(folder, vkey, earlier)
            if place < HELD:
                before += 1
                assert findings.consistent is False
                assert not findings.valid
            else:  # the window: only a later checkpoint, kept elsewhere, can close it
                after += 1
                assert findings.consistent is True
                assert Fault.ROOT_MISMATCH not in {problem.fault for problem in findings.problems}
    assert (before, after) == (3 * HELD, 3 * (len(LINES) - HELD))


def put(folder: Path, files: Files) -> None:
    for path in folder.iterdir():
        if path.name not in files:
            path.unlink()
    for name, octets in files.items():
        if name != "key":
            (folder / name).write_bytes(octets)

"""Thousands of tampered logs and exports: none is accepted below what was signed and kept, and above it exactly as documented (P6).

Accepted means: an auditor who holds the public key finds nothing, or the writer goes on from anything else than what
was signed. What stolen keys reach is in test_theft.py, what pruning leaves open in test_pruning.py.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from kiskriv.errors import LedgerCorrupt
from kiskriv.ledger import Fault, Folder, Ledger, audit, export
from kiskriv.ledger.checkpoint import VerifierKey, sign_note
from kiskriv.ledger.copies import HEADER
from kiskriv.ledger.entry import _KINDS, decode, encode
from kiskriv.ledger.key import Signers
from kiskriv.ledger.replay import HASHED

from .material import NOON, Clock, contents, ended, fill, lived, opened, sessions, sign, signing_key
from .tampering import findings, flips, passes, remembering

ENTRIES = sessions(9)
LINES: list[bytes] = []  # of the log in the fixture, with its keys first
Files = dict[str, bytes]
Attack = Callable[[random.Random, Files, str], Files]


def forged(lines: list[bytes], vkey: str) -> str:
    """The checkpoint by somebody who knows the name of the log and has none of its keys."""
    name = VerifierKey.parse(vkey).name
    return sign([line[:-1] for line in lines], Signers(signing_key(name), signing_key(name)))


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
    return entries(whole, lines) | {"checkpoint": forged(lines, vkey).encode()}


def claim_another_size(draw: random.Random, whole: Files, _: str) -> Files:
    size = draw.choice([n for n in range(30) if n != len(LINES)])
    return whole | {"checkpoint": whole["checkpoint"].replace(b"\n%d\n" % len(LINES), b"\n%d\n" % size)}


def leave_a_forged_next_checkpoint(draw: random.Random, whole: Files, vkey: str) -> Files:
    more = [*LINES, encode(opened()) + b"\n"]
    note = draw.choice([forged(more, vkey).encode(), whole["checkpoint"].replace(b"\n19\n", b"\n20\n")])
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
def log(memory_disk: Path) -> tuple[Path, Files, str]:
    """A log, its files, and its public key."""
    folder = memory_disk / "log"
    vkey = fill(folder, ENTRIES)
    LINES[:] = (folder / "entries.jsonl").read_bytes().splitlines(keepends=True)
    return folder, contents(folder), vkey


@pytest.mark.parametrize("attack", ATTACKS)
def test_whoever_lacks_the_keys_changes_nothing(attack: Attack, log: tuple[Path, Files, str]) -> None:
    folder, whole, vkey = log
    draw = random.Random(attack.__name__)
    for _ in range(250):
        tampered = attack(draw, whole, vkey)
        if tampered == whole:
            continue
        put(folder, tampered)
        assert not audit(Folder(folder), vkey).valid  # even without an earlier checkpoint
        try:
            Ledger.open(folder).close()
        except LedgerCorrupt:
            assert contents(folder) == tampered
        else:  # one unsigned line after the signed ones: cut off, as after a crash
            assert contents(folder) == whole


def put(folder: Path, files: Files) -> None:
    for path in folder.iterdir():
        if path.name not in files:
            path.unlink()
    for name, octets in files.items():
        if name != "key":
            (folder / name).write_bytes(octets)


# Of an export: each octet, each line.


@dataclass(frozen=True)
class Handed:
    """An export, the public key, and what an auditor may have kept: checkpoints of the days before, and receipts."""

    octets: bytes
    vkey: str
    checkpoints: list[str]
    receipts: list[str]

    @property
    def lines(self) -> list[bytes]:
        """Those of the entries, with their newlines."""
        return self.octets[len(HEADER) : self.octets.index(b"\n\n") + 1].splitlines(keepends=True)

    @property
    def note(self) -> bytes:
        return self.octets[self.octets.index(b"\n\n") + 2 :]

    def with_lines(self, lines: Sequence[bytes]) -> bytes:
        return HEADER + b"".join(lines) + b"\n" + self.note


def handed(folder: Path, days: int, each: int, prune: int = 0) -> Handed:
    kept = lived(folder, days, each, prune=prune)
    return Handed(b"".join(export(folder)), kept.vkey, kept.checkpoints, list(kept.receipts.values()))


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Handed]]:
    """One of 228 entries, a small one of which the first day is pruned, and one of another log."""
    folder = tmp_path_factory.mktemp("exports")
    with remembering():
        yield {
            "large": handed(folder / "large", 6, 13),
            "small": handed(folder / "small", 2, 2, prune=1),
            "other": handed(folder / "other", 6, 13),
        }


def test_the_exports_are_of_every_kind_and_whole(exports: dict[str, Handed]) -> None:
    kinds: set[type] = set()
    for one in exports.values():
        assert passes(one.octets, one.vkey, one.checkpoints, one.receipts)
        kinds |= {type(decode(line[:-1])) for line in one.lines if not HASHED.fullmatch(line[:-1])}
    assert kinds == set(_KINDS.values())
    assert len(exports["large"].lines) > 200


def test_no_octet_of_an_export_may_change(exports: dict[str, Handed]) -> None:
    """Each of a small one; of the large one each of head and checkpoint, and some of each line. `scripts/fuzz-ledger --flips` does all."""
    small, large = exports["small"], exports["large"]
    for changed in flips(small.octets, range(len(small.octets)), [1]):
        assert not passes(changed, small.vkey)
    for changed in flips(small.octets, range(0, len(small.octets), 11), [0x02, 0x20, 0x80, 0xFF, ord("\n") ^ ord(",")]):
        assert not passes(changed, small.vkey)
    start = len(large.octets) - len(large.note) - 2
    places = [*range(len(HEADER)), *range(start, len(large.octets))]
    draw = random.Random(4)
    end = len(HEADER)
    for line in large.lines:
        places.append(draw.randrange(end, end + len(line)))
        end += len(line)
    for changed in flips(large.octets, places, [1]):
        assert not passes(changed, large.vkey)


def test_an_export_cut_off_anywhere_is_found(exports: dict[str, Handed]) -> None:
    for one, step in ((exports["small"], 1), (exports["large"], 41)):
        start = len(one.octets) - len(one.note) - 2
        for cut in (*range(0, start, step), *range(start, len(one.octets))):
            assert not passes(one.octets[:cut], one.vkey)
        for more in (b"\n", b"x", one.lines[-1], one.octets, one.note.splitlines(keepends=True)[-1]):
            assert not passes(one.octets + more, one.vkey)


def test_no_line_may_be_removed_doubled_moved_or_put_in(exports: dict[str, Handed]) -> None:
    one, other = exports["large"], exports["other"]
    lines, strangers = one.lines, other.lines
    for place in range(len(lines)):
        head, line, tail = lines[:place], lines[place], lines[place + 1 :]
        for changed in (
            [*head, *tail],
            [*head, line, line, *tail],
            [*tail[:1], *head, line, *tail[1:]],
            [*head, *tail[:1], line, *tail[1:]],
            [*head, strangers[place], *tail],
            [*head, encode(opened()) + b"\n", line, *tail],
            [*head, b"\n", line, *tail],
        ):
            if changed != lines:
                assert not passes(one.with_lines(changed), one.vkey)


def test_nothing_of_two_logs_goes_together(exports: dict[str, Handed]) -> None:
    one, other = exports["large"], exports["other"]
    assert not passes(one.octets, other.vkey)
    assert not passes(other.with_lines(one.lines), one.vkey)
    assert not passes(other.with_lines(one.lines), other.vkey)
    renamed = VerifierKey(VerifierKey.parse(one.vkey).name, VerifierKey.parse(other.vkey).public)
    assert not passes(one.octets, str(renamed))
    assert not passes(one.octets, one.vkey, other.checkpoints)
    assert not passes(one.octets, one.vkey, [], other.receipts[:1])
    for place in (1, 40, len(one.lines) - 1):
        mixed = [*one.lines[:place], *other.lines[place:]]
        assert not passes(one.with_lines(mixed), one.vkey)
        assert not passes(other.with_lines(mixed), other.vkey)


def test_the_signatures_are_the_two_that_they_are(exports: dict[str, Handed]) -> None:
    one = exports["large"]
    text, _, block = one.note.decode().rpartition("\n\n")
    log, epoch = block.splitlines(keepends=True)
    mine = sign_note(f"{text}\n", signing_key(VerifierKey.parse(one.vkey).name)).splitlines(keepends=True)[-1]
    older = one.checkpoints[0].splitlines(keepends=True)[-1]
    head = one.octets[: -len(one.note)]
    for lines in (
        [log],
        [epoch],
        [log, log],
        [epoch, epoch],
        [log, epoch, mine],
        [log, mine],
        [mine, epoch],
        [log, older],
        [],
    ):
        assert not passes(head + f"{text}\n\n{''.join(lines)}".encode(), one.vkey)


def test_the_order_of_the_signatures_says_nothing_and_is_not_looked_at(exports: dict[str, Handed]) -> None:
    """As in every signed note. That, and nothing else of what these tests change, an auditor takes for the same export."""
    one = exports["large"]
    text, _, block = one.note.decode().rpartition("\n\n")
    log, epoch = block.splitlines(keepends=True)
    swapped = one.octets[: -len(one.note)] + f"{text}\n\n{epoch}{log}".encode()
    assert findings(swapped, one.vkey) == findings(one.octets, one.vkey)


def test_an_older_export_put_back_is_found_by_what_was_kept_since_and_by_nothing_else(tmp_path: Path) -> None:
    clock, folder, exports = Clock(), tmp_path / "log", []
    with Ledger.open(folder, now=clock) as ledger:
        for _ in range(2):
            ledger.append(start := opened(clock.time))
            ledger.append(ended(start, time=clock.time))
            exports.append(b"".join(export(folder)))
            receipt, note, vkey = ledger.receipt(ledger.size - 1), ledger.checkpoint, ledger.public_key
    old = exports[0]
    assert passes(old, vkey)  # an auditor with the key alone takes it for the present one: this is the limit
    found = findings(old, vkey, [note], [receipt])
    assert found is not None
    assert (found.earlier, found.receipts) == ((Fault.SHORTER_THAN_EARLIER,), (Fault.SHORTER_THAN_EARLIER,))


def test_days_cut_off_are_found_by_what_was_kept_of_them(exports: dict[str, Handed], tmp_path: Path) -> None:
    """An older export of a day before: the checkpoint that was kept is of an epoch which that export does not know."""
    kept = lived(tmp_path / "log", 1, 2)
    old = b"".join(export(tmp_path / "log"))
    clock = Clock(NOON + timedelta(days=1))
    with Ledger.open(tmp_path / "log", now=clock) as ledger:
        ledger.append(opened(clock.time))
        note = ledger.checkpoint
    found = findings(old, kept.vkey, [note])
    assert found is not None
    assert found.earlier == (Fault.EARLIER_OTHER_EPOCH,)

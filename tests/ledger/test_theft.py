"""What stolen keys reach: how far back, what gives it away, and what only something kept elsewhere can tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import Fault, Findings, Folder, Ledger, Pruned, Rotated, audit, verify
from kiskriv.ledger.checkpoint import Checkpoint, SigningKey, sign_checkpoint
from kiskriv.ledger.entry import decode, encode
from kiskriv.ledger.key import Signers
from kiskriv.ledger.merkle import Tree, leaf_hash
from kiskriv.ledger.pruning import pruned
from kiskriv.ledger.receipt import Receipt, parse
from kiskriv.ledger.terms import Change

from .material import NOON, Clock, Lived, ended, lived, opened, sign, signers_in, write_lines

DAYS = 3


@dataclass
class Stolen:
    """A log of three days as the thief finds it, and the keys of each day, of which he has some."""

    kept: Lived
    lines: list[bytes]  # without their newlines
    keys: list[Signers]
    starts: list[int]  # the line, from 0, that begins each epoch

    def audit(
        self, folder: Path, lines: Sequence[bytes], signers: Signers, since: Sequence[str] = (), *more: str
    ) -> Findings:
        write_lines(folder, lines, signers)
        return audit(Folder(folder), self.kept.vkey, since, more)


@pytest.fixture(scope="module")
def stolen(tmp_path_factory: pytest.TempPathFactory) -> Stolen:
    folder, keys = tmp_path_factory.mktemp("theft") / "log", []
    kept = Lived("")
    for day in range(DAYS):
        clock = Clock(NOON + timedelta(days=day))
        with Ledger.open(folder, now=clock) as ledger:
            kept.vkey = ledger.public_key
            for _ in range(3):
                ledger.append(start := opened(clock.time))
                place = ledger.append(ended(start, time=clock.time))
                kept.receipts[place] = ledger.receipt(place)
            kept.checkpoints.append(ledger.checkpoint)
        keys.append(signers_in(folder))
    lines = (folder / "entries.jsonl").read_bytes().splitlines()
    starts = [0, *(place for place, line in enumerate(lines) if isinstance(decode(line), Rotated))]
    return Stolen(kept, lines, keys, starts)


def rewritings(lines: Sequence[bytes], place: int) -> Iterator[list[bytes]]:
    """The same with one line changed, removed, put in, or with all cut off from there."""
    other = encode(opened())
    yield [*lines[:place], other, *lines[place + 1 :]]
    yield [*lines[:place], *lines[place + 1 :]]
    yield [*lines[:place], other, *lines[place:]]
    yield [*lines[:place]]


def tree_of(lines: Sequence[bytes]) -> Tree:
    tree = Tree()
    for line in lines:
        tree.append(leaf_hash(line))
    return tree


def with_log_key_alone(signers: Signers, lines: Sequence[bytes]) -> str:
    """A checkpoint by somebody who has the log key, and makes up an epoch key."""
    tree = tree_of(lines)
    return signers.next(Change.DAILY).sign(Checkpoint(signers.log.name, tree.size, tree.root()))


# Both keys.


def test_both_keys_rewrite_the_present_epoch_and_without_an_earlier_checkpoint_nobody_can_tell(
    stolen: Stolen, tmp_path: Path
) -> None:
    first = stolen.starts[-1] + 1
    for place in range(first, len(stolen.lines)):
        for lines in rewritings(stolen.lines, place):
            findings = stolen.audit(tmp_path, lines, stolen.keys[-1])
            assert not {problem.fault for problem in findings.problems} - {Fault.NEVER_OPENED}  # that he could mend too
    cut = stolen.audit(tmp_path, stolen.lines[:first], stolen.keys[-1])
    assert cut.valid


def test_an_earlier_checkpoint_of_the_present_epoch_finds_what_was_rewritten_before_it(
    stolen: Stolen, tmp_path: Path
) -> None:
    noted = sign(stolen.lines[:-1], stolen.keys[-1])
    for place in range(stolen.starts[-1] + 1, len(stolen.lines) - 1):
        for lines in rewritings(stolen.lines, place):
            findings = stolen.audit(tmp_path, lines, stolen.keys[-1], [noted])
            assert findings.earlier in ((Fault.DIFFERS_FROM_EARLIER,), (Fault.SHORTER_THAN_EARLIER,))
            assert not findings.valid


def test_a_receipt_of_the_present_epoch_finds_that_its_entry_was_rewritten(stolen: Stolen, tmp_path: Path) -> None:
    place, receipt = max(stolen.kept.receipts.items())
    for lines in rewritings(stolen.lines, place):
        findings = stolen.audit(tmp_path, lines, stolen.keys[-1], [], receipt)
        assert findings.receipts in ((Fault.DIFFERS_FROM_EARLIER,), (Fault.SHORTER_THAN_EARLIER,))


def test_both_keys_rewrite_nothing_before_their_epoch_and_the_public_key_alone_tells(
    stolen: Stolen, tmp_path: Path
) -> None:
    for place in range(stolen.starts[-1] + 1):
        for lines in rewritings(stolen.lines, place):
            assert not stolen.audit(tmp_path, lines, stolen.keys[-1]).valid


def test_a_change_of_keys_that_the_thief_signs_himself_is_found(stolen: Stolen, tmp_path: Path) -> None:
    last, present = stolen.starts[-1], stolen.keys[-1]
    changed = [*stolen.lines[: last - 1], encode(opened())]
    tree = Checkpoint(present.log.name, len(changed), tree_of(changed).root())
    for thief in (Signers(present.log, present.epoch), present.next(Change.DAILY), stolen.keys[0]):
        for after in (present, thief.next(Change.DAILY)):
            forged = thief.rotated(after, Change.DAILY, "2026-03-04T12:00:00Z", tree)
            findings = stolen.audit(tmp_path, [*changed, encode(forged), *stolen.lines[last + 1 :]], after)
            assert Fault.BAD_ROTATION in {problem.fault for problem in findings.problems}
    anew = Signers.new()
    created = replace(anew.created("2026-03-02T12:00:00Z"), log_key=present.log.verifier.public.hex())
    whole = Signers(present.log, SigningKey(present.log.name, anew.epoch.private))
    findings = stolen.audit(tmp_path, [encode(created), *changed[1:]], whole)
    assert Fault.NO_KEYS in {problem.fault for problem in findings.problems}


def test_the_keys_of_a_day_reach_from_that_day_on_unless_something_was_kept(stolen: Stolen, tmp_path: Path) -> None:
    """Who took the keys on the second day can fork the log there: the third day vanishes, or is another one."""
    cut = stolen.lines[: stolen.starts[2]]
    assert stolen.audit(tmp_path, cut, stolen.keys[1]).valid
    assert stolen.audit(tmp_path, cut, stolen.keys[1], stolen.kept.checkpoints[:2]).valid
    for since in stolen.kept.checkpoints[2:]:
        assert stolen.audit(tmp_path, cut, stolen.keys[1], [since]).earlier == (Fault.EARLIER_OTHER_EPOCH,)
    assert not stolen.audit(tmp_path, cut[:-1], stolen.keys[1], stolen.kept.checkpoints[:2]).valid


def test_an_old_epoch_key_signs_for_no_later_day(stolen: Stolen, tmp_path: Path) -> None:
    for old in stolen.keys[:-1]:
        findings = stolen.audit(tmp_path, stolen.lines, old)
        assert {problem.fault for problem in findings.problems} == {Fault.OTHER_EPOCH}
        start = opened()
        findings = stolen.audit(tmp_path, [*stolen.lines, encode(start)], old)
        assert not findings.valid


def test_revoked_keys_are_worth_nothing_to_who_holds_the_new_public_key(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    lived(folder, days=1, each=2)
    thief = signers_in(folder)
    old = (folder / "entries.jsonl").read_bytes().splitlines()
    with Ledger.open(folder, now=lambda: NOON) as ledger:
        before, line = ledger.public_key, ledger.revoke()
        ledger.append(opened())
        since = ledger.checkpoint
    lines = (folder / "entries.jsonl").read_bytes().splitlines()
    write_lines(tmp_path / "copy", old[:-1], thief)
    assert not audit(Folder(tmp_path / "copy"), line).valid
    assert audit(Folder(tmp_path / "copy"), before).valid  # who holds only the old one cannot tell
    assert audit(Folder(tmp_path / "copy"), before, [since]).earlier == (
        Fault.BAD_EARLIER,
    )  # unless he kept something since
    write_lines(tmp_path / "copy", [*lines, encode(opened())], thief)
    assert not audit(Folder(tmp_path / "copy"), line).valid
    assert not audit(Folder(tmp_path / "copy"), before).valid


def test_both_keys_can_hide_by_pruning_what_no_export_was_kept_of(tmp_path: Path) -> None:
    """A session that was never ended, days before the theft: its hash stays where it was, and says nothing."""
    folder = tmp_path / "log"
    clock = Clock()
    with Ledger.open(folder, now=clock) as ledger:
        vkey, start = ledger.public_key, opened()
        ledger.append(start)
        checkpoint = ledger.checkpoint
        clock.go(days=1)
        ledger.append(other := opened(clock.time))
        ledger.append(ended(other, time=clock.time))
    assert audit(Folder(folder), vkey).open_sessions == (start.session,)
    lines = (folder / "entries.jsonl").read_bytes().splitlines(keepends=True)
    lie = Pruned(clock.time, 2, 1, 1, 0)
    hidden = [line[:-1] for line in pruned([*lines, encode(lie) + b"\n"], 2)]
    tree = Tree()
    for line in hidden:
        tree.append(bytes.fromhex(line[1:-1].decode()) if line.startswith(b'"') else leaf_hash(line))
    (folder / "entries.jsonl").write_bytes(b"".join(line + b"\n" for line in hidden))
    note = signers_in(folder).sign(Checkpoint(vkey.split("+")[0], tree.size, tree.root()))
    (folder / "checkpoint").write_text(note)
    findings = audit(Folder(folder), vkey, [checkpoint])
    assert (findings.valid, findings.open_sessions) == (True, ())  # what gives it away: an export kept earlier
    assert findings.pruned == lie  # and that something was pruned, when, and how much, is always told


# One key.


def test_the_log_key_alone_forges_a_receipt_that_verifies_alone_and_not_with_the_log(
    stolen: Stolen, tmp_path: Path
) -> None:
    thief = stolen.keys[-1]
    start = opened()
    for lines in ([*stolen.lines[:-1], encode(ended(start))], [*stolen.lines, encode(ended(start))]):
        tree = tree_of(lines)
        for note in (
            with_log_key_alone(thief, lines),
            sign_checkpoint(Checkpoint(thief.log.name, tree.size, tree.root()), thief.log),
        ):
            forged = str(Receipt(lines[-1], tree.size - 1, tree.inclusion(tree.size - 1), note))
            assert verify(forged, stolen.kept.vkey) == ended(start)
            findings = stolen.audit(tmp_path, stolen.lines, thief, [], forged)
            assert (findings.valid, findings.receipts) == (False, (Fault.EARLIER_OTHER_EPOCH,))


def test_the_log_key_alone_cannot_accuse_the_log_of_anything(stolen: Stolen, tmp_path: Path) -> None:
    thief = stolen.keys[-1]
    others = [encode(opened()) for _ in range(40)]
    for size in (1, stolen.starts[1], stolen.starts[2], len(stolen.lines) - 1, len(stolen.lines), 40):
        for lines in (others[:size], (stolen.lines + others)[:size]):
            findings = stolen.audit(tmp_path, stolen.lines, thief, [with_log_key_alone(thief, lines)])
            assert (findings.problems, findings.earlier) == ((), (Fault.EARLIER_OTHER_EPOCH,))


def test_the_log_key_alone_signs_for_no_log(stolen: Stolen, tmp_path: Path) -> None:
    thief = stolen.keys[-1].next(Change.DAILY)
    for lines in (stolen.lines, stolen.lines[:1], stolen.lines[: stolen.starts[1]], [*stolen.lines, encode(opened())]):
        findings = stolen.audit(tmp_path, lines, thief)
        assert {problem.fault for problem in findings.problems} == {Fault.OTHER_EPOCH}
    assert not stolen.audit(tmp_path, [], thief).valid


def test_the_epoch_key_alone_signs_for_nothing(stolen: Stolen, tmp_path: Path) -> None:
    real = stolen.keys[-1]
    thief = Signers(SigningKey(real.log.name, Signers.new().log.private), real.epoch)
    findings = stolen.audit(tmp_path, stolen.lines, thief, [sign(stolen.lines, thief)])
    assert [problem.fault for problem in findings.problems] == [Fault.BAD_CHECKPOINT]
    assert findings.earlier == (Fault.BAD_EARLIER,)
    receipt = max(stolen.kept.receipts.items())[1]
    with pytest.raises(ProofInvalid):
        verify(str(replace(parse(receipt), checkpoint=sign(stolen.lines, thief))), stolen.kept.vkey)


def test_the_epoch_key_alone_revokes_no_log_key(stolen: Stolen, tmp_path: Path) -> None:
    real = stolen.keys[-1]
    thief = Signers(SigningKey(real.log.name, Signers.new().log.private), real.epoch)
    after = thief.next(Change.REVOKED)
    tree = Checkpoint(real.log.name, len(stolen.lines), tree_of(stolen.lines).root())
    revoked = thief.rotated(after, Change.REVOKED, "2026-03-05T12:00:00Z", tree)
    findings = stolen.audit(tmp_path, [*stolen.lines, encode(revoked)], after)
    assert not findings.valid


def test_a_change_of_keys_is_signed_by_both_sides_and_says_what_it_is(stolen: Stolen, tmp_path: Path) -> None:
    present = stolen.keys[-1]
    tree = Checkpoint(present.log.name, len(stolen.lines), tree_of(stolen.lines).root())
    for change in Change:
        after = present.next(change)
        other = next(kind for kind in Change if kind is not change)
        honest = present.rotated(after, change, "2026-03-05T12:00:00Z", tree)
        assert stolen.audit(tmp_path, [*stolen.lines, encode(honest)], after).valid
        for wrong in (
            replace(honest, new=honest.old),
            replace(honest, log=honest.old),
            replace(honest, old=honest.new),
            replace(honest, epoch_key=present.epoch.verifier.public.hex()),
            replace(honest, change=other),
            present.rotated(after, other, "2026-03-05T12:00:00Z", tree),
            present.rotated(Signers(after.log, present.epoch), change, "2026-03-05T12:00:00Z", tree),
            present.rotated(after, change, "2026-03-05T12:00:00Z", replace(tree, size=tree.size - 1)),
            present.rotated(after, change, "2026-03-05T12:00:00Z", replace(tree, root=bytes(32))),
            present.rotated(after, change, "2026-03-05T12:00:00Z", replace(tree, origin="kiskriv.internal/other")),
        ):
            findings = stolen.audit(tmp_path, [*stolen.lines, encode(wrong)], after)
            assert not findings.valid
            assert {problem.fault for problem in findings.problems} <= {Fault.BAD_ROTATION, Fault.BAD_CHECKPOINT}

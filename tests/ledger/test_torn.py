"""A log that stopped at any line, and any octet, of what it does goes on: nothing that was acknowledged is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kiskriv.ledger import Created, Folder, Ledger, Repair, audit

from .crashes import Files, interruption, states, torn
from .material import (
    NOON,
    Clock,
    appended,
    contents,
    ended,
    fill,
    opened,
    restore,
    sessions,
    signers_in,
    spellings,
)

START = opened()
TOMORROW = Clock(NOON + timedelta(days=1))
ENTRIES = [*sessions(2), START]

Action = Callable[[Ledger], object]


def append_today(ledger: Ledger) -> object:
    return ledger.append(ended(START))


def append_tomorrow(ledger: Ledger) -> object:
    return ledger.append(ended(START, time=TOMORROW.time))


def revoke(ledger: Ledger) -> object:
    return ledger.revoke()


def prune(ledger: Ledger) -> object:
    return ledger.prune(NOON + timedelta(minutes=1))


def begin(folder: Path) -> str:
    vkey = fill(folder, ENTRIES)
    with Ledger.open(folder, now=TOMORROW) as ledger:
        assert ledger.repairs == ()
    return vkey


ACTIONS: dict[Action, tuple[Clock, set[Repair]]] = {
    append_today: (Clock(), {Repair.TAIL_CUT, Repair.CHECKPOINT_RENAMED}),
    append_tomorrow: (TOMORROW, {Repair.TAIL_CUT, Repair.CHECKPOINT_RENAMED, Repair.KEYS_CHANGED}),
    revoke: (Clock(), {Repair.TAIL_CUT, Repair.CHECKPOINT_RENAMED, Repair.KEYS_CHANGED}),
    prune: (Clock(), {Repair.TAIL_CUT, Repair.CHECKPOINT_RENAMED, Repair.PRUNED}),
}


LEFT = {"entries.jsonl", "checkpoint", "public-key", "key", "lock", "public-key.new", "key.next.new"}
"""What may lie in a folder that was put right. The last two are whole or torn, and nobody reads them: keys that never were in force."""


def lines(files: Files) -> list[bytes]:
    return files["entries.jsonl"].splitlines()


@pytest.mark.parametrize("action", ACTIONS)
def test_a_stop_at_any_octet_is_repaired_and_the_log_goes_on(memory_disk: Path, action: Action) -> None:
    folder = memory_disk / "log"
    clock, expected = ACTIONS[action]
    begin(folder)
    old, old_line = signers_in(folder), (folder / "public-key").read_text().strip()
    with Ledger.open(folder, now=clock) as ledger:
        seen = states(folder, lambda: action(ledger))
        new_line = ledger.public_key
    before, after = lines(seen[0]), lines(seen[-1])
    assert len(before) < len(after) or action is prune
    repairs: set[Repair] = set()
    for number, state in enumerate(torn(seen)):
        restore(folder, state)
        with Ledger.open(folder, now=clock) as ledger:
            left = contents(folder)
            assert set(left) <= LEFT
            if b"rotated" in left["entries.jsonl"]:
                assert not any(spelling in octets for spelling in spellings(old) for octets in left.values())
            if any(left[name] != state[name] for name in ("entries.jsonl", "checkpoint", "key")):
                assert ledger.repairs
            repairs |= set(ledger.repairs)
            size = ledger.size
            if action is not prune:
                assert lines(left) == after[:size]  # neither more nor other than what was to be written
            assert size >= len(before)
            assert ledger.public_key in (old_line, new_line)
            assert left["public-key"].decode() == f"{ledger.public_key}\n"
            if number % 97 == 0 or state in seen:
                assert ledger.append(opened(clock.time)) >= size
                assert audit(Folder(folder), ledger.public_key).valid
                assert audit(Folder(folder), old_line).valid
    assert repairs == expected


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a file between open and with
@pytest.mark.parametrize("action", ACTIONS)
def test_ctrl_c_at_any_line_leaves_a_log_that_goes_on(memory_disk: Path, action: Action) -> None:
    tmp_path = memory_disk
    clock, _ = ACTIONS[action]
    begin(tmp_path / "log")
    whole = contents(tmp_path / "log")
    sizes, line = set(), 0
    while True:
        folder = tmp_path / f"log{line}"
        restore(folder, whole)
        with Ledger.open(folder, now=clock) as ledger:
            try:
                with interruption(line):
                    action(ledger)
            except KeyboardInterrupt:
                pass
            else:
                break
            sizes.add(ledger.size)
            again = opened(clock.time)
            ledger.append(again)
            ledger.append(ended(again, time=clock.time))
            assert audit(Folder(folder), ledger.public_key).valid
            there = list(ledger.entries())
        with Ledger.open(folder, now=clock) as ledger:
            assert not set(ledger.repairs) - {Repair.PRUNED}
            assert list(ledger.entries()) == there or action is prune
            assert appended(ledger)[-2:] == [again, ended(again, time=clock.time)]
        line += 1
    assert line > 50
    assert len(sizes) >= 2


def test_a_log_half_made_at_any_octet_is_made_again(memory_disk: Path) -> None:
    folder = memory_disk / "log"
    folder.mkdir(mode=0o700)
    seen = states(folder, lambda: Ledger.open(folder, now=lambda: NOON).close())
    for state in torn(seen):
        restore(folder, state)
        with Ledger.open(folder, now=lambda: NOON) as ledger:
            if state == seen[-1]:
                assert ledger.size == 1
            assert [type(entry) for entry in ledger.entries()] == [Created]
            ledger.append(START)
            assert audit(Folder(folder), ledger.public_key).valid

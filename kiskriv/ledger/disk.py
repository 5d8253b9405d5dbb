"""The files of one log as its writer has them: read under the rules for a crash, and grown by one entry at a time.

    take(folder) ──read──> note, entries ──add──> entries.jsonl ──fsync──> checkpoint.new ──fsync──> checkpoint ──fsync
                     │                                                                                    │
                     └── what a crash can leave is put right, and said ──────────────────────── acknowledged

The keys are none of its business: `add` is handed what signs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from kiskriv.errors import LedgerCorrupt, ProofInvalid
from kiskriv.ledger import files, wording
from kiskriv.ledger.audit import under
from kiskriv.ledger.checkpoint import Checkpoint, VerifierKey
from kiskriv.ledger.copies import Folder, own_key, read_note
from kiskriv.ledger.entry import Entry, encode
from kiskriv.ledger.faults import Fault, Problem
from kiskriv.ledger.merkle import leaf_hash
from kiskriv.ledger.pruning import pruned
from kiskriv.ledger.replay import HASHED, Entries, Replay

Sign = Callable[[Checkpoint], str]
"""The checkpoint under the signatures of the keys that are in force for it."""


class Repair(StrEnum):
    """What was put right when a log was opened."""

    TAIL_CUT = "tail-cut"
    CHECKPOINT_RENAMED = "checkpoint-renamed"
    KEYS_CHANGED = "keys-changed"
    PRUNED = "pruned"


class Disk:
    """The log in a folder whose lock this process holds. Raises OSError, and LedgerCorrupt where nothing may be put right."""

    note: str
    """The checkpoint, as it stands in its file."""
    entries: Entries
    """What the entries say that it signs for."""

    def __init__(self, folder: Path) -> None:
        """Takes the lock, and makes the folder where there is none (mode 0700). Raises BlockingIOError where another has the lock."""
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            files.sync_folder(folder.parent)
        self._folder = folder
        self._lock = files.take_lock(folder / files.LOCK)
        self._lines = -1  # the descriptor of the file of entries
        self._stamp: tuple[int, ...] | None = (
            None  # that file as memory knows it; None: memory may not say what the disk says
        )

    def close(self) -> None:
        """Lets another writer in."""
        if self._lines >= 0:
            os.close(self._lines)
        os.close(self._lock)

    # -- what is there ----------------------------------------------------------------------------------------------------

    @property
    def known(self) -> bool:
        """Whether memory says what the disk says: entries that somebody else changed under a writer are found out."""
        return self._stamp is not None and self._stamp == self._stamped()

    def know(self) -> None:
        """From here on it does, until somebody changes the file."""
        self._stamp = self._stamped()

    def doubt(self) -> None:
        """From here on it may not."""
        self._stamp = None

    @property
    def is_new(self) -> bool:
        """Whether no log was made here, or its making was cut short; LedgerCorrupt where more than that is missing."""
        if (self._folder / files.PUBLIC_KEY).exists():
            return False
        if _is_blank(self._folder / files.ENTRIES, b"") and _is_blank(self._folder / files.CHECKPOINT, b"1"):
            return True
        raise LedgerCorrupt(problem="the file public-key is missing")

    @property
    def public_key(self) -> VerifierKey:
        """The line in the file of that name."""
        try:
            return own_key(self._folder)
        except (ProofInvalid, ValueError):
            raise LedgerCorrupt(problem="the file public-key does not hold a key") from None

    def line(self, index: int) -> bytes:
        """The line in this place, from 0, without its newline; LedgerCorrupt where it is not the one that was read."""
        start = self.entries.ends[index - 1] if index else 0
        os.lseek(self._lines, start, os.SEEK_SET)  # appending writes at the end wherever this points
        line = os.read(self._lines, self.entries.ends[index] - start)[:-1]
        hashed = HASHED.fullmatch(line)
        if (bytes.fromhex(hashed[1].decode()) if hashed else leaf_hash(line)) != self.entries.tree.leaf(index):
            raise corrupt(Problem(Fault.UNREADABLE_ENTRY, index + 1))
        return line

    def read(self) -> tuple[Repair, ...]:
        """Everything, from the first line; what had to be put right."""
        repairs = self._read_entries()
        return (*repairs, Repair.PRUNED) if self.prune() else repairs

    # -- how it grows -----------------------------------------------------------------------------------------------------

    def create(self, first: Entry, sign: Sign, key: VerifierKey) -> None:
        """A new log; may be done again after a crash at any point, since the public key is put in place last."""
        entries, checkpoint = self._folder / files.ENTRIES, self._folder / files.CHECKPOINT
        for path in (entries, checkpoint):
            path.unlink(missing_ok=True)
        line = encode(first)
        files.write_new(entries, line + b"\n")
        files.write_new(checkpoint, sign(Checkpoint(key.name, 1, leaf_hash(line))).encode())
        files.sync_folder(self._folder)
        self.publish(key)

    def publish(self, key: VerifierKey) -> None:
        """Puts a public key where people look for it."""
        files.replace(self._folder / files.PUBLIC_KEY, f"{key}\n".encode(), mode=0o644)
        files.sync_folder(self._folder)

    def add(self, entry: Entry, sign: Sign) -> None:
        """An entry, and a checkpoint that counts it: when this returns, no crash takes them away."""
        line, ends = encode(entry), self.entries.ends
        if os.fstat(self._lines).st_size != (ends[-1] if ends else 0):
            raise corrupt(Problem(Fault.UNSIGNED_TAIL, self.entries.size + 1))
        files.write_all(self._lines, line + b"\n")
        os.fsync(self._lines)
        self.entries.add(entry, leaf_hash(line), len(line) + 1)
        note = sign(self.entries.signed_for())
        files.write_new(self._folder / files.NEXT_CHECKPOINT, note.encode())
        files.sync_folder(self._folder)  # from here on a crash cannot unmake the signature, so it may be shown
        self._rename_checkpoint()
        self.note = note

    def take_back(self) -> None:
        """The signature of an entry that could not be added, first of all: the entry then goes by the rules for a crash."""
        (self._folder / files.NEXT_CHECKPOINT).unlink(missing_ok=True)

    def prune(self) -> bool:
        """Replaces the entries that `pruned` accounts for by their hashes; whether that was not done already."""
        new = self._folder / files.NEXT_ENTRIES
        new.unlink(missing_ok=True)
        agreed = self.entries.prunings[-1].size if self.entries.prunings else 0
        if agreed == self.entries.hashes:
            return False
        files.write_new(new, b"".join(pruned(Folder(self._folder).lines(), agreed)))
        os.close(self._lines)  # not every system replaces a file that is open
        self._lines = -1
        new.replace(self._folder / files.ENTRIES)
        files.sync_folder(self._folder)
        self._read_entries()
        return True

    # -- the rules for a crash --------------------------------------------------------------------------------------------

    def _read_entries(self) -> tuple[Repair, ...]:
        before, self._lines = self._lines, files.open_appending(self._folder / files.ENTRIES)
        if before >= 0:  # pruning put another file in its place
            os.close(before)
        note, read = self._look(files.CHECKPOINT)
        repairs: tuple[Repair, ...] = ()
        if read.tail and (vouched := self._vouched(read.entries.size + 1)):
            self._rename_checkpoint()
            note, read = vouched
            repairs = (Repair.CHECKPOINT_RENAMED,)
        elif read.tail:
            os.ftruncate(self._lines, read.entries.ends[-1])
            os.fsync(self._lines)
            repairs = (Repair.TAIL_CUT,)
        (self._folder / files.NEXT_CHECKPOINT).unlink(missing_ok=True)
        self.note, self.entries = note, read.entries
        return repairs

    def _rename_checkpoint(self) -> None:
        (self._folder / files.NEXT_CHECKPOINT).replace(self._folder / files.CHECKPOINT)
        files.sync_folder(self._folder)

    def _vouched(self, size: int) -> tuple[str, Replay] | None:
        """The log as checkpoint.new signs it, when it signs for all that is there and for this size."""
        try:
            note, read = self._look(files.NEXT_CHECKPOINT)
        except LedgerCorrupt:
            return None
        return (note, read) if read.entries.size == size and not read.tail else None

    def _look(self, name: str) -> tuple[str, Replay]:
        """A checkpoint of the log, and the entries under it. Raises LedgerCorrupt where anything is not as it was signed."""
        note = read_note(self._folder / name)
        read, problems = under(note, Folder(self._folder).lines(), self.public_key)
        if problems:
            raise corrupt(problems[0])
        return note, read

    def _stamped(self) -> tuple[int, ...]:
        """What changes with the file, whoever changes it, and cannot be put back by who may write to it."""
        status = os.fstat(self._lines)
        return status.st_size, status.st_nlink, status.st_ctime_ns


def corrupt(problem: Problem) -> LedgerCorrupt:
    """The error that says this."""
    facts = {} if problem.line is None else {"line": problem.line}
    return LedgerCorrupt(problem=wording.problem(problem, "en"), fault=problem.fault.value, **facts)


def _is_blank(path: Path, second_line: bytes) -> bool:
    """Whether a file is missing, or holds no more than one line, or says on its second line that the log has no more."""
    if not path.exists():
        return True
    lines = path.read_bytes().split(b"\n")
    return len(lines) <= 2 or lines[1] == second_line != b""

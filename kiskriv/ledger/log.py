"""The log: an append-only file under a signed Merkle tree, with one writer.

    append    entry + newline ──fsync──> sign the new root ──> checkpoint.new ──fsync──> checkpoint ──fsync──> return

An entry is *acknowledged* when append returns; from then on no crash and no power cut takes it away. What a crash
can leave is told by rule when the log is next read, and `repairs` says what was done:

    entry torn or whole, not signed             never acknowledged, never vouched for: cut off     TAIL_CUT
    entry whole, signed in checkpoint.new       vouched for by the keys: the rename is made good   CHECKPOINT_RENAMED
    keys that the log names, not yet current    the change of keys is made good                    KEYS_CHANGED
    entries still whole that were pruned        the pruning is made good                           PRUNED
    anything else that is not as it was signed  LedgerCorrupt, and not one octet is changed

An unsigned entry is never signed afterwards: whoever can write to the folder but has not the key could otherwise
add one. The same rules undo an append that fails (disk full) or is interrupted (ctrl-c), so that there is one way
back, not three.

The log never shows two trees of which one is not the beginning of the other (tlog-checkpoint, "Signatures"): it
signs only what is on the disk, shows only a signature that no crash can unmake, and withdraws an entry only while
its signature was not shown.

The first entry of a new day is preceded by a change of keys: `rotated`, and the key of the day before is destroyed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from kiskriv.errors import LedgerBusy, LedgerCorrupt, LedgerError, LedgerUnwritable, ProofInvalid
from kiskriv.ledger import files, key, wording
from kiskriv.ledger.audit import signature_fault
from kiskriv.ledger.checkpoint import MAX_NOTE, Checkpoint, VerifierKey, claimed, open_checkpoint
from kiskriv.ledger.copies import Folder, read_note
from kiskriv.ledger.cosignature import Cosignature
from kiskriv.ledger.entry import (
    Configured,
    Entry,
    OfRun,
    OfSession,
    Pruned,
    Rotated,
    Swept,
    Witnessed,
    coarse,
    decode,
    encode,
    timestamp,
)
from kiskriv.ledger.faults import Fault, Problem
from kiskriv.ledger.key import KeyStore, Signers
from kiskriv.ledger.merkle import leaf_hash
from kiskriv.ledger.pruning import pruned
from kiskriv.ledger.receipt import Receipt
from kiskriv.ledger.replay import HASHED, Entries, Replay, replay
from kiskriv.ledger.terms import Cause, Change, Precision

Appendable: TypeAlias = OfSession | OfRun | Witnessed
"""What others may append; the log writes of its keys and its pruning itself."""


class Repair(StrEnum):
    """What was put right when the log was opened."""

    TAIL_CUT = "tail-cut"
    CHECKPOINT_RENAMED = "checkpoint-renamed"
    KEYS_CHANGED = "keys-changed"
    PRUNED = "pruned"


def _utc() -> datetime:
    return datetime.now(UTC)


class Ledger:
    """A log that this process alone may append to, until it is closed. For one thread; open it with `Ledger.open`."""

    repairs: tuple[Repair, ...]
    """What was put right when the log was opened."""

    _signers: Signers
    _store: KeyStore
    _read: Entries  # what the entries say
    _note: str  # the checkpoint as it stands in the file

    def __init__(
        self, folder: Path, lock: int, precision: Precision, keystore: KeyStore | None, now: Callable[[], datetime]
    ) -> None:
        self._folder = folder
        self._lock: int | None = lock
        self._precision = precision
        self._keystore = keystore
        self._now = now
        self._entries = -1  # the descriptor of the entries file
        self._stamp: tuple[int, ...] | None = (
            None  # the entries file as memory knows it; None: memory may not say what the disk says
        )

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        precision: Precision = Precision.SECOND,
        keystore: KeyStore | None = None,
        now: Callable[[], datetime] = _utc,
    ) -> Self:
        """Open the log in a folder, or make one where there is none (mode 0700, new keys, and so a new origin).

        `precision` of the times that are written from here on. `keystore`: the system's, for the keys of a new log, or of one whose
        keys are there. `now` gives the time of the entries that the log writes itself. Raises LedgerBusy, LedgerUnwritable,
        LedgerCorrupt, and LedgerError when others can read the keys, or nobody can. Takes a few seconds for 100,000 entries.
        """
        try:
            _make_folder(folder)
            lock = files.take_lock(folder / files.LOCK)
        except BlockingIOError:
            raise LedgerBusy() from None
        except OSError as error:
            raise _unwritable(error) from error
        ledger = cls(folder, lock, precision, keystore, now)
        try:
            ledger._start()
        except OSError as error:
            ledger.close()
            raise _unwritable(error) from error
        except BaseException:
            ledger.close()
            raise
        return ledger

    def _start(self) -> None:
        if not (self._folder / files.PUBLIC_KEY).exists():
            self._create()
        self.repairs = self._settle()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let another writer in. Closing twice does no harm."""
        lock, self._lock, self._stamp = self._lock, None, None
        if lock is not None:
            if self._entries >= 0:
                os.close(self._entries)
            os.close(lock)

    @property
    def repaired(self) -> bool:
        """Whether the last stop left something to put right; `repairs` says what."""
        return bool(self.repairs)

    @property
    def public_key(self) -> str:
        """The one line that verifies receipts and checkpoints of this log; to be noted on paper."""
        return str(self._signers.log.verifier)

    @property
    def size(self) -> int:
        """How many entries the log holds."""
        self._settle()
        return self._read.size

    @property
    def checkpoint(self) -> str:
        """The newest signed checkpoint, without personal data: whoever keeps a copy can tell a rewritten log."""
        self._settle()
        return self._note

    def consistency(self, old: int) -> tuple[bytes, ...]:
        """The proof that the log of the newest checkpoint begins with its first `old` entries; ValueError when there are fewer."""
        self._settle()
        return self._read.tree.consistency(old)

    @property
    def fresh(self) -> bool:
        """Whether no session was ever opened: the time to write down the public key."""
        self._settle()
        return not self._read.sessions.opened and not self._read.prunings

    def unaccounted(self) -> tuple[str, ...]:
        """Sessions opened and neither ended nor swept, oldest first."""
        self._settle()
        return self._read.sessions.open

    def unverified(self) -> tuple[str, ...]:
        """Sessions whose erasure was not verified and not made good since: they block the next one (R22)."""
        self._settle()
        return self._read.sessions.unverified

    def entries(self) -> Iterator[Entry]:
        """The entries that are not pruned, oldest first, read from the disk; LedgerCorrupt when they changed meanwhile."""
        self._settle()
        return (entry for index in range(self.size) if (entry := self.entry(index)) is not None)

    def history(self, session: str) -> tuple[tuple[int, OfSession], ...]:
        """The entries of a session, oldest first, each with its place, from 0; none where it is pruned, or not known."""
        self._settle()
        found = ((index, self.entry(index)) for index in self._read.sessions.places(session))
        return tuple((index, entry) for index, entry in found if isinstance(entry, OfSession))

    @property
    def configured(self) -> Configured | None:
        """The settings as they were last written; None where they were not, or that is pruned."""
        self._settle()
        return self._read.configured

    @property
    def witnessed(self) -> tuple[Witnessed, ...]:
        """What each witness signed for last."""
        self._settle()
        return tuple(self._read.witnessed.values())

    def entry(self, index: int) -> Entry | None:
        """The entry in this place, from 0, read from the disk; None where it is pruned. LedgerCorrupt when it changed meanwhile."""
        self._settle()
        line = self._line(index)
        return None if HASHED.fullmatch(line) else decode(line)

    def receipt(self, index: int) -> str:
        """The proof, as text to hand out, that an entry is in the log; IndexError when there is no such entry, or it is pruned.

        Under a checkpoint that another machine signed for, where there is one that knows the entry.
        """
        self._settle()
        if not 0 <= index < self.size or HASHED.fullmatch(self._line(index)):
            raise IndexError("no such entry")
        note, size = self._note, self.size
        with suppress(ProofInvalid, OSError):  # not ours, signed by a key that was revoked since, or not to be read
            known = open_checkpoint(cosigned := read_note(self._folder / files.COSIGNED), self._signers.log.verifier)
            if index < known.size <= size and known.root == self._read.tree.root(known.size):
                note, size = cosigned, known.size
        return str(Receipt(self._line(index), index, self._read.tree.inclusion(index, size), note))

    def append(self, entry: Appendable) -> int:
        """Write an entry and sign for it; return its index once both are on the disk.

        Raises LedgerError when the entry cannot follow what is there (ended twice, never opened), LedgerUnwritable
        when it could not be written. After that the log is as it was before and goes on working; only where the
        disk failed in the very last step can the entry be there all the same, and `unaccounted` tells.
        """
        self._settle()
        entry = replace(entry, time=coarse(entry.time, self._precision))
        self._refuse(self._read.objection(entry))
        self._keep_to_the_day(entry.time)
        return self._commit(entry, self._signers)

    def revoke(self) -> str:
        """Take both keys back, and go on under new ones; the new public key. Raises like `append`."""
        self._settle()
        self._change_keys(Change.REVOKED, self._time())
        return self.public_key

    def cosigned(self, note: str, by: Cosignature) -> int:
        """Write that another machine signed for a checkpoint, `note`, and keep both for receipts. Raises like `append`."""
        size = claimed(note).size
        index = self.append(
            Witnessed(self._time(), by.key.public.hex(), size, by.seconds, by.signature.hex()),
        )
        with suppress(OSError):  # receipts do without
            files.replace(self._folder / files.COSIGNED, (note + by.line).encode())
        return index

    def sweep(self, sessions: tuple[str, ...] | None = None, cause: Cause = Cause.FOUND_AT_START) -> tuple[str, ...]:
        """Account for these sessions, or for every one that a crash left open; return their ids.

        Without `sessions` to be called before anything else is opened. A session whose spool is still there is not
        to be swept before that is removed.
        """
        sessions = self.unaccounted() if sessions is None else sessions
        for session in sessions:
            self.append(Swept(session, self._time(), cause))
        return sessions

    def prune(self, before: datetime) -> int:
        """Keep only the hashes of entries older than this; how many entries that is, counted from the first. Raises like `append`."""
        self._settle()
        limit, sizes = timestamp(before), [size for size in self._read.sessions.settled if size > self._read.hashes]
        for size in reversed(sizes):
            last, counts = self.entry(size - 1), self._read.counts(size)
            if last is not None and last.time < limit and counts is not None:
                time = self._time()
                self._keep_to_the_day(time)
                self._commit(Pruned(time, size, *counts), self._signers)
                return size
        return self._read.hashes

    def _time(self) -> str:
        return timestamp(self._now(), self._precision)

    def _refuse(self, objection: Fault | None) -> None:
        if objection:
            problem = wording.problem(Problem(objection), "en")
            raise LedgerError(problem=f"the entry is refused: {problem}", fault=objection.value)

    def _keep_to_the_day(self, time: str) -> None:
        """The first entry of a new day comes under a key of its own."""
        if time[:10] > self._read.epochs.since[:10]:
            self._change_keys(Change.DAILY, time)

    def _change_keys(self, change: Change, time: str) -> None:
        """By an entry that both epochs' keys sign. What is next is kept before the log names it, so that no crash loses it."""
        after = self._signers.next(change)
        entry = self._signers.rotated(after, change, time, self._read.signed_for())
        try:
            self._store.write(key.NEXT, after.to_pem())
        except OSError as error:
            raise _unwritable(error) from error
        self._commit(entry, after)

    def _commit(self, entry: Entry, signers: Signers) -> int:
        self._stamp = None  # until the last step: an interruption anywhere is put right by the rules for a crash
        try:
            self._write(entry, signers)
        except OSError as error:
            self._take_back()
            raise _unwritable(error) from error
        try:
            self._follow(entry)
        except OSError as error:
            raise _unwritable(error) from error
        self._stamp = self._stamped()
        return self._read.size - 1

    def _follow(self, entry: Entry) -> None:
        """What an entry of the log itself asks for, once it is acknowledged."""
        match entry:
            case Rotated():
                self._settle_keys()  # what is next becomes current, and what was current is destroyed
            case Pruned():
                self._settle_pruning()

    def _write(self, entry: Entry, signers: Signers) -> None:
        read, line = self._read, encode(entry)
        if os.fstat(self._entries).st_size != (read.ends[-1] if read.ends else 0):
            raise _corrupt(Problem(Fault.UNSIGNED_TAIL, read.size + 1))
        files.write_all(self._entries, line + b"\n")
        os.fsync(self._entries)
        read.add(entry, leaf_hash(line), len(line) + 1)
        note = signers.sign(read.signed_for())
        files.write_new(self._folder / files.NEXT_CHECKPOINT, note.encode())
        files.sync_folder(self._folder)  # from here on a crash cannot unmake the signature, so it may be shown
        (self._folder / files.NEXT_CHECKPOINT).replace(self._folder / files.CHECKPOINT)
        files.sync_folder(self._folder)
        self._note = note

    def _take_back(self) -> None:
        """Undo a failed append: first the signature, then, by the rules for a crash, the entry."""
        with suppress(OSError, LedgerError):  # if not now, then before the next use
            (self._folder / files.NEXT_CHECKPOINT).unlink(missing_ok=True)
            self._settle()

    def _settle(self) -> tuple[Repair, ...]:
        """Make memory say what the disk says, where it may not; return what had to be put right on the disk.

        That is asked each time: entries that somebody else changed under a writer are found out before the next one is written.
        """
        if self._stamp is not None and self._stamp == self._stamped():
            return ()
        if self._lock is None:
            raise LedgerError(problem="it is closed")
        try:
            repairs = (*self._settle_entries(), *self._settle_pruning(), *self._settle_keys())
        except FileNotFoundError as error:
            name = Path(str(error.filename)).name
            raise LedgerCorrupt(problem=f"the file {name} is missing", fault=Fault.CUT_OFF.value) from error
        except OSError as error:
            raise _unwritable(error) from error
        self._stamp = self._stamped()
        return repairs

    def _stamped(self) -> tuple[int, ...]:
        """What changes with the file, whoever changes it, and cannot be put back by who may write to it."""
        status = os.fstat(self._entries)
        return status.st_size, status.st_nlink, status.st_ctime_ns

    def _settle_entries(self) -> tuple[Repair, ...]:
        self._reopen()
        note, read = self._look(files.CHECKPOINT)
        repairs: tuple[Repair, ...] = ()
        if read.tail and (vouched := self._vouched(read.entries.size + 1)):
            (self._folder / files.NEXT_CHECKPOINT).replace(self._folder / files.CHECKPOINT)
            files.sync_folder(self._folder)
            note, read = vouched
            repairs = (Repair.CHECKPOINT_RENAMED,)
        elif read.tail:
            os.ftruncate(self._entries, read.entries.ends[-1])
            os.fsync(self._entries)
            repairs = (Repair.TAIL_CUT,)
        (self._folder / files.NEXT_CHECKPOINT).unlink(missing_ok=True)
        self._note, self._read = note, read.entries
        return repairs

    def _reopen(self) -> None:
        """The descriptor of the file of entries: pruning puts another one in its place."""
        before, self._entries = self._entries, files.open_appending(self._folder / files.ENTRIES)
        if before >= 0:
            os.close(before)

    def _settle_pruning(self) -> tuple[Repair, ...]:
        """Entries that `pruned` accounts for are replaced by their hashes."""
        new = self._folder / files.NEXT_ENTRIES
        new.unlink(missing_ok=True)
        agreed = self._read.prunings[-1].size if self._read.prunings else 0
        if agreed == self._read.hashes:
            return ()
        files.write_new(new, b"".join(pruned(Folder(self._folder).lines(), agreed)))
        new.replace(self._folder / files.ENTRIES)
        files.sync_folder(self._folder)
        self._settle_entries()
        return (Repair.PRUNED,)

    def _settle_keys(self) -> tuple[Repair, ...]:
        origin, keys = self._read.origin, self._read.epochs.at(self._read.size)
        self._store = key.store_of(self._folder, origin, self._keystore)
        self._signers, changed = key.take_up(self._store, origin, keys)
        if self._public_key() != keys.log:
            files.replace(self._folder / files.PUBLIC_KEY, f"{keys.log}\n".encode(), mode=0o644)
            files.sync_folder(self._folder)
        return (Repair.KEYS_CHANGED,) if changed else ()

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
        try:
            signed_for = claimed(note)
        except ProofInvalid:
            raise _corrupt(Problem(Fault.BAD_CHECKPOINT)) from None
        read = replay(files.read_lines(self._folder / files.ENTRIES), signed_for)
        own = self._public_key()
        known = read.entries.epochs.log_keys or {own}
        fault = signature_fault(note, read.entries, known)
        problems = [*read.problems, *([Problem(fault)] if fault else [])]
        if fault is Fault.BAD_CHECKPOINT or own not in known:
            raise _corrupt(Problem(Fault.BAD_CHECKPOINT))
        if problems:
            raise _corrupt(problems[0])
        return note, read

    def _public_key(self) -> VerifierKey:
        try:
            text = files.read_text(self._folder / files.PUBLIC_KEY, MAX_NOTE)
            return VerifierKey.parse(text.removesuffix("\n"))
        except (ProofInvalid, ValueError):
            raise LedgerCorrupt(problem="the file public-key does not hold a key") from None

    def _line(self, index: int) -> bytes:
        start = self._read.ends[index - 1] if index else 0
        line = _read_at(self._entries, start, self._read.ends[index] - start)[:-1]
        hashed = HASHED.fullmatch(line)
        if (bytes.fromhex(hashed[1].decode()) if hashed else leaf_hash(line)) != self._read.tree.leaf(index):
            raise _corrupt(Problem(Fault.UNREADABLE_ENTRY, index + 1))
        return line

    def _create(self) -> None:
        """Make a new log; may be done again after a crash at any point, since `public-key` is put in place last."""
        entries, checkpoint = self._folder / files.ENTRIES, self._folder / files.CHECKPOINT
        if not (_is_blank(entries, b"") and _is_blank(checkpoint, b"1")):
            raise LedgerCorrupt(problem="the file public-key is missing")
        for path in (entries, checkpoint):
            path.unlink(missing_ok=True)
        signers = Signers.new()
        key.keep_new(self._folder, signers, self._keystore)
        line = encode(signers.created(self._time()))
        signed_for = Checkpoint(signers.log.name, 1, leaf_hash(line))
        files.write_new(entries, line + b"\n")
        files.write_new(checkpoint, signers.sign(signed_for).encode())
        files.sync_folder(self._folder)
        files.replace(self._folder / files.PUBLIC_KEY, f"{signers.log.verifier}\n".encode(), mode=0o644)
        files.sync_folder(self._folder)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    files.sync_folder(folder.parent)


def _is_blank(path: Path, second_line: bytes) -> bool:
    """Whether a file is missing, or holds no more than one line, or says on its second line that the log has no more."""
    if not path.exists():
        return True
    lines = path.read_bytes().split(b"\n")
    return len(lines) <= 2 or lines[1] == second_line != b""


def _read_at(descriptor: int, start: int, count: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)  # appending writes at the end wherever this points
    return os.read(descriptor, count)


def _corrupt(problem: Problem) -> LedgerCorrupt:
    facts = {} if problem.line is None else {"line": problem.line}
    return LedgerCorrupt(problem=wording.problem(problem, "en"), fault=problem.fault.value, **facts)


def _unwritable(error: OSError) -> LedgerUnwritable:
    return LedgerUnwritable(problem=error.strerror or type(error).__name__)

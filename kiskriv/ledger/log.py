"""The log: an append-only file under a signed Merkle tree, with one writer.

    append    entry + newline ──fsync──> sign the new root ──> checkpoint.new ──fsync──> checkpoint ──fsync──> return

An entry is *acknowledged* when append returns; from then on no crash and no power cut takes it away. What a crash
can leave is told by rule when the log is next read, and `repairs` says what was done:

    entry torn or whole, not signed             never acknowledged, never vouched for: cut off     TAIL_CUT
    entry whole, signed in checkpoint.new       vouched for by the key: the rename is made good    CHECKPOINT_RENAMED
    anything else that is not as it was signed  LedgerCorrupt, and not one octet is changed

An unsigned entry is never signed afterwards: whoever can write to the folder but has not the key could otherwise
add one. The same rules undo an append that fails (disk full) or is interrupted (ctrl-c), so that there is one way
back, not three.

The log never shows two trees of which one is not the beginning of the other (tlog-checkpoint, "Signatures"): it
signs only what is on the disk, shows only a signature that no crash can unmake, and withdraws an entry only while
its signature was not shown.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from kiskriv.errors import LedgerBusy, LedgerCorrupt, LedgerError, LedgerUnwritable, ProofInvalid
from kiskriv.ledger import files, wording
from kiskriv.ledger.checkpoint import (
    MAX_NOTE,
    Checkpoint,
    SigningKey,
    VerifierKey,
    open_checkpoint,
    sign_checkpoint,
)
from kiskriv.ledger.entry import Cause, Entry, Swept, decode, encode, timestamp
from kiskriv.ledger.key import create_key, load_key
from kiskriv.ledger.merkle import EMPTY_ROOT, leaf_hash
from kiskriv.ledger.receipt import Receipt
from kiskriv.ledger.replay import Fault, Problem, Replay, replay


class Repair(StrEnum):
    """What was put right when the log was opened."""

    TAIL_CUT = "tail-cut"
    CHECKPOINT_RENAMED = "checkpoint-renamed"


def _utc() -> datetime:
    return datetime.now(UTC)


class Ledger:
    """A log that this process alone may append to, until it is closed. For one thread; open it with `Ledger.open`."""

    repairs: tuple[Repair, ...]
    """What was put right when the log was opened."""

    _key: SigningKey
    _read: Replay  # what the entries say
    _signed: Checkpoint  # what the checkpoint says of them
    _note: str  # the checkpoint as it stands in the file

    def __init__(self, folder: Path, lock: int, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._lock: int | None = lock
        self._now = now
        self._entries = -1  # the descriptor of the entries file
        self._settled = False  # whether memory says what the disk says

    @classmethod
    def open(cls, folder: Path, *, now: Callable[[], datetime] = _utc) -> Self:
        """Open the log in a folder, or make one where there is none (mode 0700, a new key, a new origin).

        `now` gives the time of the entries that `sweep` writes. Raises LedgerBusy, LedgerUnwritable, LedgerCorrupt,
        and LedgerError when others can read the key. Takes about a second for 50,000 entries.
        """
        try:
            _make_folder(folder)
            lock = files.take_lock(folder / files.LOCK)
        except BlockingIOError:
            raise LedgerBusy() from None
        except OSError as error:
            raise _unwritable(error) from error
        ledger = cls(folder, lock, now)
        try:
            ledger._start()
        except FileNotFoundError as error:
            ledger.close()
            name = Path(str(error.filename)).name
            raise LedgerCorrupt(problem=f"the file {name} is missing", fault=Fault.CUT_OFF.value) from error
        except OSError as error:
            ledger.close()
            raise _unwritable(error) from error
        except BaseException:
            ledger.close()
            raise
        return ledger

    def _start(self) -> None:
        if not (self._folder / files.PUBLIC_KEY).exists():
            _create(self._folder)
        self._key = _load_signer(self._folder)
        self._entries = files.open_appending(self._folder / files.ENTRIES)
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
        lock, self._lock, self._settled = self._lock, None, False
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
        """The one line that verifies receipts and checkpoints of this log; worth noting on paper."""
        return str(self._key.verifier)

    @property
    def size(self) -> int:
        """How many entries the log holds."""
        self._settle()
        return self._signed.size

    @property
    def checkpoint(self) -> str:
        """The newest signed checkpoint, without personal data: whoever keeps a copy can tell a rewritten log."""
        self._settle()
        return self._note

    def unaccounted(self) -> tuple[str, ...]:
        """Sessions opened and neither ended nor swept, oldest first."""
        self._settle()
        return self._read.accounts.open

    def unverified(self) -> tuple[str, ...]:
        """Sessions whose erasure was not verified and not made good since: they block the next one (R22)."""
        self._settle()
        return self._read.accounts.unverified

    def entries(self) -> Iterator[Entry]:
        """The entries, oldest first, read from the disk; LedgerCorrupt when they changed since the log was opened."""
        self._settle()
        yield from map(self.entry, range(self.size))

    def entry(self, index: int) -> Entry:
        """The entry in this place, from 0, read from the disk; LedgerCorrupt when it changed since the log was opened."""
        self._settle()
        return decode(self._line(index))

    def receipt(self, index: int) -> str:
        """The proof, as text to hand out, that an entry is in the log; IndexError when there is no such entry."""
        self._settle()
        if not 0 <= index < self.size:
            raise IndexError("no such entry")
        return str(Receipt(self._line(index), index, self._read.tree.inclusion(index), self._note))

    def append(self, entry: Entry) -> int:
        """Write an entry and sign for it; return its index once both are on the disk.

        Raises LedgerError when the entry cannot follow what is there (ended twice, never opened), LedgerUnwritable
        when it could not be written. After that the log is as it was before and goes on working; only where the
        disk failed in the very last step can the entry be there all the same, and `unaccounted` tells.
        """
        self._settle()
        objection = self._read.accounts.objection(entry)
        if objection:
            problem = wording.problem(Problem(objection), "en")
            raise LedgerError(problem=f"the entry is refused: {problem}", fault=objection.value)
        self._settled = False  # until the last step: an interruption anywhere is put right by the rules for a crash
        try:
            self._write(encode(entry))
        except OSError as error:
            self._take_back()
            raise _unwritable(error) from error
        self._read.accounts.admit(entry)
        self._settled = True
        return self._signed.size - 1

    def sweep(self, sessions: tuple[str, ...] | None = None, cause: Cause = Cause.FOUND_AT_START) -> tuple[str, ...]:
        """Account for these sessions, or for every one that a crash left open; return their ids.

        Without `sessions` to be called before anything else is opened. A session whose spool is still there is not
        to be swept before that is removed.
        """
        sessions = self.unaccounted() if sessions is None else sessions
        for session in sessions:
            self.append(Swept(session, timestamp(self._now()), cause))
        return sessions

    def _write(self, line: bytes) -> None:
        tree, ends = self._read.tree, self._read.ends
        if os.fstat(self._entries).st_size != (ends[-1] if ends else 0):
            raise _corrupt(Problem(Fault.UNSIGNED_TAIL, self._signed.size + 1))
        files.write_all(self._entries, line + b"\n")
        os.fsync(self._entries)
        tree.append(leaf_hash(line))
        ends.append((ends[-1] if ends else 0) + len(line) + 1)
        signed = Checkpoint(self._key.name, tree.size, tree.root())
        note = sign_checkpoint(signed, self._key)
        files.write_new(self._folder / files.NEXT_CHECKPOINT, note.encode())
        files.sync_folder(self._folder)  # from here on a crash cannot unmake the signature, so it may be shown
        (self._folder / files.NEXT_CHECKPOINT).replace(self._folder / files.CHECKPOINT)
        files.sync_folder(self._folder)
        self._signed, self._note = signed, note

    def _take_back(self) -> None:
        """Undo a failed append: first the signature, then, by the rules for a crash, the entry."""
        with suppress(OSError, LedgerError):  # if not now, then before the next use
            (self._folder / files.NEXT_CHECKPOINT).unlink(missing_ok=True)
            self._settle()

    def _settle(self) -> tuple[Repair, ...]:
        """Make memory say what the disk says, where it may not; return what had to be put right on the disk."""
        if self._settled:
            return ()
        if self._lock is None:
            raise LedgerError(problem="it is closed")
        try:
            repairs = self._read_all()
        except OSError as error:
            raise _unwritable(error) from error
        self._settled = True
        return repairs

    def _read_all(self) -> tuple[Repair, ...]:
        note, signed = self._open_checkpoint(files.CHECKPOINT)
        read = self._replay(signed)
        if read.problems:
            raise _corrupt(read.problems[0])
        repairs: tuple[Repair, ...] = ()
        if read.tail and (vouched := self._vouched(signed.size + 1)):
            (self._folder / files.NEXT_CHECKPOINT).replace(self._folder / files.CHECKPOINT)
            files.sync_folder(self._folder)
            note, signed, read = vouched
            repairs = (Repair.CHECKPOINT_RENAMED,)
        elif read.tail:
            os.ftruncate(self._entries, read.ends[-1] if read.ends else 0)
            os.fsync(self._entries)
            repairs = (Repair.TAIL_CUT,)
        (self._folder / files.NEXT_CHECKPOINT).unlink(missing_ok=True)
        self._note, self._signed, self._read = note, signed, read
        return repairs

    def _vouched(self, size: int) -> tuple[str, Checkpoint, Replay] | None:
        """The log as checkpoint.new signs it, when it signs for all that is there and for this size."""
        try:
            note, signed = self._open_checkpoint(files.NEXT_CHECKPOINT)
        except LedgerCorrupt:
            return None
        read = self._replay(signed)
        whole = signed.size == size and not read.problems and not read.tail
        return (note, signed, read) if whole else None

    def _replay(self, signed: Checkpoint) -> Replay:
        return replay(files.read_lines(self._folder / files.ENTRIES), signed)

    def _open_checkpoint(self, name: str) -> tuple[str, Checkpoint]:
        try:
            note = files.read_text(self._folder / name, MAX_NOTE)
            return note, open_checkpoint(note, self._key.verifier)
        except (FileNotFoundError, ProofInvalid, ValueError):
            raise _corrupt(Problem(Fault.BAD_CHECKPOINT)) from None

    def _line(self, index: int) -> bytes:
        start = self._read.ends[index - 1] if index else 0
        line = _read_at(self._entries, start, self._read.ends[index] - start)[:-1]
        if leaf_hash(line) != self._read.tree.leaf(index):
            raise _corrupt(Problem(Fault.UNREADABLE_ENTRY, index + 1))
        return line


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    files.sync_folder(folder.parent)


def _create(folder: Path) -> None:
    """Make an empty log; may be done again after a crash at any point, since `public-key` is put in place last."""
    entries, checkpoint = folder / files.ENTRIES, folder / files.CHECKPOINT
    if not (_is_blank(entries, b"") and _is_blank(checkpoint, b"0")):
        raise LedgerCorrupt(problem="the file public-key is missing")
    for name in (files.KEY, files.ENTRIES, files.CHECKPOINT):
        (folder / name).unlink(missing_ok=True)
    # An origin names a log and nobody: random, under a domain reserved for private use.
    key = SigningKey(f"kiskriv.internal/{secrets.token_hex(8)}", create_key(folder / files.KEY))
    files.write_new(entries, b"")
    files.write_new(checkpoint, sign_checkpoint(Checkpoint(key.name, 0, EMPTY_ROOT), key).encode())
    files.sync_folder(folder)
    files.replace(folder / files.PUBLIC_KEY, f"{key.verifier}\n".encode(), mode=0o644)
    files.sync_folder(folder)


def _is_blank(path: Path, second_line: bytes) -> bool:
    """Whether a file is missing, empty, or says on its second line that the log is."""
    if not path.exists():
        return True
    octets = path.read_bytes()
    return not octets or (second_line != b"" and octets.split(b"\n")[1:2] == [second_line])


def _load_signer(folder: Path) -> SigningKey:
    private = load_key(folder / files.KEY)
    try:
        text = files.read_text(folder / files.PUBLIC_KEY, MAX_NOTE)
        public = VerifierKey.parse(text.removesuffix("\n"))
    except (ProofInvalid, ValueError):
        raise LedgerCorrupt(problem="the file public-key does not hold a key") from None
    key = SigningKey(public.name, private)
    if key.verifier != public:
        raise LedgerCorrupt(problem="the files key and public-key do not belong together")
    return key


def _read_at(descriptor: int, start: int, count: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)  # appending writes at the end wherever this points
    return os.read(descriptor, count)


def _corrupt(problem: Problem) -> LedgerCorrupt:
    facts = {} if problem.line is None else {"line": problem.line}
    return LedgerCorrupt(problem=wording.problem(problem, "en"), fault=problem.fault.value, **facts)


def _unwritable(error: OSError) -> LedgerUnwritable:
    return LedgerUnwritable(problem=error.strerror or type(error).__name__)

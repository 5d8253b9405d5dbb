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

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from kiskriv.errors import LedgerBusy, LedgerCorrupt, LedgerError, LedgerUnwritable
from kiskriv.ledger import files, key, wording
from kiskriv.ledger.checkpoint import claimed
from kiskriv.ledger.cosignature import Cosignature
from kiskriv.ledger.disk import Disk, Repair
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
    timestamp,
)
from kiskriv.ledger.faults import Fault, Problem
from kiskriv.ledger.handed_out import known_elsewhere
from kiskriv.ledger.key import KeyStore, Signers
from kiskriv.ledger.receipt import Receipt
from kiskriv.ledger.replay import HASHED, Entries
from kiskriv.ledger.terms import Cause, Change, Precision

__all__ = ["Ledger", "Repair"]

Appendable: TypeAlias = OfSession | OfRun | Witnessed
"""What others may append; the log writes of its keys and its pruning itself."""


def _utc() -> datetime:
    return datetime.now(UTC)


class Ledger:
    """A log that this process alone may append to, until it is closed. For one thread; open it with `Ledger.open`."""

    repairs: tuple[Repair, ...]
    """What was put right when the log was opened."""

    _signers: Signers
    _store: KeyStore

    def __init__(
        self, folder: Path, disk: Disk, precision: Precision, keystore: KeyStore | None, now: Callable[[], datetime]
    ) -> None:
        self._folder = folder
        self._disk: Disk | None = disk
        self._precision = precision
        self._keystore = keystore
        self._now = now

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
            disk = Disk(folder)
        except BlockingIOError:
            raise LedgerBusy() from None
        except OSError as error:
            raise _unwritable(error) from error
        ledger = cls(folder, disk, precision, keystore, now)
        try:
            if disk.is_new:
                ledger._create(disk)
            ledger.repairs = ledger._settle()
        except OSError as error:
            ledger.close()
            raise _unwritable(error) from error
        except BaseException:
            ledger.close()
            raise
        return ledger

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
        disk, self._disk = self._disk, None
        if disk is not None:
            disk.close()

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
        return self._open.note

    def consistency(self, old: int) -> tuple[bytes, ...]:
        """The proof that the log of the newest checkpoint begins with its first `old` entries; ValueError when there are fewer."""
        self._settle()
        return self._read.tree.consistency(old)

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._folder

    @property
    def closed(self) -> int:
        """How many entries there were when a session closed last, and none was left open; 0 where that never was."""
        self._settle()
        return max(self._read.sessions.settled, default=0)

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
        line = self._open.line(index)
        return None if HASHED.fullmatch(line) else decode(line)

    def receipt(self, index: int) -> str:
        """The proof, as text to hand out, that an entry is in the log; IndexError when there is no such entry, or it is pruned.

        Under a checkpoint that another machine signed for, where there is one that knows the entry.
        """
        self._settle()
        if not 0 <= index < self.size or HASHED.fullmatch(self._open.line(index)):
            raise IndexError("no such entry")
        own = self._signers.log.verifier
        note, size = known_elsewhere(self._folder, index + 1, self._read, own) or (self._open.note, self.size)
        return str(Receipt(self._open.line(index), index, self._read.tree.inclusion(index, size), note))

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
        """Keep only the hashes of what stands before the first entry that is not older than this; of how many, from the first on.

        Raises like `append`.
        """
        self._settle()
        limit, kept = timestamp(before), self._read.hashes
        entries = ((index, self.entry(index)) for index in range(kept, self.size))
        new = next((index for index, entry in entries if entry is None or entry.time >= limit), self.size)
        size = max((size for size in self._read.sessions.settled if size <= new), default=0)
        counts = self._read.counts(size)
        if size <= kept or counts is None:
            return kept
        time = self._time()
        self._keep_to_the_day(time)
        self._commit(Pruned(time, size, *counts), self._signers)
        return size

    def _time(self) -> str:
        return timestamp(self._now(), self._precision)

    def _refuse(self, objection: Fault | None) -> None:
        if objection:
            problem = wording.problem(Problem(objection), "en")
            raise LedgerError(problem=f"the entry is refused: {problem}", fault=objection.value)

    def _keep_to_the_day(self, time: str) -> None:
        """The first entry of a new day comes under a key of its own."""
        if (
            time[:10] != self._read.epochs.since[:10]
        ):  # an earlier day, too: a clock that once ran ahead must not stop it
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
        disk = self._open
        disk.doubt()  # until the last step: an interruption anywhere is put right by the rules for a crash
        try:
            disk.add(entry, signers.sign)
        except OSError as error:
            with suppress(OSError, LedgerError):  # if not now, then before the next use
                disk.take_back()
                self._settle()
            raise _unwritable(error) from error
        try:
            match entry:
                case Rotated():
                    self._take_up_keys(disk)  # what is next becomes current, and what was current is destroyed
                case Pruned():
                    disk.prune()
        except OSError as error:
            raise _unwritable(error) from error
        disk.know()
        return disk.entries.size - 1

    @property
    def _open(self) -> Disk:
        if self._disk is None:
            raise LedgerError(problem="it is closed")
        return self._disk

    @property
    def _read(self) -> Entries:
        """What the entries say, once memory is settled."""
        return self._open.entries

    def _settle(self) -> tuple[Repair, ...]:
        """Make memory say what the disk says, where it may not; return what had to be put right on the disk."""
        disk = self._open
        if disk.known:
            return ()
        disk.doubt()
        try:
            repairs = disk.read()
            if self._take_up_keys(disk):
                repairs = (*repairs, Repair.KEYS_CHANGED)
        except FileNotFoundError as error:
            name = Path(str(error.filename)).name
            raise LedgerCorrupt(problem=f"the file {name} is missing", fault=Fault.CUT_OFF.value) from error
        except OSError as error:
            raise _unwritable(error) from error
        disk.know()
        return repairs

    def _take_up_keys(self, disk: Disk) -> bool:
        """The private halves of the keys that the log names; whether a change that was cut short had to be made good."""
        origin, keys = disk.entries.origin, disk.entries.epochs.at(disk.entries.size)
        self._store = key.store_of(self._folder, origin, self._keystore)
        self._signers, changed = key.take_up(self._store, origin, keys)
        if disk.public_key != keys.log:
            disk.publish(keys.log)
        return changed

    def _create(self, disk: Disk) -> None:
        """New keys, and the log that begins with them."""
        signers = Signers.new()
        key.keep_new(self._folder, signers, self._keystore)
        disk.create(signers.created(self._time()), signers.sign, signers.log.verifier)


def _unwritable(error: OSError) -> LedgerUnwritable:
    return LedgerUnwritable(problem=error.strerror or type(error).__name__)

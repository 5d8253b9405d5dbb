"""The audit: what can be said of a log from a copy of it, its public key, and what was kept earlier.

    copy ────────────────> replay ──> is every entry as it was signed? were the sessions opened and ended in good order?
    public key ──────────> is the checkpoint signed by this log, and by the key of its epoch?
    earlier checkpoints ─> do the first n entries still hash to the root that was noted then?
    receipts ────────────> does the entry stand where the receipt says, in the tree that it was signed for?

Reads only, takes no lock, needs no private key. What nobody can find out without something kept earlier: that whoever
holds the private keys wrote the present epoch anew, or that somebody put back an older copy. Hence the last two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from kiskriv.errors import ProofInvalid
from kiskriv.ledger.checkpoint import Checkpoint, VerifierKey, claimed, read_note
from kiskriv.ledger.copies import Copy
from kiskriv.ledger.cosignature import WitnessKey
from kiskriv.ledger.entry import Pruned, Witnessed
from kiskriv.ledger.epochs import Keys
from kiskriv.ledger.faults import Fault, Problem
from kiskriv.ledger.merkle import EMPTY_ROOT, leaf_hash, verify_inclusion
from kiskriv.ledger.receipt import parse
from kiskriv.ledger.replay import Entries, Replay, replay
from kiskriv.ledger.runs import Silence
from kiskriv.ledger.terms import Reason


@dataclass(frozen=True, slots=True)
class Findings:
    """What an audit found. Counts are of the entries that can be read; line numbers start at 1."""

    origin: str  # which log
    entries: int
    latest: str  # the time of the last entry
    opened: int
    spooled: int  # of those opened: with a sealed copy on the disk, a weakened setting
    resumed: int  # how often another room went on after a room had died
    ended: Mapping[Reason, int]  # every try, by its reason
    failed: int  # of these, not verified
    swept: int
    open_sessions: tuple[str, ...]  # opened, neither ended nor swept
    unverified: tuple[str, ...]  # erased, but the search afterwards did not come out clean, and not made good since
    public_key: str  # the log key in force, in one line; another than the one given where that was revoked
    epochs: int
    revocations: int
    witnessed: tuple[Witnessed, ...]  # what each witness saw last: of those that the auditor named, or of any
    trusted: bool  # whether the auditor named them; a witness can be made up
    pruned: Pruned | None  # what accounts for the entries that only their hashes are left of
    clock_steps: tuple[int, ...]  # lines whose time is earlier than the line before: for a person to explain
    silences: tuple[Silence, ...]  # likewise
    broken_off: tuple[int, ...]  # lines that start a run though the one before did not stop: crashes
    problems: tuple[Problem, ...]
    earlier: tuple[Fault | None, ...]  # for each checkpoint kept earlier, what is wrong; None: the log continues it
    receipts: tuple[Fault | None, ...]  # for each receipt, what is wrong; None: it belongs to the log

    @property
    def valid(self) -> bool:
        """Whether the log is as it was signed and goes together with all that was kept earlier."""
        return not (self.problems or any(self.earlier) or any(self.receipts))


def audit(
    copy: Copy, vkey: str, earlier: Sequence[str] = (), receipts: Sequence[str] = (), witnesses: Sequence[str] = ()
) -> Findings:
    """Audit a copy of a log. `vkey` is its public key in one line; `earlier` and `receipts` are texts kept elsewhere.

    `witnesses`: the public keys of those that the auditor trusts, each of which must have signed for something in the log.

    Raises ProofInvalid when a key is no key, OSError when the copy cannot be read; all else is a finding.
    """
    key = VerifierKey.parse(vkey)
    trusted = [WitnessKey.parse(witness).public.hex() for witness in witnesses]
    read, problems = _read(copy, key)
    entries, sessions, runs = read.entries, read.entries.sessions, read.entries.runs
    return Findings(
        origin=key.name,
        entries=entries.size,
        latest=runs.latest,
        opened=sessions.opened,
        spooled=sessions.spooled,
        resumed=sessions.resumed,
        ended=MappingProxyType({r: sessions.ended[r] for r in Reason if sessions.ended[r]}),
        failed=sessions.failed,
        swept=sessions.swept,
        open_sessions=sessions.open,
        unverified=sessions.unverified,
        public_key=str((entries.epochs.now or Keys(key, key)).log),
        epochs=len(entries.epochs),
        revocations=entries.epochs.revocations,
        witnessed=tuple(seen for seen in entries.witnessed.values() if not trusted or seen.witness in trusted),
        trusted=bool(trusted),
        pruned=entries.pruning,
        clock_steps=tuple(runs.clock_steps),
        silences=tuple(runs.silences),
        broken_off=tuple(runs.broken_off),
        problems=(
            *problems,
            *(Problem(Fault.NOT_WITNESSED) for witness in trusted if witness not in entries.witnessed),
        ),
        earlier=tuple(_compare(text, entries, key) for text in earlier),
        receipts=tuple(_locate(text, entries, key) for text in receipts),
    )


def under(note: str, lines: Iterable[bytes], key: VerifierKey) -> tuple[Replay, tuple[Problem, ...]]:
    """The entries that a checkpoint signs for, and what is wrong with either, in order; what follows them is for the caller to judge.

    Where the checkpoint is not to be believed, nothing more can be said. Raises OSError where the lines do.
    """
    try:
        signed_for = claimed(note)
    except ProofInvalid:
        return replay(lines, Checkpoint(key.name, 0, EMPTY_ROOT)), (Problem(Fault.BAD_CHECKPOINT),)
    read = replay(lines, signed_for)
    fault = _signature_fault(note, read.entries, key)
    if fault is Fault.BAD_CHECKPOINT:
        return read, (Problem(fault),)
    return read, read.problems or ((Problem(fault),) if fault else ())


def _signature_fault(note: str, entries: Entries, key: VerifierKey) -> Fault | None:
    """What is wrong with the signatures of the checkpoint over these entries, where this is said to be the log's public key."""
    keys, logs = entries.epochs.now, entries.epochs.log_keys or {key}
    try:
        read = read_note(note, *logs, *(() if keys is None else (keys.epoch,)))
    except ProofInvalid:
        return Fault.BAD_CHECKPOINT
    if entries.origin != key.name or key not in logs or not read.signers & logs:
        return Fault.BAD_CHECKPOINT
    if keys is None:
        return None  # the entries do not tell: that is a problem of its own
    if keys.log not in read.signers or read.signatures != 2:
        return Fault.BAD_CHECKPOINT
    return None if keys.epoch in read.signers else Fault.OTHER_EPOCH


def _read(copy: Copy, key: VerifierKey) -> tuple[Replay, tuple[Problem, ...]]:
    """The entries under the checkpoint; again, if a writer put a newer one in place in between."""
    while True:
        note = copy.checkpoint()
        read, problems = under(note, copy.lines(), key)
        if note == copy.checkpoint():
            break
    if read.tail and Problem(Fault.BAD_CHECKPOINT) not in problems:
        problems += (Problem(Fault.UNSIGNED_TAIL, read.entries.size + 1),)
    return read, problems


def _compare(note: str, entries: Entries, key: VerifierKey) -> Fault | None:
    """What is wrong between an earlier checkpoint and these entries."""
    logs = entries.epochs.log_keys
    try:
        before = claimed(note)
        keys = entries.epochs.at(before.size)
        read = read_note(note, *entries.epochs.named)
    except (ProofInvalid, LookupError):
        return Fault.BAD_EARLIER
    if before.origin != key.name or not read.signers & logs:
        return Fault.BAD_EARLIER
    if keys.epoch not in read.signers:  # before all else: whoever stole the log key alone shall not accuse the log
        return Fault.EARLIER_OTHER_EPOCH
    if before.size > entries.size:
        return Fault.SHORTER_THAN_EARLIER
    return None if entries.tree.root(before.size) == before.root else Fault.DIFFERS_FROM_EARLIER


def _locate(text: str, entries: Entries, key: VerifierKey) -> Fault | None:
    """What is wrong between a receipt and these entries."""
    try:
        receipt = parse(text)
        signed_for = claimed(receipt.checkpoint)
        verify_inclusion(leaf_hash(receipt.entry), receipt.index, signed_for.size, receipt.proof, signed_for.root)
    except ProofInvalid:
        return Fault.BAD_RECEIPT
    fault = _compare(receipt.checkpoint, entries, key)  # one root, and so one leaf in each place
    return Fault.BAD_RECEIPT if fault is Fault.BAD_EARLIER else fault

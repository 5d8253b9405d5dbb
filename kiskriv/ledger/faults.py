"""What can be wrong with a log: codes that a report, a test and a translation share. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """One rule of docs/deletion-log.md that does not hold."""

    UNREADABLE_ENTRY = "unreadable-entry"  # a line is not the canonical form of any entry
    NO_KEYS = "no-keys"  # the first entry does not name the keys that the origin commits to
    BAD_ROTATION = "bad-rotation"  # new keys that the old one, or the new one, did not sign for
    BAD_WITNESS = "bad-witness"  # a cosignature that does not fit the tree
    NOT_WITNESSED = "not-witnessed"  # a witness that the auditor trusts signed for nothing in it
    BAD_PRUNING = "bad-pruning"  # hashes in the place of entries, and no entry that accounts for them
    OPENED_TWICE = "opened-twice"  # a session id came back
    NEVER_OPENED = "never-opened"  # ended or swept without `opened`
    ENDED_TWICE = "ended-twice"  # an entry after the last word on a session
    OTHER_KEY = "other-key"  # ended under another key than it was opened or resumed with
    NOT_SPOOLED = "not-spooled"  # resumed, and it was opened without a spool
    CUT_OFF = "cut-off"  # fewer entries than the checkpoint signs for
    ROOT_MISMATCH = "root-mismatch"  # the entries are not those that were signed
    UNSIGNED_TAIL = "unsigned-tail"  # something follows the signed entries
    BAD_CHECKPOINT = "bad-checkpoint"  # missing, malformed, or not signed by the log's key
    OTHER_EPOCH = "other-epoch"  # the checkpoint is not signed by the key of its epoch
    BAD_EARLIER = "bad-earlier"  # an earlier checkpoint is malformed, or not signed by the log's key
    EARLIER_OTHER_EPOCH = "earlier-other-epoch"  # it is not signed by the key of its epoch as this log has it
    SHORTER_THAN_EARLIER = "shorter-than-earlier"  # entries were removed since the earlier checkpoint
    DIFFERS_FROM_EARLIER = "differs-from-earlier"  # entries before the earlier checkpoint were changed
    BAD_RECEIPT = "bad-receipt"  # a receipt is malformed, or not signed by the log's key


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault and where it is: the number of a line of the log, from 1, where one line is to blame."""

    fault: Fault
    line: int | None = None

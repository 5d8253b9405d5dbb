"""What the log may hold: twelve kinds of entry under a closed schema, as canonical JSON. No I/O.

    a session       opened · resumed · ended · swept
    a run           started · configured · heartbeat · stopped       between these, silence is a finding
    the log itself  created · rotated · witnessed · pruned

No field takes free text: each is a word out of `terms`, a bounded integer, a boolean, a UTC time, or hex of a fixed
length. Nothing in an entry is made from what was said: a session id is random, and a commitment is to the random
session key, never a digest of content (a guess would confirm it). docs/deletion-log.md specifies the format.

Canonical form: RFC 8785 (JCS), restricted to what the schema needs: objects whose keys are ASCII (so that sorting
by code point is sorting by UTF-16 unit), arrays, ASCII strings that need no escape, booleans, and integers within
+-(2**53 - 1) (so that no number is ever a float). Under these limits `json` with sorted keys and no white space
writes exactly JCS. Decoding accepts nothing else: what is read must be what would be written, octet for octet.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeAlias

from kiskriv.errors import ClockWrong
from kiskriv.ledger.fields import (
    Amount,
    Checked,
    Count,
    Hash,
    Identifier,
    Minutes,
    Notice,
    Release,
    Signature,
    Size,
    Time,
    expect,
    read,
    written,
)
from kiskriv.ledger.terms import (
    ArtefactName,
    Cause,
    Change,
    Delivery,
    Fact,
    Level,
    Method,
    Place,
    Precision,
    Reason,
    Spoken,
    Weakness,
)

VERSION = 1
"""The version of the schema, in every entry as `v`."""

MAX_ENTRY = 1024
"""Octets in an entry at most."""

SAFEST_LIMIT = 180
"""Minutes; a longer limit is a weakness."""


@dataclass(frozen=True, slots=True)
class Artefact(Checked):
    """One kind of material that was erased: how many sealed pieces, how many octets, each `rounded`."""

    name: ArtefactName
    count: Amount
    octets: Amount


@dataclass(frozen=True, slots=True)
class Opened(Checked):
    """A session began. Written, and on the disk, before the first sample is taken."""

    kind: ClassVar[str] = "opened"

    session: Identifier  # random: new_session_id()
    time: Time
    commitment: Hash  # SHA-256 over a domain tag and the 256-bit session key
    informed: Notice  # the notice that the patient was informed by: language and number, "nb-1"
    kiskriv: Release  # the version of kiskriv, "1.2.3"
    model: Hash  # SHA-256 of the speech model's manifest
    drafter: Hash  # SHA-256 of what drafts: rules, or prompt, templates and model
    spool: bool  # whether a sealed copy is kept on the disk, so that another room could go on


@dataclass(frozen=True, slots=True)
class Resumed(Checked):
    """Its room died and the session did not: another room opened its spool. From here on the key is that room's."""

    kind: ClassVar[str] = "resumed"

    session: Identifier
    time: Time
    commitment: Hash  # as in `opened`, to the new key


@dataclass(frozen=True, slots=True)
class Ended(Checked):
    """A session was erased, or should have been: `verified` says whether the search afterwards came out clean.

    Verified: nothing was found, at least one place was looked at, the key was destroyed, and the room was not killed.
    """

    kind: ClassVar[str] = "ended"

    session: Identifier
    time: Time
    commitment: Hash  # the same as in `opened`, or in the last `resumed`
    reason: Reason
    artefacts: tuple[Artefact, ...]  # each name once, in the order of ArtefactName
    methods: tuple[Method, ...]  # each once, in the order of Method
    level: Level
    facts: tuple[Fact, ...]  # each once, in the order of Fact
    looked: tuple[Place, ...]  # each once, in the order of Place
    residue: Count  # how many times session material was found afterwards
    took: Count  # milliseconds from the end that was asked for until this was known
    verified: bool

    def check(self) -> None:
        """Rules between fields."""
        names = [artefact.name for artefact in self.artefacts]
        expect(names == [name for name in ArtefactName if name in names], "artefacts")
        expect(not {Method.ROOM_ENDED, Method.ROOM_KILLED} <= set(self.methods), "methods")
        expect(self.level >= best_level(self.facts), "level")
        expect(not self.verified or self._may_be_verified(), "verified")

    def _may_be_verified(self) -> bool:
        erased = Method.KEY_DESTROYED in self.methods and Method.ROOM_KILLED not in self.methods
        return erased and bool(self.looked) and self.residue == 0


@dataclass(frozen=True, slots=True)
class Swept(Checked):
    """A session that could not end by itself was accounted for: no process is left that could open what it sealed."""

    kind: ClassVar[str] = "swept"

    session: Identifier
    time: Time
    cause: Cause


@dataclass(frozen=True, slots=True)
class Started(Checked):
    """kiskriv runs from here on, and says so at least every `heartbeat` minutes until `stopped`."""

    kind: ClassVar[str] = "started"

    time: Time
    user: Identifier  # random; the clinic keeps the list of who it is
    workstation: Identifier  # random; likewise
    kiskriv: Release
    program: Hash  # SHA-256 of the installed program: `fingerprint` of every file and its digest
    precision: Precision  # of the times from here on
    heartbeat: Minutes


@dataclass(frozen=True, slots=True)
class Configured(Checked):
    """The settings that bear on privacy or on what is heard, wherever they differ from those before (R20)."""

    kind: ClassVar[str] = "configured"

    time: Time
    language: Spoken
    beam_size: Count
    channels: Count
    limit: Count  # minutes until a session is erased, whatever its state
    spool: bool
    delivery: Delivery
    precision: Precision
    witness: bool  # whether another machine is asked to cosign
    weakened: tuple[Weakness, ...]  # which of these are weaker than as shipped, in the order of Weakness

    def check(self) -> None:
        """What is weakened follows from the rest."""
        expect(self.weakened == weakened(self.delivery, self.limit, self.precision, self.spool), "weakened")


@dataclass(frozen=True, slots=True)
class Heartbeat(Checked):
    """kiskriv still runs."""

    kind: ClassVar[str] = "heartbeat"

    time: Time


@dataclass(frozen=True, slots=True)
class Stopped(Checked):
    """kiskriv stopped in good order. A run without it broke off."""

    kind: ClassVar[str] = "stopped"

    time: Time


@dataclass(frozen=True, slots=True)
class Created(Checked):
    """The first entry of every log: its keys."""

    kind: ClassVar[str] = "created"

    time: Time
    log_key: Hash  # the public key that signs every checkpoint
    epoch_key: Hash  # the public key of the first epoch, to which the origin of the log commits


@dataclass(frozen=True, slots=True)
class Rotated(Checked):
    """An epoch ended and another began: three keys sign the tree before this entry and the keys after it."""

    kind: ClassVar[str] = "rotated"

    time: Time
    change: Change
    log_key: Hash  # from here on; another one only where the last was revoked
    epoch_key: Hash  # from here on
    log: Signature  # by the log key before
    old: Signature  # by the epoch key before
    new: Signature  # by this epoch key


@dataclass(frozen=True, slots=True)
class Witnessed(Checked):
    """Another machine saw the log at this size, and signed for it (c2sp.org/tlog-cosignature, type 0x04)."""

    kind: ClassVar[str] = "witnessed"

    time: Time
    witness: Hash  # its public key
    size: Size  # of the tree that it signed for
    seconds: Count  # since 1970, as it signed
    signature: Signature


@dataclass(frozen=True, slots=True)
class Pruned(Checked):
    """From here on the first `size` entries may be kept as hashes only. All of their sessions were accounted for."""

    kind: ClassVar[str] = "pruned"

    time: Time
    size: Size
    opened: Count  # sessions among the first `size` entries
    ended: Count  # of these, closed by a verified `ended`
    swept: Count  # of these, closed by `swept`

    def check(self) -> None:
        """What was opened was closed."""
        expect(self.opened == self.ended + self.swept, "opened")


OfSession: TypeAlias = Opened | Resumed | Ended | Swept
OfRun: TypeAlias = Started | Configured | Heartbeat | Stopped
OfLog: TypeAlias = Created | Rotated | Witnessed | Pruned
Entry: TypeAlias = OfSession | OfRun | OfLog

_KINDS: dict[str, type[Any]] = {
    kind.kind: kind
    for kind in (
        *(Opened, Resumed, Ended, Swept),
        *(Started, Configured, Heartbeat, Stopped),
        *(Created, Rotated, Witnessed, Pruned),
    )
}


def weakened(delivery: Delivery, limit: int, precision: Precision, spool: bool) -> tuple[Weakness, ...]:
    """Which of these settings are weaker than as shipped."""
    weak = {
        Weakness.DELIVERY: delivery is not Delivery.CLIPBOARD,
        Weakness.LIMIT: limit > SAFEST_LIMIT,
        Weakness.PRECISION: precision is not Precision.HOUR,
        Weakness.SPOOL: spool,
    }
    return tuple(weakness for weakness in Weakness if weak[weakness])


def best_level(facts: Iterable[Fact]) -> Level:
    """The best level that these facts allow."""
    missing = set(Fact) - set(facts)
    if not missing:
        return Level.A
    enough = missing <= {Fact.FREED_PAGES_ZEROED, Fact.SECRET_MEMORY, Fact.MEMORY_LOCKED}
    return Level.B if enough and not {Fact.SECRET_MEMORY, Fact.MEMORY_LOCKED} <= missing else Level.C


def new_session_id() -> str:
    """128 random bits as 32 hex digits; never derived from anything."""
    return secrets.token_hex(16)


def timestamp(moment: datetime, precision: Precision = Precision.SECOND) -> str:
    """An aware moment as the log writes it: RFC 3339, UTC, what is finer than `precision` zero.

    ValueError for a naive one, ClockWrong for one before 2000 or after 2099.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    if moment.year // 100 != 20:
        raise ClockWrong(year=moment.year)
    return coarse(moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), precision)


def coarse(time: str, precision: Precision) -> str:
    """A time of the log, rounded down."""
    kept = {Precision.SECOND: 19, Precision.MINUTE: 16, Precision.HOUR: 13}[precision]
    return time[:kept] + "2026-01-01T00:00:00Z"[kept:]


def rounded(amount: int) -> int:
    """The smallest power of two that is not less, and 0 for 0: a size tells how long a conversation was, this hardly does."""
    return 1 << (amount - 1).bit_length() if amount else 0


def encode(entry: Entry) -> bytes:
    """The canonical form: one line without its newline, at most MAX_ENTRY octets; what the Merkle tree hashes."""
    return _write(written(entry) | {"kind": entry.kind, "v": VERSION}).encode("ascii")


def decode(line: bytes) -> Entry:
    """The entry that `encode` wrote as this line; ValueError for anything else, without quoting it."""
    if len(line) > MAX_ENTRY:
        raise ValueError("an entry is too long")
    try:
        fields = json.loads(line)
        canonical = (
            _write(fields).encode("ascii") == line
        )  # what is read below has one form, so this is what `encode` writes
        kind, version = fields.pop("kind"), fields.pop("v")
        entry: Entry = read(_KINDS[kind], fields)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ValueError("not an entry") from None
    if not canonical or type(version) is not int or version != VERSION:
        raise ValueError("not the canonical form of an entry")
    return entry


_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode

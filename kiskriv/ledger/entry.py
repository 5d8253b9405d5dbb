"""What the log may hold: four kinds of entry under a closed schema, as canonical JSON. No I/O.

    opened   a session began: who informed how, which version and model, and a commitment to the session key
    resumed  its room died, and another one opened the sealed copy on the disk and goes on, under a key of its own
    ended    it was erased: why, what, how, on what kind of machine, and what a search afterwards found where
    swept    it could not end by itself, and was accounted for: how that came about

No field takes free text: each is an enum, a bounded integer, a boolean, a UTC time, or hex of a fixed length.
Nothing in an entry is made from what was said: a session id is random, and a commitment is to the random session
key, never a digest of content (a guess would confirm it). docs/deletion-log.md specifies the format.

Canonical form: RFC 8785 (JCS), restricted to what the schema needs: objects whose keys are ASCII (so that sorting
by code point is sorting by UTF-16 unit), arrays, ASCII strings that need no escape, booleans, and integers within
+-(2**53 - 1) (so that no number is ever a float). Under these limits `json` with sorted keys and no white space
writes exactly JCS. Decoding accepts nothing else: what is read must be what would be written, octet for octet.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias

VERSION = 1
"""The version of the schema, in every entry as `v`."""

MAX_ENTRY = 1024
"""Octets in an entry at most."""

MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps whole (RFC 8785, RFC 7493)."""


class Reason(StrEnum):
    """Why a session ended."""

    TRANSFERRED = "transferred"  # the note is in the journal system
    DISCARDED = "discarded"  # the doctor discarded it
    WITHDRAWN = "withdrawn"  # the patient did not want it any more
    EXPIRED = "expired"  # the clinic's time limit
    INTERRUPTED = "interrupted"  # a signal, or a screen that went away
    FAILED = "failed"  # an error inside


class ArtefactName(StrEnum):
    """What a session is made of."""

    AUDIO = "audio"
    TRANSCRIPT = "transcript"
    DRAFT = "draft"
    SPEAKERS = "speakers"


class Method(StrEnum):
    """How it was erased."""

    KEY_DESTROYED = "key-destroyed"  # every copy overwritten: what was sealed is noise (cryptographic erase)
    BUFFERS_OVERWRITTEN = "buffers-overwritten"
    ROOM_ENDED = "room-ended"  # the room's process ended by itself and was seen to be gone
    ROOM_KILLED = "room-killed"  # it had to be killed: nothing is claimed about its memory
    ENGINE_RECYCLED = "engine-recycled"  # the recogniser's process ended too
    ENGINE_OVERWRITTEN = "engine-overwritten"  # its buffers were overwritten, and it lives on for others
    SPOOL_REMOVED = "spool-removed"  # the sealed copy on the disk


class Level(StrEnum):
    """What an erasure on this machine amounts to, as a room measured it; docs/deletion-log.md says what follows."""

    A = "A"  # it holds after a kill, too
    B = "B"  # it holds where the session ended in good order
    C = "C"  # degraded


class Fact(StrEnum):
    """What held for the process that had the material."""

    SECRET_MEMORY = "secret-memory"  # noqa: S105  (no password: the key lay in memfd_secret(2))
    MEMORY_LOCKED = "memory-locked"
    SWAP_SAFE = "swap-safe"  # no swap, or only encrypted
    NO_CORE_FILES = "no-core-files"
    WIPED_ON_FREE = "wiped-on-free"  # by the allocator of the process
    NO_HUGE_PAGES = "no-huge-pages"
    FREED_PAGES_ZEROED = "freed-pages-zeroed"  # by the kernel, init_on_free
    NO_SOCKETS = "no-sockets"
    FILES_WALLED = "files-walled"


class Place(StrEnum):
    """Where material of the session was looked for afterwards."""

    OWN_MEMORY = "own-memory"  # of the process that had it, before it ended
    LIVING_MEMORY = "living-memory"  # of every process of kiskriv that lived on
    RUNTIME_FOLDER = "runtime-folder"
    OPEN_FILES = "open-files"
    SPOOL_FOLDER = "spool-folder"


class Cause(StrEnum):
    """How a session came to be swept."""

    FOUND_AT_START = "found-at-start"  # a crash of all left it open, and the next start found it
    ROOM_DIED = "room-died"  # the host saw the room's process die before it had erased
    RECOVER = "recover"  # a person finished it with `kiskriv recover`


@dataclass(frozen=True, slots=True)
class Artefact:
    """One kind of material that was erased: how many sealed pieces, how many octets in all."""

    name: ArtefactName
    count: int
    octets: int

    def __post_init__(self) -> None:
        _expect(type(self.name) is ArtefactName, "name")
        _expect_count(self.count, "count")
        _expect_count(self.octets, "octets")


@dataclass(frozen=True, slots=True)
class Opened:
    """A session began. Written, and on the disk, before the first sample is taken."""

    kind: ClassVar[str] = "opened"

    session: str  # 32 hex digits, random: new_session_id()
    time: str  # RFC 3339, UTC, whole seconds: timestamp()
    commitment: str  # 64 hex digits: SHA-256 over a domain tag and the 256-bit session key
    informed: str  # the notice that the patient was informed by: language and number, "nb-1"
    kiskriv: str  # the version of kiskriv, "1.2.3"
    model: str  # 64 hex digits: SHA-256 of the speech model's manifest
    spool: bool  # whether a sealed copy is kept on the disk, so that another room could go on

    def __post_init__(self) -> None:
        _expect_session(self.session, self.time)
        _expect_match(_HASH, self.commitment, "commitment")
        _expect_match(_NOTICE, self.informed, "informed")
        _expect_match(_RELEASE, self.kiskriv, "kiskriv")
        _expect_match(_HASH, self.model, "model")
        _expect(type(self.spool) is bool, "spool")


@dataclass(frozen=True, slots=True)
class Resumed:
    """Its room died and the session did not: another room opened its spool. From here on the key is that room's."""

    kind: ClassVar[str] = "resumed"

    session: str
    time: str
    commitment: str  # as in `opened`, to the new key

    def __post_init__(self) -> None:
        _expect_session(self.session, self.time)
        _expect_match(_HASH, self.commitment, "commitment")


@dataclass(frozen=True, slots=True)
class Ended:
    """A session was erased, or should have been: `verified` says whether the search afterwards came out clean.

    Verified: nothing was found, at least one place was looked at, the key was destroyed, and the room was not killed.
    """

    kind: ClassVar[str] = "ended"

    session: str
    time: str
    commitment: str  # the same as in `opened`, or in the last `resumed`
    reason: Reason
    artefacts: tuple[Artefact, ...]  # each name once, in the order of ArtefactName
    methods: tuple[Method, ...]  # each once, in the order of Method
    level: Level
    facts: tuple[Fact, ...]  # each once, in the order of Fact
    looked: tuple[Place, ...]  # each once, in the order of Place
    residue: int  # how many times session material was found afterwards
    verified: bool

    def __post_init__(self) -> None:
        _expect_session(self.session, self.time)
        _expect_match(_HASH, self.commitment, "commitment")
        _expect(type(self.reason) is Reason, "reason")
        _expect_all(self.artefacts, Artefact, "artefacts")
        _expect_order([a.name for a in self.artefacts], list(ArtefactName), "artefacts")
        _expect_all(self.methods, Method, "methods")
        _expect_order(self.methods, list(Method), "methods")
        _expect(not {Method.ROOM_ENDED, Method.ROOM_KILLED} <= set(self.methods), "methods")
        _expect(type(self.level) is Level, "level")
        _expect_all(self.facts, Fact, "facts")
        _expect_order(self.facts, list(Fact), "facts")
        _expect(self.level is not Level.A or len(self.facts) == len(Fact), "level")
        _expect_all(self.looked, Place, "looked")
        _expect_order(self.looked, list(Place), "looked")
        _expect_count(self.residue, "residue")
        _expect(type(self.verified) is bool, "verified")
        _expect(not self.verified or self._may_be_verified(), "verified")

    def _may_be_verified(self) -> bool:
        erased = Method.KEY_DESTROYED in self.methods and Method.ROOM_KILLED not in self.methods
        return erased and bool(self.looked) and self.residue == 0


@dataclass(frozen=True, slots=True)
class Swept:
    """A session that could not end by itself was accounted for: no process is left that could open what it sealed."""

    kind: ClassVar[str] = "swept"

    session: str
    time: str
    cause: Cause

    def __post_init__(self) -> None:
        _expect_session(self.session, self.time)
        _expect(type(self.cause) is Cause, "cause")


Entry: TypeAlias = Opened | Resumed | Ended | Swept


def new_session_id() -> str:
    """128 random bits as 32 hex digits; never derived from anything."""
    return secrets.token_hex(16)


def timestamp(moment: datetime) -> str:
    """An aware moment as the log writes it: RFC 3339, UTC, whole seconds. ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def encode(entry: Entry) -> bytes:
    """The canonical form: one line without its newline, at most MAX_ENTRY octets; what the Merkle tree hashes."""
    fields: dict[str, Any] = {"kind": entry.kind, "v": VERSION}
    for name in _FIELDS[entry.kind]:
        fields[name] = getattr(entry, name)
    if isinstance(entry, Ended):
        fields["artefacts"] = [{"count": a.count, "name": a.name, "octets": a.octets} for a in entry.artefacts]
    return _write(fields).encode("ascii")


def decode(line: bytes) -> Entry:
    """The entry that `encode` wrote as this line; ValueError for anything else, without quoting it."""
    if len(line) > MAX_ENTRY:
        raise ValueError("an entry is too long")
    try:
        fields = json.loads(line)
        kind, _ = fields.pop("kind"), fields.pop("v")  # that v is VERSION, the comparison below says
        entry: Entry = _KINDS[kind](**fields)  # TypeError for a key too many or too few
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ValueError("not an entry") from None
    if encode(entry) != line:
        raise ValueError("not the canonical form of an entry")
    return entry


def _ended(**fields: Any) -> Ended:
    read = {
        "reason": Reason(fields["reason"]),
        "artefacts": tuple(_artefact(**artefact) for artefact in fields["artefacts"]),
        "methods": tuple(map(Method, fields["methods"])),
        "level": Level(fields["level"]),
        "facts": tuple(map(Fact, fields["facts"])),
        "looked": tuple(map(Place, fields["looked"])),
    }
    return Ended(**fields | read)


def _swept(*, cause: str, **others: Any) -> Swept:
    return Swept(cause=Cause(cause), **others)


def _artefact(*, name: str, count: int, octets: int) -> Artefact:
    return Artefact(ArtefactName(name), count, octets)


_KINDS: dict[str, Callable[..., Entry]] = {"opened": Opened, "resumed": Resumed, "ended": _ended, "swept": _swept}
_FIELDS = {kind.kind: kind.__match_args__ for kind in (Opened, Resumed, Ended, Swept)}
_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode

_SESSION = re.compile(r"[0-9a-f]{32}")
_HASH = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
_NOTICE = re.compile(r"(nb|nn|en)-[1-9][0-9]{0,3}")
_RELEASE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){2}((a|b|rc)[0-9]{1,2})?(\.dev[0-9]{1,2})?")


def _expect(holds: bool, name: str) -> None:
    if not holds:
        raise ValueError(f"the field {name} does not keep to the schema")


def _expect_match(pattern: re.Pattern[str], value: object, name: str) -> None:
    _expect(type(value) is str and pattern.fullmatch(value) is not None, name)


def _expect_session(session: str, time: str) -> None:
    _expect_match(_SESSION, session, "session")
    _expect_match(_TIME, time, "time")
    datetime.fromisoformat(time[:-1])  # ValueError for the 30th of February


def _expect_count(value: object, name: str) -> None:
    _expect(type(value) is int and 0 <= value <= MAX_INTEGER, name)


def _expect_all(values: object, kind: type, name: str) -> None:
    _expect(type(values) is tuple and all(type(v) is kind for v in values), name)


def _expect_order(values: Sequence[StrEnum], order: Sequence[StrEnum], name: str) -> None:
    _expect(list(values) == [v for v in order if v in values], name)

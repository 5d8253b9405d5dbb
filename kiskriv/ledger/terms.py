"""The words that an entry may use: closed lists, each specified in docs/deletion-log.md. Values only.

What is not listed cannot be written, and is refused where it is read. The order in a list is the order in an entry.
"""

from __future__ import annotations

from enum import StrEnum


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


class Delivery(StrEnum):
    """Where an approved note goes."""

    CLIPBOARD = "clipboard"
    FOLDER = "folder"  # a file, which kiskriv does not erase


class Spoken(StrEnum):
    """What language the recogniser is told to expect."""

    BOKMAAL = "nb"
    NYNORSK = "nn"


class Precision(StrEnum):
    """How exact the times of a log are; what is finer is written as zeros."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"


class Weakness(StrEnum):
    """A setting that is weaker than the one that ships (R20)."""

    DELIVERY = "delivery"  # to a folder
    LIMIT = "limit"  # longer than 180 minutes
    PRECISION = "precision"  # finer than the hour: with an appointment book, times tell who it was
    SPOOL = "spool"  # a sealed copy on the disk


class Change(StrEnum):
    """Why the keys of a log were changed."""

    DAILY = "daily"  # a new day: whoever steals the new key cannot touch the days before
    REVOKED = "revoked"  # a person took the old ones back

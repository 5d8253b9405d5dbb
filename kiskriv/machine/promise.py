"""What a machine and a process can promise, as values, and the level that they add up to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Promise:
    """`name` is a code; `kept` is None when it cannot be known from here; `detail` is what was read, in English."""

    name: str
    kept: bool | None
    detail: str


class PageKind(StrEnum):
    """What the page of a key is made of, best first."""

    MEMFD_SECRET = "memfd-secret"  # noqa: S105
    LOCKED = "locked"
    PLAIN = "plain"


class Fact(StrEnum):
    """What can hold of a process that sees a consultation."""

    SECRET_MEMORY = "secret-memory"  # noqa: S105
    MEMORY_LOCKED = "memory-locked"
    SWAP_SAFE = "swap-safe"
    NO_CORE_FILES = "no-core-files"
    WIPED_ON_FREE = "wiped-on-free"
    NO_HUGE_PAGES = "no-huge-pages"
    FREED_PAGES_ZEROED = "freed-pages-zeroed"
    NO_SOCKETS = "no-sockets"
    FILES_WALLED = "files-walled"


class Level(StrEnum):
    """A: nothing is left, however it ends. B: nothing that can be read without the machine's memory itself. C: less than that.

    B, measured: disks, swap, core files and living processes hold nothing. Memory that was freed does, for as long as nobody uses it again:
    what the kernel copied between two processes, and text that Python still held when its process ended. Only the kernel can zero that.
    """

    A = "A"
    B = "B"
    C = "C"


_FOR_EVERY_B = frozenset(Fact) - {Fact.SECRET_MEMORY, Fact.MEMORY_LOCKED, Fact.FREED_PAGES_ZEROED}


def level(facts: Collection[str]) -> Level:
    """A is every fact. B may lack freed-pages-zeroed, and one of two ways to keep the key out of swap:

    secret-memory where memory-locked holds, or memory-locked where secret-memory does (swap-safe is asked for anyway).
    """
    if not missing(facts):
        return Level.A
    key_kept = Fact.SECRET_MEMORY in facts or Fact.MEMORY_LOCKED in facts
    return Level.B if key_kept and all(fact in facts for fact in _FOR_EVERY_B) else Level.C


def missing(facts: Collection[str]) -> tuple[Fact, ...]:
    """What keeps these facts from level A."""
    return tuple(fact for fact in Fact if fact not in facts)


def kept(promises: Collection[Promise]) -> frozenset[Fact]:
    """The facts that hold."""
    return frozenset(Fact(promise.name) for promise in promises if promise.kept and promise.name in tuple(Fact))

"""A system whose promises kiskriv cannot make yet (macOS, Windows): it says so instead of guessing."""

from __future__ import annotations

import mmap

from kiskriv.machine.promise import Promise


def harden() -> None:
    """Nothing that is known to hold here."""


def keep_out_of_swap(page: mmap.mmap) -> bool:
    """Not built for this system."""
    return False


def search_memory(mask: bytes, masked: bytes) -> int | None:
    """Not built for this system: the erasure stays unsearched, and says so."""
    return None


def promises() -> list[Promise]:
    """One line: unknown."""
    return [Promise("system", None, "kiskriv is built and measured on Linux; nothing is promised about memory here")]

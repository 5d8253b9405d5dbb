"""A room with nothing in it, which says what it holds: `python -m kiskriv.machine`, JSON on standard output."""

from __future__ import annotations

import dataclasses
import json
import sys

from kiskriv.machine import Walls, confine, harden, lock_memory, promises


def main() -> None:
    """Does what a room does first, then answers."""
    harden()
    lock_memory()
    confine(Walls(listens=True))
    json.dump([dataclasses.asdict(promise) for promise in promises()], sys.stdout)


main()

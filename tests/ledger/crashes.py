"""What the folder of a log can look like when the machine stops in the middle of something."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

from kiskriv.ledger import files, key, log

from .material import contents

Files = dict[str, bytes]

TOUCHING = {module.__file__ for module in (files, key, log)}
"""Where the disk is touched: to stop in the middle of a computation is to stop at the line that asked for it."""


def states(folder: Path, action: Callable[[], object]) -> list[Files]:
    """What lay in the folder before, between and after the lines of the ledger's code that ran: what kill -9 can leave."""
    seen = [contents(folder)]

    def look() -> None:
        if (now := contents(folder)) != seen[-1]:
            seen.append(now)

    with at_every_line(look):
        action()
    look()
    return seen


def torn(seen: Sequence[Files]) -> Iterator[Files]:
    """The same, and between each two of them the states in which only a part of what was written reached the disk.

    At every octet of the entries; at every seventh of the small files, which are read as a whole or not at all.
    """
    for before, after in pairwise(seen):
        yield before
        for name, octets in after.items():
            old = before.get(name, b"")
            if octets.startswith(old) and octets not in before.values():  # else renamed: whole, or not at all
                step = 1 if name == files.ENTRIES else 7
                yield from (before | {name: octets[:end]} for end in range(len(old), len(octets), step))
    yield seen[-1]


@contextmanager
def interruption(line: int) -> Iterator[None]:
    """Raise KeyboardInterrupt where the nth line of the ledger's code would run."""
    left = line

    def count() -> None:
        nonlocal left
        if left == 0:
            sys.settrace(None)
            raise KeyboardInterrupt
        left -= 1

    with at_every_line(count):
        yield


@contextmanager
def at_every_line(call: Callable[[], None]) -> Iterator[None]:
    """Call before each line of the ledger's code that touches the disk."""

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename not in TOUCHING:
            return None
        if event == "line":
            call()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)

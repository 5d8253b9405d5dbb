"""The ways in which a screen is taken away: signals, a terminal that is gone, a thread of the terminal's that died."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

CRASHED: Final = 70
"""Exit status of a fault of our own (EX_SOFTWARE, sysexits.h)."""

LAST_MOMENT: Final = 2.0
"""Seconds that the screen gets to put the terminal in order once everything is erased."""


@contextmanager
def guarded(leave: Callable[[int], None]) -> Iterator[None]:
    """Within the block, SIGTERM, SIGHUP and SIGINT call `leave` with an exit status, and so does the death of any thread.

    Plain signal handlers, not the event loop's: with a terminal that is gone the loop may wait for ever to write, and an
    erasure may not wait for it. For the main thread only.
    """
    names = ("SIGTERM", "SIGHUP", "SIGINT")
    wanted = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, lambda n, _: leave(128 + n)) for number in wanted}
    hook = threading.excepthook
    threading.excepthook = lambda _: leave(CRASHED)  # and prints nothing: the default prints what the exception says
    try:
        yield
    finally:
        threading.excepthook = hook
        for number, handler in before.items():
            signal.signal(number, handler)


def end_soon(status: int) -> None:
    """Ends the process in a moment, if it has not ended by itself: only to be called when nothing is left to erase."""
    last = threading.Timer(LAST_MOMENT, os._exit, (status,))
    last.daemon = True
    last.start()

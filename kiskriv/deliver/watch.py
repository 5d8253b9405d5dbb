"""A process of its own that takes back what was lent to the clipboard when its time is over, whatever became of the screen by then.

screen ──a loan a line──> kiskriv.assembly.clipboard ──after `seconds`──> asks the clipboard, clears it if it holds that text, ends
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from enum import Enum, auto
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Final

from kiskriv.deliver.boards import LEADING
from kiskriv.deliver.loan import Loan, take_back
from kiskriv.deliver.outlet import Recalled
from kiskriv.errors import DeliveryError
from kiskriv.machine import launch_command, launch_environment

READY: Final = b"watching"
_AGAIN: Final = 10.0
"""Seconds to the next try where the clipboard cannot be asked, as on a desktop that is locked."""
_LONGEST: Final = 3600.0
"""Seconds after which nothing is tried any more."""


class Watcher:
    """The screen's end of the line to that process: one for all that is delivered in a consultation."""

    def __init__(self) -> None:
        self._line: IO[bytes] | None = None

    def expect(self, loan: Loan) -> None:
        """This text is about to be put on the clipboard: its time begins, and that of what was put there before begins anew.

        Raises DeliveryError where nobody can be found to watch it.
        """
        if self._told(loan):
            return
        self.hang_up()
        self._line = _started()
        if not self._told(loan):
            raise DeliveryError(problem="nothing could be started that clears the clipboard again")

    def relieve(self) -> None:
        """What was delivered has been taken back: there is nothing to watch any more."""
        if self._line is not None:
            with suppress(OSError):
                self._line.write(b"\n")
        self.hang_up()

    def hang_up(self) -> None:
        """What is watched goes on being watched."""
        if self._line is not None:
            self._line.close()
        self._line = None

    def __del__(self) -> None:
        self.hang_up()

    def _told(self, loan: Loan) -> bool:
        if self._line is None:
            return False
        try:
            self._line.write(f"{loan}\n".encode())
        except OSError:  # somebody has ended it
            return False
        return True


def _started() -> IO[bytes] | None:
    """The line to a new one, which has said that it watches; None where it did not."""
    kept = {name: value for name, value in os.environ.items() if name in LEADING}
    try:
        started = subprocess.Popen(
            launch_command("kiskriv.assembly.clipboard"),
            env=launch_environment() | kept,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
            creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),
        )
    except OSError:
        return None
    assert started.stdin is not None
    assert started.stdout is not None
    with started.stdout as answer:
        ready = answer.read(len(READY)) == READY
    if hasattr(os, "fork"):  # what was started has forked, and ended
        started.wait()
    if ready:
        return started.stdin
    started.stdin.close()
    return None


class _Word(Enum):
    RELIEVED = auto()
    HUNG_UP = auto()


def watch(lines: Iterable[str]) -> None:
    """What that process does: a loan a line, until their time is over and there are no more lines, or there is an empty one."""
    orders: SimpleQueue[Loan | _Word] = SimpleQueue()
    Thread(target=_listen, args=(lines, orders), daemon=True).start()
    loans: list[Loan] = []
    look = give_up = 0.0
    hung_up = False
    while loans or not hung_up:
        try:
            order = orders.get(timeout=max(0.0, look - time.monotonic()) if loans else None)
        except Empty:
            look = time.monotonic() + min(_AGAIN, loans[-1].seconds)
            if take_back(loans) is not Recalled.UNKNOWN or look > give_up:
                loans.clear()
        else:
            if order is _Word.RELIEVED:
                return
            if order is _Word.HUNG_UP:
                hung_up = True
            elif isinstance(order, Loan):
                loans.append(order)
                look = time.monotonic() + order.seconds
                give_up = look + _LONGEST


def _listen(lines: Iterable[str], orders: SimpleQueue[Loan | _Word]) -> None:
    for line in lines:
        orders.put(Loan.parsed(line) if line.strip() else _Word.RELIEVED)
    orders.put(_Word.HUNG_UP)

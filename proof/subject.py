"""A process that leaves a canary behind on purpose: what the controls look at.

`python -m proof.subject hold SEED CELLS [FILE]` says HERE and waits for a line before it makes anything, says READY when it holds numbered
cells in ordinary memory or in a file, and dies as the next line says. `python -m proof.subject show SEED WORDS` prints words on its
terminal.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self


class Holder:
    """The holding process seen from outside; killed at the end of the block if it still lives."""

    def __init__(self, seed: str, cells: int, file: Path | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "proof.subject", "hold", seed, str(cells), *([str(file)] if file else [])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
            cwd=Path(__file__).parents[1],
        )  # fmt: skip
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        self._hear("HERE")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def hold(self) -> None:
        """Has it make its cells; returns when it holds them."""
        self._say("hold")
        self._hear("READY")

    def end(self, way: str) -> None:
        """`exit`, or the name of a signal such as `SIGSEGV`; returns when it is gone."""
        self._say(way)
        self._process.wait()

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _hear(self, line: str) -> None:
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != line:
            raise RuntimeError("the process that should hold a canary has died")


@contextmanager
def holding(seed: str, cells: int) -> Iterator[Holder]:
    """A process that holds cells already."""
    with Holder(seed, cells) as holder:
        holder.hold()
        yield holder


def _hold(seed: str, cells: str, *file: str) -> None:
    from proof.canary import Cells

    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    sys.stdout.write("HERE\n")
    sys.stdout.flush()
    sys.stdin.readline()
    held = Cells(seed, int(cells)).octets
    for name in file:
        Path(name).write_bytes(held)
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    way = sys.stdin.readline().strip()
    if way.startswith("SIG"):
        os.kill(os.getpid(), signal.Signals[way])
    del held  # until here


def _show(seed: str, words: str) -> None:
    from proof.canary import Words

    sys.stdout.write("\n".join(Words(seed, int(words)).words) + "\n")


if __name__ == "__main__":
    if sys.argv[1] == "hold":
        _hold(*sys.argv[2:])
    else:
        _show(*sys.argv[2:])

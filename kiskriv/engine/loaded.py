"""The weights on one device: loaded once, and in a smaller form where they do not fit beside the windows at work."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from kiskriv.engine.scheduler import Task
from kiskriv.errors import KiskrivError, OutOfMemory
from kiskriv.speech.backend import Backend
from kiskriv.speech.recognition import recognise
from kiskriv.speech.windows import Clip
from kiskriv.transcript import Findings, Recognition

SMALLER: Final[Mapping[str, str]] = {
    "float32": "int8_float32",
    "float16": "int8_float16",
    "bfloat16": "int8_bfloat16",
    "int16": "int8",
}
"""The compute type that takes less memory; the rest are as small as there are."""


class Loaded:
    """A `Model`. `load` makes the backend of a compute type; raises what that raises. `batch`: windows decoded together at most."""

    def __init__(self, load: Callable[[str], Backend], compute_type: str, batch: int) -> None:
        self._load = load
        self._compute_type = compute_type
        self._backend: Backend | None = load(compute_type)
        self.batch = batch
        self.reduced = False
        """It computes less exactly than the settings say, since that did not fit into memory."""

    def __repr__(self) -> str:
        return f"<Loaded {self._compute_type}, batch {self.batch}>"

    def work(self, tasks: Sequence[Task]) -> Generator[None, None, list[Recognition]]:
        """See `Model`."""
        if self._backend is None:
            raise OutOfMemory
        recognitions = yield from recognise(self._backend, [task for task in tasks if isinstance(task, Clip)])
        less = Findings(reduced=int(self.reduced))
        return [replace(heard, findings=heard.findings + less) for heard in recognitions]

    def reduce(self) -> bool:
        """See `Model`. The old form is let go of before the new one is loaded."""
        smaller = SMALLER.get(self._compute_type)
        if smaller is None:
            return False
        self._backend = None
        gc.collect()
        with suppress(KiskrivError):
            self._backend, self._compute_type, self.reduced = self._load(smaller), smaller, True
        return self._backend is not None

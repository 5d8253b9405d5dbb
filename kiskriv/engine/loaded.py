"""The weights on one device: loaded once, and in a smaller form where they do not fit beside the windows at work."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Final

from kiskriv.errors import OutOfMemory
from kiskriv.speech.backend import Backend
from kiskriv.speech.recognition import recognise
from kiskriv.speech.windows import Clip
from kiskriv.transcript import Recognition

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

    def __repr__(self) -> str:
        return f"<Loaded {self._compute_type}, batch {self.batch}>"

    def recognise(self, clips: Sequence[Clip]) -> Generator[None, None, list[Recognition]]:
        """See `Model`."""
        if self._backend is None:
            raise OutOfMemory
        return recognise(self._backend, clips)

    def reduce(self) -> bool:
        """See `Model`. The old form is let go of before the new one is loaded."""
        smaller = SMALLER.get(self._compute_type)
        if smaller is None:
            return False
        self._backend = None
        gc.collect()
        self._backend, self._compute_type, self.reduced = self._load(smaller), smaller, True
        return True

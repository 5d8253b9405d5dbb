"""Memory that runs out under torch, as an error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kiskriv.errors import OutOfMemory


@contextmanager
def within_memory() -> Iterator[None]:
    """Torch's ways to say that there is no room, on a processor and on a GPU, and numpy's. Raises OutOfMemory."""
    try:
        yield
    except MemoryError:
        pass
    except RuntimeError as error:
        if not any(words in str(error) for words in ("allocate memory", "out of memory")):
            raise
    else:
        return
    raise OutOfMemory

"""What Textual and Rich keep of what they have painted: dropped when a session ends, so that nothing living refers to it."""

from __future__ import annotations

import functools
import gc

from textual.cache import FIFOCache, LRUCache

_MEMOISED = type(functools.lru_cache(lambda: None))


def drop() -> None:
    """Empties every cache of widths, wrapped lines and painted strips in this process; they fill again as they are needed."""
    gc.collect()
    for kept in gc.get_objects():
        if isinstance(kept, _MEMOISED) and kept.__module__.startswith(("textual", "rich")):
            kept.cache_clear()
        elif isinstance(kept, FIFOCache | LRUCache):
            kept.clear()

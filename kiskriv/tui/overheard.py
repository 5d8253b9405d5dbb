"""A source that tells when sound begins to be taken in and when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kiskriv.transcript import Chunk
from kiskriv.tui.happenings import Happening, SoundOff, SoundOn

if TYPE_CHECKING:
    from kiskriv.session import Source


class Overheard:
    """The same sound, in the same pieces."""

    def __init__(self, source: Source, tell: Callable[[Happening], object]) -> None:
        self._source = source
        self._tell = tell

    @property
    def channels(self) -> int:
        """1 or 2."""
        return self._source.channels

    def chunks(self) -> Iterator[Chunk]:
        """As the source gives them."""
        self._tell(SoundOn())
        try:
            yield from self._source.chunks()
        finally:
            self._source.stop()
            self._tell(SoundOff())

    def stop(self) -> None:
        """From any thread."""
        self._source.stop()

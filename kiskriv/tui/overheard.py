"""A source that tells when sound begins to be taken in and when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from kiskriv.session.events import Continued, Interrupted
from kiskriv.transcript import Chunk
from kiskriv.tui.happenings import Happening, Heard, SoundOff, SoundOn

if TYPE_CHECKING:
    from kiskriv.session import Source


@runtime_checkable
class Telling(Protocol):
    """A source that goes on by itself after a loss, and says so."""

    def tell(self, *, lost: Callable[[float], object], back: Callable[[str], object]) -> None:
        """From here on these are told: after how many seconds it was lost, and what it goes on with."""


class Overheard:
    """The same sound, in the same pieces."""

    def __init__(self, source: Source, tell: Callable[[Happening], object]) -> None:
        self._source = source
        self._tell = tell
        if isinstance(source, Telling):
            source.tell(lost=lambda at: tell(Heard(Interrupted(at))), back=lambda name: tell(Heard(Continued(name))))

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

"""Server-sent events, strictly: octets in, the `data` of each event out (WHATWG HTML, 9.2.6). No I/O.

What is neither data nor a remark is passed over, as the standard wants it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kiskriv.errors import WriterUnfit

LONGEST_LINE: Final = 64 * 1024


class EventStream:
    """Takes octets as they come, cut anywhere; keeps no more than the line and the event that are not complete."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._returned = False
        """The last octet was a carriage return: a line feed after it ends nothing more."""
        self._data: list[str] = []
        self._size = 0
        self._begun = False

    def __repr__(self) -> str:
        return f"<EventStream, {len(self._line)} octets of a line>"

    def take(self, octets: bytes) -> Iterator[str]:
        """The data of the events that these octets complete. Raises WriterUnfit for a line without end, or what is no UTF-8."""
        if self._returned and octets:
            octets = octets[octets[:1] == b"\n" :]
            self._returned = False
        self._returned = octets.endswith(b"\r")
        *ended, rest = octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for line in ended:
            self._grow(line)
            yield from self._ended()
        self._grow(rest)

    def wipe(self) -> None:
        """Overwrites what is left of a line."""
        self._line[:] = bytes(len(self._line))

    def _grow(self, octets: bytes) -> None:
        self._line += octets
        if len(self._line) + self._size > LONGEST_LINE:
            raise WriterUnfit(problem="it is no stream of events")

    def _ended(self) -> Iterator[str]:
        try:
            line = self._line.decode()
        except UnicodeDecodeError:
            raise WriterUnfit(problem="it is no stream of events") from None
        finally:
            self.wipe()
            self._line.clear()
        if not self._begun:
            self._begun, line = True, line.removeprefix("\N{BYTE ORDER MARK}")
        if line:
            name, _, value = line.partition(":")
            if name == "data":
                self._data.append(value.removeprefix(" "))
                self._size += len(value)
        elif self._data:
            yield "\n".join(self._data)
            self._data.clear()
            self._size = 0

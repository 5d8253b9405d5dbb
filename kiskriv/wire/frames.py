"""Messages on a stream: a header of fixed size, the message, and the sound that goes with some. No I/O: `Reader` says where octets go.

    "kw"  version  text length  octets length  trace     text     octets
    2     1        4            4              16        UTF-8    float32

Everything is bounded before room is made for it, read into buffers of exactly its size, and wiped when it has been understood; for octets
there is room when the text has said why so many follow. The trace is a random mark of the session: where a message was left lying in some
process's memory, a search for it finds the place.
"""

from __future__ import annotations

import struct

from kiskriv.errors import Malformed
from kiskriv.wire.messages import MAX_OCTETS, MAX_TEXT, VERSION, Message, decode, encode, octets_of

TRACE = 16
"""Octets of a trace."""

NO_TRACE = bytes(TRACE)

_HEADER = struct.Struct(f">2sBII{TRACE}s")
_MAGIC = b"kw"

Buffer = bytes | bytearray | memoryview


def frame(message: Message, octets: Buffer = b"", trace: bytes = NO_TRACE) -> bytearray:
    """A message and its sound as they go over a stream; who sends it wipes it. Raises ValueError for what no `Reader` would take."""
    text = encode(message)
    if len(text) > MAX_TEXT or len(octets) != octets_of(message):
        raise ValueError("more than a message, or other sound than its own")
    framed = bytearray(_HEADER.size + len(text) + len(octets))
    _HEADER.pack_into(framed, 0, _MAGIC, VERSION, len(text), len(octets), trace)
    framed[_HEADER.size : _HEADER.size + len(text)] = text
    framed[_HEADER.size + len(text) :] = octets
    return framed


class Reader:
    """Takes in what a stream gives, piece by piece: fill some of `wanted`, say so, and a message may be there.

    `most`: octets that may follow a message.
    """

    def __init__(self, most: int = MAX_OCTETS) -> None:
        self._most = most
        self._header = bytearray(_HEADER.size)
        self._have = 0
        self._begin()

    def _begin(self) -> None:
        self._header[:] = bytes(len(self._header))  # the trace of who spoke last is in it
        self._filling = self._header
        self._size = 0
        self._message: Message | None = None

    @property
    def wanted(self) -> memoryview:
        """Where the next octets of the stream belong; never empty."""
        return memoryview(self._filling)[self._have :]

    def filled(self, count: int) -> tuple[Message, bytearray] | None:
        """`count` octets are there. The message that they complete, with its sound (the receiver wipes it). Raises Malformed."""
        self._have += count
        if self._have < len(self._filling):
            return None
        self._have = 0
        if self._message is None:
            if not self._goes_on():
                self.wipe()
                raise Malformed
            if self._filling:
                return None
        message, octets = self._message, self._filling
        assert message is not None
        self._begin()
        return message, octets

    def wipe(self) -> None:
        """Overwrites what has come in of a message that will not be completed."""
        self._filling[:] = bytes(len(self._filling))
        self._have = 0
        self._begin()

    def _goes_on(self) -> bool:
        """Makes room, perhaps none, for what follows a header or a text. False where it is none of ours."""
        try:
            if self._filling is self._header:
                self._filling = bytearray(self._announced())
            else:
                message = self._understood(self._filling)
                self._filling = bytearray(self._size)
                self._message = message
        except (ValueError, MemoryError):  # the second ends this line alone
            return False
        return True

    def _announced(self) -> int:
        """How long the text is."""
        magic, version, text, size, _ = _HEADER.unpack(self._header)
        if magic != _MAGIC or version != VERSION or not 2 <= text <= MAX_TEXT or size > self._most:
            raise ValueError("no header of ours")
        self._size = size
        return int(text)

    def _understood(self, text: bytearray) -> Message:
        try:
            message = decode(text)
        finally:
            text[:] = bytes(len(text))
        if octets_of(message) != self._size:
            raise ValueError("other octets than it speaks of")
        return message

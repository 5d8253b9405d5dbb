"""Messages on a stream: a header of fixed size, the message, and the sound that goes with some. No I/O: `Reader` says where octets go.

    "kw"  version  text length  octets length  trace     text     octets
    2     1        4            4              16        UTF-8    float32

Everything is bounded before room is made for it, read into buffers of exactly its size, and wiped when it has been understood. The trace
is a random mark of the session: where a message was left lying in some process's memory, a search for it finds the place.
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
    """A message and its sound as they go over a stream; who sends it wipes it."""
    text = encode(message)
    assert len(octets) == octets_of(message) and len(text) <= MAX_TEXT
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
        self._text: bytearray | None = None
        self._octets = bytearray()
        self._filling = self._header

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
        if self._text is None:
            self._size()
            return None
        if self._filling is self._text and self._octets:
            self._filling = self._octets
            return None
        return self._understood(self._text, self._octets)

    def wipe(self) -> None:
        """Overwrites what has come in of a message that will not be completed."""
        for part in (self._text, self._octets):
            if part:
                part[:] = bytes(len(part))
        self._have = 0
        self._begin()

    def _size(self) -> None:
        magic, version, text, octets, _ = _HEADER.unpack(self._header)
        if magic != _MAGIC or version != VERSION or not 2 <= text <= MAX_TEXT or octets > self._most:
            raise Malformed
        self._text, self._octets = bytearray(text), bytearray(octets)
        self._filling = self._text

    def _understood(self, text: bytearray, octets: bytearray) -> tuple[Message, bytearray]:
        try:
            message = decode(text)
            whole = octets_of(message) == len(octets)
        except ValueError:
            whole = False
        text[:] = bytes(len(text))
        if not whole:
            self.wipe()
            raise Malformed
        self._begin()
        return message, octets

"""A language model in the engine's process: what a writer asks of it, each answer on a line of its own."""

from __future__ import annotations

from collections.abc import Generator
from threading import Event
from time import monotonic
from typing import Final

from kiskriv.draft.prompt import Request
from kiskriv.errors import Malformed, PeerGone, WriterError, WriterSlow, WriterUnreachable
from kiskriv.room.server_line import ServerLine
from kiskriv.wire import messages as say
from kiskriv.wire.answers import raised
from kiskriv.wire.channel import Channel

TOKENS_PER_CHARACTER: Final = 0.4
"""Of Norwegian, at the most: the tokenizer is in the engine, which refuses what it cannot read."""

LATE: Final = 5.0
"""Seconds that the engine may take to notice that its time is up."""


class EngineWriter:
    """A `draft.writer.Model`. `digest` and `context` are those of the model in the engine; `trace` marks what is said to it."""

    def __init__(self, lines: ServerLine, digest: str, context: int, trace: bytes) -> None:
        self.digest = digest
        self.context = context
        self._lines = lines
        self._trace = trace
        self._line: Channel | None = None
        self._unwanted = Event()

    def __repr__(self) -> str:
        return f"<EngineWriter {self.digest[:12]}>"

    def tokens(self, text: str) -> int:
        """See `Model`: no fewer."""
        return int(len(text) * TOKENS_PER_CHARACTER) + 1

    def write(self, request: Request) -> Generator[str]:
        """See `Model`."""
        self._unwanted = Event()
        return self._written(request, self._unwanted)

    def cease(self) -> None:
        """See `Model`."""
        self._unwanted.set()
        self._lines.cease()
        if (line := self._line) is not None:
            line.close()

    def _written(self, request: Request, unwanted: Event) -> Generator[str]:
        until = monotonic() + request.seconds + LATE
        with Channel(self._lines.connect()) as line:
            self._line = line
            line.trace = self._trace
            if unwanted.is_set():  # it was said before there was a line to hang up
                raise WriterUnreachable
            try:
                line.send(say.Write(request.messages, request.opening, request.tokens, request.seconds))
                while True:
                    if not line.waiting(max(0.0, until - monotonic())):
                        raise WriterSlow(seconds=round(request.seconds))
                    piece, last = _read(line.receive()[0])
                    if piece:
                        yield piece
                    if last:
                        return
            except (PeerGone, Malformed):
                raise WriterUnreachable from None


def _read(answer: say.Message) -> tuple[str, bool]:
    """The next piece, and whether it is the last. Raises WriterError."""
    match answer:
        case say.Begun():
            return "", False
        case say.Written(text, last):
            return text, last
        case say.Failed() as failure if isinstance(error := raised(failure), WriterError):
            raise error
        case _:
            raise WriterUnreachable

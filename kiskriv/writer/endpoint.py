"""A language model behind an OpenAI-style address: llama.cpp, vLLM, Ollama. One request on one line, which somebody else made.

What is sent is sent once, to the one at the end of that line: no other address, no redirect, no proxy, no second try.
Source: the servers' own descriptions of POST /v1/chat/completions with `stream`; RFC 9112 for the line.
"""

from __future__ import annotations

import io
import json
import socket
import ssl
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from kiskriv.draft.prompt import Request
from kiskriv.errors import WriterError, WriterSlow, WriterUnfit, WriterUnreachable
from kiskriv.writer import known_as
from kiskriv.writer.address import Address
from kiskriv.writer.event_stream import EventStream

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHARACTERS_PER_TOKEN: Final = 3
"""Of Norwegian, at the least: nobody here has the server's own tokenizer."""

LEAST_READ: Final = 5
"""Characters per token that no tokenizer reaches in Norwegian: a server that counts fewer tokens cut off what it was asked (Ollama does,
in silence, where it was started with less context)."""

FIRST_WORD: Final = 0.5
"""Of the time in all: what has not begun by then will not end."""

MOST_OCTETS: Final = 4 * 1024 * 1024
_PIECE: Final = 16 * 1024


@dataclass(frozen=True)
class Service:
    """A server and its model, as the settings name them. `context`: tokens, as it was started with; `trust`: where it is asked over TLS."""

    where: Address
    model: str
    context: int
    trust: ssl.SSLContext | None = None


class Endpoint:
    """A `Model`. `connect` gives a line to the service each time; `give_up` wakes who waits in it."""

    def __init__(
        self, service: Service, connect: Callable[[], socket.socket], give_up: Callable[[], object] = lambda: None
    ) -> None:
        self._service = service
        self._connect = connect
        self._give_up = give_up
        self._line: _Line | None = None
        self._unwanted = Event()
        self.context = service.context
        self.digest = known_as(service.where, service.model)
        """Of its address and name, and of how it is asked: what stands behind them is not known here."""

    def __repr__(self) -> str:
        return f"<Endpoint at {self._service.where}>"

    def tokens(self, text: str) -> int:
        """At most so many."""
        return len(text) // CHARACTERS_PER_TOKEN + 1

    def write(self, request: Request) -> Generator[str]:
        """See `Model`."""
        self._unwanted = Event()  # before anything is waited for: whoever ceases means this one
        return self._written(request, self._unwanted)

    def cease(self) -> None:
        """See `Model`."""
        self._unwanted.set()
        self._give_up()
        if (line := self._line) is not None:
            line.end()

    def _written(self, request: Request, unwanted: Event) -> Generator[str]:
        started = monotonic()
        try:
            with closing(_Line(self._connect(), started, request.seconds, unwanted)) as line:
                self._line = line
                self._secure(line)
                self._send(line, request)
                answer = HTTPResponse(line, method="POST")  # type: ignore[arg-type]  # of a socket it wants `makefile` only
                answer.begin()
                _accept(answer)
                yield from _Answer(line, sum(len(message.text) for message in request.messages)).pieces(answer)
        except WriterError:
            raise
        except TimeoutError:
            raise WriterSlow(seconds=round(request.seconds)) from None
        except (IncompleteRead, OSError):
            raise WriterUnreachable from None
        except (HTTPException, ValueError):  # ValueError: a length or a chunk's size that is none
            raise WriterUnfit(problem="its server does not speak HTTP as it should") from None

    def _secure(self, line: _Line) -> None:
        """Over https, TLS; to nobody else. Raises WriterUnreachable where there is nobody to trust."""
        if self._service.where.tls:
            if self._service.trust is None:
                raise WriterUnreachable
            line.secure(self._service.trust, self._service.where.host)

    def _send(self, line: _Line, request: Request) -> None:
        body = bytearray(json.dumps(self._asked(request), ensure_ascii=False).encode())
        head = (
            f"POST {self._service.where.path}/v1/chat/completions HTTP/1.1\r\nHost: {self._service.where.authority}\r\n"
            "Content-Type: application/json\r\nAccept: text/event-stream\r\nAccept-Encoding: identity\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        try:
            line.send(head.encode())
            line.send(body)
        finally:
            body[:] = bytes(len(body))

    def _asked(self, request: Request) -> dict[str, Any]:
        return {
            "model": self._service.model,
            "messages": [{"role": message.role, "content": message.text} for message in request.messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0,
            "max_tokens": request.tokens,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "note", "strict": True, "schema": request.schema},
            },
            "chat_template_kwargs": {"enable_thinking": False},
        }


class _Line(io.RawIOBase):
    """A socket that is read until a time is up: TimeoutError then, however slowly it drips; OSError once it is unwanted.

    Told how much may come in all.
    """

    def __init__(self, line: socket.socket, started: float, seconds: float, unwanted: Event) -> None:
        self._socket = line
        self._unwanted = unwanted
        self._until = started + FIRST_WORD * seconds
        self._last = started + seconds
        self._left = MOST_OCTETS

    def secure(self, trust: ssl.SSLContext, host: str) -> None:
        """TLS from here on."""
        wrapped = trust.wrap_socket(self._socket, server_hostname=host, do_handshake_on_connect=False)
        self._socket = (
            wrapped  # before hands are shaken: the one that was wrapped leads nowhere any more, and could not be ended
        )
        wrapped.settimeout(self._remaining)
        wrapped.do_handshake()

    def send(self, octets: bytes | bytearray) -> None:
        """All of it."""
        self._socket.settimeout(self._remaining)
        self._socket.sendall(octets)

    def begun(self) -> None:
        """The first word is there: it may take its time for the rest."""
        self._until = self._last

    def makefile(self, mode: str) -> io.BufferedReader:
        """As `HTTPResponse` wants it of a socket."""
        return io.BufferedReader(self, _PIECE)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Raises TimeoutError, OSError, WriterUnfit."""
        self._socket.settimeout(self._remaining)
        count = self._socket.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise WriterUnfit(problem="it does not come to an end")
        return count

    def end(self) -> None:
        """Wakes who waits for it. From any thread: TLS is another's business, what lies below it ends."""
        with suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Hangs up."""
        self.end()
        self._socket.close()
        super().close()

    @property
    def _remaining(self) -> float:
        """Seconds, more than none."""
        if self._unwanted.is_set():
            raise ConnectionAbortedError
        remaining = self._until - monotonic()
        if remaining <= 0:
            raise TimeoutError
        return remaining


class _Answer:
    """Reads the chunks of one answer. `asked`: characters."""

    def __init__(self, line: _Line, asked: int) -> None:
        self._line = line
        self._asked = asked
        self._finished = self._done = False

    def pieces(self, answer: HTTPResponse) -> Iterator[str]:
        """The model's words, until it has said its last. Raises WriterError."""
        events = EventStream()
        try:
            while not self._done and (octets := answer.read1(_PIECE)):
                for event in events.take(octets):
                    if piece := self._read(event):
                        self._line.begun()
                        yield piece
        finally:
            events.wipe()
        if not (self._done and self._finished):
            raise WriterUnreachable

    def _read(self, event: str) -> str:
        if self._done or event == "[DONE]":
            self._done = True
            return ""
        try:
            chunk = json.loads(event)
        except (ValueError, RecursionError):
            raise WriterUnfit(problem="it is no stream of events") from None
        match chunk:
            case {"error": _}:
                raise WriterUnreachable
            case {"usage": {"prompt_tokens": int(read)}} if 0 < read * LEAST_READ < self._asked:
                raise WriterUnfit(problem="its server did not read all of what was said: give it more context")
        match chunk:
            case {"choices": []}:
                return ""
            case {"choices": [{"delta": dict(delta), **choice}]} if not self._finished:
                self._finish(choice.get("finish_reason"))
                return self._said(delta)
        raise WriterUnfit(problem="it is no stream of events")

    def _finish(self, reason: object) -> None:
        if reason not in (None, "", "stop"):
            raise WriterUnfit(problem="it does not come to an end" if reason == "length" else "it was broken off")
        self._finished = reason == "stop"

    def _said(self, delta: dict[str, Any]) -> str:
        content = delta.get("content") or ""
        if not isinstance(content, str) or delta.get("refusal") or delta.get("tool_calls"):
            raise WriterUnfit(problem="it is no list of statements")
        return content


def _accept(answer: HTTPResponse) -> None:
    """Raises WriterUnreachable for a server that cannot, WriterUnfit for one that answers something else than was asked for."""
    if answer.status // 100 == 3:
        raise WriterUnfit(problem="its server points to another address")
    if answer.status != 200:
        raise WriterUnreachable
    kind = (answer.headers.get_content_type(), answer.headers.get("Content-Encoding", "identity"))
    if kind != ("text/event-stream", "identity"):
        raise WriterUnfit(problem="it is no stream of events")

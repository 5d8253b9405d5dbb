"""The witness on the network: `POST /add-checkpoint` over HTTP, and nothing else.

A request needs no secrecy and no proof of who sends it: it is signed by the log, and the answer by the witness. So there is no TLS here;
where the machine should answer more than its own network, a proxy may stand before it. A connection is given so many seconds and so many
octets in all, and only so many are open at once; nothing is logged but a request that the witness could not answer.
"""

from __future__ import annotations

import io
import re
import socket
import sys
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any, Final

from kiskriv.errors import KiskrivError, ProofInvalid, WitnessUnusable, fault_code
from kiskriv.ledger.answers import Answer
from kiskriv.ledger.checkpoint import MAX_NOTE
from kiskriv.ledger.cosignature import WitnessKey
from kiskriv.ledger.files import PUBLIC_KEY, read_text
from kiskriv.ledger.wording import Language
from kiskriv.witness.submission import MAX_REQUEST, Verdict
from kiskriv.witness.witness import LOGS, Witness, latest
from kiskriv.witness.wording import say

LISTEN: Final = "127.0.0.1:8472"
"""Where the witness answers unless told otherwise: this machine alone."""

SECONDS, OCTETS, CONNECTIONS = 20.0, 1024 * 1024, 16
"""What one connection is given, and how many there may be."""

_ADDRESS = re.compile(r"(\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<v4>[0-9.]+)|(?P<name>localhost)):(?P<port>[0-9]{1,5})")
_LENGTH = re.compile(r"[0-9]{1,9}")


class _Bounded(io.RawIOBase):
    """What comes in on a connection, until its time is up (TimeoutError) or it has said too much (the end)."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._until = time.monotonic() + SECONDS
        self._left = OCTETS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        count = self._connection.recv_into(memoryview(buffer)[: self._left])
        self._left -= count
        return count


class _Door(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"  # "witnesses SHOULD support, HTTP keep-alive HTTP connections"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(_Bounded(self.connection))

    def do_POST(self) -> None:
        """`POST <submission prefix>/add-checkpoint`."""
        lengths = self.headers.get_all("Content-Length", [])
        if self.path != "/add-checkpoint":
            self.send_error(HTTPStatus.NOT_FOUND)
        elif len(lengths) != 1 or not _LENGTH.fullmatch(lengths[0]) or "Transfer-Encoding" in self.headers:
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
        elif (length := int(lengths[0])) > MAX_REQUEST:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        elif len(body := self.rfile.read(length)) < length:
            self.send_error(HTTPStatus.BAD_REQUEST)
        else:
            self._say(self.server.verdict(body))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A refusal before anything was asked of the witness: the connection ends, and nothing of what came in is repeated."""
        self.close_connection = True
        status = HTTPStatus(code)
        self._say(Verdict(status, f"{status.phrase}\n"))

    def _say(self, verdict: Verdict) -> None:
        octets = verdict.text.encode()
        conflict = verdict.status is HTTPStatus.CONFLICT  # "MUST have a Content-Type of text/x.tlog.size"
        self.send_response(verdict.status)
        self.send_header("Content-Type", "text/x.tlog.size" if conflict else "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(octets)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(octets)

    def version_string(self) -> str:
        return "kiskriv"

    def log_message(self, format: str, *arguments: object) -> None:
        """No log of who asked."""


class Server(ThreadingHTTPServer):
    """Binds when it is made. Raises OSError."""

    request_queue_size = CONNECTIONS

    def __init__(self, witness: Witness, address: tuple[str, int], language: Language = "nb") -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._witness = witness
        self._language = language
        self._free = threading.BoundedSemaphore(CONNECTIONS)
        super().__init__(address, _Door)

    @property
    def url(self) -> str:
        """What a log is told."""
        host, port = self.server_address[:2]
        return f"http://[{host!s}]:{port}" if self.address_family == socket.AF_INET6 else f"http://{host!s}:{port}"

    def verdict(self, body: bytes) -> Verdict:
        """The witness's, or that it cannot answer now; why, only its own machine is told."""
        try:
            return self._witness.add_checkpoint(body.decode("utf-8"))
        except UnicodeDecodeError:
            return Verdict(HTTPStatus.BAD_REQUEST, f"{HTTPStatus.BAD_REQUEST.phrase}\n")
        except WitnessUnusable as error:
            self._report(say(str(error.facts["problem"]), self._language, **error.facts))
        except (KiskrivError, OSError) as error:
            self._report(fault_code(error))
        return Verdict(HTTPStatus.INTERNAL_SERVER_ERROR, f"{HTTPStatus.INTERNAL_SERVER_ERROR.phrase}\n")

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's own would ask the network for this machine's name

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke off is nobody's business; a fault of ours is told by its place."""
        if (error := sys.exception()) is not None and not isinstance(error, ConnectionError):
            self._report(fault_code(error))

    def _report(self, problem: str) -> None:
        with suppress(OSError):
            sys.stderr.write(f"{say('failed', self._language, problem=problem)}\n")


def serve(folder: Path, listen: str = LISTEN, language: Language = "nb") -> int:
    """Answer until ctrl-c, after saying where and by which key; the exit status. 1: the witness cannot be used, 2: not at this address."""
    try:
        with Witness.open(folder) as witness:
            try:
                server = Server(witness, _address(listen), language)
            except (OSError, ValueError, OverflowError):  # a port above 65535 is an OverflowError
                return _told(say("address", language, listen=listen), 2)
            with server, suppress(KeyboardInterrupt):
                lines = [say("serving", language, url=server.url, key=str(witness.key))]
                if not witness.logs():
                    lines.append(say("no-logs", language, logs=str(folder / LOGS)))
                sys.stdout.write("\n".join(lines) + "\n")
                sys.stdout.flush()
                server.serve_forever()
    except WitnessUnusable as error:
        return _told(say(str(error.facts["problem"]), language, **error.facts), 1)
    return 0


def show_key(folder: Path, language: Language = "nb") -> Answer:
    """The public key of the witness in a folder, which is made if there is none; while it serves, too."""
    with suppress(OSError, ValueError, ProofInvalid):
        return Answer(str(WitnessKey.parse(read_text(folder / PUBLIC_KEY, MAX_NOTE).removesuffix("\n"))), 0)
    try:
        with Witness.open(folder) as witness:
            return Answer(str(witness.key), 0)
    except WitnessUnusable as error:
        return Answer(say(str(error.facts["problem"]), language, **error.facts), 1)


def show_latest(folder: Path, language: Language = "nb") -> Answer:
    """The checkpoints that the witness in a folder signed for last, for an auditor's `--since`; while it serves, too."""
    try:
        key = WitnessKey.parse(read_text(folder / PUBLIC_KEY, MAX_NOTE).removesuffix("\n"))
        notes = latest(folder, key)
    except (OSError, ValueError, ProofInvalid):
        return Answer(say("no-witness", language), 1)
    except WitnessUnusable as error:
        return Answer(say(str(error.facts["problem"]), language, **error.facts), 1)
    return Answer("\n".join(notes), 0) if notes else Answer(say("nothing-signed", language), 1)


def _told(text: str, status: int) -> int:
    sys.stderr.write(f"{text}\n")
    return status


def _address(listen: str) -> tuple[str, int]:
    match = _ADDRESS.fullmatch(listen)
    if match is None:
        raise ValueError("not an address and a port")
    return match["v6"] or match["v4"] or match["name"], int(match["port"])

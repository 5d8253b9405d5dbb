"""The courier's process: `python -m kiskriv.assembly.courier LINE URL`, one request to a witness, and its answer.

It alone of kiskriv's processes opens a connection to a network, and it is handed a checkpoint and a proof, nothing else. It finds the
address and connects first; then the walls go up, and only inside them does it talk to the witness: no other peer can be reached, and no
file opened. LINE is a socket on which the request comes, up to its end, and on which a line with the status of HTTP goes back, then the
answer's text. Status 0: there was none, and the text says why, in one of the words of `WHY`.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import sys
from typing import Final
from urllib.parse import SplitResult, urlsplit

from kiskriv.machine import Walls, confine, harden, silence

PATIENCE: Final = 10.0
"""Seconds for each step on the network; the host has its own limit for all of them."""

MAX_TEXT: Final = 256 * 1024
"""Octets of a request, and of an answer, at most."""

WHY: Final[dict[type[Exception], str]] = {
    ValueError: "no-url",
    socket.gaierror: "no-address",
    TimeoutError: "too-slow",
    ssl.SSLError: "no-trust",
    ConnectionError: "no-connection",
    OSError: "no-connection",
    http.client.HTTPException: "no-http",
}
"""Why there was no answer."""


def main(arguments: list[str]) -> None:
    """Never returns."""
    silence()
    harden()
    line = socket.socket(fileno=int(arguments[0]))
    with line.makefile("rb") as coming:
        request = coming.read(MAX_TEXT)
    try:
        status, text = _ask(urlsplit(arguments[1]), request, line)
    except Exception as error:  # whatever it was, nobody can be told more than this
        word = next((WHY[kind] for kind in type(error).__mro__ if kind in WHY), "no-answer")
        status, text = 0, word.encode()
    line.sendall(f"{status}\n".encode() + text)
    os._exit(0)


def _ask(url: SplitResult, request: bytes, line: socket.socket) -> tuple[int, bytes]:
    """The status and the text. Raises ValueError, OSError, HTTPException."""
    if url.scheme not in {"http", "https"} or not url.hostname or url.username is not None or url.query or url.fragment:
        raise ValueError("not the address of a witness")
    connection, trust = http.client.HTTPConnection(url.hostname, url.port), None
    if url.scheme == "https":
        trust = ssl.create_default_context()  # the system's authorities are read before the walls
        connection = http.client.HTTPSConnection(url.hostname, url.port, context=trust)
    stream = socket.create_connection((connection.host, connection.port), PATIENCE)
    confine(Walls(), keep=(line.fileno(), stream.fileno()))
    connection.sock = trust.wrap_socket(stream, server_hostname=url.hostname) if trust else stream
    # tlog-witness, "add-checkpoint": the submission prefix, and the name of the call
    connection.request("POST", f"{url.path.rstrip('/')}/add-checkpoint", request, {"Connection": "close"})
    answer = connection.getresponse()
    return answer.status, answer.read(MAX_TEXT)


if __name__ == "__main__":
    main(sys.argv[1:])

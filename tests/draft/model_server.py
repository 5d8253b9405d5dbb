"""A server that answers as a language model's does, on loopback, over true HTTP: each test says what it answers with."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kiskriv.writer.address import Address

Answer = Callable[["Handler"], object]


class Server(ThreadingHTTPServer):
    """`asked`: the bodies of all requests; `paths` and `headers` beside them."""

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []

    @property
    def address(self) -> Address:
        return Address("127.0.0.1", self.server_port)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no fault here."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        octets = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(octets))
        self.server.paths.append(self.path)
        self.server.headers.append(dict(self.headers))
        self.close_connection = True
        with suppress(OSError):
            self.server.answer(self)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def begin(self, **headers: str) -> None:
        """Status 200, and no length: what follows ends with the connection."""
        self.send_response(200)
        for name, value in {
            "Content_Type": "text/event-stream; charset=utf-8",
            "Connection": "close",
            **headers,
        }.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()


@contextmanager
def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server for as long as the block lasts."""
    server = Server(answer)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def chunk(content: str | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """One chunk of an answer, as llama.cpp, vLLM and Ollama send them."""
    delta = {} if content is None else {"content": content}
    return {
        "id": "x",
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        **more,
    }


def events(text: str, finish: str = "stop", size: int = 7) -> bytes:
    """A whole answer as a stream of events, so many characters a time."""
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    chunks = [
        {**chunk(), "choices": [{"index": 0, "delta": {"role": "assistant"}, "finish_reason": None}]},
        *map(chunk, pieces),
        chunk(finish=finish),
        {**chunk(), "choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 9}},
    ]
    said = "".join(f"data: {json.dumps(one, ensure_ascii=False)}\n\n" for one in chunks)
    return f"{said}data: [DONE]\n\n".encode()


def says(text: str, finish: str = "stop") -> Answer:
    """Answers this."""

    def answer(handler: Handler) -> None:
        handler.begin()
        handler.wfile.write(events(text, finish))

    return answer


def certificate(file: Path, host: str) -> Path:
    """A file with a key, and a certificate that it signed itself, for this address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "klinikk")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    file.write_bytes(pem + signed.public_bytes(serialization.Encoding.PEM))
    return file


def serves(file: Path) -> ssl.SSLContext:
    """TLS as a server who shows this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context

"""A witness is asked by a process of its own, inside walls, which is handed nothing but the request; no answer is believed unchecked."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if sys.platform != "linux":
    pytest.skip("the host's processes are built for Linux", allow_module_level=True)

from kiskriv.errors import ProofInvalid
from kiskriv.host.courier import MAX_ANSWER, MODULE, Answer, ask, request, size, understood
from kiskriv.ledger.cosignature import Cosignature, WitnessKey, cosign
from kiskriv.machine import launch_command, launch_environment
from kiskriv.witness.server import Server
from kiskriv.witness.witness import Witness
from tests.host.clinic import PATIENCE, commands, until
from tests.ledger.material import signing_key
from tests.witness.material import Log, trust

LOG = Log()
BODY = LOG.checkpoint(9).body()
REQUEST = request(0, (), LOG.note(9))


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, WitnessKey]]:
    """A witness that knows the log, its address and its key."""
    trust(folder, LOG.key)
    with Witness.open(folder) as witness, Server(witness, ("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.url, witness.key
        finally:
            server.shutdown()
        thread.join(PATIENCE)


@contextmanager
def saying(
    talk: Callable[[socket.socket], object], tls: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[bytes]]]:
    """One that says what it likes to whoever has sent a whole request; its address, and what it heard of each."""
    heard: list[bytes] = []

    def answer() -> None:
        with suppress(OSError):
            while True:
                line, _ = door.accept()
                with suppress(OSError), tls.wrap_socket(line, server_side=True) if tls else line as one:
                    heard.append(_whole(one))
                    talk(one)

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield f"http{'s' if tls else ''}://127.0.0.1:{door.getsockname()[1]}", heard
        finally:
            door.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE)
        assert not thread.is_alive()


def _whole(line: socket.socket) -> bytes:
    heard = b""
    while not heard.endswith(b"=\n") and (more := line.recv(65536)):
        heard += more
    return heard


def asked(url: str, body: str = REQUEST, seconds: float = PATIENCE) -> Answer:
    answer = asyncio.run(ask(url, body, seconds))
    assert couriers() == []
    return answer


def couriers() -> list[int]:
    """Those that this process started."""
    return [pid for pid, words in commands() if MODULE in words and parent(pid) == os.getpid()]


def parent(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return 0


def test_a_witness_is_asked_and_understood(tmp_path: Path) -> None:
    with serving(tmp_path) as (url, key):
        answer = asked(url)
        assert answer.granted
        assert understood(answer.text, BODY, key).key == key
        behind = asked(f"{url}/", request(3, LOG.tree.consistency(3, 12), LOG.note(12)))
        assert behind.behind
        assert size(behind.text) == 9
        again = asked(url, request(9, LOG.tree.consistency(9, 12), LOG.note(12)))
        assert understood(again.text, LOG.checkpoint(12).body(), key)
        rolled_back = asked(url, request(9, LOG.tree.consistency(9, 10), LOG.note(10)))
        assert (rolled_back.status, size(rolled_back.text)) == (409, 12)


def test_it_sends_the_request_and_tells_nothing_of_the_machine() -> None:
    with saying(lambda line: line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")) as (url, heard):
        assert asked(f"{url}/clinic/witness/").granted
    ((head, body),) = [said.split(b"\r\n\r\n", 1) for said in heard]
    first, *headers = head.decode().split("\r\n")
    assert first == "POST /clinic/witness/add-checkpoint HTTP/1.1"
    assert body == REQUEST.encode()
    assert {line.split(":")[0] for line in headers} == {"Host", "Accept-Encoding", "Content-Length", "Connection"}


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:1", "no-connection"),
        ("http://witness.invalid", "no-address"),
        ("ftp://127.0.0.1", "no-url"),
        ("127.0.0.1:8472", "no-url"),
        ("", "no-url"),
        ("http://", "no-url"),
        ("http://127.0.0.1:99999", "no-url"),
        ("http://name:word@127.0.0.1", "no-url"),
        ("http://127.0.0.1/?query", "no-url"),
        ("file:///etc/passwd", "no-url"),
    ],
)
def test_one_that_is_not_there_is_an_answer_too(url: str, why: str) -> None:
    assert asked(url) == Answer(0, why)


@pytest.mark.parametrize(
    ("said", "status", "text"),
    [
        (b"", 0, "no-connection"),
        (b"\x00\xff nonsense\r\n\r\n", 0, "no-http"),
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 1000, 0, "no-http"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbroken off", 200, "broken off"),
        (b"HTTP/1.1 200 OK\r\n\r\n\xff", 0, "nonsense"),
        (b"HTTP/1.1 999 OK\r\n\r\n", 0, "nonsense"),
        (b"HTTP/1.1 500 Oh no\r\n\r\nno", 500, "no"),
        (b"HTTP/1.1 200 OK\r\n\r\nnonsense", 200, "nonsense"),
    ],
)
def test_one_that_talks_nonsense_is_an_answer_too(said: bytes, status: int, text: str) -> None:
    with saying(lambda line: line.sendall(said)) as (url, _):
        assert asked(url) == Answer(status, text)


def test_it_is_sent_nowhere_else() -> None:
    with saying(lambda line: None) as (elsewhere, heard):
        moved = f"HTTP/1.1 307 Elsewhere\r\nLocation: {elsewhere}/add-checkpoint\r\n\r\n".encode()
        with saying(lambda line: line.sendall(moved)) as (url, _):
            assert asked(url).status == 307
        assert heard == []


def test_the_users_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with saying(lambda line: None) as (elsewhere, heard):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, elsewhere)
        with saying(lambda line: line.sendall(b"HTTP/1.1 404 No\r\n\r\n")) as (url, _):
            assert asked(url).status == 404
        assert heard == []


def test_an_endless_answer_has_an_end() -> None:
    def talk(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            line.sendall(b"x" * 65536)

    with saying(talk) as (url, _):
        answer = asked(url)
    assert answer.granted
    assert 1000 < len(answer.text) < MAX_ANSWER


def test_one_that_says_nothing_is_left_and_the_courier_is_gone() -> None:
    done = threading.Event()
    with saying(lambda line: done.wait(PATIENCE)) as (url, _):
        began = time.monotonic()
        assert asked(url, seconds=0.5) == Answer(0, "too-slow")
        assert time.monotonic() - began < 5  # the courier itself would wait longer
        done.set()


def test_whoever_gives_up_leaves_no_courier() -> None:
    async def give_up(url: str) -> None:
        task = asyncio.create_task(ask(url, REQUEST))
        while not heard:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    done = threading.Event()
    with saying(lambda line: done.wait(PATIENCE)) as (url, heard):
        asyncio.run(give_up(url))
        assert couriers() == []
        done.set()


def test_it_talks_to_the_witness_from_inside_its_walls() -> None:
    seen: dict[str, str] = {}

    def look(line: socket.socket) -> None:
        (pid,) = couriers()
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
        seen.update({name: value.strip() for name, value in (entry.split(":", 1) for entry in status)})
        with suppress(PermissionError):  # a process that cannot be dumped shows its files to root alone
            seen["open"] = str(len(list(Path(f"/proc/{pid}/fd").iterdir())))
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with saying(look) as (url, _):
        assert asked(url).granted
    assert (seen["Seccomp"], seen["NoNewPrivs"], seen["open"]) == (
        "2",
        "1",
        "5",
    )  # 0, 1, 2, the line and the connection


@pytest.fixture
def authority(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS for 127.0.0.1, and the file by which others trust it."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "witness")]),
    )
    now, address = datetime.datetime.now(datetime.UTC), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, both = tmp_path / "trusted.pem", tmp_path / "both.pem"
    trusted.write_bytes(certificate.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    both.write_bytes(private + trusted.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, trusted


def test_one_behind_tls_is_asked_only_if_the_system_trusts_it(authority: tuple[ssl.SSLContext, Path]) -> None:
    context, trusted = authority
    with saying(lambda line: line.sendall(b"HTTP/1.1 404 No\r\n\r\nno"), context) as (url, heard):
        assert asked(url) == Answer(0, "no-trust")
        assert heard == []
        ours, theirs = socket.socketpair()
        with (
            ours,
            subprocess.Popen(
                launch_command(MODULE, str(theirs.fileno()), url),
                env=launch_environment() | {"SSL_CERT_FILE": str(trusted)},
                pass_fds=(theirs.fileno(),),
            ),
        ):
            theirs.close()
            ours.sendall(REQUEST.encode())
            ours.shutdown(socket.SHUT_WR)
            with ours.makefile("rb") as answer:
                assert answer.read() == b"404\nno"
        assert len(heard) == 1


# What is believed.

PRIVATE = signing_key().private
GIVEN = cosign(BODY, PRIVATE, "witness", 1_769_940_000)


def test_the_newest_cosignature_by_the_known_key_is_taken() -> None:
    other = cosign(BODY, signing_key().private, "witness", 1_769_990_000).line
    newer = cosign(BODY, PRIVATE, "witness", 1_769_940_060)
    assert understood(other + newer.line + GIVEN.line, BODY, GIVEN.key) == newer


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "\n",
        "nonsense",
        GIVEN.line[:-1],
        f"{GIVEN.line}\n",
        f"\n{GIVEN.line}",
        cosign(BODY, signing_key().private, "witness", 1).line,
        cosign(LOG.checkpoint(8).body(), PRIVATE, "witness", 1).line,
        GIVEN.line + Cosignature(GIVEN.key, 5, GIVEN.signature).line,
        GIVEN.line * 65,
        f"another text\n\n{GIVEN.line}",
        LOG.note(9).split("\n\n")[1],
    ],
)
def test_anything_else_is_not_believed(answer: str) -> None:
    with pytest.raises(ProofInvalid):
        understood(answer, BODY, GIVEN.key)


def test_a_size_has_one_spelling() -> None:
    assert (size("0\n"), size("12\n")) == (0, 12)
    for text in ("", "\n", "12", "012\n", "+1\n", " 1\n", "1\n\n", "one\n", "\u0661\n", "99999999999999999999\n"):
        with pytest.raises(ProofInvalid):
            size(text)


def test_an_answer_is_in_no_repr() -> None:
    assert repr(Answer(200, "text")) == "Answer(status=200)"


def test_many_are_asked_at_once(tmp_path: Path) -> None:
    async def all_of_them(url: str) -> list[Answer]:
        return await asyncio.gather(*(ask(url, REQUEST) for _ in range(4)))

    with serving(tmp_path) as (url, _):
        assert sorted(answer.status for answer in asyncio.run(all_of_them(url))) == [200, 409, 409, 409]
    until(lambda: couriers() == [])

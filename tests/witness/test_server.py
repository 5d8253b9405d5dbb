"""The witness as a program of its own: what it answers over HTTP, and what it does not let itself be talked into."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiskriv.ledger.checkpoint import open_checkpoint
from kiskriv.ledger.cosignature import WitnessKey, cosignatures
from kiskriv.ledger.enclosed import checkpoint_in
from kiskriv.witness import server
from kiskriv.witness.__main__ import main
from kiskriv.witness.server import CONNECTIONS, Server, serve, show_key
from kiskriv.witness.submission import MAX_REQUEST, Verdict
from kiskriv.witness.witness import CHECKPOINTS, Witness
from kiskriv.witness.wording import TEXTS, say
from tests.ledger.material import ENVIRONMENT, signing_key

from .material import Log, trust

PATIENCE = 20.0
LOG = Log()


class Running:
    """A witness that was started from the command line."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.folder, self.process = folder, process
        self.said = [process.stdout.readline() for _ in range(3)]
        self.url = self.said[0].split()[-1]
        self.key = WitnessKey.parse(self.said[2].removesuffix("\n"))

    @property
    def address(self) -> tuple[str, int]:
        url = urlsplit(self.url)
        assert url.hostname is not None
        assert url.port is not None
        return url.hostname, url.port

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(*self.address, timeout=PATIENCE)

    def ask(self, body: bytes | str, path: str = "/add-checkpoint", method: str = "POST") -> tuple[int, str, str]:
        """Status, type and text of the answer."""
        connection = self.connection()
        connection.request(method, path, body.encode() if isinstance(body, str) else body)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers["Content-Type"], text

    def tell(self, octets: bytes) -> bytes:
        """What comes back on one connection, up to its end."""
        with socket.create_connection(self.address, PATIENCE) as line:
            line.sendall(octets)
            line.shutdown(socket.SHUT_WR)
            heard = b""
            with suppress(ConnectionError):
                while more := line.recv(65536):
                    heard += more
        return heard


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    command = [sys.executable, "-m", "kiskriv.witness", str(folder), "--listen", "127.0.0.1:0", "--language", "en"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        try:
            yield Running(folder, process)
        except BaseException:
            process.kill()
            raise
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (
            0,
            "",
        )  # whatever was asked of it: nothing is told, least of all a traceback


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("witness") / "folder"
    trust(folder, LOG.key)
    with running(folder) as one:
        yield one


def test_a_log_gets_its_cosignature_and_is_told_the_size_when_it_asks_wrongly(tmp_path: Path) -> None:
    trust(tmp_path, LOG.key)
    with running(tmp_path) as witness:
        assert witness.ask(LOG.request(3, 9)) == (409, "text/x.tlog.size", "0\n")
        status, kind, line = witness.ask(LOG.request(0, 9))
        assert (status, kind) == (200, "text/plain; charset=utf-8")
        assert len(cosignatures(LOG.note(9) + line, witness.key)) == 1
        assert witness.ask(LOG.request(3, 9)) == (409, "text/x.tlog.size", "9\n")
        assert witness.ask(Log(LOG.key, fork=3).request(9, 10))[0] == 422
        assert show_key(tmp_path).text == str(witness.key)  # while it serves, too
        assert serve(tmp_path, "127.0.0.1:0") == 1
    with running(tmp_path) as again:
        assert again.key == witness.key
        assert again.ask(LOG.request(9, 10))[0] == 200


def test_nothing_else_is_answered(witness: Running) -> None:
    assert witness.ask("", "/")[0] == 404
    assert witness.ask("", "/add-checkpoint/")[0] == 404
    assert witness.ask("", "/../add-checkpoint")[0] == 404
    assert witness.ask("", "/add-checkpoint?x")[0] == 404
    assert {witness.ask("", method=method)[0] for method in ("GET", "PUT", "DELETE", "OPTIONS")} == {501}


def test_a_body_that_is_no_request_is_400(witness: Running) -> None:
    assert witness.ask(b"\xff\xfe")[0] == 400
    assert witness.ask(b"")[0] == 400
    assert witness.ask(b"\x00" * MAX_REQUEST)[0] == 400


def test_a_body_has_a_length_and_not_too_much_of_it(witness: Running) -> None:
    def answer(*headers: str) -> bytes:
        return witness.tell("\r\n".join(("POST /add-checkpoint HTTP/1.1", "Host: x", *headers, "", "")).encode())[9:12]

    assert answer() == answer("Content-Length: -1") == answer("Content-Length: 1e3") == b"411"
    assert answer("Transfer-Encoding: chunked") == b"411"
    assert answer("Content-Length: 5", "Transfer-Encoding: chunked") == b"411"
    assert answer("Content-Length: 5", "Content-Length: 6") == b"411"
    assert answer(f"Content-Length: {MAX_REQUEST + 1}") == answer("Content-Length: 999999999") == b"413"
    assert answer("Content-Length: 5") == b"400"  # it broke off


def test_a_connection_may_carry_one_request_after_another(witness: Running) -> None:
    connection = witness.connection()
    for _ in range(3):
        connection.request("POST", "/add-checkpoint", LOG.request(30, 20, ()).encode())
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (400, b"Bad Request\n")
    connection.close()


def test_an_answer_tells_nothing_of_the_machine(witness: Running) -> None:
    heard = witness.tell(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 1\r\n\r\n\xff")
    assert b"ython" not in heard
    assert {line.split(b":")[0] for line in heard.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]} == {
        b"Server",
        b"Date",
        b"Content-Type",
        b"Content-Length",
    }
    for nonsense in (b"<script>", b"GET <script> HTTP/9.9\r\n\r\n", b"<script> <b> HTTP/1.1\r\n\r\n"):
        heard = witness.tell(nonsense + b"\r\n\r\n")
        assert b"script" not in heard
        assert b"<" not in heard


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_body_gets_an_answer_of_four_hundred_and_something(witness: Running, body: bytes) -> None:
    assert 400 <= witness.ask(body)[0] < 500


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_octets_at_all_do_no_harm(witness: Running, octets: bytes) -> None:
    witness.tell(octets)
    assert witness.process.poll() is None


def test_who_says_nothing_keeps_nobody_waiting(witness: Running) -> None:
    with (
        socket.create_connection(witness.address, PATIENCE),
        socket.create_connection(witness.address, PATIENCE) as slow,
    ):
        slow.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 100\r\n\r\nold")
        assert witness.ask(b"")[0] == 400


def until(holds: Callable[[], bool]) -> None:
    """Tries again and again, until it holds."""
    never = threading.Event()
    for _ in range(2000):
        if holds():
            return
        never.wait(0.01)
    raise AssertionError("what was waited for did not happen")


def test_only_so_many_are_heard_at_once(witness: Running) -> None:
    crowd = [socket.create_connection(witness.address, PATIENCE) for _ in range(CONNECTIONS)]
    until(lambda: witness.tell(b"GET / HTTP/1.1\r\n\r\n") == b"")
    for line in crowd:
        line.close()
    until(lambda: witness.tell(b"GET / HTTP/1.1\r\n\r\n")[9:12] == b"501")


@contextmanager
def inside(folder: Path) -> Iterator[Server]:
    """A witness in this process, whose limits a test may change."""
    with Witness.open(folder) as witness, Server(witness, ("127.0.0.1", 0), "en") as one:
        thread = threading.Thread(target=one.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield one
        finally:
            one.shutdown()
        thread.join(PATIENCE)


def ended(address: tuple[str, int], octets: bytes, drip: bytes = b"") -> bytes:
    """What comes back before the connection ends by the server's will, while this end says a little now and then."""
    with socket.create_connection(address, PATIENCE) as line:
        line.sendall(octets)
        line.settimeout(0.05)
        until = time.monotonic() + PATIENCE / 4
        while time.monotonic() < until:
            try:
                return line.recv(100)
            except TimeoutError:
                with suppress(ConnectionError):
                    line.sendall(drip)
            except ConnectionError:
                return b""
    raise AssertionError("the server let it go on")


def test_a_connection_has_its_time_however_little_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "SECONDS", 0.3)
    with inside(tmp_path) as one:
        address = (str(one.server_address[0]), int(one.server_address[1]))
        assert ended(address, b"") == b""
        assert ended(address, b"POST /add-check", b"p") == b""
        assert ended(address, b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 1000\r\n\r\n", b"o") == b""


def test_a_connection_has_so_many_octets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "OCTETS", 1000)
    with inside(tmp_path) as one:
        address = (str(one.server_address[0]), int(one.server_address[1]))
        request = b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 1000\r\n\r\n"
        assert ended(address, request + b"x" * 1000).startswith(b"HTTP/1.1 400")
        assert ended(address, b"GET / HTTP/1.1\r\n" + b"x: %s\r\n" % (b"y" * 300) * 10).startswith(b"HTTP/1.1 501")


def test_what_the_witness_cannot_answer_only_its_own_machine_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust(tmp_path, LOG.key)
    with inside(tmp_path) as one:
        assert one.verdict(LOG.request(0, 5).encode()).status == 200
        (path,) = (tmp_path / CHECKPOINTS).iterdir()
        path.write_text("changed")
        verdict = one.verdict(LOG.request(5, 6).encode())
        assert (verdict.status, verdict.text) == (500, "Internal Server Error\n")
        assert say("damaged", "en") in capsys.readouterr().err
        path.unlink()
        path.mkdir()
        assert one.verdict(LOG.request(5, 6).encode()).status == 500
        assert "IsADirectoryError-files-" in capsys.readouterr().err


def test_a_fault_is_told_by_its_place_and_not_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(server: Server, body: bytes) -> Verdict:
        raise ValueError(body)

    monkeypatch.setattr(Server, "verdict", fail)
    with inside(tmp_path) as one:
        address = (str(one.server_address[0]), int(one.server_address[1]))
        assert ended(address, b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 5\r\n\r\nwords") == b""
    errors = capsys.readouterr().err
    assert "ValueError-server-" in errors
    assert "words" not in errors
    assert "Traceback" not in errors


def test_an_address_is_this_machines_unless_told_otherwise_and_must_be_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert server.LISTEN.startswith("127.0.0.1:")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for listen in (
            "",
            "8472",
            ":8472",
            "127.0.0.1",
            "127.0.0.1:x",
            "127.0.0.1:99999",
            "999.0.0.1:1",
            "localhost:-1",
        ):
            assert serve(tmp_path, listen, "en") == 2
            assert say("address", "en", listen=listen) in capsys.readouterr().err
        assert serve(tmp_path, f"127.0.0.1:{taken.getsockname()[1]}", "nb") == 2
        assert "ledig port" in capsys.readouterr().err


def test_it_answers_at_an_address_of_six_parts(tmp_path: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with Witness.open(tmp_path) as witness, Server(witness, ("::1", 0)) as one:
        assert one.url == f"http://[::1]:{one.server_address[1]}"


def test_its_key_is_printed_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "new"), "--key"]) == 0
    printed = capsys.readouterr().out
    assert printed == (tmp_path / "new" / "public-key").read_text()
    assert main([str(tmp_path / "new"), "--key"]) == 0
    assert capsys.readouterr().out == printed
    (tmp_path / "file").write_text("in the way")
    assert main([str(tmp_path / "file"), "--key"]) == 1


def test_what_it_signed_for_last_is_printed_for_the_auditor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, logs = tmp_path / "witness", (Log(), Log(signing_key("kiskriv.internal/another")))
    nothing = {tmp_path / "nowhere": "ikke noe vitne", folder: "ikke signert for noe"}
    with Witness.open(folder):
        pass
    for where, said in nothing.items():
        assert main([str(where), "--latest"]) == 1
        assert said in capsys.readouterr().out
    assert not (tmp_path / "nowhere").exists()
    trust(folder, *(log.key for log in logs))
    with Witness.open(folder) as witness:  # while it serves, too
        for log, sizes in zip(logs, ((0, 5, 9), (0, 3)), strict=True):
            for old, size in pairwise(sizes):
                assert witness.add_checkpoint(log.request(old, size)).status == 200
        assert main([str(folder), "--latest"]) == 0
        printed = capsys.readouterr().out
        again = [sys.executable, "-m", "kiskriv", "witness", str(folder), "--latest"]
        assert subprocess.run(again, capture_output=True, text=True, check=True, env=ENVIRONMENT).stdout == printed
        for log, size in zip(logs, (9, 3), strict=True):
            note = checkpoint_in(printed, log.key.name)
            assert open_checkpoint(note, log.key.verifier) == log.checkpoint(size)
            assert len(cosignatures(note, witness.key)) == 1
    path = next((folder / "checkpoints").iterdir())
    path.write_text(path.read_text().replace("\n9\n", "\n8\n").replace("\n3\n", "\n2\n"))
    assert main([str(folder), "--latest"]) == 1
    assert "er endret eller skadet" in capsys.readouterr().out


def test_it_needs_nothing_but_cryptography(tmp_path: Path) -> None:
    program = (
        "import sys; before = set(sys.modules); import kiskriv.witness.__main__;"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=ENVIRONMENT, cwd=tmp_path
    )
    assert set(found.stdout.split()) <= {"kiskriv", "cryptography", "_openssl", "_cffi_backend"}


def test_everything_is_said_in_both_languages_with_the_same_facts() -> None:
    for texts in TEXTS.values():
        assert set(texts) == {"nb", "en"}
        fields = [sorted(part.split("}")[0] for part in text.split("{")[1:]) for text in texts.values()]
        assert fields[0] == fields[1]

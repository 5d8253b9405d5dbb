"""A language model behind an address: asked once, on one line, and believed in nothing."""

from __future__ import annotations

import json
import select
import socket
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.draft.clinic import load
from kiskriv.draft.prompt import Message, Request
from kiskriv.draft.reply import OPENING
from kiskriv.draft.writer import LanguageModelWriter
from kiskriv.errors import ConfigError, WriterSlow, WriterUnfit, WriterUnreachable
from kiskriv.writer.address import Address, address, connect, trust
from kiskriv.writer.endpoint import MOST_OCTETS, Endpoint, Service
from kiskriv.writer.event_stream import LONGEST_LINE, EventStream
from tests.draft.consultations import DRAFT, FORM, GOOD, reply, transcript
from tests.draft.model_server import Answer, Handler, Server, certificate, chunk, events, says, serves, serving

REQUEST = Request(
    (Message("system", "Regler."), Message("user", "[0] pasient: Æ e så hoven i ankelen.")),
    99,
    30.0,
    OPENING,
    {"type": "object"},
)


def endpoint(server: Server) -> Endpoint:
    return Endpoint(Service(server.address, "norsk-7b", 8192), partial(connect, server.address))


def answered(answer: Answer, request: Request = REQUEST) -> str:
    with serving(answer) as server:
        return "".join(endpoint(server).write(request))


def raw(octets: bytes) -> Answer:
    """Answers with these octets and nothing else."""
    return lambda handler: handler.wfile.write(octets)


def streamed(*chunks: object, done: bool = True, **headers: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.begin(**headers)
        for one in chunks:
            handler.wfile.write(f"data: {one if isinstance(one, str) else json.dumps(one)}\n\n".encode())
        handler.wfile.write(b"data: [DONE]\n\n" * done)

    return answer


# -- what is asked, and a good answer -------------------------------------------------------------------------------------------------


def test_the_answer_comes_piece_by_piece() -> None:
    with serving(says(reply())) as server:
        pieces = list(endpoint(server).write(REQUEST))
    assert "".join(pieces) == reply()
    assert len(pieces) > 10


def test_it_is_asked_once_for_a_stream_without_chance_in_the_form_that_is_wanted() -> None:
    with serving(says("{}")) as server:
        "".join(endpoint(server).write(REQUEST))
    (asked,), (path,), (headers,) = server.asked, server.paths, server.headers
    assert path == "/v1/chat/completions"
    assert asked["messages"][1] == {"role": "user", "content": "[0] pasient: Æ e så hoven i ankelen."}
    assert (asked["model"], asked["stream"], asked["temperature"], asked["max_tokens"]) == ("norsk-7b", True, 0, 99)
    assert asked["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert headers["Host"] == server.address.authority


def test_a_path_before_the_servers_own_is_kept() -> None:
    with serving(says("{}")) as server:
        where = replace(server.address, path="/notat")
        "".join(Endpoint(Service(where, "m", 8192), partial(connect, where)).write(REQUEST))
    assert server.paths == ["/notat/v1/chat/completions"]


def test_what_comes_in_chunks_of_http_is_put_together() -> None:
    def answer(handler: Handler) -> None:
        handler.begin(Transfer_Encoding="chunked")
        octets = events(reply())
        for at in range(0, len(octets), 13):
            piece = octets[at : at + 13]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")

    assert answered(answer) == reply()


def test_the_room_asks_on_a_line_that_was_made_for_it() -> None:
    """No address is connected to by the endpoint itself."""
    with serving(says(reply())) as server, connect(server.address) as line:
        elsewhere = Address("127.0.0.1", 9)
        assert "".join(Endpoint(Service(elsewhere, "m", 8192), line.dup).write(REQUEST)) == reply()


def test_a_whole_note_comes_from_it() -> None:
    with serving(says(reply())) as server:
        writer = LanguageModelWriter(endpoint(server), load(), 30)
        *_, note = writer.write(transcript(), FORM, DRAFT)
    assert [statement.text for statement in note.statements] == [text for _, _, text in GOOD]
    assert "[1] pasient: Jeg har hatt hodepine i to uker." in server.asked[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    "text", ["Jeg kan ikke hjelpe med det.", "HACKET", reply([("Funn", [77], "CRP 210.")]), reply()[:-3]]
)
def test_a_note_that_it_refuses_or_makes_up_is_none(text: str) -> None:
    with serving(says(text)) as server, pytest.raises(WriterUnfit):
        writer = LanguageModelWriter(endpoint(server), load(), 30)
        list(writer.write(transcript(), FORM, DRAFT))


# -- a server that does otherwise -----------------------------------------------------------------------------------------------------


def status(code: int, **headers: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(status(500), id="500"),
        pytest.param(status(404), id="404"),
        pytest.param(status(401), id="401"),
        pytest.param(raw(b""), id="hangs up at once"),
        pytest.param(raw(OK), id="hangs up among the headers"),
        pytest.param(raw(OK + b"\r\n"), id="hangs up after the headers"),
        pytest.param(raw(OK + b"Content-Length: 900\r\n\r\n" + events("{")[:90]), id="hangs up in the middle"),
        pytest.param(raw(OK + b"Transfer-Encoding: chunked\r\n\r\n10\r\nabc"), id="hangs up in a chunk"),
        pytest.param(raw(OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc"), id="a chunk of no size"),
        pytest.param(streamed(chunk("{"), chunk(finish="stop"), done=False), id="never says that it is done"),
        pytest.param(streamed(chunk("{")), id="is done without an end"),
        pytest.param(streamed({"error": {"message": "out of memory"}}), id="an error in the stream"),
    ],
)
def test_a_server_that_cannot_is_unreachable(answer: Answer) -> None:
    with pytest.raises(WriterUnreachable):
        answered(answer)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(streamed(chunk("{"), Content_Type="text/html"), id="not a stream"),
        pytest.param(streamed(chunk("{"), Content_Encoding="gzip"), id="compressed"),
        pytest.param(streamed("{"), id="bad JSON"),
        pytest.param(streamed("[" * 9000), id="a nest"),
        pytest.param(streamed("7"), id="a number"),
        pytest.param(streamed({"choices": [{"delta": {"content": 7}}]}), id="content that is no text"),
        pytest.param(streamed({"choices": [{"delta": "x"}]}), id="a delta that is no table"),
        pytest.param(streamed({"choices": [{"delta": {"tool_calls": [{"function": "rm"}]}}]}), id="a tool"),
        pytest.param(streamed({"choices": [{"delta": {"refusal": "No."}}]}), id="a refusal"),
        pytest.param(streamed(chunk("{"), chunk(finish="length")), id="cut off by its own limit"),
        pytest.param(streamed(chunk("{"), chunk(finish="content_filter")), id="filtered"),
        pytest.param(streamed(chunk(finish="stop"), chunk("{")), id="more after the end"),
        pytest.param(streamed({**chunk(), "choices": [{}, {}]}), id="two answers"),
        pytest.param(raw(OK + b"\r\ndata: \xff\n\n"), id="no UTF-8"),
        pytest.param(raw(OK + b"\r\n" + b"d" * (LONGEST_LINE + 9)), id="a line without end"),
        pytest.param(raw(OK + b"\r\n" + b"data: x\n" * (LONGEST_LINE + 9)), id="an event without end"),
        pytest.param(raw(OK + b"\r\n" + b": ping\n\n" * (MOST_OCTETS // 8 + 9)), id="remarks without end"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n"), id="a huge header"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 300 + b"\r\n"), id="many headers"),
        pytest.param(raw(b"SSH-2.0-OpenSSH\r\n\r\n"), id="no HTTP"),
    ],
)
def test_a_server_that_answers_something_else_is_unfit(answer: Answer) -> None:
    with pytest.raises(WriterUnfit):
        answered(answer)


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_it_follows_nobody_to_another_address(code: int) -> None:
    with (
        serving(says(reply())) as other,
        serving(status(code, Location=f"{other.address}/v1/chat/completions")) as server,
    ):
        with pytest.raises(WriterUnfit, match="another address"):
            "".join(endpoint(server).write(REQUEST))
        assert other.asked == []


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(says("{}")) as proxy, serving(says("{}")) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, str(proxy.address))
        "".join(endpoint(server).write(REQUEST))
    assert (len(proxy.asked), len(server.asked)) == (0, 1)


def test_who_read_only_a_part_of_it_is_unfit() -> None:
    long = replace(REQUEST, messages=(Message("user", "ord " * 5000),))
    with pytest.raises(WriterUnfit, match="did not read all"):
        answered(says(reply()), long)  # it says that it has read 1000 tokens
    assert answered(says(reply()), replace(REQUEST, messages=(Message("user", "ord " * 1000),)))


def test_who_is_not_there_is_unreachable() -> None:
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        where = Address("127.0.0.1", nobody.getsockname()[1])
        with pytest.raises(WriterUnreachable):
            "".join(Endpoint(Service(where, "m", 8192), partial(connect, where)).write(REQUEST))


# -- time -----------------------------------------------------------------------------------------------------------------------------


def held(first: bytes, until: Event) -> Answer:
    def answer(handler: Handler) -> None:
        handler.wfile.write(first)
        until.wait(30)

    return answer


@pytest.mark.parametrize("first", [b"", OK, OK + b"\r\n", OK + b"\r\n: ping\n\n"])
def test_who_does_not_begin_in_half_the_time_is_slow(first: bytes) -> None:
    until = Event()
    try:
        with pytest.raises(WriterSlow, match="0 seconds"):
            answered(held(first, until), replace(REQUEST, seconds=0.2))
    finally:
        until.set()


class Clock:
    """Stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_who_began_in_half_the_time_has_the_other_half(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, begun = Clock(), Event()
    monkeypatch.setattr("kiskriv.writer.endpoint.monotonic", clock)

    def answer(handler: Handler) -> None:
        handler.begin()
        octets = events(reply())
        handler.wfile.write(octets[: len(octets) // 2])
        begun.wait(30)
        handler.wfile.write(octets[len(octets) // 2 :])

    with serving(answer) as server:
        pieces = endpoint(server).write(replace(REQUEST, seconds=30.0))
        first = next(pieces)
        clock.now = 25.0
        begun.set()
        assert first + "".join(pieces) == reply()


def test_who_has_not_begun_by_half_the_time_has_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("kiskriv.writer.endpoint.monotonic", clock)

    def answer(handler: Handler) -> None:
        clock.now = 16.0
        handler.wfile.write(OK)

    with pytest.raises(WriterSlow):
        answered(answer, replace(REQUEST, seconds=30.0))


def test_who_drips_is_slow_all_the_same() -> None:
    over = Event()

    def drip(handler: Handler) -> None:
        handler.begin()
        while not over.wait(0.01):
            handler.wfile.write(f"data: {json.dumps(chunk('x'))}\n\n".encode())

    try:
        with pytest.raises(WriterSlow):
            answered(drip, replace(REQUEST, seconds=0.3))
    finally:
        over.set()


def test_who_drips_headers_is_slow() -> None:
    over = Event()

    def drip(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not over.wait(0.01):
            handler.wfile.write(b"x")

    try:
        with pytest.raises(WriterSlow):
            answered(drip, replace(REQUEST, seconds=0.3))
    finally:
        over.set()


def silent(until: Event, begun: Event) -> Answer:
    def answer(handler: Handler) -> None:
        begun.set()
        until.wait(30)

    return answer


def test_who_waits_for_it_is_let_go_when_it_is_not_wanted_any_more_and_may_ask_again() -> None:
    until, begun = Event(), Event()
    with serving(silent(until, begun)) as server:
        asked = endpoint(server)
        for _ in range(2):
            begun.clear()
            ceasing = Thread(target=lambda: begun.wait(30) and asked.cease())
            ceasing.start()
            with pytest.raises(WriterUnreachable):
                "".join(asked.write(REQUEST))
            ceasing.join()
        until.set()
    assert len(server.asked) == 2


def test_what_is_not_wanted_any_more_when_the_line_comes_is_not_asked() -> None:
    with serving(says(reply())) as server:

        def late() -> socket.socket:
            asked.cease()
            return connect(server.address)

        asked = Endpoint(Service(server.address, "m", 8192), late)
        with pytest.raises(WriterUnreachable):
            "".join(asked.write(REQUEST))
    assert server.asked == []


def test_who_shakes_hands_for_ever_is_let_go_of_too(tmp_path: Path) -> None:
    """A server that takes the connection, and never says who it is."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = Address("127.0.0.1", server.getsockname()[1], tls=True)
        service = Service(where, "m", 8192, trust(certificate(tmp_path / "own.pem", where.host)))
        asked = Endpoint(service, partial(connect, where))

        def leave() -> None:
            with server.accept()[0] as accepted:
                assert accepted.recv(1), "no hand was held out"
                asked.cease()
                while accepted.recv(1 << 16):
                    pass

        ceasing = Thread(target=leave)
        ceasing.start()
        with pytest.raises(WriterUnreachable):
            "".join(asked.write(REQUEST))
        ceasing.join(30)
        assert not ceasing.is_alive()


@pytest.mark.parametrize("drips", [b"", b": ping\n\n", f"data: {json.dumps(chunk(' '))}\n\n".encode()])
def test_who_waits_for_a_note_may_look_around_and_leave_at_any_time(drips: bytes) -> None:
    hung_up = Event()

    def drip(handler: Handler) -> None:
        handler.begin()
        try:
            while select.select([handler.connection], [], [], 0.05) == ([], [], []):
                handler.wfile.write(drips)
                handler.wfile.flush()
        finally:
            hung_up.set()

    with serving(drip) as server:
        waiting = LanguageModelWriter(endpoint(server), load(), 30).write(transcript(), FORM, DRAFT)
        assert [next(waiting) for _ in range(3)] == [DRAFT] * 3
        waiting.close()  # type: ignore[attr-defined]  # a generator
        assert hung_up.wait(30)


# -- the stream of events -------------------------------------------------------------------------------------------------------------

STREAM = "\ufeffdata: æ\r\n: hei\r\ndata:ø\r\rid: 1\ndata\n\nevent: x\ndata:  å\n\ndata: [DONE]\r\n\r\n".encode()


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_events_are_the_same_wherever_the_octets_are_cut(cuts: list[int]) -> None:
    edges = sorted({0, *cuts, len(STREAM)})
    stream = EventStream()
    found = [event for a, b in pairwise(edges) for event in stream.take(STREAM[a:b])]
    assert found == ["æ\nø", "", " å", "[DONE]"]


@given(st.integers(1, 40))
def test_an_answer_is_the_same_wherever_the_line_cuts_it(size: int) -> None:
    octets, stream = events(reply()), EventStream()
    whole = list(EventStream().take(octets))
    assert [event for at in range(0, len(octets), size) for event in stream.take(octets[at : at + size])] == whole


# -- addresses ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:11434/v1", "http://127.0.0.1:11434"),
        ("http://127.3.2.1", "http://127.3.2.1:80"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("https://localhost/notat/v1/", "https://127.0.0.1:443/notat"),
        ("https://10.20.30.40:8443", "https://10.20.30.40:8443"),
    ],
)
def test_an_address_on_this_machine_or_listed_is_good(text: str, meant: str) -> None:
    assert str(address(text, ["10.20.30.40"])) == meant


@pytest.mark.parametrize(
    "text",
    [
        "http://10.20.30.40:8080",  # listed, but in the clear
        "https://10.20.30.41:8443",
        "https://8.8.8.8",
        "https://0.0.0.0:8080",
        "https://api.example.org",
        "http://localhost.example.org",
        "http://localhost@8.8.8.8/",
        "http://127.0.0.1:8080@8.8.8.8/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.1:0",
        "http://127.0.0.1:65536",
        "http://127.0.0.1:8080/?x=http://8.8.8.8",
        "http://127.0.0.1:8080/\r\nHost: x",
        "http://[fe80::1%eth0]/",
        "ftp://127.0.0.1/",
        "127.0.0.1:8080",
        "",
    ],
)
def test_any_other_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="writer's address"):
        address(text, ["10.20.30.40", "0.0.0.0"])


def test_a_server_that_is_listed_by_a_name_is_refused() -> None:
    with pytest.raises(ConfigError, match="in digits"):
        address("https://10.20.30.40", ["ki.example.org"])


# -- TLS ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "asked_for", "trusted"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.2", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", True),
        ("127.0.0.1", "127.0.0.1", False),
    ],
)
def test_over_tls_only_the_one_is_asked_who_shows_the_clinics_certificate_for_this_address(
    tmp_path: Path, shown: str, asked_for: str, trusted: bool
) -> None:
    own, other = (certificate(tmp_path / name, shown) for name in ("own.pem", "other.pem"))
    with serving(says(reply()), serves(own)) as server:
        where = replace(server.address, host=asked_for, tls=True)
        asked = Endpoint(Service(where, "m", 8192, trust(own if trusted else other)), partial(connect, server.address))
        if trusted and shown == asked_for:
            assert "".join(asked.write(REQUEST)) == reply()
        else:
            with pytest.raises(WriterUnreachable):
                "".join(asked.write(REQUEST))
            assert server.asked == []


def test_what_another_person_of_this_machine_runs_there_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiskriv.writer.address.strangers_at", lambda host, port: True)
    with serving(says(reply())) as server:
        with pytest.raises(WriterUnreachable):
            connect(server.address)
        with connect(replace(server.address, tls=True)):  # it shows a certificate
            pass
    assert server.asked == []


def test_without_anybody_to_trust_nothing_is_sent_in_the_clear() -> None:
    with serving(says(reply())) as server:
        where = replace(server.address, tls=True)
        with pytest.raises(WriterUnreachable):
            "".join(Endpoint(Service(where, "m", 8192), partial(connect, server.address)).write(REQUEST))
    assert server.asked == []


def test_no_keys_of_a_session_are_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    trust(certificate(tmp_path / "own.pem", "127.0.0.1"))
    assert not (tmp_path / "keys").exists()


def test_a_file_without_certificates_is_an_error_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("ingenting")
    for file in ("ca.pem", "missing.pem"):
        with pytest.raises(ConfigError, match="certificates"):
            trust(tmp_path / file)


def test_what_was_sent_is_overwritten_where_it_was_put_together() -> None:
    sent: list[bytes | bytearray] = []

    class Line:
        def send(self, octets: bytes | bytearray) -> None:
            assert any(octets)
            sent.append(octets)

    where = Address("127.0.0.1", 9)
    Endpoint(Service(where, "m", 8192), partial(connect, where))._send(Line(), REQUEST)  # type: ignore[arg-type]  # it is only sent on
    assert b"POST" in sent[0]
    assert len(sent[1]) > 100
    assert not any(sent[1])

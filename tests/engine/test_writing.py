"""A note is written in the engine, piece by piece, for one room at a time; a room that leaves is not written for."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from kiskriv.draft.prompt import Message, Request
from kiskriv.draft.reply import OPENING
from kiskriv.engine import Author, Engine, Telling
from kiskriv.errors import PeerGone, WriterSlow, WriterUnfit, WriterUnreachable
from kiskriv.room import engine_writer
from kiskriv.room.engine_writer import EngineWriter
from kiskriv.room.server_line import ServerLine
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel
from kiskriv.wire.frames import TRACE
from tests.draft import small_model
from tests.draft.consultations import reply
from tests.draft.test_generator import JINJA, REST
from tests.engine.test_engine import CANARY, PATIENCE, Overhearing

MESSAGES = (Message("system", "Regler."), Message("user", "[0] pasient: Vondt i ryggen – æøå."))
REQUEST = Request(MESSAGES, 99, 30.0, OPENING, {})


class Scribe:
    """A model that says the words of `answer`, waiting for the gate before the second; falls or raises where it is told to."""

    digest, context = "ab" * 32, 8192

    def __init__(self, *answer: str | Exception) -> None:
        self.answer = answer
        self.asked: list[Request] = []
        self.gate = threading.Event()
        self.gate.set()
        self.at_work = threading.Event()
        self.left = threading.Event()

    def tokens(self, text: str) -> int:
        return len(text)

    def write(self, request: Request) -> Generator[str]:
        self.asked.append(request)
        try:
            for piece in self.answer:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
                self.at_work.set()
                while not self.gate.wait(0.005):
                    yield ""
        finally:
            self.left.set()

    def cease(self) -> None:
        """It is left through its generator."""


class Housed:
    """An engine with a writer in a thread, and the host's end of its line."""

    def __init__(self, author: Author | None) -> None:
        ours, theirs = socket.socketpair()
        self.host = Channel(ours)
        engine = Engine(Channel(theirs), [], Telling(Overhearing()), author)
        self.orderly: list[bool] = []
        self.thread = threading.Thread(target=lambda: self.orderly.append(engine.serve()))
        self.thread.start()

    def writer(self) -> EngineWriter:
        """As a room has it, whose host supplies the lines that it wants."""
        lines = ServerLine(lambda: self.supply(lines))
        return EngineWriter(lines, "ab" * 32, 8192, bytes(TRACE))

    def supply(self, lines: ServerLine) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.host.send(say.Supply(say.Part.WRITER), descriptors=(theirs.fileno(),))
        lines.supply(ours.detach())

    def close(self) -> None:
        with suppress(PeerGone):
            self.host.send(say.Retire())
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        self.host.close()


House = Callable[[Scribe | None], Housed]


@pytest.fixture
def house() -> Iterator[House]:
    opened: list[Housed] = []

    def open_one(scribe: Scribe | None) -> Housed:
        opened.append(Housed(None if scribe is None else Author(scribe)))
        return opened[-1]

    yield open_one
    for housed in opened:
        housed.close()


def test_the_answer_comes_piece_by_piece_to_what_was_asked(house: House) -> None:
    scribe = Scribe("æ", "", "ø", "å")
    assert list(house(scribe).writer().write(REQUEST)) == ["æ", "ø", "å"]
    assert scribe.asked == [REQUEST]


def test_the_first_piece_is_there_before_the_last_is_written(house: House) -> None:
    scribe = Scribe("først", "sist")
    scribe.gate.clear()
    pieces = house(scribe).writer().write(REQUEST)
    assert next(pieces) == "først"
    scribe.gate.set()
    assert list(pieces) == ["sist"]


@pytest.mark.parametrize("error", [WriterSlow(seconds=7), WriterUnfit(problem="it is empty")])
def test_an_error_of_the_models_arrives_as_it_was(house: House, error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        list(house(Scribe("x", error)).writer().write(REQUEST))


def test_a_fault_of_the_models_is_no_answer_and_says_nothing(house: House) -> None:
    housed = house(Scribe("x", RuntimeError(CANARY)))
    with pytest.raises(WriterUnreachable) as caught:
        list(housed.writer().write(REQUEST))
    assert CANARY not in str(caught.value)
    assert housed.thread.is_alive()


def test_an_engine_without_a_language_model_says_so(house: House) -> None:
    with pytest.raises(WriterUnreachable):
        list(house(None).writer().write(REQUEST))


def test_one_answer_follows_another(house: House) -> None:
    writer = house(Scribe("hei")).writer()
    assert [list(writer.write(REQUEST)) for _ in range(3)] == [["hei"]] * 3


@pytest.mark.parametrize("leave", [lambda writer, pieces: pieces.close(), lambda writer, pieces: writer.cease()])
def test_who_leaves_is_not_written_for(house: House, leave: Callable[[EngineWriter, Generator[str]], object]) -> None:
    scribe = Scribe("først", "sist")
    scribe.gate.clear()
    writer = house(scribe).writer()
    pieces = writer.write(REQUEST)
    next(pieces)
    leave(writer, pieces)
    assert scribe.left.wait(PATIENCE)


def test_who_waits_is_let_go_when_nobody_wants_it_any_more(house: House) -> None:
    scribe = Scribe("først", "sist")
    scribe.gate.clear()
    writer = house(scribe).writer()
    ceasing = threading.Thread(target=lambda: scribe.at_work.wait(PATIENCE) and writer.cease())
    ceasing.start()
    with pytest.raises(WriterUnreachable):
        list(writer.write(REQUEST))
    ceasing.join()
    scribe.gate.set()
    assert list(writer.write(REQUEST)) == ["først", "sist"]


def test_what_is_not_wanted_any_more_when_the_line_comes_is_not_asked() -> None:
    lines = ServerLine(lambda: (lines.supply(theirs.detach()), writer.cease()))
    writer = EngineWriter(lines, "ab" * 32, 8192, bytes(TRACE))
    ours, theirs = socket.socketpair()
    with Channel(ours) as engine:
        with pytest.raises(WriterUnreachable):
            list(writer.write(REQUEST))
        with pytest.raises(PeerGone):
            engine.receive()


@pytest.mark.parametrize("seconds", [0.0, -1.0, 3601.0])
def test_a_time_that_no_note_may_take_is_malformed(house: House, seconds: float) -> None:
    scribe = Scribe("hei")
    with pytest.raises(WriterUnreachable):
        list(house(scribe).writer().write(replace(REQUEST, seconds=seconds)))
    assert scribe.asked == []


class Reads(Scribe):
    """A model that reads what it is asked in one go, for as long as the gate is shut."""

    def write(self, request: Request) -> Generator[str]:
        self.at_work.set()
        self.gate.wait(PATIENCE)
        yield from ()


def test_another_session_is_searched_for_while_a_note_that_nobody_wants_is_at_work(house: House) -> None:
    reading = Reads()
    reading.gate.clear()
    housed = house(reading)
    writer = housed.writer()

    def ask() -> None:
        with pytest.raises(WriterUnreachable):
            list(writer.write(REQUEST))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        assert reading.at_work.wait(PATIENCE)
        writer.cease()
        asking.join(PATIENCE)
        housed.host.send(say.Forget(*(secrets.token_bytes(TRACE).hex() for _ in range(2))))
        assert housed.host.receive()[0] == say.Forgotten(0)
    finally:
        reading.gate.set()


def test_an_engine_that_keeps_silent_is_slow(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_writer, "LATE", 0.0)
    scribe = Scribe("først", "sist")
    scribe.gate.clear()
    with pytest.raises(WriterSlow):
        list(house(scribe).writer().write(replace(REQUEST, seconds=0.05)))


def test_an_engine_that_ends_is_unreachable(house: House) -> None:
    scribe = Scribe("først", "sist")
    scribe.gate.clear()
    housed = house(scribe)
    pieces = housed.writer().write(REQUEST)
    next(pieces)
    housed.close()
    with pytest.raises(WriterUnreachable):
        list(pieces)


def test_a_room_counts_no_fewer_tokens_than_there_are(house: House) -> None:
    assert house(None).writer().tokens("Pasienten har vondt i ryggen.") >= 12


@JINJA
def test_a_real_model_writes_there(tmp_path: Path) -> None:
    from kiskriv.writer.generator import Generator as LanguageModel

    folder = small_model.write(tmp_path / "model", REST, opening=OPENING)
    housed = Housed(Author(LanguageModel(folder, "ab" * 32, 8192, compute_type="float32", threads=1)))
    try:
        assert "".join(housed.writer().write(replace(REQUEST, tokens=900))) == reply()
    finally:
        housed.close()

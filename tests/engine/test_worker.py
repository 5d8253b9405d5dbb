"""The engine: windows in, words out, nothing kept, and nobody's line is another's trouble."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from kiskriv.engine import Worker
from kiskriv.errors import PeerGone
from kiskriv.transcript import Samples, Word
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel

CANARY = "zirkonfasan"
PATIENCE = 10.0


class Counting:
    """Hears one word in each window, and as many octets as there are; keeps a hold on the sound to see what becomes of it."""

    def __init__(self) -> None:
        self.given: list[Samples] = []

    def transcribe(self, windows: Sequence[Samples]) -> list[list[Word]]:
        (samples,) = windows
        self.given.append(samples)
        if samples.max() > 1:
            raise RuntimeError(CANARY)
        return [[Word(0.0, float(samples.shape[1]), "hei", 1.0)]]


class Housed:
    """A worker in a thread, and the host's end of its line."""

    def __init__(self) -> None:
        self.model = Counting()
        ours, theirs = socket.socketpair()
        self.host = Channel(ours)
        self.thread = threading.Thread(target=Worker(Channel(theirs), self.model).serve)
        self.thread.start()

    def room(self) -> Channel:
        ours, theirs = socket.socketpair()
        with theirs:
            self.host.send(say.Supply(say.Part.ENGINE), descriptors=(theirs.fileno(),))
        return Channel(ours)

    def ended(self) -> bool:
        self.thread.join(PATIENCE)
        return not self.thread.is_alive()


@pytest.fixture
def housed() -> Iterator[Housed]:
    opened = Housed()
    yield opened
    opened.host.close()
    assert opened.ended()


def decoded(room: Channel, samples: Samples) -> say.Message:
    room.send(say.Window(samples.shape[1]), samples.data.cast("B"))
    return room.receive()[0]


def test_a_window_comes_back_as_words_and_its_sound_is_wiped(housed: Housed) -> None:
    with housed.room() as room:
        answer = decoded(room, np.full((1, 400), 0.5, np.float32))
        assert answer == say.Words((Word(0.0, 400.0, "hei", 1.0),))
        assert decoded(room, np.ones((1, 10), np.float32)) != answer  # the first window's sound is wiped by now
        assert not housed.model.given[0].any()


def test_a_model_that_fails_says_so_without_a_word_and_goes_on(housed: Housed) -> None:
    with housed.room() as room:
        answer = decoded(room, np.full((1, 400), 2.0, np.float32))
        assert answer == say.Failed("RecogniserFailed", (("attempts", 1),))
        assert isinstance(decoded(room, np.zeros((1, 4), np.float32)), say.Words)
        assert not housed.model.given[0].any()


def test_what_a_room_says_wrong_ends_its_own_line(housed: Housed) -> None:
    with housed.room() as wrong, housed.room() as room:
        wrong.send(say.Look())
        with pytest.raises(PeerGone):
            wrong.receive()
        assert isinstance(decoded(room, np.zeros((1, 4), np.float32)), say.Words)


def test_rooms_are_served_on_without_a_host_and_the_last_one_ends_it(housed: Housed) -> None:
    rooms = [housed.room(), housed.room()]
    assert isinstance(decoded(rooms[1], np.zeros((1, 4), np.float32)), say.Words)  # both have come
    housed.host.close()
    for room in rooms:
        assert isinstance(decoded(room, np.zeros((1, 4), np.float32)), say.Words)
        room.close()
    assert housed.ended()


def test_it_retires_when_it_is_told(housed: Housed) -> None:
    with housed.room():
        housed.host.send(say.Retire())
        assert housed.ended()


def test_it_finds_the_trace_of_a_session_where_there_is_one(housed: Housed) -> None:
    trace, mask = secrets.token_bytes(16), secrets.token_bytes(16)
    masked = bytes(a ^ b for a, b in zip(trace, mask, strict=True))
    left = bytearray(trace)  # in this process, as the worker is
    housed.host.send(say.Forget(mask.hex(), masked.hex()))
    answer, _ = housed.host.receive()
    assert isinstance(answer, say.Forgotten)
    assert answer.residue is not None
    assert answer.residue >= 1
    assert left

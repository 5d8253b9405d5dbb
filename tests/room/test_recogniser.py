"""The engine on the other end of a line: it may die, fail or be replaced, and the words of a window come all the same, once."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from kiskriv.errors import PeerGone, RecogniserFailed
from kiskriv.room import EngineSpeakers, Recogniser
from kiskriv.room.line import ATTEMPTS, LINES
from kiskriv.speech.diarization import WINDOW
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.transcript import Findings, Recognition, Turn, Word
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel

PATIENCE = 10.0
HEARD = Recognition((Word(0.1, 0.4, "feber", 0.9),), Findings(windows=1))
TAIL, CLOSED, AHEAD = Urgency


class Asking:
    """A recogniser with one window to be heard, in a thread; the test is its engines."""

    def __init__(self) -> None:
        self.wanted = threading.Event()
        self.recogniser = Recogniser(bytes(16), self.wanted.set)
        self.thread = ThreadPoolExecutor(1)
        self.lines: list[Channel] = []

    def ask(self, urgency: Urgency = CLOSED) -> Future[Recognition | None]:
        clip = Clip(np.arange(1, 6, dtype=np.float32).reshape(1, -1) / 8, (2, 3))
        return self.thread.submit(self.recogniser.transcribe, clip, urgency)

    def engine(self) -> Channel:
        ours, theirs = socket.socketpair()
        ours.settimeout(PATIENCE)
        self.recogniser.supply(theirs.detach())
        self.lines.append(Channel(ours))
        return self.lines[-1]


@pytest.fixture
def asking() -> Iterator[Asking]:
    opened = Asking()
    yield opened
    opened.recogniser.abandon()
    for line in opened.lines:
        line.close()
    opened.thread.shutdown()


def asked(engine: Channel) -> say.Window:
    message, octets = engine.receive()
    assert isinstance(message, say.Window) and message.lengths == (2, 3)
    assert np.frombuffer(octets, np.float32).tolist() == [0.125, 0.25, 0.375, 0.5, 0.625]
    return message


def dies(engine: Channel, *, begun: bool) -> say.Window:
    window = asked(engine)
    if begun:
        engine.send(say.Begun())
    engine.close()
    return window


def test_the_words_of_a_window_come_back(asking: Asking) -> None:
    words, engine = asking.ask(AHEAD), asking.engine()
    assert asked(engine) == say.Window((2, 3), AHEAD, alone=False)
    engine.send(say.Begun())
    engine.send(say.Words(HEARD))
    assert words.result(PATIENCE) == HEARD


def test_an_engine_that_dies_is_asked_again_and_then_the_window_goes_alone(asking: Asking) -> None:
    words = asking.ask()
    assert not dies(asking.engine(), begun=True).alone
    engine = asking.engine()
    assert asked(engine).alone
    engine.send(say.Words(HEARD))
    assert words.result(PATIENCE) == HEARD


def test_a_window_over_which_every_engine_dies_is_given_up(asking: Asking) -> None:
    words = asking.ask()
    for _ in range(ATTEMPTS):
        dies(asking.engine(), begun=True)
    with pytest.raises(RecogniserFailed):
        words.result(PATIENCE)


def test_an_engine_that_dies_over_somebody_elses_window_is_not_held_against_this_one(asking: Asking) -> None:
    words = asking.ask()
    for _ in range(LINES - 1):
        assert not dies(asking.engine(), begun=False).alone
    engine = asking.engine()
    asked(engine)
    engine.send(say.Words(HEARD))
    assert words.result(PATIENCE) == HEARD


def test_what_the_engine_says_wrong_is_as_if_it_had_died(asking: Asking) -> None:
    words, engine = asking.ask(), asking.engine()
    asked(engine)
    engine.send(say.Done())
    with pytest.raises(PeerGone):
        engine.receive()
    engine = asking.engine()
    asked(engine)
    engine.send(say.Words(HEARD))
    assert words.result(PATIENCE) == HEARD


def test_what_is_not_wanted_any_more_is_said_and_has_no_words(asking: Asking) -> None:
    words, engine = asking.ask(AHEAD), asking.engine()
    asked(engine)
    asking.recogniser.cease()
    assert engine.receive()[0] == say.Cease()
    engine.send(say.Ceased())
    assert words.result(PATIENCE) is None


def test_what_is_not_wanted_any_more_is_not_asked_of_the_next_engine(asking: Asking) -> None:
    words, engine = asking.ask(AHEAD), asking.engine()
    asked(engine)
    asking.recogniser.cease()
    engine.receive()
    engine.close()
    assert words.result(PATIENCE) is None


def test_what_is_not_wanted_any_more_before_it_is_asked_for_is_never_asked(asking: Asking) -> None:
    asking.recogniser.cease()
    assert asking.ask(AHEAD).result(PATIENCE) is None
    words, engine = asking.ask(), asking.engine()  # and the next one is
    asked(engine)
    engine.send(say.Words(HEARD))
    assert words.result(PATIENCE) == HEARD


def test_what_is_not_wanted_any_more_while_there_is_no_engine_is_said_to_the_next(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiskriv.room.line.ASKING", 0.01)
    words = asking.ask(AHEAD)
    assert asking.wanted.wait(PATIENCE)
    asking.recogniser.cease()
    engine = asking.engine()
    asked(engine)
    assert engine.receive()[0] == say.Cease()
    engine.send(say.Ceased())
    assert words.result(PATIENCE) is None


def test_a_line_that_breaks_while_its_engine_lives_is_asked_for_anew(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiskriv.room.line.ASKING", 0.01)
    words, engine = asking.ask(), asking.engine()
    asked(engine)
    asking.wanted.clear()
    engine.close()
    assert asking.wanted.wait(PATIENCE)
    engine = asking.engine()
    asked(engine)
    engine.send(say.Words(HEARD))
    assert words.result(PATIENCE) == HEARD


def test_who_records_never_waits_for_an_engine_that_hears_no_more(asking: Asking) -> None:
    words, engine = asking.ask(AHEAD), asking.engine()
    asked(engine)

    def wish() -> None:
        for _ in range(5_000):  # far more than a line holds
            asking.recogniser.cease()
            asking.recogniser.urge(TAIL)

    recording = threading.Thread(target=wish, daemon=True)
    recording.start()
    recording.join(PATIENCE)
    assert not recording.is_alive()
    engine.close()
    assert words.result(PATIENCE) is None


def test_who_records_never_waits_for_an_engine_that_hears_nothing(asking: Asking) -> None:
    words = asking.thread.submit(
        asking.recogniser.transcribe, Clip(np.ones((1, 400_000), np.float32), (400_000,)), AHEAD
    )
    engine = asking.engine()  # its window does not fit into the line, and nobody takes it
    assert engine.waiting(PATIENCE)
    asking.recogniser.cease()
    asking.recogniser.urge(TAIL)
    engine.close()
    assert words.result(PATIENCE) is None


def test_what_is_wanted_sooner_before_it_is_asked_for_is_asked_so(asking: Asking) -> None:
    words = asking.ask(AHEAD)
    asking.recogniser.urge(TAIL)
    engine = asking.engine()
    if asked(engine).urgency is not TAIL:
        assert engine.receive()[0] == say.Urge(TAIL)
    engine.send(say.Words(HEARD))
    assert words.result(PATIENCE) == HEARD


def test_what_is_wanted_sooner_is_said_and_asked_so_of_the_next_engine(asking: Asking) -> None:
    words, engine = asking.ask(AHEAD), asking.engine()
    asked(engine)
    asking.recogniser.urge(TAIL)
    assert engine.receive()[0] == say.Urge(TAIL)
    engine.close()
    engine = asking.engine()
    assert asked(engine).urgency is TAIL
    engine.send(say.Words(HEARD))
    assert words.result(PATIENCE) == HEARD


def test_who_waits_for_an_engine_is_woken_when_nobody_wants_words_any_more(asking: Asking) -> None:
    words = asking.ask()
    threading.Thread(target=asking.recogniser.abandon).start()
    with pytest.raises(RecogniserFailed):
        words.result(PATIENCE)


# -- who speaks -------------------------------------------------------------------------------------------------------------------------


def test_an_engine_that_fails_and_fails_is_not_asked_for_ever(asking: Asking) -> None:
    words, engine = asking.ask(), asking.engine()
    for _ in range(ATTEMPTS):
        asked(engine)
        engine.send(say.Failed("RecogniserFailed", (("attempts", 1),)))
    with pytest.raises(RecogniserFailed):
        words.result(PATIENCE)


class Listening:
    """What a session asks of voices, in a thread; the test is its engine."""

    def __init__(self) -> None:
        self.speakers = EngineSpeakers(bytes(16))
        self.thread = ThreadPoolExecutor(1)
        ours, theirs = socket.socketpair()
        ours.settimeout(PATIENCE)
        self.speakers.supply(theirs.detach())
        self.engine = Channel(ours)


@pytest.fixture
def listening() -> Iterator[Listening]:
    opened = Listening()
    yield opened
    opened.speakers.abandon()
    opened.engine.close()
    opened.thread.shutdown()


def test_what_is_heard_of_voices_comes_back_as_it_was_said(listening: Listening) -> None:
    clip = Clip(np.full((1, 5), 0.5, np.float32), (5,))
    embedded = listening.thread.submit(listening.speakers.embed, clip, CLOSED)
    message, octets = listening.engine.receive()
    assert (message, len(octets)) == (say.Voices(5, CLOSED, alone=False), 20)
    listening.engine.send(say.Begun())
    listening.engine.send(say.Embedded(3), b"abc")
    assert embedded.result(PATIENCE) == bytearray(b"abc")


def test_all_of_it_is_clustered_and_not_left_where_it_was_put_together(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytearray] = []
    ask = listening.speakers.ask

    def noting(request: Any, octets: Any, urgency: Urgency, kind: Any) -> Any:
        sent.append(octets)
        return ask(request, octets, urgency, kind)

    monkeypatch.setattr(listening.speakers, "ask", noting)
    embedded = [bytearray(b"ab"), bytearray(), bytearray(b"c")]
    turns = listening.thread.submit(listening.speakers.cluster, embedded, WINDOW, 3 * WINDOW)
    message, octets = listening.engine.receive()
    assert (message, octets) == (say.Cluster((2, 0, 1), WINDOW, 3 * WINDOW), b"abc")
    listening.engine.send(say.Turns((Turn(0.0, 1.5, "0"),)))
    assert turns.result(PATIENCE) == (Turn(0.0, 1.5, "0"),)
    assert sent == [bytearray(3)]


@pytest.mark.parametrize(
    "turns",
    [
        (Turn(0, 5, "x"),),
        (Turn(0, 5, ""),),
        (Turn(0, 5, "100"),),
        (Turn(0, 5, "-1"),),
        (Turn(0, 5, "00"),),
        (Turn(0, 5, "1\n"),),
        (Turn(0, 5, "\u0663"),),  # a digit, but not of ours
        (Turn(5, 0, "0"),),
        (Turn(5, 5, "0"),),
        (Turn(-1, 5, "0"),),
        (Turn(0, 1e300, "0"),),
        (Turn(0, 12, "0"),),
        (Turn(0, 5, "0"), Turn(4, 6, "1")),
        (Turn(5, 6, "0"), Turn(0, 4, "1")),
        (Turn(0, 9, "0"),) * 1_000,
    ],
)
def test_what_are_no_turns_of_the_recording_are_none(listening: Listening, turns: tuple[Turn, ...]) -> None:
    told = listening.thread.submit(listening.speakers.cluster, [bytearray(b"ab")], WINDOW, WINDOW)
    listening.engine.receive()
    listening.engine.send(say.Turns(turns))
    with pytest.raises(RecogniserFailed):
        told.result(PATIENCE)


@pytest.mark.parametrize(
    "turns", [(), (Turn(0, 4, "0"), Turn(4, 5.5, "12"), Turn(6, 10.005, "0")), (Turn(9.0, 10, "0"),)]
)
def test_turns_of_the_recording_are_taken(listening: Listening, turns: tuple[Turn, ...]) -> None:
    told = listening.thread.submit(listening.speakers.cluster, [bytearray(b"ab")], WINDOW, WINDOW)
    listening.engine.receive()
    listening.engine.send(say.Turns(turns))
    assert told.result(PATIENCE) == turns


def test_an_engine_that_says_a_number_that_nobody_can_hold_is_as_if_it_had_died(listening: Listening) -> None:
    told = listening.thread.submit(listening.speakers.cluster, [bytearray(b"ab")], WINDOW, WINDOW)
    listening.engine.receive()
    text = b'{"Turns":{"turns":[{"start":1%s,"end":1.0,"speaker":"0"}]}}' % (b"0" * 400)
    header = struct.pack(">2sBII16s", b"kw", say.VERSION, len(text), 0, bytes(16))
    listening.engine._line.sendall(header + text)
    with pytest.raises(PeerGone):
        listening.engine.receive()
    ours, theirs = socket.socketpair()
    ours.settimeout(PATIENCE)
    listening.speakers.supply(theirs.detach())
    with Channel(ours) as engine:
        engine.receive()
        engine.send(say.Turns(()))
        assert told.result(PATIENCE) == ()


def test_a_session_that_ends_waits_for_no_voices(listening: Listening) -> None:
    embedded = listening.thread.submit(listening.speakers.embed, Clip(np.ones((1, 5), np.float32), (5,)), CLOSED)
    listening.engine.receive()
    listening.speakers.abandon()
    with pytest.raises(RecogniserFailed):
        embedded.result(PATIENCE)

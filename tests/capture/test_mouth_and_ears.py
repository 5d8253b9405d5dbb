"""The two halves of the process that reaches the sound system, without a sound system: nothing is kept that was not played."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from kiskriv.assembly import microphone as the_module
from kiskriv.assembly.microphone import _Ears, _Mouth
from kiskriv.capture import Loudspeaker
from kiskriv.config import Config
from kiskriv.errors import LoudspeakerMissing
from kiskriv.transcript import Chunk
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel
from tests.capture.test_microphone import plugged_in


@pytest.fixture
def line() -> Iterator[tuple[Channel, Channel]]:
    """The room's end, and the process's."""
    ours, theirs = map(Channel, socket.socketpair())
    with ours, theirs:
        yield ours, theirs


def test_a_piece_that_cannot_be_played_is_wiped_before_that_is_said(line: tuple[Channel, Channel]) -> None:
    piece = np.ones((1, 400), np.float32)
    with plugged_in(None):
        _Mouth(line[1]).play(piece)
        answer, _ = line[0].receive()
    assert isinstance(answer, say.Failed)
    assert not piece.any()


def test_what_was_stopped_before_it_was_played_opens_no_loudspeaker(
    line: tuple[Channel, Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, stopped = list[object](), threading.Event()

    def play(*_: object) -> Iterator[None]:
        opened.append(None)
        stopped.wait(10.0)
        raise LoudspeakerMissing(problem="none is connected")
        yield

    monkeypatch.setattr(Loudspeaker, "play", play)
    pieces, mouth = [np.ones((1, 400), np.float32) for _ in range(3)], _Mouth(line[1])
    for piece in pieces:
        mouth.play(piece)
    mouth.stop()
    stopped.set()
    answers = [line[0].receive()[0] for _ in pieces]
    assert answers[1:] == [say.Done()] * 2
    assert len(opened) <= 1
    assert not np.any(pieces)


@pytest.mark.parametrize("hangs", [True, False])
def test_a_microphone_that_is_not_let_go_of_ends_the_process_after_its_answer(
    line: tuple[Channel, Channel], monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    left = list[bool]()
    monkeypatch.setattr(the_module.os, "_exit", lambda code: left.append(line[0].waiting(0.0)))

    class Silent:
        """Was stopped at once."""

        def __init__(self) -> None:
            self.hangs = hangs

        def chunks(self) -> Iterator[Chunk]:
            return iter(())

    ears = _Ears(line[1], Config())
    ears._answered(ears._listen, Silent())  # type: ignore[arg-type]
    assert line[0].receive()[0] == say.Done()
    assert left == [True] * hangs

"""The two halves of the process that reaches the sound system, without a sound system: nothing is kept that was not played."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import numpy as np
import pytest

from kiskriv.assembly import microphone as the_module
from kiskriv.assembly.microphone import _Ears, _Mouth
from kiskriv.capture import Loudspeaker, Microphone
from kiskriv.config import Config
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


@pytest.fixture
def mouth(line: tuple[Channel, Channel]) -> Iterator[_Mouth]:
    """Ends with its line."""
    made = _Mouth(line[1])
    yield made
    line[0].close()
    made.play(np.zeros((1, 4), np.float32))
    made._thread.join()


def test_a_piece_that_cannot_be_played_is_wiped_before_that_is_said(
    line: tuple[Channel, Channel], mouth: _Mouth
) -> None:
    piece = np.ones((1, 400), np.float32)
    with plugged_in(None):
        mouth.play(piece)
        answer, _ = line[0].receive()
    assert isinstance(answer, say.Failed)
    assert not piece.any()


def test_what_was_stopped_before_it_was_played_opens_no_loudspeaker(
    line: tuple[Channel, Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Loudspeaker, "play", lambda *_: pytest.fail("it was opened"))
    piece, mouth = np.ones((1, 400), np.float32), _Mouth(line[1], start=False)
    mouth.play(piece)
    mouth.stop()
    mouth.start()
    assert line[0].receive()[0] == say.Done()
    assert not piece.any()


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

"""A signal in the middle of a message: it waits until the message is whole, or screen and room would wait for each other for ever."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from types import FrameType
from typing import Any, cast

import pytest

from kiskriv.session import State
from kiskriv.wire import messages as say
from kiskriv.wire.remote import RemoteSession
from tests.tui.fakes import NOTE, Scene, standing


class Line:
    """A line on which a signal arrives while a message is half out, or half in."""

    def __init__(self, where: str) -> None:
        self.trace, self.whole, self._where = b"", False, where
        self._answers: list[say.Message] = [standing(Scene(), State.DRAFTED), say.Done()]

    def send(self, message: say.Message, octets: bytes = b"") -> None:
        if isinstance(message, say.Revise) and self._where == "sending":
            signal.raise_signal(signal.SIGHUP)
            self.whole = True

    def waiting(self, seconds: float = 0.0) -> bool:
        return True

    def receive(self) -> tuple[say.Message, bytearray]:
        answer = self._answers.pop(0)
        if isinstance(answer, say.Done) and self._where == "receiving":
            signal.raise_signal(signal.SIGHUP)
            self.whole = True
        return answer, bytearray()

    def close(self) -> None:
        pass


class Gone(BaseException):
    """What the signal does here."""


@pytest.fixture(autouse=True)
def handled() -> Iterator[None]:
    def leave(number: int, frame: FrameType | None) -> None:
        raise Gone

    before = signal.signal(signal.SIGHUP, leave)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("where", ["sending", "receiving"])
def test_a_signal_waits_until_a_message_is_whole(where: str) -> None:
    line = Line(where)
    session = RemoteSession(cast("Any", None), lambda _: cast("Any", line), None, "ab" * 16)
    session.attach()
    with pytest.raises(Gone):
        session.revise(NOTE)
    assert line.whole

"""The engine on the other end of a line: something is asked, the answer comes back, and an engine that dies is asked again."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TypeVar

from kiskriv.errors import Malformed, PeerGone, RecogniserFailed
from kiskriv.speech.windows import Urgency
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel
from kiskriv.wire.frames import Buffer

ATTEMPTS = 3
"""How often a task is begun: one that fails so often would take every engine down with it."""

LINES = 12
"""How often it is asked for in all: an engine that dies before it has begun with this task is not held against it."""

ASKING = 5.0
"""Seconds without a line to any engine after which one is asked for: a new engine brings one by itself, sooner."""

A = TypeVar("A", say.Words, say.Embedded, say.Turns)

Request = Callable[[Urgency, bool], say.Window | say.Voices | say.Cluster]
"""What is asked, given how urgent it is by now, and whether an engine has died over it, so that it goes alone."""


class EngineLine:
    """For one session: one task at a time. Lines come from any thread; who asks waits for one as long as there is none.

    `wants` asks for a line where none comes.
    """

    def __init__(self, trace: bytes, wants: Callable[[], object] = lambda: None) -> None:
        self._trace = trace
        self._wants = wants
        self._lines: SimpleQueue[Channel | None] = SimpleQueue()
        self._line: Channel | None = None
        self._urged: Urgency | None = None
        self._asked_for = self._unwanted = self._abandoned = False

    def supply(self, descriptor: int) -> None:
        """Another engine, on a connected socket."""
        line = Channel(socket.socket(fileno=descriptor))
        line.trace = self._trace
        self._lines.put(line)
        if self._abandoned:
            self.abandon()

    def urge(self, urgency: Urgency) -> None:
        """What was asked for is wanted sooner than was said. From any thread, like all but `ask`."""
        self._urged = urgency
        self._add(say.Urge(urgency))

    def cease(self) -> None:
        """It is not wanted any more: `ask` returns soon."""
        self._unwanted = True
        self._add(say.Cease())

    def abandon(self) -> None:
        """Hangs up on every engine: who waits is woken, and nothing is asked any more."""
        self._abandoned = True
        with suppress(Empty):
            while True:
                if (waiting := self._lines.get_nowait()) is not None:
                    waiting.close()
        self._lines.put(None)
        if (line := self._line) is not None:
            line.close()

    def ask(self, request: Request, octets: Buffer, urgency: Urgency, kind: type[A]) -> tuple[A, bytearray] | None:
        """The answer, of this kind, and what follows it (whoever takes it wipes it); None where it was not wanted any more.

        Raises RecogniserFailed where it cannot be done, now or ever.
        """
        try:
            return self._answered(request, octets, urgency, kind)
        finally:
            self._urged, self._unwanted = None, False

    def _answered(
        self, request: Request, octets: Buffer, urgency: Urgency, kind: type[A]
    ) -> tuple[A, bytearray] | None:
        attempts = 0
        for _ in range(LINES):
            if self._unwanted:
                return None
            answer, followed, begun = self._asked(request, octets, urgency, kind, alone=attempts > 0)
            if isinstance(answer, say.Ceased):
                return None
            if isinstance(answer, kind):
                return answer, followed
            attempts += begun
            if attempts == ATTEMPTS:
                break
        raise RecogniserFailed(attempts=attempts)

    def _asked(
        self, request: Request, octets: Buffer, urgency: Urgency, kind: type[A], *, alone: bool
    ) -> tuple[say.Message | None, bytearray, bool]:
        """What the newest engine answered, None where it broke off; what followed; and whether it had begun."""
        begun = False
        line = self._current()
        urgency = min(urgency, self._urged or urgency, key=lambda wanted: wanted.rank)
        answer: say.Message | None
        followed = bytearray()
        try:
            line.send(request(urgency, alone), octets)
            self._asked_for = True
            if self._unwanted:  # it was said before the task was there to be left
                line.send(say.Cease())
            elif self._urged not in (None, urgency):
                line.send(say.Urge(self._urged))
            answer, followed = line.receive()
            while isinstance(answer, say.Begun):
                begun = True
                answer, followed = line.receive()
        except (PeerGone, Malformed):
            answer = None
        finally:
            self._asked_for = False
        if not isinstance(answer, kind | say.Ceased | say.Failed):
            line.close()
            self._line = answer = None
        return answer, followed, begun or isinstance(answer, say.Failed)

    def _add(self, message: say.Message) -> None:
        """To what was asked for; what has not been is asked for so in the first place. Never waits for an engine that hears nothing."""
        line = self._line
        if self._asked_for and line is not None:
            with suppress(PeerGone):
                line.send_at_once(message)

    def _current(self) -> Channel:
        """The newest line, once there is one; older ones lead to engines that are gone."""
        while not self._lines.empty() or self._line is None:
            try:
                line = None if self._abandoned else self._lines.get(timeout=ASKING)
            except Empty:
                self._wants()
                continue
            if line is None:
                self._abandoned = True
                raise RecogniserFailed(attempts=0)
            if self._line is not None:
                self._line.close()
            self._line = line
        return self._line

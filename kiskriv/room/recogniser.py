"""The engine on the other end of a line: a window goes out, its words come back, and an engine that dies is asked again."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue

from kiskriv.errors import Malformed, PeerGone, RecogniserFailed
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.transcript import Recognition
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel

ATTEMPTS = 3
"""How often a window is begun: one that fails so often would take every engine down with it."""

LINES = 12
"""How often it is asked for in all: an engine that dies before it has begun with this window is not held against it."""

ASKING = 5.0
"""Seconds without a line to any engine after which one is asked for: a new engine brings one by itself, sooner."""


class Recogniser:
    """A `Transcriber` for one session. Lines come from any thread; `transcribe` waits for one as long as there is none.

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

    def transcribe(self, clip: Clip, urgency: Urgency) -> Recognition | None:
        """See `Transcriber`. Raises RecogniserFailed."""
        try:
            return self._recognised(clip, urgency)
        finally:
            self._urged, self._unwanted = None, False

    def urge(self, urgency: Urgency) -> None:
        """See `Transcriber`."""
        self._urged = urgency
        self._add(say.Urge(urgency))

    def cease(self) -> None:
        """See `Transcriber`."""
        self._unwanted = True
        self._add(say.Cease())

    def abandon(self) -> None:
        """Hangs up on every engine: a `transcribe` that waits is woken, and no other begins."""
        self._abandoned = True
        with suppress(Empty):
            while True:
                if (waiting := self._lines.get_nowait()) is not None:
                    waiting.close()
        self._lines.put(None)
        if (line := self._line) is not None:
            line.close()

    def _recognised(self, clip: Clip, urgency: Urgency) -> Recognition | None:
        attempts = 0
        for _ in range(LINES):
            if self._unwanted:
                return None
            answer, begun = self._asked(clip, urgency, alone=attempts > 0)
            match answer:
                case say.Words(recognition):
                    return recognition
                case say.Ceased():
                    return None
            attempts += begun
            if attempts == ATTEMPTS:
                break
        raise RecogniserFailed(attempts=attempts)

    def _asked(self, clip: Clip, urgency: Urgency, *, alone: bool) -> tuple[say.Message | None, bool]:
        """What the newest engine answered, None where it broke off; and whether it had begun."""
        begun = False
        line = self._current()
        urgency = min(urgency, self._urged or urgency, key=lambda wanted: wanted.rank)
        answer: say.Message | None
        try:
            line.send(say.Window(clip.lengths, urgency, alone), clip.samples.data.cast("B"))
            self._asked_for = True
            if self._unwanted:  # it was said before the window was there to be left
                line.send(say.Cease())
            elif self._urged not in (None, urgency):
                line.send(say.Urge(self._urged))
            while isinstance(answer := line.receive()[0], say.Begun):
                begun = True
        except (PeerGone, Malformed):
            answer = None
        finally:
            self._asked_for = False
        if not isinstance(answer, say.Words | say.Ceased | say.Failed):
            line.close()
            self._line = answer = None
        return answer, begun or isinstance(answer, say.Failed)

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

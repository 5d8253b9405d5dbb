"""The room's door: one thread that hears and says on every line, understands nothing, and holds nobody up.

    listener ──accept──> new line ──Hello──> screen (one; the next takes over) or host (one; the next takes over)
    host ──Supply──> engine, writer (to who asks it) · microphone (another line) · listener (a new door where the old one was removed)

What arrives is laid into one queue for the thread that takes the steps. What is said is laid into the line's own queue and goes out as
the other end takes it: a screen that hangs costs the room nothing, and one that never takes anything is let go.
"""

from __future__ import annotations

import os
import selectors
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum, auto
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, sleep
from typing import Final

from kiskriv.errors import Malformed, TakenOver
from kiskriv.session import Captured, Continued, Interrupted
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed
from kiskriv.wire.channel import descriptors_in
from kiskriv.wire.frames import NO_TRACE, Buffer, Reader, frame
from kiskriv.wire.messages import Message, Part

MOST_UNTAKEN: Final = 32 << 20
"""Octets that a screen may leave untaken before it is let go."""

MOST_UNREAD: Final = 64
"""Sounds that wait for the thread of the steps before no more are taken in."""

SHORT_OF_DESCRIPTORS: Final = 0.01
"""Seconds until the door is looked at again."""

MOST_STRANGERS: Final = 8
"""Lines that have not said who they are; the oldest makes room for the next."""


class Origin(StrEnum):
    """Who is at the other end."""

    STRANGER = auto()
    SCREEN = auto()
    HOST = auto()
    MICROPHONE = auto()


ALLOWED: Final[dict[Origin, tuple[type, ...]]] = {
    Origin.STRANGER: (say.Hello,),
    Origin.SCREEN: (
        *(say.Record, say.Sound, say.Stop, say.Halt, say.Draft, say.Assign, say.Correct, say.Revise),
        *(say.Approve, say.Release, say.Bookmark, say.Play, say.Extend),
        *(say.Transferred, say.Discard, say.Withdraw, say.End),
    ),
    Origin.HOST: (say.Begin, say.Resume, say.Logged, say.Supply, say.Failed),
    Origin.MICROPHONE: (say.Sound, say.Done, say.Failed, Interrupted, Continued),
}


@dataclass(frozen=True)
class Heard:
    """A message, and the sound that came with it (who takes it wipes it)."""

    origin: Origin
    message: Message
    octets: bytearray


@dataclass(frozen=True)
class Came:
    """A screen, a host or a microphone is there now, in the place of any other."""

    origin: Origin


@dataclass(frozen=True)
class Left:
    """It is gone."""

    origin: Origin


Arrival = Heard | Came | Left


class _Line:
    def __init__(self, line: socket.socket, origin: Origin) -> None:
        line.setblocking(False)
        self.socket, self.origin = line, origin
        self.reader = Reader()
        self.descriptors: list[int] = []
        self.untaken: deque[bytearray] = deque()
        self.last = False
        """Closes when all is taken."""


class Porter:
    """Lines in, one queue out. `say`, `report`, `ask` and `take` are for the thread of the steps. `supplies`: who takes a line to what."""

    def __init__(
        self,
        control: socket.socket,
        listener: socket.socket,
        supplies: Mapping[Part, Callable[[int], None]],
    ) -> None:
        self._inbox: SimpleQueue[Arrival] = SimpleQueue()
        self._aside: deque[Arrival] = deque()
        self._outbox: SimpleQueue[tuple[Origin, bytearray, bool]] = SimpleQueue()
        self._supplies = supplies
        self._lines: dict[Origin, _Line] = {}
        self._strangers: deque[_Line] = deque()
        self._selector = selectors.DefaultSelector()
        self._bell, self._rope = os.pipe()
        os.set_blocking(self._rope, False)
        self._listener = listener
        self._listener.setblocking(False)
        self._paused: list[_Line] = []
        self._closing = self._had_screen = False
        self.trace = NO_TRACE
        """What marks every message of the session."""
        self.one_screen = False
        """The first screen is the only one: no other takes over."""
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._settle(_Line(control, Origin.HOST))
        self._thread = Thread(target=self._work, name="porter", daemon=True)

    def start(self) -> None:
        """From here on lines are heard."""
        self._thread.start()

    def close(self) -> None:
        """Says what is still to be said, as far as it is taken at once, and ends every line."""
        self._closing = True
        self._ring()
        self._thread.join()

    # -- for the thread of the steps ------------------------------------------------------------------------------------------------

    def say(self, message: Message) -> None:
        """To the screen, if there is one. A level that nobody has taken yet is not followed by another."""
        self._send(Origin.SCREEN, message, droppable=isinstance(message, Captured))

    def report(self, message: Message) -> None:
        """To the host, if there is one."""
        self._send(Origin.HOST, message)

    def ask(self, message: Message, octets: Buffer = b"") -> None:
        """To the microphone, if there is one, with the sound that it shall play (who asks wipes it)."""
        self._send(Origin.MICROPHONE, message, octets=octets)

    def take(self, seconds: float | None = None) -> Arrival | None:
        """The next arrival; None where none comes within so many seconds."""
        if self._aside:
            return self._aside.popleft()
        try:
            arrival = self._inbox.get(timeout=seconds) if seconds is None or seconds > 0 else self._inbox.get_nowait()
        except Empty:
            return None
        if self._paused and self._inbox.qsize() < MOST_UNREAD // 2:
            self._ring()
        return arrival

    def apart(self, seconds: float) -> Iterator[Message | Came | Left]:
        """What comes from the host alone, for so many seconds; the rest waits for `take`."""
        until = monotonic() + seconds
        kept: list[Arrival] = []
        try:
            while (left := until - monotonic()) > 0:
                arrival = self.take(left)
                match arrival:
                    case None:
                        return
                    case Heard(Origin.HOST, message, _):
                        yield message
                    case Came(Origin.HOST) | Left(Origin.HOST):
                        yield arrival
                    case _:
                        kept.append(arrival)
        finally:
            self._aside.extendleft(reversed(kept))

    def _send(self, origin: Origin, message: Message, *, droppable: bool = False, octets: Buffer = b"") -> None:
        trace = NO_TRACE if origin is Origin.HOST else self.trace  # it is the host that searches for it
        self._outbox.put((origin, frame(message, octets, trace), droppable))
        self._ring()

    def _ring(self) -> None:
        with suppress(BlockingIOError):  # it rings already
            os.write(self._rope, b"!")

    # -- in the thread of the door --------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._closing:
            for key, events in self._selector.select():
                if key.fileobj == self._bell:
                    os.read(self._bell, 4096)
                elif key.fileobj is self._listener:
                    self._accept()
                else:
                    self._attend(key.data, events)
            self._hand_out()
            self._resume()
        self._selector.unregister(self._listener)
        self._listener.close()  # before the lines: who calls again must find nobody
        self._hand_out()
        heard = [key.data for key in self._selector.get_map().values() if key.data is not None]
        for line in [*heard, *self._paused]:  # also who was dismissed and has not taken the last word
            self._take_leave(line, tell=False)

    def _accept(self) -> None:
        try:
            line, _ = self._listener.accept()
        except OSError:  # gone again, or no descriptor is free: who waits at the door waits on
            sleep(SHORT_OF_DESCRIPTORS)
            return
        if _user(line) != os.getuid():
            line.close()
            return
        self._settle(_Line(line, Origin.STRANGER))
        if len(self._strangers) > MOST_STRANGERS:
            self._take_leave(self._strangers[0])

    def _settle(self, line: _Line) -> None:
        """A line has its place; who had it before is let go."""
        if line.origin is Origin.STRANGER:
            self._strangers.append(line)
        else:
            if (before := self._lines.get(line.origin)) is not None:
                self._dismiss(before)
            self._lines[line.origin] = line
        if line.socket.fileno() not in self._selector.get_map():
            self._selector.register(line.socket, selectors.EVENT_READ, line)

    def _dismiss(self, line: _Line) -> None:
        del self._lines[line.origin]
        if line.origin is Origin.SCREEN:
            self._queue(line, frame(failed(TakenOver()), trace=self.trace))
        line.last = True
        self._flush(line)

    def _attend(self, line: _Line, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._flush(line)
        if events & selectors.EVENT_READ and line.socket.fileno() >= 0:
            self._read(line)

    def _read(self, line: _Line) -> None:
        """Whatever is there, message by message, but no more sound than can be used soon."""
        try:
            while True:
                if self._inbox.qsize() > MOST_UNREAD:
                    self._pause(line)
                    return
                with line.reader.wanted as wanted:
                    count, control, _, _ = line.socket.recvmsg_into([wanted], socket.CMSG_SPACE(4 * 4))
                line.descriptors += descriptors_in(control)
                if count == 0:
                    break
                if (heard := line.reader.filled(count)) is not None:
                    self._understand(line, *heard)
        except BlockingIOError:
            return
        except (OSError, Malformed):
            pass
        self._take_leave(line)

    def _understand(self, line: _Line, message: Message, octets: bytearray) -> None:
        if line.last or not isinstance(message, ALLOWED[line.origin]):
            octets[:] = bytes(len(octets))
            raise Malformed
        match message:
            case say.Hello(version, caller, _):
                if version != say.VERSION:
                    raise Malformed
                if self.one_screen and caller is say.Caller.SCREEN and self._had_screen:
                    raise Malformed
                self._had_screen = self._had_screen or caller is say.Caller.SCREEN
                self._strangers.remove(line)
                line.origin = Origin.HOST if caller is say.Caller.HOST else Origin.SCREEN
                self._settle(line)
                self._inbox.put(Came(line.origin))
            case say.Supply(part):
                self._connect(part, _next(line.descriptors))
            case _:
                self._inbox.put(Heard(line.origin, message, octets))

    def _connect(self, part: Part, descriptor: int) -> None:
        match part:
            case Part.ENGINE | Part.SPEAKERS | Part.WRITER:
                self._supplies.get(part, os.close)(descriptor)
            case Part.MICROPHONE:
                self._settle(_Line(socket.socket(fileno=descriptor), Origin.MICROPHONE))
                self._inbox.put(Came(Origin.MICROPHONE))
            case Part.LISTENER:
                self._selector.unregister(self._listener)
                self._listener.close()
                self._listener = socket.socket(fileno=descriptor)
                self._listener.setblocking(False)
                self._selector.register(self._listener, selectors.EVENT_READ)

    def _take_leave(self, line: _Line, *, tell: bool = True) -> None:
        """Ends a line, and wipes what was on its way."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(line.socket)
        line.socket.close()
        line.reader.wipe()
        for framed in line.untaken:
            framed[:] = bytes(len(framed))
        line.untaken.clear()
        for descriptor in line.descriptors:
            os.close(descriptor)
        with suppress(ValueError):
            self._strangers.remove(line)
        if self._lines.get(line.origin) is line:
            del self._lines[line.origin]
            if tell:
                self._inbox.put(Left(line.origin))

    def _hand_out(self) -> None:
        while True:
            try:
                origin, framed, droppable = self._outbox.get_nowait()
            except Empty:
                return
            line = self._lines.get(origin)
            if line is None or (droppable and line.untaken):
                framed[:] = bytes(len(framed))
                continue
            self._queue(line, framed)
            self._flush(line)

    def _queue(self, line: _Line, framed: bytearray) -> None:
        line.untaken.append(framed)
        if sum(map(len, line.untaken)) > MOST_UNTAKEN:
            self._take_leave(line)

    def _flush(self, line: _Line) -> None:
        """Says what the other end takes now; the rest when it takes more."""
        try:
            while line.untaken:
                framed = line.untaken[0]
                sent = line.socket.send(framed)
                if sent < len(framed):
                    line.untaken[0] = framed[sent:]
                else:
                    line.untaken.popleft()
                framed[:] = bytes(len(framed))
        except BlockingIOError:
            pass
        except OSError:
            self._take_leave(line)
            return
        if line.last and not line.untaken:
            self._take_leave(line)
            return
        with suppress(KeyError, ValueError):
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.untaken else 0)
            self._selector.modify(line.socket, wanted, line)

    def _pause(self, line: _Line) -> None:
        self._selector.unregister(line.socket)
        self._paused.append(line)

    def _resume(self) -> None:
        if self._paused and self._inbox.qsize() < MOST_UNREAD:
            paused, self._paused = self._paused, []
            for line in paused:
                if line.socket.fileno() >= 0:
                    self._selector.register(line.socket, selectors.EVENT_READ, line)
                    self._flush(line)


def _next(descriptors: list[int]) -> int:
    if not descriptors:
        raise Malformed
    return descriptors.pop(0)


def _user(line: socket.socket) -> int:
    """Who is at the other end of a Unix socket (SO_PEERCRED, unix(7))."""
    _, user, _ = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return int(user)

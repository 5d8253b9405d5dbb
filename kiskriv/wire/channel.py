"""One end of a line between two processes that says and hears whole messages, and waits for them."""

from __future__ import annotations

import select
import socket
from contextlib import suppress
from threading import Lock
from types import TracebackType
from typing import Self

from kiskriv.errors import Malformed, PeerGone
from kiskriv.wire.frames import NO_TRACE, Buffer, Reader, frame
from kiskriv.wire.messages import Message


class Channel:
    """A connected stream socket. Sends from any thread; hears in one."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._sending = Lock()
        self._reader = Reader()
        self._descriptors: list[int] = []
        self.trace = NO_TRACE
        """What marks the messages that are sent."""

    def __repr__(self) -> str:
        return f"<Channel {self._line.fileno()}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def fileno(self) -> int:
        """For `select`; -1 when closed."""
        return self._line.fileno()

    def close(self) -> None:
        """Ends the line, and wakes whoever waits at either end. Closing twice does no harm."""
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()
        self._reader.wipe()

    def send(self, message: Message, octets: Buffer = b"", descriptors: tuple[int, ...] = ()) -> None:
        """Sends the message, its sound, and descriptors to go with it. Raises PeerGone."""
        framed = frame(message, octets, self.trace)
        try:
            with self._sending, memoryview(framed) as view:
                sent = socket.send_fds(self._line, [view], descriptors) if descriptors else 0
                self._line.sendall(view[sent:])
        except OSError:
            gone = True
        except BaseException:  # ctrl-c in the midst of a message: whatever followed would be taken for the rest of it
            self.close()
            raise
        else:
            gone = False
        finally:
            framed[:] = bytes(len(framed))
        if gone:
            raise PeerGone

    def send_at_once(self, message: Message) -> bool:
        """Sends a small message, unless that would have to wait: for another that is being sent, or for the other end to take it.

        Whether it was sent. Raises PeerGone.
        """
        if not self._sending.acquire(blocking=False):
            return False
        framed = frame(message, b"", self.trace)
        try:
            sent = self._line.send(framed, socket.MSG_DONTWAIT)
            self._line.sendall(framed[sent:])  # nothing as a rule; half a message would be the end of the line
        except BlockingIOError:
            return False
        except OSError:
            raise PeerGone from None
        finally:
            self._sending.release()
            framed[:] = bytes(len(framed))
        return True

    def receive(self) -> tuple[Message, bytearray]:
        """Waits for the next message and its sound. Raises PeerGone; Malformed, after which the line is closed."""
        try:
            while True:
                with self._reader.wanted as wanted:
                    count, control, _, _ = self._line.recvmsg_into([wanted], socket.CMSG_SPACE(4 * 4))
                self._descriptors += descriptors_in(control)
                if count == 0:
                    break
                if (heard := self._reader.filled(count)) is not None:
                    return heard
        except OSError:
            pass
        except Malformed:
            self.close()
            raise
        self.close()
        raise PeerGone

    def descriptor(self) -> int:
        """The oldest descriptor that came with a message and was not taken yet. Raises Malformed where there is none."""
        if not self._descriptors:
            raise Malformed
        return self._descriptors.pop(0)

    def waiting(self, seconds: float = 0.0) -> bool:
        """Something (a message or the end) can be heard within so many seconds."""
        poll = select.poll()
        try:
            poll.register(self._line, select.POLLIN)
        except ValueError:  # it is closed; perhaps just now, by another thread
            return True
        return bool(poll.poll(seconds * 1000))


def descriptors_in(control: list[tuple[int, int, bytes]]) -> list[int]:
    """The descriptors that came beside a message (SCM_RIGHTS)."""
    found: list[int] = []
    for level, kind, octets in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            whole = len(octets) // 4 * 4
            found += memoryview(octets[:whole]).cast("i").tolist()
    return found

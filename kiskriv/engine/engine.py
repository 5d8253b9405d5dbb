"""Hears what rooms want decoded, and what the host says: one thread, which no line holds up and which decodes nothing itself.

    host ──Supply──> another line of a room's     room ──Window───> Begun, then Words | Failed
         ──Forget──> Forgotten (searched)              ──Voices───> Begun, then Embedded | Failed
         ──Retire──> everything is freed,              ──Cluster──> Begun, then Turns | Failed
                     and the process ends              ──Write────> Begun, then Written… | Failed
                                                       ──Urge─────> (sooner)
                                                       ──Cease────> Ceased

Where the host goes away the rooms are served on; with the last of them the process ends too.
"""

from __future__ import annotations

import os
import select
import selectors
import socket
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import accumulate
from threading import Lock, Thread
from time import monotonic

import numpy as np

from kiskriv.draft.prompt import Request
from kiskriv.engine.scheduler import Job, Scheduler
from kiskriv.engine.worker import Model, Worker
from kiskriv.engine.writing import Writing
from kiskriv.errors import Malformed, PeerGone, WriterUnreachable
from kiskriv.machine import search_memory
from kiskriv.speech.diarization import Clustering
from kiskriv.speech.windows import WHISPER_LIMIT, Clip, Urgency
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed
from kiskriv.wire.channel import Channel
from kiskriv.wire.frames import Buffer, Reader, frame

MOST_ROUNDS = 100
"""In which rooms are heard before the host, as long as they have something to say."""

SETTLING = 5.0
"""Seconds in which a window that nobody wants any more is let go of before memory is searched."""


ANSWERING = 5.0
"""Seconds in which a room takes an answer: more than a line holds at once it takes piece by piece."""

LONGEST_WRITING = 3600.0
"""Seconds that a note may take."""

AT_ONCE = 0.1
"""Seconds for what is small, and said by the thread that hears: room for it there is, but another may just be done speaking."""


class Engine:
    """Serves every line that the host supplies, with a worker for each model: some for words, one for who says them, one for notes.

    Where one falls, all ends: the host starts another. `author`: None where no language model is loaded.
    """

    def __init__(self, control: Channel, models: Sequence[Model], telling: Model, author: Model | None = None) -> None:
        self._control: Channel | None = control
        self._words, self._voices, self._notes = self._queues = Scheduler(), Scheduler(), Scheduler()
        self._bell, self._rope = os.pipe()
        fallen = partial(os.write, self._rope, b"!")
        self._workers = [Worker(self._words, model, fallen) for model in models]
        self._workers.append(Worker(self._voices, telling, fallen, nice=True))
        self._writes = author is not None
        if author is not None:
            self._workers.append(Worker(self._notes, author, fallen, nice=True))
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._selector.register(control, selectors.EVENT_READ)
        self._rooms: set[_Room] = set()
        self._searches: list[Thread] = []

    def serve(self) -> bool:
        """Returns when it is retired, or when nobody is left to serve; every line has ended then, and every window is wiped.

        Whether that was in good order: False where a worker fell.
        """
        for worker in self._workers:
            worker.start()
        try:
            return self._serve()
        finally:
            waiting = [job for queue in self._queues for job in queue.close()]
            for worker in self._workers:
                worker.join()
            for search in self._searches:
                search.join()
            for queue in self._queues:
                waiting += queue.close()  # also what a worker has put back
            for job in waiting:
                job.answer(say.Ceased())  # not held against the window: the next engine is asked
            for room in tuple(self._rooms):
                self._let_go(room)
            self._hang_up()
            self._selector.close()
            os.close(self._bell)
            os.close(self._rope)

    def _serve(self) -> bool:
        rounds = 0
        while self._control is not None or self._rooms:
            ready = {key.fileobj: key.data for key, _ in self._selector.select()}
            rooms = [room for room in ready.values() if room is not None]
            for room in rooms:
                self._hear(room)
            if self._bell in ready:
                return False
            rounds = rounds + 1 if rooms else 0
            # the host last: what a room that has ended left here is let go of before it is searched for
            if self._control in ready and (not rooms or rounds > MOST_ROUNDS):
                rounds = 0
                if not self._obeyed(self._control):
                    return True
        return True

    def _obeyed(self, control: Channel) -> bool:
        """False where it is retired."""
        try:
            match control.receive()[0]:
                case say.Retire():
                    return False
                case say.Supply():
                    room = _Room(socket.socket(fileno=control.descriptor()))
                    self._rooms.add(room)
                    self._selector.register(room.line, selectors.EVENT_READ, room)
                case say.Forget(mask, masked):
                    search = Thread(target=self._search, args=(control, mask, masked), daemon=True)
                    search.start()
                    self._searches = [*(thread for thread in self._searches if thread.is_alive()), search]
                case _:
                    self._hang_up()
        except (PeerGone, Malformed):
            self._hang_up()
        return True

    def _search(self, control: Channel, mask: str, masked: str) -> None:
        """In a thread of its own: rooms are heard meanwhile. What is not let go of in time cannot be said to be gone.

        Notes are another's: a session that asked for one ends with this process, and is not searched for.
        """
        settled = all(queue.settle(SETTLING) for queue in (self._words, self._voices))
        with suppress(PeerGone):
            control.send(say.Forgotten(search_memory(bytes.fromhex(mask), bytes.fromhex(masked)) if settled else None))

    def _hear(self, room: _Room) -> None:
        octets = bytearray()
        try:
            if (heard := room.heard()) is not None:
                message, octets = heard
                self._understand(room, message, octets)
        except (PeerGone, Malformed):
            octets[:] = bytes(len(octets))
            self._let_go(room)

    def _understand(self, room: _Room, message: say.Message, octets: bytearray) -> None:
        match message:
            case say.Window(lengths, urgency, alone) if room.job is None and sum(lengths) <= WHISPER_LIMIT:
                self._add(room, self._words, Job(_clip(octets, lengths), urgency, alone, room.tell))
            case say.Voices(length, urgency, alone) if room.job is None:
                self._add(room, self._voices, Job(_clip(octets, (length,)), urgency, alone, room.tell))
            case say.Cluster(sizes, step, length) if room.job is None:
                task = Clustering(_parts(octets, sizes), step, length)
                self._add(room, self._voices, Job(task, Urgency.TAIL, alone=True, tell=room.tell))
            case say.Write(messages, opening, tokens, seconds) if room.job is None and 0 < seconds <= LONGEST_WRITING:
                self._write(room, Request(messages, tokens, seconds, opening, {}))
            case say.Urge(urgency):
                if (job := room.job) is not None:
                    room.queue.urge(job, urgency)
            case say.Cease():
                if (job := room.job) is not None and room.queue.withdraw(job):
                    job.answer(say.Ceased())
            case _:
                raise Malformed

    def _write(self, room: _Room, request: Request) -> None:
        if not self._writes:
            room.tell(failed(WriterUnreachable()))
            return
        task = Writing(request, lambda text: room.tell(say.Written(text, last=False)))
        self._add(room, self._notes, Job(task, Urgency.TAIL, alone=True, tell=room.tell))

    def _add(self, room: _Room, queue: Scheduler, job: Job) -> None:
        room.job, room.queue = job, queue
        queue.add(job)

    def _let_go(self, room: _Room) -> None:
        self._rooms.discard(room)
        self._selector.unregister(room.line)
        if (job := room.job) is not None and room.queue.withdraw(job):
            job.task.wipe()
        room.close()

    def _hang_up(self) -> None:
        if self._control is not None:
            self._selector.unregister(self._control)
            self._control.close()
            self._control = None


class _Room:
    """A room's line: heard by the one thread, answered by any."""

    def __init__(self, line: socket.socket) -> None:
        line.setblocking(False)
        self.line = line
        self.job: Job | None = None
        """What it has asked for, until it is answered."""
        self.queue = Scheduler()
        """Where that waits."""
        self._reader = Reader(say.MAX_CLUSTERED)
        self._answering = Lock()

    def heard(self) -> tuple[say.Message, bytearray] | None:
        """A message, where the next octets complete one: no more at a time, so that no room is heard at another's cost.

        Raises PeerGone, Malformed.
        """
        try:
            with self._reader.wanted as wanted:
                count = self.line.recv_into(wanted)
        except BlockingIOError:
            return None
        except OSError:
            count = 0
        if count == 0:
            raise PeerGone
        return self._reader.filled(count)

    def tell(self, message: say.Message, octets: Buffer = b"") -> None:
        """An answer. A room that takes none any more, though it waits for one, is let go. Raises ValueError where it cannot be said."""
        framed = frame(message, octets)
        if not _goes_on(message):
            self.job = None
        until = monotonic() + (AT_ONCE if isinstance(message, say.Begun | say.Ceased) else ANSWERING)
        try:
            if not self._sent(framed, until):
                self._end()  # the thread that hears sees it
        finally:
            framed[:] = bytes(len(framed))

    def _sent(self, framed: bytearray, until: float) -> bool:
        """Whether all of it was taken in time."""
        if not self._answering.acquire(timeout=max(0.0, until - monotonic())):
            return False
        try:
            with memoryview(framed) as left:
                at = 0
                while at < len(left):
                    try:
                        at += self.line.send(left[at:])
                    except BlockingIOError:
                        if not _takes(self.line, until - monotonic()):
                            return False
        except OSError:
            return False
        finally:
            self._answering.release()
        return True

    def _end(self) -> None:
        """Wakes whoever speaks or hears on it."""
        with suppress(OSError):
            self.line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Ends the line."""
        self._end()
        with self._answering:
            self.line.close()
        self._reader.wipe()


def _goes_on(message: say.Message) -> bool:
    """More will be said of the same."""
    return isinstance(message, say.Begun) or (isinstance(message, say.Written) and not message.last)


def _takes(line: socket.socket, seconds: float) -> bool:
    """Whether more can be said on it, or its end be seen, within so many seconds."""
    poll = select.poll()
    poll.register(line, select.POLLOUT)
    return bool(poll.poll(max(0.0, seconds) * 1000))


def _clip(octets: bytearray, lengths: tuple[int, ...]) -> Clip:
    return Clip(np.frombuffer(octets, np.float32).reshape(1, -1), lengths)


def _parts(octets: bytearray, sizes: tuple[int, ...]) -> list[memoryview]:
    ends = accumulate(sizes)
    return [memoryview(octets)[end - size : end] for size, end in zip(sizes, ends, strict=True)]

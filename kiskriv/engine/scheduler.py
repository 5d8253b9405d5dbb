"""Whose window is decoded next, and with whom: one queue for all rooms' words (and one for who says them), and one worker for each device.

    tails of stopped recordings  >  closed windows, as they came  >  windows decoded ahead

A batch is of one urgency, so that no tail waits for others' windows. What is ahead is decoded alone, so that it leaves soon when something
else comes; and so is a window over which an engine has died.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from threading import Condition
from typing import Protocol

from kiskriv.engine.writing import Writing
from kiskriv.speech.diarization import Clustering
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.wire.frames import Buffer
from kiskriv.wire.messages import Message

Task = Clip | Clustering | Writing
"""A window of sound, or what became of many; or a note to be written."""

_arrivals = count()


class Tell(Protocol):
    """Answers a room."""

    def __call__(self, message: Message, octets: Buffer = b"", /) -> object:
        """Raises ValueError for a message that cannot be said."""


@dataclass(eq=False)
class Job:
    """A task of some room's. `tell` answers the room; `unwanted`: nobody waits for it any more."""

    task: Task
    urgency: Urgency
    alone: bool
    tell: Tell
    unwanted: bool = False
    halved: int = 0
    """How often a batch with it did not fit into memory."""
    arrival: int = field(default_factory=lambda: next(_arrivals))

    def answer(self, message: Message, octets: Buffer = b"") -> None:
        """The last word to the room: what was given is wiped before it is said."""
        self.task.wipe()
        self.tell(message, octets)

    def __repr__(self) -> str:
        return f"<Job {self.arrival}, {self.urgency}, {self.task!r}>"


class Scheduler:
    """Every method may be called from any thread."""

    def __init__(self) -> None:
        self._waiting: list[Job] = []
        self._at_work: list[Job] = []
        self._changed = Condition()
        self._closed = False

    def add(self, job: Job) -> bool:
        """One more, or once more one that was left; False where nobody wants it any more."""
        with self._changed:
            if job.unwanted:
                return False
            self._waiting.append(job)
            self._rearranged()
            return True

    def urge(self, job: Job, urgency: Urgency) -> None:
        """It is wanted sooner."""
        with self._changed:
            job.urgency = urgency
            self._rearranged()

    def withdraw(self, job: Job) -> bool:
        """Nobody wants it any more. Whether it is out of the queue; it is at work otherwise, and its worker sees to it."""
        with self._changed:
            job.unwanted = True
            waits = job in self._waiting
            if waits:
                self._waiting.remove(job)
            self._changed.notify_all()
            return waits

    def take(self, most: int, *, wait: bool = True) -> list[Job]:
        """The next batch of at most so many; waits for one. None where it was closed, or where none waits and `wait` is off."""
        with self._changed:
            while wait and not self._waiting and not self._closed:
                self._changed.wait()
            batch = [] if self._closed else _batch(self._waiting, most)
            self._waiting = [job for job in self._waiting if job not in batch]
            self._at_work += batch
            return batch

    def done(self, batch: list[Job]) -> None:
        """A worker has let go of them."""
        with self._changed:
            for job in batch:  # once each: one that was put back may be at work again
                self._at_work.remove(job)
            self._changed.notify_all()

    def presses(self, batch: list[Job]) -> bool:
        """Whether a worker should leave these where they are: nobody wants them, or they were ahead of time and something else is not."""
        with self._changed:
            if self._closed or all(job.unwanted for job in batch):
                return True
            ahead, something_else = ([job.urgency is Urgency.AHEAD for job in jobs] for jobs in (batch, self._waiting))
            return all(ahead) and not all(something_else)

    def settle(self, seconds: float) -> bool:
        """Waits until nothing is at work that nobody wants. Whether that came about in so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not any(job.unwanted for job in self._at_work), seconds)

    def close(self) -> list[Job]:
        """Nothing is taken any more. Those that waited."""
        with self._changed:
            self._closed = True
            left, self._waiting = self._waiting, []
            self._changed.notify_all()
            return left

    def _rearranged(self) -> None:
        self._waiting.sort(key=lambda job: (job.urgency.rank, job.arrival))
        self._changed.notify_all()


def _batch(waiting: list[Job], most: int) -> list[Job]:
    """The first of those that wait, in order, and who may go with it."""
    if not waiting:
        return []
    first = waiting[0]
    if first.alone or first.urgency is Urgency.AHEAD:
        return [first]
    return [job for job in waiting if not job.alone and job.urgency is first.urgency][:most]

"""Decodes batch after batch on one device, a step at a time, and answers who asked."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from threading import Thread
from typing import Protocol

from kiskriv.engine.scheduler import Job, Scheduler, Task
from kiskriv.errors import OutOfMemory, RecogniserFailed, WriterError
from kiskriv.machine import give_way
from kiskriv.transcript import Findings, Recognition, Turn
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed

Result = Recognition | bytes | tuple[Turn, ...] | WriterError | None
"""Words of a window; or what was heard of voices in it; or who spoke when in all of them; or what ended a note, if anything did."""


class Model(Protocol):
    """Weights on one device."""

    @property
    def batch(self) -> int:
        """Tasks that are done together at most."""

    def work(self, tasks: Sequence[Task]) -> Generator[None, None, Sequence[Result]]:
        """The result of each task, a step at a time; may be left between two. Raises OutOfMemory."""

    def reduce(self) -> bool:
        """Makes do with less memory, for good. False where there is no less."""


class Worker:
    """One thread with one model. `fallen` is called if it ends by a fault: nobody must wait for it then. `nice`: others go first."""

    def __init__(self, scheduler: Scheduler, model: Model, fallen: Callable[[], object], *, nice: bool = False) -> None:
        self._scheduler = scheduler
        self._model = model
        self._most = model.batch
        self._fallen = fallen
        self._nice = nice
        self._thread = Thread(target=self._work, name="decode", daemon=True)

    def start(self) -> None:
        """From here on it takes what waits."""
        self._thread.start()

    def join(self) -> None:
        """Waits for its end, after the scheduler was closed."""
        self._thread.join()

    def _work(self) -> None:
        if self._nice:
            give_way()
        while self._one():
            pass  # between two batches it holds on to no room

    def _one(self) -> bool:
        """The next batch; False where there will be none."""
        batch = self._scheduler.take(self._most)
        if not batch:
            return False
        try:
            for job in self._decode(batch):
                if not self._scheduler.add(job):
                    job.answer(say.Ceased())
        except BaseException:  # not to be said: its text could hold what was heard
            for job in batch:
                job.task.wipe()
            self._fallen()
            return False
        finally:
            self._scheduler.done(batch)
        return True

    def _decode(self, batch: list[Job]) -> list[Job]:
        """Answers them; returns those that are to be decoded again."""
        for job in batch:
            job.tell(say.Begun())
        try:
            results = self._results(batch)
        except OutOfMemory:
            return self._with_less(batch)
        except Exception:  # what it says could hold what was said; the room tries again, and counts
            return self._failed(batch)
        if results is None:
            return self._left(batch)
        for job, result in zip(batch, results, strict=True):
            try:
                _answer(job, result)
            except Exception:  # a number that is none, or more turns than can be said: less than no words
                job.answer(failed(RecogniserFailed(attempts=1)))
        return []

    def _results(self, batch: list[Job]) -> Sequence[Result] | None:
        """None where it was left before the end."""
        with closing(self._model.work([job.task for job in batch])) as steps:
            while not self._scheduler.presses(batch):
                try:
                    next(steps)
                except StopIteration as end:
                    results: Sequence[Result] = end.value
                    return results
        return None

    def _left(self, batch: list[Job]) -> list[Job]:
        """Nobody wants them any more, or something more urgent came."""
        for job in batch:
            if job.unwanted:
                job.answer(say.Ceased())
        return [job for job in batch if not job.unwanted]

    def _with_less(self, batch: list[Job]) -> list[Job]:
        """Half as many from now on; one that does not fit even alone, in a smaller form of the model."""
        if len(batch) > 1:
            self._most = len(batch) // 2
            for job in batch:
                job.halved += 1
        elif not self._model.reduce():
            return self._failed(batch)
        return self._left(batch)

    def _failed(self, batch: list[Job]) -> list[Job]:
        """One that fails must not take others with it, so that each comes again alone."""
        if len(batch) > 1:
            for job in batch:
                job.alone = True
            return self._left(batch)
        batch[0].answer(failed(RecogniserFailed(attempts=1)))
        return []


def _answer(job: Job, result: Result) -> None:
    """Raises ValueError for what cannot be said."""
    match result:
        case Recognition(_, findings):
            job.answer(say.Words(replace(result, findings=findings + Findings(halved=job.halved))))
        case None:
            job.answer(say.Written("", last=True))
        case WriterError():
            job.answer(failed(result))
        case bytes():
            job.answer(say.Embedded(len(result)), result)
        case turns:
            job.answer(say.Turns(turns))

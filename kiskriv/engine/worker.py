"""Decodes batch after batch on one device, a step at a time, and answers who asked."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from threading import Thread
from typing import Protocol

from kiskriv.engine.scheduler import Job, Scheduler
from kiskriv.errors import OutOfMemory, RecogniserFailed
from kiskriv.speech.windows import Clip
from kiskriv.transcript import Findings, Recognition
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed


class Model(Protocol):
    """Weights on one device."""

    @property
    def batch(self) -> int:
        """Windows that are decoded together at most."""

    def recognise(self, clips: Sequence[Clip]) -> Generator[None, None, list[Recognition]]:
        """What is heard in each clip, a step at a time; may be left between two. Raises OutOfMemory."""

    def reduce(self) -> bool:
        """Makes do with less memory, for good. False where there is no less."""


class Worker:
    """One thread with one model. `fallen` is called if it ends by a fault: nobody must wait for it then."""

    def __init__(self, scheduler: Scheduler, model: Model, fallen: Callable[[], object]) -> None:
        self._scheduler = scheduler
        self._model = model
        self._most = model.batch
        self._fallen = fallen
        self._thread = Thread(target=self._work, name="decode", daemon=True)

    def start(self) -> None:
        """From here on it takes what waits."""
        self._thread.start()

    def join(self) -> None:
        """Waits for its end, after the scheduler was closed."""
        self._thread.join()

    def _work(self) -> None:
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
                job.clip.wipe()
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
            recognitions = self._recognised(batch)
        except OutOfMemory:
            return self._with_less(batch)
        except Exception:  # what it says could hold what was said; the room tries again, and counts
            return self._failed(batch)
        if recognitions is None:
            return self._left(batch)
        for job, recognition in zip(batch, recognitions, strict=True):
            met = Findings(halved=job.halved)
            answer: say.Message = say.Words(replace(recognition, findings=recognition.findings + met))
            try:
                job.answer(answer)
            except ValueError:  # a number that is none: less than no words
                job.answer(failed(RecogniserFailed(attempts=1)))
        return []

    def _recognised(self, batch: list[Job]) -> list[Recognition] | None:
        """None where it was left before the end."""
        with closing(self._model.recognise([job.clip for job in batch])) as steps:
            while not self._scheduler.presses(batch):
                try:
                    next(steps)
                except StopIteration as end:
                    recognitions: list[Recognition] = end.value
                    return recognitions
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

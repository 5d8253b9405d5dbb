"""Who speaks, as work for an engine: windows of many rooms together, and one recording's clustering by itself."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from kiskriv.engine.scheduler import Task
from kiskriv.speech.diarization import Clustering, Diarization
from kiskriv.speech.windows import Clip
from kiskriv.transcript import Turn


class Telling:
    """A `Model`: tells voices apart. There is no smaller form of it."""

    def __init__(self, diarization: Diarization) -> None:
        self._diarization = diarization
        self.batch = diarization.batch

    def work(self, tasks: Sequence[Task]) -> Generator[None, None, Sequence[bytes | tuple[Turn, ...]]]:
        """See `Model`. In one step: a window is soon done."""
        yield from ()
        match tasks:
            case [Clustering(embedded, step, length)]:
                return [self._diarization.cluster(embedded, step, length)]
            case _:
                return self._diarization.embed([task.samples for task in tasks if isinstance(task, Clip)])

    def reduce(self) -> bool:
        """See `Model`."""
        return False

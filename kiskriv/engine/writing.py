"""Writes notes, as work for an engine: one at a time, told piece by piece while it comes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiskriv.draft.prompt import Request
from kiskriv.errors import WriterError

if TYPE_CHECKING:
    from kiskriv.draft.writer import Model
    from kiskriv.engine.scheduler import Task


@dataclass(frozen=True, repr=False, eq=False)
class Writing:
    """What a language model is asked; `tell` takes each piece of its answer."""

    request: Request
    tell: Callable[[str], object]

    def wipe(self) -> None:
        """Text cannot be overwritten: it ends with this process, which its host ends after every session that asked for a note here."""

    def __repr__(self) -> str:
        return "<Writing>"


class Author:
    """A `Model`: one note at a time. There is no smaller form of it."""

    batch = 1

    def __init__(self, model: Model) -> None:
        self._model = model

    def work(self, tasks: Sequence[Task]) -> Generator[None, None, Sequence[WriterError | None]]:
        """See `Model`. The error that ended an answer, or None where it was whole."""
        ends: list[WriterError | None] = []
        for task in tasks:
            if isinstance(task, Writing):
                ends.append((yield from self._written(task)))
        return ends

    def _written(self, task: Writing) -> Generator[None, None, WriterError | None]:
        try:
            with closing(self._model.write(task.request)) as pieces:
                for piece in pieces:
                    task.tell(piece)
                    yield
        except WriterError as error:
            return error
        return None

    def reduce(self) -> bool:
        """See `Model`."""
        return False

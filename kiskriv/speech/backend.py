"""What a speech recognition model must be able to do, whatever it is made of: two small protocols and one value.

    with backend.listen(clips) as heard:                   the sound is encoded, once
        hypotheses = heard.decode(rows, strictness=0)      text; again, more strictly, where it will not do
        words = heard.words(rows, hypotheses)              times and probabilities for the text that was chosen

How a text is judged, and when it is decoded again, is the same for all of them and stands in `recognition`. A model without an
encoder of its own (RNN-T) keeps features; one that has no use for strictness says the same again; one that does not know
languages says so with none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from kiskriv.transcript import Samples, Word

STRICTEST = 2
"""The highest strictness that is asked for."""


@dataclass(frozen=True, repr=False)
class Hypothesis:
    """What the decoder made of one clip. A backend may add what it needs to time the words."""

    text: str
    tokens: tuple[int, ...]
    log_probability: float
    """Mean over the tokens and the end."""
    no_speech: float
    """Probability in [0, 1] that nobody spoke; 0 where the model cannot say."""

    def __repr__(self) -> str:
        return f"<Hypothesis, {len(self.tokens)} tokens>"


class Listening(Protocol):
    """Clips that were encoded once. Leaving the block overwrites what was kept of them, where that is possible."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def decode(self, rows: Sequence[int], strictness: int) -> list[Hypothesis]:
        """The text of these clips, each as if it were alone. The same question has the same answer, always.

        `strictness` 0 is as good as the model can; each step up to `STRICTEST` forbids more of the repetition that loops are made of.
        Raises OutOfMemory.
        """

    def words(self, rows: Sequence[int], hypotheses: Sequence[Hypothesis]) -> list[list[Word]]:
        """Words with times, in seconds from the clip's start, for what was made of these clips. Raises OutOfMemory."""

    def languages(self, rows: Sequence[int]) -> list[Mapping[str, float]]:
        """For each of these clips the probability of each language (ISO 639); empty where the model cannot say. Raises OutOfMemory."""


class Backend(Protocol):
    """A loaded model. Keeps nothing between calls."""

    def listen(self, clips: Sequence[Samples]) -> Listening:
        """Encodes clips, shape (1, n) each, n <= 30 s, at least one. Raises OutOfMemory, ValueError for another shape."""

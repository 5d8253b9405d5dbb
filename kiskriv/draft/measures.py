"""TODO: measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kiskriv.draft.claims import Claim
from kiskriv.draft.fact import Fact
from kiskriv.draft.lexicon import Lexicon


def found(made: Sequence[Claim], lexicon: Lexicon) -> Iterator[Fact]:
    """The facts of this kind, in the order of the claims."""
    yield from ()

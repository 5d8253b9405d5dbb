"""What was said to somebody else: a telephone call in the middle of a consultation. Pure. Cues: `lexicon/cues.txt`.

A call begins with the doctor's «hallo» or «jeg må ta telefonen» once the consultation has begun, and ends when she takes leave, comes
back («hvor var vi») or somebody answers her in the room.
"""

from __future__ import annotations

from collections.abc import Sequence

from kiskriv.draft.language.reading import Sentence
from kiskriv.draft.lexicon import Lexicon
from kiskriv.transcript import Role

_BEGUN = 3
"""Sentences after which a «hallo» greets nobody in the room."""


def overheard(said: Sequence[Sentence], lexicon: Lexicon) -> frozenset[int]:
    """The places of the sentences that belong to no one here."""
    aside: set[int] = set()
    calling = False
    for place, sentence in enumerate(said):
        if sentence.told:
            calling = False
            continue
        if (
            not calling
            and place >= _BEGUN
            and sentence.role is not Role.PATIENT
            and lexicon.has(sentence.tokens, "call")
        ):
            calling = True
            aside.add(place)
            continue
        if calling:
            if lexicon.has(sentence.tokens, "call-ends"):
                calling = False
            aside.add(place)
    return frozenset(aside)

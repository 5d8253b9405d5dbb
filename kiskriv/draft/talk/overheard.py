"""What is said of nobody here: a telephone call in the middle of a consultation, and how it goes with people in general. Pure.

A call begins with the doctor's «hallo» or «jeg må ta telefonen» once the consultation has begun, or when a voice that is not known
puts in «unnskyld». It ends when she takes leave, comes back («hvor var vi») or somebody answers her in the room; where she both takes
leave and comes back in one utterance, it began with that.
Cues: `lexicon/cues.txt`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from kiskriv.draft.language.reading import Sentence
from kiskriv.draft.lexicon import Lexicon
from kiskriv.transcript import Role

_BEGUN = 3
"""Sentences after which a «hallo» greets nobody in the room."""
_HERE: Final = frozenset(
    ("du", "deg", "din", "di", "ditt", "dine", "han", "hun", "ho", "hans", "hennes", "dere", "dykk", "jeg", "eg")
)
"""Who speaks of these speaks of somebody."""


def overheard(said: Sequence[Sentence], lexicon: Lexicon) -> frozenset[int]:
    """The places of the sentences that belong to no one here."""
    aside: set[int] = set()
    calling = False
    left = -1
    for place, sentence in enumerate(said):
        if sentence.told:
            calling = False
            continue
        if (
            not calling
            and place >= _BEGUN
            and (lexicon.has(sentence.tokens, "call") or _breaks_in(place, said, lexicon))
        ):
            calling = True
            aside.add(place)
            continue
        ends = lexicon.has(sentence.tokens, "call-ends")
        back = ends and lexicon.has(sentence.tokens, "call-over")
        if back and left >= 0 and said[left].id == sentence.id:
            aside.update(p for p in range(left + 1) if said[p].id == sentence.id)
        if calling:
            aside.add(place)
            calling = not ends
        left = place if ends and not back else left
    return frozenset(aside)


def _breaks_in(place: int, said: Sequence[Sentence], lexicon: Lexicon) -> bool:
    """Whether a voice that is not known begins with «unnskyld», while the patient's is."""
    sentence = said[place]
    if sentence.role is not Role.UNKNOWN or not any(
        hit.start == 0 for hit in lexicon.find(sentence.tokens, "breaks-in")
    ):
        return False
    return any(before.told for before in said[:place])


def general(sentence: Sentence, lexicon: Lexicon) -> bool:
    """Whether the doctor tells how it goes with people: «pleier man å få feber», «folk reagerer», «gir gjerne hevelse»."""
    if sentence.role is not Role.PRACTITIONER or not lexicon.has(sentence.tokens, "general"):
        return False
    return not any(token.text in _HERE for token in takewhile(lambda token: token.text != "men", sentence.tokens))

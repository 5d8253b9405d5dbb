"""Whether something is said to be so: denied by a cue before it or after it, by the answer, or uncertain. Pure.

A negation reaches from its cue to the end of its clause («ikke feber, hoste eller slim»), and back over what was put first («feber har
jeg ikke»). It reaches nowhere in the phrases of `pseudo-negation` («ikke bare», «ikke verre»). Cues: `lexicon/cues.txt`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kiskriv.draft.claim import VERBS, Claim, clause
from kiskriv.draft.fact import Polarity
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.reading import SUBJECTS, Token

_NOT: Final = frozenset(("ikke", "ikkje", "aldri"))
_AFTER_NOT: Final = frozenset(
    (
        "hatt", "fått", "merket", "merka", "kjent", "kjend", "noe", "noko", "nå", "no", "heller", "lenger", "i", "på", "av", ",", ".", "!", "det", "vært",
        "vore", "brukt", "tatt", "prøvd", "i det", "enda", "ennå", "enno", "egentlig", "eigentleg", "her", "der", "når", "ved", "særlig", "akkurat",
    )
)  # fmt: skip
_ABLE: Final = frozenset(("kan", "kunne", "klarer", "klarar", "orker", "orkar", "greier", "får", "vil", "tør", "klarte", "fikk", "fekk"))
_REACH_OF_ABLE: Final = 3


def polarity(claim: Claim, start: int, end: int, lexicon: Lexicon) -> Polarity:
    """Of what stands at tokens [start, end)."""
    if claim.answer is not None:
        return claim.answer
    tokens = claim.tokens
    begin, stop = clause(tokens, start)
    before, after = tokens[begin:start], tokens[end:stop]
    if _hedged(before, after, claim, lexicon):
        return Polarity.UNCERTAIN
    denied = _denied_before(before, tokens[begin:end], lexicon) or _denied_after(tokens[end : stop + 2], after, lexicon)
    return Polarity.DENIED if denied else Polarity.AFFIRMED


def negated(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether these hold a negation that is meant as one."""
    return bool(_negations(tokens, lexicon))


def _negations(tokens: Sequence[Token], lexicon: Lexicon) -> list[int]:
    """Where each negation ends that is meant as one."""
    met = lexicon.find(tokens, "negation")
    if not met:
        return []
    void = [hit for category in ("pseudo-negation", "no-longer") for hit in lexicon.find(tokens, category)]
    return [hit.end for hit in met if not any(other.start <= hit.start < other.end for other in void)]


def _denied_before(before: Sequence[Token], whole: Sequence[Token], lexicon: Lexicon) -> bool:
    for end in _negations(before, lexicon):
        able = end >= 2 and any(token.text in _ABLE for token in before[max(0, end - 3) : end - 1])
        far = len(before) - end >= _REACH_OF_ABLE
        pseudo = any(hit.start < end <= hit.end for hit in lexicon.find(whole, "pseudo-negation"))
        if not (able and far) and not pseudo:
            return True
    return False


def _denied_after(near: Sequence[Token], after: Sequence[Token], lexicon: Lexicon) -> bool:
    """«feber har jeg ikke», «hoster ikke», «feber benektes», «feber: nei»."""
    plain = [token for token in near if token.text not in (",", ":")][:2]
    if plain and lexicon.find(plain, "negation-after")[:1] and lexicon.find(plain, "negation-after")[0].start == 0:
        return True
    place = next((i for i, token in enumerate(after[:4]) if token.text in _NOT), None)
    if place is None or any(hit.start == place for hit in _void(after, lexicon)):
        return False
    if any(token.text not in VERBS and token.text not in SUBJECTS and token.text not in ("nå", "no", "så") for token in after[:place]):
        return False
    return place + 1 == len(after) or after[place + 1].text in _AFTER_NOT


def _void(tokens: Sequence[Token], lexicon: Lexicon) -> list[object]:
    return []


def _hedged(before: Sequence[Token], after: Sequence[Token], claim: Claim, lexicon: Lexicon) -> bool:
    if lexicon.has(before, "hedge"):
        return True
    return bool(after) and lexicon.has(after[:1], "hedge") and len(after) <= 2

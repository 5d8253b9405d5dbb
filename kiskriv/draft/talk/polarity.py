"""Whether something is said to be so: denied by a cue before it or after it, by the answer, or uncertain. Pure.

A negation reaches from its cue to the end of its clause («ikke feber, hoste eller slim»), and back over what was put first («feber har
jeg ikke»). It reaches nowhere in the phrases of `pseudo-negation` («ikke bare», «ikke verre»). Cues: `lexicon/cues.txt`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kiskriv.draft.fact import Polarity
from kiskriv.draft.language.reading import SUBJECTS, Token
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk.claim import VERBS, Claim, clause

_NOT: Final = frozenset(("ikke", "ikkje", "aldri"))
_WITHOUT: Final = frozenset(("uten", "utan"))
_AFTER_NOT: Final = frozenset(
    (
        "hatt", "fått", "mer", "meir", "merket", "merka",
         "kjent", "kjend", "noe", "noko", "nå", "no", "heller", "lenger", "i", "på", "av", ",", ".",
        "!", "det", "vært",
        "vore", "brukt", "tatt", "prøvd", "i det", "enda", "ennå", "enno", "egentlig", "eigentleg", "her", "der", "når", "ved",
        "særlig", "akkurat",
    )
)  # fmt: skip
_ABLE: Final = frozenset(
    ("kan", "kunne", "klarer", "klarar", "orker", "orkar", "greier", "får", "vil", "tør", "klarte", "fikk", "fekk")
)
_REACH_OF_ABLE: Final = 3
"""Tokens: as far as «kan ikke» denies."""
_CAUSES: Final = frozenset(("for", "av", "pga"))
_BETWEEN: Final = frozenset(("nå", "no", "så", "faktisk", "heldigvis", "da"))


def polarity(claim: Claim, start: int, end: int, lexicon: Lexicon) -> Polarity:
    """Of what stands at tokens [start, end)."""
    if claim.answer is not None:
        return claim.answer
    begin, stop = clause(claim.tokens, start)
    stop = max(stop, end)
    negations = _negations(claim.tokens[begin : stop + 2], lexicon)
    if _hedged(claim.tokens[begin:start], claim.tokens[end:stop], negations, lexicon):
        return Polarity.UNCERTAIN
    before = any(
        _reaches(claim.tokens[begin:start], negation) for negation in negations if begin + negation.end <= start
    )
    denied = before or _denied_after(
        claim.tokens[end : stop + 2], {n.start + begin - end for n in negations}, stop - end, lexicon
    )
    return Polarity.DENIED if denied else Polarity.AFFIRMED


def negated(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether these hold a negation that is meant as one."""
    return bool(_negations(tokens, lexicon))


def _negations(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Hit, ...]:
    """Each negation that is meant as one."""
    met = lexicon.find(tokens, "negation")
    if not met:
        return ()
    void = lexicon.find(tokens, "pseudo-negation", "no-longer")
    meant = tuple(hit for hit in met if not any(other.start <= hit.start < other.end for other in void))
    twice = len(meant) == 2 and tokens[meant[0].start].text in _NOT and tokens[meant[1].start].text in _WITHOUT
    return () if twice else meant  # «det går ikke en dag uten hodepine»


def _reaches(before: Sequence[Token], negation: Hit) -> bool:
    """Whether it reaches to the end of what stands before; «kan ikke sove av smerter» denies the sleep alone."""
    able = any(token.text in _ABLE for token in before[max(0, negation.start - 2) : negation.start])
    between = before[negation.end :]
    return not able or (len(between) < _REACH_OF_ABLE and not any(token.text in _CAUSES for token in between))


def _denied_after(near: Sequence[Token], negations: set[int], length: int, lexicon: Lexicon) -> bool:
    """«feber har jeg ikke», «hoster ikke», «feber benektes», «feber: nei»."""
    plain = [token for token in near if token.text not in (",", ":")][:2]
    if any(hit.start == 0 for hit in lexicon.find(plain, "negation-after")):
        return True
    place = next((i for i, token in enumerate(near[: min(4, length)]) if token.text in _NOT), None)
    if place is None or place not in negations:
        return False
    if any(
        token.text not in VERBS and token.text not in SUBJECTS and token.text not in _BETWEEN for token in near[:place]
    ):
        return False
    return place + 1 >= length or near[place + 1].text in _AFTER_NOT


def _hedged(before: Sequence[Token], after: Sequence[Token], negations: Sequence[Hit], lexicon: Lexicon) -> bool:
    """«kanskje feber», «feber kan ikke utelukkes»; not «ingen mistanke om»."""
    if any(not any(no.start <= hit.start < no.end for no in negations) for hit in lexicon.find(before, "hedge")):
        return True
    return any(
        hit.start == 0 and not any(t.text[0].isalnum() for t in after[hit.end :])
        for hit in lexicon.find(after[:5], "hedge")[:1]
    )

"""What is told by allusion: «mora mi hadde det også», «noe blod?» after the stools. Pure.

A relative who «has it» has what was asked about, or what was last told of; blood that is named alone is where what was spoken of is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from kiskriv.draft.fact import About, Fact, Kind, Time
from kiskriv.draft.kinds.mentions import NAMED, Mention, seat
from kiskriv.draft.kinds.retellings import joined
from kiskriv.draft.kinds.stories import Story
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.answers import elliptical
from kiskriv.draft.talk.claim import Claim
from kiskriv.draft.talk.polarity import negated
from kiskriv.transcript import Role

_HAVING: Final = frozenset(("har", "hadde", "fikk", "fekk", "hatt"))
_IT: Final = frozenset(("det", "dette", "den", "samme", "same"))
_TOO: Final = frozenset(
    ("også", "òg", "og", "jo", "selv", "sjølv", "samme", "same", "da", "då", "vel", "nok", "begge", ",", ".", "men")
)
_WHILE: Final = frozenset(("til", "fra", "frå", "som", "mens", "medan"))
"""«Hadde det til hun var femti», «hadde det som barn»."""
_RECENT: Final = 2
"""Utterances within which what was told is still «it»."""


def shared(claim: Claim, story: Story, lexicon: Lexicon) -> Iterator[Fact]:
    """«Mormor hadde det», «tanta mi òg», and to «Noen i familien med leddgikt?» «Onkelen min»."""
    if claim.answer is not None or claim.role is Role.PRACTITIONER:
        return
    first = tuple(takewhile(lambda token: token.text not in (",", ".", "!"), claim.tokens))
    kin = lexicon.find(first, "kin")
    if not kin or negated(first, lexicon):
        return
    words = [token.text for token in first]
    about_kin = lexicon.has(claim.asked, "family") or lexicon.has(claim.asked, "kin")
    too = words[-1] in ("også", "òg", "med") and elliptical(first)
    if not (_has_it(words) or too or (about_kin and elliptical(first))):
        return
    asked = [mention.name for mention in story.asked(claim) if mention.category in NAMED]
    told = [fact for fact in story.facts[-1:] if _disease(fact, lexicon) and _near(fact, claim)]
    before = () if asked or not told else told[0].evidence
    for name in asked or [fact.name for fact in told]:
        evidence = (
            joined(before, (*claim.asked_in, *claim.evidence)) if not asked else joined(claim.asked_in, claim.evidence)
        )
        time = Time.PAST if {"hadde", "til"} <= set(words) else Time.PRESENT  # «hadde det til ho var femti»
        yield Fact(Kind.SYMPTOM, name, evidence, time=time, about=About.RELATIVE, detail=kin[-1].term.nb)


def blood(claim: Claim, named: Sequence[Mention], story: Story, lexicon: Lexicon) -> Mention | None:
    """«Blod?», «ikke noe blod»: in the stools, the urine, what is coughed up, as was spoken of."""
    at = next((at for at, token in enumerate(claim.tokens) if token.text == "blod"), None)
    alone = claim.answer is not None or claim.asked or elliptical(claim.tokens)
    if at is None or not alone or any(m.start <= at < m.end for m in named):
        return None
    spoken_of = story.matter or [mention.name for mention in story.asked(claim)]
    name = next((place for name in reversed(spoken_of) if (place := seat(name, lexicon, "bleeding"))), "")
    return Mention(name, "symptom", at, at + 1, at, at + 1) if name else None


def _has_it(words: Sequence[str]) -> bool:
    """«hadde det også», «det er det søstera mi som har»; not «hadde det travelt»."""
    if words[0] == "det" and words[-2:-1] == ["som"] and words[-1] in _HAVING:
        return True
    it = next((at for at, word in enumerate(words) if at and word in _IT), None)
    if it is None or not _HAVING & set(words):
        return False
    return it + 1 == len(words) or words[it + 1] in _TOO | _HAVING | _WHILE


def _disease(fact: Fact, lexicon: Lexicon) -> bool:
    return fact.kind is Kind.SYMPTOM and any(lexicon.named(one, fact.name) is not None for one in NAMED)


def _near(fact: Fact, claim: Claim) -> bool:
    return claim.evidence[-1] - fact.evidence[-1] <= _RECENT

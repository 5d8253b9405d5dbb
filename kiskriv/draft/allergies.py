"""Allergies and what is not tolerated, with the reaction; and that there are none. Pure.

«Tåler ikke X», «reagerer på X», «fikk utslett av X» and «CAVE: X» are an allergy to X; «tåler X» and «har fått X før, det gikk fint» deny one.
Kvalme and its like of a drug alone are side effects, and no allergy. «Ingen allergier» is the fact named `allergi`, denied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiskriv.draft import claims
from kiskriv.draft.claims import Claim
from kiskriv.draft.drug_names import DrugName, DrugNames
from kiskriv.draft.fact import Fact, Kind, Polarity
from kiskriv.draft.lexicon import Lexicon

NONE: Final = "allergi"
"""The name of the fact that stands, denied, for all allergies."""

_OPPOSITE: Final = {Polarity.AFFIRMED: Polarity.DENIED, Polarity.DENIED: Polarity.AFFIRMED, Polarity.UNCERTAIN: Polarity.UNCERTAIN}
_FROM: Final = frozenset(("av", "etter", "fra", "frå", "når", "da", "då"))
_OTHER: Final = frozenset(("andre", "flere", "fleire", "annet", "anna", "annen", "annan"))
_BREAKS: Final = frozenset(("men", ";", "tåler", "toler", "bruker", "brukar", "tar", "tek", "ellers", "elles"))
_REACH: Final = 3
"""Claims after which a reaction is no longer told of the last allergen."""


@dataclass(frozen=True, slots=True, repr=False)
class _Cue:
    """How a claim comes to speak of allergy: at tokens [start, end); `inverted`: «tåler», of which the denial is the allergy."""

    start: int
    end: int
    inverted: bool = False

    def __repr__(self) -> str:
        return f"<Cue at {self.start}>"


def found(made: Sequence[Claim], lexicon: Lexicon) -> Iterator[Fact]:
    """The facts of this kind, in the order of the claims."""
    seeker = _Seeker(lexicon)
    known: list[Fact] = []
    heard = 0
    for at, claim in enumerate(made):
        facts = tuple(seeker.facts(claim))
        if facts:
            heard = at
            for fact in facts:
                _add(known, fact, seeker, claim)
        elif known and at - heard <= _REACH and known[-1].polarity is Polarity.AFFIRMED and not known[-1].detail:
            reaction = seeker.reaction(claim)
            if reaction and seeker.answers_for(claim, at - heard):
                evidence = tuple(sorted({*known[-1].evidence, *claim.evidence}))
                known[-1] = replace(known[-1], detail=reaction, evidence=evidence)
    yield from known


def is_allergen(claim: Claim, name: DrugName, lexicon: Lexicon) -> bool:
    """Whether this drug is spoken of as what somebody is, or is not, allergic to."""
    seeker = _Seeker(lexicon)
    return any(other.start <= name.start < other.end for other, _ in seeker.allergens(claim))


class _Seeker:
    """What a lexicon knows of allergy."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._drugs = DrugNames(lexicon)

    def substance(self, fact: Fact) -> str:
        return self._drugs.substance(fact.name)

    def facts(self, claim: Claim) -> Iterator[Fact]:
        """Of one claim."""
        found = False
        for hit in self._lexicon.find(claim.tokens, "allergy-to"):
            found = True
            yield self._fact(claim, DrugName(hit.term.nb, hit.start, hit.end), inverted=False)
        for name, cue in self.allergens(claim):
            found = True
            yield self._fact(claim, name, cue.inverted)
        if not found:
            yield from self._none(claim)

    def allergens(self, claim: Claim) -> Iterator[tuple[DrugName, _Cue]]:
        """What the allergy of the claim is to, each with the words that say that it is one."""
        cue = self._cue(claim)
        if cue is None:
            return
        names = self._names(claim)
        after = [name for name in names if name.start >= cue.end]
        broken = next((at for at, t in enumerate(claim.tokens) if at >= cue.end and t.text in _BREAKS), len(claim.tokens))
        for name in [n for n in after if n.start < broken] or ([] if after else names):
            yield name, cue

    def reaction(self, claim: Claim) -> str:
        """«utslett», as it was said; nothing where it is denied."""
        said = [
            claim.text[claim.tokens[hit.start].start : claim.tokens[hit.end - 1].end]
            for hit in self._lexicon.find(claim.tokens, "reaction")
            if claims.polarity(claim, hit.start, hit.end, self._lexicon) is Polarity.AFFIRMED
        ]
        return ", ".join(dict.fromkeys(said))

    def answers_for(self, claim: Claim, distance: int) -> bool:
        """It tells what happens: at once, or when asked for it."""
        return distance == 1 or any(token.text.startswith(("reag", "reak", "skje", "hende")) for token in claim.asked)

    def _cue(self, claim: Claim) -> _Cue | None:
        if hits := self._lexicon.find(claim.tokens, "allergy"):
            return _Cue(hits[0].start, hits[0].end)
        if hits := self._lexicon.find(claim.tokens, "tolerance"):
            return _Cue(hits[0].start, hits[0].end, inverted=True)
        if hits := self._lexicon.find(claim.tokens, "reaction-to"):
            return _Cue(hits[0].start, hits[0].end)
        if (hits := self._lexicon.find(claim.tokens, "reaction")) and _FROM & {t.text for t in claim.tokens}:
            return _Cue(hits[0].start, hits[0].end)
        if (hits := self._lexicon.find(claim.tokens, "went-well")) and "fått" in {t.text for t in claim.tokens}:
            return _Cue(0, 0, inverted=True)
        if claim.asked and (self._lexicon.has(claim.asked, "allergy") or self._lexicon.has(claim.asked, "allergy-to")):
            return _Cue(0, 0)
        return None

    def _names(self, claim: Claim) -> list[DrugName]:
        """Drugs and other allergens, from the left."""
        drugs = [name for name in self._drugs.named(claim) if not name.generic]
        taken = {at for name in drugs for at in range(name.start, name.end)}
        others = self._lexicon.find(claim.tokens, "allergen")
        drugs += [DrugName(hit.term.nb, hit.start, hit.end) for hit in others if hit.start not in taken]
        return sorted(drugs, key=lambda name: name.start)

    def _fact(self, claim: Claim, name: DrugName, inverted: bool) -> Fact:
        polarity = claims.polarity(claim, name.start, name.end, self._lexicon)
        polarity = _OPPOSITE[polarity] if inverted else polarity
        detail = self.reaction(claim) if polarity is Polarity.AFFIRMED else ""
        about = claims.about(claim, name.start, name.end, self._lexicon)
        return Fact(Kind.ALLERGY, name.name, claim.evidence, polarity, about=about, detail=detail, spelling=name.spelling)

    def _none(self, claim: Claim) -> Iterator[Fact]:
        """«Ingen allergier», and that all is tolerated."""
        hits = self._lexicon.find(claim.tokens, "allergy")
        if hits:
            if claims.polarity(claim, hits[0].start, hits[0].end, self._lexicon) is Polarity.DENIED:
                about = claims.about(claim, hits[0].start, hits[0].end, self._lexicon)
                yield Fact(Kind.ALLERGY, NONE, claim.evidence, Polarity.DENIED, about=about)
            return
        words = [token.text for token in claim.tokens]
        if (hits := self._lexicon.find(claim.tokens, "tolerance")) and {"alt", "alle"} & set(words[hits[0].end :]):
            if claims.polarity(claim, hits[0].start, hits[0].end, self._lexicon) is Polarity.AFFIRMED:
                yield Fact(Kind.ALLERGY, NONE, claim.evidence, Polarity.DENIED, about=claims.about(claim, 0, 1, self._lexicon))


def _add(known: list[Fact], fact: Fact, seeker: _Seeker, claim: Claim) -> None:
    """Said again, it is one fact; «ingen andre» is none where there are some, and one that is told later undoes «ingen»."""
    same = [other for other in known if other.about is fact.about]
    if fact.name == NONE:
        if any(other.polarity is Polarity.AFFIRMED for other in same) and _OTHER & {t.text for t in claim.tokens}:
            return
    elif fact.polarity is Polarity.AFFIRMED:
        known[:] = [other for other in known if other.name != NONE or other.about is not fact.about]
    for at, other in enumerate(known):
        if other.about is fact.about and seeker.substance(other) == seeker.substance(fact):
            evidence = tuple(sorted({*other.evidence, *fact.evidence}))
            known[at] = replace(fact, name=other.name, evidence=evidence, detail=fact.detail or other.detail)
            return
    known.append(fact)

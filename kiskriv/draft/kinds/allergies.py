"""Allergies and what is not tolerated, with the reaction; and that there are none. Pure.

«Tåler ikke X», «reagerer på X», «fikk utslett av X» and «CAVE: X» are an allergy to X; «tåler X» and «har fått X, det gikk fint»
deny one.
Kvalme and its like of a drug alone are side effects, and no allergy. «Ingen allergier» is the fact named `allergi`, denied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiskriv.draft.fact import Fact, Kind, Polarity
from kiskriv.draft.kinds.drug_names import DrugName, DrugNames
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claims import Claim

NONE: Final = "allergi"
"""The name of the fact that stands, denied, for all allergies."""

_OPPOSITE: Final = {
    Polarity.AFFIRMED: Polarity.DENIED,
    Polarity.DENIED: Polarity.AFFIRMED,
    Polarity.UNCERTAIN: Polarity.UNCERTAIN,
}
_FROM: Final = frozenset(("av", "etter", "fra", "frå", "når", "da", "då"))
_OTHER: Final = frozenset(("andre", "flere", "fleire", "annet", "anna", "annen", "annan"))
_BREAKS: Final = frozenset(("men", ";", "tåler", "toler", "bruker", "brukar", "tar", "tek", "ellers", "elles"))
_COMPOUND: Final = re.compile(r"[^\W\d_]+-?allergi(?:en|er|ar|ane|ene|ker|kar|sk|ske)?|høysnue")
"""«pollenallergi»: what it is to, in one word."""
_BEGINNINGS: Final = (
    "cave", "overføl", "tål", "tol", "reag", "reak", "utslett", "elvebl", "neslef", "klø", "hov", "blås", "bles", "blæs", "hevels",
    "angioø", "anafyl", "eksem", "rød", "raud", "prikk", "vabl", "blemm", "renn", "nys", "tung", "puste", "høysnue", "gikk", "gjekk",
    "uten", "utan",
)  # fmt: skip
"""How the words of `allergens.txt` begin."""
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
    for at, (claim, allergens) in enumerate(zip(made, seeker.of_each(made), strict=True)):
        facts = tuple(seeker.facts(claim, allergens))
        if facts:
            heard = at
            for fact in facts:
                _add(known, fact, seeker, claim)
        elif known and at - heard <= _REACH and known[-1].polarity is Polarity.AFFIRMED:
            known[-1] = seeker.more(claim, known[-1], at - heard)
    yield from known


def allergens(made: Sequence[Claim], lexicon: Lexicon) -> tuple[frozenset[int], ...]:
    """For each claim the tokens that name what somebody is, or is not, allergic to."""
    seeker = _Seeker(lexicon)
    return tuple(
        frozenset(at for name, _ in each for at in range(name.start, name.end)) for each in seeker.of_each(made)
    )


class _Seeker:
    """What a lexicon knows of allergy."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._drugs = DrugNames(lexicon)

    def substance(self, fact: Fact) -> str:
        return self._drugs.substance(fact.name)

    def of_each(self, made: Sequence[Claim]) -> Iterator[Sequence[tuple[DrugName, _Cue]]]:
        """What the allergy is to of which each claim speaks. «Er du allergisk mot noe? Egg?»: a question goes on as it began."""
        cue: _Cue | None = None
        for at, claim in enumerate(made):
            goes_on = (
                cue is not None
                and bool(claim.asked or claim.answer)
                and bool(set(claim.evidence) & set(made[at - 1].evidence))
            )
            own = self._cue(claim)
            cue = own or (_Cue(0, 0) if goes_on else None)
            yield tuple(self._allergens(claim, cue)) if cue else ()

    def facts(self, claim: Claim, allergens: Sequence[tuple[DrugName, _Cue]]) -> Iterator[Fact]:
        """Of one claim."""
        for name, cue in allergens:
            yield self._fact(claim, name, cue.inverted)
        if not allergens:
            yield from self._none(claim)

    def more(self, claim: Claim, fact: Fact, distance: int) -> Fact:
        """What is told of an allergy behind it: what happens, or that it is none after all («det var vel ikke allergi»)."""
        evidence = tuple(sorted({*fact.evidence, *claim.evidence}))
        if _is_none(claim):
            return replace(fact, polarity=Polarity.UNCERTAIN, evidence=evidence)
        told = distance == 1 or any(token.text.startswith(("reag", "reak", "skje", "hende")) for token in claim.asked)
        reaction = self.reaction(claim) if told and not fact.detail else ""
        return replace(fact, detail=reaction, evidence=evidence) if reaction else fact

    def _allergens(self, claim: Claim, cue: _Cue) -> Iterator[tuple[DrugName, _Cue]]:
        names = self._names(claim)
        in_one_word = [name for name in names if _COMPOUND.fullmatch(claim.tokens[name.start].text)]
        if in_one_word:
            yield from ((name, _Cue(name.start, name.end)) for name in in_one_word)
            return
        after = [name for name in names if name.start >= cue.end]
        broken = next(
            (at for at, t in enumerate(claim.tokens) if at >= cue.end and t.text in _BREAKS), len(claim.tokens)
        )
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

    def _cue(self, claim: Claim) -> _Cue | None:
        if not self._speaks_of_it(claim):
            return None
        words = {token.text for token in claim.tokens}
        for category in ("allergy", "tolerance", "reaction-to"):
            if hits := self._lexicon.find(claim.tokens, category):
                return _Cue(hits[0].start, hits[0].end, inverted=category == "tolerance")
        if (hits := self._lexicon.find(claim.tokens, "reaction")) and _FROM & words:
            return _Cue(hits[0].start, hits[0].end)
        if self._lexicon.has(claim.tokens, "went-well") and "fått" in words:
            return _Cue(0, 0, inverted=True)
        one_word = any(_COMPOUND.fullmatch(token.text) for token in (*claim.tokens, *claim.asked))
        return _Cue(0, 0) if one_word or self._lexicon.has(claim.asked, "allergy") else None

    def _speaks_of_it(self, claim: Claim) -> bool:
        """Quickly: most claims do not."""
        said = any(token.text.startswith(_BEGINNINGS) or "allerg" in token.text for token in claim.tokens)
        return said or any("allerg" in token.text for token in claim.asked)

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
        return Fact(
            Kind.ALLERGY, name.name, claim.evidence, polarity, about=about, detail=detail, spelling=name.spelling
        )

    def _none(self, claim: Claim) -> Iterator[Fact]:
        """«Ingen allergier», and that all is tolerated."""
        hits = self._lexicon.find(claim.tokens, "allergy")
        if hits:
            if self._polarity(claim, hits[0]) is Polarity.DENIED and not _is_none(claim):
                about = claims.about(claim, hits[0].start, hits[0].end, self._lexicon)
                yield Fact(Kind.ALLERGY, NONE, claim.evidence, Polarity.DENIED, about=about)
            return
        words = [token.text for token in claim.tokens]
        hits = self._lexicon.find(claim.tokens, "tolerance")
        if hits and {"alt", "alle"} & set(words[hits[0].end :]) and self._polarity(claim, hits[0]) is Polarity.AFFIRMED:
            yield Fact(
                Kind.ALLERGY, NONE, claim.evidence, Polarity.DENIED, about=claims.about(claim, 0, 1, self._lexicon)
            )

    def _polarity(self, claim: Claim, hit: Hit) -> Polarity:
        return claims.polarity(claim, hit.start, hit.end, self._lexicon)


def _is_none(claim: Claim) -> bool:
    """«Det var vel ikke allergi.»"""
    words = {token.text for token in claim.tokens}
    return {"det", "allergi"} <= words and bool(words & {"var", "er"}) and bool(words & {"ikke", "ikkje"})


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

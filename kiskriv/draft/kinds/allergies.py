"""Allergies and what is not tolerated, with the reaction; and that there are none. Pure.

«Tåler ikke X», «reagerer på X», «fikk utslett av X» and «CAVE: X» are an allergy to X; «tåler X» and «har fått X, det gikk fint»
deny one.
Kvalme and its like of a drug alone are side effects, and no allergy. «Ingen allergier» is the fact named `allergi`, denied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from kiskriv.draft.fact import About, Fact, Kind, Polarity
from kiskriv.draft.kinds.allergy_cues import Cue, cues, pairs, taken_back, tested, tolerated
from kiskriv.draft.kinds.drug_names import DrugName, DrugNames
from kiskriv.draft.language.reading import SUBJECTS
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claims import Claim
from kiskriv.transcript import Role

NONE: Final = "allergi"
"""The name of the fact that stands, denied, for all allergies."""

_OPPOSITE: Final = {
    Polarity.AFFIRMED: Polarity.DENIED,
    Polarity.DENIED: Polarity.AFFIRMED,
    Polarity.UNCERTAIN: Polarity.UNCERTAIN,
}
_OTHER: Final = frozenset(("andre", "flere", "fleire", "annet", "anna", "annen", "annan"))
_OF_IT: Final = frozenset((("av", "det"), ("av", "den"), ("av", "dei"), ("av", "dem")))
_ON: Final = frozenset(("i", "rundt", "på", "over", "kring"))
_IT: Final = frozenset(("det", "den", "dei", "dem", "de"))
_REACH: Final = 3
"""Claims after which a reaction is no longer told of the last allergen, and «det» no longer means it."""
_LONG_AGO: Final = 99
_TAKEN_BACK: Final = 6
"""Claims within which it can turn out to be no allergy."""
_BEHIND: Final = 4
_LIST: Final = 4
"""Tokens: «Og jod?», straight after another was asked for."""


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
        elif known and at - heard <= (_TAKEN_BACK if _is_none(claim) else _REACH) and _stands(known[-1]):
            known[-1] = seeker.more(claim, known[-1], at - heard)
    yield from known


_OWN_WORD: Final = frozenset(
    (
        "bare",
        "berre",
        "kun",
        "unntatt",
        "unnateke",
        "utenom",
        "utanom",
        "bortsett",
        "men",
        "jo",
        "ikke",
        "ikkje",
        "aldri",
    )
)
"""Excepts something from a no, or says no once more: what follows has a word of its own."""


def allergens(made: Sequence[Claim], lexicon: Lexicon) -> tuple[frozenset[int], ...]:
    """For each claim the tokens that name what somebody is, or is not, allergic to."""
    seeker = _Seeker(lexicon)
    return tuple(
        frozenset(at for name, _ in each for at in range(name.start, name.end)) for each in seeker.of_each(made)
    )


def _after_a_no(claim: Claim, before: Claim) -> bool:
    """Whether it goes on after a no to the question that it completes, without a word of its own («nei, bare pollen»)."""
    return (
        before.answer is Polarity.DENIED
        and bool(claim.asked)
        and claim.asked == before.tokens
        and before.evidence[-1:] == claim.evidence[-1:]
        and _OWN_WORD.isdisjoint(token.text for token in claim.tokens)
    )


class _Seeker:
    """What a lexicon knows of allergy."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._drugs = DrugNames(lexicon)

    def substance(self, fact: Fact) -> str:
        return self._drugs.substance(fact.name)

    def of_each(self, made: Sequence[Claim]) -> Iterator[Sequence[tuple[DrugName, Cue]]]:
        """What the allergy is to of which each claim speaks. «Er du allergisk mot noe? Egg?»: a question goes on as it began."""
        met: tuple[Cue, ...] = ()
        inverted, heard = False, -_LONG_AGO
        for at, claim in enumerate(made):
            goes_on = met and (claim.asked or claim.answer) and set(claim.evidence) & set(made[at - 1].evidence)
            listed = claim.answer is not None and len(claim.tokens) <= _LIST and at - heard <= _REACH
            met = cues(claim, self._lexicon) or ((Cue(0, 0),) if goes_on else (Cue(0, 0, inverted),) if listed else ())
            if met and at and _after_a_no(claim, made[at - 1]):  # «Nei, penicillin går fint.»
                met = tuple(replace(cue, inverted=True) for cue in met)
            names = self._names(claim) if met else ()
            meant = next(_meant(claim, met), None) if met and not names else None
            if meant is not None and (last := self._last_named(made[max(0, at - _REACH) : at + 1])):
                names = [DrugName(last, meant, meant + 1)]
            found = tuple(pairs(claim, names, met, self._lexicon)) if met else ()
            if found:
                inverted, heard = found[-1][1].inverted, at
            yield found

    def facts(self, claim: Claim, allergens: Sequence[tuple[DrugName, Cue]]) -> Iterator[Fact]:
        """Of one claim."""
        named = sorted(((n, cue) for n, cue in allergens if not n.generic), key=lambda pair: pair[0].start)
        facts = [self._fact(claim, name, cue) for name, cue in named if not tested(claim, name)]
        yield from facts
        if facts and (hit := tolerated(claim, self._lexicon)):
            about = claims.about(claim, hit.start, hit.end, self._lexicon)
            if about is not facts[-1].about:
                polarity = _OPPOSITE[self._polarity(claim, hit)]
                yield replace(facts[-1], about=about, polarity=polarity, detail="")
        if not named:
            yield from self._none(claim)

    def more(self, claim: Claim, fact: Fact, distance: int) -> Fact:
        """What is told of an allergy behind it: what happens, or that it is none after all («det var vel ikke allergi»)."""
        evidence = tuple(sorted({*fact.evidence, *claim.evidence}))
        if _is_none(claim):
            return replace(fact, polarity=Polarity.UNCERTAIN, evidence=evidence)
        if distance == 1 and self._is_mistaken(claim, fact, evidence):
            return replace(fact, polarity=Polarity.DENIED, detail="", evidence=evidence)
        doctors = claim.role is Role.PRACTITIONER and claim.answer is None
        told = (distance == 1 and not doctors) or any(
            token.text.startswith(("reag", "reak", "skje", "hende")) for token in claim.asked
        )
        reaction = self.reaction(claim) if told and not fact.detail else ""
        if (
            told
            and not reaction
            and not fact.detail
            and (claim.asked or _OF_IT & set(pairwise(t.text for t in claim.tokens)))
        ):
            reaction = self.reaction(claim, 0)
        return replace(fact, detail=reaction, evidence=evidence) if reaction else fact

    def _is_mistaken(self, claim: Claim, fact: Fact, evidence: Sequence[int]) -> bool:
        """«Det står at du ikke tåler X.» «Nei, det er feil»: another says that it is not so."""
        told = claim.role is not Role.PRACTITIONER and len(evidence) > 1 and not claim.asked
        return told and fact.about is About.PATIENT and self._lexicon.has(claim.tokens, "mistaken")

    def reaction(self, claim: Claim, begin: int | None = None) -> str:
        """«utslett», as it was said, nothing where it is denied; from token `begin` on also «kvalm» and its like."""
        hits = self._lexicon.find(claim.tokens, "reaction")
        if not hits and begin is not None:
            hits = tuple(hit for hit in self._lexicon.find(claim.tokens, "side-effect") if hit.start >= begin)
        said = [
            self._with_place(claim, hit)
            for hit in hits
            if claims.polarity(claim, hit.start, hit.end, self._lexicon) is Polarity.AFFIRMED
        ]
        return ", ".join(dict.fromkeys(said))

    def _with_place(self, claim: Claim, hit: Hit) -> str:
        """«hovna opp i ansiktet», as it was said, but for who did."""
        tokens, last = claim.tokens, hit.end
        at = next((n for n in range(hit.end, min(hit.end + 3, len(tokens))) if tokens[n].text in _ON), None)
        between = {token.text for token in tokens[hit.end : at]} - SUBJECTS - {"opp", "stor", "rød", "raud"}
        if at is not None and not between and (there := self._lexicon.find(tokens[at : at + 4], "body")):
            last = at + there[0].end
        return " ".join(
            claim.text[token.start : token.end]
            for n, token in enumerate(tokens[hit.start : last])
            if not n or token.text not in SUBJECTS
        )

    def _last_named(self, claims_before: Sequence[Claim]) -> str:
        """What these claims named last, or the questions before them."""
        for claim in reversed(claims_before):
            tokens = (*claim.raised, *claim.asked, *claim.tokens)
            hits = (*self._drugs.among(tokens), *self._lexicon.find(tokens, "allergen"))
            if named := [hit for hit in hits if not self._drugs.is_generic(hit.term.nb)]:
                return max(named, key=lambda hit: hit.start).term.nb
        return ""

    def _names(self, claim: Claim) -> list[DrugName]:
        """Drugs and other allergens, from the left."""
        drugs = list(self._drugs.named(claim))
        taken = {at for name in drugs for at in range(name.start, name.end)}
        others = [hit for hit in self._lexicon.find(claim.tokens, "allergen") if not _likened(claim, hit)]
        drugs += [DrugName(hit.term.nb, hit.start, hit.end) for hit in others if hit.start not in taken]
        return sorted(drugs, key=lambda name: name.start)

    def _fact(self, claim: Claim, name: DrugName, cue: Cue) -> Fact:
        polarity = claims.polarity(claim, name.start, name.end, self._lexicon)
        denied = cue.end and claims.polarity(claim, cue.start, cue.end, self._lexicon) is Polarity.DENIED
        if cue.inverted and (denied or _denied_behind(claim, cue)):
            polarity = Polarity.DENIED  # «plaster du ikke tålte»
        polarity = _OPPOSITE[polarity] if cue.inverted else polarity
        if polarity is Polarity.AFFIRMED and taken_back(claim, name):
            polarity = Polarity.DENIED
        detail = self.reaction(claim, cue.end) if polarity is Polarity.AFFIRMED else ""
        about = claims.about(claim, name.start, name.end, self._lexicon)
        return Fact(
            Kind.ALLERGY, name.name, claim.evidence, polarity, about=about, detail=detail, spelling=name.spelling
        )

    def _none(self, claim: Claim) -> Iterator[Fact]:
        """«Ingen allergier», and that all is tolerated."""
        hits = self._lexicon.find(claim.tokens, "allergy")
        if (
            hits
            and claim.tokens[hits[0].start].text.startswith("allergisk")
            and self._drugs.among(claim.tokens[: hits[0].start])
        ):
            return  # «… av Ibux, men allergisk er jeg ikke»
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


def _stands(fact: Fact) -> bool:
    return fact.polarity is Polarity.AFFIRMED


def _meant(claim: Claim, met: Sequence[Cue]) -> Iterator[int]:
    """Where «det» stands for what is (not) tolerated: «allergisk mot det», «det tåler jeg», «utslett av det»."""
    for cue in met:
        if not cue.end:
            continue
        behind = range(cue.end, min(cue.end + _BEHIND, len(claim.tokens)))
        before = range(cue.start - 1, cue.start) if cue.start and (cue.inverted or cue.reaction) else ()
        yield from (at for at in (*before, *behind) if claim.tokens[at].text in _IT)


def _likened(claim: Claim, hit: Hit) -> bool:
    """«raud som ein tomat»"""
    before = [token.text for token in claim.tokens[max(0, hit.start - 2) : hit.start]]
    return before[:1] == ["som"] and before[1:] in (["en"], ["ein"], ["et"], ["ei"], ["eit"])


def _denied_behind(claim: Claim, cue: Cue) -> bool:
    """«kvefs det toler eg ikkje eg svimte», where no comma was written."""
    behind = [token.text for token in claim.tokens[cue.end : cue.end + 2]] if cue.end else []
    return len(behind) > 1 and behind[0] in SUBJECTS and behind[1] in ("ikke", "ikkje")


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

"""What was agreed: follow-up, sick leave and referral, with when, on what condition, how much and how long. Pure.

What is decided now is present, so is advice to get in touch; what was before is past; a referral or a sick leave that depends on
something is planned, with the condition in `detail`. It is the doctor who decides: what a patient wishes is nothing until the doctor
agrees to it («ja, det ordner jeg»), and what a patient tells of is past, or denied; what is of a relative is left out. A test that was
ordered and whose value follows is no follow-up. A sick leave of which no percent is said is of 100 %, unless it is graded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from kiskriv.draft.fact import About, Fact, Kind, Polarity, Quantity, Time
from kiskriv.draft.kinds import measures
from kiskriv.draft.kinds.completions import TELLS, asked_for, completed, takes_back
from kiskriv.draft.kinds.follow_ups import follow_up
from kiskriv.draft.kinds.matters import Matter, ends, matters, shared
from kiskriv.draft.kinds.referrals import referrals
from kiskriv.draft.kinds.sick_leaves import sick_leaves
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claims import Claim

_WAITS: Final = 2
"""Claims of the doctor's within which a wish is agreed to."""
_NEAR: Final = 3
"""Claims back to which a referral to nobody looks for whom it is to."""
_DOERS: Final = frozenset({"jeg", "eg", "vi", "me"})
_YES: Final = frozenset({"ja", "jo", "jau", "ok", "greit", "selvfølgelig", "sjølvsagt", "klart", "absolutt", "fint"})
_THEN: Final = frozenset({"da", "då"})
_NEGATIONS: Final = frozenset({"ikke", "ikkje"})
_TOOK: Final = frozenset({"tok", "brukte", "brukt", "hadde", "hatt"})
_RECALLED: Final = 8
"""Utterances back to which it is known what is named again."""
_NAMING: Final = ("specialty", "examination", "sick-leave", "test", "follow-up")
_HEAD: Final = 3
"""Letters by which a claim is looked at again for the value of a test."""
_RUNS_OUT: Final = "går ut"
_FULL: Final = Quantity(Decimal(100), "%")


def found(made: Sequence[Claim], lexicon: Lexicon) -> Iterator[Fact]:
    """The facts of these kinds, in the order of the claims."""
    told: list[Fact] = []
    wishes: list[Fact] = []
    left = 0
    for at, claim in enumerate(made):
        facts = tuple(_addressed(_facts(claim, lexicon), made, at, lexicon))
        if _drops(claim, lexicon):
            wishes = []
            told = [fact for fact in told if not _dropped(fact, claim, lexicon)]
        elif not facts and (fact := asked_for(claim, lexicon)) and not (told and told[-1].name == fact.name):
            _tell(told, fact, claim)
        elif not facts and told and (fact := completed(told[-1], claim, lexicon)):
            told[len(told) - (told[-1].time is not Time.PAST) :] = [fact]
        decided = [fact for fact in facts if not _wished(fact, claim, lexicon)]
        for fact in decided:
            _tell(told, fact, claim)
        if len(decided) < len(facts):
            wishes, left = [fact for fact in facts if fact not in decided], _WAITS
        elif wishes and claim.role not in TELLS:
            granted = [fact for wish in wishes if (fact := _granted(wish, claim, decided, lexicon))]
            for fact in granted:
                _tell(told, fact, claim)
            left -= 1
            wishes = wishes if left and not granted else []
    yield from _settled(told, made, lexicon)


def _drops(claim: Claim, lexicon: Lexicon) -> bool:
    """«Da lar vi det være», «og venter med lungelegen»: what was agreed, or wished, is not to be."""
    if claim.written or claim.role in TELLS or claim.answer is not None:
        return False
    return lexicon.has(claim.tokens, "dropped") or lexicon.has(claim.tokens, "postponed")


def _dropped(fact: Fact, claim: Claim, lexicon: Lexicon) -> bool:
    """Whether it is this that is not to be: it is named, or it was spoken of last, and nothing else is named."""
    near = claim.evidence[0] - fact.evidence[-1]
    named = [hit.term.nb for kind in _NAMING for hit in lexicon.find(claim.tokens, kind)]
    if named:
        return near <= _RECALLED and any(fact.name.startswith(name) for name in named)
    return near <= _WAITS and lexicon.has(claim.tokens, "dropped")


def _granted(wish: Fact, claim: Claim, decided: Sequence[Fact], lexicon: Lexicon) -> Fact | None:
    """A wish as the doctor agrees to it, or as much of it as she gives: «Vi starter med en uke, femti prosent.»

    `decided`: what the claim decides by itself; «da tar vi kontroll om åtte uker» agrees to no sick leave.
    """
    if decided and all(fact.kind is not wish.kind for fact in decided) and not lexicon.has(claim.tokens, "assent"):
        return None
    both = tuple(dict.fromkeys((*wish.evidence, *claim.evidence)))
    agreed = replace(wish, polarity=Polarity.AFFIRMED, time=Time.PRESENT, evidence=both)
    if wish.polarity is not Polarity.DENIED and _agrees(claim, lexicon):
        return agreed
    return completed(agreed, claim, lexicon) if wish.kind is Kind.SICK_LEAVE else None


def _facts(claim: Claim, lexicon: Lexicon) -> Iterator[Fact]:
    """What the claim says, whoever may decide it."""
    if claim.written and "«" in claim.text:  # somebody's own words: no decision
        return
    for matter in shared(matters(claim, lexicon)):
        base = Fact(
            kind=matter.kind,
            name=matter.name,
            evidence=claim.evidence,
            polarity=_polarity(matter, lexicon),
            time=_time(matter, lexicon),
            about=claims.about(matter.claim, matter.start, matter.end, lexicon),
        )
        if base.about is About.RELATIVE:
            continue
        if matter.kind is Kind.SICK_LEAVE:
            yield from sick_leaves(matter, base, lexicon)
        elif matter.kind is Kind.REFERRAL:
            yield from referrals(matter, base, lexicon)
        elif (fact := follow_up(matter, base, lexicon)) is not None:
            yield fact


def _addressed(facts: Iterator[Fact], made: Sequence[Claim], at: int, lexicon: Lexicon) -> Iterator[Fact]:
    """«Da sender jeg en henvisning»: to whom was said just before, or is said next; else it is no fact yet."""
    for fact in facts:
        if fact.name:
            yield fact
            continue
        for near in (*reversed(made[max(0, at - _NEAR) : at]), *made[at + 1 : at + 2]):
            hits = lexicon.find(near.tokens, "specialty") or lexicon.find(near.tokens, "examination")
            if hits and fact.time is Time.PRESENT and near.answer is not Polarity.DENIED:
                yield replace(fact, name=hits[0].term.nb, evidence=tuple(sorted({*near.evidence, *fact.evidence})))
                break


def _polarity(matter: Matter, lexicon: Lexicon) -> Polarity:
    """«henviser deg ikke» is denied after its verb."""
    after = matter.claim.tokens[matter.end : min(matter.last, matter.end + 3)]
    if not _NEGATIONS.isdisjoint(token.text for token in after):
        return Polarity.DENIED
    around = matter.claim.tokens[matter.first : matter.last]
    if matter.kind is not Kind.FOLLOW_UP and lexicon.has(around, "postponed"):
        return Polarity.DENIED
    own = matter.claim.tokens[matter.first : ends(matter.claim, matter.end, matter.last)]
    if matter.kind is not Kind.FOLLOW_UP and not matter.claim.answer and lexicon.has(own, "considered"):
        return Polarity.UNCERTAIN
    return claims.polarity(matter.claim, matter.start, matter.end, lexicon)


def _time(matter: Matter, lexicon: Lexicon) -> Time:
    if _took(matter, lexicon):
        return Time.PAST
    if matter.kind is Kind.SICK_LEAVE and not matter.claim.written and lexicon.has(matter.claim.tokens, "on-leave"):
        return Time.PRESENT if _lasts_still(matter, lexicon) else Time.PAST
    if claims.time(matter.claim, matter.start, matter.end, lexicon) is Time.PAST and not any(
        one.ahead for one in matter.occasions
    ):
        return Time.PAST
    return Time.PLANNED if matter.proviso and matter.kind is not Kind.FOLLOW_UP else Time.PRESENT


def _took(matter: Matter, lexicon: Lexicon) -> bool:
    """«Egenmelding tre dager forrige uke», «jeg brukte egenmelding», says the patient."""
    if matter.kind is not Kind.SICK_LEAVE or matter.claim.role not in TELLS:
        return False
    words = {token.text for token in matter.claim.tokens}
    return not _TOOK.isdisjoint(words) or lexicon.has(matter.claim.tokens, "measured-when")


def _lasts_still(matter: Matter, lexicon: Lexicon) -> bool:
    """«Du er sykmeldt til og med fredag», says the doctor."""
    if any(hit.term.nb == _RUNS_OUT for hit in lexicon.find(matter.claim.tokens, "on-leave")):
        return False
    until = any(one.onset.lower().startswith(("til", "ut", "t.o.m")) for one in matter.occasions)
    return until and matter.claim.role not in TELLS and matter.claim.answer is None


def _wished(fact: Fact, claim: Claim, lexicon: Lexicon) -> bool:
    """Somebody wants it, or has asked for it: nobody has decided it."""
    if fact.polarity is Polarity.DENIED:  # «Skal vi si 70 prosent?» «Nei, det er for mye.»
        return claim.answer is Polarity.DENIED and bool(fact.value or fact.duration)
    if claim.written or fact.time is Time.PAST:
        return False
    words = {token.text for token in claim.tokens}
    if claim.role not in TELLS:
        return (
            "du" in words
            and _DOERS.isdisjoint(words)
            and claim.answer is None
            and lexicon.has(claim.tokens, "asked-for")
        )
    if claim.answer is not Polarity.AFFIRMED:
        return True
    offered = "du" not in words and bool(fact.duration or fact.onset or fact.value)
    offered = offered or lexicon.has(claim.tokens, "offered")
    return _DOERS.isdisjoint(words) and fact.kind is not Kind.FOLLOW_UP and not offered


def _agrees(claim: Claim, lexicon: Lexicon) -> bool:
    first = claim.tokens[0].text if claim.tokens else ""
    return (
        lexicon.has(claim.tokens, "assent") or first in _YES or (first in _THEN and lexicon.has(claim.tokens, "order"))
    )


def _tell(told: list[Fact], fact: Fact, claim: Claim) -> None:
    """The same again is one with both places; what was not said before is filled in; a correction wins."""
    corrects = takes_back(claim)
    if fact.polarity is Polarity.DENIED and claim.role not in TELLS and not claim.written:
        told[:] = [
            one for one in told if not (_same(one, fact) and one.polarity is Polarity.AFFIRMED and fact.detail == "")
        ]
    for at in reversed(range(len(told))):
        before = told[at]
        if _same(before, fact) and (corrects or fact.kind is Kind.SICK_LEAVE or _agree(before, fact)):
            if claim.evidence == before.evidence and not (corrects or _agree(before, fact)):
                break
            told[at] = replace(
                fact,
                name=max(before.name, fact.name, key=len),
                side=fact.side or before.side,
                body=fact.body or before.body,
                value=fact.value or before.value,
                duration=fact.duration or before.duration,
                onset=fact.onset or before.onset,
                detail=fact.detail or before.detail,
                evidence=tuple(sorted({*before.evidence, *fact.evidence})),
            )
            return
    told.append(fact)


def _same(before: Fact, fact: Fact) -> bool:
    """Whether they speak of one thing."""
    return (
        before.kind is fact.kind
        and before.about is fact.about
        and before.time is fact.time
        and (before.name.startswith(fact.name) or fact.name.startswith(before.name))
    )


def _agree(before: Fact, fact: Fact) -> bool:
    """Whether no field of the one speaks against the other."""
    fields = ("polarity", "side", "body", "value", "duration", "onset", "detail")
    return all(
        getattr(before, field) == getattr(fact, field) or not getattr(before, field) or not getattr(fact, field)
        for field in fields
    )


def _settled(told: Sequence[Fact], made: Sequence[Claim], lexicon: Lexicon) -> Iterator[Fact]:
    """Without tests that were taken since; a sick leave with 100 % where none was said."""
    heads = {fact.name[:_HEAD].lower() for fact in told if fact.kind is Kind.FOLLOW_UP}
    named = [claim for claim in made if not heads.isdisjoint(token.text[:_HEAD] for token in claim.tokens)]
    taken = {fact.name: fact.evidence[-1] for fact in measures.found(named, lexicon)}
    for fact in told:
        later = bool(fact.duration or fact.onset)
        if fact.kind is not Kind.FOLLOW_UP or later or taken.get(fact.name, -1) < fact.evidence[0]:
            yield replace(fact, value=_FULL) if _whole(fact, lexicon) else fact


def _whole(fact: Fact, lexicon: Lexicon) -> bool:
    """A sick leave of which no percent was said."""
    return (
        (fact.kind, fact.name, fact.value) == (Kind.SICK_LEAVE, "sykmelding", None)
        and (fact.polarity, fact.time) == (Polarity.AFFIRMED, Time.PRESENT)
        and not lexicon.has(tokens(fact.detail), "graded")
    )

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
from kiskriv.draft.kinds.follow_ups import follow_up
from kiskriv.draft.kinds.matters import Matter, matters, shared
from kiskriv.draft.kinds.percents import off_work, stepped
from kiskriv.draft.kinds.referrals import referral
from kiskriv.draft.kinds.sick_leaves import sick_leaves
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claims import Claim
from kiskriv.draft.talk.occasions import occasions
from kiskriv.transcript import Role

_WAITS: Final = 2
"""Claims of the doctor's within which a wish is agreed to."""
_NEAR: Final = 3
"""Claims back to which a referral to nobody looks for whom it is to."""
_TELLS: Final = frozenset({Role.PATIENT, Role.RELATED_PERSON, Role.INTERPRETER})
_DOERS: Final = frozenset({"jeg", "eg", "vi", "me"})
_YES: Final = frozenset({"ja", "jo", "jau", "ok", "greit", "selvfølgelig", "sjølvsagt", "klart", "absolutt", "fint"})
_THEN: Final = frozenset({"da", "då"})
_NEGATIONS: Final = frozenset({"ikke", "ikkje"})
_SHORT: Final = 14
"""Tokens of a claim that only completes or mends what was agreed."""
_TAKEN_BACK: Final = frozenset({"nei", "unnskyld", "sorry", "beklager", "orsak", "korreksjon"})
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
        facts = tuple(_addressed(_facts(claim, lexicon), made, at, lexicon)) or tuple(_completes(claim, told, lexicon))
        decided = [fact for fact in facts if not _wished(fact, claim, lexicon)]
        for fact in decided:
            _tell(told, fact, claim)
        if len(decided) < len(facts):
            wishes, left = [fact for fact in facts if fact not in decided], _WAITS
        elif wishes and claim.role not in _TELLS:
            if _agrees(claim, lexicon):
                for fact in wishes:
                    both = (*fact.evidence, *claim.evidence)
                    _tell(told, replace(fact, polarity=Polarity.AFFIRMED, time=Time.PRESENT, evidence=both), claim)
                wishes = []
            left -= 1
            wishes = wishes if left else []
    yield from _settled(told, made, lexicon)


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
        else:
            fact = (follow_up if matter.kind is Kind.FOLLOW_UP else referral)(matter, base, lexicon)
            if fact is not None:
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
    if matter.kind is not Kind.FOLLOW_UP and not matter.claim.answer and lexicon.has(around, "considered"):
        return Polarity.UNCERTAIN
    return claims.polarity(matter.claim, matter.start, matter.end, lexicon)


def _time(matter: Matter, lexicon: Lexicon) -> Time:
    if matter.kind is Kind.SICK_LEAVE and not matter.claim.written and lexicon.has(matter.claim.tokens, "on-leave"):
        return Time.PRESENT if _lasts_still(matter, lexicon) else Time.PAST
    if claims.time(matter.claim, matter.start, matter.end, lexicon) is Time.PAST and not any(
        one.ahead for one in matter.occasions
    ):
        return Time.PAST
    return Time.PLANNED if matter.proviso and matter.kind is not Kind.FOLLOW_UP else Time.PRESENT


def _lasts_still(matter: Matter, lexicon: Lexicon) -> bool:
    """«Du er sykmeldt til og med fredag», says the doctor."""
    if any(hit.term.nb == _RUNS_OUT for hit in lexicon.find(matter.claim.tokens, "on-leave")):
        return False
    until = any(one.onset.lower().startswith(("til", "ut", "t.o.m")) for one in matter.occasions)
    return until and matter.claim.role not in _TELLS and matter.claim.answer is None


def _wished(fact: Fact, claim: Claim, lexicon: Lexicon) -> bool:
    """Somebody wants it, or has asked for it: nobody has decided it."""
    if claim.written or fact.polarity is Polarity.DENIED or fact.time is Time.PAST:
        return False
    words = {token.text for token in claim.tokens}
    if claim.role not in _TELLS:
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


def _completes(claim: Claim, told: Sequence[Fact], lexicon: Lexicon) -> Iterator[Fact]:
    """«Femti prosent.» «I to uker.»: of the sick leave that was asked for, or spoken of last."""
    last = told[-1] if told else None
    if claim.role in _TELLS or last is None or last.kind is not Kind.SICK_LEAVE or last.polarity is Polarity.DENIED:
        return
    if claim.evidence[0] - last.evidence[-1] > _WAITS + 1 or len(claim.tokens) > _SHORT:
        return
    share = next(iter(off_work(claim.tokens, lexicon)), None) or stepped(claim.tokens)
    percent = share.quantity if share else None
    lasts = next((one.duration for one in occasions(claim, lexicon) if one.duration and not one.ahead), None)
    onset = next((one.onset for one in occasions(claim, lexicon) if one.onset), "")
    if percent or (lasts and last.duration is None):
        yield replace(
            last,
            time=Time.PRESENT,
            value=percent or last.value,
            duration=lasts or last.duration,
            onset=onset or last.onset,
            evidence=claim.evidence,
        )


def _takes_back(claim: Claim) -> bool:
    return bool(claim.tokens) and claim.tokens[0].text in _TAKEN_BACK


def _tell(told: list[Fact], fact: Fact, claim: Claim) -> None:
    """The same again is one with both places; what was not said before is filled in; a correction wins."""
    corrects = _takes_back(claim)
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

"""What is said of something agreed, after it was named: «Om tre måneder.», «Femti prosent da.», «Orsak, høgre hofte.» Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiskriv.draft.fact import Fact, Kind, Polarity, Quantity, Side, Time
from kiskriv.draft.kinds.percents import alone, off_work, stepped
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.claims import Claim
from kiskriv.draft.talk.occasions import Occasion, occasions
from kiskriv.transcript import Role

TELLS: Final = frozenset({Role.PATIENT, Role.RELATED_PERSON, Role.INTERPRETER})
"""Who tells, and decides nothing."""
_NEAR: Final = 3
"""Utterances within which it is known what is meant."""
_SHORT: Final = 14
"""Tokens of a claim that only completes or mends what was agreed."""
_BRIEF: Final = 9
_BARE: Final = 5
_TAKEN_BACK: Final = frozenset({"nei", "unnskyld", "sorry", "beklager", "orsak", "korreksjon"})
_CONTACT: Final = "kontakt"


def completed(last: Fact, claim: Claim, lexicon: Lexicon) -> Fact | None:
    """What was agreed last, with what this claim says of it; None where it says nothing of it."""
    near = claim.evidence[0] - last.evidence[-1] <= _NEAR
    if not near or claim.written or last.polarity is Polarity.DENIED or len(claim.tokens) > _SHORT:
        return None
    if last.kind is Kind.REFERRAL:
        fact = _sided(last, claim, lexicon)
    elif claim.role in TELLS and not set(claim.asked_in) & set(last.evidence):
        return None
    else:
        fact = (_leave if last.kind is Kind.SICK_LEAVE else _later)(last, claim, lexicon)
    evidence = tuple(sorted({*last.evidence, *claim.evidence}))
    return None if fact is None else replace(fact, evidence=evidence)


def asked_for(claim: Claim, lexicon: Lexicon) -> Fact | None:
    """«Når er kontrollen?» «Om tre måneder.»: what the doctor was asked for, with when; None where she was not."""
    if claim.role is not Role.PRACTITIONER or not claim.asked or len(claim.tokens) > _BRIEF:
        return None
    named = next((hit.term.nb for hit in lexicon.find(claim.asked, "follow-up") if hit.term.nb != _CONTACT), "")
    bare = Fact(Kind.FOLLOW_UP, named, tuple(dict.fromkeys((*claim.asked_in, *claim.evidence))))
    return replace(fact, evidence=bare.evidence) if named and (fact := _later(bare, claim, lexicon)) else None


def takes_back(claim: Claim) -> bool:
    """«Nei, …», «Unnskyld, …»: what was said before is mended."""
    return bool(claim.tokens) and claim.tokens[0].text in _TAKEN_BACK


def _anew(claim: Claim, lexicon: Lexicon) -> bool:
    """Whether it may say otherwise than before: an answer, a correction, or «da sier vi …»."""
    return bool(claim.asked) or takes_back(claim) or lexicon.has(claim.tokens, "settles")


def _sided(last: Fact, claim: Claim, lexicon: Lexicon) -> Fact | None:
    """«Orsak, høgre hofte», after «røntgen av venstre hofte»; «Det er jo den høyre», after «røntgen av hånda»."""
    sides = lexicon.find(claim.tokens, "side") if len(claim.tokens) <= _BRIEF else ()
    mends = takes_back(claim) and claim.role not in TELLS
    if len(sides) != 1 or not (last.side is None or mends):
        return None
    return replace(last, side=Side(sides[0].term.nb)) if last.body or mends else None


def _leave(last: Fact, claim: Claim, lexicon: Lexicon) -> Fact | None:
    """How much, and how long."""
    share = next(iter(off_work(claim.tokens, lexicon)), None) or stepped(claim.tokens) or alone(claim.tokens)
    percent: Quantity | None = share.quantity if share else None
    said = occasions(claim, lexicon)
    lasts = next((one.duration for one in said if one.duration and not one.ahead), None)
    onset = next((one.onset for one in said if one.onset), "")
    if not (percent or (lasts and (last.duration is None or _anew(claim, lexicon)))):
        return None
    return replace(
        last,
        time=Time.PRESENT,
        value=percent or last.value,
        duration=lasts or last.duration,
        onset=onset or last.onset,
    )


def _later(last: Fact, claim: Claim, lexicon: Lexicon) -> Fact | None:
    """When: told alone where it was not said, or said otherwise."""
    anew = _anew(claim, lexicon)
    if last.name == _CONTACT or len(claim.tokens) > (_BRIEF if anew else _BARE):
        return None
    said: list[Occasion] = [one for one in occasions(claim, lexicon) if anew or one.ahead]
    after = next((one.duration for one in said if one.duration), None)
    onset = next((one.onset for one in said if one.onset), "")
    if not (after or onset) or ((last.duration or last.onset) and not anew):
        return None
    return replace(last, duration=after or last.duration, onset=onset or ("" if after else last.onset))

"""What a claim agrees on, one after the other: each with the words that belong to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from kiskriv.draft.fact import Kind, Polarity
from kiskriv.draft.kinds.percents import off_work
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk.answers import elliptical
from kiskriv.draft.talk.claims import Claim
from kiskriv.draft.talk.occasions import Occasion, condition, occasions, parted
from kiskriv.transcript import Role

_BOUNDARIES: Final = frozenset({",", "og", "men", "så", "da", "då", ";", "samt", "deretter", "."})
_ORDERED: Final = ("test", "lab", "errand", "vital")
BLOOD: Final = "blodprøver"
_WHOLES: Final = ("svar", "kontroll", "resultat")
_OTHERS: Final = frozenset({"du", "han", "hun", "ho", "de", "dei", "dere", "dykk"})
_ELSEWHERE: Final = ("specialty", "examination")
_MENTIONS: Final = ("follow-up", "sick-leave", "refer", "order", "graded", "apart-begins", "goes-to")
_PLAN: Final = (
    "tiltak", "plan", "henvisning", "tilvising", "sykmelding", "sjukmelding", "kontroll", "oppfølg", "videre", "vidare", "prøver",
    "vurdering og", "vurdering/",
)  # fmt: skip
_THEN: Final = frozenset(("så", "da", "då"))
"""«Så tar du blodprøver en uke før»: the doctor bids."""
_CONTROL: Final = "kontroll"
_EMERGENCY: Final = "legevakt"
_LEAST_LEAVE: Final = 20
"""Percent. Less is none (folketrygdloven § 8-13); «ein prosent» is of a cream."""
_NEAR: Final = 5
"""Words between those that belong together: «kom gjerne en tur innom»."""
_TOWARDS: Final = ("på", "til", "hos")
_TODAY: Final = (("i", "dag"), ("nå", "først"))
_NOW: Final = frozenset(("nå", "no", "dag"))


@dataclass(frozen=True, slots=True, repr=False)
class Matter:
    """Something agreed on at tokens [start, end) of the claim; what belongs to it stands at [first, last).

    `claim` is without its condition, which is `proviso` in words. `occasions` are those that belong to it, of the condition too.
    `term`: what it was found by; `category` what kind of word that is: `test`, `lab`, `specialty` and so on.
    """

    kind: Kind
    name: str
    category: str
    claim: Claim
    start: int
    end: int
    first: int
    last: int
    proviso: str = ""
    occasions: tuple[Occasion, ...] = ()


def matters(claim: Claim, lexicon: Lexicon) -> tuple[Matter, ...]:
    """From the left."""
    if not _touches(claim, lexicon):
        return ()
    main, clause = parted(claim, lexicon)
    cues = tuple(_own(main, tuple(_apart(_cues(main, lexicon)))))
    if not cues:
        return ()
    proviso, awaited = condition(clause, lexicon)
    said = occasions(main, lexicon)
    firsts = [
        0,
        *(_begins(main, before.end, cue.start) for (_, before), (_, cue) in pairwise(cues)),
        len(main.tokens),
    ]
    return tuple(
        Matter(
            kind, hit.term.nb, hit.term.category, main, hit.start, hit.end, first, last, proviso, tuple(own) or awaited
        )
        for (kind, hit), first, last in zip(cues, firsts[:-1], firsts[1:], strict=True)
        for own in [[one for one in said if first <= one.start < (last if one.duration else ends(main, hit.end, last))]]
    )


def shared(agreed: Sequence[Matter]) -> Iterator[Matter]:
    """«blodprøver og kontroll om to uker»: the time that was said of one is of those beside it, too."""
    occasions: tuple[Occasion, ...] = ()
    for at, matter in enumerate(agreed):
        before, after = agreed[at - 1] if at else None, agreed[at + 1] if at + 1 < len(agreed) else None
        near = after is not None and after.kind is matter.kind and after.start - matter.end <= 2
        then = occasions if before and _then(matter, before) else ()
        occasions = matter.occasions or (after.occasions if after and near else then)
        yield replace(matter, occasions=occasions)


def _then(matter: Matter, before: Matter) -> bool:
    """«kom att om to veker, så tek me blodprøver», «og tar kalium da»: it is then that it is taken."""
    between = {token.text for token in matter.claim.tokens[before.end : matter.start]}
    after = {token.text for token in matter.claim.tokens[matter.end : matter.last]}
    then = "så" in between or not after.isdisjoint(("da", "då", "samtidig"))
    return matter.kind is before.kind is Kind.FOLLOW_UP and then and _NOW.isdisjoint(after)


def _touches(claim: Claim, lexicon: Lexicon) -> bool:
    if lexicon.has(claim.tokens, *_MENTIONS):
        return True
    if _planned(claim):
        return lexicon.has(claim.tokens, *_ELSEWHERE, *_ORDERED)
    words = {token.text for token in claim.tokens}
    if not words.isdisjoint(("%", "prosent")):
        return True
    return (_confirmed(claim) or "om" in words) and lexicon.has(claim.tokens, *_ORDERED)


def _planned(claim: Claim) -> bool:
    """It stands in a note, under a heading of what is to be done."""
    return claim.written and claim.heading.lower().startswith(_PLAN)


def _cues(claim: Claim, lexicon: Lexicon) -> Iterator[tuple[Kind, Hit]]:
    """What is agreed on, in no order; one may stand within another."""
    refers, orders = lexicon.find(claim.tokens, "refer"), _orders(claim, lexicon) or _confirmed(claim)
    yield from ((Kind.FOLLOW_UP, hit) for hit in lexicon.find(claim.tokens, "follow-up"))
    yield from ((Kind.FOLLOW_UP, hit) for hit in _parted_forms(claim, lexicon))
    yield from ((Kind.SICK_LEAVE, hit) for hit in _leaves(claim, lexicon))
    if orders or _planned(claim) or any(one.ahead for one in occasions(claim, lexicon)):
        tests = (hit for hit in _tests(claim, lexicon) if not (refers and _goes_to(claim, hit, refers[0])))
        yield from ((Kind.FOLLOW_UP, hit) for hit in tests)
    goes = lexicon.has(claim.tokens, "goes-to")
    if not (refers or orders or goes or _planned(claim)):
        return
    categories = _ELSEWHERE if refers or goes or _planned(claim) else _ELSEWHERE[1:]
    places = [
        hit
        for hit in lexicon.find(claim.tokens, *categories)
        if not (_of_something(claim, hit) or (refers and _doer(claim, hit, refers[0])))
    ]
    if refers:
        places += [hit for hit in lexicon.find(claim.tokens, "test") if _goes_to(claim, hit, refers[0])]
        places = places or list(lexicon.find(claim.tokens, "somewhere"))[:1] or list(refers[:1])
    contact = lexicon.named("follow-up", "kontakt")
    for hit in places:
        if contact is not None and not refers and hit.term.nb == _EMERGENCY:
            yield Kind.FOLLOW_UP, Hit(contact, hit.start, hit.end)
        else:
            yield Kind.REFERRAL, hit


def _own(claim: Claim, cues: Sequence[tuple[Kind, Hit]]) -> Iterator[tuple[Kind, Hit]]:
    """Without the appointment that is a referral's: «bestiller time på røntgen»."""
    for at, (kind, hit) in enumerate(cues):
        following = cues[at + 1] if at + 1 < len(cues) else None
        between = claim.tokens[hit.end : following[1].start] if following else ()
        joined = 0 < len(between) <= 2 and between[0].text in _TOWARDS
        more = following is not None and (
            following[0] is Kind.REFERRAL or (following[0] is kind and following[1].term.nb != hit.term.nb == _CONTROL)
        )
        if not (more and joined and kind is Kind.FOLLOW_UP):
            yield kind, hit


def _parted_forms(claim: Claim, lexicon: Lexicon) -> Iterator[Hit]:
    """«kom gjerne innom her igjen», «ta i så fall kontakt»: the two words of a form, with others between."""
    begins = lexicon.find(claim.tokens, "apart-begins")
    ends = lexicon.find(claim.tokens, "apart-ends") if begins else ()
    for begin in begins:
        for end in ends:
            between = claim.tokens[begin.end : end.start]
            if begin.term.nb != end.term.nb or end.start < begin.end or len(between) > _NEAR:
                continue
            met = lexicon.find(tokens(begin.term.nb), "follow-up")
            if met and _BOUNDARIES.isdisjoint(token.text for token in between):
                yield Hit(met[0].term, begin.start, end.end)
                break


def _goes_to(claim: Claim, hit: Hit, refers: Hit) -> bool:
    """«henviser deg til spirometri»."""
    before = [token.text for token in claim.tokens[refers.end - 1 : hit.start]]
    return hit.start >= refers.end and before[-1:] == ["til"] and "," not in before


def _doer(claim: Claim, hit: Hit, refers: Hit) -> bool:
    """«Legevakta henviste deg til kardiolog»: by whom, not to whom."""
    return hit.end == refers.start and not hit.start and any(t.text == "til" for t in claim.tokens[refers.end :])


def _apart(cues: Iterable[tuple[Kind, Hit]]) -> Iterator[tuple[Kind, Hit]]:
    """From the left, none within another."""
    end = 0
    for kind, hit in sorted(cues, key=lambda cue: (cue[1].start, -cue[1].end)):
        if hit.start >= end:
            yield kind, hit
            end = hit.end


def _orders(claim: Claim, lexicon: Lexicon) -> list[Hit]:
    """Words that order something; «du tar» tells what the patient does."""
    words = [token.text for token in claim.tokens]
    return [
        hit
        for hit in lexicon.find(claim.tokens, "order")
        if words[hit.start] not in ("tar", "tek")
        or _OTHERS.isdisjoint(words[max(0, hit.start - 1) : hit.end + 1])
        or words[max(0, hit.start - 2) : hit.start - 1] == ["at"]
        or (hit.start == 1 and words[0] in _THEN and claim.role is Role.PRACTITIONER and claim.answer is None)
    ]


def _confirmed(claim: Claim) -> bool:
    """«Med blodprøver først?» «Ja.»; or said in short what is to be done today: «Blodprøver i dag, kreatinin og Hb.»"""
    if claim.role is not Role.PRACTITIONER or claim.written or not elliptical(claim.tokens):
        return False
    words = [token.text for token in claim.tokens]
    today = any(pair in _TODAY for pair in pairwise(words))
    return claim.answer is Polarity.AFFIRMED or (today and claim.answer is None)


def _tests(claim: Claim, lexicon: Lexicon) -> Iterator[Hit]:
    """What is ordered here; not what a control is to be with, nor each of the values that the blood is tested for."""
    ordered = False
    ahead = any(one.ahead or one.onset for one in occasions(claim, lexicon))
    for hit in _apart((Kind.FOLLOW_UP, hit) for hit in lexicon.find(claim.tokens, *_ORDERED)):
        listed = ordered and hit[1].term.category == "lab"
        ordered = ordered or hit[1].term.nb == BLOOD
        if hit[1].term.category == "vital" and not ahead:
            continue
        if not (listed or _of_something(claim, hit[1]) or _valued(claim, hit[1], lexicon)):
            yield hit[1]


def _of_something(claim: Claim, hit: Hit) -> bool:
    """«kontroll med nye blodprøver», «svaret på røntgen»."""
    words = [token.text for token in claim.tokens[: hit.start]]
    while words and words[-1] in ("ny", "nye", "nytt", "en", "ei", "ein", "et", "eit"):
        words.pop()
    joined = words[-1:] in (["på"], ["av"]) and any(word.startswith(_WHOLES) for word in words[-3:])
    return joined or (words[-1:] in (["med"], ["enn"]) and len(words) > 1)


def _leaves(claim: Claim, lexicon: Lexicon) -> tuple[Hit, ...]:
    """«Sykmelding»; or a percent with how long alone, «gradert, femti prosent»: where nothing is measured."""
    hits = lexicon.find(claim.tokens, "sick-leave")
    leave = lexicon.named("sick-leave", "sykmelding")
    percents = [] if hits else [one for one in off_work(claim.tokens, lexicon) if one.quantity.value >= _LEAST_LEAVE]
    if not percents or leave is None or lexicon.has(claim.tokens, "vital", "lab"):
        return hits
    extended = lexicon.has(claim.tokens, "extended")
    lasting = (extended and claim.answer is Polarity.AFFIRMED) or any(
        not one.ahead and (extended or one.start >= percents[0].end or one.end == percents[0].start)
        for one in occasions(claim, lexicon)
    )
    return (Hit(leave, percents[0].start, percents[0].end),) if lasting or lexicon.has(claim.tokens, "graded") else ()


def _valued(claim: Claim, hit: Hit, lexicon: Lexicon) -> bool:
    """Its number follows: it was taken already."""
    times = {at for occasion in occasions(claim, lexicon) for at in range(occasion.start, occasion.end)}
    after = claim.tokens[hit.end : hit.end + 3]
    return any(token.value is not None and hit.end + at not in times for at, token in enumerate(after))


def _begins(claim: Claim, after: int, start: int) -> int:
    """Where the words of a matter begin: behind the last boundary between the one before and it."""
    for at in range(start - 1, after - 1, -1):
        if claim.tokens[at].text in _BOUNDARIES:
            return at + 1
    return start


def ends(claim: Claim, start: int, last: int) -> int:
    """Where they end: before «, og», behind which something else is told."""
    for at in range(start, last - 1):
        if claim.tokens[at].text == "," and claim.tokens[at + 1].text in ("og", "men", "så"):
            return at
    return last

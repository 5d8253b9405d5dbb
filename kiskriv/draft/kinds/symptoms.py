"""What is told: complaints, diseases, events and habits, whose they are, where, since when, and what they are like. Pure.

Left out, since nobody said that it is so: what is feared, prevented, explained, true of people at large, or depends on something, and
which of several things an answer of «ja» means. What the practitioner finds on examination goes to `findings`; what was told before is
put together in `stories`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from kiskriv.draft.fact import About, Fact, Kind, Polarity, Time, plain
from kiskriv.draft.kinds import findings
from kiskriv.draft.kinds.details import Detail, details
from kiskriv.draft.kinds.mentions import BREAKS, NAMED, Mention, mentions, week
from kiskriv.draft.kinds.retellings import described, resolved
from kiskriv.draft.kinds.stories import Story
from kiskriv.draft.language.durations import Span, spans
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claims import Claim
from kiskriv.transcript import Role

_PURPOSE: Final = frozenset(("ved", "mot", "for", "hvis", "viss", "om", "etter"))
"""Right before what the practitioner names, they make it a purpose or a condition."""
_OPEN: Final = frozenset(("noen", "noe", "nokon", "noko", "eller", "spesielt", "særlig"))
_NAMING: Final = frozenset(("den", "de", "dei", "en", "ein", "ei", "et", "eit", "for", "mot", "jeg", "eg", "du"))
_IS: Final = frozenset(("er", "e", "var", "va", "blir", "ble", "vart", "blei"))
_SELVES: Final = frozenset(("jeg", "eg", "æ", "meg", "mæ", "vi", "me", "vært"))
_THIRD: Final = frozenset(("han", "hun", "ho"))
_TAKEN: Final = ("tablett", "medisin", "pille", "spray", "kur")
_THEN: Final = ("så", "må", "ta", "ring", "kontakt", "kom")
_ENDS: Final = frozenset((*BREAKS, ".", ",", "og", "siden", "sidan"))
_AGO: Final = frozenset(("siden", "sidan"))
_NEXT: Final = 3
_AT_A_PLACE: Final = ("ailing", "injury")
_DONE: Final = ("event", "injury")
_AT_AGE: Final = frozenset(("var", "som", "fylte"))
_HAVE: Final = frozenset(("har", "ha", "hadde", "he"))
_HOW_MUCH: Final = frozenset(("mye", "mykje", "mange", "ofte"))
_ONE: Final = frozenset(("et", "ett", "eit", "en", "ein", "ei"))
_VESSELS: Final = ("glass", "øl", "pils", "flaske", "boks", "eske", "pakke", "snus", "drink", "sigar", "røyk", "halv")
_REACH: Final = 6
"""Tokens within which a cue before a complaint is about it."""


def found(made: Sequence[Claim], lexicon: Lexicon) -> Iterator[Fact]:
    """Symptoms told and findings made, in the order in which they were first spoken of."""
    story = Story(lexicon)
    for claim in made:
        under = _under(claim, lexicon)
        named = mentions(claim.tokens, lexicon)
        story.turn(claim)
        if general(claim, lexicon):
            continue
        examined = findings.found(claim, named, under, lexicon, story.structure)
        for fact in examined.facts:
            story.add(fact, claim)
        story.examined(examined.facts)
        if under in ("findings", "plan"):
            continue
        told = [
            _located(story, claim, m)
            for m in named
            if m not in examined.used and not _relatives(claim, m, story) and _claimed(claim, m, named, lexicon)
        ]
        told = [m for m in told if m.body or m.category not in _AT_A_PLACE or _excluded(claim, m)]
        for fact in told_facts(claim, told, lexicon, under, story.kin):
            story.add(fact, claim)
        placeless = not told and all(m.category in _AT_A_PLACE and not m.body for m in named)
        if placeless and not examined.facts:
            _go_on(story, claim, lexicon)
    yield from story.facts


def _under(claim: Claim, lexicon: Lexicon) -> str:
    """What the heading is for that a written claim begins with, «Tidligere: hjerteinfarkt», or stands below."""
    own = claim.written and any(token.text in (":", ".") for token in claim.tokens[1:4])
    return (findings.heading(claim.text, lexicon) if own else "") or findings.heading(claim.heading, lexicon)


def _located(story: Story, claim: Claim, mention: Mention) -> Mention:
    """At the part of the body that was asked about, or is spoken of; not «den røde», «for trykket», which are about something else."""
    if mention.name == "smerter" and not mention.body and claim.asked:
        asked = [m for m in story.asked(claim) if m.name.endswith("smerter")]
        if len(asked) == 1:
            return replace(mention, name=asked[0].name, body=asked[0].body, side=mention.side or asked[0].side)
    before = [token.text for token in claim.tokens[max(0, mention.start - 2) : mention.start]]
    named = (
        mention.category in _AT_A_PLACE
        and before[-1:] != []
        and before[-1] in _NAMING
        and (before[-1] in _SELVES or before[0] not in _IS)
    )
    general = mention.category == "complaint" and (claim.answer is Polarity.DENIED or _own(claim, mention))
    return mention if named or general or mention.category == "injury" else story.located(mention)


def _own(claim: Claim, mention: Mention) -> bool:
    """«Jeg er stiv»: all of who speaks."""
    return any(token.text in _SELVES for token in claim.tokens[mention.start : mention.end])


def told_facts(
    claim: Claim, told: Sequence[Mention], lexicon: Lexicon, under: str = "", kin: str = ""
) -> Iterator[Fact]:
    """A fact for each of these, with what the claim says of it. `under`: what the heading above it is for; `kin`: who was last named."""
    if not told:
        return
    when = spans(claim.tokens, claim.text, lexicon)
    like = () if _indefinite(claim) else details(claim.tokens, claim.text, lexicon)
    for mention in told:
        fact = _bare(claim, mention, lexicon, under)
        if fact.about is About.RELATIVE:
            yield replace(fact, detail=_relation(claim, mention, lexicon, kin))
        elif mention.category not in _DONE and resolved(claim, mention.end, lexicon):
            if fact.polarity is Polarity.AFFIRMED:
                yield replace(fact, time=Time.PAST)
        elif fact.polarity is not Polarity.AFFIRMED:
            yield fact
        else:
            own = [detail for detail in like if _belongs(detail, mention, told, like, claim.tokens)]
            amount = (*_amount(claim, mention, told, lexicon), *_weeks(claim, mention))
            yield described(fact, [span for span in when if _lasts(span, mention, told, when)], (*own, *amount), claim)


def _amount(claim: Claim, mention: Mention, told: Sequence[Mention], lexicon: Lexicon) -> tuple[Detail, ...]:
    """How much of what has an amount: the first number after it, else the last before it, short of what else is named."""
    if mention.category != "habit" and lexicon.named("counted", mention.name) is None:
        return ()
    others = [other for other in told if other.name != mention.name]
    stop = min((other.start for other in others if other.start >= mention.end), default=len(claim.tokens))
    start = max((other.end for other in others if other.end <= mention.start), default=0)
    within = range(mention.start, mention.end)
    counts = [
        at
        for at in (*within, *range(mention.end, stop), *range(mention.start - 1, start - 1, -1))
        if _counts(claim.tokens, at)
    ]
    return (_quoted(claim, counts[0]),) if counts else ()


def _weeks(claim: Claim, mention: Mention) -> tuple[Detail, ...]:
    """How far a pregnancy is: «28+2»."""
    token = claim.tokens[mention.start]
    return (Detail(mention.start, mention.end, token.text),) if week(token.text) else ()


def _answered_amount(claim: Claim) -> tuple[Detail, ...]:
    counts = [at for at in range(len(claim.tokens)) if _counts(claim.tokens, at)]
    return (_quoted(claim, counts[0]),) if counts else ()


def _quoted(claim: Claim, at: int, ends: frozenset[str] = _ENDS) -> Detail:
    """From a number on, as said: «ti om dagen»."""
    end = at + 1
    while end < min(len(claim.tokens), at + _REACH) and claim.tokens[end].text not in ends:
        end += 1
    return Detail(at, end, claim.text[claim.tokens[at].start : claim.tokens[end - 1].end].lower())


def _counts(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number is how much, not since when; «et glass» is one."""
    if tokens[at].value is None:
        return tokens[at].text in _ONE and at + 1 < len(tokens) and tokens[at + 1].text.startswith(_VESSELS)
    return not at or tokens[at - 1].text not in ("var", "i", "for", "siden", "sidan")


def _go_on(story: Story, claim: Claim, lexicon: Lexicon) -> None:
    """What a claim without a complaint of its own says of the one that was asked about, or last spoken of."""
    for mentioned, answer in (
        (story.presumed(claim), Polarity.AFFIRMED),
        (story.unchanged(claim), Polarity.DENIED),
    ):
        if not mentioned:
            continue
        question = replace(claim, tokens=claim.asked, answer=answer, asked=())
        for fact in told_facts(question, [m for m in mentioned if not _reaction(question, m, lexicon)], lexicon):
            detail = fact.detail + _age(claim) if fact.about is About.RELATIVE else ""
            story.add(replace(fact, duration=None, onset="", detail=detail), claim)
    if _others(claim, lexicon):
        return
    if ended := lexicon.find(claim.tokens, "ended") if lexicon.has(claim.asked, "habit") else ():
        story.end(claim, _quoted(claim, ended[0].start, _ENDS - _AGO).text)
        return
    counted = ("habit", "counted")
    habit = story.topic is not None and any(lexicon.named(one, story.topic.name) is not None for one in counted)
    if claim.asked and habit and story.topic is not None:
        if not _asks_amount(claim, lexicon):
            return
        story.describe(claim, (), () if story.topic.detail else _answered_amount(claim))
    else:
        story.go_on(claim)


def _someone(claim: Claim, mention: Mention, lexicon: Lexicon) -> bool:
    """«Han fikk jo slag», said by the patient: who he is, nobody knows; a part of the body can be «han» too."""
    if claim.role is not Role.PATIENT or claim.answer is not None or mention.category not in NAMED:
        return False
    words = {token.text for token in claim.tokens}
    unknown = bool(words & _THIRD) and not words & _SELVES
    return unknown and claims.about(claim, mention.start, mention.end, lexicon) is About.PATIENT


def _consequence(claim: Claim, lexicon: Lexicon) -> bool:
    """«Får du feber, så ringer du.» «Ja.»: no question."""
    conditional = any(hit.term.nb == "condition" and hit.start <= 1 for hit in lexicon.find(claim.tokens, "unclaimed"))
    return conditional and any(token.text.startswith(_THEN) for token in claim.tokens)


def _relatives(claim: Claim, mention: Mention, story: Story) -> bool:
    """«Blodproppen», said by who examines, where it was only a relative who had one."""
    if not _examiner(claim) or claim.tokens[mention.end - 1].text not in (
        mention.name + "en",
        mention.name + "n",
        mention.name + "et",
    ):
        return False
    known = {fact.about for fact in story.facts if fact.name == mention.name}
    return About.RELATIVE in known and About.PATIENT not in known


def _vaccinated(claim: Claim) -> bool:
    return any(token.text.startswith(("vaksin", "booster")) for token in (*claim.tokens, *claim.asked))


def _asks_amount(claim: Claim, lexicon: Lexicon) -> bool:
    named = lexicon.has(claim.asked, "habit") or lexicon.has(claim.asked, "symptom")
    return named or any(token.text in _HOW_MUCH for token in claim.asked)


def _claimed(claim: Claim, mention: Mention, named: Sequence[Mention], lexicon: Lexicon) -> bool:
    """Whether somebody says that it is so, or that it is not."""
    examiner = _examiner(claim)
    planned = claims.time(claim, mention.start, mention.end, lexicon) is Time.PLANNED and mention.category != "event"
    listed = claim.answer is Polarity.AFFIRMED and len(named) > 1 and not _all(claim)
    death = mention.name == "dødsfall" and len(named) > 1
    if planned or listed or death or _unclaimed(claim, mention.start, lexicon):
        return False
    if _reaction(claim, mention, lexicon) or _someone(claim, mention, lexicon):
        return False
    if (claim.answer is not None and _consequence(claim, lexicon)) or (
        mention.category == "condition" and _vaccinated(claim)
    ):
        return False
    purpose = mention.start > 0 and claim.tokens[mention.start - 1].text in _PURPOSE
    vague = mention.category in _AT_A_PLACE or (mention.category == "complaint" and not mention.body)
    return not (examiner and (purpose or vague))


def _all(claim: Claim) -> bool:
    """Whether «ja» to a question that names several means all of them: «feber og hoste», not «feber eller hoste», «feber, hoste»."""
    words = {token.text for token in claim.tokens}
    return "og" in words and "eller" not in words


def _bare(claim: Claim, mention: Mention, lexicon: Lexicon, under: str) -> Fact:
    where = (mention.start, mention.end)
    polarity = claims.polarity(claim, *where, lexicon)
    if polarity is Polarity.AFFIRMED and _examiner(claim) and _cued(claim, mention.start, "judgement", lexicon):
        polarity = Polarity.UNCERTAIN
    return Fact(
        Kind.SYMPTOM,
        mention.name,
        tuple(sorted({*claim.evidence, *mention.evidence})),
        polarity,
        Time.PAST if under == "past" or _former(claim, mention, lexicon) else _time(claim, mention, lexicon),
        About.RELATIVE if under == "family" else claims.about(claim, *where, lexicon),
        mention.side,
        mention.body,
    )


def _time(claim: Claim, mention: Mention, lexicon: Lexicon) -> Time:
    """What was done to somebody is past."""
    time = claims.time(claim, mention.start, mention.end, lexicon)
    done = time is Time.PRESENT and lexicon.named("procedure", mention.name) is not None
    return Time.PAST if done else time


def _former(claim: Claim, mention: Mention, lexicon: Lexicon) -> bool:
    """«Jeg røykte tjue om dagen», not «jeg har røyka»."""
    if mention.category != "habit" or claim.answer is not None:
        return False
    before = [token.text for token in claim.tokens[max(0, mention.start - _NEXT) : mention.start]]
    return not _HAVE & set(before) and lexicon.has(claim.tokens[mention.start : mention.end], "former")


def _excluded(claim: Claim, mention: Mention) -> bool:
    """«Har du skada deg?» «Nei.»"""
    return mention.category == "injury" and claim.answer is Polarity.DENIED


def _examiner(claim: Claim) -> bool:
    """Whether it is who examines that says so, not who answers a question."""
    return claim.answer is None and claim.role in (Role.PRACTITIONER, Role.UNKNOWN) and not claim.written


def general(claim: Claim, lexicon: Lexicon) -> bool:
    """Whether who examines speaks of people at large: «ved lungebetennelse pleier man å få feber»."""
    return _examiner(claim) and lexicon.has(claim.tokens, "general")


def _others(claim: Claim, lexicon: Lexicon) -> bool:
    """Whether it begins with somebody else than the patient."""
    return claims.about(claim, 0, 1, lexicon) is not About.PATIENT


def _cued(claim: Claim, start: int, category: str, lexicon: Lexicon, names: Sequence[str] = ()) -> Hit | None:
    """A cue of this category (only these of it, where named) that stands before the token, in reach and in one breath."""
    for hit in lexicon.find(claim.tokens[:start], category):
        between = claim.tokens[hit.end : start]
        if (
            (not names or hit.term.nb in names)
            and len(between) <= _REACH
            and not any(t.text in BREAKS for t in between)
        ):
            return hit
    return None


def _unclaimed(claim: Claim, start: int, lexicon: Lexicon) -> bool:
    """«Redd for», «bivirkninger kan være»; not what is only weighed: «det kan være en slimposebetennelse»."""
    cue = _cued(claim, start, "unclaimed", lexicon, () if _examiner(claim) else ("fear",))
    if cue is None:
        return False
    weighed = _cued(claim, start, "judgement", lexicon) if _examiner(claim) else None
    return weighed is None or not weighed.start <= cue.start < weighed.end


def _reaction(claim: Claim, mention: Mention, lexicon: Lexicon) -> bool:
    """«Fikk utslett av Bactrim», «reagerte med utslett»: an allergy's or a medication's, not a complaint of its own."""
    if mention.category == "condition":
        return False
    if any(token.text.startswith(("reager", "allerg", "tål", "tol")) for token in claim.tokens):
        return True
    after = claim.tokens[mention.last : mention.last + _REACH]
    drugs = ("medication", "medication-group", "medicine")
    if not after or after[0].text != "av":
        return False
    return any(token.text.startswith(_TAKEN) for token in after) or any(
        lexicon.has(after, category) for category in drugs
    )


def _relation(claim: Claim, mention: Mention, lexicon: Lexicon, before: str) -> str:
    """Whose it is, and at what age: «far, 52 år». `before`: who was named in what was said right before."""
    kin = [hit.term.nb for hit in lexicon.find(claim.tokens[: mention.start], "kin")][-1:] or list(
        filter(None, [before])
    )
    words = ["", *(token.text for token in claim.tokens), ""]
    ages = [
        f"{plain(token.value)} år"
        for at, token in enumerate(claim.tokens)
        if at > mention.start and token.value is not None and (words[at] in _AT_AGE or words[at + 2] == "år")
    ]
    return ", ".join((*kin, *ages[:1]))


def _age(claim: Claim) -> str:
    """«Han var 48», as an answer."""
    numbers = [token.value for token in claim.tokens if token.value is not None]
    aged = len(numbers) == 1 and any(token.text in _AT_AGE for token in claim.tokens)
    return f", {plain(numbers[0])} år" if aged and numbers[0] is not None else ""


def _indefinite(claim: Claim) -> bool:
    """A question that leaves open what it is like: «Er det verre i noen stillinger?»"""
    return claim.answer is not None and any(token.text in _OPEN for token in claim.tokens)


def _lasts(span: Span, mention: Mention, told: Sequence[Mention], when: Sequence[Span]) -> bool:
    """A time belongs to all that was named before it, since the last time said; where nothing was, to what comes first after it."""
    kind = [other for other in when if (other.duration is None) == (span.duration is None)]
    previous = max((other.end for other in kind if other.end <= span.start), default=0)
    led = [m for m in told if previous <= m.start < span.start]
    if led:
        return mention in led
    stop = min((other.start for other in kind if other.start > span.start), default=None)
    near = not previous or mention.start <= span.end + _REACH
    return near and mention.start >= span.end and (stop is None or mention.start < stop)


def _belongs(
    detail: Detail, mention: Mention, told: Sequence[Mention], like: Sequence[Detail], tokens: Sequence[Token]
) -> bool:
    """A quality belongs to what it stands right before («stikkende smerter»), else to what was named last before it."""
    if any(detail.start < m.end and m.start < detail.end for m in told):
        return False
    following = next((m for m in told if detail.end <= m.first <= detail.end + 1), None)
    if following is not None and not detail.when:
        return mention == following
    led = [m for m in told if m.start < detail.start]
    if not led or mention.start != led[-1].start:
        return False
    said = {at for other in like for at in range(other.start, other.end)}
    between = [tokens[at].text for at in range(led[-1].last, detail.start) if at not in said]
    return "men" not in between and not (detail.when and (len(between) > _NEXT or "og" in between or "," in between))

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
from kiskriv.draft.kinds.allusions import blood, shared
from kiskriv.draft.kinds.assertions import claimed, cued, examiner, general, of_relatives, reaction
from kiskriv.draft.kinds.details import Detail, details
from kiskriv.draft.kinds.mentions import AT_A_PLACE, BREAKS, PARTING, Mention, mentions, week
from kiskriv.draft.kinds.retellings import described, resolved
from kiskriv.draft.kinds.stories import Story
from kiskriv.draft.language.durations import Span, spans
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.answers import elliptical
from kiskriv.draft.talk.claims import Claim
from kiskriv.transcript import Role

_OPEN: Final = frozenset(("noen", "noe", "nokon", "noko", "eller", "spesielt", "særlig"))
_NAMING: Final = frozenset(("den", "de", "dei", "en", "ein", "ei", "et", "eit", "for", "mot", "jeg", "eg", "du"))
_IS: Final = frozenset(("er", "e", "var", "va", "blir", "ble", "vart", "blei"))
_SELVES: Final = frozenset(("jeg", "eg", "æ", "meg", "mæ", "vi", "me", "vært"))
_ENDS: Final = frozenset((*BREAKS, ".", ",", "og", "siden", "sidan"))
_AGO: Final = frozenset(("siden", "sidan"))
_NEXT: Final = 3
_DONE: Final = ("event", "injury")
_AT_AGE: Final = frozenset(("var", "som", "fylte"))
_LASTING: Final = frozenset(("i", "for", "på", "siste", "over"))
"""Before years they say how long, not how old."""
_HAVE: Final = frozenset(("har", "ha", "hadde", "he"))
_HOW_MUCH: Final = frozenset(("mye", "mykje", "mange", "ofte"))
_NOT: Final = frozenset(("ikke", "ikkje", "aldri"))
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
        if bleeds := blood(claim, named, story, lexicon):
            named = (*named, bleeds)
        story.hear(named)
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
            if m not in examined.used and not of_relatives(claim, m, story) and claimed(claim, m, named, lexicon)
        ]
        told = [
            m
            for m in told
            if m.body or not (m.category in AT_A_PLACE or _pressed(claim, lexicon)) or _excluded(claim, m)
        ]
        told = [m for m in told if m.body or not _somewhere(claim, m)]
        for fact in told_facts(claim, told, lexicon, under, story.kin):
            story.add(fact, claim)
        for fact in shared(claim, story, lexicon) if not told else ():
            story.add(fact, claim)
        placeless = not told and all(m.category in AT_A_PLACE and not m.body for m in named)
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
        mention.category in AT_A_PLACE
        and before[-1:] != []
        and before[-1] in _NAMING
        and (before[-1] in _SELVES or before[0] not in _IS)
    )
    general = mention.category == "complaint" and (claim.answer is Polarity.DENIED or _own(claim, mention))
    general = general and not (claim.answer is not None and _pressed(claim, story.lexicon))
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
            lasted = [span for span in when if _lasts(span, mention, told, when)]
            yield _named_by_time(described(_once(fact, claim, lasted, lexicon), lasted, (*own, *amount), claim))


def _once(fact: Fact, claim: Claim, when: Sequence[Span], lexicon: Lexicon) -> Fact:
    """«Infarktet i 2018», «lungebetennelse for to år siden»: what happens once was then."""
    dated = any(span.onset[-4:].isdigit() for span in when)
    ago = any(span.duration is not None and span.duration.unit == "year" for span in when) and any(
        token.text in _AGO for token in claim.tokens
    )
    then = (dated or ago) and lexicon.named("once", fact.name) is not None
    return replace(fact, time=Time.PAST) if then else fact


def _named_by_time(fact: Fact) -> Fact:
    """«Stiv i fingrene om morgenen» has a name."""
    morning = fact.name == "stivhet" and "om mor" in fact.detail
    return replace(fact, name="morgenstivhet") if morning else fact


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
        for fact in told_facts(question, [m for m in mentioned if not reaction(question, m, lexicon)], lexicon):
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


def _asks_amount(claim: Claim, lexicon: Lexicon) -> bool:
    named = lexicon.has(claim.asked, "habit") or lexicon.has(claim.asked, "symptom")
    return named or any(token.text in _HOW_MUCH for token in claim.asked)


def _bare(claim: Claim, mention: Mention, lexicon: Lexicon, under: str) -> Fact:
    where = (mention.start, mention.end)
    polarity = Polarity.DENIED if _parted_by_not(claim, mention, lexicon) else claims.polarity(claim, *where, lexicon)
    if polarity is Polarity.AFFIRMED and examiner(claim) and cued(claim, mention.start, "judgement", lexicon):
        polarity = Polarity.UNCERTAIN
    return Fact(
        Kind.SYMPTOM,
        mention.name,
        tuple(sorted({*claim.evidence, *mention.evidence})),
        polarity,
        Time.PAST if under == "past" or _former(claim, mention, lexicon) else _time(claim, mention, lexicon),
        About.RELATIVE if under == "family" or _of_family(claim, lexicon) else claims.about(claim, *where, lexicon),
        mention.side,
        mention.body,
    )


def _of_family(claim: Claim, lexicon: Lexicon) -> bool:
    """«Noen hjertesykdom i slekta?» «Nei, ingen hjertesykdom»."""
    return bool(claim.asked) and lexicon.has(claim.asked, "family") and elliptical(claim.tokens)


def _parted_by_not(claim: Claim, mention: Mention, lexicon: Lexicon) -> bool:
    """«Kaster ikke opp», which has its «ikke» within; not «får ikke puste», which is a complaint by it."""
    inner = claim.tokens[mention.start + 1 : mention.end]
    if claim.answer is not None or mention.category == "function" or not any(t.text in _NOT for t in inner):
        return False
    words = [token for token in claim.tokens[mention.start : mention.end] if token.text not in PARTING]
    hits = lexicon.find(words, mention.category)
    return not any((hit.end - hit.start, hit.term.nb) == (len(words), mention.name) for hit in hits)


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


def _somewhere(claim: Claim, mention: Mention) -> bool:
    """«Har du vondt noe sted?» «Bare i ryggen»: the answer says where."""
    places = any(token.text.startswith(("sted", "stad")) for token in claim.tokens)
    return places and mention.category == "complaint" and claim.answer is Polarity.AFFIRMED


def _pressed(claim: Claim, lexicon: Lexicon) -> bool:
    """«Gjør det vondt nå?», asked of whatever is examined."""
    return claim.answer is not None and lexicon.has(claim.tokens, "examining")


def _others(claim: Claim, lexicon: Lexicon) -> bool:
    """Whether it begins with somebody else than the patient."""
    return claims.about(claim, 0, 1, lexicon) is not About.PATIENT


def _relation(claim: Claim, mention: Mention, lexicon: Lexicon, before: str) -> str:
    """Whose it is, and at what age: «far, 52 år». `before`: who was named in what was said right before."""
    hers = claim.role is Role.RELATED_PERSON and any(t.text in _SELVES for t in claim.tokens[: mention.start])
    named = [hit.term.nb for hit in lexicon.find(claim.tokens[: mention.start], "kin")][-1:]
    kin = named or [before] * bool(before and not hers)  # «jeg hadde eksem»: whose she is, was not said
    words = ["", *(token.text for token in claim.tokens), ""]
    ages = [
        f"{plain(token.value)} år"
        for at, token in enumerate(claim.tokens)
        if at > mention.start
        and token.value is not None
        and (words[at] in _AT_AGE or (words[at + 2] == "år" and words[at] not in _LASTING))
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

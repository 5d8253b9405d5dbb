"""What is told: complaints, diseases, events and habits, whose they are, where, since when, and what they are like. Pure.

Facts told again are one fact with all its evidence; what is said of «it» («det begynte i går», «venstre side») belongs to what was last
spoken of. Left out, since nobody said that it is so: what is feared, prevented, explained, or depends on something; what the practitioner
judges (it stands in the practitioner's own words); and which of several an answer of «ja» means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiskriv.draft import claims, findings
from kiskriv.draft.claims import Claim
from kiskriv.draft.details import Detail, details
from kiskriv.draft.durations import Span, spans
from kiskriv.draft.fact import About, Fact, Kind, Polarity, Side, Time
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.mentions import BREAKS, Mention, combined, mentions
from kiskriv.draft.reading import Token
from kiskriv.draft.sides import only, sides
from kiskriv.transcript import Role

_OF: Final = frozenset(("ved", "mot", "for", "hvis", "viss", "om", "etter"))
"""Right before what the practitioner names, they make it a purpose or a condition."""
_RECALLED: Final = frozenset((
    "hatt", "hadde", "før", "tidligere", "tidlegare", "kjent", "kjend", "din", "ditt", "di", "dine", "siden", "sidan",
    "fikk", "fekk", "fått", "operert", "nevnte", "nemnde", "sa", "sier", "seier", "forteller", "fortel", "fortalte",
    "fortalde", "står", "har",
))  # fmt: skip
"""With one of these the practitioner speaks of a disease that is known, not of one just found."""
_IT: Final = frozenset(("det", "den", "de", "dei", "plagene", "plagane", "smertene"))
_ASKS_TIME: Final = frozenset(
    ("lenge", "lengje", "tid", "når", "siden", "sidan", "begynte", "startet", "byrja", "starta")
)
_ASKS_SIDE: Final = frozenset(("side", "sida", "siden", "høyre", "høgre", "venstre"))
_ASKS_AMOUNT: Final = frozenset(("mye", "mykje", "mange", "ofte"))
_CORRECTS: Final = frozenset(("nei", "neida", "unnskyld", "sorry", "egentlig", "eigentleg", "forresten"))
_OPEN: Final = frozenset(("noen", "noe", "nokon", "noko", "eller", "spesielt", "særlig"))
_POINTS: Final = frozenset(("er", "gjelder", "gjeld", "var", "min", "mi", "mitt", "mine", "altså"))
_LASTS: Final = 15
"""Claims for which a part of the body stays the one that is spoken of."""
_REACH: Final = 6
"""Tokens within which a cue before a complaint is about it."""


def found(made: Sequence[Claim], lexicon: Lexicon) -> Iterator[Fact]:
    """Symptoms told and findings made, in the order in which they were first spoken of."""
    story = _Story(lexicon)
    for claim in made:
        story.hear(claim)
    yield from story.facts


@dataclass(frozen=True, slots=True)
class _Place:
    """A part of the body that is spoken of, and in which claim (their count) it last was."""

    body: str
    side: Side | None
    at: int


class _Story:
    """What has been told so far, what was last spoken of, and which part of the body."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.facts: list[Fact] = []
        self._lexicon = lexicon
        self._topic: int | None = None
        self._place: _Place | None = None
        self._heard = 0

    def hear(self, claim: Claim) -> None:
        self._heard += 1
        under = findings.heading(claim.heading, self._lexicon) if claim.heading else ""
        named = mentions(claim.tokens, self._lexicon)
        examined = findings.found(claim, named, under, self._lexicon)
        for fact in examined.facts:
            self._add(fact, claim)
        if under in ("findings", "plan", "judgement"):
            return
        told = [m for m in named if m not in examined.used and self._claimed(claim, m, named)]
        told = [m for m in map(self._at_place, told) if m.body or m.category != "ailing"]
        for fact in _facts(claim, told, under, self._lexicon):
            self._add(fact, claim)
        if not (named or examined.facts):
            self._go_on(claim)

    def _at_place(self, mention: Mention) -> Mention:
        """«Er det hovent?»: where nobody says what, the part of the body that is spoken of."""
        place = self._place
        if (
            mention.body
            or place is None
            or self._heard - place.at > _LASTS
            or self._lexicon.named("ailing", mention.name) is None
        ):
            return mention
        name = combined(mention.name, place.body, self._lexicon)
        return replace(mention, name=name, body=place.body, side=mention.side or place.side)

    def _claimed(self, claim: Claim, mention: Mention, named: Sequence[Mention]) -> bool:
        """Whether somebody says that it is so, or that it is not."""
        lexicon, start, end = self._lexicon, mention.start, mention.end
        examiner = claim.answer is None and claim.role in (Role.PRACTITIONER, Role.UNKNOWN) and not claim.written
        if _cued(claim, start, "unclaimed", lexicon, () if examiner else ("fear",)):
            return False
        if claims.time(claim, start, end, lexicon) is Time.PLANNED and mention.category != "event":
            return False
        if claim.answer is Polarity.AFFIRMED and _alternatives(claim, named):
            return False
        if not examiner:
            return True
        return not (start and claim.tokens[start - 1].text in _OF) and not self._judged(claim, mention)

    def _judged(self, claim: Claim, mention: Mention) -> bool:
        if _cued(claim, mention.start, "judgement", self._lexicon):
            return True
        if claims.polarity(claim, mention.start, mention.end, self._lexicon) is Polarity.UNCERTAIN:
            return True
        if mention.category != "condition" or any(fact.name == mention.name for fact in self.facts):
            return False
        return not any(token.text in _RECALLED for token in claim.tokens)

    def _go_on(self, claim: Claim) -> None:
        """What is said of what was spoken of before: an answer («Hvor lenge?» «En uke»), or «det begynte i går»."""
        asked = frozenset(token.text for token in claim.asked)
        if claim.role is Role.PRACTITIONER or not (asked or any(token.text in _IT for token in claim.tokens[:4])):
            return
        self._point(claim)
        presumed = [self._at_place(m) for m in mentions(claim.asked, self._lexicon)]
        if presumed and asked & (_ASKS_TIME | _ASKS_SIDE | _ASKS_AMOUNT):
            question = replace(claim, tokens=claim.asked, answer=Polarity.AFFIRMED)
            for fact in _facts(question, presumed, "", self._lexicon):
                self._add(replace(fact, duration=None, onset="", detail=""), claim)
        if self._topic is None:
            return
        topic = self.facts[self._topic]
        when = spans(claim.tokens, claim.text, self._lexicon, bool(asked & _ASKS_TIME))
        like = details(claim.tokens, claim.text, self._lexicon)
        if asked & _ASKS_AMOUNT and self._lexicon.named("habit", topic.name) is not None:
            when, like = (), _amount(claim)
        said = self._pointed(_with(topic, when, like, claim))
        if said != topic:
            self.facts[self._topic] = replace(said, evidence=_joined(topic.evidence, claim.evidence))

    def _point(self, claim: Claim) -> None:
        """«Det er kneet mitt», «det venstre»: the part of the body that is spoken of from now on."""
        bodies = self._lexicon.find(claim.tokens, "body")
        side = only(sides(claim.tokens, self._lexicon))
        if len({hit.term.nb for hit in bodies}) == 1 and (
            claim.asked or any(token.text in _POINTS for token in claim.tokens)
        ):
            self._place = _Place(bodies[0].term.nb, side, self._heard)
        elif side is not None and not bodies and self._place is not None:
            self._place = replace(self._place, side=side, at=self._heard)

    def _pointed(self, topic: Fact) -> Fact:
        """With the place that was just pointed to."""
        place = self._place
        if place is None or place.at != self._heard or (topic.body and topic.body != place.body):
            return topic
        if not topic.body and self._lexicon.named("ailing", topic.name) is None:
            return topic
        return replace(
            topic, name=combined(topic.name, place.body, self._lexicon), body=place.body, side=place.side or topic.side
        )

    def _add(self, fact: Fact, claim: Claim) -> None:
        at = next((i for i, known in enumerate(self.facts) if _same(known, fact)), None)
        if at is None:
            if fact.polarity is Polarity.DENIED and not fact.body and any(_wider(fact, known) for known in self.facts):
                return
            self.facts.append(fact)
            at = len(self.facts) - 1
        else:
            self.facts[at] = _merged(self.facts[at], fact, claim)
        if (
            fact.kind is Kind.SYMPTOM
            and fact.about is About.PATIENT
            and fact.polarity is Polarity.AFFIRMED
            and fact.time is Time.PRESENT
        ):
            self._topic = at
            if fact.body and fact.evidence[-1] in claim.evidence:
                self._place = _Place(fact.body, fact.side, self._heard)


def _facts(claim: Claim, told: Sequence[Mention], under: str, lexicon: Lexicon) -> Iterator[Fact]:
    when = spans(claim.tokens, claim.text, lexicon)
    like = () if _indefinite(claim) else details(claim.tokens, claim.text, lexicon)
    for mention in told:
        polarity = claims.polarity(claim, mention.start, mention.end, lexicon)
        fact = Fact(
            Kind.SYMPTOM,
            mention.name,
            claim.evidence,
            polarity,
            Time.PAST if under == "past" else claims.time(claim, mention.start, mention.end, lexicon),
            About.RELATIVE if under == "family" else claims.about(claim, mention.start, mention.end, lexicon),
            mention.side,
            mention.body,
        )
        if polarity is Polarity.AFFIRMED:
            own = [d for d in like if _belongs(d, mention, told, claim.tokens) and not _overlaps(d, told)]
            extra = _amount(claim) if mention.category == "habit" else ()
            fact = _with(fact, [span for span in when if _lasts(span, mention, told, when)], (*own, *extra), claim)
        yield fact


def _with(fact: Fact, when: Sequence[Span], like: Sequence[Detail], claim: Claim) -> Fact:
    corrected = any(token.text in _CORRECTS for token in claim.tokens[:2])
    duration = next((span.duration for span in when if span.duration is not None), None)
    onset = " ".join(span.onset for span in when if span.onset)
    known = fact.detail.split(", ") if fact.detail else []
    detail = ", ".join([*known, *(d.text for d in like if d.text not in fact.detail)])
    return replace(
        fact,
        duration=duration if duration is not None and (corrected or fact.duration is None) else fact.duration,
        onset=onset if onset and (corrected or not fact.onset) else fact.onset,
        detail=detail,
    )


def _lasts(span: Span, mention: Mention, told: Sequence[Mention], when: Sequence[Span]) -> bool:
    """A time belongs to all that was named before it, since the last time said; where nothing was, to what comes first after it."""
    kind = [other for other in when if (other.duration is None) == (span.duration is None)]
    previous = max((other.end for other in kind if other.end <= span.start), default=0)
    led = [m for m in told if previous <= m.start < span.start]
    if led:
        return mention in led
    following = [m for m in told if m.start >= span.end]
    stop = min((other.start for other in kind if other.start > span.start), default=None)
    return (
        mention in following
        and (stop is None or mention.start < stop)
        and not (previous and mention.start > span.end + _REACH)
    )


def _belongs(detail: Detail, mention: Mention, told: Sequence[Mention], tokens: Sequence[Token]) -> bool:
    """A quality belongs to what it stands right before («stikkende smerter»), else to what was named last before it."""
    following = next((m for m in told if detail.end <= m.first <= detail.end + 1), None)
    if following is not None and not any(
        token.text in ("når", "ved", "at") for token in tokens[detail.start : detail.end]
    ):
        return mention == following
    led = [m for m in told if m.start < detail.start]
    return (
        bool(led)
        and mention.start == led[-1].start
        and not any(t.text in BREAKS for t in tokens[led[-1].last : detail.start] if t.text == "men")
    )


def _overlaps(detail: Detail, told: Sequence[Mention]) -> bool:
    return any(detail.start < m.end and m.start < detail.end for m in told)


def _amount(claim: Claim) -> tuple[Detail, ...]:
    """How much of a habit: from the number on, as said."""
    at = next((at for at, token in enumerate(claim.tokens) if token.value is not None), None)
    if at is None:
        return ()
    end = at + 1
    while end < min(len(claim.tokens), at + _REACH) and claim.tokens[end].text not in (
        *BREAKS,
        ",",
        "og",
        "siden",
        "sidan",
    ):
        end += 1
    return (Detail(at, end, claim.text[claim.tokens[at].start : claim.tokens[end - 1].end].lower()),)


def _indefinite(claim: Claim) -> bool:
    """A question that leaves open what it is like: «Er det verre i noen stillinger?»"""
    return claim.answer is not None and any(token.text in _OPEN for token in claim.tokens)


def _cued(claim: Claim, start: int, category: str, lexicon: Lexicon, names: Sequence[str] = ()) -> bool:
    """Whether a cue of this category (only these of it, where named) stands before the token, in reach and in one breath."""
    for hit in lexicon.find(claim.tokens[:start], category):
        between = claim.tokens[hit.end : start]
        if (
            (not names or hit.term.nb in names)
            and len(between) <= _REACH
            and not any(t.text in BREAKS for t in between)
        ):
            return True
    return False


def _alternatives(claim: Claim, named: Sequence[Mention]) -> bool:
    """«Har du hatt feber eller frysninger?» «Ja»: one of them, and who knows which."""
    return len(named) > 1 and any(token.text == "eller" for token in claim.tokens)


def _same(known: Fact, fact: Fact) -> bool:
    """Told of one thing: a place or side that one of them leaves open is the other's."""
    if (known.kind, known.name, known.about) != (fact.kind, fact.name, fact.about) or known.time is not fact.time:
        return False
    if known.polarity is not fact.polarity:
        return (known.body, known.side) == (fact.body, fact.side)
    return _agree(known.body, fact.body) and _agree(known.side, fact.side)


def _agree(one: object, other: object) -> bool:
    return not one or not other or one == other


def _wider(fact: Fact, known: Fact) -> bool:
    """Denied without a place, after it was affirmed at one: nobody knows what was denied."""
    return bool(known.body or known.side) and (known.kind, known.name, known.about, known.polarity) == (
        fact.kind, fact.name, fact.about, Polarity.AFFIRMED,
    )  # fmt: skip


def _merged(known: Fact, fact: Fact, claim: Claim) -> Fact:
    """The later word on whether it is so; of the rest, what was not known yet."""
    turned = known.polarity is not fact.polarity
    base = replace(known, polarity=fact.polarity, detail="", duration=None, onset="") if turned else known
    when = [Span(0, 0, fact.duration), Span(0, 0, None, fact.onset)]
    like = [Detail(0, 0, fact.detail)] if fact.detail else []
    said = _with(replace(base, side=base.side or fact.side, body=base.body or fact.body), when, like, claim)
    return replace(said, evidence=_joined(known.evidence, fact.evidence))


def _joined(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({*one, *other}))

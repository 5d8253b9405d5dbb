"""What has been told so far: facts put together, what was last spoken of, and which part of the body. Pure.

A fact told again is one fact with all its evidence and whatever was said of it; the later word on whether it is so holds. What is said
of «it» («det begynte i går», «det venstre») belongs to what was last spoken of, «hovent» without a place to the part of the body that was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiskriv.draft.fact import About, Fact, Kind, Polarity, Side, Time
from kiskriv.draft.kinds.details import Detail, details
from kiskriv.draft.kinds.mentions import PLACED, Mention, combined, mentions
from kiskriv.draft.language.durations import Span, spans
from kiskriv.draft.language.quantities import durations
from kiskriv.draft.language.reading import Token
from kiskriv.draft.language.sides import only, side_of, sides
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.answers import open_question
from kiskriv.draft.talk.claims import Claim, about
from kiskriv.draft.talk.polarity import negated
from kiskriv.transcript import Role

_IT: Final = frozenset(("dette", "det", "den", "de", "dei", "plagene", "plagane", "smertene"))
_ASKS_TIME: Final = frozenset(
    ("lenge", "lengje", "tid", "når", "siden", "sidan", "begynte", "startet", "byrja", "starta")
)
_ASKS: Final = _ASKS_TIME | {
    "side",
    "sida",
    "høyre",
    "høgre",
    "venstre",
    "mye",
    "mykje",
    "mange",
    "ofte",
    "hvor",
    "kor",
    "hvilken",
    "hvilket",
    "kva",
}
_TIMES: Final = frozenset(("gang", "ganger", "gong", "gonger", "gongar", "gangen"))
_CHANGES: Final = ("verre", "verst", "bedre", "betre", "best")
_CORRECTS: Final = frozenset(("nei", "neida", "unnskyld", "sorry", "egentlig", "eigentleg", "forresten"))
_POINTS: Final = frozenset(("er", "gjelder", "gjeld", "var", "min", "mi", "mitt", "mine", "altså"))
_OTHER: Final = frozenset(("den", "det", "andre", "da", "men"))
_SHORT: Final = 7
_LONG: Final = frozenset(("lenge", "lengje"))
_BRIEF: Final = 4
_STAYS: Final = 15
"""Claims for which a part of the body stays the one that is spoken of."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A part of the body that is spoken of, and in which claim (their count) it last was."""

    body: str
    side: Side | None
    at: int
    evidence: tuple[int, ...]


class Story:
    """Claim by claim: `turn` to it, then `add` what it says, or let it `go_on`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.facts: list[Fact] = []
        self.lexicon = lexicon
        self._topic: int | None = None
        self._place: _Place | None = None
        self._question: tuple[tuple[Token, ...], tuple[Mention, ...]] = ((), ())
        self._denied = -1
        self._heard = 0

    @property
    def topic(self) -> Fact | None:
        """The patient's complaint that was last spoken of."""
        return None if self._topic is None else self.facts[self._topic]

    def turn(self, claim: Claim) -> None:
        """Hears whether it points to a part of the body: «det er kneet mitt», «venstre altså»."""
        self._heard += 1
        if claim.answer is Polarity.DENIED:
            self._denied = claim.evidence[-1]
        if claim.role is Role.PRACTITIONER or claim.written:
            return
        bodies = self.lexicon.find(claim.tokens, "body")
        if not bodies and claim.asked and len(asked := self.lexicon.find(claim.asked, "body")) == 1:
            self._place = _Place(asked[0].term.nb, only(sides(claim.asked, self.lexicon)), self._heard, claim.evidence)
        side = only(sides(claim.tokens, self.lexicon)) if bodies or self._place is not None else None
        points = bool(claim.asked or side) or any(token.text in _POINTS for token in claim.tokens)
        if bodies and about(claim, bodies[0].start, bodies[0].end, self.lexicon) is not About.PATIENT:
            return
        if len({hit.term.nb for hit in bodies}) == 1 and points:
            side = None if claim.answer is Polarity.DENIED else side
            self._place = _Place(bodies[0].term.nb, side, self._heard, claim.evidence)
        elif not bodies and self._place is not None and side is not None and claim.answer is not Polarity.DENIED:
            evidence = _joined(self._place.evidence, claim.evidence)
            self._place = replace(self._place, side=side, at=self._heard, evidence=evidence)

    def asked(self, claim: Claim) -> tuple[Mention, ...]:
        """What the question names that the claim answers: looked up once for all claims that answer it."""
        if claim.asked is not self._question[0]:
            self._question = (claim.asked, mentions(claim.asked, self.lexicon))
        return self._question[1]

    def located(self, mention: Mention) -> Mention:
        """With the part of the body that is spoken of, where it can have one and none was said."""
        place = self._place
        if mention.body or place is None or self._heard - place.at > _STAYS or not self._placeable(mention.name):
            return mention
        name = combined(mention.name, place.body, self.lexicon)
        return replace(mention, name=name, body=place.body, side=mention.side or place.side, evidence=place.evidence)

    def presumed(self, claim: Claim) -> tuple[Mention, ...]:
        """What the question takes for granted that this answers: «Hvor lenge har du hatt vondt?», «Hvor har du vondt?»"""
        if (
            claim.evidence[-1] == self._denied
            or not claim.asked
            or claim.answer is not None
            or claim.role is Role.PRACTITIONER
            or negated(claim.tokens, self.lexicon)
        ):
            return ()
        poor = claim.tokens if len(claim.tokens) <= _SHORT and self.lexicon.has(claim.tokens, "poor") else ()
        if poor and (
            badly := mentions([token for token in (*claim.asked, *poor) if token.text.isalpha()], self.lexicon)
        ):
            return badly
        asked = self.asked(claim)
        asks = open_question(claim.asked) and any(token.text in _ASKS for token in claim.asked)
        return tuple(self._answered(claim, asked)) if asked and (asks or self._completes(claim, asked)) else ()

    def go_on(self, claim: Claim) -> None:
        """Takes what a claim says of the topic: how long, since when, which side, what it is like."""
        if claim.role is Role.PRACTITIONER or claim.answer is Polarity.DENIED:
            return
        asked = frozenset(token.text for token in claim.asked)
        if claim.answer is not None:
            self.describe(claim, (), ())
        elif (
            asked & {*_ASKS_TIME, *_CHANGES}
            or any(token.text in _IT for token in claim.tokens[:4])
            or (asked and len(claim.tokens) <= _SHORT)
        ):
            if negated(claim.tokens, self.lexicon) and any(token.text in _OTHER for token in claim.tokens):
                return
            doubted = any(durations(claim.asked, self.lexicon))
            when = spans(claim.tokens, claim.text, self.lexicon, doubted or bool(asked & _ASKS_TIME))
            like = details(claim.tokens, claim.text, self.lexicon)
            answers = bool(asked & {*_CHANGES})
            if doubted and when and self._topic is not None:
                self.facts[self._topic] = replace(self.facts[self._topic], duration=None)
            self.describe(
                claim, when, _led([detail for detail in like if answers or not detail.when or not detail.start], asked)
            )

    def describe(self, claim: Claim, when: Sequence[Span], like: Sequence[Detail]) -> None:
        """Adds this, and the part of the body that the claim points to, to the topic."""
        if self._topic is None:
            return
        topic = self.facts[self._topic]
        if claim.asked and not self._asks_of(claim, topic):
            return
        said = self._pointed(described(topic, when, like, claim))
        if said != topic:
            self.facts[self._topic] = replace(said, evidence=_joined(topic.evidence, claim.evidence))

    def _asks_of(self, claim: Claim, topic: Fact) -> bool:
        """Whether the question was about the topic: it names it, or its place, or «it», or nothing («Hvor lenge?»)."""
        named = [mention.name for mention in self.asked(claim)]
        if named:
            return topic.name in named
        if topic.body and topic.body in (hit.term.nb for hit in self.lexicon.find(claim.asked, "body")):
            return True
        asks = len(claim.asked) <= _BRIEF or any(token.text in _IT or token.text in _LONG for token in claim.asked)
        return asks or any(token.text in _IT for token in claim.tokens[:2])

    def add(self, fact: Fact, claim: Claim) -> None:
        """Puts a fact to those that are known."""
        at = next((i for i, known in enumerate(self.facts) if _same(known, fact)), None)
        if at is not None:
            self.facts[at] = _merged(self.facts[at], fact, claim)
        elif any(_less(fact, known) for known in self.facts):
            return
        else:
            self.facts.append(fact)
            at = len(self.facts) - 1
        told = fact.kind is Kind.SYMPTOM and fact.about is About.PATIENT and fact.time is Time.PRESENT
        if told and fact.polarity is Polarity.AFFIRMED:
            self._topic = at
            if fact.body and fact.evidence == claim.evidence:
                self._place = _Place(fact.body, fact.side or self.facts[at].side, self._heard, fact.evidence)

    def _placeable(self, name: str) -> bool:
        return self.lexicon.named("ailing", name) is not None

    def _answered(self, claim: Claim, asked: Sequence[Mention]) -> Iterator[Mention]:
        """What was asked about, at the places that were answered."""
        bodies = self.lexicon.find(claim.tokens, "body")
        said = sides(claim.tokens, self.lexicon)
        for mention in asked:
            if mention.body or mention.category not in PLACED or not bodies:
                yield self.located(mention)
                continue
            for hit in bodies:
                name = combined(mention.name, hit.term.nb, self.lexicon)
                yield replace(mention, name=name, body=hit.term.nb, side=side_of(hit.start, hit.end, said, bodies, ()))

    def _completes(self, claim: Claim, asked: Sequence[Mention]) -> bool:
        """«Har du hatt det før?» «En gang i fjor»; «Stråler det noe sted?» «Ut i armen»: yes, in other words."""
        if len(claim.tokens) <= _SHORT and any(token.text in _TIMES for token in claim.tokens):
            return True
        placed = any(mention.category in PLACED and not mention.body for mention in asked)
        return placed and self.lexicon.has(claim.tokens, "body")

    def _pointed(self, topic: Fact) -> Fact:
        place = self._place
        if place is None or place.at != self._heard or (topic.body and topic.body != place.body):
            return topic
        if not topic.body and not self._placeable(topic.name):
            return topic
        return replace(
            topic,
            name=combined(topic.name, place.body, self.lexicon),
            body=place.body,
            side=place.side or topic.side,
            evidence=_joined(topic.evidence, place.evidence),
        )


def described(fact: Fact, when: Sequence[Span], like: Sequence[Detail], claim: Claim) -> Fact:
    """With these times and details; a time that is known stays, unless the claim corrects it."""
    corrected = any(token.text in _CORRECTS for token in claim.tokens[:2])
    duration = next((span.duration for span in when if span.duration is not None), None)
    onset = " ".join(span.onset for span in when if span.onset)
    detail = ", ".join(filter(None, (fact.detail, *(d.text for d in like if d.text not in fact.detail))))
    return replace(
        fact,
        duration=duration if duration is not None and (corrected or fact.duration is None) else fact.duration,
        onset=onset if onset and (corrected or not fact.onset) else fact.onset,
        detail=detail,
    )


def _led(like: Sequence[Detail], asked: frozenset[str]) -> tuple[Detail, ...]:
    """An answer to what makes it worse says so: «verre når jeg går i trapp»."""
    change = next((word for word in _CHANGES if word in asked), "")
    if not change or any(change in detail.text for detail in like):
        return tuple(like)
    return tuple(
        replace(detail, text=f"{change} {detail.text}") if at == 0 else detail for at, detail in enumerate(like)
    )


def _same(known: Fact, fact: Fact) -> bool:
    """Told of one thing: a place or side that one leaves open is the other's. Another word on whether it is so is on the very same."""
    if (known.kind, known.name, known.about, known.time) != (fact.kind, fact.name, fact.about, fact.time):
        return False
    if known.kind is Kind.FINDING:
        return (known.polarity, known.detail, known.body, known.side) == (
            fact.polarity,
            fact.detail,
            fact.body,
            fact.side,
        )
    if known.polarity is not fact.polarity:
        return fact.polarity is not Polarity.UNCERTAIN and (known.body, known.side) == (fact.body, fact.side)
    return _agree(known.body, fact.body) and _agree(known.side, fact.side)


def _agree(one: object, other: object) -> bool:
    return not one or not other or one == other


def _less(fact: Fact, known: Fact) -> bool:
    """Less sure than what is known, or denied without the place where it was affirmed: nobody knows what was denied."""
    if (known.kind, known.name, known.about) != (fact.kind, fact.name, fact.about) or fact.kind is Kind.FINDING:
        return False
    if fact.polarity is Polarity.UNCERTAIN:
        return known.polarity is not Polarity.UNCERTAIN and known.time is fact.time
    placed = bool(known.body or known.side) and not (fact.body or fact.side)
    return placed and fact.polarity is Polarity.DENIED and known.polarity is Polarity.AFFIRMED


def _merged(known: Fact, fact: Fact, claim: Claim) -> Fact:
    """The later word on whether it is so; of the rest, what was not known yet."""
    turned = known.polarity is not fact.polarity
    base = replace(known, polarity=fact.polarity, detail="", duration=None, onset="") if turned else known
    when = [Span(0, 0, fact.duration), Span(0, 0, None, fact.onset)]
    like = [Detail(0, 0, fact.detail)] if fact.detail else []
    said = described(replace(base, side=base.side or fact.side, body=base.body or fact.body), when, like, claim)
    return replace(said, evidence=_joined(known.evidence, fact.evidence))


def _joined(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({*one, *other}))

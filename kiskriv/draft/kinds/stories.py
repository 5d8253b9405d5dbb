"""What has been told so far: facts put together, what was last spoken of, and which part of the body. Pure.

A fact told again is one fact with all its evidence and whatever was said of it; the later word on whether it is so holds. What is said
of «it» («det begynte i går», «det venstre») belongs to what was last spoken of, «hovent» without a place to the part of the body that was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from kiskriv.draft.fact import About, Fact, Kind, Polarity, Side, Time
from kiskriv.draft.kinds.details import Detail, details
from kiskriv.draft.kinds.mentions import PLACED, TISSUES, Mention, combined, mentions, places, seat
from kiskriv.draft.kinds.replies import asks_where, led, of_its_own
from kiskriv.draft.kinds.retellings import IT, described, finer, joined, less, merged, resolved, same
from kiskriv.draft.language.durations import Span, spans
from kiskriv.draft.language.quantities import durations
from kiskriv.draft.language.reading import Token
from kiskriv.draft.language.sides import only, side_of, sides
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.answers import open_question
from kiskriv.draft.talk.claim import VERBS
from kiskriv.draft.talk.claims import Claim, about
from kiskriv.draft.talk.polarity import negated
from kiskriv.transcript import Role

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
_ASKS_BEFORE: Final = frozenset(("sist", "siste", "før", "tidligere", "tidlegare"))
_SIDES: Final = ("side", "sida", "sitter", "sit", "eine", "ene")
_TIMES: Final = frozenset(("gang", "ganger", "gong", "gonger", "gongar", "gangen"))
_CHANGES: Final = ("verre", "verst", "bedre", "betre", "best")
_POINTS: Final = frozenset(
    (
        "er",
        "e",
        "gjelder",
        "gjeld",
        "var",
        "min",
        "mi",
        "mitt",
        "mine",
        "altså",
        "denne",
        "dette",
        "disse",
        "desse",
        "igjen",
        "att",
    )
)
_OTHER: Final = frozenset(("den", "det", "andre", "da", "men"))
_SHORT: Final = 7
_LONG: Final = frozenset(("lenge", "lengje"))
_BRIEF: Final = 4
_LASTS: Final = ("symptom", "complaint", "ailing")
_RECENT: Final = 2
_STEM: Final = 3
_STAYS: Final = 15
"""Claims for which a part of the body stays the one that is spoken of."""


@dataclass(frozen=True, slots=True, repr=False)
class _Place:
    """A part of the body that is spoken of, and in which claim (their count) it last was."""

    body: str
    side: Side | None
    at: int
    evidence: tuple[int, ...]
    finer: bool = False
    """It is all that a claim says: «På høyre skulderblad.»"""


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
        self._kin = ("", 0)
        self._structure = ("", 0)
        self.matter: list[str] = []
        """What was named in the last claims, by whomever, said to be so or not."""

    @property
    def topic(self) -> Fact | None:
        """The patient's complaint that was last spoken of."""
        return None if self._topic is None else self.facts[self._topic]

    @property
    def kin(self) -> str:
        """The relative that was named in the last claims: «Tanta mi. Hun hadde …»."""
        name, at = self._kin
        return name if self._heard - at < _RECENT else ""

    @property
    def structure(self) -> str:
        """What «den» means to who examines: what was looked at right before, else what the patient came with."""
        name, at = self._structure
        if name and self._heard - at <= _RECENT:
            return name
        topic = self.topic
        return topic.name if topic is not None and self.lexicon.named("structure", topic.name) is not None else ""

    def turn(self, claim: Claim) -> None:
        """Hears whether it points to a part of the body: «det er kneet mitt», «venstre altså»."""
        self._heard += 1
        if kin := (self.lexicon.find(claim.tokens, "kin") or self.lexicon.find(claim.asked, "kin")):
            self._kin = (kin[-1].term.nb, self._heard)
        if claim.answer is Polarity.DENIED:
            self._denied = claim.evidence[-1]
        opens = claim.answer is None and not self.facts and self._heard <= _RECENT  # «Da er det skuldra i dag.»
        if claim.written or (claim.role is Role.PRACTITIONER and not opens):
            return
        bodies = places(claim.tokens, self.lexicon)
        if self._place is not None:
            bodies = tuple(hit for hit in bodies if hit.term.nb not in TISSUES)
        if not bodies and claim.asked and len(asked := self.lexicon.find(claim.asked, "body")) == 1:
            self._place = _Place(asked[0].term.nb, only(sides(claim.asked, self.lexicon)), self._heard, claim.evidence)
        side = only(sides(claim.tokens, self.lexicon)) if bodies or self._place is not None else None
        if (side or bodies) and any(hit.term.nb == "normal" for hit in self.lexicon.find(claim.tokens, "state")):
            return  # «det venstre er fint», «nakken er grei»
        if bodies and bodies[0].start and claim.tokens[bodies[0].start - 1].text == "over":
            return  # «løfte armen over hodet»
        points = bool(claim.asked or side) or any(token.text in _POINTS for token in claim.tokens)
        if bodies and about(claim, bodies[0].start, bodies[0].end, self.lexicon) is not About.PATIENT:
            return
        if len({hit.term.nb for hit in bodies}) == 1 and points:
            side = None if claim.answer is Polarity.DENIED else side
            alone = (len(claim.tokens) <= _BRIEF and claim.tokens[0].text in ("på", "i")) or asks_where(claim.asked)
            self._place = _Place(bodies[0].term.nb, side, self._heard, claim.evidence, alone)
        elif not bodies and self._place is not None and side is not None and claim.answer is not Polarity.DENIED:
            evidence = joined(self._place.evidence, claim.evidence)
            self._place = replace(self._place, side=side, at=self._heard, evidence=evidence)

    def hear(self, named: Sequence[Mention]) -> None:
        """Remembers what was named, by whomever; slim asked for with the stools leaves them what is spoken of."""
        names = [mention.name for mention in named]
        stools = any(seat(name, self.lexicon, "bleeding") == "blod i avføringen" for name in self.matter)
        if names and not (stools and names == ["slim"]):
            self.matter = names

    def examined(self, found: Sequence[Fact]) -> None:
        """Remembers what was last looked at."""
        name = next((fact.name for fact in found if self.lexicon.named("structure", fact.name) is not None), "")
        if name:
            self._structure = (name, self._heard)

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

    def unchanged(self, claim: Claim) -> tuple[Mention, ...]:
        """What the question names that this says is as it was: «Tørr hud?» «Huden er som før.»"""
        if not claim.asked or claim.answer is not None or not self.lexicon.has(claim.tokens, "unchanged"):
            return ()
        stems = {token.text[:_STEM] for token in claim.tokens if len(token.text) >= _STEM}
        asked = self.asked(claim)
        same = tuple(
            mention
            for mention in asked
            if any(token.text[:_STEM] in stems for token in claim.asked[mention.first : mention.last])
        )
        return same or (asked if len(asked) == 1 and self._it(claim) else ())

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
        topic = self.topic
        if topic is not None and self._topic is not None and self._it(claim) and self._passed(topic, claim):
            self.facts[self._topic] = replace(topic, time=Time.PAST, evidence=joined(topic.evidence, claim.evidence))
        elif claim.answer is not None:
            self.describe(claim, (), ())
        elif (
            asked & {*_ASKS_TIME, *_CHANGES}
            or self._it(claim)
            or (asked and (len(claim.tokens) <= _SHORT or not any(token.text in VERBS for token in claim.tokens)))
            or self._fragment(claim)
        ):
            drug = bool(asked) and self.lexicon.has(claim.tokens, "medication")  # «Mirena, i to år»
            once = asked >= {"når", "var"}  # «Når var det?»: what is over
            if drug or once or asked & _ASKS_BEFORE or of_its_own(claim):
                return
            if negated(claim.tokens, self.lexicon) and any(token.text in _OTHER for token in claim.tokens):
                return
            doubted = any(durations(claim.asked, self.lexicon))
            when = spans(claim.tokens, claim.text, self.lexicon, doubted or bool(asked & _ASKS_TIME))
            if not negated(claim.tokens, self.lexicon):  # «sju mil på fem dager»
                when = tuple(span for span in when if not (span.start and claim.tokens[span.start - 1].text == "på"))
            like = details(claim.tokens, claim.text, self.lexicon)
            answers = bool(asked & {*_CHANGES})
            if doubted and when and self._topic is not None:
                self.facts[self._topic] = replace(self.facts[self._topic], duration=None)
            self.describe(
                claim, when, led([detail for detail in like if answers or not detail.when or not detail.start], asked)
            )

    def describe(self, claim: Claim, when: Sequence[Span], like: Sequence[Detail]) -> None:
        """Adds this, and the part of the body that the claim points to, to the topic."""
        if self._topic is None:
            return
        topic = self.facts[self._topic]
        if claim.asked and not self._asks_of(claim, topic):
            return
        if self.lexicon.named("event", topic.name) is not None and (topic.duration or topic.onset):
            when = ()
        said = self._pointed(described(self._sided(topic, claim), when, like, claim))
        if said != topic:
            self.facts[self._topic] = replace(said, evidence=joined(topic.evidence, claim.evidence))
        if when and not self.asked(claim) and not self.lexicon.has(claim.asked, "body"):
            self._spread(topic, when, claim)

    def _sided(self, topic: Fact, claim: Claim) -> Fact:
        """«Det stikker på venstre side», of a pain; «begge sider» is said of all places that were told in one breath."""
        side = only(sides(claim.tokens, self.lexicon)) if len(claim.tokens) <= _SHORT else None
        late = claim.evidence[0] - topic.evidence[-1] > _RECENT
        which = any(token.text.startswith(_SIDES) for token in claim.asked)
        if side is None or late or (self.lexicon.has(claim.tokens, "body") and not which):
            return topic
        if side is Side.BOTH:
            for at, fact in enumerate(self.facts):
                if fact.body and fact.name == topic.name and not fact.side and fact.evidence[-1] == topic.evidence[-1]:
                    self.facts[at] = replace(fact, side=side, evidence=joined(fact.evidence, claim.evidence))
        placed = topic.body or topic.name.endswith("smerter") or which
        return replace(topic, side=side) if placed and not topic.side else topic

    def end(self, claim: Claim, text: str) -> None:
        """Takes when a habit that was asked about ended: «sluttet for fem år siden»."""
        names = {mention.name for mention in self.asked(claim)}
        for at, fact in enumerate(self.facts):
            if fact.name in names and fact.about is About.PATIENT and fact.time is Time.PAST and not fact.detail:
                self.facts[at] = replace(fact, detail=text, evidence=joined(fact.evidence, claim.evidence))

    def _spread(self, topic: Fact, when: Sequence[Span], claim: Claim) -> None:
        """«Feber og hoste.» «Hvor lenge?» «Tre dager»: what was told in one breath with the topic has lasted as long."""
        for at, fact in enumerate(self.facts):
            beside = at != self._topic and fact.kind is topic.kind and fact.evidence[-1] == topic.evidence[-1]
            so = (fact.polarity, fact.time, fact.about) == (topic.polarity, topic.time, topic.about)
            lasts = any(self.lexicon.named(category, fact.name) is not None for category in _LASTS)
            if beside and so and lasts and fact.duration is None and not fact.onset:
                said = described(fact, when, (), claim)
                self.facts[at] = replace(said, evidence=joined(fact.evidence, claim.evidence))

    def _passed(self, topic: Fact, claim: Claim) -> bool:
        """«Det er borte nå»; an appetite that is gone is not."""
        of_another = ("det", "med") in pairwise(token.text for token in claim.tokens)  # «er det borte, det med urinen?»
        function = self.lexicon.named("function", topic.name) is not None
        return not of_another and not function and resolved(claim, 0, self.lexicon)

    def _it(self, claim: Claim) -> bool:
        return any(token.text in IT for token in claim.tokens[:4])

    def _fragment(self, claim: Claim) -> bool:
        """«Siden onsdag.», «på høyre skulderblad.», right after the complaint."""
        if self._topic is None or not claim.tokens or claim.evidence[-1] - self.facts[self._topic].evidence[-1] > 1:
            return False
        if self._place is not None and self._place.finer and self._place.at == self._heard:
            return True
        when = spans(claim.tokens, claim.text, self.lexicon) if len(claim.tokens) <= _SHORT else ()
        return bool(when) and when[0].start <= 1

    def _asks_of(self, claim: Claim, topic: Fact) -> bool:
        """Whether the question names the topic, its place, «it» or nothing («Hvor lenge?»), or got the topic as its answer."""
        if topic.evidence[-1] == claim.evidence[-1]:
            return True
        named = [mention.name for mention in self.asked(claim)]
        if named:
            return topic.name in named
        if topic.body and topic.body in (hit.term.nb for hit in self.lexicon.find(claim.asked, "body")):
            return True
        asks = len(claim.asked) <= _BRIEF or any(token.text in IT or token.text in _LONG for token in claim.asked)
        return asks or any(token.text in IT for token in claim.tokens[:2])

    def add(self, fact: Fact, claim: Claim) -> None:
        """Puts a fact to those that are known."""
        if self._former(fact, claim):
            return
        if self._coughed(fact):
            return
        at = next((i for i, known in enumerate(self.facts) if same(known, fact) or finer(known, fact)), None)
        if at is not None:
            self.facts[at] = merged(self.facts[at], fact, claim)
        elif any(less(fact, known) for known in self.facts):
            return
        else:
            self.facts.append(fact)
            at = len(self.facts) - 1
        told = fact.kind is Kind.SYMPTOM and fact.about is About.PATIENT and fact.time is Time.PRESENT
        if told and fact.polarity is Polarity.AFFIRMED and not (fact.name == "utstråling" and self.topic is not None):
            self._topic = at
            if fact.body and fact.evidence == claim.evidence:
                self._place = _Place(fact.body, fact.side or self.facts[at].side, self._heard, fact.evidence)

    def _former(self, fact: Fact, claim: Claim) -> bool:
        """Puts a habit's past to what is so now («fem om dagen, tjue før»), and the doctor's word to what is known to be past."""
        if fact.about is not About.PATIENT or self.lexicon.named("habit", fact.name) is None:
            return False
        for at, known in enumerate(self.facts):
            same = known.name == fact.name and known.about is fact.about and known.polarity is fact.polarity
            now = claim.role is Role.PRACTITIONER and fact.time is Time.PRESENT
            if same and known.time is not fact.time and (fact.time is Time.PAST or now):
                detail = ", ".join(filter(None, (known.detail, fact.detail)))
                self.facts[at] = replace(known, detail=detail, evidence=joined(known.evidence, fact.evidence))
                return True
        return False

    def _coughed(self, fact: Fact) -> bool:
        """What is coughed up is said of the cough: «hoste, grønt slim»."""
        if fact.name != "slim" or fact.polarity is not Polarity.AFFIRMED or fact.about is not About.PATIENT:
            return False
        for at, known in enumerate(self.facts):
            if known.name == "hoste" and same(replace(known, name="slim"), fact):
                slim = f"{fact.detail} slim".strip()
                detail = ", ".join(filter(None, (known.detail, slim if "slim" not in known.detail else "")))
                self.facts[at] = replace(known, detail=detail, evidence=joined(known.evidence, fact.evidence))
                return True
        return False

    def _placeable(self, name: str) -> bool:
        return self.lexicon.named("ailing", name) is not None

    def _answered(self, claim: Claim, asked: Sequence[Mention]) -> Iterator[Mention]:
        """What was asked about, at the places that were answered."""
        bodies = self.lexicon.find(claim.tokens, "body")
        said = sides(claim.tokens, self.lexicon)
        for mention in asked:
            skin = asks_where(claim.asked) and mention.category in ("symptom", "condition")
            if mention.body or not (mention.category in PLACED or skin) or not bodies:
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
        if place is None or place.at != self._heard or (topic.body and topic.body != place.body and not place.finer):
            return topic
        if not topic.body and not self._placeable(topic.name):
            return topic
        plain = "smerter" if topic.name.endswith("smerter") and topic.body else topic.name
        return replace(
            topic,
            name=combined(plain, place.body, self.lexicon),
            body=place.body,
            side=place.side or topic.side,
            evidence=joined(topic.evidence, place.evidence),
        )

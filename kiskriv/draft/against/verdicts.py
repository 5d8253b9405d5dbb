"""A statement of a note, read; and each fact of it held against the facts that were said: backed, contradicted, unknown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kiskriv.draft import facts
from kiskriv.draft.against.comparison import Subject, daily, differences, same, subject, told
from kiskriv.draft.against.echoes import Echo, echoes, kin, stem
from kiskriv.draft.against.said import KNOWN, Passage, Said
from kiskriv.draft.fact import Action, Fact, Kind, Polarity
from kiskriv.draft.language.quantities import Amount, amounts
from kiskriv.draft.language.reading import Token, tokens
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claims import Claim
from kiskriv.note import Concern, Mark, Statement

REGIMEN: Final = ("medication", "medication-action", "frequency-per", "frequency-when")
"""Categories of words that a medication's fact has as its name, action and frequency."""


@dataclass(frozen=True, repr=False)
class Reading:
    """A statement, and what it is held against: all that is known of it is found when it is asked for, and once."""

    statement: Statement
    place: int
    heading: str
    said: Said

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        return tokens(self.statement.text)

    @cached_property
    def verbatim(self) -> bool:
        """Whether it, or what it quotes, stands in its evidence as it is."""
        _, quotes, quoted = self.statement.text.partition("«")
        return self.said.verbatim(self.ids, tokens(quoted) if quotes else self.tokens)

    @cached_property
    def quoted(self) -> frozenset[int]:
        """The tokens of what stands in parentheses, where it stands so in its evidence: it is as it was said."""
        inside = (range(start, end) for start, end in parentheses(self.tokens))
        return frozenset(
            at
            for places in inside
            if self.said.verbatim(self.ids, self.tokens[places.start : places.stop])
            for at in places
        )

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """What it states; what it measures (B12) is no drug."""
        stated = facts.stated(*self._labelled)
        measured = {fact.name for fact in stated if fact.kind is Kind.LAB}
        return tuple(fact for fact in stated if fact.kind is not Kind.MEDICATION or fact.name not in measured)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        return claims.written(*self._labelled)

    @cached_property
    def _labelled(self) -> tuple[str, int, Lexicon, str]:
        """As it is read: a label of its own is its heading («Familie: …»), or says when («Tidligere: …»)."""
        text, lexicon = self.said.as_known(self.statement.text), self.said.lexicon
        label, colon, rest = text.partition(":")
        if not colon or len(label.split()) > 1:
            return text, self.place, lexicon, self.heading
        return (f"{label}{rest}" if lexicon.has(tokens(label), "past") else text), self.place, lexicon, label

    @cached_property
    def backed(self) -> frozenset[int]:
        """The tokens by which it names what is backed: its name, its part of the body, and of a drug what is done with it and how often."""
        facts = [verdict.fact for verdict in self.verdicts if verdict.backing]
        names = {name for fact in facts for name in (fact.name, fact.body) if name}
        regimen = REGIMEN if any(fact.kind is Kind.MEDICATION for fact in facts) else ()
        lexicon = self.said.lexicon
        hits = [hit for hit in lexicon.find(self.tokens, *KNOWN) if hit.term.nb in names]
        hits += lexicon.find(self.tokens, *regimen)
        named = {at for hit in hits for at in range(hit.start, hit.end)}
        return frozenset(named | {word.at for word in self.words if word.stem in self.names})

    @cached_property
    def names(self) -> frozenset[str]:
        """The stems of what is backed: names and parts of the body."""
        facts = [verdict.fact for verdict in self.verdicts if verdict.backing]
        return frozenset(stem(word) for fact in facts for word in f"{fact.name} {fact.body}".lower().split())

    @cached_property
    def words(self) -> tuple[Echo, ...]:
        """Those that say something, and are no unit of an amount."""
        units = {at for amount in self.amounts for at in range(amount.start, amount.end)}
        return tuple(word for word in echoes(self.tokens, self.said.lexicon) if word.at not in units)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Of its words."""
        return frozenset(word.stem for word in self.words)

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        return amounts(self.tokens, self.said.lexicon)

    @cached_property
    def ids(self) -> tuple[int, ...]:
        """Where it was said: its evidence, or, of one without, the places of the talk that are nearest."""
        return self.said.known(self.statement.evidence) or self.said.nearest([word.stem for word in self.words])

    @cached_property
    def cited(self) -> Passage:
        """The words of its evidence."""
        return self.said.passage(self.ids)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        return tuple(_verdict(fact, self) for fact in self.facts)

    @cached_property
    def grounds(self) -> tuple[int, ...]:
        """Its evidence, and where its facts were said."""
        also = {id_ for verdict in self.verdicts if verdict.backing for id_ in verdict.backing.evidence}
        return tuple(dict.fromkeys((*self.ids, *sorted(also))))

    @cached_property
    def ground(self) -> Passage:
        """The words that it rests on."""
        return self.said.passage(self.grounds)

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """Of its verdicts."""
        return tuple(subject(verdict.fact, self.said.lexicon) for verdict in self.verdicts)

    def slice(self, start: int, end: int) -> str:
        """Tokens [start, end) as they are written."""
        return self.statement.text[self.tokens[start].start : self.tokens[end - 1].end]

    def mark(
        self, concern: Concern, written: str, kind: str = "", said: str = "", evidence: Iterable[int] = ()
    ) -> Mark:
        """A concern about it."""
        return Mark(concern, self.place, kind, written, said, tuple(evidence))


def parentheses(read: Sequence[Token]) -> tuple[tuple[int, int], ...]:
    """The tokens [start, end) between each pair."""
    opened = [at for at, token in enumerate(read) if token.text == "("]
    closed = (next((at for at in range(start, len(read)) if read[at].text == ")"), len(read)) for start in opened)
    return tuple((start + 1, end) for start, end in zip(opened, closed, strict=True) if end > start + 1)


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """On one fact of a statement: what backs it, or what it contradicts, in which fields; or a concern; or nothing, where words decide."""

    fact: Fact
    backing: Fact | None = None
    against: Fact | None = None
    fields: tuple[str, ...] = ()
    concern: Concern | None = None


def _verdict(fact: Fact, reading: Reading) -> Verdict:
    """Against the facts of the same thing that its evidence holds; where there are none, against all others."""
    rivals = _rivals(fact, reading.said)
    if not rivals:
        return _unknown(fact, reading)
    own = [other for other in rivals if not set(reading.ids).isdisjoint(other.evidence)]
    fields, nearest = min(((differences(fact, other), other) for other in own or rivals), key=lambda pair: len(pair[0]))
    if not fields and subject(nearest, reading.said.lexicon).every and not subject(fact, reading.said.lexicon).every:
        return _unknown(fact, reading)  # who has no allergies was not said to tolerate this
    if not fields and _turned(fact.detail, nearest.detail, reading.said.lexicon):
        fields = ("detail",)
    if fields:
        return Verdict(fact, against=nearest, fields=fields)
    if fact.dose and not nearest.dose and (other := _exchanged(fact, reading)):
        return Verdict(fact, against=other, fields=("name",))
    hedged = (nearest.polarity is Polarity.UNCERTAIN) is not (fact.polarity is Polarity.UNCERTAIN)
    if hedged and fact.polarity is Polarity.UNCERTAIN:  # «jeg tror at du har» is «trolig»
        thought = (
            reading.said.lexicon.has(claim.tokens, "own-assessment") for claim in reading.said.claims(reading.ids)
        )
        hedged = not any(thought)
    return Verdict(fact, backing=nearest, concern=Concern.PARTLY if hedged else None)


def _turned(written: str, said: str, lexicon: Lexicon) -> bool:
    """Whether of two details in words that they share one says no: «hjelper», «hjelper ikke»."""
    a, b = tokens(written), tokens(said)
    shared = {token.text for token in a} & {token.text for token in b}
    return any(map(str.isalpha, shared)) and lexicon.has(a, "negation") is not lexicon.has(b, "negation")


def _rivals(fact: Fact, said: Said) -> list[Fact]:
    """The facts that this one can agree with or contradict: who has an allergy does not have none."""
    of = subject(fact, said.lexicon)
    same_thing = [o for o in said.subjects.get(of, ()) if not (fact.body and o.body and fact.body != o.body)]
    if of.every:
        others = (o for o in said.facts if o.kind is fact.kind and o not in same_thing and told(o))
        rivals = [o for o in others if o.kind is Kind.ALLERGY or o.action is Action.CONTINUED]
        return same_thing if same_thing and fact.name.startswith("faste") else rivals or same_thing
    if fact.kind is Kind.ALLERGY and not same_thing:
        return [other for key, others in said.subjects.items() if key.kind is of.kind and key.every for other in others]
    return same_thing


def _unknown(fact: Fact, reading: Reading) -> Verdict:
    """On a fact of something that no fact was said of: another's name exchanged for it, words that were said, or an invention."""
    said = reading.said
    of = subject(fact, said.lexicon)
    if fact.kind in (Kind.MEDICATION, Kind.ALLERGY):
        if other := _exchanged(fact, reading):
            return Verdict(fact, against=other, fields=("name",))
        other_kind = Kind.ALLERGY if fact.kind is Kind.MEDICATION else Kind.MEDICATION
        if of._replace(kind=other_kind) in said.subjects:
            return Verdict(fact, concern=Concern.UNSUPPORTED)
    stems = _named(fact, reading)
    if all(word in reading.cited.stems for word in stems) or fact.name in said.terms(reading.ids):
        return Verdict(fact)
    stems += [stem(word) for word in fact.body.lower().split()]
    family = any(kin(a, b) or a == b for a in stems for b in reading.cited.stems)
    return Verdict(fact, concern=Concern.PARTLY if family or all(map(said.anywhere, stems)) else Concern.UNSUPPORTED)


def _exchanged(fact: Fact, reading: Reading) -> Fact | None:
    """What was said of another drug or allergen, which the statement does not name, and is written of this one."""
    lexicon, subjects = reading.said.lexicon, reading.said.subjects
    written = {subject(other, lexicon) for other in reading.facts}
    others = (o for key, some in subjects.items() if key.kind is fact.kind and key not in written for o in some)
    unheard = subject(fact, lexicon) not in subjects
    likely = (other for other in others if _shares(fact, other) or (unheard and _rests(other, reading)))
    return next((other for other in likely if not differences(fact, other)), None)


def _named(fact: Fact, reading: Reading) -> list[str]:
    """The stems of the words of the note by which it names a fact; none, where it names it by words that are not known."""
    for category in KNOWN:
        for hit in reading.said.lexicon.find(reading.tokens, category):
            if hit.term.nb == fact.name:
                return [stem(token.text) for token in reading.tokens[hit.start : hit.end]]
    return [word for word in map(stem, fact.name.lower().split()) if word in reading.stems]


def _rests(fact: Fact, reading: Reading) -> bool:
    """Whether a fact was said where the statement says that it comes from."""
    return bool(reading.statement.evidence) and not set(reading.ids).isdisjoint(fact.evidence)


def _shares(written: Fact, said: Fact) -> bool:
    """Whether what is written of one name was said of another: its dose, and how often, or how long."""
    likewise = (
        bool(written.dose and said.dose and same(written.dose, said.dose)),
        bool(daily(written.frequency) & daily(said.frequency)),
        bool(written.duration and said.duration and same(written.duration, said.duration)),
    )
    return likewise[0] and (likewise[1] or likewise[2] or not written.frequency)

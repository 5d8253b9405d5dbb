"""A statement of a note, read; and each fact of it held against the facts that were said: backed, contradicted, unknown. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from kiskriv.draft import claims, facts
from kiskriv.draft.claims import Claim
from kiskriv.draft.comparison import daily, differences, same, subject, told
from kiskriv.draft.echoes import Echo, echoes, kin, stem
from kiskriv.draft.fact import Action, Fact, Kind, Polarity
from kiskriv.draft.quantities import Amount, amounts
from kiskriv.draft.reading import Token, tokens
from kiskriv.draft.said import KNOWN, Passage, Said
from kiskriv.note import Concern, Mark, Statement


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
    def facts(self) -> tuple[Fact, ...]:
        """What it states."""
        return facts.stated(self.statement.text, self.place, self.said.lexicon, self.heading)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        return claims.written(self.statement.text, self.place, self.said.lexicon, self.heading)

    @cached_property
    def words(self) -> tuple[Echo, ...]:
        """Those that say something, and are no unit of an amount."""
        units = {at for amount in self.amounts for at in range(amount.start, amount.end)}
        return tuple(word for word in echoes(self.tokens, self.said.lexicon) if word.at not in units)

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
    def ground(self) -> Passage:
        """The words that it rests on: of its evidence, and of what its facts were said in."""
        also = {id_ for verdict in self.verdicts if verdict.backing for id_ in verdict.backing.evidence}
        return self.said.passage(dict.fromkeys((*self.ids, *sorted(also))))

    def slice(self, start: int, end: int) -> str:
        """Tokens [start, end) as they are written."""
        return self.statement.text[self.tokens[start].start : self.tokens[end - 1].end]

    def mark(
        self, concern: Concern, written: str, kind: str = "", said: str = "", evidence: Iterable[int] = ()
    ) -> Mark:
        """A concern about it."""
        return Mark(concern, self.place, kind, written, said, tuple(evidence))


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
    if fields:
        return Verdict(fact, against=nearest, fields=fields)
    hedged = (nearest.polarity is Polarity.UNCERTAIN) is not (fact.polarity is Polarity.UNCERTAIN)
    return Verdict(fact, backing=nearest, concern=Concern.PARTLY if hedged else None)


def _rivals(fact: Fact, said: Said) -> list[Fact]:
    """The facts that this one can agree with or contradict: who has an allergy does not have none."""
    of = subject(fact, said.lexicon)
    same_thing = [o for o in said.subjects.get(of, ()) if not (fact.body and o.body and fact.body != o.body)]
    if of.every:
        lasting = (None, Action.CONTINUED)
        others = [o for o in said.facts if o.kind is fact.kind and o not in same_thing]
        return [o for o in others if told(o) and o.action in lasting] or same_thing
    if fact.kind is Kind.ALLERGY and not same_thing:
        return [other for key, others in said.subjects.items() if key.kind is of.kind and key.every for other in others]
    return same_thing


def _unknown(fact: Fact, reading: Reading) -> Verdict:
    """On a fact of something that no fact was said of: another's name exchanged for it, words that were said, or an invention."""
    said = reading.said
    of = subject(fact, said.lexicon)
    if fact.kind in (Kind.MEDICATION, Kind.ALLERGY):
        written = {subject(other, said.lexicon) for other in reading.facts}
        for other in said.facts:
            exchanged = other.kind is fact.kind and subject(other, said.lexicon) not in written
            if exchanged and (_rests(other, reading) or _shares(fact, other)) and not differences(fact, other):
                return Verdict(fact, against=other, fields=("name",))
        if any(key.name == of.name for key in said.subjects):  # said, but as an allergy, or as a medicine
            return Verdict(fact, concern=Concern.UNSUPPORTED)
    stems = _named(fact, reading)
    if fact.name in reading.cited.terms or all(word in reading.cited.stems for word in stems):
        return Verdict(fact)
    family = any(kin(a, b) for a in stems for b in reading.cited.stems)
    return Verdict(fact, concern=Concern.PARTLY if family or all(map(said.anywhere, stems)) else Concern.UNSUPPORTED)


def _named(fact: Fact, reading: Reading) -> list[str]:
    """The stems of the words of the note by which it names a fact; none, where it names it by words that are not known."""
    for category in KNOWN:
        for hit in reading.said.lexicon.find(reading.tokens, category):
            if hit.term.nb == fact.name:
                return [stem(token.text) for token in reading.tokens[hit.start : hit.end]]
    written = {word.stem for word in reading.words}
    return [word for word in map(stem, fact.name.lower().split()) if word in written]


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

"""One document being put together: which facts and which own sentences are written, where, and in which order. Pure.

What a fact says is not said again in somebody's own words, but for findings: there the doctor's own sentence says it better.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from kiskriv.draft.fact import Fact, Kind, Polarity, plain
from kiskriv.draft.language.reading import Token, tokens
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.writing.own_sentences import DOCTORS, Own, telling
from kiskriv.draft.writing.topics import Topic, topic
from kiskriv.draft.writing.wording import Journal
from kiskriv.note import Statement
from kiskriv.transcript import Role, Utterance

TOLD: Final = ("symptom", "condition", "event", "habit")
"""Categories of the lexicon that a symptom's name may be from; where it is in several, the first."""
NAMED: Final = (
    *TOLD, "complaint", "ailing", "body", "structure", "sign", "kin", "vital", "lab", "test", "examination", "specialty",
    "medication-group", "follow-up", "sick-leave",
)  # fmt: skip
"""Categories whose names are written in the language of the note."""

_TELLERS: Final = frozenset((Role.PATIENT, Role.RELATED_PERSON, Role.INTERPRETER))
_QUOTED: Final[Mapping[Topic, int]] = {Topic.STORY: 4, Topic.WISH: 3, Topic.WORK: 3}
"""Sentences of the patient's own at most, by topic."""
_AGREED: Final = (Topic.PRESCRIPTION, Topic.REFERRAL, Topic.SICK_LEAVE, Topic.FOLLOW_UP)
_EXAMINED: Final = frozenset((Kind.FINDING, Kind.SYMPTOM))
"""What a doctor's findings and assessment are about, if they are about any fact."""
_EXAMINED_BY: Final = ("symptom", "condition", "complaint", "ailing", "structure", "sign")
_NAMED_BY: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.MEDICATION: ("medication", "medication-group", "medicine"),
    Kind.VITAL: ("vital",),
    Kind.LAB: ("lab",),
    Kind.FOLLOW_UP: ("follow-up", "order", "test", "lab"),
    Kind.SICK_LEAVE: ("sick-leave",),
    Kind.REFERRAL: ("refer", "specialty", "examination"),
}
"""Categories of the lexicon by which a sentence is known to be of what was measured or agreed."""
_MARRIED: Final = frozenset(("kone", "mann"))
"""Kin whose diseases are no family history."""
_THAT: Final = frozenset(("den", "de", "dei", "dem", "disse", "desse"))
"""What advice is about that was named before."""
_WHOLE: Final = ("100", "hundre", "full", "heil", "hel")
_STEM: Final = 4
"""Letters by which a word is known again in another form."""


@dataclass(frozen=True)
class Composition:
    """Of these utterances, in this voice. `category`: of the lexicon, by the name of what is told."""

    lexicon: Lexicon
    voice: Journal
    utterances: Mapping[int, Utterance]
    category: Mapping[str, str]

    def topics(self, found: Iterable[Fact], own: Iterable[Own]) -> Mapping[Topic, list[Statement]]:
        """Statements by topic, each topic in the order of the talk."""
        placed = self._placed(found)
        kept = list(self._kept(own, placed))
        lines = {}
        for place in Topic:
            left = [fact for fact in placed[place] if not self._said_by(kept, fact)]
            own_words = [Statement(self.voice.own(one), (one.evidence,)) for one in kept if one.topic is place]
            write = self._family if place is Topic.FAMILY else partial(self.voice.statements, place)
            lines[place] = [*own_words, *write(left)]
        return lines

    def _placed(self, found: Iterable[Fact]) -> Mapping[Topic, list[Fact]]:
        placed: dict[Topic, list[Fact]] = defaultdict(list)
        for fact in map(self._as_said, found):
            place = topic(fact, self.category.get(fact.name, ""), told=self._told(fact))
            if place is not None:
                placed[place].append(fact)
        placed[Topic.COMPLAINT] = _by_problem(placed[Topic.COMPLAINT])
        return placed

    # -- own sentences --------------------------------------------------------------------------------------------------------

    def _kept(self, own: Iterable[Own], placed: Mapping[Topic, Sequence[Fact]]) -> Iterator[Own]:
        """Those that say what no fact says, each once, and no more of the patient's than a note has room for."""
        room = dict(_QUOTED)
        seen: set[str] = set()
        for one in own:
            again = one.text.lower() in seen or self._agreed(one, placed) or self._retold(one, placed)
            if again or not room.get(one.topic, 1):
                continue
            if one.topic in room:
                room[one.topic] -= 1
            seen.add(one.text.lower())
            yield one

    def _agreed(self, one: Own, placed: Mapping[Topic, Sequence[Fact]]) -> bool:
        """Whether a doctor's sentence is of what was measured, or of what was agreed, and no more."""
        if one.topic not in DOCTORS:
            return False
        words = tokens(one.text)
        known = {fact.kind for place in _AGREED for fact in placed[place] if one.evidence in fact.evidence}
        looked_at = any(self.lexicon.has(words, category) for category in _EXAMINED_BY)
        if one.topic is Topic.FINDINGS:
            measured = () if looked_at else (Kind.VITAL, Kind.LAB)
            return any(self._names_kind(kind, words) for kind in (*known, Kind.MEDICATION, *measured))
        if one.topic is Topic.ASSESSMENT and looked_at:
            return False
        refers = one.topic is Topic.ADVICE and any(word.text in _THAT for word in words)
        return bool(known) and (refers or any(self._names_kind(kind, words) for kind in known))

    def _names_kind(self, kind: Kind, words: Sequence[Token]) -> bool:
        return any(self.lexicon.has(words, category) for category in _NAMED_BY[kind])

    def _retold(self, one: Own, placed: Mapping[Topic, Sequence[Fact]]) -> bool:
        """Whether the facts of a patient's sentence say most of it."""
        if one.topic in DOCTORS:
            return False
        about = [fact for some in placed.values() for fact in some if one.evidence in fact.evidence]
        told = {_key(word) for fact in about for word in telling(tokens(self.voice.phrase(fact)), self.lexicon)}
        words = {_key(word) for word in telling(tokens(one.text), self.lexicon)}
        return len(words - told) < len(words) / 2

    # -- facts ----------------------------------------------------------------------------------------------------------------

    def _said_by(self, kept: Iterable[Own], fact: Fact) -> bool:
        """Whether a sentence of the doctor's says it: a finding, or a disease that is part of the assessment."""
        if fact.kind not in _EXAMINED or self._told(fact):
            return False
        return any(
            fact.name in self._names(one) for one in kept if one.topic in DOCTORS and one.evidence in fact.evidence
        )

    def _names(self, one: Own) -> set[str]:
        words = tokens(one.text)
        return {hit.term.nb for category in NAMED for hit in self.lexicon.find(words, category)}

    def _family(self, found: Sequence[Fact]) -> Iterator[Statement]:
        """By relative, where the words name one; what one who came along says of himself is no history of the patient's family."""
        by_kin: dict[str, list[Fact]] = defaultdict(list)
        for fact in found:
            words = [tokens(text) for text in (fact.detail, *(said.text for said in self._said(fact)))]
            kin = [{hit.term.nb for hit in self.lexicon.find(some, "kin")} for some in words]
            named = (kin[0] or set().union(*kin)) - _MARRIED
            if named or any(self.lexicon.has(some, "family") for some in words):
                by_kin[named.pop() if len(named) == 1 else ""].append(replace(fact, detail="") if kin[0] else fact)
        return (self.voice.family(kin, some) for kin, some in by_kin.items())

    def _told(self, fact: Fact) -> bool:
        """Whether somebody who tells said it, or answered; of a symptom, whether anybody but the doctor ever spoke of it."""
        roles = [said.role for said in self._said(fact)]
        if fact.kind is Kind.SYMPTOM:
            return any(role is not Role.PRACTITIONER for role in roles)
        return roles[-1] in _TELLERS

    def _said(self, fact: Fact) -> list[Utterance]:
        return [self.utterances[place] for place in fact.evidence]

    def _as_said(self, fact: Fact) -> Fact:
        """A sick leave of which no percent was said is whole: canonical 100 %, but not written so."""
        if fact.kind is Kind.SICK_LEAVE and fact.value is not None and plain(fact.value.value) == "100":
            words = " ".join(said.text for said in self._said(fact)).lower()
            if not any(word in words for word in _WHOLE):
                return replace(fact, value=None)
        return fact


def _key(word: Token) -> str:
    return word.text[:_STEM] if word.value is None else plain(word.value)


def _by_problem(found: Sequence[Fact]) -> list[Fact]:
    """In the order of the talk, but what is of the same part of the body beside it; the main complaint, the first affirmed, first."""
    ordered = sorted(found, key=lambda fact: fact.kind is not Kind.SYMPTOM or fact.polarity is not Polarity.AFFIRMED)
    problems: dict[str, list[Fact]] = {}
    for fact in ordered:
        problems.setdefault(fact.body or fact.name, []).append(fact)
    return [fact for problem in problems.values() for fact in problem]

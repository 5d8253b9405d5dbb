"""One document being put together: which facts and which own sentences are written, where, and in which order. Pure.

What a fact says is not said again in somebody's own words, but for findings: there the doctor's own sentence says it better.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from kiskriv.draft import facts
from kiskriv.draft.fact import Fact, Kind, Polarity, Time, plain
from kiskriv.draft.language.reading import Token, split, tokens
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.writing.own_sentences import DOCTORS, Own, telling
from kiskriv.draft.writing.topics import ALL_DRUGS, Topic, topic
from kiskriv.draft.writing.wording import Journal, ended
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
_ALL_OF_THEM: Final = ("allergi", *(name for name in ALL_DRUGS if "faste" not in name))
_CALLED: Final = {"113": "ring 113", "legevakt": "kontakt legevakt"}
"""Whom to call, by how a word begins; else it is who says so."""
_WITHIN: Final = frozenset(("innen", "innan"))
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
        self._judge(placed, kept)
        lines = {}
        for place in Topic:
            left = [fact for fact in placed[place] if not self._said_by(kept, fact)]
            own_words = [Statement(self.voice.own(one), (one.evidence,)) for one in kept if one.topic is place]
            write = self._family if place is Topic.FAMILY else partial(self.voice.statements, place)
            lines[place] = [*own_words, *write(left)]
        return lines

    def _placed(self, found: Iterable[Fact]) -> dict[Topic, list[Fact]]:
        placed: dict[Topic, list[Fact]] = defaultdict(list)
        for fact in map(self._as_said, found):
            place = topic(fact, self.category.get(fact.name, ""), told=self._told(fact))
            if place is not None:
                placed[place].append(fact)
        measured = {(fact.name, fact.evidence) for fact in placed[Topic.MEASURES]}
        placed[Topic.FINDINGS] = [f for f in placed[Topic.FINDINGS] if (f.name, f.evidence) not in measured]
        placed[Topic.COMPLAINT] = _by_problem(placed[Topic.COMPLAINT])
        for place in (Topic.MEDICATION, Topic.ALLERGY):
            placed[place] = _without_no_others(placed[place])
        return placed

    def _judge(self, placed: dict[Topic, list[Fact]], kept: Sequence[Own]) -> None:
        """A disease that the doctor spoke of at last is what he thinks it is, or what he only thinks of, or an old one."""
        background, placed[Topic.BACKGROUND] = placed[Topic.BACKGROUND], []
        for fact in background:
            last = self.utterances[fact.evidence[-1]]
            asserted = fact.kind is Kind.SYMPTOM and fact.time is Time.PRESENT and fact.polarity is Polarity.AFFIRMED
            if not asserted or last.role is not Role.PRACTITIONER:
                placed[Topic.BACKGROUND].append(fact)
            elif self._weighed(last):
                if len(fact.evidence) > 1:
                    placed[Topic.BACKGROUND].append(fact)
            elif self._concluded(fact, last) and not any(
                one.topic is Topic.ASSESSMENT and one.evidence == last.id for one in kept
            ):
                placed[Topic.ASSESSMENT].append(fact)
            else:
                placed[Topic.BACKGROUND].append(fact)

    def _weighed(self, said: Utterance) -> bool:
        """Whether it names what may be, or is not known to be."""
        words = tokens(said.text)
        return self.lexicon.has(words, "own-weighing")

    def _concluded(self, fact: Fact, said: Utterance) -> bool:
        """«Så dette er en …, du trenger ikke …»: what it is, in a sentence that is not kept."""
        for part in split(said.text):
            words = tokens(part)
            named = [hit.start for hit in self.lexicon.find(words, *TOLD) if hit.term.nb == fact.name]
            if named:
                before = words[: min(named)]
                return self.lexicon.has(before, "own-assessment", "own-verdict")
        return False

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
        if one.topic is Topic.FINDINGS and self._beyond(one, placed[Topic.MEASURES]) == 0:
            return True
        words = tokens(one.text)
        known = {fact.kind for place in _AGREED for fact in placed[place] if one.evidence in fact.evidence}
        looked_at = self.lexicon.has(words, *_EXAMINED_BY)
        if one.topic is Topic.FINDINGS:
            measured = () if looked_at else (Kind.VITAL, Kind.LAB)
            return any(self._names_kind(kind, words) for kind in (*known, Kind.MEDICATION, *measured))
        if one.topic is Topic.ASSESSMENT and looked_at:
            return False
        if one.topic is Topic.ADVICE and placed[Topic.PRESCRIPTION] and self.lexicon.has(words, "own-prescribing"):
            return not self.lexicon.has(words, "medication") or Kind.MEDICATION in known
        refers = one.topic is Topic.ADVICE and any(word.text in _THAT for word in words)
        return bool(known) and (refers or any(self._names_kind(kind, words) for kind in known))

    def _names_kind(self, kind: Kind, words: Sequence[Token]) -> bool:
        return self.lexicon.has(words, *_NAMED_BY[kind])

    def _retold(self, one: Own, placed: Mapping[Topic, Sequence[Fact]]) -> bool:
        """Whether the facts of a patient's sentence say most of it."""
        if one.topic in DOCTORS:
            return False
        about = [fact for some in placed.values() for fact in some if one.evidence in fact.evidence]
        drugs = {fact.name for fact in about if fact.kind is Kind.MEDICATION}
        if drugs & {hit.term.nb for hit in self.lexicon.find(tokens(one.text), "medication")}:
            return True
        return self._beyond(one, about) < 1 / 2

    def _beyond(self, one: Own, found: Iterable[Fact]) -> float:
        """The part of a sentence's words that the facts which rest on it do not say."""
        about = [fact for fact in found if one.evidence in fact.evidence]
        told = {_key(word) for fact in about for word in telling(tokens(self.voice.phrase(fact)), self.lexicon)}
        words = {_key(word) for word in telling(tokens(one.text), self.lexicon)}
        return len(words - told) / max(1, len(words))

    # -- facts ----------------------------------------------------------------------------------------------------------------

    def _said_by(self, kept: Iterable[Own], fact: Fact) -> bool:
        """Whether a sentence of the doctor's says it: a finding, or a disease that is part of the assessment."""
        if fact.kind not in _EXAMINED or any(said.role in _TELLERS for said in self._said(fact)):
            return False
        near = [one for one in kept if one.topic in DOCTORS and one.evidence in fact.evidence]
        return any(fact.name in self._names(one) for one in near) or any(
            stated.name == fact.name and stated.polarity is fact.polarity and (stated.side or not fact.side)
            for one in near
            for stated in facts.stated(one.text, one.evidence, self.lexicon)
        )

    def _names(self, one: Own) -> set[str]:
        words = tokens(one.text)
        return {hit.term.nb for hit in self.lexicon.find(words, *NAMED)}

    def _family(self, found: Sequence[Fact]) -> Iterator[Statement]:
        """By relative, where the words name one; what one who came along says of himself is no history of the patient's family."""
        by_kin: dict[str, list[Fact]] = defaultdict(list)
        for fact in found:
            words = [tokens(text) for text in (fact.detail, *(said.text for said in self._said(fact)))]
            kin = [{hit.term.nb for hit in self.lexicon.find(some, "kin")} for some in words]
            told = [part for part in fact.detail.split(", ") if not self.lexicon.has(tokens(part), "kin")]
            named = (kin[0] or set().union(*kin)) - _MARRIED
            if named or any(self.lexicon.has(some, "family") for some in words):
                by_kin[named.pop() if len(named) == 1 else ""].append(replace(fact, detail=", ".join(told)))
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
        """Of a sick leave without a percent, canonical 100 %, it is not written; «innen to uker» is not «om to uker», nor 113 us."""
        words = {word for said in self._said(fact) for word in said.text.lower().split()}
        if fact.kind is Kind.SICK_LEAVE and fact.value is not None and plain(fact.value.value) == "100":
            return fact if any(word.startswith(_WHOLE) for word in words) else replace(fact, value=None)
        if fact.name == "kontakt":
            called = (name for begins, name in _CALLED.items() if any(word.startswith(begins) for word in words))
            name = next(called, "")
            fact = replace(fact, name=f"{name} eller oss" if name and "oss" in words else name or fact.name)
        if fact.kind in (Kind.REFERRAL, Kind.FOLLOW_UP) and fact.duration is not None and not _WITHIN.isdisjoint(words):
            return replace(fact, duration=None, onset=ended(self.voice.within(fact.duration), fact.onset, " "))
        return fact


def _without_no_others(found: Sequence[Fact]) -> list[Fact]:
    """«Ingen medisiner» after one was named means no others; «ingen faste medisiner» can be true beside what is taken at need."""
    some = any(fact.polarity is Polarity.AFFIRMED and fact.time is Time.PRESENT for fact in found)
    return [fact for fact in found if not (some and fact.polarity is Polarity.DENIED and fact.name in _ALL_OF_THEM)]


def _key(word: Token) -> str:
    return word.text[:_STEM] if word.value is None else plain(word.value)


def _by_problem(found: Sequence[Fact]) -> list[Fact]:
    """In the order of the talk, but what is of the same part of the body beside it; the main complaint, the first affirmed, first."""
    ordered = sorted(found, key=lambda fact: fact.kind is not Kind.SYMPTOM or fact.polarity is not Polarity.AFFIRMED)
    problems: dict[str, list[Fact]] = {}
    for fact in ordered:
        problems.setdefault(fact.body or fact.name, []).append(fact)
    return [fact for problem in problems.values() for fact in problem]

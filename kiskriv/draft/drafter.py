"""The grounded drafter: facts, and the doctor's and the patient's own sentences, laid out by a template. No language model.

Every statement rests on utterances; what was not said is not written (R12, R27).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from kiskriv.draft import facts, own_sentences
from kiskriv.draft.claims import claims
from kiskriv.draft.clinic import Clinic
from kiskriv.draft.fact import Fact, Kind, Polarity, Time, plain
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.own_sentences import DOCTORS, Own
from kiskriv.draft.plain_wording import Plain
from kiskriv.draft.reading import sentences, tokens
from kiskriv.draft.templates import Document, Template
from kiskriv.draft.topics import Topic, topic
from kiskriv.draft.wording import Journal
from kiskriv.note import Form, Note, Phrase, Section, Statement
from kiskriv.transcript import Role, Transcript, Utterance

_TOLD: Final = ("symptom", "condition", "habit", "event")
"""Categories of the lexicon that a symptom's name may be from."""
_NAMED: Final = (
    *_TOLD,
    "complaint",
    "body",
    "finding",
    "vital",
    "lab",
    "medication-group",
    "allergen",
    "follow-up",
    "sick-leave",
    "referral",
)
"""Categories whose names are written in the language of the note."""
_STORIES: Final = {Topic.STORY: 4, Topic.WISH: 3, Topic.WORK: 3}
"""Sentences of the patient's own at most, by topic."""
_PLANNED: Final = (Topic.PRESCRIPTION, Topic.REFERRAL, Topic.SICK_LEAVE, Topic.FOLLOW_UP)


_EXAMINED: Final = (Kind.FINDING, Kind.SYMPTOM)
"""What a doctor's sentence of findings is about, if it is about any fact."""


class GroundedDrafter:
    """Drafts by rules alone (see `session.Drafter`). `language`: of the form that is chosen where none is asked for."""

    def __init__(self, clinic: Clinic, language: str = "nb") -> None:
        self._clinic = clinic
        self._language = language
        self._nynorsk = {
            term.nb: term.nn for category in _NAMED for term in clinic.lexicon.terms(category) if term.nn != term.nb
        }
        self._category = {term.nb: category for category in reversed(_TOLD) for term in clinic.lexicon.terms(category)}

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of the rules, the words and the clinic's files."""
        return self._clinic.digest

    @property
    def forms(self) -> tuple[Form, ...]:
        """One for each template: those of notes first, of the language that was chosen first of all."""
        chosen = sorted(
            self._clinic.templates, key=lambda t: (t.document is not Document.NOTE, t.language != self._language)
        )
        return tuple(template.form for template in chosen)

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The clinic's own words, for a doctor to put into a note."""
        return self._clinic.phrases

    def draft(self, transcript: Transcript, form: Form, said: Sequence[Fact] | None = None) -> Note:
        """The document of this form, every heading of it; `said`: the transcript's facts, where they are known. KeyError: no such form."""
        template = self._template(form)
        lexicon = self._clinic.lexicon
        made = claims(sentences(transcript), lexicon)
        found = facts.found(made, lexicon) if said is None else said
        writing = _Writing(
            lexicon, self._voice(template), {said.id: said for said in transcript.utterances}, self._category
        )
        written = writing.topics(found, tuple(own_sentences.own(made, lexicon)))
        if template.document is not Document.LETTER:
            written = {place: [self._shortened(line) for line in lines] for place, lines in written.items()}
        return Note(
            tuple(
                Section(h.text, tuple(line for place in h.topics for line in written[place])) for h in template.headings
            )
        )

    def _shortened(self, line: Statement) -> Statement:
        return replace(line, text=self._clinic.abbreviations.shortened(line.text))

    def _template(self, form: Form) -> Template:
        form = self.forms[0] if form == Form() else form
        return {template.form: template for template in self._clinic.templates}[form]

    def _voice(self, template: Template) -> Journal:
        names = self._nynorsk if template.language == "nn" else {}
        return (Plain if template.document is Document.LETTER else Journal)(template.language, names)


@dataclass(frozen=True)
class _Writing:
    """One note being written."""

    lexicon: Lexicon
    voice: Journal
    utterances: Mapping[int, Utterance]
    category: Mapping[str, str]

    def topics(self, found: Sequence[Fact], own: Sequence[Own]) -> Mapping[Topic, list[Statement]]:
        """Statements by topic, each topic in the order of the talk."""
        placed: dict[Topic, list[Fact]] = defaultdict(list)
        for fact in map(self._as_said, found):
            place = topic(fact, self.category.get(fact.name, ""), told=self._told(fact))
            if place is not None:
                placed[place].append(fact)
        kept = list(self._kept(own, placed))
        for place, some in placed.items():
            placed[place] = [fact for fact in some if not self._stands(fact, kept)]
        placed[Topic.COMPLAINT] = _by_problem(placed[Topic.COMPLAINT])
        lines: dict[Topic, list[Statement]] = defaultdict(list)
        for place in Topic:
            facts_of = self._family if place is Topic.FAMILY else partial(self.voice.statements, place)
            lines[place] = [*self._own(place, kept), *facts_of(placed[place])]
        return lines

    def _family(self, found: Sequence[Fact]) -> Iterator[Statement]:
        """By relative, where the words name one; what one who came along says of himself is no history of the patient's family."""
        by_kin: dict[str, list[Fact]] = defaultdict(list)
        for fact in found:
            words = [tokens(said.text) for said in self._said(fact)]
            kin = {hit.term.nb for some in words for hit in self.lexicon.find(some, "kin")}
            if kin or any(self.lexicon.has(some, "family") for some in words):
                by_kin[kin.pop() if len(kin) == 1 else ""].append(fact)
        return (self.voice.family(kin, some) for kin, some in by_kin.items())

    def _kept(self, own: Iterable[Own], placed: Mapping[Topic, Sequence[Fact]]) -> Iterator[Own]:
        """Own sentences that say what no fact says: advice of which nothing was agreed, findings that are more than a measure."""
        left = dict(_STORIES)
        seen: set[str] = set()
        for one in own:
            if one.text.lower() in seen:
                continue
            stated = facts.stated(one.text, one.evidence, self.lexicon)
            agreed = {
                fact.kind for place in _PLANNED for fact in placed.get(place, ()) if one.evidence in fact.evidence
            }
            if one.topic is Topic.ADVICE and any(fact.kind in agreed for fact in stated):
                continue
            if one.topic is Topic.FINDINGS and stated and not any(fact.kind in _EXAMINED for fact in stated):
                continue
            if one.topic in left:
                if not left[one.topic]:
                    continue
                left[one.topic] -= 1
            seen.add(one.text.lower())
            yield one

    def _stands(self, fact: Fact, kept: Iterable[Own]) -> bool:
        """Whether the doctor's own sentence says it already: a finding, or a disease that is part of the assessment."""
        if self._told(fact) or fact.kind not in _EXAMINED:
            return False
        return any(
            fact.name in self._names(one) for one in kept if one.topic in DOCTORS and one.evidence in fact.evidence
        )

    def _names(self, one: Own) -> set[str]:
        """What is named in an own sentence."""
        words = tokens(one.text)
        return {hit.term.nb for category in _NAMED for hit in self.lexicon.find(words, category)}

    def _own(self, place: Topic, kept: Iterable[Own]) -> Iterator[Statement]:
        for one in kept:
            if one.topic is place:
                yield Statement(self.voice.own(one), (one.evidence,))

    def _told(self, fact: Fact) -> bool:
        """Whether somebody who tells said it, or answered."""
        return self._said(fact)[-1].role in (Role.PATIENT, Role.RELATED_PERSON, Role.INTERPRETER)

    def _said(self, fact: Fact) -> list[Utterance]:
        return [self.utterances[place] for place in fact.evidence]

    def _as_said(self, fact: Fact) -> Fact:
        """A sick leave of which no percent was said is whole: canonical 100 %, but not written so."""
        if fact.kind is Kind.SICK_LEAVE and fact.value is not None and plain(fact.value.value) == "100":
            words = " ".join(said.text for said in self._said(fact)).lower()
            if not any(word in words for word in ("100", "hundre", "full", "heil", "hel")):
                return replace(fact, value=None)
        return fact


def _by_problem(found: Sequence[Fact]) -> list[Fact]:
    """In the order of the talk, but what is of the same part of the body beside it; the main complaint, the first affirmed, first."""
    ordered = sorted(found, key=lambda fact: fact.kind is not Kind.SYMPTOM or fact.polarity is not Polarity.AFFIRMED)
    problems: dict[str, list[Fact]] = {}
    for fact in ordered:
        problems.setdefault(fact.body or f"{fact.name} {fact.time is Time.PRESENT}", []).append(fact)
    return [fact for problem in problems.values() for fact in problem]

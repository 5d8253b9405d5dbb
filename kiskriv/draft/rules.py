"""A first draft without any language model: each sentence goes under the heading that its words and its speaker tell.

Nothing is rephrased, so nothing can be invented (R12, R27): a statement is a sentence as it was heard, or a question with its short answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kiskriv.draft import cues
from kiskriv.fingerprint import fingerprint
from kiskriv.note import Form, Mark, Note, Section, Statement
from kiskriv.transcript import Role, Transcript, Utterance

@dataclass(frozen=True)
class Template:
    """The headings of a note."""

    name: str
    anamnese: str = "Anamnese"
    funn: str = "Funn"
    vurdering: str = "Vurdering"
    tiltak: str = "Tiltak"


_SENTENCE = re.compile(r"[^.?!]+(?:[.?!](?=\d)[^.?!]*)*[.?!]*")
_WORD = re.compile(r"[\w,]+")
_YES_OR_NO = ("ja", "jo", "jau", "nei", "litt")
_SHORT_ANSWER = 4
"""Words: an answer this short, or one that begins with yes or no, says nothing without its question."""


@dataclass(frozen=True, repr=False)
class _Sentence:
    text: str
    utterance: Utterance

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word.strip(",") for word in _WORD.findall(self.text.lower()))

    @property
    def asks(self) -> bool:
        """By its mark, or, where the recogniser wrote none, by its first words: «Røyker du», «Hvor lenge», «Og du bruker»."""
        if self.text.endswith("?"):
            return True
        if self.told or self.has(cues.PLAN):
            return False
        first, second = (*self.words, "", "")[:2]
        inverted = second == "du" and first not in cues.NO_VERBS
        open_question = first in cues.INTERROGATIVES and second not in cues.PRONOUNS
        return inverted or open_question or self.has(("du bruker", "du brukar"))

    @property
    def told(self) -> bool:
        """Said by someone who tells (patient, relative), not by the one who examines."""
        return self.utterance.role in (Role.PATIENT, Role.RELATED_PERSON, Role.INTERPRETER)

    def has(self, wanted: Iterable[str]) -> bool:
        return any(_met(cue.split(), self.words) for cue in wanted)


class RuleDrafter:
    """Sorts sentences under the headings of a template (see `Drafter`). `unknown` speakers are sorted by their words alone."""

    def __init__(self, template: Template | None = None) -> None:
        self._template = template or Template("standard")

    @property
    def digest(self) -> str:
        """Of these rules, as they stand in their files."""
        return fingerprint(Path(__file__).parent)

    forms = (Form("standard", "nb"),)
    phrases = ()

    def marks(self, note: Note, transcript: Transcript) -> tuple[Mark, ...]:
        return ()

    def draft(self, transcript: Transcript, form: Form) -> Note:
        """Every section of the template, empty where nothing was said."""
        found: dict[str, list[Statement]] = {heading: [] for heading in self._headings()}
        for heading, statement in self._sorted(_sentences(transcript)):
            found[heading].append(statement)
        return Note(tuple(Section(heading, tuple(statements)) for heading, statements in found.items()))

    def _headings(self) -> tuple[str, ...]:
        t = self._template
        return t.anamnese, t.funn, t.vurdering, t.tiltak

    def _sorted(self, sentences: Iterable[_Sentence]) -> Iterator[tuple[str, Statement]]:
        question: _Sentence | None = None
        for sentence in sentences:
            if sentence.asks:
                question = None if sentence.told else sentence
                continue
            if question is not None and _answers(sentence, question):
                if question.has(cues.HISTORY) or sentence.has(cues.HISTORY):
                    evidence = (question.utterance.id, sentence.utterance.id)
                    yield self._template.anamnese, Statement(f"{question.text} – {sentence.text}", evidence)
                question = None
                continue
            question = None
            heading = self._heading(sentence)
            if heading is not None:
                yield heading, Statement(sentence.text, (sentence.utterance.id,))

    def _heading(self, sentence: _Sentence) -> str | None:
        """Where a sentence that stands alone belongs; None: it stays out."""
        t = self._template
        if not sentence.told:
            for heading, wanted in ((t.tiltak, cues.PLAN), (t.vurdering, cues.ASSESSMENT), (t.funn, cues.FINDINGS)):
                if sentence.has(wanted):
                    return heading
        tells = sentence.utterance.role is not Role.PRACTITIONER
        return t.anamnese if tells and sentence.has(cues.HISTORY) else None


def _answers(sentence: _Sentence, question: _Sentence) -> bool:
    """Needs its question, and comes from somebody else; from anybody where speakers are unknown."""
    same = sentence.utterance.speaker == question.utterance.speaker and sentence.utterance.role is not Role.UNKNOWN
    bare = len(sentence.words) <= _SHORT_ANSWER or sentence.words[0] in _YES_OR_NO
    vague = question.has(cues.HISTORY) and not sentence.has(cues.HISTORY)
    return (bare or vague) and not same


def _sentences(transcript: Transcript) -> Iterator[_Sentence]:
    """Of what was said for certain: nothing that is in doubt is written into a note, nor anything in another language (R25, R27)."""
    for utterance in (said for said in transcript.utterances if said.doubt is None):
        for text in _SENTENCE.findall(utterance.text):
            if any(character.isalnum() for character in text):
                yield _Sentence(text.strip(), utterance)


def _met(cue: list[str], words: tuple[str, ...]) -> bool:
    return any(all(map(_begins, words[at:], cue)) for at in range(len(words) - len(cue) + 1))


def _begins(word: str, cue: str) -> bool:
    return word == cue[:-1] if cue.endswith(".") else word.startswith(cue)

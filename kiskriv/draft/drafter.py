"""The grounded drafter: facts, and the doctor's and the patient's own sentences, laid out by a template. No language model.

Every statement rests on utterances; what was not said is not written (R12, R27).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kiskriv.draft import facts, grounding
from kiskriv.draft.against.said import Said, laid_out
from kiskriv.draft.clinic import Clinic
from kiskriv.draft.fact import Fact
from kiskriv.draft.language.reading import Sentence, sentences
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.claims import Claim, claims
from kiskriv.draft.writing import own_sentences
from kiskriv.draft.writing.composition import NAMED, TOLD, Composition
from kiskriv.draft.writing.own_sentences import Own
from kiskriv.draft.writing.plain_wording import Plain
from kiskriv.draft.writing.templates import Document, Heading, Template
from kiskriv.draft.writing.topics import PLACES, Topic
from kiskriv.draft.writing.wording import Journal
from kiskriv.errors import ConfigError
from kiskriv.note import Concern, Form, Mark, Note, Phrase, Section, Statement
from kiskriv.transcript import Transcript


@dataclass(frozen=True, repr=False)
class _Talk:
    """A transcript, read: what is claimed, found and told in it, each when it is first asked for, and once."""

    transcript: Transcript
    lexicon: Lexicon

    @cached_property
    def sentences(self) -> Sequence[Sentence]:
        return sentences(self.transcript)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        return claims(self.sentences, self.lexicon)

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        return facts.found(self.claims, self.lexicon)

    @cached_property
    def own(self) -> tuple[Own, ...]:
        return tuple(own_sentences.own(self.claims, self.lexicon))

    @cached_property
    def said(self) -> Said:
        return laid_out(self.transcript, self.sentences, self.claims, self.facts, self.lexicon)


class GroundedDrafter:
    """Drafts by rules alone (see `session.Drafter`), and keeps the talk that it read last, to mark its note by, until `forget`.

    `first`: the form that is chosen where none is asked for, as far as it is named. Raises ConfigError where no template is called that.
    """

    def __init__(self, clinic: Clinic, first: Form = Form("", "nb")) -> None:  # noqa: B008 (a frozen value)
        self._clinic = clinic
        self._templates = {
            template.form: template for template in sorted(clinic.templates, key=lambda t: _rank(t, first))
        }
        if first.template and self.forms[0].template != first.template:
            raise ConfigError(problem="no template has the title that [note] template names")
        terms = [term for category in NAMED for term in clinic.lexicon.terms(category)]
        self._nynorsk = {term.nb: term.nn for term in terms if term.nn != term.nb}
        self._category = {term.nb: category for category in reversed(TOLD) for term in clinic.lexicon.terms(category)}
        self._events = frozenset(term.nb for term in clinic.lexicon.terms("event"))
        self._last: _Talk | None = None

    def __repr__(self) -> str:
        return f"<GroundedDrafter, {len(self._templates)} templates>"

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of the rules, the words, the clinic's files, and which form comes first."""
        return hashlib.sha256(f"{self._clinic.digest} {self.forms[0]!r}".encode()).hexdigest()

    @property
    def lexicon(self) -> Lexicon:
        """The words that it knows: kiskriv's, and the clinic's."""
        return self._clinic.lexicon

    @property
    def forms(self) -> tuple[Form, ...]:
        """One for each template: the chosen one first, then those of notes."""
        return tuple(self._templates)

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The clinic's own words, for a doctor to put into a note."""
        return self._clinic.phrases

    def draft(self, transcript: Transcript, form: Form, said: Sequence[Fact] | None = None) -> Note:
        """The document of this form, every heading of it; `said`: the transcript's facts, where they are known. KeyError: no such form."""
        template = self._templates[self.forms[0] if form == Form() else form]
        talk = self._read(transcript)
        utterances = {each.id: each for each in transcript.utterances}
        composition = Composition(talk.lexicon, self._voice(template), utterances, self._category)
        written = composition.topics(talk.facts if said is None else said, talk.own)
        if template.document is not Document.LETTER:
            written = {place: [self._shortened(line) for line in lines] for place, lines in written.items()}
        return Note(tuple(_section(heading, written, paragraph=template.paragraph) for heading in template.headings))

    def facts(self, transcript: Transcript) -> tuple[Fact, ...]:
        """What was said, as `facts.said` finds it."""
        return self._read(transcript).facts

    def marks(self, note: Note, transcript: Transcript) -> tuple[Mark, ...]:
        """Where this note, whoever wrote it, says what was not said, or leaves out what matters."""
        marks = grounding.held_against(note, self._read(transcript).said)
        unasked = self._unasked(note)
        return tuple(mark for mark in marks if mark.concern is not Concern.OMITTED or mark.kind not in unasked)

    def forget(self) -> None:
        """Keeps nothing of what it was given."""
        self._last = None

    def _read(self, transcript: Transcript) -> _Talk:
        talk = self._last
        if talk is None or (talk.transcript is not transcript and talk.transcript != transcript):
            self._last = talk = _Talk(transcript, self.lexicon.listening())
        return talk

    def _unasked(self, note: Note) -> Collection[str]:
        """Kinds of facts that this note, by its headings, is no document for: a sick leave's text is not to name every drug."""
        headings = [section.heading for section in note.sections]
        of = [t for t in self._templates.values() if [heading.text for heading in t.headings] == headings]
        if not of or any(template.document is Document.NOTE for template in of):
            return ()
        asked = {place for heading in of[0].headings for place in heading.topics}
        return [kind for kind, places in PLACES.items() if not asked.issuperset(places)]

    def _shortened(self, line: Statement) -> Statement:
        return replace(line, text=self._clinic.abbreviations.shortened(line.text))

    def _voice(self, template: Template) -> Journal:
        voice = Plain if template.document is Document.LETTER else Journal
        return voice(template.language, self._nynorsk if template.language == "nn" else {}, self._events)


def _section(heading: Heading, written: Mapping[Topic, Sequence[Statement]], *, paragraph: bool) -> Section:
    """The lines of its topics; as a paragraph they are one statement, which rests on all that they rest on."""
    lines = tuple(line for place in heading.topics for line in written[place])
    if paragraph and lines:
        evidence = sorted({place for line in lines for place in line.evidence})
        lines = (Statement(" ".join(line.text for line in lines), tuple(evidence)),)
    return Section(heading.text, lines)


def _rank(template: Template, first: Form) -> tuple[bool, bool, bool]:
    """The chosen title before others, notes before other documents, the chosen language before the other."""
    named = not first.template or template.title == first.template
    return not named, template.document is not Document.NOTE, template.language != first.language

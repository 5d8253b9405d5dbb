"""What was said, laid out so that a note can be held against it again and again: facts by subject, words by where they were said.

Made once of a transcript; each utterance is looked into when a statement first rests on it. It holds a patient's words: it goes with the
session, and nothing of it is kept elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final, TypeVar, cast

from kiskriv.draft import facts as finding
from kiskriv.draft.against.comparison import Subject, subject, times
from kiskriv.draft.against.echoes import SHARP, stem
from kiskriv.draft.fact import Fact, Quantity
from kiskriv.draft.language.quantities import amounts
from kiskriv.draft.language.reading import Sentence, Token, sentences
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk import claims as claiming
from kiskriv.draft.talk.claims import Claim
from kiskriv.draft.talk.overheard import overheard
from kiskriv.draft.talk.polarity import negated
from kiskriv.draft.talk.repairs import repaired
from kiskriv.transcript import Transcript

KNOWN: Final = (
    "symptom", "condition", "event", "habit", "complaint", "quality", "body", "site", "structure", "sign", "state", "vital", "lab", "stick",
    "substance", "medication-group", "allergen", "reaction", "specialty", "test", "follow-up", "kin", "abbreviation",
)  # fmt: skip
"""Categories of the lexicon in which another form of a word is another word for the same: vondt i hodet is hodepine."""

UNSURE: Final = 0.5
"""A word of less probability than this may be another: where a fact rests on it, it is to be checked."""

_NEAR: Final = 1
"""Utterances to each side that belong to one's talk: a question, its answer, and what is added."""
_PASSAGES: Final = 3
"""How many places a statement without evidence may have been put together from."""


_QUOTE: Final = 3
"""Words of which a quotation has at least so many: one word alone says too little of what it was said about."""


_T = TypeVar("_T")

_NO: Final = frozenset(("ikke", "ikkje", "ingen", "inga", "ingenting", "aldri", "uten", "utan", "verken", "korkje"))
"""Words that say no by themselves."""


@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """What can be compared of some text."""

    stems: frozenset[str] = frozenset()
    sharp: frozenset[tuple[str, str]] = frozenset()
    """Its sides, days, months and times of day: category and name."""
    quantities: tuple[Quantity, ...] = ()
    numbers: frozenset[Decimal] = frozenset()
    reverses: bool = False
    """Whether anything in it says no."""

    def __or__(self, other: Passage) -> Passage:
        return Passage(
            self.stems | other.stems,
            self.sharp | other.sharp,
            self.quantities + other.quantities,
            self.numbers | other.numbers,
            self.reverses or other.reverses,
        )

    def __repr__(self) -> str:
        return f"<Passage of {len(self.stems)} stems>"


def terms(tokens: Sequence[Token], lexicon: Lexicon) -> dict[int, str]:
    """What the lexicon calls the tokens of which it knows another form."""
    return {at: hit.term.nb for hit in lexicon.find(tokens, *KNOWN) for at in range(hit.start, hit.end)}


def sharp(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[tuple[Hit, frozenset[tuple[str, str]]]]:
    """Each side, day, month and time of day, with what it is: its category and name; «morgen og kveld» has two."""
    for category in SHARP:
        for hit in lexicon.find(tokens, category):
            names = times(hit.term.nb) if category == "frequency-when" else (hit.term.nb,)
            yield hit, frozenset((category, name) for name in names)


def passage(tokens: Sequence[Token], lexicon: Lexicon) -> Passage:
    """Of these tokens."""
    values = {value for token in tokens for value in (token.value, token.to) if value is not None}
    return Passage(
        frozenset(stem(token.text) for token in tokens if token.text[0].isalpha()),
        frozenset(name for _, names in sharp(tokens, lexicon) for name in names),
        tuple(amount.quantity for amount in amounts(tokens, lexicon)),
        frozenset(values),
        lexicon.has(tokens, "negation", "negation-after", "no"),
    )


@dataclass(repr=False)
class Said:
    """A transcript, read. `facts`: those of `facts.said`, where they are found already."""

    lexicon: Lexicon
    facts: tuple[Fact, ...]
    subjects: dict[Subject, list[Fact]]
    _sentences: dict[int, list[Sentence]]
    _claims: dict[int, list[Claim]]
    _where: dict[str, list[int]]
    _order: dict[int, int]
    _unsure: dict[int, frozenset[str]]
    _passages: dict[int, Passage] = field(default_factory=dict)
    _terms: dict[int, frozenset[str]] = field(default_factory=dict)
    _made: dict[tuple[object, int], object] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Said, {len(self.facts)} facts in {len(self._order)} utterances>"

    def known(self, ids: Iterable[int]) -> tuple[int, ...]:
        """Those that are utterances of this transcript, for certain."""
        return tuple(id_ for id_ in ids if id_ in self._order)

    def passage(self, ids: Iterable[int]) -> Passage:
        """What was said in these utterances, and in the questions that they answer."""
        whole = Passage()
        for id_ in ids:
            if id_ not in self._passages:
                self._passages[id_] = self._read(id_)
            whole |= self._passages[id_]
        return whole

    def anywhere(self, stem: str) -> bool:
        """Whether a word with this stem was said at all."""
        return stem in self._where

    def where(self, stem: str) -> Sequence[int]:
        """The utterances that hold a word with this stem."""
        return self._where.get(stem, ())

    def nearest(self, stems: Sequence[str]) -> tuple[int, ...]:
        """The utterances that hold most of these words side by side, each with its neighbours: where a statement may come from."""
        ids = list(self._order)
        votes: Counter[int] = Counter()
        for word in set(stems):
            around = {
                at
                for id_ in self._where.get(word, ())
                for at in range(self._order[id_] - _NEAR, self._order[id_] + _NEAR + 1)
            }
            votes.update(around)
        best = [at for at, _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))[:_PASSAGES]]
        return tuple(
            ids[at] for at in sorted({a for b in best for a in range(b - _NEAR, b + _NEAR + 1)}) if 0 <= at < len(ids)
        )

    def claims(self, ids: Iterable[int]) -> tuple[Claim, ...]:
        """What is claimed in these utterances."""
        return tuple({id(claim): claim for id_ in ids for claim in self._claims.get(id_, ())}.values())

    def as_known(self, text: str) -> str:
        """With the names that drugs have where the text has what was heard for them: «metoprol», and metoprolol is meant."""
        for spelling, name in self._heard.items():
            text = re.sub(rf"(?<!\w){re.escape(spelling)}(?!\w)", name, text, flags=re.IGNORECASE)
        return text

    @cached_property
    def _heard(self) -> dict[str, str]:
        return {fact.spelling: fact.name for fact in self.facts if fact.spelling}

    def once(self, make: Callable[[Claim, Lexicon], _T], claim: Claim) -> _T:
        """What this function makes of a claim that was said, made when it is first asked for."""
        key = make, id(claim)
        if key not in self._made:
            self._made[key] = make(claim, self.lexicon)
        return cast(_T, self._made[key])

    def verbatim(self, ids: Iterable[int], tokens: Sequence[Token]) -> bool:
        """Whether these words stand in one sentence of these utterances that asks nothing, and no word that says no was cut from it."""
        wanted = _letters(tokens)
        if len(wanted) < _QUOTE:
            return False
        for sentence in (told for id_ in ids for told in self._sentences.get(id_, ()) if not told.asks):
            spoken = _letters(sentence.tokens)
            places = [at for at in range(len(spoken) - len(wanted) + 1) if spoken[at : at + len(wanted)] == wanted]
            if places:
                cut = all(at > 0 and spoken[at - 1] in _NO for at in places)
                return not cut and negated(sentence.tokens, self.lexicon) is negated(tokens, self.lexicon)
        return False

    def denials(self, ids: Iterable[int], tokens: Sequence[Token]) -> tuple[int, int] | None:
        """How often these words say no, and how often the talk does where they stand side by side but for that; None: they do not.

        The sentence with the least difference counts, since one who says a thing twice may say it in two ways.
        """
        wanted = [word for word in _letters(tokens) if word not in _NO]
        if len(wanted) < _QUOTE:
            return None
        written = sum(token.text in _NO for token in tokens)
        said = [
            number
            for sentence in (told for id_ in ids for told in self._sentences.get(id_, ()) if not told.asks)
            for number in _denials(_letters(sentence.tokens), wanted)
        ]
        return (written, min(said, key=lambda number: abs(number - written))) if said else None

    def quote(self, ids: Iterable[int], about: str) -> str:
        """The last sentence of these utterances that speaks of this, as it was said; of several, none: the last of them all."""
        wanted = {stem(word) for word in about.lower().split()}
        spoken = [sentence for id_ in ids for sentence in self._sentences.get(id_, ())]
        naming = [s for s in spoken if wanted & {stem(token.text) for token in s.tokens}]
        return next((s.text for s in reversed(naming or spoken)), "")

    def unsure(self, id_: int) -> Iterator[Token]:
        """The tokens of an utterance that rest on a word of low probability."""
        words = self._unsure.get(id_)
        for sentence in self._sentences.get(id_, ()) if words else ():
            for token in sentence.tokens:
                if words and words & set(sentence.text[token.start : token.end].lower().split()):
                    yield token

    def terms(self, ids: Iterable[int]) -> frozenset[str]:
        """What the lexicon calls what was said in these utterances: looked up where the words themselves were not said."""
        for id_ in ids:
            if id_ not in self._terms:
                self._terms[id_] = frozenset(
                    name for tokens in self._tokens(id_) for name in terms(tokens, self.lexicon).values()
                )
        return frozenset[str]().union(*(self._terms[id_] for id_ in ids))

    def _tokens(self, id_: int) -> Iterator[Sequence[Token]]:
        """Of its sentences, and of the questions that it answers."""
        yield from (sentence.tokens for sentence in self._sentences.get(id_, ()))
        for claim in self._claims.get(id_, ()):
            if claim.evidence[0] != id_ or claim.asked:
                yield (*claim.asked, *claim.tokens)

    def _read(self, id_: int) -> Passage:
        whole = Passage()
        for tokens in self._tokens(id_):
            whole |= passage(tokens, self.lexicon)
        return whole


def heard(transcript: Transcript, lexicon: Lexicon, facts: Sequence[Fact] | None = None) -> Said:
    """A transcript laid out; `facts` where they were found already."""
    lexicon = lexicon.listening()
    spoken = sentences(transcript)
    made = claiming.claims(spoken, lexicon)
    return laid_out(transcript, spoken, made, finding.found(made, lexicon) if facts is None else facts, lexicon)


def laid_out(
    transcript: Transcript, told: Sequence[Sentence], made: Sequence[Claim], found: Sequence[Fact], lexicon: Lexicon
) -> Said:
    """A transcript laid out, of which the sentences, the claims and the facts are known."""
    spoken = repaired(told, lexicon)
    aside = overheard(spoken, lexicon)
    by_subject: dict[Subject, list[Fact]] = defaultdict(list)
    for fact in found:
        by_subject[subject(fact, lexicon)].append(fact)
    by_utterance: dict[int, list[Sentence]] = defaultdict(list)
    where: dict[str, list[int]] = defaultdict(list)
    for place, sentence in enumerate(spoken):
        if place in aside:
            continue
        for id_ in sentence.ids:
            by_utterance[id_].append(sentence)
        for word in {stem(token.text) for token in sentence.tokens if token.text[0].isalpha()}:
            where[word].append(sentence.id)
    claims_of: dict[int, list[Claim]] = defaultdict(list)
    for claim in made:
        for id_ in claim.evidence:
            claims_of[id_].append(claim)
    unsure = {
        said.id: frozenset(word.text.lower().strip(".,?!") for word in said.words if word.probability < UNSURE)
        for said in transcript.utterances
    }
    order = {id_: at for at, id_ in enumerate(sorted(by_utterance))}
    return Said(lexicon, tuple(found), by_subject, by_utterance, claims_of, where, order, unsure)


def _denials(spoken: Sequence[str], wanted: Sequence[str]) -> Iterator[int]:
    """How many words say no in each place where these stand side by side but for them, those just before it included."""
    plain = [at for at, word in enumerate(spoken) if word not in _NO]
    for first in range(len(plain) - len(wanted) + 1):
        places = plain[first : first + len(wanted)]
        if [spoken[at] for at in places] == wanted:
            begin = plain[first - 1] + 1 if first else 0
            yield sum(word in _NO for word in spoken[begin : places[-1] + 1])


def _letters(tokens: Sequence[Token]) -> list[str]:
    return [token.text for token in tokens if token.text[0].isalnum()]

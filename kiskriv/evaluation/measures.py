"""How a note fares against what a right one holds: facts found, missed and contradicted, by kind; what was never said. Pure (R24).

A fact of the reference is found where one statement of the note says it: typed, by what the note's own words mean (`facts.stated`), or,
by `words`, where all its words stand in one statement, which asks nothing of our reading. Overlap of words measures neither.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from kiskriv.draft import facts
from kiskriv.draft.against.comparison import differences, same, subject
from kiskriv.draft.fact import Fact, Kind, Quantity, Time
from kiskriv.draft.lexicon import Lexicon
from kiskriv.evaluation.material import Gold, Reference
from kiskriv.note import Concern, Mark, Note

_FIELDS: Final = ("side", "body", "value", "dose", "duration")
"""What a note must say too, where the reference says it. A rhythm may be said in many ways: it may not contradict."""


@dataclass(frozen=True)
class Tally:
    """Of one kind of fact: how many there are, how many were found as typed facts and by their words, how many a note contradicts."""

    facts: int = 0
    typed: int = 0
    by_words: int = 0
    contradicted: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.facts + other.facts,
            self.typed + other.typed,
            self.by_words + other.by_words,
            self.contradicted + other.contradicted,
        )


@dataclass(frozen=True)
class Stated:
    """Of one kind of fact that a note states: how many a fact of the reference agrees with, contradicts, or knows nothing of."""

    right: int = 0
    wrong: int = 0
    beyond: int = 0
    """No error by that: a reference does not hold all that was said, and whether it was said at all is for the marks to tell."""

    def __add__(self, other: Stated) -> Stated:
        return Stated(self.right + other.right, self.wrong + other.wrong, self.beyond + other.beyond)


@dataclass(frozen=True, repr=False)
class Score:
    """Of one note. `critical` and `other` by kind; `missed`: what was not found by its words; numbers of statements and words."""

    critical: dict[Kind, Tally]
    other: dict[Kind, Tally]
    missed: tuple[Gold, ...]
    contradictions: tuple[tuple[Gold, Fact], ...]
    forbidden: tuple[str, ...]
    statements: int
    words: int
    marked: Counter[Concern] = field(default_factory=Counter)
    """Statements of the note by the gravest concern about them."""
    omitted: int = 0
    stated: dict[Kind, Stated] = field(default_factory=dict)
    """The note's own facts by kind."""

    def __repr__(self) -> str:
        return f"<Score, {len(self.missed)} missed, {len(self.contradictions)} contradicted>"


def score(reference: Reference, note: Note, marks: Sequence[Mark], lexicon: Lexicon) -> Score:
    """The note against the reference."""
    stated = [
        fact
        for place, (heading, text) in enumerate(_statements(note))
        for fact in facts.stated(text, place, lexicon, heading)
    ]
    texts = [text.lower() for _, text in _statements(note)]
    tallies: dict[bool, dict[Kind, Tally]] = {True: defaultdict(Tally), False: defaultdict(Tally)}
    missed, contradictions = [], []
    for gold in reference.facts:
        against = contradicted(gold.fact, stated, [other.fact for other in reference.facts], lexicon)
        found = any(says(text, gold.words) for text in texts)
        if against is not None:
            contradictions.append((gold, against))
        if not found:
            missed.append(gold)
        typed = any(states(fact, gold.fact, lexicon) for fact in stated)
        tallies[gold.critical][gold.fact.kind] += Tally(1, typed, found, against is not None)
    whole = " ".join(texts)
    return Score(
        dict(tallies[True]),
        dict(tallies[False]),
        tuple(missed),
        tuple(contradictions),
        tuple(text for text in reference.forbidden if stands_in(text, whole)),
        len(texts),
        len(note.text.split()),
        _marked(marks),
        sum(mark.concern is Concern.OMITTED for mark in marks),
        _stated(stated, [gold.fact for gold in reference.facts], lexicon),
    )


def says(text: str, words: Sequence[str]) -> bool:
    """Whether all these words stand in this text of lower case: a number not as part of a longer one."""
    return bool(words) and all(any(_stands(one.lower(), text) for one in each.split("|")) for each in words)


def stands_in(forbidden: str, text: str) -> bool:
    """Whether it stands in this text of lower case as whole words."""
    return re.search(rf"(?<!\w){re.escape(forbidden.lower())}(?!\w)", text) is not None


def contradicted(gold: Fact, stated: Iterable[Fact], all_gold: Sequence[Fact], lexicon: Lexicon) -> Fact | None:
    """A fact of the note with the same subject that says otherwise, and that no other fact of the reference says."""
    of = subject(gold, lexicon)
    for fact in stated:
        if subject(fact, lexicon) != of or not _comparable(fact, gold) or not differences(fact, gold):
            continue
        if not any(subject(other, lexicon) == of and not differences(fact, other) for other in all_gold):
            return fact
    return None


def _comparable(fact: Fact, gold: Fact) -> bool:
    """Two pains in two places, or two kinds of control, are two things."""
    same_body = not (fact.body and gold.body) or fact.body == gold.body
    return same_body and fact.about is gold.about


def _stated(stated: Iterable[Fact], reference: Sequence[Fact], lexicon: Lexicon) -> dict[Kind, Stated]:
    counts: dict[Kind, Stated] = defaultdict(Stated)
    for fact in stated:
        of = subject(fact, lexicon)
        alike = [gold for gold in reference if subject(gold, lexicon) == of and _comparable(fact, gold)]
        right = any(not differences(fact, gold) for gold in alike)
        counts[fact.kind] += Stated(right, bool(alike) and not right, not alike)
    return dict(counts)


def states(fact: Fact, gold: Fact, lexicon: Lexicon) -> bool:
    if subject(fact, lexicon) != subject(gold, lexicon) or differences(fact, gold):
        return False
    if fact.polarity is not gold.polarity or (fact.time is Time.PAST) is not (gold.time is Time.PAST):
        return False
    return all(_has(getattr(fact, name), getattr(gold, name)) for name in _FIELDS)


def _has(said: object, wanted: object) -> bool:
    if not wanted:
        return True
    if isinstance(said, Quantity) and isinstance(wanted, Quantity):
        return same(said, wanted) or (not wanted.unit and (said.value, said.to) == (wanted.value, wanted.to))
    return said == wanted


def _stands(word: str, text: str) -> bool:
    left = r"(?<![\d,])(?<!\d\.)" if word[:1].isdigit() else ""
    right = r"(?![\d])(?!,\d)" if word[-1:].isdigit() else ""
    return re.search(left + re.escape(word) + right, text) is not None


def _statements(note: Note) -> Iterator[tuple[str, str]]:
    return ((section.heading, statement.text) for section in note.sections for statement in section.statements)


def _marked(marks: Iterable[Mark]) -> Counter[Concern]:
    gravest: dict[int, Concern] = {}
    order = list(Concern)
    for mark in marks:
        if mark.statement is not None:
            before = gravest.get(mark.statement, mark.concern)
            gravest[mark.statement] = min(before, mark.concern, key=order.index)
    return Counter(gravest.values())

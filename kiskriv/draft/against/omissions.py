"""What a note left out, of that which it may not leave out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kiskriv.draft.against.comparison import Subject, told
from kiskriv.draft.against.echoes import stem
from kiskriv.draft.against.said import Said
from kiskriv.draft.against.verdicts import Reading
from kiskriv.draft.fact import About, Action, Fact, Kind, Polarity, Time
from kiskriv.note import Concern, Mark

_ONCE: Final = 2
"""Utterances in which a thing is told once: a question and its answer."""
_QUALITIES: Final = ("value", "side", "dose")
"""Fields without which a critical fact is not told."""


def omitted(read: Sequence[Reading], said: Said) -> Iterator[Mark]:
    """A mark for each critical fact that no statement holds."""
    main = next((fact for fact in said.facts if fact.kind is Kind.SYMPTOM and told(fact)), None)
    for of, facts in said.subjects.items():
        named = {stem(word) for word in of.name.split()}
        for fact in facts:
            if _critical(fact, main) and not any(_holds(reading, fact, of, named) for reading in read):
                yield Mark(Concern.OMITTED, None, fact.kind, "", said.quote(fact.evidence, fact.name), fact.evidence)


def _critical(fact: Fact, main: Fact | None) -> bool:
    """What a note may not leave out. Of symptoms: the first, and those that have a side, a span of time, or came up again."""
    match fact.kind:
        case Kind.MEDICATION:
            critical = fact.polarity is Polarity.AFFIRMED and (
                fact.time is not Time.PAST or fact.action is Action.STOPPED
            )
        case Kind.ALLERGY:
            critical = fact.polarity is not Polarity.UNCERTAIN
        case Kind.VITAL | Kind.LAB:
            critical = fact.value is not None and fact.time is not Time.PAST
        case Kind.SYMPTOM:
            again = len(fact.evidence) > _ONCE
            critical = told(fact) and (fact is main or again or bool(fact.side or fact.duration))
        case Kind.FINDING:
            critical = False
        case Kind.SICK_LEAVE | Kind.REFERRAL | Kind.FOLLOW_UP:
            critical = told(fact)
    return critical and fact.about is About.PATIENT


def _holds(reading: Reading, fact: Fact, of: Subject, named: set[str]) -> bool:
    """Whether a statement tells this fact: by a fact of its own, or in its words where it rests on the same talk."""
    for verdict, stated in zip(reading.verdicts, reading.subjects, strict=True):
        if stated == of or fact in (verdict.backing, verdict.against):
            return all(getattr(verdict.fact, quality) or not getattr(fact, quality) for quality in _QUALITIES)
    return named <= reading.stems and not set(reading.ids).isdisjoint(fact.evidence)

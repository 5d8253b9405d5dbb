"""What a line of a note is about: a template says which topics stand under which heading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from kiskriv.draft.fact import About, Action, Fact, Kind, Polarity, Time


class Topic(StrEnum):
    """In the order in which a note is usually read."""

    COMPLAINT = "complaint"
    """What the patient comes with: symptoms that are there now."""
    STORY = "story"
    """How it came, what makes it better or worse, in the patient's own words."""
    WISH = "wish"
    """What the patient wants, hopes or fears, in the patient's own words."""
    WORK = "work"
    """Work, home and what the patient manages, in the patient's own words."""
    DENIED = "denied"
    """What the patient does not have."""
    BACKGROUND = "background"
    """Diseases, and what was."""
    FAMILY = "family"
    HABITS = "habits"
    MEDICATION = "medication"
    """What is in use, or was."""
    ALLERGY = "allergy"
    FINDINGS = "findings"
    MEASURES = "measures"
    """Blood pressure, temperature and the like, and laboratory values."""
    ASSESSMENT = "assessment"
    """What the doctor thinks, in the doctor's own words."""
    PRESCRIPTION = "prescription"
    """What is begun, changed or stopped."""
    REFERRAL = "referral"
    SICK_LEAVE = "sick-leave"
    ADVICE = "advice"
    """What the doctor advises or will do, in the doctor's own words."""
    FOLLOW_UP = "follow-up"


GROUPS: Final[Mapping[str, tuple[Topic, ...]]] = MappingProxyType(
    {
        "history": (Topic.COMPLAINT, Topic.STORY, Topic.WISH, Topic.WORK, Topic.DENIED),
        "plan": (Topic.PRESCRIPTION, Topic.REFERRAL, Topic.SICK_LEAVE, Topic.ADVICE, Topic.FOLLOW_UP),
    }
)
"""Names that stand for several topics, in this order."""


ALL_DRUGS: Final = ("faste medisiner", "medisiner", "medisin", "legemidler", "faste legemidler")
"""Names that mean every drug."""


def topic(fact: Fact, category: str, *, told: bool) -> Topic | None:
    """Where a fact stands; None: nowhere.

    `category`: the lexicon's word for what is told (`condition`, `habit`); `told`: it was the patient, or who came along, who said so.
    """
    if fact.about is About.OTHER:
        return None
    if fact.about is About.RELATIVE:
        return Topic.FAMILY if category == "condition" and fact.polarity is not Polarity.UNCERTAIN else None
    return _TOPICS[fact.kind](fact, category, told)


def _medication(fact: Fact, category: str, told: bool) -> Topic | None:
    if (
        fact.polarity is Polarity.DENIED
        and fact.time is not Time.PLANNED
        and fact.name not in ALL_DRUGS
        and len(fact.evidence) < 2
    ):
        return None  # named in passing; what the doctor asked for has the question as evidence too
    if fact.time is Time.PAST:
        return Topic.MEDICATION
    begun = fact.action in (Action.STARTED, Action.CHANGED, Action.STOPPED) and not told
    return Topic.PRESCRIPTION if begun or fact.time is Time.PLANNED else Topic.MEDICATION


def _symptom(fact: Fact, category: str, told: bool) -> Topic | None:
    if fact.time is Time.PLANNED:
        return None
    if category == "habit":
        return Topic.HABITS
    if not told and category != "condition":
        return None  # the doctor alone spoke of it: explained it, or feared it
    if fact.polarity is Polarity.DENIED:
        return Topic.DENIED
    return Topic.BACKGROUND if fact.time is Time.PAST or category == "condition" else Topic.COMPLAINT


def _measure(fact: Fact, category: str, told: bool) -> Topic:
    return Topic.COMPLAINT if told else Topic.MEASURES


def _referral(fact: Fact, category: str, told: bool) -> Topic:
    if fact.time is Time.PAST:
        return Topic.BACKGROUND
    return Topic.WISH if fact.polarity is Polarity.UNCERTAIN else Topic.REFERRAL


def _sick_leave(fact: Fact, category: str, told: bool) -> Topic:
    return Topic.BACKGROUND if fact.time is Time.PAST else Topic.SICK_LEAVE


def _always(place: Topic) -> Callable[[Fact, str, bool], Topic]:
    return lambda fact, category, told: place


_TOPICS: Final[Mapping[Kind, Callable[[Fact, str, bool], Topic | None]]] = {
    Kind.MEDICATION: _medication,
    Kind.ALLERGY: _always(Topic.ALLERGY),
    Kind.SYMPTOM: _symptom,
    Kind.FINDING: _always(Topic.FINDINGS),
    Kind.VITAL: _measure,
    Kind.LAB: _measure,
    Kind.FOLLOW_UP: _always(Topic.FOLLOW_UP),
    Kind.SICK_LEAVE: _sick_leave,
    Kind.REFERRAL: _referral,
}

PLACES: Final[Mapping[Kind, tuple[Topic, ...]]] = {
    Kind.MEDICATION: (Topic.MEDICATION, Topic.PRESCRIPTION),
    Kind.ALLERGY: (Topic.ALLERGY,),
    Kind.SYMPTOM: (Topic.COMPLAINT,),
    Kind.FINDING: (Topic.FINDINGS,),
    Kind.VITAL: (Topic.MEASURES,),
    Kind.LAB: (Topic.MEASURES,),
    Kind.FOLLOW_UP: (Topic.FOLLOW_UP,),
    Kind.SICK_LEAVE: (Topic.SICK_LEAVE,),
    Kind.REFERRAL: (Topic.REFERRAL,),
}
"""Where all critical facts of a kind are: what has not all of these, is not asked for that kind."""

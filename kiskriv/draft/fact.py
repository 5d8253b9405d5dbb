"""What was said that a note may not get wrong: typed, with who and when it is about, and where it was said.

Names and units are canonical, whatever form was spoken: a name as the lexicon writes it in bokmål (`Term.nb`), units out of `UNITS`, so
that what was said and what is written can be compared. A repr gives kinds and places, never content.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a fact is about."""

    MEDICATION = "medication"
    ALLERGY = "allergy"
    SYMPTOM = "symptom"
    """A complaint, a disease, an event: told, not examined."""
    FINDING = "finding"
    """What the doctor found on examination, in words."""
    VITAL = "vital"
    """Blood pressure, pulse, temperature, saturation, respiration, weight, height."""
    LAB = "lab"
    FOLLOW_UP = "follow-up"
    SICK_LEAVE = "sick-leave"
    REFERRAL = "referral"


class Polarity(StrEnum):
    """Whether it is so."""

    AFFIRMED = "affirmed"
    DENIED = "denied"
    UNCERTAIN = "uncertain"


class Time(StrEnum):
    """When it is so."""

    PRESENT = "present"
    PAST = "past"
    """It was, and is not any more: «brukte Marevan før», «hadde astma som barn»."""
    PLANNED = "planned"
    """It shall be: what is started, ordered, agreed, or depends on something («hvis du får feber»)."""


class About(StrEnum):
    """Whom it is about."""

    PATIENT = "patient"
    RELATIVE = "relative"
    """Somebody of the patient's family: «mora mi hadde brystkreft»; also the relative's own, who came along."""
    OTHER = "other"
    """Somebody else: another patient overheard, a neighbour. Stays out of a note."""


class Side(StrEnum):
    """Which side of the body."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class Action(StrEnum):
    """What is done with a medication."""

    STARTED = "started"
    STOPPED = "stopped"
    CHANGED = "changed"
    CONTINUED = "continued"
    """It is in use, and goes on."""


UNITS: Final = (
    "mg", "g", "µg", "ml", "dl", "l", "IE", "mmol", "mg/ml", "mg/dag", "%",
    "tablet", "capsule", "drop", "puff", "sachet", "suppository", "injection", "spoon", "patch", "dose",
    "minute", "hour", "day", "week", "month", "year",
    "mmHg", "/min", "°C", "kg", "cm", "m", "mmol/l", "mmol/mol", "g/dl", "µmol/l", "pmol/l", "mU/l", "mg/l", "ml/min", "mm", "mm/h",
    "U/l", "nmol/l", "µg/l",
)  # fmt: skip
"""The canonical units: a spoken or written form is turned into one of these, or is none."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """`value` of `unit`; `to`: the other end of a range, or the diastolic pressure. Blood pressure 138/82 is Quantity(138, "mmHg", 82)."""

    value: Decimal
    unit: str
    to: Decimal | None = None

    def __str__(self) -> str:
        """`400 mg`, `1-2 tablet`, `138/82 mmHg`: canonical, not for people."""
        join = "/" if self.unit == "mmHg" else "-"
        return f"{plain(self.value)}{'' if self.to is None else join + plain(self.to)} {self.unit}".rstrip()

    def __repr__(self) -> str:
        return "<Quantity>"


def plain(value: Decimal) -> str:
    """Without an exponent or idle zeros, with a full stop: `400`, `2.5`."""
    return f"{value.normalize():f}"


@dataclass(frozen=True, slots=True, repr=False)
class Fact:
    """One fact. Fields that were not said are empty.

    `name`: the substance or brand; the allergen; the symptom, disease or finding; the measure; for a referral to whom; for follow-up what.
    `frequency`: words out of `N/day`, `N/week`, `N/month`, `A+B+C`, `A+B+C+D`, `as-needed`, `morning`, `noon`, `evening`, `night`, `meals`,
    `once`, joined by blanks. `duration`: how long it has lasted, shall last, or how far away (follow-up). `onset`: when it began, as said.
    `detail`: what belongs to it and has no field (an allergy's reaction, a pain's character, a strength), as it was said.
    """

    kind: Kind
    name: str
    evidence: tuple[int, ...]
    """Ids of the utterances that it rests on, in their order: a question and its answer are two."""
    polarity: Polarity = Polarity.AFFIRMED
    time: Time = Time.PRESENT
    about: About = About.PATIENT
    side: Side | None = None
    body: str = ""
    value: Quantity | None = None
    """Of a vital sign or lab value; a sick leave's percent."""
    dose: Quantity | None = None
    """What is taken at a time: `400 mg`, or `1 tablet` where no strength was said."""
    frequency: str = ""
    duration: Quantity | None = None
    onset: str = ""
    action: Action | None = None
    detail: str = ""
    spelling: str = ""
    """As it was heard, where that was no known name but much like this one: to be marked «sjekk»."""

    def __repr__(self) -> str:
        return f"<Fact {self.kind}, evidence {list(self.evidence)}>"

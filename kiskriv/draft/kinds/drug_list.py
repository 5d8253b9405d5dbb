"""The medications of a talk as far as it has come: said again it is one fact, and the later word of it holds. Pure.

What the patient takes, what was taken once, and what the doctor decides are each a fact of their own; brand and substance are one drug.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiskriv.draft.fact import About, Action, Fact, Polarity, Time
from kiskriv.draft.kinds.regimen import Regimen
from kiskriv.transcript import Role

_REACH = 4
"""Claims after which a drug is no longer what the talk is of."""


@dataclass(repr=False)
class Drug:
    """A fact as far as the talk has come, and when the talk was last of it: in which claim, in whose."""

    fact: Fact
    substance: str
    heard: int
    role: Role
    group: bool = False
    prescribed: bool = False

    @property
    def place(self) -> tuple[str, Time, About]:
        """One fact for each of these."""
        return self.substance, self.fact.time, self.fact.about

    @property
    def regimen(self) -> Regimen:
        """How it is taken."""
        return Regimen(self.fact.dose, self.fact.frequency, self.fact.duration, self.fact.detail)

    def take(self, how: Regimen, evidence: Sequence[int], heard: int) -> None:
        """It is told how it is taken: what is told now is put over what was."""
        how = how.over(self.regimen)
        self.fact = replace(
            self.fact, dose=how.dose, frequency=how.frequency, duration=how.duration, detail=how.note,
            evidence=together(self.fact.evidence, evidence),
        )  # fmt: skip
        self.heard = heard


_AT_ONCE = 2
"""Claims from «ja» to «men den sluttet jeg med»."""


class DrugList:
    """In the order in which they came up."""

    def __init__(self) -> None:
        self.drugs: list[Drug] = []

    def add(self, drug: Drug) -> None:
        """One more, or more of one that is there."""
        self._name_group(drug)
        if drug.fact.action is Action.STARTED and drug.fact.time is Time.PLANNED:
            self._go_on(drug)
        elif drug.fact.action in (Action.CONTINUED, None) and drug.role is Role.PRACTITIONER:
            self._explain(drug)
        elif drug.fact.action is Action.CHANGED:
            self._compare(drug)
        if drug.fact.action is Action.STOPPED or drug.fact.time is Time.PAST:
            self._forget_present(drug)
        if drug.fact.action is Action.STOPPED and drug.fact.time is Time.PLANNED:
            self._stay_stopped(drug)
        known = self._at(drug.place)
        if known is None:
            self.drugs.append(drug)
        elif known.fact.polarity is not drug.fact.polarity and not drug.group:
            known.fact = replace(drug.fact, evidence=together(known.fact.evidence, drug.fact.evidence))
            known.heard, known.role = drug.heard, drug.role
        else:
            known.fact = _merged(known.fact, drug.fact)
            known.heard, known.role = drug.heard, drug.role

    def of(self, substance: str) -> Drug | None:
        """The last of this substance."""
        return next((drug for drug in reversed(self.drugs) if drug.substance == substance), None)

    def recent(self, heard: int, decided: bool = False) -> Drug | None:
        """What the talk is of in this claim; where both are, what is decided rather than what is in use, or the other way round."""
        near = [drug for drug in self.drugs if heard - drug.heard <= _REACH]
        return max(
            reversed(near), key=lambda drug: (drug.heard, (drug.fact.time is Time.PLANNED) is decided), default=None
        )

    def withdraw(self, heard: int, allergic: str = "") -> None:
        """What the doctor has just started comes to nothing after all; with a substance, because it is not tolerated."""
        started = (
            drug
            for drug in reversed(self.drugs)
            if drug.role is Role.PRACTITIONER and drug.fact.action is Action.STARTED and drug.fact.time is Time.PLANNED
        )
        drug = next((each for each in started if not allergic or each.substance == allergic), None)
        if drug is not None and (allergic or heard - drug.heard <= _REACH):
            self.drugs.remove(drug)

    def touch(self, substance: str, heard: int) -> None:
        """The talk is of it again."""
        drug = self.of(substance)
        if drug is not None:
            drug.heard = heard

    def _at(self, place: tuple[str, Time, About]) -> Drug | None:
        return next((drug for drug in self.drugs if drug.place == place), None)

    def _name_group(self, drug: Drug) -> None:
        """«p-piller. Loette heter de.»: the group gets its name."""
        last = self.drugs[-1] if self.drugs else None
        if drug.group or last is None or not last.group or drug.heard - last.heard > 1 or last.fact.dose:
            return
        alike = last.fact.polarity is drug.fact.polarity is Polarity.AFFIRMED and last.fact.about is drug.fact.about
        if alike and (last.fact.time is drug.fact.time or drug.fact.action is None):
            named = replace(_merged(last.fact, drug.fact), name=drug.fact.name, spelling=drug.fact.spelling)
            drug.fact = named if drug.fact.action else replace(named, time=last.fact.time)
            self.drugs.remove(last)

    def _go_on(self, drug: Drug) -> None:
        """What is in use is not started: it goes on, as it is told now. What was only tried for once can be."""
        used = self._at((drug.substance, Time.PRESENT, drug.fact.about))
        if (
            used is None
            or used.fact.action not in (Action.CONTINUED, None)
            or used.fact.polarity is not Polarity.AFFIRMED
        ):
            return
        new = drug.fact
        if used.fact.frequency or drug.prescribed or not (new.dose or new.frequency):
            if _differs(used.fact, new) and drug.role is Role.PRACTITIONER:
                drug.fact = replace(new, action=Action.CHANGED)
                self._compare(drug)
            else:
                drug.fact = replace(new, action=Action.CONTINUED, time=Time.PRESENT)

    def _explain(self, drug: Drug) -> None:
        """A doctor who tells how it is taken what he has just started."""
        begun = self._at((drug.substance, Time.PLANNED, drug.fact.about))
        if begun is not None and begun.fact.action in (Action.STARTED, Action.CHANGED) and self._at(drug.place) is None:
            drug.fact = replace(drug.fact, time=Time.PLANNED, action=begun.fact.action)

    def _compare(self, drug: Drug) -> None:
        """With what it was before, where that is known: «fra 50 mg»."""
        used = self._at((drug.substance, Time.PRESENT, drug.fact.about))
        old, new = used.fact.dose if used else None, drug.fact.dose
        if old and new and old.unit == new.unit and old != new and "fra " not in drug.fact.detail:
            before = f"fra {old}".replace(".", ",")
            drug.fact = replace(drug.fact, detail=", ".join(filter(None, (before, drug.fact.detail))))

    def _stay_stopped(self, drug: Drug) -> None:
        """What was stopped before cannot be stopped now: «Simvastatin ut»."""
        past = self._at((drug.substance, Time.PAST, drug.fact.about))
        using = self._at((drug.substance, Time.PRESENT, drug.fact.about))
        if past is not None and past.fact.action is Action.STOPPED and using is None:
            drug.fact = replace(drug.fact, time=Time.PAST)

    def _forget_present(self, drug: Drug) -> None:
        """«Nei, den sluttet jeg med»: says more than that it is not taken, and undoes what the doctor took for so."""
        now = self._at((drug.substance, Time.PRESENT, drug.fact.about))
        doctors = now is not None and (now.role is Role.PRACTITIONER is not drug.role)
        told = now is not None and bool(now.fact.dose or now.fact.frequency)
        at_once = (
            now is not None and not told and drug.heard - now.heard <= _AT_ONCE and drug.role is not Role.PRACTITIONER
        )
        supposed = drug.fact.time is Time.PAST and (doctors or at_once)
        if now is not None and (supposed or now.fact.polarity is Polarity.DENIED):
            drug.fact = replace(drug.fact, evidence=together(now.fact.evidence, drug.fact.evidence))
            self.drugs.remove(now)


def _differs(used: Fact, new: Fact) -> bool:
    """Both are told with a dose of one unit, or how often, and not alike."""
    doses = used.dose is not None and new.dose is not None and used.dose.unit == new.dose.unit and used.dose != new.dose
    often = bool(used.frequency and new.frequency) and used.frequency.split()[0] != new.frequency.split()[0]
    return doses or (often and (used.dose is None or new.dose is None or used.dose.unit == new.dose.unit))


def together(first: Sequence[int], second: Sequence[int]) -> tuple[int, ...]:
    """The evidence of both, in order."""
    return tuple(sorted({*first, *second}))


def _merged(old: Fact, new: Fact) -> Fact:
    """What was said later, where it says something; the name that a dose was said of, else the first."""
    how = Regimen(new.dose, new.frequency, new.duration).over(Regimen(old.dose, old.frequency, old.duration))
    name = new if new.dose and not old.dose else old
    details = [old.detail, new.detail] if old.detail not in new.detail else [new.detail]
    return replace(
        new, name=name.name, spelling=name.spelling, evidence=together(old.evidence, new.evidence),
        dose=how.dose, frequency=how.frequency, duration=how.duration, onset=new.onset or old.onset,
        action=new.action or old.action, detail=old.detail if new.detail in old.detail else ", ".join(filter(None, details)),
    )  # fmt: skip

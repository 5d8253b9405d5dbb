"""Medications: which, how much, how often, how long, and whether it is started, stopped, changed or goes on. Pure.

What the patient takes now and what the doctor decides are two facts of one drug; brand and substance are one drug. What is told of how it is
taken without a name («en tablett tre ganger daglig», «den slutter vi med») belongs to the drug that the talk was of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from kiskriv.draft import numerals
from kiskriv.draft.deeds import Deed, deeds
from kiskriv.draft.allergies import is_allergen
from kiskriv.draft.claims import Claim
from kiskriv.draft.drug_names import DrugName, DrugNames
from kiskriv.draft.fact import About, Action, Fact, Kind, Polarity, Quantity, Time, plain
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.reading import Token
from kiskriv.draft.reading import tokens as read
from kiskriv.draft.regimen import PIECES, STRENGTHS, Part, Regimen, parts, regimen
from kiskriv.transcript import Role

_REACH: Final = 4
"""Claims after which a drug is no longer what the talk is of."""
_IT: Final = frozenset(
    """den det dei de disse desse denne dem medisinen tabletten tablettene tablettane dosen kuren sprayen plasteret
    begge""".split()
)
_HOW_MUCH: Final = frozenset(
    "mye mykje mange dose dosen styrke styrken milligram mg ofte lenge lenger tabletter tablettar".split()
)
_PLACES: Final = ("morning", "noon", "evening", "night")
_PLAN_HEADING: Final = re.compile(r"tiltak|plan|behandling", re.I)
_ASIDE: Final = re.compile(r"\(([^()]+)\)")


def found(made: Sequence[Claim], lexicon: Lexicon) -> Iterator[Fact]:
    """The facts of this kind, in the order of the claims."""
    talk = _Talk(lexicon)
    for claim in made:
        talk.hear(claim)
    yield from (drug.fact for drug in talk.drugs)


@dataclass
class _Drug:
    """A fact as far as the talk has come, and when the talk was last of it."""

    fact: Fact
    substance: str
    heard: int
    group: bool
    role: Role

    @property
    def decided(self) -> bool:
        return self.fact.time is Time.PLANNED

    @property
    def place(self) -> tuple[str, Time, About]:
        """One fact for each of these."""
        return self.substance, self.fact.time, self.fact.about


class _Talk:
    """What was said of medications so far."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.drugs: list[_Drug] = []
        self._lexicon = lexicon
        self._names = DrugNames(lexicon)
        self._claim = 0

    def hear(self, claim: Claim) -> None:
        """One more claim."""
        self._claim += 1
        names = tuple(
            name for name in self._names.named(claim) if not is_allergen(claim, name, self._lexicon)
        )
        if names:
            self._named(claim, names)
        else:
            self._unnamed(claim)

    # -- a drug is named ------------------------------------------------------------------------------------------------------

    def _named(self, claim: Claim, names: Sequence[DrugName]) -> None:
        done = deeds(claim, names, self._lexicon)
        said = parts(claim.tokens, self._lexicon, claim.text)
        for at, (name, deed) in enumerate(zip(names, done, strict=True)):
            start = names[at - 1].end if at else 0
            end = names[at + 1].start if at + 1 < len(names) else len(claim.tokens)
            own = [
                part
                for part in said
                if self._belongs(part, name, start, end, first=not at, last=at + 1 == len(names), claim=claim)
            ]
            self._tell(claim, name, deed, own)

    def _belongs(self, part: Part, name: DrugName, start: int, end: int, first: bool, last: bool, claim: Claim) -> bool:
        """After the name and before the next; or straight before it («400 mg Ibux», «to Paracet»)."""
        leads = (
            part.end <= name.start <= part.end + 2
            and part.dose is not None
            and not _parted(claim, part.end, name.start)
        )
        if part.start >= name.end:
            nearer_next = not last and part.dose is not None and part.end == end and part.start > name.end
            return part.end <= end and not nearer_next
        return part.start >= start and part.end <= name.start and (first or leads)

    def _tell(self, claim: Claim, name: DrugName, deed: Deed, said: Sequence[Part]) -> None:
        if deed.aside:
            return
        polarity, time, action = deed.polarity, deed.time, deed.action
        if name.generic and polarity is not Polarity.DENIED:
            return
        how = self._regimen(claim, name, said, deed) if polarity is not Polarity.DENIED else Regimen()
        if action is None and not claim.written:
            if claim.role is Role.PRACTITIONER and claim.answer is None:
                inherited = self._inherited(claim)
                if inherited is None and not how:
                    return
                action, time = inherited or (None, time)
            elif polarity is Polarity.AFFIRMED and time is Time.PRESENT and (how or claim.asked or claim.answer):
                action = Action.CONTINUED
        if (
            claim.written
            and action is None
            and polarity is Polarity.AFFIRMED
            and time is Time.PRESENT
            and _PLAN_HEADING.search(claim.heading)
        ):
            action, time = Action.STARTED, Time.PLANNED
        fact = Fact(
            Kind.MEDICATION, name.name, claim.evidence, polarity, time, deed.about,
            dose=how.dose, frequency=how.frequency, duration=how.duration, action=action,
            detail=", ".join(filter(None, (deed.note, how.note))), spelling=name.spelling,
        )  # fmt: skip
        self._add(_Drug(fact, self._names.substance(name.name), self._claim, name.group, claim.role))

    def _inherited(self, claim: Claim) -> tuple[Action, Time] | None:
        """A doctor who goes on listing goes on doing what he did: «Og Doxylin, 200 milligram»."""
        if not self.drugs:
            return None
        last = max(self.drugs, key=lambda drug: drug.heard)
        near = self._claim - last.heard <= 2 and last.role == claim.role
        return (Action.STARTED, Time.PLANNED) if near and last.fact.action is Action.STARTED and last.decided else None

    def _add(self, drug: _Drug) -> None:
        """To what is known: a drug said again is one fact, and the later word of it holds."""
        self._name_group(drug)
        if drug.fact.action is Action.STARTED and drug.decided:
            used = self._at((drug.substance, Time.PRESENT, drug.fact.about))
            if used is not None and used.fact.action is Action.CONTINUED and used.fact.polarity is Polarity.AFFIRMED:
                drug = self._started_again(drug, used)
        elif drug.fact.action is Action.CONTINUED and drug.role is Role.PRACTITIONER:
            begun = self._at((drug.substance, Time.PLANNED, drug.fact.about))
            if begun is not None and begun.fact.action is Action.STARTED and self._at(drug.place) is None:
                drug.fact = replace(drug.fact, time=Time.PLANNED, action=Action.STARTED)
        if drug.fact.action is Action.CHANGED and drug.decided:
            drug.fact = self._changed(drug)
        if drug.fact.action is Action.STOPPED and drug.fact.time is Time.PAST:
            self._forget_denied(drug)
        known = self._at(drug.place)
        if known is None:
            self.drugs.append(drug)
        else:
            known.fact = _merged(known.fact, drug.fact)
            known.heard = drug.heard
            known.role = drug.role

    def _at(self, place: tuple[str, Time, About]) -> _Drug | None:
        return next((drug for drug in self.drugs if drug.place == place), None)

    def _name_group(self, drug: _Drug) -> None:
        """«p-piller. Loette heter de.»: the group gets its name."""
        if drug.group or not self.drugs:
            return
        last = self.drugs[-1]
        fits = last.fact.time is drug.fact.time and last.fact.polarity is drug.fact.polarity is Polarity.AFFIRMED
        if last.group and fits and self._claim - last.heard <= 1 and not last.fact.dose:
            drug.fact = replace(_merged(last.fact, drug.fact), name=drug.fact.name, spelling=drug.fact.spelling)
            self.drugs.remove(last)

    def _started_again(self, drug: _Drug, used: _Drug) -> _Drug:
        """What is in use cannot be started: it goes on, or is taken otherwise."""
        new, old = drug.fact, used.fact
        differs = bool(new.dose and new.dose != old.dose) or bool(new.frequency and new.frequency != old.frequency)
        if differs:
            drug.fact = replace(new, action=Action.CHANGED) if old.dose or old.frequency else new
        else:
            drug.fact = replace(new, action=Action.CONTINUED, time=Time.PRESENT)
        return drug

    def _changed(self, drug: _Drug) -> Fact:
        """With what it was before, where that is known: «fra 50 mg»."""
        new = drug.fact
        used = self._at((drug.substance, Time.PRESENT, new.about))
        if "fra " in new.detail or used is None or not used.fact.dose or not new.dose:
            return new
        old = used.fact.dose
        if old.unit != new.dose.unit or old == new.dose:
            return new
        return replace(new, detail=", ".join(filter(None, (f"fra {old}".replace(".", ","), new.detail))))

    def _forget_denied(self, drug: _Drug) -> None:
        """«Nei, den sluttet jeg med»: it is stopped, which says more than that it is not taken."""
        denied = self._at((drug.substance, Time.PRESENT, drug.fact.about))
        if denied is not None and denied.fact.polarity is Polarity.DENIED:
            drug.fact = replace(drug.fact, evidence=_together(denied.fact.evidence, drug.fact.evidence))
            self.drugs.remove(denied)

    # -- how it is taken ------------------------------------------------------------------------------------------------------

    def _regimen(self, claim: Claim, name: DrugName, said: Sequence[Part], deed: Deed) -> Regimen:
        own = [part for part in said if part.bare is None]
        own += [dose for part in said if part.bare is not None and (dose := self._bare(claim, name, part, said, deed))]
        own += _single(claim, name, deed)
        before = self._before(claim, own) if deed.action is Action.CHANGED else ""
        if before:
            own = [part for part in own if part.dose is None or _preceding(claim, part) not in ("fra", "frå", "med")]
        how = regimen(sorted(_paired(claim, own), key=lambda part: part.start))
        aside = _ASIDE.search(claim.text) if claim.written else None
        notes = (before, how.note, aside[1] if aside else "")
        return replace(how, note=", ".join(dict.fromkeys(filter(None, notes))))

    def _bare(self, claim: Claim, name: DrugName, part: Part, said: Sequence[Part], deed: Deed) -> Part | None:
        """A number alone as a dose: straight after the name, before it («to Paracet»), or what it is changed to."""
        assert part.bare is not None
        tokens = claim.tokens
        between = [token.text for token in tokens[name.end : part.start]]
        after = tokens[part.end].text if part.end < len(tokens) else ""
        if part.end == name.start or (
            after in ("om", "av") and _text(tokens, part.end + 1) in ("gangen", "gongen", "gongon")
        ):
            return replace(part, bare=None, dose=Quantity(part.bare, "tablet"), note=_said(claim, part))
        follows = len(between) <= 1 and not set(between) - {",", "på", "depot", "retard", "til"}
        target = deed.action is Action.CHANGED and _preceding(claim, part) in ("til", "på")
        if not (follows or target) or part.bare >= 2000:
            return None
        unit = next(
            (other.dose.unit for other in said if other.dose and other.dose.unit in STRENGTHS), self._unit(name.name)
        )
        return replace(part, bare=None, dose=Quantity(part.bare, unit))

    def _before(self, claim: Claim, said: Sequence[Part]) -> str:
        """«fra 50 mg», «med 25 mg»: what is no new dose."""
        tokens = claim.tokens
        for at, token in enumerate(tokens[:-1]):
            if token.text in ("fra", "frå", "med") and (tokens[at + 1].value is not None):
                part = next((part for part in said if part.start == at + 1 and part.dose), None)
                end = part.end if part else at + 2
                if part is not None or token.text != "med":
                    return claim.text[token.start : tokens[end - 1].end]
        return ""

    def _unit(self, name: str) -> str:
        hits = self._lexicon.find(read(name), "strength-unit")
        return hits[0].term.nb if hits else "mg"

    # -- no drug is named -----------------------------------------------------------------------------------------------------

    def _unnamed(self, claim: Claim) -> None:
        topic = self._topic(claim)
        if topic is None:
            return
        words = {token.text for token in claim.tokens}
        said = parts(claim.tokens, self._lexicon, claim.text)
        here = DrugName(topic.fact.name, 0, 0, topic.group)
        (deed,) = deeds(claim, (here,), self._lexicon)
        if words & _IT and deed.explicit:
            self._tell(claim, here, deed, said)
            return
        if not said or not self._may_be_of_a_drug(claim, deed, words, said):
            return
        own = [*said]
        if claim.asked:
            own = [
                replace(p, bare=None, dose=Quantity(p.bare, self._answered_unit(claim, topic)))
                if p.bare is not None and len(said) == 1
                else p
                for p in said
            ]
        how = regimen(_paired(claim, [part for part in own if part.bare is None]))
        if how:
            before = topic.fact
            how = how.over(Regimen(before.dose, before.frequency, before.duration, before.detail))
            topic.fact = replace(
                before, dose=how.dose, frequency=how.frequency, duration=how.duration, detail=how.note,
                evidence=_together(before.evidence, claim.evidence),
            )  # fmt: skip
            topic.heard = self._claim

    def _answered_unit(self, claim: Claim, topic: _Drug) -> str:
        asked = {token.text for token in claim.asked}
        if asked & {"mange", "tabletter", "tablettar"}:
            return "tablet"
        return topic.fact.dose.unit if topic.fact.dose else self._unit(topic.fact.name)

    def _topic(self, claim: Claim) -> _Drug | None:
        """The drug that a question asked for, else the one last spoken of."""
        for hit in self._names.among(claim.asked):
            substance = self._names.substance(hit.term.nb)
            asked = [drug for drug in self.drugs if drug.substance == substance]
            if asked:
                return asked[-1]
            name = DrugName(hit.term.nb, hit.start, hit.end)
            if hit.term.nb not in ("medisiner", "faste medisiner"):
                question = replace(claim, tokens=claim.asked, asked=())
                said = parts(claim.asked, self._lexicon)
                how = self._regimen(
                    question, name, [p for p in said if p.start >= hit.end], deeds(question, (name,), self._lexicon)[0]
                )
                fact = Fact(
                    Kind.MEDICATION,
                    hit.term.nb,
                    claim.evidence,
                    dose=how.dose,
                    frequency=how.frequency,
                    action=Action.CONTINUED,
                )
                self.drugs.append(_Drug(fact, substance, self._claim, False, claim.role))
                return self.drugs[-1]
        recent = [drug for drug in self.drugs if self._claim - drug.heard <= _REACH]
        return max(recent, key=lambda drug: drug.heard, default=None)

    def _may_be_of_a_drug(self, claim: Claim, deed: Deed, words: set[str], said: Sequence[Part]) -> bool:
        """«Ta en tablett tre ganger om dagen», «morgen og kveld» to «Hvor ofte tar du den?»; not «to ganger om dagen» of a pain."""
        if claim.asked:
            asked = {token.text for token in claim.asked}
            return (
                self._lexicon.has(claim.asked, "takes-a-drug")
                or bool(asked & _HOW_MUCH)
                or bool(self._names.among(claim.asked))
            )
        dosed = any(part.dose is not None and part.dose.unit in STRENGTHS | PIECES for part in said)
        rhythm = any(part.frequency for part in said)
        return (
            dosed
            or (rhythm and (deed.explicit or bool(words & _IT)))
            or (bool(words & {"kur", "kuren", "kura"}) and bool(said))
        )


def _single(claim: Claim, name: DrugName, deed: Deed) -> Iterator[Part]:
    """«tok en Paracet»: one of them."""
    before = _text(claim.tokens, name.start - 1)
    taken = deed.action is Action.CONTINUED and deed.explicit and not name.group
    if taken and before in numerals.ONE and not claim.written:
        yield Part(name.start - 1, name.start, dose=Quantity(Decimal(1), "tablet"))


def _paired(claim: Claim, said: Sequence[Part]) -> list[Part]:
    """«en om morgenen og to om kvelden»: a number straight before a time of day is a number of tablets."""
    found: list[Part] = []
    counts: dict[str, Decimal] = {}
    for part in said:
        found.append(part)
        count = _count(claim.tokens, part.start - 1) if part.frequency in _PLACES else None
        if count is not None:
            counts[part.frequency] = count
            text = claim.text[claim.tokens[part.start - 1].start : claim.tokens[part.end - 1].end]
            found.append(Part(part.start - 1, part.end, dose=Quantity(count, "tablet"), note=text))
    if len(set(counts.values())) < 2:
        return found
    places = _PLACES if "night" in counts else _PLACES[:3]
    plan = "+".join(plain(counts.get(place, Decimal(0))) for place in places)
    rest = [part for part in found if part.frequency not in counts and not (part.dose and part.dose.unit == "tablet")]
    return [*rest, Part(0, 1, frequency=plan)]


def _count(tokens: Sequence[Token], at: int) -> Decimal | None:
    if at < 0:
        return None
    return Decimal(1) if tokens[at].text in numerals.ONE else tokens[at].value


def _merged(old: Fact, new: Fact) -> Fact:
    """What was said later, where it says something; the name as it was said first."""
    how = Regimen(new.dose, new.frequency, new.duration).over(Regimen(old.dose, old.frequency, old.duration))
    detail = new.detail if old.detail in new.detail else ", ".join(filter(None, (old.detail, new.detail)))
    return replace(
        new, name=old.name, evidence=_together(old.evidence, new.evidence), dose=how.dose, frequency=how.frequency,
        duration=how.duration, onset=new.onset or old.onset, action=new.action or old.action,
        detail=old.detail if new.detail in old.detail else detail, spelling=new.spelling and old.spelling,
    )  # fmt: skip


def _together(first: Sequence[int], second: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted({*first, *second}))


def _parted(claim: Claim, start: int, end: int) -> bool:
    return any(token.text in (",", "og", ".", ";") for token in claim.tokens[start:end])


def _preceding(claim: Claim, part: Part) -> str:
    return _text(claim.tokens, part.start - 1)


def _said(claim: Claim, part: Part) -> str:
    return claim.text[claim.tokens[part.start].start : claim.tokens[part.end - 1].end]


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""

"""Facts in the words of a journal: short, every field of the fact and nothing else; bokmål and nynorsk. Pure.

Names are canonical bokmål and are written in the language of the note where the lexicon knows it; what was kept as it was said stays so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from typing import Final

from kiskriv.draft.fact import Action, Fact, Kind, Polarity, Quantity, Side, Time
from kiskriv.draft.language.numbers_written import amount, frequency, number
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.writing.own_sentences import DOCTORS, Own, shorter
from kiskriv.draft.writing.topics import ALL_DRUGS, Topic
from kiskriv.note import Statement
from kiskriv.transcript import Role

_IMPLIED: Final[Mapping[str, str]] = {
    "puls": "/min", "RF": "/min", "temp": "°C", "CRP": "mg/l", "SR": "mm/h", "Hb": "g/dl", "eGFR": "ml/min", "BMI": "kg/m²",
}  # fmt: skip
"""Units that a GP does not write behind these."""

_ON: Final = ("utslett", "sår", "kul", "føflekk", "eksem", "vorte", "byll", "kviser", "prikker", "flekk")
"""What is on a body part, not in it."""

_JOINED_BY: Final = (
    "siden", "sidan", "fra", "frå", "etter", "i", "på", "da", "då", "for", "som", "om", "til", "under", "ved", "med", "før",
)  # fmt: skip
"""What an onset begins with that needs no comma before it."""
_MEETINGS: Final = ("kontroll", "kontakt", "telefontime", "e-konsultasjon", "prøvesvar")
"""Follow-up that is no test."""
_STATES: Final = (Kind.SYMPTOM, Kind.SICK_LEAVE)
_GOES_ON: Final = (
    "hvis ",
    "viss ",
    "dersom ",
    "om ",
    "ved ",
    "når ",
    "med ",
    "på ",
    "av ",
    "for ",
    "hos ",
    "til ",
    "etter ",
    "så ",
)
"""What begins so, goes on with what was said before it."""
_NEGATIVE: Final = ("negativ", "ikke", "ikkje", "ingen", "inga", "uten", "utan", "normal")
_BOUNDS: Final = ("<", ">", "ca.")

_IS: Final = ("gravid",)
"""What one is, not has: it stands in no list of what one has not."""
_ALL_ALLERGENS: Final = ("", "allergi", "allergier", "kjente allergier", "kjent allergi")
_MANY: Final = 8
"""Names in one line at most."""


@dataclass(frozen=True)
class Journal:
    """The doctor's own voice. `names`: nynorsk by bokmål; empty for a note in bokmål. `events`: what happens, and does not last."""

    language: str = "nb"
    names: Mapping[str, str] = field(default_factory=dict)
    events: frozenset[str] = frozenset()

    def statements(self, topic: Topic, facts: Sequence[Fact]) -> Iterator[Statement]:
        """The facts of one topic, as lines: what is of one kind together."""
        for text, about in self._lines(topic, facts):
            yield Statement(sentence(text), _evidence(about))

    def family(self, kin: str, facts: Sequence[Fact]) -> Statement:
        """What one of the family has or had: «Mor: brystkreft, diabetes»; `kin` empty: which one was not said."""
        who = self._name(kin) if kin else "familie"
        return Statement(sentence(f"{who}: {', '.join(map(self.phrase, facts))}"), _evidence(facts))

    def phrase(self, fact: Fact) -> str:
        """One fact, without capital and full stop."""
        write = {
            Kind.SYMPTOM: self._symptom,
            Kind.FINDING: self._finding,
            Kind.VITAL: self._measure,
            Kind.LAB: self._measure,
            Kind.MEDICATION: self._medication,
            Kind.ALLERGY: self._allergy,
            Kind.FOLLOW_UP: self._follow_up,
            Kind.SICK_LEAVE: self._sick_leave,
            Kind.REFERRAL: self._referral,
        }[fact.kind]
        return write(fact)

    def within(self, span: Quantity) -> str:
        """«innen 2 uker»."""
        return f"{self._in('innen', 'innan')} {amount(span, self.language)}"

    def own(self, one: Own) -> str:
        """The doctor's sentence more shortly; the patient's as it was said, with whose it is."""
        if one.topic in DOCTORS:
            return sentence(shorter(one.text, self.language))
        who = {
            Role.RELATED_PERSON: self._in("pårørende", "pårørande"),
            Role.INTERPRETER: "pasienten (tolk)",
        }
        return sentence(f"{who.get(one.role, 'pasienten')}: «{one.text}»")

    def _lines(self, topic: Topic, facts: Sequence[Fact]) -> Iterator[tuple[str, list[Fact]]]:
        joined = {
            Topic.COMPLAINT: self._complaints,
            Topic.DENIED: self._denials,
            Topic.BACKGROUND: self._background,
            Topic.HABITS: self._background,
            Topic.MEDICATION: self._drugs,
            Topic.ALLERGY: self._allergies,
            Topic.MEASURES: self._measures,
            Topic.FOLLOW_UP: self._follow_ups,
        }
        if topic in joined:
            yield from joined[topic](facts)
        else:
            yield from ((self.phrase(fact), [fact]) for fact in facts)

    # -- each kind ------------------------------------------------------------------------------------------------------------

    def _symptom(self, fact: Fact) -> str:
        return self._opposed(fact, self._condition(fact))

    def _condition(self, fact: Fact) -> str:
        """A symptom or a disease with its fields, whether it is so or not."""
        words = [self._name(fact.name), *self._place(fact), *self._lasted(fact)]
        return ended(" ".join(words), fact.detail)

    def _opposed(self, fact: Fact, text: str) -> str:
        if fact.polarity is Polarity.DENIED:
            return f"{self._in('ikke', 'ikkje')} {text}"
        if fact.polarity is Polarity.UNCERTAIN:
            return f"usikkert om {text}"
        return text

    def _finding(self, fact: Fact) -> str:
        """«Ømhet i venstre kne», «Høyre kne: fint»; a test is negative."""
        if fact.polarity is Polarity.DENIED and _is_test(fact.name) and not fact.detail:
            fact = replace(fact, polarity=Polarity.AFFIRMED, detail="negativ")
        value = [] if fact.value is None else [amount(fact.value, self.language)]
        if fact.detail and fact.side in self._sides and not fact.body:
            words = [self._sides[fact.side], self._name(fact.name), *value]
        else:
            words = [self._name(fact.name), *self._place(fact), *value]
        return self._opposed(fact, ended(" ".join(words), fact.detail, ": " if not value else ", "))

    def _measure(self, fact: Fact) -> str:
        if fact.value is None:
            return ended(f"{self._name(fact.name)} {self._outcome(fact)}".strip(), fact.onset)
        bound, _, how = fact.detail.partition(" ") if fact.detail.startswith(_BOUNDS) else ("", "", fact.detail)
        implied = _IMPLIED.get(fact.name) == fact.value.unit and fact.value.to is None
        value = number(fact.value.value) if implied else amount(fact.value, self.language)
        words = [self._name(fact.name), *([bound] if bound else []), value, *self._place(fact), *self._lasted(fact)]
        if fact.time is Time.PAST and not (fact.onset or fact.duration):
            words.insert(0, self._in("tidligere", "tidlegare"))
        return ended(" ".join(words), how, " (", ")")

    def _outcome(self, fact: Fact) -> str:
        """«negativ», «uten protein»."""
        if fact.polarity is not Polarity.DENIED or fact.detail.startswith(_NEGATIVE):
            return fact.detail
        return f"{self._in('uten', 'utan')} {fact.detail}" if fact.detail else "negativ"

    def _drug(self, fact: Fact) -> str:
        """Name, dose, how often, how long: without what is done with it."""
        words = [fact.spelling or self._name(fact.name)]
        words += [] if fact.dose is None else [amount(fact.dose, self.language)]
        words += [frequency(fact.frequency, self.language)] if fact.frequency else []
        words += [] if fact.duration is None else [f"i {amount(fact.duration, self.language)}"]
        words += [fact.onset] if fact.onset else []
        return ended(" ".join(words), fact.detail, " (", ")")

    def _medication(self, fact: Fact) -> str:
        if fact.polarity is Polarity.DENIED and fact.name in ALL_DRUGS:
            return f"ingen {self._name(fact.name)}"
        if fact.polarity is Polarity.AFFIRMED and fact.time is not Time.PAST and fact.action is Action.CHANGED:
            return self._changed(fact)
        if fact.polarity is Polarity.DENIED:
            planned = fact.time is Time.PLANNED
            done = (
                self._in("skal ikke bruke", "skal ikkje bruke") if planned else self._in("bruker ikke", "brukar ikkje")
            )
        elif fact.polarity is Polarity.UNCERTAIN:
            done = "usikkert om"
        elif fact.time is Time.PAST:
            done = self._in("tidligere", "tidlegare")
        else:
            done = self._in("slutter med", "sluttar med") if fact.action is Action.STOPPED else ""
        return f"{done} {self._drug(fact)}".strip()

    def _changed(self, fact: Fact) -> str:
        """«Metoprolol økes til 100 mg x 1 (fra 50 mg)»: up or down where both numbers were said in one unit."""
        rest = self._drug(fact).removeprefix(fact.spelling or self._name(fact.name)).strip()
        verb = self._in("endres", "blir endra")
        before = _before(fact.detail)
        if before is not None and fact.dose is not None and before[1] in ("", fact.dose.unit):
            higher = fact.dose.value > before[0]
            verb = self._in("økes", "blir auka") if higher else self._in("reduseres", "blir redusert")
        if rest and not rest.startswith("("):
            verb += " til"
        return f"{fact.spelling or self._name(fact.name)} {verb} {rest}".strip()

    def _allergy(self, fact: Fact) -> str:
        allergen = self._name(fact.spelling or fact.name)
        if fact.polarity is Polarity.DENIED:
            if fact.name in _ALL_ALLERGENS:
                return self._in("ingen kjente allergier", "ingen kjende allergiar")
            return ended(f"{self._in('tåler', 'toler')} {allergen}", fact.detail, " (", ")")
        uncertain = "usikkert om " if fact.polarity is Polarity.UNCERTAIN else ""
        return uncertain + ended(f"allergi: {allergen}", fact.detail, " (", ")")

    def _follow_up(self, fact: Fact) -> str:
        """What, when, on what condition."""
        when = [] if fact.duration is None else [f"om {amount(fact.duration, self.language)}"]
        words = [self._name(fact.name), *self._place(fact), *when, *([fact.onset] if fact.onset else [])]
        return self._opposed(
            fact, ended(" ".join(words), fact.detail, " " if fact.detail.startswith(_GOES_ON) else ", ")
        )

    def _sick_leave(self, fact: Fact) -> str:
        words = [self._name(fact.name)]
        words += [] if fact.value is None else [amount(fact.value, self.language)]
        words += [] if fact.duration is None else [f"i {amount(fact.duration, self.language)}"]
        words += [fact.onset] if fact.onset else []
        return self._opposed(fact, ended(" ".join(words), fact.detail))

    def _referral(self, fact: Fact) -> str:
        when = [] if fact.duration is None else [f"om {amount(fact.duration, self.language)}"]
        target = " ".join([self._name(fact.name), *self._place(fact), *when, *([fact.onset] if fact.onset else [])])
        if fact.time is Time.PAST:
            text = f"{self._in('tidligere henvist til', 'tidlegare tilvist til')} {target}"
        elif fact.polarity is Polarity.DENIED:
            text = f"{self._in('henvises ikke til', 'blir ikkje tilvist til')} {target}"
        elif fact.polarity is Polarity.UNCERTAIN:
            text = f"{self._in('usikkert om henvisning til', 'usikkert om tilvising til')} {target}"
        else:
            text = f"{self._in('henvises til', 'blir tilvist til')} {target}"
        return ended(text, fact.detail)

    # -- several in one line --------------------------------------------------------------------------------------------------

    def _complaints(self, facts: Sequence[Fact]) -> Iterator[tuple[str, list[Fact]]]:
        """Each its own line; those of which nothing but the name was said share one."""
        for bare, run in groupby(facts, key=lambda fact: fact.kind is Kind.SYMPTOM and _bare(fact)):
            for some in _portions(list(run)) if bare else ([fact] for fact in run):
                yield ", ".join(map(self.phrase, some)), some

    def _denials(self, facts: Sequence[Fact]) -> Iterator[tuple[str, list[Fact]]]:
        """«Ikke feber, kvalme eller hoste»; those with a field of their own stand alone."""
        alone = {fact for fact in facts if _detailed(fact) or fact.name in _IS}
        for bare, run in groupby(sorted(facts, key=alone.__contains__), key=lambda fact: fact not in alone):
            for some in _portions(list(run)) if bare else ([fact] for fact in run):
                names = [self._condition(fact) for fact in some]
                yield f"{self._in('ikke', 'ikkje')} {_listed(names, 'eller')}", some

    def _background(self, facts: Sequence[Fact]) -> Iterator[tuple[str, list[Fact]]]:
        """What was; then what is: of which nothing but the name was said, in one line."""
        was = self._in("tidligere", "tidlegare")
        told = [fact for fact in facts if fact.kind is Kind.SYMPTOM]
        past = [fact for fact in told if fact.time is Time.PAST and fact.polarity is Polarity.AFFIRMED]
        bare = [fact for fact in told if fact.time is not Time.PAST and _bare(fact)]
        for some in _portions(past):
            yield f"{was}: {', '.join(map(self._condition, some))}", some
        for some in _portions(bare):
            yield ", ".join(map(self.phrase, some)), some
        for fact in facts:
            if fact not in past and fact not in bare:
                before = f"{was}: " if fact.kind in _STATES and fact.time is Time.PAST else ""
                yield before + self.phrase(fact), [fact]

    def _drugs(self, facts: Sequence[Fact]) -> Iterator[tuple[str, list[Fact]]]:
        used = [
            f
            for f in facts
            if f.polarity is Polarity.AFFIRMED and f.time is not Time.PAST and f.action in (None, Action.CONTINUED)
        ]
        for some in _portions(used):
            yield f"{self._in('bruker', 'brukar')} {', '.join(map(self._drug, some))}", some
        past = [f for f in facts if f.polarity is Polarity.AFFIRMED and f.time is Time.PAST]
        for stopped, before in (
            (True, self._in("har sluttet med ", "har slutta med ")),
            (False, self._in("tidligere: ", "tidlegare: ")),
        ):
            for some in _portions([fact for fact in past if (fact.action is Action.STOPPED) is stopped]):
                yield before + ", ".join(map(self._drug, some)), some
        for fact in facts:
            if fact not in used and fact not in past:
                yield self.phrase(fact), [fact]

    def _allergies(self, facts: Sequence[Fact]) -> Iterator[tuple[str, list[Fact]]]:
        known = [fact for fact in facts if fact.polarity is Polarity.AFFIRMED]
        for some in _portions(known):
            allergens = (ended(self._name(f.spelling or f.name), f.detail, " (", ")") for f in some)
            yield f"allergi: {', '.join(allergens)}", some
        for fact in facts:
            if fact not in known:
                yield self.phrase(fact), [fact]

    def _measures(self, facts: Sequence[Fact]) -> Iterator[tuple[str, list[Fact]]]:
        for _, run in groupby(sorted(facts, key=lambda fact: fact.kind is Kind.LAB), key=lambda fact: fact.kind):
            for some in _portions(list(run)):
                yield ", ".join(map(self.phrase, some)), some

    def _follow_ups(self, facts: Sequence[Fact]) -> Iterator[tuple[str, list[Fact]]]:
        """Each its own line; tests of one day share one."""
        tests = [fact for fact in facts if _bare(replace(fact, onset="")) and fact.name not in _MEETINGS]
        for fact in facts:
            if fact not in tests:
                yield self.phrase(fact), [fact]
        for day in dict.fromkeys(fact.onset for fact in tests):
            for some in _portions([fact for fact in tests if fact.onset == day]):
                names = ", ".join(self._name(fact.name) for fact in some)
                yield f"{names} {day}" if day else f"planlagt: {names}", some

    # -- words ----------------------------------------------------------------------------------------------------------------

    def _place(self, fact: Fact) -> list[str]:
        """«i høyre kne», «på begge sider»; the body is not said again where the name has it: «øresmerter på høyre side»."""
        side = "begge" if fact.side is Side.BOTH else self._sides.get(fact.side, "")
        body = "" if fact.body[:4].lower() in fact.name.lower() and fact.body else self._name(fact.body)
        if not side and not body:
            return []
        if fact.side is Side.BOTH or not body:
            whole = f"på {side} {'sider' if fact.side is Side.BOTH else 'side'}"
            return [f"i {body}", whole] if body else [whole]
        return ["på" if fact.name.startswith(_ON) else "i", *filter(None, (side, body))]

    def _lasted(self, fact: Fact) -> list[str]:
        """«i 2 uker», «for 2 uker siden», «siden i går»."""
        words = []
        if fact.duration is not None:
            long = amount(fact.duration, self.language)
            words.append(
                f"for {long} {self._in('siden', 'sidan')}"
                if fact.time is Time.PAST or fact.name in self.events
                else f"i {long}"
            )
        if fact.onset:
            if words and fact.onset.split()[0].lower() not in _JOINED_BY:
                words[-1] += ","
            words.append(fact.onset)
        return words

    @property
    def _sides(self) -> Mapping[Side | None, str]:
        return {Side.LEFT: "venstre", Side.RIGHT: self._in("høyre", "høgre")}

    def _name(self, name: str) -> str:
        return self.names.get(name, name)

    def _in(self, nb: str, nn: str) -> str:
        return nn if self.language == "nn" else nb


def sentence(text: str) -> str:
    """With a capital, but for names like eGFR, and a full stop."""
    text = re.sub(r"\s+([,.;:])", r"\1", text).strip().rstrip(",;:")
    first = text[:1] if text[1:2].isupper() else text[:1].upper()
    return first + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _is_test(name: str) -> bool:
    """Skuffetest, or one that has its name of somebody: Lasègue, McMurray; not ST-forandringer."""
    return name.endswith("test") or (name[:1].isupper() and name[1:2].islower())


def _before(detail: str) -> tuple[Decimal, str] | None:
    """Of «fra 50 mg», or «fra syttifem»: the number, and the word behind it."""
    words = tokens(detail)
    for first, value, unit in zip(words, words[1:], (*(word.text for word in words[2:]), ""), strict=False):
        if first.text in ("fra", "frå") and value.value is not None:
            return value.value, unit
    return None


def _evidence(facts: Sequence[Fact]) -> tuple[int, ...]:
    return tuple(sorted({place for fact in facts for place in fact.evidence}))


def ended(text: str, tail: str, before: str = ", ", after: str = "") -> str:
    """With what ends it, where there is anything."""
    return f"{text}{before}{tail}{after}" if tail else text


def _listed(names: Sequence[str], last: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def _portions(facts: Sequence[Fact]) -> Iterator[list[Fact]]:
    return (list(facts[at : at + _MANY]) for at in range(0, len(facts), _MANY))


def _detailed(fact: Fact) -> bool:
    return bool(fact.detail or fact.onset or fact.duration)


def _bare(fact: Fact) -> bool:
    return fact.polarity is Polarity.AFFIRMED and not (_detailed(fact) or fact.side or fact.body)

"""Medications: which, how much, how often, how long, and whether it is started, stopped, changed or goes on. Pure.

A drug is known by its name; what is told without one («en tablett tre ganger daglig», «den slutter vi med») is of the drug that
the talk was of. The steps: `drug_names` (where it is named), `deeds` (what is done), `regimen` and `doses` (how it is taken),
`drug_list` (one fact of each).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from kiskriv.draft.fact import About, Action, Fact, Kind, Polarity, Quantity, Time
from kiskriv.draft.kinds import doses, drug_hints, remarks
from kiskriv.draft.kinds.allergies import allergens
from kiskriv.draft.kinds.deeds import Deed, deeds
from kiskriv.draft.kinds.drug_list import Drug, DrugList, together
from kiskriv.draft.kinds.drug_names import DrugName, DrugNames
from kiskriv.draft.kinds.regimen import PIECES, STRENGTHS, Part, Regimen, parts, regimen
from kiskriv.draft.language.numerals import ONE
from kiskriv.draft.language.quantities import amounts
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claim import Claim
from kiskriv.transcript import Role

_IT: Final = frozenset((
    "den", "de", "dei", "disse", "desse", "denne", "dem", "medisinen", "tabletten", "tablettene", "tablettane",
    "dosen", "kuren", "sprayen", "plasteret",
))  # fmt: skip
_HOW_MUCH: Final = frozenset(("mye", "mykje", "mange", "dose", "dosen", "styrke", "styrken", "milligram", "mg"))
_HOW: Final = _HOW_MUCH | frozenset(("ofte", "lenge", "tabletter", "tablettar"))
_WHO: Final = frozenset(("vi", "me", "jeg", "eg", "du", "deg"))
_TAKING: Final = frozenset(
    ("ta", "tar", "tek", "bruke", "bruker", "brukar", "bruka", "smøre", "smører", "smørje", "dryppe")
)
_USED: Final = frozenset(("brukt", "tatt", "teke", "holdt", "halde", "stått", "gått", "smurt"))
_CURE: Final = frozenset(("kur", "kuren", "kura"))
_LISTED: Final = frozenset(("står", "lista", "listen", "ser", "har"))
_IF: Final = frozenset(("hvis", "viss", "dersom"))
_THEN: Final = frozenset(
    (",", "så", "da", "då", "kan", "skal", "ta", "tar", "tek", "start", "starter", "startar", "begynn", "bruk")
)
_NONE: Final = frozenset(("ingen", "inga", "ingenting", "ikke", "ikkje"))
_PLAN: Final = re.compile(r"tiltak|plan|behandling", re.I)
_HABITS: Final = (
    "kaff",
    "røyk",
    "sigarett",
    "snus",
    "alkohol",
    "drikk",
    "drakk",
    "øl",
    "vin",
    "vei",
    "veg",
    "søv",
    "sov",
    "tren",
)
"""«Hvor mye kaffe?» asks for no dose."""
_OVER: Final = frozenset(("ferdig", "slutta", "sluttet", "slutt"))
_JABS: Final = frozenset(("booster", "boosterdose", "dose", "sprøyte", "påfyll", "påfyllsdose"))
_SHORT: Final = 5
"""Tokens: an answer this short is of what was asked."""
_YEARS: Final = 1900
_TOLERATES: Final = ("tål", "tol", "allerg", "reag")
_FRESH: Final = 3
"""Claims after which a drug that was only named is forgotten."""


def found(made: Sequence[Claim], lexicon: Lexicon) -> Iterator[Fact]:
    """The facts of this kind, in the order of the claims."""
    talk = _Talk(lexicon)
    for claim, to in zip(made, allergens(made, lexicon), strict=True):
        talk.hear(claim, to)
    yield from (drug.fact for drug in talk.list.drugs)


class _Talk:
    """What was said of medications so far."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.list = DrugList()
        self._lexicon = lexicon
        self._names = DrugNames(lexicon)
        self._heard = 0
        self._topic: tuple[str, int, tuple[int, ...]] = "", 0, ()
        """The drug that was only named («Imovane, hvor mange tar du?», «Zyrtec.»), in which claim, and on what it rests."""

    def hear(self, claim: Claim, allergens: frozenset[int]) -> None:
        """One more claim, with its tokens that name an allergen."""
        self._heard += 1
        self._raise(claim)
        names = []
        for name in self._names.named(claim):
            if name.start in allergens:
                self.list.touch(self._names.substance(name.name), self._heard)
                if drug_hints.not_tolerated(claim):
                    self.list.withdraw(self._heard, self._names.substance(name.name))
            else:
                names.append(name)
        names = [] if drug_hints.offered(claim, names) else drug_hints.without_kinds(claim, names)
        if self._takes_back(claim, names):
            self.list.withdraw(self._heard)
            if not names:
                return
        if names:
            self._named(claim, names)
        elif not claim.overheard and not allergens:
            self._unnamed(claim)
            if asked := self._asked_for(claim):
                self._topic = asked, self._heard, claim.asked_in

    def _takes_back(self, claim: Claim, names: Sequence[DrugName]) -> bool:
        """«Da lar vi det være», «da prøver vi Sarotex i stedet», said by the doctor of what was to be taken."""
        if claim.role is not Role.PRACTITIONER or claim.answer is not None or claim.written:
            return False
        if names:
            others = not any(self.list.of(self._names.substance(name.name)) for name in names)
            return others and self._lexicon.has(claim.tokens, "instead")
        return self._lexicon.has(claim.tokens, "withdrawn")

    def _raise(self, claim: Claim) -> None:
        """A question that named a drug, and claims nothing itself, tells what the talk is of."""
        if not claim.raised or any(token.text.startswith(_TOLERATES) for token in claim.raised):
            return
        names = [hit.term.nb for hit in self._names.among(claim.raised) if not self._names.is_generic(hit.term.nb)]
        if names:
            named = [name for name in names if not self._names.is_group(name)] or names
            self._topic = named[-1], self._heard, claim.raised_in

    def _named(self, claim: Claim, names: Sequence[DrugName]) -> None:
        said = parts(claim.tokens, self._lexicon, claim.text)
        for at, (name, deed) in enumerate(zip(names, deeds(claim, names, self._lexicon), strict=True)):
            if not deed.aside:
                self._tell(claim, name, deed, doses.own(claim, names, at, said, self._lexicon))
            elif claim.role is not Role.PRACTITIONER and not name.generic:
                self._topic = (
                    name.name,
                    self._heard,
                    claim.evidence,
                )  # «har noen Imovane liggende.» «De skal du ikke ta.»

    def _tell(self, claim: Claim, name: DrugName, deed: Deed, said: Sequence[Part]) -> None:
        """A fact of this drug, if enough is said to be one."""
        if name.generic and claim.tokens[name.start].text in _NONE:
            deed = replace(deed, polarity=Polarity.DENIED, action=None)
        how = doses.taken(claim, name, deed, said, self._lexicon)
        if name.vaccine:
            how = replace(how, duration=None)
        if deed.polarity is Polarity.DENIED:
            if claim.answer is not None and how:  # «to puff to ganger daglig?» «Nei»: what is denied may be the dose
                return
            how = Regimen()
        elif name.generic:
            return
        action, time = self._done(claim, name, deed, how)
        tells = claim.written or (claim.asked and time is Time.PAST) or deed.polarity is not Polarity.AFFIRMED
        said_enough = deed.explicit or action or how or deed.note or tells
        if not said_enough or (
            name.group and claim.role is Role.PRACTITIONER and not (deed.explicit or claim.answer or claim.written)
        ):
            self._topic = name.name, self._heard, claim.evidence
            return
        if name.vaccine and action is Action.STARTED and {"dag", "nå", "no"} & {token.text for token in claim.tokens}:
            time = Time.PRESENT
        fact = Fact(
            Kind.MEDICATION, name.name, claim.evidence, deed.polarity, time, deed.about,
            dose=how.dose, frequency=how.frequency, duration=how.duration, action=action,
            detail=", ".join(filter(None, (deed.note, how.note, self._condition(claim, time, how)))), spelling=name.spelling,
        )  # fmt: skip
        prescribed = not deed.explicit or any(token.text.startswith("resept") for token in claim.tokens)
        self.list.add(Drug(fact, self._names.substance(name.name), self._heard, claim.role, name.group, prescribed))

    def _done(self, claim: Claim, name: DrugName, deed: Deed, how: Regimen) -> tuple[Action | None, Time]:
        """What is done, also where no verb says so: it goes on as listed, as asked, or as the heading has it."""
        if drug_hints.instructs(claim, deed, how):
            return Action.STARTED, Time.PLANNED
        if deed.action is not None or deed.polarity is not Polarity.AFFIRMED or deed.time is Time.PAST:
            return deed.action, deed.time
        if claim.written:
            planned = deed.time is Time.PRESENT and _PLAN.search(claim.heading)
            return (Action.STARTED, Time.PLANNED) if planned else (None, deed.time)
        if claim.role is Role.PRACTITIONER and claim.answer is None:
            return self._prescribed(claim, name, deed, how)
        used = how or claim.answer or self._asked_for_drugs(claim) or self._asked_which(claim)
        return (Action.CONTINUED if used and not deed.note and deed.time is Time.PRESENT else None), deed.time

    def _prescribed(self, claim: Claim, name: DrugName, deed: Deed, how: Regimen) -> tuple[Action | None, Time]:
        """A doctor's word without a verb: a vaccine given, one more of what is listed as started, or a whole regimen."""
        if name.vaccine and _JABS & {token.text for token in claim.tokens}:
            return Action.STARTED, Time.PRESENT
        last = self.list.recent(self._heard)
        near = last is not None and self._heard - last.heard <= 3 and last.role is claim.role
        lists_on = near and not deed.explicit and bool(how or claim.tokens[0].text in ("og", "samt"))
        if lists_on and last is not None and (last.fact.action, last.fact.time) == (Action.STARTED, Time.PLANNED):
            return Action.STARTED, Time.PLANNED
        reads = any(token.text in _LISTED for token in claim.tokens)
        prescribes = drug_hints.prescribes(how) and not (deed.explicit or reads)
        return (Action.STARTED, Time.PLANNED) if prescribes else (None, deed.time)

    def _condition(self, claim: Claim, time: Time, how: Regimen) -> str:
        """«hvis smertene blir verre», as it was said, of what shall be taken only then."""
        if time is not Time.PLANNED or claim.written or "as-needed" in how.frequency:
            return ""
        start = next((at for at, token in enumerate(claim.tokens) if token.text in _IF), None)
        if start is None:
            return ""
        ends = (at for at in range(start + 1, len(claim.tokens)) if claim.tokens[at].text in _THEN)
        return claim.text[claim.tokens[start].start : claim.tokens[next(ends, len(claim.tokens)) - 1].end].rstrip(
            " .!,"
        )

    # -- no drug is named -----------------------------------------------------------------------------------------------------

    def _unnamed(self, claim: Claim) -> None:
        """What is told of the drug that the question named, or that the talk was of."""
        asked = self._asked_for(claim) or self._only_named(claim)
        last = self._recent(claim)
        if (
            last is not None
            and last.heard == self._heard - 1
            and claim.evidence[-1] in last.fact.evidence
            and claim.asked
        ):
            asked = ""  # «Bruker du Marevan?» «Nei, nå er det Eliquis. Fem milligram.»
        drug = self.list.of(self._names.substance(asked)) if asked else last
        if not asked and drug is None:
            return
        words = {token.text for token in claim.tokens}
        if (
            drug is not None
            and "lenge" in words
            and words & {"siden", "sidan"}
            and _OVER & {t.text for t in claim.asked}
        ):
            evidence = together(drug.fact.evidence, claim.evidence)  # «Og de er du ferdig med?» «Lenge siden.»
            drug.fact = replace(drug.fact, time=Time.PAST, action=Action.STOPPED, evidence=evidence)
            return
        if drug is not None and self._worked(claim, drug):
            return
        name = asked or (drug.fact.name if drug else "")
        if words & _IT or {"det", "med"} <= words or "ferdig" in words or self._alters(claim, drug):
            it = DrugName(name, 0, 0, drug is not None and drug.group)
            (deed,) = deeds(claim, (it,), self._lexicon)
            if deed.aside or (drug is None and deed.polarity is Polarity.DENIED and claim.role is Role.PRACTITIONER):
                return
            if deed.explicit:
                self._tell(claim, it, deed, parts(claim.tokens, self._lexicon, claim.text))
                return
        if claim.asked or words & _CURE or any(token.value is not None or token.text in ONE for token in claim.tokens):
            self._told(claim, drug)

    def _alters(self, claim: Claim, drug: Drug | None) -> bool:
        """«Da går vi opp til hundre milligram», of what is in use."""
        if drug is None or claim.role is not Role.PRACTITIONER or drug.fact.time is not Time.PRESENT:
            return False
        deeds_here = self._lexicon.find([t for t in claim.tokens if t.text not in _WHO], "medication-action")
        spoken = any(token.text in _WHO for token in claim.tokens)
        strong = any(a.quantity.unit in STRENGTHS for a in amounts(claim.tokens, self._lexicon))
        return spoken and strong and any(hit.term.nb == "changed" for hit in deeds_here)

    def _worked(self, claim: Claim, drug: Drug) -> bool:
        """«Det hjalp ikke.»"""
        tried = drug.fact.time is Time.PAST and claim.role is drug.role and not drug.fact.detail
        note = remarks.effect(claim) or (remarks.aftermath(claim) if tried else "")
        if not note or self._heard - drug.heard > 1 or drug.fact.polarity is not Polarity.AFFIRMED:
            return False
        drug.fact = replace(drug.fact, detail=note, evidence=together(drug.fact.evidence, claim.evidence))
        if remarks.worked(note) and drug.fact.time is Time.PRESENT:
            drug.fact = replace(drug.fact, time=Time.PAST, action=None)
        return True

    def _told(self, claim: Claim, drug: Drug | None) -> None:
        """How the drug is taken, where this is told of it, and not of something else («to ganger om dagen» of a pain)."""
        said = (
            parts(claim.tokens, self._lexicon, claim.text)
            or drug_hints.just_one(claim)
            or drug_hints.how_long(claim, self._lexicon)
        )
        new = drug is None
        drug = drug or (self._asked_of(claim) or self._begun(claim, said) if said else None)
        if drug is None or not said:
            return
        if not self._is_of(claim, drug, said):
            if new:
                self.list.drugs.remove(drug)
            return
        if self._is_anothers(claim, drug, said) or any(token.text.startswith(_HABITS) for token in claim.asked):
            return
        known = [part for part in said if part.bare is None]
        unit = doses.unit(drug.fact.name, self._lexicon)
        if number := self._number(claim, drug, said):
            known.append(number)
        if how := regimen(doses.at_times_of_day(claim, known, unit)):
            self._take(claim, drug, how)

    def _is_anothers(self, claim: Claim, drug: Drug, said: Sequence[Part]) -> bool:
        """«jeg hadde en pasient som tok ti tabletter», while the talk is of the patient's own."""
        about = claims.about(claim, said[0].start, said[0].end, self._lexicon)
        return about is About.OTHER and drug.fact.about is About.PATIENT

    def _take(self, claim: Claim, drug: Drug, how: Regimen) -> None:
        """Of this drug; a doctor who tells how to take what was taken once, or only named, starts it."""
        decides = claim.role is Role.PRACTITIONER and claim.answer is None
        if decides and drug.fact.time is Time.PAST and drug_hints.prescribes(how):
            fact = replace(
                drug.fact, time=Time.PLANNED, action=Action.STARTED, detail=how.note, onset="",
                dose=how.dose, frequency=how.frequency, duration=how.duration, evidence=together(drug.fact.evidence, claim.evidence),
            )  # fmt: skip
            self.list.add(Drug(fact, drug.substance, self._heard, claim.role, drug.group, prescribed=True))
            return
        drug.take(drug_hints.besides(claim, drug, how), claim.evidence, self._heard)
        fact = drug.fact
        open_still = (fact.action, fact.time, fact.polarity) == (None, Time.PRESENT, Polarity.AFFIRMED)
        if open_still and not decides:
            drug.fact = replace(fact, action=Action.CONTINUED)
        if decides and drug.role is claim.role and open_still and drug_hints.prescribes(drug.regimen):
            drug.fact = replace(fact, action=Action.STARTED, time=Time.PLANNED)

    def _number(self, claim: Claim, drug: Drug, said: Sequence[Part]) -> Part | None:
        """A number alone, where it is a dose: asked for, confirmed («Er det førti?» «Ja»), or a strength beside a count of tablets."""
        bare = next((part for part in said if part.bare is not None and part.bare < _YEARS), None)
        if bare is None or bare.bare is None:
            return None
        asked = {token.text for token in claim.asked}
        counted = [part.dose.unit for part in said if part.dose]
        unit = doses.unit(drug.fact.name, self._lexicon)
        if not counted and len(claim.tokens) <= _SHORT and asked & (_HOW_MUCH | _IT):
            return replace(bare, bare=None, dose=Quantity(bare.bare, self._unit_asked(asked, drug)))
        leads = bare.start == 0 and bare.bare > doses.MANY and drug.role is claim.role and drug.fact.dose is None
        if leads and not counted and self._heard - drug.heard <= 1:  # «Ibux. Fire hundre når det er verst.»
            return replace(bare, bare=None, dose=Quantity(bare.bare, unit))
        confirmed = not counted and (self._confirms(claim, drug) or self._answers(claim, bare))
        return (
            replace(bare, bare=None, dose=Quantity(bare.bare, unit))
            if confirmed or drug_hints.strength(bare, counted)
            else None
        )

    def _answers(self, claim: Claim, number: Part) -> bool:
        """«Tar du Levaxin fortsatt?» «Ja, hundre.»; «Er det 75 eller 100?» «Hundre.»"""
        assert number.bare is not None
        strong = number.bare > doses.MANY and len(claim.tokens) <= _SHORT
        return strong and (self._asked_for_drugs(claim) or any(token.value is not None for token in claim.asked))

    def _confirms(self, claim: Claim, drug: Drug) -> bool:
        """«Hundre og seksti?» «Ja.», straight after a drug whose strength is not known."""
        unknown = drug.fact.dose is None or drug.fact.dose.unit in PIECES
        near = self._heard - drug.heard <= 2 and drug.fact.polarity is Polarity.AFFIRMED
        return claim.answer is Polarity.AFFIRMED and len(claim.tokens) <= _SHORT and unknown and near

    def _is_of(self, claim: Claim, drug: Drug, said: Sequence[Part]) -> bool:
        """Whether these parts are told of the drug: by what was asked, by a dose, or since the talk is of nothing else."""
        words = {token.text for token in claim.tokens}
        asked = {token.text for token in claim.asked}
        if any(part.dose is not None and part.dose.unit in STRENGTHS | PIECES for part in said):
            return True
        if self._confirms(claim, drug) or (
            asked and drug_hints.only_number(claim.asked) and self._heard - drug.heard <= 2
        ):
            return True
        if self._asked_for(claim) and any(p.bare is not None and self._answers(claim, p) for p in said):
            return True
        if asked:
            brief = len(claim.asked) <= (8 if asked & _TAKING else _SHORT) and bool(asked & (_HOW | _IT))
            if "lenge" in asked and asked & _USED and "det" not in asked and self._heard - drug.heard <= 2:
                return True
            return brief or bool(asked & _HOW_MUCH) or self._asked_for_drugs(claim)
        return bool(words & _CURE) or self._goes_on(claim, drug, said)

    def _goes_on(self, claim: Claim, drug: Drug, said: Sequence[Part]) -> bool:
        """«I ti dager.», «Det blir vel to ganger i uka.», straight after the drug was told of, by the same speaker."""
        words = {token.text for token in claim.tokens}
        frequent = any(part.frequency for part in said)
        near = self._heard - drug.heard <= 2 and claim.role is drug.role and len(claim.tokens) <= 2 * _SHORT
        lasts = drug.fact.time is Time.PLANNED and any(part.duration and part.start <= 2 for part in said)
        taken = frequent and (bool(words & _IT) or self._lexicon.has(claim.tokens, "takes-a-drug"))
        return taken or (near and (frequent or lasts))

    def _unit_asked(self, asked: set[str], drug: Drug) -> str:
        if asked & {"mange", "tabletter", "tablettar"}:
            return "tablet"
        return drug.fact.dose.unit if drug.fact.dose else doses.unit(drug.fact.name, self._lexicon)

    def _asked_which(self, claim: Claim) -> bool:
        """«Hvilke?», of the kind of drug that was told of."""
        last = self.list.drugs[-1] if self.list.drugs else None
        near = last is not None and last.group and self._heard - last.heard <= 1
        return near and any(token.text in ("hvilke", "hvilken", "kva", "hva") for token in claim.asked)

    def _asked_for_drugs(self, claim: Claim) -> bool:
        return bool(claim.asked) and (
            self._lexicon.has(claim.asked, "takes-a-drug") or bool(self._names.among(claim.asked))
        )

    def _asked_for(self, claim: Claim) -> str:
        """The drug that the question named; a brand rather than a group."""
        names = [hit.term.nb for hit in self._names.among(claim.asked) if not self._names.is_generic(hit.term.nb)]
        if not claim.asked:
            return ""
        topic, heard, _ = self._topic
        of_it = {t.text for t in claim.asked} & _HOW or any(t.value is not None for t in claim.asked)
        if not names and topic and self._heard - heard <= 2 and of_it:
            return topic
        told_of = [name for name in names if self.list.of(self._names.substance(name))]
        named = [name for name in told_of or names if not self._names.is_group(name)]
        return named[-1 if told_of else 0] if named else names[0] if names else ""

    def _only_named(self, claim: Claim) -> str:
        """The drug that was named, and no more, since any other was told of: «Zyrtec. En tablett om dagen.»"""
        topic, heard, _ = self._topic
        last = self._recent(claim)
        fresh = self._heard - heard <= _FRESH and (last is None or last.heard < heard)
        return topic if topic and fresh and not self._names.is_group(topic) else ""

    def _recent(self, claim: Claim) -> Drug | None:
        return self.list.recent(self._heard, decided=claim.role is Role.PRACTITIONER and claim.answer is None)

    def _begun(self, claim: Claim, said: Sequence[Part]) -> Drug | None:
        """A drug that was only named before, now that it is told how it is taken."""
        name = self._only_named(claim)
        if not name or not any(part.dose or part.frequency for part in said):
            return None
        doctors = claim.role is Role.PRACTITIONER and claim.answer is None
        evidence = together(self._topic[2], claim.evidence)
        fact = Fact(Kind.MEDICATION, name, evidence, action=None if doctors else Action.CONTINUED)
        self.list.add(Drug(fact, self._names.substance(name), self._heard, claim.role))
        return self.list.of(self._names.substance(name))

    def _asked_of(self, claim: Claim) -> Drug | None:
        """A drug that only the question named, with what the question knew of it, now that it is answered how it is taken."""
        question = replace(claim, tokens=claim.asked, asked=())
        asked = self._asked_for(claim)
        names = [name for name in self._names.named(question) if name.name == asked] or [DrugName(asked, 0, 0)]
        if not asked:
            return None
        (deed,) = deeds(question, names[:1], self._lexicon)
        how = doses.taken(question, names[0], deed, parts(claim.asked, self._lexicon), self._lexicon)
        fact = Fact(
            Kind.MEDICATION, names[0].name, claim.evidence, about=deed.about, action=Action.CONTINUED,
            dose=how.dose, frequency=how.frequency, duration=how.duration,
        )  # fmt: skip
        self.list.add(Drug(fact, self._names.substance(names[0].name), self._heard, claim.role))
        return self.list.of(self._names.substance(names[0].name))

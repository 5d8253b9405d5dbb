"""Facts in plain words, to the patient: a letter, in the second person, nothing abbreviated; bokmål and nynorsk. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kiskriv.draft.fact import Action, Fact, Polarity
from kiskriv.draft.language.numbers_written import amount, often
from kiskriv.draft.writing.own_sentences import DOCTORS, Own
from kiskriv.draft.writing.wording import Journal, ended, sentence

_IN_FULL: Final[Mapping[str, tuple[str, str]]] = {
    "BT": ("blodtrykk", "blodtrykk"),
    "temp": ("temperatur", "temperatur"),
    "SpO2": ("oksygenmetning", "oksygenmetting"),
    "RF": ("pustefrekvens", "pustefrekvens"),
    "Hb": ("hemoglobin", "hemoglobin"),
    "HbA1c": ("langtidsblodsukker", "langtidsblodsukker"),
    "SR": ("senkning", "senking"),
    "glukose": ("blodsukker", "blodsukker"),
}
"""What a patient calls a measure."""


_TO_YOU: Final[Mapping[str, str]] = {
    "henvises til": "du blir henvist til",
    "henvises ikke til": "du blir ikke henvist til",
    "blir tilvist til": "du blir tilvist til",
    "blir ikkje tilvist til": "du blir ikkje tilvist til",
}


@dataclass(frozen=True)
class Plain(Journal):
    """The doctor's voice to the patient."""

    def own(self, one: Own) -> str:
        """As it was said: the doctor said it to the patient."""
        return sentence(one.text) if one.topic in DOCTORS else super().own(one)

    def _drug(self, fact: Fact) -> str:
        words = [fact.spelling or self._name(fact.name)]
        words += [] if fact.dose is None else [amount(fact.dose, self.language)]
        words += [often(fact.frequency, self.language)] if fact.frequency else []
        words += [] if fact.duration is None else [f"i {amount(fact.duration, self.language)}"]
        words += [fact.onset] if fact.onset else []
        return ended(" ".join(words), fact.detail, " (", ")")

    def _medication(self, fact: Fact) -> str:
        if fact.polarity is Polarity.AFFIRMED and fact.action is Action.STOPPED:
            return f"slutt med {self._drug(fact)}"
        if fact.polarity is Polarity.AFFIRMED and fact.action is Action.STARTED:
            return f"ta {self._drug(fact)}"
        return super()._medication(fact)

    def _follow_up(self, fact: Fact) -> str:
        text = super()._follow_up(fact)
        return f"ta {text}" if fact.name == "kontakt" and fact.polarity is Polarity.AFFIRMED else text

    def _sick_leave(self, fact: Fact) -> str:
        if fact.polarity is not Polarity.AFFIRMED or fact.name != "sykmelding":
            return super()._sick_leave(fact)
        words = [self._in("du er sykmeldt", "du er sjukmeld")]
        words += [] if fact.value is None else [amount(fact.value, self.language)]
        words += [] if fact.duration is None else [f"i {amount(fact.duration, self.language)}"]
        words += [fact.onset] if fact.onset else []
        return ended(" ".join(words), fact.detail)

    def _referral(self, fact: Fact) -> str:
        text = super()._referral(fact)
        for written, said in _TO_YOU.items():
            if text.startswith(written):
                return said + text.removeprefix(written)
        return text

    def _name(self, name: str) -> str:
        if name in _IN_FULL:
            return self._in(*_IN_FULL[name])
        return super()._name(name)

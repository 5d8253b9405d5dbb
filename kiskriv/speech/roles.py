"""Who is the doctor, told from what each voice says (pure): a first guess, for the doctor to correct.

A doctor asks "du", examines and plans; a patient complains as "jeg"; a relative speaks of the patient as "han" or "hun"; an
interpreter carries what the others say, or speaks two languages. What a voice says is weighed for each role (`role_cues`), and
the roles are given one after another: `guess` is the order. Words in a wrong mouth are worse than words in none, so whoever is
not clear stays unknown: little said, one voice alone, two who both sound like the doctor, a language that the cues do not know.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from kiskriv.speech.role_cues import CUES
from kiskriv.transcript import Doubt, Role, Utterance

LANGUAGES: Final = ("nb", "nn", "no")

ENOUGH: Final = 15
"""Words that a voice must have said before anything is believed of it ..."""

ENOUGH_TO_OBJECT: Final = 40
"""... and each of two, before their microphones are said to be swapped."""

CLEAR: Final = 6
"""One role must outweigh the others by so much ..."""

MOSTLY: Final = 1 / 3
"""... and by this share of all that was weighed ..."""

BY_FAR: Final = 0.5
"""... and by this one, before a relative is believed, or the microphones are not."""

SECOND: Final = 1 / 3
"""Who else sounds like the doctor, or the patient, must do so less than this share of the first."""

CARRIED: Final = 3
"""Utterances that an interpreter has carried from one to another at least; and half of all."""

MIXED: Final = (0.2, 0.8)
"""Share of another language in what an interpreter says; in what is interpreted it is more."""

ECHO: Final = 2
"""Words that are said again by an interpreter at least; and half of all ..."""

SMALL: Final = 4
"""... that have more letters than this: smaller ones are everybody's."""

_TOKEN: Final = re.compile(r"[\w-]+|[.!?…]")
_BEGINNING: Final = r"(?:^|(?<=[.!?…] ))(?:(?:ja|jo|nei|ok|og|men|mm|fint|bra|greit) )*"


@dataclass(frozen=True)
class Voice:
    """What one speaker's words weigh: nothing where they are in doubt."""

    words: int
    foreign: float
    """Share of another language."""
    leads: int
    """How much more of a doctor than of one who is asked; less than nothing for these."""
    about: int
    """How much more of somebody else than of oneself."""
    weighed: int
    """All that was weighed for doctor, patient or relative."""
    carries: bool
    """Whether much of it only carries what others say."""

    def clearly(self, more: int, share: float = MOSTLY) -> bool:
        """Whether so much more for one role says enough."""
        return more >= max(CLEAR, share * self.weighed)


def guess(utterances: Sequence[Utterance], known: Mapping[str, Role], language: str) -> dict[str, Role]:
    """A role for every voice: those `known` as they are, and a guess for the others; at most one practitioner and one patient.

    `language` is the transcript's (BCP 47); of another than Norwegian nothing is guessed.
    """
    voices = _voices(utterances)
    roles = dict.fromkeys(voices, Role.UNKNOWN) | dict(known)
    if len(voices) < 2 or language not in LANGUAGES:
        return roles
    heard = [label for label, voice in voices.items() if voice.words >= ENOUGH or label in known]
    left = {label: voice for label, voice in voices.items() if label not in known and voice.words >= ENOUGH}

    def give(role: Role, *labels: str) -> None:
        for label in labels:
            roles[label] = role
            del left[label]

    give(Role.INTERPRETER, *(label for label in left if _interprets(label, voices)))
    if Role.PRACTITIONER not in known.values():
        give(Role.PRACTITIONER, *_foremost({label: voice.leads for label, voice in left.items()}, voices))
    give(Role.RELATED_PERSON, *(label for label, voice in left.items() if voice.clearly(voice.about, BY_FAR)))
    if Role.PATIENT not in known.values():
        if len(heard) == 2 and Role.PRACTITIONER in map(roles.get, heard):
            other = (label for label, voice in left.items() if voice.about <= 0 and not voice.clearly(voice.leads))
            give(Role.PATIENT, *other)
        else:
            give(Role.PATIENT, *_foremost({label: -voice.leads for label, voice in left.items()}, voices))
    return roles


def swapped(utterances: Sequence[Utterance], language: str) -> bool:
    """Whether of two voices with these roles the patient clearly speaks as a practitioner, and the practitioner as a patient."""
    given = {utterance.speaker: utterance.role for utterance in utterances if utterance.speaker}
    if set(given.values()) != {Role.PRACTITIONER, Role.PATIENT} or len(given) != 2 or language not in LANGUAGES:
        return False
    voices = {given[label]: voice for label, voice in _voices(utterances).items()}
    doctor, patient = voices[Role.PRACTITIONER], voices[Role.PATIENT]
    enough = min(doctor.words, patient.words) >= ENOUGH_TO_OBJECT
    return enough and doctor.clearly(-doctor.leads, BY_FAR) and patient.clearly(patient.leads, BY_FAR)


def _foremost(leads: Mapping[str, int], voices: Mapping[str, Voice]) -> list[str]:
    """The voice that clearly leads, and by far before any other; none, where none does."""
    ordered = sorted(leads, key=lambda label: leads[label], reverse=True)
    if not ordered or not voices[ordered[0]].clearly(leads[ordered[0]]):
        return []
    return ordered[:1] if all(leads[label] <= SECOND * leads[ordered[0]] for label in ordered[1:]) else []


def _interprets(label: str, voices: Mapping[str, Voice]) -> bool:
    """Carries what others say; or is the only one of several to speak both this language and another's."""
    few, many = MIXED
    mixed = [other for other, voice in voices.items() if few <= voice.foreign <= many]
    return voices[label].carries or (mixed == [label] and any(voice.foreign > many for voice in voices.values()))


def _voices(utterances: Sequence[Utterance]) -> dict[str, Voice]:
    """Each speaker that has a label, in the order in which they first spoke."""
    echoed = Counter(
        (after.speaker, before.speaker) for before, after in pairwise(utterances) if _echoes(before, after)
    )
    said: dict[str, list[Utterance]] = {}
    for utterance in utterances:
        if utterance.speaker:
            said.setdefault(utterance.speaker, []).append(utterance)
    return {
        label: _voice(of, [times for (by, _), times in echoed.items() if by == label]) for label, of in said.items()
    }


def _voice(said: Sequence[Utterance], echoes: Sequence[int]) -> Voice:
    """`echoes`: how often it said again what another had said, for each other; who does so with one only, answers."""
    texts = [_folded(utterance) for utterance in said if utterance.doubt is None]
    words = sum(len(utterance.words) for utterance in said if utterance.doubt is None)
    foreign = sum(len(utterance.words) for utterance in said if utterance.doubt is Doubt.LANGUAGE)
    weights = {role: sum(_weight(role, text) for text in texts) for role in CUES}
    doctor, patient, relative = (weights[role] for role in (Role.PRACTITIONER, Role.PATIENT, Role.RELATED_PERSON))
    carried = (sum(echoes) if len(echoes) > 1 else 0) + sum(_weight(Role.INTERPRETER, text) > 0 for text in texts)
    return Voice(
        words=words,
        foreign=foreign / max(1, words + foreign),
        leads=doctor - patient - relative,
        about=relative - patient,
        weighed=doctor + patient + relative,
        carries=carried >= max(CARRIED, len(texts) / 2),
    )


def _echoes(before: Utterance, after: Utterance) -> bool:
    """Whether another says the same once more."""
    first, second = ({token for token in _folded(said).split() if len(token) > SMALL} for said in (before, after))
    return before.speaker != after.speaker and len(first & second) >= max(ECHO, len(second) / 2)


def _weight(role: Role, text: str) -> int:
    return sum(weight * len(cue.findall(text)) for weight, cue in _cues(role))


def _folded(utterance: Utterance) -> str:
    """Lower case, one blank between words, and sentence ends as words of their own."""
    return " ".join(_TOKEN.findall(utterance.text.lower()))


@cache
def _cues(role: Role) -> tuple[tuple[int, re.Pattern[str]], ...]:
    return tuple((weight, _pattern(cue)) for weight, cues in CUES[role].items() for cue in cues)


def _pattern(cue: str) -> re.Pattern[str]:
    """A cue as a regular expression over folded text (the grammar: `role_cues`)."""
    words = cue.removeprefix("^").split()
    places = ("|".join(re.escape(word).replace(r"\*", r"\w*") for word in place.split("/")) for place in words)
    spelled = r" ".join(f"(?:{place})" for place in places)
    return re.compile(f"{_BEGINNING if cue.startswith('^') else '(?<![^ ])'}{spelled}(?![^ ])")

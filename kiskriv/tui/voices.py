"""Whose words these are, as the doctor corrects it: which role and which voice come next, and who changes places. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kiskriv.transcript import Role, Utterance

ROLES: Final = tuple(Role)

THE_DOCTORS: Final = 10
"""The first number of a voice that the doctor has told apart."""

_PLACES: Final = {Role.PRACTITIONER: Role.PATIENT, Role.PATIENT: Role.PRACTITIONER}


def next_role(role: Role) -> Role:
    """After the last comes the first."""
    return ROLES[(ROLES.index(role) + 1) % len(ROLES)]


def next_voice(said: Utterance, utterances: Sequence[Utterance]) -> str:
    """The label of the voice to try next for what was `said`: the others that were heard, in order, then a new one, then round again.

    The new one has a number that no diarizer gives: in a later draft another voice could come by it.
    A voice that said nothing else is as good as new.
    """
    heard = {utterance.speaker for utterance in utterances if utterance.speaker and utterance.id != said.id}
    voices = sorted(heard, key=int)
    voices.append(str(max([THE_DOCTORS - 1, *map(int, heard)]) + 1))
    return voices[voices.index(said.speaker) + 1 if said.speaker in heard else 0]


def swapped(utterances: Sequence[Utterance]) -> tuple[tuple[str, Role], ...]:
    """Whose role becomes which, when doctor and patient change places; nothing where there are not both."""
    roles = {utterance.speaker: utterance.role for utterance in utterances if utterance.speaker}
    both = set(roles.values()) >= set(_PLACES)
    return tuple((speaker, _PLACES[role]) for speaker, role in roles.items() if role in _PLACES) if both else ()

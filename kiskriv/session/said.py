"""What was said, as it is told by now: the words that were heard, and what the doctor knows better. All of it sealed.

Plain here only while it is looked at. What was heard is heard again by a room that goes on where this one died; the doctor's word goes into
the vault's copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kiskriv.session import sealed
from kiskriv.session.changes import checked, cuts, told
from kiskriv.session.stages import Stages
from kiskriv.speech.attribution import utterances
from kiskriv.speech.roles import guess, swapped
from kiskriv.transcript import Change, Correction, Cut, Remark, Rewording, Role, Transcript, Utterance, Word
from kiskriv.vault import Artefact, Vault


class Said:
    """Of one session, in its vault. For the thread that holds the key."""

    def __init__(self, stages: Stages, vault: Vault) -> None:
        self._stages = stages
        self._vault = vault
        self._roles = dict(stages.roles)
        self._corrections: list[Correction] = []

    def hear(self, words: Sequence[Word]) -> tuple[Utterance, ...]:
        """Keeps words that stand; as utterances."""
        self._vault.seal(Artefact.TRANSCRIPT, sealed.pack_told(list(words)))
        return self.utterances(words)

    def assign(self, speaker: str, role: Role) -> None:
        """The doctor says who a voice is."""
        self._roles[speaker] = role
        self._vault.copy(Artefact.SPEAKERS, sealed.pack_role(speaker, role))

    def change(self, change: Change) -> None:
        """The doctor says who spoke, or what, or that it does not belong here. Raises Malformed."""
        change = checked(change)
        if isinstance(change, Correction):
            self._corrections.append(change)
        self._keep(change)

    def bookmark(self, seconds: float) -> None:
        """The doctor wants to remember this moment."""
        self._keep(seconds)

    def utterances(self, words: Sequence[Word]) -> tuple[Utterance, ...]:
        """These words alone, as the recording goes on."""
        return utterances(words, self._stages.diarizer.attribute(words), self._roles, self._corrections)

    @property
    def transcript(self) -> Transcript:
        """All of it. A voice's role is what the doctor said, or what its microphone stands for, or a first guess."""
        stages, language = self._stages, self._stages.language
        heard, changes, bookmarks = self._all()
        words, labels = told(heard, stages.diarizer.attribute(heard), changes)
        apart = [change for change in changes if not isinstance(change, Cut)]
        said = utterances(words, labels, self._roles, apart)
        voices = {utterance.speaker for utterance in said}
        roles = guess(said, {speaker: role for speaker, role in self._roles.items() if speaker in voices}, language)
        said = tuple(replace(utterance, role=roles.get(utterance.speaker, Role.UNKNOWN)) for utterance in said)
        remarks = stages.diarizer.remarks
        if not said:
            remarks = tuple(remark for remark in remarks if remark is not Remark.UNATTRIBUTED)
        if self._roles == stages.roles and swapped(said, language):
            remarks = (*remarks, Remark.SWAPPED)
        return Transcript(language, said, remarks, cuts(changes), tuple(sorted(bookmarks)))

    @property
    def cuts(self) -> tuple[tuple[float, float], ...]:
        """From which to which second nothing belongs here."""
        return cuts(self._all()[1])

    def _all(self) -> tuple[list[Word], list[Change], list[float]]:
        """Words in order of their starts, changes and bookmarks in the order in which they were made."""
        words: list[Word] = []
        changes: list[Change] = []
        bookmarks: list[float] = []
        for octets in self._vault.all(Artefact.TRANSCRIPT):
            match sealed.unpack_told(octets):
                case Correction() | Rewording() | Cut() as change:
                    changes.append(change)
                case float(seconds):
                    bookmarks.append(seconds)
                case heard:
                    words += heard
        words.sort(key=lambda word: word.start)
        return words, changes, bookmarks

    def _keep(self, said: Change | float) -> None:
        octets = sealed.pack_told(said)
        self._vault.copy(Artefact.TRANSCRIPT, octets)
        self._vault.seal(Artefact.TRANSCRIPT, octets)

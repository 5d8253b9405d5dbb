"""The notes of a session: one for each form, kept sealed. What a doctor has changed is never lost over another document, nor over
what is told otherwise by now. Plain here only while it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiskriv.note import Form, Note
from kiskriv.session import sealed
from kiskriv.session.sealed import Kept
from kiskriv.transcript import Transcript
from kiskriv.vault import Artefact, Vault


class Notes:
    """Of one session, in its vault. For the thread that holds the key."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._places: dict[Form, int] = {}
        """Of each form's newest record."""
        self._own: set[Form] = set()
        self._current: set[Form] = set()
        """Forms whose note rests on what was said as it was told last: the doctor's own always do."""

    def keep(self, kept: Kept) -> None:
        """The newest of its form."""
        self._places[kept.form] = self._vault.seal(Artefact.DRAFT, sealed.pack_note(kept))
        self._current.add(kept.form)
        (self._own.add if kept.own else self._own.discard)(kept.form)

    def of(self, form: Form) -> Kept | None:
        """The newest of this form."""
        if form not in self._places:
            return None
        octets = self._vault.open(Artefact.DRAFT, self._places[form])
        try:
            return sealed.unpack_note(octets)
        finally:
            octets[:] = bytes(len(octets))

    def left(self, form: Form) -> Kept | None:
        """The note of this form to go on with: the doctor's own, or one that what was said still makes; None: it is to be drafted."""
        return self.of(form) if form in self._current else None

    def unfinished(self, form: Form) -> None:
        """It shall be drafted anew when it is asked for, unless the doctor has changed it."""
        self._current.discard(form)

    def retold(self, before: Transcript, now: Transcript) -> None:
        """What was said is told otherwise: the doctor's own notes point to the same words as before, all others are to be drafted anew."""
        self._current.clear()
        for kept in [kept for form in self._own if (kept := self.of(form)) is not None]:
            self.keep(replace(kept, note=repointed(kept.note, before, now)))


def repointed(note: Note, before: Transcript, now: Transcript) -> Note:
    """The note with evidence that names the utterances of `now` in which the words are that it rested on."""
    times = {said.id: (said.start, said.end) for said in before.utterances}

    def there(evidence: tuple[int, ...]) -> Iterator[int]:
        spans = [times[place] for place in evidence if place in times]
        for said in now.utterances:
            if any(said.start < end and start < said.end for start, end in spans):
                yield said.id

    return Note(
        tuple(
            replace(
                section, statements=tuple(replace(s, evidence=tuple(there(s.evidence))) for s in section.statements)
            )
            for section in note.sections
        )
    )

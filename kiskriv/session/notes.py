"""The notes of a session: one for each form, kept sealed. What a doctor has changed is never lost over another document, nor over
what is told otherwise by now: it stands in the fresh draft too. Plain here only while it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiskriv.note import Form, Note
from kiskriv.session import sealed
from kiskriv.session.merging import merged, remembering
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
        """Forms whose note rests on what was said as it was told last."""

    def keep(self, kept: Kept) -> None:
        """The newest of its form."""
        self._places[kept.form] = self._vault.seal(Artefact.DRAFT, sealed.pack_note(kept))
        self._current.add(kept.form)
        (self._own.discard if kept.base is None else self._own.add)(kept.form)

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
        """The note of this form to go on with, since what was said still makes it; None: it is to be drafted."""
        return self.of(form) if form in self._current else None

    def own(self, form: Form) -> Kept | None:
        """The note of this form as the doctor has changed it; None where he has not."""
        return self.of(form) if form in self._own else None

    def unfinished(self, form: Form) -> None:
        """It shall be drafted anew when it is asked for."""
        self._current.discard(form)

    def retold(self, before: Transcript, now: Transcript) -> None:
        """What was said is told otherwise: all is to be drafted anew. What the doctor has changed points to the same words as before."""
        for kept in [self.of(form) for form in self._own]:
            if kept is not None and kept.base is not None:
                self.keep(Kept(repointed(kept.note, before, now), kept.form, repointed(kept.base, before, now)))
        self._current.clear()


def revised(kept: Kept | None, note: Note, form: Form) -> Kept:
    """The note as the doctor has it now, with the machine's draft that it comes from."""
    return Kept(note, form, note if kept is None else kept.base or kept.note)


def renewed(own: Kept | None, draft: Note, form: Form) -> Kept:
    """A fresh draft with what the doctor has changed in the one before, if he has."""
    if own is None or own.base is None:
        return Kept(draft, form)
    note, base = merged(own.base, own.note, draft), remembering(own.base, own.note, draft)
    return Kept(note, form, None if note == base else base)


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

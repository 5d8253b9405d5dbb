"""The doctor's changes to a note, to go back and forth over. Pure: each step returns a new history."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiskriv.note import Note


@dataclass(frozen=True, repr=False)
class History:
    """A note as it stands, what it was before (the oldest first), and what was taken back (the next first).

    A new draft begins a new one: its statements rest on utterances that may be numbered otherwise, so nothing leads back over it.
    """

    note: Note
    past: tuple[Note, ...] = ()
    future: tuple[Note, ...] = ()

    @property
    def changed(self) -> bool:
        """It does not stand as it came."""
        return bool(self.past) and self.note != self.past[0]

    def after(self, note: Note) -> History:
        """This note stands from now on; what was taken back is gone. The same history where nothing is another."""
        return self if note == self.note else History(note, (*self.past, self.note))

    def undone(self) -> History:
        """One change back; the same where there is none."""
        if not self.past:
            return self
        return replace(self, note=self.past[-1], past=self.past[:-1], future=(self.note, *self.future))

    def redone(self) -> History:
        """One change that was taken back, again; the same where there is none."""
        if not self.future:
            return self
        return replace(self, note=self.future[0], past=(*self.past, self.note), future=self.future[1:])

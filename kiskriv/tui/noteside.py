"""The note's side of the review: written by a machine, corrected by the doctor, line by line, and back again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from kiskriv.locale import mark, text
from kiskriv.note import Mark, Note, Phrase
from kiskriv.tui import edits, words
from kiskriv.tui.asking import Choose
from kiskriv.tui.history import History
from kiskriv.tui.side import Side
from kiskriv.tui.widgets import NoteList


class NoteSide(Side):
    """The note as it stands, with its marks. It never loses what the doctor wrote: each change can be taken back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e,enter", "edit", mark("Edit line"), key_display="E"),
        Binding("n", "add", mark("New line")),
        Binding("z,ctrl+z", "undo", mark("Undo"), key_display="Z"),
        Binding("ctrl+y", "redo", mark("Redo"), key_display="Ctrl+Y"),
        Binding("m", "next_mark", mark("Next mark")),
        Binding("p", "phrase", mark("Phrase")),
    ]

    lines: NoteList

    class Changed(Message):
        """The doctor has changed the note."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self.lines = NoteList(id="note")
        super().__init__(self.lines)
        self._history = History(Note(()))
        self.marks: tuple[Mark, ...] = ()
        self._phrases = phrases
        self._writing: edits.Line | edits.Blank | None = None
        self._adding = False

    @property
    def note(self) -> Note:
        """As it stands."""
        return self._history.note

    @property
    def changed(self) -> bool:
        """By the doctor, since it was drafted."""
        return self._history.changed

    @property
    def evidence(self) -> frozenset[int]:
        """Ids of the utterances that the row under the cursor, or a mark on it, rests on."""
        row = self.lines.looked_at
        own = row.statement.evidence if isinstance(row, edits.Line) else ()
        return frozenset((*own, *(said for mark in self._looked_at for said in mark.evidence)))

    @property
    def why(self) -> Sequence[str]:
        """The gravest first."""
        return [words.concern(mark) for mark in self._looked_at]

    @property
    def _looked_at(self) -> list[Mark]:
        match self.lines.looked_at:
            case edits.Line() as line:
                place = edits.number(self.note, line)
                return [mark for mark in self.marks if mark.statement == place]
            case edits.Omitted(mark):
                return [mark]
        return []

    # -- shown ------------------------------------------------------------------------------------------------------------------------

    def show(self, note: Note, marks: Sequence[Mark]) -> None:
        """A draft, in place of what was there."""
        self._history, self.marks = History(note), tuple(marks)
        self.lines.show(note, self.marks)

    def show_half(self, note: Note) -> None:
        """What a machine has written so far: it is seen, and stands nowhere."""
        self.lines.show(note)

    def show_again(self) -> None:
        """What stands."""
        self.lines.show(self.note, self.marks)

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Where to look twice in the note as it stands now."""
        self.marks = tuple(marks)
        self.lines.show(self.note, self.marks)

    def forget(self) -> None:
        """Empties the note, and every one before it."""
        self._history, self.marks = History(Note(())), ()
        super().forget()

    # -- changed ----------------------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done now."""
        offered = {
            "undo": bool(self._history.past),
            "redo": bool(self._history.future),
            "next_mark": bool(self.lines.marked),
            "edit": self.lines.chosen is not None,
            "add": self.lines.chosen is not None,
            "phrase": bool(self._phrases) and self.lines.chosen is not None,
        }
        return offered.get(action, True) and super().check_action(action, parameters)

    def action_edit(self) -> None:
        """Opens the line under the cursor; an empty section gets its first line."""
        match self.lines.chosen:
            case edits.Blank():
                self.action_add()
            case edits.Line(statement=statement) as line:
                self._writing, self._adding = line, False
                self.open_editor(statement.text, text("Edit (empty: the line goes)"))

    def action_add(self) -> None:
        """Opens a new line below the cursor."""
        if (chosen := self.lines.chosen) is not None:
            self._writing, self._adding = chosen, True
            heading = self.note.sections[chosen.section].heading
            self.open_editor("", text("New line under {heading}").format(heading=heading))

    def written(self, line: str) -> None:
        """Keeps what the doctor wrote."""
        row, place, note = self.lines.highlighted or 0, self._writing, self.note
        if isinstance(place, edits.Line) and not self._adding:
            note = edits.written(note, place, line)
        elif place is not None:
            at = place.at + 1 if isinstance(place, edits.Line) else 0
            note = edits.added(note, place.section, at, line)
            row += at > 0 and note is not self.note
        self.close_editor()
        self._stand(self._history.after(note), row)

    def close_editor(self) -> None:
        """No line is being written."""
        self._writing = None
        super().close_editor()

    def action_phrase(self) -> None:
        """A phrase of the clinic's, under the heading that it belongs to, or where the cursor is."""
        headings = [section.heading for section in self.note.sections]
        chosen = self.lines.chosen
        if chosen is None:
            return

        def answered(number: int | None) -> None:
            if number is None:
                return
            phrase = self._phrases[number]
            section = headings.index(phrase.heading) if phrase.heading in headings else chosen.section
            grown = edits.added(self.note, section, len(self.note.sections[section].statements), phrase.text)
            self._stand(self._history.after(grown), edits.differs(self.note, grown))

        names = [f"{phrase.heading}: {phrase.name} – {phrase.text}" for phrase in self._phrases]
        self.app.push_screen(Choose(text("Which phrase?"), names), answered)

    def action_undo(self) -> None:
        """The last change is taken back."""
        before = self._history.undone()
        self._stand(before, edits.differs(self.note, before.note))

    def action_redo(self) -> None:
        """What was taken back last stands again."""
        after = self._history.redone()
        self._stand(after, edits.differs(self.note, after.note))

    def _stand(self, history: History, row: int) -> None:
        """This stands from now on, with the cursor on that row; its marks come when it has been held against what was said."""
        if history == self._history:
            return
        self._history, self.marks = history, ()
        self.lines.show(self.note, prefer=row)
        self.post_message(self.Changed())

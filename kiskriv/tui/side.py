"""What the two sides of the review have in common: a list, and the line in which a row of it is corrected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import OptionList

from kiskriv.tui.widgets import LineEditor, MarkedList


class Side(Vertical):
    """A list with its editor. Its keys work where the cursor is on it, nothing is drafted, and no line is being written."""

    class Turned(Message):
        """The cursor stands on another row, or other keys work on it than before."""

    def __init__(self, rows: MarkedList) -> None:
        super().__init__()
        self.lines = rows
        self.editor = LineEditor()
        self.busy = False
        """It is being drafted."""

    def compose(self) -> ComposeResult:
        """The list, and below it the editor."""
        yield self.lines
        yield self.editor

    def on_mount(self) -> None:
        """Nothing is being written."""
        self.editor.close()

    @property
    def why(self) -> Sequence[str]:
        """Why the doctor should look twice at the row under the cursor, in sentences."""
        raise NotImplementedError

    @property
    def writing(self) -> bool:
        """Letters are words now, not keys."""
        return self.editor.has_focus

    @property
    def keys(self) -> Iterator[Binding]:
        """What can be done here now, besides writing."""
        for binding in self.BINDINGS:
            if isinstance(binding, Binding) and self.check_action(binding.action, ()):
                yield binding

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is changed while it is drafted, or while a line of either side is being written."""
        sides = (side for side in (self, *self.siblings) if isinstance(side, Side))
        return not self.busy and not any(side.editor.display for side in sides)

    def action_edit(self) -> None:
        """Opens the row under the cursor."""
        raise NotImplementedError

    def action_next_mark(self) -> None:
        """To the next row that deserves a second look; after the last comes the first."""
        if marked := self.lines.marked:
            at = -1 if self.lines.highlighted is None else self.lines.highlighted
            self.lines.highlighted = next((row for row in marked if row > at), marked[0])

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another row."""
        event.stop()
        self.post_message(self.Turned())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a row, or a second click."""
        event.stop()
        if self.check_action("edit", ()):
            self.action_edit()

    def on_line_editor_left(self, event: LineEditor.Left) -> None:
        """Leaves the row as it was."""
        event.stop()
        self.close_editor()

    def open_editor(self, words: str, title: str) -> None:
        """These words are to be corrected."""
        self.editor.open(words, title)
        self.post_message(self.Turned())

    def keep(self) -> None:
        """What is being written here stands."""
        if self.editor.display:
            self.written(self.editor.text)

    def on_line_editor_written(self, event: LineEditor.Written) -> None:
        """The doctor is done with the line."""
        event.stop()
        self.written(event.words)

    def written(self, line: str) -> None:
        """Keeps what the doctor wrote."""
        raise NotImplementedError

    def close_editor(self) -> None:
        """Puts the editor away; the cursor is in the list again."""
        self.editor.close()
        self.lines.focus()
        self.post_message(self.Turned())

    def forget(self) -> None:
        """Empties the list and the editor."""
        self.lines.forget()
        self.editor.close()

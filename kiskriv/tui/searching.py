"""Searching in what was said: where words stand, and the line in which they are typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from kiskriv.locale import mark, text
from kiskriv.transcript import Utterance
from kiskriv.tui.told import Row


def found(sought: str, rows: Sequence[Row | None]) -> list[int]:
    """The rows in which these words stand, wherever in a word they begin; none for no words."""
    wanted = _folded(sought)
    return [at for at, row in enumerate(rows) if wanted and isinstance(row, Utterance) and wanted in _folded(row.text)]


def nearest(rows: Sequence[int], at: int) -> int:
    """The place, among these rows, of the first from `at` on; after the last comes the first."""
    return next((place for place, row in enumerate(rows) if row >= at), 0)


def _folded(words: str) -> str:
    """Capitals, å or aa, and the number of blanks make no difference."""
    return " ".join(unicodedata.normalize("NFC", words).casefold().replace("å", "aa").split())


class SearchLine(Horizontal):
    """Words to search for: found while they are typed. Enter goes on, Shift+Tab or ↑ goes back, Escape closes."""

    KEYS: ClassVar = (
        Binding("enter,down", "go(1)", mark("Next place"), key_display="Enter"),
        Binding("up,shift+tab", "go(-1)", mark("Place before"), key_display="↑"),
        Binding("escape", "close", mark("End the search"), key_display="Esc"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]

    class Sought(Message):
        """Other words are searched for."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class Turned(Message):
        """To the next place (1), or the one before (-1)."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Closed(Message):
        """Nothing is searched for any more."""

    def compose(self) -> ComposeResult:
        """What it is, the words, what was found."""
        yield Static(Content(text("Search:")), id="search")
        yield Input(id="sought", compact=True)
        yield Static(id="hits")

    @property
    def typing(self) -> bool:
        """Letters go here."""
        return self.query_one(Input).has_focus

    def on_mount(self) -> None:
        """Not open yet."""
        self.close()

    def open(self) -> None:
        """Ready for words."""
        self.display = True
        line = self.query_one(Input)
        line.cursor_blink = self.app.animation_level != "none"
        line.focus()

    def close(self) -> None:
        """Puts it away, empty."""
        self.display = False
        with self.prevent(Input.Changed):
            self.query_one(Input).value = ""
        self.tell(0, 0)

    def tell(self, place: int, of: int) -> None:
        """How many places there are, and at which we are (from 1)."""
        if of:
            said = text("{place} of {count}").format(place=place, count=of)
        else:
            said = text("not found") if self.query_one(Input).value.strip() else ""
        self.query_one("#hits", Static).update(Content(said))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Found while it is typed."""
        event.stop()
        self.post_message(self.Sought(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: on to the next."""
        event.stop()
        self.action_go(1)

    def action_go(self, step: int) -> None:
        """On, or back."""
        self.post_message(self.Turned(step))

    def action_close(self) -> None:
        """Escape."""
        self.close()
        self.post_message(self.Closed())

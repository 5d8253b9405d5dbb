"""The note as it was approved: delivered, and, when it is in the journal, the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from kiskriv.locale import mark, text
from kiskriv.note import Note
from kiskriv.tui.asking import Ask
from kiskriv.tui.choices import Deliver, Transferred
from kiskriv.tui.page import Chosen, InSession
from kiskriv.tui.widgets import plain


class Approved(InSession):
    """The note as the doctor approved it: into the journal with it, and only then is it erased here (R4)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "deliver", mark("Deliver the note")),
        Binding("j,y", "transferred", mark("The note is in the journal: end and erase"), key_display="J"),
        Binding("escape,b", "back", mark("Back to the note"), key_display="Esc"),
    ]

    class Reopened(Message):
        """The doctor wants to change the note after all."""

    def __init__(self, note: Note, *, clipboard: bool) -> None:
        super().__init__()
        self._note, self._clipboard = note, clipboard
        self._delivered = False

    def body(self) -> Iterator[Widget]:
        """Approved by whom, the question of the right patient, the note."""
        yield plain(" " + text("APPROVED by the doctor"), id="label")
        yield plain(text("Is the right patient open in the journal system?"), classes="question", id="patient")
        yield Static(id="delivery")
        with VerticalScroll(id="approved"):
            yield plain(self._note.text, id="text")

    def on_mount(self) -> None:
        """Nothing is delivered yet."""
        self._say()
        self.query_one("#approved").focus()

    def delivered(self) -> None:
        """The outlet took the note."""
        self._delivered = True
        self._say()

    def forget(self) -> None:
        """Empties the note."""
        self._note = Note(())
        self.query_one("#text", Static).update("")

    def action_deliver(self) -> None:
        """Hands the note to the outlet."""
        self.post_message(Chosen(Deliver()))

    def action_transferred(self) -> None:
        """Ends; asks first where the note was not delivered from here."""

        def answered(sure: bool | None) -> None:
            if sure:
                self.post_message(Chosen(Transferred()))

        if self._delivered:
            return answered(True)
        self.app.push_screen(
            Ask(
                text("Have you written the note into the journal yourself?"),
                text("It has not been delivered from here. When you end, everything is erased, the note too."),
                text("Yes, it is in the journal: end and erase"),
            ),
            answered,
        )

    def action_back(self) -> None:
        """To the review."""
        self.post_message(self.Reopened())

    def _say(self) -> None:
        if not self._delivered:
            where = (
                text("L puts the note on the clipboard.")
                if self._clipboard
                else text("L puts the note in the clinic's folder.")
            )
        elif self._clipboard:
            where = text("✓ The note is on the clipboard: paste it into the journal. When it is there, press J.")
        else:
            where = text("✓ The note is in the clinic's folder. When it is in the journal, press J.")
        self.query_one("#delivery", Static).update(Content(where))

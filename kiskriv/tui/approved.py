"""The note as it was approved: delivered, whole or by section, and, when it is in the journal, the end."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kiskriv.deliver.outlet import Place
from kiskriv.locale import mark, text
from kiskriv.note import Note
from kiskriv.tui.choices import Deliver, Transferred
from kiskriv.tui.happenings import Delivered, Happening
from kiskriv.tui.page import Chosen, InSession
from kiskriv.tui.widgets import MarkedList, plain

ASKED: Final = {
    Place.CLIPBOARD: mark("L puts the note on the clipboard."),
    Place.TERMINAL: mark("L puts the note on the clipboard of the machine that you sit at."),
    Place.FOLDER: mark("L puts the note in the clinic's folder."),
}
WHOLE: Final = {
    Place.CLIPBOARD: mark("✓ The note is on the clipboard: paste it into the journal. When it is there, press S."),
    Place.TERMINAL: mark(
        "✓ The note was sent to the clipboard of the machine that you sit at: paste it into the journal. "
        "When it is there, press S."
    ),
    Place.FOLDER: mark("✓ The note is in the clinic's folder. When it is in the journal, press S."),
}
PART: Final = {
    Place.CLIPBOARD: mark("✓ «{section}» is on the clipboard: paste it into the journal."),
    Place.TERMINAL: mark(
        "✓ «{section}» was sent to the clipboard of the machine that you sit at: paste it into the journal."
    ),
    Place.FOLDER: mark("✓ «{section}» is in the clinic's folder."),
}
AFTERWARDS: Final = {
    Place.CLIPBOARD: mark("The clipboard is emptied after {seconds} s, if this still lies there."),
    Place.TERMINAL: mark("That clipboard cannot be emptied from here: copy something else once you have pasted it."),
}
LIES: Final = {
    Place.CLIPBOARD: mark("✓ on the clipboard now"),
    Place.TERMINAL: mark("✓ sent to the clipboard last"),
    Place.FOLDER: mark("✓ in the folder"),
}


class SectionList(MarkedList):
    """The sections that something stands in, numbered as the keys are, each with its words."""

    def __init__(self, note: Note) -> None:
        super().__init__(id="approved")
        self._note = note
        self.places = tuple(place for place, section in enumerate(note.sections) if section.statements)
        """By row: which section of the note it is."""

    def show(self, delivered: Collection[int], last: int | None, place: Place) -> None:
        """With a word at those that were `delivered`, and at the `last` alone where it lies."""
        for row, section in enumerate(self.places):
            lies = text(LIES[place]) if section == last else text("✓ delivered") if section in delivered else ""
            heading = Content.assemble(
                (f"{row + 1} ", "bold"), (self._note.sections[section].heading, "bold underline"), (f"  {lies}", "bold")
            )
            words = Content("\n").join((heading, Content(self._note.text_of(section))))
            if row < len(self.options):
                self.replace_option_prompt_at_index(row, words)
            else:
                self.add_option(Option(words))

    def forget(self) -> None:
        """Empties the list and what it was made from."""
        self._note, self.places = Note(()), ()
        super().forget()

    def action_page_down(self) -> None:
        """A section can be longer than the screen: a page is one of text, not of sections."""
        self.scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        """The same, upward."""
        self.scroll_page_up(animate=False)


class Approved(InSession):
    """The note as the doctor approved it: into the journal with it, and only then is it erased here (R4, R32)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "deliver", mark("Deliver the note")),
        Binding("enter", "section_here", mark("Only this section"), key_display="Enter"),
        *(Binding(str(number), f"section({number})", show=False) for number in range(1, 10)),
        Binding("s", "transferred", mark("The note is in the journal: end and erase")),
        Binding("escape", "back", mark("Back to the note"), key_display="Esc"),
    ]

    class Reopened(Message):
        """The doctor wants to change the note after all."""

    def __init__(self, note: Note, place: Place, clear: int) -> None:
        super().__init__()
        self._sections = SectionList(note)
        self._headings = [section.heading for section in note.sections]
        self._place, self._clear = place, clear
        self._delivered: set[int] = set()
        self._last: int | None = None
        """Delivered last; None where that was the whole note."""
        self._lent: Timer | None = None
        """Runs while the clipboard has it."""

    def body(self) -> Iterator[Widget]:
        """Approved by whom, whose journal it goes into, where it lies, the note."""
        yield plain(" " + text("APPROVED by the doctor"), id="label")
        yield plain(text("Open the right patient in the journal system first."), classes="question", id="patient")
        yield Static(id="delivery")
        yield self._sections

    def on_mount(self) -> None:
        """Nothing is delivered yet."""
        self._say(text(ASKED[self._place]) + " " + text("A number puts one section there."))
        self._sections.highlighted = 0
        self._sections.focus()

    def happened(self, happening: Happening) -> None:
        """The note, or a part of it, is delivered."""
        if isinstance(happening, Delivered):
            self.delivered(happening.section, happening.place)

    def delivered(self, section: int | None, place: Place) -> None:
        """The outlet took the note, or this section of it, to such a place."""
        self._last, self._place = section, place
        self._delivered.update(self._sections.places if section is None else (section,))
        lies = text(WHOLE[self._place]) if section is None else text(PART[self._place])
        after = text(AFTERWARDS.get(self._place, "")).format(seconds=self._clear)
        self._say(f"{lies.format(section='' if section is None else self._headings[section])} {after}")
        if self._lent is not None:
            self._lent.stop()
        self._lent = self.set_timer(self._clear, self.emptied) if place is Place.CLIPBOARD else None

    def emptied(self) -> None:
        """The clipboard has it no longer."""
        self._last = None
        self._say(text("The note should be off the clipboard again by now. L, or a number, puts it there anew."))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is no delivery."""
        delivers = action in ("deliver", "section_here")
        return not (delivers and not self._sections.places) and super().check_action(action, parameters)

    def forget(self) -> None:
        """Empties the note."""
        self._sections.forget()

    def action_deliver(self) -> None:
        """Hands the note to the outlet."""
        self.post_message(Chosen(Deliver()))

    def action_section(self, number: int) -> None:
        """Hands it the section with this number on the screen."""
        if number <= len(self._sections.places):
            self._sections.highlighted = number - 1
            self.post_message(Chosen(Deliver(self._sections.places[number - 1])))

    def action_section_here(self) -> None:
        """Hands it the section under the cursor."""
        if self._sections.highlighted is not None:
            self.action_section(self._sections.highlighted + 1)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a section, or a second click."""
        event.stop()
        self.action_section_here()

    def action_transferred(self) -> None:
        """Asks, with what was not delivered from here, then ends."""
        where = text(
            "Does it stand there, in the right patient's journal? The sound, the text and the draft are erased now, and the note here too."
        )
        self._confirm(
            Transferred(),
            text("Is the note in the journal?"),
            "\n\n".join(filter(None, (where, self._undelivered()))),
            text("Yes, it is in the journal: end and erase"),
        )

    def _undelivered(self) -> str:
        left = [self._headings[place] for place in self._sections.places if place not in self._delivered]
        if not self._delivered:
            return text("It has not been delivered from here.")
        return text("Not delivered from here: {sections}.").format(sections=", ".join(left)) if left else ""

    def action_back(self) -> None:
        """To the review."""
        self.post_message(self.Reopened())

    def _say(self, where: str) -> None:
        self.query_one("#delivery", Static).update(Content(where.rstrip()))
        self._sections.show(self._delivered, self._last, self._place)

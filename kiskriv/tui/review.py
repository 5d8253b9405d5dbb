"""The note beside what was said: read, correct, approve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.markup import escape
from textual.widget import Widget
from textual.widgets import Static

from kiskriv.errors import NothingToApprove
from kiskriv.locale import explain, mark, text
from kiskriv.note import Mark, Note
from kiskriv.session.events import Drafted, Missed, Transcribed, Unwritten
from kiskriv.transcript import Cut, Transcript
from kiskriv.tui import words
from kiskriv.tui.asking import Ask, Choose, Notice
from kiskriv.tui.choices import Approve, Draft, Hush, Play, Record, Revise
from kiskriv.tui.happenings import Entered, Happening, Heard, Marked, Played
from kiskriv.tui.noteside import NoteSide
from kiskriv.tui.page import Chosen, InSession
from kiskriv.tui.saidside import SaidSide
from kiskriv.tui.side import Side
from kiskriv.tui.widgets import LineEditor

NOTHING = Entered((), ())

AROUND: Final = 0.2
"""Seconds before and after a line that are heard with it: the times of words are not exact."""


class Review(InSession):
    """A draft by machine until it is approved, and marked so (R23). The row under the cursor lights up what belongs to it there (R27)."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  (Textual types it so)
    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-middling"), (30, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "listen", mark("Listen")),
        Binding("l", "hush", mark("Stop the sound")),
        Binding("escape", "hush", show=False),
        Binding("slash", "search", mark("Search"), key_display="/"),
        Binding("tab", "other_side", mark("Other side"), key_display="Tab", priority=True),
        Binding("d", "document", mark("Other document")),
        Binding("b", "record", mark("Record more")),
        Binding("a", "approve", mark("Approve")),
    ]

    def __init__(
        self,
        drafted: Drafted,
        heard: Transcribed,
        missed: Sequence[Missed] = (),
        offered: Entered = NOTHING,
        *,
        found: bool = False,
    ) -> None:
        super().__init__()
        self._forms = offered.forms
        self._note, self._said = NoteSide(offered.phrases), SaidSide()
        self._here: Side = self._note
        """The side that the cursor is on."""
        self._drafted, self._heard, self._missed = drafted, heard, missed
        self._found = found
        """As a screen before this one left it."""
        self._drafting = self._playing = False
        self._unwritten = ""
        """Why a language model did not write it, where one should have."""

    @property
    def transcript(self) -> Transcript:
        """What was said, as it is told now."""
        return self._heard.transcript

    def body(self) -> Iterator[Widget]:
        """What it is, the note, what was said."""
        yield Static(id="label")
        yield Static(id="remarks")
        yield Static(id="why")
        yield Container(self._note, self._said, id="sides")

    def on_mount(self) -> None:
        """Shows the note as it is given."""
        self._said.lines.border_title = text("What was said")
        self._paint()
        self._note.lines.focus()

    def show(self, drafted: Drafted, heard: Transcribed, missed: Sequence[Missed]) -> None:
        """A new draft, in place of what was there."""
        self._drafted, self._heard, self._missed = drafted, heard, missed
        self._found = False
        self._drafts(False)
        self._paint()

    def writing(self, note: Note) -> None:
        """What a language model has written so far: nothing can be changed meanwhile."""
        self._unwritten = ""
        self._note.show_half(note)
        self._drafts(True)

    def unwritten(self, why: str) -> None:
        """The model did not: the draft by rules comes next."""
        self._unwritten = why

    def happened(self, happening: Happening) -> None:
        """The note is held against what was said, or what was played is over."""
        match happening:
            case Marked(marks):
                self.marked(marks)
            case Played():
                self.played()
            case Heard(Unwritten(error)):
                self.unwritten(words.unwritten(error))

    def marked(self, marks: Sequence[Mark]) -> None:
        """Where to look twice in the note as it is now."""
        self._note.show_marks(marks)
        self._label()

    def refused(self) -> None:
        """A step failed: what was here still stands; half of what a machine wrote does not."""
        self._note.show_again()
        self._drafts(False)

    def played(self) -> None:
        """What was to be heard again is over."""
        self._playing = False
        self._said.lines.sound(None)
        self._look()

    def keep(self) -> None:
        """The line that is being written."""
        for side in self._note, self._said:
            side.keep()

    def forget(self) -> None:
        """Empties both sides, and what was shown on them."""
        nothing = Transcribed(replace(self.transcript, utterances=(), cuts=(), bookmarks=()), self._heard.findings)
        self._drafted, self._heard, self._missed = Drafted(Note(())), nothing, ()
        self.query_one("#why", Static).update("")
        self._note.forget()
        self._said.forget()

    def _paint(self) -> None:
        self._said.show(self.transcript, self._missed)
        remarks = self.query_one("#remarks", Static)
        met, unwritten = (
            f" ! {said}" if said else "" for said in (words.findings(self._heard.findings), self._unwritten)
        )
        made = "\n".join(filter(None, (met, words.remarks(self.transcript.remarks), unwritten)))
        remarks.update(Content(made))
        remarks.display = bool(made)
        self._note.lines.border_title = escape(words.form(self._drafted.form)) or text("Note")
        self._note.show(self._drafted.note, self._drafted.marks)
        self._look()
        self._label()

    def _drafts(self, drafting: bool) -> None:
        self._drafting = self._note.busy = self._said.busy = drafting
        self._label()

    def _label(self) -> None:
        label = text("AI DRAFT, NOT APPROVED")
        if self._drafting:
            label = text("AI DRAFT, NOT APPROVED – it is being written …")
        elif self._found and not self._note.changed:
            label = text("AI DRAFT, NOT APPROVED – as you left it")
        elif self._drafted.own or self._note.changed:
            label = text("AI DRAFT, NOT APPROVED – with your changes")
        elif not self.transcript.utterances:
            label = self._silence()
        concerns = words.concerns(self._note.marks)
        self.query_one("#label", Static).update(Content(" " + label + (f"  ! {concerns}" if concerns else "")))
        self.keys_changed()

    def _silence(self) -> str:
        """Why there are no words, and what can be done."""
        cut = self.transcript.cuts
        why = text("ALL THAT WAS SAID IS CUT OUT.") if cut else text("NO SPEECH WAS FOUND in the recording.")
        discard, write = text("Discard (F)."), text("Discard (F), or write the note yourself (N).")
        return f"{why} {write if self._note.note.sections else discard}"

    # -- the two sides ----------------------------------------------------------------------------------------------------------------

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The cursor may have come to the other side; while a line is being written it stays there."""
        if (writing := self._written) is not None and event.widget is not writing:
            writing.focus()
            return
        side = next((above for above in event.widget.ancestors_with_self if isinstance(above, Side)), self._here)
        for each in self._note, self._said:
            each.set_class(each is side, "here")
        if side is not self._here:
            self._here = side
            side.lines.light(())
            side.lines.scroll_to_highlight()
            if side is self._note:
                self._said.end_search()
        self._look()

    def on_side_turned(self, event: Side.Turned) -> None:
        """The cursor stands on another row."""
        event.stop()
        self._look()

    def _look(self) -> None:
        """Lights, over there, what belongs to the row under the cursor, and says why that row deserves a second look."""
        if self._here is self._note:
            self._said.lines.light_up(self._note.evidence)
        else:
            said = self._said.lines.chosen
            self._note.lines.light_up(() if said is None else (said.id,))
        why, reasons = self.query_one("#why", Static), Content("\n").join(map(Content, self._here.why))
        if why.content != reasons:
            why.update(reasons)
        self.set_class(self._written is not None, "editing")
        if self._written is not None:  # which takes room from the list
            self.call_after_refresh(self._here.lines.scroll_to_highlight)
        why.display = any(side.lines.marked for side in (self._note, self._said))  # not by the row: nothing is to jump
        self.keys_changed()

    def action_other_side(self) -> None:
        """From the note to the first line that the statement rests on, and back; or to the line that is being written."""
        if self._written is not None:
            self._written.focus()
        elif self._here is self._note:
            if self._said.lines.lit:
                self._said.lines.highlighted = min(self._said.lines.lit)
            self._said.lines.focus()
        else:
            self._note.lines.focus()

    @property
    def _written(self) -> LineEditor | None:
        """The line that is being written."""
        return next((side.editor for side in (self._note, self._said) if side.editor.display), None)

    def _own_keys(self) -> Iterator[Binding]:
        if not self.is_mounted:  # which keys work hangs on what stands on the sides
            return
        for binding in self._here.keys:
            first, *_ = binding.key.split(",")
            yield replace(binding, action=f"screen.press('{first}')")
        if not self._here.writing:
            yield from super()._own_keys()

    def action_press(self, key: str) -> None:
        """A click on a key of the side that the cursor is on is that key."""
        self.app.simulate_key(key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done now, and where the cursor is."""
        if action in ("listen", "search", "document", "record", "approve") and not self._here.check_action("", ()):
            return False
        offered = {
            "listen": not self._playing and self._to_hear is not None,
            "hush": self._playing,
            "document": len(self._forms) > 1 and self._here is self._note,
        }
        return offered.get(action, True) and super().check_action(action, parameters)

    def on_note_side_changed(self, event: NoteSide.Changed) -> None:
        """Kept where the session is, so that it is found again."""
        event.stop()
        self.post_message(Chosen(Revise(self._note.note)))
        self._label()

    def on_said_side_corrected(self, event: SaidSide.Corrected) -> None:
        """A new draft, in which what the doctor has changed stays; the cursor is for the same words after it."""
        event.stop()
        self._drafts(True)
        self.post_message(Chosen(event.choice))

    def action_search(self) -> None:
        """Words, in what was said."""
        self._said.search()

    # -- the sound --------------------------------------------------------------------------------------------------------------------

    @property
    def _to_hear(self) -> int | None:
        """The row whose sound is asked for: under the cursor, or the first that the statement rests on."""
        said = self._said.lines
        row = said.highlighted if self._here is self._said else min(said.lit, default=None)
        return None if row is None or isinstance(said.rows[row], Cut | None) else row

    def action_listen(self) -> None:
        """Lets the line be heard."""
        if (at := self._to_hear) is not None and (row := self._said.lines.rows[at]) is not None:
            self._playing = True
            self._said.lines.sound(at)
            self.post_message(Chosen(Play(max(0.0, row.start - AROUND), row.end + AROUND)))
            self._look()

    def action_hush(self) -> None:
        """It has been heard enough of; that it is over, the one who plays it says."""
        self.post_message(Chosen(Hush()))

    # -- what follows -----------------------------------------------------------------------------------------------------------------

    def action_record(self) -> None:
        """One more thing at the door."""
        self.post_message(Chosen(Record()))

    def action_document(self) -> None:
        """Another document, template or written language, from the same consultation; this one is kept as it is."""

        def answered(number: int | None) -> None:
            if number is not None and self._forms[number] != form:
                self._unwritten = ""
                self._drafts(True)
                self.post_message(Chosen(Draft(self._forms[number])))

        form = self._drafted.form
        at = self._forms.index(form) if form in self._forms else 0
        self.app.push_screen(Choose(text("Which document?"), [words.form(form) for form in self._forms], at), answered)

    def action_approve(self) -> None:
        """Asks for what only the doctor can give (R2, R10); of an empty note it is not asked."""
        if self._note.note.empty:
            self.app.push_screen(Notice(*explain(NothingToApprove())))
            return

        def answered(sure: bool | None) -> None:
            if sure:
                self.post_message(Chosen(Approve(self._note.note)))

        answer_for = text(
            "A machine has drafted it, and it can be wrong. By approving you say that you have read it, "
            "and that you answer for it."
        )
        self.app.push_screen(
            Ask(
                text("Approve this note?"),
                "\n\n".join(filter(None, (words.named(self._note.marks), answer_for))),
                text("Yes, I have read it and I answer for it"),
                grave=False,
            ),
            answered,
        )

"""The note beside what was said: read, correct, approve; then deliver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static

from kiskriv.locale import mark, text
from kiskriv.note import Note
from kiskriv.session.events import Missed
from kiskriv.transcript import Correction, Findings, Transcript, Utterance
from kiskriv.tui import edits, voices, words
from kiskriv.tui.asking import Ask
from kiskriv.tui.choices import Approve, Assign, Correct, Deliver, Revise, Transferred
from kiskriv.tui.page import Chosen, InSession
from kiskriv.tui.widgets import LineEditor, NoteList, TranscriptList, plain

NOTHING_MET = Findings()


class Review(InSession):
    """A draft by machine until it is approved, and marked so (R23). A statement under the cursor lights up what it rests on (R27)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e,enter", "edit", mark("Edit line"), key_display="E"),
        Binding("n", "add", mark("New line")),
        Binding("r", "role", mark("Who speaks")),
        Binding("v", "voice", mark("Only this line")),
        Binding("o", "swap", mark("Swap doctor and patient")),
        Binding("a", "approve", mark("Approve")),
        Binding("tab", "other_side", mark("Other side"), key_display="Tab", priority=True),
    ]

    def __init__(
        self,
        note: Note,
        transcript: Transcript,
        missed: Sequence[Missed] = (),
        findings: Findings = NOTHING_MET,
        *,
        found: bool = False,
    ) -> None:
        super().__init__()
        self._note = note
        self._drafted = None if found else note
        """As the machine made it; None where a screen before this one knew that."""
        self._transcript, self._missed, self._findings = transcript, missed, findings
        self._drafting = False
        self._writing: edits.Line | edits.Blank | None = None
        self._adding = False

    def body(self) -> Iterator[Widget]:
        """What it is, the note, what was said."""
        yield Static(id="label")
        yield Static(id="remarks")
        with Horizontal(id="sides"):
            with Vertical(id="left"):
                yield NoteList(id="note")
                yield LineEditor()
            yield TranscriptList(id="said")

    def on_mount(self) -> None:
        """Shows the note as it is given."""
        self.query_one(LineEditor).close()
        self.query_one(NoteList).border_title = text("Note")
        self.query_one(TranscriptList).border_title = text("What was said")
        self._paint()
        self.query_one(NoteList).focus()

    def show(self, note: Note, transcript: Transcript, missed: Sequence[Missed], findings: Findings) -> None:
        """A new draft, in place of what was there."""
        self._drafted = self._note = note
        self._transcript, self._missed, self._findings = transcript, missed, findings
        self._drafting = False
        self._paint()
        self.keys_changed()

    def _paint(self) -> None:
        said = self.query_one(TranscriptList)
        said.show(self._transcript.utterances, self._missed)
        said.border_subtitle = words.findings(self._findings)
        remarks = self.query_one("#remarks", Static)
        remarks.update(Content(words.remarks(self._transcript.remarks)))
        remarks.display = bool(self._transcript.remarks)
        self.query_one(NoteList).show(self._note)
        self._label()

    def refused(self) -> None:
        """A step failed: what is here still stands."""
        self._drafting = False
        self._label()

    def forget(self) -> None:
        """Empties note, transcript and editor."""
        self._drafted = self._note = Note(())
        self._transcript = Transcript(self._transcript.language, ())
        for part in self.query(NoteList), self.query(TranscriptList):
            part.first().forget()
        self.query_one(LineEditor).close()

    # -- the cursor -------------------------------------------------------------------------------------------------------------------

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another statement: lights what it rests on."""
        event.stop()
        if event.option_list.id == "note":
            chosen = self.query_one(NoteList).chosen
            self.query_one(TranscriptList).light_up(chosen.statement.evidence if isinstance(chosen, edits.Line) else ())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a row, or a click."""
        event.stop()
        if event.option_list.id == "note":
            self.action_edit()

    def action_other_side(self) -> None:
        """From the note to what was said, and back."""
        note, said = self.query_one(NoteList), self.query_one(TranscriptList)
        (said if note.has_focus or self.query_one(LineEditor).has_focus else note).focus()

    # -- corrections ------------------------------------------------------------------------------------------------------------------

    def action_edit(self) -> None:
        """Opens the line under the cursor; an empty section gets its first line."""
        chosen = self.query_one(NoteList).chosen
        if chosen is None or self._drafting:
            return
        if isinstance(chosen, edits.Blank):
            return self.action_add()
        self._writing, self._adding = chosen, False
        self.query_one(LineEditor).open(chosen.statement.text, text("Edit (empty: the line goes)"))

    def action_add(self) -> None:
        """Opens a new line below the cursor."""
        chosen = self.query_one(NoteList).chosen
        if chosen is None or self._drafting:
            return
        self._writing, self._adding = chosen, True
        heading = self._note.sections[chosen.section].heading
        self.query_one(LineEditor).open("", text("New line under {heading}").format(heading=heading))

    def on_line_editor_written(self, event: LineEditor.Written) -> None:
        """Keeps what the doctor wrote, here and where the session is."""
        event.stop()
        note, before = self.query_one(NoteList), self._note
        row, place = note.highlighted or 0, self._writing
        if isinstance(place, edits.Line) and not self._adding:
            self._note = edits.written(self._note, place, event.words)
        elif place is not None:
            at = place.at + 1 if isinstance(place, edits.Line) else 0
            grown = edits.added(self._note, place.section, at, event.words)
            row += at > 0 and grown is not self._note
            self._note = grown
        self._close_editor()
        if self._note != before:
            self.post_message(Chosen(Revise(self._note)))
        note.show(self._note, prefer=row)
        self._label()

    def on_line_editor_left(self, event: LineEditor.Left) -> None:
        """Leaves the line as it was."""
        event.stop()
        self._close_editor()

    def _close_editor(self) -> None:
        self._writing = None
        self.query_one(LineEditor).close()
        self.query_one(NoteList).focus()

    # -- who spoke --------------------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Doctor and patient change places where there are both."""
        return action != "swap" or bool(voices.swapped(self._transcript.utterances))

    def action_role(self) -> None:
        """The next role for the whole voice that speaks here; a line without a voice gets one first."""
        said = self._looked_at
        if said is None:
            return
        if not said.speaker:
            return self.action_voice()
        role = voices.next_role(said.role)
        becomes = text("{voice} becomes {role}.")
        change = becomes.format(voice=words.voice(said), role=words.role(role, said.speaker))
        self._correct(Assign(((said.speaker, role),)), change, said)

    def action_voice(self) -> None:
        """The next voice for this line alone."""
        said = self._looked_at
        if said is None:
            return
        speaker = voices.next_voice(said, self._transcript.utterances)
        if speaker == said.speaker:
            return
        names = {other.speaker: words.voice(other) for other in self._transcript.utterances}
        spoken = text("The line at {time} is spoken by: {voice}.")
        change = spoken.format(time=words.clock(said.start), voice=names.get(speaker, text("a new voice")))
        self._correct(Correct(Correction.of(said, speaker)), change, said)

    def action_swap(self) -> None:
        """Doctor and patient change places, all through."""
        self._correct(Assign(voices.swapped(self._transcript.utterances)), text("Doctor and patient change places."))

    @property
    def _looked_at(self) -> Utterance | None:
        """Under the cursor, or, from the note, the first that the statement rests on."""
        said = self.query_one(TranscriptList)
        return (None if said.has_focus else said.at(min(said.lit, default=None))) or said.chosen

    def _correct(self, choice: Assign | Correct, change: str, said: Utterance | None = None) -> None:
        """A new draft; asks first where the doctor's own words would go. The cursor goes to what was `said`, for the next press."""
        if self._drafting or self.query_one(LineEditor).display:
            return

        def answered(sure: bool | None) -> None:
            if sure:
                if said is not None:
                    self.query_one(TranscriptList).stand_at(said.start)
                    self.query_one(TranscriptList).focus()
                self._drafting = True
                self._label()
                self.post_message(Chosen(choice))

        if self._note == self._drafted:
            return answered(True)
        goes = text("The note is drafted anew from what was said. What you have written yourself goes.")
        question = text("Draft again? Your own changes are lost.")
        yes, no = text("Yes, draft again"), text("No, keep my note")
        self.app.push_screen(Ask(question, f"{change} {goes}", yes, no), answered)

    # -- approval ---------------------------------------------------------------------------------------------------------------------

    def action_approve(self) -> None:
        """Asks for what only the doctor can give (R2, R10)."""
        if self._drafting or self.query_one(LineEditor).display:
            return

        def answered(sure: bool | None) -> None:
            if sure:
                self.post_message(Chosen(Approve(self._note)))

        self.app.push_screen(
            Ask(
                text("Approve this note?"),
                text(
                    "A machine has drafted it, and it can be wrong. By approving you say that you have read it, "
                    "and that you answer for it."
                ),
                text("Yes, I have read it and I answer for it"),
                grave=False,
            ),
            answered,
        )

    def _label(self) -> None:
        label = text("AI DRAFT, NOT APPROVED")
        if self._drafting:
            label = text("AI DRAFT, NOT APPROVED – drafting anew …")
        elif self._drafted is None:
            label = text("AI DRAFT, NOT APPROVED – as you left it")
        elif self._note != self._drafted:
            label = text("AI DRAFT, NOT APPROVED – with your changes")
        elif not self._transcript.utterances:
            label = text("NO SPEECH WAS FOUND in the recording. Discard (F), or write the note yourself (N).")
        self.query_one("#label", Static).update(Content(" " + label))


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

"""The note beside what was said: read, correct, approve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.markup import escape
from textual.widget import Widget
from textual.widgets import OptionList, Static

from kiskriv.locale import mark, text
from kiskriv.note import Mark, Note
from kiskriv.session.events import Drafted, Missed, Transcribed
from kiskriv.transcript import Correction, Transcript, Utterance
from kiskriv.tui import edits, voices, words
from kiskriv.tui.asking import Ask, Choose
from kiskriv.tui.choices import Approve, Assign, Correct, Draft, Revise
from kiskriv.tui.happenings import Entered
from kiskriv.tui.page import Chosen, InSession
from kiskriv.tui.widgets import LineEditor, NoteList, TranscriptList

NOTHING = Entered((), ())

MARKS = 3
"""Of one statement's marks so many are explained at once."""


class Review(InSession):
    """A draft by machine until it is approved, and marked so (R23). A statement under the cursor lights up what it rests on (R27)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e,enter", "edit", mark("Edit line"), key_display="E"),
        Binding("n", "add", mark("New line")),
        Binding("r", "role", mark("Who speaks")),
        Binding("v", "voice", mark("Only this line")),
        Binding("o", "swap", mark("Swap doctor and patient")),
        Binding("m", "next_mark", mark("Next mark")),
        Binding("p", "phrase", mark("Phrase")),
        Binding("d", "document", mark("Other document")),
        Binding("a", "approve", mark("Approve")),
        Binding("tab", "other_side", mark("Other side"), key_display="Tab", priority=True),
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
        self._note, self._marks = drafted.note, drafted.marks
        self._take(drafted, heard, missed)
        self._drafted = None if found or drafted.own else drafted.note
        """As the machine made it; None where the doctor has changed it, or a screen before this one knew that."""
        self._before: Note | None = None
        """What stood here when a language model began to write."""
        self._forms, self._phrases = offered.forms, offered.phrases
        self._unwritten = ""
        """Why a language model did not write it, where one should have."""
        self._writing: edits.Line | edits.Blank | None = None
        self._adding = False

    def body(self) -> Iterator[Widget]:
        """What it is, the note, what was said."""
        yield Static(id="label")
        yield Static(id="remarks")
        yield Static(id="why")
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

    def show(self, drafted: Drafted, heard: Transcribed, missed: Sequence[Missed]) -> None:
        """A new draft, in place of what was there."""
        self._take(drafted, heard, missed)
        self._drafted = None if drafted.own else drafted.note
        self._paint()
        self.keys_changed()

    def writing(self, note: Note) -> None:
        """What a language model has written so far: nothing can be changed meanwhile."""
        if self._before is None:
            self._before = self._note
        self._note, self._marks, self._drafting, self._unwritten = note, (), True, ""
        self.query_one(NoteList).show(note)
        self._label()

    def unwritten(self, why: str) -> None:
        """The model did not: the draft by rules comes next."""
        self._unwritten = why

    def marked(self, marks: Sequence[Mark]) -> None:
        """Where to look twice in the note as it is now."""
        self._marks = tuple(marks)
        note = self.query_one(NoteList)
        note.show(self._note, self._marks, prefer=note.highlighted)
        self._label()

    def _take(self, drafted: Drafted, heard: Transcribed, missed: Sequence[Missed]) -> None:
        self._note, self._form = drafted.note, drafted.form
        self._marks = drafted.marks
        self._transcript, self._findings, self._missed = heard.transcript, heard.findings, missed
        self._drafting, self._before = False, None

    def _paint(self) -> None:
        said = self.query_one(TranscriptList)
        said.show(self._transcript.utterances, self._missed)
        said.border_subtitle = words.findings(self._findings)
        remarks = self.query_one("#remarks", Static)
        made = words.remarks(self._transcript.remarks)
        if self._unwritten:
            made = "\n".join(filter(None, (made, f" ! {self._unwritten}")))
        remarks.update(Content(made))
        remarks.display = bool(made)
        note = self.query_one(NoteList)
        note.border_title = escape(words.form(self._form)) or text("Note")
        note.show(self._note, self._marks)
        self._label()

    def refused(self) -> None:
        """A step failed: what was here still stands; half of what a machine wrote does not."""
        if self._before is not None:
            self._note, self._before = self._before, None
            self.query_one(NoteList).show(self._note)
        self._drafting = False
        self._label()

    def forget(self) -> None:
        """Empties note, transcript and editor."""
        self._drafted = self._note = Note(())
        self._marks = ()
        self.query_one("#why", Static).update("")
        self._transcript = Transcript(self._transcript.language, ())
        for part in self.query(NoteList), self.query(TranscriptList):
            part.first().forget()
        self.query_one(LineEditor).close()

    # -- the cursor -------------------------------------------------------------------------------------------------------------------

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another statement: lights what it rests on."""
        event.stop()
        if event.option_list.id == "note":
            self._explain()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a row, or a click."""
        event.stop()
        if event.option_list.id == "note":
            self.action_edit()

    def _explain(self) -> None:
        """Lights what the row under the cursor rests on, and says why it is marked."""
        chosen = self.query_one(NoteList).looked_at
        marks: list[Mark] = []
        evidence: tuple[int, ...] = ()
        match chosen:
            case edits.Line(statement=statement):
                place = edits.number(self._note, chosen)
                marks = [mark for mark in self._marks if mark.statement == place]
                evidence = statement.evidence
            case edits.Omitted(mark):
                marks = [mark]
        lit = {*evidence, *(where for mark in marks for where in mark.evidence)}
        self.query_one(TranscriptList).light_up(lit)
        why = self.query_one("#why", Static)
        why.update(Content("\n".join(words.concern(mark) for mark in marks[:MARKS])))
        why.display = bool(marks)

    def action_next_mark(self) -> None:
        """To the next row that deserves a second look; after the last comes the first."""
        note = self.query_one(NoteList)
        note.focus()
        if note.marked:
            at = -1 if note.highlighted is None else note.highlighted
            note.highlighted = next((row for row in note.marked if row > at), note.marked[0])

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
            self._marks = ()  # they come anew, for what stands there now
            self.post_message(Chosen(Revise(self._note)))
        note.show(self._note, self._marks, prefer=row)
        self._label()

    def on_line_editor_left(self, event: LineEditor.Left) -> None:
        """Leaves the line as it was."""
        event.stop()
        self._close_editor()

    def _close_editor(self) -> None:
        self._writing = None
        self.query_one(LineEditor).close()
        self.query_one(NoteList).focus()

    # -- the clinic's own -------------------------------------------------------------------------------------------------------------

    def action_phrase(self) -> None:
        """A phrase of the clinic's, under the heading that it belongs to, or where the cursor is."""
        headings = [section.heading for section in self._note.sections]
        chosen = self.query_one(NoteList).chosen
        if not self._phrases or chosen is None or self._drafting or self.query_one(LineEditor).display:
            return

        def answered(number: int | None) -> None:
            if number is None:
                return
            phrase = self._phrases[number]
            section = headings.index(phrase.heading) if phrase.heading in headings else chosen.section
            self._note = edits.added(self._note, section, len(self._note.sections[section].statements), phrase.text)
            self._marks = ()
            self.post_message(Chosen(Revise(self._note)))
            self.query_one(NoteList).show(self._note)
            self._label()

        names = [f"{phrase.heading}: {phrase.name} – {phrase.text}" for phrase in self._phrases]
        self.app.push_screen(Choose(text("Which phrase?"), names), answered)

    def action_document(self) -> None:
        """Another document, template or written language, from the same consultation; this one is kept as it is."""
        if self._drafting or self.query_one(LineEditor).display:
            return

        def answered(number: int | None) -> None:
            if number is not None and self._forms[number] != self._form:
                self._drafting, self._unwritten = True, ""
                self._label()
                self.post_message(Chosen(Draft(self._forms[number])))

        at = self._forms.index(self._form) if self._form in self._forms else 0
        self.app.push_screen(Choose(text("Which document?"), [words.form(form) for form in self._forms], at), answered)

    # -- who spoke --------------------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Doctor and patient change places where there are both; marks, phrases and documents are chosen from where there are any."""
        offered = {
            "swap": bool(voices.swapped(self._transcript.utterances)),
            "next_mark": bool(self._marks),
            "phrase": bool(self._phrases),
            "document": len(self._forms) > 1,
        }
        return offered.get(action, True)

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

        answer_for = text(
            "A machine has drafted it, and it can be wrong. By approving you say that you have read it, "
            "and that you answer for it."
        )
        self.app.push_screen(
            Ask(
                text("Approve this note?"),
                "\n\n".join(filter(None, (words.concerns(self._marks), answer_for))),
                text("Yes, I have read it and I answer for it"),
                grave=False,
            ),
            answered,
        )

    def _label(self) -> None:
        label = text("AI DRAFT, NOT APPROVED")
        if self._drafting:
            label = text("AI DRAFT, NOT APPROVED – it is being written …")
        elif self._drafted is None:
            label = text("AI DRAFT, NOT APPROVED – as you left it")
        elif self._note != self._drafted:
            label = text("AI DRAFT, NOT APPROVED – with your changes")
        elif not self._transcript.utterances:
            label = text("NO SPEECH WAS FOUND in the recording. Discard (F), or write the note yourself (N).")
        concerns = words.concerns(self._marks)
        self.query_one("#label", Static).update(Content(" " + label + (f"  ! {concerns}" if concerns else "")))
        self.keys_changed()

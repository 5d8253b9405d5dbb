"""The other side of the review: what was said, and the doctor's word for who said it, what, and what does not belong here (R28, R29)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from kiskriv.locale import mark, text
from kiskriv.session.events import Missed
from kiskriv.transcript import Correction, Cut, Rewording, Role, Transcript, Utterance
from kiskriv.tui import edits, searching, voices, words
from kiskriv.tui.asking import Ask
from kiskriv.tui.choices import Assign, Correct
from kiskriv.tui.searching import SearchLine
from kiskriv.tui.side import Side
from kiskriv.tui.widgets import TranscriptList


class SaidSide(Side):
    """What was said. A correction here is drafted anew, by way of the page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e,enter", "edit", mark("Correct words"), key_display="E"),
        Binding("r", "role", mark("Who speaks")),
        Binding("v", "voice", mark("Only this line")),
        Binding("o", "swap", mark("Swap doctor and patient")),
        Binding("x", "cut", mark("Cut out")),
        Binding("x", "restore", mark("Take back the cut")),
        Binding("z,ctrl+z", "undo", mark("Undo"), key_display="Z"),
        Binding("m", "next_mark", mark("Next mark")),
        Binding("escape", "close_search", show=False),
    ]

    lines: TranscriptList

    class Corrected(Message):
        """The doctor knows better: it is to be drafted anew."""

        def __init__(self, choice: Assign | Correct) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self) -> None:
        self.lines = TranscriptList(id="said")
        super().__init__(self.lines)
        self._transcript = Transcript("", ())
        self._found: list[int] = []
        """Rows in which stands what is searched for."""
        self._reworded: Utterance | None = None
        self._backward: list[Assign | Correct] = []
        """What takes each correction back, the last one last."""

    def compose(self) -> ComposeResult:
        """The list, the editor, the line for searching."""
        yield from super().compose()
        yield SearchLine()

    @property
    def why(self) -> Sequence[str]:
        """Doubt, words heard uncertainly, a moment to remember."""
        return self.lines.why(self.lines.highlighted)

    @property
    def searching(self) -> bool:
        """Words are being searched for."""
        return self.query_one(SearchLine).display

    @property
    def writing(self) -> bool:
        """Words to search for are typed in a line of their own."""
        return super().writing or self.query_one(SearchLine).typing

    @property
    def keys(self) -> Iterator[Binding]:
        """While words are typed to search for: those of their line."""
        return iter(SearchLine.KEYS) if self.query_one(SearchLine).typing else super().keys

    def show(self, transcript: Transcript, missed: Sequence[Missed]) -> None:
        """All that was said, in place of what was there."""
        self._transcript = transcript
        self.end_search()
        self.lines.show(transcript, missed)

    def forget(self) -> None:
        """Empties what was said, and what was searched for."""
        self._transcript, self._reworded = Transcript(self._transcript.language, ()), None
        self._backward.clear()
        self.end_search()
        super().forget()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done with the row under the cursor."""
        row = self.lines.looked_at
        offered = {
            "swap": bool(voices.swapped(self._transcript.utterances)),
            "next_mark": bool(self.lines.marked),
            "restore": isinstance(row, Cut),
            "undo": bool(self._backward),
            "close_search": self.searching,
        }
        spoken = action not in ("edit", "role", "voice", "cut") or isinstance(row, Utterance)
        return offered.get(action, spoken) and super().check_action(action, parameters)

    # -- corrected --------------------------------------------------------------------------------------------------------------------

    def action_edit(self) -> None:
        """Other words for what was heard in this line."""
        if (said := self.lines.chosen) is not None:
            self._reworded = said
            title = text("What was said at {time}").format(time=words.clock(said.start))
            self.open_editor(edits.tidy(said.text), title)

    def written(self, line: str) -> None:
        """Other words are drafted anew; none are no correction: what does not belong here is cut."""
        said, corrected = self._reworded, edits.tidy(line)
        self.close_editor()
        if said is not None and corrected and corrected != (heard := edits.tidy(said.text)):
            self._correct(Correct(Rewording.of(said, corrected)), back=Correct(Rewording.of(said, heard)))

    def close_editor(self) -> None:
        """No line is being corrected."""
        self._reworded = None
        super().close_editor()

    def action_role(self) -> None:
        """The next role for the whole voice that speaks here; a line without a voice gets one first."""
        said = self.lines.chosen
        if said is not None and said.speaker:
            self._assign(((said.speaker, voices.next_role(said.role)),))
        elif said is not None:
            self.action_voice()

    def action_voice(self) -> None:
        """The next voice for this line alone."""
        if (said := self.lines.chosen) is None:
            return
        speaker = voices.next_voice(said, self._transcript.utterances)
        if speaker != said.speaker:
            before = Correct(Correction.of(said, said.speaker)) if said.speaker else None
            self._correct(Correct(Correction.of(said, speaker)), back=before)

    def action_swap(self) -> None:
        """Doctor and patient change places, all through."""
        self._assign(voices.swapped(self._transcript.utterances))

    def action_cut(self) -> None:
        """What was said here does not belong to this patient: asks first."""
        if (said := self.lines.chosen) is None:
            return

        def answered(sure: bool | None) -> None:
            if sure:
                cut = Cut(said.start, said.end)
                self._correct(Correct(cut), back=Correct(replace(cut, undone=True)))

        between = text("Cut out what was said {start}–{end}?")
        self.app.push_screen(
            Ask(
                between.format(start=words.clock(said.start), end=words.clock(said.end)),
                text(
                    "It is left out of the text and of every document, and cannot be heard. "
                    "X on the same place takes the cut back."
                ),
                text("Yes, cut it out"),
                grave=False,
            ),
            answered,
        )

    def action_restore(self) -> None:
        """It belongs here after all."""
        if isinstance(row := self.lines.looked_at, Cut):
            self._correct(Correct(replace(row, undone=True)), back=Correct(row))

    def action_undo(self) -> None:
        """The last correction is taken back."""
        self.post_message(self.Corrected(self._backward.pop()))

    def _assign(self, roles: tuple[tuple[str, Role], ...]) -> None:
        before = {said.speaker: said.role for said in self._transcript.utterances}
        self._correct(Assign(roles), back=Assign(tuple((speaker, before[speaker]) for speaker, _ in roles)))

    def _correct(self, choice: Assign | Correct, *, back: Assign | Correct | None) -> None:
        """Where nothing leads `back` over it, nothing before it is taken back either."""
        if back is None:
            self._backward.clear()
        else:
            self._backward.append(back)
        self.post_message(self.Corrected(choice))

    # -- searched ---------------------------------------------------------------------------------------------------------------------

    def search(self) -> None:
        """Opens the line for words to search for."""
        self.lines.pointed = True
        self.query_one(SearchLine).open()

    def on_search_line_sought(self, event: SearchLine.Sought) -> None:
        """The rows in which the words stand light up; the cursor goes to the first from where it is."""
        event.stop()
        self._found = searching.found(event.words, self.lines.rows)
        self._turn_to(searching.nearest(self._found, self.lines.highlighted or 0))

    def on_search_line_turned(self, event: SearchLine.Turned) -> None:
        """On, or back; round at the ends."""
        event.stop()
        at = self.lines.highlighted
        self._turn_to(self._found.index(at) + event.step if at in self._found else 0)

    def on_search_line_closed(self, event: SearchLine.Closed) -> None:
        """The cursor stays where it was found."""
        event.stop()
        self.action_close_search()

    def action_close_search(self) -> None:
        """Nothing is searched for any more."""
        self.end_search()
        self.lines.focus()

    def _turn_to(self, place: int) -> None:
        place %= max(1, len(self._found))
        self.lines.light(self._found)
        if self._found:
            self.lines.highlighted = self._found[place]
            self.lines.scroll_to_highlight()
        self.query_one(SearchLine).tell(place + 1, len(self._found))

    def end_search(self) -> None:
        """Puts the line away; nothing is lit for it any more."""
        self._found, self.lines.pointed = [], False
        self.lines.light(())
        self.query_one(SearchLine).close()

"""What the pages are made of: lists with a mark in the margin, the editor of one line, the level of each channel.

Text of patients goes in as Content, never as markup, and only the lists and the editor hold it: `forget` empties them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log10
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from kiskriv.locale import text
from kiskriv.note import Concern, Mark, Note
from kiskriv.session.events import Missed
from kiskriv.transcript import Role, Utterance
from kiskriv.tui import edits, words

CURSOR, ITEM, LIT, LIT_CURSOR, STILL_LIT, NOTHING = "› ", "· ", "▶ ", "›▶", "▏ ", "  "
_REVERSE = Style(reverse=True, bold=True)


def plain(words: str, *, id: str | None = None, classes: str | None = None) -> Static:
    """Words as they are, never read as markup."""
    return Static(Content(words), id=id, classes=classes)


class MarkedList(OptionList):
    """A list in which some rows are lit: a mark in the margin and reversed, so that no colour is needed to see it."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False, compact=True)
        self._lit: frozenset[int] = frozenset()

    @property
    def lit(self) -> frozenset[int]:
        """The rows that are lit."""
        return self._lit

    def light(self, indexes: Collection[int]) -> None:
        """Lights these rows and no others, and scrolls so that the first is seen."""
        self._lit = frozenset(indexes)
        if self._lit and self.is_mounted:
            first, last = min(self._lit), max(self._lit)
            self.scroll_to_row(last)
            self.scroll_to_row(first)
        self.refresh()

    def scroll_to_row(self, index: int) -> None:
        """Brings a row into view without moving the cursor."""
        self._update_lines()
        line, height = self._index_to_line.get(index, 0), self._heights.get(index, 1)
        top, visible = self.scroll_offset.y, max(1, self.scrollable_content_region.height)
        if line < top:
            self.scroll_to(y=line, animate=False, immediate=True)
        elif line + height > top + visible:
            self.scroll_to(y=line + height - visible, animate=False, immediate=True)

    def forget(self) -> None:
        """Empties the list."""
        self._lit = frozenset()
        self.clear_options()

    def _get_left_gutter_width(self) -> int:
        return len(CURSOR)

    def render_line(self, y: int) -> Strip:
        """The row's line with its mark in the margin."""
        strip = super().render_line(y)
        number = self.scroll_offset.y + y
        index, offset = self._lines[number] if number < len(self._lines) else (-1, 0)
        if index in self._lit:
            lit = LIT_CURSOR if index == self.highlighted and self.has_focus else LIT
            strip, mark = strip.apply_style(_REVERSE), lit if offset == 0 else STILL_LIT
        else:
            mark = self._mark(index) if index >= 0 and offset == 0 else NOTHING
        style = next((segment.style for segment in strip), None)
        return Strip([Segment(mark, style), *strip], strip.cell_length + len(mark))

    def _mark(self, index: int) -> str:
        """In the margin of the first line of a row that is not lit."""
        return CURSOR if index == self.highlighted and self.has_focus else NOTHING


class TranscriptList(MarkedList):
    """What was said, a row for each utterance."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._utterances: list[Utterance | None] = []
        """By row; None where something was not written down."""
        self._tentative = 0
        """Rows at the end that only say what is heard so far."""

    def show(self, utterances: Sequence[Utterance], missed: Sequence[Missed] = ()) -> None:
        """These utterances, instead of those before, with what was missed in its place; the cursor stays where it was in time."""
        at, chosen = self.highlighted or 0, self.chosen
        self.forget()
        behind = 0
        for gap in missed:
            before, behind = (
                behind,
                next((n for n, said in enumerate(utterances) if said.start >= gap.start), len(utterances)),
            )
            self.add(utterances[before:behind])
            self.miss(gap)
        self.add(utterances[behind:])
        if self._utterances:
            self.highlighted = min(at, len(self._utterances) - 1)
        if chosen is not None:
            self.stand_at(chosen.start)

    def add(self, utterances: Sequence[Utterance]) -> None:
        """More of them, at the end; what was only heard so far makes way."""
        self._drop_tentative()
        self._utterances.extend(utterances)
        self.add_options(Option(_spoken(utterance)) for utterance in utterances)

    def foresee(self, utterances: Sequence[Utterance]) -> None:
        """What is heard so far, at the end: dimmed, and with a sign, since it may change."""
        self._drop_tentative()
        self._utterances.extend(None for _ in utterances)
        self.add_options(
            Option(Content.assemble(("… ", "dim"), _spoken(said)).stylize("dim italic")) for said in utterances
        )
        self._tentative = len(utterances)

    def _drop_tentative(self) -> None:
        for _ in range(self._tentative):
            self._utterances.pop()
            self.remove_option_at_index(len(self._utterances))
        self._tentative = 0

    def miss(self, missed: Missed) -> None:
        """A stretch that is not written down, at the end."""
        self._drop_tentative()
        self._utterances.append(None)
        words_for_it = text("[… not written down: {start}–{end}]")
        gap = words_for_it.format(start=words.clock(missed.start), end=words.clock(missed.end))
        self.add_option(Option(Content.assemble((gap, "bold italic"))))

    @property
    def chosen(self) -> Utterance | None:
        """Under the cursor."""
        return self.at(self.highlighted)

    def at(self, index: int | None) -> Utterance | None:
        """In this row."""
        return None if index is None or not 0 <= index < len(self._utterances) else self._utterances[index]

    def stand_at(self, seconds: float) -> None:
        """Puts the cursor on the utterance that begins then, or else the nearest to it."""
        starts = {row: said.start for row, said in enumerate(self._utterances) if said is not None}
        if starts:
            self.highlighted = min(starts, key=lambda row: abs(starts[row] - seconds))

    def light_up(self, evidence: Collection[int]) -> None:
        """Lights the utterances with these ids."""
        wanted = set(evidence)
        self.light([row for row, said in enumerate(self._utterances) if said is not None and said.id in wanted])

    def forget(self) -> None:
        """Empties the list and what it was made from."""
        self._utterances.clear()
        self._tentative = 0
        super().forget()


class NoteList(MarkedList):
    """The note, a row for each heading and statement."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._rows: list[edits.Row] = []
        self.marked: tuple[int, ...] = ()
        """Rows that deserve a second look."""

    def show(self, note: Note, marks: Sequence[Mark] = (), *, prefer: int | None = None) -> None:
        """This note; the cursor goes to row `prefer`, or stays, or goes to the nearest row that it may stand on."""
        at = self.highlighted if prefer is None else prefer
        self.forget()
        self._rows = edits.rows(note, marks)
        concerns = [_concerns(row, note, marks) for row in self._rows]
        self.marked = tuple(number for number, found in enumerate(concerns) if found)
        self.add_options(
            Option(_written(row, found), disabled=isinstance(row, edits.Heading))
            for row, found in zip(self._rows, concerns, strict=True)
        )
        places = [row for row, kind in enumerate(self._rows) if not isinstance(kind, edits.Heading)]
        if places:
            self.highlighted = min(places, key=lambda place: (abs(place - (at or 0)), place))

    def _mark(self, index: int) -> str:
        if isinstance(self._rows[index], edits.Heading):
            return NOTHING
        return CURSOR if index == self.highlighted else ITEM

    @property
    def chosen(self) -> edits.Line | edits.Blank | None:
        """Under the cursor."""
        row = self.looked_at
        return row if isinstance(row, edits.Line | edits.Blank) else None

    @property
    def looked_at(self) -> edits.Row | None:
        """Under the cursor, whether it can be written in or not."""
        return None if self.highlighted is None else self._rows[self.highlighted]

    def forget(self) -> None:
        """Empties the list and what it was made from."""
        self._rows, self.marked = [], ()
        super().forget()


class LineEditor(TextArea):
    """One line of the note in the doctor's hands: Enter keeps it, Escape leaves it as it was."""

    class Written(Message):
        """The doctor is done with the line."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class Left(Message):
        """The doctor wants the line as it was."""

    def __init__(self) -> None:
        super().__init__(id="editor", soft_wrap=True, compact=True, tab_behavior="focus", highlight_cursor_line=False)

    def open(self, words: str, title: str) -> None:
        """Shows these words, with the cursor behind the last."""
        self.load_text(words)
        self.move_cursor(self.document.end)
        self.border_title = title
        self.border_subtitle = text("Enter keeps, Esc leaves as it was")
        self.display = True
        self.focus()

    def close(self) -> None:
        """Puts the editor away, empty, with nothing to undo to."""
        self.display = False
        self.load_text("")
        self.history.clear()

    async def on_key(self, event: events.Key) -> None:
        """Before TextArea's own handler, which Textual calls next unless it is prevented."""
        if event.key in ("enter", "escape"):
            event.stop()
            event.prevent_default()
            self.post_message(self.Written(self.text) if event.key == "enter" else self.Left())


class Levels(Static):
    """How loud each channel is: a bar of dBFS, and a word for what the bar says."""

    WIDTH: ClassVar = 24
    FLOOR: ClassVar = -60.0
    CLIPS: ClassVar = 0.99

    def __init__(self, roles: Sequence[Role]) -> None:
        super().__init__(id="levels")
        self._roles = roles

    def show(self, peaks: Sequence[float]) -> None:
        """The peak of each channel, in [0, 1]."""
        roles = self._roles if len(peaks) > 1 else ()
        names = [words.role(role, str(channel)) for channel, role in enumerate(roles)] or [text("Microphone")]
        widest = max(map(len, names))
        self.update(
            Content("\n").join(Content(f"{n:<{widest}} {self._bar(p)}") for n, p in zip(names, peaks, strict=False))
        )

    def _bar(self, peak: float) -> str:
        decibels = 20 * log10(peak) if peak > 0 else self.FLOOR
        full = round(self.WIDTH * max(0.0, 1 - decibels / self.FLOOR))
        word = text("too loud") if peak >= self.CLIPS else text("sound") if decibels > -45 else text("silent")
        return f"{'█' * full}{'·' * (self.WIDTH - full)} {word}"


def _spoken(utterance: Utterance) -> Content:
    voice = words.voice(utterance)
    return Content.assemble(
        (f"{words.clock(utterance.start)} ", "dim"),
        (f"{voice}: " if voice else "", "bold"),
        (words.doubt(utterance), "bold italic"),
        edits.tidy(utterance.text),
    )


def _concerns(row: edits.Row, note: Note, marks: Sequence[Mark]) -> list[Concern]:
    """Why this row deserves a second look, each reason once, the gravest first."""
    match row:
        case edits.Omitted(mark):
            return [mark.concern]
        case edits.Line():
            place = edits.number(note, row)
            found = {mark.concern for mark in marks if mark.statement == place}
            return [concern for concern in Concern if concern in found]
    return []


def _written(row: edits.Row, concerns: Sequence[Concern]) -> Content:
    signs = [(f"[{words.sign(concern)}]", words.STYLES[concern]) for concern in concerns]
    before = [part for sign in signs for part in (sign, " ")]
    match row:
        case edits.Heading(heading):
            return Content.assemble((heading, "bold underline"))
        case edits.Blank():
            return Content.assemble((text("(nothing said)"), "dim italic"))
        case edits.Line(statement=statement):
            own = () if statement.evidence else ((" " + text("[doctor]"), "dim"),)
            return Content.assemble(*before, statement.text, *own)
        case edits.Omitted(mark):
            return Content.assemble(*before, mark.said or words.concern(mark))

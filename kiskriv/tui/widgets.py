"""What the pages are made of: lists with a mark in the margin, the editor of one line.

Text of patients goes in as Content, never as markup, and only the lists and the editor hold it: `forget` empties them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.markup import escape
from textual.message import Message
from textual.strip import Strip
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from kiskriv.locale import text
from kiskriv.note import Concern, Mark, Note
from kiskriv.session.events import Missed
from kiskriv.transcript import Transcript, Utterance
from kiskriv.tui import edits, told, words

CURSOR, SOUND, ITEM, NOTHING = "›", "♪", "·", " "
LIT, STILL_LIT = "▶", "▏ "
_REVERSE = Style(reverse=True, bold=True)


def plain(words: str, *, id: str | None = None, classes: str | None = None) -> Static:
    """Words as they are, never read as markup."""
    return Static(Content(words), id=id, classes=classes)


class SignedList(OptionList):
    """The row under the cursor has a sign in the margin and is reversed, so that no colour is needed to see it."""

    def _get_left_gutter_width(self) -> int:
        return 2

    def render_line(self, y: int) -> Strip:
        """The row's line with its mark in the margin."""
        strip = super().render_line(y)
        number = self.scroll_offset.y + y
        index, offset = self._lines[number] if number < len(self._lines) else (-1, 0)
        lit = self._is_lit(index)
        if lit:
            strip = strip.apply_style(_REVERSE)
        margin = self._margin(index) if index >= 0 and offset == 0 else STILL_LIT if lit else 2 * NOTHING
        style = next((segment.style for segment in strip), None)
        return Strip([Segment(margin, style), *strip], strip.cell_length + len(margin))

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        """Not in a window that has no room for a row: Textual knows then of no line that it could move from."""
        if (self.highlighted or 0) in self._index_to_line:
            super()._move_page(direction)

    def _is_lit(self, index: int) -> bool:
        """Whether a row is reversed."""
        return index == self.highlighted

    def _margin(self, index: int) -> str:
        """Before the first line of a row."""
        return (CURSOR if index == self.highlighted else NOTHING) + NOTHING


class MarkedList(SignedList):
    """A list in which any rows may be lit: marked in the margin, and reversed."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False, compact=True)
        self._lit: frozenset[int] = frozenset()
        self.marked: tuple[int, ...] = ()
        """Rows that deserve a second look."""

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

    def drop(self, count: int) -> None:
        """Takes the last rows away. OptionList's own way measures all that stay anew, for each."""
        lines = self._line_cache
        for _ in range(count):
            del self._option_to_index[self._options.pop()]
            if (first := lines.index_to_line.pop(len(self._options), None)) is not None:
                del lines.lines[first:], lines.heights[len(self._options)]
        self._mouse_hovering_over = None
        self.highlighted = self.highlighted  # no further than the last row
        self.refresh()

    def action_cursor_down(self) -> None:
        """To the next row, once this one has been seen to its end."""
        if not self._read_on(1):
            super().action_cursor_down()

    def action_cursor_up(self) -> None:
        """To the row before, once this one is seen from its beginning."""
        if not self._read_on(-1):
            super().action_cursor_up()

    def action_page_down(self) -> None:
        """A page of text within a row that is longer than one, else of rows."""
        if not self._is_long:
            super().action_page_down()  # type: ignore[no-untyped-call]
        elif not self._read_on(self.scrollable_content_region.height - 1):
            super().action_cursor_down()

    def action_page_up(self) -> None:
        """The same, upward."""
        if not self._is_long:
            super().action_page_up()  # type: ignore[no-untyped-call]
        elif not self._read_on(1 - self.scrollable_content_region.height):
            super().action_cursor_up()

    @property
    def _is_long(self) -> bool:
        """The row under the cursor is longer than what is seen of the list."""
        self._update_lines()
        return (
            self.highlighted is not None
            and self._heights.get(self.highlighted, 1) > self.scrollable_content_region.height
        )

    def _read_on(self, lines: int) -> bool:
        """Scrolls so far within a long row, as far as it goes; whether there was anything to scroll."""
        if not self._is_long or self.highlighted is None:
            return False
        first, top = self._index_to_line[self.highlighted], self.scroll_offset.y
        last = first + self._heights[self.highlighted] - self.scrollable_content_region.height
        to = max(first, min(top + lines, last))
        if (to - top) * lines <= 0:
            return False
        self.scroll_to(y=to, animate=False, immediate=True)
        return True

    def on_click(self, event: events.Click) -> None:
        """A first click brings the cursor; only a second one, on the same row, opens it as Enter does."""
        row = event.style.meta.get("option")
        if row is not None and row != self.highlighted and not self._options[row].disabled:
            self.highlighted = row
            event.prevent_default()

    def forget(self) -> None:
        """Empties the list."""
        self._lit, self.marked = frozenset(), ()
        self.clear_options()

    def _is_lit(self, index: int) -> bool:
        return index in self._lit

    def _margin(self, index: int) -> str:
        sign = self._sign(index)
        if not self._is_lit(index):
            return sign + NOTHING
        return sign + LIT if sign in (CURSOR, SOUND) else LIT + NOTHING

    def _sign(self, index: int) -> str:
        """What stands in the margin of a row, whether it is lit or not."""
        return CURSOR if index == self.highlighted and self.has_focus else NOTHING


class TranscriptList(MarkedList):
    """What was said, a row for each utterance, and in its place what is not told."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.rows: list[told.Row | None] = []
        """None where nothing was said, or words are only heard so far."""
        self._tentative = 0
        """Rows at the end that only say what is heard so far."""
        self._starred: frozenset[int] = frozenset()
        """Ids of what the doctor wanted to remember."""
        self._sounding: int | None = None
        self.pointed = False
        """The cursor is shown although the keys go elsewhere."""

    def show(self, transcript: Transcript, missed: Sequence[Missed] = ()) -> None:
        """All this, instead of what was there before; the cursor stays where it was in time."""
        at, before = self.highlighted or 0, self.looked_at
        self.forget()
        self._starred = told.bookmarked(transcript)
        self._put(told.rows(transcript, missed))
        self.marked = tuple(row for row in range(len(self.rows)) if self.why(row))
        if self.rows:
            self.highlighted = min(at, len(self.rows) - 1)
        if before is not None:
            self.stand_at(before.start)

    def add(self, utterances: Sequence[Utterance]) -> None:
        """More of them, at the end; what was only heard so far makes way."""
        self._put(utterances)

    def foresee(self, utterances: Sequence[Utterance]) -> None:
        """What is heard so far, at the end: dimmed, and with a sign, since it may change."""
        self._put(())
        self.rows.extend(None for _ in utterances)
        self.add_options(
            Option(Content.assemble(("… ", "dim"), told.content(said)).stylize("dim italic")) for said in utterances
        )
        self._tentative = len(utterances)

    def miss(self, missed: Missed) -> None:
        """A stretch that is not written down, at the end."""
        self._put([missed])

    def remark(self, words: Content) -> None:
        """A row of our own, at the end: nobody said it."""
        self._put(())
        self.rows.append(None)
        self.add_option(Option(words))

    def _put(self, rows: Sequence[told.Row]) -> None:
        if self._tentative:
            del self.rows[-self._tentative :]
            self.drop(self._tentative)
            self._tentative = 0
        self.rows.extend(rows)
        self.add_options(Option(told.content(row, bookmarked=self._is_starred(row))) for row in rows)

    def _is_starred(self, row: told.Row) -> bool:
        return isinstance(row, Utterance) and row.id in self._starred

    def why(self, index: int | None) -> list[str]:
        """Why the doctor should look twice at this row, in sentences."""
        row = self._row(index)
        return [] if row is None else told.why(row, bookmarked=self._is_starred(row))

    def sound(self, index: int | None) -> None:
        """This row is being heard; or none is."""
        self._sounding = index
        self.refresh()

    def _sign(self, index: int) -> str:
        if index == self._sounding:
            return SOUND
        return CURSOR if index == self.highlighted and (self.has_focus or self.pointed) else NOTHING

    @property
    def looked_at(self) -> told.Row | None:
        """Under the cursor."""
        return self._row(self.highlighted)

    @property
    def chosen(self) -> Utterance | None:
        """Under the cursor."""
        return self.at(self.highlighted)

    def at(self, index: int | None) -> Utterance | None:
        """The utterance in this row."""
        row = self._row(index)
        return row if isinstance(row, Utterance) else None

    def _row(self, index: int | None) -> told.Row | None:
        return None if index is None or not 0 <= index < len(self.rows) else self.rows[index]

    def stand_at(self, seconds: float) -> None:
        """Puts the cursor on the row that begins then, or else the nearest to it."""
        starts = {at: row.start for at, row in enumerate(self.rows) if row is not None}
        if starts:
            self.highlighted = min(starts, key=lambda row: abs(starts[row] - seconds))

    def light_up(self, evidence: Collection[int]) -> None:
        """Lights the utterances with these ids."""
        wanted = set(evidence)
        self.light([at for at, row in enumerate(self.rows) if isinstance(row, Utterance) and row.id in wanted])

    def forget(self) -> None:
        """Empties the list and what it was made from."""
        self.rows.clear()
        self._tentative, self._starred, self._sounding = 0, frozenset(), None
        super().forget()


class NoteList(MarkedList):
    """The note, a row for each heading and statement."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._rows: list[edits.Row] = []

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

    def light_up(self, utterances: Collection[int]) -> None:
        """Lights the statements that rest on any of these utterances, by their ids."""
        lines = ((at, row.statement) for at, row in enumerate(self._rows) if isinstance(row, edits.Line))
        self.light([at for at, statement in lines if not set(utterances).isdisjoint(statement.evidence)])

    def _sign(self, index: int) -> str:
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
        self._rows = []
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
        self.cursor_blink = self.app.animation_level != "none"
        self.border_title = escape(title)
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

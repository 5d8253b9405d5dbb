"""What every page has: a line on top, its own body, and the keys that work on it below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from kiskriv.locale import mark, plural, text
from kiskriv.tui.asking import Ask
from kiskriv.tui.choices import Choice, Discard, Extend, Withdraw
from kiskriv.tui.happenings import Happening
from kiskriv.tui.widgets import plain


class Chosen(Message):
    """The doctor has chosen the next step."""

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self.choice = choice


class Keys(Widget):
    """The keys that work here, with what they do; each can be clicked as well. As many lines as it takes."""

    def __init__(self, bindings: list[Binding]) -> None:
        super().__init__()
        self._keys: list[Binding] = []
        self._laid_out = False
        self.show(bindings)

    def show(self, bindings: list[Binding]) -> None:
        """These keys, instead of those before."""
        shown = [binding for binding in bindings if binding.show]
        if shown != self._keys:
            self._keys = shown
            self.refresh(layout=True)
            if self.is_attached and not self._laid_out:
                self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        """Once more: what is asked for while a page is being laid out for the first time can be passed over."""
        self._laid_out = True
        self.refresh(layout=True)

    def render(self) -> Content:
        """Filled lines; a key is never parted from its label."""
        return Content("\n").join(self._lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The lines that this width takes."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[Content]:
        lines: list[Content] = []
        for label in self._labels():
            if lines and (longer := lines[-1] + Content("  ") + label).cell_length <= width:
                lines[-1] = longer
            else:
                lines.append(label)
        return lines

    def _labels(self) -> Iterator[Content]:
        for binding in self._keys:
            key = binding.key_display or binding.key.split(",")[0].upper()
            action = binding.action if "." in binding.action else f"screen.{binding.action}"
            label = text(binding.description)
            yield Content.from_markup(f"[@click={action}][b reverse] $key [/] $label[/]", key=key, label=label)


class Column(VerticalScroll):
    """Text from top to bottom; the arrows scroll it at once, where it is longer than the screen."""

    def __init__(self) -> None:
        super().__init__(classes="text")

    def on_mount(self) -> None:
        """Takes the keys that nobody else wants."""
        self.focus()


class Page(Screen[None]):
    """A screen between the top line and the line of keys."""

    BINDINGS: ClassVar[list[BindingType]] = []
    LEAVE: ClassVar = Binding("ctrl+q", "app.leave", mark("Quit"), key_display="Ctrl+Q")

    def compose(self) -> ComposeResult:
        """Top line, body, keys."""
        yield plain(f" {self.app.title}", id="banner")
        if self.app.sub_title:
            yield plain(self.app.sub_title, id="rehearsal")
        yield from self.above()
        yield from self.body()
        yield Keys([*self._own_keys(), self.LEAVE])

    def above(self) -> Iterator[Widget]:
        """What stands over it."""
        return iter(())

    def body(self) -> Iterator[Widget]:
        """What the page is about."""
        raise NotImplementedError

    def happened(self, happening: Happening) -> None:
        """Something happened at the desk: it is shown here if it belongs here."""

    def keep(self) -> None:
        """Keeps what is being written, as if Enter had been pressed: called before the doctor is asked how to leave."""

    def forget(self) -> None:
        """Empties what could hold what was said: called when the page is left for good."""

    def keys_changed(self) -> None:
        """Other keys work here than before."""
        self.query_one(Keys).show([*self._own_keys(), self.LEAVE])

    def _own_keys(self) -> Iterator[Binding]:
        for kind in type(self).__mro__:
            for binding in vars(kind).get("BINDINGS", ()) if issubclass(kind, Page) else ():
                if isinstance(binding, Binding) and self.check_action(binding.action, ()):
                    yield binding


class InSession(Page):
    """A page while a session is open: it can always be discarded, and the patient can always say no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "discard", mark("Discard")),
        Binding("t", "withdraw", mark("Patient withdraws")),
        Binding("g", "extend", mark("Half an hour more")),
    ]
    _extendable = False
    """The time limit is told of, and can be put off."""

    def above(self) -> Iterator[Widget]:
        """How much time is left, once there is little."""
        limit = plain("", id="limit")
        limit.display = False
        yield limit

    def expires(self, minutes: int | None, *, extendable: bool = False) -> None:
        """The time limit comes near (R15), and can be put off or not; None: it is far away (again)."""
        limit = self.query_one("#limit", Static)
        if minutes is not None:
            warning = plural(
                "{count} minute left: then everything is erased (the clinic's time limit)",
                "{count} minutes left: then everything is erased (the clinic's time limit)",
                minutes,
            )
            limit.update(Content(" ! " + warning.format(count=minutes)))
        limit.display = minutes is not None
        if self._extendable is not (extendable := extendable and minutes is not None):
            self._extendable = extendable
            self.keys_changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The time limit is put off where it is told of."""
        return self._extendable if action == "extend" else super().check_action(action, parameters)

    def action_extend(self) -> None:
        """More time, as far as the clinic lets it."""
        self.post_message(Chosen(Extend()))

    def action_discard(self) -> None:
        """Asks, then ends without a note."""
        self._confirm(
            Discard(),
            text("Discard this consultation?"),
            text(
                "The sound, the text and the draft are erased at once. There will be no note, and nothing can be brought back."
            ),
            text("Yes, discard and erase"),
        )

    def action_withdraw(self) -> None:
        """Asks, then ends because the patient said no (R9)."""
        self._confirm(
            Withdraw(),
            text("Does the patient not want this after all?"),
            text(
                "The recording stops, and everything from this consultation is erased at once. The log says that the patient withdrew."
            ),
            text("Yes, stop and erase"),
        )

    def _confirm(self, choice: Choice, question: str, explanation: str, yes: str) -> None:
        def answered(sure: bool | None) -> None:
            if sure:
                self.post_message(Chosen(choice))

        self.app.push_screen(Ask(question, explanation, yes), answered)

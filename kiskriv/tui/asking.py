"""The modals: a question that a destructive or binding act stops at, and a notice of what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from kiskriv.locale import text
from kiskriv.tui.widgets import SignedList, plain

Answer = TypeVar("Answer")


class Explanation(VerticalScroll):
    """What follows from an answer. However much it is, the answers below are seen: the arrows scroll it."""

    def __init__(self, words: str) -> None:
        super().__init__(plain(words), classes="explanation")


class Modal(ModalScreen[Answer]):
    """Over a page; on a low screen it lies at the bottom, so that what the page says on top is still seen."""

    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-high")]  # noqa: RUF012  (Textual types it so)


class Ask(Modal[bool]):
    """A question with its consequences. Only J (or Y) says yes; Enter does nothing, so that nobody confirms by habit."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,y", "answer(True)", show=False),
        Binding("n,escape", "answer(False)", show=False),
    ]

    def __init__(self, question: str, explanation: str, yes: str, no: str = "", *, grave: bool = True) -> None:
        super().__init__(classes="grave" if grave else None)
        self._question, self._explanation = question, explanation
        self._yes, self._no = yes, no or text("No, go back")

    def compose(self) -> ComposeResult:
        """Question, consequences, answers."""
        with Vertical(id="box"):
            yield plain(self._question, classes="question")
            yield Explanation(self._explanation)
            yield Static(_answer("J", "answer(True)", self._yes))
            yield Static(_answer("N", "answer(False)", self._no))

    def action_answer(self, answer: bool) -> None:
        """Closes with the answer."""
        self.dismiss(answer)


class Choose(Modal[int | None]):
    """One out of several: its number, or None where the doctor wants none. The cursor begins at `at`."""

    AUTO_FOCUS = "#choices"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self, question: str, names: Sequence[str], at: int = 0) -> None:
        super().__init__()
        self._question, self._names, self._at = question, names, at

    def compose(self) -> ComposeResult:
        """Question, choices, the way back."""
        with Vertical(id="box"):
            yield plain(self._question, classes="question")
            choices = SignedList(*map(Content, self._names), id="choices", markup=False)
            choices.highlighted = self._at if self._names else None
            yield choices
            yield Static(_answer("Esc", "leave", text("No, go back")))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
        event.stop()
        self.dismiss(event.option_index)

    def action_leave(self) -> None:
        """None of them."""
        self.dismiss(None)


class AskParting(Modal[bool]):
    """Quitting in the middle leaves the consultation open; to erase it has a question of its own, on its page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "answer(True)", show=False),
        Binding("n,escape", "answer(False)", show=False),
    ]

    def __init__(self, explanation: str) -> None:
        super().__init__(classes="grave")
        self._explanation = explanation

    def compose(self) -> ComposeResult:
        """Question, consequences, answers."""
        with Vertical(id="box"):
            yield plain(text("Quit in the middle of a consultation?"), classes="question")
            yield Explanation("\n".join((self._explanation, text("Is it to be erased: N, then F."))))
            yield Static(_answer("L", "answer(True)", text("Leave it open, and quit")))
            yield Static(_answer("N", "answer(False)", text("No, go back")))

    def action_answer(self, answer: bool) -> None:
        """Closes with the answer: whether it is left open."""
        self.dismiss(answer)


class Notice(Modal[None]):
    """Something went wrong and the session goes on: what, and what to do next."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,escape,space", "seen", show=False)]

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(classes="grave")
        self._message, self._hint = message, hint

    def compose(self) -> ComposeResult:
        """What happened, what to do, how to go on."""
        with Vertical(id="box"):
            yield plain(text("This did not work"), classes="question")
            yield plain(sentence(self._message), id="message")
            yield plain(sentence(self._hint), id="hint")
            yield Static(_answer("Enter", "seen", text("Go on")))

    def again(self) -> Notice:
        """The same, for the page that comes next."""
        return Notice(self._message, self._hint)

    def action_seen(self) -> None:
        """Closes."""
        self.dismiss(None)


class Erasing(Modal[None]):
    """For the moment that it takes; no key works meanwhile."""

    def compose(self) -> ComposeResult:
        """One word."""
        with Vertical(id="box"):
            yield plain(text("Erasing …"), classes="question")


def sentence(words: str) -> str:
    """With a capital first and a full stop last."""
    return words if not words else f"{words[0].upper()}{words[1:]}{'' if words.endswith(('.', '!', '?', ')')) else '.'}"


def _answer(key: str, action: str, label: str) -> Content:
    return Content.from_markup(f"[@click=screen.{action}][b reverse] $key [/] $label[/]", key=key, label=label)

"""When it is over: the receipt, or the trouble that ended it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget

from kiskriv.errors import ErasureFailed
from kiskriv.ledger.entry import Ended, decode
from kiskriv.ledger.receipt import parse
from kiskriv.ledger.terms import Fact
from kiskriv.locale import mark, moment, plural, text
from kiskriv.tui import words
from kiskriv.tui.asking import sentence
from kiskriv.tui.deviation import Failure, report
from kiskriv.tui.page import Column, Page
from kiskriv.tui.widgets import plain

if TYPE_CHECKING:
    from kiskriv.deliver import Recalled

MOST_LACKING = 3
"""Facts that a receipt's page names; of more it says where to look."""

CLIPBOARD: Final[Mapping[str, str]] = {
    "nothing": "",
    "cleared": mark("the note is taken off it again"),
    "other": mark("something else lies there now; the note is gone from it"),
    "unknown": mark("! The note may still lie there: copy something else now."),
}
"""What is said by what became of the note there (`session.stages.Recalled`)."""


class Receipt(Page):
    """What was erased, in words that a patient can read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "done", mark("Next consultation"), key_display="Enter"),
        Binding("q", "app.leave", mark("Quit")),
    ]
    LEAVE: ClassVar = Binding("ctrl+q", "app.leave", show=False)

    class Read(Message):
        """On to the next."""

    def __init__(self, receipt: str, clipboard: Recalled | None) -> None:
        """`clipboard`: what became of the note there; None where it was never copied."""
        super().__init__()
        self._receipt, self._clipboard = parse(receipt), clipboard

    def body(self) -> Iterator[Widget]:
        """That it is gone; then why, what, how, how it was checked, and where it stands."""
        entry = decode(self._receipt.entry)
        assert isinstance(entry, Ended)
        with Column():
            title, gone = _outcome(entry)
            yield plain(title, classes="question", id="erased")
            yield plain(gone, id="gone", classes="emphasis" if entry.verified else "warning")
            yield plain(text(words.REASONS[entry.reason]), id="reason")
            names = [text(words.ARTEFACTS[artefact.name]) for artefact in entry.artefacts]
            yield _row(text("Erased"), names or [text("nothing was kept")])
            yield _row(text("How"), [text(words.METHODS[method]) for method in entry.methods])
            yield _row(text("Checked"), [self._search(entry)])
            yield _row(text("Promised"), [text(words.LEVELS[entry.level]), *self._lacking(entry)])
            yield _row(text("Receipt"), [self._line(entry)])
            if self._clipboard is not None and CLIPBOARD[self._clipboard]:
                yield _row(text("Clipboard"), [text(CLIPBOARD[self._clipboard])])

    def action_done(self) -> None:
        """On to the next."""
        self.post_message(self.Read())

    def _line(self, entry: Ended) -> str:
        line = text(
            "line {line} of the deletion log, signed, {time}; it holds nothing about the patient or what was said "
            "(kiskriv ledger show)"
        )
        return line.format(line=self._receipt.index + 1, time=moment(entry.time))

    @staticmethod
    def _search(entry: Ended) -> str:
        if not entry.verified:
            return text("NOT CONFIRMED: the search afterwards could not be made, or found something")
        searched = text("its traces were looked for in {places}: nothing was left")
        return searched.format(places=", ".join(text(words.PLACES[place]) for place in entry.looked))

    @staticmethod
    def _lacking(entry: Ended) -> list[str]:
        """What kept it from level A, where that is little enough to be read."""
        lacking = [text(words.FACTS[fact]) for fact in Fact if fact not in entry.facts]
        if not lacking:
            return []
        if len(lacking) > MOST_LACKING:
            return [text("Why: kiskriv check")]
        return [text("Lacking: {facts}.").format(facts=", ".join(lacking))]


class Trouble(Page):
    """An error that ended a session, or kept one from beginning. A grave one is loud, and lets nothing start after it (R22)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "done", mark("Go on"), key_display="Enter"),
        Binding("k", "copy", mark("Copy the text for the deviation report")),
        Binding("q", "app.leave", mark("Quit")),
    ]
    LEAVE: ClassVar = Binding("ctrl+q", "app.leave", show=False)

    class Read(Message):
        """On, where one may go on."""

    class DeviationWanted(Message):
        """The text for the deviation report is to lie on the clipboard: there is nothing about a patient in it."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(  # noqa: PLR0913  (what there may be to say, one each)
        self, message: str, hint: str, *, erased: str, alarm: bool, final: bool, failure: Failure | None = None
    ) -> None:
        """`alarm`: an erasure is not confirmed, and `failure` says what is known of it."""
        super().__init__(classes="alarm" if alarm else None)
        self._message, self._hint, self._erased = message, hint, erased
        self._alarm, self._final = alarm, final or alarm
        self._report = report(failure) if failure is not None else ""

    @classmethod
    def unaccounted(cls, failure: Failure) -> Trouble:
        """An earlier erasure is not confirmed: nothing begins before it is accounted for."""
        message = plural(
            "The erasure of {count} earlier consultation is not confirmed",
            "The erasure of {count} earlier consultations is not confirmed",
            failure.count,
        )
        return cls(
            message.format(count=failure.count),
            text(ErasureFailed.hint),
            erased=text("Something may still be in this machine's memory."),
            alarm=True,
            final=True,
            failure=failure,
        )

    def body(self) -> Iterator[Widget]:
        """What happened, what became of the recording, what to do, and what to report."""
        with Column():
            title = text("!! THE ERASURE FAILED !!") if self._alarm else text("Something went wrong")
            yield plain(title, classes="question", id="title")
            yield plain(sentence(self._message), id="message", classes="emphasis")
            yield plain(self._erased, id="erased")
            yield plain(text("What to do") + ": " + sentence(self._hint), id="hint")
            if self._final:
                yield plain(text("No new consultation can be held in this kiskriv: press Q to quit."), id="final")
            if self._report:
                yield plain(self._report, id="deviation")

    def on_mount(self) -> None:
        """Nobody misses an alarm by looking away."""
        if self._alarm:
            self.app.bell()

    def copied(self) -> None:
        """The report lies on the clipboard."""
        self.query_one("#deviation").border_subtitle = text("✓ lies on the clipboard")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing goes on from what is final."""
        return bool(self._report) if action == "copy" else not (action == "done" and self._final)

    def action_done(self) -> None:
        """Back home."""
        self.post_message(self.Read())

    def action_copy(self) -> None:
        """The report, to be sent."""
        self.post_message(self.DeviationWanted(self._report))


def _outcome(entry: Ended) -> tuple[str, str]:
    """The two lines that a patient may want to read, and no more."""
    if entry.verified:
        return text("✓ ERASED"), text("The sound, the text and the draft of this consultation are erased.")
    return text("!! NOT CONFIRMED"), text(
        "It could not be confirmed that the sound, the text and the draft of this consultation are erased."
    )


def _row(label: str, parts: Sequence[str]) -> Horizontal:
    return Horizontal(
        plain(label, classes="label"), plain("; ".join(parts).replace(".; ", ". "), classes="parts"), classes="row"
    )

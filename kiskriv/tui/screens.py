"""The pages before and after the note: home, informed, recording, receipt, trouble."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Digits, Static

from kiskriv.ledger.entry import Ended, decode
from kiskriv.ledger.receipt import parse
from kiskriv.ledger.terms import Fact
from kiskriv.locale import mark, plural, text
from kiskriv.machine import Level
from kiskriv.session.events import Attributing, Behind, Captured, Missed, Recognised, Tentative
from kiskriv.tui import words
from kiskriv.tui.asking import sentence
from kiskriv.tui.choices import Draft, Record, Stop
from kiskriv.tui.page import Chosen, InSession, Page
from kiskriv.tui.widgets import Levels, TranscriptList, plain

if TYPE_CHECKING:
    from kiskriv.session.events import Event
    from kiskriv.transcript import Role, Utterance

DEMO = "demo"
"""In the name of a model that is no product model."""

MOST_LACKING = 3
"""Facts that a receipt's page names; of more it says where to look."""


class Home(Page):
    """Between consultations: what a crash left behind first, then the model, then what starts one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "begin", mark("New consultation"), key_display="Enter"),
        Binding("q", "app.leave", mark("Quit")),
    ]
    LEAVE: ClassVar = Binding("ctrl+q", "app.leave", show=False)

    class Wanted(Message):
        """The doctor wants to begin."""

    def __init__(  # noqa: PLR0913  (what there may be to say, one each)
        self,
        model: str,
        *,
        swept: int = 0,
        notice: str = "",
        key: str = "",
        alarm: bool = False,
        level: Level | None = None,
    ) -> None:
        """`key`: the public key of a deletion log that is new, to be written down. `alarm`: lines of it are gone."""
        super().__init__()
        self._model, self._swept, self._notice, self._level = model, swept, notice, level
        self._key, self._alarm = key, alarm

    def body(self) -> Iterator[Widget]:
        """Greeting, news, model, and what the product is."""
        with VerticalScroll(classes="text") as column:
            column.can_focus = False
            if self._swept:
                yield plain(self._left_open(), id="swept", classes="warning")
            if self._notice:
                yield plain(self._notice, id="notice", classes="emphasis")
            if self._alarm:
                yield plain(text(words.AHEAD), id="alarm", classes="warning")
            if self._key:
                new = text(
                    "The deletion log is new. Write down its public key, and keep it somewhere else than on this machine:"
                )
                yield plain(f"{new}\n{self._key}", id="key", classes="emphasis")
            yield plain(text("Good day. Ready for the next consultation?"), classes="question")
            yield plain(text("Speech model: {name}").format(name=self._model), id="model")
            if DEMO in self._model.lower():
                yield Static(
                    Content(text("DEMO MODEL: made for demonstration only, and wrong too often for patients.")),
                    id="demo",
                    classes="warning",
                )
            yield Static("", id="loading")
            yield Static("", id="level")
            yield Static(
                Content(
                    text(
                        "kiskriv writes down what was said and proposes a note. The doctor answers for the note; the practice "
                        "for the recording. Nothing leaves this machine. It is no medical device and makes no clinical judgement."
                    )
                ),
                classes="quiet",
            )

    def on_mount(self) -> None:
        """Says how far the model is."""
        self.ready(self._level)

    def ready(self, level: Level | None) -> None:
        """The model is loaded, and this is promised; None while it is being loaded."""
        loaded, loading = (
            text("The speech model is ready."),
            text("The speech model is being loaded; you can begin meanwhile."),
        )
        self.query_one("#loading", Static).update(Content(loading if level is None else loaded))
        promise = "" if level is None else text(words.LEVELS[level])
        if level not in (None, Level.A):
            promise += " " + text("Why: kiskriv check")
        self.query_one("#level", Static).update(Content(promise))

    def action_begin(self) -> None:
        """On to the question."""
        self.post_message(self.Wanted())

    def _left_open(self) -> str:
        return plural(
            "kiskriv was cut off last time: {count} consultation was left open. What was recorded is lost and "
            "cannot be read by anyone; the deletion log says so.",
            "kiskriv was cut off earlier: {count} consultations were left open. What was recorded is lost and "
            "cannot be read by anyone; the deletion log says so.",
            self._swept,
        ).format(count=self._swept)


class Informed(Page):
    """No recording before the doctor has said yes here (R9)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,y,enter", "confirm", mark("Yes: start recording"), key_display="J"),
        Binding("n,escape", "decline", mark("No: record nothing")),
    ]

    class Confirmed(Message):
        """Informed and not opposed."""

    class Declined(Message):
        """Nothing may be recorded."""

    def body(self) -> Iterator[Widget]:
        """What to read aloud, then the question."""
        with VerticalScroll(classes="text") as column:
            column.can_focus = False
            yield plain(text("Read aloud, or say it your own way:"))
            yield plain(self._notice(), id="aloud")
            yield plain(text("The patient has been informed and does not object?"), classes="question")
            yield plain(text("Nothing is recorded until you have answered yes."))

    @staticmethod
    def _notice() -> str:
        return text(
            "“I would like to record our conversation, so that this machine can write a draft of the journal note "
            "for me. I read the draft, correct it and answer for it. The recording and the text stay on this machine, are "
            "used for nothing else, and are erased as soon as the note is in the journal. You can say no, now or at any "
            "time, and it makes no difference to the help you get.”"
        )

    def action_confirm(self) -> None:
        """On to the recording."""
        self.post_message(self.Confirmed())

    def action_decline(self) -> None:
        """Back, with nothing recorded."""
        self.post_message(self.Declined())


class Recording(InSession):
    """Unmistakably recording, or unmistakably not; and where the sound broke off, the choice of what follows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "stop", mark("Stop recording")),
        Binding("o", "record", mark("Record on")),
        Binding("u", "draft", mark("On to the draft")),
    ]

    def __init__(self, roles: Sequence[Role], heard: Sequence[Utterance] = (), seconds: float = 0.0) -> None:
        super().__init__()
        self._roles, self._earlier, self._seconds = roles, heard, seconds
        self._backlog = 0
        self._seconds_behind = 0.0
        self._on = self._broken = self._may_draft = False

    @property
    def live(self) -> bool:
        """Sound is taken in now."""
        return self._on

    def body(self) -> Iterator[Widget]:
        """The sign and the clock, the levels, what is heard."""
        with Horizontal(id="signs"):
            yield Static(id="sign")
            yield Digits(words.clock(self._seconds), id="clock")
        yield Static(id="broken", classes="warning")
        yield Levels(self._roles)
        yield Static("", id="backlog")
        yield TranscriptList(id="heard")

    def on_mount(self) -> None:
        """Not recording yet."""
        heard = self.query_one(TranscriptList)
        heard.can_focus = False
        heard.border_title = text("As heard so far (not corrected)")
        heard.border_subtitle = text("words marked … may still change")
        heard.add(self._earlier)
        heard.scroll_end(animate=False, immediate=True)
        self._earlier = ()
        self._sign(text("GETTING READY"), text("Nothing is being recorded yet."))

    def sound_on(self) -> None:
        """From now on it records, and says so."""
        self._on = True
        self._sign(text("● RECORDING"), text("Everything said in the room is recorded."))

    def sound_off(self) -> None:
        """No more sound; what is left is being written down."""
        self._on = False
        self._sign(text("■ STOPPED"), text("Nothing is recorded any more. Writing down the rest …"))

    def broke_off(self, why: str, *, may_draft: bool) -> None:
        """Nothing is recorded, and nobody stopped it: the doctor says what follows."""
        self._on = False
        self._sign(text("■ BROKEN OFF"), text("Nothing is being recorded now."), broken=why, may_draft=may_draft)

    def drafting(self) -> None:
        """What is left is being written down."""
        if self._broken:
            self.sound_off()

    def heard(self, event: Event) -> None:
        """Shows what happened, if it belongs here."""
        match event:
            case Captured():
                self.captured(event)
            case Recognised():
                self.recognised(event.utterances)
            case Tentative():
                self.tentative(event.utterances)
            case Behind():
                self.behind(event.seconds)
            case Missed():
                self.missed(event)
            case Attributing():
                self.attributing()

    def captured(self, event: Captured) -> None:
        """The clock, the levels, and how far the writing lags behind."""
        self._seconds = event.seconds
        self.query_one("#clock", Digits).update(words.clock(event.seconds))
        self.query_one(Levels).show(event.levels)
        self._lags(event.backlog)

    def recognised(self, utterances: Sequence[Utterance]) -> None:
        """More words, at the end."""
        heard = self.query_one(TranscriptList)
        heard.add(utterances)
        heard.scroll_end(animate=False, immediate=True)
        if not self._on:
            self._lags(max(0, self._backlog - 1))

    def tentative(self, utterances: Sequence[Utterance]) -> None:
        """What is heard so far in the stretch that goes on."""
        heard = self.query_one(TranscriptList)
        heard.foresee(utterances)
        heard.scroll_end(animate=False, immediate=True)

    def behind(self, seconds: float) -> None:
        """Recognition does not keep up, or does again."""
        self._seconds_behind = seconds
        self._lags(self._backlog)

    def attributing(self) -> None:
        """All words are there, and whose they are is being found out."""
        self.query_one("#backlog", Static).update(Content(text("Finding out who said what …")))

    def missed(self, missed: Missed) -> None:
        """A stretch that is not written down."""
        heard = self.query_one(TranscriptList)
        heard.miss(missed)
        heard.scroll_end(animate=False, immediate=True)

    def forget(self) -> None:
        """Empties the words."""
        self.query_one(TranscriptList).forget()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stopping is for what runs, going on for what broke off."""
        allowed = {"stop": not self._broken, "record": self._broken, "draft": self._broken and self._may_draft}
        return allowed.get(action, True)

    def action_stop(self) -> None:
        """Ends the sound; the draft follows."""
        self.post_message(Chosen(Stop()))

    def action_record(self) -> None:
        """Takes in sound again, after what there is."""
        self._sign(text("GETTING READY"), text("Nothing is being recorded yet."))
        self.post_message(Chosen(Record()))

    def action_draft(self) -> None:
        """Goes on with what there is."""
        self.sound_off()
        self.post_message(Chosen(Draft()))

    def _sign(self, sign: str, explanation: str, *, broken: str = "", may_draft: bool = False) -> None:
        self._broken, self._may_draft = bool(broken), may_draft
        self.set_class(self._on, "live")
        self.query_one("#sign", Static).update(Content.assemble((f"\n  {sign}\n", "bold"), f"  {explanation}"))
        why = self.query_one("#broken", Static)
        why.update(Content(f"{broken} {self._kept()}"))
        why.display = self._broken
        self.query_one(Levels).display = self._on
        self.keys_changed()

    def _kept(self) -> str:
        if not self._seconds:
            return text("Nothing has been recorded.")
        kept = text("{time} is recorded, and is kept until the consultation ends.")
        return kept.format(time=words.clock(self._seconds))

    def _lags(self, backlog: int) -> None:
        self._backlog = backlog
        waiting = plural(
            "{count} stretch of speech waits to be written down",
            "{count} stretches of speech wait to be written down",
            backlog,
        )
        if self._seconds_behind:
            late = text(
                "This machine does not keep up: the words are {time} late. Nothing is lost; the rest comes after you stop."
            )
            said = late.format(time=words.clock(self._seconds_behind))
        else:
            said = waiting.format(count=backlog) if backlog else ""
        self.query_one("#backlog", Static).update(Content(said))


class Receipt(Page):
    """What was erased, in words that a patient can read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "done", mark("Next consultation"), key_display="Enter"),
        Binding("q", "app.leave", mark("Quit")),
    ]
    LEAVE: ClassVar = Binding("ctrl+q", "app.leave", show=False)

    class Read(Message):
        """On to the next."""

    def __init__(self, receipt: str, *, clipboard: bool) -> None:
        super().__init__()
        self._receipt, self._clipboard = parse(receipt), clipboard

    def body(self) -> Iterator[Widget]:
        """Why, what, how, how it was checked, where it stands."""
        entry = decode(self._receipt.entry)
        assert isinstance(entry, Ended)
        with VerticalScroll(classes="text") as column:
            column.can_focus = False
            yield plain(text("✓ ERASED"), classes="question", id="erased")
            yield plain(text(words.REASONS[entry.reason]), id="reason", classes="emphasis")
            names = [text(words.ARTEFACTS[artefact.name]) for artefact in entry.artefacts]
            yield _row(text("Erased"), names or [text("nothing was kept")])
            yield _row(text("How"), [text(words.METHODS[method]) for method in entry.methods])
            yield _row(text("Checked"), [self._search(entry)])
            yield _row(text("Promised"), [text(words.LEVELS[entry.level]), *self._lacking(entry)])
            yield _row(text("Receipt"), [self._line(entry)])
            if self._clipboard:
                yield Static(
                    Content(
                        text("The note may still lie on the clipboard. Copy something else once it is in the journal.")
                    ),
                    classes="warning",
                )

    def action_done(self) -> None:
        """On to the next."""
        self.post_message(self.Read())

    def _line(self, entry: Ended) -> str:
        line = text(
            "line {line} of the deletion log, signed, {time}; it holds nothing about the patient or what was said "
            "(kiskriv ledger show)"
        )
        return line.format(line=self._receipt.index + 1, time=words.moment(entry.time))

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
        Binding("q", "app.leave", mark("Quit")),
    ]
    LEAVE: ClassVar = Binding("ctrl+q", "app.leave", show=False)

    class Read(Message):
        """On, where one may go on."""

    def __init__(self, message: str, hint: str, *, erased: str, alarm: bool, final: bool) -> None:
        super().__init__(classes="alarm" if alarm else None)
        self._message, self._hint, self._erased = message, hint, erased
        self._alarm, self._final = alarm, final

    def body(self) -> Iterator[Widget]:
        """What happened, what became of the recording, what to do."""
        with VerticalScroll(classes="text") as column:
            column.can_focus = False
            title = text("!! THE ERASURE FAILED !!") if self._alarm else text("Something went wrong")
            yield plain(title, classes="question", id="title")
            yield plain(sentence(self._message), id="message", classes="emphasis")
            yield plain(self._erased, id="erased")
            yield plain(text("What to do") + ": " + sentence(self._hint), id="hint")
            if self._final:
                yield plain(text("No new consultation can be held in this kiskriv: press Q to quit."), id="final")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing goes on from what is final."""
        return not (action == "done" and self._final)

    def action_done(self) -> None:
        """Back home."""
        self.post_message(self.Read())


def _row(label: str, parts: Sequence[str]) -> Horizontal:
    return Horizontal(
        plain(label, classes="label"), plain("; ".join(parts).replace(".; ", ". "), classes="parts"), classes="row"
    )

"""Home: between two consultations, and the question that comes before each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.markup import escape
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from kiskriv.locale import Language, explain, mark, plural, text
from kiskriv.machine import Level, Promise
from kiskriv.preferences import UNCHOSEN, Preferences
from kiskriv.transcript import Role
from kiskriv.tui import checking, words
from kiskriv.tui.asking import Choose, sentence
from kiskriv.tui.happenings import Happening, Ready, Tested, Testing
from kiskriv.tui.levels import Levels, judged
from kiskriv.tui.listening import verdict
from kiskriv.tui.page import Column, Page
from kiskriv.tui.widgets import plain

if TYPE_CHECKING:
    from kiskriv.errors import CaptureError

T = TypeVar("T")

DEMO: Final = "demo"
"""In the name of a model that is no product model."""

SCREEN: Final[Mapping[Language, str]] = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
"""Each by its own name: who cannot read the screen finds it all the same."""

CLINIC: Final = mark("as the clinic has set")
NOTE: Final = {"": CLINIC, **words.LANGUAGES}

LOOKS: Final = {
    (False, False): mark("ordinary"),
    (True, False): mark("high contrast"),
    (False, True): mark("ordinary, and nothing moves"),
    (True, True): mark("high contrast, and nothing moves"),
}
"""By contrast and stillness."""


@dataclass(frozen=True)
class Greeting:
    """All that home may have to say.

    `microphone`: the name of the one in use, empty where there is none, None while that is being found out; `missing`: it was chosen, and
    is not connected; `rehearsal`: the sound comes from a file instead. `swept`: sessions that a crash left open; `notice`: news of the
    moment; `key`: the public key of a deletion log that is new, to be written down; `alarm`: lines of the log are gone. `level` None: the
    model is still being loaded; `findings` None: the machine is still being looked at. `roles`: whose microphone is which.
    """

    model: str
    preferences: Preferences = UNCHOSEN
    microphone: str | None = None
    rehearsal: bool = False
    missing: bool = False
    swept: int = 0
    notice: str = ""
    key: str = ""
    alarm: bool = False
    level: Level | None = None
    findings: tuple[Promise, ...] | None = None
    roles: tuple[Role, ...] = ()


class Start(Static):
    """What most come here for: as large as a button, and one."""

    def __init__(self) -> None:
        label = text("New consultation")
        super().__init__(Content.assemble((" Enter ", "bold reverse"), f"  {label}"), id="start")

    def on_click(self) -> None:
        """As the key does."""
        if isinstance(self.screen, Home):
            self.screen.action_begin()


class Home(Page):
    """Between consultations: what a crash left behind first, then what starts one, then, quietly, what it would be held with."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "begin", mark("New consultation"), key_display="Enter"),
        Binding("m", "microphone", mark("Microphone")),
        Binding("p", "test", mark("Test the microphone")),
        Binding("c", "check", mark("The machine")),
        Binding("s", "language", mark("Language")),
        Binding("k", "look", mark("Contrast")),
        Binding("q", "app.leave", mark("Quit")),
    ]
    LEAVE: ClassVar = Binding("ctrl+q", "app.leave", show=False)

    class Wanted(Message):
        """The doctor wants to begin."""

    class TestWanted(Message):
        """The doctor wants to know how the microphone hears."""

    class CheckWanted(Message):
        """The doctor wants to know what this machine promises."""

    class MicrophonesWanted(Message):
        """The doctor wants another microphone: `choose_microphone` is to be told which there are."""

    class Preferred(Message):
        """The doctor wants this from now on."""

        def __init__(self, preferences: Preferences) -> None:
            super().__init__()
            self.preferences = preferences

    def __init__(self, greeting: Greeting) -> None:
        super().__init__()
        self._greeting = greeting
        self._peaks: list[tuple[float, ...]] = []
        """Of the test that goes on."""
        self._testing = False

    # -- what is shown ----------------------------------------------------------------------------------------------------------------

    def body(self) -> Iterator[Widget]:
        """The microphone while it is tested, whatever is scrolled to; then news, the one thing to do, and quiet lines."""
        greeting = self._greeting
        yield plain("", id="trial")
        yield Levels(greeting.roles)
        with Column():
            yield from self._news()
            yield plain(text("Good day. Ready for the next consultation?"), classes="question")
            yield Start()
            yield plain("", id="microphone", classes="line")
            yield plain("", id="model", classes="line")
            if DEMO in greeting.model.lower():
                demo = text("DEMO MODEL: made for demonstration only, and wrong too often for patients.")
                yield plain(demo, id="demo", classes="warning")
            yield plain("", id="promise", classes="line")
            yield plain("", id="level", classes="line quiet")
            yield plain(self._languages(), id="languages", classes="line quiet")
            product = text(
                "kiskriv writes down what was said and proposes a note. The doctor answers for the note; the practice "
                "for the recording. Nothing leaves this machine. It is no medical device and makes no clinical judgement."
            )
            yield plain(product, id="product", classes="quiet")

    def _news(self) -> Iterator[Widget]:
        greeting = self._greeting
        if greeting.swept:
            yield plain(self._left_open(), id="swept", classes="warning")
        if greeting.notice:
            yield plain(greeting.notice, id="notice", classes="emphasis")
        if greeting.alarm:
            yield plain(text(words.AHEAD), id="alarm", classes="warning")
        if greeting.key:
            new = text(
                "The deletion log is new. Write down its public key, and keep it somewhere else than on this machine:"
            )
            yield plain(f"{new}\n{greeting.key}", id="key", classes="emphasis")

    def on_mount(self) -> None:
        """Says how far the model and the look at the machine are."""
        self._show()

    def happened(self, happening: Happening) -> None:
        """The model is ready, or the microphone is heard."""
        match happening:
            case Ready(level):
                self.ready(level)
            case Testing(peaks):
                self.testing(peaks)
            case Tested(error):
                self.tested(error)

    def ready(self, level: Level | None) -> None:
        """The model is loaded, and this is promised; None while it is being loaded."""
        self._update(replace(self._greeting, level=level))

    def found(self, findings: Sequence[Promise]) -> None:
        """The machine has been looked at."""
        self._update(replace(self._greeting, findings=tuple(findings)))

    def hears_by(self, microphone: str, *, missing: bool = False) -> None:
        """The microphone of this name is the one in use, or would be, but is `missing`; empty: there is none at all."""
        self._update(replace(self._greeting, microphone=microphone, missing=missing))

    def testing(self, peaks: Sequence[float]) -> None:
        """The microphone is on, for a test: said as long as it is."""
        self._peaks.append(tuple(peaks))
        self._testing = True
        self._try(text("● THE MICROPHONE IS ON – only a test, nothing is recorded. Say something."))
        self.query_one(Levels).show(peaks)

    def tested(self, error: CaptureError | None) -> None:
        """It is off again: how it heard, or why it could not be tested."""
        peaks, self._peaks, self._testing = self._peaks, [], False
        if error is not None:
            self._try(" ".join(map(sentence, explain(error))))
        elif peaks:
            self._try(judged(self._greeting.roles, [verdict(heard) for heard in zip(*peaks, strict=True)]))
        else:
            self._try(text("The microphone gave no sound at all."))

    def _try(self, said: str) -> None:
        self.set_class(self._testing, "testing")
        trial = self.query_one("#trial", Static)
        trial.update(Content(said))
        trial.display = bool(said)
        self.query_one(Levels).display = self._testing

    def _update(self, greeting: Greeting) -> None:
        self._greeting = greeting
        if self.is_mounted:
            self._show()

    def _show(self) -> None:
        greeting = self._greeting
        loaded = text("ready") if greeting.level else text("being loaded; you can begin meanwhile")
        model = text("Speech model: {name}").format(name=greeting.model)
        self._line("#model", f"{model} – {loaded}")
        self._line("#microphone", self._microphone())
        self._line("#promise", checking.summary(greeting.findings))
        self._line("#level", text(words.LEVELS[greeting.level]) if greeting.level else "")

    def _line(self, line: str, said: str) -> None:
        self.query_one(line, Static).update(Content(said))

    def _microphone(self) -> str:
        greeting = self._greeting
        if greeting.rehearsal:
            return text("Sound: from a file (rehearsal)")
        if greeting.microphone is None:
            return text("Microphone: being looked for …")
        if not greeting.microphone:
            return text("! No microphone is found. Plug one in, then M.")
        if greeting.missing:
            return text("! {name} is not connected. Plug it in, or choose another with M.").format(
                name=greeting.microphone
            )
        return text("Microphone: {name}").format(name=greeting.microphone)

    def _languages(self) -> str:
        chosen = self._greeting.preferences
        return text("Language: {screen}. The note: {note}").format(
            screen=SCREEN[chosen.screen], note=text(NOTE[chosen.note])
        )

    def _left_open(self) -> str:
        return plural(
            "kiskriv was cut off last time: {count} consultation was left open. What was recorded is lost and "
            "cannot be read by anyone; the deletion log says so.",
            "kiskriv was cut off earlier: {count} consultations were left open. What was recorded is lost and "
            "cannot be read by anyone; the deletion log says so.",
            self._greeting.swept,
        ).format(count=self._greeting.swept)

    # -- what the doctor chooses ------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A rehearsal has no microphone."""
        if action in ("microphone", "test"):
            return not self._greeting.rehearsal
        return super().check_action(action, parameters)

    def action_begin(self) -> None:
        """On to the question."""
        self.post_message(self.Wanted())

    def action_test(self) -> None:
        """One test at a time."""
        if not self._testing:
            self.post_message(self.TestWanted())

    def action_check(self) -> None:
        """All that is found."""
        self.post_message(self.CheckWanted())

    def action_microphone(self) -> None:
        """Which are there?"""
        self.post_message(self.MicrophonesWanted())

    def choose_microphone(self, names: Sequence[str]) -> None:
        """These are there."""
        chosen = self._greeting.preferences
        found = {"": text(CLINIC), **{name: name for name in names}}
        self._choose(
            text("Which microphone?"),
            found,
            chosen.microphone,
            lambda name: self._prefer(replace(chosen, microphone=name)),
        )

    def action_language(self) -> None:
        """Of the screen, then of the note; whoever turns back in between has changed nothing."""
        chosen = self._greeting.preferences
        forms = {form: text(name) for form, name in NOTE.items()}

        def on_the_screen(screen: Language) -> None:
            self._choose(
                text("Which language in the note?"),
                forms,
                chosen.note,
                lambda note: self._prefer(replace(chosen, screen=screen, note=note)),
            )

        self._choose(text("Which language on the screen?"), SCREEN, chosen.screen, on_the_screen)

    def action_look(self) -> None:
        """Contrast, and whether anything moves."""
        chosen = self._greeting.preferences
        looks = {look: text(name) for look, name in LOOKS.items()}
        self._choose(
            text("How is the screen to look?"),
            looks,
            (chosen.contrast, chosen.still),
            lambda look: self._prefer(replace(chosen, contrast=look[0], still=look[1])),
        )

    def _choose(self, question: str, names: Mapping[T, str], now: T, chosen: Callable[[T], None]) -> None:
        """Asks for one of these, by their names; the cursor begins at what it is now."""
        values = list(names)

        def answered(number: int | None) -> None:
            if number is not None:
                chosen(values[number])

        at = values.index(now) if now in values else 0
        self.app.push_screen(Choose(question, list(names.values()), at), answered)

    def _prefer(self, preferences: Preferences) -> None:
        self.post_message(self.Preferred(preferences))


class Informed(Page):
    """No recording before the doctor has said yes here (R9). `version` of the notice goes into the deletion log."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,y", "confirm", mark("Yes: start recording"), key_display="J"),
        Binding("n,escape", "decline", mark("No: record nothing")),
    ]

    class Confirmed(Message):
        """Informed and not opposed."""

    class Declined(Message):
        """Nothing may be recorded."""

    def __init__(self, version: str) -> None:
        super().__init__()
        self._version = version

    def body(self) -> Iterator[Widget]:
        """What to read aloud, which scrolls where it must, and the question, which never does."""
        with Column():
            yield plain(text("Read aloud, or say it your own way:"))
            aloud = plain(self._notice(), id="aloud")
            aloud.border_subtitle = escape(text("notice {version}").format(version=self._version))
            yield aloud
        with Vertical(id="asked"):
            yield plain(text("The patient has been informed and does not object?"), classes="question")
            yield plain(text("Nothing is recorded until you have answered yes."))

    @staticmethod
    def _notice() -> str:
        return text(
            "“I would like to record our conversation, so that this machine can write a draft of the journal note "
            "for me. I read the draft, correct it and answer for it. The recording and the text stay on this machine, are "
            "used for nothing else, and are erased as soon as the note is in the journal. You can say no, now or at any "
            "time, and it makes no difference to the help you get. Is that all right with you?”"
        )

    def action_confirm(self) -> None:
        """On to the recording."""
        self.post_message(self.Confirmed())

    def action_decline(self) -> None:
        """Back, with nothing recorded."""
        self.post_message(self.Declined())

"""While it records: unmistakably so, or unmistakably not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum, auto
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Digits, Static

from kiskriv.locale import explain, mark, plural, text
from kiskriv.session.events import Attributing, Behind, Captured, Continued, Interrupted, Missed, Recognised, Tentative
from kiskriv.tui import words
from kiskriv.tui.asking import sentence
from kiskriv.tui.choices import Bookmark, Draft, Pause, Record, Stop
from kiskriv.tui.happenings import Broke, Drafting, Happening, Heard, Paused, SoundOff, SoundOn
from kiskriv.tui.levels import Levels, complaints
from kiskriv.tui.listening import Symptom, Watch
from kiskriv.tui.page import Chosen, InSession
from kiskriv.tui.widgets import TranscriptList, plain

if TYPE_CHECKING:
    from kiskriv.session.events import Event
    from kiskriv.transcript import Role, Utterance

MOMENT: Final = 5.0
"""Seconds of the recording for which a word of the moment stays."""


class Phase(StrEnum):
    """What becomes of sound now; each has a class of its own for how it looks, and a sign."""

    WAITING = auto()
    LIVE = auto()
    PAUSED = auto()
    GONE = auto()
    """The microphone is: it goes on by itself."""
    STOPPED = auto()
    BROKEN = auto()
    """Nobody stopped it, and it does not go on by itself."""


SIGNS: Final = {
    Phase.WAITING: (mark("GETTING READY"), mark("Nothing is being recorded yet.")),
    Phase.LIVE: (mark("● RECORDING"), mark("Everything said in the room is recorded.")),
    Phase.PAUSED: (mark("‖ PAUSE – nothing is recorded"), mark("P goes on, in the same consultation.")),
    Phase.GONE: (
        mark("! THE MICROPHONE IS GONE – not recording now"),
        mark("It goes on by itself once the microphone is back. What was recorded is safe."),
    ),
    Phase.STOPPED: (mark("■ STOPPED"), mark("Nothing is recorded any more. Writing down the rest …")),
    Phase.BROKEN: (mark("■ BROKEN OFF"), mark("Nothing is being recorded now.")),
}


class Recording(InSession):
    """The sign, the clock, the levels, what is heard; and where the sound rests or broke off, the choice of what follows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "stop", mark("Stop recording")),
        Binding("p,space", "pause", mark("Pause")),
        Binding("h", "bookmark", mark("Remember this")),
        Binding("p,space,o", "record", mark("Record on")),
        Binding("s,u", "draft", mark("On to the draft")),
    ]
    _WORKS_IN: ClassVar = {
        "stop": (Phase.WAITING, Phase.LIVE, Phase.GONE),
        "pause": (Phase.LIVE, Phase.GONE),
        "bookmark": (Phase.LIVE,),
        "record": (Phase.PAUSED, Phase.BROKEN),
        "draft": (Phase.PAUSED, Phase.BROKEN),
    }

    def __init__(self, roles: Sequence[Role], heard: Sequence[Utterance] = (), seconds: float = 0.0) -> None:
        super().__init__()
        self._roles, self._earlier, self._seconds = roles, heard, seconds
        self._phase, self._why, self._may_draft = Phase.WAITING, "", False
        self._watch, self._symptoms = Watch(), tuple[Symptom, ...]()
        self._backlog, self._seconds_behind, self._lag = 0, 0.0, ""
        self._bookmarks: list[str] = []
        self._until = 0.0
        """Second of the recording at which the word of the moment goes."""

    @property
    def live(self) -> bool:
        """Sound is taken in now, or will be without anybody's doing."""
        return self._phase in (Phase.LIVE, Phase.GONE)

    def body(self) -> Iterator[Widget]:
        """The sign and the clock, what is wrong, the levels, what is heard."""
        with Horizontal(id="signs"):
            yield Static(id="sign")
            yield Digits(words.clock(self._seconds), id="clock")
        yield Static(id="broken", classes="warning")
        yield plain("", id="moment")
        yield plain("", id="symptoms")
        yield Levels(self._roles)
        yield plain("", id="backlog")
        yield plain("", id="bookmarks")
        yield TranscriptList(id="heard")

    def on_mount(self) -> None:
        """As it was told before there was anything to show it on."""
        heard = self.query_one(TranscriptList)
        heard.can_focus = False
        heard.border_title = text("As heard so far (not corrected)")
        heard.border_subtitle = text("words marked … may still change")
        heard.add(self._earlier)
        heard.scroll_end(animate=False, immediate=True)
        self._earlier = ()
        self._show()

    # -- what becomes of the sound ----------------------------------------------------------------------------------------------------

    def sound_on(self) -> None:
        """From now on it records, and says so."""
        if self._phase is not Phase.GONE:  # only the microphone itself ends that
            self._turn(Phase.LIVE)

    def sound_off(self) -> None:
        """No more sound; what is left is being written down."""
        if self._phase is not Phase.PAUSED:
            self._turn(Phase.STOPPED)

    def paused(self) -> None:
        """No sound, until the doctor goes on."""
        self._turn(Phase.PAUSED)

    def interrupted(self, seconds: float) -> None:
        """The microphone is gone, so far into the recording: unmissable, and once."""
        if self._phase in (Phase.WAITING, Phase.LIVE):
            self._seconds = seconds
            self._turn(Phase.GONE)
            self.app.bell()

    def continued(self, microphone: str) -> None:
        """It records again, by this one; a word of that which comes late starts nothing that was stopped."""
        if self._phase not in (Phase.WAITING, Phase.LIVE, Phase.GONE):
            return
        self._turn(Phase.LIVE)
        back = text("The microphone is back: {name}").format(name=microphone)
        self._say(back if microphone else text("The microphone is back."))

    def broke_off(self, why: str, *, may_draft: bool) -> None:
        """Nothing is recorded, and nobody stopped it: the doctor says what follows. Of no sound at all there is no draft."""
        self._why, self._may_draft = why, may_draft and self._seconds > 0
        self._turn(Phase.BROKEN)

    def drafting(self) -> None:
        """What is left is being written down."""
        if self._phase in (Phase.BROKEN, Phase.PAUSED):
            self._turn(Phase.STOPPED)

    # -- what is heard ----------------------------------------------------------------------------------------------------------------

    def happened(self, happening: Happening) -> None:
        """Sound begins, pauses, breaks off, or ends; or something is heard."""
        match happening:
            case Heard(event):
                self.heard(event)
            case SoundOn():
                self.sound_on()
            case SoundOff():
                self.sound_off()
            case Paused():
                self.paused()
            case Broke(error, heard):
                self.broke_off("" if error is None else sentence(explain(error)[0]), may_draft=heard)
                self.app.bell()
            case Drafting():
                self.drafting()

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
            case Interrupted():
                self.interrupted(event.seconds)
            case Continued():
                self.continued(event.microphone)
            case Attributing():
                self.attributing()

    def captured(self, event: Captured) -> None:
        """The clock, the levels, what they say, and how far the writing lags behind."""
        self._seconds = event.seconds
        if not self.is_current:  # what lies over it would be painted anew with it, ten times a second
            self._watch.hear(event.seconds, event.levels)
            return
        self.query_one("#clock", Digits).update(words.clock(event.seconds))
        self._lags(event.backlog)
        if self._until and self._until <= event.seconds:
            self._say("")
        if self._phase is Phase.LIVE:
            self.query_one(Levels).show(event.levels)
            self._ail(self._watch.hear(event.seconds, event.levels), len(event.levels))

    def recognised(self, utterances: Sequence[Utterance]) -> None:
        """More words, at the end."""
        heard = self.query_one(TranscriptList)
        heard.add(utterances)
        heard.scroll_end(animate=False, immediate=True)
        if not self.live:
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
        self._late(text("Finding out who said what …"))

    def missed(self, missed: Missed) -> None:
        """A stretch that is not written down."""
        heard = self.query_one(TranscriptList)
        heard.miss(missed)
        heard.scroll_end(animate=False, immediate=True)

    def forget(self) -> None:
        """Empties the words."""
        self.query_one(TranscriptList).forget()

    # -- what the doctor chooses ------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stopping is for what runs, going on for what rests or broke off."""
        if action == "draft" and self._phase is Phase.BROKEN and not self._may_draft:
            return False
        if action in self._WORKS_IN:
            return self._phase in self._WORKS_IN[action]
        return super().check_action(action, parameters)

    def action_stop(self) -> None:
        """Ends the sound; the draft follows."""
        self.post_message(Chosen(Stop()))

    def action_pause(self) -> None:
        """No sound for now."""
        self.post_message(Chosen(Pause()))

    def action_bookmark(self) -> None:
        """This moment is to be remembered."""
        self.post_message(Chosen(Bookmark()))
        self._bookmarks.append(words.clock(self._seconds))
        self._line("#bookmarks", text("★ Bookmarked: {times}").format(times=" · ".join(self._bookmarks)))

    def action_record(self) -> None:
        """Takes in sound again, after what there is."""
        self._turn(Phase.WAITING)
        self.post_message(Chosen(Record()))

    def action_draft(self) -> None:
        """Goes on with what there is."""
        self._turn(Phase.STOPPED)
        self.post_message(Chosen(Draft()))

    # -- how it is shown --------------------------------------------------------------------------------------------------------------

    def _turn(self, phase: Phase) -> None:
        self._phase, self._watch = phase, Watch()
        if self.is_mounted:
            self._show()

    def _show(self) -> None:
        for phase in Phase:
            self.set_class(phase is self._phase, phase)
        sign, explanation = SIGNS[self._phase]
        self.query_one("#sign", Static).update(Content.assemble((text(sign), "bold"), "\n", text(explanation)))
        why = self.query_one("#broken", Static)
        why.update(Content(f"{self._why} {self._kept()}".lstrip()))
        why.display = self._phase is Phase.BROKEN
        self.query_one(Levels).display = self._phase is Phase.LIVE
        self.query_one("#clock", Digits).update(words.clock(self._seconds))
        self._say("")
        self._ail((), 0)
        self._lags(self._backlog)
        self.keys_changed()

    def _say(self, word: str) -> None:
        """A word of the moment, or no more of it."""
        self._until = self._seconds + MOMENT if word else 0.0
        self._line("#moment", word)

    def _ail(self, symptoms: tuple[Symptom, ...], channels: int) -> None:
        if symptoms != self._symptoms:
            self._symptoms = symptoms
            self._line("#symptoms", complaints(self._roles, channels, symptoms))

    def _line(self, line: str, said: str) -> None:
        """Takes room only where there is something to say."""
        shown = self.query_one(line, Static)
        shown.update(Content(said))
        shown.display = bool(said)

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
            self._late(late.format(time=words.clock(self._seconds_behind)))
        else:
            self._late(waiting.format(count=backlog) if backlog else "")

    def _late(self, said: str) -> None:
        if said != self._lag:
            self._lag = said
            self._line("#backlog", said)

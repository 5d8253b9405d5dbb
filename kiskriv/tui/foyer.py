"""Between consultations: home, what this machine promises, and what a doctor chooses for himself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message

from kiskriv.errors import KiskrivError
from kiskriv.locale import explain, set_language, text
from kiskriv.tui import themes
from kiskriv.tui.asking import Notice
from kiskriv.tui.checking import Check
from kiskriv.tui.choices import Test
from kiskriv.tui.clerk import Clerk
from kiskriv.tui.happenings import Happening
from kiskriv.tui.home import Greeting, Home
from kiskriv.tui.over import Trouble
from kiskriv.tui.shell import Shell

if TYPE_CHECKING:
    from kiskriv.machine import Level, Promise
    from kiskriv.preferences import Preferences
    from kiskriv.tui.desk import Desk, OpenSource


class Named(Message):
    """These microphones are there, the usual one first; `asked`: the doctor wants to choose."""

    def __init__(self, names: Sequence[str], *, asked: bool) -> None:
        super().__init__()
        self.names, self.asked = names, asked


class Examined(Message):
    """It has been looked at what this machine promises."""

    def __init__(self, findings: Sequence[Promise]) -> None:
        super().__init__()
        self.findings = tuple(findings)


class Foyer(Shell, inherit_bindings=False):
    """Holds the desk and its clerk. `examine` looks at what this machine promises; that, and asking for microphones, takes its time in a
    thread of its own, and nothing waits for it."""

    def __init__(
        self, desk: Desk, source: OpenSource, *, rehearsal: bool, examine: Callable[[], Sequence[Promise]]
    ) -> None:
        super().__init__()
        self._desk = desk
        self._clerk = Clerk(desk, source, self._tell, self.to_terminal, desk.preferences)
        self._rehearsal, self._examine = rehearsal, examine
        self._new = True
        """No consultation was held before this home is shown."""
        self._level: Level | None = None
        self._findings: tuple[Promise, ...] | None = None
        self._names: tuple[str, ...] | None = None
        """Of the microphones that are there; the first is used where the doctor has chosen none."""
        self._follow(desk.preferences)

    def _tell(self, happening: Happening) -> None:
        """Called by the clerk, in its thread; never waits."""
        raise NotImplementedError

    # -- what is found out ------------------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """In a thread of its own: what is found out late is shown late, and nothing waits for it."""
        if not self._rehearsal:
            self._look_for_microphones(asked=False)
        with suppress(Exception):  # `examine` tells its own faults as findings
            self.post_message(Examined(self._examine()))

    def _look_for_microphones(self, *, asked: bool) -> None:
        names: Sequence[str] = ()
        with suppress(KiskrivError):
            names = self._desk.microphones()
        self.post_message(Named(names, asked=asked))

    async def on_named(self, message: Named) -> None:
        """To home: which one is used, and which there are."""
        self._names = tuple(message.names)
        if isinstance(self._page, Home):
            self._page.hears_by(self._microphone() or "", missing=self._missing)
            if message.asked:
                self._page.choose_microphone([*filter(None, message.names)])

    async def on_examined(self, message: Examined) -> None:
        """To the pages that show it."""
        self._findings = message.findings
        for page in self.screen_stack:
            if isinstance(page, Home | Check):
                page.found(self._findings)

    # -- what the doctor chooses ------------------------------------------------------------------------------------------------------

    async def on_home_test_wanted(self) -> None:
        """How does the microphone hear?"""
        self._clerk.choose(Test())

    async def on_home_check_wanted(self) -> None:
        """What does this machine promise?"""
        await self.push_screen(Check(self._findings))

    async def on_home_microphones_wanted(self) -> None:
        """Which ones are there? That takes a moment."""
        self.run_worker(partial(self._look_for_microphones, asked=True), thread=True, exit_on_error=False)

    async def on_home_preferred(self, message: Home.Preferred) -> None:
        """The doctor's choice holds from now on."""
        kept = self._desk.keep(message.preferences)
        self._clerk.preferences = message.preferences
        self._follow(message.preferences)
        await self.go(
            self._home(notice="" if kept else text("This choice holds until kiskriv is closed: it could not be kept."))
        )

    def _follow(self, preferences: Preferences) -> None:
        set_language(preferences.screen)
        themes.follow(self, preferences)
        self.sub_title = (
            text("REHEARSAL: the sound comes from a file, not from the microphone") if self._rehearsal else ""
        )

    async def on_trouble_deviation_wanted(self, message: Trouble.DeviationWanted) -> None:
        """On the clipboard with it: it says nothing of a patient, but it does not belong into the clinic's folder of notes."""
        self.run_worker(lambda: self._copy(message.text), thread=True, exit_on_error=False)

    def _copy(self, report: str) -> None:
        try:
            self._desk.clipboard(self.to_terminal).deliver(report)
        except KiskrivError as error:
            self.call_from_thread(self.push_screen, Notice(*explain(error)))
        else:
            self.call_from_thread(self._copied)

    def _copied(self) -> None:
        if isinstance(self._page, Trouble):
            self._page.copied()

    # -- home -------------------------------------------------------------------------------------------------------------------------

    def _home(self, *, notice: str = "") -> Home:
        """News that came with this process stay until a consultation begins."""
        desk = self._desk
        return Home(
            Greeting(
                desk.model.name,
                self._clerk.preferences,
                self._microphone(),
                rehearsal=self._rehearsal,
                missing=self._names is not None and self._missing,
                swept=desk.swept if self._new else 0,
                notice=notice,
                key=desk.public_key if self._new and desk.fresh else "",
                alarm=desk.alarmed,
                level=self._level,
                findings=self._findings,
                roles=self._desk.config.microphone.roles if self._desk.config.microphone.channels > 1 else (),
            )
        )

    def _microphone(self) -> str | None:
        """The name of the one that is used; empty where there is none, None while that is being found out."""
        if self._names is None:
            return None
        return self._clerk.preferences.microphone or next(iter(self._names), "")

    @property
    def _missing(self) -> bool:
        """The chosen one is not connected. A number that ALSA gave it, "(hw:1,0)", may be another today."""
        chosen = self._clerk.preferences.microphone.partition(" (hw:")[0]
        return bool(chosen) and not any(name.startswith(chosen) for name in self._names or ())

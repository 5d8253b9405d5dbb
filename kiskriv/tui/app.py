"""The screen as a whole: which page is shown when, and no way out past the erasure."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from kiskriv.errors import ErasureFailed, KiskrivError, fault_code
from kiskriv.locale import explain, text
from kiskriv.tui import caches, clerk, review, screens
from kiskriv.tui.asking import Ask, Erasing, Notice, sentence
from kiskriv.tui.clerk import Clerk, Happening
from kiskriv.tui.leaving import CRASHED, end_soon, guarded
from kiskriv.tui.page import Chosen, Page

if TYPE_CHECKING:
    from kiskriv.session import Event, Source
    from kiskriv.transcript import Transcript
    from kiskriv.tui.desk import Desk

PATIENCE = 60.0
"""Seconds that a signal waits for the erasure before it lets the program end by the long way round."""


class Happened(Message):
    """Something happened in the clerk's thread."""

    def __init__(self, happening: Happening) -> None:
        super().__init__()
        self.happening = happening


class KiskrivApp(App[int], inherit_bindings=False):
    """One consultation after another at `desk`, the sound of each from a fresh `source()`. `run` returns the exit status."""

    CSS_PATH = "kiskriv.tcss"
    TITLE = "kiskriv"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q,ctrl+c", "leave", show=False, priority=True)]

    def __init__(self, desk: Desk, source: Callable[[], Source], *, rehearsal: bool) -> None:
        super().__init__()
        self._desk = desk
        self._clerk = Clerk(desk, source, self._tell)
        self._page: Page | None = None
        self._transcript: Transcript | None = None
        self._loaded = self._open = self._leaving = self._delivered = False
        self._code = ""
        self._status = 0
        self._home_loop: asyncio.AbstractEventLoop | None = None
        if rehearsal:
            self.sub_title = text("REHEARSAL: the sound comes from a file, not from the microphone")

    def run(self, **options: Any) -> int:
        """Shows the screen until the doctor leaves it, or it is taken away; returns when all is erased. The status is for `sys.exit`."""
        with guarded(self.leave_now):
            try:
                super().run(**options)
            finally:
                self._clerk.leave()
                self._clerk.join()
        return self._farewell()

    # -- what happens -----------------------------------------------------------------------------------------------------------------

    async def on_mount(self) -> None:
        """Home, while the model is loaded."""
        self._home_loop = asyncio.get_running_loop()
        self._home_loop.set_exception_handler(self._fault_of_a_task)
        await self._go(self._home(swept=len(self._desk.swept)))
        self._clerk.start()

    def on_unmount(self) -> None:
        """However the screen ended: first everything is erased."""
        self._clerk.leave()
        self._clerk.join()

    def _tell(self, happening: Happening) -> None:
        """Called by the clerk, in its thread; never waits."""
        with suppress(RuntimeError):  # the loop is closed: nobody looks any more
            self.post_message(Happened(happening))

    async def on_happened(self, message: Happened) -> None:
        """Shows what happened on the page that is there, or on the one that it calls for."""
        match message.happening:
            case clerk.Heard(event):
                await self._heard(event)
            case clerk.Ended() as ended:
                await self._ended(ended)
            case clerk.Unready(error):
                self._status = error.exit_status
                await self._trouble(error, opened=False)
            case clerk.Crashed(code):
                self._fall(code)
            case happening:
                await self._stepped(happening)

    async def _stepped(self, happening: Happening) -> None:
        page = self._page
        match happening:
            case clerk.Ready():
                self._loaded = True
                if isinstance(page, screens.Home):
                    page.ready()
            case clerk.SoundOn() if isinstance(page, screens.Recording):
                page.sound_on()
            case clerk.SoundOff() if isinstance(page, screens.Recording):
                page.sound_off()
            case clerk.Approved(note):
                await self.push_screen(review.Approved(note, clipboard=self._clipboard_outlet))
            case clerk.Delivered():
                self._delivered = True
                if (approved := self._approved()) is not None:
                    approved.delivered()
            case clerk.Refused(error):
                if isinstance(page, review.Review):
                    page.refused()
                if isinstance(self.screen, Erasing):
                    await self.pop_screen()
                await self.push_screen(Notice(*explain(error)))

    async def _heard(self, event: Event) -> None:
        from kiskriv.session import Captured, Drafted, Recognised, Transcribed

        page = self._page
        match event:
            case Captured() if isinstance(page, screens.Recording):
                page.captured(event)
            case Recognised() if isinstance(page, screens.Recording):
                page.recognised(event.utterances)
            case Transcribed():
                self._transcript = event.transcript
            case Drafted(note) if self._transcript is not None:
                transcript, self._transcript = self._transcript, None
                if isinstance(page, review.Review):
                    page.show(note, transcript)
                else:
                    await self._go(review.Review(note, transcript))

    async def _ended(self, ended: clerk.Ended) -> None:
        self._open, self._transcript, delivered, self._delivered = False, None, self._delivered, False
        self._clipboard = ""
        self._clerk.ended = None  # it is shown here: no last word needed
        if ended.error is not None:
            if ended.opened:
                self._status = ended.error.exit_status
            await self._trouble(ended.error, opened=ended.opened)
        elif self._leaving or ended.receipt is None:
            self._clerk.ended = ended
            self.exit(self._status, self._status)
        else:
            await self._go(screens.Receipt(ended.receipt, clipboard=delivered and self._clipboard_outlet))
        self.call_after_refresh(caches.drop)

    async def _trouble(self, error: KiskrivError, *, opened: bool) -> None:
        alarm = isinstance(error, ErasureFailed)
        if alarm:
            erased = text("Something of the consultation may still be in this machine's memory.")
        elif opened:
            erased = text("What was recorded is erased.")
        else:
            erased = text("Nothing has been recorded.")
        if alarm:
            self.bell()
        await self._go(screens.Trouble(*explain(error), erased=erased, alarm=alarm, final=self._status != 0))

    # -- what the doctor chooses ------------------------------------------------------------------------------------------------------

    async def on_chosen(self, message: Chosen) -> None:
        """On to the clerk."""
        self._clerk.choose(message.choice)
        if isinstance(message.choice, clerk.Transferred | clerk.Discard | clerk.Withdraw):
            await self.push_screen(Erasing())

    async def on_home_wanted(self) -> None:
        """Is the patient informed?"""
        await self._go(screens.Informed())

    async def on_informed_confirmed(self) -> None:
        """A session, now; the key may have been pressed twice."""
        if self._open:
            return
        self._open = True
        await self._go(screens.Recording(self._desk.config.microphone.roles))
        self._clerk.choose(clerk.Begin())

    async def on_informed_declined(self) -> None:
        """Back home."""
        await self._go(self._home(notice=text("Nothing has been recorded.")))

    async def on_receipt_read(self) -> None:
        """Home again."""
        await self._go(self._home())

    async def on_trouble_read(self) -> None:
        """Home again, where the trouble allows it."""
        await self._go(self._home())

    async def on_approved_reopened(self) -> None:
        """The note is changed after all: nothing of it counts as delivered."""
        if (approved := self._approved()) is not None:
            approved.forget()
            await self.pop_screen()

    async def action_leave(self) -> None:
        """Out; asks once where a session is open."""
        if isinstance(self.screen, Ask | Erasing):
            return
        if not self._open:
            self.exit(self._status, self._status)
            return

        def answered(sure: bool | None) -> None:
            if sure:
                self._leaving = True
                self._clerk.leave()
                self.push_screen(Erasing())

        question = text("Quit in the middle of a consultation?")
        explanation = text("Everything from this consultation is erased at once, and there will be no note.")
        await self.push_screen(Ask(question, explanation, text("Yes, erase and quit")), answered)

    # -- pages ------------------------------------------------------------------------------------------------------------------------

    def _home(self, *, swept: int = 0, notice: str = "") -> screens.Home:
        return screens.Home(self._desk.model.name, swept=swept, notice=notice, ready=self._loaded)

    async def _go(self, page: Page) -> None:
        """To another page, whatever lies on top of this one; what was shown is emptied first, and a notice stays until it is read."""
        for shown in self.screen_stack:
            if isinstance(shown, Page) and shown.is_mounted:
                shown.forget()
        unread = [shown for shown in self.screen_stack if isinstance(shown, Notice)]
        while len(self.screen_stack) > 2:
            await self.pop_screen()
        self._page = page
        await (self.switch_screen(page) if len(self.screen_stack) > 1 else self.push_screen(page))
        for notice in unread:
            await self.push_screen(notice.again())

    def _approved(self) -> review.Approved | None:
        found = [shown for shown in self.screen_stack if isinstance(shown, review.Approved)]
        return found[-1] if found else None

    @property
    def _clipboard_outlet(self) -> bool:
        return self._desk.config.delivery.folder is None

    # -- no way out past the erasure, no word of what was said on the way -------------------------------------------------------------

    def leave_now(self, status: int) -> None:
        """Erases without asking, then ends. From any thread, and from a signal handler, whatever the event loop is doing."""
        self._leaving, self._status = True, status
        self._clerk.leave()
        if self._clerk.join(PATIENCE):
            end_soon(status)
        if self._home_loop is not None:
            with suppress(RuntimeError):
                self._home_loop.call_soon_threadsafe(self.exit, status, status)

    def _handle_exception(self, error: Exception) -> None:
        """Textual's own prints a traceback with local variables on the normal screen: this one keeps a code."""
        self._fall(fault_code(error), error)

    def _fall(self, code: str, error: Exception | None = None) -> None:
        self._code = self._code or code
        self._return_code = self._return_value = CRASHED
        self._exit = True
        if self._exception is None:  # what a pilot raises again
            self._exception = error or RuntimeError(code)
            self._exception_event.set()
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """Textual's terminal drivers come here with a traceback when they break: it is not shown."""
        self._fall("panic")

    def _fault_of_a_task(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if isinstance(error := context.get("exception"), Exception):
            self._handle_exception(error)

    def _farewell(self) -> int:
        """The last words on the normal screen, and the exit status."""
        status = self.return_value or self.return_code or 0
        ended, lines = self._clerk.ended, []
        if self._code:
            lines = [text("kiskriv stopped because of a fault in itself. Code: {code}").format(code=self._code)]
        if ended is not None and ended.error is not None:
            message, hint = explain(ended.error)
            lines += [sentence(message), sentence(hint)]
            status = ended.error.exit_status
        elif ended is not None and ended.opened:
            lines.append(text("The consultation was ended, and what was recorded is erased."))
        if lines:
            with suppress(OSError):  # the terminal may be gone
                sys.stderr.write("\n".join(lines) + "\n")
        return status

    def copy_to_clipboard(self, text: str) -> None:
        """Within this screen only: Textual's own would send it to the terminal (OSC 52), and so past the approval."""
        self._clipboard = text

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """None: no palette, no screenshots."""
        return ()

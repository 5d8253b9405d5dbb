"""The screen as a whole: which page is shown when, and no way out that ends a consultation unasked."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from math import ceil
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from kiskriv.errors import ErasureFailed, KiskrivError, ProcessError, RoomDied, SpoolUnwritable
from kiskriv.locale import explain, text
from kiskriv.tui import approved, caches, deviation, happenings, review
from kiskriv.tui.asking import Ask, AskParting, Erasing, Notice, sentence
from kiskriv.tui.attending import WARNING
from kiskriv.tui.choices import Begin, Discard, Record, Transferred, Withdraw
from kiskriv.tui.foyer import Foyer
from kiskriv.tui.happenings import Happening
from kiskriv.tui.home import Informed
from kiskriv.tui.leaving import end_soon, guarded
from kiskriv.tui.over import Receipt, Trouble
from kiskriv.tui.page import Chosen, InSession, Page
from kiskriv.tui.recording import Recording
from kiskriv.tui.renewal import Last

if TYPE_CHECKING:
    from kiskriv.machine import Promise
    from kiskriv.session import Drafted, Event, Missed, Transcribed
    from kiskriv.tui.desk import Desk, OpenSource
    from kiskriv.wire.messages import Standing

PATIENCE = 60.0
"""Seconds that a signal waits for the clerk to leave the session before it lets the program end by the long way round."""

TICK = 1.0
"""Seconds between two looks at how much time is left."""


FIRST_LOOK = 0.2
"""Seconds after which it is looked what the machine promises: home is painted first."""


class Happened(Message):
    """Something happened in the clerk's thread."""

    def __init__(self, happening: Happening) -> None:
        super().__init__()
        self.happening = happening


class KiskrivApp(Foyer, inherit_bindings=False):
    """Consultations at `desk`, the sound of each from a fresh `source`. `run` returns the exit status.

    `examine` looks at what this machine promises, in a thread of its own.

    A consultation that lives in a room is the last of this process: `last` then says how it ended, and a fresh process is
    to take this one's place, which is given that as `ended` and shows it first.
    """

    CSS_PATH = "kiskriv.tcss"
    TITLE = "kiskriv"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q,ctrl+c", "leave", show=False, priority=True)]

    def __init__(
        self,
        desk: Desk,
        source: OpenSource,
        *,
        rehearsal: bool,
        ended: happenings.Ended | None = None,
        examine: Callable[[], Sequence[Promise]] = tuple,
    ) -> None:
        super().__init__(desk, source, rehearsal=rehearsal, examine=examine)
        self._seconds = 0.0
        self._transcribed: Transcribed | None = None
        self._missed: list[Missed] = []
        self._until: float | None = None
        self._extendable = False
        self._earlier, self._new = ended, ended is None
        self._open = self._leaving = False
        self._offered = review.NOTHING
        self._status = 0
        self._home_loop: asyncio.AbstractEventLoop | None = None
        self.last: Last | None = None

    def run(self, **options: Any) -> int:
        """Shows the screen until the doctor leaves it, or it is taken away; no session is held here any more when it returns."""
        with guarded(self.leave_now):
            try:
                super().run(**options)
            finally:
                self._clerk.leave()
                self._clerk.join()
        return self._farewell()

    # -- what happens -----------------------------------------------------------------------------------------------------------------

    async def on_mount(self) -> None:
        """What became of the last consultation, where there was one; the clerk's first word calls for the page otherwise."""
        self._home_loop = asyncio.get_running_loop()
        self._home_loop.set_exception_handler(self.fault_of_a_task)
        self.set_interval(TICK, self._tick)
        self.set_timer(FIRST_LOOK, self._look_around)
        if self._earlier is not None:
            await self._show_end(self._earlier)
        self._clerk.start()

    def _look_around(self) -> None:
        self.run_worker(self._look, thread=True, exit_on_error=False)

    def on_unmount(self) -> None:
        """However the screen ended: first the session is left."""
        self._clerk.leave()
        self._clerk.join()

    def _tell(self, happening: Happening) -> None:
        """Called by the clerk, in its thread; never waits."""
        with suppress(RuntimeError):  # the loop is closed: nobody looks any more
            self.post_message(Happened(happening))

    async def on_happened(self, message: Happened) -> None:
        """Shows what happened on the page that is there, or on the one that it calls for."""
        if not self.is_running:  # the pages are gone already, while a consultation goes on and tells
            return
        for shown in self.screen_stack:
            if isinstance(shown, Page):
                shown.happened(message.happening)
        match message.happening:
            case happenings.Vacant():
                if self._page is None:
                    await self.go(self._home())
            case happenings.Found(standing):
                await self._found(standing)
            case happenings.Heard(event):
                await self._heard(event)
            case happenings.Ended() as ended:
                await self._ended(ended)
            case happenings.Parted(error):
                self._status = self._status if error is None else error.exit_status
                self.exit(self._status, self._status)
            case happenings.Unready(error):
                await self._unready(error)
            case happenings.Crashed(code):
                self.fall(code)
            case happening:
                await self._stepped(happening)

    async def _stepped(self, happening: Happening) -> None:
        match happening:
            case happenings.Ready(level):
                self._level = level
            case happenings.Entered():
                self._offered = happening
            case happenings.Drafting():
                self._missed.clear()
            case happenings.Approved(note, place):
                await self.push_screen(approved.Approved(note, place, self._desk.config.delivery.clear))
            case happenings.Refused(error):
                await self._refused(error)

    async def _refused(self, error: KiskrivError) -> None:
        message, hint = explain(error)
        if isinstance(self._page, review.Review):
            self._page.refused()
        elif isinstance(self._page, Recording):
            self._page.broke_off(sentence(message), may_draft=True)
        if isinstance(self.screen, Erasing):
            await self.pop_screen()
        await self.push_screen(Notice(message, hint))

    async def _heard(self, event: Event) -> None:
        from kiskriv.session import Captured, Drafted, Expiring, Missed, Transcribed, Unspooled, Writing

        match event:
            case Missed():
                self._missed.append(event)
            case Captured(seconds):
                self._seconds = seconds
            case Expiring(seconds, extendable):
                self._until, self._extendable = monotonic() + seconds, extendable
                self._tick()
            case Unspooled():
                gone = text("The sealed copy on the disk could not be kept, and is removed.")
                await self.push_screen(Notice(gone, text(SpoolUnwritable.hint)))
            case Transcribed():
                self._transcribed = event
            case Writing(note) if self._transcribed is not None:
                (await self._review(Drafted(note), self._transcribed)).writing(note)
            case Drafted() if self._transcribed is not None:
                heard, self._transcribed = self._transcribed, None
                (await self._review(event, heard)).show(event, heard, tuple(self._missed))

    async def _review(self, drafted: Drafted, heard: Transcribed) -> review.Review:
        """The page for the draft: the one that is there, or a new one."""
        if not isinstance(self._page, review.Review):
            await self.go(review.Review(drafted, heard, tuple(self._missed), self._offered))
        assert isinstance(self._page, review.Review)
        return self._page

    async def _found(self, standing: Standing) -> None:
        """To the page where the consultation stood; what follows from that, the clerk tells."""
        from kiskriv.session import Drafted, Transcribed

        self._open, self._seconds = True, standing.seconds
        if standing.note is not None and standing.transcript is not None:
            drafted = Drafted(standing.note, standing.marks, standing.form, standing.own)
            heard = Transcribed(standing.transcript, standing.findings)
            await self.go(review.Review(drafted, heard, (), self._offered, found=True))
        else:
            page = Recording(self._desk.config.microphone.roles, standing.heard, standing.seconds)
            await self.go(page)
            if standing.interrupted:
                page.interrupted(standing.seconds)

    def _tick(self) -> None:
        """The time that is left, on each page that needs it."""
        if self._until is not None and self._open:
            left = self._until - monotonic()
            minutes = max(0, ceil(left / 60)) if left <= WARNING else None
            for shown in self.screen_stack:
                if isinstance(shown, InSession) and shown.is_mounted:
                    shown.expires(minutes, extendable=self._extendable)

    async def _ended(self, ended: happenings.Ended) -> None:
        """Where it lived in a room, a fresh process shows how it ended: this one has seen it."""
        self._open, self._transcribed, self._until = False, None, None
        self._missed.clear()
        self._clipboard = ""
        if ended.error is None and (self._leaving or ended.receipt is None):
            self.exit(self._status, self._status)
        elif ended.session:
            self._clerk.outcome = None  # it is shown there: no last word needed
            self.last = Last(ended.session, "" if ended.error is None else type(ended.error).__name__, ended.recalled)
            self.exit(self._status, self._status)
        else:
            self._clerk.outcome = None
            await self._show_end(ended)
            self.call_after_refresh(caches.drop)

    async def _show_end(self, ended: happenings.Ended) -> None:
        if ended.error is not None:
            if ended.opened and not ended.session:
                self._status = ended.error.exit_status
            await self._trouble(ended.error, opened=ended.opened, session=ended.session, receipt=ended.receipt)
        elif ended.receipt is not None:
            await self.go(Receipt(ended.receipt, ended.recalled))

    async def _trouble(
        self, error: KiskrivError, *, opened: bool, session: str = "", receipt: str | None = None
    ) -> None:
        """Loud, and the last, where an erasure failed."""
        failure = None
        if isinstance(error, ErasureFailed):
            self._status = error.exit_status
            failure = deviation.failure(
                datetime.now().astimezone(),
                session=session,
                residue=_residue(error),
                level=self._level,
                receipt=receipt,
            )
            erased = text("Something of the consultation may still be in this machine's memory.")
        elif isinstance(error, RoomDied):
            erased = text("What was recorded is lost, and cannot be read by anyone.")
        elif opened:
            erased = text("What was recorded is erased.")
        elif isinstance(error, ProcessError):
            erased = text("A consultation that was under way goes on without this screen.")
        else:
            erased = text("Nothing has been recorded.")
        final = self._status != 0
        await self.go(Trouble(*explain(error), erased=erased, alarm=failure is not None, final=final, failure=failure))

    async def _unready(self, error: KiskrivError) -> None:
        """No consultation can be held; an erasure that is not accounted for says so for itself."""
        self._status = error.exit_status
        if isinstance(error, ErasureFailed):
            count = self._desk.unverified
            await self.go(
                Trouble.unaccounted(deviation.failure(datetime.now().astimezone(), count=count, level=self._level))
            )
        else:
            await self._trouble(error, opened=False)

    # -- what the doctor chooses ------------------------------------------------------------------------------------------------------

    async def on_chosen(self, message: Chosen) -> None:
        """On to the clerk; one more thing to record leads back to the page where that is seen."""
        if isinstance(message.choice, Record) and isinstance(self._page, review.Review):
            heard = self._page.transcript.utterances
            await self.go(Recording(self._desk.config.microphone.roles, heard, self._seconds))
        self._clerk.choose(message.choice)
        if isinstance(message.choice, Transferred | Discard | Withdraw):
            await self.push_screen(Erasing())

    async def on_home_wanted(self) -> None:
        """Is the patient informed?"""
        await self.go(Informed(self._desk.notice))

    async def on_informed_confirmed(self) -> None:
        """A session, now; the key may have been pressed twice."""
        if self._open:
            return
        self._open, self._new = True, False
        await self.go(Recording(self._desk.config.microphone.roles))
        self._clerk.choose(Begin())

    async def on_informed_declined(self) -> None:
        """Back home."""
        await self.go(self._home(notice=text("Nothing has been recorded.")))

    async def on_receipt_read(self) -> None:
        """Home again."""
        await self.go(self._home())

    async def on_trouble_read(self) -> None:
        """Home again, where the trouble allows it."""
        await self.go(self._home())

    async def on_approved_reopened(self) -> None:
        """The note is changed after all: nothing of it counts as delivered."""
        if (page := self._approved()) is not None:
            page.forget()
            await self.pop_screen()

    async def action_leave(self) -> None:
        """Out; where a session is open, what becomes of it is asked."""
        if isinstance(self.screen, Ask | AskParting | Erasing):
            return
        for shown in self.screen_stack:
            if isinstance(shown, Page):
                shown.keep()
        if not self._open:
            self.exit(self._status, self._status)
        elif self._clerk.in_room:
            await self.push_screen(AskParting(self._if_left()), self._left_open)
        else:
            question = text("Quit in the middle of a consultation?")
            explanation = text("Everything from this consultation is erased at once, and there will be no note.")
            await self.push_screen(Ask(question, explanation, text("Yes, erase and quit")), self._erased)

    def _left_open(self, sure: bool | None) -> None:
        if sure:
            self._leaving = True
            self._clerk.leave()

    def _erased(self, sure: bool | None) -> None:
        if sure:
            self._leaving = True
            self._clerk.choose(Discard())
            self.push_screen(Erasing())

    def _if_left(self) -> str:
        """What becomes of the consultation when the screen goes."""
        live = isinstance(self._page, Recording) and self._page.live
        if live and self._rehearsal:
            goes_on = text("The sound comes from here and breaks off; what is recorded is kept until the time limit.")
        elif live:
            goes_on = text("IT GOES ON RECORDING while nobody looks, until the time limit.")
        else:
            goes_on = text("Nothing is being recorded; what there is, is kept until the time limit.")
        return goes_on + " " + text("Start kiskriv again to find it where it was.")

    # -- pages ------------------------------------------------------------------------------------------------------------------------

    def _approved(self) -> approved.Approved | None:
        found = [shown for shown in self.screen_stack if isinstance(shown, approved.Approved)]
        return found[-1] if found else None

    # -- no way out that ends a consultation unasked, no word of what was said on the way ----------------------------------------------

    def leave_now(self, status: int) -> None:
        """Leaves without asking, then ends. From any thread, and from a signal handler, whatever the event loop is doing."""
        self._leaving, self._status = True, status
        nothing_to_erase = self._clerk.in_room
        self._clerk.leave()
        if self._clerk.join(PATIENCE) or nothing_to_erase:
            end_soon(status)
        if self._home_loop is not None:
            with suppress(RuntimeError):
                self._home_loop.call_soon_threadsafe(self.exit, status, status)

    def _farewell(self) -> int:
        """The last words on the normal screen, and the exit status."""
        status = self.return_value or self.return_code or 0
        outcome, lines = self._clerk.outcome, []
        if self._code:
            lines = [text("kiskriv stopped because of a fault in itself. Code: {code}").format(code=self._code)]
        if outcome is not None and outcome.error is not None:
            message, hint = explain(outcome.error)
            lines += [sentence(message), sentence(hint)]
            status = outcome.error.exit_status
        if isinstance(outcome, happenings.Parted):
            lines.append(text("The consultation goes on. Start kiskriv again to find it where it was."))
            if outcome.recording:
                lines.append(text("It is still being recorded."))
            elif outcome.error is None:  # who was let go does not know what follows
                lines.append(text("Nothing is being recorded now."))
        elif outcome is not None and outcome.opened and outcome.error is None:
            lines.append(text("The consultation was ended, and what was recorded is erased."))
        if lines:
            with suppress(OSError):  # the terminal may be gone
                sys.stderr.write("\n".join(lines) + "\n")
        return status


def _residue(error: ErasureFailed) -> int | None:
    found = error.facts.get("residue")
    return found if isinstance(found, int) else None

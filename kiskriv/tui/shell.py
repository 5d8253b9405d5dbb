"""Textual, with all that it would tell taken out of it: no traceback, no clipboard, no palette. And pages that leave nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.screen import Screen

from kiskriv.errors import fault_code
from kiskriv.tui.asking import Notice
from kiskriv.tui.leaving import CRASHED
from kiskriv.tui.page import Page


class Shell(App[int], inherit_bindings=False):
    """Shows one page at a time. A fault becomes a code, and the exit status CRASHED."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._page: Page | None = None
        self._code = ""
        """Of the fault that it fell over."""

    def push_screen(self, *arguments: Any, **options: Any) -> Any:
        """As Textual's own; no more of them once it ends, since nobody takes them away again."""
        return AwaitComplete() if self._exit else super().push_screen(*arguments, **options)

    async def go(self, page: Page) -> None:
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

    def _handle_exception(self, error: Exception) -> None:
        """Textual's own prints a traceback with local variables on the normal screen: this one keeps a code."""
        self.fall(fault_code(error), error)

    def fall(self, code: str, error: Exception | None = None) -> None:
        """Ends, for a fault of ours that has this code."""
        self._code = self._code or code
        self._return_code = self._return_value = CRASHED
        self._exit = True
        if self._exception is None:  # what a pilot raises again
            self._exception = error or RuntimeError(code)
            self._exception_event.set()
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """Textual's terminal drivers come here with a traceback when they break: it is not shown."""
        self.fall("panic")

    def fault_of_a_task(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if isinstance(error := context.get("exception"), Exception):
            self._handle_exception(error)

    def to_terminal(self, sequence: str) -> None:
        """A control sequence for the terminal, from any thread: the driver writes one thing after the other."""
        if self._driver is not None:
            self._driver.write(sequence)

    def copy_to_clipboard(self, text: str) -> None:
        """Within this screen only: Textual's own would send it to the terminal (OSC 52), and so past the approval."""
        self._clipboard = text

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """None: no palette, no screenshots."""
        return ()

"""The clipboard as an outlet: the desktop's, else that of the terminal. What is put there is lent, and taken back (R32)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kiskriv.deliver.boards import Board, boards
from kiskriv.deliver.loan import Loan, take_back
from kiskriv.deliver.outlet import Place, Recalled
from kiskriv.deliver.terminal import put_through
from kiskriv.deliver.watch import Watcher
from kiskriv.errors import DeliveryError


class Clipboard:
    """The best clipboard that can be reached. One for all that is delivered in a consultation.

    `terminal` writes to the terminal, where there is one. `clear_after`: seconds, from the last delivery on.
    """

    def __init__(self, terminal: Callable[[str], object] | None = None, clear_after: float = 60.0) -> None:
        self._boards: Sequence[Board] = tuple(boards())
        self._terminal, self._seconds = terminal, clear_after
        self._watcher = Watcher()
        self._loans: list[Loan] = []
        self._place = Place.CLIPBOARD if self._boards or terminal is None else Place.TERMINAL
        self._beyond_reach = False

    @property
    def place(self) -> Place:
        """Where it went; before that, where it would go."""
        return self._place

    def deliver(self, text: str) -> None:
        """Raises DeliveryError where no clipboard takes it, or none could be cleared again."""
        for board in self._boards:
            loan = Loan.of(text, board.name, self._seconds)
            self._watcher.expect(loan)  # first: whatever happens from here on, it is taken back
            self._loans.append(loan)
            if board.copy(text):
                self._watcher.expect(loan)  # again: it lies there from now on
                self._place = Place.CLIPBOARD
                return
        if self._terminal is None:
            raise DeliveryError(problem="no clipboard on this machine")
        put_through(text, self._terminal)
        self._place, self._beyond_reach = Place.TERMINAL, True

    def recall(self) -> Recalled:
        """Clears the clipboard now, if it still holds what was delivered last, or before."""
        outcome = take_back(self._loans)
        if outcome is not Recalled.UNKNOWN:
            self._loans.clear()
            self._watcher.relieve()
        return Recalled.UNKNOWN if self._beyond_reach else outcome

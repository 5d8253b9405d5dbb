"""What was put on the clipboard is lent to it: known again by a salted hash, and taken back if it still lies there."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from kiskriv.deliver.boards import board, plain
from kiskriv.deliver.outlet import Recalled


@dataclass(frozen=True)
class Loan:
    """A text that was put on a board for so many seconds. Never the text: it is only known when it is seen."""

    board: str
    seconds: float
    salt: str
    digest: str

    @classmethod
    def of(cls, text: str, board: str, seconds: float) -> Self:
        """With a salt of its own."""
        salt = secrets.token_hex(16)
        return cls(board, seconds, salt, _digest(text, salt))

    @classmethod
    def parsed(cls, line: str) -> Self:
        """What `str` wrote."""
        seconds, salt, digest, name = line.split(maxsplit=3)
        return cls(name.strip(), float(seconds), salt, digest)

    def __str__(self) -> str:
        return f"{self.seconds} {self.salt} {self.digest} {self.board}"

    def is_of(self, text: str) -> bool:
        """Whether it is this text, whatever ends its lines."""
        return _digest(text, self.salt) == self.digest


def take_back(loans: Sequence[Loan]) -> Recalled:
    """Clears each board that holds the text of any of these, and looks whether it is gone; what became of it on the last one.

    A board that was passed over since it was slow may have taken it all the same; one that cannot be asked at all has not.
    """
    if not loans:
        return Recalled.NOTHING
    last = loans[-1].board
    passed_over = {loan.board for loan in loans} - {last}
    left = [
        name for name in passed_over if (held := board(name).held()) and _cleared(name, held, loans) is Recalled.UNKNOWN
    ]
    held = board(last).held()
    if held is None or left:
        return Recalled.UNKNOWN
    return _cleared(last, held, loans) if held else Recalled.NOTHING


def _cleared(name: str, held: str, loans: Sequence[Loan]) -> Recalled:
    if not any(loan.is_of(held) for loan in loans):
        return Recalled.OTHER
    board(name).clear()
    left = board(name).held()
    return Recalled.UNKNOWN if left is None or any(loan.is_of(left) for loan in loans) else Recalled.CLEARED


def _digest(text: str, salt: str) -> str:
    """BLAKE2b, keyed (RFC 7693)."""
    return hashlib.blake2b(plain(text).encode(), key=bytes.fromhex(salt), digest_size=32).hexdigest()

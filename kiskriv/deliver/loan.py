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
    """Clears the board of the last of these, if it holds the text of any, and looks whether it is gone."""
    if not loans:
        return Recalled.NOTHING
    where = board(loans[-1].board)
    held = where.held()
    if not held:
        return Recalled.UNKNOWN if held is None else Recalled.NOTHING
    if not any(loan.is_of(held) for loan in loans):
        return Recalled.OTHER
    where.clear()
    left = where.held()
    return Recalled.UNKNOWN if left is None or any(loan.is_of(left) for loan in loans) else Recalled.CLEARED


def _digest(text: str, salt: str) -> str:
    """BLAKE2b, keyed (RFC 7693)."""
    return hashlib.blake2b(plain(text).encode(), key=bytes.fromhex(salt), digest_size=32).hexdigest()

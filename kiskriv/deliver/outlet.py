"""The words for where a note goes, and for what becomes of it there."""

from __future__ import annotations

from enum import StrEnum, auto


class Place(StrEnum):
    """What kind of place an outlet delivers to."""

    CLIPBOARD = auto()
    """The desktop's: taken back when its time is over, if it still holds what was delivered."""
    TERMINAL = auto()
    """The clipboard of the computer that shows the terminal, by OSC 52: whether it came there cannot be asked, nor taken back."""
    FOLDER = auto()
    STREAM = auto()


class Recalled(StrEnum):
    """What became of what was delivered, when it was to be taken back."""

    NOTHING = auto()
    """Nothing lies there that could be: it was delivered for good, or not at all, or it is gone."""
    CLEARED = auto()
    OTHER = auto()
    """Something else lies there by now, and was left alone."""
    UNKNOWN = auto()
    """It cannot be asked what lies there."""

"""What a host is made of, as a value, and how it starts the other processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiskriv.config import Config
from kiskriv.host.child import Child
from kiskriv.host.spools import Spools
from kiskriv.machine import RuntimeFolder
from kiskriv.weights import Model
from kiskriv.writer.address import Address

GRACE = 30.0
"""Seconds after its time limit at which a room that has not ended itself is killed."""

PAUSE = 5.0
"""Seconds until a room is tried again for a session whose room died, where the last one could not go on."""

AGAIN = 0.5
"""Seconds until what failed for want of descriptors is tried again."""


@dataclass(frozen=True)
class House:
    """`settings` is the digest of the configuration.

    `step`: samples from one window in which voices are told apart to the next. `limit`: seconds that a session may last (R15),
    `longest`: as far as a doctor can put that off. `writer`: where a language model's server answers, if the clinic has one.
    """

    config: Config
    settings: str
    model: Model
    step: int
    limit: int
    longest: int
    spools: Spools
    open_folder: Callable[[], RuntimeFolder]
    writer: Address | None = None
    grace: float = GRACE
    pause: float = PAUSE


class Start(Protocol):
    """Starts a process of ours."""

    def __call__(self, name: str, descriptors: tuple[int, ...], *arguments: str) -> Child:
        """`engine`, `room` or `microphone`, with the descriptors it keeps; their numbers come first among its arguments. Raises OSError."""

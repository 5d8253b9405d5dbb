"""One thing that a machine can or cannot promise, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """`name` is a code; `kept` is None when it cannot be known from here; `detail` is what was read, in English."""

    name: str
    kept: bool | None
    detail: str

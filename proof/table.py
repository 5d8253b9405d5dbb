"""What the proof prints: what the search can see at all, and what it found of a session.

A cell counts only as far as its control goes: where the search met less of what was planted than it had to, it is blind there, and
nothing found means nothing.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

ENOUGH = 0.99
"""Share of a planted canary that a control has to find."""

ENOUGH_OF_SWAP = 0.60
"""The same for swap: the kernel chooses what it swaps."""


class Verdict(StrEnum):
    """What a row is worth."""

    CLEAN = "clean"
    FOUND = "FOUND"
    BLIND = "blind"
    NOT_HERE = "not here"


@dataclass(frozen=True)
class Control:
    """A canary that was left somewhere on purpose. `share` of it was met, between 0 and 1; None: there is no such place here, see `note`.

    `least` is what has to be met; None where the way of erasing is one that works here, and 0 is expected.
    """

    place: str
    left: str
    planted: int = 0
    scanned: int = 0
    share: float | None = None
    least: float | None = ENOUGH
    note: str = ""

    @property
    def sees(self) -> bool:
        """The search met what it had to."""
        return self.share is not None and (self.share == 0 if self.least is None else self.share >= self.least)


@dataclass(frozen=True)
class Row:
    """A session that ended in some way at some moment, and one place that was searched after it.

    `control` is the place's control; `scanned` and `residue` are in octets, None where the place could not be searched, see `note`.
    """

    place: str
    moment: str
    end: str
    control: Control
    scanned: int | None = None
    residue: int | None = None
    note: str = ""
    level: str = ""
    """Of the session, by its receipt; `swept` where it has none."""

    @property
    def verdict(self) -> Verdict:
        """Residue is residue even if the search is half blind; nothing found is clean only if it is not."""
        if self.residue:
            return Verdict.FOUND
        if self.residue is None or self.control.share is None:
            return Verdict.NOT_HERE
        return Verdict.CLEAN if self.control.sees else Verdict.BLIND


@dataclass(frozen=True)
class Outlived:
    """A session that was disturbed: how many stand in the ledger, how many of them are accounted for, how many are not verified.

    `whole`: the words that were there before are there afterwards; None where the process that kept them was the one that ended.
    """

    moment: str
    end: str
    opened: int
    accounted: int
    unverified: int
    whole: bool | None = None
    note: str = ""

    @property
    def holds(self) -> bool:
        """Nothing is unaccounted for, and nothing is lost that the surviving processes could keep."""
        return self.opened == self.accounted and not self.unverified and self.whole is not False


@dataclass(frozen=True)
class Circumstances:
    """What a reader needs to repeat it."""

    date: str
    machine: str
    kernel: str
    start: str
    """The random value that all canaries are made from."""

    @classmethod
    def now(cls, start: str) -> Circumstances:
        """Of this machine."""
        names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        processor = names[0].split(":")[1].strip() if names else platform.machine()
        return cls(
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            f"{os.cpu_count()} cores {processor}, Python {platform.python_version()}",
            f"{platform.system()} {platform.release()}",
            start,
        )


Seen = Control | Row | Outlived
"""All that a proof can say."""


def as_text(circumstances: Circumstances, seen: Sequence[Seen]) -> str:
    """The tables as they are printed."""
    lines = [
        f"{circumstances.date}, {circumstances.machine}, {circumstances.kernel}, start value {circumstances.start}"
    ]
    if controls := [one for one in seen if isinstance(one, Control)]:
        lines += ["", "What the search can see"]
        lines += _columns(
            ("place", "left there", "planted", "scanned", "found", ""),
            (
                (c.place, c.left, _octets(c.planted), _octets(c.scanned), _percent(c.share), _judged(c))
                for c in controls
            ),
        )
    if rows := [one for one in seen if isinstance(one, Row)]:
        lines += ["", "What a session left"]
        lines += _columns(
            ("place", "moment", "end", "level", "scanned", "control", "residue", ""),
            (
                (
                    r.place,
                    r.moment,
                    r.end,
                    r.level or "-",
                    _octets(r.scanned),
                    _percent(r.control.share),
                    _exactly(r.residue),
                    _noted(r.verdict, r.note),
                )
                for r in rows
            ),
        )
    if outlived := [one for one in seen if isinstance(one, Outlived)]:
        lines += ["", "What became of the sessions"]
        lines += _columns(
            ("moment", "end", "opened", "accounted for", "unverified", "words kept", ""),
            (
                (
                    o.moment,
                    o.end,
                    str(o.opened),
                    str(o.accounted),
                    str(o.unverified),
                    {True: "all", False: "not all", None: "-"}[o.whole],
                    _noted("holds" if o.holds else "DOES NOT HOLD", o.note),
                )
                for o in outlived
            ),
        )
    return "\n".join(lines) + "\n"


def as_json(circumstances: Circumstances, seen: Sequence[Seen]) -> dict[str, Any]:
    """The same for a machine; octets and shares unrounded."""
    return {
        "circumstances": asdict(circumstances),
        "controls": [asdict(one) | {"sees": one.sees} for one in seen if isinstance(one, Control)],
        "rows": [asdict(one) | {"verdict": one.verdict} for one in seen if isinstance(one, Row)],
        "sessions": [asdict(one) | {"holds": one.holds} for one in seen if isinstance(one, Outlived)],
    }


def _judged(control: Control) -> str:
    if control.share is None:
        return _noted(Verdict.NOT_HERE, control.note)
    if control.least is None:
        return _noted("0 expected" if control.sees else "0 expected, and not so", control.note)
    return _noted("sees" if control.sees else Verdict.BLIND, control.note)


def _noted(word: str, note: str) -> str:
    return f"{word}: {note}" if note else word


def _octets(count: int | None) -> str:
    if count is None:
        return "-"
    return (
        f"{count / (1 << 20):.1f} MiB"
        if count >= 1 << 20
        else f"{count / 1024:.1f} KiB"
        if count >= 1024
        else f"{count} B"
    )


def _exactly(count: int | None) -> str:
    return "-" if count is None else f"{count:,} B".replace(",", " ")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _columns(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows under their heads: figures to the right, words to the left, the last column as it is."""
    table = [heads, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(heads) - 1)]
    return [
        "  ".join(
            [
                cell.rjust(width) if cell[0].isdigit() or cell == "-" else cell.ljust(width)
                for cell, width in zip(row, widths, strict=False)
            ]
            + [row[-1]]
        ).rstrip()
        for row in table
    ]

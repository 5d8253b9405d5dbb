"""The report's two figures, as SVG inside the page: what became of the sessions, and how long erasing took. No I/O.

Each is a picture with a title and a description for those who do not see it; the table says the same in figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from math import ceil, floor, log10
from statistics import median

from kiskriv.ledger.report.document import element
from kiskriv.ledger.report.reconciliation import Otherwise, Outcome, Session
from kiskriv.ledger.report.wording import duration, say
from kiskriv.ledger.terms import Reason
from kiskriv.ledger.wording import Language

BANDS: Mapping[str, tuple[Outcome, ...]] = {
    "band-transferred": (Reason.TRANSFERRED,),
    "band-unwanted": (Reason.DISCARDED, Reason.WITHDRAWN),
    "band-otherwise": (Reason.EXPIRED, Reason.INTERRUPTED, Reason.FAILED),
    "band-swept": (Otherwise.SWEPT,),
    "band-unclosed": (Otherwise.UNVERIFIED, Otherwise.OPEN),
}
"""What a colour stands for."""

STYLE = """
svg text { fill: var(--faint); font: 11px system-ui, sans-serif } .axis { stroke: var(--line) }
.time { stroke: var(--faint); stroke-width: 2 }
.median { fill: #0072b2 } .band-transferred { fill: #0072b2 } .band-unwanted { fill: #56b4e9 } .band-otherwise { fill: #e69f00 }
.band-swept { fill: #999 } .band-unclosed { fill: #d55e00 }
.key { display: inline-block; margin-right: 1.2rem } .key svg { vertical-align: -.1em; margin-right: .3rem }
"""
"""Colours that most colour-blind people tell apart (Okabe and Ito, 2008)."""

MOST_DAYS = 100
"""Bars at most that stand for a day each; a longer period is drawn by months."""

_DAY, _MONTH = len("2026-03-02"), len("2026-03")
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 760, 240, 56, 8, 12, 28


@dataclass(frozen=True, slots=True)
class Bin:
    """A day (`2026-03-02`) or a month (`2026-03`) with at least one session: what became of them, and the times in ms."""

    name: str
    bands: Mapping[str, int]
    took: tuple[int, ...]


def _by_day(sessions: Sequence[Session]) -> bool:
    days = [date.fromisoformat(session.opened.time[:10]) for session in sessions]
    return not days or (max(days) - min(days)).days < MOST_DAYS


def bins(sessions: Sequence[Session]) -> tuple[Bin, ...]:
    """The sessions by the day, or the month, on which they were opened; those without any are left out."""
    kept = _DAY if _by_day(sessions) else _MONTH
    together: dict[str, list[Session]] = defaultdict(list)
    for session in sessions:
        together[session.opened.time[:kept]].append(session)
    return tuple(_bin(name, together[name]) for name in sorted(together))


def _bin(name: str, sessions: Iterable[Session]) -> Bin:
    sessions = tuple(sessions)
    counted = Counter(session.outcome for session in sessions)
    bands = {band: sum(counted[outcome] for outcome in outcomes) for band, outcomes in BANDS.items()}
    return Bin(name, bands, tuple(session.erasure.took for session in sessions if session.erasure))


def counts_title(shown: Sequence[Bin], language: Language) -> str:
    """What the bars stand for."""
    return say("per-day" if len(shown[0].name) == _DAY else "per-month", language)


def counts_plot(shown: Sequence[Bin], language: Language) -> str:
    """Stacked bars, and the key to their colours."""
    most = max(sum(bin_.bands.values()) for bin_ in shown)
    places = _Places(shown)
    drawn = [_rule(places.y(count / most), str(count)) for count in _ticks(most)]
    for bin_ in shown:
        reached = 0
        for band, count in bin_.bands.items():
            if count:
                top, bottom = places.y((reached + count) / most), places.y(reached / most)
                drawn.append(places.bar(bin_, top, bottom - top, band))
            reached += count
    title = counts_title(shown, language)
    keys = "".join(
        f'<span class="key"><svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" class="{band}"/></svg>'
        f"{escape(say(band, language))}</span>"
        for band in BANDS
    )
    return _figure("counts", title, say("per-day-described", language), [*drawn, *places.names()]) + f"<p>{keys}</p>"


def times_plot(shown: Sequence[Bin], language: Language) -> str:
    """From the shortest to the longest time, the median as a dot; on a logarithmic scale."""
    took = [max(ms, 1) for bin_ in shown for ms in bin_.took]
    if not took:
        return ""
    low, high = floor(log10(min(took))), max(ceil(log10(max(took))), floor(log10(min(took))) + 1)
    places = _Places(shown)

    def height(milliseconds: float) -> float:
        return places.y((log10(max(milliseconds, 1)) - low) / (high - low))

    drawn = [_rule(height(10**power), duration(10**power, language)) for power in range(low, high + 1)]
    for bin_ in shown:
        if bin_.took:
            x = places.middle(bin_)
            drawn.append(
                f'<line class="time" x1="{x:.1f}" x2="{x:.1f}" y1="{height(max(bin_.took)):.1f}" y2="{height(min(bin_.took)):.1f}"/>'
                f'<circle class="median" cx="{x:.1f}" cy="{height(median(bin_.took)):.1f}" r="3.5"/>'
            )
    return _figure("times", say("times", language), say("times-described", language), [*drawn, *places.names()])


def table(shown: Sequence[Bin], language: Language) -> str:
    """What both figures show, in figures."""
    columns = ["when", "opened", *BANDS, "shortest-time", "median-time", "longest-time"]
    head = "".join(element("th", say(column, language), 'scope="col"') for column in columns)
    rows = []
    for bin_ in shown:
        times = [duration(of(bin_.took), language) for of in (min, median, max)] if bin_.took else ["–"] * 3
        cells = [str(sum(bin_.bands.values())), *map(str, bin_.bands.values()), *times]
        named = element("th", bin_.name, 'scope="row"')
        rows.append(f"<tr>{named}{''.join(element('td', cell) for cell in cells)}</tr>")
    caption = element("caption", say("table", language))
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>\n" + "\n".join(rows) + "\n</tbody></table>"


def _figure(name: str, title: str, description: str, drawn: Iterable[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-labelledby="{name}-title {name}-described">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-described">{escape(description)}</desc>\n'
        + "\n".join(drawn)
        + "\n</svg>"
    )


def _rule(y: float, label: str) -> str:
    return (
        f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(label)}</text>'
    )


def _ticks(most: int) -> tuple[int, ...]:
    """Whole numbers from 0 to `most`, at most six, at even distances."""
    step = next(step for power in range(12) for step in (10**power, 2 * 10**power, 5 * 10**power) if most / step <= 5)
    return tuple(range(0, most + 1, step))


class _Places:
    """Where things stand in a figure, in its units: bins from left to right by their day or month, shares from 0 to 1 upward."""

    def __init__(self, shown: Sequence[Bin]) -> None:
        self._shown = shown
        self._first = _ordinal(shown[0].name)
        self._step = (_WIDTH - _LEFT - _RIGHT) / (_ordinal(shown[-1].name) - self._first + 1)

    def y(self, share: float) -> float:
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    def middle(self, bin_: Bin) -> float:
        return _LEFT + (_ordinal(bin_.name) - self._first + 0.5) * self._step

    def bar(self, bin_: Bin, top: float, height: float, band: str) -> str:
        width = min(0.8 * self._step, 48)
        x = self.middle(bin_) - width / 2
        return f'<rect class="{band}" x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"/>'

    def names(self) -> Iterable[str]:
        """The first and the last bin's, and some between that have room."""
        every = max(1, ceil(90 / self._step))
        last = _ordinal(self._shown[-1].name)
        for place in range(self._first, last + 1, every):
            x = _LEFT + (place - self._first + 0.5) * self._step
            yield f'<text x="{x:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">{_name(place, len(self._shown[0].name))}</text>'


def _ordinal(name: str) -> int:
    """A day or a month as a number that counts on."""
    if len(name) == _DAY:
        return date.fromisoformat(name).toordinal()
    return int(name[:4]) * 12 + int(name[5:]) - 1


def _name(ordinal: int, length: int) -> str:
    if length == _DAY:
        return date.fromordinal(ordinal).isoformat()
    return f"{ordinal // 12:04d}-{ordinal % 12 + 1:02d}"

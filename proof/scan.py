"""Looks for canaries in files, devices and the memory of living processes, faster than a disk gives them out.

Most forms' cells share at least 15 octets, so wherever a cell stands, eight of those stand on an address that eight divides. Only such
words are looked at, through a table of answers that says no to nearly all of them; what it lets through is compared octet by octet. Cells
that share nothing, of what was really said, each bring words of their own into the table: one for every place that they may begin at.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from proof.canary import LEAST_SHARED, Canary, Form, shared

BLOCK = 16 << 20
"""Octets read at once."""

_WORD = 8
_STEP = 1 << 15  # words looked at at once: they stay in the processor's cache
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # Knuth's multiplicative hash: 2**64 divided by the golden ratio
_ROOM = 32  # answers in the table for each word in it

Octets = NDArray[np.uint8]


class Stretch(Protocol):
    """Octets one after the other: an unbuffered file, a region of memory, `io.BytesIO`."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fills the beginning of `buffer`; 0 at the end."""
        ...


@dataclass(frozen=True)
class Found:
    """Cells of one kind: how many were planted, how many were met in any form, and how many in each form that was met."""

    planted: int
    cells: int
    octets: int
    forms: Mapping[str, int]

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.cells / self.planted


@dataclass(frozen=True)
class Finding:
    """What a search met, by kind of canary; `scanned` in octets."""

    scanned: int
    kinds: Mapping[str, Found]

    @property
    def residue(self) -> int:
        """Octets recovered, of all kinds."""
        return sum(found.octets for found in self.kinds.values())

    @property
    def share(self) -> float:
        """Cells recovered of all that were planted, between 0 and 1."""
        return sum(found.cells for found in self.kinds.values()) / sum(found.planted for found in self.kinds.values())


class Scanner:
    """Looks for all forms of some canaries at once. It holds them in the clear: it never is the process that is looked at."""

    def __init__(self, *canaries: Canary) -> None:
        self._canaries = canaries
        self._forms = [_Sought(form) for canary in canaries for form in canary.forms]
        words = np.concatenate([sought.words for sought in self._forms])
        order = np.argsort(words, kind="stable")
        self._words = words[order]
        self._whose = np.repeat(np.arange(len(self._forms)), [len(sought.words) for sought in self._forms])[order]
        self._offset = np.concatenate([sought.offsets for sought in self._forms])[order]
        bits = max(16, (_ROOM * len(words)).bit_length())
        self._shift = np.uint64(64 - bits)
        self._likely = np.zeros(1 << bits, bool)
        self._likely[(words * _SPREAD) >> self._shift] = True
        self._overlap = max(sought.width for sought in self._forms) - 1

    def search(self, *sources: Iterable[Stretch]) -> Finding:
        """Reads every stretch of every source to its end. A cell that is met twice counts once."""
        met = [np.zeros(len(sought.form.numbers), bool) for sought in self._forms]
        glass = np.zeros(self._overlap + _WORD + BLOCK, np.uint8)
        scanned = 0
        for stretch in chain.from_iterable(sources):
            kept = 0
            while read := stretch.readinto(glass.data[kept : kept + BLOCK]):
                scanned += read
                self._look(glass[: kept + read], met)
                end = kept + read
                begin = max(0, end - self._overlap) // _WORD * _WORD  # an address keeps its remainder by eight
                kept = end - begin
                glass[:kept] = glass[begin:end].copy()
        return Finding(scanned, dict(self._counted(met)))

    def _look(self, octets: Octets, met: list[NDArray[np.bool_]]) -> None:
        words = octets[: len(octets) // _WORD * _WORD].view("<u8")
        likely = [
            at + np.flatnonzero(self._likely[(words[at : at + _STEP] * _SPREAD) >> self._shift])
            for at in range(0, len(words), _STEP)
        ]
        places = np.concatenate(likely) if likely else np.empty(0, np.int64)
        first = np.searchsorted(self._words, words[places], "left")
        last = np.searchsorted(self._words, words[places], "right")
        while len(places := places[first < last]):
            first, last = first[first < last], last[first < last]
            begins = places * _WORD - self._offset[first]
            for whose in np.unique(self._whose[first]):
                sought = self._forms[whose]
                met[whose][sought.recognised(octets, begins[self._whose[first] == whose])] = True
            first = first + 1

    def _counted(self, met: list[NDArray[np.bool_]]) -> Iterator[tuple[str, Found]]:
        by_form = iter(zip(self._forms, met, strict=True))
        for canary in self._canaries:
            forms: dict[str, NDArray[np.bool_]] = {}
            for _ in canary.forms:
                sought, cells = next(by_form)
                of_form = forms.setdefault(sought.form.name, np.zeros(canary.cells, bool))
                of_form[sought.form.numbers[cells]] = True
            in_any = int(np.logical_or.reduce(list(forms.values())).sum())
            counts = {name: int(cells.sum()) for name, cells in forms.items() if cells.any()}
            yield canary.kind, Found(canary.cells, in_any, in_any * canary.octets, counts)


class _Sought:
    """A form ready to be looked for: the words that give it away with where in a row each stands, and its rows in order."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.width = form.rows.shape[1]
        if form.step:
            begins = np.arange(0, _WORD, form.step)
            self.offsets = begins.repeat(len(form.rows))
            rows = form.rows
        else:
            begin, length = shared(form.rows)
            if length < LEAST_SHARED:
                raise ValueError(f"{form.name}: the cells share too little to be looked for")
            begins = self.offsets = np.arange(begin, begin + _WORD)
            rows = form.rows[:1]
        self.words = (
            np.concatenate([np.ascontiguousarray(rows[:, at : at + _WORD]) for at in begins]).view("<u8").ravel()
        )
        whole = np.ascontiguousarray(form.rows).view(f"V{self.width}").ravel()
        self._order: NDArray[np.int64] = np.argsort(whole)
        self._rows = whole[self._order]

    def recognised(self, octets: Octets, begins: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which rows of the form stand whole in `octets` at `begins`."""
        begins = begins[(begins >= 0) & (begins + self.width <= len(octets))]
        standing = octets[begins[:, None] + np.arange(self.width)].view(f"V{self.width}").ravel()
        place = np.minimum(np.searchsorted(self._rows, standing), len(self._rows) - 1)
        same: NDArray[np.bool_] = self._rows[place] == standing
        rows: NDArray[np.int64] = self._order[place[same]]
        return rows


def file(path: Path) -> Iterator[Stretch]:
    """A file, a block device or a raw image."""
    with path.open("rb", buffering=0) as stretch:
        yield stretch


def files(paths: Iterable[Path]) -> Iterator[Stretch]:
    """The regular files among some paths, whatever else is met there left aside."""
    for path in paths:
        if path.is_file() and not path.is_symlink():
            yield from file(path)


def text(octets: bytes) -> Iterator[Stretch]:
    """Octets that stand here already."""
    yield io.BytesIO(octets)


def memory(pid: int) -> Iterator[Stretch]:
    """All that a living process can read of its own memory, region by region. Raises OSError without the right to look."""
    descriptor = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    try:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, _, _, _, *name = line.split(maxsplit=5)
            if rights.startswith("r") and not "".join(name).startswith(_NOT_MEMORY):
                begin, end = (int(edge, 16) for edge in span.split("-"))
                yield Region(descriptor, begin, end)
    finally:
        os.close(descriptor)


_NOT_MEMORY = ("[vvar", "[vsyscall]", "/dev/dri", "/dev/nvidia")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Region:
    """One mapping; pages that nobody may read, secret memory among them, are passed over."""

    def __init__(self, descriptor: int, begin: int, end: int) -> None:
        self._descriptor = descriptor
        self._at = begin
        self._end = end

    def readinto(self, buffer: memoryview, /) -> int:
        while self._at < self._end:
            wanted = min(len(buffer), self._end - self._at)
            try:
                read = os.preadv(self._descriptor, [buffer[:wanted]], self._at)
            except OSError as problem:
                if problem.errno not in (errno.EIO, errno.EFAULT):
                    raise
                read = 0
            if read:
                self._at += read
                return read
            self._at += _PAGE
        return 0

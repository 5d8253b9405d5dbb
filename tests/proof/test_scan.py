"""A search counts each cell once, misses none at a border, and raises no false alarm."""

from __future__ import annotations

import ctypes
import io
import mmap
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from proof import scan
from proof.canary import Cells, Key, Voice, Words
from proof.scan import Scanner
from proof.subject import holding

CELLS = Cells("a start value", 300)


class Drops:
    """Octets a few at a time, as a pipe may give them."""

    def __init__(self, octets: bytes, size: int) -> None:
        self._rest = io.BytesIO(octets)
        self._size = size

    def readinto(self, buffer: memoryview, /) -> int:
        return self._rest.readinto(buffer[: self._size])


@pytest.mark.parametrize("size", [1, 7, 8, 31, 32, 33, 1000])
def test_no_border_hides_a_cell(size: int) -> None:
    finding = Scanner(CELLS.canary, Voice("b", 2).canary).search([Drops(b"x" + CELLS.octets, size)])
    assert (finding.scanned, finding.residue) == (9601, 9600)


def test_blocks_are_read_with_an_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "BLOCK", 100)
    assert Scanner(CELLS.canary).search([io.BytesIO(CELLS.octets)]).share == 1


def test_a_cell_does_not_begin_in_one_stretch_and_end_in_the_next() -> None:
    assert Scanner(CELLS.canary).search([io.BytesIO(CELLS.octets[:20]), io.BytesIO(CELLS.octets[20:32])]).residue == 0


def test_a_cell_counts_once_however_often_it_is_met() -> None:
    some = CELLS.octets[:320]
    finding = Scanner(CELLS.canary).search([io.BytesIO(some + some)], [io.BytesIO(some)])
    assert finding.kinds["cells"].cells == 10
    assert finding.residue == 320


def test_forms_of_one_cell_are_one_cell() -> None:
    words = Words("a", 50)
    finding = Scanner(words.canary).search([io.BytesIO(words.text().encode() + words.text().encode("utf-16-le"))])
    assert finding.kinds["words"].forms == {"utf-8": 50, "utf-16": 50}
    assert finding.residue == 50 * words.canary.octets


def test_what_is_damaged_is_not_counted() -> None:
    damaged = bytearray(CELLS.octets)
    damaged[31] ^= 1
    assert Scanner(CELLS.canary).search([io.BytesIO(damaged)]).kinds["cells"].cells == 299


def test_random_octets_raise_no_alarm() -> None:
    everything = Scanner(CELLS.canary, Voice("a", 300).canary, Words("a", 300).canary, Key(bytes(range(32))).canary)
    noise = np.random.default_rng(1).integers(0, 256, 8 << 20, np.uint8).tobytes()
    finding = everything.search([io.BytesIO(noise + bytes(1 << 20))])
    assert (finding.scanned, finding.residue) == (9 << 20, 0)


def test_nothing_to_read_is_nothing_found() -> None:
    assert Scanner(CELLS.canary).search([io.BytesIO()]).scanned == 0


def test_files_are_read_and_what_is_no_file_is_left_aside(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(CELLS.octets)
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert Scanner(CELLS.canary).search(scan.files(tmp_path.iterdir())).share == 1


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_memory_of_another_process_is_read() -> None:
    with holding("a start value", 300) as holder:
        finding = Scanner(CELLS.canary).search(scan.memory(holder.pid))
    assert finding.share == 1


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_page_that_cannot_be_read_hides_no_others() -> None:
    page = mmap.PAGESIZE
    pages = mmap.mmap(-1, 3 * page)
    pages[:320], pages[2 * page : 2 * page + 320] = CELLS.octets[:320], CELLS.octets[320:640]
    begin = ctypes.addressof(anchor := ctypes.c_char.from_buffer(pages))
    assert (
        ctypes.CDLL(None).munmap(ctypes.c_void_p(begin + page), page) == 0
    )  # answers EIO from now on, as secret memory does
    own = os.open("/proc/self/mem", os.O_RDONLY)
    finding = Scanner(CELLS.canary).search([scan.Region(own, begin, begin + 3 * page)])
    os.close(own)
    del anchor
    pages.close()
    assert (finding.scanned, finding.residue) == (2 * page, 640)

"""A clinic's file is read line by line; what is wrong is told with its line, and nothing else is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiskriv.draft.lines import LARGEST, lines, read
from kiskriv.errors import ClinicFileInvalid


def test_sections_names_and_values() -> None:
    found = [
        (line.section, line.name, line.value, line.number)
        for line in read("# x\n[a]\nb: c, d # why\n\nbare\n[e]\nf:", "own.txt")
    ]
    assert found == [("a", "b", "c, d", 3), ("a", "bare", None, 5), ("e", "f", "", 7)]


@pytest.mark.parametrize(("content", "number"), [("[open\na: b", 1), ("[]\n", 1), ("a: b\n: c", 2)])
def test_what_cannot_be_read_is_told_with_its_line(content: str, number: int) -> None:
    with pytest.raises(ClinicFileInvalid, match=rf"own\.txt, line {number}"):
        list(read(content, "own.txt"))


def test_a_missing_file_and_foreign_bytes(tmp_path: Path) -> None:
    with pytest.raises(ClinicFileInvalid):
        list(lines(tmp_path / "none.txt"))
    (tmp_path / "latin.txt").write_bytes("a: b\nfeber: høy".encode("latin-1"))
    with pytest.raises(ClinicFileInvalid, match="line 2"):
        list(lines(tmp_path / "latin.txt"))


def test_a_mark_at_the_beginning_of_a_file_is_no_letter(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("[a]\nb: c", "utf-8-sig")
    assert [line.section for line in lines(tmp_path / "own.txt")] == ["a"]


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\u200b", "\u202e", "\x85", "\u2028"])
def test_a_sign_that_nobody_sees_is_told_with_its_line(sign: str) -> None:
    with pytest.raises(ClinicFileInvalid, match="line 2"):
        list(read(f"[a]\nb: c{sign}d\n", "own.txt"))


def test_tabs_and_the_line_ends_of_windows_are_no_such_signs() -> None:
    assert [line.value for line in read("[a]\r\nb:\tc\td\r\n", "own.txt")] == ["c\td"]


def test_only_a_file_of_moderate_size_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    (tmp_path / "large.txt").write_text("a" * (LARGEST + 1), "utf-8")
    for file in ("pipe", "folder", "zero", "large"):
        with pytest.raises(ClinicFileInvalid, match=rf"{file}\.txt"):
            list(lines(tmp_path / f"{file}.txt"))

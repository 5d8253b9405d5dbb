"""Clipboards of desktops: what is put there is there, to the letter, and nowhere else; what is cleared is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiskriv.deliver.boards import Board, boards
from tests.deliver.desktops import FakeDesktop

TEXT = "Anamnese\nVondt i øret, 38,5 °C.\n\nTiltak\nRo – og «vann»."


def files_of_wl_copy() -> set[Path]:
    return set(Path("/tmp").glob("wl-copy-buffer-*"))


def test_what_is_copied_is_held_to_the_letter(real: Board) -> None:
    assert real.copy(TEXT)
    assert real.held() == TEXT
    assert real.copy("noe annet\n")
    assert real.held() == "noe annet\n"


def test_a_long_note_arrives_whole(real: Board) -> None:
    long = TEXT * 20_000
    assert real.copy(long)
    assert real.held() == long


def test_what_is_cleared_is_gone(real: Board) -> None:
    real.copy(TEXT)
    real.clear()
    assert real.held() == ""


def test_no_file_holds_the_note_while_it_lies_on_the_clipboard(real: Board) -> None:
    before = files_of_wl_copy()
    assert real.copy(TEXT)
    assert files_of_wl_copy() == before


def test_a_desktop_that_is_gone_cannot_be_asked(monkeypatch: pytest.MonkeyPatch, real: Board) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-4711")
    assert not real.copy(TEXT)
    assert real.held() is None


def test_the_clipboard_of_a_computer_far_away_is_not_the_doctors(
    monkeypatch: pytest.MonkeyPatch, fake: FakeDesktop, tmp_path: Path
) -> None:
    for name in ("pbcopy", "pbpaste"):  # a Mac has no variable that leads to its desktop
        (tmp_path / name).symlink_to("/bin/true")
    assert [one.name for one in boards()] == ["xclip", "pbcopy"]
    monkeypatch.delenv("DISPLAY")
    assert [one.name for one in boards()] == ["pbcopy"]
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    assert list(boards()) == []
    monkeypatch.setenv("DISPLAY", "localhost:10")
    assert next(one.name for one in boards()) == "xclip"

"""The desktops of these tests: one X server and one compositor for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiskriv.deliver.boards import Board, board
from tests.deliver.desktops import FakeDesktop, compositor, enter, x_server


@pytest.fixture(scope="session")
def x_desktop() -> Iterator[dict[str, str]]:
    with x_server() as environment:
        yield environment


@pytest.fixture(scope="session")
def wayland_desktop() -> Iterator[dict[str, str]]:
    with compositor() as environment:
        yield environment


@pytest.fixture(params=["xclip", "wl-copy"])
def real(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Board:
    """A clipboard of a desktop that runs, on which this process is."""
    desktop = "wayland_desktop" if request.param == "wl-copy" else "x_desktop"
    enter(monkeypatch, request.getfixturevalue(desktop))
    found = board(request.param)
    found.clear()
    return found


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDesktop:
    desktop = FakeDesktop(tmp_path)
    enter(monkeypatch, desktop.environment)
    return desktop

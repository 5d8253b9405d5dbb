"""Whether a history keeps what is copied, as far as this machine's processes tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiskriv.deliver import history
from tests.deliver.desktops import FakeDesktop, enter


def processes(folder: Path, *names: str) -> Path:
    """A /proc with these."""
    for number, name in enumerate(names):
        (folder / str(number)).mkdir(parents=True)
        (folder / str(number) / "comm").write_text(f"{name}\n")
    return folder


@pytest.mark.parametrize(
    ("running", "answer"),
    [
        (["bash", "sway"], False),
        (["bash", "gpaste-daemon"], True),
        (["plasmashell"], True),  # xclip cannot hint to it
        (["gnome-shell"], None),
        (["gnome-shell", "xfce4-clipman"], True),
        ([], None),
    ],
)
def test_who_keeps_one(fake: FakeDesktop, tmp_path: Path, running: list[str], answer: bool | None) -> None:
    assert history(processes(tmp_path / "proc", *running)) is answer


def test_a_hint_is_heeded_by_those_that_are_known_to(
    fake: FakeDesktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("wl-paste", "unshare", "mount"):
        (tmp_path / name).symlink_to("/bin/true")
    newer = tmp_path / "wl-copy"
    newer.write_text("#!/bin/sh\necho '  --sensitive'\n")
    newer.chmod(0o700)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert history(processes(tmp_path / "kde", "plasmashell")) is False
    assert history(processes(tmp_path / "other", "plasmashell", "diodon")) is True
    newer.write_text("#!/bin/sh\necho older\n")
    assert history(processes(tmp_path / "older", "plasmashell")) is True


def test_it_is_not_known_of_a_computer_far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, {"SSH_TTY": "/dev/pts/0"})
    assert history() is None

"""The terminal's clipboard: what a real tmux and a real GNU screen hand on to their terminal, and what they keep."""

from __future__ import annotations

import base64
import os
import pty
import select
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiskriv.deliver.terminal import put_through
from tests.deliver.desktops import PATIENCE, enter, need

TEXT = "Vondt i øret.\n" * 300
ENCODED = base64.b64encode(TEXT.encode())
DELIVERS = f"""
import sys
from kiskriv.deliver.terminal import put_through
put_through({TEXT!r}, lambda sequence: (sys.stdout.write(sequence), sys.stdout.flush()))
"""


class Shown:
    """A terminal, and what was written to it."""

    def __init__(self, descriptor: int) -> None:
        self.seen = b""
        self._descriptor = descriptor

    def until(self, octets: bytes) -> None:
        deadline = time.monotonic() + PATIENCE
        while octets not in self.seen:
            assert time.monotonic() < deadline, f"{len(self.seen)} octets, and not what was waited for"
            if select.select([self._descriptor], [], [], 0.1)[0]:
                self.seen += os.read(self._descriptor, 65_536)


@contextmanager
def shown(*command: str, **environment: str) -> Iterator[Shown]:
    """A program on a terminal that tells by its name (TERM) that it has a clipboard."""
    master, slave = pty.openpty()
    program = subprocess.Popen(
        command,
        stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        env=os.environ | {"TERM": "xterm-256color"} | environment,
    )  # fmt: skip
    os.close(slave)
    try:
        yield Shown(master)
    finally:
        program.kill()
        program.wait()
        os.close(master)


@pytest.fixture(autouse=True)
def _on_no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, {})


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "set -s set-clipboard on",
        "set -s set-clipboard off",
        "set -g allow-passthrough on",
    ],
)
def test_tmux_hands_it_on_whatever_its_settings_and_keeps_nothing(tmp_path: Path, settings: str) -> None:
    need("tmux")
    script, conf, socket = tmp_path / "delivers.py", tmp_path / "conf", str(tmp_path / "socket")
    script.write_text(DELIVERS)
    conf.write_text(settings + "\n")
    inside = f"{shlex.quote(sys.executable)} {script}; echo do''ne; cat"
    try:
        with shown(
            "tmux", "-S", socket, "-f", str(conf), "new-session", inside, PYTHONPATH=str(Path.cwd())
        ) as terminal:
            terminal.until(b"done")
            terminal.until(ENCODED)
            kept = subprocess.run(("tmux", "-S", socket, "list-buffers"), capture_output=True, check=True).stdout
            assert kept == b""
    finally:
        subprocess.run(("tmux", "-S", socket, "kill-server"), check=False, stderr=subprocess.DEVNULL)


def test_gnu_screen_hands_it_on(tmp_path: Path) -> None:
    need("screen")
    tmp_path.chmod(0o700)
    script = tmp_path / "delivers.py"
    script.write_text(DELIVERS)
    name, where = f"kiskriv-{os.getpid()}", {"SCREENDIR": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
    inside = ("sh", "-c", f"{shlex.quote(sys.executable)} {script}; cat")
    try:
        with shown("screen", "-c", os.devnull, "-S", name, *inside, **where) as terminal:
            terminal.until(b"\x1b]52;c;" + ENCODED + b"\x07")
    finally:
        subprocess.run(
            ("screen", "-S", name, "-X", "quit"), env=os.environ | where, check=False, stdout=subprocess.DEVNULL
        )


def test_a_tmux_that_cannot_send_it_is_asked_to_hand_it_on(tmp_path: Path) -> None:
    tmux = tmp_path / "tmux"
    tmux.write_text("#!/bin/sh\nexit 1\n")
    tmux.chmod(0o700)
    written: list[str] = []
    path = os.environ["PATH"]
    try:
        os.environ["PATH"] = str(tmp_path)
        put_through("Ro.", written.append, {"TMUX": "/tmp/nowhere,1,0"})
    finally:
        os.environ["PATH"] = path
    assert written == ["\x1bPtmux;\x1b\x1b]52;c;Um8u\x07\x1b\\"]

"""Desktops without a screen: an X server, a Wayland compositor, and one whose clipboard is a file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 20.0
_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")  # sway does not start for root
_LEADS = ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY", "WSL_INTEROP", "WSL_DISTRO_NAME", "TMUX", "STY")

_FAKE = """#!{python}
import pathlib, sys
folder = pathlib.Path({folder!r})
held, locked, slow, looked = (folder / name for name in ("held", "locked", "slow", "looked"))
if locked.exists():
    sys.exit("Error: Can't open display")
if "-out" in sys.argv:
    sys.stdout.buffer.write(held.read_bytes())
    looked.touch()
else:
    while slow.exists() and not looked.exists():
        pass
    held.write_bytes(sys.stdin.buffer.read())
"""


def until(true: Callable[[], bool]) -> None:
    """Waits for it, a while; fails then."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def need(*programs: str) -> None:
    """Skips the test where one is not installed."""
    if missing := [name for name in programs if shutil.which(name) is None]:
        pytest.skip(f"not installed here: {', '.join(missing)}")


def enter(patch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> None:
    """This process is on that desktop, and on no other."""
    for name in _LEADS:
        patch.delenv(name, raising=False)
    for name, value in environment.items():
        patch.setenv(name, value)


@contextmanager
def x_server() -> Iterator[dict[str, str]]:
    """What leads to it, for the environment."""
    need("Xvfb", "xclip")
    reading, writing = os.pipe()
    command = ("Xvfb", "-displayfd", str(writing), "-nolisten", "tcp", "-screen", "0", "64x64x8")
    with os.fdopen(reading) as told, _running(command, pass_fds=(writing,)):
        os.close(writing)
        yield {"DISPLAY": f":{told.readline().strip()}"}


@contextmanager
def compositor() -> Iterator[dict[str, str]]:
    """A sway without outputs; its socket is not under /tmp, as none is on a desktop."""
    need("sway", "setpriv", "wl-copy", "unshare")
    tried = subprocess.run(("unshare", "--map-root-user", "--mount", "true"), stderr=subprocess.DEVNULL, check=False)
    if tried.returncode:
        pytest.skip("no namespaces of users here")
    folder = Path(tempfile.mkdtemp(dir="/dev/shm"))
    alone = {"WLR_BACKENDS": "headless", "WLR_RENDERER": "pixman", "WLR_LIBINPUT_NO_DEVICES": "1"}
    environment = os.environ | alone | {"XDG_RUNTIME_DIR": str(folder)}
    root = os.geteuid() == 0
    if root:
        os.chown(folder, 65534, 65534)
    try:
        with _running((*(_NOBODY if root else ()), "sway", "--config", os.devnull), env=environment):
            until(lambda: any(path.is_socket() for path in folder.glob("wayland-*")))
            (socket,) = (path for path in folder.glob("wayland-*") if path.is_socket())
            if root:
                folder.chmod(0o755)
                socket.chmod(0o666)
            yield {"WAYLAND_DISPLAY": socket.name, "XDG_RUNTIME_DIR": str(folder)}
    finally:
        shutil.rmtree(folder)


class FakeDesktop:
    """One on which `xclip` keeps the text in a file, and fails or waits when it is told to."""

    def __init__(self, folder: Path) -> None:
        self._held, self._locked, self._slow = folder / "held", folder / "locked", folder / "slow"
        self._held.touch()
        program = folder / "xclip"
        program.write_text(_FAKE.format(python=sys.executable, folder=str(folder)))
        program.chmod(0o700)
        self.environment = {"PATH": str(folder), "DISPLAY": ":0"}

    @property
    def held(self) -> str:
        return self._held.read_bytes().decode()

    def copied(self, text: str) -> None:
        """Somebody copies something else."""
        self._held.write_bytes(text.encode())

    def locked(self, locked: bool) -> None:
        """Nothing can be asked of it."""
        self._locked.touch() if locked else self._locked.unlink()

    def slow(self) -> None:
        """Nothing is copied before somebody has looked what is held."""
        self._slow.touch()


@contextmanager
def _running(command: tuple[str, ...], **options: object) -> Iterator[None]:
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    try:
        yield
    finally:
        started.terminate()
        started.wait(PATIENCE)

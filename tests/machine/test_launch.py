"""What a process of ours is given, and what it then says of itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiskriv.machine import (
    Fact,
    Level,
    kept,
    launch_command,
    launch_environment,
    level,
    promises,
    promises_of_a_room,
    silence,
)

linux = pytest.mark.skipif(sys.platform != "linux", reason="built and measured on Linux")


def test_silence_overrules_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    silence()
    assert os.environ["ORT_DISABLE_TELEMETRY"] == os.environ["HF_HUB_OFFLINE"] == "1"


def test_what_could_steer_a_process_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "PYTHONSTARTUP",
        "PYTHONMALLOC",
        "HTTP_PROXY",
        "DISPLAY",
        "SSH_AUTH_SOCK",
    ):
        monkeypatch.setenv(name, "something")
    given = launch_environment()
    assert not {"LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONSTARTUP", "HTTP_PROXY", "DISPLAY", "SSH_AUTH_SOCK"} & set(given)
    assert given["PYTHONMALLOC"] == "malloc"
    assert given["ORT_DISABLE_TELEMETRY"] == "1"


def test_language_and_folders_go_along_and_sound_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_TIME", "XDG_RUNTIME_DIR", "PULSE_SERVER", "WAYLAND_DISPLAY"):
        monkeypatch.setenv(name, "something")
    assert {"LC_TIME", "XDG_RUNTIME_DIR"} <= set(launch_environment())
    assert not {"PULSE_SERVER", "WAYLAND_DISPLAY"} & set(launch_environment())
    assert {"PULSE_SERVER", "WAYLAND_DISPLAY"} <= set(launch_environment(sound=True))


def test_what_leads_to_the_keystore_goes_along_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "something")
    assert "DBUS_SESSION_BUS_ADDRESS" not in launch_environment(sound=True)
    assert launch_environment(keystore=True) == launch_environment() | {"DBUS_SESSION_BUS_ADDRESS": "something"}


def test_a_module_of_ours_is_found_from_anywhere_and_the_working_folder_is_not_searched(tmp_path: Path) -> None:
    (tmp_path / "kiskriv.py").write_text("raise SystemExit(9)")
    done = subprocess.run(
        launch_command("kiskriv.machine"), env=launch_environment(), cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


@linux
def test_a_room_holds_what_this_process_does_not() -> None:
    here, room = kept(promises()), promises_of_a_room()
    assert [promise.name for promise in room] == list(Fact)
    assert all(promise.detail for promise in room)
    walls = {Fact.NO_SOCKETS, Fact.FILES_WALLED, Fact.NO_CORE_FILES, Fact.NO_HUGE_PAGES, Fact.WIPED_ON_FREE}
    assert walls <= kept(room), room
    assert not {Fact.NO_SOCKETS, Fact.FILES_WALLED} & here


@linux
def test_the_level_of_a_room_is_never_better_than_what_the_kernel_was_started_with() -> None:
    room = kept(promises_of_a_room())
    assert (level(room) is Level.A) <= (Fact.FREED_PAGES_ZEROED in room)


@linux
@pytest.mark.parametrize("lost", ["PYTHONMALLOC", "GLIBC_TUNABLES"])
def test_freed_memory_counts_as_wiped_only_where_it_is(lost: str) -> None:
    given = {name: value for name, value in launch_environment().items() if name != lost}
    program = "from kiskriv.machine import kept, promises; print('wiped-on-free' in kept(promises()))"
    done = [
        subprocess.run(
            [sys.executable, "-P", "-c", program], env=env, capture_output=True, text=True, check=True
        ).stdout
        for env in (launch_environment(), given)
    ]
    assert done == ["True\n", "False\n"]

"""The folder where processes meet: this user's alone, or none."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiskriv.errors import RuntimeFolderUnsafe
from kiskriv.machine import Peer, RuntimeFolder, runtime_folder

if sys.platform != "linux":
    pytest.skip("built and measured on Linux", allow_module_level=True)


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    base = tmp_path / "run"
    base.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(base))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return base


@pytest.fixture
def folder(base: Path) -> Iterator[RuntimeFolder]:
    with runtime_folder("kiskriv") as folder:
        yield folder


def test_it_is_made_for_this_user_alone_and_found_again(base: Path, folder: RuntimeFolder) -> None:
    assert folder.path == base / "kiskriv"
    assert folder.path.stat().st_mode & 0o777 == 0o700
    with runtime_folder("kiskriv") as again:
        assert (again.path, again.names()) == (folder.path, [])


@pytest.mark.parametrize("given", ["", "relative", "open", "link", "missing"])
def test_a_runtime_dir_that_is_not_ours_alone_is_not_used(
    base: Path, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (base.parent / "open").mkdir()
    (base.parent / "open").chmod(0o770)
    (base.parent / "link").symlink_to(base)
    monkeypatch.setenv("XDG_RUNTIME_DIR", given if given in ("", "relative") else str(base.parent / given))
    with runtime_folder("kiskriv") as folder:
        assert folder.path == base.parent / "state" / "kiskriv" / "run" / "kiskriv"


def test_a_folder_that_others_may_enter_is_refused(base: Path) -> None:
    (base / "kiskriv").mkdir()
    (base / "kiskriv").chmod(0o750)
    with pytest.raises(RuntimeFolderUnsafe):
        runtime_folder("kiskriv")


def test_a_folder_of_someone_else_is_refused(base: Path) -> None:
    (base / "kiskriv").mkdir(mode=0o700)
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(base / "kiskriv", 65534, 65534)
    with pytest.raises(RuntimeFolderUnsafe):
        runtime_folder("kiskriv")


def test_a_link_or_a_file_in_its_place_is_refused(base: Path) -> None:
    (base / "elsewhere").mkdir(mode=0o700)
    (base / "link").symlink_to(base / "elsewhere")
    (base / "file").touch()
    for name in ("link", "file"):
        with pytest.raises(RuntimeFolderUnsafe):
            runtime_folder(name)


def test_two_processes_of_one_user_meet_and_know_each_other(folder: RuntimeFolder) -> None:
    with folder.listen("host") as door, folder.connect("host") as line:
        accepted, _ = door.accept()
        with accepted:
            assert folder.peer(accepted) == folder.peer(line) == Peer(os.getpid(), os.geteuid())
            line.sendall(b"hello")
            assert accepted.recv(5) == b"hello"
    assert folder.names() == ["host"]


def test_no_path_is_too_long_for_a_socket(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = base / ("a" * 100) / ("b" * 100)
    deep.mkdir(parents=True, mode=0o700)
    deep.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    with runtime_folder("kiskriv") as folder, folder.listen("host"), folder.connect("host"):
        pass


def test_what_a_crash_left_is_replaced(folder: RuntimeFolder) -> None:
    folder.listen("host").close()
    with pytest.raises(ConnectionRefusedError):
        folder.connect("host")
    with folder.listen("host"), folder.connect("host"):
        pass


def test_what_is_no_socket_of_ours_is_neither_replaced_nor_connected(folder: RuntimeFolder) -> None:
    (folder.path / "host").write_text("something")
    for use in (folder.listen, folder.connect):
        with pytest.raises(RuntimeFolderUnsafe):
            use("host")
    assert (folder.path / "host").read_text() == "something"


def test_a_link_to_a_socket_is_not_followed(folder: RuntimeFolder) -> None:
    with folder.listen("real"):
        (folder.path / "host").symlink_to("real")
        with pytest.raises(RuntimeFolderUnsafe):
            folder.connect("host")


def test_another_user_at_the_other_end_is_refused(folder: RuntimeFolder) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become someone else")
    with folder.listen("host") as door:
        if (child := os.fork()) == 0:
            line = socket.socket(socket.AF_UNIX)
            descriptor = os.open(folder.path, os.O_PATH)
            os.fchown(os.open(folder.path, os.O_RDONLY), 65534, 65534)
            os.chown(folder.path / "host", 65534, 65534)
            os.setresuid(65534, 65534, 65534)
            line.connect(f"/proc/self/fd/{descriptor}/host")
            os._exit(0)
        accepted, _ = door.accept()
        with accepted, pytest.raises(RuntimeFolderUnsafe):
            folder.peer(accepted)
        os.waitpid(child, 0)
        with pytest.raises(RuntimeFolderUnsafe):
            folder.connect("host")


def test_nobody_there_is_said_by_the_system(folder: RuntimeFolder) -> None:
    with pytest.raises(FileNotFoundError):
        folder.connect("host")
    folder.remove("host")


def test_a_folder_put_in_its_place_is_noticed(folder: RuntimeFolder) -> None:
    assert folder.intact()
    folder.path.rename(folder.path.with_name("moved"))
    assert not folder.intact()
    folder.path.mkdir(mode=0o700)
    assert not folder.intact()
    with folder.listen("host"):
        assert folder.names() == ["host"] and list(folder.path.iterdir()) == []


def test_a_folder_that_was_opened_to_others_is_noticed(folder: RuntimeFolder) -> None:
    folder.path.chmod(0o755)
    assert not folder.intact()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/tmp/x", "a\0"])
def test_a_name_is_not_a_path(name: str, folder: RuntimeFolder) -> None:
    for use in (folder.listen, folder.connect, folder.remove, runtime_folder):
        with pytest.raises(ValueError, match="without a path"):
            use(name)

"""A disk that is full, a folder that goes away, strangers at the door: the host says no, goes on, and loses nothing."""

from __future__ import annotations

import os
import resource
import shutil
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiskriv.assembly.desk import Desk
from kiskriv.errors import ErasureFailed, KiskrivError, RuntimeFolderUnsafe
from kiskriv.host.addresses import ADDRESS
from kiskriv.ledger import Cause, Ended, Opened, Reason, Swept
from kiskriv.note import Note, Section, Statement
from kiskriv.wire import messages as say
from kiskriv.wire.frames import frame
from tests.host.clinic import PATIENCE, Clinic, Clip, Process, fill_disk, until

CANARY = "zirkonfasan"
HELLO = bytes(frame(say.Hello(say.VERSION, say.Caller.SCREEN, "")))
AS_ROOT = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root may become another user, or read another process's memory"
)


# -- the ledger's disk ---------------------------------------------------------------------------------------------------------------------


def test_an_end_that_a_full_disk_keeps_out_blocks_the_next_and_is_written_when_there_is_space(clinic: Clinic) -> None:
    desk, host = clinic.prepared(), clinic.host
    with desk.consultation(Clip(1), informed=True) as session:
        fill_disk(host, full=True)
        with pytest.raises(ErasureFailed):
            session.discard()
    assert [type(entry) for entry in clinic.entries] == [Opened]
    assert desk.look().unverified == (session.id,)
    with pytest.raises(KiskrivError), desk.consultation(Clip(1), informed=True):
        pass
    fill_disk(host, full=False)
    until(lambda: isinstance(clinic.last, Ended))
    assert isinstance(clinic.last, Ended)
    assert clinic.last.verified
    with desk.consultation(Clip(1), informed=True) as session:
        session.discard()


def test_an_end_that_was_never_written_is_swept_when_the_host_was_killed_too(clinic: Clinic) -> None:
    desk, host = clinic.prepared(), clinic.host
    with desk.consultation(Clip(1), informed=True) as session:
        fill_disk(host, full=True)
        with pytest.raises(ErasureFailed):
            session.discard()
    host.kill()
    assert clinic.desk().swept == 1
    assert clinic.last == Swept(session.id, clinic.last.time, Cause.FOUND_AT_START)


def test_nothing_begins_that_cannot_be_written_down(clinic: Clinic) -> None:
    desk, host = clinic.prepared(), clinic.host
    fill_disk(host, full=True)
    with pytest.raises(KiskrivError, match="cannot be written"), desk.consultation(Clip(1), informed=True):
        pass
    fill_disk(host, full=False)
    with desk.consultation(Clip(1), informed=True) as session:
        session.discard()
    assert [type(entry) for entry in clinic.entries] == [Opened, Ended]


# -- the runtime folder --------------------------------------------------------------------------------------------------------------------


def test_a_folder_that_was_deleted_is_there_again_with_all_its_doors(clinic: Clinic) -> None:
    desk, host = clinic.prepared(), clinic.host
    with desk.consultation(Clip(1), informed=True) as session:
        session.detach()
    folder = clinic.folder
    shutil.rmtree(folder)
    until(lambda: (folder / ADDRESS).exists() and (folder / f"room-{session.id}").exists(), 3.0)
    assert clinic.host.pid == host.pid
    found = clinic.desk().unfinished()
    assert found is not None
    with found:
        found.discard()
    assert isinstance(clinic.last, Ended)


def test_the_doors_follow_the_users_runtime_folder_when_it_goes_and_comes_back(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = tmp_path / "login"
    login.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(login))
    desk, host = clinic.prepared(), clinic.host
    with desk.consultation(Clip(1), informed=True) as session:
        session.detach()
    assert login in clinic.folder.parents
    shutil.rmtree(login)  # the last login ended
    until(lambda: clinic.reachable, 5.0)
    meanwhile = clinic.folder
    assert clinic.host.pid == host.pid
    login.mkdir(mode=0o700)  # the next one began
    until(lambda: clinic.reachable, 5.0)
    assert login in clinic.folder.parents
    assert clinic.host.pid == host.pid
    assert list(meanwhile.iterdir()) == []
    found = clinic.desk().unfinished()
    assert found is not None
    with found:
        found.discard()
    assert isinstance(clinic.last, Ended)


@pytest.mark.parametrize("what", ["file", "symlink", pytest.param("another user's socket", marks=AS_ROOT)])
def test_what_is_put_in_the_place_of_a_door_is_refused_and_goes_away(
    clinic: Clinic, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, host = clinic.prepared(), clinic.host
    door = clinic.folder / ADDRESS
    with desk.consultation(Clip(1), informed=True) as session:
        host.stop()
        door.unlink()
        if what == "file":
            door.write_text("")
        elif what == "symlink":
            door.symlink_to(tmp_path / "elsewhere")
        with socket.socket(socket.AF_UNIX) as impostor:
            if not door.is_symlink() and not door.exists():
                monkeypatch.chdir(door.parent)
                impostor.bind(ADDRESS)
                impostor.listen()
                os.chown(door, 65534, 65534)
            with pytest.raises(RuntimeFolderUnsafe):
                Desk(clinic.config)
        host.go_on()
        until(lambda: door.is_socket() and not door.is_symlink() and clinic.reachable, 3.0)
        assert clinic.host.pid == host.pid
        session.discard()


@AS_ROOT
def test_another_user_is_not_answered(clinic: Clinic) -> None:
    clinic.desk()
    host, door = clinic.host, clinic.folder / ADDRESS
    host.stop()
    folder = os.open(door.parent, os.O_RDONLY | os.O_DIRECTORY)
    door.chmod(0o666)
    os.fchmod(folder, 0o711)
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        os._exit(call_as_nobody(folder, there))
    os.read(here, 1)
    host.go_on()
    _, status = os.waitpid(child, 0)
    os.fchmod(folder, 0o700)
    for descriptor in (folder, here, there):
        os.close(descriptor)
    assert os.waitstatus_to_exitcode(status) == 0
    clinic.desk()


def call_as_nobody(folder: int, bell: int) -> int:
    """0 where the line is closed without an answer."""
    try:
        os.fchdir(folder)
        os.setresuid(65534, 65534, 65534)
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(PATIENCE)
            line.connect(ADDRESS)
            line.sendall(HELLO)
            os.write(bell, b"!")
            return 1 if line.recv(1) else 0
    except ConnectionResetError:
        return 0
    except BaseException:
        os.write(bell, b"!")
        return 2


# -- who calls -----------------------------------------------------------------------------------------------------------------------------


def test_a_host_without_descriptors_answers_again_when_some_are_free(clinic: Clinic) -> None:
    desk, host = clinic.prepared(), clinic.host
    soft, hard = resource.prlimit(host.pid, resource.RLIMIT_NOFILE)
    with desk.consultation(Clip(1), informed=True) as session:
        clinic.child(host, "engine").kill()
        resource.prlimit(host.pid, resource.RLIMIT_NOFILE, (4, hard))
        late = clinic.call()
        assert not late.waiting(0.5)
        resource.prlimit(host.pid, resource.RLIMIT_NOFILE, (soft, hard))
        assert isinstance(late.receive()[0], say.Welcome)
        late.close()
        list(session.record(Clip(5.0)))
        session.discard()
    assert isinstance(clinic.last, Ended)
    assert clinic.last.verified


HEADER = st.builds(
    lambda version, text, octets, rest: (
        b"kw" + bytes([version]) + text.to_bytes(4) + octets.to_bytes(4) + bytes(16) + rest
    ),
    st.sampled_from([0, 1, 1, 1, 2, 255]),
    st.sampled_from([0, 2, 100, say.MAX_TEXT, say.MAX_TEXT + 1, 2**32 - 1]),
    st.sampled_from([0, 4, say.MAX_OCTETS, say.MAX_OCTETS + 1, 2**32 - 1]),
    st.binary(max_size=200),
)
SAID = st.sampled_from(
    [
        say.Hello(2, say.Caller.SCREEN, ""),
        say.Hello(say.VERSION, say.Caller.HOST, ""),
        say.Open(3, "", False, False),
        say.Open(-1, "nb-1", False, False),
        say.Await("0" * 32),
        say.Await(""),
        say.Look(),
        say.Logged(),
        say.Present("", 1, True, False, 0.0, (), "", ""),
        say.Log(CANARY),
        say.Retire(),
        say.Failed("KeyError", (("a", 1),)),
        say.Closed("", None, True, 0, ""),
    ]
).map(lambda message: bytes(frame(message)))
SOUND = st.just(bytes(frame(say.Sound(1, 4), bytes(16))))
PIECES = st.lists(st.one_of(st.binary(max_size=64), HEADER, SAID, SOUND, st.just(HELLO)), max_size=5)


def test_whatever_a_caller_says_ends_its_own_line_and_nothing_else(clinic: Clinic) -> None:
    desk, host = clinic.prepared(), clinic.host
    silent, slow = clinic.line(), clinic.line()
    for octet in HELLO:
        slow.sendall(bytes([octet]))
    assert slow.recv(2) == b"kw"

    @settings(max_examples=300, deadline=None, database=None)
    @given(st.booleans(), PIECES)
    def call(greeted: bool, pieces: list[bytes]) -> None:
        with clinic.line() as line:
            line.settimeout(PATIENCE)
            try:
                line.sendall((HELLO if greeted else b"") + b"".join(pieces))
                line.shutdown(socket.SHUT_WR)
                while line.recv(65536):
                    pass
            except (BrokenPipeError, ConnectionResetError, OSError) as error:
                assert not isinstance(error, TimeoutError)

    with desk.consultation(Clip(1), informed=True) as session:
        call()
        assert clinic.host.pid == host.pid
        list(session.record(Clip(5.0)))
        session.discard()
    assert [type(entry) for entry in clinic.entries] == [Opened, Ended]
    silent.settimeout(PATIENCE)
    assert silent.recv(1) == b""
    silent.close()
    slow.close()


def test_a_tethered_session_ends_with_its_screen_even_if_that_never_came_to_the_room(clinic: Clinic) -> None:
    desk = clinic.prepared()
    line = clinic.call()
    line.receive()
    line.send(say.Open(1, "nb-1", False, True))
    opened, _ = line.receive()
    assert isinstance(opened, say.Opened)
    line.close()
    until(lambda: isinstance(clinic.last, Ended))
    assert isinstance(clinic.last, Ended)
    assert clinic.last.reason is Reason.INTERRUPTED
    assert desk.look().unfinished == ()


# -- what the host knows -------------------------------------------------------------------------------------------------------------------


@AS_ROOT
def test_the_host_never_holds_what_was_said(clinic: Clinic) -> None:
    desk, host = clinic.prepared(), clinic.host
    note = Note((Section("Funn", (Statement(CANARY, ()),)),))
    with desk.consultation(Clip(1), informed=True) as session:
        list(session.record(Clip(20.0)))
        list(session.draft())
        session.approve(note)
        trace = bytes.fromhex(session.standing.trace)
        session.transferred()
    assert isinstance(clinic.last, Ended)
    assert clinic.last.reason is Reason.TRANSFERRED
    memory = octets_of(host)
    assert session.id.encode() in memory  # this is its memory, and something it knows is found in it
    for secret in (
        CANARY.encode(),
        CANARY.encode("utf-16-le"),
        CANARY.encode("utf-32-le"),
        trace,
        trace.hex().encode(),
    ):
        assert secret not in memory


def octets_of(process: Process) -> bytes:
    """All that it could write to, and can be read."""
    memory = bytearray()
    with Path(f"/proc/{process.pid}/mem").open("rb", buffering=0) as file:
        for line in Path(f"/proc/{process.pid}/maps").read_text().splitlines():
            place, rights, *_ = line.split()
            if rights.startswith("rw"):
                start, end = (int(part, 16) for part in place.split("-"))
                file.seek(start)
                try:
                    memory += file.read(end - start)
                except OSError:
                    continue
    return bytes(memory)

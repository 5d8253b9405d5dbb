"""A room as it is, a process inside its walls: killed in the middle, and another one goes on from the spool."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiskriv.capture import AudioFile
from kiskriv.ledger import Ended, Ledger, Method, Opened, Place, Resumed
from kiskriv.machine import keyring, launch_command, launch_environment, rooms_possible
from kiskriv.note import Note, Section, Statement
from kiskriv.session import State, Transcribed
from kiskriv.transcript import Transcript
from kiskriv.weights import demo_material
from kiskriv.wire import messages as say
from kiskriv.wire.remote import RemoteSession
from tests.ledgers import of_sessions
from tests.room.test_room import hear, stages
from tests.session.elsewhere import PATIENCE, Elsewhere
from tests.session.fakes import CANARY

pytestmark = [
    pytest.mark.skipif(not rooms_possible(), reason="rooms are processes on Linux only"),
    pytest.mark.skipif(not keyring.present(), reason="no keyring in this kernel, or it is forbidden here"),
]

EDITED = Note((Section("Funn", (Statement("Skrevet av legen.", (1,)),)),))


class Walled(Elsewhere):
    """The room is a process of its own, as a host starts it."""

    def _furnish(self, control: socket.socket, listener: socket.socket) -> None:
        ends = (control.fileno(), listener.fileno())
        spool = ("--spool", str(self._spool)) if self._spool is not None else ()
        command = launch_command("kiskriv.assembly.room", *map(str, ends), self.session, *spool)
        with control, listener:
            self.process = subprocess.Popen(
                command, env=launch_environment(), pass_fds=ends, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )

    def _live(self) -> None:
        self.process.wait()

    def die(self) -> None:
        self.process.kill()
        self.process.wait()
        self.host.close()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _vacate(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "spool"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger") as opened:
        yield opened


@pytest.fixture
def walled(ledger: Ledger, folder: Path) -> Iterator[Callable[..., Walled]]:
    built: list[Walled] = []

    def build(session: str = "") -> Walled:
        built.append(Walled(ledger, stages(), spool=folder, session=session))
        return built[-1]

    yield build
    for one in built:
        one.close()
        keyring.revoke(f"kiskriv:{one.session}")


def said(held: RemoteSession) -> Transcript:
    *_, transcribed, _ = held.draft()
    assert isinstance(transcribed, Transcribed)
    return transcribed.transcript


def sound() -> AudioFile:
    return AudioFile(demo_material() / "consultation-stereo.flac")


def test_a_killed_rooms_consultation_goes_on_word_for_word(
    walled: Callable[..., Walled], folder: Path, ledger: Ledger
) -> None:
    first = walled()
    with first.consultation(channels=2) as held:
        assert held.standing.spooled, "the keyring and the folder are within the walls"
        list(held.record(sound()))
        before = said(held)
        held.revise(EDITED)
        first.die()
        held.detach()
    octets = (folder / f"{first.session}.spool").read_bytes()
    assert CANARY.encode() not in octets and b"legen" not in octets
    second = walled(first.session)
    assert second.resume()
    with second.again() as held:
        assert (held.standing.state, held.standing.note) == (State.DRAFTED, EDITED)
        assert said(held) == before
        assert held.standing.transcript == before and len(before.utterances) > 3
        held.discard()
    entries = list(of_sessions(ledger))
    assert [type(entry) for entry in entries] == [Opened, Resumed, Ended]
    ended = entries[-1]
    assert isinstance(ended, Ended) and ended.verified
    assert Method.SPOOL_REMOVED in ended.methods and Place.SPOOL_FOLDER in ended.looked
    assert list(folder.iterdir()) == []
    assert not keyring.fetch(f"kiskriv:{first.session}", memoryview(bytearray(32)))


def test_a_room_killed_while_it_makes_good_is_followed_by_another(
    walled: Callable[..., Walled], ledger: Ledger
) -> None:
    there = walled()
    with there.consultation(channels=2) as held:
        hear(held.record(sound()), say.Captured, 5)
        there.die()
        held.detach()
    there = walled(there.session)
    assert there.resume()
    there.die()
    there = walled(there.session)
    assert there.resume()
    with there.again() as held:
        assert held.standing.state is State.RECORDED and held.standing.lost and held.standing.seconds > 0
        held.discard()
    assert [type(entry) for entry in of_sessions(ledger)] == [Opened, Resumed, Resumed, Ended]

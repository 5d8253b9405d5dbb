"""With a spool a consultation outlives its room, and all of kiskriv; without its key it is swept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiskriv.config import SessionSettings
from kiskriv.errors import PeerGone
from kiskriv.host.calling import folder_name
from kiskriv.ledger import Cause, Ended, Method, Opened, Place, Resumed, Swept
from kiskriv.machine import keyring, spool_folder
from kiskriv.note import Note, Section, Statement
from kiskriv.session import State, Transcribed
from kiskriv.wire.remote import RemoteSession
from tests.host.clinic import Clinic, Clip, Process, commands, fill_disk, heard, until

pytestmark = pytest.mark.skipif(not keyring.present(), reason="no keyring in this kernel, or it is forbidden here")

LENGTH = 20.0
EDITED = Note((Section("Funn", (Statement("Skrevet av legen.", ()),)),))


@pytest.fixture
def spooling(clinic: Clinic, tmp_path: Path) -> Iterator[Clinic]:
    """A clinic that wants to survive a crash."""
    settings = tmp_path / ".config" / "kiskriv" / "kiskriv.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("[session]\nspool = true\n", encoding="utf-8")
    clinic.config = replace(clinic.config, session=SessionSettings(spool=True))
    yield clinic
    for session in spools(clinic):
        keyring.revoke(f"kiskriv:{session}")


def spools(clinic: Clinic) -> list[str]:
    return [path.stem for path in (spool_folder() / folder_name(clinic.config)).glob("*.spool")]


def begun(clinic: Clinic) -> tuple[RemoteSession, str]:
    """A consultation that is recorded, drafted and edited; and what was said in it."""
    session = clinic.prepared().consultation(Clip(LENGTH), informed=True)
    assert isinstance(session, RemoteSession)
    session.__enter__()
    list(session.record(Clip(LENGTH)))
    *_, transcribed, _ = session.draft()
    assert isinstance(transcribed, Transcribed)
    session.revise(EDITED)
    return session, said(transcribed.transcript)


def said(transcript: object) -> str:
    return " | ".join(f"{u.start} {u.role} {u.text}" for u in transcript.utterances)  # type: ignore[attr-defined]


def test_a_room_that_is_killed_is_followed_by_another_and_the_screen_finds_it_again(spooling: Clinic) -> None:
    session, words = begun(spooling)
    room = spooling.room(session.id)
    room.kill()
    with pytest.raises(PeerGone):
        list(session.idle())
    again = spooling.desk().unfinished()
    assert again is not None
    with again:
        standing = again.standing
        assert (standing.state, standing.note, standing.spooled) == (State.DRAFTED, EDITED, True)
        assert standing.transcript is not None and said(standing.transcript) == words
        again.discard()
    opened, resumed, ended = spooling.entries
    assert isinstance(opened, Opened) and isinstance(resumed, Resumed) and isinstance(ended, Ended)
    assert opened.spool and ended.verified
    assert Method.SPOOL_REMOVED in ended.methods and Place.SPOOL_FOLDER in ended.looked
    assert spools(spooling) == []


def test_a_crash_of_everything_is_survived(spooling: Clinic) -> None:
    session, words = begun(spooling)
    host = spooling.host
    everything = [host, spooling.child(host, "engine"), *spooling.children(host, "room")]
    for process in everything:
        process.kill()
    session.detach()
    again = spooling.prepared().unfinished()
    assert again is not None
    with again:
        assert again.standing.transcript is not None and said(again.standing.transcript) == words
        again.discard()
    assert [type(entry) for entry in spooling.entries] == [Opened, Resumed, Ended]
    assert spools(spooling) == []


def test_a_spool_whose_key_expired_is_swept_at_the_next_start(spooling: Clinic) -> None:
    session, _ = begun(spooling)
    host = spooling.host
    for process in [host, spooling.child(host, "engine"), *spooling.children(host, "room")]:
        process.kill()
    session.detach()
    keyring.revoke(f"kiskriv:{session.id}")
    desk = spooling.prepared()
    assert desk.swept == 1 and desk.unfinished() is None
    assert isinstance(spooling.last, Swept) and spooling.last.cause is Cause.FOUND_AT_START
    assert spools(spooling) == []


def test_a_session_whose_rooms_die_again_and_again_is_given_up(spooling: Clinic) -> None:
    session, _ = begun(spooling)
    for number in range(4):
        until(lambda so_often=number: [type(entry) for entry in spooling.entries].count(Resumed) == so_often)
        spooling.room(session.id).kill()
    until(lambda: isinstance(spooling.last, Swept))
    session.detach()
    assert spools(spooling) == []


def successor(clinic: Clinic, session: RemoteSession) -> Process:
    """The room that comes after the one that is killed here, before it has begun."""
    room = clinic.room(session.id)
    room.kill()
    words = ["kiskriv.assembly.room", session.id]
    until(lambda: any(set(words) <= set(command) for pid, command in commands() if pid != room.pid))
    return clinic.room(session.id)


def test_a_room_that_dies_before_it_goes_on_is_followed_by_another_and_costs_nothing(spooling: Clinic) -> None:
    session, words = begun(spooling)
    successor(spooling, session).kill()
    session.detach()
    desk = spooling.desk()
    until(lambda: isinstance(spooling.last, Resumed))
    again = desk.unfinished()
    assert again is not None
    with again:
        assert again.standing.transcript is not None and said(again.standing.transcript) == words
        again.discard()
    assert [type(entry) for entry in spooling.entries] == [Opened, Resumed, Ended]


def test_while_the_ledger_takes_nothing_the_spool_is_kept(spooling: Clinic) -> None:
    session, words = begun(spooling)
    host = spooling.host
    room = successor(spooling, session)
    room.stop()
    fill_disk(host, full=True)
    room.go_on()
    room.ends()
    assert spools(spooling) == [session.id]
    fill_disk(host, full=False)
    session.detach()
    until(lambda: isinstance(spooling.last, Resumed))
    again = spooling.desk().unfinished()
    assert again is not None
    with again:
        assert again.standing.transcript is not None and said(again.standing.transcript) == words
        again.discard()


def test_a_host_that_nobody_calls_stays_until_another_room_goes_on(spooling: Clinic) -> None:
    session, _ = begun(spooling)
    host = spooling.host
    session.detach()
    for desk in spooling.desks:
        desk.close()
    room = successor(spooling, session)
    room.stop()
    assert not host.gone(3.0)
    room.go_on()
    until(lambda: isinstance(spooling.last, Resumed))
    assert not host.gone()
    spooling.desk().finish()


def test_finishing_by_hand_ends_a_room_that_is_about_to_go_on(spooling: Clinic) -> None:
    session, _ = begun(spooling)
    session.detach()
    desk = spooling.desk()
    room = successor(spooling, session)
    room.stop()
    found = desk.finish()
    room.ends(0)
    assert (found.unfinished, found.unverified, found.spools) == ((), (), ())
    assert spooling.last == Swept(session.id, spooling.last.time, Cause.RECOVER)
    assert spools(spooling) == []


def test_finishing_by_hand_takes_the_spool_along(spooling: Clinic) -> None:
    session, _ = begun(spooling)
    session.detach()
    found = spooling.desk().finish()
    assert (found.unfinished, found.unverified, found.spools) == ((), (), ())
    assert isinstance(spooling.last, Swept) and spooling.last.cause is Cause.RECOVER
    assert spools(spooling) == []


def test_without_the_setting_no_spool_is_kept(clinic: Clinic) -> None:
    desk = clinic.prepared()
    with desk.consultation(Clip(1), informed=True) as session:
        heard(list(session.record(Clip(1))))
        assert spools(clinic) == []
        session.discard()
    assert not spool_folder().exists()

"""Processes are killed and stopped for real, and no word is lost that could be kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from kiskriv.assembly.desk import Desk
from kiskriv.config import SessionSettings
from kiskriv.errors import Expired, ProcessError, RoomDied, SessionUnfinished
from kiskriv.ledger import Cause, Ended, Fact, Level, Method, Opened, Reason, Swept
from kiskriv.machine import level as machine_level
from kiskriv.session import Captured, Event, Expiring
from kiskriv.wire.remote import HostMicrophone, RemoteSession
from tests.host.clinic import PATIENCE, Clinic, Clip, Process, commands, heard, missed, until

LENGTH = 40.0
"""Seconds of speech: two windows."""

UNDISTURBED: list[list[str]] = []


def recorded(session: RemoteSession, clip: Clip) -> list[Event]:
    return list(session.record(clip))


@pytest.fixture
def undisturbed(clinic: Clinic) -> list[str]:
    """What is heard when nothing happens; found out once."""
    if not UNDISTURBED:
        desk = clinic.prepared()
        with desk.consultation(Clip(LENGTH), informed=True) as session:
            UNDISTURBED.append(heard(recorded(session, Clip(LENGTH))))
            session.discard()
    assert len(UNDISTURBED[0]) > 3
    return UNDISTURBED[0]


def test_the_host_leaves_when_nobody_is_there_and_leaves_nothing_behind(clinic: Clinic) -> None:
    desk = clinic.prepared()
    host = clinic.host
    children = [*clinic.children(host, "room"), *clinic.children(host, "engine")]
    assert len(children) == 2
    desk.close()
    host.ends()
    for child in children:
        child.ends(1)
    assert list(clinic.folder.iterdir()) == []


def test_an_engine_killed_at_work_costs_no_word(clinic: Clinic, undisturbed: list[str]) -> None:
    desk = clinic.prepared()
    engine = clinic.child(clinic.host, "engine")
    engine.stop()  # whatever window it is given, it is at work on it when it dies
    with desk.consultation(Clip(1), informed=True) as session:
        events = recorded(session, Clip(LENGTH, engine.kill, at=LENGTH))
        assert heard(events) == undisturbed
        assert not missed(events)
        session.discard()
    assert isinstance(clinic.last, Ended)
    assert clinic.last.reason is Reason.DISCARDED


def test_an_engine_killed_while_idle_or_loading_is_replaced(clinic: Clinic, undisturbed: list[str]) -> None:
    desk = clinic.desk()
    host = clinic.host
    with desk.consultation(Clip(1), informed=True) as session:
        clinic.child(host, "engine").kill()
        until(lambda: clinic.children(host, "engine"))
        clinic.child(host, "engine").kill()  # it was loading
        assert heard(recorded(session, Clip(LENGTH))) == undisturbed
        session.withdraw()
    assert isinstance(clinic.last, Ended)
    assert clinic.last.reason is Reason.WITHDRAWN
    assert {Method.ROOM_ENDED, Method.ENGINE_RECYCLED} <= set(clinic.last.methods)


def test_a_window_that_kills_every_engine_is_missed_and_the_session_goes_on(clinic: Clinic) -> None:
    with clinic.hosted("engine"):
        desk = clinic.prepared()
        with desk.consultation(Clip(1), informed=True) as session:
            events = recorded(session, Clip(10.0))
            assert missed(events) == 1
            assert heard(events) == []
            assert missed(list(session.draft())) == 1  # its sound is there: it was tried again
            session.discard()
    assert isinstance(clinic.last, Ended)
    assert clinic.last.verified


def test_a_host_killed_while_recording_is_replaced_and_the_session_ends_as_its_own(
    clinic: Clinic, undisturbed: list[str]
) -> None:
    desk = clinic.prepared()
    host = clinic.host
    with desk.consultation(Clip(1), informed=True) as session:
        events = recorded(session, Clip(LENGTH, host.kill, at=5.0))
        assert heard(events) == undisturbed
        assert clinic.host.pid != host.pid
        list(session.draft())
        clinic.host.kill()
        session.discard()
    (_, ended) = [entry for entry in clinic.entries if entry.session == session.id]
    assert isinstance(ended, Ended)
    assert ended.verified
    assert session.receipt


def test_a_host_killed_before_it_could_write_the_end_is_replaced_by_one_that_does(clinic: Clinic) -> None:
    desk = clinic.prepared()
    host = clinic.host
    with desk.consultation(Clip(1), informed=True) as session, ThreadPoolExecutor(1) as screen:
        room = clinic.room(session.id)
        host.stop()
        ending = screen.submit(session.discard)
        until(lambda: room.status("State").startswith("S"))
        host.kill()
        ending.result(PATIENCE)
    assert isinstance(clinic.last, Ended)
    assert clinic.last.verified
    assert session.receipt


def test_a_room_killed_is_swept_at_once_and_the_next_may_begin(clinic: Clinic) -> None:
    desk = clinic.prepared()
    engine = clinic.child(clinic.host, "engine")
    with pytest.raises(RoomDied), desk.consultation(Clip(1), informed=True) as session:
        recorded(session, Clip(10.0, lambda: clinic.room(session.id).kill(), at=5.0))
    engine.ends(0)
    assert clinic.last == Swept(session.id, clinic.last.time, Cause.ROOM_DIED)
    with desk.consultation(Clip(1), informed=True) as session:
        session.discard()


def test_all_killed_at_once_is_swept_at_the_next_start(clinic: Clinic) -> None:
    desk = clinic.prepared()
    host = clinic.host
    session = desk.consultation(Clip(1), informed=True)
    with session:
        recorded(session, Clip(5.0))
        room, engine = clinic.room(session.id), clinic.child(host, "engine")
        for process in (host, room, engine):
            process.kill()
        session.detach()
    again = clinic.desk()
    assert again.swept == 1
    assert clinic.last == Swept(session.id, clinic.last.time, Cause.FOUND_AT_START)


def test_a_room_that_stands_still_when_a_host_starts_is_unfinished_until_it_goes_on(clinic: Clinic) -> None:
    desk = clinic.prepared()
    with desk.consultation(Clip(1), informed=True) as session:
        recorded(session, Clip(5.0))
        session.detach()
    room = clinic.room(session.id)
    room.stop()
    clinic.host.kill()
    again = clinic.desk()
    assert [(one.session, one.alive) for one in again.look().unfinished] == [(session.id, False)]
    assert again.unfinished() is None
    with pytest.raises(SessionUnfinished), again.consultation(Clip(1), informed=True):
        pass
    room.go_on()
    until(lambda: [one.alive for one in again.look().unfinished] == [True])
    found = again.unfinished()
    assert found is not None
    with found:
        assert found.standing.seconds == pytest.approx(5.0)
        found.discard()
    assert isinstance(clinic.last, Ended)
    assert clinic.last.verified


def test_a_room_that_hangs_is_ended_by_a_person(clinic: Clinic) -> None:
    desk = clinic.prepared()
    with desk.consultation(Clip(1), informed=True) as session:
        session.detach()
    room = clinic.room(session.id)
    room.stop()
    clinic.host.kill()
    again = clinic.desk()
    left = again.finish()
    room.ends(0)
    assert left.unfinished == ()
    assert left.unverified == ()
    assert clinic.last == Swept(session.id, clinic.last.time, Cause.RECOVER)
    with again.consultation(Clip(1), informed=True) as session:
        session.discard()


def test_a_room_whose_door_was_taken_away_is_not_called_dead(clinic: Clinic) -> None:
    desk = clinic.prepared()
    with desk.consultation(Clip(1), informed=True) as session:
        session.detach()
    room = clinic.room(session.id)
    clinic.host.kill()
    (clinic.folder / f"room-{session.id}").unlink()
    again = clinic.desk()
    assert [one.alive for one in again.look().unfinished] == [False]
    assert not room.gone()
    again.finish()
    room.ends(0)
    assert clinic.last == Swept(session.id, clinic.last.time, Cause.RECOVER)


def test_a_warm_room_and_an_engine_end_without_their_host(clinic: Clinic) -> None:
    clinic.prepared()
    host = clinic.host
    left = [clinic.child(host, "room"), clinic.child(host, "engine")]
    host.kill()
    for process in left:
        process.ends()


def test_a_warm_room_that_died_is_not_begun(clinic: Clinic) -> None:
    desk = clinic.prepared()
    clinic.child(clinic.host, "room").kill()
    with desk.consultation(Clip(1), informed=True) as session:
        session.discard()
    assert [type(entry) for entry in clinic.entries] == [Opened, Ended]


def test_whoever_stands_still_for_a_while_loses_nothing(clinic: Clinic, undisturbed: list[str]) -> None:
    desk = clinic.prepared()
    host = clinic.host
    engine = clinic.child(host, "engine")
    with desk.consultation(Clip(1), informed=True) as session:
        room = clinic.room(session.id)
        for process in (host, engine):
            process.stop()

        def go_on() -> None:
            room.stop()
            for process in (host, engine, room):
                process.go_on()

        assert heard(recorded(session, Clip(LENGTH, go_on, at=LENGTH))) == undisturbed
        session.discard()
    assert clinic.host.pid == host.pid


def test_two_screens_that_start_at_once_have_one_host(clinic: Clinic) -> None:
    with ThreadPoolExecutor(2) as threads:
        desks = list(threads.map(lambda _: clinic.desk(), range(2)))
    assert len({desk.public_key for desk in desks}) == 1
    words = str(clinic.config.ledger.folder)
    until(lambda: len([pid for pid, command in commands() if words in command]) == 1)  # the one too many leaves
    desks[0].close()
    with desks[1].consultation(Clip(1), informed=True) as session:  # the host stays for who is left
        session.discard()


def test_a_host_with_other_settings_makes_room(clinic: Clinic) -> None:
    first = clinic.desk()
    host = clinic.host
    settings = clinic.config.ledger.folder.with_name("kiskriv.toml")
    settings.write_text("[session]\nlimit = 60\n")
    config = replace(clinic.config, session=SessionSettings(limit=60))
    beside = Desk(config, settings)  # somebody is there: they share
    assert clinic.host.pid == host.pid
    with pytest.raises(SessionUnfinished), beside.consultation(Clip(1), informed=True):  # but not what it records under
        pass
    beside.close()
    first.close()
    again = Desk(config, settings)
    clinic.desks.append(again)
    host.ends()
    assert clinic.host.pid != host.pid


def test_a_session_ends_when_its_time_is_up_whoever_is_there(clinic: Clinic) -> None:
    with clinic.hosted(limit=2):
        desk = clinic.prepared()
        with pytest.raises(Expired), desk.consultation(Clip(1), informed=True) as session:
            recorded(session, Clip(5.0))
            until(lambda: list(session.idle()) is None)
    assert isinstance(clinic.last, Ended)
    assert clinic.last.reason is Reason.EXPIRED


def test_a_session_whose_limit_was_put_off_outlives_it_and_ends_at_the_longest(clinic: Clinic) -> None:
    with clinic.hosted(limit=1, longest=5, grace=0.5):
        desk = clinic.prepared()
        with pytest.raises(Expired), desk.consultation(Clip(1), informed=True) as session:
            assert isinstance(session, RemoteSession) and session.standing.extendable
            session.extend()
            assert not clinic.room(session.id).gone(3.0)
            *_, told = session.idle()
            assert isinstance(told, Expiring) and not told.extendable
            until(lambda: list(session.idle()) is None)
    assert isinstance(clinic.last, Ended)
    assert (clinic.last.reason, clinic.last.verified) == (Reason.EXPIRED, True)


def test_a_room_that_hangs_at_its_time_limit_is_killed(clinic: Clinic) -> None:
    with clinic.hosted(limit=1, grace=0.5):
        desk = clinic.prepared()
        with pytest.raises(RoomDied), desk.consultation(Clip(1), informed=True) as session:
            room = clinic.room(session.id)
            room.stop()
            room.ends()
            session.discard()
    assert clinic.last == Swept(session.id, clinic.last.time, Cause.ROOM_DIED)


def test_a_microphone_that_dies_is_replaced_and_one_without_a_room_ends(clinic: Clinic) -> None:
    with clinic.hosted("microphone"):
        desk = clinic.prepared()
        source = HostMicrophone(1)
        microphones: list[Process] = []
        with desk.consultation(source, informed=True) as session:
            for event in session.record(source):
                if isinstance(event, Captured) and event.seconds >= 5.0 and not microphones:
                    microphones.append(clinic.other("microphone"))
                    microphones[0].kill()
                elif isinstance(event, Captured) and event.seconds >= 10.0:
                    source.stop()
            microphones.append(clinic.other("microphone"))
            session.discard()
        microphones[1].ends()
    assert isinstance(clinic.last, Ended)


def test_an_engine_that_outlived_its_host_is_replaced_too(clinic: Clinic, undisturbed: list[str]) -> None:
    desk = clinic.prepared()
    host = clinic.host
    engine = clinic.child(host, "engine")
    with desk.consultation(Clip(1), informed=True) as session:

        def both_stand_still() -> None:
            engine.stop()
            host.kill()

        assert heard(recorded(session, Clip(LENGTH, both_stand_still, at=30.0))) == undisturbed
        engine.ends()
        session.discard()
    assert isinstance(clinic.last, Ended)
    assert clinic.last.verified


def test_a_room_that_another_host_began_has_the_time_that_it_says_itself(clinic: Clinic) -> None:
    desk = clinic.prepared()
    with desk.consultation(Clip(1), informed=True) as session:
        session.detach()
    room = clinic.room(session.id)
    desk.close()
    clinic.host.kill()
    with clinic.hosted(limit=0, grace=0.5):  # by the clock on the wall its time would be up
        again = clinic.desk()
        assert not room.gone(3.0)
        found = again.unfinished()
        assert found is not None
        with found:
            found.discard()
    assert isinstance(clinic.last, Ended)


def test_a_scripts_consultation_is_nobody_elses_under_the_next_host_either(clinic: Clinic) -> None:
    with clinic.prepared().consultation(Clip(1), informed=True, tethered=True) as session:
        clinic.host.kill()
        beside = clinic.desk()
        until(lambda: [(one.alive, one.tethered) for one in beside.look().unfinished] == [(True, True)])
        assert beside.unfinished() is None
        session.discard()


@pytest.mark.parametrize("way", ["killed", "hanging", "in good order"])
def test_an_engine_that_was_not_seen_to_end_by_itself_costs_the_level(clinic: Clinic, way: str) -> None:
    desk = clinic.prepared()
    engine = clinic.child(clinic.host, "engine")
    with desk.consultation(Clip(1), informed=True) as session:
        recorded(session, Clip(3.0))
        if way == "killed":
            engine.kill()
        elif way == "hanging":
            engine.stop()
        session.discard()
    assert isinstance(clinic.last, Ended)
    claimed = machine_level(clinic.last.facts)
    zeroed = Fact.FREED_PAGES_ZEROED in clinic.last.facts
    assert clinic.last.level == (claimed if way == "in good order" or zeroed else Level.C)
    assert clinic.last.verified and Method.ENGINE_RECYCLED in clinic.last.methods


def test_a_microphone_that_hangs_is_ended_with_its_room(clinic: Clinic) -> None:
    with clinic.hosted("microphone"):
        desk = clinic.prepared()
        source = HostMicrophone(1)
        with desk.consultation(source, informed=True) as session:
            for event in session.record(source):
                if isinstance(event, Captured) and event.seconds >= 3.0:
                    source.stop()
            microphone = clinic.other("microphone")
            microphone.stop()
            session.discard()
        microphone.ends(0)
    assert isinstance(clinic.last, Ended)
    assert clinic.last.level is Level.C or Fact.FREED_PAGES_ZEROED in clinic.last.facts


@pytest.mark.parametrize("part", ["no-room", "no-engine"])
def test_a_part_that_cannot_start_is_told_and_started_no_more(clinic: Clinic, part: str) -> None:
    with clinic.hosted(part):
        desk = clinic.desk()
        with pytest.raises(ProcessError):
            desk.load()
        with pytest.raises(ProcessError), desk.consultation(Clip(1), informed=True):
            pass
    assert clinic.entries == []

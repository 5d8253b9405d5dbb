"""A consultation outlives its screen, its engine, its microphone and its host; and ends in time, whoever is there."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiskriv.errors import (
    Expired,
    Malformed,
    MicrophoneLost,
    MicrophoneMissing,
    NotApproved,
    PeerGone,
    SourceGone,
    StepOutOfOrder,
    TakenOver,
)
from kiskriv.ledger import Ended, Ledger, Reason
from kiskriv.note import ANY, Note, Section, Statement
from kiskriv.room import room as rooms
from kiskriv.session import Behind, Captured, Drafted, Expiring, Missed, Recognised, Stages, State, Transcribed
from kiskriv.transcript import SAMPLE_RATE, Role
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel
from kiskriv.wire.remote import HostMicrophone, RemoteSession
from tests.ledgers import of_sessions
from tests.session.elsewhere import PATIENCE, Elsewhere
from tests.session.fakes import CANARY, EverySecond, OneSpeaker, Parrot, Scribe, Tone, Tray

EDITED = Note((Section("Funn", (Statement("Skrevet av legen.", ()),)),))


def stages() -> Stages:
    return Stages(
        ear=EverySecond(),
        transcriber=Parrot(),
        diarizer=OneSpeaker(),
        drafter=Scribe(),
        roles={"0": Role.PATIENT},
        language="nb",
        model="0" * 64,
        informed="nb-1",
    )


Built = Callable[..., Elsewhere]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger") as opened:
        yield opened


@pytest.fixture
def elsewhere(ledger: Ledger) -> Iterator[Built]:
    built: list[Elsewhere] = []

    def build(**options: object) -> Elsewhere:
        built.append(Elsewhere(ledger, stages(), **options))  # type: ignore[arg-type]
        return built[-1]

    yield build
    for one in built:
        one.close()


def last(ledger: Ledger) -> Ended:
    *_, entry = of_sessions(ledger)
    assert isinstance(entry, Ended)
    return entry


def until(condition: Callable[[], object]) -> None:
    """Looks again and again, for as long as patience lasts."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        threading.Event().wait(0.005)


@contextmanager
def microphone(there: Elsewhere) -> Iterator[Channel]:
    """A line that the room takes for its microphone."""
    ours, theirs = socket.socketpair()
    with theirs:
        there.host.send(say.Supply(say.Part.MICROPHONE), descriptors=(theirs.fileno(),))
    with Channel(ours) as line:
        yield line


def second(line: Channel) -> None:
    line.send(say.Sound(1, SAMPLE_RATE), np.full((1, SAMPLE_RATE), 0.2, np.float32).data.cast("B"))


def hear(events: Iterator[object], kind: type[object], count: int = 1) -> None:
    """Goes on until so many events of a kind were told."""
    while count:
        count -= isinstance(next(events), kind)


# -- the screen goes away ------------------------------------------------------------------------------------------------------------------


def test_a_screen_that_comes_again_finds_the_draft_as_it_was_left(elsewhere: Built, ledger: Ledger) -> None:
    there = elsewhere()
    with there.consultation() as first:
        list(first.record(Tone()))
        list(first.draft())
        first.revise(EDITED)
        first.detach()
    assert there.room._session.state is State.DRAFTED
    with there.again() as second_screen:
        assert second_screen.standing.state is State.DRAFTED
        assert second_screen.standing.note == EDITED
        assert [u.start for u in second_screen.standing.heard] == [0.1, 1.1, 2.1]
        second_screen.approve(EDITED)
        second_screen.deliver(tray := Tray())
        second_screen.transferred()
    assert tray.texts == [EDITED.text]
    assert (last(ledger).reason, last(ledger).verified) == (Reason.TRANSFERRED, True)


def test_a_screen_that_is_cut_off_without_a_word_ends_nothing(elsewhere: Built) -> None:
    there = elsewhere()
    first = there.consultation()
    first.__enter__()
    list(first.record(Tone()))
    assert first._line is not None
    first._line.close()
    with there.again() as held:
        assert (held.standing.state, held.standing.seconds) == (State.RECORDED, 3.0)


def test_the_rooms_own_microphone_records_on_without_a_screen(elsewhere: Built) -> None:
    there = elsewhere()
    with there.consultation(here=True) as first, microphone(there) as line:
        events = first.record(HostMicrophone(1))
        threading.Thread(target=lambda: (line.receive(), second(line)), daemon=True).start()
        hear(events, Captured)
        first.detach()
        second(line)
        with there.again() as held:
            until(lambda: there.room._session.seconds == 2.0)
            source = HostMicrophone(1)
            assert (held.standing.recording, held.standing.here) == (True, True)
            events = held.record(source)
            second(line)
            hear(events, Captured)
            source.stop()
            assert line.receive()[0] == say.Stop()
            line.send(say.Done())
            rest = list(events)
            assert rest and all(isinstance(event, Captured | Recognised | Behind) for event in rest)
            transcribed, _ = held.draft()
    assert isinstance(transcribed, Transcribed)
    assert [u.start for u in transcribed.transcript.utterances] == [0.1, 1.1, 2.1]


def test_sound_that_came_from_the_screen_breaks_off_with_it_and_that_is_told(elsewhere: Built) -> None:
    there = elsewhere()
    first = there.consultation()
    first.__enter__()
    events = first.record(Tone(seconds=3000))
    hear(events, Captured, 2)
    assert first._line is not None
    first._line.close()
    until(lambda: there.room._session.state is State.RECORDED)
    with there.again() as held:
        assert held.standing.lost and not held.standing.recording
        kept = held.standing.seconds
        assert kept >= 2
        list(held.record(Tone(seconds=1)))
        transcribed, _ = held.draft()
    assert isinstance(transcribed, Transcribed)
    assert len(transcribed.transcript.utterances) == kept + 1
    with suppress(PeerGone, SourceGone, StepOutOfOrder, OSError):
        events.close()


def test_a_second_screen_takes_over_and_the_first_is_told(elsewhere: Built) -> None:
    there = elsewhere()
    with there.consultation() as first:
        list(first.record(Tone()))
        with there.again() as other:
            with pytest.raises(TakenOver):
                list(first.draft())
            assert isinstance(list(other.draft())[-1], Drafted)
            first.detach()


def test_a_tethered_session_ends_with_its_screen(elsewhere: Built, ledger: Ledger) -> None:
    there = elsewhere(tethered=True)
    held = there.consultation()
    held.__enter__()
    events = held.record(Tone(seconds=60))
    hear(events, Captured)
    assert held._line is not None
    held._line.close()
    assert there.closed.wait(PATIENCE)
    assert (last(ledger).reason, last(ledger).verified) == (Reason.INTERRUPTED, True)
    with suppress(Exception):
        events.close()


def test_a_screen_that_takes_nothing_holds_nobody_up(elsewhere: Built) -> None:
    there = elsewhere()
    deaf = there.consultation(here=True)
    deaf.__enter__()
    assert deaf._line is not None
    with microphone(there) as line:
        deaf._line.send(say.Record(True, 1, ""))
        assert line.receive()[0] == say.Listen("")
        for _ in range(120):
            second(line)
        line.send(say.Done())
        until(lambda: there.room._session.seconds == 120)
        with there.again() as held:
            until(lambda: there.room._session.state is State.RECORDED)
            assert len(held.standing.heard) <= 120
    deaf.detach()


# -- what is said wrongly ------------------------------------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(min_size=1, max_size=300))
def test_noise_ends_the_connection_and_not_the_room(elsewhere: Built, noise: bytes) -> None:
    there = elsewhere()
    with there.consultation() as held:
        stranger = there.dial("")
        with suppress(OSError):
            stranger._line.sendall(noise)
            stranger._line.shutdown(socket.SHUT_WR)
            while stranger._line.recv(4096):
                pass
        stranger.close()
        assert isinstance(next(iter(list(held.record(Tone(seconds=1))))), Captured)


@pytest.mark.parametrize(
    "message",
    [
        say.Begin(1, (), 16_000, "nb", "0" * 64, "nb-1", 5, 5, False, False),
        say.Logged(),
        say.Listen(""),
        say.Opened("x"),
    ],
)
def test_a_screen_that_says_what_only_others_say_is_let_go(elsewhere: Built, message: say.Message) -> None:
    there = elsewhere()
    with there.consultation() as first:
        list(first.record(Tone(seconds=1)))
        assert first._line is not None
        first._line.send(message)
        with pytest.raises(PeerGone):
            list(first.draft())
    with there.again() as held:
        assert held.standing.state is State.RECORDED


def test_only_what_was_approved_is_handed_out(elsewhere: Built) -> None:
    there = elsewhere()
    with there.consultation() as held:
        list(held.record(Tone()))
        list(held.draft())
        assert held._line is not None
        held._line.send(say.Release())
        refused, _ = held._line.receive()
        assert isinstance(refused, say.Failed) and refused.error == NotApproved.__name__


def test_many_strangers_keep_nobody_out(elsewhere: Built) -> None:
    there = elsewhere()
    strangers = [there.dial("") for _ in range(40)]
    with there.consultation() as held:
        list(held.record(Tone(seconds=1)))
    for stranger in strangers:
        stranger.close()


def test_a_step_in_the_middle_of_another_is_refused_and_the_first_goes_on(elsewhere: Built) -> None:
    there = elsewhere()
    with there.consultation(here=True) as held, microphone(there) as line:
        assert held._line is not None
        held._line.send(say.Record(True, 1, ""))
        assert line.receive()[0] == say.Listen("")
        held._line.send(say.Draft(ANY, False))
        answer, _ = held._line.receive()
        assert isinstance(answer, say.Failed) and answer.error == StepOutOfOrder.__name__
        second(line)
        assert isinstance(held._line.receive()[0], Captured)


# -- the engine goes away ------------------------------------------------------------------------------------------------------------------


def test_a_window_is_decoded_by_the_next_engine(elsewhere: Built) -> None:
    there = elsewhere()

    def dies(line: Channel) -> None:
        line.receive()
        line.close()

    there.engine(dies)
    with there.consultation() as held:
        recorded: list[object] = []
        recording = threading.Thread(target=lambda: recorded.extend(held.record(Tone(seconds=2))))
        recording.start()
        there.engines[-1].join(PATIENCE)
        there.engine()
        recording.join(PATIENCE)
        transcribed, _ = held.draft()
    assert isinstance(transcribed, Transcribed)
    assert [u.start for u in transcribed.transcript.utterances] == [0.1, 1.1]
    assert not any(isinstance(event, Missed) for event in recorded)


def test_a_window_that_no_engine_survives_is_told_and_kept(elsewhere: Built) -> None:
    there = elsewhere()

    def refuses(line: Channel) -> None:
        with suppress(PeerGone):
            while True:
                line.receive()
                line.send(say.Failed("RecogniserFailed", (("attempts", 1),)))

    there.engine(refuses)
    with there.consultation() as held:
        events = list(held.record(Tone(seconds=1)))
        assert [(e.start, e.end) for e in events if isinstance(e, Missed)] == [(0.0, 1.0)]
        there.engine()
        events = list(held.draft())
    assert isinstance(events[0], Recognised) and isinstance(events[-1], Drafted)


def test_ending_does_not_wait_for_an_engine_that_says_nothing(elsewhere: Built, ledger: Ledger) -> None:
    there = elsewhere()
    silent = threading.Event()

    def silence(line: Channel) -> None:
        line.receive()
        silent.set()
        with suppress(PeerGone, Malformed):
            line.receive()

    there.engine(silence)
    with there.consultation(here=True) as held, microphone(there) as line:
        assert held._line is not None
        held._line.send(say.Record(True, 1, ""))
        second(line)
        assert silent.wait(PATIENCE)
        held.discard()
    assert (last(ledger).reason, last(ledger).verified) == (Reason.DISCARDED, True)


# -- the microphone goes away --------------------------------------------------------------------------------------------------------------


def test_another_microphone_process_goes_on_where_one_died(elsewhere: Built) -> None:
    there = elsewhere()
    with there.consultation(here=True) as held:
        assert held._line is not None
        with microphone(there) as line:
            held._line.send(say.Record(True, 1, ""))
            assert line.receive()[0] == say.Listen("")
            second(line)
        until(lambda: there.wants == [say.Part.MICROPHONE])
        with microphone(there) as line:
            assert line.receive()[0] == say.Listen("")
            second(line)
            line.send(say.Done())
            while not isinstance(held._line.receive()[0], say.Done):
                pass
        transcribed, _ = held.draft()
    assert isinstance(transcribed, Transcribed)
    assert [u.start for u in transcribed.transcript.utterances] == [0.1, 1.1]


def test_a_microphone_that_is_lost_is_told_and_what_was_heard_stays(elsewhere: Built) -> None:
    there = elsewhere()
    with there.consultation(here=True) as held, microphone(there) as line:
        source = HostMicrophone(1)

        def lose() -> None:
            line.receive()
            second(line)
            line.send(say.Failed("MicrophoneLost", (("seconds", 1),)))

        threading.Thread(target=lose, daemon=True).start()
        with pytest.raises(MicrophoneLost):
            list(held.record(source))
        transcribed, _ = held.draft()
    assert isinstance(transcribed, Transcribed) and len(transcribed.transcript.utterances) == 1


# -- the host goes away --------------------------------------------------------------------------------------------------------------------


def test_a_room_is_taken_over_by_the_next_host(elsewhere: Built, ledger: Ledger) -> None:
    there = elsewhere()
    with there.consultation() as held:
        list(held.record(Tone()))
        before = there._threads[1]
        there.host.close()
        before.join(PATIENCE)
        there.closed.clear()
        there.host = there.dial("")
        there.host.send(say.Hello(say.VERSION, say.Caller.HOST, ""))
        present, _ = there.host.receive()
        assert isinstance(present, say.Present) and present.open and present.session == held.id
        there._threads[1] = threading.Thread(target=there._keep, daemon=True)
        there._threads[1].start()
        held.discard()
    assert (last(ledger).reason, last(ledger).verified) == (Reason.DISCARDED, True)


def test_a_room_that_waits_ends_with_its_host(elsewhere: Built) -> None:
    there = elsewhere()
    there.host.close()
    there._threads[0].join(PATIENCE)
    assert not there._threads[0].is_alive()
    there.closed.set()
    there.opened.set()


# -- time ----------------------------------------------------------------------------------------------------------------------------------


def test_sound_of_another_number_of_channels_is_refused_and_nothing_is_lost(elsewhere: Built) -> None:
    with elsewhere().consultation() as held:
        list(held.record(Tone(seconds=1)))
        with pytest.raises(MicrophoneMissing):
            list(held.record(Tone(seconds=1, channels=2)))
        list(held.record(Tone(seconds=1)))
        transcribed, _ = held.draft()
    assert isinstance(transcribed, Transcribed) and len(transcribed.transcript.utterances) == 2


def test_a_tethered_session_whose_screen_never_came_ends(
    elsewhere: Built, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(rooms, "uptime", lambda: clock[0])
    monkeypatch.setattr(rooms, "GLANCE", 0.01)
    there = elsewhere(tethered=True)
    there.ask(say.Open(1, "nb-1", False, True))
    clock[0] = rooms.SCREEN_COMES + 1
    assert there.closed.wait(PATIENCE)
    assert (last(ledger).reason, last(ledger).verified) == (Reason.INTERRUPTED, True)


@pytest.mark.parametrize("moment", ["opened", "recording", "draft"])
def test_the_time_limit_ends_it_at_any_moment(
    elsewhere: Built, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    there = elsewhere(seconds=3600)
    clock = [0.0]
    monkeypatch.setattr(rooms, "uptime", lambda: clock[0])
    with pytest.raises(Expired), there.consultation(here=moment == "recording") as held, microphone(there) as line:
        assert held._line is not None
        if moment == "recording":
            held._line.send(say.Record(True, 1, ""))
            assert line.receive()[0] == say.Listen("")
            clock[0] = 3601.0
            second(line)
        elif moment == "draft":
            list(held.record(Tone()))
            list(held.draft())
        clock[0] = 3601.0
        with suppress(PeerGone):
            held._line.send(say.Stop())  # anything that makes it look at the clock
        while True:
            held._receive()
    assert (last(ledger).reason, last(ledger).verified) == (Reason.EXPIRED, True)
    assert there.closed.is_set()


def test_the_screen_is_warned_once_before_the_time_is_up(elsewhere: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    there = elsewhere(seconds=3600)
    clock = [0.0]
    monkeypatch.setattr(rooms, "uptime", lambda: clock[0])
    with there.consultation() as held:
        list(held.record(Tone(seconds=1)))
        assert list(held.idle()) == []
        clock[0] = 3100.0
        held.assign("0", Role.PATIENT)
        held.assign("0", Role.PATIENT)
        assert list(held.idle()) == [Expiring(500.0, extendable=False)]


def test_a_screen_hears_of_the_end_while_it_waits(elsewhere: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    there = elsewhere(seconds=3600)
    clock = [0.0]
    monkeypatch.setattr(rooms, "uptime", lambda: clock[0])
    with there.consultation() as held:
        list(held.record(Tone(seconds=1)))
        clock[0] = 3601.0
        assert held._line is not None
        held._line.send(say.Stop())
        until(lambda: held._line is not None and held._line.waiting())
        with pytest.raises(Expired):
            list(held.idle())
        assert held.receipt


# -- nothing speaks, nothing lies about --------------------------------------------------------------------------------------------------


def test_a_receipt_is_had_by_whoever_ended_it(elsewhere: Built, ledger: Ledger) -> None:
    there = elsewhere()
    with there.consultation() as held:
        list(held.record(Tone()))
        with pytest.raises(StepOutOfOrder):
            _ = held.receipt
        held.withdraw()
    assert CANARY not in held.receipt
    assert "transferred" not in repr(held)


def test_sound_that_was_sent_is_wiped_where_it_was_framed(elsewhere: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bytearray] = []

    from kiskriv.wire import channel

    framing = channel.frame

    def frame(*arguments: object) -> bytearray:
        kept.append(framing(*arguments))  # type: ignore[arg-type]
        return kept[-1]

    monkeypatch.setattr(channel, "frame", frame)
    there = elsewhere()
    with there.consultation() as held:
        assert isinstance(held, RemoteSession)
        list(held.record(Tone(seconds=1)))
    assert kept and not any(any(octets) for octets in kept)

"""What a screen asks of a room beside the steps of the road: to pause, to remember, to play, to put the time limit off."""

from __future__ import annotations

import threading
from contextlib import suppress

import numpy as np
import pytest

from kiskriv.errors import LoudspeakerMissing, PeerGone
from kiskriv.ledger import Ledger, Reason
from kiskriv.room import room as rooms
from kiskriv.room import sound
from kiskriv.session import Captured, Continued, Expiring, Interrupted, Playing, State
from kiskriv.transcript import SAMPLE_RATE, Cut, Role
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel
from kiskriv.wire.remote import HostMicrophone, RemoteSession
from tests.room.test_room import Built, elsewhere, hear, last, ledger, microphone, second, until  # noqa: F401
from tests.session.elsewhere import PATIENCE
from tests.session.fakes import Tone

Clock = list[float]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Seconds, as the test says."""
    told = [0.0]
    monkeypatch.setattr(rooms, "uptime", lambda: told[0])
    return told


def speaks(line: Channel, seconds: int, *more: say.Message) -> threading.Thread:
    """What the microphone's process says once it is asked to listen."""

    def speak() -> None:
        while not isinstance(line.receive()[0], say.Listen):
            pass
        for _ in range(seconds):
            second(line)
        for message in more:
            line.send(message)

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    return thread


def record(held: RemoteSession, line: Channel, seconds: int) -> None:
    """So many seconds from the room's own microphone, which has heard the end of it."""
    speaks(line, seconds, say.Done())
    list(held.record(HostMicrophone(1)))
    assert line.receive()[0] == say.Stop()


# -- a pause -------------------------------------------------------------------------------------------------------------------------------


def test_a_screen_that_comes_in_a_pause_finds_it_paused_until_it_is_drafted_or_goes_on(elsewhere: Built) -> None:  # noqa: F811
    there = elsewhere()

    def paused() -> bool:
        with there.again() as screen:
            screen.detach()
            return screen.standing.paused

    with there.consultation() as held:
        held.pausing()
        list(held.record(Tone(seconds=1)))
        held.detach()
    assert paused() and paused()
    with there.again() as held:
        list(held.record(Tone(seconds=1)))
        held.detach()
    assert not paused()
    with there.again() as held:
        held.pausing()
        list(held.record(Tone(seconds=1)))
        list(held.draft())
        held.detach()
    assert not paused()
    with there.again() as held:
        held.discard()


def test_the_microphone_of_the_room_is_paused_by_a_word_from_any_thread(elsewhere: Built) -> None:  # noqa: F811
    there = elsewhere()
    with there.consultation(here=True) as held, microphone(there) as line:
        source = HostMicrophone(1, "Jabra")
        events = held.record(source)

        def speak() -> None:
            assert line.receive()[0] == say.Listen("Jabra")
            second(line)
            held.pausing()
            source.stop()
            assert line.receive()[0] == say.Stop()
            line.send(say.Done())

        speaking = threading.Thread(target=speak)
        speaking.start()
        assert any(isinstance(event, Captured) for event in events)
        speaking.join(PATIENCE)
        held.detach()
    with there.again() as held:
        assert (held.standing.paused, held.standing.recording, held.standing.state) == (True, False, State.RECORDED)


# -- the microphone ------------------------------------------------------------------------------------------------------------------------


def test_a_microphone_that_is_waited_for_is_told_and_ends_nothing(elsewhere: Built) -> None:  # noqa: F811
    there = elsewhere()
    with there.consultation(here=True) as first, microphone(there) as line:
        record(first, line, 2)
        speaks(line, 1, Interrupted(1.0))
        events = first.record(HostMicrophone(1))
        assert next(event for event in events if isinstance(event, Interrupted)) == Interrupted(3.0)  # of all of it
        first.detach()
        with there.again() as held:
            assert (held.standing.recording, held.standing.interrupted) == (True, True)
            source = HostMicrophone(1)
            events = held.record(source)
            line.send(Continued("Jabra"))
            hear(events, Continued)
            second(line)
            hear(events, Captured)
            source.stop()
            line.send(say.Done())
            list(events)
            held.detach()
        with there.again() as held:
            assert not held.standing.interrupted
            held.discard()


def test_a_screen_that_took_over_a_recording_pauses_it_and_goes_on(elsewhere: Built) -> None:  # noqa: F811
    there = elsewhere()
    with there.consultation(here=True) as first, microphone(there) as line:
        speaks(line, 1)
        events = first.record(HostMicrophone(1))
        hear(events, Captured)
        first.detach()
        with there.again() as held:
            source = HostMicrophone(1)
            events = held.record(source)
            second(line)
            hear(events, Captured)
            held.pausing()
            source.stop()
            assert line.receive()[0] == say.Stop()
            line.send(say.Done())
            list(events)
            assert there.room._session.paused
            record(held, line, 2)
            assert there.room.seconds == 4.0
            held.discard()


def test_a_microphones_process_that_died_in_a_pause_has_a_successor(elsewhere: Built) -> None:  # noqa: F811
    there = elsewhere()
    with there.consultation(here=True) as held:
        with microphone(there) as line:
            until(lambda: there.room.microphone.there)
            record(held, line, 1)
        until(lambda: not there.room.microphone.there)
        assert there.wants == []
        assert held._line is not None
        held._line.send(say.Record(True, 1, ""))
        until(lambda: there.wants == [say.Part.MICROPHONE])
        with microphone(there) as line:
            assert line.receive()[0] == say.Listen("")
            second(line)
            line.send(say.Done())
            hear(held._events(), Captured)
            held.detach()
    with there.again() as held:
        held.discard()


def test_a_microphones_process_that_takes_anothers_place_listens_at_once(
    elsewhere: Built,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sound, "MICROPHONE_ENDS", 10 * PATIENCE)
    there = elsewhere()
    with there.consultation(here=True) as held, microphone(there) as one:
        speaks(one, 1)
        source = HostMicrophone(1, "Jabra")
        events = held.record(source)
        hear(events, Captured)
        with microphone(there) as other:
            assert other.receive()[0] == say.Listen("Jabra")
            second(other)
            hear(events, Captured)
            source.stop()
            other.send(say.Done())  # the one answer that is owed
            list(events)
        held.discard()


# -- what the doctor corrected -------------------------------------------------------------------------------------------------------------


def test_a_screen_that_comes_before_a_correction_was_drafted_knows_of_it(elsewhere: Built) -> None:  # noqa: F811
    there = elsewhere()
    with there.consultation() as held:
        list(held.record(Tone()))
        list(held.draft())
        held.detach()
    with there.again() as held:
        assert not held.standing.retold
        held.correct(Cut(0.0, 1.0))
        held.detach()
    with there.again() as held:
        assert held.standing.retold
        list(held.draft())
        held.detach()
    with there.again() as held:
        assert held.standing.transcript is not None
        assert (held.standing.retold, held.standing.transcript.cuts) == (False, ((0.0, 1.0),))
        held.discard()


# -- the loudspeaker -----------------------------------------------------------------------------------------------------------------------


def answered(line: Channel) -> say.Sound:
    """The next piece, which is said to have been played."""
    message, _ = line.receive()
    assert isinstance(message, say.Sound)
    line.send(say.Done())
    return message


def test_no_more_than_half_a_second_is_handed_over_at_once_and_there_is_no_gap(elsewhere: Built) -> None:  # noqa: F811
    there = elsewhere()
    with there.consultation() as held:
        list(held.record(Tone(seconds=3)))
        with microphone(there) as line:
            until(lambda: there.room.microphone.there or there.porter._inbox.qsize())
            playing = held.play(0.0, 2.0)
            assert next(playing) == Playing(0.0)
            pieces = [line.receive() for _ in range(2)]
            assert [message for message, _ in pieces] == [say.Sound(1, SAMPLE_RATE // 4)] * 2
            assert all(np.frombuffer(octets, np.float32).any() for _, octets in pieces)
            assert not line.waiting(0.1)
            line.send(say.Done())
            assert next(playing) == Playing(0.25)
            line.send(say.Done())
            for _ in range(6):
                answered(line)
            assert [event.seconds for event in playing if isinstance(event, Playing)] == [
                0.5,
                0.75,
                1.0,
                1.25,
                1.5,
                1.75,
            ]


def test_playing_ends_with_its_screen_and_the_next_recording_is_not_mistaken(elsewhere: Built) -> None:  # noqa: F811
    there = elsewhere()
    with there.consultation(here=True) as held, microphone(there) as line:
        record(held, line, 2)
        playing = held.play(0.0, 2.0)
        assert next(playing) == Playing(0.0)
        assert isinstance(line.receive()[0], say.Sound)
        held.detach()
        while not isinstance(line.receive()[0], say.Stop):
            pass
        with there.again() as again:
            speaks(line, 1, say.Done(), say.Done())  # of the two pieces, late
            events = again.record(source := HostMicrophone(1))
            hear(events, Captured)
            second(line)
            hear(events, Captured)
            source.stop()
            line.send(say.Done())
            list(events)
            assert there.room._session.seconds == 4.0


def test_a_withdrawal_while_it_plays_silences_and_erases_at_once(elsewhere: Built, ledger: Ledger) -> None:  # noqa: F811
    there = elsewhere()
    with there.consultation(here=True) as held, microphone(there) as line:
        record(held, line, 2)
        playing = held.play(0.0, 2.0)
        assert next(playing) == Playing(0.0)
        assert held._line is not None
        held._line.send(say.Withdraw())  # nothing was played to its end, and nobody says that it was
        assert there.closed.wait(PATIENCE)
        heard = []
        with suppress(PeerGone):
            while True:
                heard.append(type(line.receive()[0]))
        assert heard[-1] is say.Stop
        assert all(isinstance(event, Playing) for event in playing)
    assert (last(ledger).reason, last(ledger).verified) == (Reason.WITHDRAWN, True)


def test_the_time_limit_holds_while_it_plays(elsewhere: Built, ledger: Ledger, clock: Clock) -> None:  # noqa: F811
    there = elsewhere()
    with there.consultation(here=True) as held, microphone(there) as line:
        record(held, line, 2)
        next(held.play(0.0, 2.0))
        clock[0] = 3601.0
        line.send(say.Done())
        assert there.closed.wait(PATIENCE)
        held.detach()
    assert (last(ledger).reason, last(ledger).verified) == (Reason.EXPIRED, True)


@pytest.mark.parametrize("trouble", ["refused", "gone", "silent"])
def test_a_loudspeaker_that_fails_is_told_and_nothing_is_lost(
    elsewhere: Built,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
) -> None:
    monkeypatch.setattr(sound, "PLAYED", 0.05)
    there = elsewhere()
    with there.consultation(here=True) as held, microphone(there) as line:
        record(held, line, 2)
        playing = held.play(0.0, 2.0)
        next(playing)
        if trouble == "refused":
            line.send(say.Failed(LoudspeakerMissing.__name__, (("problem", "none is connected"),)))
        elif trouble == "gone":
            line.close()
        with pytest.raises(LoudspeakerMissing):
            list(playing)
        assert len(list(held.draft())) == 2


def test_a_loudspeaker_that_answers_late_breaks_no_recording_off(elsewhere: Built) -> None:  # noqa: F811
    there = elsewhere()
    with there.consultation(here=True) as held, microphone(there) as line:
        record(held, line, 2)
        playing = held.play(0.0, 2.0)
        assert next(playing) == Playing(0.0)
        playing.close()  # type: ignore[attr-defined]
        refused = say.Failed(LoudspeakerMissing.__name__, (("problem", "none is connected"),))
        speaks(line, 1, refused, refused)
        source = HostMicrophone(1)
        events = held.record(source)
        hear(events, Captured)
        second(line)
        hear(events, Captured)
        source.stop()
        line.send(say.Done())
        list(events)
        assert there.room.seconds == 4.0
        held.discard()


def test_a_process_that_hung_over_its_loudspeaker_is_replaced(
    elsewhere: Built,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sound, "PLAYED", 0.05)
    there = elsewhere()
    with there.consultation(here=True) as held, microphone(there) as hung:
        until(lambda: there.room.microphone.there)
        record(held, hung, 2)
        with pytest.raises(LoudspeakerMissing):
            list(held.play(0.0, 2.0))
        assert there.wants == []
        playing = held.play(0.0, 0.25)
        assert held._line is not None
        first = threading.Thread(target=lambda: heard.append(next(playing)), daemon=True)
        heard: list[object] = []
        first.start()
        until(lambda: there.wants == [say.Part.MICROPHONE])
        with microphone(there) as line:
            answered(line)
            first.join(PATIENCE)
            assert [*heard, *playing] == [Playing(0.0)]
        held.discard()


# -- time ----------------------------------------------------------------------------------------------------------------------------------


def test_the_limit_is_put_off_as_far_as_the_clinic_lets_it_and_no_further(
    elsewhere: Built,  # noqa: F811
    ledger: Ledger,  # noqa: F811
    clock: Clock,
) -> None:
    there = elsewhere(seconds=3600, longest=3600 + 2700)
    with there.consultation() as held:
        assert (held.standing.seconds_left, held.standing.extendable) == (3600.0, True)
        clock[0] = 3300.0
        held.assign("0", Role.PATIENT)
        held.assign("0", Role.PATIENT)
        assert list(held.idle()) == [Expiring(300.0, extendable=True)]
        told = []
        for _ in range(3):
            held.extend()
            held.assign("0", Role.PATIENT)
            told += list(held.idle())
        assert told == [Expiring(2100.0, True), Expiring(3000.0, False), Expiring(3000.0, False)]
        clock[0] = 5800.0
        held.assign("0", Role.PATIENT)
        held.assign("0", Role.PATIENT)
        assert list(held.idle()) == [Expiring(500.0, False)]  # and once more when it comes near again
        held.detach()
    with there.again() as held:
        assert not held.standing.extendable
        clock[0] = 6301.0
        assert held._line is not None
        held._line.send(say.Stop())
        assert there.closed.wait(PATIENCE)
        held.detach()
    assert (last(ledger).reason, last(ledger).verified) == (Reason.EXPIRED, True)


def test_the_limit_is_put_off_in_the_midst_of_a_recording(elsewhere: Built, clock: Clock) -> None:  # noqa: F811
    there = elsewhere(seconds=600, longest=1200)
    with there.consultation(here=True) as held, microphone(there) as line:
        source = HostMicrophone(1)
        speaks(line, 1)
        events = held.record(source)
        hear(events, Captured)
        held.extend()
        assert next(event for event in events if isinstance(event, Expiring)) == Expiring(1200.0, False)
        second(line)
        hear(events, Captured)
        source.stop()
        line.send(say.Done())
        list(events)
        assert there.room._session.state is State.RECORDED


def test_a_new_host_is_told_the_latest_to_which_it_can_be_put_off(elsewhere: Built, clock: Clock) -> None:  # noqa: F811
    there = elsewhere(seconds=600, longest=1200)
    with there.consultation() as held:
        clock[0] = 100.0
        before = there._threads[1]
        there.host.close()
        before.join(PATIENCE)
        there.closed.clear()
        there.host = there.dial("")
        there.host.send(say.Hello(say.VERSION, say.Caller.HOST, ""))
        present, _ = there.host.receive()
        assert isinstance(present, say.Present) and present.seconds_left == 1100.0
        there._threads[1] = threading.Thread(target=there._keep, daemon=True)
        there._threads[1].start()
        held.discard()


def test_a_screen_that_comes_before_the_microphone_does_is_not_told_that_nothing_is_recorded(
    elsewhere: Built,  # noqa: F811
) -> None:
    there = elsewhere()
    with there.consultation(here=True) as first:
        first._send(say.Record(True, 1, ""))
        until(lambda: there.room._source is not None and not there.room._source.over)
        first.detach()
    with there.again() as held:
        assert held.standing.recording
        held.discard()

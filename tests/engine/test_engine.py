"""The engine: windows in, words out, nothing kept; and no line, no window and no want of memory is another room's trouble."""

from __future__ import annotations

import secrets
import socket
import struct
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress

import numpy as np
import pytest

from kiskriv.engine import Engine, Telling
from kiskriv.engine.scheduler import Scheduler, Task
from kiskriv.errors import OutOfMemory, PeerGone
from kiskriv.speech.diarization import WINDOW, Octets
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.transcript import Findings, Recognition, Samples, Turn, Word
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel
from kiskriv.wire.frames import frame

CANARY = "zirkonfasan"
PATIENCE = 10.0
TAIL, CLOSED, AHEAD = Urgency


class Counting:
    """Hears one word in each window, and as many octets as there are; keeps a hold on the sound to see what becomes of it.

    A step waits for `gate`. `room_for`: so many samples fit into its memory at once.
    """

    def __init__(self, batch: int = 1, room_for: int = 10**9) -> None:
        self.batch, self.room_for, self.reduced = batch, room_for, False
        self.given: list[Samples] = []
        self.batches: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.at_work = threading.Event()
        self.left = 0

    def work(self, tasks: Sequence[Task]) -> Generator[None, None, list[Recognition]]:
        clips = [task for task in tasks if isinstance(task, Clip)]
        lengths = [clip.samples.shape[1] for clip in clips]
        self.batches.append(lengths)
        self.given += [clip.samples for clip in clips]
        loudest = max(clip.samples.max() for clip in clips)
        if loudest > 2:
            raise SystemExit
        if loudest > 1:
            raise RuntimeError(CANARY)
        if sum(lengths) > self.room_for:
            raise OutOfMemory
        try:
            for _ in range(3):
                self.at_work.set()
                assert self.gate.wait(PATIENCE)
                yield
        except GeneratorExit:
            self.left += 1
            raise
        likely = float("nan") if loudest == 0 else 1.0
        return [Recognition((Word(0.0, float(n), "hei", likely),), Findings(windows=1)) for n in lengths]

    def reduce(self) -> bool:
        if self.reduced:
            return False
        self.reduced, self.room_for = True, 2 * self.room_for
        return True


class Overhearing:
    """A diarization that embeds each window as its first sample, and makes a turn of each, or `turns`; keeps a hold on what it was given.

    Waits for `gate`; falls at a window that is too loud.
    """

    batch = 3

    def __init__(self) -> None:
        self.given: list[Samples] = []
        self.batches: list[int] = []
        self.clustered: list[Octets] = []
        self.turns: tuple[Turn, ...] = ()
        self.gate = threading.Event()
        self.gate.set()
        self.at_work = threading.Event()

    def embed(self, sounds: Sequence[Samples]) -> list[bytes]:
        self.given += sounds
        self.batches.append(len(sounds))
        self.at_work.set()
        assert self.gate.wait(PATIENCE)
        if max(sound.max() for sound in sounds) > 1:
            raise RuntimeError(CANARY)
        return [sound[0, :1].tobytes() for sound in sounds]

    def cluster(self, embedded: Sequence[Octets], step: int, length: int) -> tuple[Turn, ...]:
        self.clustered += embedded
        if self.turns:
            return self.turns
        firsts = [np.frombuffer(octets, np.float32)[0] if len(octets) else 0 for octets in embedded]
        return tuple(Turn(step * n, float(length), str(int(8 * first))) for n, first in enumerate(firsts))


class Housed:
    """An engine in a thread, and the host's end of its line."""

    def __init__(self, *models: Counting) -> None:
        self.models = models or (Counting(),)
        self.model = self.models[0]
        ours, theirs = socket.socketpair()
        self.host = Channel(ours)
        self.diarization = Overhearing()
        self.engine = Engine(Channel(theirs), self.models, Telling(self.diarization))
        self.orderly: list[bool] = []
        self.thread = threading.Thread(target=lambda: self.orderly.append(self.engine.serve()))
        self.thread.start()
        self.rooms: list[Channel] = []

    def room(self) -> Channel:
        ours, theirs = socket.socketpair()
        with theirs:
            self.host.send(say.Supply(say.Part.ENGINE), descriptors=(theirs.fileno(),))
        ours.settimeout(PATIENCE)
        self.rooms.append(Channel(ours))
        return self.rooms[-1]

    def held(self) -> Channel:
        """A room whose window is at work and stays there until the gate opens."""
        self.model.gate.clear()
        self.model.at_work.clear()
        room = self.room()
        ask(room, 7)
        assert self.model.at_work.wait(PATIENCE)
        return room

    def waits(self, jobs: int) -> None:
        """Returns when so many windows are in the queue."""
        self._comes_true(lambda: len(self.engine._words._waiting) == jobs)

    def waits_for(self, urgency: Urgency) -> None:
        """Returns when one of this urgency is in the queue."""
        self._comes_true(lambda: any(job.urgency is urgency for job in self.engine._words._waiting))

    def unwanted(self) -> None:
        """Returns when nobody wants what is at work."""
        self._comes_true(lambda: all(job.unwanted for job in self.engine._words._at_work))

    def retires(self) -> None:
        """Returns when no more is taken from the queue."""
        self._comes_true(lambda: self.engine._words._closed)

    def listens(self, jobs: int) -> None:
        """Returns when so many windows are in the queue for voices."""
        self._comes_true(lambda: len(self.engine._voices._waiting) == jobs, self.engine._voices)

    def _comes_true(self, condition: Callable[[], bool], scheduler: Scheduler | None = None) -> None:
        scheduler = scheduler or self.engine._words
        with scheduler._changed:
            assert scheduler._changed.wait_for(condition, PATIENCE)

    def ended(self) -> bool:
        self.thread.join(PATIENCE)
        return not self.thread.is_alive()


House = Callable[..., Housed]


@pytest.fixture
def house() -> Iterator[House]:
    opened: list[Housed] = []

    def open_one(*models: Counting) -> Housed:
        opened.append(Housed(*models))
        return opened[-1]

    yield open_one
    for housed in opened:
        for model in housed.models:
            model.gate.set()
        housed.diarization.gate.set()
        for line in [*housed.rooms, housed.host]:
            line.close()
        assert housed.ended()


@pytest.fixture
def housed(house: House) -> Housed:
    return house()


def ask(room: Channel, samples: Samples | int, urgency: Urgency = CLOSED, *, alone: bool = False) -> None:
    sound = np.full((1, samples), 0.5, np.float32) if isinstance(samples, int) else samples
    room.send(say.Window((sound.shape[1],), urgency, alone), sound.data.cast("B"))


def answer(room: Channel) -> say.Message:
    while isinstance(said := room.receive()[0], say.Begun):
        pass
    return said


def heard(room: Channel) -> tuple[float, Findings]:
    """How long the window was that was heard, and what was met."""
    said = answer(room)
    assert isinstance(said, say.Words)
    (word,) = said.recognition.words
    return word.end, said.recognition.findings


def test_a_window_comes_back_as_words_and_its_sound_is_wiped(housed: Housed) -> None:
    with housed.room() as room:
        ask(room, 400)
        assert room.receive()[0] == say.Begun()
        assert room.receive()[0] == say.Words(Recognition((Word(0.0, 400.0, "hei", 1.0),), Findings(windows=1)))
        assert not housed.model.given[0].any()


def test_a_model_that_fails_says_so_without_a_word_and_goes_on(housed: Housed) -> None:
    with housed.room() as room:
        ask(room, np.full((1, 400), 2.0, np.float32))
        assert answer(room) == say.Failed("RecogniserFailed", (("attempts", 1),))
        ask(room, 4)
        assert heard(room)[0] == 4
        assert not housed.model.given[0].any()


@pytest.mark.parametrize("wrong", [say.Look(), say.Window((16_000 * 31,), CLOSED, False)])
def test_what_a_room_says_wrong_ends_its_own_line(housed: Housed, wrong: say.Message) -> None:
    with housed.room() as bad, housed.room() as room:
        with suppress(PeerGone):  # the line can break off while it is said
            bad.send(wrong, bytes(say.octets_of(wrong)))
        with pytest.raises(PeerGone):
            bad.receive()
        ask(room, 4)
        assert heard(room)[0] == 4


def test_a_second_window_before_the_first_is_answered_ends_the_line(housed: Housed) -> None:
    housed.model.gate.clear()
    with housed.room() as room:
        ask(room, 4)
        with pytest.raises(PeerGone):
            ask(room, 5)
            answer(room)


def test_a_room_that_sends_half_a_window_holds_nobody_up(housed: Housed) -> None:
    slow, theirs = socket.socketpair()
    with theirs, slow, housed.room() as room:
        housed.host.send(say.Supply(say.Part.ENGINE), descriptors=(theirs.fileno(),))
        slow.send(b"kw")
        ask(room, 4)
        assert heard(room)[0] == 4


def test_a_room_that_talks_without_end_holds_nobody_up(housed: Housed) -> None:
    with housed.room() as flood, housed.room() as room:
        block = bytes(frame(say.Cease())) * 4_000
        stopped = threading.Event()

        def talk() -> None:
            with suppress(OSError):
                while not stopped.is_set():
                    flood._line.sendall(block)

        talker = threading.Thread(target=talk)
        talker.start()
        ask(room, 4)
        assert heard(room)[0] == 4
        stopped.set()
        flood.close()
        talker.join(PATIENCE)
        assert not talker.is_alive()


def test_a_number_that_is_none_is_a_failure_and_not_the_end_of_the_line(housed: Housed) -> None:
    with housed.room() as room:
        ask(room, np.zeros((1, 400), np.float32))
        assert answer(room) == say.Failed("RecogniserFailed", (("attempts", 1),))
        ask(room, 4)
        assert heard(room)[0] == 4


def test_rooms_are_served_on_without_a_host_and_the_last_one_ends_it(housed: Housed) -> None:
    rooms = [housed.room(), housed.room()]
    ask(rooms[1], 4)
    heard(rooms[1])  # both have come
    housed.host.close()
    for room in rooms:
        ask(room, 4)
        assert heard(room)[0] == 4
        room.close()
    assert housed.ended()


def test_it_retires_when_it_is_told_and_wipes_what_waited(housed: Housed) -> None:
    with housed.held(), housed.room() as waiting:
        ask(waiting, 9)
        housed.waits(1)
        housed.host.send(say.Retire())
        housed.retires()
        housed.model.gate.set()
        assert housed.ended()
        assert answer(waiting) == say.Ceased()  # so that the next engine is asked
        with pytest.raises(PeerGone):
            answer(waiting)
    assert housed.model.batches == [[7]]
    assert housed.orderly == [True]
    assert not any(samples.any() for samples in housed.model.given)


def test_windows_of_many_rooms_are_decoded_together_tails_first(house: House) -> None:
    housed = house(Counting(batch=3))
    rooms = [housed.room() for _ in range(6)]
    held = housed.held()
    asked = (AHEAD, CLOSED, CLOSED, TAIL, CLOSED, CLOSED)
    for number, (room, urgency) in enumerate(zip(rooms, asked, strict=True)):
        ask(room, 10 + number, urgency)
        housed.waits(number + 1)
    housed.model.gate.set()
    assert [heard(room)[0] for room in rooms] == [10, 11, 12, 13, 14, 15]
    assert housed.model.batches == [[7], [13], [11, 12, 14], [15], [10]]
    assert heard(held)[0] == 7


def test_a_speculation_makes_way_and_is_decoded_afterwards(housed: Housed) -> None:
    model = housed.model
    model.gate.clear()
    with housed.room() as early, housed.room() as late:
        ask(early, 5, AHEAD)
        assert model.at_work.wait(PATIENCE)
        ask(late, 6, CLOSED)
        housed.waits(1)
        model.gate.set()
        assert heard(late)[0] == 6
        assert heard(early)[0] == 5
    assert model.batches == [[5], [6], [5]]
    assert model.left == 1


def test_a_closed_window_makes_way_for_nobody(housed: Housed) -> None:
    with housed.held() as first, housed.room() as second:
        ask(second, 6, TAIL)
        housed.model.gate.set()
        assert (heard(first)[0], heard(second)[0]) == (7, 6)
    assert housed.model.left == 0


def test_what_is_not_wanted_any_more_is_left_or_never_begun(housed: Housed) -> None:
    with housed.held() as first, housed.room() as second:
        ask(second, 6, AHEAD)
        second.send(say.Cease())
        assert answer(second) == say.Ceased()
        first.send(say.Cease())
        housed.unwanted()
        housed.model.gate.set()
        assert answer(first) == say.Ceased()
        first.send(say.Cease())  # nothing is at work: nobody answers
        ask(first, 8)
        assert heard(first)[0] == 8
    assert housed.model.batches == [[7], [8]]
    assert not any(samples.any() for samples in housed.model.given)


def test_a_window_that_is_urged_goes_before_others(housed: Housed) -> None:
    with housed.held(), housed.room() as second, housed.room() as third:
        ask(second, 6)
        ask(third, 5, AHEAD)
        third.send(say.Urge(TAIL))
        housed.waits_for(TAIL)
        housed.model.gate.set()
        heard(second)
        heard(third)
    assert housed.model.batches == [[7], [5], [6]]


def test_a_batch_that_does_not_fit_into_memory_is_halved_and_nobody_loses_a_word(house: House) -> None:
    housed = house(Counting(batch=4, room_for=25))
    rooms = [housed.room() for _ in range(4)]
    held = housed.held()
    for number, room in enumerate(rooms):
        ask(room, 10 + number)
    housed.waits(4)
    housed.model.gate.set()
    findings = [heard(room) for room in rooms]
    assert [seconds for seconds, _ in findings] == [10, 11, 12, 13]
    assert [found.halved for _, found in findings] == [1, 1, 1, 1]
    assert not housed.model.reduced
    assert [len(batch) for batch in housed.model.batches] == [1, 4, 2, 2]
    assert heard(held)[0] == 7


def test_a_window_that_does_not_fit_even_alone_is_decoded_by_a_smaller_model_and_that_is_said(house: House) -> None:
    housed = house(Counting(room_for=10))
    with housed.room() as room:
        ask(room, 15)
        assert heard(room)[0] == 15
        ask(room, 21)
        assert answer(room) == say.Failed("RecogniserFailed", (("attempts", 1),))


def test_a_worker_that_falls_takes_the_engine_with_it_so_that_nobody_waits_for_ever(housed: Housed) -> None:
    with housed.room() as room, housed.room() as other:
        ask(other, 4)
        heard(other)
        ask(room, np.full((1, 400), 3.0, np.float32))
        for line in (room, other):
            with pytest.raises(PeerGone):
                answer(line)
    assert housed.ended()
    assert housed.orderly == [False]
    assert not any(samples.any() for samples in housed.model.given)


def test_one_window_that_fails_in_a_batch_fails_alone(house: House) -> None:
    housed = house(Counting(batch=3))
    rooms = [housed.room() for _ in range(3)]
    housed.held()
    for number, room in enumerate(rooms):
        ask(room, np.full((1, 10 + number), 2.0 if number == 1 else 0.5, np.float32))
    housed.waits(3)
    housed.model.gate.set()
    assert heard(rooms[0])[0] == 10
    assert answer(rooms[1]) == say.Failed("RecogniserFailed", (("attempts", 1),))
    assert heard(rooms[2])[0] == 12


def test_each_device_has_a_worker_of_its_own(house: House) -> None:
    housed = house(Counting(), Counting())
    for model in housed.models:
        model.gate.clear()
    with housed.room() as first, housed.room() as second:
        ask(first, 4)
        ask(second, 5)
        assert all(model.at_work.wait(PATIENCE) for model in housed.models)
        for model in housed.models:
            model.gate.set()
        assert {heard(first)[0], heard(second)[0]} == {4, 5}


def test_memory_is_not_searched_before_what_nobody_waits_for_is_let_go_of(housed: Housed) -> None:
    housed.held().close()
    housed.host.send(say.Forget("ab" * 16, "cd" * 16))
    housed.unwanted()
    assert not housed.host.waiting()
    housed.model.gate.set()
    assert isinstance(housed.host.receive()[0], say.Forgotten)
    assert housed.model.left == 1
    assert not any(samples.any() for samples in housed.model.given)


def test_what_is_not_let_go_of_in_time_is_not_said_to_be_gone(housed: Housed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiskriv.engine.engine.SETTLING", 0.0)
    held = housed.held()
    held.close()
    housed.unwanted()
    housed.host.send(say.Forget("ab" * 16, "cd" * 16))
    assert housed.host.receive()[0] == say.Forgotten(None)


def test_it_finds_the_trace_of_a_session_where_there_is_one(housed: Housed) -> None:
    trace, mask = secrets.token_bytes(16), secrets.token_bytes(16)
    masked = bytes(a ^ b for a, b in zip(trace, mask, strict=True))
    left = bytearray(trace)  # in this process, as the engine is
    housed.host.send(say.Forget(mask.hex(), masked.hex()))
    found, _ = housed.host.receive()
    assert isinstance(found, say.Forgotten)
    assert found.residue is not None
    assert found.residue >= 1
    assert left


# -- who speaks -------------------------------------------------------------------------------------------------------------------------


def said(room: Channel, count: int = 2) -> list[type[say.Message]]:
    return [type(room.receive()[0]) for _ in range(count)]


def overhear(room: Channel, level: float = 0.5, length: int = 9) -> None:
    room.send(say.Voices(length, CLOSED, False), np.full((1, length), level, np.float32).data.cast("B"))


def test_what_is_heard_of_voices_comes_back_and_all_of_it_is_clustered_for_a_room(housed: Housed) -> None:
    room = housed.room()
    embedded = []
    for level in (0.125, 0.25):
        overhear(room, level)
        assert room.receive()[0] == say.Begun()
        answer, octets = room.receive()
        assert answer == say.Embedded(4) and np.frombuffer(octets, np.float32) == [level]
        embedded.append(octets)
    room.send(say.Cluster((4, 0, 4), WINDOW, 3 * WINDOW), bytes(embedded[0] + embedded[1]))
    assert room.receive()[0] == say.Begun()
    assert room.receive()[0] == say.Turns(tuple(Turn(WINDOW * n, 3.0 * WINDOW, label) for n, label in enumerate("102")))


def test_voices_of_several_rooms_are_listened_to_together(housed: Housed) -> None:
    heard = housed.diarization
    heard.gate.clear()
    rooms = [housed.room() for _ in range(4)]
    overhear(rooms[0])
    assert heard.at_work.wait(PATIENCE)
    for room in rooms[1:]:
        overhear(room)
    housed.listens(3)
    heard.gate.set()
    for room in rooms:
        assert said(room) == [say.Begun, say.Embedded]
    assert heard.batches == [1, 3]


def test_words_do_not_wait_for_voices_nor_voices_for_words(housed: Housed) -> None:
    housed.diarization.gate.clear()
    listening, speaking = housed.room(), housed.room()
    overhear(listening)
    assert housed.diarization.at_work.wait(PATIENCE)
    ask(speaking, 7)
    assert said(speaking) == [say.Begun, say.Words]
    housed.diarization.gate.set()
    assert said(listening) == [say.Begun, say.Embedded]
    housed.held()
    overhear(listening)
    assert said(listening) == [say.Begun, say.Embedded]


def test_a_window_at_which_it_fails_is_answered_and_takes_nobody_with_it(housed: Housed) -> None:
    heard = housed.diarization
    heard.gate.clear()
    first, bad, good = housed.room(), housed.room(), housed.room()
    overhear(first)
    assert heard.at_work.wait(PATIENCE)
    overhear(bad, 1.5)
    overhear(good)
    housed.listens(2)
    heard.gate.set()
    assert said(bad, 3) == [say.Begun, say.Begun, say.Failed]
    assert said(good, 3) == [say.Begun, say.Begun, say.Embedded]


def test_nothing_of_voices_is_left_in_the_engine(housed: Housed) -> None:
    room = housed.room()
    overhear(room)
    for _ in range(2):
        _, octets = room.receive()
    assert not housed.diarization.given[0].any()
    room.send(say.Cluster((4,), WINDOW, WINDOW), octets)
    for _ in range(2):
        room.receive()
    assert bytes(housed.diarization.clustered[0]) == bytes(4)


def test_a_clustering_goes_alone(housed: Housed) -> None:
    heard = housed.diarization
    heard.gate.clear()
    first, clustering, listening, another = (housed.room() for _ in range(4))
    overhear(first)
    assert heard.at_work.wait(PATIENCE)
    octets = np.array([0.25], np.float32).tobytes()
    clustering.send(say.Cluster((4,), WINDOW, WINDOW), octets)
    another.send(say.Cluster((4, 4), WINDOW, 2 * WINDOW), 2 * octets)
    listening.send(say.Voices(9, TAIL, False), np.full((1, 9), 0.5, np.float32).data.cast("B"))
    housed.listens(3)
    heard.gate.set()
    assert said(clustering) == [say.Begun, say.Turns]
    assert said(another) == [say.Begun, say.Turns]
    assert said(listening) == [say.Begun, say.Embedded]


def test_memory_is_not_searched_before_a_window_of_voices_that_nobody_waits_for_is_let_go_of(
    housed: Housed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiskriv.engine.engine.SETTLING", 0.0)
    housed.diarization.gate.clear()
    room = housed.room()
    overhear(room)
    assert housed.diarization.at_work.wait(PATIENCE)
    room.close()
    voices = housed.engine._voices
    housed._comes_true(lambda: all(job.unwanted for job in voices._at_work), voices)
    housed.host.send(say.Forget("ab" * 16, "cd" * 16))
    assert housed.host.receive()[0] == say.Forgotten(None)


def test_when_it_retires_windows_of_voices_that_waited_are_wiped_and_given_back(housed: Housed) -> None:
    heard = housed.diarization
    heard.gate.clear()
    first, waiting = housed.room(), housed.room()
    overhear(first)
    assert heard.at_work.wait(PATIENCE)
    overhear(waiting)
    housed.listens(1)
    (job,) = housed.engine._voices._waiting
    housed.host.send(say.Retire())
    housed.retires()
    heard.gate.set()
    assert housed.ended()
    assert waiting.receive()[0] == say.Ceased()  # so that the next engine is asked
    assert isinstance(job.task, Clip) and not job.task.samples.any()


def many(count: int) -> tuple[Turn, ...]:
    """Far more than a line holds at once."""
    return tuple(Turn(2.31 * n, 2.31 * n + 1.87, str(n % 2)) for n in range(count))


def cluster(room: Channel) -> None:
    room.send(say.Cluster((4,), WINDOW, WINDOW), bytes(4))


def test_an_answer_that_a_line_does_not_hold_at_once_arrives_whole(housed: Housed) -> None:
    housed.diarization.turns = many(20_000)  # those of twelve hours
    room = housed.room()
    cluster(room)
    assert room.receive()[0] == say.Begun()
    assert room.receive()[0] == say.Turns(housed.diarization.turns)
    overhear(room)
    assert said(room) == [say.Begun, say.Embedded]


def test_a_room_that_does_not_take_its_answer_is_let_go_in_time(
    housed: Housed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiskriv.engine.engine.ANSWERING", 0.1)
    housed.diarization.turns = many(20_000)
    slow, other = housed.room(), housed.room()
    cluster(slow)
    assert slow.receive()[0] == say.Begun()
    overhear(other)
    assert said(other) == [say.Begun, say.Embedded]  # by the same worker
    with pytest.raises(PeerGone):
        slow.receive()


@pytest.mark.parametrize("then", ["leaves", "says it wrong", "asks for more and leaves that"])
def test_who_hears_waits_for_no_room_that_does_not_take_its_answer(
    housed: Housed, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    monkeypatch.setattr("kiskriv.engine.engine.ANSWERING", 10 * PATIENCE)
    housed.diarization.turns = many(20_000)
    slow, other = housed.room(), housed.room()
    cluster(slow)
    assert slow.receive()[0] == say.Begun()
    assert slow.waiting(PATIENCE)  # its answer is on the way, and will not be taken
    if then == "leaves":
        slow.close()
    elif then == "says it wrong":
        slow.send(say.Look())
    else:
        overhear(slow)
        slow.send(say.Cease())
    ask(other, 4)
    assert heard(other)[0] == 4
    overhear(other)
    assert said(other) == [say.Begun, say.Embedded]


@pytest.mark.parametrize("kind", ["more than a message holds", "of no kind"])
def test_what_cannot_be_said_is_a_failure_and_not_the_end_of_the_engine(
    housed: Housed, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("kiskriv.wire.frames.MAX_TEXT", 10_000)
    housed.diarization.turns = many(1_000) if kind == "more than a message holds" else (object(),)  # type: ignore[assignment]
    room, other = housed.room(), housed.room()
    cluster(room)
    assert said(room) == [say.Begun, say.Failed]
    for listening in (room, other):
        overhear(listening)
        assert said(listening) == [say.Begun, say.Embedded]


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        (b'{"Failed":{"error":"x","facts":[["a",1%s]]}}' % (b"0" * 400), 0),
        (b"{}", say.MAX_CLUSTERED),
        (b'{"Cluster":{"sizes":[4],"step":1,"length":9007199254740991}}', 4),
    ],
)
def test_what_is_no_message_ends_its_own_line(housed: Housed, text: bytes, octets: int) -> None:
    room, other = housed.room(), housed.room()
    room._line.sendall(struct.pack(">2sBII16s", b"kw", say.VERSION, len(text), octets, bytes(16)) + text)
    with pytest.raises(PeerGone):
        room.receive()
    overhear(other)
    assert said(other) == [say.Begun, say.Embedded]


@pytest.mark.parametrize(
    ("wrong", "octets"),
    [
        (say.Voices(0, CLOSED, False), 0),
        (say.Voices(160_001, CLOSED, False), 640_004),
        (say.Cluster((), WINDOW, WINDOW), 0),
        (say.Cluster((4, -4), WINDOW, 2 * WINDOW), 0),
        (say.Cluster((4,), 0, WINDOW), 4),
        (say.Cluster((4,), 1, 2**53 - 1), 4),
    ],
)
def test_a_room_that_asks_for_voices_of_no_known_shape_is_let_go(
    housed: Housed, wrong: say.Message, octets: int
) -> None:
    with pytest.raises(ValueError):
        say.octets_of(wrong)
    room, other = housed.room(), housed.room()
    text = say.encode(wrong)
    header = struct.pack(">2sBII16s", b"kw", say.VERSION, len(text), octets, bytes(16))
    with suppress(OSError):  # the line can break off while it is said
        room._line.sendall(header + text + bytes(octets))
    with pytest.raises(PeerGone):
        room.receive()
    overhear(other)
    assert said(other) == [say.Begun, say.Embedded]

"""One microphone: what is said of voices is asked for while it records, and words survive whatever becomes of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from kiskriv.errors import RecogniserFailed
from kiskriv.session.voices import PATIENCE, Voices
from kiskriv.speech.diarization import WINDOW, windows
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.transcript import SAMPLE_RATE, Chunk, Remark, Samples, Turn, Word
from kiskriv.vault import SealedSound, Vault

STEP = 4 * SAMPLE_RATE
DEADLINE = 20.0


class Asked:
    """`Speakers` that answer what the test says, when its gate is open. Holds on to the sound to see what becomes of it."""

    def __init__(self, voices: int = 2) -> None:
        self.voices = voices
        self.urgencies: list[Urgency] = []
        self.lengths: list[int] = []
        self.urged: list[Urgency] = []
        self.given: list[Samples] = []
        self.heard: list[Samples] = []
        self.clustered: list[list[bytes]] = []
        self.fails: set[int] = set()
        """Windows and clusterings at which it fails, by number."""
        self.gate = threading.Event()
        self.gate.set()
        self.at_work = threading.Event()
        self.abandoned = self.turned = False

    def embed(self, clip: Clip, urgency: Urgency) -> bytearray:
        number = len(self.lengths)
        self.urgencies.append(urgency)
        self.lengths.append(clip.samples.shape[1])
        self.given.append(clip.samples)
        self.heard.append(clip.samples.copy())
        self._answers(number)
        return bytearray(f"window {number}".encode())

    def cluster(self, embedded: Sequence[bytearray], step: int, length: int) -> tuple[Turn, ...]:
        self.clustered.append([bytes(octets) for octets in embedded])
        self._answers(-len(self.clustered))
        assert step == STEP
        return tuple(
            Turn(2.0 * n, 2.0 * n + 2, str((n + self.turned) % self.voices)) for n in range(length // SAMPLE_RATE // 2)
        )

    def urge(self, urgency: Urgency) -> None:
        self.urged.append(urgency)

    def abandon(self) -> None:
        self.abandoned = True
        self.gate.set()

    def _answers(self, number: int) -> None:
        self.at_work.set()
        assert self.gate.wait(DEADLINE)
        if self.abandoned or number in self.fails:
            raise RecogniserFailed(attempts=3)


class Recorded:
    """A recording in a vault, and what listens to it. `time` is the clock of patience."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.sound = SealedSound(Vault())
        self.time = 0.0
        self.voices = Voices(asked, STEP, lambda: self.time)

    def goes_on(self, seconds: float, level: float = 0.25) -> None:
        """In chunks of half a second; each waits until what is at work is done, as it is in time of speech."""
        for _ in range(round(2 * seconds)):
            samples = np.full((1, SAMPLE_RATE // 2), level, np.float32)
            self.voices.listen(Chunk(self.sound.length, self.sound.append(samples)), self.sound)
            if self.asked.gate.is_set() and (work := self.voices._work) is not None:
                work.exception(DEADLINE)

    def settles(self) -> list[int]:
        return list(self.voices.settle(self.sound))

    def speakers(self, *starts: float) -> tuple[str, ...]:
        return self.voices.attribute([Word(start, start + 0.5, "hei", 1.0) for start in starts])


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def recorded(asked: Asked) -> Iterator[Recorded]:
    made = Recorded(asked)
    yield made
    made.voices.erase()


def test_whole_windows_are_listened_to_while_it_records_and_the_rest_when_it_has_stopped(recorded: Recorded) -> None:
    recorded.goes_on(19)
    assert recorded.asked.lengths == [WINDOW, WINDOW, WINDOW]
    assert set(recorded.asked.urgencies) == {Urgency.CLOSED}
    assert recorded.speakers(0.5) == ("",)
    assert recorded.settles()[0] == 1
    assert recorded.asked.lengths[3:] == [7 * SAMPLE_RATE]
    assert recorded.asked.urgencies[3:] == [Urgency.TAIL]
    assert recorded.asked.clustered == [[b"window 0", b"window 1", b"window 2", b"window 3"]]
    assert recorded.speakers(0.5, 2.5, 4.5) == ("0", "1", "0")
    assert recorded.voices.remarks == ()
    assert recorded.settles() == [], "it is known already"


@pytest.mark.parametrize("seconds", [0.5, 3, 10, 10.5, 14, 14.5, 33])
def test_what_is_listened_to_is_what_would_be_of_the_finished_recording(recorded: Recorded, seconds: float) -> None:
    recorded.goes_on(seconds)
    recorded.settles()
    spans = windows(recorded.sound.length, STEP)
    assert recorded.asked.lengths == [end - start for start, end in spans]
    for span, heard in zip(spans, recorded.asked.heard, strict=True):
        np.testing.assert_array_equal(heard, recorded.sound.read([span]))


def test_listening_never_waits_and_nothing_is_left_out(recorded: Recorded) -> None:
    recorded.asked.gate.clear()
    recorded.goes_on(20)  # and would be here for ever, if it waited
    assert recorded.asked.at_work.wait(DEADLINE)
    assert recorded.asked.lengths == [WINDOW]
    recorded.asked.gate.set()
    assert recorded.settles()[:1] == [4]
    assert len(recorded.asked.clustered[0]) == 4


def test_the_sound_of_a_window_is_wiped_when_it_was_listened_to_or_could_not_be(recorded: Recorded) -> None:
    recorded.asked.fails = {1}
    recorded.goes_on(19)
    recorded.settles()
    assert len(recorded.asked.given) > 3
    assert not any(samples.any() for samples in recorded.asked.given)


def test_a_window_that_fails_is_as_good_as_silence_and_tried_again_at_the_next_draft(recorded: Recorded) -> None:
    recorded.asked.fails = {1, 4}
    recorded.goes_on(14)
    recorded.settles()
    assert recorded.asked.clustered == [[b"window 0", b"window 2"]]  # the second once more, at the stop
    assert recorded.speakers(0.5, 2.5) == ("0", "1")


def test_where_nothing_can_be_told_words_have_no_speaker_and_it_is_said(recorded: Recorded) -> None:
    recorded.asked.fails = set(range(9))
    recorded.goes_on(14)
    recorded.settles()
    assert recorded.asked.clustered == []
    assert recorded.speakers(0.5, 2.5) == ("", "")
    assert recorded.voices.remarks == (Remark.UNATTRIBUTED,)


def test_where_clustering_fails_the_next_draft_tries_again(recorded: Recorded) -> None:
    recorded.asked.fails = {-1}
    recorded.goes_on(14)
    recorded.settles()
    assert recorded.voices.remarks == (Remark.UNATTRIBUTED,)
    recorded.settles()
    assert recorded.voices.remarks == ()
    assert recorded.asked.lengths == [WINDOW, WINDOW], "windows that are known are not listened to again"


def test_patience_ends_and_the_next_draft_goes_on_where_it_was(recorded: Recorded) -> None:
    recorded.asked.gate.clear()
    recorded.goes_on(14)
    waiting = recorded.voices.settle(recorded.sound)
    next(waiting)
    recorded.time = PATIENCE
    assert list(waiting) == []
    assert recorded.voices.remarks == (Remark.UNATTRIBUTED,)
    recorded.asked.gate.set()
    recorded.settles()
    assert recorded.voices.remarks == ()
    assert recorded.asked.lengths == [WINDOW, WINDOW]


def test_a_recording_that_goes_on_is_told_from_anew(recorded: Recorded) -> None:
    recorded.goes_on(12)
    recorded.settles()
    recorded.goes_on(8)
    recorded.settles()
    assert recorded.asked.lengths == [WINDOW, 8 * SAMPLE_RATE, WINDOW, WINDOW, 8 * SAMPLE_RATE]
    assert len(recorded.asked.clustered[-1]) == 4
    assert recorded.speakers(19) == ("1",)


def test_turns_of_a_shorter_recording_are_not_taken_for_those_of_the_whole(recorded: Recorded) -> None:
    recorded.goes_on(10.5)
    recorded.settles()
    recorded.asked.gate.clear()
    recorded.goes_on(0.5)
    waiting = recorded.voices.settle(recorded.sound)
    next(waiting)
    recorded.time = PATIENCE
    assert list(waiting) == []
    assert recorded.speakers(0.5) == ("",)
    recorded.asked.gate.set()
    recorded.settles()
    assert recorded.speakers(0.5) == ("0",)


def test_a_clustering_that_comes_when_the_recording_has_gone_on_is_no_answer(recorded: Recorded) -> None:
    recorded.goes_on(10)
    recorded.asked.gate.clear()
    waiting = recorded.voices.settle(recorded.sound)
    next(waiting)
    recorded.time = PATIENCE
    assert list(waiting) == []
    recorded.goes_on(2)
    again = recorded.voices.settle(recorded.sound)
    next(again)
    recorded.asked.gate.set()
    while recorded.voices._work is not None:
        next(again)
    assert recorded.speakers(0.5) == ("",)
    list(again)
    assert recorded.speakers(0.5, 11) == ("0", "1")
    assert len(recorded.asked.clustered) == 2


def test_words_of_a_window_that_failed_have_no_speaker_and_it_is_said(recorded: Recorded) -> None:
    recorded.asked.fails = {
        1,
        2,
        3,
        5,
        6,
        7,
    }  # from 4 s to 22 s, of which others cover what is before 10 s and after 16 s
    recorded.goes_on(26.5)
    recorded.settles()
    assert recorded.speakers(9.0, 10.5, 15.0, 16.5) == ("0", "", "", "0")
    assert recorded.voices.remarks == (Remark.PARTLY,)
    recorded.asked.gate.clear()
    waiting = recorded.voices.settle(recorded.sound)
    next(waiting)
    recorded.time += PATIENCE
    assert list(waiting) == []
    assert recorded.speakers(9.0, 10.5, 15.0, 16.5) == ("0", "", "", "0"), "what was known stays known"
    recorded.asked.gate.set()
    recorded.settles()
    assert recorded.speakers(9.0, 10.5, 15.0, 16.5) == ("0", "1", "1", "0")
    assert recorded.voices.remarks == ()


def test_a_voice_keeps_its_label_when_a_longer_recording_is_told_apart_in_another_order(recorded: Recorded) -> None:
    recorded.goes_on(12)
    recorded.settles()
    assert recorded.speakers(0.5, 2.5) == ("0", "1")
    recorded.asked.turned = True
    recorded.goes_on(4)
    recorded.settles()
    assert recorded.speakers(0.5, 2.5, 14.5) == ("0", "1", "1")


def test_the_window_at_work_is_wanted_sooner_once_the_sound_has_stopped(recorded: Recorded) -> None:
    recorded.asked.gate.clear()
    recorded.goes_on(11)
    next(recorded.voices.settle(recorded.sound))
    assert recorded.asked.urged == [Urgency.TAIL]
    recorded.asked.gate.set()


def test_a_window_that_was_looked_at_when_it_was_the_last_is_not_looked_at_again(recorded: Recorded) -> None:
    recorded.goes_on(10)
    recorded.settles()
    recorded.asked.fails = set()
    recorded.voices._whole = 0
    recorded.goes_on(3)
    assert recorded.asked.lengths == [WINDOW]


@pytest.mark.parametrize(("voices", "remarks"), [(1, (Remark.ONE_VOICE,)), (4, ()), (5, (Remark.MANY_VOICES,))])
def test_too_few_and_too_many_voices_are_said(voices: int, remarks: tuple[Remark, ...]) -> None:
    recorded = Recorded(Asked(voices))
    recorded.goes_on(20)
    recorded.settles()
    assert recorded.voices.remarks == remarks
    recorded.voices.erase()


def test_words_without_any_turn_are_said_to_be_nobodys() -> None:
    recorded = Recorded(Asked())
    recorded.goes_on(1)  # too short for a turn of this diarization's
    recorded.settles()
    assert recorded.asked.clustered and recorded.speakers(0.2) == ("",)
    assert recorded.voices.remarks == (Remark.UNATTRIBUTED,)
    recorded.voices.erase()


def test_sound_that_was_too_loud_is_said(recorded: Recorded) -> None:
    recorded.goes_on(2)
    recorded.goes_on(2, level=1.0)
    recorded.settles()
    assert Remark.CLIPPED in recorded.voices.remarks


def test_no_sound_has_no_speakers(recorded: Recorded) -> None:
    assert recorded.settles() == []
    assert recorded.speakers() == ()
    assert recorded.asked.clustered == []


def test_what_was_kept_of_voices_is_overwritten_and_nobody_waits_any_more(asked: Asked) -> None:
    recorded = Recorded(asked)
    recorded.goes_on(14.5)
    kept = list(recorded.voices._embedded.values())
    assert [bytes(octets) for octets in kept] == [b"window 0", b"window 1"]
    asked.gate.clear()
    recorded.goes_on(4)
    assert recorded.voices.erase() == len("window 0window 1")
    assert asked.abandoned
    assert [bytes(octets) for octets in kept] == [bytes(8), bytes(8)]
    assert not any(samples.any() for samples in asked.given)


def test_its_repr_tells_sizes_only(recorded: Recorded) -> None:
    recorded.goes_on(12)
    assert repr(recorded.voices) == "<Voices, 1 windows>"

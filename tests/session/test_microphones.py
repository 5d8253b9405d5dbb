"""Two microphones that tell who speaks, or do not: then voices are told apart, and nothing of either is left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from kiskriv.session.microphones import Microphones
from kiskriv.session.voices import Voices
from kiskriv.speech.diarization import WINDOW
from kiskriv.transcript import SAMPLE_RATE, Chunk, Samples, Word
from kiskriv.vault import SealedSound, Vault
from tests.session.test_voices import STEP, Asked


class Recorded:
    """Two microphones, what they heard, and what listens to it."""

    def __init__(self, *parts: Samples) -> None:
        self.asked = Asked()
        self.sound = SealedSound(Vault())
        self.microphones = Microphones(Voices(self.asked, STEP))
        for part in parts:
            for start in range(0, part.shape[1], SAMPLE_RATE):
                samples = self.sound.append(part[:, start : start + SAMPLE_RATE])
                self.microphones.listen(Chunk(self.sound.length - samples.shape[1], samples), self.sound)


def turns(seconds: int, *, leak: float = 0.1) -> Samples:
    """Noise that comes and goes as syllables do, from the first microphone's side and the second's in turns of two seconds."""
    random = np.random.default_rng(5)
    time = np.arange(seconds * SAMPLE_RATE) / SAMPLE_RATE
    voice = random.normal(0, 0.1, len(time)) * (np.sin(2 * np.pi * 4 * time) > 0)
    first = time % 4 < 2
    quiet = random.normal(0, 0.0005, (2, len(time)))
    sides = np.stack([np.where(first, voice, leak * voice), np.where(first, leak * voice, voice)])
    return (sides + quiet).astype(np.float32)


def words(*starts: float) -> list[Word]:
    return [Word(start, start + 0.5, "hei", 0.9) for start in starts]


def test_microphones_that_tell_who_speaks_need_no_model() -> None:
    recorded = Recorded(turns(24))
    asked = len(recorded.asked.lengths)
    assert list(recorded.microphones.settle(recorded.sound)) == []
    assert recorded.microphones.attribute(words(12.5, 14.5)) == ("0", "1")
    assert len(recorded.asked.lengths) == asked and recorded.asked.clustered == []


def test_where_they_do_not_voices_are_numbered_beyond_the_microphones() -> None:
    recorded = Recorded(np.repeat(turns(24)[:1], 2, axis=0))
    list(recorded.microphones.settle(recorded.sound))
    assert recorded.microphones.attribute(words(0.5, 2.5)) == ("2", "3")
    recorded.asked.gate.set()


def test_what_the_microphones_told_before_is_not_believed_when_they_cannot_tell_at_the_end() -> None:
    recorded = Recorded(np.repeat(turns(24)[:1], 2, axis=0))
    recorded.microphones._apart = recorded.microphones._channels._apart = True  # as if it had been so some time ago
    list(recorded.microphones.settle(recorded.sound))
    assert recorded.microphones.attribute(words(0.5, 2.5)) == ("2", "3")
    assert len(recorded.asked.clustered[0]) == len(recorded.asked.lengths), "voices were listened to all the time"


def test_words_without_a_voice_stay_so() -> None:
    recorded = Recorded(np.zeros((2, 3 * SAMPLE_RATE), np.float32))
    assert recorded.microphones.attribute(words(0.5)) == ("",)


def test_nothing_of_either_is_left() -> None:
    recorded = Recorded(np.repeat(turns(24)[:1], 2, axis=0))
    list(recorded.microphones.settle(recorded.sound))
    kept = list(recorded.microphones._voices._embedded.values())
    assert kept
    of_channels = Recorded(turns(24)[:, :0]).microphones._channels.erase()
    assert recorded.microphones.erase() > sum(map(len, kept)) + of_channels
    assert not any(any(octets) for octets in kept)
    assert recorded.asked.abandoned


def test_what_is_whose_where_both_speak_depends_on_no_later_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Recorded(turns(24))
    judged: list[int] = []

    def own(heard: Sequence[Word], until: int) -> tuple[bool, ...]:
        judged.append(until)
        return (True,) * len(heard)

    monkeypatch.setattr(recorded.microphones._channels, "own", own)
    recorded.microphones.untangled(words(1.0), (words(1.0), words(1.0)), [(0, WINDOW), (WINDOW, 2 * WINDOW)])
    assert judged == [2 * WINDOW]

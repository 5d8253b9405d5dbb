"""What is played is heard, piece after piece, and nothing of it is left; where nothing can be played that is one clear error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from kiskriv.capture import Loudspeaker, devices, loudspeaker
from kiskriv.errors import LoudspeakerMissing
from kiskriv.transcript import SAMPLE_RATE, Samples
from tests.capture.test_files import TONE, pitch, tone
from tests.capture.test_microphone import PortAudioError, plugged_in

PIECE = SAMPLE_RATE // 4


class Speaker:
    """A stand-in for the sounddevice module with one loudspeaker, which goes away when so many samples were `written`."""

    PortAudioError = PortAudioError

    def __init__(
        self, rate: int = SAMPLE_RATE, *, there: bool = True, opens: bool = True, until: int = 1 << 30
    ) -> None:
        self.rate, self.there, self.opens, self.until = rate, there, opens, until
        self.written, self.events = np.zeros(0, np.float32), list[str]()
        self._initialized = 1

    def _terminate(self) -> None:
        self._initialized -= 1

    def _initialize(self) -> None:
        self._initialized += 1

    def query_devices(self, device: None, kind: str) -> dict[str, Any]:
        if not self.there:
            raise PortAudioError
        return {"default_samplerate": float(self.rate)}

    def check_output_settings(self, device: None, channels: int, dtype: str, samplerate: int) -> None:
        if samplerate != self.rate or not self.rate:
            raise PortAudioError

    def OutputStream(self, **settings: Any) -> Speaker:  # noqa: N802 - sounddevice's name
        if not self.opens:
            raise PortAudioError
        return self

    def write(self, samples: Samples) -> None:
        if self.written.size >= self.until:
            raise PortAudioError
        self.written = np.append(self.written, samples)

    def start(self) -> None:
        self.events.append("start")

    def stop(self, ignore_errors: bool) -> None:
        self.events.append("stop")

    def close(self, ignore_errors: bool) -> None:
        self.events.append("close")


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loudspeaker, "streams", devices.Streams())


def pieces(count: int = 4) -> list[Samples]:
    return [piece.copy() for piece in np.split(tone(count * PIECE / SAMPLE_RATE), count, axis=1)]


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_pieces_are_played_one_after_the_other_at_the_loudspeakers_rate(rate: int) -> None:
    with plugged_in(Speaker(rate)) as speaker:
        assert len(list(Loudspeaker().play(pieces()))) == 4
    assert speaker.events == ["start", "stop", "close"]
    assert speaker.written.size == pytest.approx(rate, rel=0.01)
    assert pitch(speaker.written[: rate // 2]) * rate / SAMPLE_RATE == pytest.approx(TONE, abs=4)
    if rate == SAMPLE_RATE:
        assert np.array_equal(speaker.written, tone(1)[0])


def test_a_piece_is_asked_for_when_it_is_needed_and_wiped_when_it_was_played() -> None:
    asked = list[Samples]()

    def asking() -> Iterator[Samples]:
        for piece in pieces():
            assert not np.hstack([np.zeros(1), *[before[0] for before in asked]]).any()
            asked.append(piece)
            yield piece

    with plugged_in(Speaker()):
        for heard, _ in enumerate(Loudspeaker().play(asking())):
            assert len(asked) == heard + 1
    assert not np.hstack(asked).any()


def test_closed_it_ends_at_once() -> None:
    with plugged_in(Speaker()) as speaker:
        playing = Loudspeaker().play(pieces())
        next(playing)
        next(playing)
        playing.close()
    assert speaker.events == ["start", "close"]
    assert speaker.written.size == PIECE


@pytest.mark.parametrize(
    ("speaker", "problem"),
    [
        (None, "PortAudio is not installed"),
        (Speaker(there=False), "none is connected"),
        (Speaker(rate=0), "cannot be opened"),
        (Speaker(opens=False), "cannot be opened"),
        (Speaker(until=PIECE), "went away while it played"),
    ],
)
def test_a_loudspeaker_that_cannot_be_used_is_one_clear_error(speaker: Any, problem: str) -> None:
    played = pieces()
    with plugged_in(speaker), pytest.raises(LoudspeakerMissing, match=problem) as raised:
        list(Loudspeaker().play(played))
    assert raised.value.__context__ is None
    assert speaker is None or not speaker.events or speaker.events == ["start", "close"]
    assert problem != "went away while it played" or not np.hstack(played[:2]).any()

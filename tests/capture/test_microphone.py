"""A microphone gives what it hears, is one clear error where there is none, and is let go of, whatever happens."""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from kiskriv.capture import LIVE_CHUNK, Microphone, devices, soundserver
from kiskriv.capture import microphone as the_module
from kiskriv.capture.devices import Streams
from kiskriv.errors import MicrophoneLost, MicrophoneMissing
from kiskriv.transcript import SAMPLE_RATE, Chunk
from tests.capture.test_files import TONE, gapless, pitch, tone

GIVEN_UP = 5.0
"""Seconds after which what was promised does not come."""


class PortAudioError(Exception):
    pass


class CallbackAbort(Exception):
    pass


class Device:
    """A stand-in for the sounddevice module with one microphone, which says `blocks` of a tone each time it is opened.

    Like PortAudio it knows what there was when it was initialised: what is put into `next` is seen after that.
    """

    PortAudioError, CallbackAbort = PortAudioError, CallbackAbort

    def __init__(
        self, rate: int = SAMPLE_RATE, channels: int = 1, blocks: int = 5, *, opens: bool = True, name: str = "Bord"
    ) -> None:
        self.rate, self.channels, self.blocks, self.opens, self.name = rate, channels, blocks, opens, name
        self.active = False
        self.events: list[str] = []
        self._initialized = 1
        self.next: dict[str, Any] = {}

    def unplug(self, **then: Any) -> None:
        """The stream ends; what is plugged in `then` has these properties."""
        self.next, self.active, self.name = {"name": "", **then}, False, ""

    def _exit_handler(self) -> None:
        """What sounddevice does at exit."""

    def _terminate(self) -> None:
        assert not self.active
        self._initialized -= 1

    def _initialize(self) -> None:
        self._initialized += 1
        for name, value in self.next.items():
            setattr(self, name, value)

    def query_devices(self, device: str | None, kind: str) -> dict[str, Any]:
        if not self.name or (device or "") not in self.name:
            raise ValueError(device)
        found = {"name": self.name, "index": 7, "max_input_channels": self.channels}
        return {**found, "default_samplerate": float(self.rate)}

    def check_input_settings(self, device: Any, channels: int, dtype: str, samplerate: int) -> None:
        if samplerate != self.rate:
            raise PortAudioError(samplerate)

    def InputStream(self, callback: Any, blocksize: int, **settings: Any) -> Device:  # noqa: N802 - sounddevice's name
        if not self.opens:
            raise PortAudioError(settings)
        self.callback, self.blocksize, self.wanted = callback, blocksize, settings["channels"]
        return self

    def start(self) -> None:
        self.active = True
        self.events.append("start")
        sound = tone(self.blocks * self.blocksize / self.rate, self.wanted, self.rate).T
        block = np.empty((self.blocksize, self.wanted), np.float32)  # PortAudio, too, uses one buffer again and again
        for at in range(0, len(sound), self.blocksize):
            block[:] = sound[at : at + self.blocksize]
            try:
                self.callback(block, self.blocksize, None, None)
            except CallbackAbort:
                self.active = False
                return

    def stop(self, ignore_errors: bool) -> None:
        self.events.append("stop")

    def close(self, ignore_errors: bool) -> None:
        self.active = False
        self.events.append("close")


class Heard:
    """What a microphone gave and told, in order, from a device that is unplugged once, and stopped in the end."""

    def __init__(self, device: Device, then: dict[str, Any], name: str | None = None, channels: int = 1) -> None:
        self.told, self.chunks = list[Any](), list[Chunk]()
        told = {"lost": lambda seconds: self.told.append(("lost", seconds)), "back": self.back}
        with plugged_in(device):
            self.microphone = Microphone(name, channels, **told)
            given_up = threading.Timer(GIVEN_UP, self.microphone.stop)
            given_up.start()
            for chunk in self.microphone.chunks():
                self.chunks.append(chunk)
                if len(self.chunks) == 1:
                    device.unplug(**then)
            given_up.cancel()
        self.sound = gapless(self.chunks, LIVE_CHUNK)

    def back(self, name: str) -> None:
        self.told.append(("back", name))
        self.microphone.stop()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_module, "RETRY", 0.01)
    monkeypatch.setattr(the_module, "LOYALTY", 0.1)
    monkeypatch.setattr(the_module, "streams", Streams())


@contextmanager
def plugged_in(device: Any) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "sounddevice", device)
        yield device


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_a_microphone_gives_what_it_hears_at_our_rate(rate: int, channels: int) -> None:
    with plugged_in(Device(rate, channels, blocks=12)) as device:
        microphone = Microphone("Bord", channels)
        assert (microphone.channels, device.events) == (channels, [])
        chunks = list[Chunk]()
        for chunk in microphone.chunks():
            chunks.append(chunk)
            microphone.stop()
    sound = gapless(chunks, LIVE_CHUNK)
    assert device.events == ["start", "stop", "close"]
    assert sound.shape == (channels, pytest.approx(1.2 * SAMPLE_RATE, abs=32))
    for channel in range(channels):
        assert pitch(sound[channel]) == pytest.approx(TONE * (1 + channel), abs=1)
    if rate == SAMPLE_RATE:
        assert np.array_equal(sound, tone(1.2, channels))


def test_a_microphone_that_was_plugged_in_since_the_last_one_is_found() -> None:
    with plugged_in(Device(name="")) as device:
        device.next = {"name": "Bord"}
        assert Microphone("Bord").channels == 1


def test_a_microphone_that_goes_away_and_comes_back_goes_on_by_itself() -> None:
    heard = Heard(Device(blocks=13), {"name": "Bord"}, "Bord")
    assert heard.told == [("lost", 1.3), ("back", "Bord")]
    assert np.array_equal(heard.sound, np.tile(tone(1.3), 2))


@pytest.mark.parametrize(
    ("name", "other"), [(None, "Hodesett"), ("Bord", "Hodesett"), ("Bord (hw:1,0)", "Bord (hw:2,0)")]
)
def test_where_it_does_not_come_back_another_one_goes_on(name: str | None, other: str) -> None:
    heard = Heard(Device(blocks=12, name=name or "Bord"), {"name": other}, name)
    assert heard.told == [("lost", 1.2), ("back", other)]
    assert np.array_equal(heard.sound, np.tile(tone(1.2), 2))


def test_another_one_may_have_another_rate() -> None:
    heard = Heard(Device(blocks=12), {"name": "Hodesett", "rate": 48_000})
    assert heard.sound.shape == (1, pytest.approx(2.4 * SAMPLE_RATE, abs=32))
    assert np.array_equal(heard.sound[:, : 12 * LIVE_CHUNK], tone(1.2))
    assert pitch(heard.sound[0, 12 * LIVE_CHUNK :]) == pytest.approx(TONE, abs=1)


def test_another_one_that_has_one_channel_stands_for_both() -> None:
    heard = Heard(Device(blocks=12, channels=2), {"name": "Hodesett", "channels": 1}, channels=2)
    assert np.array_equal(heard.sound, np.hstack([tone(1.2, 2), np.tile(tone(1.2), (2, 1))]))


def test_another_one_that_a_sound_server_puts_in_its_place_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    names = iter(["Bordmikrofon", "", "Bordmikrofon", "Hodesett", "Hodesett"])
    monkeypatch.setattr(soundserver, "microphone", lambda: next(names))
    monkeypatch.setattr(the_module, "LOOK", -1.0)
    told, chunks = list[str](), list[Chunk]()
    with plugged_in(Device(blocks=5)):
        microphone = Microphone(lost=lambda _: told.append("lost"), back=told.append)
        for chunk in microphone.chunks():
            chunks.append(chunk)
            microphone.stop()
    assert told == ["Hodesett"]
    assert np.array_equal(gapless(chunks, LIVE_CHUNK), tone(0.5))


def test_a_microphone_that_falls_silent_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_module, "PATIENCE", 0.15)
    told = list[float]()
    with plugged_in(Device(blocks=2)) as device:
        microphone = Microphone(lost=told.append, back=lambda _: microphone.stop())
        chunks = list(microphone.chunks())
    assert (told, len(chunks)) == ([0.2], 4)
    assert device.events[:3] == ["start", "close", "start"]


def test_a_microphone_that_is_waited_for_is_stopped_at_once() -> None:
    with plugged_in(Device()) as device:
        microphone = Microphone(lost=lambda _: microphone.stop())
        for _ in microphone.chunks():
            device.unplug()
    assert device.events == ["start", "close"]


def test_sound_that_nobody_takes_ends_the_recording_rather_than_leave_a_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_module, "BACKLOG", 0.5)
    chunks, block = list[Chunk](), np.full((LIVE_CHUNK, 1), 0.25, np.float32)
    with plugged_in(Device(blocks=1)) as device, pytest.raises(MicrophoneLost, match="0 seconds"):
        for chunk in Microphone().chunks():
            chunks.append(chunk)  # what was yielded before the error stands
            if len(chunks) == 1:
                with pytest.raises(CallbackAbort):
                    for _ in range(100):
                        device.callback(block, LIVE_CHUNK, None, None)
                device.active = False
    assert np.array_equal(gapless(chunks, LIVE_CHUNK), np.hstack([tone(0.1), np.tile(block.T, 5)]))


class Hanging:
    """A call that comes to its end when the block does."""

    def __init__(self) -> None:
        self._end = threading.Event()

    def __enter__(self) -> Hanging:
        return self

    def __call__(self, ignore_errors: bool = True) -> None:
        self._end.wait(GIVEN_UP)
        self.ended = True

    ended = False

    def __exit__(self, *_: object) -> None:
        in_time = not self.ended
        self._end.set()
        for thread in threading.enumerate():
            if thread is not threading.current_thread():
                thread.join(GIVEN_UP)
        assert in_time


def test_a_sound_system_that_hangs_does_not_hang_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "ANSWER", 0.1)
    with plugged_in(Device()) as device, Hanging() as device.stop:
        microphone = Microphone()
        chunks = list[Chunk]()
        for chunk in microphone.chunks():
            chunks.append(chunk)
            microphone.stop()
    assert len(chunks) == 5


def test_a_stream_that_is_never_let_go_of_is_left_behind_and_another_one_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(devices, "ANSWER", 0.1)
    told = list[Any]()
    with plugged_in(Device(blocks=3)) as device, Hanging() as device.close:
        microphone = Microphone(lost=told.append, back=lambda name: told.append(name) or microphone.stop())
        for chunk in microphone.chunks():
            if chunk.start == 0:
                device.active = False
    assert told == [pytest.approx(0.3), "Bord"]
    assert device.events == ["start", "start", "stop"]


def test_a_microphone_that_does_not_even_answer_when_it_is_opened_is_told_and_can_be_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module, name in ((the_module, "ANSWER"), (the_module, "WAKING")):
        monkeypatch.setattr(module, name, 0.1)
    told = list[float]()
    with plugged_in(Device()) as device, Hanging() as device.start:
        microphone = Microphone(lost=lambda seconds: told.append(seconds) or microphone.stop())
        assert list(microphone.chunks()) == []
    assert told == [0.0]


def test_what_is_not_let_go_of_hears_no_more_once_it_was_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "ANSWER", 0.1)
    with plugged_in(Device(blocks=1)) as device, Hanging() as device.close:
        microphone = Microphone()
        for _ in microphone.chunks():
            microphone.stop()
        assert microphone.hangs
        for _ in range(3):
            with pytest.raises(CallbackAbort):
                device.callback(np.ones((device.blocksize, 1), np.float32), device.blocksize, None, None)
    assert microphone._waiting.empty()


def test_what_was_not_taken_is_wiped() -> None:
    with plugged_in(Device()):
        microphone = Microphone()
        chunks = microphone.chunks()
        next(chunks)
        late = np.ones((1, 400), np.float32)
        microphone._waiting.put(the_module._Block(microphone._first, late))
        assert isinstance(chunks, Generator)
        chunks.close()
    assert not late.any()
    assert not microphone.hangs


def test_one_that_goes_away_and_is_not_let_go_of_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "ANSWER", 0.1)
    told = list[str]()
    with plugged_in(Device(blocks=3)) as device, Hanging() as device.close:
        microphone = Microphone(stuck=lambda: told.append("stuck") or microphone.stop())
        for chunk in microphone.chunks():
            if chunk.start == 0:
                device.active = False
    assert told == ["stuck"]


def test_leaving_in_the_middle_lets_go_of_the_microphone() -> None:
    with plugged_in(Device()) as device:
        chunks = Microphone().chunks()
        next(chunks)
        assert isinstance(chunks, Generator)
        chunks.close()
    assert device.events == ["start", "stop", "close"]


def test_a_stopped_microphone_is_not_opened() -> None:
    with plugged_in(Device()) as device:
        microphone = Microphone()
        microphone.stop()
        assert list(microphone.chunks()) == []
    assert device.events == []


@pytest.mark.parametrize(
    ("device", "name", "channels", "problem"),
    [
        (None, None, 1, "PortAudio is not installed"),
        (Device(), "Kari", 1, "none has this name"),
        (Device(), None, 2, "2 channels are wanted, it has 1"),
        (Device(rate=0), None, 1, "cannot be opened"),
        (Device(name=""), None, 1, "none is connected"),
    ],
)
def test_a_microphone_that_cannot_be_used_is_one_clear_error(
    device: Any, name: str | None, channels: int, problem: str
) -> None:
    if isinstance(device, Device) and device.rate == 0:
        device.check_input_settings = refuse  # type: ignore[method-assign]
    with plugged_in(device), pytest.raises(MicrophoneMissing, match=problem) as raised:
        Microphone(name, channels)
    assert "Kari" not in repr(raised.value)
    assert raised.value.__context__ is None


def refuse(*_: Any, **__: Any) -> None:
    raise PortAudioError


def test_a_microphone_that_does_not_open_is_one_clear_error() -> None:
    with plugged_in(Device(opens=False)), pytest.raises(MicrophoneMissing, match="cannot be opened"):
        list(Microphone().chunks())


def test_this_machine_has_a_microphone_or_says_that_it_has_none() -> None:
    try:
        microphone = Microphone()
    except MicrophoneMissing as missing:
        assert str(missing).startswith("no microphone can be used: ")
    else:
        assert microphone.channels == 1

"""Microphones are named as they are now: what was plugged in since the last look, too, unless a stream would break off for it."""

from __future__ import annotations

from typing import Any

import pytest

from kiskriv.capture import devices, microphones
from kiskriv.errors import MicrophoneMissing
from tests.capture.test_microphone import plugged_in

SPEAKER = {"name": "Høyttaler", "max_input_channels": 0}
TABLE = {"name": "Bord", "max_input_channels": 2}


class Sound:
    """A stand-in for the sounddevice module, which knows what there was when it was initialised."""

    PortAudioError = OSError

    def __init__(self, *found: dict[str, Any]) -> None:
        self.there, self.known, self._initialized = list(found), list(found), 1

    def _terminate(self) -> None:
        self._initialized -= 1

    def _initialize(self) -> None:
        self._initialized += 1
        self.known = list(self.there)

    def query_devices(self, name: str = "", kind: str = "") -> Any:
        if not kind:
            return self.known
        (found,) = (one for one in self.known if name in one["name"])
        return {"index": 3, "default_samplerate": 48_000.0, **found}

    def check_input_settings(self, device: int, channels: int, dtype: str, samplerate: int) -> None:
        pass

    def start(self) -> None:
        pass

    def close(self, ignore_errors: bool) -> None:
        pass


def test_microphones_are_listed_and_loudspeakers_are_not() -> None:
    with plugged_in(Sound(SPEAKER, TABLE)):
        assert microphones() == ("Bord",)
    with plugged_in(Sound(SPEAKER)), pytest.raises(MicrophoneMissing):
        microphones()


def test_what_was_plugged_in_is_seen_but_not_while_a_stream_is_open() -> None:
    with plugged_in(Sound(SPEAKER, TABLE)) as sound:
        sound.there.append({"name": "Hodesett", "max_input_channels": 1})
        stream = devices.streams.open(lambda: sound)
        assert microphones() == ("Bord",)
        devices.streams.close(stream)
        assert microphones() == ("Bord", "Hodesett")
        assert sound._initialized == 1


def test_a_stream_that_does_not_open_leaves_nothing_open() -> None:
    with plugged_in(Sound(SPEAKER)) as sound:
        sound.there.append(TABLE)
        with pytest.raises(ZeroDivisionError):
            devices.streams.open(lambda: 1 // 0)
        assert microphones() == ("Bord",)


def test_a_microphone_that_alsa_numbers_anew_is_known_again() -> None:
    with plugged_in(Sound({**TABLE, "name": "Bord: USB Audio (hw:2,0)"}, {**TABLE, "name": "Hodesett (hw:1,0)"})):
        assert devices.usable("Bord: USB Audio (hw:1,0)", 2).name == "Bord: USB Audio (hw:2,0)"
        with pytest.raises(MicrophoneMissing, match="none has this name"):
            devices.usable("Skjerm (hw:1,0)", 1)

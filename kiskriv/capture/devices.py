"""What the sound system knows: microphones by name, and which of them can be opened."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any

from kiskriv.errors import MicrophoneMissing
from kiskriv.transcript import SAMPLE_RATE

ANSWER = 2.0
"""Seconds that the sound system may take to stop or close a stream: where a server has crashed, one in five is never closed."""


@dataclass(frozen=True)
class Input:
    """A microphone that can be opened. `rate` in Hz: ours if it takes it, its own otherwise."""

    index: int
    name: str
    channels: int
    rate: int


class Streams:
    """What is open in this process: the sound system may be asked anew what there is only while nothing is."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open = 0

    def open(self, make: Callable[[], Any]) -> Any:
        """The stream that is made, running. Raises what PortAudio does."""
        with self._lock:
            self._open += 1
        try:
            stream = make()
        except BaseException:
            self._closed()
            raise
        try:
            stream.start()
        except BaseException:
            self.close(stream)
            raise
        return stream

    def close(self, stream: Any, *, finish: bool = False) -> bool:
        """At once, or after what it still has. False: the sound system does not let go of it, and it is left behind."""

        def closing() -> None:
            if finish:
                stream.stop(ignore_errors=True)
            stream.close(ignore_errors=True)
            self._closed()

        let_go = Thread(target=closing, daemon=True)
        let_go.start()
        let_go.join(ANSWER)
        if hangs := let_go.is_alive():
            leave_without_farewell()
        return not hangs

    def _closed(self) -> None:
        with self._lock:
            self._open -= 1

    def look_again(self) -> None:
        """Lets PortAudio see what was plugged in or out: it knows what there was when it was initialised."""
        sound = portaudio()
        with self._lock, suppress(sound.PortAudioError):
            if not self._open:
                while sound._initialized:
                    sound._terminate()
                sound._initialize()


streams = Streams()
"""Those of this process."""


def microphones() -> tuple[str, ...]:
    """The names of all that can be recorded from now. Raises MicrophoneMissing where there is nothing."""
    sound = portaudio()
    streams.look_again()
    names = tuple(str(found["name"]) for found in sound.query_devices() if found["max_input_channels"])
    if not names:
        raise MicrophoneMissing(problem="none is connected")
    return names


def usable(device: str | None, channels: int) -> Input:
    """The microphone that `device` is part of the name of, None the system's default; with so many channels. Raises MicrophoneMissing."""
    sound = portaudio()
    found = _found(sound, device)
    if found is None:
        raise MicrophoneMissing(problem="none is connected" if device is None else "none has this name")
    if found["max_input_channels"] < channels:
        raise MicrophoneMissing(problem=f"{channels} channels are wanted, it has {found['max_input_channels']}")
    for rate in (SAMPLE_RATE, int(found["default_samplerate"])):
        with suppress(ValueError, sound.PortAudioError):
            sound.check_input_settings(found["index"], channels, "float32", samplerate=rate)
            return Input(found["index"], str(found["name"]), channels, rate)
    raise MicrophoneMissing(problem="it cannot be opened; another program may hold it")


def leave_without_farewell() -> None:
    """What sounddevice does at exit would wait for a sound system that does not answer, and this process could never end."""
    atexit.unregister(portaudio()._exit_handler)


def portaudio() -> Any:
    """The sounddevice module: imported late, since it fails where there is no PortAudio. Raises MicrophoneMissing."""
    try:
        import sounddevice
    except (ImportError, OSError):
        sounddevice = None
    if sounddevice is None:
        raise MicrophoneMissing(problem="PortAudio is not installed")
    return sounddevice


def _found(sound: Any, device: str | None) -> Any:
    """What PortAudio knows of it, or None. ALSA numbers its devices in their names, "Table (hw:1,0)", and anew when one is plugged in."""
    names = (None,) if device is None else (device, device.rpartition(" (hw:")[0] or device)
    for name in names:
        with suppress(ValueError, sound.PortAudioError):
            if found := sound.query_devices(name, "input"):
                return found
    return None

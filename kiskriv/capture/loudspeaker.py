"""A stretch of what was recorded, heard again through PortAudio's default loudspeaker. Nothing is left of it when it was played."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import suppress
from typing import Any, Final

from kiskriv.capture.chunks import as_frames, samples_of
from kiskriv.capture.devices import portaudio, streams
from kiskriv.errors import LoudspeakerMissing, MicrophoneMissing
from kiskriv.transcript import SAMPLE_RATE, Samples

AHEAD: Final = 0.2
"""Seconds of sound that the sound system holds ready."""


class Loudspeaker:
    """What the system plays through by default. It is open only while it plays."""

    def play(self, pieces: Iterable[Samples]) -> Generator[None]:
        """Plays samples at 16 kHz, one piece of shape (1, n) after the other without a gap, and wipes them.

        Asks for a piece when it is needed, and yields when it begins to be heard. Closed, it ends with the piece that is heard. Raises
        LoudspeakerMissing.
        """
        import av

        sound = _system()
        rate = _usable_rate(sound)
        stream, all_heard = _opened(sound, rate), False
        resampler = av.AudioResampler("fltp", "mono", rate)
        try:
            for piece in pieces:
                yield
                try:
                    (frame,) = as_frames([piece], SAMPLE_RATE)
                    for at_its_rate in resampler.resample(frame):
                        _write(sound, stream, samples_of(at_its_rate).T)
                finally:
                    piece.fill(0)
            all_heard = True
        finally:
            streams.close(stream, finish=all_heard)


def _system() -> Any:
    """PortAudio, with what is plugged in now. Raises LoudspeakerMissing."""
    try:
        sound, problem = portaudio(), ""
    except MicrophoneMissing as missing:
        sound, problem = None, str(missing.facts["problem"])
    if sound is None:
        raise LoudspeakerMissing(problem=problem)
    streams.look_again()
    return sound


def _usable_rate(sound: Any) -> int:
    """Ours if the loudspeaker takes it, its own otherwise. Raises LoudspeakerMissing."""
    found = None
    with suppress(ValueError, sound.PortAudioError):
        found = sound.query_devices(None, "output")
    if not found:
        raise LoudspeakerMissing(problem="none is connected")
    for rate in (SAMPLE_RATE, int(found["default_samplerate"])):
        with suppress(ValueError, sound.PortAudioError):
            sound.check_output_settings(None, 1, "float32", samplerate=rate)
            return rate
    raise _occupied()


def _opened(sound: Any, rate: int) -> Any:
    """A stream that waits for sound. Raises LoudspeakerMissing."""

    def make() -> Any:
        return sound.OutputStream(samplerate=rate, channels=1, dtype="float32", latency=AHEAD)

    with suppress(ValueError, sound.PortAudioError):
        return streams.open(make)
    raise _occupied()


def _write(sound: Any, stream: Any, samples: Samples) -> None:
    """Samples of shape (n, 1); waits until there is room for them. Raises LoudspeakerMissing."""
    with suppress(sound.PortAudioError):
        stream.write(samples)
        return
    raise LoudspeakerMissing(problem="it went away while it played")


def _occupied() -> LoudspeakerMissing:
    return LoudspeakerMissing(problem="it cannot be opened; another program may hold it")

"""Any sound file becomes gapless chunks at 16 kHz; a bad one becomes one clear error, without its name."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
import wave
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from kiskriv.capture import FILE_CHUNK, LIVE_CHUNK, AudioFile
from kiskriv.errors import AudioUnreadable
from kiskriv.transcript import SAMPLE_RATE, Chunk, Samples

TONE = 440.0
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}
FORMATS = [("wav", "pcm_s16le"), ("flac", "flac"), ("mp3", "libmp3lame"), ("ogg", "libopus"), ("m4a", "aac")]


def tone(seconds: float, channels: int = 1, rate: int = SAMPLE_RATE) -> NDArray[np.float32]:
    """A tone, in the second channel an octave higher; 1 / channels of full scale."""
    time = np.arange(int(seconds * rate)) / rate
    return np.stack([np.sin(2 * np.pi * TONE * (1 + channel) * time) / 2 for channel in range(channels)]).astype("f4")


def write(path: Path, samples: NDArray[np.float32], codec: str, rate: int = SAMPLE_RATE) -> Path:
    with av.open(str(path), "w") as container:
        stream = cast(AudioStream, container.add_stream(codec, rate=rate, layout=LAYOUTS[len(samples)]))
        resampler = av.AudioResampler(stream.format, stream.layout, rate, stream.frame_size or 4_096)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=LAYOUTS[len(samples)])
        frame.sample_rate = rate
        for out in (*resampler.resample(frame), *resampler.resample(None), None):
            container.mux(stream.encode(out))
    return path


def gapless(chunks: list[Chunk], size: int) -> Samples:
    """The sound of chunks that follow each other, all of `size` but the last."""
    starts = [chunk.start for chunk in chunks]
    assert starts == [size * number for number in range(len(chunks))]
    assert all(chunk.samples.shape[1] == size for chunk in chunks[:-1])
    assert all(chunk.samples.dtype == np.float32 for chunk in chunks)
    return np.concatenate([chunk.samples for chunk in chunks], axis=1)


def pitch(sound: NDArray[np.float32]) -> float:
    return float(np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE)[np.abs(np.fft.rfft(sound)).argmax()])


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [16_000, 48_000])
@pytest.mark.parametrize(("suffix", "codec"), FORMATS)
def test_every_format_becomes_the_same_sound(tmp_path: Path, suffix: str, codec: str, rate: int, channels: int) -> None:
    source = AudioFile(write(tmp_path / f"a.{suffix}", tone(2.5, channels, rate), codec, rate))
    assert source.channels == channels
    sound = gapless(list(source.chunks()), FILE_CHUNK)
    assert sound.shape[0] == channels
    added = 0.15 if suffix in ("mp3", "ogg", "m4a") else 0  # lossy encoders add some at both ends
    assert sound.shape[1] == pytest.approx(2.5 * SAMPLE_RATE, abs=added * SAMPLE_RATE + 2)
    for channel in range(channels):
        assert pitch(sound[channel]) == pytest.approx(TONE * (1 + channel), abs=1)
        assert sound[channel].std() == pytest.approx(0.5 / 2**0.5, abs=0.03)


def test_many_channels_are_mixed_into_one(tmp_path: Path) -> None:
    source = AudioFile(write(tmp_path / "a.wav", tone(1, 6), "pcm_s16le"))
    sound = gapless(list(source.chunks()), FILE_CHUNK)
    assert (source.channels, sound.shape) == (1, (1, SAMPLE_RATE))
    assert sound.any()


def test_sound_at_our_rate_is_left_as_it_is(tmp_path: Path) -> None:
    samples = tone(1.23, 2)
    source = AudioFile(write(tmp_path / "a.wav", samples, "pcm_f32le"))
    assert np.array_equal(gapless(list(source.chunks()), FILE_CHUNK), samples)


def test_what_is_no_number_is_silence_and_what_is_too_loud_is_cut(tmp_path: Path) -> None:
    samples = np.array([[np.nan, np.inf, -np.inf, 3.0, -3.0, 0.5] * 1_000], np.float32)
    source = AudioFile(write(tmp_path / "a.wav", samples, "pcm_f32le"))
    assert gapless(list(source.chunks()), FILE_CHUNK)[0, :6].tolist() == [0, 1, -1, 1, -1, 0.5]


def test_a_file_of_one_second_and_one_of_one_sample(tmp_path: Path) -> None:
    for n in (SAMPLE_RATE, 1):
        source = AudioFile(write(tmp_path / f"{n}.wav", tone(1)[:, :n], "pcm_s16le"))
        assert [chunk.samples.shape for chunk in source.chunks()] == [(1, n)]


def test_a_file_can_be_heard_twice(tmp_path: Path) -> None:
    source = AudioFile(write(tmp_path / "a.flac", tone(2), "flac"))
    assert np.array_equal(gapless(list(source.chunks()), FILE_CHUNK), gapless(list(source.chunks()), FILE_CHUNK))


@pytest.mark.parametrize("speed", [None, 100])
@pytest.mark.parametrize("start", [0.5, 1.234])
def test_a_file_can_be_heard_from_the_middle(tmp_path: Path, start: float, speed: float | None) -> None:
    samples = tone(2.5, 2)
    source = AudioFile(write(tmp_path / "a.wav", samples, "pcm_f32le"), speed=speed, start=start)
    sound = gapless(list(source.chunks()), LIVE_CHUNK if speed else FILE_CHUNK)
    assert np.array_equal(sound, samples[:, round(start * SAMPLE_RATE) :])


def test_a_file_that_is_not_that_long_has_no_sound_there(tmp_path: Path) -> None:
    source = AudioFile(write(tmp_path / "a.wav", tone(2.5), "pcm_f32le"), start=2.5)
    assert list(source.chunks()) == []


def no_file(path: Path) -> None:
    """Nothing is there."""


def empty(path: Path) -> None:
    path.touch()


def folder(path: Path) -> None:
    path.mkdir()


def text(path: Path) -> None:
    path.write_text("Pasienten har hostet i ti dager.\n" * 50)


def noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(0).bytes(50_000))


def header_only(path: Path) -> None:
    path.write_bytes(write(path.with_suffix(".wav"), tone(1), "pcm_s16le").read_bytes()[:60])


def cut_short(path: Path) -> None:
    path.write_bytes(write(path.with_suffix(".m4a"), tone(1), "aac").read_bytes()[:2_000])


def picture(path: Path) -> None:
    with av.open(str(path), "w", format="image2") as container:
        stream = container.add_stream("png", rate=1)
        stream.width = stream.height = 16
        stream.pix_fmt = "rgb24"
        frame = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")
        container.mux([*stream.encode(frame), *stream.encode(None)])


BAD = [no_file, empty, folder, text, noise, header_only, cut_short, picture]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_a_file_without_sound_is_refused_before_anything_begins(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "Kari Nordmann.png"
    make(path)
    with pytest.raises(AudioUnreadable) as raised:
        AudioFile(path)
    assert "Kari" not in repr(raised.value) + str(raised.value) + raised.value.advice
    assert raised.value.__cause__ is raised.value.__context__ is None


def test_a_file_that_goes_away_is_unreadable(tmp_path: Path) -> None:
    source = AudioFile(write(tmp_path / "a.flac", tone(2), "flac"))
    (tmp_path / "a.flac").unlink()
    with pytest.raises(AudioUnreadable):
        list(source.chunks())


@pytest.mark.parametrize(("suffix", "codec"), [("flac", "flac"), ("mp3", "libmp3lame")])
def test_what_is_broken_in_the_middle_is_left_out(tmp_path: Path, suffix: str, codec: str) -> None:
    path = write(tmp_path / f"a.{suffix}", tone(20), codec)
    octets = bytearray(path.read_bytes())
    middle = len(octets) // 2
    octets[middle : middle + len(octets) // 10] = np.random.default_rng(0).bytes(len(octets) // 10)
    path.write_bytes(octets)
    sound = gapless(list(AudioFile(path).chunks()), FILE_CHUNK)
    assert 14 * SAMPLE_RATE < sound.shape[1] < 22 * SAMPLE_RATE
    assert pitch(sound[0, -2 * SAMPLE_RATE :]) == pytest.approx(TONE, abs=1)


def test_a_file_cut_off_is_heard_to_where_it_is_cut(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", tone(20), "flac")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    sound = gapless(list(AudioFile(path).chunks()), FILE_CHUNK)
    assert sound.shape[1] == pytest.approx(10 * SAMPLE_RATE, abs=2 * SAMPLE_RATE)


def hang_up(server: socket.socket, callers: list[Any]) -> None:
    """Notes who calls, until the server is shut down."""
    with suppress(OSError):
        while True:
            connection, caller = server.accept()
            callers.append(caller)
            connection.close()


def test_a_playlist_makes_nothing_ask_the_network(tmp_path: Path) -> None:
    callers = list[Any]()
    with socket.create_server(("127.0.0.1", 0)) as server:
        listening = threading.Thread(target=hang_up, args=(server, callers))
        listening.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/a.ts"
        for name in ("a.m3u8", "a.wav"):
            (tmp_path / name).write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\n{url}\n#EXT-X-ENDLIST\n")
            with pytest.raises(AudioUnreadable):
                AudioFile(tmp_path / name)
        server.shutdown(socket.SHUT_RDWR)
        listening.join()
    assert callers == []


def test_a_long_file_does_not_grow_in_memory(tmp_path: Path) -> None:
    path, seconds = tmp_path / "long.wav", 600
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframesraw(b"")
    octets = bytearray(path.read_bytes())
    size = 2 * seconds * SAMPLE_RATE
    octets[4:8], octets[40:44] = (36 + size).to_bytes(4, "little"), size.to_bytes(4, "little")
    path.write_bytes(octets)
    os.truncate(path, len(octets) + size)  # silence that takes no room on the disk
    source = AudioFile(path)
    tracemalloc.start()
    try:
        samples = sum(chunk.samples.shape[1] for chunk in source.chunks())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert samples == seconds * SAMPLE_RATE
    assert peak < 1_000_000


@pytest.mark.parametrize("speed", [1, 4])
def test_a_paced_file_takes_its_time(tmp_path: Path, speed: float) -> None:
    source = AudioFile(write(tmp_path / "a.wav", tone(0.45, 2), "pcm_s16le"), speed=speed)
    begun = time.monotonic()
    moments = [(time.monotonic() - begun, chunk) for chunk in source.chunks()]
    gapless([chunk for _, chunk in moments], LIVE_CHUNK)
    assert len(moments) == 5
    assert all(moment >= (c.start + c.samples.shape[1]) / SAMPLE_RATE / speed - 0.001 for moment, c in moments)


@pytest.mark.parametrize("speed", [1, None])
def test_stop_ends_a_file_at_once(tmp_path: Path, speed: float | None) -> None:
    source = AudioFile(write(tmp_path / "a.wav", tone(30), "pcm_s16le"), speed=speed)
    begun = time.monotonic()
    for count, _ in enumerate(source.chunks()):
        threading.Thread(target=source.stop).start()
        assert count < 25
    source.stop()
    assert list(source.chunks()) == []
    assert time.monotonic() - begun < 5


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = "import sys, kiskriv.capture; sys.exit('av' in sys.modules or 'sounddevice' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

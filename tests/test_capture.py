"""Any sound file becomes gapless chunks at 16 kHz, a bad one becomes one clear error, and a microphone is let go of, whatever happens."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
import wave
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from kiskriv import capture
from kiskriv.capture import FILE_CHUNK, LIVE_CHUNK, AudioFile, Microphone
from kiskriv.errors import AudioUnreadable, MicrophoneLost, MicrophoneMissing
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
    source = AudioFile(write(tmp_path / f"a.{suffix}", tone(2.5, channels, rate), codec, rate), paced=False)
    assert source.channels == channels
    sound = gapless(list(source.chunks()), FILE_CHUNK)
    assert sound.shape[0] == channels
    assert sound.shape[1] == pytest.approx(2.5 * SAMPLE_RATE, abs=0.15 * SAMPLE_RATE)  # encoders add some at both ends
    for channel in range(channels):
        assert pitch(sound[channel]) == pytest.approx(TONE * (1 + channel), abs=1)
        assert sound[channel].std() == pytest.approx(0.5 / 2**0.5, abs=0.03)


def test_many_channels_are_mixed_into_one(tmp_path: Path) -> None:
    source = AudioFile(write(tmp_path / "a.wav", tone(1, 6), "pcm_s16le"), paced=False)
    sound = gapless(list(source.chunks()), FILE_CHUNK)
    assert (source.channels, sound.shape) == (1, (1, SAMPLE_RATE))
    assert sound.any()


def test_sound_at_our_rate_is_left_as_it_is(tmp_path: Path) -> None:
    samples = tone(1.23, 2)
    source = AudioFile(write(tmp_path / "a.wav", samples, "pcm_f32le"), paced=False)
    assert np.array_equal(gapless(list(source.chunks()), FILE_CHUNK), samples)


def test_what_is_no_number_is_silence_and_what_is_too_loud_is_cut(tmp_path: Path) -> None:
    samples = np.array([[np.nan, np.inf, -np.inf, 3.0, -3.0, 0.5] * 1_000], np.float32)
    source = AudioFile(write(tmp_path / "a.wav", samples, "pcm_f32le"), paced=False)
    assert gapless(list(source.chunks()), FILE_CHUNK)[0, :6].tolist() == [0, 1, -1, 1, -1, 0.5]


def test_a_file_of_one_second_and_one_of_one_sample(tmp_path: Path) -> None:
    for n in (SAMPLE_RATE, 1):
        source = AudioFile(write(tmp_path / f"{n}.wav", tone(1)[:, :n], "pcm_s16le"), paced=False)
        assert [chunk.samples.shape for chunk in source.chunks()] == [(1, n)]


def test_a_file_can_be_heard_twice(tmp_path: Path) -> None:
    source = AudioFile(write(tmp_path / "a.flac", tone(2), "flac"), paced=False)
    assert np.array_equal(gapless(list(source.chunks()), FILE_CHUNK), gapless(list(source.chunks()), FILE_CHUNK))


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
        AudioFile(path, paced=False)
    assert "Kari" not in repr(raised.value) + str(raised.value) + raised.value.advice
    assert raised.value.__cause__ is raised.value.__context__ is None


def test_a_file_that_goes_away_is_unreadable(tmp_path: Path) -> None:
    source = AudioFile(write(tmp_path / "a.flac", tone(2), "flac"), paced=False)
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
    sound = gapless(list(AudioFile(path, paced=False).chunks()), FILE_CHUNK)
    assert 14 * SAMPLE_RATE < sound.shape[1] < 22 * SAMPLE_RATE
    assert pitch(sound[0, -2 * SAMPLE_RATE :]) == pytest.approx(TONE, abs=1)


def test_a_file_cut_off_is_heard_to_where_it_is_cut(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", tone(20), "flac")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    sound = gapless(list(AudioFile(path, paced=False).chunks()), FILE_CHUNK)
    assert sound.shape[1] == pytest.approx(10 * SAMPLE_RATE, abs=2 * SAMPLE_RATE)


def test_a_playlist_makes_nothing_ask_the_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/a.ts"
        playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\n{url}\n#EXT-X-ENDLIST\n"
        (tmp_path / "a.m3u8").write_text(playlist)
        (tmp_path / "a.wav").write_text(playlist)
        for name in ("a.m3u8", "a.wav"):
            with pytest.raises(AudioUnreadable):
                AudioFile(tmp_path / name, paced=False)
        with pytest.raises(BlockingIOError):
            server.accept()


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
    source = AudioFile(path, paced=False)
    tracemalloc.start()
    try:
        samples = sum(chunk.samples.shape[1] for chunk in source.chunks())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert samples == seconds * SAMPLE_RATE
    assert peak < 1_000_000


def test_a_paced_file_takes_its_time(tmp_path: Path) -> None:
    source = AudioFile(write(tmp_path / "a.wav", tone(0.45, 2), "pcm_s16le"), paced=True)
    begun = time.monotonic()
    moments = [(time.monotonic() - begun, chunk) for chunk in source.chunks()]
    gapless([chunk for _, chunk in moments], LIVE_CHUNK)
    assert len(moments) == 5
    assert all(moment >= (c.start + c.samples.shape[1]) / SAMPLE_RATE - 0.001 for moment, c in moments)


@pytest.mark.parametrize("paced", [True, False])
def test_stop_ends_a_file_at_once(tmp_path: Path, paced: bool) -> None:
    source = AudioFile(write(tmp_path / "a.wav", tone(30), "pcm_s16le"), paced=paced)
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


# -- the microphone ---------------------------------------------------------------------------------------------------------------


class PortAudioError(Exception):
    pass


class CallbackAbort(Exception):
    pass


class Device:
    """A stand-in for the sounddevice module with one microphone, which says `blocks` and then does what `after` says."""

    PortAudioError, CallbackAbort = PortAudioError, CallbackAbort

    def __init__(self, rate: int = SAMPLE_RATE, channels: int = 1, blocks: int = 5, *, opens: bool = True) -> None:
        self.rate, self.channels, self.blocks, self.opens = rate, channels, blocks, opens
        self.active = False
        self.events: list[str] = []

    def query_devices(self, device: str | None, kind: str) -> dict[str, Any]:
        if device not in (None, "Bord"):
            raise ValueError(device)
        return {"max_input_channels": self.channels, "default_samplerate": float(self.rate)}

    def check_input_settings(self, device: Any, channels: int, dtype: str, samplerate: int) -> None:
        if samplerate != self.rate:
            raise PortAudioError(samplerate)

    def InputStream(self, callback: Any, blocksize: int, **settings: Any) -> Device:  # noqa: N802 - sounddevice's name
        if not self.opens:
            raise PortAudioError(settings)
        self.callback, self.blocksize = callback, blocksize
        return self

    def start(self) -> None:
        self.active = True
        self.events.append("start")
        sound = tone(self.blocks * self.blocksize / self.rate, self.channels, self.rate).T
        block = np.empty((self.blocksize, self.channels), np.float32)  # PortAudio, too, uses one buffer again and again
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


def test_a_microphone_that_goes_away_is_lost_after_all_it_gave() -> None:
    with plugged_in(Device(blocks=13)) as device:
        chunks = list[Chunk]()
        with pytest.raises(MicrophoneLost, match="1 seconds"):
            for chunk in Microphone().chunks():
                chunks.append(chunk)
                device.active = False
    assert len(chunks) == 13
    assert device.events == ["start", "close"]


def test_a_microphone_that_falls_silent_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "PATIENCE", 0.15)
    with plugged_in(Device(blocks=2)) as device, pytest.raises(MicrophoneLost):
        list(Microphone().chunks())
    assert device.events == ["start", "close"]


def test_sound_that_nobody_takes_ends_the_recording_rather_than_leave_a_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "BACKLOG", 0.5)
    chunks = list[Chunk]()
    with plugged_in(Device(blocks=9)), pytest.raises(MicrophoneLost):
        for chunk in Microphone().chunks():
            chunks.append(chunk)  # what was yielded before the error stands
    assert np.array_equal(gapless(chunks, LIVE_CHUNK), tone(0.5))


def test_leaving_in_the_middle_lets_go_of_the_microphone() -> None:
    with plugged_in(Device()) as device:
        chunks = Microphone().chunks()
        next(chunks)
        assert isinstance(chunks, Generator)
        chunks.close()
    assert device.events == ["start", "close"]


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
        (SimpleNamespace(PortAudioError=PortAudioError, query_devices=lambda *_: None), None, 1, "none is connected"),
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


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[tuple[dict[str, str], subprocess.Popen[bytes]]]:
    """A PulseAudio of its own with a microphone that hums, and the environment in which ALSA finds it."""
    plugin = any(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so"))
    if not (plugin and shutil.which("pulseaudio") and shutil.which("pactl")):
        pytest.skip("no virtual microphone: needs pulseaudio, pulseaudio-utils and libasound2-plugins")
    (tmp_path / "run").mkdir(mode=0o700)
    (tmp_path / "asound.conf").write_text(
        "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"
    )
    places = {"HOME": tmp_path, "XDG_RUNTIME_DIR": tmp_path / "run", "ALSA_CONFIG_PATH": tmp_path / "asound.conf"}
    environment = {**os.environ, **{name: str(path) for name, path in places.items()}}
    modules = ["--load=module-sine-source rate=48000", "--load=module-native-protocol-unix"]
    server = subprocess.Popen(
        ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", *modules],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 10
    while subprocess.run(["pactl", "info"], env=environment, capture_output=True, check=False).returncode:
        if time.monotonic() > deadline or server.poll() is not None:
            server.kill()
            server.wait()
            pytest.skip("no virtual microphone: pulseaudio does not start here")
    yield environment, server
    server.kill()
    server.wait()


REAL = """
import os, signal, sys
from kiskriv.capture import Microphone
from kiskriv.errors import MicrophoneLost
microphone, samples, peak = Microphone(), 0, 0.0
try:
    for chunk in microphone.chunks():
        samples, peak = samples + chunk.samples.shape[1], max(peak, float(chunk.samples.max()))
        if samples == 8_000:
            os.kill(int(sys.argv[1]), signal.SIGKILL) if len(sys.argv) > 1 else microphone.stop()
    print("stopped", samples, peak)
except MicrophoneLost:
    print("lost", samples, peak)
"""


@pytest.mark.parametrize("end", ["stopped", "lost"])
def test_a_virtual_microphone_is_recorded_until_it_is_stopped_or_lost(
    pulse: tuple[dict[str, str], subprocess.Popen[bytes]], end: str
) -> None:
    environment, server = pulse
    command = [sys.executable, "-c", REAL, *([str(server.pid)] if end == "lost" else [])]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=True)
    how, samples, peak = run.stdout.split()
    assert how == end
    assert int(samples) >= 8_000
    assert float(peak) > 0.1

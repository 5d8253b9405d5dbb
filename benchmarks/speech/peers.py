"""kiskriv beside what one would use instead: the same sound, weights and cores; one after another.

Offline peers begin when the recording has stopped; live ones hear it at the pace of speech, as kiskriv does. kiskriv's CPU seconds are
those of all of its processes, the one that feeds it too; a server's are its own. Loading the weights counts for nobody.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.speech import house
from benchmarks.speech.sound import Played, ends_of_utterances, repeated, samples
from benchmarks.speech.table import p50, table
from kiskriv.demo import material
from kiskriv.evaluation.hearing import word_error_rate
from kiskriv.session.events import Transcribed
from kiskriv.speech.shapes import write
from kiskriv.transcript import SAMPLE_RATE, Role, Samples, Transcript, Utterance, Word
from kiskriv.weights import bundled

PEERS = Path(__file__).parents[2] / ".venv-peers" / "bin"
LONG = 20 * 60
"""Seconds of the long recording."""
SHORT = 48
"""Seconds at a true shape."""
STOPS = 5
"""Stops of the long recording whose median is its tail."""
LITTLE = 15
"""Tokens in three seconds of conversation: a live server decodes stretches of that length or longer, again and again."""
STARTING = 60.0
"""Seconds that a server may take."""

OFFLINE = ("sequential", "batched")
LIVE = ("WhisperLive", "WhisperLiveKit")
Cells = tuple[str, ...]
COLUMNS = ("", "CPU s per s of sound", "text ready after stop, s", "at 20 minutes, s", "word errors, %")


@dataclass(frozen=True)
class Row:
    """What one system took for so many seconds of sound, and what it said."""

    sound: float
    cpu: float
    ready: float
    text: str

    def cells(self, ready_long: float | None = None) -> Cells:
        """Without text there are no word errors."""
        errors = f"{100 * errors_in(self.text):.1f}" if self.text else "-"
        return (
            f"{self.cpu / self.sound:.3f}",
            f"{self.ready:.2f}",
            "-" if ready_long is None else f"{ready_long:.2f}",
            errors,
        )


def errors_in(text: str) -> float:
    """Word error rate against the demo's reference, in [0, 1]."""
    words = tuple(Word(0, 0, word, 1) for word in text.split())
    said = (Utterance(0, Role.UNKNOWN, "0", words),) if words else ()
    return word_error_rate(material().reference, Transcript("nb", said))


def kiskriv(model: Path, sound: Samples) -> Row:
    """At the pace of speech."""
    with house.house(model) as desk:
        before = house.cpu()
        with house.consultation(desk) as session:
            ready = house.tail(session, Played(sound))
            cpu = house.cpu() - before
            text = next(e.transcript.text for e in session.draft() if isinstance(e, Transcribed))
    return Row(sound.shape[1] / SAMPLE_RATE, cpu, ready, text)


def kiskriv_long(model: Path) -> float:
    """The median tail of a recording that goes on after 20 minutes, and is stopped again and again."""
    demo = samples()
    with house.house(model) as desk, house.consultation(desk) as session:
        house.tail(session, Played(repeated(LONG), hurried=LONG * SAMPLE_RATE))
        ends = np.linspace(0.2, 1, STOPS) * demo.shape[1]
        pieces = [demo[:, int(end) - 20 * SAMPLE_RATE : int(end)] for end in ends]
        return p50([house.tail(session, Played(piece, hurried=14 * SAMPLE_RATE)) for piece in pieces])


def offline(kind: str, model: Path, sound: Samples) -> Row:
    """faster-whisper in a fresh process, on a file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sound.wav"
        write_wav(sound, file)
        found = _printed([sys.executable, "-m", "benchmarks.speech.offline", kind, str(model), str(file)])
    return Row(sound.shape[1] / SAMPLE_RATE, found["cpu"], found["seconds"], found["text"])


def live(kind: str, model: Path, sound: Samples) -> Row:
    """A server in a fresh process, and its client in another."""
    with tempfile.TemporaryDirectory() as folder, _server(kind, model) as (address, pid):
        file = Path(folder) / "sound.f32"
        sound.tofile(file)
        client = str(Path(__file__).with_name("live_client.py"))
        found = _printed([str(PEERS / "python"), client, kind, address, str(file), str(pid)])
    return Row(sound.shape[1] / SAMPLE_RATE, found["cpu"], found["tail"], found["text"])


def write_wav(sound: Samples, file: Path) -> None:
    """16-bit samples."""
    with av.open(str(file), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=SAMPLE_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray((sound * 32767).astype(np.int16), format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


@contextmanager
def _server(kind: str, model: Path) -> Iterator[tuple[str, int]]:
    """One that listens. Raises OSError where it is not installed, or does not come to that."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command, path = {
        "WhisperLive": (
            ["python", "-c", "from whisper_live.server import TranscriptionServer as S; import sys; "
             "S().run('127.0.0.1', int(sys.argv[1]), 'faster_whisper', sys.argv[2], single_model=True)", str(port), str(model)],
            "",
        ),
        "WhisperLiveKit": (
            ["whisperlivekit-server", "--host", "127.0.0.1", "--port", str(port), "--backend", "faster-whisper",
             "--backend-policy", "localagreement", "--model-path", str(model), "--language", "no", "--pcm-input", "--warmup-file", ""],
            "/asr",
        ),
    }[kind]  # fmt: skip
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [str(PEERS / command[0]), *command[1:]], env={**os.environ, "HF_HUB_OFFLINE": "1"}, stdout=log, stderr=log
        )
        try:
            _wait_for(server, port)
            yield f"ws://127.0.0.1:{port}{path}", server.pid
        except OSError as error:
            log.seek(0)
            raise OSError(f"{error}. It said last: {_last_line(log.read())}") from None
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + STARTING
    while not _answers(port):
        if server.poll() is not None or time.monotonic() > until:
            raise OSError("the server does not start")
        time.sleep(0.2)


def _answers(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def _printed(command: list[str]) -> Any:
    """The JSON that a program printed. Raises OSError with the last line of its complaint."""
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise OSError(_last_line(done.stderr))
    return json.loads(done.stdout)


def _last_line(octets: bytes) -> str:
    return octets.decode("utf-8", "replace").strip().rpartition("\n")[2]


def with_the_demo_model() -> Iterator[Cells]:
    """What is said counts, too. The sound stops at the last word: none has silence in which to catch up."""
    model, demo = bundled(), samples()[:, : ends_of_utterances()[-1]]
    yield "**kiskriv**, live", *kiskriv(model, demo).cells(kiskriv_long(model))
    for kind in OFFLINE:
        yield (
            f"faster-whisper, {kind}, after stop",
            *offline(kind, model, demo).cells(offline(kind, model, repeated(LONG)).ready),
        )
    for kind in LIVE:
        yield _tried(kind, model, demo, 4)


def with_a_true_shape(folder: Path) -> Iterator[Cells]:
    """These weights say as much of any sound; live servers, which decode short stretches, get weights that say little."""
    model, little = write(folder / "base", "base"), write(folder / "little", "base", tokens=LITTLE)
    short = samples()[:, : SHORT * SAMPLE_RATE]
    yield "**kiskriv**, live", *kiskriv(model, short).cells()[:2]
    for kind in OFFLINE:
        yield f"faster-whisper, {kind}, after stop", *offline(kind, model, short).cells()[:2]
    for kind in LIVE:
        yield _tried(kind, little, short, 2)


def main() -> None:
    """Prints both tables."""
    table("Beside the peers: the demo consultation, the demo model", COLUMNS, with_the_demo_model())
    with tempfile.TemporaryDirectory() as folder:
        title = f"Beside the peers: {SHORT} s of it, the shape of Whisper base"
        table(title, COLUMNS[:3], with_a_true_shape(Path(folder)))


def _tried(kind: str, model: Path, sound: Samples, figures: int) -> Cells:
    """A live server's row; what keeps it from running stands in the place of its figures."""
    try:
        found = live(kind, model, sound).cells()[:figures]
    except OSError as error:
        found = (f"does not run: {error}", *[""] * (figures - 1))
    return f"{kind}, live", *found


if __name__ == "__main__":
    main()

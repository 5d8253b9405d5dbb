"""Sound and models to test with. What is not here is skipped, and says so."""

from __future__ import annotations

import json
import shutil
import struct
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from kiskriv.capture import AudioFile
from kiskriv.machine import silence
from kiskriv.speech.asr import Whisper
from kiskriv.speech.live import Listener
from kiskriv.speech.vad import Silero
from kiskriv.speech.windows import Clip
from kiskriv.transcript import SAMPLE_RATE, Samples
from kiskriv.weights import bundled, demo_material, pin
from tests.speech.small_pyannote import stub_of_torchaudio

silence()

SHARED = Path(__file__).parents[3] / "shared"


def read(path: Path) -> Samples:
    """All of a file's sound, shape (channels, n)."""
    return np.concatenate([chunk.samples for chunk in AudioFile(path).chunks()], axis=1)


def clip_of(*spans: Samples) -> Clip:
    """Spans, shape (1, n) each, joined as the packer joins them."""
    return Clip(np.concatenate(spans, axis=1).astype(np.float32), tuple(span.shape[1] for span in spans))


def spans_of(clip: Clip) -> list[Samples]:
    """The sound of each span of a clip."""
    return np.split(clip.samples, np.cumsum(clip.lengths)[:-1], axis=1)


def heard_in(sound: Samples) -> list[Clip]:
    """The windows of a recording, shape (channels, n), as a session would have them decoded."""
    mono = sound.mean(axis=0, keepdims=True)
    ear = Listener()
    windows = ear.hear(mono) + ear.finish()
    return [clip_of(*(mono[:, start:end] for start, end in window.spans)) for window in windows]


@pytest.fixture(scope="session", autouse=True)
def stub() -> str:
    """What a program has to begin with here to import torchaudio; this one has."""
    needed = stub_of_torchaudio() if find_spec("torchaudio") else ""
    exec(needed, {})
    return needed


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo model; the prototype's where it is not trained yet."""
    if (bundled() / "model.bin").is_file():
        return bundled()
    prototype = SHARED / "prototype" / "demo-model"
    if not prototype.is_dir():
        pytest.skip("models/demo-no holds no model: run scripts/train-demo-model")
    folder = tmp_path_factory.mktemp("model") / "prototype"
    shutil.copytree(prototype, folder, copy_function=shutil.copyfile)
    folder.chmod(0o700)
    pin(folder, name="prototype", licence="Apache-2.0", source="shared/prototype")
    return folder


@pytest.fixture(scope="session")
def whisper(model_folder: Path) -> Whisper:
    return Whisper(model_folder)


@pytest.fixture(scope="session")
def silero() -> Silero:
    return Silero()


@pytest.fixture(scope="session")
def speech_data() -> Path:
    """Real and synthetic speech with sources and licences, outside the project."""
    folder = SHARED / "data" / "speech"
    if not folder.is_dir():
        pytest.skip("../shared/data/speech is not here")
    return folder


@pytest.fixture(scope="session")
def demo() -> Path:
    """The folder of the demo consultation."""
    if not (demo_material() / "consultation-stereo.flac").is_file():
        pytest.skip("demo/ holds no consultation: run scripts/make-demo-audio")
    return demo_material()


@pytest.fixture(scope="session")
def consultation(demo: Path) -> Samples:
    """The demo consultation as one microphone hears it, shape (1, n)."""
    return read(demo / "consultation.flac")


@pytest.fixture(scope="session")
def consultation_clips(consultation: Samples) -> list[Clip]:
    """The windows of the demo consultation."""
    return heard_in(consultation)


@pytest.fixture(scope="session")
def linguist(
    model_folder: Path,
    whisper: Whisper,
    speech_data: Path,
    consultation_clips: list[Clip],
    tmp_path_factory: pytest.TempPathFactory,
) -> Whisper:
    """The demo model, taught to tell English: it never learned what the tokens of the languages mean.

    What its decoder thinks where it should name the language is read off a copy in which these tokens have random rows; least squares
    finds the direction in which English (of one recording) and Norwegian (of every other window of the demo) lie apart; another copy has
    that direction in the row of English. All else it says as before.
    """
    english = heard_in(read(speech_data / "canvas-hyperscribe" / "lab-order-hypertension.mp3"))
    norwegian = [*consultation_clips[::2], *heard_in(read(speech_data / "synth" / "synth.wav"))]
    cuts = [
        [clip.samples for clip in clips[:4]]
        + [span for clip in clips for span in spans_of(clip) if span.shape[1] > 1.5 * SAMPLE_RATE]
        for clips in (english, norwegian)
    ]
    fewest = min(24, *(len(each) for each in cuts))
    lessons = [cut for each in cuts for cut in each[:fewest]]
    described = json.loads((model_folder / "config.json").read_text())
    names = json.loads((model_folder / "vocabulary.json").read_text())
    tokens = described["lang_ids"]
    octets = (model_folder / "model.bin").read_bytes()
    random = np.random.default_rng(0).normal(0, 0.05, (len(tokens), _rows(bytearray(octets))[0].shape[1]))
    random -= random.mean(axis=0)

    def taught(rows: dict[int, Samples], name: str) -> Whisper:
        folder = tmp_path_factory.mktemp("linguist") / name
        shutil.copytree(model_folder, folder, copy_function=shutil.copyfile)
        changed = bytearray(octets)
        values, scales = _rows(changed)
        for token, row in rows.items():
            scales[token] = 127 / np.abs(row).max()
            values[token] = np.round(row * scales[token])
        (folder / "model.bin").write_bytes(changed)
        return Whisper(folder)

    thinker = taught(dict(zip(tokens, random, strict=True)), "thinker")
    with whisper.listen(lessons) as heard:
        thoughts = thinker._model.detect_language(heard._all)
    likely = [dict(each) for each in thoughts]
    seen = np.log([[each[names[token]] for token in tokens] for each in likely])
    seen -= seen.mean(axis=1, keepdims=True)
    labels = np.repeat([1.0, -1.0], fewest)
    direction = np.linalg.solve(seen.T @ seen + np.eye(len(tokens)), seen.T @ labels) @ random
    values, scales = _rows(bytearray(octets))
    english_token, norwegian_token = names.index("<|en|>"), names.index("<|no|>")
    return taught({english_token: values[norwegian_token] / scales[norwegian_token] + 6 * direction}, "linguist")


def _rows(model: bytearray) -> tuple[np.ndarray, np.ndarray]:
    """The int8 rows of the decoder's embeddings in a CTranslate2 model file, and the scale of each, to be changed in place.

    A variable is its name and a zero, the octet of its rank, its shape in u32, its type, its size, and its values.
    """
    found = []
    for name, kind in (("decoder/embeddings/weight", np.int8), ("decoder/embeddings/weight_scale", np.float32)):
        at = model.index(name.encode() + b"\0") + len(name) + 1
        shape = struct.unpack_from(f"<{model[at]}I", model, at + 1)
        found.append(np.ndarray(shape, kind, model, at + 1 + 4 * model[at] + 5))
    return found[0], found[1]

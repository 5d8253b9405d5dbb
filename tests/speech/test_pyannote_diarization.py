"""pyannote behind the door `Diarization`: the turns are those of its own pipeline on the whole recording, and nobody is asked."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kiskriv.errors import ConfigError, KiskrivError, ModelError, ModelMissing, OutOfMemory
from kiskriv.machine import launch_environment
from kiskriv.speech import pyannote_diarization
from kiskriv.speech.diarization import MOST_EMBEDDED, WINDOW, windows
from kiskriv.speech.pyannote_diarization import MOST_VOICES, Pyannote, _in_order, _spread
from kiskriv.speech.within_memory import within_memory
from kiskriv.transcript import SAMPLE_RATE, Samples, Turn
from kiskriv.weights import DIARIZATION
from tests.speech import small_pyannote
from tests.speech.small_pyannote import CONFIG, chorus

installed = bool(find_spec("torch") and find_spec("pyannote") and find_spec("pyannote.audio"))
needs_extra = pytest.mark.skipif(
    not installed, reason="the extra `diarization` is not installed: run scripts/test-backends"
)
PATIENCE = 120.0
SECOND = SAMPLE_RATE
STEP = 5 * SECOND // 2
AGGLOMERATIVE = CONFIG.replace("VBx", "Agglomerative").replace(
    "Fa: 0.07\n    Fb: 0.8", "method: centroid\n    min_cluster_size: 12"
)
SILENT = 221
"""Octets of a window in which nobody speaks: 589 frames of three voices."""
FILES = [file for (file,) in DIARIZATION]
SEGMENTATION = "segmentation/pytorch_model.bin"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, consultation: Samples, demo: Path) -> Path:
    """A small model folder: it knows three voices of our making, and the two of the demo."""
    folder = tmp_path_factory.mktemp("model") / "pyannote"
    active = np.zeros((consultation.shape[1], 3), bool)
    for said in json.loads((demo / "consultation.json").read_text(encoding="utf-8"))["utterances"]:
        span = slice(round(said["start"] * SAMPLE_RATE), round(said["end"] * SAMPLE_RATE))
        active[span, ("practitioner", "patient").index(said["role"])] = True
    small_pyannote.write(folder, [chorus(120, seed=1), (consultation, active)])
    return folder


@pytest.fixture(scope="module")
def model(folder: Path) -> Pyannote:
    """In one thread: torch's threads wait for each other in vain where the cores are busy."""
    return Pyannote(folder, threads=1)


@pytest.fixture(scope="module")
def theirs(model: Pyannote, folder: Path) -> Any:
    """pyannote's own pipeline of the same folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from pyannote.audio import Pipeline
        from pyannote.audio.core.task import Problem, Resolution, Specifications

        known = [torch.torch_version.TorchVersion, Specifications, Problem, Resolution]
        with torch.serialization.safe_globals(known):
            return Pipeline.from_pretrained(folder)


@pytest.fixture(scope="module")
def sounds(request: pytest.FixtureRequest) -> dict[str, Samples]:
    """Sound of several lengths, beside the windows' ends and on them."""
    three, _ = chorus(24, seed=5)
    pause = np.zeros((1, 12 * SECOND), np.float32)
    noise = np.random.default_rng(3).normal(0, 0.05, (1, 13 * SECOND)).astype(np.float32)
    made = {
        "three voices": three,
        "a long pause": np.concatenate([three[:, : 9 * SECOND], pause, three[:, 9 * SECOND : 17 * SECOND]], axis=1),
        "3 s": three[:, : 3 * SECOND],
        "a blink": three[:, :100],
        "10 s": three[:, :WINDOW],
        "10.5 s": three[:, : WINDOW + SECOND // 2],
        "silence": pause,
        "noise": noise,
    }
    return {**made, "demo": request.getfixturevalue("consultation")[:, : 22 * SECOND + 1234]}


SOUNDS = ("three voices", "a long pause", "3 s", "a blink", "10 s", "10.5 s", "silence", "noise", "demo")


Embedded = Callable[[str, int], list[bytes]]


@pytest.fixture(scope="module")
def embedded(model: Pyannote, sounds: dict[str, Samples]) -> Embedded:
    """What is made of a sound's windows, at a step."""
    return cache(
        lambda name, step: model.embed([sounds[name][:, a:b] for a, b in windows(sounds[name].shape[1], step)])
    )


Live = Callable[[str, int], tuple[Turn, ...]]


@pytest.fixture(scope="module")
def live(model: Pyannote, sounds: dict[str, Samples], embedded: Embedded) -> Live:
    """What is told of a sound from its windows, at a step."""
    return cache(lambda name, step: model.cluster(embedded(name, step), step, sounds[name].shape[1]))


def offline(theirs: Any, sound: Samples, step: int, batch: int) -> tuple[Turn, ...]:
    """What pyannote's pipeline says of the whole recording; what it says of the time beyond the end is left out."""
    import torch

    theirs._segmentation.step = step / SAMPLE_RATE
    theirs.segmentation_batch_size = theirs.embedding_batch_size = batch
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said = theirs({"waveform": torch.from_numpy(sound), "sample_rate": SAMPLE_RATE}, max_speakers=MOST_VOICES)
    labels: dict[str, str] = {}
    end = sound.shape[1] / SAMPLE_RATE
    return tuple(
        Turn(segment.start, min(segment.end, end), labels.setdefault(label, str(len(labels))))
        for segment, _, label in said.exclusive_speaker_diarization.itertracks(yield_label=True)
        if segment.start < end
    )


def apart(some: Sequence[Turn], others: Sequence[Turn]) -> float:
    """Seconds in which two diarizations differ."""
    grids = []
    for turns in (some, others):
        grid = np.zeros(200_000, int)
        for turn in turns:
            grid[round(turn.start * 1000) : round(turn.end * 1000)] = int(turn.speaker) + 1
        grids.append(grid)
    return float((grids[0] != grids[1]).sum()) / 1000


@needs_extra
@pytest.mark.parametrize("step", [SECOND, STEP])
@pytest.mark.parametrize("name", SOUNDS)
def test_window_by_window_says_what_the_pipeline_says_of_the_whole(
    live: Live, theirs: Any, sounds: dict[str, Samples], name: str, step: int
) -> None:
    assert live(name, step) == offline(theirs, sounds[name], step, batch=1)


@needs_extra
def test_the_sounds_that_are_compared_have_something_to_compare(live: Live, embedded: Embedded) -> None:
    for name in ("three voices", "demo"):
        assert len({turn.speaker for turn in live(name, STEP)}) > 1, name
        assert len(live(name, STEP)) > 20, name
    assert live("silence", STEP) == ()
    active = {(len(octets) - SILENT) // 1024 for name in SOUNDS for octets in embedded(name, STEP)}
    assert active == {0, 1, 2, 3}  # voices in a window


@needs_extra
@pytest.mark.parametrize("name", ["three voices", "demo"])
def test_company_in_a_batch_changes_no_turn(
    live: Live, theirs: Any, folder: Path, sounds: dict[str, Samples], name: str
) -> None:
    """A frame on the edge between two voices may round otherwise in another batch: 17 ms each."""
    length = sounds[name].shape[1]
    in_fours = Pyannote(folder, batch=4, threads=1)
    octets = in_fours.embed([sounds[name][:, start:end] for start, end in windows(length, STEP)])
    turns = in_fours.cluster(octets, STEP, length)
    assert apart(turns, live(name, STEP)) < 0.1
    assert apart(turns, offline(theirs, sounds[name], STEP, batch=32)) < 0.1


@needs_extra
def test_one_alone_is_the_same_to_the_bit_in_any_company(model: Pyannote, sounds: dict[str, Samples]) -> None:
    together = model.embed([sounds["10 s"], sounds["3 s"], sounds["silence"][:, :WINDOW]])
    assert [model.embed([sounds[name]])[0] for name in ("10 s", "3 s")] == together[:2]
    assert model.embed([]) == []


@needs_extra
def test_voices_that_share_their_frames_sound_as_pyannote_computes_them_one_by_one(
    model: Pyannote, theirs: Any, sounds: dict[str, Samples]
) -> None:
    """Alone and in overlap, alone for a blink only, in overlap only, for a single frame."""
    import torch
    from pyannote.core import SlidingWindow, SlidingWindowFeature

    sound = torch.from_numpy(sounds["three voices"][:, : 2 * WINDOW])
    heard = np.zeros((2, model._frames, 3), np.float32)
    heard[0, 50:300, 0] = heard[0, 200:400, 1] = heard[0, 500, 2] = 1
    heard[1, 100:202, 0] = heard[1, 100:200, 2] = 1
    with torch.inference_mode():
        found = model._sounding(sound.reshape(2, 1, WINDOW), heard)
    every = SlidingWindow(start=0.0, duration=10.0, step=10.0)
    expected, whole = (
        theirs.get_embeddings(
            {"waveform": sound, "sample_rate": SAMPLE_RATE}, SlidingWindowFeature(heard, every), exclude_overlap=apart
        )
        for apart in (True, False)
    )
    active = heard.any(axis=1)
    assert found[active] == pytest.approx(expected[active], rel=1e-4, abs=1e-5)
    assert np.abs(whole[0, 0] - expected[0, 0]).max() > 1e-3  # it matters that overlap is left out


@needs_extra
def test_turns_are_in_order_and_apart_and_numbered_by_the_first(live: Live, sounds: dict[str, Samples]) -> None:
    for name, sound in sounds.items():
        turns = live(name, STEP)
        assert all(a.end <= b.start for a, b in pairwise(turns)), name
        assert all(0 <= turn.start < turn.end <= sound.shape[1] / SAMPLE_RATE for turn in turns), name
        first = list(dict.fromkeys(turn.speaker for turn in turns))
        assert first == [str(number) for number in range(len(first))], name


def test_what_overlaps_is_cut_and_what_lies_beyond_the_end_is_left_out() -> None:
    from types import SimpleNamespace as Segment

    tracks = [
        (Segment(start=a, end=b), "", who)
        for a, b, who in [(1, 3, 7), (2, 4, 2), (2.5, 3.5, 7), (5, 9, 2), (8.5, 9, 1)]
    ]
    assert _in_order(iter(tracks), 8.0) == (Turn(1, 3, "0"), Turn(3, 4, "1"), Turn(5, 8, "1"))


@needs_extra
def test_octets_are_few_and_never_none(embedded: Embedded) -> None:
    assert all(0 < len(octets) <= MOST_EMBEDDED for name in SOUNDS for octets in embedded(name, STEP))


@needs_extra
def test_a_window_that_could_not_be_looked_at_counts_as_silence(
    model: Pyannote, sounds: dict[str, Samples], embedded: Embedded
) -> None:
    length = sounds["three voices"].shape[1]
    octets = embedded("three voices", STEP)
    (silent,) = model.embed([np.zeros((1, WINDOW), np.float32)])
    gone = model.cluster([octets[0], b"", b"", *octets[3:]], STEP, length)
    assert gone == model.cluster([octets[0], silent, silent, *octets[3:]], STEP, length)
    assert gone != model.cluster(octets, STEP, length)
    assert model.cluster([b""] * len(octets), STEP, length) == ()
    assert model.cluster([], SECOND, 0) == ()


@needs_extra
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_heard_in_the_windows_is_put_together_as_the_pipeline_does(
    model: Pyannote, theirs: Any, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Voices that come and go, also two and three at once, of persons that sound more or less different."""
    from pyannote.core import SlidingWindow, SlidingWindowFeature

    random = np.random.default_rng(seed)
    spans = windows(WINDOW + 60 * STEP + 100, STEP)
    heard = np.zeros((len(spans), model._frames, model._voices), np.float32)
    for window in heard:
        for voice in range(random.integers(model._voices + 1)):
            for start in random.integers(0, model._frames, 3):
                window[start : start + random.integers(1, 200), voice] = 1
    persons = random.normal(size=(4, model._dimension))[random.integers(0, 4, heard.shape[::2])]
    sounding = (persons + random.normal(0, seed / 10, persons.shape)).astype(np.float32)
    active = heard.any(axis=1)
    octets = [
        np.packbits(who.astype(bool)).tobytes() + how[there].tobytes()
        for who, how, there in zip(heard, sounding, active, strict=True)
    ]
    every = SlidingWindow(start=0.0, duration=WINDOW / SAMPLE_RATE, step=STEP / SAMPLE_RATE)
    monkeypatch.setattr(theirs, "get_segmentations", lambda *_, **__: SlidingWindowFeature(heard.copy(), every))
    monkeypatch.setattr(theirs, "get_embeddings", lambda *_, **__: sounding.copy())
    silence = np.zeros((1, spans[-1][1]), np.float32)
    turns = model.cluster(octets, STEP, silence.shape[1])
    assert turns == offline(theirs, silence, STEP, batch=1)
    assert len({turn.speaker for turn in turns}) > 1
    assert (heard.sum(axis=2) > 1).any()


@needs_extra
@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_octets_may_be_such_as_can_be_wiped(
    model: Pyannote, sounds: dict[str, Samples], embedded: Embedded, kind: Callable[[bytes], Any]
) -> None:
    octets, length = embedded("demo", STEP), sounds["demo"].shape[1]
    some = [octets[0], b"", *octets[2:]]
    assert model.cluster([kind(each) for each in some], STEP, length) == model.cluster(some, STEP, length) != ()


def spoken(model: Pyannote, persons: Sequence[int], seed: int = 1) -> list[bytes]:
    """Windows of one voice each, of persons that sound very different."""
    random = np.random.default_rng(seed)
    active = np.zeros((model._frames, model._voices), bool)
    active[:, 1] = True
    sounds = np.linalg.qr(random.normal(size=(model._dimension, model._dimension)))[0][list(persons)]
    noisy = (sounds + random.normal(0, 1e-3, sounds.shape)).astype(np.float32)
    return [np.packbits(active).tobytes() + sound.tobytes() for sound in noisy]


@needs_extra
@pytest.mark.parametrize("persons", [1, 2, 5, 9])
def test_no_more_than_five_are_told_apart(model: Pyannote, persons: int) -> None:
    octets = spoken(model, np.arange(90) // 10 % persons)
    turns = model.cluster(octets, WINDOW, 90 * WINDOW)
    assert len({turn.speaker for turn in turns}) == min(persons, MOST_VOICES)


@needs_extra
def test_what_vbx_prints_is_not_heard(
    model: Pyannote, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from pyannote.audio.pipelines import clustering

    vbx = clustering.cluster_vbx
    monkeypatch.setattr(
        clustering, "cluster_vbx", lambda *given, **named: sys.stdout.write("W") and vbx(*given, **named)
    )
    assert model.cluster(spoken(model, [0, 1, 0, 1]), WINDOW, 4 * WINDOW)
    assert capfd.readouterr() == ("", "")


@needs_extra
def test_persons_are_found_from_a_bounded_number_of_voices_evenly_over_the_recording(
    model: Pyannote, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyannote.audio.pipelines import clustering

    linked: list[int] = []
    linkage = clustering.linkage
    monkeypatch.setattr(clustering, "linkage", lambda seen, **named: linked.append(len(seen)) or linkage(seen, **named))
    octets = spoken(model, [0] * 50 + [1] * 50)
    turns = model.cluster(octets, WINDOW, 100 * WINDOW)
    monkeypatch.setattr(pyannote_diarization, "MOST_LEARNED", 20)
    assert model.cluster(octets, WINDOW, 100 * WINDOW) == turns
    assert linked == [100, 20]
    assert {turn.speaker for turn in turns} == {"0", "1"}


def test_what_is_left_of_many_is_spread_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyannote_diarization, "MOST_LEARNED", 5)
    for n, kept in [(0, []), (1, [0]), (5, [0, 1, 2, 3, 4]), (9, [0, 2, 4, 6, 8])]:
        rows = np.arange(n)
        assert [list(part) for part in _spread(lambda rows: (rows, -rows), rows)] == [kept, [-row for row in kept]]


@needs_extra
@pytest.mark.parametrize("shape", [(1, 0), (1, WINDOW + 1), (2, SECOND), (SECOND,)])
def test_a_window_of_another_shape_is_refused(model: Pyannote, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="windows"):
        model.embed([np.zeros((1, SECOND), np.float32), np.zeros(shape, np.float32)])


@needs_extra
def test_octets_of_something_else_are_refused(model: Pyannote, embedded: Embedded) -> None:
    (octets,) = embedded("10 s", SECOND)
    for wrong in (octets[:-1], octets[:-4], octets + b"1234", octets[:50], b"x"):
        with pytest.raises(ValueError):
            model.cluster([wrong], SECOND, WINDOW)
    with pytest.raises(ValueError, match="length"):
        model.cluster([octets], SECOND, 2 * WINDOW)


@needs_extra
def test_the_sound_of_the_caller_is_left_alone(model: Pyannote, sounds: dict[str, Samples]) -> None:
    mine = sounds["10 s"].copy()
    model.embed([mine])
    assert np.array_equal(mine, sounds["10 s"])


WITH_LITTLE_MEMORY = """
import resource, sys
from pathlib import Path

import numpy as np

from kiskriv.errors import OutOfMemory
from kiskriv.speech.pyannote_diarization import Pyannote

model = Pyannote(Path(sys.argv[1]), batch=200, threads=1)
noise = np.random.default_rng(1).normal(0, 0.1, (1, 160000)).astype(np.float32)
alone = model.embed([noise])
taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
_, most = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (taken + (200 << 20), most))
try:
    model.embed([noise] * 200)
except OutOfMemory:
    print(model.embed([noise]) == alone)
"""


@needs_extra
@pytest.mark.skipif(sys.platform != "linux", reason="/proc and RLIMIT_AS are Linux's")
def test_a_batch_that_does_not_fit_is_one_clear_error_and_it_goes_on(folder: Path, stub: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", stub + WITH_LITTLE_MEMORY, str(folder)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to, copy_function=shutil.copyfile)
    return to


def chain(error: BaseException | None) -> str:
    """All that a traceback would say of it."""
    return "" if error is None else f"{error}\n{chain(error.__cause__)}{chain(error.__context__)}"


@needs_extra
@pytest.mark.parametrize("file", FILES)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # numpy leaves a broken file open
def test_a_folder_that_lacks_a_file_or_has_it_broken_is_one_clear_error(
    folder: Path, tmp_path: Path, file: str
) -> None:
    mine = copied(folder, tmp_path / "pasient")
    (mine / file).write_bytes((mine / file).read_bytes()[:100])
    with pytest.raises(ModelError) as raised:
        Pyannote(mine)
    assert isinstance(raised.value, KiskrivError)
    assert "pasient" not in chain(raised.value)
    (mine / file).unlink()
    with pytest.raises(ModelMissing, match=file):
        Pyannote(mine)


@needs_extra
@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("$model/segmentation", "pyannote/segmentation-3.0"),
        ("$model/embedding", "pyannote/wespeaker-voxceleb-resnet34-LM"),
        ("$model/plda", "pyannote/speaker-diarization-community-1"),
        ("    plda: $model/plda\n", ""),
        ("SpeakerDiarization", "VoiceActivityDetection"),
        (CONFIG, AGGLOMERATIVE),
        (CONFIG, "- nothing\n"),
    ],
)
def test_another_pipeline_is_refused_and_no_hub_is_asked(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, instead: str
) -> None:
    from pyannote.audio.core import model as models
    from pyannote.audio.core import plda

    asked: list[object] = []
    for module in (models, plda):
        monkeypatch.setattr(module, "download_from_hf_hub", lambda *given, **_: asked.append(given))
    mine = copied(folder, tmp_path / "other")
    (mine / "config.yaml").write_text(CONFIG.replace(written, instead))
    with pytest.raises(ModelError):
        Pyannote(mine)
    assert asked == []


@needs_extra
def test_a_segmentation_of_another_window_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.delenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", raising=False)
    mine = copied(folder, tmp_path / "other")
    checkpoint = torch.load(mine / SEGMENTATION, weights_only=False)
    checkpoint["pyannote.audio"]["specifications"].duration = 5.0
    torch.save(checkpoint, mine / SEGMENTATION)
    with pytest.raises(ModelError, match="community-1"):
        Pyannote(mine)


class Bomb:
    """A pickle that does something when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


@needs_extra
def test_no_code_in_a_pickle_is_run(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.delenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", raising=False)
    mine = copied(folder, tmp_path / "other")
    checkpoint = torch.load(mine / SEGMENTATION, weights_only=False)
    torch.save({**checkpoint, "bomb": Bomb(tmp_path / "went off")}, mine / SEGMENTATION)
    pickle.loads(pickle.dumps(Bomb(tmp_path / "could go off")))
    assert (tmp_path / "could go off").exists()
    with pytest.raises(ModelError, match="UnpicklingError"):
        Pyannote(mine)
    assert not (tmp_path / "went off").exists()


@needs_extra
@pytest.mark.parametrize("device", ["cuda:77", "abacus"])
def test_a_device_that_is_not_there_is_one_clear_error(folder: Path, device: str) -> None:
    with pytest.raises(ConfigError, match=device):
        Pyannote(folder, device=device)


@needs_extra
def test_what_torch_says_when_there_is_no_room_is_one_clear_error(model: Pyannote) -> None:
    import torch

    with pytest.raises(OutOfMemory), within_memory():
        torch.empty(1 << 50)
    with pytest.raises(RuntimeError, match="size"), within_memory():
        torch.ones(2) + torch.ones(3)


@pytest.mark.skipif(installed, reason="the extra `diarization` is installed")
def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    for file in FILES:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    with pytest.raises(ConfigError, match=r"kiskriv\[diarization\]"):
        Pyannote(tmp_path)


def test_torch_is_imported_only_when_a_model_is_loaded() -> None:
    loaded = (
        "import sys, kiskriv.speech.pyannote_diarization; print({'torch', 'pyannote.audio', 'yaml'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "set()\n"


BEHIND_WALLS = """
import os, sys
from pathlib import Path

asking = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostby", "socket.getnameinfo")
running = ("os.exec", "os.fork", "os.posix_spawn", "os.system", "subprocess.Popen")

writing = os.O_WRONLY | os.O_RDWR

def watch(event, given):
    if event.startswith((*asking, *running)) or event == "open" and isinstance(given[2], int) and given[2] & writing:
        os.write(2, f"{event} {given}".encode())
        os._exit(9)

sys.addaudithook(watch)

from kiskriv.machine import Walls, confine

confine(Walls(readable=(Path(sys.argv[1]),)))

import numpy as np
import threading

from kiskriv.speech.diarization import windows
from kiskriv.speech.pyannote_diarization import Pyannote

model = Pyannote(Path(sys.argv[1]), threads=1)
sound = np.random.default_rng(1).normal(0, 0.1, (1, 240000)).astype(np.float32)
octets = model.embed([sound[:, start:end] for start, end in windows(240000, 40000)])
told = len(model.cluster(octets, 40000, 240000)) > 0
print(told, threading.active_count(), "matplotlib" in sys.modules, os.environ["PYANNOTE_METRICS_ENABLED"])
"""


@needs_extra
@pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
def test_behind_the_walls_of_an_engine_nobody_is_asked_nothing_is_written_and_no_thread_waits_to_tell(
    folder: Path, stub: str, tmp_path: Path
) -> None:
    """Telemetry would be sent by a thread of an exporter; it is made at import, and ended."""
    before = sorted(folder.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-P", "-s", "-c", stub + BEHIND_WALLS, str(folder)],
        env={**launch_environment(), "HOME": str(tmp_path), "PYANNOTE_METRICS_ENABLED": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True 1 False 0\n", "")
    assert sorted(folder.rglob("*")) == before
    assert list(tmp_path.iterdir()) == []

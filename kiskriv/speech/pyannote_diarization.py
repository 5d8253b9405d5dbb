"""Who speaks when, told by pyannote.audio 4 (the extra `diarization`) with a model folder laid out as speaker-diarization-community-1's.

Its pipeline looks at each window alone for who is active, and how they sound; then at all of them together. The first half is run here
while it is recorded, the second is pyannote's own code, at stop: the turns are those of its pipeline run on the whole recording.

    config.yaml                         which pipeline, with what thresholds
    segmentation/pytorch_model.bin      PyanNet: at most three voices in 10 s, of which at most two at a time
    embedding/pytorch_model.bin         WeSpeaker's ResNet34: how a voice sounds, 256 numbers
    plda/xvec_transform.npz, plda.npz   what tells two persons from one in two sounds

Torch keeps weights in pickles. Whoever loads a folder has compared it with its manifest before (`weights`), and nothing in a pickle is
run here but the four types that a model of pyannote's is described by.

Source: Plaquet and Bredin 2023 (segmentation); Wang et al. 2023 (embedding); Landini et al. 2022 (VBx); pyannote.audio 4.0.7
(`Inference.slide`, `SpeakerDiarization.get_embeddings` and `.apply`).
"""

from __future__ import annotations

import io
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import partial
from math import ceil
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from kiskriv.errors import ConfigError, ModelError, ModelMissing, OutOfMemory
from kiskriv.machine import silence
from kiskriv.speech.diarization import WINDOW, Octets, count
from kiskriv.speech.within_memory import within_memory
from kiskriv.transcript import SAMPLE_RATE, Samples, Turn
from kiskriv.weights import DIARIZATION

if TYPE_CHECKING:
    from torch import Tensor

MOST_VOICES: Final = 5
"""Persons that are told apart at most: a doctor, a patient, an interpreter, two who came along."""

MOST_LEARNED: Final = 1000
"""Voices heard in a window from which the persons are found at most, evenly over the recording: linkage is quadratic in them."""

Heard = NDArray[np.float32]
"""Zeros and ones, shape (windows, frames, voices): who is active."""

Sounding = NDArray[np.float32]
"""Shape (windows, voices, dimension): how they sound."""


class Pyannote:
    """A model folder at work (a `Diarization`), in float32. Keeps nothing between calls.

    `device` as torch names it; `batch`: windows that go through the models together (on a processor batches gain nothing, and one alone
    says the same in any company). `threads` 0 lets torch choose; torch has one number of threads for the whole process. Raises
    ConfigError where the extra is not installed or there is no such device, ModelMissing for a folder that lacks a file, ModelError for
    one that does not load, or that holds another kind of pipeline, OutOfMemory.
    """

    def __init__(self, folder: Path, *, device: str = "cpu", batch: int = 1, threads: int = 0) -> None:
        for (file,) in DIARIZATION:
            if not (folder / file).is_file():
                raise ModelMissing(file=file)
        self.batch = batch
        self._pipeline = _loaded(folder, device, threads)
        self._segmentation = self._pipeline._segmentation
        self._embedding = self._pipeline._embedding
        self._voices = len(self._segmentation.model.specifications.classes)
        self._frames: int = self._segmentation.model.num_frames(WINDOW)
        self._dimension: int = self._embedding.dimension
        # a voice that is alone for more frames than these is known by them, and any other by all in which it is active
        self._few = self._frames
        if self._pipeline.embedding_exclude_overlap:
            with _quiet():
                self._few = ceil(self._frames * self._embedding.min_num_samples / WINDOW)
        clustering = self._pipeline.clustering
        clustering.filter_embeddings = partial(_spread, clustering.filter_embeddings)

    def __repr__(self) -> str:
        return f"<Pyannote, batch {self.batch}>"

    def embed(self, sounds: Sequence[Samples]) -> list[bytes]:
        """See `Diarization`: the frames in which each voice of the window is active, in bits, and 256 float32 for each that is at all."""
        if any(sound.ndim != 2 or sound.shape[0] != 1 or not 0 < sound.shape[1] <= WINDOW for sound in sounds):
            raise ValueError(f"windows of one channel and 1 to {WINDOW} samples")
        return [
            octets
            for first in range(0, len(sounds), self.batch)
            for octets in self._embedded(sounds[first : first + self.batch])
        ]

    def cluster(self, embedded: Sequence[Octets], step: int, length: int) -> tuple[Turn, ...]:
        """See `Diarization`. Raises ValueError for what `embed` did not make, or not of such a recording."""
        if len(embedded) != count(length, step):
            raise ValueError("a recording of another length")
        heard, sounding = self._unpacked(embedded)
        if not heard.any():
            return ()
        with _quiet(), within_memory():
            return _in_order(self._told_apart(heard, sounding, step).itertracks(yield_label=True), length / SAMPLE_RATE)

    def _embedded(self, sounds: Sequence[Samples]) -> Iterator[bytes]:
        import torch

        waveforms = torch.zeros(len(sounds), 1, WINDOW)
        for waveform, sound in zip(waveforms, sounds, strict=True):
            waveform[:, : sound.shape[1]] = torch.from_numpy(np.ascontiguousarray(sound))
        try:
            with _quiet(), within_memory(), torch.inference_mode():
                heard: Heard = self._segmentation.infer(waveforms)
                active: NDArray[np.bool_] = heard.max(axis=1) > 0
                spoken: NDArray[np.bool_] = active.max(axis=1)
                sounding = np.ones((len(sounds), self._voices, self._dimension), np.float32)
                if np.any(spoken):
                    sounding[spoken] = self._sounding(waveforms[torch.from_numpy(spoken)], heard[spoken])
        finally:
            waveforms.zero_()
        for who, how, there in zip(heard, sounding, active, strict=True):
            yield np.packbits(who.astype(bool)).tobytes() + how[there].tobytes()

    def _sounding(self, waveforms: Tensor, heard: Heard) -> Sounding:
        """How each voice of each window sounds where it is active, and alone if it is alone for long enough.

        pyannote computes the frames anew for each voice of a window; they are the same for all of them.
        """
        import torch

        alone = heard * (heard.sum(axis=2, keepdims=True) < 2)
        counted = np.where(alone.sum(axis=1, keepdims=True) > self._few, alone, heard)
        model, device = self._embedding.model_, self._embedding.device
        weights = torch.from_numpy(counted).transpose(1, 2).to(device)
        found: Sounding = model.forward_embedding(model.forward_frames(waveforms.to(device)), weights).cpu().numpy()
        return found

    def _unpacked(self, embedded: Sequence[Octets]) -> tuple[Heard, Sounding]:
        """All windows. Voices that are not active sound like anything but nothing: what they sound like must be a number to compare."""
        heard = np.zeros((len(embedded), self._frames, self._voices), np.float32)
        sounding = np.ones((len(embedded), self._voices, self._dimension), np.float32)
        bits = self._frames * self._voices
        for octets, who, how in zip(embedded, heard, sounding, strict=True):
            if octets:
                first = np.frombuffer(octets, np.uint8, min(len(octets), ceil(bits / 8)))
                who[:] = np.unpackbits(first, count=bits).reshape(who.shape)
                active = who.max(axis=0) > 0
                how[active] = np.frombuffer(octets, np.float32, offset=len(first)).reshape(-1, self._dimension)
        return heard, sounding

    def _told_apart(self, heard: Heard, sounding: Sounding, step: int) -> Any:
        """The second half of pyannote's pipeline (`SpeakerDiarization.apply`): its `Annotation` of who speaks, one at a time."""
        from pyannote.core import SlidingWindow, SlidingWindowFeature

        pipeline = self._pipeline
        frame = self._segmentation.model.receptive_field
        every = SlidingWindow(start=0.0, duration=WINDOW / SAMPLE_RATE, step=step / SAMPLE_RATE)
        segmentations = SlidingWindowFeature(heard, every)
        count = pipeline.speaker_count(segmentations, frame, warm_up=(0.0, 0.0))
        persons, _, _ = pipeline.clustering(
            embeddings=sounding, segmentations=segmentations, min_clusters=1, max_clusters=MOST_VOICES
        )
        count.data = np.minimum(count.data, 1).astype(np.int8)
        return pipeline.to_annotation(
            pipeline.reconstruct(segmentations, persons, count),
            min_duration_off=pipeline.segmentation.min_duration_off,
        )


def _in_order(tracks: Iterator[tuple[Any, Any, int]], seconds: float) -> tuple[Turn, ...]:
    """Turns of pyannote's segments in order of their start, each speaker numbered by the first. None lies beyond the recording's end."""
    labels: dict[int, str] = {}
    turns: list[Turn] = []
    for segment, _, person in tracks:
        start = max(float(segment.start), turns[-1].end if turns else 0.0)
        end = min(float(segment.end), seconds)
        if start < end:
            turns.append(Turn(start, end, labels.setdefault(person, str(len(labels)))))
    return tuple(turns)


def _spread(chosen: Callable[..., tuple[NDArray[Any], ...]], *given: Any, **named: Any) -> tuple[NDArray[Any], ...]:
    """What pyannote chose to find the persons by (`BaseClustering.filter_embeddings`), at most `MOST_LEARNED`, evenly over all."""
    found = chosen(*given, **named)
    kept = np.linspace(0, len(found[0]) - 1, min(len(found[0]), MOST_LEARNED)).round().astype(int)
    return tuple(part[kept] for part in found)


def _loaded(folder: Path, device: str, threads: int) -> Any:
    """pyannote's pipeline, from this folder and nowhere else."""
    silence()
    os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = "1"  # pyannote asks for whole pickles
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # threads that spin while they wait take the cores from who decodes
    problem = ""
    try:
        with _quiet(), _nothing_drawn(), _nothing_written(folder):
            import torch
            import yaml
            from pyannote.audio import Pipeline
            from pyannote.audio.core.task import Problem, Resolution, Specifications
            from pyannote.audio.telemetry import metrics
            from pyannote.audio.utils.reproducibility import fix_reproducibility
    except ImportError:
        problem = "this model for speakers needs an extra: pip install 'kiskriv[diarization]'"
    except Exception as error:  # OSError of a library that was built for another torch, and of many kinds
        problem = f"torch and torchaudio do not fit each other ({type(error).__name__}): install both from one index"
    if problem:
        raise ConfigError(problem=problem)
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)  # it tells of weights that an older one wrote
    metrics.provider.shutdown()  # its thread would wait for something to send
    if threads:
        torch.set_num_threads(threads)
    described_by = [torch.torch_version.TorchVersion, Specifications, Problem, Resolution]
    try:
        with _quiet(), within_memory(), torch.serialization.safe_globals(described_by):
            whole = _is_whole(yaml.safe_load((folder / "config.yaml").read_bytes()))
            pipeline: Any = Pipeline.from_pretrained(folder) if whole else None
            known = pipeline is not None and _is_known(pipeline)
    except OutOfMemory:
        raise
    except Exception as error:  # of many kinds, and quoting the path
        problem = f"it does not load ({type(error).__name__})"
    if problem:
        raise ModelError(problem=problem)
    if not known:
        raise ModelError(problem="it holds no pipeline of the kind of speaker-diarization-community-1")
    try:
        with _quiet(), within_memory():
            pipeline.to(torch.device(device))
            fix_reproducibility(torch.device(device))
    except (RuntimeError, AssertionError):  # the second where torch is built without it
        problem = f"there is no device {device} that torch can use"
    if problem:
        raise ConfigError(problem=problem)
    return pipeline


def _is_whole(described: Any) -> bool:
    """A config.yaml names parts of its own folder only: of anything else pyannote would ask the hub, or what it once fetched from there."""
    pipeline = described["pipeline"]
    return pipeline["name"] == "pyannote.audio.pipelines.SpeakerDiarization" and all(
        pipeline["params"][part] == f"$model/{part}" for part in ("segmentation", "embedding", "plda")
    )


def _is_known(pipeline: Any) -> bool:
    """All that is taken for granted here of a pipeline."""
    model, embedding = pipeline._segmentation.model, pipeline._embedding
    return (
        pipeline.klustering == "VBxClustering"
        and model.specifications.powerset
        and model.specifications.duration * SAMPLE_RATE == WINDOW
        and model.audio.sample_rate == embedding.sample_rate == SAMPLE_RATE
        and hasattr(embedding.model_, "forward_frames")  # the frames that a window's voices share
    )


class _Anything(type):
    """The type of a class whose every attribute is itself, and whatever it is called with."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __call__(cls, *_: object) -> type:
        return cls


class _Drawing(metaclass=_Anything):
    """Stands for all of matplotlib where it is only named."""


@contextmanager
def _nothing_drawn() -> Iterator[None]:
    """Imports without matplotlib, which what is imported would draw with while it is trained.

    It looks for the machine's fonts with a program, and wants a folder to remember them in: no engine has either.
    """
    names = [f"matplotlib{part}" for part in ("", ".axes", ".pyplot")]
    before = {name: sys.modules.get(name) for name in names}
    sys.modules.update(dict.fromkeys(names, cast(ModuleType, _Drawing)))
    try:
        yield
    finally:
        for name, module in before.items():
            del sys.modules[name]
            if module:
                sys.modules[name] = module


@contextmanager
def _nothing_written(folder: Path) -> Iterator[None]:
    """Imports with a folder named to whoever makes sure at import that it could write: one that is there, so that nothing is made."""
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(folder)  # for what torch compiles, and here it compiles nothing
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


@contextmanager
def _quiet() -> Iterator[None]:
    """What pyannote and its libraries warn of is nothing that anybody here could mend; VBx prints."""
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield

"""A folder laid out as speaker-diarization-community-1's: the same pipeline, of models that are made in seconds.

Of both only the last layer is fitted, by least squares, and all else is random: they know the three voices of `chorus` from each other,
more or less. So there are turns to compare, on any sound. What they are worth on speech is nothing.
"""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kiskriv.machine import silence
from kiskriv.speech.diarization import WINDOW
from kiskriv.transcript import SAMPLE_RATE, Samples

if TYPE_CHECKING:
    from torch import Tensor

CONFIG: Final = """\
pipeline:
  name: pyannote.audio.pipelines.SpeakerDiarization
  params:
    clustering: VBxClustering
    segmentation: $model/segmentation
    segmentation_batch_size: 32
    embedding: $model/embedding
    embedding_batch_size: 32
    embedding_exclude_overlap: true
    plda: $model/plda
params:
  clustering:
    threshold: 0.6
    Fa: 0.07
    Fb: 0.8
  segmentation:
    min_duration_off: 0.0
"""
"""community-1's own."""

LDA: Final = 128

VOICES: Final = ((110.0, 600.0), (190.0, 1400.0), (290.0, 2800.0))
"""Pitch, and where it is loudest, in hertz."""


WITHOUT_CUDA: Final = """
import sys, types

stub = types.ModuleType("torchaudio._extension")
stub.__dict__.update(fail_if_no_align=lambda function: function, _IS_TORCHAUDIO_EXT_AVAILABLE=False)
sys.modules[stub.__name__] = stub
"""
"""Lets torchaudio be imported beside a torch without CUDA, whose libraries it does not find: what is used of it is plain torch."""


def stub_of_torchaudio() -> str:
    """What a program has to begin with here, if anything, to import torchaudio."""
    tried = [sys.executable, "-W", "ignore", "-c", "import torchaudio"]
    return "" if subprocess.run(tried, capture_output=True, check=False).returncode == 0 else WITHOUT_CUDA


Lesson = tuple[Samples, NDArray[np.bool_]]
"""Sound, shape (1, n), and which of three voices are active in it, at most two at a time, shape (n, 3)."""


def chorus(seconds: float, seed: int) -> Lesson:
    """Three voices that take turns, at times two at once or none."""
    random = np.random.default_rng(seed)
    samples = round(seconds * SAMPLE_RATE)
    active = np.zeros((samples, len(VOICES)), bool)
    at = 0
    while at < samples:
        beyond = at + round(random.uniform(0.4, 3.0) * SAMPLE_RATE)
        active[at:beyond, random.permutation(len(VOICES))[: random.choice(3, p=(0.2, 0.65, 0.15))]] = True
        at = beyond
    time = np.arange(samples) / SAMPLE_RATE
    sound = random.normal(0, 0.003, samples)
    for number, (pitch, formant) in enumerate(VOICES):
        phase = 2 * np.pi * np.cumsum(pitch * (1 + 0.05 * np.sin(2 * np.pi * 3 * time))) / SAMPLE_RATE
        tones = range(1, int(4000 / pitch))
        voice = sum(np.exp(-(((k * pitch - formant) / 700) ** 2)) * np.sin(k * phase) for k in tones)
        sound += 0.05 * voice * (1.2 + np.sin(2 * np.pi * (4 + number) * time)) * active[:, number]
    return sound[None].astype(np.float32), active


def write(folder: Path, lessons: Sequence[Lesson]) -> None:
    """Makes the folder. Its models learn who is who from lessons of more than 10 s each; no person is in two of them."""
    silence()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from pyannote.audio.models.embedding.wespeaker import WeSpeakerResNet34
        from pyannote.audio.models.segmentation import PyanNet

    torch.manual_seed(7)
    segmentation = PyanNet(lstm={"hidden_size": 64, "num_layers": 1}, linear={"num_layers": 0})
    embedding = WeSpeakerResNet34(num_mel_bins=8)
    frames = segmentation.num_frames(WINDOW)
    middles = np.linspace(0, WINDOW - 1, frames).astype(int)
    sounds, heard, persons = [], [], []
    for lesson, (sound, active) in enumerate(lessons):
        for start in range(0, sound.shape[1] - WINDOW, WINDOW):
            sounds.append(torch.from_numpy(sound[:, start : start + WINDOW]))
            heard.append(torch.from_numpy(active[start + middles]))
            persons.append(3 * lesson + torch.arange(3))
    with torch.inference_mode():
        windows, who = torch.stack(sounds), torch.stack(heard).float()
        _teach_segmentation(segmentation, windows, who)
        _teach_embedding(embedding, windows, who, torch.stack(persons))
    for name, model in (("segmentation", segmentation), ("embedding", embedding)):
        checkpoint = {
            "state_dict": model.state_dict(),
            "hyper_parameters": dict(model.hparams),
            "pytorch-lightning_version": "1.5.4",  # as old as community-1's may be
            **{"torch": torch.__version__, "epoch": 1, "global_step": 1, "loops": {}, "callbacks": {}},
        }
        model.on_save_checkpoint(checkpoint)
        (folder / name).mkdir(parents=True)
        torch.save(checkpoint, folder / name / "pytorch_model.bin")
    _write_plda(folder / "plda", embedding.dimension, np.random.default_rng(7))
    (folder / "config.yaml").write_text(CONFIG)


def _teach_segmentation(model: Any, windows: Tensor, who: Tensor) -> None:
    """Its last layer tells from random ones who is active, shape (windows, frames, 3)."""
    import torch
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.utils.powerset import Powerset

    model.specifications = Specifications(
        problem=Problem.MONO_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=WINDOW / SAMPLE_RATE,
        classes=["voice 1", "voice 2", "voice 3"],
        powerset_max_classes=2,
        permutation_invariant=True,
    )
    model.setup()
    model.eval()
    for name, gates in model.lstm.named_parameters():
        if name.startswith("bias_hh"):
            gates[64:128] = 2  # it forgets slowly
    states, _ = model.lstm(model.sincnet(windows).transpose(1, 2))
    wanted = Powerset(3, 2).to_powerset(who).flatten(0, 1).double()
    seen = torch.cat([states.flatten(0, 1), torch.ones(len(wanted), 1)], dim=1).double()
    solved = torch.linalg.solve(seen.T @ seen + torch.eye(seen.shape[1]), seen.T @ wanted)
    model.classifier.weight.copy_(20 * solved[:-1].T)
    model.classifier.bias.copy_(20 * solved[-1])


def _teach_embedding(model: Any, windows: Tensor, who: Tensor, persons: Tensor) -> None:
    """Its last layer has a direction for each of the persons, shape (windows, 3), in what random ones make of the sound."""
    import torch
    from pyannote.audio.core.task import Problem, Resolution, Specifications

    model.specifications = Specifications(
        problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=WINDOW / SAMPLE_RATE
    )
    model.train()
    model(windows[:4])  # for the means and deviations of its layers
    model.eval()
    there = who.mean(1) > 0.1
    seen = model.resnet.pool(model.forward_frames(windows), who.transpose(1, 2))[there].double()
    middle = seen.mean(0)
    alike = (seen - middle) @ (seen - middle).T
    wanted = torch.linalg.qr(torch.randn(model.dimension, int(persons.max()) + 1))[0].T[persons[there]].double()
    ridge = 0.001 * alike.diag().mean() * torch.eye(len(seen))
    weight = wanted.T @ torch.linalg.solve(alike + ridge, seen - middle)
    model.resnet.seg_1.weight.copy_(weight)
    model.resnet.seg_1.bias.copy_(-weight @ middle)


def _write_plda(folder: Path, width: int, random: np.random.Generator) -> None:
    folder.mkdir()
    turned, none = np.linalg.qr(random.normal(size=(width, width)))[0], np.zeros(LDA)
    np.savez(folder / "xvec_transform.npz", mean1=np.zeros(width), mean2=none, lda=turned[:, :LDA])
    np.savez(folder / "plda.npz", mu=none, tr=turned[:LDA, :LDA] + np.eye(LDA), psi=np.linspace(8, 0.1, LDA))

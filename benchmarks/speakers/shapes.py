"""pyannote.audio's models in their true shapes with random weights: how long they take, and what is made of what they would hear.

As community-1's folder is laid out. PyanNet with four layers of LSTM, 1.5 million weights (pyannote's default is two); WeSpeaker's ResNet34
on 80 bands, 6.6 million. The segmentation is made to hear one voice all the time, since nothing else of a window would be looked at.
"""

from __future__ import annotations

import sys
import types
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kiskriv.machine import silence
from kiskriv.speech.diarization import WINDOW
from kiskriv.transcript import SAMPLE_RATE

if TYPE_CHECKING:
    from kiskriv.speech.pyannote_diarization import Pyannote

DIMENSION, LDA = 256, 128
"""Numbers that a voice sounds like, and how many of them are left to compare persons by."""
ALIKE = 0.65
"""Cosine of two sounds of the same person; made so, for two persons of which one speaks more."""

CONFIG = """\
pipeline:
  name: pyannote.audio.pipelines.SpeakerDiarization
  params: {clustering: VBxClustering, segmentation: $model/segmentation, embedding: $model/embedding, plda: $model/plda,
           segmentation_batch_size: 32, embedding_batch_size: 32, embedding_exclude_overlap: true}
params:
  clustering: {threshold: 0.6, Fa: 0.07, Fb: 0.8}
  segmentation: {min_duration_off: 0.0}
"""
"""community-1's own."""


def torchaudio_without_cuda() -> None:
    """Lets torchaudio be imported beside a torch of another build, whose libraries it does not find: what is used of it is plain torch."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import torchaudio  # noqa: F401
    except OSError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchaudio"]:
            del sys.modules[name]
        stub = types.ModuleType("torchaudio._extension")
        vars(stub).update(fail_if_no_align=lambda function: function, _IS_TORCHAUDIO_EXT_AVAILABLE=False)
        sys.modules[stub.__name__] = stub


def write(folder: Path) -> None:
    """Makes the folder."""
    silence()
    torchaudio_without_cuda()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from pyannote.audio.core.task import Problem, Resolution, Specifications
        from pyannote.audio.models.embedding.wespeaker import WeSpeakerResNet34
        from pyannote.audio.models.segmentation import PyanNet
    torch.manual_seed(1)
    window = WINDOW / SAMPLE_RATE
    segmentation, embedding = PyanNet(lstm={"num_layers": 4}), WeSpeakerResNet34()
    segmentation.specifications = Specifications(
        problem=Problem.MONO_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=window,
        classes=["speaker 1", "speaker 2", "speaker 3"],
        powerset_max_classes=2,
        permutation_invariant=True,
    )
    embedding.specifications = Specifications(
        problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=window
    )
    segmentation.setup()
    with torch.no_grad():
        segmentation.classifier.weight.zero_()
        segmentation.classifier.bias.copy_(10 * torch.eye(7)[1])  # of seven, the second: speaker 1 alone
    for part, model in (("segmentation", segmentation), ("embedding", embedding)):
        checkpoint = {
            "state_dict": model.state_dict(),
            "hyper_parameters": dict(model.hparams),
            "pytorch-lightning_version": "2.0.0",
        }
        model.on_save_checkpoint(checkpoint)
        (folder / part).mkdir(parents=True)
        torch.save(checkpoint, folder / part / "pytorch_model.bin")
    turned = np.linalg.qr(np.random.default_rng(1).normal(size=(DIMENSION, DIMENSION)))[0]
    (folder / "plda").mkdir()
    np.savez(
        folder / "plda" / "xvec_transform.npz", mean1=np.zeros(DIMENSION), mean2=np.zeros(LDA), lda=turned[:, :LDA]
    )
    np.savez(folder / "plda" / "plda.npz", mu=np.zeros(LDA), tr=np.eye(LDA), psi=np.linspace(8, 0.1, LDA))
    (folder / "config.yaml").write_text(CONFIG)


def heard(model: Pyannote, count: int) -> list[bytes]:
    """What `model` might have made of so many windows of a dialogue: in each, two voices one after the other."""
    dice = np.random.default_rng(1)
    persons = dice.normal(size=(2, model._dimension))
    made = []
    for _ in range(count):
        active = np.zeros((model._frames, model._voices), bool)
        change = int(dice.integers(model._frames // 4, model._frames))
        active[:change, 0] = active[change:, 1] = True
        sounds = np.sqrt(ALIKE) * persons + np.sqrt(1 - ALIKE) * dice.normal(size=persons.shape)
        made.append(np.packbits(active).tobytes() + sounds.astype(np.float32).tobytes())
    return made

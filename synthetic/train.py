"""Train the demo model: a fixed number of steps from fixed seeds.

    python -m synthetic.train --data FOLDER --run FOLDER

`data` holds the sets of `synthetic.speech`; `run` receives the tokenizer, the shape, checkpoints and
the log. Matrices are moved by Muon (Jordan et al. 2024), everything else by AdamW.
"""

import argparse
import json
import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final, TextIO

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from synthetic.render import OPEN, OPEN_MORE, TRAIN
from synthetic.speech import SpeechSet
from synthetic.vocabulary import load_tokenizer, train_tokenizer
from synthetic.whisper import Outputs, Shape, Whisper
from synthetic.windows import IGNORED, Batch, Windows, growing, grown

TEXT_TOKENS: Final = 1000
SEED: Final = 7
_LAST_RATE: Final = 0.02
_LOG_EVERY: Final = 50
_KEEP_EVERY: Final = 400
_PHONEME_WEIGHT, _GUIDE_WEIGHT = 0.5, 0.3


@dataclass(frozen=True)
class Leg:
    """A stretch of the training: `steps` steps of a cosine schedule that would last `schedule`."""

    speech: str
    """The name of the set that it hears."""
    curriculum: str
    steps: int
    schedule: int
    rate: float
    warmup: int
    seed: int


LEGS: Final = (
    Leg(TRAIN, "growing", steps=2800, schedule=4100, rate=2e-3, warmup=150, seed=7),
    Leg(OPEN, "grown", steps=850, schedule=850, rate=8e-4, warmup=40, seed=8),
    Leg(OPEN_MORE, "grown", steps=1400, schedule=1400, rate=7e-4, warmup=60, seed=9),
)
"""First templates and salads; then sentences that cannot be guessed, without which the decoder trusts what it
remembers more than what it hears."""


class _Batches(IterableDataset[Batch]):
    """The windows of a leg, made in a worker beside the training."""

    def __init__(self, data: Path, run: Path, phonemes: dict[str, int], leg: Leg) -> None:
        self._data, self._run, self._phonemes, self._leg = data, run, phonemes, leg

    def __iter__(self) -> Iterator[Batch]:
        torch.set_num_threads(1)
        tokenizer = load_tokenizer(self._run / "tokenizer.json")
        speech = SpeechSet.open(self._data, self._leg.speech)
        windows = Windows(speech, tokenizer, self._phonemes, self._leg.seed)
        curriculum = {"growing": growing, "grown": grown}[self._leg.curriculum]
        return islice(windows.batches(curriculum, self._leg.schedule), self._leg.steps)


@dataclass(frozen=True, slots=True)
class Loss:
    """The parts of the loss, each a mean."""

    tokens: Tensor
    phonemes: Tensor
    guide: Tensor

    @property
    def total(self) -> Tensor:
        """What is minimised."""
        return self.tokens + _PHONEME_WEIGHT * self.phonemes + _GUIDE_WEIGHT * self.guide


def loss_of(outputs: Outputs, batch: Batch) -> Loss:
    """How wrong the outputs are: next tokens, phonemes per frame, and where the decoder looked."""
    tokens = nn.functional.cross_entropy(
        outputs.tokens.float().flatten(0, 1), batch.targets.flatten(), ignore_index=IGNORED
    )
    phonemes = nn.functional.cross_entropy(
        outputs.phonemes.float().flatten(0, 1), batch.phonemes.flatten(), ignore_index=IGNORED
    )
    frames = torch.arange(outputs.attention.shape[-1])
    first, last = batch.guide[..., :1], batch.guide[..., 1:]
    inside = (frames >= first) & (frames <= last)
    timed = batch.guide[..., 0] >= 0
    within = torch.logsumexp(outputs.attention.masked_fill(~inside[:, None], -1e4), -1)
    guide = -within.transpose(1, 2)[timed].mean() if timed.any() else tokens.new_zeros(())
    return Loss(tokens, phonemes, guide)


def rate_at(step: int, leg: Leg) -> float:
    """The learning rate: a short warm-up, then a cosine down to a fiftieth."""
    warm = min(1.0, (step + 1) / leg.warmup)
    cosine = 0.5 * (1 + math.cos(math.pi * step / leg.schedule))
    return leg.rate * warm * (_LAST_RATE + (1 - _LAST_RATE) * cosine)


def optimisers(model: Whisper, rate: float) -> tuple[torch.optim.Optimizer, ...]:
    """Muon for the matrices inside the layers, AdamW for embeddings, convolutions, norms, biases."""
    trained = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    inner = [p for name, p in trained if p.dim() == 2 and ".layers." in name]
    outer = [p for name, p in trained if p.dim() != 2 or ".layers." not in name]
    return (
        torch.optim.AdamW(outer, lr=rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True),
        torch.optim.Muon(inner, lr=rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
    )


def prepare(data: Path, run: Path) -> tuple[Whisper, dict[str, int]]:
    """The tokenizer and the untrained model; its shape is written to `run`."""
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    tokenizer = train_tokenizer(TEXT_TOKENS, SEED)
    tokenizer.save(str(run / "tokenizer.json"))
    names = {name for utterance in SpeechSet.open(data, TRAIN) for name, _ in utterance.phonemes}
    phonemes = {n: i + 1 for i, n in enumerate(sorted(n for n in names if not n.startswith("_")))}
    shape = Shape(vocabulary=tokenizer.get_vocab_size(), phonemes=len(phonemes) + 1)
    described = json.dumps({"shape": asdict(shape)}, indent=1)
    (run / "run.json").write_text(described + "\n", encoding="utf-8")
    return Whisper(shape), phonemes


def train_leg(model: Whisper, leg: Leg, batches: Iterable[Batch], log: TextIO, keep: Path) -> None:
    """Train for one leg; a checkpoint goes to the folder `keep` every `_KEEP_EVERY` steps."""
    makers = optimisers(model, leg.rate)
    started = since = time.monotonic()
    heard, sums = 0.0, torch.zeros(4)
    for step, batch in enumerate(batches, start=1):
        for maker in makers:
            for group in maker.param_groups:
                group["lr"] = rate_at(step - 1, leg)
            maker.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16):
            outputs = model(batch.mel, batch.shifts, batch.tokens)
        loss = loss_of(outputs, batch)
        loss.total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for maker in makers:
            maker.step()
        counted = batch.targets != IGNORED
        right = (outputs.tokens.argmax(-1) == batch.targets)[counted].float().mean()
        sums += torch.stack([loss.tokens, loss.phonemes, loss.guide, right]).detach()
        heard += batch.seconds
        if step % _LOG_EVERY == 0 or step == leg.steps:
            tokens, sounds, guide, correct = (sums / (step % _LOG_EVERY or _LOG_EVERY)).tolist()
            now = time.monotonic()
            line = (
                f"{leg.speech}, step {step} of {leg.steps}: {(now - started) / 60:.1f} min,"
                f" tokens {tokens:.3f} ({correct:.1%}), phonemes {sounds:.3f}, guide {guide:.3f},"
                f" {heard / 3600:.1f} h heard, {now - since:.0f} s"
            )
            print(line, flush=True)
            print(line, file=log, flush=True)
            sums.zero_()
            since = now
        if step % _KEEP_EVERY == 0:
            torch.save(model.state_dict(), keep / f"{leg.speech}-{step}.pt")


def train(data: Path, run: Path, legs: tuple[Leg, ...], resume: Path | None = None) -> None:
    """Train leg after leg, from nothing or from a checkpoint; `run`/final.pt is the result."""
    model, phonemes = prepare(data, run)
    if resume is not None:
        model.load_state_dict(torch.load(resume, weights_only=True))
    with (run / "log.txt").open("a", encoding="utf-8") as log:
        for leg in legs:
            dataset = _Batches(data, run, phonemes, leg)
            batches = DataLoader(dataset, batch_size=None, num_workers=1, prefetch_factor=6)
            train_leg(model, leg, batches, log, run)
    torch.save(model.state_dict(), run / "final.pt")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--shorten", type=int, default=1, help="divide the number of steps by this")
    parser.add_argument("--resume", type=Path, help="begin the last leg with this checkpoint")
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    legs = [
        replace(leg, steps=leg.steps // chosen.shorten, schedule=leg.schedule // chosen.shorten)
        for leg in (LEGS if chosen.resume is None else LEGS[-1:])
    ]
    train(chosen.data, chosen.run, tuple(legs), chosen.resume)


if __name__ == "__main__":
    main()

"""Train the demo model: a fixed number of steps from fixed seeds.

    python -m synthetic.train --data FOLDER --run FOLDER --steps 4300

`data` holds the sets of `synthetic.speech`; `run` receives the tokenizer, the shape, checkpoints and
the log. Matrices are moved by Muon (Jordan et al. 2024), everything else by AdamW.
"""

import argparse
import json
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from synthetic.speech import SpeechSet
from synthetic.vocabulary import train_tokenizer
from synthetic.whisper import Outputs, Shape, Whisper
from synthetic.windows import IGNORED, Batch, load_windows

TEXT_TOKENS: Final = 1000
SEED: Final = 7
_WARMUP: Final = 150
_LAST_RATE: Final = 0.02
_PHONEME_WEIGHT, _GUIDE_WEIGHT = 0.5, 0.3


@dataclass(frozen=True)
class Recipe:
    """What a training is made of; the same recipe gives the same model, up to rounding."""

    steps: int
    rate: float = 2e-3
    seed: int = SEED
    text_tokens: int = TEXT_TOKENS
    optimiser: str = "muon"


class _Batches(IterableDataset[Batch]):
    """The windows, made in a worker beside the training."""

    def __init__(self, data: Path, run: Path, phonemes: dict[str, int], recipe: Recipe) -> None:
        self._arguments = (data, run / "tokenizer.json", phonemes, recipe.seed)
        self._steps = recipe.steps

    def __iter__(self) -> Iterator[Batch]:
        torch.set_num_threads(1)
        return load_windows(*self._arguments).batches(self._steps)


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


def rate_at(step: int, recipe: Recipe) -> float:
    """The learning rate: a short warm-up, then a cosine down to a fiftieth."""
    warm = min(1.0, (step + 1) / min(_WARMUP, max(1, recipe.steps // 4)))
    cosine = 0.5 * (1 + math.cos(math.pi * step / recipe.steps))
    return recipe.rate * warm * (_LAST_RATE + (1 - _LAST_RATE) * cosine)


def optimisers(model: Whisper, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW for embeddings, convolutions, norms, biases."""
    trained = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    inner = [p for n, p in trained if p.dim() == 2 and ".layers." in n]
    if recipe.optimiser == "adamw":
        inner = []
    chosen = {id(p) for p in inner}
    outer = [p for _, p in trained if id(p) not in chosen]
    made: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(outer, lr=recipe.rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    ]
    if inner:
        muon = torch.optim.Muon(inner, lr=recipe.rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw")
        made.append(muon)
    return made


def prepare(data: Path, run: Path, recipe: Recipe) -> tuple[Whisper, dict[str, int]]:
    """The tokenizer and the untrained model; their description is written to `run`."""
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    tokenizer = train_tokenizer(recipe.text_tokens, recipe.seed)
    tokenizer.save(str(run / "tokenizer.json"))
    names = {name for utterance in SpeechSet.open(data, "train") for name, _ in utterance.phonemes}
    phonemes = {n: i + 1 for i, n in enumerate(sorted(n for n in names if not n.startswith("_")))}
    shape = Shape(vocabulary=tokenizer.get_vocab_size(), phonemes=len(phonemes) + 1)
    described = {"shape": asdict(shape), "recipe": asdict(recipe)}
    (run / "run.json").write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    return Whisper(shape), phonemes


def train(data: Path, run: Path, recipe: Recipe, *, log_every: int = 50, keep_every: int = 400) -> None:
    """Train, and leave `final.pt` and the checkpoints in `run`."""
    model, phonemes = prepare(data, run, recipe)
    makers = optimisers(model, recipe)
    batches = DataLoader(_Batches(data, run, phonemes, recipe), batch_size=None, num_workers=1, prefetch_factor=6)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    started = since = time.monotonic()
    heard, sums = 0.0, torch.zeros(4)
    with (run / "log.txt").open("w", encoding="utf-8") as log:

        def say(line: str) -> None:
            print(line, flush=True)
            log.write(line + "\n")
            log.flush()

        say(f"{parameters / 1e6:.2f} M parameters, vocabulary {model.shape.vocabulary}")
        for step, batch in enumerate(batches, start=1):
            for maker in makers:
                for group in maker.param_groups:
                    group["lr"] = rate_at(step - 1, recipe)
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
            if step % log_every == 0:
                tokens, sounds, guide, correct = (sums / log_every).tolist()
                now = time.monotonic()
                say(
                    f"step {step} of {recipe.steps}: {(now - started) / 60:.1f} min,"
                    f" {(now - since) / log_every:.2f} s a step, tokens {tokens:.3f} ({correct:.1%}),"
                    f" phonemes {sounds:.3f}, guide {guide:.3f}, {heard / 3600:.1f} h heard"
                )
                sums.zero_()
                since = now
            if step % keep_every == 0:
                torch.save(model.state_dict(), run / f"step-{step}.pt")
        torch.save(model.state_dict(), run / "final.pt")
        minutes = (time.monotonic() - started) / 60
        say(f"done: {recipe.steps} steps in {minutes:.1f} min, {heard / 3600:.1f} h of sound heard")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--rate", type=float, default=Recipe.rate)
    parser.add_argument("--optimiser", choices=("muon", "adamw"), default=Recipe.optimiser)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep-every", type=int, default=400)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recipe = Recipe(arguments.steps, arguments.rate, optimiser=arguments.optimiser)
    train(arguments.data, arguments.run, recipe, keep_every=arguments.keep_every)


if __name__ == "__main__":
    main()

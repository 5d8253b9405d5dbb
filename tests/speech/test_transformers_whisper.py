"""The backend on transformers: what is its own beside the contract, which is in test_backends.py."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from kiskriv.errors import ConfigError, ModelError, OutOfMemory
from kiskriv.speech.transformers_whisper import FILES, TransformersWhisper, attended, cheapest_path
from kiskriv.speech.within_memory import within_memory

installed = bool(find_spec("torch") and find_spec("transformers"))


@pytest.fixture
def folder(model_folder: Path, tmp_path: Path) -> Path:
    """The demo model in transformers' layout."""
    if not installed:
        pytest.skip("the extra `transformers` is not installed: run scripts/test-backends")
    from synthetic.reexport import reexport

    reexport(model_folder, tmp_path / "transformers")
    return tmp_path / "transformers"


def test_weights_that_lack_a_part_are_refused_and_not_made_up(folder: Path) -> None:
    from safetensors.numpy import load, save_file

    weights = load((folder / "model.safetensors").read_bytes())
    del weights["model.decoder.layers.1.fc1.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="weights"):
        TransformersWhisper(folder)


def test_states_are_overwritten_when_the_block_is_left(folder: Path) -> None:
    whisper = TransformersWhisper(folder, threads=1)
    with whisper.listen([np.zeros((1, 16_000), np.float32)]) as listening:
        ((states, _),) = listening.sound
        assert states.numpy().any()
    assert not states.numpy().any()


def test_what_torch_says_when_there_is_no_room_is_one_clear_error() -> None:
    torch = pytest.importorskip("torch", reason="the extra `transformers` is not installed: run scripts/test-backends")
    with pytest.raises(OutOfMemory), within_memory():
        torch.empty(1 << 50)
    with pytest.raises(RuntimeError, match="size"), within_memory():
        torch.ones(2) + torch.ones(3)


def test_only_whisper_in_the_format_that_is_known_is_written_again(model_folder: Path, tmp_path: Path) -> None:
    if not installed:
        pytest.skip("the extra `transformers` is not installed: run scripts/test-backends")
    from synthetic.reexport import reexport

    (tmp_path / "model.bin").write_bytes(
        (model_folder / "model.bin").read_bytes().replace(b"WhisperSpec", b"ParakeetSpc")
    )
    with pytest.raises(ValueError, match="no Whisper model"):
        reexport(tmp_path, tmp_path / "out")


@pytest.mark.skipif(installed, reason="the extra `transformers` is installed")
def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    for file in FILES:
        (tmp_path / file).touch()
    with pytest.raises(ConfigError, match=r"kiskriv\[transformers\]"):
        TransformersWhisper(tmp_path)


def test_torch_is_imported_only_when_a_model_is_loaded() -> None:
    loaded = "import sys, kiskriv.speech.transformers_whisper; print({'torch', 'transformers'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "set()\n"


def every_path(tokens: int, steps: int) -> list[list[tuple[int, int]]]:
    """All paths from (0, 0) to the last pair, by taking each way on."""
    if (tokens, steps) == (1, 1):
        return [[(0, 0)]]
    before = [(tokens - 1, steps - 1), (tokens - 1, steps), (tokens, steps - 1)]
    return [[*path, (tokens - 1, steps - 1)] for at in before if min(at) > 0 for path in every_path(*at)]


@pytest.mark.parametrize(("tokens", "steps"), product(range(1, 5), range(1, 6)))
def test_the_cheapest_path_is_the_cheapest_of_all(tokens: int, steps: int) -> None:
    cost = np.random.default_rng(7).normal(size=(tokens, steps))
    found = cheapest_path(cost)
    assert found in every_path(tokens, steps)
    assert sum(cost[pair] for pair in found) == pytest.approx(
        min(sum(cost[pair] for pair in path) for path in every_path(tokens, steps))
    )


def test_attention_beyond_the_clip_counts_for_nothing() -> None:
    attention = np.random.default_rng(7).random((2, 6, 50)).astype(np.float32)
    elsewhere = attention.copy()
    elsewhere[:, 3, 30:] *= 100
    elsewhere /= elsewhere.sum(axis=2, keepdims=True)
    assert attended(attention, 30) == pytest.approx(attended(elsewhere, 30), abs=1e-4)
    assert attended(attention, 30).shape == (6, 30)

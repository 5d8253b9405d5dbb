"""R6: the product has no training path; what trains the demo model stands apart and reads no session."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRAINING = {"synthetic", "torch", "transformers", "pyannote"}
DECODES = ("pyannote_diarization.py", "transformers_whisper.py")
"""The files of the product that may import what could also train: they must not use it so."""
LEARNS = {
    "backward",
    "optim",
    "train",
    "requires_grad_",
    "Trainer",
    "Seq2SeqTrainer",
    "save_pretrained",
    "save",
    "save_file",
}


def imported_by(folder: str) -> Iterator[tuple[Path, str]]:
    """Each module of a folder with each top-level name that it imports, anywhere in it."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name.partition(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                yield path, node.module.partition(".")[0]


def test_the_product_imports_nothing_that_trains() -> None:
    found = [(path.name, name) for path, name in imported_by("kiskriv")]
    assert found
    assert {path for path, name in found if name in TRAINING} == set(DECODES)
    assert "synthetic" not in {name for _, name in found}


@pytest.mark.parametrize("file", DECODES)
def test_what_decodes_with_torch_neither_learns_nor_writes(file: str) -> None:
    (path,) = (ROOT / "kiskriv").rglob(file)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert "inference_mode" in names or "no_grad" in names
    assert not names & LEARNS


def test_the_training_imports_nothing_of_the_product() -> None:
    found = [(path.name, name) for path, name in imported_by("synthetic")]
    assert "torch" in {name for _, name in found}
    assert [(path, name) for path, name in found if name == "kiskriv"] == []

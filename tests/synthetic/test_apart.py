"""R6: the product has no training path; what trains the demo model stands apart and reads no session."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TRAINING = {"synthetic", "torch", "transformers"}


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
    assert [(path, name) for path, name in found if name in TRAINING] == []


def test_the_training_imports_nothing_of_the_product() -> None:
    found = [(path.name, name) for path, name in imported_by("synthetic")]
    assert "torch" in {name for _, name in found}
    assert [(path, name) for path, name in found if name == "kiskriv"] == []

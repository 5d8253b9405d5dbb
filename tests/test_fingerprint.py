"""A program is named by its files: the form in docs/deletion-log.md, and any change in it."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

import kiskriv
from kiskriv.fingerprint import fingerprint

FILES = {"b.py": b"print(1)\n", "a/c.py": b"", "a.py": b"x", "a-b": b"\x00\xff", "æ.txt": b"norsk"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "program", FILES)


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, octets in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(octets)
    return folder


def test_it_is_the_hash_of_the_document(folder: Path) -> None:
    # for each file in ascending order of its path, the path in UTF-8 with "/" between its parts ‖ 0x00 ‖ SHA-256 of the file
    order = ["a-b", "a.py", "a/c.py", "b.py", "æ.txt"]
    octets = b"".join(name.encode() + b"\0" + sha256(FILES[name]).digest() for name in order)
    assert fingerprint(folder) == sha256(octets).hexdigest()


def test_it_was_the_same_when_it_was_first_computed(tmp_path: Path) -> None:
    """By `sha256sum` and `printf`: for path in a/c.py b.py; printf '%s\\0', then the octets of the digest."""
    made = written(tmp_path / "fixed", {"a/c.py": b"", "b.py": b"print(1)\n"})
    assert fingerprint(made) == "abe3ae78391311502e7b066723bcd1b1e423b35b4627542b15c97759a57d57ad"


def test_nothing_is_the_hash_of_nothing(tmp_path: Path) -> None:
    assert fingerprint(tmp_path) == sha256(b"").hexdigest()


def test_where_it_lies_in_which_order_and_when_it_was_made_does_not_matter(folder: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "elsewhere", dict(reversed(FILES.items())))
    for path in other.rglob("*"):
        os.utime(path, (0, 0))
        path.chmod(0o700)
    (other / "empty").mkdir()
    assert fingerprint(other) == fingerprint(folder)


def test_what_python_compiled_does_not_count(folder: Path) -> None:
    before = fingerprint(folder)
    written(folder, {"__pycache__/b.cpython-311.pyc": b"1", "a/__pycache__/deep/c.pyc": b"2"})
    assert fingerprint(folder) == before
    written(folder, {"a/pycache/c.pyc": b"2"})
    assert fingerprint(folder) != before


def test_every_change_is_another_program(folder: Path, tmp_path: Path) -> None:
    seen = {fingerprint(folder)}
    for change in (
        lambda: written(folder, {"b.py": b"print(2)\n"}),
        lambda: (folder / "b.py").rename(folder / "c.py"),
        (folder / "a" / "c.py").unlink,
        lambda: written(folder, {"empty": b""}),
        lambda: (folder / "empty").rename(folder / "a" / "empty"),
        lambda: written(folder, {".hidden": b"x"}),
        lambda: (folder / "link.py").symlink_to(folder / "c.py"),
    ):
        change()
        seen.add(fingerprint(folder))
    assert len(seen) == 8


def test_what_cannot_be_read_is_an_error(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root can read every file")
    (folder / "b.py").chmod(0)
    with pytest.raises(PermissionError):
        fingerprint(folder)


def test_the_installed_program_has_one() -> None:
    package = Path(kiskriv.__file__).parent
    assert len(fingerprint(package)) == 64
    assert fingerprint(package) == fingerprint(package)

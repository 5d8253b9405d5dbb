"""Model folders: what they must hold, and whether it is still what it was.

A folder in CTranslate2's layout with a manifest beside its files:

    [model]
    name = "nb-whisper-small"
    licence = "Apache-2.0"
    source = "https://huggingface.co/NbAiLab/nb-whisper-small"

    [files]
    "model.bin" = "<SHA-256, hex>"

Nothing is fetched at run time, and nothing is loaded that was changed since the manifest was written (R6). Who wants
to know whether the manifest itself is the right one compares its own digest, which every ledger entry carries (R24).
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kiskriv.errors import ModelChanged, ModelError, ModelMissing

MANIFEST = "manifest.toml"

Needed = tuple[tuple[str, ...], ...]
"""Files that a folder must hold, each under one of these names; where it is there under several, the first is read."""

WHISPER: Needed = (
    ("model.bin",),
    ("config.json",),
    ("tokenizer.json",),  # without these two faster-whisper would ask the hub, or guess
    ("preprocessor_config.json",),
    ("vocabulary.json", "vocabulary.txt"),  # by the age of the converter
)

DIARIZATION: Needed = (
    ("config.yaml",),
    ("segmentation/pytorch_model.bin",),
    ("embedding/pytorch_model.bin",),
    ("plda/plda.npz",),
    ("plda/xvec_transform.npz",),
)
"""As `pyannote/speaker-diarization-community-1` is laid out: without any of these pyannote.audio would ask the hub."""

WRITER: Needed = (
    ("model.bin",),
    ("config.json",),
    ("vocabulary.json", "vocabulary.txt"),
    ("tokenizer.json",),
    ("tokenizer_config.json",),
    ("chat_template.jinja", "tokenizer_config.json"),  # by the age of the model
    ("generation_config.json", "tokenizer_config.json"),  # the first, where there is one, knows more ends of a turn
)
"""A language model, as ct2-transformers-converter lays it out, with what its tokenizer and its chat are told by."""


@dataclass(frozen=True)
class Model:
    """A model folder that is what its manifest says. `digest` is the SHA-256 of the manifest's octets, in hex."""

    folder: Path
    name: str
    licence: str
    digest: str

    def __repr__(self) -> str:
        return f"<Model {self.digest[:12]}>"


def described(folder: Path, needed: Needed = WHISPER) -> Model:
    """What the manifest says, unchecked: soon told, while `verify` reads gigabytes. Raises ModelMissing, ModelError."""
    octets = _manifest(folder)
    model, _ = _parsed(octets)
    return Model(folder, model["name"], model["licence"], hashlib.sha256(octets).hexdigest())


def verify(folder: Path, needed: Needed = WHISPER) -> Model:
    """Reads all that the manifest lists. Raises ModelMissing, ModelChanged, ModelError for an unreadable manifest."""
    octets = _manifest(folder)
    model, files = _parsed(octets)
    for names in needed:
        if not any(name in files for name in names):
            raise ModelMissing(file=names[0])
        there = _first(folder, names)
        if there not in files and (folder / there).is_file():  # it would be read instead of the one that is
            raise ModelChanged(file=there)
    for name, digest in files.items():
        if _digest(folder, name) != digest.lower():
            raise ModelChanged(file=name)
    return Model(folder, model["name"], model["licence"], hashlib.sha256(octets).hexdigest())


def pin(folder: Path, *, name: str, licence: str, source: str, force: bool = False) -> Path:
    """Writes the manifest of a folder that was fetched by hand; one that is there is kept unless `force`.

    Raises ModelMissing for a folder that lacks a needed file, ModelError where a manifest stands already or none can
    be written.
    """
    manifest = folder / MANIFEST
    if manifest.exists() and not force:
        raise ModelError(problem=f"{MANIFEST} is there already")
    digests = {file: _digest(folder, file) for file in (_first(folder, names) for names in _kind(folder))}
    text = _table("model", {"name": name, "licence": licence, "source": source}) + "\n" + _table("files", digests)
    try:
        manifest.write_text(text, encoding="utf-8")
    except OSError as error:
        problem = f"{MANIFEST} cannot be written ({error.strerror})"
    else:
        return manifest
    raise ModelError(problem=problem)


def bundled() -> Path:
    """The demo model's folder: `models/demo-no` in a checkout, or inside the installed package."""
    return _shipped("models/demo-no")


def demo_material() -> Path:
    """The folder of the demo consultation: `demo` in a checkout, or inside the installed package."""
    return _shipped("demo")


def _shipped(name: str) -> Path:
    package = Path(__file__).parent
    beside, inside = package.parent / name, package / name
    return inside if inside.is_dir() and not beside.is_dir() else beside


def _kind(folder: Path) -> Needed:
    """What this folder must hold, told by what only such a folder holds."""

    def holds(*names: str) -> bool:
        return any((folder / name).is_file() for name in names)

    if holds(*(name for (name,) in DIARIZATION)):
        return DIARIZATION
    talks = holds("tokenizer_config.json", "chat_template.jinja") and not holds("preprocessor_config.json")
    return WRITER if talks else WHISPER


def _first(folder: Path, names: tuple[str, ...]) -> str:
    """The name that is there, or the one that it should have."""
    return next((name for name in names if (folder / name).is_file()), names[0])


def _manifest(folder: Path) -> bytes:
    try:
        return (folder / MANIFEST).read_bytes()
    except OSError:
        pass
    raise ModelMissing(file=MANIFEST)


def _parsed(octets: bytes) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """A manifest's tables [model] and [files]: all values are strings, all files lie in the folder or below it."""
    try:
        tables = tomllib.loads(octets.decode())
        model, files = tables["model"], tables["files"]
        whole = all(isinstance(value, str) for value in (*model.values(), *files.values()))
        here = all(re.fullmatch(r"\w[\w.-]*(/\w[\w.-]*)*", file) for file in files)
        if whole and here and {"name", "licence"} <= model.keys():
            return model, files
    except (ValueError, KeyError, AttributeError):  # ValueError: no TOML, no UTF-8
        pass
    raise ModelError(problem=f"{MANIFEST} is not a manifest")


def _digest(folder: Path, file: str) -> str:
    """SHA-256 of one file, in hex, read as a stream. It lies in the folder itself: an engine could not follow a link out of it."""
    if not (folder / file).resolve().is_relative_to(folder.resolve()):
        raise ModelError(problem=f"{file} is a link out of its folder; copy the file itself")
    try:
        with (folder / file).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        missing = True
    except OSError:
        missing = False
    raise ModelMissing(file=file) if missing else ModelError(problem=f"{file} cannot be read")


def _table(name: str, fields: Mapping[str, str]) -> str:
    """A TOML table of strings: JSON's strings are TOML's."""
    return f"[{name}]\n" + "".join(f"{_string(key)} = {_string(value)}\n" for key, value in fields.items())


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

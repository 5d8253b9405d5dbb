"""Which language model writes is the clinic's word, and nothing goes anywhere that its settings do not name."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiskriv.assembly import writing
from kiskriv.config import Config, WriterSettings, load
from kiskriv.draft.reply import OPENING
from kiskriv.errors import ConfigError, KiskrivError, ModelChanged, ModelMissing
from kiskriv.weights import pin
from tests.draft import small_model
from tests.draft.test_generator import JINJA


def test_there_is_none_unless_one_is_named() -> None:
    assert writing.server(Config()) is None
    assert writing.author(Config()) is None
    assert writing.for_room(Config()) is None
    assert writing.alone(Config()) is None


def test_a_server_and_a_folder_are_one_too_many(tmp_path: Path) -> None:
    both = Config(writer=WriterSettings(folder=tmp_path, address="http://127.0.0.1:8080"))
    for made in (writing.server, writing.author, writing.for_room, writing.alone):
        with pytest.raises(ConfigError, match="one of them"):
            made(both)


def test_another_machine_is_asked_only_with_the_clinics_certificates() -> None:
    listed = Config(writer=WriterSettings(address="https://10.0.0.9:8443", servers=("10.0.0.9",)))
    with pytest.raises(ConfigError, match="ca is missing"):
        writing.for_room(listed)


def test_a_folder_that_is_not_pinned_is_refused_before_a_consultation(tmp_path: Path) -> None:
    unpinned = Config(writer=WriterSettings(folder=tmp_path))
    for made in (writing.author, writing.for_room, writing.alone):
        with pytest.raises(ModelMissing):
            made(unpinned)


def test_the_settings_are_read_from_the_clinics_file(tmp_path: Path) -> None:
    file = tmp_path / "kiskriv.toml"
    file.write_text('[writer]\naddress = "https://10.0.0.9"\nservers = ["10.0.0.9", "10.0.0.8"]\nseconds = 60\n')
    assert load(file).writer == WriterSettings(address="https://10.0.0.9", servers=("10.0.0.9", "10.0.0.8"), seconds=60)
    for wrong in ('servers = "10.0.0.9"', "servers = [1]", "seconds = 5", "context = 4095"):
        file.write_text(f"[writer]\n{wrong}\n")
        with pytest.raises(KiskrivError):
            load(file)


@JINJA
def test_a_model_that_was_changed_since_it_was_pinned_is_not_loaded(tmp_path: Path) -> None:
    folder = small_model.write(tmp_path / "model", "hei", opening=OPENING)
    pin(folder, name="small", licence="CC0-1.0", source="tests")
    settings = Config(writer=WriterSettings(folder=folder, compute_type="float32"))
    assert writing.author(settings) is not None
    (folder / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes() + b" ")
    for made in (writing.author, writing.alone):
        with pytest.raises(ModelChanged):
            made(settings)

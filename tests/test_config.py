"""Settings: safe defaults, and no key that means nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiskriv.config import Config, load
from kiskriv.errors import ConfigError
from kiskriv.transcript import Role

SHIPPED = Path(__file__).parent.parent / "config" / "kiskriv.toml"


def written(folder: Path, text: str) -> Path:
    path = folder / "kiskriv.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_says_the_defaults_and_names_every_key() -> None:
    assert load(SHIPPED) == Config()
    text = SHIPPED.read_text(encoding="utf-8")
    for section in Config.__dataclass_fields__:
        assert f"[{section}]" in text
        for key in getattr(Config(), section).__dataclass_fields__:
            assert f"{key} =" in text


def test_values_are_read(tmp_path: Path) -> None:
    config = load(
        written(tmp_path, '[microphone]\nchannels = 2\nroles = ["patient", "interpreter"]\n[model]\nfolder = "/m"\n')
    )
    assert config.microphone.roles == (Role.PATIENT, Role.INTERPRETER)
    assert (config.microphone.channels, config.model.folder) == (2, Path("/m"))


def test_a_sealed_copy_on_the_disk_is_kept_only_where_it_is_asked_for(tmp_path: Path) -> None:
    assert not Config().session.spool
    assert load(written(tmp_path, "[session]\nspool = true\n")).session.spool


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[modell]\n", "'model'"),
        ("[model]\nlangauge = 'nb'\n", "'language'"),
        ("[model]\nlanguage = 'en'\n", "model.language"),
        ("[model]\nlanguage = 3\n", "model.language"),
        ("[model]\nbeam_size = 0\n", "model.beam_size"),
        ("[model]\nthreads = true\n", "model.threads"),
        ("[microphone]\nchannels = 3\n", "microphone.channels"),
        ("[session]\nlimit = 0\n", "session.limit"),
        ("[session]\nspool = 1\n", "session.spool"),
        ('[session]\nspool = "/var/spool"\n', "session.spool"),
        ("[microphone]\nroles = ['nurse']\n", "microphone.roles"),
        ("[model]\nfolder = '~nobody-at-all/x'\n", "model.folder"),
        ('[model]\nfolder = "a\\u0000b"\n', "model.folder"),
        ("model = 1\n", "[model]"),
        ("[model\n", "line 1"),
    ],
)
def test_what_cannot_be_is_refused_and_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(written(tmp_path, text))
    assert named in str(error.value)


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load(tmp_path / "none.toml")

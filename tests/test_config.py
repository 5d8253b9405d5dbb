"""Settings: safe defaults, and no key that means nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiskriv.config import Config, LedgerSettings, load
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


def test_a_limit_can_be_put_off_to_the_longest_which_is_never_less(tmp_path: Path) -> None:
    assert (Config().session.limit, Config().session.longest) == (120, 180)
    only = load(written(tmp_path, "[session]\nlimit = 240\n")).session
    assert (only.limit, only.longest) == (240, 240)
    both = load(written(tmp_path, "[session]\nlimit = 60\nlongest = 90\n")).session
    assert (both.limit, both.longest) == (60, 90)
    for text in ("[session]\nlimit = 60\nlongest = 59\n", "[session]\nlongest = 119\n"):
        with pytest.raises(ConfigError, match=r"session\.longest"):
            load(written(tmp_path, text))


def test_the_log_is_coarse_and_asks_nobody_unless_it_is_told_to() -> None:
    settings = Config().ledger
    assert (settings.precision, settings.keys) == ("hour", "auto")
    assert (settings.witness, settings.witness_key, settings.checkpoints) == ("", "", None)
    assert (settings.user, settings.workstation) == ("", "")


def test_the_settings_of_the_log_are_read(tmp_path: Path) -> None:
    settings = load(
        written(
            tmp_path,
            '[ledger]\nfolder = "/log"\nprecision = "minute"\nkeys = "file"\nwitness = "https://10.0.0.7:8472/w"\n'
            f'witness_key = "name+id+key"\ncheckpoints = "~/elsewhere"\nuser = "{"1a" * 16}"\nworkstation = "{"2b" * 16}"\n',
        )
    ).ledger
    assert settings == LedgerSettings(
        folder=Path("/log"),
        precision="minute",
        keys="file",
        witness="https://10.0.0.7:8472/w",
        witness_key="name+id+key",
        checkpoints=Path.home() / "elsewhere",
        user="1a" * 16,
        workstation="2b" * 16,
    )


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
        ("[ledger]\nprecision = 'day'\n", "ledger.precision"),
        ("[ledger]\nkeys = 'keyring'\n", "ledger.keys"),
        ("[ledger]\nuser = 'Ola Nordmann'\n", "ledger.user"),
        ("[ledger]\nuser = '1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A'\n", "ledger.user"),
        ("[ledger]\nworkstation = '1a'\n", "ledger.workstation"),
        ("[ledger]\nworkstation = 7\n", "ledger.workstation"),
        ("[ledger]\nwitness = '10.0.0.7:8472'\n", "ledger.witness"),
        ("[ledger]\nwitness = 'ftp://10.0.0.7'\n", "ledger.witness"),
        ("[ledger]\nwitness = 'http://10.0.0.7 '\n", "ledger.witness"),
        ("[ledger]\nwitness = true\n", "ledger.witness"),
        ("[ledger]\nwitness_key = 1\n", "ledger.witness_key"),
        ("[ledger]\nwitnes = 'http://10.0.0.7'\n", "'witness'"),
        ("[ledger]\ncheckpoints = ''\n", "ledger.checkpoints"),
        ("[ledger]\ncheckpoints = '~nobody-at-all/x'\n", "ledger.checkpoints"),
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

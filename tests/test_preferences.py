"""What a doctor chose is there the next time, and no file on the disk can keep the screen from starting."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import fields
from pathlib import Path

import pytest

from kiskriv import preferences
from kiskriv.preferences import Preferences, load, save

CHOSEN = Preferences(screen="nn", note="nn", microphone="Jabra Speak 750 (USB\u00a0lyd)", contrast=True, still=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "local" / "state" / "preferences.json"


def written(file: Path, content: bytes | str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_what_was_chosen_is_there_the_next_time(file: Path) -> None:
    assert load(path=file) == Preferences()
    assert save(CHOSEN, path=file)
    assert load(path=file) == CHOSEN
    assert save(Preferences(), path=file)
    assert load(path=file) == Preferences()


def test_it_lies_in_the_users_own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preferences.platformdirs, "user_state_dir", lambda name, appauthor: str(tmp_path / name))
    assert save(CHOSEN)
    assert [path.name for path in (tmp_path / "kiskriv").iterdir()] == ["preferences.json"]
    assert load() == CHOSEN


def test_nobody_else_reads_it(file: Path) -> None:
    save(CHOSEN, path=file)
    save(Preferences(contrast=True), path=file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_what_the_clinic_has_set_holds_until_the_doctor_chooses_otherwise(file: Path) -> None:
    clinic = Preferences(screen="nn", microphone="Jabra")
    assert load(clinic, file) == clinic
    assert save(Preferences(screen="en", microphone="Jabra"), clinic, file)
    assert json.loads(file.read_bytes()) == {"screen": "en"}
    assert load(Preferences(screen="nb", microphone="Shure"), file) == Preferences(screen="en", microphone="Shure")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'"nn"',
        b"[" * 16000,
        b'{"still": true, "x": ' + b"9" * 5000 + b"}",
        b'{"still": true, "x": "' + b"x" * 20000 + b'"}',
    ],
    ids=["empty", "cut", "octets", "list", "null", "text", "deep", "number", "large"],
)
def test_a_damaged_file_is_as_none(file: Path, content: bytes) -> None:
    assert load(path=written(file, content)) == Preferences()
    assert save(CHOSEN, path=file) and load(path=file) == CHOSEN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("screen", "sv"),
        ("screen", None),
        ("screen", ["nn"]),
        ("note", "en"),
        ("note", 1),
        ("microphone", 7),
        ("microphone", "a\x1b[2J"),
        ("microphone", "\ud800"),
        ("microphone", "x" * 201),
        ("contrast", 1),
        ("contrast", "true"),
        ("still", None),
        ("patient", "whatever"),
    ],
)
def test_a_value_that_cannot_be_is_as_if_not_chosen_and_the_others_hold(file: Path, name: str, value: object) -> None:
    good = {"screen": "nn", "note": "nb", "microphone": "Jabra", "contrast": True, "still": True}
    loaded = load(path=written(file, json.dumps({**good, name: value})))
    for field in fields(Preferences):
        expected = getattr(Preferences(), field.name) if field.name == name else good[field.name]
        assert getattr(loaded, field.name) == expected


def test_what_is_no_file_is_not_waited_for(file: Path) -> None:
    file.parent.mkdir(parents=True)
    os.mkfifo(file)
    assert load(path=file) == Preferences()
    file.unlink()
    file.mkdir()
    assert load(path=file) == Preferences()
    assert not save(CHOSEN, path=file)
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    stands_in_the_way = tmp_path / "state"
    stands_in_the_way.write_text("")
    assert not save(CHOSEN, path=stands_in_the_way / "preferences.json")
    assert load(path=stands_in_the_way / "preferences.json") == Preferences()


def test_a_full_disk_leaves_the_earlier_choice_and_nothing_else(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    save(CHOSEN, path=file)
    monkeypatch.setattr(preferences.os, "fsync", full)
    assert not save(Preferences(), path=file)
    assert load(path=file) == CHOSEN
    assert list(file.parent.iterdir()) == [file]

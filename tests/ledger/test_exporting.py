"""An export is octets: the same on the standard output and in a file, and one that was converted on the way is told from no log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiskriv.ledger.__main__ import main
from kiskriv.ledger.answers import show, verify
from kiskriv.ledger.copies import converted, copy_at, export
from kiskriv.ledger.exporting import write_export
from kiskriv.ledger.json_answers import verify_json
from kiskriv.ledger.report.answer import report

from .material import ENVIRONMENT, fill, sessions

CONVERTED = {
    "bom": lambda octets: b"\xef\xbb\xbf" + octets,
    "utf-16": lambda octets: octets.decode().encode("utf-16"),
    "utf-16-le": lambda octets: octets.decode().encode("utf-16-le"),
    "utf-16-be": lambda octets: octets.decode().encode("utf-16-be"),
    "crlf": lambda octets: octets.replace(b"\n", b"\r\n"),
    "what a shell of Windows makes of it": lambda octets: octets.decode().replace("\n", "\r\n").encode("utf-16"),
}


@pytest.fixture
def octets(folder: Path) -> bytes:
    fill(folder, sessions(2))
    return b"".join(export(folder))


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252", "utf-16"])
@pytest.mark.parametrize("program", [["kiskriv.ledger"], ["kiskriv", "ledger"]])
def test_the_octets_are_the_same_whatever_the_encoding(
    folder: Path, octets: bytes, program: list[str], encoding: str
) -> None:
    command = [sys.executable, "-m", *program, "export", str(folder)]
    done = subprocess.run(command, capture_output=True, check=True, env=ENVIRONMENT | {"PYTHONIOENCODING": encoding})
    assert done.stdout == octets
    assert done.stderr == b""


def test_a_file_that_is_not_there_yet_gets_them_too(
    folder: Path, octets: bytes, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = folder.parent / "eksport"
    assert main(["export", str(folder), "--into", str(path)]) == 0
    assert capsysbinary.readouterr() == (b"", b"")
    assert path.read_bytes() == octets
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    again = [sys.executable, "-m", "kiskriv", "ledger", "export", str(folder), "--into"]
    assert subprocess.run([*again, f"{path}2"], capture_output=True, check=True, env=ENVIRONMENT).stdout == b""
    assert Path(f"{path}2").read_bytes() == octets
    path.write_bytes(b"another")
    (folder.parent / "link").symlink_to(folder.parent / "nowhere")
    for there in (path, folder, folder.parent / "link"):
        assert main(["export", str(folder), "--into", str(there)]) == 2
        out, err = capsysbinary.readouterr()
        assert (out, err.decode()) == (b"", f"{there} finnes allerede, og ingenting er skrevet. Oppgi en ny fil.\n")
    assert path.read_bytes() == b"another"
    assert not (folder.parent / "nowhere").exists()


def test_a_disk_that_takes_nothing_leaves_no_part_of_one(
    folder: Path, octets: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    path = folder.parent / "eksport"
    monkeypatch.setattr(os, "fsync", full)
    assert write_export(folder, path) == 2
    assert capsys.readouterr().err == f"Kan ikke skrive {path}: No space left on device\n"
    assert not path.exists()
    assert write_export(folder, folder / "ingen" / "eksport") == 2


def test_what_is_no_log_has_no_export_and_puts_nothing_on_the_output(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for folder in (tmp_path, tmp_path / "nothing"):
        for into in (None, tmp_path / "eksport"):
            assert write_export(folder, into) == 2
            out, err = capsysbinary.readouterr()
            assert (out, len(err.splitlines())) == (b"", 1)
    assert not (tmp_path / "eksport").exists()


@pytest.mark.parametrize("way", CONVERTED)
def test_one_that_was_converted_on_the_way_is_said_to_be_that(folder: Path, octets: bytes, way: str) -> None:
    path = folder.parent / "eksport"
    path.write_bytes(CONVERTED[way](octets))
    key = str(folder / "public-key")
    assert copy_at(path) is None
    for answer in (verify(path, key), show(path), report(path, key)):
        assert (answer.status, "er omgjort på veien" in answer.text) == (2, True)
    read = json.loads(verify_json(path, key).text)
    assert (read["valid"], "was converted on the way" in read["problems"][0]["problem"]) == (None, True)


def test_nothing_else_is_said_to_be_converted(folder: Path, octets: bytes) -> None:
    path = folder.parent / "eksport"
    for other in (octets, b"", b"kiskriv deletion log v2\r\n", b"\xef\xbb\xbf", octets[1:], b"\0" + octets):
        path.write_bytes(other)
        assert not converted(path)
    assert not converted(folder)

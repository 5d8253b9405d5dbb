"""Delivery for good: whole or not at all, and readable by nobody else."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest

from kiskriv.deliver import Folder, Place, Recalled, Stream
from kiskriv.errors import DeliveryError

TEXT = "Anamnese\nVondt i øret.\n\nTiltak\nRo."


def test_a_folder_gets_one_private_file_that_stays(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.deliver(TEXT)
    assert (folder.place, folder.recall()) == (Place.FOLDER, Recalled.NOTHING)
    (file,) = tmp_path.iterdir()
    assert file.read_text(encoding="utf-8") == TEXT + "\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_folder_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError) as error:
        Folder(tmp_path / "none").deliver(TEXT)
    assert "Vondt" not in str(error.value)


def test_a_full_disk_leaves_no_half_note(tmp_path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(DeliveryError):
            Folder(tmp_path).deliver(TEXT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_a_stream_that_nobody_reads_is_an_error_of_ours() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(32, "nobody reads")

    stream = Stream(kept := io.StringIO())
    stream.deliver(TEXT)
    assert kept.getvalue() == TEXT + "\n"
    assert (stream.place, stream.recall()) == (Place.STREAM, Recalled.NOTHING)
    with pytest.raises(DeliveryError):
        Stream(Closed()).deliver(TEXT)

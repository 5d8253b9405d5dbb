"""Delivery: whole or not at all, and readable by nobody else."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest

from kiskriv.deliver import Clipboard, Folder, Stream
from kiskriv.errors import DeliveryError
from kiskriv.note import Note, Section, Statement

NOTE = Note(
    (
        Section("Anamnese", (Statement("Vondt i øret.", (0,)),)),
        Section("Funn"),
        Section("Tiltak", (Statement("Ro.", ()),)),
    )
)
TEXT = "Anamnese\nVondt i øret.\n\nTiltak\nRo."


def test_a_folder_gets_one_private_file(tmp_path: Path) -> None:
    Folder(tmp_path).deliver(NOTE)
    (file,) = tmp_path.iterdir()
    assert file.read_text(encoding="utf-8") == TEXT + "\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_folder_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError) as error:
        Folder(tmp_path / "none").deliver(NOTE)
    assert "Vondt" not in str(error.value)


def test_a_full_disk_leaves_no_half_note(tmp_path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(DeliveryError):
            Folder(tmp_path).deliver(NOTE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_the_clipboard_program_gets_the_note_on_its_standard_input(tmp_path: Path) -> None:
    pasted = tmp_path / "pasted"
    Clipboard((("false",), ("tee", str(pasted)))).deliver(NOTE)
    assert pasted.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("commands", [(), (("no-such-program-anywhere",),), (("false",),)])
def test_no_clipboard_is_an_error_of_ours(commands: tuple[tuple[str, ...], ...]) -> None:
    with pytest.raises(DeliveryError):
        Clipboard(commands).deliver(NOTE)


def test_a_stream_that_nobody_reads_is_an_error_of_ours() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(32, "nobody reads")

    Stream(kept := io.StringIO()).deliver(NOTE)
    assert kept.getvalue() == TEXT + "\n"
    with pytest.raises(DeliveryError):
        Stream(Closed()).deliver(NOTE)

"""A checkpoint taken out comes back in: on paper, as a QR code, by mail, from a folder; and a failure loses nothing."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno

from kiskriv import locale, takeout
from kiskriv.errors import KiskrivError, NotTakenOut, ProofInvalid
from kiskriv.ledger import Ledger
from kiskriv.ledger.answers import Kept, verify
from kiskriv.ledger.checkpoint import claimed
from kiskriv.takeout import as_mail, on_paper, qr_for_terminal, qr_page, to_folder

from .ledger.material import ENVIRONMENT, Clock, cosign_it, ended, fill, opened
from .ledger.pages import Page

WAYS = (on_paper, qr_for_terminal, qr_page, as_mail)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The words as they stand in the code."""
    locale.set_language("en")
    yield
    locale.set_language("nb")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    start = opened()
    fill(tmp_path / "log", [start, ended(start)])
    return tmp_path / "log"


def note_of(log: Path) -> str:
    return (log / "checkpoint").read_text()


def accepted(log: Path, text: str) -> bool:
    """Whether `kiskriv ledger verify --since` takes this, after the log grew."""
    fill(log, [opened()])
    kept = log.parent / "kept"
    kept.write_text(text)
    answer = verify(log, str(log / "public-key"), Kept([kept]))
    return answer.status == 0 and "kept: stemmer med loggen" in answer.text


def modules(drawn: str) -> list[list[bool]]:
    """The dark modules of a QR code, read from its half blocks: two rows in each line."""
    lines = [line.removeprefix("\033[97;40m").removesuffix("\033[0m") for line in drawn.split("\n")]
    rows = [[sign in dark for sign in line] for line in lines for dark in (" \u2584", " \u2580")]
    return rows[:-1] if len(lines[0]) % 2 else rows


def scanned(rows: list[list[bool]], to: Path) -> str:
    """What a scanner reads; it adds a line end of its own."""
    size = len(rows) * 4
    pixels = b"".join(bytes(0 if dark else 255 for dark in row for _ in range(4)) * 4 for row in rows)
    to.write_bytes(b"P5 %d %d 255\n" % (len(rows[0]) * 4, size) + pixels)
    command = ["zbarimg", "--raw", "--quiet", str(to)]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode().removesuffix("\n")


def test_the_note_stands_on_paper_and_in_a_mail_as_it_is(log: Path) -> None:
    note = note_of(log)
    for written in (on_paper(note), as_mail(note)):
        assert f"\n\n{note}\n" in written + "\n\n"
        assert "Checkpoint of the deletion log, 3 lines" in written
        assert "outside this machine" in " ".join(written.split())
    assert "Taken out on: ____" in on_paper(note)
    assert as_mail(note).startswith("Subject: ")
    start = on_paper(note).index("kiskriv.internal/")
    typed = on_paper(note)[start : start + len(note)]
    assert typed == note
    assert accepted(log, typed)


def test_the_code_holds_the_note_and_nothing_else(log: Path) -> None:
    note = note_of(log)
    code = segno.make_qr(note, error="l", boost_error=False, encoding="utf-8", eci=True)
    rows = [[bool(module) for module in row] for row in code.matrix_iter(border=4)]
    assert modules(qr_for_terminal(note)) == rows
    assert len(rows[0]) <= 80
    page = segno.make_qr(note, error="m", boost_error=False, encoding="utf-8", eci=True)
    path = page.svg_inline(border=4, omitsize=True).partition(' d="')[2].partition('"')[0]
    assert path
    assert f'd="{path}"' in qr_page(note)


@pytest.mark.skipif(shutil.which("zbarimg") is None, reason="no scanner on this machine (Debian: zbar-tools)")
@pytest.mark.parametrize("witnesses", [0, 1])
def test_what_a_scanner_reads_is_taken_back(tmp_path: Path, witnesses: int) -> None:
    clock = Clock()
    with Ledger.open(tmp_path / "log", now=clock) as ledger:
        for _ in range(witnesses):
            cosign_it(ledger, clock)
        note = (tmp_path / "log" / "cosigned").read_text() if witnesses else ledger.checkpoint
    assert note.count("\u2014") == 2 + witnesses
    read = scanned(modules(qr_for_terminal(note)), tmp_path / "code.pgm")
    assert read == note
    assert accepted(tmp_path / "log", read)


def test_the_page_stands_alone(log: Path) -> None:
    shown = Page(qr_page(note_of(log)))
    assert shown.texts["pre"] == [note_of(log)]
    assert shown.texts["h1"] == ["Checkpoint of the deletion log, 3 lines"]
    assert shown.all("html") == [{"lang": "en"}]
    assert shown.texts["title"] == ["Checkpoint of the deletion log, 3 lines", "QR code"]


@pytest.mark.parametrize("way", WAYS)
def test_what_is_no_checkpoint_is_not_taken_out(way: object, tmp_path: Path) -> None:
    for bad in ("", "a note\n", "a\n1\nnot a root\n\n\u2014 a AAAAAAAA\n"):
        with pytest.raises(ProofInvalid):
            way(bad)  # type: ignore[operator]
        with pytest.raises(ProofInvalid):
            to_folder(bad, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_more_signatures_than_a_code_holds_are_refused_in_words(log: Path) -> None:
    long = note_of(log) + "".join(f"\u2014 witness/{n} {'A' * 100}\n" for n in range(30))
    for way in (qr_for_terminal, qr_page):
        with pytest.raises(NotTakenOut):
            way(long)
    assert long.rstrip("\n") in on_paper(long)


def test_a_folder_gets_a_file_for_each_checkpoint_and_none_is_overwritten(log: Path, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    first = note_of(log)
    path = to_folder(first, folder)
    assert path.name == f"checkpoint-00000003-{claimed(first).root.hex()[:16]}.txt"
    assert path.read_text() == first
    fill(log, [opened()])
    second = to_folder(note_of(log), folder)
    assert sorted(folder.iterdir()) == sorted([path, second])
    assert path.read_text() == first
    assert to_folder(first, folder) == path
    cosigned = first + "\u2014 witness AAAAAAAA\n"
    beside = to_folder(cosigned, folder)
    assert beside == to_folder(cosigned, folder) != path
    assert (path.read_text(), beside.read_text()) == (first, cosigned)
    assert len(list(folder.iterdir())) == 3
    assert accepted(log, path.read_text())


def test_what_a_crash_left_half_written_is_in_nobody_s_way(log: Path, tmp_path: Path) -> None:
    note = note_of(log)
    path = to_folder(note, tmp_path)
    path.rename(path.with_suffix(".part"))
    path.with_suffix(".part").write_text(note[:50])
    assert to_folder(note, tmp_path) == path
    assert path.read_text() == note
    assert not path.with_suffix(".part").exists()


def test_a_folder_that_cannot_be_written_to_is_said_and_nothing_is_lost(log: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    before = {path: path.read_bytes() for path in log.iterdir()}
    for folder in (tmp_path / "nothing", tmp_path / "file"):
        with pytest.raises(NotTakenOut) as failed:
            to_folder(note_of(log), folder)
        assert "nothing is lost" in failed.value.advice
        assert str(tmp_path) not in str(failed.value)
    assert not (tmp_path / "nothing").exists()
    assert (tmp_path / "file").read_text() == "mine"
    assert before == {path: path.read_bytes() for path in log.iterdir()}


def test_a_full_disk_leaves_what_was_there(log: Path, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    kept = to_folder(note_of(log), folder)
    fill(log, [opened()])
    program = (
        "import sys; from pathlib import Path; from kiskriv.errors import NotTakenOut; from kiskriv.takeout import to_folder\n"
        "try: to_folder(Path(sys.argv[1]).read_text(), Path(sys.argv[2]))\n"
        "except NotTakenOut as error: print(error)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(log / "checkpoint"), str(folder)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRONMENT | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert told.stdout.startswith("the checkpoint was not taken out: ")
    assert list(folder.iterdir()) == [kept]


def test_the_error_is_one_of_ours() -> None:
    assert issubclass(NotTakenOut, KiskrivError)
    assert takeout.__doc__

"""What was printed, mailed, saved or typed back in is taken; what holds nothing is told from what does not fit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiskriv import locale, takeout
from kiskriv.errors import ProofInvalid
from kiskriv.ledger import Ledger
from kiskriv.ledger.answers import Kept, read_text, receipt_at, verify
from kiskriv.ledger.checkpoint import VerifierKey
from kiskriv.ledger.enclosed import checkpoint_in, plain, receipt_in
from kiskriv.ledger.json_answers import verify_json
from kiskriv.ledger.report import receipt_page, receipt_text
from kiskriv.ledger.report.answer import report

from .material import Lived, ended, fill, lived, opened

CONVERSIONS = {
    "as it is": lambda text: text.encode(),
    "bom": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16, big-endian": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "cp1252": lambda text: text.replace("\u2588", "").encode("cp1252", errors="ignore"),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "cr": lambda text: text.replace("\n", "\r").encode(),
    "indented": lambda text: "".join(f"   {line} \t\n" for line in text.split("\n")).encode(),
    "without its last newline": lambda text: text.rstrip("\n").encode(),
    "with more of them": lambda text: f"\n\n{text}\n\n".encode(),
}


@pytest.fixture(autouse=True, params=["nb", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[None]:
    """What is printed is printed in one of these."""
    locale.set_language(request.param)
    yield
    locale.set_language("nb")


@pytest.fixture
def life(folder: Path) -> Lived:
    return lived(folder, days=2, each=2)


@pytest.mark.parametrize("form", [str, takeout.on_paper, takeout.as_mail, takeout.qr_page])
@pytest.mark.parametrize("way", CONVERSIONS)
def test_a_checkpoint_that_was_printed_is_taken_back(folder: Path, life: Lived, form: object, way: str) -> None:
    assert callable(form)
    kept = folder.parent / "kept"
    for note in life.checkpoints:
        kept.write_bytes(CONVERSIONS[way](form(note)))
        assert checkpoint_in(read_text(kept), VerifierKey.parse(life.vkey).name) == note
        assert verify(folder, life.vkey, Kept([kept])).status == 0
    assert report(folder, life.vkey, kept=Kept([kept])).status == 0


@pytest.mark.parametrize("form", [str, receipt_text, receipt_page])
@pytest.mark.parametrize("way", CONVERSIONS)
def test_a_receipt_that_was_printed_is_taken_back(folder: Path, form: object, way: str) -> None:
    assert callable(form)
    start = opened()
    vkey = fill(folder, [start, ended(start)])
    with Ledger.open(folder) as ledger:
        receipt = ledger.receipt(2)
    kept = folder.parent / "kept"
    kept.write_bytes(CONVERSIONS[way](form(receipt)))
    assert receipt_at(kept) == receipt
    assert verify(kept, vkey).status == 0
    assert verify(folder, vkey, Kept(receipts=[kept])).status == 0


def test_what_was_changed_within_its_words_is_still_found_out(folder: Path, life: Lived) -> None:
    kept = folder.parent / "kept"
    note = life.checkpoints[0]
    root = note.split("\n")[2]
    other = root.replace(root[3], "A" if root[3] != "A" else "B", 1)
    for form in (str, takeout.on_paper, takeout.qr_page):
        kept.write_text(form(note).replace(root, other))
        assert verify(folder, life.vkey, Kept([kept])).status == 1
    index, receipt = max(life.receipts.items())
    kept.write_text(receipt.replace(f"index {index}", f"index {index - 1}"))
    assert verify(kept, life.vkey).status == 1
    assert verify(folder, life.vkey, Kept(receipts=[kept])).status == 1


def test_of_several_checkpoints_only_the_one_of_this_log_is_taken(folder: Path, life: Lived, tmp_path: Path) -> None:
    foreign = lived(tmp_path / "other", days=1).checkpoints[0]
    kept = tmp_path / "kept"
    first, second = life.checkpoints
    cases = {
        f"{foreign}\n{first}": (0, "stemmer med loggen"),  # as a witness of two logs prints them
        f"{first}\n{first}": (0, "stemmer med loggen"),
        foreign: (1, "ikke signert med denne loggens nøkkel"),
        f"{first}\n{second}": (2, "inneholder ikke noe sjekkpunkt, eller flere enn ett"),
    }
    for text, (status, said) in cases.items():
        kept.write_text(text)
        answer = verify(folder, life.vkey, Kept([kept]))
        assert (answer.status, said in answer.text) == (status, True)


@pytest.mark.parametrize(
    "text", ["", "\n", "ingenting her", "<pre>", "<pre></pre>", "kiskriv.internal/\n4\n", "\xff" * 9]
)
def test_what_holds_nothing_says_that_and_accuses_no_log(folder: Path, text: str) -> None:
    vkey = fill(folder, [opened()])
    kept = folder.parent / "kept"
    kept.write_text(text, encoding="latin-1")
    for given, lacking in ((Kept([kept]), "checkpoint, or more than one"), (Kept(receipts=[kept]), "receipt")):
        answer = verify(folder, vkey, given, "en")
        assert (answer.status, answer.text) == (2, f"{kept} holds no {lacking}.")
        read = json.loads(verify_json(folder, vkey, given).text)
        assert (read["valid"], read["problems"]) == (None, [{"problem": answer.text}])
    assert report(folder, vkey, kept=Kept([kept])).status == 2
    assert verify(kept, vkey, language="en").text == f"{kept} holds no receipt."
    with pytest.raises(ProofInvalid):
        receipt_at(kept)


def test_a_large_file_of_anything_is_read_in_no_time() -> None:
    for piece in (
        b"<pre",
        b"1\n",
        b"c2sp.org/tlog-proof@v1\n",
        b"\xe2\x80\x94 a\n",
        b"a\n1\nb\n\n",
        b"\n",
        b"\r",
        b"1",
    ):
        text = plain(piece * (2**20 // len(piece)))
        assert (checkpoint_in(text, "a"), receipt_in(text)[23:]) == ("", "")

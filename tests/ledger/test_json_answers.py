"""What systems read: an object for each line of the log, and one for a verdict, of a stable shape."""

from __future__ import annotations

import json
from pathlib import Path

from kiskriv.ledger import Ledger, answers, decode, json_answers
from kiskriv.ledger.answers import Kept
from kiskriv.ledger.checkpoint import encode_base64
from kiskriv.ledger.copies import Export, Folder, export
from kiskriv.ledger.json_answers import show_json, verify_json
from kiskriv.ledger.merkle import Tree, leaf_hash

from .material import ended, fill, lived, opened


def test_every_line_of_a_log_is_an_object_with_its_leaf(folder: Path, tmp_path: Path) -> None:
    lived(folder, days=3, each=4, prune=2)
    lines = (folder / "entries.jsonl").read_bytes().splitlines()
    shown = list(show_json(Folder(folder)))
    assert not any("\n" in line for line in shown)
    tree = Tree()
    for number, (line, text) in enumerate(zip(lines, shown, strict=True), start=1):
        read = json.loads(text)
        tree.append(bytes.fromhex(read["leaf"]))
        assert read["line"] == number
        if read.get("pruned"):
            assert set(read) == {"line", "leaf", "pruned"}
            assert line == b'"%s"' % read["leaf"].encode()
        else:
            assert set(read) == {"line", "leaf", "entry"}
            assert leaf_hash(line).hex() == read["leaf"]
            assert json.dumps(read["entry"], sort_keys=True, separators=(",", ":")).encode() == line
            decode(line)
    with Ledger.open(folder) as ledger:
        assert ledger.checkpoint.splitlines()[2] == encode_base64(tree.root())
    (tmp_path / "export").write_bytes(b"".join(export(folder)))
    assert list(show_json(Export(tmp_path / "export"))) == shown


def test_a_line_that_cannot_be_read_is_said_to_be_that(folder: Path) -> None:
    fill(folder, [])
    with (folder / "entries.jsonl").open("ab") as file:
        file.write(b'{"half of a li')
    last = json.loads(list(show_json(Folder(folder)))[-1])
    assert last == {"line": 2, "leaf": leaf_hash(b'{"half of a li').hex(), "unreadable": True}


def test_a_verdict_says_what_the_text_says_with_the_same_status(folder: Path, tmp_path: Path) -> None:
    kept = lived(folder, days=2)
    key = str(folder / "public-key")
    (tmp_path / "kept").write_text(kept.checkpoints[0])
    (tmp_path / "receipt").write_text(next(iter(kept.receipts.values())))
    given = (folder, key, Kept([tmp_path / "kept"], [tmp_path / "receipt"]))
    good = verify_json(*given)
    read = json.loads(good.text)
    assert good.status == answers.verify(*given).status == 0
    assert (read["schema"], read["of"], read["valid"], read["problems"]) == ("kiskriv-ledger-verify/1", "log", True, [])
    assert read["earlier"] == [{"name": "kept", "fault": None}]
    assert read["receipts"] == [{"name": "receipt", "fault": None}]
    assert read["opened"] == 8
    assert read["witnessed"][0]["kind"] == "witnessed"
    documented = json_answers.__doc__ or ""
    assert [name for name in read if name not in documented] == []

    lines = (folder / "entries.jsonl").read_bytes()
    (folder / "entries.jsonl").write_bytes(lines.replace(b'"took":350', b'"took":351', 1))
    bad = verify_json(*given)
    read = json.loads(bad.text)
    assert bad.status == answers.verify(*given).status == 1
    assert read["valid"] is False
    assert {"fault": "root-mismatch", "line": None} in read["problems"]
    assert read["earlier"] == [{"name": "kept", "fault": "differs-from-earlier"}]


def test_a_receipt_is_judged_too(folder: Path, tmp_path: Path) -> None:
    start = opened()
    vkey = fill(folder, [start, ended(start)])
    with Ledger.open(folder) as ledger:
        (tmp_path / "receipt").write_text(ledger.receipt(2))
    good = verify_json(tmp_path / "receipt", vkey)
    read = json.loads(good.text)
    assert (good.status, read["of"], read["valid"], read["line"]) == (0, "receipt", True, 3)
    assert read["entry"]["session"] == start.session
    (tmp_path / "receipt").write_text((tmp_path / "receipt").read_text().replace("index 2", "index 1"))
    bad = verify_json(tmp_path / "receipt", vkey)
    assert (bad.status, json.loads(bad.text)["valid"]) == (1, False)
    assert json.loads(bad.text)["problems"][0]["problem"]


def test_what_cannot_be_read_is_an_object_too(folder: Path, tmp_path: Path) -> None:
    key = fill(folder, [])
    for answer in (
        verify_json(tmp_path / "nothing", key),
        verify_json(folder, "no key"),
        verify_json(folder / "public-key", key, Kept([folder / "checkpoint"])),
        verify_json(folder, key, Kept([tmp_path / "nothing"])),
    ):
        read = json.loads(answer.text)
        assert answer.status == 2
        assert (read["of"], read["valid"]) == (None, None)
        assert read["problems"][0]["problem"]

"""A whole consultation goes by, and leaves a receipt and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiskriv.weights import demo_material
from tests.road.conftest import SOUND, Home, Seen

REFERENCE = json.loads((demo_material() / "consultation.json").read_text(encoding="utf-8"))


def test_what_was_said_is_heard(seen: Seen) -> None:
    assert (
        seen.printed["wer"] <= 0.2
    )  # the figure stands in README; another processor rounds differently, and may hear differently
    utterances = seen.printed["transcript"]["utterances"]
    assert {u["role"] for u in utterances} == {"practitioner", "patient"}
    assert all(0 <= u["start"] < u["end"] <= REFERENCE["duration"] for u in utterances)


def test_who_said_it_is_known_from_the_microphones(seen: Seen) -> None:
    right = wrong = 0
    for heard in seen.printed["transcript"]["utterances"]:
        middle = (heard["start"] + heard["end"]) / 2
        speaking = [u["role"] for u in REFERENCE["utterances"] if u["start"] <= middle <= u["end"]]
        words = len(heard["text"].split())
        right, wrong = (
            right + words * (heard["role"] in speaking),
            wrong + words * (bool(speaking) and heard["role"] not in speaking),
        )
    assert wrong <= 0.05 * (right + wrong)
    assert right > 100


def test_the_note_is_short_and_rests_on_what_was_said(seen: Seen) -> None:
    said = {u["id"] for u in seen.printed["transcript"]["utterances"]}
    sections = seen.printed["note"]["sections"]
    assert [s["heading"] for s in sections] == ["Anamnese", "Funn", "Vurdering", "Tiltak"]
    assert all(section["statements"] for section in sections)
    statements = [statement for section in sections for statement in section["statements"]]
    assert all(statement["evidence"] and said.issuperset(statement["evidence"]) for statement in statements)
    assert sum(len(statement["text"].split()) for statement in statements) <= 150
    assert not [m for m in seen.printed["marks"] if m["concern"] in ("contradiction", "unsupported")]


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Anamnese", ("hoste", "10 dager")),
        ("Anamnese", ("ikke", "brystsmerter")),
        ("Anamnese", ("5 mg", "om morgenen")),
        ("Anamnese", ("ingen kjente allergier",)),
        ("Funn", ("138/84", "37,9", "88", "96 %")),
        ("Funn", ("knatrelyder", "høyre")),
        ("Funn", ("crp 74",)),
        ("Vurdering", ("trolig", "høyre side")),  # what is likely, the small model hears now so, now so
        ("Tiltak", ("apocillin 660 mg", "x 4", "7 dager")),
        ("Tiltak", ("sykmelding", "fredag")),
        ("Tiltak", ("kontroll om 2 uker",)),
    ],
)
def test_the_note_has_what_a_doctor_would_have_written(seen: Seen, heading: str, words: tuple[str, ...]) -> None:
    (section,) = (s for s in seen.printed["note"]["sections"] if s["heading"] == heading)
    assert any(all(word in statement["text"].lower() for word in words) for statement in section["statements"])


def test_a_drug_that_was_misheard_stands_as_it_was_heard_and_is_marked(seen: Seen) -> None:
    said = " ".join(u["text"] for u in seen.printed["transcript"]["utterances"]).lower()
    note = "\n".join(s["text"] for section in seen.printed["note"]["sections"] for s in section["statements"]).lower()
    if "ramipril" in said:
        pytest.skip("the model heard it right")
    (mark,) = (mark for mark in seen.printed["marks"] if mark["concern"] == "check" and mark["kind"] == "medication")
    assert mark["written"] in said and mark["written"] in note and mark["said"] not in said


def test_the_note_has_nothing_that_was_not_so(seen: Seen) -> None:
    text = "\n".join(s["text"] for section in seen.printed["note"]["sections"] for s in section["statements"]).lower()
    for wrong in ("allergi: penicillin", "parkering", "regner", "ikke hoste", "venstre"):
        assert wrong not in text


def test_the_receipt_verifies_with_nothing_but_the_key(seen: Seen, tmp_path: Path) -> None:
    assert seen.printed["ledger_verified"] is True
    key = next(seen.home.folder.rglob("public-key")).read_text(encoding="utf-8").strip()
    receipt = tmp_path / "receipt"
    receipt.write_text(seen.printed["receipt"], encoding="utf-8")
    verified = seen.home.run("ledger", "verify", receipt, "--key", key)
    assert verified.returncode == 0, verified.stderr
    changed = bytearray(receipt.read_bytes())
    changed[60] ^= 1
    receipt.write_bytes(changed)
    assert seen.home.run("ledger", "verify", receipt, "--key", key).returncode == 1


def test_nothing_is_left_but_the_ledger(seen: Seen) -> None:
    ledger = ".local/share/kiskriv/demo-ledger/"
    assert {f for f in seen.home.files() if not f.startswith(ledger)} == set()
    kept = b"".join((seen.home.folder / f).read_bytes() for f in seen.home.files()).decode("utf-8", "replace").lower()
    words = {w.strip(".,?!").lower() for u in REFERENCE["utterances"] for w in u["text"].split()}
    assert not [w for w in words if len(w) > 7 and w in kept]


def test_times_are_told(seen: Seen) -> None:
    times = seen.printed["timings"]
    assert times["audio"] == pytest.approx(REFERENCE["duration"], abs=0.2)
    assert all(times[name] > 0 for name in ("decode", "stop_to_draft", "erase"))


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed (Debian: apt-get install strace)")
def test_no_socket_but_local_ones_is_opened_and_no_address_looked_up(home: Home) -> None:
    def traced(*command: str) -> list[str]:
        trace = home.folder / "trace"
        done = subprocess.run(
            ["strace", "-f", "-qq", "-e", "trace=socket,connect,sendto,bind", "-o", trace, *command],
            env=home.environment, capture_output=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        lines = trace.read_text().splitlines()
        trace.unlink()
        made = [
            line for line in lines if "socket(" in line and "EPERM" not in line
        ]  # what the walls refuse is no way out
        return [line for line in made if "AF_UNIX" not in line]

    assert traced(sys.executable, "-c", "import socket; socket.socket().close()")  # a socket is seen when there is one
    assert traced(*home.command("demo", "--json", "--speed", "0")) == []


def test_the_same_file_gives_the_same_text_again(seen: Seen, home: Home) -> None:
    again = home.run("run", SOUND, "--approve", "--json")
    assert again.returncode == 0, again.stderr
    texts = [
        [u["text"] for u in printed["transcript"]["utterances"]] for printed in (seen.printed, json.loads(again.stdout))
    ]
    assert texts[0] == texts[1]


def test_a_person_sees_words_note_and_receipt(home: Home) -> None:
    done = home.run("demo", "--speed", "0")
    assert done.returncode == 0, done.stderr
    for shown in ("Anamnese", "Tiltak", "kiskriv ledger verify"):
        assert shown in done.stdout

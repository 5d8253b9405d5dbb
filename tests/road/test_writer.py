"""`kiskriv` with a language model, as a clinic has it: a server beside it, or in the engine. The draft by rules stands where it fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kiskriv.draft.reply import OPENING
from kiskriv.weights import pin
from tests.draft import small_model
from tests.draft.consultations import reply
from tests.draft.model_server import Answer, certificate, says, serves, serving
from tests.draft.test_generator import JINJA
from tests.road.conftest import SOUND, Home

WRITTEN = reply([("Anamnese", [0, 1], "Skrevet av en språkmodell.")])


def settled(home: Home, **writer: Any) -> None:
    """The clinic's configuration names this writer."""
    folder = home.folder / ".config" / "kiskriv"
    folder.mkdir(parents=True)
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in writer.items())
    (folder / "kiskriv.toml").write_text(f"[writer]\n{lines}")


def note(home: Home) -> str:
    ran = home.run("run", SOUND, "--approve", "--json")
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("tls", [False, True])
def test_a_server_that_the_clinic_names_writes_the_note(home: Home, tmp_path: Path, tls: bool) -> None:
    file = certificate(tmp_path / "ca.pem", "127.0.0.1")
    with serving(says(WRITTEN), serves(file) if tls else None) as server:
        scheme, more = ("https", {"ca": str(file)}) if tls else ("http", {})
        settled(home, address=f"{scheme}://127.0.0.1:{server.server_port}", model="norsk-7b", **more)
        assert "Skrevet av en språkmodell." in note(home)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "answer", [says("Beklager."), says(reply([("Anamnese", [9999], "Dikt.")])), lambda handler: None]
)
def test_where_it_fails_the_draft_by_rules_stands(home: Home, answer: Answer) -> None:
    with serving(answer) as server:
        settled(home, address=f"http://127.0.0.1:{server.server_port}")
        written = note(home)
    assert "Anamnese" in written
    assert "Dikt" not in written
    assert len(server.asked) == 1


def test_an_address_elsewhere_is_refused_before_anything_begins(home: Home) -> None:
    settled(home, address="https://8.8.8.8")
    ran = home.run("run", SOUND, "--approve", "--json")
    assert ran.returncode == 2
    assert "8.8.8.8" not in ran.stdout


@JINJA
def test_a_model_in_a_folder_writes_the_note_in_the_engine(home: Home, tmp_path: Path) -> None:
    folder = small_model.write(tmp_path / "model", WRITTEN.removeprefix(OPENING), opening=OPENING)
    pin(folder, name="small", licence="CC0-1.0", source="tests")
    settled(home, folder=str(folder), compute_type="float32", context=65536)
    assert "Skrevet av en språkmodell." in note(home)

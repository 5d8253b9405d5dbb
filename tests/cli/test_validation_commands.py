"""`kiskriv draft` and `kiskriv evaluate` as a person types them: what is said, and with which exit status."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiskriv.cli import main
from kiskriv.locale import set_language
from kiskriv.weights import demo_material
from tests.evaluation.files import written

EXAMPLES = Path(__file__).parents[2] / "examples" / "evaluation"


@pytest.fixture(autouse=True)
def as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The signals of this process, which a command takes; a home of its own; and English, which the catalogue cannot change."""
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home))
    set_language("en")
    yield
    set_language("nb")
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)
    assert not [*home.rglob("*")], "a validation writes nothing down"


@pytest.fixture
def material(tmp_path: Path) -> Path:
    folder = tmp_path / "øvelse"
    folder.mkdir()
    return folder


def test_a_draft_is_printed_with_its_evidence(material: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draft", "--transcript", str(written(material))]) == 0
    out = capsys.readouterr().out
    assert "Apocillin 660 mg" in out
    assert "[2]" in out


def test_a_draft_is_printed_as_an_object_in_the_language_that_was_spoken_or_asked_for(
    material: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(material, language="nn")
    for asked, language in (([], "nn"), (["--language", "nb"], "nb")):
        assert main(["draft", "--transcript", str(file), "--json", *asked]) == 0
        assert json.loads(capsys.readouterr().out)["language"] == language


def test_a_template_is_chosen_by_its_title(material: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(written(material))
    main(["draft", "--transcript", file, "--json"])
    title = json.loads(capsys.readouterr().out)["template"]
    assert main(["draft", "--transcript", file, "--json", "--template", title]) == 0
    capsys.readouterr()
    assert main(["draft", "--transcript", file, "--template", "Epikrise"]) != 0
    assert "there is no template of that name" in capsys.readouterr().err


def test_a_note_of_somebody_elses_is_held_against_what_was_said(
    material: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note = material / "note.txt"
    note.write_text("Anamnese\nFeber.\n", encoding="utf-8")
    assert main(["draft", "--transcript", str(written(material)), "--note", str(note), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sections"][0]["statements"][0]["support"] == "unsupported"
    assert [one["kind"] for one in told["omitted"]] == ["medication"]


@pytest.mark.parametrize("octets", [b"\xff", None])
def test_a_note_that_cannot_be_read_is_said(
    material: Path, capsys: pytest.CaptureFixture[str], octets: bytes | None
) -> None:
    note = material / "note.txt"
    if octets is not None:
        note.write_bytes(octets)
    assert main(["draft", "--transcript", str(written(material)), "--note", str(note)]) == 2
    assert "note.txt cannot be used" in capsys.readouterr().err


def test_what_is_wrong_with_a_transcript_is_said_with_its_place(
    material: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(material, utterances=[{"role": "nurse", "text": "Nei."}])
    assert main(["draft", "--transcript", str(file)]) == 2
    told = capsys.readouterr()
    assert "hals.json, utterances[0].role cannot be used" in told.err
    assert "docs/evaluation.md" in told.err
    assert not told.out


def test_the_examples_are_evaluated_with_a_page(material: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = material / "page.html"
    assert main(["evaluate", str(EXAMPLES), "--page", str(page)]) == 0
    out = capsys.readouterr().out
    assert "halsbrann" in out
    assert "Drafted from the transcript" in out
    assert "Drafted from the sound" not in out
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_an_evaluation_is_printed_as_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(EXAMPLES), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["origins"]["transcript"]["consultations"] == 2
    assert told["made"]["model"] == ""


def test_sound_beside_a_consultation_is_recognised(material: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = json.loads((demo_material() / "consultation.json").read_text(encoding="utf-8"))["utterances"]
    written(material, "demo", utterances=said, facts=[], forbidden=[])
    shutil.copy(demo_material() / "consultation.flac", material / "demo.flac")
    assert main(["evaluate", str(material), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["origin"] for one in told["consultations"]] == ["transcript", "sound"]
    assert told["made"]["model_digest"]
    sound = told["origins"]["sound"]
    assert set(sound["recognition"]) == {"practitioner", "patient"}
    assert all(of["error_rate"] < 0.2 for of in sound["recognition"].values())


def test_every_fault_of_a_folder_is_told_and_nothing_is_tried(
    material: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(material, "a", language="en")
    written(material, "b")
    written(material, "c", forbidden=[1])
    page = material / "page.html"
    assert main(["evaluate", str(material), "--page", str(page)]) == 2
    told = capsys.readouterr()
    assert "a.json, language" in told.err
    assert "c.json, forbidden" in told.err
    assert not told.out
    assert not page.exists()


def test_a_folder_without_consultations_is_said(material: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(material)]) == 2
    assert "no consultation in it" in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_said_and_the_figures_are_not_lost(
    material: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(EXAMPLES), "--page", str(material / "none" / "page.html")]) == 2
    told = capsys.readouterr()
    assert "page.html cannot be used: the file cannot be written" in told.err
    assert "halsbrann" in told.out

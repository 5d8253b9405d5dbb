"""The commands for people, and the promise that an auditor needs nothing but this package and `cryptography` (P10)."""

from __future__ import annotations

import ast
import dataclasses
import json
import string
import subprocess
import sys
from pathlib import Path

import pytest

import kiskriv.ledger
from kiskriv.ledger import ArtefactName, Cause, Fact, Fault, Ledger, Level, Method, Place, Problem, Reason
from kiskriv.ledger.__main__ import main
from kiskriv.ledger.answers import verify
from kiskriv.ledger.entry import _KINDS
from kiskriv.ledger.terms import Change, Delivery, Precision, Weakness
from kiskriv.ledger.wording import _NAMES, TEXTS, entry, problem

from .material import ENVIRONMENT, contents, ended, fill, lived, opened, resumed, sessions, swept
from .test_entry import largest

ENTRIES = sessions(3)
SOURCES = sorted(Path(kiskriv.ledger.__path__[0]).glob("*.py"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill(tmp_path / "log", ENTRIES)
    return tmp_path / "log"


def receipt(folder: Path, index: int) -> Path:
    path = folder.parent / f"{index}.tlog-proof"
    with Ledger.open(folder) as ledger:
        path.write_text(ledger.receipt(index))
    return path


def test_a_genuine_receipt(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = folder / "public-key"
    for given in (str(key), key.read_text().strip()):
        assert main(["verify", str(receipt(folder, 2)), "--key", given]) == 0
        told = capsys.readouterr().out
        assert told.startswith("Kvitteringen er ekte")
        assert "overført til journalen" in told
        assert "rommets prosess avsluttet" in told
        assert "nivå B (mangler: frigitte minnesider nullet av kjernen)" in told
        assert "ettersøk i eget minne, " in told
        assert "åpne filer: ingenting funnet" in told
        assert "Linje 3 i loggen kiskriv.internal/" in told
        assert "lyd (inntil 134217728 B)" in told
        assert "Merk" not in told
        assert "viser loggen: verify LOGG" in told


def test_a_receipt_that_proves_less_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = str(folder / "public-key")
    assert main(["verify", str(receipt(folder, 1)), "--key", key]) == 0
    assert "ikke en kvittering for at en økt er slettet" in capsys.readouterr().out
    start = opened()
    fill(folder, [start, ended(start, verified=False)])
    assert main(["verify", str(receipt(folder, 8)), "--key", key]) == 0
    told = capsys.readouterr().out
    assert "ADVARSEL" in told
    assert "IKKE bekreftet (2 funn)" in told


def test_a_receipt_that_is_not_genuine(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = receipt(folder, 2)
    other = fill(tmp_path / "other", ENTRIES)
    assert main(["verify", str(path), "--key", other]) == 1
    path.write_text(path.read_text().replace("index 2", "index 3"))
    assert main(["verify", str(path), "--key", str(folder / "public-key")]) == 1
    assert capsys.readouterr().out.count("IKKE gyldig") == 2
    for octets in (b"", b"\xff\xfe", b"c2sp.org/tlog-proof@v1\nextra \n", (folder / "checkpoint").read_bytes()):
        path.write_bytes(octets)
        assert main(["verify", str(path), "--key", str(folder / "public-key")]) == 2
        assert capsys.readouterr().out == f"{path} inneholder ingen kvittering.\n"


def test_what_cannot_be_read(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = str(folder / "public-key")
    assert main(["verify", str(tmp_path / "nothing"), "--key", key]) == 2
    assert main(["verify", str(folder), "--key", str(tmp_path / "nothing")]) == 2
    assert main(["verify", str(folder), "--key", key, "--since", str(tmp_path / "nothing")]) == 2
    assert main(["verify", str(receipt(folder, 0)), "--key", "not a key"]) == 2
    assert main(["show", str(tmp_path / "nothing")]) == 2
    (tmp_path / "empty").mkdir()
    assert main(["verify", str(tmp_path / "empty"), "--key", key]) == 2
    assert "Traceback" not in "".join(capsys.readouterr())
    with pytest.raises(SystemExit) as stopped:
        main(["verify"])
    assert stopped.value.code == 2


def test_a_whole_log(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, before = str(folder / "public-key"), contents(folder)
    (tmp_path / "earlier").write_bytes(before["checkpoint"])
    assert main(["verify", str(folder), "--key", key]) == 0
    told = capsys.readouterr().out
    assert "Sletteloggen er hel" in told
    assert "Uten et tidligere sjekkpunkt" in told
    assert "3 økter åpnet, 2 avsluttet, 1 ryddet" in told
    start = opened()
    fill(folder, [start])
    assert main(["verify", str(folder), "--key", key, "--since", str(tmp_path / "earlier")]) == 0
    told = capsys.readouterr().out
    assert "earlier: stemmer med loggen" in told
    assert "Uten et tidligere sjekkpunkt" not in told
    assert f"1 åpnet, men hverken avsluttet eller ryddet: {start.session}" in told


def test_a_log_that_is_not_whole(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = str(folder / "public-key")
    (tmp_path / "earlier").write_bytes((folder / "checkpoint").read_bytes())
    entries = (folder / "entries.jsonl").read_bytes()
    (folder / "entries.jsonl").write_bytes(entries.replace(b"transferred", b"transfered", 1))
    assert main(["verify", str(folder), "--key", key, "--language", "en"]) == 1
    assert "line 3: the line is not one that kiskriv writes" in capsys.readouterr().out
    (folder / "checkpoint").write_bytes(b"\xff")
    assert main(["verify", str(folder), "--key", key, "--since", str(tmp_path / "earlier")]) == 1
    assert "IKKE i orden" in capsys.readouterr().out


def test_a_log_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(ENTRIES) + 2
    for line, shown in zip(lines[1:], ENTRIES, strict=False):
        assert shown.session in line
    assert "uten kontroll" in lines[-1]
    with (folder / "entries.jsonl").open("ab") as file:
        file.write(b'{"half of a li')
    assert main(["show", str(folder)]) == 1
    assert "(kan ikke leses)" in capsys.readouterr().out


def test_a_log_of_which_nothing_was_appended_yet_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path / "log", [])
    assert main(["show", str(tmp_path / "log")]) == 0
    assert "opprettet  loggens nøkkel " in capsys.readouterr().out


def test_an_export_says_what_its_folder_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = lived(tmp_path / "log", days=2, each=3, prune=1)
    kept = [tmp_path / f"kept{number}" for number in range(3)]
    for path, text in zip(kept, (*told.checkpoints, told.receipts[max(told.receipts)]), strict=True):
        path.write_text(text)
    options = ["--key", told.vkey, "--since", str(kept[0]), "--since", str(kept[1]), "--receipt", str(kept[2])]
    assert main(["verify", str(tmp_path / "log"), *options]) == 0
    of_the_folder = capsys.readouterr().out
    assert main(["export", str(tmp_path / "log")]) == 0
    (tmp_path / "eksport").write_text(capsys.readouterr().out)
    assert main(["verify", str(tmp_path / "eksport"), *options]) == 0
    assert capsys.readouterr().out == of_the_folder
    for said in (
        "kept0: stemmer med loggen",
        "kept2: stemmer med loggen",
        "bare kontrollsummer beholdt: 3 økter åpnet, 2 avsluttet, 1 ryddet",
        "2 nøkkelperioder, 0 ganger",
        "Vitnet ",
    ):
        assert said in of_the_folder
    assert main(["show", str(tmp_path / "eksport")]) == 0
    shown = capsys.readouterr().out
    assert "(utløpt; bare kontrollsummen er beholdt)" in shown
    assert main(["verify", str(kept[2]), "--key", told.vkey, "--since", str(kept[0])]) == 2


def test_what_goes_together_with_nothing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told, other = lived(tmp_path / "log", 1, 2), lived(tmp_path / "other", 1, 2)
    kept = {"sjekkpunkt": other.checkpoints[0], "kvittering": other.receipts[max(other.receipts)], "annet": "6\n"}
    for name, text in kept.items():
        (tmp_path / name).write_text(text)
    options = ["--key", told.vkey, "--since", str(tmp_path / "sjekkpunkt")]
    assert main(["verify", str(tmp_path / "log"), *options, "--receipt", str(tmp_path / "kvittering")]) == 1
    said = capsys.readouterr().out
    assert "sjekkpunkt: det tidligere sjekkpunktet er ikke signert" in said
    assert "kvittering: kvitteringen er ikke gyldig" in said
    for given, lacking in (("--since", "ikke noe sjekkpunkt, eller flere enn ett"), ("--receipt", "ingen kvittering")):
        assert main(["verify", str(tmp_path / "log"), *options, given, str(tmp_path / "annet")]) == 2
        assert capsys.readouterr().out == f"{tmp_path / 'annet'} inneholder {lacking}.\n"


def test_a_folder_that_holds_no_log_has_no_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "nothing"):
        assert main(["export", str(folder)]) == 2
    assert "Traceback" not in "".join(capsys.readouterr())


def test_the_command_runs_by_itself_and_takes_a_closed_pipe(folder: Path) -> None:
    command = [sys.executable, "-m", "kiskriv.ledger", "show", str(folder)]
    told = subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT | {"LC_ALL": "C"})
    assert (told.returncode, told.stderr) == (0, "")
    assert "åpnet" in told.stdout
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as closed:
        assert closed.stdout
        assert closed.stderr
        closed.stdout.close()
        assert closed.stderr.read() == b""


def test_a_fresh_process_loads_nothing_but_this_package_and_cryptography() -> None:
    program = (
        "import json, sys, time; import cryptography.hazmat.primitives.serialization; before = time.process_time(); "
        "import kiskriv.ledger.__main__; print(json.dumps([time.process_time() - before, sorted(sys.modules)]))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    seconds, modules = json.loads(told.stdout)
    assert seconds < 0.5  # 0.05 where nothing else runs
    roots = {name.split(".")[0] for name in modules} - set(sys.stdlib_module_names)
    assert {name for name in roots if not name.startswith(("_", "site", "distutils"))} <= {
        "kiskriv",
        "cryptography",
        "cffi",
    }
    ours = {name for name in modules if name.startswith("kiskriv")}
    assert {name for name in ours if not name.startswith("kiskriv.ledger")} == {"kiskriv", "kiskriv.errors"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_source_imports_nothing_but_what_an_auditor_has(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
            assert node.level == 0
        for name in names:
            root = name.split(".")[0]
            assert (
                root in sys.stdlib_module_names
                or root == "cryptography"
                or name.startswith(("kiskriv.ledger", "kiskriv.errors"))
            )


PURE = (
    *("terms", "fields", "entry", "merkle", "checkpoint", "cosignature", "receipt", "sessions", "epochs", "runs"),
    *("pruning", "replay", "faults", "wording"),
)


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_touches_nothing(name: str) -> None:
    source = next(path for path in SOURCES if path.stem == name)
    tree = ast.parse(source.read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not imported & {
        "os",
        "pathlib",
        "io",
        "subprocess",
        "socket",
        "time",
        "kiskriv.ledger.files",
        "kiskriv.ledger.log",
    }
    assert not any(isinstance(node, ast.Name) and node.id in ("open", "print") for node in ast.walk(tree))


def test_both_languages_say_the_same() -> None:
    for name, texts in TEXTS.items():
        fields = {
            language: {field for _, field, _, _ in string.Formatter().parse(text)} for language, text in texts.items()
        }
        assert fields["nb"] == fields["en"], name
    for fault in Fault:
        assert problem(Problem(fault), "nb") != problem(Problem(fault, 7), "en")
        assert "7" in problem(Problem(fault, 7), "nb")
    assert set(_NAMES) == {
        *(*Reason, *ArtefactName, *Method, *Fact, *Place, *Cause, *Change, *Delivery, *Precision, *Weakness)
    }
    assert all(words["nb"] != words["en"] for words in _NAMES.values())
    for shown in largest():
        for language in ("nb", "en"):
            assert entry(shown, language).startswith(shown.time)
            assert getattr(shown, "session", "") in entry(shown, language)


def test_a_line_says_what_did_not_hold_and_where_nobody_looked() -> None:
    start = opened()
    bare = dataclasses.replace(ended(start, verified=False), level=Level.C, facts=tuple(Fact)[1:], looked=())
    assert "nivå C (mangler: nøkkelen i hemmelig minne); ettersøk i ingenting: IKKE" in entry(bare, "nb")
    best = dataclasses.replace(ended(start), level=Level.A, facts=tuple(Fact))
    assert "; level A; search afterwards in own memory, " in entry(best, "en")
    assert len({entry(swept(start, cause), "nb") for cause in Cause}) == len(Cause)


def test_a_sealed_copy_is_told_wherever_there_was_one(tmp_path: Path) -> None:
    start = opened(spool=True)
    again = resumed(start)
    assert "sealed copy" in entry(start, "en") and "kryptert kopi" in entry(start, "nb")
    assert "sealed copy" not in entry(opened(), "en")
    assert "recovered after a crash" in entry(again, "en") and "etter et avbrudd" in entry(again, "nb")
    vkey = fill(tmp_path / "log", [opened(), start, again])
    said = verify(tmp_path / "log", vkey, language="en").text
    assert "1 of the sessions had a sealed copy on the disk; 1 times another room went on from it." in said


def test_every_text_is_used() -> None:
    sources = "".join(path.read_text() for path in SOURCES if path.stem != "wording")
    sources += "".join(f'"{kind}-entry"' for kind in _KINDS)
    sources += '"search-clean""search-failed""nothing""level-missing""with-spool""erased"'
    for name in TEXTS:
        assert f'"{name}"' in sources or f"'{name}'" in sources, name

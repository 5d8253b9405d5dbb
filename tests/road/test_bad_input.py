"""Bad input: one clear message in Norwegian, the right status, and no session unaccounted for."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kiskriv.ledger import Folder, Ledger, audit
from kiskriv.weights import bundled
from tests.ledger.material import opened
from tests.road.conftest import SOUND, Home
from tests.tui.terminals import Terminal

Noise = Callable[[float, float], Path]


def settings(home: Home, text: str) -> Path:
    path = home.folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def accounted(ledger: Path) -> dict[str, int]:
    """The reasons in a ledger that an auditor finds whole, once the host has written its last line."""
    until = time.monotonic() + 10.0
    while True:
        findings = audit(Folder(ledger), (ledger / "public-key").read_text(encoding="utf-8").strip())
        if findings.valid or time.monotonic() > until:
            break
    assert findings.valid, findings.problems
    assert (findings.open_sessions, findings.unverified) == ((), ())
    return {str(reason): count for reason, count in findings.ended.items()} | (
        {"swept": findings.swept} if findings.swept else {}
    )


def complaint(done: subprocess.CompletedProcess[str], status: int) -> str:
    """What was said on standard error: a message and a hint, no traceback."""
    assert done.returncode == status, done.stderr
    message, hint = done.stderr.strip().splitlines()
    assert hint.startswith("  → ")
    return message


def test_without_approval_no_text_leaves(home: Home) -> None:
    for flags in ([], ["--json"]):
        done = home.run("run", SOUND, *flags)
        assert "godkjent" in complaint(done, 3)
        assert "hoste" not in done.stdout.lower()
    assert accounted(home.ledger) == {"discarded": 2}


def test_with_approval_the_note_is_printed(home: Home) -> None:
    done = home.run("run", SOUND, "--approve")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Anamnese\n")
    assert accounted(home.ledger) == {"transferred": 1}


@pytest.mark.parametrize("content", [b"", b"this is no sound at all" * 100, SOUND.read_bytes()[:50]])
def test_a_file_that_is_no_sound_opens_no_session(home: Home, content: bytes) -> None:
    path = home.folder / "Ola-Nordmann.wav"
    path.write_bytes(content)
    done = home.run("run", path, "--approve")
    assert "Nordmann" not in complaint(done, 1)
    assert accounted(home.ledger) == {}


def test_a_file_that_is_not_there_opens_no_session(home: Home) -> None:
    complaint(home.run("run", home.folder / "none.wav"), 1)
    assert accounted(home.ledger) == {}


@pytest.mark.parametrize(("seconds", "level"), [(1.0, 0.1), (6.0, 0.0), (6.0, 0.001)])
def test_sound_without_speech_says_so_and_is_erased(home: Home, sound: Noise, seconds: float, level: float) -> None:
    complaint(home.run("run", sound(seconds, level), "--approve"), 3)
    assert accounted(home.ledger) == {"discarded": 1}


def test_a_key_that_does_not_exist_is_named_with_the_nearest(home: Home) -> None:
    done = home.run("--config", settings(home, "[model]\nbeam_siez = 3\n"), "run", SOUND)
    assert "beam_size" in complaint(done, 2)


def changed(folder: Path) -> None:
    octets = bytearray((folder / "model.bin").read_bytes())
    octets[-1] ^= 1
    (folder / "model.bin").write_bytes(octets)


def truncated(folder: Path) -> None:
    with (folder / "model.bin").open("r+b") as file:
        file.truncate(1000)


def missing(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


@pytest.mark.parametrize("harm", [changed, truncated, missing, shutil.rmtree])
def test_a_model_folder_that_is_not_what_it_was_is_refused(home: Home, harm: Callable[[Path], None]) -> None:
    folder = home.folder / "model"
    shutil.copytree(bundled(), folder)
    harm(folder)
    done = home.run("--config", settings(home, f'[model]\nfolder = "{folder}"\n'), "run", SOUND)
    assert "model" in complaint(done, 1).lower()
    assert accounted(home.ledger) == {}


def test_no_microphone_is_said_before_a_session_opens(home: Home) -> None:
    command = [
        sys.executable,
        "-m",
        "kiskriv",
        "--config",
        settings(home, '[microphone]\ndevice = "no such microphone"\n'),
    ]
    shown = Terminal(command, home.environment)
    try:
        shown.until("Finner ingen mikrofon")
        shown.press(b"q")
        assert shown.end() == 0
    finally:
        shown.close()
    assert accounted(home.ledger) == {}


def test_a_ledger_that_cannot_be_written_starts_no_session(home: Home) -> None:
    with Ledger.open(home.ledger) as ledger:
        while (
            home.ledger / "entries.jsonl"
        ).stat().st_size < 2 * resource.getpagesize():  # a limit that a page of memory fits in
            ledger.append(opened())
            ledger.sweep()
    full = (home.ledger / "entries.jsonl").stat().st_size + 10
    done = home.run(
        "run", SOUND, "--approve",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (full, full)),
    )  # fmt: skip
    assert done.stdout == ""
    assert "loggen" in complaint(done, 1)
    assert accounted(home.ledger).keys() == {"swept"}


def test_a_ledger_with_a_flipped_byte_starts_no_session(home: Home) -> None:
    home.run("run", SOUND)
    entries = home.ledger / "entries.jsonl"
    octets = bytearray(entries.read_bytes())
    octets[100] ^= 1
    entries.write_bytes(octets)
    assert "loggen" in complaint(home.run("run", SOUND), 1)
    assert home.run("ledger", "verify", home.ledger, "--key", home.ledger / "public-key").returncode == 1
    assert entries.read_bytes() == octets


def test_two_at_once_are_refused(home: Home) -> None:
    first = home.start("demo")
    assert first.stdout is not None and first.stdout.readline()
    try:
        complaint(home.run("demo"), 1)
    finally:
        first.send_signal(signal.SIGINT)
        first.communicate()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_while_recording_erases_and_says_so(home: Home, number: signal.Signals, status: int) -> None:
    running = home.start("demo")
    assert running.stdout is not None and running.stdout.readline()  # the first words: it records
    running.send_signal(number)
    _, said = running.communicate(timeout=30)
    assert running.returncode == status
    assert "Traceback" not in said
    assert accounted(home.ledger.with_name("demo-ledger")) == {"interrupted": 1}


def test_a_script_that_is_killed_takes_its_session_with_it(home: Home) -> None:
    running = home.start("demo")
    assert running.stdout is not None and running.stdout.readline()
    running.kill()
    running.communicate()
    ledger = home.ledger.with_name("demo-ledger")
    deadline = time.monotonic() + 30
    while b'"ended"' not in (ledger / "entries.jsonl").read_bytes():
        assert time.monotonic() < deadline
    assert home.run("demo", "--json", "--speed", "0").returncode == 0
    assert accounted(ledger) == {"transferred": 1, "interrupted": 1}


def test_a_fault_in_ourselves_shows_a_code_and_no_text() -> None:
    program = (
        "import sys; from kiskriv import cli, config\n"
        "def load(path): raise RuntimeError('kanarifugl')\n"
        "config.load = load; sys.exit(cli.main(['check']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 70
    assert "RuntimeError-" in done.stderr
    assert "kanarifugl" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_help_and_version_load_nothing_heavy() -> None:
    for flag in ("--help", "--version"):
        program = (
            "import sys; from kiskriv.cli import main\n"
            f"try: main(['{flag}'])\nexcept SystemExit: pass\n"
            "print(sorted({'numpy', 'av', 'ctranslate2', 'faster_whisper', 'textual', 'onnxruntime', 'cryptography'} & set(sys.modules)))"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout.strip().endswith("[]")

"""`kiskriv ledger` and `kiskriv witness` as a person types them: what is said, in Norwegian, and with which exit status."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiskriv.cli import main
from kiskriv.config import load
from kiskriv.host.run import open_ledger
from kiskriv.ledger import Configured, Ended, Ledger, Opened, Rotated, verify
from kiskriv.ledger.answers import Kept
from kiskriv.ledger.answers import verify as checked
from kiskriv.ledger.cosignature import WitnessKey, cosignatures
from kiskriv.ledger.receipt import parse
from kiskriv.locale import set_language
from tests.host.test_cosigning import serving, trust
from tests.ledger.material import ENVIRONMENT, Lived, contents, ended, fill, lived, opened, restore, sessions

PATIENCE = 60.0
BUSY = "kiskriv er allerede i gang et annet sted og bruker sletteloggen"
NONE = "sletteloggen kan ikke brukes: "


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """The signals of this process, which a command takes, and the language."""
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    set_language("nb")
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@dataclass
class Desk:
    """A clinic's log in a folder, the settings that name it, and what a command there says."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def key(self) -> Path:
        return self.log / "public-key"

    @property
    def settings(self) -> Path:
        return self.folder / "kiskriv.toml"

    def set(self, text: str = "") -> None:
        self.settings.write_text(f'[ledger]\nfolder = "{self.log}"\nkeys = "file"\n{text}')

    def says(self, *words: str | Path) -> tuple[int, str, str]:
        """Status, output and errors of `kiskriv ledger` with these words."""
        return self.answers("ledger", *words)

    def answers(self, *words: str | Path) -> tuple[int, str, str]:
        self.capture.readouterr()
        try:
            status = main(["--config", str(self.settings), *map(str, words)])
        except SystemExit as left:  # argparse
            status = int(left.code or 0)
        said = self.capture.readouterr()
        assert "Traceback" not in said.out + said.err
        return status, said.out, said.err

    def complains(self, *words: str | Path) -> tuple[int, str]:
        """Nothing but a message and a hint."""
        status, out, err = self.says(*words)
        message, hint = err.splitlines()
        assert out == ""
        assert hint.startswith("  → ")
        return status, message

    def keep(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """With a log of three sessions."""
    one = Desk(tmp_path, capsys)
    one.set()
    fill(one.log, sessions(3))
    return one


@pytest.fixture
def nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Without a log."""
    one = Desk(tmp_path, capsys)
    one.set()
    return one


@pytest.fixture
def life(nobody: Desk) -> Lived:
    """What others kept of a log of three days, in which everything happened that can."""
    return lived(nobody.log)


# -- checking and showing ------------------------------------------------------------------------------------------------------------------


def test_verify_finds_a_log_whole_with_all_that_was_kept_of_it(nobody: Desk, life: Lived) -> None:
    words: list[str | Path] = ["verify", nobody.log, "--key", nobody.key]
    for number, note in enumerate(life.checkpoints):
        words += ["--since", nobody.keep(f"sjekkpunkt{number}", note)]
    for number, receipt in life.receipts.items():
        words += ["--receipt", nobody.keep(f"kvittering{number}", receipt)]
    status, out, _ = nobody.says(*words)
    assert status == 0
    assert "Sletteloggen er hel" in out
    assert out.count("stemmer med loggen") == len(life.checkpoints) + len(life.receipts)
    status, out, _ = nobody.says(*words, "--format", "json")
    assert (status, json.loads(out)["valid"]) == (0, True)


def test_verify_tells_a_log_that_was_changed_and_one_that_cannot_be_read(desk: Desk) -> None:
    octets = (desk.log / "entries.jsonl").read_bytes()
    (desk.log / "entries.jsonl").write_bytes(octets.replace(b"transferred", b"withdrawn", 1))
    status, out, _ = desk.says("verify", desk.log, "--key", desk.key)
    assert (status, "IKKE" in out) == (1, True)
    status, out, _ = desk.says("verify", desk.log, "--key", desk.key, "--format", "json")
    assert (status, json.loads(out)["valid"]) == (1, False)
    for words in ((desk.folder / "ingen", "--key", desk.key), (desk.log, "--key", "ingen-nøkkel")):
        assert desk.says("verify", *words)[0] == 2
        status, out, _ = desk.says("verify", *words, "--format", "json")
        assert (status, json.loads(out)["valid"]) == (2, None)


def test_verify_tells_a_receipt_that_is_genuine_from_one_that_is_not(desk: Desk) -> None:
    _, proof, _ = desk.says("receipt", "3")
    path = desk.keep("kvittering", proof)
    status, out, _ = desk.says("verify", path, "--key", desk.key)
    assert (status, out.startswith("Kvitteringen er ekte")) == (0, True)
    path.write_text(proof.replace("index 2", "index 1"))
    status, out, _ = desk.says("verify", path, "--key", desk.key)
    assert (status, "IKKE gyldig" in out) == (1, True)


def test_show_lists_every_line_of_the_log_of_the_settings_or_of_another(desk: Desk) -> None:
    status, out, _ = desk.says("show")
    lines = out.splitlines()
    assert status == 0
    assert [line.split()[0] for line in lines[:7]] == [str(number) for number in range(1, 8)]
    assert "overført til journalen" in out
    assert lines[-1].startswith("Vist uten kontroll")
    assert desk.says("show", desk.log) == (0, out, "")
    status, out, _ = desk.says("show", "--format", "json")
    shown = [json.loads(line) for line in out.splitlines()]
    assert (status, [one["line"] for one in shown]) == (0, list(range(1, 8)))
    assert shown[0]["entry"]["kind"] == "created"


@pytest.mark.parametrize("form", ["text", "json"])
def test_show_of_what_is_not_there_says_so(nobody: Desk, form: str) -> None:
    for words in ((), (nobody.folder,), (nobody.folder / "ingen",)):
        status, out, err = nobody.says("show", *words, "--format", form)
        assert (status, err) == (2, "")
        assert out.startswith("Kan ikke lese ")
    status, out, _ = nobody.says("show", nobody.settings, "--format", form)
    assert (status, str(nobody.settings) in out) == (2, True)


def test_export_is_one_file_that_can_be_checked_and_shown(desk: Desk) -> None:
    status, out, _ = desk.says("export")
    assert status == 0
    path = desk.keep("eksport", out)
    assert desk.says("export", desk.log) == (0, out, "")
    assert desk.says("verify", path, "--key", desk.key)[0] == 0
    assert desk.says("show", path)[1].splitlines()[:7] == desk.says("show")[1].splitlines()[:7]
    status, out, _ = desk.says("report", path, "--key", desk.key)
    assert status == 0


def test_export_of_what_is_no_log_says_so(nobody: Desk) -> None:
    assert nobody.says("export")[0] == 2
    assert nobody.says("export", nobody.folder)[0] == 2


def test_report_says_what_became_of_each_session_in_every_form(nobody: Desk, life: Lived) -> None:
    status, text, _ = nobody.says("report")
    assert status == 0
    assert "Sletteloggen" in text
    status, page, _ = nobody.says("report", "--format", "html")
    assert (status, page.lstrip()[:15].lower()) == (0, "<!doctype html>")
    status, rows, _ = nobody.says("report", "--format", "csv")
    assert (status, len(rows.splitlines())) == (0, 13)  # a heading, and twelve sessions
    status, told, _ = nobody.says("report", "--format", "json")
    assert (status, isinstance(json.loads(told), dict)) == (0, True)
    since = nobody.keep("sjekkpunkt", life.checkpoints[0])
    status, text, _ = nobody.says("report", "--since", since, "--key", life.vkey)
    assert (status, "sjekkpunkt" in text) == (0, True)


def test_report_is_of_the_days_that_are_asked_for(nobody: Desk, life: Lived) -> None:
    one = ("report", "--from", "2026-03-03", "--to", "2026-03-03", "--format", "csv")
    assert len(nobody.says(*one)[1].splitlines()) == 5
    status, out, _ = nobody.says("report", "--from", "2026-03-04", "--to", "2026-03-03")
    assert (status, "2026-03-04" in out) == (2, True)
    status, _, err = nobody.says("report", "--from", "3. mars")
    assert (status, "en dag, som 2026-01-31" in err) == (2, True)


def test_report_of_what_is_not_there_or_was_changed_says_so(desk: Desk) -> None:
    assert desk.says("report", desk.folder)[0] == 2
    assert desk.says("report", desk.folder / "ingen", "--key", desk.key)[0] == 2
    octets = (desk.log / "entries.jsonl").read_bytes()
    (desk.log / "entries.jsonl").write_bytes(octets.replace(b"transferred", b"withdrawn", 1))
    status, out, _ = desk.says("report")
    assert (status, "IKKE" in out) == (1, True)


# -- handing out ---------------------------------------------------------------------------------------------------------------------------


def test_receipt_is_the_proof_of_a_line_or_a_page_about_it(desk: Desk) -> None:
    vkey = desk.key.read_text().strip()
    for line, kind in ((2, Opened), (3, Ended)):
        status, proof, _ = desk.says("receipt", str(line))
        assert status == 0
        assert isinstance(verify(proof, vkey), kind)
        assert parse(proof).index == line - 1
    assert desk.says("receipt", "3", desk.log)[1] == proof
    status, text, _ = desk.says("receipt", "3", "--format", "text")
    assert (status, "slettet" in text) == (0, True)
    status, text, _ = desk.says("receipt", "3", "--format", "text", "--english")
    assert (status, "erased" in text) == (0, True)
    status, page, _ = desk.says("receipt", "3", "--format", "html")
    assert (status, page.lstrip()[:15].lower()) == (0, "<!doctype html>")


def test_receipt_of_every_line_is_the_one_that_the_writer_of_the_log_would_give(nobody: Desk, life: Lived) -> None:
    with Ledger.open(nobody.log) as ledger:
        size, said = ledger.size, [ledger.receipt(index) for index in range(ledger.size)]
    for line in range(1, size + 1):
        assert nobody.says("receipt", str(line)) == (0, said[line - 1], "")


def test_receipt_of_a_line_that_is_not_there_says_how_many_there_are(desk: Desk) -> None:
    for line in ("0", "-1", "8", "1000000"):
        words = ("receipt", "--", line) if line.startswith("-") else ("receipt", line)
        assert desk.complains(*words) == (1, f"sletteloggen har 7 linjer, og ingen linje {line}")
    assert desk.says("receipt", "den siste")[0] == 2


def test_a_page_for_a_patient_is_of_an_erasure_only(desk: Desk) -> None:
    assert desk.complains("receipt", "2", "--format", "html")[0] == 1


def test_checkpoint_is_shown_in_every_form_and_the_note_is_taken_back(desk: Desk) -> None:
    status, note, _ = desk.says("checkpoint")
    assert (status, note) == (0, (desk.log / "checkpoint").read_text())
    for form in ("text", "html", "mail"):
        status, shown, _ = desk.says("checkpoint", "--format", form)
        assert (status, note.splitlines()[0] in shown) == (0, True)
    status, shown, _ = desk.says("checkpoint", "--format", "qr")
    assert (status, len(shown.splitlines()) > 20) == (0, True)
    kept = desk.keep("sjekkpunkt", desk.says("checkpoint", "--format", "text")[1])
    assert checked(desk.log, str(desk.key), Kept([desk.keep("note", note)])).status == 0
    assert kept.read_text().count(note.splitlines()[2]) == 1


def test_checkpoint_goes_into_a_folder_and_says_where(desk: Desk) -> None:
    folder = desk.folder / "utenfor"
    assert desk.complains("checkpoint", "--into", folder)[1].startswith("sjekkpunktet ble ikke tatt ut: ")
    folder.mkdir()
    status, out, _ = desk.says("checkpoint", "--into", folder)
    (path,) = folder.iterdir()
    assert (status, out, path.read_text()) == (0, f"{path}\n", (desk.log / "checkpoint").read_text())


def test_what_is_handed_out_can_be_had_while_a_host_holds_the_log_and_writes(desk: Desk) -> None:
    with Ledger.open(desk.log) as ledger:
        for _ in range(2):
            start = opened()
            ledger.append(start)
            line = ledger.append(ended(start)) + 1
            assert desk.says("receipt", str(line)) == (0, ledger.receipt(line - 1), "")
            assert desk.says("checkpoint") == (0, ledger.checkpoint, "")
        for words in (("verify", desk.log, "--key", desk.key), ("show",), ("export",), ("report",)):
            assert desk.says(*words)[0] == 0
        before = contents(desk.log)
        for words in (("revoke-keys",), ("prune", "--before", "2026-03-03"), ("cosign",)):
            assert desk.complains(*words) == (1, BUSY)
        assert contents(desk.log) == before


def test_an_entry_that_is_being_written_is_not_handed_out_yet(desk: Desk) -> None:
    with (desk.log / "entries.jsonl").open("ab") as entries:
        entries.write(b'{"kind":"heart')
    before = contents(desk.log)
    assert desk.complains("receipt", "8") == (1, "sletteloggen har 7 linjer, og ingen linje 8")
    assert desk.says("receipt", "7")[0] == 0
    assert contents(desk.log) == before  # the tail is the writer's business


def other_key(log: Path) -> None:
    shutil.copy(log.parent / "other" / "public-key", log / "public-key")


def changed(log: Path) -> None:
    octets = (log / "entries.jsonl").read_bytes()
    (log / "entries.jsonl").write_bytes(octets.replace(b"transferred", b"withdrawn", 1))


def cut(log: Path) -> None:
    lines = (log / "entries.jsonl").read_bytes().splitlines(keepends=True)
    (log / "entries.jsonl").write_bytes(b"".join(lines[:-1]))


def forged(log: Path) -> None:
    shutil.copy(log.parent / "other" / "checkpoint", log / "checkpoint")


def unsigned(log: Path) -> None:
    note = (log / "checkpoint").read_text()
    (log / "checkpoint").write_text("".join(note.splitlines(keepends=True)[:-1]))  # without the key of the day


@pytest.mark.parametrize("harm", [other_key, changed, cut, forged, unsigned])
def test_nothing_is_handed_out_of_a_log_that_is_not_as_it_was_signed(desk: Desk, harm: object) -> None:
    fill(desk.folder / "other", sessions(1))
    assert callable(harm)
    harm(desk.log)
    before = contents(desk.log)
    for words in (("receipt", "3"), ("checkpoint",)):
        status, message = desk.complains(*words)
        assert (status, message.startswith("sletteloggen er skadet: ")) == (1, True)
    assert contents(desk.log) == before


@pytest.mark.parametrize("file", ["entries.jsonl", "checkpoint"])
def test_a_file_that_is_missing_is_damage_or_named(desk: Desk, file: str) -> None:
    (desk.log / file).unlink()
    for words in (("receipt", "3"), ("checkpoint",)):
        status, message = desk.complains(*words)
        assert (status, message.startswith("sletteloggen ")) == (1, True)


def test_a_receipt_is_given_under_what_a_witness_signed_only_where_that_is_of_this_log(
    nobody: Desk, life: Lived
) -> None:
    assert len(parse(nobody.says("receipt", "3")[1]).checkpoint.splitlines()) == 7  # log, day, witness
    note = (nobody.log / "cosigned").read_text()
    for other in ("", "nonsense", note.replace("kiskriv.internal/", "kiskriv.internal/0", 1)):
        (nobody.log / "cosigned").write_text(other)
        proof = nobody.says("receipt", "3")[1]
        assert isinstance(verify(proof, life.vkey), Configured)
        assert parse(proof).checkpoint == (nobody.log / "checkpoint").read_text()


# -- keys and retention --------------------------------------------------------------------------------------------------------------------


def test_revoke_keys_says_the_new_key_and_the_log_goes_on_under_it(desk: Desk) -> None:
    old = desk.key.read_text().strip()
    proof = desk.keep("kvittering", desk.says("receipt", "3")[1])
    status, out, _ = desk.says("revoke-keys")
    told, new = out.splitlines()
    assert status == 0
    assert told.startswith("Nøklene er kalt tilbake. Skriv ned den nye offentlige nøkkelen")
    assert new == desk.key.read_text().strip() != old
    assert checked(desk.log, new, Kept(receipts=[proof])).status == 0
    assert desk.says("receipt", "3")[0] == 0
    fill(desk.log, sessions(1))
    assert checked(desk.log, new).status == 0


def test_prune_keeps_the_hashes_of_what_is_old_and_receipts_of_it_stay_valid(nobody: Desk, life: Lived) -> None:
    kept = nobody.keep("kvittering", next(iter(life.receipts.values())))
    status, out, _ = nobody.says("prune", "--before", "2026-03-03")
    assert status == 0
    assert out.startswith("Av de ") and out.endswith(" første linjene er bare kontrollsummene beholdt.\n")
    size = int(out.split()[2])
    assert size > 10
    assert nobody.says("verify", nobody.log, "--key", nobody.key, "--receipt", kept)[0] == 0
    assert nobody.complains("receipt", "4")[1].startswith(NONE)  # it is pruned
    assert nobody.says("receipt", str(size + 2))[0] == 0
    assert nobody.says("prune", "--before", "2026-03-03")[1] == out  # nothing more is that old
    assert nobody.says("prune")[0] == 2
    for slip in ("i går", "0226-01-01", "1999-12-31", str(datetime.now(UTC).date() + timedelta(days=1))):
        assert nobody.says("prune", "--before", slip)[0] == 2


def test_commands_on_a_log_that_is_not_there_make_none(nobody: Desk) -> None:
    for words in (
        ("receipt", "1"),
        ("checkpoint",),
        ("revoke-keys",),
        ("prune", "--before", "2026-03-03"),
        ("cosign",),
    ):
        status, message = nobody.complains(*words)
        assert (status, message.startswith(NONE)) == (1, True)
    assert not nobody.log.exists()


# -- the witness ---------------------------------------------------------------------------------------------------------------------------


def test_cosign_says_what_came_of_it(desk: Desk) -> None:
    assert desk.says("cosign")[:2] == (1, "Det er ikke noe vitne i innstillingene ([ledger] witness).\n")
    with serving(desk.folder / "witness") as (url, key):
        desk.set(f'witness = "{url}"\nwitness_key = "{key}"\n')
        status, out, _ = desk.says("cosign")
        assert (status, out.startswith("Vitnet nekter. Kjenner det")) == (1, True)
        trust(desk.folder / "witness", desk.key.read_text().strip())
        older = contents(desk.log)
        fill(desk.log, sessions(1))
        assert desk.says("cosign")[:2] == (0, "Vitnet har signert for hele loggen.\n")
        proof = desk.says("receipt", "3")[1]
        assert len(cosignatures(parse(proof).checkpoint, WitnessKey.parse(key))) == 1
        named = ("verify", desk.log, "--key", desk.key, "--witness", key)
        assert desk.says(*named)[0] == 0
        restore(desk.log, older)
        status, out, _ = desk.says("cosign")
        assert (status, out.startswith("ALARM: Vitnet har sett linjer som denne sletteloggen ikke har.")) == (1, True)
        assert desk.says(*named)[0] == 1
    status, out, _ = desk.says("cosign")
    assert (status, out.startswith("Vitnet svarte ikke.")) == (1, True)


def test_cosign_with_the_wrong_key_of_a_witness_says_what_to_mend(desk: Desk) -> None:
    desk.set('witness = "http://127.0.0.1:1"\nwitness_key = "ingen"\n')
    status, message = desk.complains("cosign")
    assert (status, message.endswith("ledger.witness_key er ikke linjen som et vitne viser")) == (2, True)


def test_cosign_puts_a_checkpoint_aside_too(desk: Desk) -> None:
    (desk.folder / "utenfor").mkdir()
    desk.set(f'checkpoints = "{desk.folder / "utenfor"}"\n')
    assert desk.says("cosign")[0] == 1
    assert len(list((desk.folder / "utenfor").iterdir())) == 1


def test_witness_shows_its_key_and_is_made_where_there_is_none(nobody: Desk) -> None:
    status, key, _ = nobody.answers("witness", nobody.folder / "vitne", "--key")
    assert status == 0
    WitnessKey.parse(key.strip())
    assert nobody.answers("witness", nobody.folder / "vitne", "--key") == (0, key, "")
    assert nobody.answers("witness", nobody.settings, "--key")[0] == 1
    assert nobody.answers("witness")[0] == 2
    assert nobody.answers("witness", nobody.folder / "vitne", "--listen", "overalt")[0] == 2


def test_witness_serves_until_it_is_told_to_stop_and_signs_for_a_log(desk: Desk) -> None:
    folder = desk.folder / "vitne"
    command = [sys.executable, "-m", "kiskriv", "witness", str(folder), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        try:
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(3)]
            url, key = said[0].split()[-1], said[2].strip()
            trust(folder, desk.key.read_text().strip())
            desk.set(f'witness = "{url}"\nwitness_key = "{key}"\n')
            assert desk.says("cosign")[0] == 0
            assert desk.answers("witness", folder, "--key")[1].strip() == key  # while it serves
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()


# -- as a program of its own ---------------------------------------------------------------------------------------------------------------


def test_the_output_of_the_program_is_exact_octets_and_a_reader_may_leave(desk: Desk) -> None:
    command = [sys.executable, "-m", "kiskriv", "--config", str(desk.settings), "ledger"]
    done = subprocess.run([*command, "receipt", "3"], capture_output=True, check=True, env=ENVIRONMENT)
    assert done.stdout.decode() == desk.says("receipt", "3")[1]
    assert done.stderr == b""
    fill(desk.log, sessions(200))
    reader, writer = os.pipe()
    os.close(reader)
    left = subprocess.run([*command, "show"], stdout=writer, stderr=subprocess.PIPE, check=False, env=ENVIRONMENT)
    os.close(writer)
    assert b"Traceback" not in left.stderr


def test_a_command_opens_the_log_under_the_settings_that_it_was_given(desk: Desk) -> None:
    desk.set('precision = "minute"\n')
    assert desk.says("revoke-keys")[0] == 0
    with open_ledger(load(desk.settings)) as ledger:
        last = ledger.entry(ledger.size - 1)
    assert isinstance(last, Rotated)
    assert last.time.endswith(":00Z")

"""`kiskriv check` says of the deletion log who writes in it, under which settings, and how much of it nobody else holds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiskriv import check, deliver, locale
from kiskriv.config import Config, Delivery, LedgerSettings, Model, NoteSettings, SessionSettings, WriterSettings
from kiskriv.errors import ModelMissing
from kiskriv.host.cosigning import Cosigning
from kiskriv.host.courier import Answer
from kiskriv.host.run import identities
from kiskriv.ledger import Ledger, timestamp
from kiskriv.ledger.checkpoint import claimed
from kiskriv.ledger.cosignature import WitnessKey, cosign
from kiskriv.machine import Fact, Promise
from kiskriv.speech import calibration
from kiskriv.speech.calibration import Kind
from kiskriv.speech.shapes import Shape
from kiskriv.takeout import to_folder
from tests.ledger.material import ended, opened, started, swept

PRIVATE = Ed25519PrivateKey.generate()
KEY = WitnessKey("witness", PRIVATE.public_key().public_bytes_raw())
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The words as they stand in the code."""
    locale.set_language("en")
    yield
    locale.set_language("nb")


@pytest.fixture(autouse=True)
def no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a room here would promise has tests of its own."""
    monkeypatch.setattr(check, "promises_of_a_room", list)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """With a witness."""
    settings = LedgerSettings(
        folder=tmp_path / "ledger", keys="file", witness="http://127.0.0.1:1", witness_key=str(KEY)
    )
    return Config(ledger=settings)


def found(config: Config, name: str) -> Promise:
    (one,) = [finding for finding in check.look(config) if finding.name == name]
    return one


def erased(config: Config, hours: float, count: int = 1) -> None:
    """So many sessions were, so many hours ago."""
    moment = NOW - timedelta(hours=hours)
    with Ledger.open(config.ledger.folder, now=lambda: moment) as ledger:
        for number in range(count):
            start = opened(timestamp(moment))
            ledger.append(start)
            ledger.append((ended, swept)[number % 2](start, time=timestamp(moment)))


def witnessed(config: Config) -> None:
    async def ask(url: str, body: str) -> Answer:
        text = claimed(body.split("\n\n", 1)[1]).body()
        return Answer(200, cosign(text, PRIVATE, KEY.name, int(NOW.timestamp())).line)

    with Ledger.open(config.ledger.folder, now=lambda: NOW) as ledger:
        asyncio.run(Cosigning(ledger, "http://witness", str(KEY), None, ask).once())


def test_the_log_is_named_by_size_and_public_key_also_while_a_host_holds_it(config: Config) -> None:
    free = found(config, "deletion-log")
    with Ledger.open(config.ledger.folder) as ledger:
        assert free == found(config, "deletion-log") == Promise("deletion-log", True, f"1 · {ledger.public_key}")


def test_a_glance_finds_what_a_look_finds_and_reads_nothing_large(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = [Promise(fact, fact is not Fact.SWAP_SAFE, "") for fact in Fact]
    monkeypatch.setattr(check, "promises_of_a_room", lambda: room)
    monkeypatch.setattr(check, "disk_encryption", lambda: (False, "/: not encrypted"))
    monkeypatch.setattr(deliver, "history", lambda: True)
    glanced = check.glance(config)
    assert set(glanced) <= set(check.look(config))
    found = {promise.name: promise.kept for promise in glanced}
    assert found == {fact: fact is not Fact.SWAP_SAFE for fact in Fact} | {
        "disk-encryption": False,
        "clipboard-history": False,
        "level": None,
    }
    for keeps, kept in ((False, True), (None, None)):
        monkeypatch.setattr(deliver, "history", lambda keeps=keeps: keeps)
        assert {one.name: one.kept for one in check.glance(config)}["clipboard-history"] is kept


def test_a_glance_cries_out_what_only_the_witness_has(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "witness" not in [promise.name for promise in check.glance(config)]
    monkeypatch.setattr(check, "alarmed", lambda folder: folder == config.ledger.folder)
    (cried,) = [promise for promise in check.glance(config) if promise.name == "witness"]
    assert cried.kept is False and cried.detail.startswith("ALARM")


def test_user_and_workstation_are_told_by_their_ids(config: Config) -> None:
    told = found(config, "user-and-workstation")
    assert told == Promise("user-and-workstation", True, " · ".join(identities(config)))
    given = replace(config, ledger=replace(config.ledger, user="ab" * 16, workstation="cd" * 16))
    assert found(given, "user-and-workstation").detail == f"{'ab' * 16} · {'cd' * 16}"


def test_settings_that_are_weaker_than_as_shipped_are_named(config: Config) -> None:
    assert found(config, "settings") == Promise("settings", True, "none is weaker than as shipped")
    weak = replace(config, session=SessionSettings(limit=200, spool=True), delivery=Delivery(Path("/srv/in")))
    told = found(weak, "settings")
    assert told.kept is None
    assert "notes go to a folder, a longer time limit, a sealed copy on the disk" in told.detail


def test_without_a_witness_it_is_said_what_that_means(config: Config) -> None:
    erased(config, 48)
    told = found(replace(config, ledger=replace(config.ledger, witness="")), "witness")
    assert told.kept is None
    assert "can write the log anew" in told.detail


def test_a_witness_has_a_day_to_sign(config: Config) -> None:
    assert found(config, "witness").kept is True  # there was no erasure yet
    erased(config, 22.5)
    told = found(config, "witness")
    with Ledger.open(config.ledger.folder) as ledger:
        assert f"; {ledger.size} lines that nobody else holds yet" in told.detail
    assert told.kept is True


def test_an_erasure_that_nobody_signed_for_in_a_day_is_told_with_all_that_nobody_holds(config: Config) -> None:
    erased(config, 49, count=2)
    told = found(config, "witness")
    assert told.kept is False
    assert "5 lines that nobody else holds" in told.detail
    witnessed(config)
    told = found(config, "witness")
    assert told.kept is True
    with Ledger.open(config.ledger.folder) as ledger:
        alone = ledger.size - ledger.witnessed[0].size
    assert f"; {alone} lines that nobody else holds yet" in told.detail


def test_what_another_witness_signed_does_not_count(config: Config) -> None:
    erased(config, 49)
    witnessed(config)
    other = WitnessKey("other", Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    assert found(replace(config, ledger=replace(config.ledger, witness_key=str(other))), "witness").kept is False


def test_what_is_no_erasure_may_wait(config: Config) -> None:
    moment = NOW - timedelta(hours=72)
    with Ledger.open(config.ledger.folder, now=lambda: moment) as ledger:
        ledger.append(started(timestamp(moment)))
        ledger.append(opened(timestamp(moment)))
    assert found(config, "witness").kept is True


def test_what_was_pruned_and_never_signed_for_is_not_forgotten(config: Config) -> None:
    erased(config, 24 * 40)
    with Ledger.open(config.ledger.folder, now=lambda: NOW) as ledger:
        assert ledger.prune(NOW - timedelta(days=30)) == 3
    assert found(config, "witness").kept is False
    witnessed(config)
    assert found(config, "witness").kept is True


def test_it_says_so_while_a_host_holds_the_log(config: Config) -> None:
    erased(config, 49)
    with Ledger.open(config.ledger.folder):
        assert found(config, "witness").kept is False


def test_a_key_that_is_no_witnesss_is_told_as_such(config: Config) -> None:
    told = found(replace(config, ledger=replace(config.ledger, witness_key="nonsense")), "witness")
    assert told.kept is False
    assert "ledger.witness_key" in told.detail


def test_a_log_that_is_damaged_leaves_the_other_lines(config: Config) -> None:
    erased(config, 49)
    (config.ledger.folder / "public-key").write_text("damaged")
    findings = {finding.name: finding.kept for finding in check.look(config)}
    assert (findings["deletion-log"], findings["witness"], findings["settings"]) == (False, False, True)
    assert len(check.as_text(check.look(config)).splitlines()) == len(findings) + 2


def test_the_folder_of_checkpoints_has_the_newest_or_that_is_said(config: Config, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    config = replace(config, ledger=replace(config.ledger, checkpoints=folder))
    erased(config, 1, count=2)
    assert found(config, "checkpoints").kept is False
    folder.mkdir()
    assert found(config, "checkpoints").detail.startswith("2 ")
    with Ledger.open(config.ledger.folder) as ledger:
        to_folder(ledger.checkpoint, folder)
    assert found(config, "checkpoints").kept is True
    erased(config, 0)
    assert (found(config, "checkpoints").kept, found(config, "checkpoints").detail[:2]) == (False, "1 ")


class Measured:
    """A machine that takes so long for the model of the settings, and so long for a billion parameters."""

    own, billion = 1.0, 20.0

    def __init__(self, *, beam_size: int, threads: int) -> None:
        assert (beam_size, threads) == (3, 2)

    def folder(self, folder: Path, kind: Kind) -> float:
        assert kind == Kind("cpu", "float32")
        if not folder.is_dir():
            raise ModelMissing(file="model.bin")
        return self.own

    def shape(self, shape: Shape, kind: Kind, batch: int = 1, /) -> float:
        return self.billion * shape.parameters / 1e9


@pytest.fixture
def paced(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(calibration, "Trial", Measured)
    monkeypatch.setattr(calibration, "kinds", lambda: [Kind("cpu", "int8")])
    monkeypatch.setattr(check, "free_memory", lambda: 10**9)
    return replace(config, model=Model(folder=tmp_path, compute_type="float32", beam_size=3, threads=2))


def test_only_who_asks_for_speed_waits_for_it(paced: Config) -> None:
    assert "speed" not in [finding.name for finding in check.look(paced)]
    assert check.speed(paced).name == "speed"


@pytest.mark.parametrize(("own", "kept"), [(13.9, True), (14.1, None), (27.9, None), (28.1, False)])
def test_a_model_that_falls_behind_is_told(
    paced: Config, monkeypatch: pytest.MonkeyPatch, own: float, kept: bool | None
) -> None:
    monkeypatch.setattr(Measured, "own", own)
    told = check.speed(paced)
    assert told.kept is kept
    assert told.detail.startswith(f"your model takes {own} s for 28 s of speech")


def test_the_largest_size_that_keeps_up_and_fits_is_proposed(paced: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check.speed(paced).detail.endswith(" · small with int8 would take 4.8 s and 0.2 GB")
    monkeypatch.setattr(Measured, "billion", 5.0)
    assert check.speed(paced).detail.endswith(" · medium with int8 would take 3.8 s and 0.8 GB")  # large needs 1.5 GB
    monkeypatch.setattr(Measured, "billion", 500.0)
    assert check.speed(paced).detail.endswith(" · no size of Whisper keeps up here")


def test_a_model_that_is_not_there_is_told(paced: Config) -> None:
    told = check.speed(replace(paced, model=replace(paced.model, folder=Path("/nowhere"))))
    assert told.kept is False
    assert "model.bin" in told.detail


def finding(config: Config, name: str) -> Promise:
    (found,) = [promise for promise in check.look(config) if promise.name == name]
    return found


def test_the_clinics_own_files_are_tried_and_a_broken_one_is_told_with_its_line(config: Config, tmp_path: Path) -> None:
    assert finding(config, "notes").kept
    clinic = tmp_path / "clinic"
    (clinic / "templates").mkdir(parents=True)
    (clinic / "templates" / "kort.txt").write_text("title: Kort\n[Notat]\nhistory\nvrøvl\n", encoding="utf-8")
    broken = finding(replace(config, note=NoteSettings(folder=clinic)), "notes")
    assert broken.kept is False and "kort.txt, line 4" in broken.detail
    (clinic / "templates" / "kort.txt").write_text("title: Kort\n[Notat]\nhistory\n", encoding="utf-8")
    mended = finding(replace(config, note=NoteSettings(folder=clinic)), "notes")
    assert mended.kept and mended.detail.startswith("Kort")


def test_a_language_model_is_named_and_a_server_is_not_asked(config: Config) -> None:
    assert finding(config, "language-model") == Promise("language-model", True, "none: drafts are written by rules")
    named = finding(replace(config, writer=WriterSettings(address="http://127.0.0.1:9")), "language-model")
    assert named.kept is None and "http://127.0.0.1:9" in named.detail
    elsewhere = finding(replace(config, writer=WriterSettings(address="https://10.0.0.9")), "language-model")
    assert elsewhere.kept is False and "neither on this machine nor listed" in elsewhere.detail

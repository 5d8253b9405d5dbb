"""The desk: who may begin, and what must be accounted for first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiskriv import weights
from kiskriv.assembly import parts
from kiskriv.assembly.alone import LoneDesk
from kiskriv.assembly.engine import _named
from kiskriv.capture import microphone as the_microphone
from kiskriv.capture.devices import Streams
from kiskriv.config import Config, Diarization, LedgerSettings, Model
from kiskriv.errors import ErasureFailed, LedgerBusy, MicrophoneMissing, ModelMissing, NotInformed
from kiskriv.ledger import Cause, Ended, Ledger, Swept
from kiskriv.speech.diarization import WINDOW
from kiskriv.speech.timbre import Timbre
from kiskriv.transcript import SAMPLE_RATE
from kiskriv.weights import DIARIZATION, WHISPER, Needed
from tests.capture.test_microphone import Device, plugged_in
from tests.host.clinic import Clinic, Clip, opened
from tests.ledger.material import ended, sessions


def leave(folder: Path, *, unverified: bool) -> str:
    """A log in which a session was opened, and ended with something left, or not at all."""
    start = sessions(1)[0]
    with Ledger.open(folder) as ledger:
        ledger.append(start)
        if unverified:
            ledger.append(ended(start, verified=False))
    return start.session


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    with opened(tmp_path, monkeypatch) as one:
        yield one


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(ledger=LedgerSettings(folder=tmp_path / "alone"))


@pytest.fixture
def lone(config: Config) -> Iterator[LoneDesk]:
    desk = LoneDesk(config)
    yield desk
    desk.close()


def test_nothing_begins_before_the_patient_is_informed(clinic: Clinic, lone: LoneDesk) -> None:
    with pytest.raises(NotInformed), clinic.desk().consultation(Clip(1), informed=False):
        pass
    with pytest.raises(NotInformed):
        lone.consultation(Clip(1), informed=False)
    assert clinic.entries == []


def test_a_microphone_that_gives_nothing_is_not_tested_for_ever(
    lone: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(the_microphone, "WAKING", 0.05)
    monkeypatch.setattr(the_microphone, "streams", Streams())
    with plugged_in(Device(blocks=0)), pytest.raises(MicrophoneMissing, match="no sound"):
        list(lone.test(""))


def test_an_erasure_that_failed_blocks_the_next_until_a_person_has_seen_to_it(clinic: Clinic) -> None:
    session = leave(clinic.config.ledger.folder, unverified=True)
    desk = clinic.desk()
    assert desk.look().unverified == (session,)
    with pytest.raises(ErasureFailed), desk.consultation(Clip(1), informed=True):
        pass
    assert desk.finish().unverified == ()
    assert clinic.last == Swept(session, clinic.last.time, Cause.RECOVER)
    with desk.consultation(Clip(1), informed=True) as held:
        held.discard()
    assert isinstance(clinic.last, Ended)


def test_a_session_that_a_crash_left_open_is_swept_at_the_next_start(clinic: Clinic, config: Config) -> None:
    for folder in (clinic.config.ledger.folder, config.ledger.folder):
        leave(folder, unverified=False)
    desk, lone = clinic.desk(), LoneDesk(config)
    lone.close()
    assert desk.swept == lone.swept == 1
    assert desk.look().unfinished == ()


def test_one_process_alone_holds_its_log(lone: LoneDesk, config: Config) -> None:
    with pytest.raises(LedgerBusy):
        LoneDesk(config)


# -- what tells voices apart --------------------------------------------------------------------------------------------------------------


def looked(folder: Path, needed: Needed) -> weights.Model:
    """A model whose digest is its folder's name."""
    assert needed is (DIARIZATION if folder.name == "voices" else WHISPER)
    return weights.Model(folder, folder.name, "MIT", folder.name)


def test_by_timbre_windows_do_not_overlap_and_the_model_is_whispers_alone() -> None:
    config = Config(model=Model(folder=Path("whisper")))
    assert parts.step(config) == WINDOW
    assert parts.trusted(config, looked).digest == "whisper"
    assert isinstance(parts.diarization(config), Timbre)


@pytest.mark.parametrize(("device", "step", "seconds"), [("cpu", 0, 2), ("cuda", 0, 1), ("cpu", 7, 7)])
def test_by_a_folder_the_step_suits_the_device_and_both_models_stand_for_what_was_used(
    device: str, step: int, seconds: int
) -> None:
    config = Config(Model(folder=Path("whisper"), device=device), diarization=Diarization(Path("voices"), step))
    assert parts.step(config) == seconds * SAMPLE_RATE
    digest = parts.trusted(config, looked).digest
    assert len(digest) == 64 and digest != "whisper"
    other = replace(config, model=replace(config.model, folder=Path("another")))
    assert parts.trusted(other, looked).digest != digest


def test_a_folder_that_lacks_a_file_is_said_before_anything_begins(tmp_path: Path) -> None:
    config = Config(diarization=Diarization(tmp_path))
    with pytest.raises(ModelMissing):
        parts.trusted(config, weights.verify)
    with pytest.raises(ModelMissing):
        parts.diarization(config)


def test_an_engine_opens_what_the_settings_name_and_no_more(tmp_path: Path) -> None:
    settings = tmp_path / "kiskriv.toml"
    settings.write_text('[diarization]\nfolder = "/opt/voices"\n')
    assert _named(settings) == ((Path("/opt/voices"),), ())
    settings.write_text("")
    assert _named(settings) == ((), ())
    settings.write_text("[model]\ndevice = 'cuda'\n")
    assert _named(settings) == ((), tuple(Path("/dev").glob("nvidia*")))
    settings.write_text("no settings at all")
    assert _named(settings) == ((), ())

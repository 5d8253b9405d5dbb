"""What the ledger is told of kiskriv itself: that it started, under which settings, that it runs, and that it stopped."""

from __future__ import annotations

import os
import re
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("the host's processes are built for Linux", allow_module_level=True)

import kiskriv
from kiskriv.config import Config, Delivery, LedgerSettings, Microphone, Model, SessionSettings
from kiskriv.errors import KiskrivError, LedgerError, LedgerUnwritable
from kiskriv.fingerprint import fingerprint
from kiskriv.host import run
from kiskriv.host.run import HEARTBEAT, IDS, Run, configured, identities, open_ledger
from kiskriv.ledger import (
    Configured,
    Created,
    Ended,
    Entry,
    Findings,
    Heartbeat,
    Ledger,
    Opened,
    Precision,
    Rotated,
    Started,
    Stopped,
    Weakness,
    audit,
    decode,
)
from kiskriv.ledger.copies import Folder
from tests.host.clinic import PATIENCE, Clinic, Clip, fill_disk, until
from tests.ledger.material import appended

HOUR = HEARTBEAT * 60.0


class Seconds:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(ledger=LedgerSettings(folder=tmp_path / "ledger", keys="file"))


def told(config: Config) -> list[Entry]:
    """What one run under these settings writes."""
    with open_ledger(config) as ledger:
        before = len(appended(ledger))
        one = Run(config, ledger)
        one.tell()
        one.stop()
        return appended(ledger)[before:]


# -- in this process -----------------------------------------------------------------------------------------------------------------------


def test_a_run_starts_says_its_settings_and_stops(config: Config) -> None:
    started, settings, stopped = told(config)
    assert isinstance(started, Started)
    assert (started.user, started.workstation) == identities(config)
    assert started.program == fingerprint(Path(kiskriv.__file__).parent)
    assert (started.kiskriv, started.precision, started.heartbeat) == (kiskriv.__version__, Precision.HOUR, HEARTBEAT)
    assert settings == replace(configured(config), time=settings.time)
    assert isinstance(stopped, Stopped)


def test_a_heartbeat_comes_when_its_time_has_come_and_not_before(config: Config) -> None:
    clock = Seconds()
    with open_ledger(config) as ledger:
        one = Run(config, ledger, clock)
        one.tell()
        before = ledger.size
        for now, beats in ((0.0, 0), (HOUR - 1, 0), (HOUR, 1), (HOUR, 1), (2 * HOUR - 1, 1), (2 * HOUR + 30, 2)):
            clock.now = 1000.0 + now
            one.tell()
            assert ledger.size == before + beats
        assert [type(entry) for entry in appended(ledger)[-2:]] == [Heartbeat, Heartbeat]


def test_the_clock_of_heartbeats_is_one_that_nobody_sets(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_ledger(config) as ledger:
        one = Run(config, ledger)
        one.tell()
        before = ledger.size
        monkeypatch.setattr(run, "_now", lambda: "2026-11-22T23:00:00Z")
        one.tell()
        assert ledger.size == before


def test_settings_are_written_again_only_when_one_that_is_named_changed(config: Config) -> None:
    def names_settings(changed: Config) -> bool:
        return any(isinstance(entry, Configured) for entry in told(changed))

    assert names_settings(config)
    assert not names_settings(config)
    unnamed = replace(
        config,
        microphone=Microphone(device="other"),
        model=Model(threads=2),
        ledger=replace(config.ledger, user="ab" * 16, checkpoints=Path("/nowhere")),
    )
    assert not names_settings(unnamed)
    for named in (
        replace(config, model=Model(language="nn")),
        replace(config, model=Model(beam_size=1)),
        replace(config, microphone=Microphone(channels=2)),
        replace(config, session=SessionSettings(limit=60, longest=60)),
        replace(config, session=SessionSettings(spool=True)),
        replace(config, delivery=Delivery(Path("/srv/in"))),
        replace(config, ledger=replace(config.ledger, precision="minute")),
        replace(config, ledger=replace(config.ledger, witness="http://witness")),
    ):
        assert names_settings(named)
        assert not names_settings(named)
    assert names_settings(config)


def test_what_is_weaker_than_as_shipped_is_named(config: Config) -> None:
    assert configured(config).weakened == ()
    weak = replace(
        config,
        session=SessionSettings(limit=181, spool=True),
        delivery=Delivery(Path("/srv/in")),
        ledger=replace(config.ledger, precision="second"),
    )
    assert configured(weak).weakened == tuple(Weakness)
    _, settings, _ = told(weak)
    assert isinstance(settings, Configured)
    assert settings.weakened == tuple(Weakness)
    assert configured(replace(config, session=SessionSettings(limit=180))).weakened == ()


def test_the_limit_that_an_auditor_is_told_is_as_far_as_it_can_be_put_off(config: Config) -> None:
    for session, limit in (
        (SessionSettings(limit=30), 180),
        (SessionSettings(longest=240), 240),
        (SessionSettings(limit=200), 200),
    ):
        assert configured(replace(config, session=session)).limit == limit
    assert configured(replace(config, session=SessionSettings(longest=181))).weakened == (Weakness.LIMIT,)


def test_a_run_that_never_said_that_it_started_does_not_say_that_it_stopped(config: Config) -> None:
    with open_ledger(config) as ledger:
        one = Run(config, ledger)
        one.stop()
        assert appended(ledger) == []
        one.tell()
        one.stop()
        one.stop()
        assert [type(entry) for entry in appended(ledger)] == [Started, Configured, Stopped]


def keep_out(folder: Path, *, full: bool) -> None:
    """No entry can be written to this ledger; or they can again."""
    in_the_way = folder / "checkpoint.new"
    if full:
        (in_the_way / "folder").mkdir(parents=True)
    else:
        (in_the_way / "folder").rmdir()
        in_the_way.rmdir()


def test_what_a_disk_kept_out_is_written_once_there_is_room(config: Config) -> None:
    clock = Seconds()
    with open_ledger(config) as ledger:
        one = Run(config, ledger, clock)
        keep_out(config.ledger.folder, full=True)
        for _ in range(2):
            with pytest.raises(LedgerError):
                one.tell()
        keep_out(config.ledger.folder, full=False)
        one.tell()
        clock.now += HOUR
        keep_out(config.ledger.folder, full=True)
        with pytest.raises(LedgerError):
            one.tell()
        keep_out(config.ledger.folder, full=False)
        one.tell()
        assert [type(entry) for entry in appended(ledger)] == [Started, Configured, Heartbeat]


def test_a_run_whose_settings_did_not_fit_has_started_once(config: Config) -> None:
    class Full(Run):
        """There is room for one entry."""

        def _configure(self) -> None:
            if not room:
                raise LedgerUnwritable(problem="full")
            super()._configure()

    room: list[bool] = []
    with open_ledger(config) as ledger:
        one = Full(config, ledger)
        with pytest.raises(LedgerError):
            one.tell()
        room.append(True)
        one.tell()
        assert [type(entry) for entry in appended(ledger)] == [Started, Configured]


def test_a_program_that_cannot_be_read_is_said_and_does_not_run_unnamed(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(folder: Path) -> str:
        raise PermissionError

    monkeypatch.setattr(run, "fingerprint", unreadable)
    with open_ledger(config) as ledger:
        with pytest.raises(LedgerError, match="cannot be read"):
            Run(config, ledger).tell()
        assert appended(ledger) == []


def test_the_program_is_the_one_that_started_whatever_is_installed_meanwhile(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def counted(folder: Path) -> str:
        read.append(folder)
        return "ab" * 32

    monkeypatch.setattr(run, "fingerprint", counted)
    with open_ledger(config) as ledger:
        one = Run(config, ledger)
        keep_out(config.ledger.folder, full=True)
        for _ in range(3):
            with suppress(LedgerError):
                one.tell()
        keep_out(config.ledger.folder, full=False)
        one.tell()
    assert read == [Path(kiskriv.__file__).parent]


# -- ids -----------------------------------------------------------------------------------------------------------------------------------


def ids(config: Config) -> Path:
    config.ledger.folder.mkdir(exist_ok=True)
    return config.ledger.folder / IDS


def test_ids_are_made_once_and_kept(config: Config) -> None:
    path = ids(config)
    first = identities(config)
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in first)
    assert identities(config) == first
    assert path.read_text() == "".join(f"{one}\n" for one in first)


def test_ids_are_random(tmp_path: Path) -> None:
    """Nothing of this machine or this user is in them: the same ones get others in another folder."""
    made = set[str]()
    for number in range(20):
        config = Config(ledger=LedgerSettings(folder=tmp_path / str(number)))
        ids(config)
        made.update(identities(config))
    assert len(made) == 40


def test_ids_that_the_clinic_gave_come_first(config: Config) -> None:
    ids(config)
    own = identities(config)
    user, desk = "ab" * 16, "cd" * 16
    assert identities(replace(config, ledger=replace(config.ledger, user=user))) == (user, own[1])
    assert identities(replace(config, ledger=replace(config.ledger, workstation=desk))) == (own[0], desk)
    assert identities(replace(config, ledger=replace(config.ledger, user=user, workstation=desk))) == (user, desk)
    assert identities(config) == own


@pytest.mark.parametrize(
    "damage",
    [b"", b"\n", b"ab" * 16, b"Ola Nordmann\nkontor 3\n", b"\xff\xfe" * 20, (b"ab" * 16 + b"\n") * 3, b"AB" * 16 + b"\n" + b"ab" * 16],
)  # fmt: skip
def test_ids_that_are_damaged_are_an_error_and_never_silently_others(config: Config, damage: bytes) -> None:
    path = ids(config)
    path.write_bytes(damage)
    for user in ("", "ab" * 16):  # one of them is not enough
        with pytest.raises(LedgerError, match="the file ids in its folder is damaged"):
            identities(replace(config, ledger=replace(config.ledger, user=user)))
    assert path.read_bytes() == damage
    named = replace(config.ledger, user="ab" * 16, workstation="cd" * 16)
    assert identities(replace(config, ledger=named)) == (named.user, named.workstation)


def test_ids_are_on_the_disk_as_a_whole_or_not_at_all(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    path, left = ids(config), list[set[str]]()

    def cut_off(descriptor: int) -> None:
        left.append({one.name for one in path.parent.iterdir()})
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", cut_off)
        with pytest.raises(LedgerUnwritable):
            identities(config)
    assert (left, path.exists()) == ([{"ids.new"}], False)
    assert identities(config) == identities(config)
    assert {one.name for one in path.parent.iterdir()} == {"ids"}


def test_ids_that_cannot_be_kept_are_an_error(config: Config) -> None:
    ids(config).mkdir()
    with pytest.raises(LedgerUnwritable):
        identities(config)


# -- the host ------------------------------------------------------------------------------------------------------------------------------


def entries(clinic: Clinic) -> list[Entry]:
    path = clinic.config.ledger.folder / "entries.jsonl"
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [decode(line) for line in lines]


def kinds(clinic: Clinic) -> list[str]:
    return [entry.kind for entry in entries(clinic) if not isinstance(entry, Created | Rotated)]


def audited(clinic: Clinic) -> Findings:
    folder = clinic.config.ledger.folder
    findings = audit(Folder(folder), (folder / "public-key").read_text().strip())
    assert findings.valid, findings.problems
    return findings


def left(clinic: Clinic) -> None:
    """Every desk hangs up, and the host goes."""
    host = clinic.host
    for desk in clinic.desks:
        desk.close()
    host.ends()


def test_a_host_says_what_it_is_before_anything_else_and_that_it_stopped_at_last(clinic: Clinic) -> None:
    with clinic.prepared().consultation(Clip(1), informed=True) as session:
        session.discard()
    left(clinic)
    assert kinds(clinic) == ["started", "configured", "opened", "ended", "stopped"]
    started = entries(clinic)[1]
    assert isinstance(started, Started)
    assert (started.user, started.workstation) == identities(clinic.config)
    clinic.desk()
    left(clinic)
    assert kinds(clinic)[5:] == ["started", "stopped"]  # its settings are those that the ledger has
    assert (audited(clinic).broken_off, audited(clinic).silences) == ((), ())


def test_a_host_that_was_killed_is_found_to_have_broken_off(clinic: Clinic) -> None:
    clinic.desk()
    clinic.host.kill()
    assert kinds(clinic) == ["started", "configured"]
    assert audited(clinic).broken_off == ()  # it might still run
    clinic.desk()
    left(clinic)
    assert kinds(clinic)[2:] == ["started", "stopped"]
    assert audited(clinic).broken_off == (4,)


def test_a_consultation_leaves_neither_exact_times_nor_exact_amounts(clinic: Clinic) -> None:
    began = datetime.now(UTC)
    with clinic.prepared().consultation(Clip(1), informed=True) as session:
        list(session.record(Clip(3.0)))
        session.discard()
    ended = clinic.last
    left(clinic)
    assert {entry.time[14:] for entry in entries(clinic)} == {"00:00Z"}
    assert {entry.time[:13] for entry in entries(clinic)} <= {
        moment.strftime("%Y-%m-%dT%H") for moment in (began, datetime.now(UTC))
    }
    assert isinstance(ended, Ended)
    (audio, *_) = ended.artefacts
    assert audio.octets >= 3 * 16_000 * 2
    for artefact in ended.artefacts:
        for amount in (artefact.count, artefact.octets):
            assert amount & (amount - 1) == 0  # a power of two, or none
    assert 0 < ended.took < PATIENCE * 1000


# -- a full disk when the host starts ------------------------------------------------------------------------------------------------------


ROOM = 2 * resource.getpagesize()
"""Octets that a file may have on a full disk: a page of memory fits in."""


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of what is started meanwhile may grow any more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def grown(folder: Path, octets: int) -> None:
    """A ledger whose file of entries has at least so many octets."""
    with Ledger.open(folder) as ledger:
        while (folder / "entries.jsonl").stat().st_size < octets:
            ledger.append(Heartbeat("2026-03-02T12:00:00Z"))


def test_a_host_that_starts_on_a_full_disk_takes_rooms_over_and_opens_no_other_before_it_has_said_so(
    clinic: Clinic,
) -> None:
    grown(clinic.config.ledger.folder, ROOM)
    with clinic.prepared().consultation(Clip(1), informed=True) as session:
        session.detach()
    clinic.host.kill()
    before = kinds(clinic)
    with full_disk():
        again = clinic.desk()
    host = clinic.host
    assert [(one.session, one.alive) for one in again.look().unfinished] == [(session.id, True)]
    found = again.unfinished()
    assert found is not None
    with found:
        with pytest.raises(KiskrivError):
            found.discard()
        assert kinds(clinic) == before
        with pytest.raises(KiskrivError, match="cannot be written"), again.consultation(Clip(1), informed=True):
            pass
        fill_disk(host, full=False)
    until(lambda: isinstance(clinic.last, Ended))
    assert kinds(clinic)[len(before) :] == ["started", "ended"]
    assert [type(entry) for entry in clinic.entries] == [Opened, Ended]
    with again.consultation(Clip(1), informed=True) as session:
        session.discard()
    assert kinds(clinic)[len(before) + 2 :] == ["opened", "ended"]


def test_no_consultation_opens_before_the_run_has_said_under_what(clinic: Clinic) -> None:
    grown(clinic.config.ledger.folder, ROOM)
    before = kinds(clinic)
    with full_disk():
        desk = clinic.prepared()
    assert kinds(clinic) == before
    fill_disk(clinic.host, full=False)
    with desk.consultation(Clip(1), informed=True) as session:
        session.discard()
    assert kinds(clinic)[len(before) :] == ["started", "configured", "opened", "ended"]

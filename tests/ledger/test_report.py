"""The report: every session counted once, what is wrong said first, and what nobody could see said at all (R34)."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import string
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiskriv.ledger import (
    Change,
    Entry,
    Fault,
    Heartbeat,
    Ledger,
    Level,
    Reason,
    Stopped,
    audit,
    encode,
)
from kiskriv.ledger.answers import Kept
from kiskriv.ledger.checkpoint import VerifierKey
from kiskriv.ledger.copies import Folder, export
from kiskriv.ledger.cosignature import WitnessKey
from kiskriv.ledger.report import tables as report_tables
from kiskriv.ledger.report import wording as report_wording
from kiskriv.ledger.report.answer import FORMS, reconciled, report
from kiskriv.ledger.report.reconciliation import OUTCOMES, Otherwise, Period, Reconciliation, Used
from kiskriv.ledger.report.tables import _report
from kiskriv.ledger.terms import Cause
from kiskriv.ledger.wording import Language

from .material import TIME, WITNESS, Clock, configured, cosign_it, ended, fill, lived, opened, resumed, started, swept

NEXT_DAY = "2026-03-03T08:00:00Z"
DAY, DAY_AFTER = date(2026, 3, 2), date(2026, 3, 3)


def of(folder: Path, period: Period | None = None, *notes: tuple[str, str]) -> Reconciliation:
    """What a log in this folder comes to, by its own key; `notes`: name and text of each checkpoint that was kept."""
    for name, note in notes:
        (folder.parent / name).write_text(note)
    kept = Kept([folder.parent / name for name, _ in notes])
    return reconciled(Folder(folder), key_of((folder / "public-key").read_text()), period or Period(), kept)


def key_of(line: str) -> VerifierKey:
    return VerifierKey.parse(line.strip())


def told(folder: Path, language: Language = "nb") -> str:
    answer = report(folder, str(folder / "public-key"), language=language)
    assert answer.status == 0
    return answer.text


def test_every_session_comes_to_one_end_and_the_sum_is_the_audit_s(folder: Path) -> None:
    lived(folder, days=4, each=6)
    made = of(folder)
    assert len(made.sessions) == made.findings.opened == sum(made.outcomes.values()) == 24
    assert made.outcomes[Otherwise.SWEPT] == made.findings.swept
    assert sum(session.failed for session in made.sessions) == made.findings.failed > 0
    assert sum(made.outcomes[reason] for reason in Reason) == len(made.erasures)
    assert sum(session.resumed for session in made.sessions) == made.findings.resumed > 0
    assert made.started == made.stopped == 4


def test_each_end_is_told_from_the_others(folder: Path) -> None:
    begun = [opened(spool=number == 1) for number in range(6)]
    failed = ended(begun[2], Reason.FAILED, verified=False)
    entries: list[Entry] = [
        *(begun[0], ended(begun[0], Reason.WITHDRAWN)),
        *(begun[1], resumed(begun[1], begun[1].commitment), swept(begun[1], Cause.ROOM_DIED)),
        *(begun[2], failed, dataclasses.replace(ended(begun[2], Reason.FAILED), took=125_000, level=Level.C)),
        *(begun[3], ended(begun[3], verified=False), ended(begun[3], verified=False)),
        *(begun[4], ended(begun[4], verified=False), swept(begun[4], Cause.RECOVER)),
        begun[5],
    ]
    fill(folder, entries)
    made = of(folder)
    outcomes = [Reason.WITHDRAWN, Otherwise.SWEPT, Reason.FAILED, Otherwise.UNVERIFIED, Otherwise.SWEPT, Otherwise.OPEN]
    assert [session.outcome for session in made.sessions] == outcomes
    assert [session.failed for session in made.sessions] == [0, 0, 1, 2, 1, 0]
    assert [session.closed != "" for session in made.sessions] == [True, True, True, False, True, False]
    text = told(folder)
    for line in (
        "Åpnet 6 = slettet 2 + ryddet 2 + ikke bekreftet 1 + åpen 1.",
        f"Økt {begun[5].session} (linje 16) ble åpnet {TIME}",
        f"Økt {begun[3].session} (linje 10, {TIME}): slettingen er ikke bekreftet. Forsøk: 2.",
        f"Økt {begun[2].session} (linje 7, {TIME}): slettingen ble ikke bekreftet straks",
        f"Økt {begun[1].session} (linje 4, {TIME}): ryddet etter avbrudd: rommets",
        "Slettinger som bare nådde nivå C: 1.",
    ):
        assert line in " ".join(text.split()), line
    assert begun[0].session not in text
    assert "lengst      2 min 5 s" in text
    assert "median      1 min" not in text
    assert "Bekreftet ved et senere forsøk     1\n" in text


def test_a_session_counts_on_the_day_on_which_it_was_opened(folder: Path) -> None:
    over_midnight, later, open_one = opened(), opened(NEXT_DAY), opened(NEXT_DAY)
    fill(folder, [over_midnight, ended(over_midnight, time=NEXT_DAY), later, ended(later, time=NEXT_DAY), open_one])
    first, second = of(folder, Period(DAY, DAY)), of(folder, Period(DAY_AFTER, DAY_AFTER))
    assert [session.opened for session in first.sessions] == [over_midnight]
    assert first.sessions[0].closed == NEXT_DAY
    assert [session.opened for session in second.sessions] == [later, open_one]
    assert (first.outside, second.outside) == (1, 0)
    assert of(folder, Period(last=DAY)).sessions == first.sessions
    assert of(folder, Period(first=DAY_AFTER)).sessions == second.sessions
    assert len(of(folder, Period(DAY, DAY_AFTER)).sessions) == 3
    assert of(folder, Period(DAY - timedelta(days=9), DAY - timedelta(days=1))).sessions == ()


def test_what_was_in_use_and_in_force_and_when(folder: Path) -> None:
    session = opened(NEXT_DAY)
    other = dataclasses.replace(opened(NEXT_DAY), model="99" * 32)
    before, later = configured("2026-03-02T07:00:00Z"), dataclasses.replace(configured(NEXT_DAY), limit=60)
    fill(
        folder,
        [
            started(),
            before,
            configured(),
            started(NEXT_DAY),
            later,
            session,
            ended(session, time=NEXT_DAY),
            other,
        ],
    )
    made = of(folder, Period(DAY_AFTER, DAY_AFTER))
    assert [setting.limit for setting in made.configured] == [120, 60]
    assert of(folder, Period(DAY, DAY)).configured == (before, configured())
    uses = {(use.what, use.value): use for use in made.uses}
    assert uses[Used.MODEL, "99" * 32].sessions == 1
    assert uses[Used.KISKRIV, "0.1.0"].sessions == uses[Used.WORKSTATION, "2b" * 16].sessions == 2
    assert {use.first for use in made.uses} == {NEXT_DAY}
    assert uses[Used.PROGRAM, "ef" * 32].sessions == 2
    assert [moment.line for moment in made.broken_off] == [
        6
    ]  # created, started, configured, configured, rotated, started
    assert of(folder, Period(DAY, DAY)).broken_off == ()
    text = told(folder)
    assert "Svekket innstilling fra 2026-03-02T12:00:00Z: mer nøyaktige tidspunkter, kryptert kopi på disken." in text
    assert "kiskriv stoppet ikke som det skulle før starten 2026-03-03T08:00:00Z (linje 6)" in text


def test_silences_clock_steps_and_revocations_lie_in_their_period(folder: Path) -> None:
    clock = Clock()
    with Ledger.open(folder, now=clock) as ledger:
        ledger.append(started(clock.time))
        clock.go(hours=7)
        ledger.append(Heartbeat(clock.time))
        clock.go(hours=-1)
        ledger.append(Stopped(clock.time))
        ledger.revoke()
    made = of(folder, Period(DAY, DAY))
    assert [silence.line for silence in made.silences] == [3]
    assert [moment.line for moment in made.clock_steps] == [4]
    assert [rotated.change for rotated in made.rotations] == [Change.REVOKED]
    for day in (DAY_AFTER, DAY - timedelta(days=1)):
        without = of(folder, Period(day, day))
        assert (without.silences, without.clock_steps, without.rotations) == ((), (), ())
    text = told(folder)
    for sentence in ("Taushet fra", "Klokken gikk bakover ved linje 4", "Nøklene ble kalt tilbake"):
        assert sentence in text


def test_the_window_is_what_nobody_else_holds(folder: Path, tmp_path: Path) -> None:
    clock = Clock()
    with Ledger.open(folder, now=clock) as ledger:
        session = opened(clock.time)
        ledger.append(session)
        held = ledger.checkpoint
        ledger.append(ended(session, time=clock.time))
        clock.go(days=1)
        for _ in range(2):
            ledger.append(opened(clock.time))
        before = of(folder).window
        assert (before.held, before.entries, before.since, before.present) == (0, 6, TIME, 2)
        window = of(folder, None, ("kept", held)).window
        assert (window.held, window.entries, window.since, window.present) == (2, 4, TIME, 2)
        newest = of(folder, None, ("kept", ledger.checkpoint), ("older", held)).window
        assert (newest.held, newest.entries, newest.since, newest.present) == (6, 0, "", 0)
        cosign_it(ledger, clock)
        (tmp_path / "witness").write_text(
            f"{WitnessKey('kiskriv.internal/witness', WITNESS.public_key().public_bytes_raw())}\n"
        )
        trusted = Kept(witnesses=[str(tmp_path / "witness")])
        seen = reconciled(Folder(folder), key_of(ledger.public_key), kept=trusted).window
        assert (seen.held, seen.entries, seen.since, seen.present) == (6, 1, clock.time, 1)
        unknown = of(folder).window  # whoever has the log's keys can make a witness up
        assert (unknown.held, unknown.entries, unknown.since, unknown.present) == (0, 7, TIME, 3)
        for named in (True, False):
            words = report(folder, ledger.public_key, kept=trusted if named else Kept()).text.split()
            read = json.loads(report(folder, ledger.public_key, kept=trusted if named else Kept(), form="json").text)
            assert ("har noen andre et sjekkpunkt:" in " ".join(words)) is named
            assert ("Det er ikke regnet med." in " ".join(words)) is not named
            assert ("dikte opp et vitne." in " ".join(words)) is not named
            assert (read["window"]["held"], read["witnesses_trusted"]) == (6 * named, named)
        lines = held.split("\n")
        spoiled = of(folder, None, ("kept", "\n".join((lines[0], "7", *lines[2:]))))
        assert spoiled.window.held == 0
        assert spoiled.kept[0].fault is Fault.BAD_EARLIER
        assert not spoiled.findings.valid


def test_the_window_in_words(folder: Path, tmp_path: Path) -> None:
    fill(folder, [opened()])
    assert "har ingen andre et sjekkpunkt av loggen" in told(folder)
    (tmp_path / "kept").write_text((folder / "checkpoint").read_text())
    said = report(folder, str(folder / "public-key"), kept=Kept([tmp_path / "kept"])).text
    assert "Til og med linje 2 av 2 har noen andre et sjekkpunkt" in said
    assert "Ingen linjer er kommet til siden." in said
    assert "kept                               stemmer med loggen" in said
    assert "Rekkefølgen av øktene innen en dag" in said


def test_what_was_pruned_is_in_no_row_and_is_said(folder: Path) -> None:
    lived(folder, days=3, each=4, prune=2)
    made = of(folder)
    gone = made.findings.pruned
    assert gone is not None
    assert gone.opened > 0
    assert len(made.sessions) + gone.opened == made.findings.opened + gone.opened == 12
    assert f"Av de {gone.size} første linjene er bare kontrollsummer beholdt. Deres {gone.opened} økter" in told(
        folder
    ).replace("\n", " ")
    assert _report(made)["log"]["pruned"]["opened"] == gone.opened


@pytest.mark.parametrize("form", FORMS)
def test_a_log_that_is_not_in_order_says_so_first(folder: Path, form: str) -> None:
    lived(folder, days=1)
    key = str(folder / "public-key")
    whole = report(folder, key, form=form)  # type: ignore[arg-type]
    lines = (folder / "entries.jsonl").read_bytes()
    (folder / "entries.jsonl").write_bytes(lines.replace(b'"took":350', b'"took":351', 1))
    answer = report(folder, key, form=form)  # type: ignore[arg-type]
    assert (whole.status, answer.status) == (0, 1)
    match form:
        case "text":
            assert answer.text.split("\n\n")[1].startswith("SLETTELOGGEN ER IKKE I ORDEN")
            assert "noe er endret, fjernet eller flyttet" in answer.text
        case "html":
            body = answer.text.partition("</h1>")[2]
            assert body.lstrip().startswith('<p class="alarm" role="alert">SLETTELOGGEN ER IKKE I ORDEN')
        case "csv":
            assert {row["log_valid"] for row in csv.DictReader(io.StringIO(answer.text))} == {"false"}
            assert {row["log_valid"] for row in csv.DictReader(io.StringIO(whole.text))} == {"true"}
        case "json":
            read = json.loads(answer.text)
            assert read["valid"] is False
            assert read["problems"][-1] == {"fault": "root-mismatch", "line": None}


def test_a_checkpoint_that_the_log_does_not_continue_makes_it_invalid(folder: Path, tmp_path: Path) -> None:
    lived(folder, days=1)
    other = lived(tmp_path / "other", days=1)
    (tmp_path / "kept").write_text(other.checkpoints[0])
    answer = report(folder, str(folder / "public-key"), kept=Kept([tmp_path / "kept"]))
    assert answer.status == 1
    assert "kept                               det tidligere sjekkpunktet er ikke signert" in answer.text


def test_what_cannot_be_read_is_a_sentence_and_status_2(folder: Path, tmp_path: Path) -> None:
    fill(folder, [])
    key = str(folder / "public-key")
    for answer in (
        report(tmp_path / "nothing", key),
        report(folder, "no key"),
        report(folder / "public-key", key),
        report(folder, key, kept=Kept([tmp_path / "nothing"])),
        report(folder, key, period=Period(DAY_AFTER, DAY)),
    ):
        assert answer.status == 2
        assert "\n" not in answer.text
    assert "2026-03-03 til 2026-03-02" in report(folder, key, period=Period(DAY_AFTER, DAY)).text


def test_the_rows_say_what_the_log_says(folder: Path) -> None:
    first, second = opened(spool=True), opened()
    again = resumed(first)
    erased = dataclasses.replace(ended(first, Reason.DISCARDED), commitment=again.commitment, took=1234)
    fill(folder, [started(), first, again, erased, Stopped(TIME), second])
    rows = list(csv.DictReader(io.StringIO(report(folder, str(folder / "public-key"), form="csv").text)))
    assert rows[0] == {
        "line": "3",
        "session": first.session,
        "opened": TIME,
        "closed": TIME,
        "outcome": "discarded",
        "cause": "",
        "failed": "0",
        "took_ms": "1234",
        "level": "B",
        "spool": "true",
        "resumed": "1",
        "informed": "nb-1",
        "kiskriv": "0.1.0",
        "model": "ab" * 32,
        "drafter": "cd" * 32,
        "user": "1a" * 16,
        "workstation": "2b" * 16,
        "log_valid": "true",
    }
    assert (rows[1]["outcome"], rows[1]["closed"], rows[1]["took_ms"], rows[1]["user"]) == ("open", "", "", "")
    read = json.loads(report(folder, str(folder / "public-key"), form="json").text)
    assert [str(row["line"]) for row in read["sessions"]] == [row["line"] for row in rows]
    assert read["sessions"][0]["took_ms"] == 1234
    assert read["sessions"][1]["took_ms"] is None
    assert read["took_ms"] == {"median": 1234, "longest": 1234}
    assert read["counts"]["opened"] == sum(read["counts"][outcome.value] for outcome in OUTCOMES) == 2


def test_the_json_says_what_its_schema_says(folder: Path) -> None:
    lived(folder, days=2, prune=1)
    documented = report_tables.__doc__ or ""
    read = json.loads(report(folder, str(folder / "public-key"), form="json").text)
    assert [name for name in read if f"\n    {name} " not in documented] == []
    assert set(read["sessions"][0]) == {name for name in read["sessions"][0] if name in documented}
    assert read["schema"] == "kiskriv-ledger-report/1"


def test_an_export_tells_what_its_folder_tells(folder: Path, tmp_path: Path) -> None:
    lived(folder, days=2)
    (tmp_path / "export").write_bytes(b"".join(export(folder)))
    for form in FORMS:
        key = (folder / "public-key").read_text().strip()
        assert report(tmp_path / "export", key, form=form) == report(folder, key, form=form)


def test_a_report_by_the_key_of_the_folder_itself_says_so(folder: Path, tmp_path: Path) -> None:
    vkey = fill(folder, [])
    sentence = "Nøkkelen er hentet fra loggens egen mappe"
    (tmp_path / "key").write_text(f"{vkey}\n")
    for key, own in ((str(folder / "public-key"), True), (vkey, False), (str(tmp_path / "key"), False)):
        assert (sentence in report(folder, key).text) is own
        assert (sentence in report(folder, key, form="html").text) is own
        assert json.loads(report(folder, key, form="json").text)["key_from_folder"] is own
    (tmp_path / "export").write_bytes(b"".join(export(folder)))
    answer = report(tmp_path / "export", str(tmp_path / "export" / "public-key"))  # as the command has it without --key
    assert (answer.status, "--key" in answer.text) == (2, True)


def test_entries_that_come_while_it_is_read_are_left_out(folder: Path) -> None:
    vkey = fill(folder, [opened(), opened()])

    class Growing:
        """A folder in which a writer appends between one reading and the next, once."""

        def __init__(self) -> None:
            self.readings = 0

        def checkpoint(self) -> str:
            return Folder(folder).checkpoint()

        def lines(self) -> Iterator[bytes]:
            self.readings += 1
            if self.readings == 2:
                fill(folder, [opened()])
            return Folder(folder).lines()

    made = reconciled(Growing(), key_of(vkey))
    assert len(made.sessions) == made.findings.opened == 3


def test_an_empty_log_has_a_report(folder: Path) -> None:
    fill(folder, [])
    text = told(folder)
    assert "Åpnet 0 = slettet 0 + ryddet 0 + ikke bekreftet 0 + åpen 0." in text
    assert "Avvik og merknader\n------------------\nIngen.\n" in text
    assert "Loggen sier ikke hvilke innstillinger som gjaldt." in text
    assert text.endswith("_")


def fields(template: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(template) if field}


def test_both_languages_say_the_same(folder: Path) -> None:
    for name, texts in report_wording.TEXTS.items():
        assert fields(texts["nb"]) == fields(texts["en"]), name
    lived(folder, days=2, prune=1)
    norwegian, english = told(folder, "nb"), told(folder, "en")
    assert "Deviations and remarks" in english
    assert [line[:2] for line in norwegian.split("\n\n")] != [line[:2] for line in english.split("\n\n")]
    assert norwegian.count("\n\n") == english.count("\n\n")
    assert all(report_wording.name(word, "nb") for word in (*Otherwise, *Used, *Reason))


def test_every_text_is_used() -> None:
    sources = "".join(path.read_text() for path in Path(report_wording.__file__).parent.glob("*.py"))
    for name in report_wording.TEXTS:
        assert sources.count(f'"{name}"') > 1, name


@pytest.mark.parametrize(
    ("milliseconds", "nb", "en"),
    [
        (0, "0 ms", "0 ms"),
        (999, "999 ms", "999 ms"),
        (1000, "1,0 s", "1.0 s"),
        (119_900, "119,9 s", "119.9 s"),
        (125_000, "2 min 5 s", "2 min 5 s"),
    ],
)
def test_a_length_of_time_in_words(milliseconds: int, nb: str, en: str) -> None:
    assert report_wording.duration(milliseconds, "nb") == nb
    assert report_wording.duration(milliseconds, "en") == en


def test_no_line_of_a_log_is_counted_that_the_audit_did_not_see(folder: Path) -> None:
    vkey = fill(folder, [opened()])
    with (folder / "entries.jsonl").open("ab") as file:
        file.write(encode(opened()) + b"\n")
    made = reconciled(Folder(folder), key_of(vkey))
    assert [problem.fault for problem in made.findings.problems] == [Fault.UNSIGNED_TAIL]
    assert len(made.sessions) == 1
    assert audit(Folder(folder), vkey).opened == 1

"""What a consultation without a screen prints of who said what: to a person and to a script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiskriv import report
from kiskriv.config import Config
from kiskriv.demo import Demo, in_right_role, material
from kiskriv.errors import AudioUnreadable
from kiskriv.locale import set_language
from kiskriv.note import Note, Section, Statement
from kiskriv.session import Attributing, Captured, Drafted, Event, Outlet, Recognised, Source, Transcribed
from kiskriv.transcript import Findings, Remark, Role, Transcript, Turn, Utterance, Word
from kiskriv.unattended import Outcome, hold
from tests.road.conftest import Home

TURNS = (Turn(0.0, 2.0, "practitioner"), Turn(3.0, 5.0, "patient"), Turn(4.0, 6.0, "practitioner"))


@pytest.fixture(autouse=True)
def bokmaal() -> None:
    """The language that is the default."""
    set_language("nb")


def utterance(number: int, speaker: str, role: Role, start: float, text: str) -> Utterance:
    words = (Word(start + n / 2, start + (n + 1) / 2, word, 0.9) for n, word in enumerate(text.split()))
    return Utterance(number, role, speaker, tuple(words))


SAID = (
    utterance(0, "0", Role.PRACTITIONER, 0.0, "Har du hatt feber?"),
    utterance(1, "1", Role.PATIENT, 3.0, "Nei."),
    utterance(2, "2", Role.UNKNOWN, 4.0, "Jo."),
    utterance(3, "", Role.UNKNOWN, 5.0, "Kanskje."),
)
REMARKS = (Remark.MANY_VOICES, Remark.CLIPPED)
TRANSCRIPT = Transcript("nb", SAID, REMARKS)
NOTE = Note((Section("Anamnese", (Statement("Ikke feber.", (1,)),)),))
DEMO = Demo(Path("consultation.flac"), 1, " ".join(u.text for u in SAID), TURNS)


class Road:
    """A consultation of which only the draft and the end are walked."""

    receipt = "no receipt"

    def __enter__(self) -> Road:
        return self

    def __exit__(self, *error: object) -> None: ...

    def record(self, source: Source) -> Iterator[Event]:
        yield Captured(6.0, (0.5,), 0)
        yield Recognised(tuple(replace(said, speaker="", role=Role.UNKNOWN) for said in SAID), 0.1)

    def draft(self) -> Iterator[Event]:
        yield Attributing(2)
        yield Transcribed(TRANSCRIPT, Findings())
        yield Drafted(NOTE)

    def approve(self, note: Note) -> None: ...

    def deliver(self, outlet: Outlet) -> None: ...

    def transferred(self) -> None: ...

    def discard(self) -> None: ...


class Desk:
    """What a report asks of one."""

    class Model:
        name, digest = "kiskriv-demo-no", "ef" * 32

    config, model, public_key = Config(), Model(), "kiskriv.internal/0123+89abcdef+AQIDBA=="


def held(*, approved: bool = True, tell: Any = lambda event: None) -> Outcome:
    return hold(Road(), None, object() if approved else None, tell)  # type: ignore[arg-type]


def printed(outcome: Outcome, demo: Demo | None = None) -> Any:
    return json.loads(report.as_json(outcome, Desk(), demo))  # type: ignore[arg-type]


def test_a_script_gets_speaker_and_role_of_every_utterance_and_the_remarks() -> None:
    value = printed(held())
    assert value["remarks"] == ["many-voices", "clipped"]
    assert [(u["speaker"], u["role"]) for u in value["transcript"]["utterances"]] == [
        ("0", "practitioner"),
        ("1", "patient"),
        ("2", "unknown"),
        ("", "unknown"),
    ]
    assert "roles" not in value


def test_remarks_are_told_of_a_consultation_whose_text_stays_in_too() -> None:
    value = printed(held(approved=False))
    assert value["transcript"] is None and value["remarks"] == ["many-voices", "clipped"]


def test_the_demo_counts_the_words_in_the_right_role_for_a_script_and_for_a_person() -> None:
    outcome = held()
    assert printed(outcome, DEMO)["roles"] == {"words": 7, "right": 5}
    assert "5 av 7 ord med riktig rolle" in report.summary(outcome, Desk(), DEMO).splitlines()  # type: ignore[arg-type]


def test_a_person_reads_who_said_what_where_one_microphone_heard_it_and_what_is_uncertain() -> None:
    lines = report.summary(held(), Desk(), DEMO).splitlines()  # type: ignore[arg-type]
    at = lines.index("Hvem som sa hva, etter stemmene:")
    assert lines[at + 1 : at + 5] == [
        "  0:00  Lege       Har du hatt feber?",
        "  0:03  Pasient    Nei.",
        "  0:04  Stemme 3   Jo.",
        "  0:05             Kanskje.",
    ]
    assert "Uvanlig mange stemmer: noen kan være samme person." in lines
    assert "Lyden var for høy." in lines
    two = report.summary(held(), Desk(), replace(DEMO, microphones=2)).splitlines()  # type: ignore[arg-type]
    assert not any("Hvem som sa hva" in line for line in two)  # the names stood there as it was heard


def test_what_is_heard_before_the_voices_are_known_has_no_names(capsys: pytest.CaptureFixture[str]) -> None:
    held(tell=report.show)
    out, err = capsys.readouterr()
    assert out.splitlines() == ["  0:00  Har du hatt feber?", "  0:03  Nei.", "  0:04  Jo.", "  0:05  Kanskje."]
    assert err == ""  # nobody watches


def test_who_watches_is_told_that_it_is_being_found_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    held(tell=report.show)
    lines = capsys.readouterr().err.split("\r\033[K")
    assert lines[1].startswith("● 0:06") and lines[-2:] == ["Finner ut hvem som sa hva …", ""]


@pytest.mark.parametrize(
    ("start", "role", "right"),
    [
        (0.5, Role.PRACTITIONER, True),
        (0.5, Role.PATIENT, False),
        (2.2, Role.PRACTITIONER, True),  # between two turns the nearer one counts
        (2.8, Role.PRACTITIONER, False),
        (4.5, Role.PATIENT, True),  # both spoke
        (4.5, Role.PRACTITIONER, True),
        (9.0, Role.PRACTITIONER, True),
        (9.0, Role.UNKNOWN, False),
    ],
)
def test_a_word_is_in_the_right_role_by_its_time(start: float, role: Role, right: bool) -> None:
    word = Word(start - 0.05, start + 0.05, "ja", 0.9)
    said = Transcript("nb", (Utterance(0, role, "0", (word,)),))
    assert in_right_role(TURNS, said) == right
    assert in_right_role((), said) == 0


def test_the_demo_is_heard_by_one_microphone_or_two(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    one, two = material(1), material()
    assert (one.recording.name, two.recording.name) == ("consultation.flac", "consultation-stereo.flac")
    assert (one.microphones, two.microphones) == (1, 2)
    assert one.reference == two.reference and one.turns == two.turns
    assert {turn.speaker for turn in one.turns} == {"practitioner", "patient"}
    monkeypatch.setattr("kiskriv.demo.demo_material", lambda: tmp_path)
    with pytest.raises(AudioUnreadable):
        material(1)


def test_with_two_microphones_nearly_every_word_of_the_demo_has_the_right_role(seen: Any) -> None:
    roles = seen.printed["roles"]
    assert roles["words"] > 200 and roles["right"] >= 0.95 * roles["words"]
    assert seen.printed["remarks"] == []


def test_with_one_microphone_the_demo_shows_roles_too(home: Home) -> None:
    done = home.run("demo", "--mono", "--json", "--speed", "0")
    assert done.returncode == 0, done.stderr
    value = json.loads(done.stdout)
    assert {u["role"] for u in value["transcript"]["utterances"]} >= {"practitioner", "patient"}
    assert value["roles"]["right"] >= 0.9 * value["roles"]["words"] > 0
    assert value["wer"] <= 0.2
